import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, vi } from 'vitest';
import { folderTest as test } from '#tests/support/fixtures';
import { findElectron } from '../../../scripts/runtime/electron/electron.mjs';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('findElectron', () => {
  test('takes the one the user named before any other', async ({ folder }) => {
    vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', folder);
    const name = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[process.platform as string];
    const executablePath = join(folder, name ?? 'electron');
    await mkdir(dirname(executablePath), { recursive: true });
    await writeFile(executablePath, '');
    expect(findElectron()).toEqual({ folder, executablePath, source: 'user' });
  });

  test('says what is wrong when there is none in the folder the user named', async ({ folder }) => {
    vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', folder);
    expect(() => findElectron()).toThrow(/ELECTRON_OVERRIDE_DIST_PATH is set, and there is no .*\n {2}Set it to/);
  });
});
