/** Most bytes of one child that may wait for the supervisor; above this, its output is not read. */
const MOST_OF_ONE = 16 * 1024 * 1024;
/** When more bytes than this wait in total, a child with more than its equal share is not read. */
const MOST_OF_ALL = 128 * 1024 * 1024;
/**
 * A child with fewer bytes waiting is always read, so that quiet children are not held up by chatty ones. While a supervisor
 * is connected, no more than this is on its way to it: more would only fill its memory, and everything else would wait behind
 * it in the socket.
 */
export const ALWAYS_READ = 256 * 1024;
/**
 * How many bytes of one child may wait now. The total stays below twice {@link MOST_OF_ALL}: what is waiting already,
 * plus every share once more. With many hundreds of children, {@link ALWAYS_READ} for each comes on top.
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
