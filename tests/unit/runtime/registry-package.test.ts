import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { folderTest as test } from '#tests/support/fixtures';
import { requireSpace, takeOut, verifyChecksum } from '../../../scripts/runtime/downloads/registry-package.mjs';
import { run } from '../../../scripts/runtime/system/child.mjs';

const sha512 = (text: string) => createHash('sha512').update(text).digest('base64');

describe('verifyChecksum', () => {
  test('keeps a file that is what was pinned', async ({ folder }) => {
    const file = join(folder, 'archive.tgz');
    await writeFile(file, 'right');
    await verifyChecksum(file, sha512('right'));
    expect(existsSync(file)).toBe(true);
  });

  test('refuses and deletes one that is not, and says so with both checksums', async ({ folder }) => {
    const file = join(folder, 'archive.tgz');
    await writeFile(file, 'wrong');
    const refusal = await verifyChecksum(file, sha512('right')).catch((error: Error) => error);
    expect(refusal).toMatchObject({ name: 'SetupError' });
    expect(String(refusal)).toContain('SHA-512 differs from the pinned one. It was deleted');
    expect(String(refusal)).toContain(`expected ${sha512('right')}`);
    expect(String(refusal)).toContain(`received ${sha512('wrong')}`);
    expect(existsSync(file)).toBe(false);
  });
});

describe('takeOut', () => {
  test('takes one file out of an archive, and says what failed when it is not in there', async ({ folder }) => {
    await mkdir(join(folder, 'package'));
    await mkdir(join(folder, 'to'));
    await writeFile(join(folder, 'package', 'data'), 'content');
    const archive = join(folder, 'a.tgz');
    expect(await run('tar', ['-czf', archive, '-C', folder, 'package'], { timeoutMs: 5_000 })).toMatchObject({
      code: 0,
    });
    const file = await takeOut(archive, 'package/data', join(folder, 'to'));
    expect(await readFile(file, 'utf8')).toBe('content');
    await expect(takeOut(archive, 'package/nothing', join(folder, 'to'))).rejects.toThrow(
      'Unpacking package/nothing failed',
    );
  });
});

describe('requireSpace', () => {
  test('says what is needed and what is free, before anything is downloaded', async ({ folder }) => {
    await requireSpace(folder, 0);
    await expect(requireSpace(folder, 1e9)).rejects.toThrow(/1000000000 MB are needed .* \d+ MB are free/);
  });
});
