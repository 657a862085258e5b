import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Command, decide, isPastRetention } from '#src/main/sessions/decide';
import { NO_TOKEN, type StoredSession } from '#src/main/sessions/session-ports';
import { eventSchema, type NewEvent } from '#src/shared/contract/event';
import { type Session, type SessionStatus, sessionSchema, sessionStatusSchema } from '#src/shared/contract/session';
import { evolve } from '#src/shared/model/evolve';
import { DEFAULT_POLICY } from '#src/shared/model/policy';
import { hasEnded, isAttached } from '#src/shared/model/session';
import { DAY, HOUR } from '#src/shared/model/units';

const NOW = 100_000;

const newSession = (probe = false): Session => {
  const created: NewEvent = {
    at: 1_000,
    session_id: 's_1',
    kind: 'session_created',
    payload: {
      client_id: 'c_1',
      client_type: 'other',
      client_name: 'test',
      client_version: '1.0',
      server: null,
      era: 'sessionful',
      protocol_version: '2025-11-25',
      transport_id: 't_1',
      probe,
    },
  };
  return evolve(null, created) as Session;
};

const apply = (session: Session, command: Command, now = NOW): Session =>
  decide(session, command, now).reduce<Session>((state, event) => evolve(state, event) as Session, session);

const DISCONNECT: Command = { type: 'disconnect', reason: 'quiet', contact_lost_at: 60_000 };
const CLOSE: Command = { type: 'close', reason: 'user', superseded_by: null };
const STATES: Record<SessionStatus, Session> = {
  active: newSession(),
  idle: apply(newSession(), { type: 'fall_idle' }),
  disconnected: apply(newSession(), DISCONNECT),
  expired: apply(apply(newSession(), DISCONNECT), { type: 'expire' }),
  closed: apply(newSession(), CLOSE),
};

const traffic = (work: boolean, afterRestart = false): Command => ({
  type: 'traffic',
  work,
  transport_id: 't_1',
  client_version: '2.0',
  afterRestart,
});
const RECONNECT: Command = {
  type: 'reconnect',
  cause: 'token',
  door: 'rest',
  transport_id: null,
  client_version: '2.0',
  successor: { generation: 2, expires_at: 200_000 },
};
const ATTACH: Command = {
  type: 'attach',
  transport_id: 't_2',
  era: 'sessionful',
  protocol_version: '2025-11-25',
  work: true,
};

const OFFER = { client_id: 'c_2', client_name: 'Two', invited: false, issued_at: NOW, expires_at: NOW + 300_000 };
const TAKE_OVER: Command = {
  type: 'take_over',
  client: { client_id: 'c_2', client_type: 'cursor', client_name: 'two' },
  door: 'tool',
  transport_id: 't_9',
  client_version: '3.0',
  era: 'sessionful',
  protocol_version: '2025-11-25',
  successor: { generation: 3, expires_at: 300_000 },
};

const SHARING = { session_id: 's_2', client_id: 'c_2', client_name: 'two', role: 'guest', asks: 'host' } as const;
const SHARE: Command = { type: 'share', sharing: SHARING, work: true, door: 'tool' };

type Kinds = string[];
/** Which events a command leads to, by the status of the session it meets. Ended sessions: see below. */
const TABLE: [string, Command, Record<'active' | 'idle' | 'disconnected', Kinds>][] = [
  ['a request', traffic(true), { active: [], idle: ['session_active'], disconnected: ['session_reconnected'] }],
  ['an opening stream', traffic(false), { active: [], idle: [], disconnected: ['session_reconnected'] }],
  [
    'one more transport',
    ATTACH,
    { active: ['transport_attached'], idle: ['transport_attached'], disconnected: ['transport_attached'] },
  ],
  [
    'a consumed token',
    RECONNECT,
    {
      active: ['session_reconnected', 'token_issued'],
      idle: ['session_reconnected', 'token_issued'],
      disconnected: ['session_reconnected', 'token_issued'],
    },
  ],
  ['an open stream', { type: 'open_stream' }, { active: [], idle: [], disconnected: [] }],
  ['a lost stream', { type: 'lose_stream' }, { active: ['stream_lost'], idle: ['stream_lost'], disconnected: [] }],
  ['quiet', { type: 'fall_idle' }, { active: ['session_idle'], idle: [], disconnected: [] }],
  ['a drop', DISCONNECT, { active: ['session_disconnected'], idle: ['session_disconnected'], disconnected: [] }],
  [
    'a token issue',
    { type: 'issue_token', generation: 1, expires_at: 200_000, door: 'tool' },
    { active: ['token_issued'], idle: ['token_issued'], disconnected: ['token_issued'] },
  ],
  [
    'a reuse',
    { type: 'detect_reuse', generation: 1, door: 'rest' },
    { active: ['token_reuse_detected'], idle: ['token_reuse_detected'], disconnected: ['token_reuse_detected'] },
  ],
  ['a close', CLOSE, { active: ['session_closed'], idle: ['session_closed'], disconnected: ['session_closed'] }],
  [
    'the end of the retention',
    { type: 'expire' },
    { active: ['session_expired'], idle: ['session_expired'], disconnected: ['session_expired'] },
  ],
  [
    'an offer',
    { type: 'offer', door: 'window', ...OFFER },
    { active: ['handover_offered'], idle: ['handover_offered'], disconnected: ['handover_offered'] },
  ],
  [
    'the end of an offer that nobody made',
    { type: 'end_offer', reason: 'withdrawn' },
    { active: [], idle: [], disconnected: [] },
  ],
  ['a sharing', SHARE, { active: ['sharing_started'], idle: ['sharing_started'], disconnected: ['sharing_started'] }],
  [
    'another one to be asked, of a session that shares nothing',
    { type: 'set_asked', asks: 'guest', door: 'window' },
    { active: [], idle: [], disconnected: [] },
  ],
  [
    'the end of a sharing that there is not',
    { type: 'end_sharing', reason: 'stopped' },
    { active: [], idle: [], disconnected: [] },
  ],
  [
    'a take-over',
    TAKE_OVER,
    {
      active: ['session_reconnected', 'token_issued'],
      idle: ['session_reconnected', 'token_issued'],
      disconnected: ['session_reconnected', 'token_issued'],
    },
  ],
  [
    'a pin',
    { type: 'pin', door: 'window' },
    { active: ['session_pinned'], idle: ['session_pinned'], disconnected: ['session_pinned'] },
  ],
  ['an unpin of what is not pinned', { type: 'unpin', door: 'rest' }, { active: [], idle: [], disconnected: [] }],
];

