import { cells, HEADINGS, markdownTable } from '../report/report.mjs';
import { quantile, spreadOf } from '../report/statistics.mjs';
import { spreadWords } from '../report/words.mjs';
import { EVENTS } from './behaviour.mjs';
import { SIZES } from './bulk.mjs';

/**
 * Everything that was measured.
 *
 * @typedef {object} PeersReport
 * @property {import('../support/machine.mjs').Machine} machine
 * @property {number} runs
 * @property {{ name: string, title: string, onlyNumbers?: boolean }[]} subjects
 * @property {Record<string, import('./numbers.mjs').Numbers[]>} numbers by subject, run by run
 * @property {Record<string, import('./bulk.mjs').Bulk[][]>} bulk by subject, run by run, in the order of the sizes
 * @property {Record<string, import('./behaviour.mjs').Behaviour[]>} behaviour
 * @property {Record<string, number[][]>} recovery
 * @property {ReturnType<typeof import('./goals.mjs').judge>} goals
 */

/** @type {[string, keyof import('./numbers.mjs').Numbers, string][]} */
const COLUMNS = [
  ['p50', 'p50', ' ms'],
  ['p95', 'p95', ' ms'],
  ['8 clients', 'rate', '/s'],
  ['new session', 'handshake', ' ms'],
  ['and first call', 'ready', ' ms'],
  ['front, 1 / 10 sessions', 'front1', ' MB'],
  ['all processes, 1 / 10 sessions', 'tree1', ' MB'],
  ['processes, 10 sessions', 'processes10', ''],
];

/** @param {PeersReport} report */
function numbersTable({ subjects, numbers }) {
  const rows = subjects.map(({ name, title }) => {
    const of = (/** @type {keyof import('./numbers.mjs').Numbers} */ key) =>
      (numbers[name] ?? []).map((run) => run[key]);
    const words = (/** @type {keyof import('./numbers.mjs').Numbers} */ key, /** @type {string} */ unit) =>
      spreadWords(spreadOf(of(key)), unit);
    return [
      title,
      ...COLUMNS.map(([, key, unit]) => {
        if (key === 'front1') return `${middle(of('front1'))} / ${middle(of('front10'))}${unit}`;
        if (key === 'tree1') return `${middle(of('tree1'))} / ${middle(of('tree10'))}${unit}`;
        return words(key, unit);
      }),
    ];
  });
  return markdownTable(['', ...COLUMNS.map(([heading]) => heading)], rows);
}

/** @param {readonly number[]} values */
const middle = (values) => Math.round(quantile(values, 0.5));

/** @param {PeersReport} report */
function bulkTable({ subjects, bulk }) {
  const rows = subjects
    .filter(({ name }) => bulk[name])
    .map(({ name, title }) => [
      title,
      ...SIZES.map((_, index) => {
        const of = (/** @type {keyof import('./bulk.mjs').Bulk} */ key) =>
          quantile(
            (bulk[name] ?? []).map((run) => run[index]?.[key] ?? Number.NaN),
            0.5,
          ).toFixed(0);
        return `${of('ms')} ms, ${of('memory')} MB`;
      }),
    ]);
  return markdownTable(['', ...SIZES.map((size) => `${size} MB`)], rows);
}

/** @param {PeersReport} report */
function behaviourTable({ subjects: all, behaviour }) {
  const subjects = all.filter(({ onlyNumbers }) => !onlyNumbers);
  const rows = Object.entries(EVENTS).map(([key, event]) => [
    event,
    ...subjects.map(({ name }) => {
      const seen = (behaviour[name] ?? []).map((run) => run[/** @type {keyof typeof EVENTS} */ (key)]);
      return [...new Set(seen)].join('; or ');
    }),
  ]);
  return markdownTable(['', ...subjects.map(({ title }) => title)], rows);
}

/** @param {PeersReport} report */
function recoveryLines({ subjects, recovery }) {
  return subjects.flatMap(({ name, title }) => {
    const times = recovery[name]?.flat() ?? [];
    if (times.length === 0) return [];
    const [p50, most] = [quantile(times, 0.5), Math.max(...times)].map((ms) => Math.round(ms));
    return [`- ${title}: ${times.length} sessions in all, half of them after ${p50} ms, the last after ${most} ms.`];
  });
}

/**
 * The text for docs/benchmarks.md.
 *
 * @param {PeersReport} report
 * @param {string} machineWords
 */
export function peersMarkdown(report, machineWords) {
  const { runs, goals } = report;
  return [
    `Measured ${machineWords}. ${runs} paired runs; medians, with the lowest and the highest in brackets.`,
    '',
    '#### Goals',
    '',
    ...markdownTable(HEADINGS, goals.map(cells)),
    '',
    '#### Numbers',
    '',
    ...numbersTable(report),
    '',
    'Results of one call: the time until the last byte is there, and what the front needs on top at its highest:',
    '',
    ...bulkTable(report),
    '',
    '#### Behaviour',
    '',
    ...behaviourTable(report),
    '',
    'After Holdfast is killed (SIGKILL) and restarted: the time from the kill to the first good call of each of 50 clients that',
    'simply keep calling, with the same server process and its state:',
    '',
    ...recoveryLines(report),
  ]
    .join('\n')
    .concat('\n');
}
