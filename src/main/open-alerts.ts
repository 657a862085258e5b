import type { DisconnectReason, HoldfastEvent } from '../shared/contract/event';
import type { Session } from '../shared/contract/session';
import { areCalls } from '../shared/model/call-events';
import { Alerts } from './alerts/alerts';
import type { AlertFacts } from './alerts/troubles';
import type { Services } from './services';
import type { Store } from './store/store';
import type { ConfiguredServers } from './upstream/config/configured-servers';
import { stateOf } from './upstream/config/server-view';

/** More sessions than that are not looked at; those used latest are. */
const MOST_SESSIONS = 1_000;
/** Reasons that are remembered, so that a session that waits for a day is not looked up every two seconds. */
const MOST_REASONS = 2_000;

export interface AlertParts extends Pick<Services, 'bus' | 'clock' | 'timers' | 'servers' | 'log'> {
  readonly store: Store;
  readonly configured: ConfiguredServers;
  readonly previousStop: 'none' | 'clean' | 'killed';
}

/** Watches sessions and servers for what the user should be told. */
export function openAlerts(parts: AlertParts): Alerts {
  const { store, bus, clock, timers, servers, configured, log, previousStop } = parts;
  const reasonOf = reasons(store);
  const facts = (): AlertFacts => ({
    sessions: store.sessions.unended(MOST_SESSIONS),
    servers: configured.all().map((server) => {
      const { name } = server.entry;
      const status = servers.stateOf(name);
      return {
        name,
        state: stateOf(server, { state: status?.state ?? 'stopped' }),
        attempt: status?.attempt ?? 0,
        heldCalls: status?.login.held_calls ?? 0,
        changedTools: status?.tool_changes.unseen ?? 0,
      };
    }),
    reasonOf,
  });
  return new Alerts({
    clock,
    timers,
    kept: store.settings,
    facts,
    onChange: (listener) => {
      const onEvents = (events: readonly HoldfastEvent[]) => {
        if (!areCalls(events)) listener();
      };
      const endings = [bus.subscribe(onEvents), servers.onChange(listener)];
      return () => {
        for (const end of endings) end();
      };
    },
    killed: previousStop === 'killed' ? keptBy(store, parts) : null,
    onProblem: (error) => log.warn({ err: error }, 'what is broken could not be told'),
  });
}

function keptBy(store: Store, { clock, servers, configured }: AlertParts): { sessions: number; servers: number } {
  const { active, idle, disconnected } = store.sessions.health(clock.now()).status_breakdown;
  const running = configured.all().filter(({ entry }) => servers.stateOf(entry.name)?.state === 'running').length;
  return { sessions: active + idle + disconnected, servers: running };
}

function reasons(store: Store): (session: Session) => DisconnectReason | null {
  const known = new Map<string, DisconnectReason | null>();
  return ({ session_id, disconnected_at }) => {
    const key = `${session_id}:${disconnected_at}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const [event] = store.events.timeline({ session_id, kinds: ['session_disconnected'], limit: 1 }).events;
    const reason = event?.kind === 'session_disconnected' ? event.payload.reason : null;
    if (known.size >= MOST_REASONS) known.clear();
    known.set(key, reason);
    return reason;
  };
}
