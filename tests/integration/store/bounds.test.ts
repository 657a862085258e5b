import { describe, expect } from 'vitest';
import { StreamStore } from '#src/main/store/events/stream-store';
import { Retention } from '#src/main/store/lifecycle/retention';
import { Transactions } from '#src/main/store/lifecycle/transactions';
import { DAY, MINUTE } from '#src/shared/model/units';
import { CALLED, call, newClient, START, storedSession, transport } from './samples';
import { openBeside, storeTest as test } from './support';

/** Every table of the database has an end. What grows by itself goes by time and by number; the rest goes with what it is about. */

const NOW = START + 1_000 * DAY;

/**
 * How each table is bounded; what is new in the schema has to say it here. The tables that are bounded in number have tests of
 * their own: those of MiB in size-limits, the others with what writes them.
 */
const BOUNDS: Readonly<Record<string, 'time' | 'number' | 'its client' | 'its instance' | 'one of each'>> = {
  activity: 'time',
  activity_contents: 'time',
  client_patience: 'its client',
  client_searches: 'its client',
  client_sets: 'its client',
  clients: 'one of each',
  events: 'time',
  found_tools: 'time',
  held_calls: 'number',
  history_hour: 'time',
  history_minute: 'time',
  known_tools: 'number',
  long_calls: 'time',
  long_tools: 'number',
  mcp_sessions: 'time',
  old_client_keys: 'its client',
  open_questions: 'its instance',
  server_failures: 'one of each',
  server_instances: 'one of each',
  server_lists: 'number',
  settings: 'one of each',
  stream_messages: 'time',
  streams: 'time',
  tasks: 'time',
  tool_sets: 'number',
  tool_use: 'number',
  transports: 'time',
  ui_tokens: 'time',
  visibility_rules: 'its client',
};
const growing = Object.keys(BOUNDS).filter((table) => BOUNDS[table] === 'time');

