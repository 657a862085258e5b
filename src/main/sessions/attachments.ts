import type { Client } from '../../shared/contract/client';
import type { NewEvent } from '../../shared/contract/event';
import type { Era } from '../../shared/contract/session';
import { HoldfastError } from '../../shared/errors';
import type { ClientId, SessionId, TransportId } from '../../shared/model/ids';
import { hasEnded, isAttached } from '../../shared/model/session';
import type { Ms } from '../../shared/model/units';
import type { Random } from '../platform/ports';
import type { Command } from './decide';
import { isPastRetention } from './decide';
import { type Contact, isGone, judgeContact } from './liveness';
import type { StoredSession, TransportRecord } from './ports';
import type { SessionCore } from './session-core';
import { contactOf, type LiveTransport, newLiveTransport } from './transport';

/** What the protocol front must do after the state changed. Called after the commit. */
export interface TransportEffects {
  /** The transport is no longer valid: end its streams and answer its id with 404. */
  transportEnded(transportId: string): void;
  /** The transport now serves another session: its open push stream continues that session's. */
  transportMoved(transportId: string, from: string | null, to: string): void;
  /** Cut what is open on the transport; its id stays valid. */
  transportCut(transportId: string): void;
}

export interface NewTransport {
  readonly client: Client;
  readonly era: Era;
  readonly client_name: string;
  readonly client_version: string;
  readonly protocol_version: string;
  readonly initialize_params: unknown;
}

/** A tick that comes this late means that the machine slept or the process was stopped: nobody was away in that time. */
const SLEPT: Ms = 15_000;
/** Transports with nothing open and no traffic for this long are read from the database again when they return. */
const FORGET_AFTER: Ms = 3_600_000;

/** Binds transports to sessions and knows which session has a client attached right now. */
export class Attachments {
  private readonly transports = new Map<string, LiveTransport>();
  private readonly bySession = new Map<string, Set<LiveTransport>>();
  /** Last sign of life per session that did not come over a transport: a token reconnect, or our own start. */
  private readonly touches = new Map<string, Ms>();
  /** Session that the next new transport of a client belongs to. */
  private readonly claims = new Map<string, { sessionId: string; until: Ms; client_name: string | null }>();
  private effects: TransportEffects | null = null;
  /** Set when Holdfast itself ends the streams. */
  isStopping = false;
  private lastTick: Ms;
  private readonly startedAt: Ms;

  private readonly core: SessionCore;
  private readonly random: Random;

  constructor(core: SessionCore, random: Random) {
    this.core = core;
    this.random = random;
    this.lastTick = core.clock.monotonic();
    this.startedAt = core.clock.now();
  }

  /** Connects the protocol front. */
  setEffects(effects: TransportEffects): void {
    this.effects = effects;
  }

  /** Records a new transport before its id is told to the client. It belongs to no session until {@link enter}. */
  open(input: NewTransport): TransportRecord {
    const { client, ...rest } = input;
    const record: TransportRecord = {
      ...rest,
      transport_id: `t_${Buffer.from(this.random.bytes(16)).toString('base64url')}` as TransportId,
      client_id: client.client_id as ClientId,
      session_id: null,
      created_at: this.core.clock.now(),
      ended_at: null,
    };
    this.core.repository.commit({ events: [], transports: [record] });
    this.keep(newLiveTransport(record, this.core.clock.monotonic()));
    return record;
  }

  /** The transport, if it exists, belongs to this client and has not ended; a stranger's looks like an unknown one. */
  find(transportId: string, clientId: string): TransportRecord | null {
    const transport = this.live(transportId);
    if (transport === null || transport.record.client_id !== clientId) return null;
    return transport.record;
  }

  /**
   * A request that matters (`work`), or an opening stream, arrived: attaches the transport to its session, makes one,
   * or brings it back. Returns the session.
   * @throws HoldfastError `session_not_found` when the transport or its session has ended
   */
  enter(transportId: string, work: boolean, client: Client): StoredSession {
    const transport = this.need(transportId);
    const monotonic = this.core.clock.monotonic();
    const { session_id } = transport.record;
    const state = session_id === null ? this.bind(transport, work, client) : this.resume(transport, session_id, work);
    transport.lastTraffic = monotonic;
    return state;
  }