describe('decide, command by status', () => {
  for (const [name, command, expected] of TABLE) {
    for (const status of ['active', 'idle', 'disconnected'] as const) {
      test(`${name} on ${status}: ${expected[status].join(', ') || 'nothing'}`, () => {
        const events = decide(STATES[status], command, NOW);
        expect(events.map(({ kind }) => kind)).toEqual(expected[status]);
        for (const event of events) {
          expect(event).toMatchObject({ at: NOW, session_id: 's_1' });
          expect(() => eventSchema.parse({ ...event, seq: 1 })).not.toThrow();
        }
      });
    }
    for (const status of ['expired', 'closed'] as const) {
      test(`${name} on ${status}: nothing`, () => {
        expect(decide(STATES[status], command, NOW)).toEqual([]);
      });
    }
  }

  test.each(sessionStatusSchema.options)('a refused reconnect of a session that is %s is recorded', (status) => {
    expect(decide(STATES[status], { type: 'reject', code: 'token_expired', door: 'tool' }, NOW)).toEqual([
      { at: NOW, session_id: 's_1', kind: 'reconnect_rejected', payload: { code: 'token_expired', door: 'tool' } },
    ]);
  });
});

describe('decide', () => {
  test('tells why and for how long the client was away', () => {
    const cause = (command: Command) => decide(STATES.disconnected, command, NOW)[0]?.payload;
    expect(cause(traffic(true))).toEqual({
      cause: 'resumed',
      door: 'mcp',
      downtime_ms: 40_000,
      reconnect_count: 1,
      transport_id: 't_1',
      client_version: '2.0',
    });
    expect(cause(traffic(true, true))).toMatchObject({ cause: 'restored' });
    expect(cause(RECONNECT)).toMatchObject({ cause: 'token', door: 'rest', transport_id: null });
  });

  test('knows no downtime of a client that was there, nor a negative one when the clock was set back', () => {
    expect(decide(STATES.active, RECONNECT, NOW)[0]?.payload).toMatchObject({ downtime_ms: 0 });
    expect(decide(STATES.disconnected, RECONNECT, 1)[0]?.payload).toMatchObject({ downtime_ms: 0 });
  });

  test('a probe is used by its first work, whichever way that comes', () => {
    const probe = newSession(true);
    expect(decide(probe, traffic(false), NOW)).toEqual([]);
    expect(decide(probe, traffic(true), NOW).map(({ kind }) => kind)).toEqual(['session_used']);
    const gone = apply(probe, DISCONNECT);
    expect(decide(gone, traffic(true), NOW).map(({ kind }) => kind)).toEqual(['session_used', 'session_reconnected']);
    expect(decide(probe, ATTACH, NOW).map(({ kind }) => kind)).toEqual(['session_used', 'transport_attached']);
    expect(decide(probe, { ...ATTACH, work: false }, NOW).map(({ kind }) => kind)).toEqual(['transport_attached']);
  });

  test('pins once and unpins once, and what has ended is pinned no longer', () => {
    const pinned = apply(STATES.idle, { type: 'pin', door: 'window' });
    expect(pinned.pinned).toBe(true);
    expect(decide(pinned, { type: 'pin', door: 'rest' }, NOW)).toEqual([]);
    expect(decide(pinned, { type: 'unpin', door: 'rest' }, NOW)).toEqual([
      { at: NOW, session_id: 's_1', kind: 'session_unpinned', payload: { door: 'rest' } },
    ]);
    expect(apply(pinned, CLOSE).pinned).toBe(false);
  });

  test('a take-over changes whose session it is, ends the offer and the tokens of the client before, and counts', () => {
    const offered = apply(STATES.disconnected, { type: 'offer', door: 'rest', ...OFFER });
    expect(offered.offer).toEqual(OFFER);
    const tokened = apply(offered, { type: 'issue_token', generation: 1, expires_at: 200_000, door: 'tool' });
    const { successor: _, ...withoutToken } = TAKE_OVER as Extract<Command, { type: 'take_over' }>;
    const [event] = decide(tokened, withoutToken, NOW);
    expect(event?.payload).toMatchObject({
      cause: 'taken_over',
      downtime_ms: 40_000,
      client: { client_id: 'c_2' },
      from: { client_id: 'c_1', client_name: 'test' },
    });
    expect(apply(tokened, withoutToken)).toMatchObject({
      client_id: 'c_2',
      client_type: 'cursor',
      client_name: 'two',
      client_version: '3.0',
      status: 'active',
      offer: null,
      reconnect_expires_at: null,
      reconnect_count: 1,
      last_reconnect_cause: 'taken_over',
      recent_reconnects: [],
    });
  });

  test('a probe that is taken over is one no longer', () => {
    expect(apply(newSession(true), TAKE_OVER).probe).toBe(false);
  });

  test('loses a stream once and opens it once', () => {
    const degraded = apply(STATES.active, { type: 'lose_stream' });
    expect(decide(degraded, { type: 'lose_stream' }, NOW)).toEqual([]);
    expect(decide(degraded, { type: 'open_stream' }, NOW).map(({ kind }) => kind)).toEqual(['stream_opened']);
  });
});

