import type { Activity, Moment } from '../../../shared/contract/activity';
import type { HoldfastEvent } from '../../../shared/contract/event';
import type { Ms } from '../../../shared/model/units';

/** One thing on the line of time around a message. */
export type MomentItem =
  | { readonly kind: 'came' | 'ended' | 'passed'; readonly at: Ms; readonly row: Activity }
  | { readonly kind: 'event'; readonly at: Ms; readonly event: HoldfastEvent }
  /** Neighbouring lines of one process. */
  | { readonly kind: 'output'; readonly at: Ms; readonly pid: number | null; readonly lines: readonly string[] };

/** Of things at the same millisecond, a call comes before what it set off, and ends after it. */
const ORDER = { came: 0, passed: 0, event: 1, output: 2, ended: 3 } as const;

/** What happened around a message on one line of time, oldest first; the message itself is always on it. */
export function momentLine({ activity: row, events, output }: Moment): MomentItem[] {
  const own: MomentItem[] =
    row.duration_ms === null
      ? [{ kind: 'passed', at: row.at, row }]
      : [
          { kind: 'came', at: row.at, row },
          { kind: 'ended', at: row.at + row.duration_ms, row },
        ];
  const all: MomentItem[] = [
    ...own,
    ...events.map((event): MomentItem => ({ kind: 'event', at: event.at, event })),
    ...output.map(({ at, pid, text }): MomentItem => ({ kind: 'output', at, pid, lines: [text] })),
  ];
  const joined: MomentItem[] = [];
  for (const item of all.sort((a, b) => a.at - b.at || ORDER[a.kind] - ORDER[b.kind])) {
    const before = joined.at(-1);
    if (item.kind === 'output' && before?.kind === 'output' && before.pid === item.pid) {
      joined[joined.length - 1] = { ...before, lines: [...before.lines, ...item.lines] };
    } else joined.push(item);
  }
  return joined;
}