  /** Counts an open push stream until the returned function is called. */
  streamOpened(transportId: string): () => void {
    const transport = this.need(transportId);
    transport.streams += 1;
    transport.streamLostAt = null;
    this.runOnSession(transport, { type: 'open_stream' });
    return once(() => {
      transport.streams -= 1;
      if (this.isStopping || transport.streams > 0 || transport.record.ended_at !== null) return;
      transport.streamLostAt = this.core.clock.monotonic();
      const { session_id } = transport.record;
      if (session_id && this.contact(session_id).streams === 0) this.runOnSession(transport, { type: 'lose_stream' });
    });
  }

  /** Counts a request in flight until the returned function is called; with a measurement it is recorded as a call. */
  requestStarted(transportId: string): (call: { method: string; name: string | null; ok: boolean } | null) => void {
    const transport = this.need(transportId);
    const started = this.core.clock.monotonic();
    transport.inFlight += 1;
    let done = false;
    return (call) => {
      if (done) return;
      done = true;
      transport.inFlight -= 1;
      transport.lastTraffic = this.core.clock.monotonic();
      const { session_id } = transport.record;
      if (call === null || session_id === null) return;
      const latency_ms = Math.round((transport.lastTraffic - started) * 100) / 100;
      const at = this.core.clock.now();
      this.core.measure({ at, session_id, kind: 'call_completed', payload: { ...call, latency_ms } });
    };
  }

  /** The client ended the transport on purpose (DELETE). Its session closes with its last transport. */
  end(transportId: string): void {
    const transport = this.need(transportId);
    const ended = this.ended(transport.record);
    const { session_id } = transport.record;
    const isLast = session_id !== null && this.othersOf(session_id, transportId).length === 0;
    if (isLast) {
      this.core.run(session_id, { type: 'close', reason: 'client', superseded_by: null }, { transports: [ended] });
    } else {
      this.core.repository.commit({ events: [], transports: [ended] });
    }
    this.drop([ended]);
  }

  /** Cuts everything that is open on a session's transports; their ids stay valid. */
  cut(sessionId: string): void {
    for (const { transport_id } of this.core.repository.transportsOf(sessionId))
      this.effects?.transportCut(transport_id);
  }

  /** Records that end the session's transports: for the transaction that ends the session. */
  endedTransportsOf(sessionId: string, except?: string): TransportRecord[] {
    return this.othersOf(sessionId, except).map((record) => this.ended(record));
  }

  /** What attaches a transport to the session of a consumed token, superseding what the session had. */
  moveTo(sessionId: string, transportId: string | null): { transports: TransportRecord[]; left: string | null } {
    if (transportId === null) return { transports: [], left: null };
    const { record } = this.need(transportId);
    const moved: TransportRecord = { ...record, session_id: sessionId as SessionId };
    const left = record.session_id !== null && record.session_id !== sessionId ? record.session_id : null;
    const leavesNobody = left !== null && this.othersOf(left, transportId).length === 0;
    return {
      transports: [moved, ...this.endedTransportsOf(sessionId, transportId)],
      left: leavesNobody ? left : null,
    };
  }

  /** Takes over what was committed with the records of {@link moveTo} or {@link endedTransportsOf}. */
  committed(records: readonly TransportRecord[]): void {
    for (const record of records) {
      if (record.ended_at !== null) continue;
      const transport = this.need(record.transport_id);
      const from = transport.record.session_id;
      this.leaveSession(transport);
      transport.record = record;
      this.keep(transport);
      if (record.session_id !== null && from !== record.session_id) {
        this.effects?.transportMoved(record.transport_id, from, record.session_id);
      }
    }
    this.drop(records.filter((record) => record.ended_at !== null));
  }

  /** A session came back without a transport: what the client opens next within the re-attach window belongs to it. */
  claim(session: { session_id: string; client_id: string }): void {
    this.touches.set(session.session_id, this.core.clock.monotonic());
    const until = this.core.clock.monotonic() + this.core.policy.reattachWindow;
    this.claims.set(session.client_id, { sessionId: session.session_id, until, client_name: null });
  }

  /** Applies what time makes of the attached sessions. Call about every second. */
  tick(): void {
    const time = { now: this.core.clock.now(), monotonic: this.core.clock.monotonic() };
    const late = time.monotonic - this.lastTick;
    this.lastTick = time.monotonic;
    if (late > SLEPT) this.shift(late);
    for (const { session } of [...this.core.attached()]) {
      const command = judgeContact(session, this.contact(session.session_id), time, this.core.policy);
      if (command) this.core.run(session.session_id, command);
    }
    for (const [clientId, claim] of this.claims) if (claim.until < time.monotonic) this.claims.delete(clientId);
    for (const transport of this.transports.values()) {
      const isOpen = transport.streams > 0 || transport.inFlight > 0;
      if (!isOpen && time.monotonic - transport.lastTraffic > FORGET_AFTER) this.leave(transport);
    }
  }

