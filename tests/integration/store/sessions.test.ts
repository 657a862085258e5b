import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { StoredSession, TokenState } from '#src/main/sessions/session-ports';
import type { Store } from '#src/main/store/store';
import { type Session, type SessionQuery, sessionQuerySchema, sessionSchema } from '#src/shared/contract/session';
import { countByStatus, hasEnded } from '#src/shared/model/session';
import { DAY, HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { newClient, reconnected, START, storedSession, transport } from './samples';
import { openBeside, openStore, storeTest as test } from './support';

const STATUSES = ['active', 'idle', 'disconnected', 'expired', 'closed'] as const;
const save = (store: Store, ...sessions: StoredSession[]) => store.repository.commit({ events: [], sessions });
const ids = (sessions: readonly (Session | StoredSession)[]) =>
  sessions.map((item) => ('session' in item ? item.session.session_id : item.session_id));

const time = fc.integer({ min: START - 40 * DAY, max: START });
const word = fc.string({ maxLength: 12 });

/** Sessions as the manager can save them: the shown end of the token is that of its claims, and none once it has ended. */
const anySession: fc.Arbitrary<StoredSession> = fc
  .record({
    session: fc.record({
      client_id: fc.constantFrom('c_a', 'c_b'),
      client_type: fc.constantFrom('claude-code', 'cursor', 'other'),
      client_name: fc.oneof(word, fc.constantFrom('100%', 'a_b', 'ab', 'Ärger', '\\', "it's", 'Cursor', 'cursor')),
      client_version: word,
      era: fc.constantFrom('sessionful' as const, 'stateless' as const),
      protocol_version: word,
      status: fc.constantFrom(...STATUSES),
      degraded: fc.boolean(),
      flapping: fc.boolean(),
      probe: fc.boolean(),
      created_at: time,
      last_activity: time,
      disconnected_at: fc.option(time),
      ended_at: fc.option(time),
      reconnect_count: fc.nat(20),
      last_reconnect_cause: fc.option(
        fc.constantFrom('resumed', 'restored', 'reinitialized', 'token') as fc.Arbitrary<'token'>,
      ),
      recent_reconnects: fc.array(time, { maxLength: 5 }),
      calls: fc.nat(),
      errors: fc.nat(),
      recent_latencies: fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 24 }),
    }),
    token: fc.record({
      generation: fc.nat(9),
      current: fc.option(fc.record({ hash: fc.string(), jti: fc.string(), iat: fc.nat(), exp: fc.nat() })),
      previous: fc.option(fc.record({ hash: fc.string(), rotated_at: time })),
      used_generation: fc.nat(9),
      superseded: fc.array(fc.nat(9), { maxLength: 3 }),
      revoked_generation: fc.nat(9),
    }) satisfies fc.Arbitrary<TokenState>,
    lost_lived: fc.option(fc.nat()),
    disconnect_reason: fc.option(fc.constantFrom('stream_lost', 'quiet', 'user') as fc.Arbitrary<'user'>),
  })
  .map(({ session, token, ...rest }) => {
    const expires = token.current && !hasEnded(session.status) ? token.current.exp * SECOND : null;
    return storedSession({ ...session, reconnect_expires_at: expires }, { token, ...rest });
  });

describe('a stored session', () => {
  test('is read back as it was saved, first and later', ({ store }) => {
    fc.assert(
      fc.property(anySession, anySession, (first, second) => {
        save(store, first);
        expect(store.sessions.get(first.session.session_id)).toEqual(first);
        const { session_id } = first.session;
        const later = { ...second, session: { ...second.session, session_id } };
        save(store, later);
        expect(store.sessions.get(session_id)).toEqual(later);
      }),
    );
  });

  test('is missing when it was never saved', () => {
    expect(openStore().repository.sessions.get("s_' OR 1=1 --")).toBeNull();
  });
});

