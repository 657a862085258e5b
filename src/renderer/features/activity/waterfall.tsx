import type { Activity } from '../../../shared/contract/activity';
import { t } from '../../../shared/messages/language';
import { type Ms, SECOND } from '../../../shared/model/units';
import { formatLatency } from '../../format/number';
import { formatClock, formatDuration } from '../../format/time';
import { type WaterfallScale, waterfallBar } from './waterfall-scale';

const FAILED: readonly Activity['outcome'][] = ['tool_error', 'error', 'lost'];
/** `21:20:03.120` */
const exactClock = (at: Ms): string => `${formatClock(at)}.${String(at % SECOND).padStart(3, '0')}`;

const percent = (part: number): string => `${(part * 100).toFixed(3)}%`;

/** When the scale begins, and how long it is. */
export function WaterfallAxis({ scale }: { scale: WaterfallScale | null }) {
  return (
    <span className="flex w-full min-w-0 justify-between gap-2 font-normal tabular-nums">
      <span className="truncate">{scale && (scale.step < SECOND ? exactClock : formatClock)(scale.from)}</span>
      <span className="shrink-0">{scale && `+${formatDuration(scale.to - scale.from)}`}</span>
    </span>
  );
}

/**
 * When a message came and how long it took, on the scale of the visible rows: hatched while it was held, light until the first
 * answer, full after, with a tall end if it failed.
 */
export function WaterfallCell({ row, scale }: { row: Activity; scale: WaterfallScale | null }) {
  if (!scale) return null;
  const { left, held, waiting, rest } = waterfallBar(row, scale);
  const words = numbersOf(row);
  return (
    <span
      role="img"
      aria-label={words}
      title={words}
      // Time runs from left to right in every language, as in the charts.
      dir="ltr"
      className="waterfall"
      style={{ backgroundSize: `${percent(scale.step / (scale.to - scale.from))} 100%` }}
    >
      <span
        className="waterfall-bar"
        data-kind={row.kind}
        data-failed={FAILED.includes(row.outcome) || undefined}
        style={{ left: percent(left), width: percent(held + waiting + rest) }}
      >
        {row.kind === 'request' &&
          (
            [
              ['held', held],
              ['waiting', waiting],
              ['rest', rest],
            ] as const
          ).map(
            ([part, size]) =>
              size > 0 && (
                <span key={part} data-part={part} style={{ flexGrow: Math.max(1, Math.round(size * 1e6)) }} />
              ),
          )}
      </span>
    </span>
  );
}

function numbersOf({ at, duration_ms, first_ms, held_ms }: Activity): string {
  const start = exactClock(at);
  if (duration_ms === null) return t('activity.waterfall.sent', { start });
  return [
    t('activity.waterfall.took', { start, duration: formatLatency(duration_ms) }),
    held_ms > 0 ? t('activity.waterfall.held', { held: formatDuration(held_ms) }) : '',
    first_ms !== null && first_ms !== duration_ms
      ? t('activity.waterfall.first', { first: formatLatency(first_ms) })
      : '',
  ]
    .filter(Boolean)
    .join('\n');
}
