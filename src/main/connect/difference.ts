import { MaskedLines } from './masked-lines';

const CONTEXT = 3;

/**
 * What changes from one text to another, as a unified difference with one hunk, secrets left out. Empty when the texts are
 * the same.
 * @param before - null when there is no file yet
 * @param after - null when there is no file any more
 */
export function difference(file: string, before: string | null, after: string | null): string {
  const old = linesOf(before);
  const now = linesOf(after);
  let same = 0;
  while (same < old.length && same < now.length && old[same] === now[same]) same += 1;
  let tail = 0;
  while (tail < old.length - same && tail < now.length - same && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  if (same === old.length && same === now.length) return '';
  const start = Math.max(0, same - CONTEXT);
  const behind = Math.min(tail, CONTEXT);
  const oldEnd = old.length - tail + behind;
  const nowEnd = now.length - tail + behind;
  const masks = new MaskedLines();
  const shown = (mark: string, line: string) => masks.show(mark, line);
  const range = (end: number) => `${end === start ? start : start + 1},${end - start}`;
  return [
    `--- ${before === null ? '/dev/null' : file}`,
    `+++ ${after === null ? '/dev/null' : file}`,
    `@@ -${range(oldEnd)} +${range(nowEnd)} @@`,
    ...old.slice(start, same).map((line) => shown(' ', line)),
    ...old.slice(same, old.length - tail).map((line) => shown('-', line)),
    ...now.slice(same, now.length - tail).map((line) => shown('+', line)),
    ...old.slice(old.length - tail, oldEnd).map((line) => shown(' ', line)),
  ].join('\n');
}

const linesOf = (text: string | null): string[] => text?.match(/[^\n]*\n|[^\n]+$/g) ?? [];