describe('a page of sessions', () => {
  const query = (input: Partial<SessionQuery>): SessionQuery => sessionQuerySchema.parse(input);
  const anyQuery = fc.record(
    {
      status: fc.subarray([...STATUSES]),
      client_id: fc.constantFrom('c_a', 'c_b', 'c_none'),
      text: fc.oneof(word, fc.constantFrom('%', '_', 'a', '\\', "'", 'CURSOR', 's_0', 'Ä', 'ä')),
      include_probes: fc.boolean(),
      sort: fc.constantFrom(
        'last_activity',
        'created_at',
        'reconnect_count',
        'status',
        'client_name',
      ) as fc.Arbitrary<'status'>,
      order: fc.constantFrom('asc' as const, 'desc' as const),
      limit: fc.integer({ min: 1, max: 20 }),
      offset: fc.nat(20),
    },
    { requiredKeys: [] },
  );
  test('is found by a name in any case, in any alphabet', () => {
    const [one] = fc.sample(anySession, 1);
    if (!one) throw new Error('no session');
    const store = openStoreFor([{ ...one, session: { ...one.session, client_name: 'Übersicht ЖУРНАЛ 100%' } }]);
    for (const text of ['übersicht', 'ÜBERSICHT', 'Журнал', '0%', 't ж'])
      expect([text, store.sessions.page(query({ text, include_probes: true })).total]).toEqual([text, 1]);
    expect(store.sessions.page(query({ text: '1_0', include_probes: true })).total).toBe(0);
    store.close();
  });

  test('has what the filter says, in the order asked for, with the total of all pages', () => {
    fc.assert(
      fc.property(
        fc.array(anySession, { maxLength: 30 }),
        fc.array(anyQuery, { minLength: 1, maxLength: 8 }),
        (all, inputs) => {
          const store = openStoreFor(all);
          for (const input of inputs) {
            const asked = query(input);
            const matching = all
              .map(({ session }) => session)
              .filter((session) => asked.include_probes || !session.probe)
              .filter((session) => !asked.status || asked.status.includes(session.status))
              .filter((session) => asked.client_id === undefined || session.client_id === asked.client_id)
              .filter(({ session_id, client_name, client_type }) =>
                [session_id, client_name, client_type].some((text) =>
                  text.toLowerCase().includes((asked.text ?? '').toLowerCase()),
                ),
              );
            const page = store.sessions.page(asked);
            expect(page.total).toBe(matching.length);
            expect(page.sessions.length).toBe(Math.max(0, Math.min(asked.limit, matching.length - asked.offset)));
            for (const session of page.sessions) expect(matching).toContainEqual(session);
            const keys = page.sessions.map((session) => session[asked.sort]);
            if (asked.sort !== 'client_name') {
              const sorted = [...keys].sort((a, b) => (a < b ? -1 : Number(a > b)));
              expect(keys).toEqual(asked.order === 'asc' ? sorted : sorted.reverse());
            }
          }
          store.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  function openStoreFor(all: readonly StoredSession[]): Store {
    const store = openStore();
    save(store, ...all);
    return store;
  }

  test('pages follow each other without overlap, also where the order leaves it open', ({ store }) => {
    save(store, ...Array.from({ length: 25 }, () => storedSession({ status: 'idle' })));
    const seen = [0, 10, 20].flatMap((offset) =>
      ids(store.sessions.page(query({ sort: 'status', limit: 10, offset })).sessions),
    );
    expect(new Set(seen).size).toBe(25);
  });

  test('names are sorted as people do, without regard to case', ({ store }) => {
    save(store, ...['beta', 'Alpha', 'Gamma', 'alpha2'].map((client_name) => storedSession({ client_name })));
    const names = (order: 'asc' | 'desc') =>
      store.sessions.page(query({ sort: 'client_name', order })).sessions.map(({ client_name }) => client_name);
    expect(names('asc')).toEqual(['Alpha', 'alpha2', 'beta', 'Gamma']);
    expect(names('desc')).toEqual(['Gamma', 'beta', 'alpha2', 'Alpha']);
  });

  test('holds what the contract promises', ({ store }) => {
    save(store, storedSession());
    for (const session of store.sessions.page(query({})).sessions)
      expect(sessionSchema.parse(session)).toEqual(session);
  });
});

describe('health', () => {
  test('counts all sessions but probes', ({ store }) => {
    fc.assert(
      fc.property(fc.array(anySession, { maxLength: 10 }), (more) => {
        save(store, ...more);
        const all = store.sessions.snapshot(100_000);
        const real = all.filter((session) => !session.probe);
        const health = store.sessions.health(START);
        expect(health.status_breakdown).toEqual(countByStatus(all));
        expect(health.degraded).toBe(real.filter((session) => session.degraded).length);
        expect(health.probes).toBe(all.length - real.length);
        expect(health.reconnects.total).toBe(all.reduce((sum, session) => sum + session.reconnect_count, 0));
        expect(store.sessions.liveCount()).toBe(health.status_breakdown.active + health.status_breakdown.idle);
      }),
      { numRuns: 30 },
    );
  });

  test('of one client counts its sessions and their reconnects alone', ({ store }) => {
    const [mine, other] = [
      storedSession({ client_id: 'c_a', reconnect_count: 2 }),
      storedSession({ client_id: 'c_b' }),
    ];
    const probe = storedSession({ client_id: 'c_a', probe: true });
    save(store, mine, other, probe);
    const back = [mine, mine, other].map(({ session }) => reconnected(session.session_id, START - HOUR + 1));
    store.repository.commit({ events: [...back, reconnected(mine.session.session_id, START - HOUR)] });
    expect(store.sessions.healthOf('c_a', START)).toEqual({
      status_breakdown: { active: 1, idle: 0, disconnected: 0, expired: 0, closed: 0 },
      degraded: 0,
      flapping: 0,
      probes: 1,
      reconnects: { total: 2, last_hour: 2, last_24h: 3 },
    });
  });

  test('judges flapping at the time of asking', ({ store }) => {
    const recent_reconnects = [1, 2, 3, 4, 5].map((minute) => START + minute * MINUTE);
    save(
      store,
      storedSession({ flapping: true, recent_reconnects }),
      storedSession({ flapping: true, recent_reconnects, probe: true }),
      storedSession({ flapping: true, recent_reconnects, status: 'closed' }),
      storedSession({ flapping: false, recent_reconnects: recent_reconnects.slice(1) }),
    );
    expect(store.sessions.health(START + 11 * MINUTE).flapping).toBe(1);
    expect(store.sessions.health(START + 11 * MINUTE + 1).flapping).toBe(0);
  });

  test('counts reconnects of the last hour and day', ({ store }) => {
    const ages = [0, HOUR - 1, HOUR, DAY - 1, DAY, 2 * DAY];
    store.repository.commit({ events: ages.map((age) => reconnected('s_x', START - age)) });
    expect(store.sessions.health(START).reconnects).toEqual({ total: 0, last_hour: 2, last_24h: 4 });
  });
});

test('a snapshot has those that have not ended first, then the newest activity', ({ store }) => {
  const [ended, old, fresh, middle] = [
    storedSession({ status: 'closed', last_activity: START + 9 }),
    storedSession({ status: 'disconnected', last_activity: START + 1 }),
    storedSession({ status: 'active', last_activity: START + 3, probe: true }),
    storedSession({ status: 'idle', last_activity: START + 2 }),
  ];
  save(store, ended, old, fresh, middle);
  expect(ids(store.sessions.snapshot(10))).toEqual(ids([fresh, middle, old, ended]));
  expect(ids(store.sessions.snapshot(2))).toEqual(ids([fresh, middle]));
});

describe("the session manager's questions", () => {
  const lost = (client_id: string, lost_lived: number, more: Partial<Session> = {}) =>
    storedSession({ client_id, status: 'disconnected', ...more }, { lost_lived });

  test('attached: active and idle, probes too', ({ store }) => {
    const sessions = STATUSES.map((status) => storedSession({ status, probe: status === 'idle' }));
    save(store, ...sessions);
    expect(ids(store.sessions.attached()).sort()).toEqual(ids(sessions.slice(0, 2)).sort());
  });

  test('disconnectedSince: of this client, still resumable, from that moment on, latest first', ({ store }) => {
    const [early, border, late] = [lost('c_a', START - 1), lost('c_a', START), lost('c_a', START + 1)];
    save(store, early, border, late, lost('c_b', START + 1), lost('c_a', START + 1, { status: 'expired' }));
    expect(ids(store.sessions.disconnectedSince('c_a', START))).toEqual(ids([late, border]));
  });

  test('disconnectedBefore: oldest first, so many at most', ({ store }) => {
    const [first, second, third] = [lost('c_a', START), lost('c_b', START + 1), lost('c_a', START + 2)];
    save(store, third, first, second, lost('c_a', START, { status: 'closed' }));
    expect(ids(store.sessions.disconnectedBefore(START + 2, 10))).toEqual(ids([first, second]));
    expect(ids(store.sessions.disconnectedBefore(START + 9, 1))).toEqual(ids([first]));
  });

  test('disconnectedBeyond: of each client and in all, those away longest first, and nothing that is in use', ({
    store,
    folder,
  }) => {
    const of = (client: string, count: number) =>
      Array.from({ length: count }, (_, index) => lost(client, START + index + (client === 'c_a' ? 0 : 100)));
    const [a, b] = [of('c_a', 5), of('c_b', 4)];
    const pinned = lost('c_a', START - 1, { pinned: true });
    const attached = storedSession({ client_id: 'c_a', status: 'idle' });
    save(store, ...a, ...b, pinned, attached);
    const beyond = (ofClient: number, inAll: number, busy: StoredSession[] = [], limit = 10) =>
      store.sessions.disconnectedBeyond({ ofClient, inAll }, ids(busy), limit);
    expect(beyond(3, 100)).toEqual(ids([...a.slice(0, 2), ...b.slice(0, 1)]));
    expect(beyond(100, 7)).toEqual(ids(a.slice(0, 2)));
    expect(beyond(3, 100, [], 1)).toEqual(ids(a.slice(0, 1)));
    expect(beyond(3, 100, a.slice(0, 1)), 'a call runs in the first').toEqual(
      ids([...a.slice(1, 2), ...b.slice(0, 1)]),
    );
    store.clients.insert(newClient('c_a'), 'hash');
    openBeside(folder).exec(`INSERT INTO long_calls (call_id, handle, client_id, session_id, transport_id, server, tool,
      started_at, handed_at, state) VALUES (1, 'h', 'c_a', '${ids(a)[1]}', 't', 'a', 't', 1, 1, 'running')`);
    expect(beyond(4, 100), 'a call of the second goes on without its client').toEqual([]);
    expect(beyond(5, 100)).toEqual([]);
  });

  test('statelessSession: the newest of the stateless era that has not ended, one with a client first', ({ store }) => {
    const stateless = (created_at: number, more: Partial<Session> = {}) =>
      storedSession({ client_id: 'c_a', era: 'stateless', created_at, ...more });
    const newest = stateless(START + 1, { status: 'disconnected' });
    save(
      store,
      stateless(START, { status: 'disconnected' }),
      newest,
      stateless(START + 2, { status: 'closed' }),
      stateless(START + 3, { era: 'sessionful' }),
      stateless(START + 4, { client_id: 'c_b' }),
    );
    expect(store.sessions.newestStatelessOf('c_a', null)).toEqual(newest);
    // What a client had before it took one over is newer at times, and has lost it.
    const used = stateless(START - 1);
    save(store, used);
    expect(store.sessions.newestStatelessOf('c_a', null)).toEqual(used);
    expect(store.sessions.newestStatelessOf('c_none', null)).toBeNull();
  });

  test('sessionsOfClient: all of them, newest first', ({ store }) => {
    const mine = [2, 1].map((age) => storedSession({ client_id: 'c_a', created_at: START + age, status: 'closed' }));
    save(store, ...mine, storedSession({ client_id: 'c_b' }));
    expect(store.sessions.ofClient('c_a')).toEqual(mine);
  });

  test('transportsOf: those that have not ended', ({ store }) => {
    const stored = storedSession();
    const session_id = stored.session.session_id as never;
    const [open, ended, unbound] = [
      transport({ session_id, initialize_params: { clientInfo: { name: 'x' }, nested: [1, null, 'ü'] } }),
      transport({ session_id, ended_at: START }),
      transport(),
    ];
    store.repository.commit({ events: [], sessions: [stored], transports: [open, ended, unbound] });
    expect(store.transports.openOf(session_id)).toEqual([open]);
    expect(store.transports.get(ended.transport_id)).toEqual(ended);
    store.repository.commit({
      events: [],
      transports: [
        { ...unbound, session_id },
        { ...open, ended_at: START },
      ],
    });
    expect(ids(store.transports.openOf(session_id) as never)).toHaveLength(1);
    expect(store.transports.openOf(session_id)[0]?.transport_id).toBe(unbound.transport_id);
  });

  test('an id is reserved while its transport is open and has no session', () => {
    const store = openStore();
    const stored = storedSession();
    const [bound, ended] = [transport(), transport()];
    const isReserved = () => [bound, ended].map((one) => store.transports.reserves(one.reserved_session_id));
    expect(isReserved()).toEqual([false, false]);
    store.repository.commit({ events: [], sessions: [stored], transports: [bound, ended] });
    expect(isReserved()).toEqual([true, true]);
    const session_id = stored.session.session_id as never;
    store.repository.commit({
      events: [],
      transports: [
        { ...bound, session_id },
        { ...ended, ended_at: START },
      ],
    });
    expect(isReserved()).toEqual([false, false]);
  });

  test('forgetHandshakes: old ones that were never bound, but for those to keep', ({ store }) => {
    const stored = storedSession();
    const [old, kept, young, bound] = [
      transport({ created_at: START - 1 }),
      transport({ created_at: START - 1 }),
      transport({ created_at: START }),
      transport({ created_at: START - 1, session_id: stored.session.session_id as never }),
    ];
    store.repository.commit({ events: [], sessions: [stored], transports: [old, kept, young, bound] });
    expect(store.transports.forgetHandshakes(START, new Set([kept.transport_id]))).toBe(1);
    const left = [old, kept, young, bound].filter((t) => store.transports.get(t.transport_id) !== null);
    expect(left).toEqual([kept, young, bound]);
  });
});
