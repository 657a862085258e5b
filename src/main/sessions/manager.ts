import type { Client } from '../../shared/contract/client';
import type { ClientProcess } from '../../shared/contract/client-process';
import type { CloseReason, Door } from '../../shared/contract/event';
import type { IssuedToken, Session, SharingRole } from '../../shared/contract/session';
import { HoldfastError } from '../../shared/errors';
import { DEFAULT_POLICY, MOST_PINNED, type SessionPolicy } from '../../shared/model/policy';
import { hasEnded } from '../../shared/model/session';
import type { Ms } from '../../shared/model/units';
import type { Random, SessionClock, Timers } from '../platform/ports';
import type { Command } from './decide';
import type { EventBus } from './event-bus';
import type { News } from './handover/lost-owners';
import { type Offered, Offers } from './handover/offers';
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
import type { SessionRepository, TransportRecord, WentTo } from './session-ports';
import type { Sleeps } from './sleeps';
import type { Call, RequestInFlight } from './transports/contact-tracker';
import { TransportBinding } from './transports/transport-binding';
import type { Entered, NewTransport, TransportEffects } from './transports/transport-ports';

const EXPIRY_BATCH = 500;

export interface SessionManagerDeps {
  readonly repository: SessionRepository;
  readonly bus: EventBus;
  readonly clock: SessionClock;
  readonly timers: Timers;
  readonly random: Random;
  readonly tokens: ReconnectTokens;
  readonly limiter?: ReconnectLimiter;
  readonly policy?: SessionPolicy;
  /** Sleep of the machine, which is nobody's downtime. Omitted: it never slept. */
  readonly sleeps?: Sleeps;
  /** Receives failures that cannot be thrown to a caller. */
  readonly onProblem: (error: unknown) => void;
}

/**
 * The only way to change a session. REST, MCP tools, WebSocket, window and timers all go through it. Every change is
 * committed before it is published and before the call returns. Reading changes nothing.
 */
export class SessionManager {
  private readonly core: SessionCore;
  private readonly binding: TransportBinding;
  private readonly reconnection: Reconnection;
  private readonly offers: Offers;

  constructor(deps: SessionManagerDeps) {
    this.core = new SessionCore({ ...deps, policy: deps.policy ?? DEFAULT_POLICY });
    this.offers = new Offers(this.core, deps.tokens);
    this.binding = new TransportBinding(this.core, deps.random, this.offers);
    this.reconnection = new Reconnection(this.core, this.binding, deps.tokens, this.offers, deps.limiter ?? null);
  }

  /** Sets the protocol front, which ends, moves and cuts transports as sessions change. */
  setTransportEffects(effects: TransportEffects): void {
    this.binding.setEffects(effects);
  }

  /**
   * Marks sessions as disconnected if they were still attached when the previous run was killed.
   * @param lastAlive - the last time the previous run is known to have been running
   */
  recover(lastAlive: Ms): void {
    this.core.runAll(
      this.core.repository.sessions.attached().map(({ session: { session_id, last_activity } }) => {
        // A run with a wrong clock may have left times that lie ahead.
        const contact_lost_at = Math.min(Math.max(last_activity, lastAlive), this.core.clock.now());
        return {
          sessionId: session_id,
          command: { type: 'disconnect', reason: 'supervisor_killed', contact_lost_at },
        };
      }),
    );
  }

  /** Call before closing streams: from now on a lost stream says nothing about its client, because we ended it. */
  prepareStop(): void {
    this.binding.contacts.isStopping = true;
  }

  /**
   * Writes waiting measurements and marks every attached session as disconnected by our own stop. One of the quit
   * phases: measurements made afterwards are dropped.
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

  /** Applies the changes that depend on time alone: idle, lost, quiet, expired. Call about every second. */
  tick(): void {
    this.binding.tick();
    this.offers.expire();
    const before = this.core.clock.lived() - this.core.policy.retention;
    const over = this.core.repository.sessions.disconnectedBefore(before, EXPIRY_BATCH);
    this.binding.endAll(over.map(({ session }) => ({ sessionId: session.session_id, command: { type: 'expire' } })));
  }

  /**
   * Ends disconnected sessions beyond the policy's number, those away longest first. Pinned ones and those with a running call are
   * neither ended nor counted. Call about every minute.
   * @param busy - sessions with a call that runs now
   * @returns how many it ended
   */
  endSurplus(busy: readonly string[]): number {
    const over = this.core.repository.sessions.disconnectedBeyond(this.core.policy.mostLost, busy, EXPIRY_BATCH);
    this.binding.endAll(over.map((sessionId) => ({ sessionId, command: { type: 'expire' } })));
    return over.length;
  }

  /** Removes old transports that never got a session. Call about every minute. */
  sweep(): void {
    this.binding.forgetHandshakes();
  }

  /** Records a new transport. Its id is the `Mcp-Session-Id` sent to the client. */
  openTransport(input: NewTransport): TransportRecord {
    return this.binding.open(input);
  }

  /** Records that the transport's server speaks this protocol revision instead of the one it was offered. */
  agreeOnVersion(transportId: string, protocolVersion: string): void {
    this.binding.agreeOnVersion(transportId, protocolVersion);
  }

  /** Records which process opened the transport. Too late once it has a session. */
  identifyTransport(transportId: string, process: ClientProcess): void {
    this.binding.identify(transportId, process);
  }

  /** See {@link ProcessesInUse.of}. */
  processesInUse(clientId: string | null): ClientProcess[] {
    return this.binding.processes.of(clientId);
  }

  /** Disconnects the sessions whose client processes have all ended. */
  processesEnded(processes: readonly ClientProcess[]): void {
    this.binding.processes.ended(processes);
  }

