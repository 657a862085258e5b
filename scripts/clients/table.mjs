import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../runtime/files/paths.mjs';

const DOCUMENT = join(repositoryRoot, 'docs', 'clients.md');
const FIRST = '<!-- clients:check: written by npm run clients:check -- --write -->';
const LAST = '<!-- clients:check: end -->';
/** What is noted of a client, by the headings of the tables that it stands in. */
const TABLES = [
  { id: 'client', version: 'version', day: 'last run', listed: 'asked for its servers', key: 'key', undo: 'undo' },
  {
    id: 'client',
    asks_progress: 'asks for progress',
    hang_default: 'gives up a silent call after',
    tick_default: 'with progress every 5 s',
    hang_set: 'told to wait 8 s',
    tick_set: 'the same, with progress',
  },
];

/** @typedef {Readonly<Record<string, string>>} Note what one test saw of a client, with its `id`, `version` and `day` */

/**
 * @param {string} text one note a line, as JSON; what is none, as of a test that was killed while it wrote, is left out
 * @returns {Note[]}
 */
export function readNotes(text) {
  return text.split('\n').flatMap((line) => {
    try {
      const note = JSON.parse(line);
      return typeof note?.id === 'string' ? [note] : [];
    } catch {
      return [];
    }
  });
}

/**
 * One note for each client, put together from those of its newest version. Of two about the same, the later one holds.
 *
 * @param {readonly Note[]} notes the oldest first
 * @returns {Note[]}
 */
export function putTogether(notes) {
  /** @type {Map<string, Note>} */
  const clients = new Map();
  for (const one of notes) {
    const { id = '', version } = one;
    const before = clients.get(id);
    clients.set(id, before?.version === version ? { ...before, ...one } : one);
  }
  return [...clients.values()].sort((a, b) => String(a.id).localeCompare(String(b.id)));
}

/**
 * What was seen of each client as tables in Markdown.
 *
 * @param {readonly Note[]} clients one each
 * @returns {string}
 */
export function clientsTables(clients) {
  const tables = TABLES.map((columns) => {
    const names = Object.keys(columns);
    const rows = clients.map((client) => names.map((name) => (client[name] ?? '–').replaceAll('|', '\\|')));
    const lines = [Object.values(columns), names.map(() => '---'), ...rows];
    return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
  });
  return tables.join('\n');
}

/**
 * Puts the tables into docs/clients.md.
 *
 * @param {string} tables
 */
export async function writeTables(tables) {
  const text = await readFile(DOCUMENT, 'utf8');
  const [begin, end] = [text.indexOf(FIRST), text.indexOf(LAST)];
  if (begin === -1 || end < begin) throw new Error('docs/clients.md has lost its marks');
  await writeFile(DOCUMENT, `${text.slice(0, begin)}${FIRST}\n\n${tables}\n${text.slice(end)}`);
}
