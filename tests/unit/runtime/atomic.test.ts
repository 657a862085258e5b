import { existsSync } from 'node:fs';
import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { folderTest as test } from '#tests/support/fixtures';
import { makeFolder, placeFile, writeWhole } from '../../../scripts/runtime/files/atomic.mjs';
import { killHard, printed, runtimeModule, startScript } from './script-process';

describe('makeFolder', () => {
  test('shows the folder only when it is complete', async ({ folder: parent }) => {
    const folder = join(parent, 'result');
    await makeFolder(folder, async (partial) => {
      await writeFile(join(partial, 'a'), '1');
      expect(existsSync(folder)).toBe(false);
      await writeFile(join(partial, 'b'), '2');
    });
    expect(await readdir(folder)).toEqual(['a', 'b']);
    expect(await readdir(parent)).toEqual(['result']);
  });

  test('leaves nothing behind when the work fails', async ({ folder: parent }) => {
    const failing = makeFolder(join(parent, 'result'), async (partial) => {
      await writeFile(join(partial, 'a'), '1');
      throw new Error('disk full');
    });
    await expect(failing).rejects.toThrow('disk full');
    expect(await readdir(parent)).toEqual([]);
  });

  test('makes it whole after a process was killed half way, and clears up after that one', async ({
    folder: parent,
  }) => {
    const folder = join(parent, 'result');
    const interrupted = startScript(`
      import { writeFile } from 'node:fs/promises';
      import { makeFolder } from ${JSON.stringify(runtimeModule('files/atomic.mjs'))};
      await makeFolder(${JSON.stringify(folder)}, async (partial) => {
        await writeFile(partial + '/half', 'x');
        console.log('half way');
        await new Promise(() => setInterval(() => {}, 1000));
      });`);
    await printed(interrupted, 'half way');
    await killHard(interrupted);
    expect(existsSync(folder)).toBe(false);
    expect(await readdir(parent)).toHaveLength(1);

    await makeFolder(folder, (partial) => writeFile(join(partial, 'whole'), 'y'));
    expect(await readdir(parent)).toEqual(['result']);
    expect(await readdir(folder)).toEqual(['whole']);
  });
});

describe('placeFile', () => {
  test('replaces a file in one step and leaves no draft', async ({ folder }) => {
    await writeFile(join(folder, 'new'), 'new');
    await placeFile(join(folder, 'new'), join(folder, 'to', 'file'));
    await writeFile(join(folder, 'new'), 'newer');
    await placeFile(join(folder, 'new'), join(folder, 'to', 'file'));
    expect(await readFile(join(folder, 'to', 'file'), 'utf8')).toBe('newer');
    expect(await readdir(join(folder, 'to'))).toEqual(['file']);
  });

  test('leaves the old file when the new one cannot be read', async ({ folder }) => {
    await writeFile(join(folder, 'file'), 'old');
    await expect(placeFile(join(folder, 'missing'), join(folder, 'file'))).rejects.toThrow('ENOENT');
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['file']);
  });
});

test('writeWhole replaces a file in one step and leaves no draft', async ({ folder }) => {
  const file = join(folder, 'file');
  await writeWhole(file, 'old');
  const reader = await open(file);
  await writeWhole(file, 'new');
  expect(await reader.readFile('utf8')).toBe('old');
  await reader.close();
  expect(await readFile(file, 'utf8')).toBe('new');
  expect(await readdir(folder)).toEqual(['file']);
});
