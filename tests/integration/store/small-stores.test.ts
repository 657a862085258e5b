import { describe, expect } from 'vitest';
import { ClientTasks } from '#src/main/endpoint/mcp/tasks/client-tasks';
import { Transactions } from '#src/main/store/lifecycle/transactions';
import { LongCallStore } from '#src/main/store/long-calls/long-call-store';
import type { Store } from '#src/main/store/store';
import type { InstanceRecord } from '#src/main/upstream/upstream-ports';
import { DAY, MIB, MINUTE } from '#src/shared/model/units';
import { longCall } from './long-call-support';
import { newClient, START, storedSession } from './samples';
import { openBeside, openStore, silent, storeTest as test } from './support';

describe('names of sessions', () => {
  test('are kept over a restart, taken away when empty, and only of sessions that exist', ({ folder, store }) => {
    store.repository.commit({ sessions: [storedSession({ session_id: 's_1' })], events: [] });
    expect(store.sessionNames.set('s_1', 'Nightly')).toEqual({ s_1: 'Nightly' });
    expect(() => store.sessionNames.set('s_2', 'x')).toThrow(expect.objectContaining({ code: 'session_not_found' }));
    store.close();
    const again = openStore(folder);
    expect(again.sessionNames.list()).toEqual({ s_1: 'Nightly' });
    expect(again.sessionNames.set('s_1', '')).toEqual({});
    again.close();
  });

  test('go with their sessions when retention removes those', async ({ store }) => {
    const ended = storedSession({ session_id: 's_old', status: 'closed', ended_at: START });
    store.repository.commit({ sessions: [ended, storedSession({ session_id: 's_new' })], events: [] });
    store.sessionNames.set('s_old', 'Nightly');
    store.sessionNames.set('s_new', 'Daily');
    await store.maintain(START);
    expect(Object.keys(store.sessionNames.list())).toEqual(['s_old', 's_new']);
    store.keep({ events: 0, activity: 0, history: 0 });
    await store.maintain(START + 1);
    expect(store.sessionNames.list()).toEqual({ s_new: 'Daily' });
  });

  test('are 500 at most; the one that was given first goes', ({ store }) => {
    const ids = Array.from({ length: 501 }, (_, index) => `s_${index}`);
    store.repository.commit({ sessions: ids.map((session_id) => storedSession({ session_id })), events: [] });
    for (const id of ids) store.sessionNames.set(id, 'x');
    expect(Object.keys(store.sessionNames.list())).toEqual(ids.slice(1));
  });
});

describe('what searches have found', () => {
  test('goes in the order in which it was found, but for what was found again just now', ({ store }) => {
    store.repository.commit({ sessions: [storedSession({ session_id: 's_1' })], events: [] });
    const { foundTools } = store;
    const add = (...tools: string[]) =>
      foundTools.add(
        's_1',
        tools.map((tool) => ({ server: 'a', tool })),
        3,
      );
    const kept = () => foundTools.of('s_1').map(({ tool }) => tool);
    expect(add('one', 'two', 'three')).toBe(3);
    expect(add('one', 'four')).toBe(1);
    expect(kept(), 'in the places that they had').toEqual(['one', 'three', 'four']);
    expect(add('five')).toBe(1);
    expect(kept()).toEqual(['three', 'four', 'five']);
    expect(add('six', 'seven', 'eight', 'nine')).toBe(4);
    expect(kept()).toEqual(['seven', 'eight', 'nine']);
  });
});

describe('clients', () => {
  test('are found by key hash and id, and listed newest first', ({ store }) => {
    const [older, newer] = [newClient('c_1'), newClient('c_2', { created_at: START + 1 })];
    store.clients.insert(older, 'hash-1');
    store.clients.insert(newer, 'hash-2');
    expect(store.clients.byKeyHash('hash-2')).toEqual(newer);
    expect(store.clients.byKeyHash('hash-3')).toBeNull();
    expect(store.clients.get('c_1')).toEqual(older);
    expect(store.clients.get('c_3')).toBeNull();
    expect(store.clients.list()).toEqual([newer, older]);
  });

  test('never share a key', ({ store }) => {
    store.clients.insert(newClient('c_1'), 'hash');
    expect(() => store.clients.insert(newClient('c_2'), 'hash')).toThrow(/UNIQUE/);
    expect(store.clients.list()).toHaveLength(1);
  });

  test('keep the time of their first request, and the latest of the later ones', ({ store }) => {
    store.clients.insert(newClient('c_1'), 'hash');
    for (const at of [START + 5, START + 9, START + 7]) store.clients.seen('c_1', at);
    store.clients.seen('c_unknown', START);
    expect(store.clients.get('c_1')).toMatchObject({ first_seen_at: START + 5, last_seen_at: START + 9 });
  });

  test('change their policy and go', ({ store }) => {
    store.clients.insert(newClient('c_1'), 'hash');
    store.clients.setPolicy('c_1', 'stateless');
    expect(store.clients.get('c_1')?.policy).toBe('stateless');
    store.clients.remove('c_1');
    expect(store.clients.byKeyHash('hash')).toBeNull();
  });
});

