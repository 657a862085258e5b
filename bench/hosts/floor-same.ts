import { afterIssue, afterRotation } from '../../src/main/sessions/reconnect/token-rules';
import type { StoredSession } from '../../src/main/sessions/session-ports';
import { Store } from '../../src/main/store/store';
import type { NewEvent } from '../../src/shared/contract/event';
import { evolve } from '../../src/shared/model/evolve';
import { serveCommands } from './parts/commands';
import { floorReconnect } from './parts/floor-tokens';
import { sessionId, storedSession } from './parts/made-up';
import { quietLog } from './parts/quiet-log';

/** The floor of a reconnect with the same transaction that Holdfast commits, history included. */
const [folder = '', count = '1'] = process.argv.slice(2);
const sessions = Number(count);
const store = Store.open({ folder, now: Date.now, log: quietLog });
const states = new Map<string, StoredSession>();
for (let index = 0; index < sessions; index++) states.set(sessionId(index), storedSession(index, Date.now(), 'active'));
store.repository.commit({ events: [], sessions: [...states.values()] });

const reconnect = await floorReconnect((session_id, used, next) => {
  const state = states.get(session_id);
  if (!state) throw new Error(`there is no session ${session_id}`);
  const { session, token } = state;
  const at = Date.now();
  const event: NewEvent = {
    at,
    session_id,
    kind: 'session_reconnected',
    payload: {
      cause: 'token',
      door: 'rest',
      downtime_ms: 0,
      transport_id: null,
      reconnect_count: session.reconnect_count + 1,
      client_version: session.client_version,
    },
  };
  const changed: StoredSession = {
    session: evolve(session, event) ?? session,
    token: used ? afterRotation(token, next, at) : afterIssue(token, next),
    offer_hash: null,
    disconnect_reason: null,
    lost_lived: null,
  };
  const expectToken = used ? { session_id, generation: token.generation, hash: used.hash } : undefined;
  store.repository.commit({ events: [event], sessions: [changed], expectToken });
  states.set(session_id, changed);
});

serveCommands({
  async reconnect({ times }: { times: number }) {
    for (let index = 0; index < times; index++) {
      const id = sessionId(index % sessions);
      await reconnect(id, (states.get(id)?.token.generation ?? 0) + 1);
    }
  },
});
