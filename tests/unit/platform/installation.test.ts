import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { advice, INSTALLATION, installationIn } from '#src/main/platform/installation';
import { REPOSITORY } from '#tests/support/paths';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-installation-'));
});
afterEach(() => rmSync(root, { recursive: true }));

test.each([
  ['{"holdfast":{"installation":"npm"}}', 'npm'],
  ['{"holdfast":{"installation":"desktop"}}', 'desktop'],
  ['{"holdfast":{"installation":"other"}}', 'source'],
  ['{"holdfast":null}', 'source'],
  ['{', 'source'],
  ['null', 'source'],
])('a package.json that holds %s means %s', (text, installation) => {
  writeFileSync(join(root, 'package.json'), text);
  expect(installationIn(root)).toBe(installation);
});

test('the repository is a source folder, and so is one without a package.json', () => {
  expect([installationIn(REPOSITORY), installationIn(root), INSTALLATION]).toEqual(['source', 'source', 'source']);
});

test('only a source folder is told to use npm scripts', () => {
  const words = (name: 'source' | 'desktop' | 'npm') => `${advice(name).start} ${advice(name).repair}`;
  expect(words('source')).toContain('npm run headless');
  for (const name of ['desktop', 'npm'] as const) expect(words(name)).not.toMatch(/npm (start|run)/);
});