  /** The transport if it belongs to this client and has not ended; otherwise null, whatever the reason. */
  findTransport(transportId: string, clientId: string): TransportRecord | null {
    return this.binding.find(transportId, clientId);
  }

  /**
   * How long it takes at most until {@link enter} can tell which session this transport belongs to; 0 if it can now.
   * Asked earlier, it creates a new one.
   */
  undecidedFor(transportId: string): Ms {
    return this.binding.undecidedFor(transportId);
  }

  /**
   * The session that a request or an opening stream belongs to, created or brought back if needed, and the transport
   * now bound to it.
   * @param work - false if the request only opens a stream; a session created that way is a `probe`
   * @throws HoldfastError `session_not_found` when the transport or its session has ended
   */
  enter(transportId: string, work: boolean, client: Client): Entered {
    return this.binding.enter(transportId, work, client);
  }

  /** Counts an open standalone stream until the returned function is called. */
  streamOpened(transportId: string): () => void {
    return this.binding.contacts.streamOpened(transportId);
  }

  /** Counts a request in flight until it ends or its client leaves. */
  requestStarted(transportId: string): RequestInFlight {
    return this.binding.contacts.requestStarted(transportId);
  }

  /** Records a call that an earlier run began. No transport of this run has it in flight. */
  callEnded(session_id: string, call: Call, latency_ms: Ms): void {
    this.core.measure({
      at: this.core.clock.now(),
      session_id,
      kind: 'call_completed',
      payload: { ...call, latency_ms },
    });
  }

  /** Ends a transport at its client's request (HTTP DELETE). */
  endTransport(transportId: string): void {
    this.binding.end(transportId);
  }

  /** Whether a session with this id is stored, ended or not. */
  sessionExists(sessionId: string): boolean {
    return this.core.find(sessionId) !== null;
  }

  /**
   * One session, if the principal may see it.
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

  /** See {@link Offers.offer}. */
  offerSession(sessionId: string, client: Client, invited: boolean, door: Door, share?: SharingRole): Promise<Offered> {
    return this.offers.offer(sessionId, client, invited, door, share);
  }

  /** See {@link Offers.withdraw}. */
  withdrawOffer(sessionId: string): Session {
    return this.offers.withdraw(sessionId);
  }

  /**
   * Chooses which of two sessions that share servers is asked by them, from now on.
   * @throws HoldfastError `session_not_found`, `session_over`, `session_not_shared`
   */
  setAsked(sessionId: string, asks: SharingRole, door: Door): Session {
    const { status, sharing } = this.core.load(sessionId).session;
    if (hasEnded(status)) throw new HoldfastError('session_over');
    if (sharing === null) throw new HoldfastError('session_not_shared');
    return this.onBoth(sessionId, sharing.session_id, { type: 'set_asked', asks, door });
  }

  /** Whether the session shares servers with another one; false for one that there is not. */
  isSharing(sessionId: string): boolean {
    const state = this.core.find(sessionId);
    return state !== null && state.session.sharing !== null;
  }

  /** Ends the sharing of two sessions, by either of them. The servers stay with the host. Without sharing, nothing changes. */
  stopSharing(sessionId: string): Session {
    const { status, sharing } = this.core.load(sessionId).session;
    if (sharing === null || hasEnded(status)) return this.core.load(sessionId).session;
    return this.onBoth(sessionId, sharing.session_id, { type: 'end_sharing', reason: 'stopped' });
  }

  private onBoth(sessionId: string, otherId: string, command: Command): Session {
    this.core.runAll([sessionId, otherId].map((id) => ({ sessionId: id, command })));
    return this.core.load(sessionId).session;
  }

  /** Where the session of an ended transport went when another client took it over; null if none did. */
  wentTo(transportId: string, clientId: string): WentTo | null {
    return this.binding.lostOwners.of(transportId, clientId);
  }

  /** See {@link LostOwners.take}. */
  takeNews(transport: TransportRecord, client: Client): News | null {
    return this.binding.lostOwners.take(transport, client);
  }

  /** Cuts the session's transports. The session stays resumable, so its client can come back to it. */
  disconnect(sessionId: string, principal: Principal): Session {
    this.get(sessionId, principal);
    const contact_lost_at = this.core.clock.now();
    const { session } = this.core.run(sessionId, { type: 'disconnect', reason: 'user', contact_lost_at });
    this.binding.cut(sessionId);
    return session;
  }

  /**
   * Keeps the session, with its servers' processes, until it is unpinned or ended; or no longer, which gives it its usual
   * retention from now on.
   * @throws HoldfastError `session_not_found`, `session_over` when it has ended, `too_many_pinned`
   */
  setPinned(sessionId: string, principal: Principal, pinned: boolean, door: Door): Session {
    const { status, pinned: was } = this.get(sessionId, principal);
    if (hasEnded(status)) throw new HoldfastError('session_over');
    if (pinned && !was && this.core.repository.sessions.pinnedCount() >= MOST_PINNED) {
      throw new HoldfastError('too_many_pinned');
    }
    return this.core.run(sessionId, { type: pinned ? 'pin' : 'unpin', door }).session;
  }

  /** Ends the session for good. Has no effect on a session that has already ended. */
  close(sessionId: string, principal: Principal, reason: 'client' | 'user'): Session {
    this.get(sessionId, principal);
    const close = endOf(sessionId, reason);
    return this.binding.endAll([close])[0]?.session ?? this.core.load(sessionId).session;
  }

  /** Ends every session of a client that was removed. */
  closeAllOf(clientId: string): void {
    const kept = this.core.repository.sessions.ofClient(clientId).filter(({ session }) => !hasEnded(session.status));
    this.binding.endAll(kept.map(({ session }) => endOf(session.session_id, 'client_removed')));
  }

  /** The number of attached sessions, not counting probes. */
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
