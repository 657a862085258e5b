import { useState } from 'react';
import type { TelemetryState } from '../../../shared/contract/telemetry';
import { t } from '../../../shared/messages/language';
import { whatWasSaid } from '../../../shared/messages/what-was-said';
import { formatDateTime } from '../../format/time';
import { useActions } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { CopyButton } from '../../ui/copy-button';
import { ErrorNote, errorSentence } from '../../ui/error-note';
import { Said } from '../../ui/said';
import { DraftRow } from './draft-row';
import { RowFrame } from './setting-frame';
import { SwitchRow } from './switch-row';
import { type Answer, useAnswer } from './use-answer';

/** What is sent to the user's own observability, or read from it. */
export function TelemetrySection() {
  const { loadTelemetry } = useActions();
  const { answer, error, take } = useAnswer(loadTelemetry);
  return (
    <Card title={t('telemetry.title')} bodyClassName="divide-y divide-line px-4">
      {error !== null && <ErrorNote error={error} className="my-3" />}
      {answer && (
        <>
          <OtlpSwitch state={answer} take={take} />
          <AddressRow state={answer} take={take} />
          {answer.otlp.address !== null && <TestRow />}
          <MetricsRow state={answer} take={take} />
        </>
      )}
    </Card>
  );
}

interface StateProps {
  state: TelemetryState;
  take: Answer<TelemetryState>['take'];
}

function OtlpSwitch({ state: { otlp }, take }: StateProps) {
  const { setOtlp } = useActions();
  return (
    <SwitchRow
      label={t('telemetry.otlp')}
      help={t('telemetry.otlp.help')}
      text={t('telemetry.otlp.switch')}
      checked={otlp.enabled}
      disabled={otlp.address === null}
      note={otlp.address === null ? t('telemetry.address.needed') : <SentWords otlp={otlp} />}
      onChange={(enabled) => take(setOtlp({ enabled }))}
    />
  );
}

function SentWords({ otlp: { sent, problem } }: Pick<TelemetryState, 'otlp'>) {
  if (problem) {
    return (
      <span className="break-words">
        {t('telemetry.failed', { time: formatDateTime(problem.at) })} <Said text={problem.sentence} />
      </span>
    );
  }
  return sent && t('telemetry.sent', { spans: sent.spans, time: formatDateTime(sent.at) });
}

function AddressRow({ state: { otlp }, take }: StateProps) {
  const { setOtlp } = useActions();
  const { address, enabled, headers } = otlp;
  return (
    <DraftRow
      label={t('telemetry.address')}
      help={t('telemetry.address.help')}
      value={address ?? ''}
      saveLabel={t('telemetry.address.save')}
      note={headers.length > 0 && t('telemetry.headers', { names: headers.join(', ') })}
      onSave={(text) => take(setOtlp({ enabled: enabled && text !== '', address: text === '' ? null : text }))}
    />
  );
}

function TestRow() {
  const { testTelemetry } = useActions();
  const [isBusy, setBusy] = useState(false);
  const [isGood, setGood] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const ask = async () => {
    setBusy(true);
    setGood(false);
    setProblem(null);
    try {
      const result = await testTelemetry();
      setGood(result.problem === null);
      setProblem(result.problem && (whatWasSaid(result.problem) ?? result.problem));
    } catch (failure) {
      setProblem(errorSentence(failure));
    }
    setBusy(false);
  };
  return (
    <RowFrame
      label={t('telemetry.test')}
      help={t('telemetry.test.help')}
      error={problem}
      note={<span role="status">{isGood && t('telemetry.test.good')}</span>}
    >
      <Button className="self-start" disabled={isBusy} onClick={() => void ask()}>
        {isBusy ? t('telemetry.test.busy') : t('telemetry.test.send')}
      </Button>
    </RowFrame>
  );
}

function MetricsRow({ state: { metrics }, take }: StateProps) {
  const { setMetrics } = useActions();
  const [key, setKey] = useState<string | null>(null);
  const change = async (enabled: boolean) => {
    const made = setMetrics(enabled);
    await take(made);
    setKey((await made).key);
  };
  return (
    <SwitchRow
      label={t('telemetry.metrics')}
      help={t('telemetry.metrics.help', { url: metrics.url })}
      text={t('telemetry.metrics.switch')}
      checked={metrics.enabled}
      note={
        key !== null && (
          <span className="flex flex-col items-start gap-1">
            {t('telemetry.metrics.key')}
            <code translate="no" className="break-all text-ink">
              {key}
            </code>
            <CopyButton text={key} label={t('telemetry.metrics.copy')} />
          </span>
        )
      }
      onChange={change}
    />
  );
}
