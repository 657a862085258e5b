import type { SessionStatus } from '../../../shared/contract/session';
import { t } from '../../../shared/messages/language';
import { formatNumber } from '../../format/number';
import { STATUS_MEANINGS, STATUS_WORDS } from '../../format/words';
import { routeHash } from '../../store/route';
import { selectCounts, selectSynced } from '../../store/selectors';
import { useHoldfast } from '../../store/use-holdfast';
import { cx } from '../../ui/cx';
import { StatusShape } from '../../ui/status-mark';

const ORDER: readonly SessionStatus[] = ['active', 'idle', 'disconnected', 'expired', 'closed'];

/** How many sessions have each status; each count links to its sessions. */
export function StatusCounts() {
  const counts = useHoldfast(selectCounts);
  const synced = useHoldfast(selectSynced);
  return (
    <ul
      aria-label={t('overview.by_status')}
      className="grid grid-cols-[repeat(5,minmax(max-content,1fr))] divide-x divide-line overflow-hidden rounded-lg border border-line bg-surface shadow-raised"
    >
      {ORDER.map((status) => (
        <li key={status} data-count={status}>
          <a
            href={routeHash({ view: 'sessions', id: null, params: { q: `status:${status}` } })}
            title={STATUS_MEANINGS[status]}
            className="block px-4 py-3 transition-colors hover:bg-hover focus-visible:outline-offset-[-3px]"
          >
            <span
              className={cx(
                'block font-semibold text-2xl tracking-tight',
                counts[status] === 0 ? 'text-ink-3' : 'text-ink',
              )}
            >
              {synced ? formatNumber(counts[status]) : '–'}
            </span>
            <span className="flex items-center gap-1.5 text-ink-2 text-sm">
              <StatusShape status={status} />
              {STATUS_WORDS[status]}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