describe('settings', () => {
  test('hold any JSON and survive a restart', ({ folder }) => {
    const store = openStore(folder);
    expect(store.settings.get('port')).toBeNull();
    store.settings.set('port', 8181);
    store.settings.set('port', 9191);
    store.settings.set('list', [{ a: 'ü' }, null]);
    store.close();
    const again = openStore(folder);
    expect(again.settings.get<number>('port')).toBe(9191);
    expect(again.settings.get('list')).toEqual([{ a: 'ü' }, null]);
  });
});

describe('sign-ins of browsers', () => {
  test('are valid until they end or are removed', ({ store }) => {
    store.uiTokens.insert('hash', START, START + MINUTE);
    expect(store.uiTokens.use('hash', START + MINUTE, START + 2 * MINUTE)).toBe(false);
    expect(store.uiTokens.use('other', START, START + 2 * MINUTE)).toBe(false);
    expect(store.uiTokens.use('hash', START + MINUTE - 1, START + 2 * MINUTE)).toBe(true);
    expect(store.uiTokens.use('hash', START + 2 * MINUTE - 1, START + 2 * MINUTE)).toBe(true);
    expect(store.uiTokens.use('hash', START + 2 * MINUTE, START + 3 * MINUTE)).toBe(false);
    store.uiTokens.insert('more', START, START + MINUTE);
    store.uiTokens.remove('more');
    expect(store.uiTokens.use('more', START, START + MINUTE)).toBe(false);
  });

  test('write their last use at most once a minute', ({ folder }) => {
    const store = openStore(folder);
    const beside = openBeside(folder);
    const lastUse = () => beside.prepare('SELECT last_used_at FROM ui_tokens').pluck().get();
    const end = START + 60 * MINUTE;
    store.uiTokens.insert('hash', START, end);
    store.uiTokens.use('hash', START, end);
    expect(lastUse()).toBe(START);
    store.uiTokens.use('hash', START + MINUTE - 1, end);
    expect(lastUse()).toBe(START);
    store.uiTokens.use('hash', START + MINUTE, end);
    expect(lastUse()).toBe(START + MINUTE);
  });
});

describe('instances of servers', () => {
  const instance = (id: string, more: Partial<InstanceRecord> = {}): InstanceRecord => ({
    instance_id: id,
    server: 'files',
    session_key: 's_1',
    fingerprint: 'f',
    child_id: null,
    pid: null,
    pid_started: null,
    initialize_params: null,
    initialize_result: null,
    client_settings: {},
    started_at: START,
    restarts: 0,
    upstream_session_id: null,
    upstream_last_event_id: null,
    ...more,
  });

  test('are kept whole, oldest first, and outlive a restart', ({ folder }) => {
    const store = openStore(folder);
    const full = instance('i_2', {
      session_key: null,
      child_id: 'i_2.x',
      pid: 4,
      pid_started: '77',
      started_at: START - 1,
      restarts: 3,
      initialize_params: { protocolVersion: '2025-11-25', capabilities: {} },
      initialize_result: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'x' } },
      client_settings: { s_1: { logLevel: 'error', subscriptions: ['file:///a'] } },
      upstream_session_id: 'u',
      upstream_last_event_id: 'e',
    });
    store.instances.save(instance('i_1'));
    store.instances.save(full);
    store.close();
    expect(openStore(folder).instances.all()).toEqual([full, instance('i_1')]);
  });

  test('are replaced whole and removed', ({ store }) => {
    store.instances.save(instance('i_1', { pid: 4, initialize_params: {} }));
    store.instances.save(instance('i_1', { session_key: 's_2' }));
    expect(store.instances.all()).toEqual([instance('i_1', { session_key: 's_2' })]);
    store.instances.remove('i_1');
    store.instances.remove('i_1');
    expect(store.instances.all()).toEqual([]);
  });
});

