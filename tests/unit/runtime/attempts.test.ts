import { describe, expect, vi } from 'vitest';
import { folderTest as test } from '#tests/support/fixtures';
import { forgetFailure, recentFailure, rememberFailure } from '../../../scripts/runtime/downloads/attempts.mjs';

describe('recentFailure', () => {
  test('remembers a failed download for a day', async ({ folder }) => {
    vi.stubEnv('XDG_CACHE_HOME', folder);
    try {
      const hour = 3_600_000;
      expect(await recentFailure('thing-1')).toBeUndefined();
      await rememberFailure('thing-1', 'no answer');
      expect(await recentFailure('thing-1', Date.now() + 3 * hour)).toEqual({
        reason: 'no answer',
        ago: '3 h',
        retryIn: '21 h',
      });
      expect(await recentFailure('thing-2')).toBeUndefined();
      expect(await recentFailure('thing-1', Date.now() + 25 * hour)).toBeUndefined();
      // A clock that was set back must not put off the next try forever.
      expect(await recentFailure('thing-1', Date.now() - hour)).toBeUndefined();
      await forgetFailure('thing-1');
      expect(await recentFailure('thing-1')).toBeUndefined();
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
