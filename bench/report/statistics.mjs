/**
 * @param {readonly number[]} values at least one
 * @param {number} share between 0 and 1
 * @returns {number} the value below which that share of the values lies, interpolated between neighbours
 */
export function quantile(values, share) {
  if (values.length === 0) throw new RangeError('There is no quantile of nothing.');
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const low = /** @type {number} */ (sorted[below]);
  const high = sorted[below + 1] ?? low;
  return low + (high - low) * (position - below);
}

/** @param {readonly number[]} values */
export const median = (values) => quantile(values, 0.5);

/**
 * @typedef {object} Spread
 * @property {number} median
 * @property {number} least
 * @property {number} most
 */

/**
 * @param {readonly number[]} values
 * @returns {Spread}
 */
export const spreadOf = (values) => ({
  median: median(values),
  least: Math.min(...values),
  most: Math.max(...values),
});

/**
 * How many calls were lost: those that were not answered, and those without a row of activity. Rows do not say whose they are,
 * so a call that has neither counts twice, rather than that the row of one hides the loss of another.
 *
 * @param {{ answered: number, failed: number, rows: number }} counts
 * @throws {Error} if there are more rows than calls
 */
export function lostCalls({ answered, failed, rows }) {
  const total = answered + failed;
  if (rows > total) throw new Error(`${rows} rows of ${total} calls`);
  return failed + (total - rows);
}
