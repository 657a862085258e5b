import { describe, expect, test } from 'vitest';
import { actOnSeveral } from '#src/renderer/features/sessions/act-on-several';
import { inOrder, orderBy, orderText, parseOrder } from '#src/renderer/features/sessions/order';
import { byClient, rowsOf } from '#src/renderer/features/sessions/session-groups';
import {
  asked as ask,
  keepPlace,
  serversInUse,
  showSessions,
  stillMatching,
} from '#src/renderer/features/sessions/shown-sessions';
import { NO_TICKS, reachedTo, toggled } from '#src/renderer/features/sessions/ticks';
import { keyAction } from '#src/renderer/ui/grid-keys';
import { makeSession, T0 } from './support/make';
import { makeInstance, makeServer } from './support/make-server';

const sessions = [
  makeSession({ session_id: 's_1', created_at: T0 + 1 }),
  makeSession({ session_id: 's_2', created_at: T0 + 2, status: 'idle', client_name: 'codex' }),
  makeSession({ session_id: 's_3', created_at: T0 + 3, status: 'closed' }),
  makeSession({ session_id: 's_4', created_at: T0 + 4, probe: true }),
];
const asked = (text: string, probes: boolean) => ask(text, probes, parseOrder('started:desc'));
const byId = (all: typeof sessions) => new Map(all.map((session) => [session.session_id, session]));
const ids = (shown: ReturnType<typeof showSessions>) => shown.sessions.map(({ session_id }) => session_id);

describe('showSessions', () => {
  test('lists the newest first, without probes unless they are asked for', () => {
    expect(ids(showSessions(sessions, asked('', false), T0))).toEqual(['s_3', 's_2', 's_1']);
    expect(ids(showSessions(sessions, asked('', true), T0))).toEqual(['s_4', 's_3', 's_2', 's_1']);
  });

  test('counts what each status chip would show, whatever status is chosen', () => {
    const shown = showSessions(sessions, asked('status:idle', false), T0);
    expect(ids(shown)).toEqual(['s_2']);
    expect(shown.counts).toEqual({ active: 1, idle: 1, disconnected: 0, expired: 0, closed: 1 });
    expect(showSessions(sessions, asked('status:idle codex', false), T0).counts.active).toBe(0);
  });

  test('honours a status that is excluded', () => {
    expect(ids(showSessions(sessions, asked('-status:closed', false), T0))).toEqual(['s_2', 's_1']);
  });
});

describe('serversInUse', () => {
  const used = serversInUse([
    makeServer({ name: 'files', instances: [makeInstance({ session_id: 's_1' }), makeInstance({ session_id: null })] }),
    makeServer({
      name: 'github',
      instances: [makeInstance({ session_id: 's_1' }), makeInstance({ session_id: 's_3' })],
    }),
  ]);

  test('lets a word that names a server find the sessions that use it, and only those', () => {
    expect(ids(showSessions(sessions, asked('files', false), T0, used))).toEqual(['s_1']);
    expect(ids(showSessions(sessions, asked('server:GitHub', false), T0, used))).toEqual(['s_3', 's_1']);
    expect(ids(showSessions(sessions, asked('-github', false), T0, used))).toEqual(['s_2']);
    expect(ids(showSessions(sessions, asked('server:browser', false), T0, used))).toEqual([]);
  });

  test('counts those sessions in the status chips', () => {
    expect(showSessions(sessions, asked('github', false), T0, used).counts).toMatchObject({
      active: 1,
      idle: 0,
      closed: 1,
    });
  });
});

describe('keepPlace', () => {
  test('keeps the rows and says how many wait', () => {
    const before = showSessions(sessions.slice(0, 2), asked('', false), T0);
    const next = showSessions(sessions, asked('', true), T0);
    const kept = keepPlace(before, next, byId(sessions));
    expect(kept.sessions).toEqual(before.sessions);
    expect(kept.unmatched.size).toBe(0);
    expect(kept.waiting).toBe(2);
    expect(kept.counts).toEqual(next.counts);
  });

  test('shows each session as it is now, and says which do not match any more', () => {
    const before = showSessions(sessions, asked('status:active,idle', false), T0);
    expect(ids(before)).toEqual(['s_2', 's_1']);
    const later = sessions.map((session) =>
      session.session_id === 's_2' ? { ...session, status: 'closed' as const } : { ...session, reconnects: 7 },
    );
    const kept = keepPlace(before, showSessions(later, asked('status:active,idle', false), T0), byId(later));
    expect(kept.sessions).toEqual([later[1], later[0]]);
    expect([...kept.unmatched]).toEqual(['s_2']);
  });

  test('those that are acted on match now, and are as they are now', () => {
    const later = sessions.map((session) => ({ ...session, status: 'active' as const }));
    const state = { sessions: byId(later), servers: null, sessionNames: {}, now: T0 };
    expect(stillMatching(['s_2', 's_1', 's_9'], asked('status:idle', false), state)).toEqual([]);
    expect(stillMatching(['s_2', 's_1', 's_9'], asked('', false), state)).toEqual([later[1], later[0]]);
  });
});

