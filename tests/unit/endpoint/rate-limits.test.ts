import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createReconnectLimiter, DEFAULT_LIMITS, nameOf, RateLimit } from '#src/main/endpoint/rate-limits';
import type { Principal } from '#src/main/sessions/reconnect/reconnection';
import { MINUTE, SECOND } from '#src/shared/model/units';

const client = (client_id: string): Principal => ({
  kind: 'client',
  client: {
    client_id,
    name: 'x',
    type: 'other',
    type_name: null,
    policy: 'sessionful',
    new_process: 'new_session',
    may_take_over: false,
    created_at: 0,
    first_seen_at: null,
    last_seen_at: null,
    key_used_at: null,
    old_key: null,
  },
});
const ADMIN: Principal = { kind: 'admin' };

// The library reads the time itself.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a limit lets its number through each minute, says how long to wait, and starts over', async () => {
  const limit = new RateLimit(3);
  for (let i = 0; i < 3; i += 1) expect(await limit.take('a')).toBeNull();
  vi.advanceTimersByTime(20 * SECOND);
  expect(await limit.take('a')).toBe(40 * SECOND);
  expect(await limit.take('b')).toBeNull();
  vi.advanceTimersByTime(40 * SECOND);
  expect(await limit.take('a')).toBeNull();
});

test('asking while there is nothing left does not lengthen the wait', async () => {
  const limit = new RateLimit(1);
  for (let i = 0; i < 50; i += 1) await limit.take('a');
  vi.advanceTimersByTime(MINUTE);
  expect(await limit.take('a')).toBeNull();
});

test('reconnects are bounded for each session and principal: 10 and 120 a minute', async () => {
  const limiter = createReconnectLimiter();
  expect(DEFAULT_LIMITS).toMatchObject({ reconnectsPerSession: 10, reconnectsPerPrincipal: 120 });
  const one = client('c_1');
  for (let i = 0; i < 10; i += 1) expect(await limiter.take('s_1', one)).toBeNull();
  expect(await limiter.take('s_1', one)).toBe(MINUTE);
  expect(await limiter.take('s_1', client('c_2'))).toBeNull();
  expect(await limiter.take('s_1', ADMIN)).toBeNull();
  for (let i = 0; i < 109; i += 1) expect(await limiter.take(`s_x${i}`, one)).toBeNull();
  expect(await limiter.take('s_new', one)).toBe(MINUTE);
  vi.advanceTimersByTime(MINUTE);
  expect(await limiter.take('s_1', one)).toBeNull();
});

test('principals are told apart by name', () => {
  expect([nameOf(ADMIN), nameOf(client('c_1'))]).toEqual(['admin', 'c_1']);
});
