import { describe, expect, it } from 'vitest';
import { parseSort, sortText } from '../../src/renderer/features/sessions/columns';
import { keyAction } from '../../src/renderer/features/sessions/session-table';
import { asked, keepPlace, showSessions } from '../../src/renderer/features/sessions/shown-sessions';
import { makeSession, T0 } from './support/make';

const sessions = [
  makeSession({ session_id: 's_1', created_at: T0 + 1 }),
  makeSession({ session_id: 's_2', created_at: T0 + 2, status: 'idle', client_name: 'codex' }),
  makeSession({ session_id: 's_3', created_at: T0 + 3, status: 'closed' }),
  makeSession({ session_id: 's_4', created_at: T0 + 4, probe: true }),
];
const ids = (shown: ReturnType<typeof showSessions>) => shown.sessions.map(({ session_id }) => session_id);

describe('showSessions', () => {
  it('lists the newest first, without probes unless they are asked for', () => {
    expect(ids(showSessions(sessions, asked('', false), T0))).toEqual(['s_3', 's_2', 's_1']);
    expect(ids(showSessions(sessions, asked('', true), T0))).toEqual(['s_4', 's_3', 's_2', 's_1']);
  });

  it('counts what each status chip would show, whatever status is chosen', () => {
    const shown = showSessions(sessions, asked('status:idle', false), T0);
    expect(ids(shown)).toEqual(['s_2']);
    expect(shown.counts).toEqual({ active: 1, idle: 1, disconnected: 0, expired: 0, closed: 1 });
    expect(showSessions(sessions, asked('status:idle codex', false), T0).counts.active).toBe(0);
  });

  it('honours a status that is excluded', () => {
    expect(ids(showSessions(sessions, asked('-status:closed', false), T0))).toEqual(['s_2', 's_1']);
  });
});

describe('keepPlace', () => {
  it('keeps the rows and says how many wait', () => {
    const before = showSessions(sessions.slice(0, 2), asked('', false), T0);
    const next = showSessions(sessions, asked('', true), T0);
    const kept = keepPlace(before, next);
    expect(kept.sessions).toBe(before.sessions);
    expect(kept.waiting).toBe(2);
    expect(kept.counts).toEqual(next.counts);
  });
});

describe('order in the URL', () => {
  it.each([
    ['reconnects:desc', [{ id: 'reconnects', desc: true }]],
    ['client:asc', [{ id: 'client', desc: false }]],
    [undefined, [{ id: 'seen', desc: true }]],
    ['nonsense:desc', [{ id: 'seen', desc: true }]],
    ['id:asc', [{ id: 'seen', desc: true }]],
  ])('reads %j', (text, sorting) => {
    expect(parseSort(text)).toEqual(sorting);
  });

  it('is written and read back, and the default leaves the URL clean', () => {
    expect(parseSort(sortText([{ id: 'started', desc: false }]))).toEqual([{ id: 'started', desc: false }]);
    expect(sortText(parseSort(undefined))).toBe('');
  });
});

describe('keyAction', () => {
  it.each([
    ['j', 4, 5],
    ['ArrowDown', 4, 5],
    ['k', 4, 3],
    ['ArrowUp', -1, 9],
    ['ArrowDown', -1, 0],
    ['Home', 4, 0],
    ['End', 4, 9],
    ['PageDown', 1, 11],
    ['Enter', 4, 'open'],
    ['Escape', 4, 'escape'],
    ['/', 4, 'slash'],
    ['x', 4, null],
  ])('%s at row %d means %j', (key, position, meaning) => {
    expect(keyAction(key, position, 10)).toBe(meaning);
  });
});
