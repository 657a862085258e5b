import { describe, expect } from 'vitest';
import type { InstanceRecord } from '#src/main/upstream/upstream-ports';
import type { Client } from '#src/shared/contract/client';
import { MINUTE } from '#src/shared/model/units';
import { START, storedSession } from './samples';
import { openBeside, openStore, storeTest as test } from './support';

const client = (id: string, more: Partial<Client> = {}): Client => ({
  client_id: id,
  name: `Client ${id}`,
  type: 'cursor',
  type_name: null,
  policy: 'sessionful',
  new_process: 'new_session',
  may_take_over: false,
  created_at: START,
  first_seen_at: null,
  last_seen_at: null,
  ...more,
});

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

describe('clients', () => {
  test('are found by key hash and id, and listed newest first', ({ store }) => {
    const [older, newer] = [client('c_1'), client('c_2', { created_at: START + 1 })];
    store.clients.insert(older, 'hash-1');
    store.clients.insert(newer, 'hash-2');
    expect(store.clients.byKeyHash('hash-2')).toEqual(newer);
    expect(store.clients.byKeyHash('hash-3')).toBeNull();
    expect(store.clients.get('c_1')).toEqual(older);
    expect(store.clients.get('c_3')).toBeNull();
    expect(store.clients.list()).toEqual([newer, older]);
  });

  test('never share a key', ({ store }) => {
    store.clients.insert(client('c_1'), 'hash');
    expect(() => store.clients.insert(client('c_2'), 'hash')).toThrow(/UNIQUE/);
    expect(store.clients.list()).toHaveLength(1);
  });

  test('keep the time of their first request, and the latest of the later ones', ({ store }) => {
    store.clients.insert(client('c_1'), 'hash');
    for (const at of [START + 5, START + 9, START + 7]) store.clients.seen('c_1', at);
    store.clients.seen('c_unknown', START);
    expect(store.clients.get('c_1')).toMatchObject({ first_seen_at: START + 5, last_seen_at: START + 9 });
  });

  test('change their policy and go', ({ store }) => {
    store.clients.insert(client('c_1'), 'hash');
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
