import { expect, test } from 'vitest';
import { lineOf } from '#src/main/cli/tail/words';
import type { HoldfastEvent } from '#src/shared/contract/event';

const line = (kind: string, payload: object): string | null => {
  const event = { seq: 1, at: 0, session_id: null, kind, payload: { server: 'issues', ...payload } };
  return lineOf({ type: 'notice', data: { event: event as HoldfastEvent }, epoch: 'e', seq: 1 });
};

test.each<[string, object, string]>([
  [
    'login_needed',
    { host: 'login.example.com', reason: 'Its login is over.' },
    'needs a login at login.example.com: Its login is over.',
  ],
  ['login_needed', { host: null, reason: 'Logged out.' }, 'needs a login: Logged out.'],
  ['logged_in', { account: 'me@example.com', by: 'person' }, 'logged in as me@example.com'],
  ['logged_in', { account: null, by: 'machine' }, 'logged in, by itself'],
  ['login_refreshed', {}, 'login refreshed'],
  ['logged_out', { revoked: true }, 'logged out, its tokens are revoked'],
  ['logged_out', { revoked: false }, 'logged out, its tokens are forgotten here but not confirmed as revoked'],
])('tail says %s of %j as %j', (kind, payload, words) => {
  expect(line(kind, payload)).toMatch(/^\d\d:\d\d:\d\d {2}issues +\S/);
  expect(line(kind, payload)?.split(/issues {2,}/)[1]).toBe(words);
});
