import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { writeNewFile } from '#src/main/cli/new-file';
import { folderTest as test } from '#tests/support/fixtures';

async function* pieces(failing: boolean): AsyncGenerator<string, number> {
  yield 'one';
  if (failing) throw new Error('the reader broke');
  yield 'two';
  return 2;
}

describe('writeNewFile', () => {
  test('writes all pieces and passes on how they end', async ({ newFolder }) => {
    const path = join(newFolder(), 'x');
    expect(await writeNewFile(path, pieces(false), { force: false })).toBe(2);
    expect(readFileSync(path, 'utf8')).toBe('onetwo');
  });

  test('leaves no half of a file', async ({ newFolder }) => {
    const path = join(newFolder(), 'x');
    await expect(writeNewFile(path, pieces(true), { force: false })).rejects.toThrow('the reader broke');
    expect(existsSync(path)).toBe(false);
  });

  test('leaves a file alone that is there, and a folder', async ({ newFolder }) => {
    const folder = newFolder();
    const path = join(folder, 'x');
    writeFileSync(path, 'mine');
    await expect(writeNewFile(path, pieces(false), { force: false })).rejects.toThrow('exists');
    expect(readFileSync(path, 'utf8')).toBe('mine');
    await expect(writeNewFile(folder, pieces(false), { force: true })).rejects.toThrow('is a folder');
  });
});
