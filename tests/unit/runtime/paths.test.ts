import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cacheFolder } from '../../../scripts/runtime/files/paths.mjs';

describe('cacheFolder', () => {
  const home = join('/', 'home', 'ada');

  test('follows XDG_CACHE_HOME on every platform', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      expect(cacheFolder({ env: { XDG_CACHE_HOME: '/caches' }, platform, home })).toBe(join('/caches', 'holdfast'));
    }
  });

  test("uses the platform's own folder otherwise", () => {
    expect(cacheFolder({ env: {}, platform: 'linux', home })).toBe(join(home, '.cache', 'holdfast'));
    expect(cacheFolder({ env: {}, platform: 'darwin', home })).toBe(join(home, 'Library', 'Caches', 'holdfast'));
    expect(cacheFolder({ env: { LOCALAPPDATA: '/local' }, platform: 'win32', home })).toBe(
      join('/local', 'holdfast', 'Cache'),
    );
  });
});
