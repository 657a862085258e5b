import { describe, expect, test } from 'vitest';
import { deriveHealth, type HealthInput, type HealthTone } from '#src/renderer/features/overview/health';
import { liveSessions } from '#src/renderer/features/overview/live-sessions';
import type { Client } from '#src/shared/contract/client';
import { HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { makeSession, T0 } from './support/make';
import { FAILING } from './support/make-failing';
import { makeServer } from './support/make-server';

const client = (name: string, first_seen_at: number | null): Client => ({
  client_id: `c_${name}`,
  name,
  type: 'cursor',
  type_name: null,
  policy: 'sessionful',
  new_process: 'new_session',
  may_take_over: false,
  created_at: T0,
  first_seen_at,
  last_seen_at: first_seen_at,
  key_used_at: first_seen_at,
  old_key: null,
});

const BASE: HealthInput = {
  synced: true,
  connection: { state: 'live', heard_at: T0, next_try_at: null, problem: null },
  sessions: [],
  events: [],
  clients: [client('Cursor', T0)],
  counts: null,
  failing: null,
  retention: 24 * HOUR,
  servers: [makeServer()],
  now: T0,
};
const reconnects = [1, 2, 3, 4, 5].map((minute) => T0 - (6 - minute) * MINUTE);
const live = makeSession({ session_id: 's_live' });
const flapping = makeSession({ session_id: 's_flap', recent_reconnects: reconnects });
const gone = makeSession({ session_id: 's_gone', status: 'disconnected', disconnected_at: T0 - HOUR });
const degraded = makeSession({ session_id: 's_degraded', degraded: true });
const reuse = {
  seq: 1,
  at: T0 - MINUTE,
  session_id: 's_live',
  kind: 'token_reuse_detected',
  payload: { generation: 1, door: 'rest' },
} as const;
const counts = (last_24h: number) => ({
  status_breakdown: { active: 1, idle: 0, disconnected: 0, expired: 0, closed: 0 },
  degraded: 0,
  flapping: 0,
  probes: 0,
  reconnects: { total: 9, last_hour: 0, last_24h },
});

describe('deriveHealth', () => {
  test.each<[string, Partial<HealthInput>, HealthTone, RegExp, string | null]>([
    [
      'starting',
      { synced: false, connection: { ...BASE.connection, state: 'reconnecting', heard_at: null } },
      'quiet',
      /^Loading/,
      null,
    ],
    [
      'unreachable',
      { synced: false, connection: { state: 'offline', heard_at: null, next_try_at: null, problem: 'Refused.' } },
      'bad',
      /cannot be reached/,
      'Reconnect now',
    ],
    [
      'lost touch',
      {
        sessions: [live],
        connection: { state: 'reconnecting', heard_at: T0 - 2 * MINUTE, next_try_at: null, problem: null },
      },
      'warn',
      /Connection to Holdfast lost/,
      'Reconnect now',
    ],
    [
      'polling is no fault',
      { sessions: [live], connection: { ...BASE.connection, state: 'polling' } },
      'good',
      /^Your session is connected\.$/,
      null,
    ],
    [
      'a reused token beats flapping',
      { sessions: [live, flapping], events: [reuse] },
      'bad',
      /used reconnect token of Cursor/,
      'Open the session',
    ],
    ['a reuse of long ago', { sessions: [live], events: [{ ...reuse, at: T0 - 2 * HOUR }] }, 'good', /connected/, null],
    ['one flaps', { sessions: [live, flapping] }, 'bad', /^Cursor keeps dropping\.$/, 'Open the session'],
    [
      'two flap',
      { sessions: [flapping, { ...flapping, session_id: 's_flap2' }] },
      'bad',
      /^2 sessions keep dropping\.$/,
      'Show them',
    ],
    [
      'flapped long ago',
      { sessions: [flapping], now: T0 + HOUR, connection: { ...BASE.connection, heard_at: T0 + HOUR } },
      'good',
      /connected/,
      null,
    ],
    ['no client known', { clients: [] }, 'quiet', /^No client is connected yet\.$/, 'Connect a client'],
    ['clients not loaded yet', { clients: null }, 'quiet', /^No client is connected yet\.$/, 'Connect a client'],
    [
      'waiting for the first request',
      { clients: [client('Cursor', null)] },
      'quiet',
      /first request from Cursor/,
      'Show the settings',
    ],
    ['known clients, nothing running', {}, 'quiet', /^No session is running\.$/, 'Connect another client'],
    [
      'only a probe',
      { sessions: [{ ...live, probe: true }] },
      'quiet',
      /^No session is running\.$/,
      'Connect another client',
    ],
    [
      'only ended ones',
      { sessions: [{ ...live, status: 'closed' }] },
      'quiet',
      /^No session is running\.$/,
      'Connect another client',
    ],
    [
      'a server is down',
      { sessions: [live], servers: [makeServer(), makeServer({ name: 'db', state: 'waiting', attempt: 1 })] },
      'warn',
      /^Server “db” is down\.$/,
      'Open the server',
    ],
    [
      'every server is down',
      {
        sessions: [live],
        servers: [makeServer({ state: 'circuit_open' }), makeServer({ name: 'b', state: 'broken' })],
      },
      'bad',
      /^2 servers are down\.$/,
      'Show the servers',
    ],
    [
      'a command waits',
      { sessions: [live], servers: [makeServer({ state: 'untrusted' })] },
      'warn',
      /^Server “counter” is waiting for your approval\.$/,
      'Open the server',
    ],
    [
      'a server needs a login',
      { sessions: [live], servers: [makeServer(), makeServer({ name: 'db', state: 'needs_login' })] },
      'warn',
      /^db needs a login\.$/,
      'Open the server',
    ],
    [
      'two servers need a login',
      {
        sessions: [live],
        servers: [makeServer({ state: 'needs_login' }), makeServer({ name: 'b', state: 'needs_login' })],
      },
      'warn',
      /^2 servers need a login\.$/,
      'Show the servers',
    ],
    [
      'what is down comes before logins',
      {
        sessions: [live],
        servers: [makeServer({ state: 'needs_login' }), makeServer({ name: 'b', state: 'waiting' })],
      },
      'warn',
      /^Server “b” is down\.$/,
      'Open the server',
    ],
    [
      'a server that is switched off is no fault',
      { sessions: [live], servers: [makeServer({ state: 'disabled', enabled: false })] },
      'good',
      /connected/,
      null,
    ],
    [
      'flapping comes before servers',
      { sessions: [flapping], servers: [makeServer({ state: 'waiting' })] },
      'bad',
      /keeps dropping/,
      'Open the session',
    ],
    [
      'calls fail again and again',
      { sessions: [live], failing: FAILING },
      'warn',
      /^31 calls of search of tickets timed out in the last hour\.$/,
      'Show the calls',
    ],
    [
      'a server that is down comes before calls that fail elsewhere',
      { sessions: [live], failing: FAILING, servers: [makeServer({ name: 'db', state: 'waiting' }), makeServer()] },
      'warn',
      /^Server “db” is down\.$/,
      'Open the server',
    ],
    [
      'calls that fail come before a lost push stream',
      { sessions: [degraded], failing: FAILING },
      'warn',
      /^31 calls/,
      'Show the calls',
    ],
    ['degraded', { sessions: [live, degraded] }, 'warn', /^Cursor lost the push stream\.$/, 'Open the session'],
    [
      'one of two is gone',
      { sessions: [live, gone] },
      'quiet',
      /^1 of 2 sessions is waiting for its client to return\.$/,
      'Open the session',
    ],
    [
      'all are gone',
      { sessions: [gone] },
      'warn',
      /^No client is connected: 1 of 1 session is waiting for its client to return\.$/,
      'Open the session',
    ],
    [
      'all live, without a server',
      { sessions: [live], servers: [] },
      'warn',
      /^Your client is connected but has no tools\.$/,
      'Add servers',
    ],
    ['live, servers not loaded yet', { sessions: [live], servers: null }, 'good', /connected/, null],
    [
      'all live',
      { sessions: [live, { ...live, session_id: 's_2' }] },
      'good',
      /^All 2 sessions are connected\.$/,
      null,
    ],
  ])('%s', (_, change, tone, sentence, action) => {
    const health = deriveHealth({ ...BASE, ...change });
    expect(health.tone).toBe(tone);
    expect(health.sentence).toMatch(sentence);
    expect(health.action?.label ?? null).toBe(action);
  });

  test('leads from calls that fail to exactly those rows', () => {
    const { action, detail } = deriveHealth({ ...BASE, sessions: [live], failing: FAILING });
    expect(detail).toBe('Of 40 calls. Last: Timed out after 30 s');
    expect(action).toMatchObject({ view: 'activity', params: { group: FAILING.group_id, from: String(FAILING.from) } });
  });

  test('says of a server that is down only that', () => {
    const servers = [makeServer({ name: 'tickets', state: 'waiting' }), makeServer()];
    const { sentence, detail } = deriveHealth({ ...BASE, sessions: [live], failing: FAILING, servers });
    expect([sentence, detail]).toEqual(['Server “tickets” is down.', expect.not.stringContaining('Also')]);
  });

  test('says how old what is shown is', () => {
    const connection = { state: 'offline', heard_at: T0 - 130 * SECOND, next_try_at: null, problem: 'Gone.' } as const;
    expect(deriveHealth({ ...BASE, sessions: [live], connection }).detail).toBe('Data is 2 min old. Gone.');
  });

  test('says how long a session is kept', () => {
    expect(deriveHealth({ ...BASE, sessions: [gone] }).detail).toMatch(
      /Sessions wait 24 hours, counting only the time that Holdfast runs/,
    );
    expect(deriveHealth({ ...BASE, sessions: [gone], retention: HOUR }).detail).toMatch(/Sessions wait 1 hour, /);
  });

  test('stays a sentence, however many servers are down', () => {
    const servers = Array.from({ length: 30 }, (_, n) => makeServer({ name: `s${n}`, state: 'broken' }));
    const { sentence, detail } = deriveHealth({ ...BASE, sessions: [live], servers });
    expect(sentence).toBe('30 servers are down.');
    expect(detail).toMatch(/^s0, s1, s2, s3, s4, s5 and 24 more\. /);
  });

  test('ranks by who is affected, and names the rest beside it', () => {
    const all = [gone, { ...gone, session_id: 's_gone2' }];
    const servers = [makeServer({ name: 'db', state: 'waiting' }), makeServer({ name: 'gh', state: 'needs_login' })];
    const health = deriveHealth({ ...BASE, sessions: all, servers });
    expect(health.sentence).toBe('No client is connected: 2 of 2 sessions are waiting for their client to return.');
    expect(health.detail).toMatch(/Also: Server “db” is down\. gh needs a login\.$/);
    expect(deriveHealth({ ...BASE, sessions: [...all, live], servers }).sentence).toBe('Server “db” is down.');
  });

  test('counts the reconnects of the day', () => {
    expect(deriveHealth({ ...BASE, sessions: [live], counts: counts(0) }).detail).toMatch(/No client had to reconnect/);
    expect(deriveHealth({ ...BASE, sessions: [live], counts: counts(1) }).detail).toMatch(/^1 reconnect in/);
  });
});

describe('liveSessions', () => {
  test('puts first what asks for attention, then the newest, and leaves out what is over', () => {
    const older = makeSession({ session_id: 's_older', created_at: T0 - HOUR, last_activity: T0 });
    const closed = makeSession({ session_id: 's_closed', status: 'closed' });
    const probe = makeSession({ session_id: 's_probe', probe: true });
    const sessions = [gone, older, closed, probe, live, flapping];
    const list = liveSessions(sessions, T0, 8);
    expect(list.first.map((session) => session.session_id)).toEqual(['s_flap', 's_live', 's_older', 's_gone']);
    expect(liveSessions(sessions, T0, 2)).toEqual({ first: list.first.slice(0, 2), total: 4 });
    expect(liveSessions(sessions.toReversed(), T0, 3).first).toEqual(list.first.slice(0, 3));
  });

  test('does not move a session because it was used', () => {
    const other = makeSession({ session_id: 's_other', created_at: T0 - HOUR });
    const order = (sessions: (typeof live)[]) =>
      liveSessions(sessions, T0, 8).first.map(({ session_id }) => session_id);
    expect(order([live, other])).toEqual(order([live, { ...other, last_activity: T0 + HOUR, status: 'idle' }]));
  });
});
