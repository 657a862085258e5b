import { useState } from 'react';
import type { UpdatesState } from '../../../shared/contract/updates';
import { t } from '../../../shared/messages/language';
import { formatDateTime } from '../../format/time';
import { useActions } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { ErrorNote, errorSentence } from '../../ui/error-note';
import { Said } from '../../ui/said';
import { DraftRow } from './draft-row';
import { RowFrame } from './setting-frame';
import { SwitchRow } from './switch-row';
import { type Answer, useAnswer } from './use-answer';

/** Whether Holdfast looks for newer versions, where, and what it found. */
export function UpdatesSection() {
  const { loadUpdates } = useActions();
  const updates = useAnswer(loadUpdates);
  const { answer, error } = updates;
  return (
    <Card title={t('updates.title')} bodyClassName="divide-y divide-line px-4">
      {error !== null && <ErrorNote error={error} className="my-3" />}
      <UpdatesSwitch {...updates} />
      {answer?.possible && <AddressRow state={answer} take={updates.take} />}
      {answer && <VersionRow state={answer} take={updates.take} />}
    </Card>
  );
}

function UpdatesSwitch({ answer, take }: Answer<UpdatesState>) {
  const { setUpdates } = useActions();
  const hasNoAddress = answer?.possible === true && answer.address === null;
  return (
    <SwitchRow
      label={t('updates.label')}
      help={t('updates.help')}
      text={t('updates.switch')}
      checked={answer?.enabled ?? false}
      disabled={!answer?.possible || hasNoAddress}
      note={answer?.possible === false ? t('updates.no_key') : hasNoAddress && t('updates.address.needed')}
      onChange={(enabled) => take(setUpdates({ enabled }))}
    />
  );
}

interface StateProps {
  state: UpdatesState;
  take: Answer<UpdatesState>['take'];
}

function AddressRow({ state: { address, enabled }, take }: StateProps) {
  const { setUpdates } = useActions();
  return (
    <DraftRow
      label={t('updates.address')}
      help={t('updates.address.help')}
      value={address ?? ''}
      saveLabel={t('updates.address.save')}
      onSave={(text) => take(setUpdates({ enabled: enabled && text !== '', address: text === '' ? null : text }))}
    />
  );
}

function VersionRow({ state, take }: StateProps) {
  const { checkUpdates } = useActions();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const check = async () => {
    setBusy(true);
    setProblem(null);
    await take(checkUpdates()).catch((failure: unknown) => setProblem(errorSentence(failure)));
    setBusy(false);
  };
  return (
    <RowFrame
      label={t('updates.version')}
      help={
        <>
          {t('updates.version.help')} <Said text={state.how} />
        </>
      }
      error={problem}
    >
      <VersionWords state={state} />
      {state.possible && state.address !== null && (
        <Button className="self-start" disabled={isBusy} onClick={() => void check()}>
          {isBusy ? t('updates.checking') : t('updates.check')}
        </Button>
      )}
    </RowFrame>
  );
}

function VersionWords({ state: { possible, current, checked, newer } }: { state: UpdatesState }) {
  const time = checked === null ? '' : formatDateTime(checked.at);
  if (newer) {
    return (
      <div className="text-ink">
        <p>{t('updates.newer', { version: newer.version, current })}</p>
        {newer.changes.length > 0 && (
          <>
            <p className="mt-1 text-ink-2 text-sm">{t('updates.changes')}</p>
            <ul translate="no" className="list-disc break-words ps-5 text-sm">
              {newer.changes.map((change) => (
                <li key={change}>{change}</li>
              ))}
            </ul>
          </>
        )}
      </div>
    );
  }
  if (!possible) return <p className="text-ink">{t('updates.unchecked', { current })}</p>;
  if (checked === null) return <p className="text-ink">{t('updates.never', { current })}</p>;
  if (checked.problem === null) return <p className="text-ink">{t('updates.newest', { current, time })}</p>;
  return (
    <p className="text-ink">
      {t('updates.failed', { time })} <Said text={checked.problem} />
    </p>
  );
}
