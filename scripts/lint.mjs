// @ts-check
// The part of npm run lint that Biome cannot say: which part of src may import which, and where the window's text comes from.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { englishLiterals } from './lint/english-literals.mjs';
import { forbiddenImports } from './lint/import-edges.mjs';

/** Parts of the window whose text is not in the catalogue yet. */
const PENDING = [
  ...['connect', 'diagnostics', 'palette', 'servers', 'settings'].map((feature) => `src/renderer/features/${feature}/`),
  ...['login-words.ts', 'server-words.ts'].map((file) => `src/renderer/format/${file}`),
];

const root = join(import.meta.dirname, '..');
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .map((path) => `src/${path.replaceAll('\\', '/')}`)
  .filter((path) => /\.(ts|tsx|js)$/.test(path));
const isChecked = (/** @type {string} */ path) =>
  path.startsWith('src/renderer/') && !PENDING.some((part) => path.startsWith(part));
const wrong = sources.flatMap((path) => {
  const text = readFileSync(join(root, path), 'utf8');
  return [...forbiddenImports(path, text), ...(isChecked(path) ? englishLiterals(path, text) : [])];
});

for (const line of wrong) process.stderr.write(`${line}\n`);
if (wrong.length > 0) process.exitCode = 1;
else
  process.stdout.write(
    `Imports run downwards in ${sources.length} files, and the window's text is in the catalogue.\n`,
  );