describe('every table', () => {
  test('says how it is bounded', ({ folder, store }) => {
    expect(store.notices).toEqual([]);
    const tables = openBeside(folder)
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all();
    expect(tables.sort()).toEqual(Object.keys(BOUNDS));
  });

  test('that grows by itself loses what is old and keeps what is new', async ({ folder, store }) => {
    const db = openBeside(folder);
    store.clients.insert(newClient('c_1'), 'hash');
    const times = [START, NOW - 2 * MINUTE];
    for (const [index, at] of times.entries()) {
      const ended = storedSession({ status: 'closed', created_at: at, ended_at: at });
      const session_id = ended.session.session_id as never;
      const used = transport({ session_id, created_at: at, ended_at: at });
      store.repository.commit({ events: [call(session_id, at)], sessions: [ended], transports: [used] });
      store.activity.add([{ ...CALLED, at, session_id }]);
      const lived = index * 10 * DAY;
      db.exec(`
        INSERT INTO activity_contents SELECT max(activity_id), 'params', '{}', 2, 0, 0, ${at}, ${lived + 1} FROM activity;
        INSERT INTO found_tools (session_id, server, tool, place) VALUES ('${session_id}', 'a', 't', 1);
        INSERT INTO long_calls (call_id, handle, client_id, session_id, transport_id, server, tool, started_at, handed_at, state,
          ended_at, ended_lived, fetched_at, ok, bytes, answer) VALUES (${index}, 'h${index}', 'c_1', '${session_id}', 't', 'a', 't', ${at}, ${at}, 'answered',
          ${at}, ${lived + 1}, NULL, 1, 2, '{}');
        INSERT INTO streams (stream_id, session_id, kind, request_ids, created_at, done) VALUES ('q${index}', '${session_id}', 'post', '[]', ${at}, 1);
        INSERT INTO stream_messages (stream_id, message_index, message, at) VALUES ('q${index}', 1, '{}', ${at});
        INSERT INTO tasks (server, task_id, client_id, given_at) VALUES ('a', '${index}', 'c_1', ${at});
        INSERT INTO ui_tokens (token_hash, created_at, expires_at) VALUES ('${index}', ${at}, ${at + 5 * MINUTE});`);
    }
    const count = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
    expect(growing.map((table) => [table, count(table)])).toEqual(growing.map((table) => [table, 2]));
    for (let call = 0; call < 3; call += 1) await store.maintain(NOW, 10 * DAY + MINUTE);
    expect(growing.map((table) => [table, count(table)])).toEqual(growing.map((table) => [table, 1]));
    expect(db.pragma('freelist_count', { simple: true }), 'the space is given back').toBe(0);
  });

  test('of sessions and transports keeps so many that have ended, however young they are, and all that have not', ({
    folder,
    store,
  }) => {
    const at = (index: number) => NOW - MINUTE + index;
    const ended = Array.from({ length: 6 }, (_, index) => storedSession({ status: 'closed', ended_at: at(index) }));
    const open = storedSession();
    const session_id = open.session.session_id as never;
    const transports = Array.from({ length: 6 }, (_, index) => transport({ session_id, ended_at: at(index) }));
    store.repository.commit({
      events: [],
      sessions: [...ended, open],
      transports: [...transports, transport({ session_id })],
    });
    const db = openBeside(folder);
    const transactions = new Transactions(db);
    const said: object[] = [];
    const log = { info: (details: object) => void said.push(details) };
    const most = { sessionsOfClient: 100, sessions: 4, transports: 2 };
    const retention = new Retention(db, transactions, new StreamStore(db, transactions), log as never, most);
    retention.step(NOW);
    expect(said).toEqual([
      { removed: 2, most: 4 },
      { removed: 4, most: 2 },
    ]);
    const left = (table: string, key: string) =>
      db.prepare<[], string>(`SELECT ${key} FROM ${table} WHERE ended_at IS NOT NULL ORDER BY ended_at`).pluck().all();
    expect(left('mcp_sessions', 'session_id')).toEqual(ended.slice(2).map(({ session }) => session.session_id));
    expect(left('transports', 'transport_id')).toEqual(transports.slice(4).map(({ transport_id }) => transport_id));
    expect(store.sessions.get(open.session.session_id)).not.toBeNull();
  });

  test('of sessions keeps so many of each client that have ended, and says what it removed', ({ folder, store }) => {
    const at = (index: number) => NOW - MINUTE + index;
    const ended = (client_id: string, count: number) =>
      Array.from({ length: count }, (_, index) => storedSession({ client_id, status: 'expired', ended_at: at(index) }));
    const [busy, calm] = [ended('c_busy', 6), ended('c_calm', 3)];
    const open = (['active', 'idle', 'disconnected'] as const).map((status) =>
      storedSession({ client_id: 'c_busy', status }),
    );
    store.repository.commit({ events: [], sessions: [...busy, ...calm, ...open] });
    store.clients.insert(newClient('c_busy'), 'hash');
    const db = openBeside(folder);
    const [calling] = busy.map(({ session }) => session.session_id);
    db.exec(`INSERT INTO long_calls (call_id, handle, client_id, session_id, transport_id, server, tool, started_at, handed_at, state)
      VALUES (1, 'h', 'c_busy', '${calling}', 't', 'a', 't', ${NOW}, ${NOW}, 'running')`);
    const transactions = new Transactions(db);
    const said: object[] = [];
    const log = { info: (details: object) => void said.push(details) };
    const most = { sessionsOfClient: 3, sessions: 100, transports: 100 };
    new Retention(db, transactions, new StreamStore(db, transactions), log as never, most).step(NOW);
    const isKept = ({ session }: (typeof busy)[number]) => store.sessions.get(session.session_id) !== null;
    expect(busy.map(isKept), 'the oldest has a call that goes on').toEqual([true, false, false, false, true, true]);
    expect([...calm, ...open].every(isKept)).toBe(true);
    expect(said).toEqual([{ client_id: 'c_busy', removed: 3, most: 3 }]);
  });
});
