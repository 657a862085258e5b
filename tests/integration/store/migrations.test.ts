import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { InstanceStore } from '#src/main/store/instance-store';
import { Transactions } from '#src/main/store/lifecycle/transactions';
import { MIGRATIONS, migrate } from '#src/main/store/migrations/migrate';
import { SessionStore } from '#src/main/store/sessions/session-store';
import { TransportStore } from '#src/main/store/sessions/transport-store';
import { storedSessionKeys } from '#src/main/upstream/session-keys';
import { isSessionId } from '#src/shared/model/ids';

const id = (prefix: 's' | 't', letter: string): string => `${prefix}_${letter.repeat(22)}`;
const upTo = (version: number) => MIGRATIONS.filter((step) => step.version <= version);

describe('0003: what was kept under the id of a transport', () => {
  interface Kept {
    readonly id: string;
    readonly home: string | null;
    readonly wishes?: object;
  }

  /** A database of version 2 with a session, a transport of it, and one that came to none; then what is made of it. */
  function upgraded(...instances: readonly Kept[]) {
    const db = new SqliteDatabase(':memory:');
    migrate(db, () => {}, upTo(2));
    db.prepare(
      `INSERT INTO mcp_sessions (session_id, client_id, client_type, client_name, client_version, era, protocol_version,
         status, degraded, flapping, probe, created_at, last_activity, reconnect_count, recent_reconnects, calls, errors,
         recent_latencies, token_generation, token_used_generation, token_revoked_generation)
       VALUES (?, 'c_1', 'other', 'test', '1', 'sessionful', '2025-11-25', 'active', 0, 0, 0, 1, 1, 0, '[]', 0, 0, '[]', 0,
         0, 0)`,
    ).run(id('s', 'a'));
    const transport = db.prepare(
      `INSERT INTO transports (transport_id, client_id, session_id, era, client_name, client_version, protocol_version,
         initialize_params, created_at)
       VALUES (?, 'c_1', ?, 'sessionful', 'test', '1', '2025-11-25', '{}', 1)`,
    );
    transport.run(id('t', 'a'), id('s', 'a'));
    transport.run(id('t', 'b'), null);
    const instance = db.prepare(
      `INSERT INTO server_instances (instance_id, server, home, fingerprint, wishes, started_at)
       VALUES (?, 'one', ?, 'f', ?, 1)`,
    );
    for (const { id, home, wishes } of instances) instance.run(id, home, JSON.stringify(wishes ?? {}));

    expect(migrate(db, () => {}, upTo(3))).toEqual(['0003-reserved-sessions']);
    // The stores read the newest schema.
    migrate(db, () => {});
    const transactions = new Transactions(db);
    const transports = new TransportStore(db, transactions);
    const reserved = transports.get(id('t', 'b'))?.reserved_session_id ?? '';
    const keys = storedSessionKeys({ sessions: new SessionStore(db), transports });
    const kept = new InstanceStore(db, transactions).all();
    return { transports, reserved, keys, kept: (name: string) => kept.find(({ instance_id }) => instance_id === name) };
  }

  test('a transport without a session reserves an id of its own, which says nothing of the transport', () => {
    const { transports, reserved } = upgraded();
    expect(isSessionId(reserved)).toBe(true);
    expect(reserved).not.toContain('bbb');
    expect(transports.reserves(reserved)).toBe(true);
    expect(transports.get(id('t', 'a'))).toMatchObject({
      session_id: id('s', 'a'),
      reserved_session_id: id('s', 'a'),
    });
    expect(transports.reserves(id('s', 'a'))).toBe(false);
  });

  test('is found under the id of the session that the transport has, or may yet come to', () => {
    const { reserved, kept, keys } = upgraded(
      { id: 'i_bound', home: id('t', 'a') },
      { id: 'i_unbound', home: id('t', 'b') },
    );
    expect(kept('i_bound')?.session_key).toBe(id('s', 'a'));
    expect(kept('i_unbound')?.session_key).toBe(reserved);
    expect(keys(id('s', 'a'))).toMatchObject({ isMade: true, isOver: false, lostAt: null });
    expect(keys(reserved)).toMatchObject({ isMade: false, isOver: false, lostAt: null });
  });

  test('stays nobody’s when the session has an instance already, or the transport is not known any more', () => {
    const { kept, keys } = upgraded(
      { id: 'i_own', home: id('s', 'a') },
      { id: 'i_spare', home: id('t', 'a') },
      { id: 'i_stray', home: id('t', 'z') },
    );
    expect(kept('i_own')?.session_key).toBe(id('s', 'a'));
    for (const name of ['i_spare', 'i_stray']) {
      expect(keys(kept(name)?.session_key ?? '')).toMatchObject({ isMade: false, isOver: true, lostAt: null });
    }
  });

  test('of a server that all share, each session has what it asked for; its own comes before its transport’s', () => {
    const settings = (logLevel: string) => ({ logLevel, subscriptions: [] });
    const { reserved, kept } = upgraded({
      id: 'i_shared',
      home: null,
      wishes: {
        [id('s', 'a')]: settings('error'),
        [id('t', 'a')]: settings('debug'),
        [id('t', 'b')]: settings('info'),
        [id('s', 'z')]: settings('alert'),
      },
    });
    expect(kept('i_shared')).toMatchObject({ session_key: null });
    expect(kept('i_shared')?.client_settings).toEqual({
      [id('s', 'a')]: settings('error'),
      [reserved]: settings('info'),
      [id('s', 'z')]: settings('alert'),
    });
  });
});
