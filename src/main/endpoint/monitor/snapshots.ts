import type { Session, SessionsHealth } from '../../../shared/contract/session';
import { SNAPSHOT_SESSIONS } from '../../../shared/contract/stream';
import { isFlapping } from '../../../shared/model/evolve';
import { countByStatus } from '../../../shared/model/session';
import { DAY, HOUR, type Ms } from '../../../shared/model/units';
import type { Services } from '../../services';
import { encode } from './frames';
import { keyOf, type Scope } from './scope';

/** A session carries this many reconnect times; if all of them are recent, there may have been more. */
const MOST_RECENT = 5;

/** The lists that monitors get, made once for all that may see the same. */
export class MonitorSnapshots {
  private readonly services: Services;
  private readonly epoch: string;
  private readonly changed = new Set<string>();
  private readonly snapshots = new Map<string, { seq: number; data: Buffer }>();

  constructor(services: Services, epoch: string) {
    this.services = services;
    this.epoch = epoch;
  }

  /** Includes a session in the next health update of the monitors that want only changes. */
  noteChange(sessionId: string): void {
    this.changed.add(sessionId);
  }

  /**
   * Starts a round of health updates. However many monitors there are, the sessions are read once, and the counts once for
   * each scope.
   * @returns makes the message for a scope, at most once
   */
  healthRound(): (scope: Scope, changesOnly: boolean) => Buffer {
    const { store, clock } = this.services;
    // A snapshot carries the time it was made, so the next round must not reuse it.
    this.snapshots.clear();
    const changed = new Set(this.changed);
    this.changed.clear();
    const timestamp = clock.now();
    const { sessions: all } = store.sessions.page({
      status: ['active', 'idle', 'disconnected'],
      include_probes: false,
      sort: 'last_activity',
      order: 'desc',
      limit: SNAPSHOT_SESSIONS,
      offset: 0,
    });
    const position = { epoch: this.epoch, seq: store.events.newestSeq() };
    const health = remembered((scope: Scope) => this.health(scope, timestamp), keyOf);
    const make = (scope: Scope, changesOnly: boolean): Buffer => {
      const sessions = all.filter(
        ({ session_id, client_id }) =>
          (scope.clientId === null || scope.clientId === client_id) &&
          (scope.sessionId === null || scope.sessionId === session_id) &&
          (!changesOnly || changed.has(session_id)),
      );
      return encode({ type: 'health_update', data: { ...health(scope), sessions, timestamp }, ...position });
    };
    const full = remembered((scope: Scope) => make(scope, false), keyOf);
    const changes = remembered((scope: Scope) => make(scope, true), keyOf);
    return (scope, changesOnly) => (changesOnly ? changes(scope) : full(scope));
  }

  /** Every session in scope, including ended ones and probes, with the event up to which the list is current. */
  snapshot(scope: Scope): { seq: number; data: Buffer } {
    const seq = this.services.store.events.newestSeq();
    const key = keyOf(scope);
    const known = this.snapshots.get(key);
    if (known?.seq === seq) return known;
    const timestamp = this.services.clock.now();
    const data = encode({ type: 'snapshot', sessions: this.sessions(scope), timestamp, epoch: this.epoch, seq });
    const made = { seq, data };
    this.snapshots.set(key, made);
    return made;
  }

  private sessions({ clientId, sessionId }: Scope): Session[] {
    const { store } = this.services;
    if (sessionId !== null) return this.one(sessionId, clientId);
    if (clientId === null) return store.sessions.snapshot(SNAPSHOT_SESSIONS);
    return store.sessions.page({
      client_id: clientId,
      include_probes: true,
      sort: 'last_activity',
      order: 'desc',
      limit: SNAPSHOT_SESSIONS,
      offset: 0,
    }).sessions;
  }

  /** Nothing once another client has the session. */
  private one(sessionId: string, clientId: string | null): Session[] {
    const { manager } = this.services;
    const found = manager.sessionExists(sessionId) ? [manager.get(sessionId, { kind: 'admin' })] : [];
    return found.filter(({ client_id }) => clientId === null || client_id === clientId);
  }

  private health({ clientId, sessionId }: Scope, now: Ms): SessionsHealth {
    const { store } = this.services;
    if (sessionId !== null) return this.healthOfOne(this.one(sessionId, clientId), now);
    return clientId === null ? store.sessions.health(now) : store.sessions.healthOf(clientId, now);
  }

  private healthOfOne(sessions: readonly Session[], now: Ms): SessionsHealth {
    const used = sessions.filter((session) => !session.probe);
    const times = sessions[0] ? this.reconnectTimes(sessions[0], now - DAY) : [];
    return {
      status_breakdown: countByStatus(sessions),
      degraded: used.filter((session) => session.degraded).length,
      flapping: used.filter((session) => isFlapping(session, now)).length,
      probes: sessions.length - used.length,
      reconnects: {
        total: sessions[0]?.reconnect_count ?? 0,
        last_hour: times.filter((at) => at > now - HOUR).length,
        last_24h: times.length,
      },
    };
  }

  private reconnectTimes(session: Session, since: Ms): Ms[] {
    const { session_id, recent_reconnects } = session;
    const recent = recent_reconnects.filter((at) => at > since);
    if (recent.length < MOST_RECENT || session.reconnect_count === MOST_RECENT) return recent;
    const { events } = this.services.store.events.timeline({ session_id, kinds: ['session_reconnected'], limit: 500 });
    return events.map((event) => event.at).filter((at) => at > since);
  }
}

/** Calls `make` only once for each key. */
function remembered<I, O>(make: (input: I) => O, keyOfInput: (input: I) => string): (input: I) => O {
  const known = new Map<string, O>();
  return (input) => {
    const key = keyOfInput(input);
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(input);
    known.set(key, made);
    return made;
  };
}