describe('calls that were handed out', () => {
  const handed = (call_id: number, client_id = 'c_1') => ({
    ...longCall,
    call_id,
    handle: `h_${call_id}`,
    client_id,
    handed_at: START + MINUTE,
  });
  const answer = (text: string, lived = 0) => ({ text, ok: true, at: START, lived });
  const states = (calls: readonly { state: string }[]) => calls.map(({ state }) => state);

  test('are answered once, and go with their client', ({ store }) => {
    store.clients.insert(newClient('c_1'), 'hash-1');
    store.longCalls.add(handed(7));
    expect(states(store.longCalls.running())).toEqual(['running']);
    expect(store.longCalls.answered(7, answer('{"n":1}'))).toBe(true);
    expect(store.longCalls.answered(7, answer('{"n":2}'))).toBe(false);
    expect(store.longCalls.cancelled(7, START, 0)).toBe(false);
    expect(store.longCalls.fetch(7, START + 5)).toBe('{"n":1}');
    expect(store.longCalls.ofHandle('h_7')).toMatchObject({
      state: 'fetched',
      fetched_at: START + 5,
      ok: true,
      bytes: 7,
    });
    store.clients.remove('c_1');
    expect(store.longCalls.ofHandle('h_7')).toBeNull();
  });

  test('wait a day of running time; that there was one is known for a week', async ({ store }) => {
    store.clients.insert(newClient('c_1'), 'hash-1');
    for (const id of [1, 2]) store.longCalls.add(handed(id));
    store.longCalls.answered(1, answer('{}', 10));
    await store.maintain(START, DAY + 9);
    expect(store.longCalls.get(1)).toMatchObject({ state: 'answered' });
    await store.maintain(START, DAY + 10);
    expect(store.longCalls.get(1)).toMatchObject({ state: 'gone', bytes: 2 });
    expect(store.longCalls.fetch(1, START)).toBeNull();
    await store.maintain(START, 7 * DAY + 10);
    expect(states(store.longCalls.ofClient('c_1'))).toEqual(['running']);
  });

  test('have an amount and a limit of their own in what is kept', async ({ store }) => {
    store.clients.insert(newClient('c_1'), 'hash-1');
    store.longCalls.add(handed(1));
    store.longCalls.answered(1, answer(JSON.stringify('x'.repeat(MIB))));
    const { areas } = await store.keptSizes.measure();
    const of = (name: string) => areas.find((area) => area.name === name);
    expect(of('answers')).toMatchObject({ limit_bytes: 64 * MIB });
    expect(of('answers')?.bytes).toBeGreaterThan(MIB);
    expect(of('messages')?.bytes).toBeLessThan(MIB / 4);
  });

  test('are bounded in number for each client, and in bytes together; what was fetched goes first', ({
    folder,
    store,
  }) => {
    for (const id of ['c_1', 'c_2']) store.clients.insert(newClient(id), `hash-${id}`);
    const db = openBeside(folder);
    const few = new LongCallStore(db, new Transactions(db), { perClient: 3, bytes: 20, answer: 15 });
    for (const id of [1, 2, 3]) expect(few.add(handed(id))).toBe(true);
    expect(few.add(handed(4)), 'all of them run').toBe(false);
    expect(few.add(handed(5, 'c_2'))).toBe(true);
    few.answered(1, answer('1'.repeat(8)));
    few.answered(2, answer('2'.repeat(8)));
    few.fetch(2, START);
    few.answered(5, answer('5'.repeat(8)));
    expect([1, 2, 5].map((id) => few.get(id)?.state)).toEqual(['answered', 'gone', 'answered']);
    few.answered(3, answer('3'.repeat(16)));
    expect(few.get(3), 'longer than one answer may be').toMatchObject({ state: 'gone', bytes: 16 });
    expect(few.add(handed(6))).toBe(true);
    expect(few.ofClient('c_1').map(({ call_id }) => call_id)).toEqual([6, 3, 1]);
    db.close();
  });

  test('are shown with those first that run', ({ store }) => {
    store.clients.insert(newClient('c_1'), 'hash-1');
    for (const id of [1, 2, 3]) store.longCalls.add(handed(id));
    for (const id of [2, 3]) store.longCalls.cancelled(id, START, 0);
    expect(store.longCalls.all(2).map(({ call_id }) => call_id)).toEqual([1, 3]);
  });

  test('know how long clients wait and tools take, the tools that were seen last', ({ store }) => {
    store.clients.insert(newClient('c_1'), 'hash-1');
    expect(store.patience.of('c_1')).toEqual({ set_ms: null, learned_ms: null, last_ms: null });
    const kept = { set_ms: 5_000, learned_ms: null, last_ms: 7 };
    store.patience.keep('c_1', kept);
    store.patience.keep('c_gone', kept);
    expect([store.patience.of('c_1'), store.patience.of('c_gone').set_ms]).toEqual([kept, null]);
    expect(store.patience.longest('one', 'build')).toBe(0);
    store.patience.tookLonger('one', 'build', 9_000.4);
    store.patience.tookLonger('one', 'build', 8_000);
    expect([store.patience.longest('one', 'build'), store.patience.longest('one', 'other')]).toEqual([9_000, 0]);
  });
});

