// @ts-check
// The part of npm run lint that Biome cannot say: which part of src may import which, and where the window's text comes from.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { englishLiterals } from './lint/english-literals.mjs';
import { forbiddenImports } from './lint/import-edges.mjs';
import { physicalSides } from './lint/physical-sides.mjs';
import { unsaidSentences } from './lint/unsaid-sentences.mjs';

const root = join(import.meta.dirname, '..');
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .map((path) => `src/${path.replaceAll('\\', '/')}`)
  .filter((path) => /\.(ts|tsx|js|css)$/.test(path));
const wrong = sources.flatMap((path) => {
  const text = readFileSync(join(root, path), 'utf8');
  if (path.endsWith('.css')) return physicalSides(path, text);
  const literals = path.startsWith('src/renderer/') ? englishLiterals(path, text) : unsaidSentences(path, text);
  return [...forbiddenImports(path, text), ...literals, ...physicalSides(path, text)];
});

for (const line of wrong) process.stderr.write(`${line}\n`);
if (wrong.length > 0) process.exitCode = 1;
else
  process.stdout.write(
    `Imports run downwards in ${sources.length} files, and the window's text is in the catalogue.\n`,
  );
