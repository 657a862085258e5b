import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EventKind, eventSchema, type NewEvent } from '#src/shared/contract/event';
import { type Session, type SessionStatus, sessionSchema, sessionStatusSchema } from '#src/shared/contract/session';
import { evolve, isFlapping } from '#src/shared/model/evolve';
import { FLAP_COUNT, FLAP_WINDOW, LATENCY_SAMPLES } from '#src/shared/model/policy';
import { countByStatus, hasEnded, isAttached } from '#src/shared/model/session';
import { anySessionEvent } from './arbitraries';

const created = (at = 1_000, probe = false): NewEvent => ({
  at,
  session_id: 's_1',
  kind: 'session_created',
  payload: {
    client_id: 'c_1',
    client_type: 'cursor',
    client_name: 'Cursor',
    client_version: '1.0',
    server: null,
    era: 'sessionful',
    protocol_version: '2025-11-25',
    transport_id: 't_1',
    probe,
  },
});

type PayloadOf<K extends EventKind> = Extract<NewEvent, { kind: K }>['payload'];
const event = <K extends EventKind>(kind: K, payload: PayloadOf<K>, at = 5_000) =>
  ({ at, session_id: 's_1', kind, payload }) as NewEvent;
const INSTANCE = { server: 'files', instance_id: 'i_1', pid: 4711 };
const fold = (events: readonly NewEvent[], from: Session | null = null) =>
  events.reduce<Session | null>((session, one) => evolve(session, one), from);
const present = (session: Session | null): Session => {
  if (session === null) throw new Error('there is no session');
  return session;
};

const reconnected = (reconnect_count: number, at = 5_000) =>
  event(
    'session_reconnected',
    { cause: 'resumed', door: 'mcp', downtime_ms: 10, reconnect_count, transport_id: 't_1', client_version: '2.0' },
    at,
  );
const disconnected = event('session_disconnected', { reason: 'stream_lost', contact_lost_at: 4_000 }, 4_500);
const call = (ok: boolean, at = 5_000, latency_ms = 12) =>
  event('call_completed', { method: 'tools/call', name: 'echo', ok, latency_ms }, at);

const active = present(fold([created()]));
const STATES: Record<SessionStatus, Session> = {
  active,
  idle: present(fold([event('session_idle', {})], active)),
  disconnected: present(fold([disconnected], active)),
  expired: present(fold([disconnected, event('session_expired', {}, 4_900)], active)),
  closed: present(fold([event('session_closed', { reason: 'user', superseded_by: null }, 4_900)], active)),
};
const OFFER = { client_id: 'c_2', client_name: 'Two', invited: true, issued_at: 5_000, expires_at: 9_000 };
const SHARING = {
  session_id: 's_other',
  client_id: 'c_2',
  client_name: 'two',
  role: 'host',
  asks: 'host',
} as const;
const ATTACHED_AGAIN = { status: 'active', degraded: false, disconnected_at: null } as const;

