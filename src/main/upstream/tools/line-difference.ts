import type { ChangedLine } from '../../../shared/contract/tool-change';

/** Lines that are compared one by one; what is longer is shown as a whole, before and after. */
const MOST_LINES = 400;
/** Lines around a difference. */
const CONTEXT = 2;

/** What changes from one text to another, line by line, with two lines around; null is a text that is not there. */
export function lineDifference(before: string | null, after: string | null): ChangedLine[] {
  const [old, now] = [before?.split('\n') ?? [], after?.split('\n') ?? []];
  const lines = old.length > MOST_LINES || now.length > MOST_LINES ? whole(old, now) : byLine(old, now);
  const isNear = (at: number) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ mark }) => mark !== ' ');
  return lines.filter((_, at) => isNear(at));
}

const whole = (old: readonly string[], now: readonly string[]): ChangedLine[] => [
  ...old.map((text): ChangedLine => ({ mark: '-', text })),
  ...now.map((text): ChangedLine => ({ mark: '+', text })),
];

/** By the longest common subsequence. */
function byLine(old: readonly string[], now: readonly string[]): ChangedLine[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1));
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const row = lengths[i] as Uint16Array;
    for (let j = now.length - 1; j >= 0; j -= 1) {
      row[j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: ChangedLine[] = [];
  for (let i = 0, j = 0; i < old.length || j < now.length; ) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({ mark: ' ', text: old[i] ?? '' });
      i += 1;
      j += 1;
    } else if (j >= now.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ mark: '-', text: old[i] ?? '' });
      i += 1;
    } else {
      lines.push({ mark: '+', text: now[j] ?? '' });
      j += 1;
    }
  }
  return lines;
}
