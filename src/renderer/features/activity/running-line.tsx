import { t } from '../../../shared/messages/language';
import type { Ms } from '../../../shared/model/units';
import { visible } from '../../../shared/visible-text';
import { formatDuration } from '../../format/time';
import { useHoldfast } from '../../store/use-holdfast';
import { Badge, type BadgeProps } from '../../ui/badge';
import { Button } from '../../ui/button';
import type { RunningRow } from './running-rows';

const TONES: Readonly<Record<RunningRow['state'], NonNullable<BadgeProps['tone']>>> = {
  in_flight: 'neutral',
  running: 'neutral',
  answered: 'good',
  fetched: 'neutral',
  gone: 'warn',
  cancelled: 'neutral',
};

const STATE_WORDS = {
  in_flight: 'calls.state.in_flight',
  running: 'calls.state.running',
  answered: 'calls.state.answered',
  fetched: 'calls.state.fetched',
  gone: 'calls.state.gone',
  cancelled: 'calls.state.cancelled',
} as const;

interface RunningLineProps {
  row: RunningRow;
  /** When the list was read, by the clock that its times are of. */
  now: Ms;
  onCancel(): void;
}

/** One call that runs, or that became a handle. */
export function RunningLine({ row, now, onCancel }: RunningLineProps) {
  const client = useHoldfast((state) => state.clients?.find(({ client_id }) => client_id === row.clientId)?.name);
  const isRunning = row.state === 'in_flight' || row.state === 'running';
  return (
    <li className="flex h-9 min-w-0 items-center gap-3 border-line border-b px-5 last:border-b-0">
      <span className="w-20 shrink-0 text-end text-ink tabular-nums">
        {formatDuration((row.endedAt ?? now) - row.startedAt)}
      </span>
      <span translate="no" title={visible(row.what)} className="max-w-[35%] shrink-0 truncate text-ink">
        {visible(row.what)}
      </span>
      {client !== undefined && (
        <span translate="no" className="max-w-[20%] shrink-0 truncate text-ink-2">
          {visible(client)}
        </span>
      )}
      <Badge tone={TONES[row.state]}>{t(STATE_WORDS[row.state])}</Badge>
      {row.failed && <span className="shrink-0 text-danger">{t('calls.failed')}</span>}
      <ProgressText progress={row.progress} />
      {isRunning && (
        <Button size="sm" aria-label={t('calls.cancel.what', { what: visible(row.what) })} onClick={onCancel}>
          {t('calls.cancel')}
        </Button>
      )}
    </li>
  );
}

function ProgressText({ progress }: Pick<RunningRow, 'progress'>) {
  const { progress: done, total, message } = progress ?? { progress: 0, total: null, message: null };
  return (
    <span className="min-w-0 flex-1 truncate text-ink-2 tabular-nums">
      {progress !== null && total !== null && t('calls.progress', { done, total })}{' '}
      {message !== null && <span translate="no">{visible(message)}</span>}
    </span>
  );
}
