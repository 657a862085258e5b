import { join } from 'node:path';
import { openConnection } from '../../src/main/store/lifecycle/sqlite-connection';
import { Store } from '../../src/main/store/store';
import { SECOND } from '../../src/shared/model/units';
import { serveCommands } from './parts/commands';
import { floorReconnect } from './parts/floor-tokens';
import { sessionId, storedSession } from './parts/made-up';
import { quietLog } from './parts/quiet-log';

/**
 * The floor of a reconnect with a minimal transaction, on the same tables with the same indexes and pragmas: it reads
 * the session, swaps it by compare-and-set and appends the event. It keeps no history.
 */
const [folder = '', count = '1'] = process.argv.slice(2);
const sessions = Number(count);
const store = Store.open({ folder, now: Date.now, log: quietLog });
store.repository.commit({
  events: [],
  sessions: Array.from({ length: sessions }, (_, index) => storedSession(index, Date.now(), 'active')),
});
store.close();

const db = openConnection(join(folder, 'holdfast.db'));
const read = db.prepare<[string], { reconnect_count: number; token_generation: number }>(
  'SELECT * FROM mcp_sessions WHERE session_id = ?',
);
const swap = db.prepare(
  `UPDATE mcp_sessions SET status = 'active', last_activity = :at, disconnected_at = NULL, disconnect_reason = NULL,
     reconnect_count = :count, last_reconnect_cause = 'token', recent_reconnects = :recent,
     reconnect_token_hash = :hash, reconnect_expires_at = :expires, token_generation = :generation, token_jti = :jti,
     token_iat = :iat, previous_token_hash = :used, token_rotated_at = :at, token_used_generation = :before
   WHERE session_id = :session_id AND token_generation = :before AND reconnect_token_hash IS :used`,
);
const append = db.prepare('INSERT INTO events (session_id, at, kind, cause, payload) VALUES (?, ?, ?, ?, ?)');

const reconnect = await floorReconnect((session_id, used, { hash, jti, iat, exp }) =>
  db
    .transaction(() => {
      const at = Date.now();
      const row = read.get(session_id);
      if (!row) throw new Error(`there is no session ${session_id}`);
      const count = row.reconnect_count + 1;
      const { changes } = swap.run({
        session_id,
        at,
        count,
        hash,
        jti,
        iat,
        used: used?.hash ?? null,
        recent: JSON.stringify([at, at, at, at, at]),
        expires: exp * SECOND,
        generation: row.token_generation + 1,
        before: row.token_generation,
      });
      if (changes !== 1) throw new Error('the compare-and-set found another token');
      const payload = { cause: 'token', door: 'rest', downtime_ms: 0, reconnect_count: count, transport_id: null };
      append.run(session_id, at, 'session_reconnected', 'token', JSON.stringify(payload));
    })
    .immediate(),
);

let generation = 0;
serveCommands({
  async reconnect({ times }: { times: number }) {
    for (let index = 0; index < times; index++) await reconnect(sessionId(index % sessions), ++generation);
  },
});