  /** Removes handshakes that never led to anything. Call about every minute. */
  forgetHandshakes(): void {
    const open = [...this.transports.values()].filter((transport) => transport.streams > 0 || transport.inFlight > 0);
    const keep = new Set(open.map((transport) => transport.record.transport_id as string));
    this.core.repository.forgetHandshakes(this.core.clock.now() - this.core.policy.handshakeLife, keep);
  }

  contact(sessionId: string): Contact {
    return contactOf(this.bySession.get(sessionId) ?? [], this.touches.get(sessionId) ?? 0);
  }

  private resume(transport: LiveTransport, sessionId: string, work: boolean): StoredSession {
    const state = this.core.load(sessionId);
    if (hasEnded(state.session.status)) throw new HoldfastError('session_not_found');
    if (isPastRetention(state.session, this.core.clock.now(), this.core.policy)) {
      this.expire(sessionId);
      throw new HoldfastError('session_not_found');
    }
    const { transport_id, client_version } = transport.record;
    const afterRestart = isOurDoing(state);
    return this.core.run(sessionId, { type: 'traffic', work, transport_id, client_version, afterRestart });
  }

  /** Ends a session whose retention is over. */
  expire(sessionId: string): void {
    const transports = this.endedTransportsOf(sessionId);
    this.core.run(sessionId, { type: 'expire' }, { transports });
    this.drop(transports);
  }

  private bind(transport: LiveTransport, work: boolean, client: Client): StoredSession {
    const { record } = transport;
    const claimed = this.claimed(record);
    if (claimed !== null) return this.attach(transport, claimed, work);
    const back = record.era === 'stateless' ? this.statelessSession(record) : this.droppedSession(record);
    if (back === null) return this.create(transport, work, client);
    if (record.era === 'stateless' && isAttached(back.session.status)) {
      return this.attach(transport, back.session.session_id, work);
    }
    return this.reinitialize(transport, back, work);
  }

  private create(transport: LiveTransport, work: boolean, client: Client): StoredSession {
    const { record } = transport;
    const sessionId = `s_${Buffer.from(this.random.bytes(16)).toString('base64url')}` as SessionId;
    const { client_id, client_name, client_version, era, protocol_version, transport_id } = record;
    const created: NewEvent = {
      at: this.core.clock.now(),
      session_id: sessionId,
      kind: 'session_created',
      payload: {
        client_id,
        client_type: client.type,
        client_name,
        client_version,
        era,
        protocol_version,
        transport_id,
        probe: !work,
      },
    };
    const bound = { ...record, session_id: sessionId };
    const state = this.core.apply(sessionId, [created], { transports: [bound] });
    this.committed([bound]);
    return state;
  }

  private attach(transport: LiveTransport, sessionId: string, work: boolean): StoredSession {
    const bound = { ...transport.record, session_id: sessionId as SessionId };
    const { transport_id, era, protocol_version } = bound;
    const command: Command = { type: 'attach', transport_id, era, protocol_version, work };
    const state = this.core.run(sessionId, command, { transports: [bound] });
    this.committed([bound]);
    return state;
  }

  /** The client initialized anew and its dropped session is known: one reconnect, whatever else it opens next to it. */
  private reinitialize(transport: LiveTransport, back: StoredSession, work: boolean): StoredSession {
    const { session } = back;
    const sessionId = session.session_id;
    const { client_id, client_name, client_version, transport_id } = transport.record;
    if (isAttached(session.status)) {
      const lost = this.core.clock.monotonic() - (this.contact(sessionId).streamLostAt ?? this.core.clock.monotonic());
      const contact_lost_at = this.core.clock.now() - lost;
      this.core.run(sessionId, { type: 'disconnect', reason: 'stream_lost', contact_lost_at });
    }
    const bound = { ...transport.record, session_id: sessionId as SessionId };
    const transports = [bound, ...this.endedTransportsOf(sessionId, transport_id)];
    const cause = transport.record.era === 'stateless' ? (isOurDoing(back) ? 'restored' : 'resumed') : 'reinitialized';
    const command: Command = { type: 'reconnect', cause, door: 'mcp', transport_id, client_version };
    let state = this.core.run(sessionId, command, { transports });
    if (work && state.session.probe) state = this.core.run(sessionId, { ...traffic(transport), work });
    const until = this.core.clock.monotonic() + this.core.policy.coalesceWindow;
    this.claims.set(client_id, { sessionId, until, client_name });
    this.committed(transports);
    return state;
  }

