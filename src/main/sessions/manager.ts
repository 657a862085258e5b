import type { Client } from '../../shared/contract/client';
import type { CloseReason, Door } from '../../shared/contract/event';
import type { IssuedToken, Session } from '../../shared/contract/session';
import { HoldfastError } from '../../shared/errors';
import { DEFAULT_POLICY, type SessionPolicy } from '../../shared/model/policy';
import { hasEnded } from '../../shared/model/session';
import type { Ms } from '../../shared/model/units';
import type { Clock, Random, Timers } from '../platform/ports';
import type { EventBus } from './event-bus';
import type { ReconnectTokens } from './reconnect/reconnect-tokens';
import {
  owns,
  type Principal,
  type Reconnected,
  Reconnection,
  type ReconnectLimiter,
  type ReconnectRequest,
} from './reconnect/reconnection';
import { SessionCore, type Step } from './session-core';
import type { SessionRepository, TransportRecord } from './session-ports';
import type { Call, RequestInFlight } from './transports/contact-tracker';
import {
  type Entered,
  type NewTransport,
  TransportBinding,
  type TransportEffects,
} from './transports/transport-binding';

const EXPIRY_BATCH = 500;

export interface SessionManagerDeps {
  readonly repository: SessionRepository;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly tokens: ReconnectTokens;
  readonly limiter?: ReconnectLimiter;
  readonly policy?: SessionPolicy;
  /** Told of failures that no caller can be told of. */
  readonly onProblem: (error: unknown) => void;
}

/**
 * The one way in which a session changes. REST, MCP tools, WebSocket, window and timers are doors to it. Every change is
 * committed before the call returns and published after; a read never changes anything.
 */
export class SessionManager {
  private readonly core: SessionCore;
  private readonly binding: TransportBinding;
  private readonly reconnection: Reconnection;

  constructor(deps: SessionManagerDeps) {
    this.core = new SessionCore({ ...deps, policy: deps.policy ?? DEFAULT_POLICY });
    this.binding = new TransportBinding(this.core, deps.random);
    this.reconnection = new Reconnection(this.core, this.binding, deps.tokens, deps.limiter ?? null);
  }

  /** Connects the protocol front, which ends, moves and cuts transports as sessions change. */
  setTransportEffects(effects: TransportEffects): void {
    this.binding.setEffects(effects);
  }

  /**
   * Marks sessions that were attached when the last run ended without a word as disconnected.
   * @param lastAlive - the last moment that run is known to have lived
   */
  recover(lastAlive: Ms): void {
    this.core.runAll(
      this.core.repository.sessions.attached().map(({ session: { session_id, last_activity } }) => {
        const contact_lost_at = Math.max(last_activity, lastAlive);
        return {
          sessionId: session_id,
          command: { type: 'disconnect', reason: 'supervisor_killed', contact_lost_at },
        };
      }),
    );
  }

  /** From now on a stream that ends was ended by us: it says nothing about its client. First of the quit phases. */
  prepareStop(): void {
    this.binding.contacts.isStopping = true;
  }

  /**
   * Marks every attached session as disconnected by our own stop and writes what waits. Part of the quit phases: what is
   * measured after it is dropped.
   */
  stop(): void {
    this.core.stopMeasuring();
    const contact_lost_at = this.core.clock.now();
    this.core.runAll(
      [...this.core.attached()].map(({ session: { session_id } }) => ({
        sessionId: session_id,
        command: { type: 'disconnect', reason: 'supervisor_stopped', contact_lost_at },
      })),
    );
  }

  /** Applies what time alone changes: idle, lost, quiet, expired. Call about every second. */
  tick(): void {
    this.binding.tick();
    const before = this.core.clock.now() - this.core.policy.retention;
    const over = this.core.repository.sessions.disconnectedBefore(before, EXPIRY_BATCH);
    this.binding.endAll(over.map(({ session }) => ({ sessionId: session.session_id, command: { type: 'expire' } })));
  }

  /** Removes traces that nobody needs. Call about every minute. */
  sweep(): void {
    this.binding.forgetHandshakes();
  }