describe('inOrder', () => {
  const list = [
    makeSession({ session_id: 's_a', client_type: 'other', client_name: 'beta', created_at: 1, last_activity: 50_000 }),
    makeSession({
      session_id: 's_b',
      client_type: 'other',
      client_name: 'Alpha',
      created_at: 2,
      last_activity: 10_000,
    }),
    makeSession({ session_id: 's_c', client_type: 'other', client_name: 'beta', created_at: 3, last_activity: 90_000 }),
  ];
  test.each([
    ['client:asc', 's_b s_c s_a'],
    ['client:desc', 's_c s_a s_b'],
    ['started:asc', 's_a s_b s_c'],
    ['seen:desc', 's_c s_b s_a'],
    ['reconnects:desc', 's_c s_b s_a'],
  ])('by %s is %s: equal ones newest first', (text, expected) => {
    const ordered = inOrder(list, parseOrder(text));
    expect(ordered.map(({ session_id }) => session_id).join(' ')).toBe(expected);
  });
});

describe('order in the URL', () => {
  test.each([
    ['reconnects:desc', { column: 'reconnects', desc: true }],
    ['client:asc', { column: 'client', desc: false }],
    [undefined, { column: 'seen', desc: true }],
    ['nonsense:desc', { column: 'seen', desc: true }],
    ['id:asc', { column: 'seen', desc: true }],
    ['constructor:asc', { column: 'seen', desc: true }],
  ])('reads %j', (text, order) => {
    expect(parseOrder(text)).toEqual(order);
  });

  test('is written and read back, and the default leaves the URL clean', () => {
    expect(parseOrder(orderText({ column: 'started', desc: false }))).toEqual({ column: 'started', desc: false });
    expect(orderText(parseOrder(undefined))).toBe('');
  });

  test('turns round by a second click, and begins with what is looked for', () => {
    const first = orderBy('reconnects', parseOrder(undefined));
    expect(first).toEqual({ column: 'reconnects', desc: true });
    expect(orderBy('reconnects', first)).toEqual({ column: 'reconnects', desc: false });
    expect(orderBy('client', first)).toEqual({ column: 'client', desc: false });
  });
});

describe('keyAction', () => {
  test.each([
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
    ['x', 4, null],
  ])('%s at row %d means %j', (key, position, meaning) => {
    expect(keyAction(key, position, 10, true)).toBe(meaning);
  });

  test.each(['j', 'J', 'k', 'K'])('%s means nothing while single keys are off', (key) => {
    expect(keyAction(key, 4, 10, false)).toBeNull();
    expect(keyAction('ArrowDown', 4, 10, false)).toBe(5);
  });
});

describe('choosing sessions', () => {
  const order = ['a', 'b', 'c', 'd', 'e'];
  const of = ({ ids }: { ids: ReadonlySet<string> }) => [...ids].sort();

  test('one at a time, and back', () => {
    const one = toggled(NO_TICKS, ['b']);
    expect(of(one)).toEqual(['b']);
    expect(of(toggled(one, ['b']))).toEqual([]);
  });

  test('a whole group, which only a second time is chosen no longer', () => {
    const some = toggled(NO_TICKS, ['b']);
    const group = toggled(some, ['a', 'b', 'c']);
    expect(of(group)).toEqual(['a', 'b', 'c']);
    expect(of(toggled(group, ['a', 'b', 'c']))).toEqual([]);
  });

  test('a range begins where one was chosen, or at the cursor, in either direction', () => {
    expect(of(reachedTo(toggled(NO_TICKS, ['d']), order, 'a', 'b'))).toEqual(['b', 'c', 'd']);
    expect(of(reachedTo(NO_TICKS, order, 'b', 'd'))).toEqual(['b', 'c', 'd']);
    expect(of(reachedTo(NO_TICKS, order, null, 'd'))).toEqual(['d']);
    expect(of(reachedTo({ ids: new Set(), anchor: 'gone' }, order, null, 'c'))).toEqual(['c']);
    expect(of(reachedTo(toggled(NO_TICKS, ['a']), order, null, 'gone'))).toEqual(['a']);
  });
});

describe('sessions by client', () => {
  test('keeps the order in each group, and the groups by the alphabet', () => {
    const several = [
      makeSession({ session_id: 's_1', client_id: 'c_2', client_name: 'cursor' }),
      makeSession({ session_id: 's_2', client_id: 'c_1', client_name: 'claude' }),
      makeSession({ session_id: 's_3', client_id: 'c_2', client_name: 'cursor' }),
      makeSession({ session_id: 's_4', client_id: 'c_3', client_name: 'claude' }),
    ];
    const groups = byClient(several).map(({ clientId, sessions: of }) => [clientId, of.map((one) => one.session_id)]);
    expect(groups).toEqual([
      ['c_1', ['s_2']],
      ['c_3', ['s_4']],
      ['c_2', ['s_1', 's_3']],
    ]);
    expect(rowsOf(several, true)).toHaveLength(7);
    expect(rowsOf(several, false)).toHaveLength(4);
  });
});

describe('doing something with several', () => {
  test('does it with each, a few at a time, and says which failed', async () => {
    let now = 0;
    let most = 0;
    const acted = await actOnSeveral(['1', '2', '3', '4', '5', '6', '7'], async (id) => {
      now += 1;
      most = Math.max(most, now);
      await Promise.resolve();
      now -= 1;
      if (id === '2' || id === '5') throw new Error(id);
    });
    expect(acted.failed).toEqual(['2', '5']);
    expect(acted.error).toEqual(new Error('2'));
    expect(most).toBe(4);
  });
});