  private claimed(record: TransportRecord): string | null {
    const claim = this.claims.get(record.client_id);
    if (!claim || claim.until < this.core.clock.monotonic()) return null;
    if (claim.client_name !== null && claim.client_name !== record.client_name) return null;
    const state = this.core.find(claim.sessionId);
    if (claim.client_name === null) this.claims.delete(record.client_id);
    return state && isAttached(state.session.status) ? claim.sessionId : null;
  }

  private statelessSession(record: TransportRecord): StoredSession | null {
    const stored = this.core.repository.statelessSession(record.client_id);
    const state = stored && this.core.find(stored.session.session_id);
    return state && !isPastRetention(state.session, this.core.clock.now(), this.core.policy) ? state : null;
  }

  /** The one session of this client that dropped just now; null when there is none, or more than one to choose from. */
  private droppedSession(record: TransportRecord): StoredSession | null {
    const { clock, policy, repository } = this.core;
    const now = clock.now();
    const stored = repository.disconnectedSince(record.client_id, now - policy.retention);
    const disconnected = stored.filter(
      (state) =>
        now - (isOurDoing(state) ? Math.max(this.startedAt, lostAt(state)) : lostAt(state)) <= policy.reattachWindow,
    );
    const silent = [...this.core.attached()].filter(
      ({ session }) => session.client_id === record.client_id && isGone(this.contact(session.session_id)),
    );
    const candidates = [...disconnected, ...silent].filter(
      ({ session }) => !session.probe && session.era === 'sessionful' && session.client_name === record.client_name,
    );
    return candidates.length === 1 ? (candidates[0] ?? null) : null;
  }

  private othersOf(sessionId: string, except?: string): TransportRecord[] {
    return this.core.repository.transportsOf(sessionId).filter((record) => record.transport_id !== except);
  }

  private ended(record: TransportRecord): TransportRecord {
    return { ...record, ended_at: this.core.clock.now() };
  }

  private runOnSession(transport: LiveTransport, command: Command): void {
    const { session_id } = transport.record;
    if (session_id !== null) this.core.run(session_id, command);
  }

  private shift(gap: Ms): void {
    for (const transport of this.transports.values()) {
      transport.lastTraffic += gap;
      if (transport.streamLostAt !== null) transport.streamLostAt += gap;
    }
    for (const [sessionId, at] of this.touches) this.touches.set(sessionId, at + gap);
  }

  private live(transportId: string): LiveTransport | null {
    const known = this.transports.get(transportId);
    if (known) return known;
    const record = this.core.repository.transport(transportId);
    if (record === null || record.ended_at !== null) return null;
    return this.keep(newLiveTransport(record, this.core.clock.monotonic()));
  }

  private need(transportId: string): LiveTransport {
    const transport = this.live(transportId);
    if (transport === null) throw new HoldfastError('session_not_found');
    return transport;
  }

  private keep(transport: LiveTransport): LiveTransport {
    const { transport_id, session_id } = transport.record;
    this.transports.set(transport_id, transport);
    if (session_id !== null) {
      const peers = this.bySession.get(session_id) ?? new Set();
      this.bySession.set(session_id, peers.add(transport));
    }
    return transport;
  }

  private drop(records: readonly TransportRecord[]): void {
    for (const record of records) {
      const transport = this.transports.get(record.transport_id);
      if (transport) {
        this.leave(transport);
        transport.record = record;
      }
      this.effects?.transportEnded(record.transport_id);
    }
  }

  private leave(transport: LiveTransport): void {
    this.transports.delete(transport.record.transport_id);
    this.leaveSession(transport);
  }

  private leaveSession(transport: LiveTransport): void {
    const { session_id } = transport.record;
    if (session_id === null) return;
    const peers = this.bySession.get(session_id);
    peers?.delete(transport);
    if (peers?.size === 0) this.bySession.delete(session_id);
  }
}

const lostAt = (state: StoredSession): Ms => state.session.disconnected_at ?? 0;

const isOurDoing = (state: StoredSession): boolean =>
  state.disconnect_reason === 'supervisor_stopped' || state.disconnect_reason === 'supervisor_killed';

const traffic = ({ record }: LiveTransport) => ({
  type: 'traffic' as const,
  transport_id: record.transport_id,
  client_version: record.client_version,
  afterRestart: false,
});

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    work();
  };
}
