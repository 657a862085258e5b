import { describe, expect, test } from 'vitest';
import { announcement, serverAnnouncement } from '#src/renderer/shell/announcement';
import type { ServerState } from '#src/shared/contract/server';
import type { Session } from '#src/shared/contract/session';
import { NO_LOGIN } from '#src/shared/model/no-login';
import { makeSession } from './support/make';
import { makeServer } from './support/make-server';

const NONE: ReadonlyMap<string, Session> = new Map();
const these = (...sessions: Session[]) => new Map(sessions.map((session) => [session.session_id, session]));

describe('the announcement', () => {
  const one = makeSession({ session_id: 's_1', client_name: '', client_type: 'claude-code', status: 'active' });
  const other = makeSession({ session_id: 's_2', client_type: 'cursor', status: 'active' });

  test('is empty when nothing changed', () => {
    expect(announcement(these(one), these(one))).toBe('');
    expect(announcement(these(one), these({ ...one, calls: one.calls + 1 }))).toBe('');
  });

  test('names a single session and counts several', () => {
    expect(announcement(NONE, these(one))).toBe('Claude Code started.');
    expect(announcement(NONE, these(one, other))).toBe('2 sessions started.');
    expect(announcement(these(one), these({ ...one, status: 'disconnected' }))).toBe('Claude Code disconnected.');
  });

  test('says each kind of change, and the last one of a session that changed twice', () => {
    const back = { ...one, reconnect_count: one.reconnect_count + 1 };
    const now = these(back, { ...other, status: 'closed' });
    expect(announcement(these(one, other), now)).toBe('Claude Code reconnected. Cursor ended.');
    expect(announcement(these(one), these({ ...back, status: 'disconnected' }))).toBe('Claude Code disconnected.');
    expect(announcement(these(one), these({ ...one, status: 'expired' }))).toBe('Claude Code expired.');
  });

  test('leaves probes out until they are used', () => {
    expect(announcement(NONE, these({ ...one, probe: true }))).toBe('');
    expect(announcement(these({ ...one, probe: true }), these(one))).toBe('Claude Code started.');
  });
});

describe('serverAnnouncement', () => {
  const say = (before: ServerState, now: ServerState) =>
    serverAnnouncement([makeServer({ state: before })], [makeServer({ state: now })]);

  test.each<[ServerState, ServerState, string]>([
    ['running', 'waiting', 'Server counter is down.'],
    ['waiting', 'circuit_open', ''],
    ['circuit_open', 'running', 'Server counter is back.'],
    ['waiting', 'starting', ''],
    ['stopped', 'running', ''],
    ['stopped', 'untrusted', 'Server counter is waiting for you.'],
    ['running', 'needs_login', 'Server counter needs a login.'],
    ['needs_login', 'needs_login', ''],
    ['running', 'running', ''],
  ])('of %s to %s is %j', (before, now, text) => {
    expect(say(before, now)).toBe(text);
  });

  test('says that a login is done, and nothing when it is refreshed', () => {
    const needed = makeServer({ state: 'needs_login', login: { ...NO_LOGIN, state: 'needed', since: 1 } });
    const done = makeServer({ login: { ...NO_LOGIN, state: 'logged_in', since: 2 } });
    const refreshed = makeServer({ login: { ...done.login, last_refresh_at: 3 } });
    expect(serverAnnouncement([needed], [done])).toBe('Server counter is logged in.');
    expect(serverAnnouncement([done], [refreshed])).toBe('');
    expect(serverAnnouncement([], [done])).toBe('');
  });

  test('says several at once, new ones too, and nothing before anything is known', () => {
    const now = [makeServer({ name: 'a', state: 'waiting' }), makeServer({ name: 'b', state: 'untrusted' })];
    expect(serverAnnouncement([], now)).toBe('Server a is down. Server b is waiting for you.');
    expect(serverAnnouncement(null, now)).toBe('');
  });
});
