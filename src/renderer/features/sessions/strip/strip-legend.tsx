import { t } from '../../../../shared/messages/language';
import { formatNumber } from '../../../format/number';
import { cx } from '../../../ui/cx';
import { MARK_WORDS, type MarkKind, MarkShape, markKind } from './mark-shape';
import type { Strip, StripState } from './strip-model';
import { STRIP_STATE_WORDS } from './strip-words';

const STATES: readonly (readonly [StripState, string])[] = [
  ['connected', 'strip-connected'],
  ['idle', 'strip-idle'],
  ['away', 'strip-away'],
  ['asleep', 'strip-asleep'],
  ['unknown', 'strip-unknown'],
];

/** What the visible shapes mean, and how often each occurs. */
export function StripLegend({ strip }: { strip: Strip }) {
  const counts = new Map<MarkKind, number>();
  for (const { event } of strip.marks) counts.set(markKind(event), (counts.get(markKind(event)) ?? 0) + 1);
  const states = STATES.filter(([state]) => strip.segments.some((segment) => segment.state === state));
  return (
    <ul aria-label={t('strip.legend')} className="flex flex-wrap gap-x-3.5 gap-y-1 text-ink-2 text-xs">
      {states.map(([state, className]) => (
        <li key={state} className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <span aria-hidden className={cx('strip-swatch', className)} />
          {STRIP_STATE_WORDS[state]}
        </li>
      ))}
      {[...counts].map(([kind, count]) => (
        <li key={kind} className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <MarkShape kind={kind} />
          {MARK_WORDS[kind]} {formatNumber(count)}
        </li>
      ))}
    </ul>
  );
}
