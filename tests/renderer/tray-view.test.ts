import { describe, expect, test } from 'vitest';
import { deriveHealth } from '#src/renderer/features/overview/health';
import type { Client } from '#src/shared/contract/client';
import type { HoldfastEvent } from '#src/shared/contract/event';
import type { Session } from '#src/shared/contract/session';
import { DE } from '#src/shared/messages/de';
import { sayIn } from '#src/shared/messages/language';
import { isTold, type ToldEvent } from '#src/shared/model/last-event';
import { MOST_SERVERS, type TrayFacts, type TrayState, trayView } from '#src/shared/model/tray-view';
import { DAY, HOUR, MINUTE } from '#src/shared/model/units';
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
const NOTHING: TrayFacts = {
  sessions: [],
  servers: [],
  clients: [client('Cursor', T0)],
  reusedBy: [],
  failing: null,
  last: null,
  pausedUntil: null,
  now: T0,
};
const recent_reconnects = [1, 2, 3, 4, 5].map((minute) => T0 - (6 - minute) * MINUTE);
const live = makeSession({ session_id: 's_live' });
const other = makeSession({ session_id: 's_other' });
const gone = makeSession({ session_id: 's_gone', status: 'disconnected', disconnected_at: T0 - HOUR });
const fine = makeServer({ name: 'fine', state: 'running' });

const CASES: [string, Partial<TrayFacts>, TrayState][] = [
  ['no client', { clients: [] }, 'off'],
  ['a client that never came', { clients: [client('Cursor', null)] }, 'off'],
  ['two clients that never came', { clients: [client('a', null), client('b', null)] }, 'off'],
  ['no session', {}, 'off'],
  ['one session', { sessions: [live], servers: [fine] }, 'well'],
  ['two sessions', { sessions: [live, other], servers: [fine] }, 'well'],
  ['a session without a server', { sessions: [live] }, 'attention'],
  ['one of two waits', { sessions: [live, gone] }, 'well'],
  ['all wait', { sessions: [gone] }, 'attention'],
  [
    'all of several wait, and a server is down',
    { sessions: [gone, { ...gone, session_id: 's_2' }], servers: [fine, makeServer({ state: 'waiting' })] },
    'attention',
  ],
  ['a probe counts for nothing', { sessions: [makeSession({ probe: true })] }, 'off'],
  ['degraded', { sessions: [makeSession({ degraded: true })] }, 'attention'],
  ['unconfirmed', { sessions: [live], servers: [makeServer({ state: 'untrusted' })] }, 'attention'],
  ['needs a login', { servers: [makeServer({ state: 'needs_login' })] }, 'attention'],
  [
    'two need a login',
    { servers: [1, 2].map((n) => makeServer({ name: `s${n}`, state: 'needs_login' })) },
    'attention',
  ],
  ['calls that fail', { sessions: [live], servers: [fine], failing: FAILING }, 'attention'],
  ['calls that fail, and no session', { servers: [fine], failing: FAILING }, 'attention'],
  ['one of two is down', { sessions: [live], servers: [fine, makeServer({ state: 'circuit_open' })] }, 'attention'],
  ['all are down', { servers: ['a', 'b'].map((name) => makeServer({ name, state: 'waiting' })) }, 'broken'],
  ['flapping', { sessions: [makeSession({ recent_reconnects })] }, 'broken'],
  ['two flap', { sessions: [live, other].map((one) => ({ ...one, recent_reconnects })) }, 'broken'],
  ['a used token', { sessions: [live], servers: [fine], reusedBy: ['s_live'] }, 'broken'],
  [
    'a used token of the doctor, who does that on purpose',
    { sessions: [{ ...live, client_name: 'holdfast-doctor' }], servers: [fine], reusedBy: ['s_live'] },
    'well',
  ],
  ['the demo alone, without a server', { sessions: [{ ...live, client_name: 'holdfast-demo' }] }, 'well'],
  ['a broken entry', { servers: [fine, makeServer({ state: 'broken' })] }, 'attention'],
];

