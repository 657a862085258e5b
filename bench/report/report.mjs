import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../../scripts/runtime/files/paths.mjs';
import { machineWords } from '../support/machine.mjs';
import { goalWords, ratioWords, spreadWords, verdict } from './words.mjs';

const DOCUMENT = join(repositoryRoot, 'docs', 'benchmarks.md');
const MARKS = ['<!-- bench: written by npm run bench -- --write -->', '<!-- bench: end -->'];

/**
 * @typedef {object} Result
 * @property {string} name
 * @property {string} title
 * @property {number} seconds
 * @property {import('./rows.mjs').Summary[]} rows
 * @property {string[]} notes
 * @property {string} [failure] why there are no rows
 *
 * @typedef {object} Report
 * @property {import('../support/machine.mjs').Machine} machine
 * @property {number} runs
 * @property {boolean} quick
 * @property {Result[]} results
 */

export const HEADINGS = ['what', 'ratio', 'goal', '', 'Holdfast', 'beside it'];

/** @param {import('./rows.mjs').Summary} summary */
export function cells(summary) {
  const { what, unit, ours, beside, floor } = summary;
  return [
    what,
    ratioWords(summary),
    goalWords(summary),
    verdict(summary),
    spreadWords(ours, ` ${unit}`),
    floor ? `${beside}: ${spreadWords(floor, ` ${unit}`)}` : '',
  ];
}

/**
 * One bench for the terminal.
 *
 * @param {Result} result
 */
export function terminalText({ title, rows, notes, failure, seconds }) {
  const lines = [`\n${title} (${seconds.toFixed(0)} s)`];
  if (failure) lines.push(`  FAILED: ${failure}`);
  const table = [HEADINGS, ...rows.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...table.map((line) => (line[column] ?? '').length)));
  if (rows.length > 0) {
    for (const line of table)
      lines.push(
        `  ${line
          .map((text, column) => text.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}`,
      );
  }
  return [...lines, ...notes.map((note) => `  - ${note}`)].join('\n');
}

/**
 * One bench for docs/benchmarks.md, with where and when it was measured: sections are replaced one by one.
 *
 * @param {Report} report
 * @param {Result} result
 */
function section({ machine, runs }, { title, name, rows, notes }) {
  const lines = [
    `${sectionHeading(title, name)}`,
    '',
    `Measured ${machineWords(machine)}. ${runs} paired runs; medians, with the lowest and the highest in brackets.`,
    '',
    ...markdownTable(HEADINGS, rows.map(cells)),
    '',
    ...notes.map((note) => `- ${note}`),
  ];
  return lines.join('\n').trimEnd();
}

/**
 * @param {string} title
 * @param {string} name
 */
const sectionHeading = (title, name) => `### ${title} (\`npm run bench -- ${name}\`)`;

/**
 * Puts sections in the place of older ones of the same bench.
 *
 * @param {string} text all sections, as they stand
 * @param {ReadonlyMap<string, string>} fresh new sections by the bench's name
 * @param {readonly string[]} order names of all benches; what is not among them goes
 * @returns {string} all sections, in that order
 */
export function replaceSections(text, fresh, order) {
  /** @type {Map<string, string>} */
  const all = new Map();
  for (const part of text.split(/^(?=### )/m)) {
    const name = /^### .*\(`npm run bench -- (\S+)`\)$/m.exec(part)?.[1];
    if (name) all.set(name, part.trimEnd());
  }
  for (const [name, part] of fresh) all.set(name, part);
  return order.flatMap((name) => all.get(name) ?? []).join('\n\n');
}

/**
 * The sections of what was measured. A bench that failed has none: it must not replace what was measured before.
 *
 * @param {Report} report
 * @returns {Map<string, string>} by the bench's name
 */
export function freshSections(report) {
  const measured = report.results.filter(({ failure }) => failure === undefined);
  return new Map(measured.map((result) => [result.name, section(report, result)]));
}

/**
 * Writes what was measured into docs/benchmarks.md; benches that were not run, or failed, keep their sections.
 *
 * @param {Report} report
 * @param {readonly string[]} order names of all benches
 * @returns {Promise<string[]>} names of the benches that failed and were left out
 */
export async function writeDocument(report, order) {
  const fresh = freshSections(report);
  await writeSection(MARKS, (before) => `${replaceSections(before, fresh, order)}\n`);
  return report.results.map(({ name }) => name).filter((name) => !fresh.has(name));
}

/**
 * Replaces what is between two marks in docs/benchmarks.md.
 *
 * @param {readonly string[]} marks the first and the last line of the section
 * @param {(before: string) => string} content what is to stand there, from what stands there now
 */
export async function writeSection([first = '', last = ''], content) {
  const text = await readFile(DOCUMENT, 'utf8');
  const [begin, end] = [text.indexOf(first), text.indexOf(last)];
  if (begin === -1 || end < begin) throw new Error(`docs/benchmarks.md has lost its marks "${first}" and "${last}"`);
  const before = text.slice(begin + first.length, end);
  await writeFile(DOCUMENT, `${text.slice(0, begin)}${first}\n\n${content(before)}\n${text.slice(end)}`);
}

/**
 * @param {readonly string[]} headings
 * @param {readonly (readonly string[])[]} rows
 * @returns {string[]} the lines of a table in Markdown
 */
export const markdownTable = (headings, rows) =>
  [headings, headings.map(() => '---'), ...rows].map((line) => `| ${line.join(' | ')} |`);