  /** Records a new transport; its id is the `Mcp-Session-Id` that the client is told. */
  openTransport(input: NewTransport): TransportRecord {
    return this.binding.open(input);
  }

  /** The server that the transport leads to speaks this revision, not the one that was offered to it. */
  agreeOnVersion(transportId: string, protocolVersion: string): void {
    this.binding.agreeOnVersion(transportId, protocolVersion);
  }

  /** The transport if it is this client's and has not ended; null otherwise, for whatever reason. */
  findTransport(transportId: string, clientId: string): TransportRecord | null {
    return this.binding.find(transportId, clientId);
  }

  /**
   * The session that a request or an opening stream belongs to, made, kept or brought back as needed, and the transport as
   * it is then.
   * @param work - false for a bare stream, which alone makes no more than a `probe`
   * @throws HoldfastError `session_not_found` when it has ended
   */
  enter(transportId: string, work: boolean, client: Client): Entered {
    return this.binding.enter(transportId, work, client);
  }

  /** Counts an open push stream until the returned function is called. */
  streamOpened(transportId: string): () => void {
    return this.binding.contacts.streamOpened(transportId);
  }

  /** Counts a request in flight until it ends, with its measurement or null for none, or its client leaves. */
  requestStarted(transportId: string): RequestInFlight {
    return this.binding.contacts.requestStarted(transportId);
  }

  /** Records a call that an earlier run began: it is in flight on no transport of this one. */
  callEnded(session_id: string, call: Call, latency_ms: Ms): void {
    this.core.measure({
      at: this.core.clock.now(),
      session_id,
      kind: 'call_completed',
      payload: { ...call, latency_ms },
    });
  }

  /** The client ended the transport on purpose (HTTP DELETE). */
  endTransport(transportId: string): void {
    this.binding.end(transportId);
  }

  /** Whether a session with this id is kept, ended or not. */
  sessionExists(sessionId: string): boolean {
    return this.core.find(sessionId) !== null;
  }

  /**
   * One session as the principal may see it.
   * @throws HoldfastError `session_not_found`, also for another client's session
   */
  get(sessionId: string, principal: Principal): Session {
    const state = this.core.find(sessionId);
    if (state === null || !owns(principal, state)) throw new HoldfastError('session_not_found');
    return state.session;
  }

  /** See {@link Reconnection.issueToken}. */
  issueReconnectToken(sessionId: string, principal: Principal, door: Door): Promise<IssuedToken> {
    return this.reconnection.issueToken(sessionId, principal, door);
  }

  /** See {@link Reconnection.reconnect}. */
  reconnectSession(request: ReconnectRequest): Promise<Reconnected> {
    return this.reconnection.reconnect(request);
  }

  /** Cuts the session's transports. It stays resumable: a client that comes back finds it. */
  disconnect(sessionId: string, principal: Principal): Session {
    this.get(sessionId, principal);
    const contact_lost_at = this.core.clock.now();
    const { session } = this.core.run(sessionId, { type: 'disconnect', reason: 'user', contact_lost_at });
    this.binding.cut(sessionId);
    return session;
  }

  /** Ends the session for good. Ending one that has ended changes nothing. */
  close(sessionId: string, principal: Principal, reason: 'client' | 'user'): Session {
    this.get(sessionId, principal);
    const close = endOf(sessionId, reason);
    return this.binding.endAll([close])[0]?.session ?? this.core.load(sessionId).session;
  }

  /** Ends every session of a client whose key was taken away. */
  closeAllOf(clientId: string): void {
    const kept = this.core.repository.sessions.ofClient(clientId).filter(({ session }) => !hasEnded(session.status));
    this.binding.endAll(kept.map(({ session }) => endOf(session.session_id, 'client_removed')));
  }

  /** Sessions that are attached now, without probes. */
  attachedCount(): number {
    let count = 0;
    for (const { session } of this.core.attached()) if (!session.probe) count += 1;
    return count;
  }

  /** Writes waiting measurements now. */
  flush(): void {
    this.core.flush();
  }
}

const endOf = (sessionId: string, reason: CloseReason): Step => ({
  sessionId,
  command: { type: 'close', reason, superseded_by: null },
});
