import { t } from '../../../../shared/messages/language';
import { formatNumber } from '../../../format/number';
import { cx } from '../../../ui/cx';
import { MARK_WORDS, type MarkKind, MarkShape, markKind } from './mark-shape';
import type { Strip, StripState } from './strip-model';
import { STRIP_STATE_WORDS } from './strip-words';

const CLASSES: Readonly<Record<Exclude<StripState, 'over'>, string>> = {
  connected: 'strip-connected',
  idle: 'strip-idle',
  away: 'strip-away',
  asleep: 'strip-asleep',
  unknown: 'strip-unknown',
};
const STATES = ['connected', 'idle', 'away', 'asleep', 'unknown'] as const;

/** What the shapes of a strip mean: its states, and how often each kind of mark occurs. */
export function stripKeys({ segments, marks }: Strip) {
  const counts = new Map<MarkKind, number>();
  for (const { event } of marks) counts.set(markKind(event), (counts.get(markKind(event)) ?? 0) + 1);
  return {
    states: STATES.filter((state) => segments.some((segment) => segment.state === state)),
    marks: [...counts].map(([kind, count]) => ({ kind, count })),
  };
}

/** What the visible shapes mean, and how often each occurs. */
export function StripLegend({ strip }: { strip: Strip }) {
  const { states, marks } = stripKeys(strip);
  return (
    <ul aria-label={t('strip.legend')} className="flex flex-wrap gap-x-3.5 gap-y-1 text-ink-2 text-xs">
      {states.map((state) => (
        <li key={state} className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <span aria-hidden className={cx('strip-swatch', CLASSES[state])} />
          {STRIP_STATE_WORDS[state]}
        </li>
      ))}
      {marks.map(({ kind, count }) => (
        <li key={kind} className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <MarkShape kind={kind} />
          {MARK_WORDS[kind]} {formatNumber(count)}
        </li>
      ))}
    </ul>
  );
}
