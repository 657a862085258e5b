import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clientFiles } from '#src/main/platform/client-files';
import { defaultDataFolder } from '#src/main/platform/paths';

// Data, with secrets in it, must not end up in whatever folder a start happens in.
describe.skipIf(process.platform !== 'linux')('the data folder', () => {
  test.each([
    [undefined, join(homedir(), '.config', 'Holdfast')],
    ['', join(homedir(), '.config', 'Holdfast')],
    ['somewhere', join(homedir(), '.config', 'Holdfast')],
    ['/etc/xdg-of-mine', '/etc/xdg-of-mine/Holdfast'],
  ])('with XDG_CONFIG_HOME=%j is %s', (XDG_CONFIG_HOME, folder) => {
    expect(defaultDataFolder({ ...(XDG_CONFIG_HOME !== undefined && { XDG_CONFIG_HOME }) })).toBe(folder);
  });
});

test('files of clients are looked for in the usual place when a variable is empty', () => {
  const usual = { home: '/home/me', platform: 'linux', environment: {} } as const;
  const environment = { XDG_CONFIG_HOME: '', CLAUDE_CONFIG_DIR: '', CODEX_HOME: '' };
  expect(clientFiles({ ...usual, environment })).toEqual(clientFiles(usual));
});
