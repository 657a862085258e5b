import { X } from 'lucide-react';
import type { Failures } from '../../../shared/contract/activity';
import { t } from '../../../shared/messages/language';
import { shortId } from '../../../shared/model/ids';
import type { Ms } from '../../../shared/model/units';
import { visible } from '../../../shared/visible-text';
import { spanWords } from '../../charts/time-axis';
import { formatDateTime } from '../../format/time';
import { sessionName, sessionPlace } from '../../format/words';
import { useHoldfast } from '../../store/use-holdfast';
import { IconButton } from '../../ui/button';
import type { ActivityFilter } from './activity-place';
import { failedHow, failedWhat } from './failure-words';

interface FilterChipsProps {
  filter: ActivityFilter;
  /** Among which the chosen kind of failure is. */
  failures: Failures | null;
  /** Takes parameters of the route away. */
  onClear(params: Record<string, string>): void;
}

/** To which session, server, time and kind of failure the table is limited, each with a way out. */
export function FilterChips({ filter: { session, server, group, from, to }, failures, onClear }: FilterChipsProps) {
  const known = useHoldfast((state) => state.sessions.get(session));
  const name = useHoldfast((state) => state.sessionNames[session]);
  const place = known ? `${sessionPlace(known, name).main} · ${sessionName(known)}` : shortId(session);
  const kind = failures?.groups.find(({ group_id }) => group_id === group);
  return (
    <>
      {session !== '' && (
        <Chip what={t('activity.column.session')} value={place} onClear={() => onClear({ session: '' })} />
      )}
      {server !== '' && (
        <Chip what={t('activity.column.server')} value={server} onClear={() => onClear({ server: '' })} />
      )}
      {group !== '' && (
        <Chip
          what={t('activity.failures.kind')}
          value={kind ? `${failedWhat(kind)}: ${failedHow(kind)}` : group}
          onClear={() => onClear({ group: '' })}
        />
      )}
      {(from !== null || to !== null) && (
        <Chip
          what={t('activity.column.time')}
          value={timeWords(from, to)}
          onClear={() => onClear({ from: '', to: '' })}
        />
      )}
    </>
  );
}

function timeWords(from: Ms | null, to: Ms | null): string {
  if (from === null) return t('activity.until', { time: formatDateTime(to ?? 0) });
  return to === null ? t('activity.since', { time: formatDateTime(from) }) : spanWords(from, to);
}

function Chip({ what, value, onClear }: { what: string; value: string; onClear(): void }) {
  return (
    <span className="flex h-7 min-w-0 max-w-72 items-center gap-1 rounded-full border border-line bg-surface ps-3 text-sm">
      <span className="text-ink-3">{what}</span>
      <span translate="no" className="truncate text-ink">
        {visible(value)}
      </span>
      <IconButton label={t('activity.filter.all', { what })} onClick={onClear}>
        <X size={14} aria-hidden />
      </IconButton>
    </span>
  );
}