describe('tasks', () => {
  const give = (store: Store, task_id: string, client_id: string, isTaken = true) =>
    store.tasks.give({ server: 'all', task_id, client_id, session_id: null, given_at: START }, isTaken);

  test('are of those who were given them, and survive a restart', ({ folder, store }) => {
    give(store, 't_1', 'c_1');
    store.close();
    const again = openStore(folder);
    expect(again.tasks.isGiven('all', 't_1', 'c_1')).toBe(true);
    expect(again.tasks.isGiven('all', 't_1', 'c_2')).toBe(false);
    expect(again.tasks.isGiven('other', 't_1', 'c_1')).toBe(false);
    expect(again.tasks.serversOf('c_1')).toEqual(['all']);
    again.close();
  });

  test('change hands where one process names them anew, and are shared names where each client has its own', ({
    store,
  }) => {
    give(store, '1', 'c_1');
    give(store, '1', 'c_2', false);
    expect(['c_1', 'c_2'].map((client) => store.tasks.isGiven('all', '1', client))).toEqual([true, true]);
    give(store, '1', 'c_3');
    expect(['c_1', 'c_2', 'c_3'].map((client) => store.tasks.isGiven('all', '1', client))).toEqual([
      false,
      false,
      true,
    ]);
  });

  test('go along with their session and with a new name of their server', ({ store }) => {
    const mine = { server: 'old', client_id: 'c_1', given_at: START };
    store.tasks.give({ ...mine, task_id: '1', session_id: 's_1' }, false);
    store.tasks.give({ ...mine, task_id: '2', session_id: 's_2' }, false);
    store.tasks.give({ ...mine, task_id: '3', session_id: null }, false);
    store.tasks.follow('s_1', 'c_2');
    const has = (client: string, server = 'old') =>
      ['1', '2', '3'].filter((id) => store.tasks.isGiven(server, id, client));
    expect([has('c_1'), has('c_2')]).toEqual([['2', '3'], ['1']]);
    expect(store.tasks.serversOf('c_2')).toEqual(['old']);

    store.tasks.rename('old', 'new');
    store.tasks.rename('new', 'newest');
    expect([has('c_2', 'newest'), has('c_2')]).toEqual([['1'], []]);
    expect(store.tasks.renamedFrom('old', '1', 'c_2')).toBe('newest');
    expect([store.tasks.renamedFrom('old', '1', 'c_1'), store.tasks.renamedFrom('newest', '1', 'c_2')]).toEqual([
      null,
      null,
    ]);
    const services = { store, clock: { now: () => START }, log: silent, servers: { runsForAll: () => false } };
    const tasks = new ClientTasks(services as never, 'c_2', 's_1');
    expect([tasks.present('old__1'), tasks.present('old__2'), tasks.present('1')]).toEqual([
      'newest__1',
      'old__2',
      '1',
    ]);
    // Another server has the name now, and its own task of this id.
    store.tasks.give({ server: 'old', task_id: '1', client_id: 'c_2', session_id: null, given_at: START }, false);
    expect(tasks.present('old__1')).toBe('old__1');
  });

  test('are 2,000 at most of one client, and go with what has happened', async ({ store }) => {
    store.transaction(() => {
      for (let n = 0; n <= 2_000; n += 1) give(store, `t_${n}`, 'c_1');
    });
    give(store, 't_0', 'c_2');
    const has = (id: string, client = 'c_1') => store.tasks.isGiven('all', id, client);
    expect([has('t_0'), has('t_1'), has('t_2000'), has('t_0', 'c_2')]).toEqual([false, true, true, true]);
    store.keep({ events: 0, activity: 0, history: 0 });
    await store.maintain(START + 1);
    expect([has('t_2000'), has('t_0', 'c_2')]).toEqual([false, false]);
  });
});
