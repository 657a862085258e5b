import { describe, expect } from 'vitest';
import { LongCalls } from '#src/main/long-calls/long-calls';
import type { Store } from '#src/main/store/store';
import type { Client, ClientType } from '#src/shared/contract/client';
import { MINUTE, SECOND } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';
import { seededRandom } from '#tests/support/seeded-random';
import { START } from './samples';
import { storeTest } from './support';

/** Long calls on a real database, in time that the test moves. */

const client = (type: ClientType = 'cursor'): Client => ({
  client_id: 'c_1',
  name: 'Client',
  type,
  type_name: null,
  policy: 'sessionful',
  new_process: 'new_session',
  may_take_over: false,
  created_at: START,
  first_seen_at: null,
  last_seen_at: null,
  key_used_at: null,
  old_key: null,
});

const test = storeTest
  .extend('clock', () => new FakeClock(START))
  .extend('problems', (): unknown[] => [])
  .extend('longCalls', ({ store, clock, problems }) => longCallsOf(store, clock, problems));

const longCallsOf = (store: Store, clock: FakeClock, problems: unknown[]) =>
  new LongCalls({
    calls: store.longCalls,
    patience: store.patience,
    clock,
    timers: clock,
    random: seededRandom(),
    onProblem: (error) => problems.push(error),
  });

describe('how long a client waits', () => {
  const silent = (after: number) => ({ after, quiet: after, isTimeout: false });

  test('is not learned from two calls that were given up at once', ({ store, clock, longCalls }) => {
    const cursor = client();
    store.clients.insert(cursor, 'hash');
    clock.advance(MINUTE);
    longCalls.gaveUp(cursor, silent(7_000));
    clock.advance(10);
    longCalls.gaveUp(cursor, silent(7_010));
    expect(longCalls.patienceOf(cursor).from).toBe('usual');
    clock.advance(MINUTE);
    longCalls.gaveUp(cursor, silent(7_020));
    expect(longCalls.patienceOf(cursor)).toEqual({ limit: 7_000, isRenewed: false, from: 'learned' });
    longCalls.waited('c_1', 8_000);
    expect(longCalls.patienceOf(cursor).from).toBe('learned');
    longCalls.waited('c_1', MINUTE);
    expect(longCalls.patienceOf(cursor).from).toBe('usual');
  });

  test('is a limit in all if it gives up in spite of signs of life, and its program’s otherwise', ({
    store,
    clock,
    longCalls,
  }) => {
    const code = client('claude-code');
    store.clients.insert(code, 'hash');
    clock.advance(20 * MINUTE);
    const timeout = { after: 9 * MINUTE, isTimeout: true };
    longCalls.gaveUp(code, { ...timeout, quiet: 5 * MINUTE - SECOND });
    expect(longCalls.patienceOf(code)).toEqual({ limit: 5 * MINUTE, isRenewed: true, from: 'program' });
    longCalls.gaveUp(code, { ...timeout, quiet: 8_000 });
    expect(longCalls.patienceOf(code)).toEqual({ limit: 9 * MINUTE, isRenewed: false, from: 'learned' });
  });
});