describe('trayView', () => {
  test.each(CASES)('%s: the sentence is the one of the window', (_case, change, state) => {
    const facts = { ...NOTHING, ...change };
    const view = trayView(facts);
    const reuse: HoldfastEvent = {
      seq: 1,
      at: T0 - MINUTE,
      session_id: facts.reusedBy[0] ?? '',
      kind: 'token_reuse_detected',
      payload: { generation: 1, door: 'rest' },
    };
    const { sentence } = deriveHealth({
      ...facts,
      retention: 24 * HOUR,
      synced: true,
      connection: { state: 'live', heard_at: T0, next_try_at: null, problem: null },
      events: facts.reusedBy.length === 0 ? [] : [reuse],
      counts: null,
    });
    expect(view.sentence).toBe(sentence);
    expect(view.state).toBe(state);
  });

  test('counts sessions by status and says what servers need', () => {
    const states = ['needs_login', 'untrusted', 'circuit_open', 'waiting', 'broken', 'running', 'stopped'] as const;
    const servers = states.map((state) => makeServer({ name: state, state }));
    const view = trayView({ ...NOTHING, sessions: [live, other, gone], servers });
    expect(view.sessions).toBe('Sessions: 2 active, 0 idle, 1 disconnected');
    expect(view.servers).toEqual([
      { name: 'needs_login', label: 'Log in to needs_login…' },
      { name: 'untrusted', label: 'Confirm untrusted…' },
      { name: 'circuit_open', label: 'Retry circuit_open…' },
      { name: 'waiting', label: 'Retry waiting…' },
      { name: 'broken', label: 'Put right broken…' },
    ]);
  });

  test('names no more servers than a menu can hold', () => {
    const servers = Array.from({ length: 30 }, (_, n) => makeServer({ name: `s${n}`, state: 'untrusted' }));
    expect(trayView({ ...NOTHING, servers }).servers).toHaveLength(MOST_SERVERS);
  });
});

describe('the last event', () => {
  const at = new Date(2026, 0, 1, 9, 5).getTime();
  const gone = {
    seq: 1,
    at,
    session_id: 's_live',
    kind: 'session_disconnected',
    payload: { reason: 'client_ended', contact_lost_at: at },
  } as const;
  const unavailable = {
    seq: 2,
    at,
    session_id: null,
    kind: 'server_unavailable',
    payload: { server: 'a b', error: 'x', attempt: 1, next_try_at: null, circuit_open: false },
  } as const;

  test('is a line with its time, and leads to its session or server', () => {
    const view = (more: Partial<TrayFacts>) => trayView({ ...NOTHING, now: at + HOUR, ...more });
    expect(view({ sessions: [live], last: gone }).last).toEqual({
      label: '09:05 Cursor disconnected.',
      hash: '#/sessions/s_live',
    });
    expect(view({ last: unavailable }).last).toEqual({
      label: '09:05 Server a b could not start.',
      hash: '#/servers/a%20b',
    });
    expect(view({ last: null }).last).toBeNull();
    const friday = { sessions: [live], last: gone, now: at + 16 * HOUR };
    expect(view(friday).last?.label).toBe('Thu 09:05 Cursor disconnected.');
    expect(view({ ...friday, now: at + DAY - 1 }).last?.label).toBe('Thu 09:05 Cursor disconnected.');
    expect(view({ ...friday, now: at + DAY }).last).toBeNull();
  });

  test('is in the language of the window', () => {
    const facts = { ...NOTHING, sessions: [live], last: gone, now: at };
    expect(trayView(facts, sayIn('de', DE)).last?.label).toBe('09:05 Cursor ist getrennt.');
    expect(trayView({ ...facts, now: at + 16 * HOUR }, sayIn('de', DE)).last?.label).toMatch(/^Do 09:05 /);
  });

  test('is none of a probe or of Holdfast’s own clients', () => {
    const told = (event: HoldfastEvent, session: Session | null) => isTold(event, () => session);
    const own = makeSession({ client_name: 'holdfast-doctor' });
    const probe = makeSession({ probe: true });
    for (const session of [own, probe, null]) expect(told(gone, session)).toBe(false);
    expect(told(gone, live)).toBe(true);
    expect(told(unavailable, null)).toBe(true);
    expect(told({ ...gone, kind: 'session_idle', payload: {} }, live)).toBe(false);
  });

  test('tells of each session once that it started', () => {
    const created = (probe: boolean): ToldEvent => ({
      ...{ seq: 3, at, session_id: 's_live', kind: 'session_created' },
      payload: {
        ...{ client_id: 'c', client_type: 'cursor', client_name: 'cursor', client_version: '1', transport_id: 't' },
        ...{ era: live.era, protocol_version: '2025-06-18', probe, server: null },
      },
    });
    expect(isTold(created(false), () => live)).toBe(true);
    expect(isTold(created(true), () => live)).toBe(false);
    expect(isTold({ ...gone, kind: 'session_used', payload: {} }, () => live)).toBe(true);
    const facts = { ...NOTHING, sessions: [live], last: created(false), now: at };
    expect(trayView(facts).last?.label).toBe('09:05 Cursor started.');
  });
});