describe('retention', () => {
  test('is over exactly when its time is, and only for who is away', () => {
    const lived = HOUR;
    const state = { token: NO_TOKEN, offer_hash: null, disconnect_reason: null };
    const away: StoredSession = { ...state, session: STATES.disconnected, lost_lived: lived };
    expect(isPastRetention(away, lived + DAY - 1, DEFAULT_POLICY)).toBe(false);
    expect(isPastRetention(away, lived + DAY, DEFAULT_POLICY)).toBe(true);
    const pinned: StoredSession = { ...away, session: { ...STATES.disconnected, pinned: true } };
    expect(isPastRetention(pinned, lived + 100 * DAY, DEFAULT_POLICY)).toBe(false);
    const idle: StoredSession = { ...state, session: STATES.idle, lost_lived: null };
    expect(isPastRetention(idle, 100 * DAY, DEFAULT_POLICY)).toBe(false);
  });
});

describe('whatever is commanded in whatever order', () => {
  const time = fc.nat(1_000_000);
  const anyCommand: fc.Arbitrary<Command> = fc.oneof(
    ...TABLE.map(([, command]) => fc.constant(command)),
    fc.constant<Command>({ type: 'reject', code: 'invalid_token', door: 'rest' }),
    fc.boolean().map((work) => traffic(work, !work)),
    time.map((contact_lost_at): Command => ({ type: 'disconnect', reason: 'stream_lost', contact_lost_at })),
  );
  const anySteps = fc.array(fc.record({ command: anyCommand, now: time }), { maxLength: 60 });

  test('the session stays whole, ended stays ended and nothing that is counted goes back', () => {
    fc.assert(
      fc.property(fc.boolean(), anySteps, (probe, steps) => {
        let session = newSession(probe);
        for (const { command, now } of steps) {
          const next = apply(session, command, now);
          sessionSchema.parse(next);
          if (hasEnded(session.status)) expect(next).toEqual(session);
          expect(next.reconnect_count).toBeGreaterThanOrEqual(session.reconnect_count);
          expect(next.last_activity).toBeGreaterThanOrEqual(session.last_activity);
          session = next;
        }
      }),
    );
  });

  test('the count is the number of reconnects in the log', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        let session = newSession();
        let reconnects = 0;
        for (const { command, now } of steps) {
          const events = decide(session, command, now);
          reconnects += events.filter(({ kind }) => kind === 'session_reconnected').length;
          session = apply(session, command, now);
        }
        expect(session.reconnect_count).toBe(reconnects);
      }),
    );
  });

  test('a command settles what it settles: given again at once, it changes nothing', () => {
    const settling: Command['type'][] = [
      'open_stream',
      'lose_stream',
      'fall_idle',
      'disconnect',
      'close',
      'expire',
      'traffic',
      'pin',
      'unpin',
      'end_offer',
    ];
    fc.assert(
      fc.property(anySteps, anyCommand, time, (steps, command, now) => {
        fc.pre(settling.includes(command.type));
        const before = steps.reduce((session, step) => apply(session, step.command, step.now), newSession());
        expect(decide(apply(before, command, now), command, now)).toEqual([]);
      }),
    );
  });

  test('after traffic the client is there, unless the session has ended', () => {
    fc.assert(
      fc.property(anySteps, time, (steps, now) => {
        const before = steps.reduce((session, step) => apply(session, step.command, step.now), newSession());
        const after = apply(before, traffic(true), now);
        if (hasEnded(before.status)) expect(after).toEqual(before);
        else expect(after).toMatchObject({ status: 'active', probe: false });
        expect(isAttached(after.status) || hasEnded(after.status)).toBe(true);
      }),
    );
  });
});
