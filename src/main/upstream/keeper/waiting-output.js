/** So many bytes of one child may wait for the supervisor before it is not read any more. */
const MOST_OF_ONE = 16 * 1024 * 1024;
/** When more than this waits of all together, none is read that has more than its share of it. */
const MOST_OF_ALL = 128 * 1024 * 1024;
/** A child with less is read in any case: who says little is not held up by others that say much. */
export const ALWAYS_READ = 256 * 1024;

/**
 * How many bytes of one child may wait now. All together stay below twice {@link MOST_OF_ALL}: what was there, and every
 * share once more; many hundreds of children add what each may always have.
 * @param {Iterable<{ readonly waiting: number }>} children
 */
export function mayWait(children) {
  let total = 0;
  let count = 0;
  for (const { waiting } of children) {
    if (waiting === 0) continue;
    total += waiting;
    count += 1;
  }
  return total > MOST_OF_ALL ? Math.min(MOST_OF_ONE, Math.max(MOST_OF_ALL / count, ALWAYS_READ)) : MOST_OF_ONE;
}
