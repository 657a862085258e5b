import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { folderTest as test } from '#tests/support/fixtures';
import { lastChange } from '../../../scripts/runtime/build.mjs';

test('finds the last change anywhere below a folder, deletions included', async ({ folder: parent }) => {
  const folder = join(parent, 'src');
  const deep = join(folder, 'a', 'b');
  await mkdir(deep, { recursive: true });
  await writeFile(join(deep, 'file'), '1');
  const at = (seconds: number) => new Date(seconds * 1000);
  for (const path of [join(deep, 'file'), deep, join(folder, 'a'), folder]) await utimes(path, at(1000), at(1000));
  expect(await lastChange(folder)).toBe(1_000_000);

  await utimes(join(deep, 'file'), at(2000), at(2000));
  expect(await lastChange(folder)).toBe(2_000_000);

  const before = Date.now() - 10;
  await rm(join(deep, 'file'));
  expect(await lastChange(folder)).toBeGreaterThan(before);
  expect(await lastChange(join(folder, 'nothing'))).toBe(0);
});
