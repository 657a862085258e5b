import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
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

  test('replaces a file that is there with one that only its owner may read', async ({ newFolder }) => {
    const folder = newFolder();
    const path = join(folder, 'x');
    writeFileSync(path, 'mine, and longer than what comes');
    chmodSync(path, 0o644);
    expect(await writeNewFile(path, pieces(false), { force: true })).toBe(2);
    expect(readFileSync(path, 'utf8')).toBe('onetwo');
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    await writeNewFile(join(folder, 'y'), pieces(false), { force: true });
    expect(readdirSync(folder).sort()).toEqual(['x', 'y']);
  });

  test('leaves a file as it was that could not be replaced', async ({ newFolder }) => {
    const folder = newFolder();
    const path = join(folder, 'x');
    writeFileSync(path, 'mine');
    await expect(writeNewFile(path, pieces(true), { force: true })).rejects.toThrow('the reader broke');
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(readdirSync(folder)).toEqual(['x']);
  });

  test.skipIf(process.platform === 'win32')('replaces what a link leads to', async ({ newFolder }) => {
    const folder = newFolder();
    const link = join(folder, 'link');
    writeFileSync(join(folder, 'x'), 'mine');
    symlinkSync('x', link);
    await writeNewFile(link, pieces(false), { force: true });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'x'), 'utf8')).toBe('onetwo');
  });

  test.skipIf(process.platform === 'win32')('writes into a pipe, and leaves it there', async ({ newFolder }) => {
    const path = join(newFolder(), 'pipe');
    execFileSync('mkfifo', [path]);
    const read = readFile(path, 'utf8');
    await writeNewFile(path, pieces(false), { force: true });
    expect(await read).toBe('onetwo');
    const cut = readFile(path, 'utf8');
    await expect(writeNewFile(path, pieces(true), { force: true })).rejects.toThrow('the reader broke');
    expect(await cut).toBe('one');
    expect(lstatSync(path).isFIFO()).toBe(true);
  });
});
