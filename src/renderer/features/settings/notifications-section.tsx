import { useState } from 'react';
import { type AlertKind, alertKindSchema } from '../../../shared/contract/alert';
import { t } from '../../../shared/messages/language';
import { HOUR } from '../../../shared/model/units';
import { formatShortClock } from '../../format/time';
import { useActions } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { ErrorNote, errorSentence } from '../../ui/error-note';
import { RichMessage } from '../../ui/rich-message';
import { Switch } from '../../ui/switch';
import { useKeptFocus } from '../../ui/use-kept-focus';
import type { AlertRowProps } from './alert-row';
import { DraftRow } from './draft-row';
import { LatestAlerts } from './latest-alerts';
import { QuietRow } from './quiet-row';
import { RowFrame } from './setting-frame';
import { useAnswer } from './use-answer';

/** What the user is told of, and when not. */
export function NotificationsSection() {
  const { loadAlertSettings } = useActions();
  const { answer, error, take } = useAnswer(loadAlertSettings);
  return (
    <Card title={t('notifications.title')} bodyClassName="divide-y divide-line px-4">
      {error !== null && <ErrorNote error={error} className="my-3" />}
      {answer && (
        <>
          <KindsRow settings={answer} take={take} />
          <PauseRow settings={answer} take={take} />
          <QuietRow settings={answer} take={take} />
          <WebhookRow settings={answer} take={take} />
          <LatestAlerts />
        </>
      )}
    </Card>
  );
}

function KindsRow({ settings: { off }, take }: AlertRowProps) {
  const { changeAlertSettings } = useActions();
  const [error, setError] = useState<string | null>(null);
  const change = (kind: AlertKind, isOn: boolean) => {
    setError(null);
    const others = off.filter((one) => one !== kind);
    take(changeAlertSettings({ off: isOn ? others : [...others, kind] })).catch((failure: unknown) =>
      setError(errorSentence(failure)),
    );
  };
  return (
    <RowFrame label={t('notifications.kinds')} help={t('notifications.kinds.help')} error={error}>
      <ul aria-label={t('notifications.kinds')} className="flex flex-col gap-1">
        {alertKindSchema.options.map((kind) => (
          <li key={kind}>
            <Switch
              label={t(`notifications.kind.${kind}`)}
              checked={!off.includes(kind)}
              onChange={(isOn) => change(kind, isOn)}
            />
          </li>
        ))}
      </ul>
    </RowFrame>
  );
}

function PauseRow({ settings: { paused_until }, take }: AlertRowProps) {
  const { changeAlertSettings } = useActions();
  const [error, setError] = useState<string | null>(null);
  const change = (until: number | null) => {
    setError(null);
    take(changeAlertSettings({ paused_until: until })).catch((failure: unknown) => setError(errorSentence(failure)));
  };
  return (
    <RowFrame
      label={t('notifications.pause')}
      help={t('notifications.pause.help')}
      error={error}
      note={
        paused_until === null
          ? t('notifications.pause.none')
          : t('notifications.pause.until', { time: formatShortClock(paused_until) })
      }
    >
      <Button className="self-start" onClick={() => change(paused_until === null ? Date.now() + HOUR : null)}>
        {paused_until === null ? t('notifications.pause.hour') : t('notifications.pause.resume')}
      </Button>
    </RowFrame>
  );
}

/** The row is another one when there is a webhook; the focus stays in it. */
function WebhookRow(row: AlertRowProps) {
  const keptFocus = useKeptFocus<HTMLDivElement>();
  return (
    <div {...keptFocus}>{row.settings.webhook_host === null ? <NewWebhook {...row} /> : <Webhook {...row} />}</div>
  );
}

function NewWebhook({ take }: AlertRowProps) {
  const { changeAlertSettings } = useActions();
  return (
    <DraftRow
      label={t('notifications.webhook')}
      help={t('notifications.webhook.help')}
      value=""
      placeholder={t('notifications.webhook.placeholder')}
      saveLabel={t('notifications.webhook.save')}
      note={t('notifications.webhook.none')}
      onSave={(webhook) => take(changeAlertSettings({ webhook }))}
    />
  );
}

function Webhook({ settings: { webhook_host }, take }: AlertRowProps) {
  const { changeAlertSettings } = useActions();
  const [error, setError] = useState<string | null>(null);
  const remove = () => {
    setError(null);
    take(changeAlertSettings({ webhook: null })).catch((failure: unknown) => setError(errorSentence(failure)));
  };
  return (
    <RowFrame label={t('notifications.webhook')} help={t('notifications.webhook.help')} error={error}>
      <p className="break-words text-ink">
        <RichMessage
          id="notifications.webhook.host"
          values={{ host: () => <span translate="no">{webhook_host}</span> }}
        />
      </p>
      <Button className="self-start" onClick={remove}>
        {t('notifications.webhook.remove')}
      </Button>
    </RowFrame>
  );
}
