import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { ActivityLog } from '#src/main/activity/activity-log';
import type { TokenState } from '#src/main/sessions/session-ports';
import type { Store } from '#src/main/store/store';
import { HoldfastError } from '#src/shared/errors';
import { FakeClock } from '#tests/support/fake-clock';
import { call, note, START, storedSession, transport } from './samples';
import { openBeside, openStore, storeTest as test } from './support';

const codeOf = (work: () => unknown): string | null => {
  try {
    work();
  } catch (error) {
    if (error instanceof HoldfastError) return error.code;
    throw error;
  }
  return null;
};
const hash = (text: string) => text.padEnd(64, '0');
const token = (generation: number): TokenState => ({
  generation,
  current: { hash: hash(`h${generation}`), jti: `j${generation}`, iat: 1_700_000_000, exp: 1_700_000_900 },
  previous: null,
  used_generation: generation - 1,
  superseded: [],
  revoked_generation: 0,
});

describe('commit', () => {
  test('numbers the events and saves the rows', ({ store }) => {
    const stored = storedSession({ status: 'idle' });
    const { session_id } = stored.session;
    const bound = transport({ session_id: session_id as never });
    const events = store.repository.commit({
      events: [call(session_id, START), call(session_id, START + 1)],
      sessions: [stored],
      transports: [bound],
    });
    expect(events.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(store.events.readAfter(0, 10)).toEqual(events);
    expect(store.sessions.get(session_id)).toEqual(stored);
    expect(store.transports.get(bound.transport_id)).toEqual(bound);
  });

  test('is whole or nothing', ({ store }) => {
    const stored = storedSession();
    const orphan = transport({ session_id: 's_of_nobody' as never });
    expect(() => store.repository.commit({ events: [note(START)], sessions: [stored], transports: [orphan] })).toThrow(
      /FOREIGN KEY/,
    );
    expect(store.events.newestSeq()).toBe(0);
    expect(store.sessions.get(stored.session.session_id)).toBeNull();
    expect(store.history.query({ range: '1h' }, START).buckets.every(({ calls }) => calls === 0)).toBe(true);
  });

  test('several in one transaction are whole or nothing too', ({ store }) => {
    expect(() =>
      store.transaction(() => {
        store.repository.commit({ events: [note(START)], sessions: [storedSession()] });
        store.settings.set('kept', true);
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(store.events.newestSeq()).toBe(0);
    expect(store.settings.get('kept')).toBeNull();
    expect(store.transaction(() => store.repository.commit({ events: [note(START)] }))[0]?.seq).toBe(1);
  });

  test('a failed part of a transaction that goes on is left out of it', () => {
    const store = openStore();
    store.transaction(() => {
      store.settings.set('first', 1);
      expect(() =>
        store.transaction(() => {
          store.repository.commit({ events: [note(START)], sessions: [storedSession()] });
          throw new Error('stop');
        }),
      ).toThrow('stop');
      store.settings.set('second', 2);
    });
    expect([store.settings.get('first'), store.settings.get('second')]).toEqual([1, 2]);
    expect(store.events.newestSeq()).toBe(0);
    expect(liveNow(store)).toBe(0);
  });
});

describe('compare-and-set of the token', () => {
  const setUp = () => {
    const store = openStore();
    const stored = storedSession({}, { token: token(3) });
    store.repository.commit({ events: [], sessions: [stored] });
    return { store, stored, session_id: stored.session.session_id };
  };

  test('the stored token may be replaced', () => {
    const { store, stored, session_id } = setUp();
    const next = { ...stored, token: token(4) };
    store.repository.commit({
      events: [note(START)],
      sessions: [next],
      expectToken: { session_id, generation: 3, hash: hash('h3') },
    });
    expect(store.sessions.get(session_id)?.token).toEqual(token(4));
  });

  test.each([
    ['an older generation', 2, hash('h3')],
    ['a later generation', 4, hash('h3')],
    ['another hash', 3, hash('h2')],
    ['an empty hash', 3, ''],
  ])('%s changes nothing', (_, generation, expected) => {
    const { store, stored, session_id } = setUp();
    const before = openAll(store);
    const commit = () =>
      store.repository.commit({
        events: [note(START), note(START)],
        sessions: [storedSession(), { ...stored, token: token(4) }],
        transports: [transport()],
        expectToken: { session_id, generation, hash: expected },
      });
    expect(codeOf(commit)).toBe('token_mismatch');
    expect(openAll(store)).toEqual(before);
    expect(liveNow(store)).toBe(1);
  });

  test('a session that was never stored has no token to expect', () => {
    const { store } = setUp();
    const unknown = storedSession();
    const { session_id } = unknown.session;
    const commit = () =>
      store.repository.commit({
        events: [],
        sessions: [unknown],
        expectToken: { session_id, generation: 0, hash: '' },
      });
    expect(codeOf(commit)).toBe('token_mismatch');
    expect(store.sessions.get(session_id)).toBeNull();
  });

  test('an expectation for a session that is not saved is a mistake of the caller', () => {
    const { store, session_id } = setUp();
    expect(() =>
      store.repository.commit({ events: [note(START)], expectToken: { session_id, generation: 3, hash: hash('h3') } }),
    ).toThrow(/expects a token/);
    expect(store.events.newestSeq()).toBe(0);
  });

  test('of 1,000 uses of one token exactly one succeeds', () => {
    const { store, stored, session_id } = setUp();
    const outcomes = Array.from({ length: 1_000 }, () =>
      codeOf(() =>
        store.repository.commit({
          events: [note(START)],
          sessions: [{ ...stored, token: token(4) }],
          expectToken: { session_id, generation: 3, hash: hash('h3') },
        }),
      ),
    );
    expect(outcomes.filter((code) => code === null)).toHaveLength(1);
    expect(outcomes.filter((code) => code === 'token_mismatch')).toHaveLength(999);
    expect(store.events.newestSeq()).toBe(1);
  });
});

test('seq has no gaps, whatever is rolled back or removed in between', ({ folder }) => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('commit' as const), count: fc.integer({ min: 0, max: 5 }) }),
    fc.record({ kind: fc.constant('fail' as const), count: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ kind: fc.constant('fail inside' as const), count: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ kind: fc.constant('remove' as const), count: fc.integer({ min: 1, max: 8 }) }),
  );
  const store = openStore(folder);
  const beside = openBeside(folder);
  let expected = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      for (const { kind, count } of steps) {
        const events = Array.from({ length: count }, () => note(START));
        if (kind === 'commit') {
          const numbered = store.repository.commit({ events });
          expect(numbered.map(({ seq }) => seq)).toEqual(events.map((_, index) => expected + 1 + index));
          expected += count;
        } else if (kind === 'fail') {
          const orphan = transport({ session_id: 's_of_nobody' as never });
          expect(() => store.repository.commit({ events, transports: [orphan] })).toThrow();
        } else if (kind === 'fail inside') {
          expect(() =>
            store.transaction(() => {
              store.repository.commit({ events });
              throw new Error('stop');
            }),
          ).toThrow('stop');
        } else {
          // What retention does; numbers are never given twice, not even when the newest ones were removed.
          beside.prepare('DELETE FROM events WHERE seq > ?').run(expected - count);
        }
        expect(store.events.newestSeq()).toBe(expected);
      }
    }),
    { numRuns: 60 },
  );
});