/** What each event changes in a session of each status; null where nothing changes. */
const TABLE: [NewEvent, Partial<Record<SessionStatus, Partial<Session>>>][] = [
  [event('session_used', {}), {}],
  [
    event('transport_attached', {
      transport_id: 't_2',
      era: 'stateless',
      protocol_version: '2026-07-28',
    }),
    Object.fromEntries(
      (['active', 'idle', 'disconnected'] as const).map((status) => [
        status,
        { ...ATTACHED_AGAIN, last_activity: 5_000, server: null, era: 'stateless', protocol_version: '2026-07-28' },
      ]),
    ),
  ],
  [event('session_active', {}), { active: { last_activity: 5_000 }, idle: { status: 'active', last_activity: 5_000 } }],
  [event('session_idle', {}), { active: { status: 'idle' } }],
  [event('stream_lost', {}), { active: { degraded: true }, idle: { degraded: true } }],
  [event('stream_opened', {}), {}],
  [
    event('session_disconnected', { reason: 'quiet', contact_lost_at: 4_400 }),
    {
      active: { status: 'disconnected', disconnected_at: 4_400 },
      idle: { status: 'disconnected', disconnected_at: 4_400 },
    },
  ],
  [
    reconnected(1),
    Object.fromEntries(
      (['active', 'idle', 'disconnected'] as const).map((status) => [
        status,
        {
          ...ATTACHED_AGAIN,
          last_activity: 5_000,
          reconnect_count: 1,
          last_reconnect_cause: 'resumed',
          recent_reconnects: [5_000],
          client_version: '2.0',
        },
      ]),
    ),
  ],
  [event('reconnect_rejected', { code: 'token_expired', door: 'rest' }), {}],
  [
    event('token_issued', { generation: 1, expires_at: 9_000, door: 'rest' }),
    {
      active: { reconnect_expires_at: 9_000 },
      idle: { reconnect_expires_at: 9_000 },
      disconnected: { reconnect_expires_at: 9_000 },
    },
  ],
  [event('token_reuse_detected', { generation: 1, door: 'rest' }), {}],
  [
    call(false),
    Object.fromEntries(
      (['active', 'idle', 'disconnected'] as const).map((status) => [
        status,
        { last_activity: 5_000, calls: 1, errors: 1, recent_latencies: [12] },
      ]),
    ),
  ],
  [
    event('session_closed', { reason: 'client', superseded_by: null }),
    {
      active: { status: 'closed', ended_at: 5_000 },
      idle: { status: 'closed', ended_at: 5_000 },
      disconnected: { status: 'closed', ended_at: 5_000 },
    },
  ],
  [
    event('session_expired', {}),
    {
      active: { status: 'expired', ended_at: 5_000 },
      idle: { status: 'expired', ended_at: 5_000 },
      disconnected: { status: 'expired', ended_at: 5_000 },
    },
  ],
  [
    event('handover_offered', { ...OFFER, door: 'window' }),
    Object.fromEntries((['active', 'idle', 'disconnected'] as const).map((status) => [status, { offer: OFFER }])),
  ],
  [event('handover_ended', { reason: 'expired' }), {}],
  [
    event('sharing_started', { ...SHARING, door: 'mcp' }),
    Object.fromEntries((['active', 'idle', 'disconnected'] as const).map((status) => [status, { sharing: SHARING }])),
  ],
  [event('sharing_changed', { asks: 'guest', door: 'window' }), {}],
  [event('sharing_ended', { reason: 'stopped', client_name: 'two', keeps: true }), {}],
  [
    event('session_pinned', { door: 'window' }),
    Object.fromEntries((['active', 'idle', 'disconnected'] as const).map((status) => [status, { pinned: true }])),
  ],
  [event('session_unpinned', { door: 'rest' }), {}],
  // The timeline shows what becomes of a server; the session itself is as it was.
  [event('server_started', { ...INSTANCE, cause: 'restart', state_lost: true }), {}],
  [event('server_adopted', { ...INSTANCE, away_ms: 800 }), {}],
  [event('server_stopped', { ...INSTANCE, reason: 'crashed', code: 1, signal: null, calls_lost: 2 }), {}],
  [
    event('server_unavailable', {
      server: 'files',
      error: 'it ended',
      attempt: 1,
      next_try_at: 6_000,
      circuit_open: false,
    }),
    {},
  ],
  [event('server_session_renewed', { ...INSTANCE, reason: 'it was unknown' }), {}],
];

describe('evolve, event by status', () => {
  for (const [one, changes] of TABLE) {
    for (const status of sessionStatusSchema.options) {
      test(`${one.kind} of ${status === 'active' || status === 'idle' || status === 'expired' ? 'an' : 'a'} ${status} session`, () => {
        expect(evolve(STATES[status], one)).toEqual({ ...STATES[status], ...changes[status] });
      });
    }
  }

  test('has a line for every kind of session event', () => {
    const global = ['client_created', 'client_removed', 'supervisor_started', 'supervisor_stopped', 'session_created'];
    global.push('client_key_renewed', 'client_key_ended');
    global.push('machine_slept', 'server_tool_changed', 'server_version_changed', 'server_change_accepted');
    global.push('server_configured', 'servers_file_changed', 'visibility_changed', 'keeper_started', 'keeper_lost');
    global.push('login_needed', 'logged_in', 'login_refreshed', 'logged_out');
    const kinds = eventSchema.options.map((option) => option.shape.kind.value).filter((kind) => !global.includes(kind));
    expect(TABLE.map(([{ kind }]) => kind).sort()).toEqual(kinds.sort());
  });
});

