/** @typedef {import('./rows.mjs').Summary} Summary */
/** @typedef {import('./rows.mjs').Relation} Relation */
/** @typedef {import('./statistics.mjs').Spread} Spread */

/**
 * These measurements are worth three digits at most.
 *
 * @param {number} value
 */
function figure(value) {
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(size >= 10 ? 3 : 2)));
}

/** What follows the number of a ratio. */
const MEANING = { cost: '×', speed: '× as fast', saving: ' % less' };

/**
 * @param {Relation | undefined} relation
 * @param {number} value
 */
function ratioFigure(relation, value) {
  if (relation === 'saving') return (value * 100).toFixed(1);
  return value >= 10 ? figure(value) : value.toFixed(2);
}

/**
 * The median, then the range of the runs.
 *
 * @param {Spread} spread
 * @param {string} unit
 * @param {(value: number) => string} [words]
 */
export function spreadWords({ median, least, most }, unit, words = figure) {
  const [low, high] = [words(least), words(most)];
  return `${words(median)}${unit}${low === high ? '' : ` (${low} to ${high})`}`;
}

/** @param {Summary} summary */
export const ratioWords = ({ ratio, relation }) =>
  ratio && relation ? spreadWords(ratio, MEANING[relation], (value) => ratioFigure(relation, value)) : '';

/** @param {Summary} summary */
export const goalWords = ({ goals, relation, unit }) =>
  goals
    .map(({ of, most, least }) => {
      const value = most ?? least ?? 0;
      const words =
        of === 'value' ? `${figure(value)} ${unit}` : `${ratioFigure(relation, value)}${MEANING[relation ?? 'cost']}`;
      return `${most === undefined ? 'at least' : 'at most'} ${words}`;
    })
    .join('; ');

/** @param {Summary} summary */
export const verdict = ({ goals }) => goals.map(({ met }) => (met ? 'met' : 'MISSED')).join('; ');