describe('when the disk is full', () => {
  const fill = (store: Store) => {
    let written = 0;
    const code = codeOf(() => {
      for (; written < 5_000; written += 1) {
        store.repository.commit({ events: [call('s_x', START)], sessions: [storedSession()] });
      }
    });
    return { written, code };
  };

  test('writes fail as retryable with nothing half done, reads go on, and it recovers by itself', ({ store }) => {
    store.repository.commit({ events: [note(START)], sessions: [storedSession()] });
    const pages = limitPages(store, 4);
    const { written, code } = fill(store);
    expect(code).toBe('storage_unavailable');
    expect(written).toBeLessThan(1_000);

    expect(store.events.newestSeq()).toBe(1 + written);
    expect(store.sessions.page(everything).total).toBe(1 + written);
    expect(liveNow(store)).toBe(1 + written);
    expect(store.history.query({ range: '1h' }, START).buckets.at(-1)?.calls).toBe(written);
    // What may be lost is lost without a word; what waits is kept.
    store.clients.seen('c_1', START);
    store.observe(START);
    store.observe(START + 30_000);

    pages.lift();
    store.repository.commit({ events: [call('s_x', START)], sessions: [storedSession()] });
    expect(store.events.newestSeq()).toBe(2 + written);
    store.observe(START + 31_000);
    expect(store.history.query({ range: '1h' }, START + 31_000).buckets.at(-1)?.live_average).toBeGreaterThan(written);
  });
});

const everything = {
  include_probes: true,
  sort: 'last_activity',
  order: 'desc',
  limit: 1,
  offset: 0,
} as const;

