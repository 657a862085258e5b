import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HeldProcess, hasServed, overMemory, roomFor } from '#src/main/upstream/limits/process-limits';
import type { ProcessLimits } from '#src/shared/model/policy';
import { MINUTE, SECOND } from '#src/shared/model/units';

const LIMITS: ProcessLimits = { perClient: 3, perServer: 3, inAll: 5, bytes: 1_000 };
const WANTED = { server: 'a', client: 'me' };
let made = 0;

function held(change: Partial<HeldProcess> = {}): HeldProcess {
  made += 1;
  const state = { isBusy: false, isAttached: true, isPinned: false, isFresh: false };
  const usual = { server: 'b', client: 'other', ...state, unusedFor: MINUTE, bytes: 100 };
  return { id: `p${made}`, ...usual, ...change };
}
const leaving = (processes: readonly HeldProcess[], limits = LIMITS): readonly string[] | string => {
  const room = roomFor(WANTED, processes, limits);
  return 'end' in room ? room.end.map(({ id }) => id) : room.limit;
};

describe('room for one more process', () => {
  test('is there below every limit', () => {
    expect(leaving([held(), held(), held({ client: 'me' })])).toEqual([]);
  });

  test('is made by whoever lost its client, then by whoever was not used for longest', () => {
    const recent = held({ client: 'me', unusedFor: 20 * SECOND });
    const old = held({ client: 'me', unusedFor: 9 * MINUTE });
    const lost = held({ client: 'me', isAttached: false, unusedFor: SECOND });
    expect(leaving([recent, old, lost])).toEqual([lost.id]);
    expect(leaving([recent, old, held({ client: 'me', isBusy: true })])).toEqual([old.id]);
  });

  test('is made by what is pinned only when nothing else is left', () => {
    const pinned = held({ client: 'me', isPinned: true, isAttached: false, unusedFor: 9 * MINUTE });
    const used = held({ client: 'me', unusedFor: 20 * SECOND });
    expect(leaving([pinned, used, held({ client: 'me', isBusy: true })])).toEqual([used.id]);
    expect(leaving([pinned, held({ client: 'me', isBusy: true }), held({ client: 'me', isBusy: true })])).toEqual([
      pinned.id,
    ]);
    expect(overMemory([pinned, used], { ...LIMITS, bytes: 100 })).toEqual([used]);
  });

  test('is made by a handshake that nobody used before it is by a lost session', () => {
    const lost = held({ client: 'me', isAttached: false, unusedFor: 9 * MINUTE });
    const fresh = held({ client: 'me', isAttached: false, isFresh: true, unusedFor: SECOND });
    expect(leaving([lost, fresh, held({ client: 'me', isFresh: true })])).toEqual([fresh.id]);
    const old = held({ client: 'me', unusedFor: 9 * MINUTE });
    expect(leaving([held({ client: 'me', isFresh: true }), old, held({ client: 'me', isBusy: true })])).toEqual([
      old.id,
    ]);
  });

  test('is made among those that count for the limit', () => {
    const mine = held({ client: 'me', server: 'x' });
    expect(leaving([held({ isAttached: false }), mine, held({ client: 'me' }), held({ client: 'me' })])).toEqual([
      mine.id,
    ]);
    const same = held({ server: 'a', unusedFor: 5 * MINUTE });
    expect(leaving([held({ server: 'a' }), held({ server: 'a' }), same])).toEqual([same.id]);
  });

  test('is not there while all are at work, or have just been', () => {
    const busy = { client: 'me', isBusy: true };
    expect(leaving([held(busy), held(busy), held(busy)])).toBe('perClient');
    const recent = { server: 'a', unusedFor: SECOND };
    expect(leaving([held(recent), held(recent), held(recent)])).toBe('perServer');
    expect(leaving(Array.from({ length: 5 }, () => held({ isBusy: true })))).toBe('inAll');
  });

  test('never costs one that is at work, and keeps every limit, whatever runs', () => {
    const arbitrary = fc.record({
      server: fc.constantFrom('a', 'b'),
      client: fc.constantFrom('me', 'other', null),
      isBusy: fc.boolean(),
      isAttached: fc.boolean(),
      isFresh: fc.boolean(),
      unusedFor: fc.integer({ min: 0, max: 10 * MINUTE }),
    });
    fc.assert(
      fc.property(fc.array(arbitrary, { maxLength: 8 }), (some) => {
        const all = some.map(held);
        const room = roomFor(WANTED, all, LIMITS);
        if (!('end' in room)) return;
        expect(room.end.some(({ isBusy }) => isBusy)).toBe(false);
        const left = all.filter((one) => !room.end.includes(one));
        expect(left.filter(({ client }) => client === 'me').length).toBeLessThan(LIMITS.perClient);
        expect(left.filter(({ server }) => server === 'a').length).toBeLessThan(LIMITS.perServer);
        expect(left.length).toBeLessThan(LIMITS.inAll);
      }),
    );
  });
});

test('memory is freed by as few as are needed, and by none at work', () => {
  const lost = held({ isAttached: false, bytes: 300 });
  const old = held({ unusedFor: 9 * MINUTE, bytes: 400 });
  const busy = held({ isBusy: true, bytes: 700 });
  expect(overMemory([old, lost, held({ bytes: null })], LIMITS)).toEqual([]);
  expect(overMemory([busy, old, lost], LIMITS)).toEqual([lost, old]);
  expect(overMemory([busy, old, lost], { ...LIMITS, bytes: 1_100 })).toEqual([lost]);
  expect(overMemory([busy, held({ isBusy: true, bytes: 700 })], LIMITS)).toEqual([]);
});

test.each([
  ['one call, then nobody for three minutes', true, 1, 3 * MINUTE, 3 * MINUTE],
  ['one call, then nobody for two', false, 1, 2 * MINUTE, 2 * MINUTE],
  ['two calls, then nobody for an hour less a bit', false, 2, 59 * MINUTE, 59 * MINUTE],
  ['two calls, then nobody for an hour', true, 2, 60 * MINUTE, 60 * MINUTE],
  ['only lists, while the client is there', true, 0, 0, 5 * MINUTE],
  ['one call, while the client is there', false, 1, 0, 50 * MINUTE],
  ['a request that runs', false, 1, 90 * MINUTE, 0],
  ['a process of an earlier run', false, Number.POSITIVE_INFINITY, 30 * MINUTE, 30 * MINUTE],
])('a process has served its time after %s: %s', (_what, expected, uses, lostFor, unusedFor) => {
  expect(hasServed(uses, lostFor, unusedFor, 60 * MINUTE)).toBe(expected);
});