describe('evolve', () => {
  test('makes a session as its first event describes it', () => {
    expect(active).toEqual({
      session_id: 's_1',
      client_id: 'c_1',
      client_type: 'cursor',
      client_name: 'Cursor',
      client_version: '1.0',
      client_process: null,
      server: null,
      era: 'sessionful',
      protocol_version: '2025-11-25',
      status: 'active',
      degraded: false,
      flapping: false,
      probe: false,
      pinned: false,
      offer: null,
      sharing: null,
      created_at: 1_000,
      last_activity: 1_000,
      disconnected_at: null,
      ended_at: null,
      reconnect_count: 0,
      last_reconnect_cause: null,
      recent_reconnects: [],
      calls: 0,
      errors: 0,
      recent_latencies: [],
      reconnect_expires_at: null,
    });
  });

  test('makes nothing of events before the first, and of events of no session', () => {
    expect(evolve(null, reconnected(1))).toBeNull();
    const started: NewEvent = { at: 1, session_id: null, kind: 'supervisor_stopped', payload: {} };
    expect(evolve(null, started)).toBeNull();
    expect(evolve(active, started)).toBe(active);
  });

  test('a second creation changes nothing', () => {
    expect(evolve(active, created(9_000, true))).toBe(active);
  });

  test('a probe is one until it is used, and never again', () => {
    const probe = present(fold([created(1_000, true)]));
    expect(probe.probe).toBe(true);
    expect(present(fold([event('session_used', {}), reconnected(1)], probe)).probe).toBe(false);
  });

  test('a reopened stream ends the degradation, and so does a reconnect or an end', () => {
    const degraded = present(fold([event('stream_lost', {})], active));
    for (const one of [
      event('stream_opened', {}),
      reconnected(1),
      disconnected,
      event('session_expired', {}),
      event('session_closed', { reason: 'user', superseded_by: null }),
    ]) {
      expect(evolve(degraded, one)?.degraded).toBe(false);
    }
  });

  test('reuse takes the token’s end away, and so does the end of the session', () => {
    const issued = present(fold([event('token_issued', { generation: 1, expires_at: 9_000, door: 'rest' })], active));
    for (const one of [
      event('token_reuse_detected', { generation: 1, door: 'rest' }),
      event('session_expired', {}),
      event('session_closed', { reason: 'user', superseded_by: null }),
    ]) {
      expect(evolve(issued, one)?.reconnect_expires_at).toBeNull();
    }
  });

  test('keeps the client’s version when a reconnect does not know it', () => {
    const back = {
      ...reconnected(1),
      payload: { ...(reconnected(1).payload as object), client_version: '' },
    } as NewEvent;
    expect(evolve(active, back)?.client_version).toBe('1.0');
  });

  test('forgets the process of a client that lost the session to one whose process is not known', () => {
    const client_process = { pid: 7, started: 'x', program: 'p', parent: null, folder: null, bridged: false };
    const { payload } = reconnected(1);
    const known = { ...reconnected(1), payload: { ...(payload as object), client_process } } as NewEvent;
    const owned = evolve(active, known);
    expect(owned?.client_process).toEqual(client_process);
    expect(evolve(owned, reconnected(2))?.client_process, 'the same client').toEqual(client_process);
    const client = { client_id: 'c_2', client_type: 'other', client_name: 'heir' };
    const taken = { ...reconnected(3), payload: { ...(payload as object), client } } as NewEvent;
    expect(evolve(owned, taken)?.client_process).toBeNull();
  });

  test('keeps the latest latencies and no more', () => {
    const calls = Array.from({ length: 30 }, (_, i) => call(i % 3 !== 0, 2_000 + i, i));
    const session = present(fold(calls, active));
    expect(session).toMatchObject({ calls: 30, errors: 10, last_activity: 2_029 });
    expect(session.recent_latencies).toEqual(
      Array.from({ length: LATENCY_SAMPLES }, (_, i) => 30 - LATENCY_SAMPLES + i),
    );
  });

  test('flaps with the fifth reconnect within ten minutes, and no longer once they are older', () => {
    const times = [0, 1, 2, 3, 4].map((i) => 10_000 + (i * FLAP_WINDOW) / (FLAP_COUNT - 1));
    const all = times.map((at, i) => reconnected(i + 1, at));
    expect(present(fold(all.slice(0, 4), active)).flapping).toBe(false);
    const flapping = present(fold(all, active));
    expect(flapping.flapping).toBe(true);
    expect(isFlapping(flapping, (times[0] ?? 0) + FLAP_WINDOW)).toBe(true);
    expect(isFlapping(flapping, (times[0] ?? 0) + FLAP_WINDOW + 1)).toBe(false);
    expect(present(fold([call(true, (times[0] ?? 0) + FLAP_WINDOW + 1)], flapping)).flapping).toBe(false);
    expect(present(fold([event('session_expired', {}, times[4])], flapping)).flapping).toBe(false);
  });
});