/** Limits the file to a few more pages than it has, as a full disk would. */
function limitPages(store: Store, more: number) {
  const { db } = (store as unknown as { opened: { db: import('better-sqlite3').Database } }).opened;
  const count = db.pragma('page_count', { simple: true }) as number;
  db.pragma(`max_page_count = ${count + more}`);
  return { lift: () => void db.pragma('max_page_count = 1073741823') };
}

/** Attached sessions as the live meter sees them. */
function liveNow(store: Store): number | null | undefined {
  const later = START + 3_600_000 * 24 * 365;
  store.observe(later);
  return store.history.query({ range: '1h' }, later + 1_000).buckets.at(-1)?.live_peak;
}

function openAll(store: Store) {
  return {
    seq: store.events.newestSeq(),
    sessions: store.sessions.snapshot(100),
    handshakes: store.transports.forgetHandshakes(START + 1, new Set()),
  };
}

describe('what is written alongside', () => {
  const setUp = (store: Store, folder: string) => {
    const clock = new FakeClock();
    const log = new ActivityLog({ repository: store.activity, clock, timers: clock, onProblem: () => {} });
    store.repository.alongside = () => log.alongside;
    const called = (name = 't') => log.begin({ ...ARRIVAL, name }).end({ outcome: 'ok' });
    const db = openBeside(folder);
    const count = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
    return { clock, log, called, rows: () => count('activity'), events: () => count('events') };
  };

  test('reaches the disk in the same transaction, so that a batch of calls costs one', ({ store, folder }) => {
    const { clock, called, rows, events } = setUp(store, folder);
    for (let n = 0; n < 5; n += 1) called();
    const before = commitsIn(folder);
    store.repository.commit({ events: [note(START)] });
    expect(commitsIn(folder) - before).toBe(1);
    expect([rows(), events()]).toEqual([5, 1]);
    clock.advance(1_000);
    expect(commitsIn(folder) - before, 'nothing is left to write').toBe(1);
    called();
    clock.advance(1_000);
    expect(rows(), 'and without a commit, it is written by itself').toBe(6);
  });

  test('goes along with nothing larger, which could not be tried again without it', ({ store, folder }) => {
    const { clock, called, rows, events } = setUp(store, folder);
    called();
    store.transaction(() => store.repository.commit({ events: [note(START)] }));
    expect([rows(), events()]).toEqual([0, 1]);
    clock.advance(300);
    expect(rows()).toBe(1);
  });

  test('is written later where there is no room for it, and costs no commit but that one a second try', ({
    store,
    folder,
  }) => {
    const { clock, called, rows, events } = setUp(store, folder);
    store.repository.commit({ events: [note(START)], sessions: [storedSession()] });
    for (let n = 0; n < 200; n += 1) called('n'.repeat(200));
    const pages = limitPages(store, 4);
    const saved = storedSession();
    store.repository.commit({ events: [note(START)], sessions: [saved] });
    store.repository.commit({ events: [note(START)] });
    expect([rows(), events()]).toEqual([0, 3]);
    expect(store.events.newestSeq()).toBe(3);
    expect(store.sessions.get(saved.session.session_id)).toEqual(saved);
    clock.advance(2_000);
    expect(rows()).toBe(0);
    pages.lift();
    store.repository.commit({ events: [note(START)] });
    expect(rows(), 'it is tried by itself alone').toBe(0);
    clock.advance(2_000);
    expect(rows()).toBe(200);
    called();
    store.repository.commit({ events: [note(START)] });
    expect(rows(), 'and goes along again').toBe(201);
  });

  test('takes nothing with it where it fails', ({ store, folder }) => {
    const { clock, called, rows, events } = setUp(store, folder);
    const db = openBeside(folder);
    db.exec("CREATE TRIGGER refusing BEFORE INSERT ON activity BEGIN SELECT raise(ABORT, 'no'); END");
    called();
    store.repository.commit({ events: [note(START)] });
    expect([rows(), events()]).toEqual([0, 1]);
    db.exec('DROP TRIGGER refusing');
    clock.advance(2_000);
    expect(rows()).toBe(1);
  });
});

const ARRIVAL = {
  session_id: null,
  transport_id: null,
  client_id: null,
  direction: 'to_server',
  method: 'tools/call',
  name: 't',
  bytes_in: 1,
} as const;

/** Transactions in the journal: each ends with a frame that says how large the database is then (SQLite, file format, 4.1). */
function commitsIn(folder: string): number {
  const wal = readFileSync(join(folder, 'holdfast.db-wal'));
  const frame = 24 + wal.readUInt32BE(8);
  let commits = 0;
  for (let at = 32; at + frame <= wal.length; at += frame) if (wal.readUInt32BE(at + 4) > 0) commits += 1;
  return commits;
}