describe('a return after Holdfast was away', () => {
  const returned = (cause: string, after_restart: boolean | undefined, at: number): NewEvent => {
    const payload = { ...(reconnected(1).payload as object), cause, after_restart };
    return { ...reconnected(1, at), payload } as NewEvent;
  };
  const times = Array.from({ length: 2 * FLAP_COUNT }, (_, i) => 10_000 + i);

  test.each([
    ['restored', undefined],
    ['reinitialized', true],
    ['token', true],
  ])('does not count as flapping: %s', (cause, after) => {
    const session = present(
      fold(
        times.map((at) => returned(cause, after, at)),
        active,
      ),
    );
    expect(session).toMatchObject({ flapping: false, recent_reconnects: [], last_reconnect_cause: cause });
    expect(
      present(
        fold(
          times.map((at) => returned('reinitialized', undefined, at)),
          active,
        ),
      ).flapping,
    ).toBe(true);
  });
});

describe('whatever happens in whatever order', () => {
  const anyLog = fc.array(anySessionEvent, { maxLength: 80 });

  test('every event of these tests is one that the contract allows', () => {
    fc.assert(fc.property(anySessionEvent, (one) => eventSchema.safeParse({ ...one, seq: 1 }).success));
  });

  test('a session is always a whole one, with one of five statuses that fits its times', () => {
    fc.assert(
      fc.property(anyLog, (log) => {
        let session = evolve(null, created());
        for (const one of log) {
          session = present(evolve(session, one));
          sessionSchema.parse(session);
          if (isAttached(session.status)) expect(session.disconnected_at).toBeNull();
          if (session.status === 'disconnected') expect(session.disconnected_at).not.toBeNull();
          expect(session.ended_at !== null).toBe(hasEnded(session.status));
          if (session.degraded) expect(isAttached(session.status)).toBe(true);
          if (session.flapping) expect(session.recent_reconnects).toHaveLength(FLAP_COUNT);
        }
      }),
    );
  });

  test('an ended session stays exactly as it ended', () => {
    fc.assert(
      fc.property(anyLog, fc.boolean(), anyLog, (before, closes, after) => {
        const end = closes
          ? event('session_closed', { reason: 'user', superseded_by: null })
          : event('session_expired', {});
        const session = present(fold([created(), ...before, end]));
        expect(hasEnded(session.status)).toBe(true);
        expect(fold(after, session)).toBe(session);
      }),
    );
  });

  test('reconnects, calls, errors and last activity never go back, and a used session is never a probe again', () => {
    fc.assert(
      fc.property(anyLog, fc.boolean(), (log, probe) => {
        let session = present(evolve(null, created(0, probe)));
        for (const one of log) {
          const next = present(evolve(session, one));
          for (const field of ['reconnect_count', 'calls', 'errors', 'last_activity'] as const) {
            expect(next[field]).toBeGreaterThanOrEqual(session[field]);
          }
          if (!session.probe) expect(next.probe).toBe(false);
          session = next;
        }
      }),
    );
  });

  test('the session before is left as it was', () => {
    fc.assert(
      fc.property(anyLog, anySessionEvent, (log, one) => {
        const session = Object.freeze(present(fold([created(), ...log])));
        Object.freeze(session.recent_latencies);
        Object.freeze(session.recent_reconnects);
        const copy = structuredClone(session);
        evolve(session, Object.freeze(one));
        expect(session).toEqual(copy);
      }),
    );
  });

  test('reading a log in two parts gives what reading it in one does', () => {
    fc.assert(
      fc.property(anyLog, fc.nat(80), (log, cut) => {
        const whole = fold([created(), ...log]);
        const stored = JSON.parse(JSON.stringify(fold([created(), ...log.slice(0, cut)])));
        expect(fold(log.slice(cut), stored)).toEqual(whole);
      }),
    );
  });
});

describe('counts', () => {
  test('leave probes out', () => {
    const sessions = sessionStatusSchema.options.flatMap((status) => [
      STATES[status],
      { ...STATES[status], probe: true },
      { ...STATES[status], probe: true },
    ]);
    expect(countByStatus(sessions)).toEqual({ active: 1, idle: 1, disconnected: 1, expired: 1, closed: 1 });
    expect(countByStatus([])).toEqual({ active: 0, idle: 0, disconnected: 0, expired: 0, closed: 0 });
  });
});
