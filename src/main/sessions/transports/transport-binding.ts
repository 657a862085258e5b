import type { Client } from '../../../shared/contract/client';
import type { Door } from '../../../shared/contract/event';
import type { Era, Session } from '../../../shared/contract/session';
import { HoldfastError } from '../../../shared/errors';
import type { ClientId, SessionId, TransportId } from '../../../shared/model/ids';
import { hasEnded, isAttached } from '../../../shared/model/session';
import type { Random } from '../../platform/ports';
import { randomText } from '../../platform/random-text';
import { AwakeClock } from '../awake-clock';
import { type Command, type IssuedGeneration, isPastRetention } from '../decide';
import type { SessionCore, Step } from '../session-core';
import type { BoundTransport, Change, StoredSession, TokenState, TransportRecord } from '../session-ports';
import { ContactTracker } from './contact-tracker';
import { ExpectedTransports } from './expected-transports';
import type { LiveTransport } from './live-transport';
import { SessionMatching } from './session-matching';
import { TransportTable } from './transport-table';

/** What the protocol front must do after the state changed. Called after the commit. */
export interface TransportEffects {
  /** The transport is no longer valid: end its streams and answer its id with 404. */
  transportEnded(transport: TransportRecord): void;
  /**
   * The transport now serves a session that was not made for it: its open push stream continues that session's.
   * @param from - the session that it served before; null when it served none
   */
  transportMoved(transport: BoundTransport, from: string | null): void;
  /** Cut what is open on the transport; its id stays valid. */
  transportCut(transportId: string): void;
}

export interface NewTransport {
  readonly client: Client;
  /** The one server that its address names; null for the address of all. */
  readonly server: string | null;
  readonly era: Era;
  readonly client_name: string;
  readonly client_version: string;
  readonly protocol_version: string;
  readonly initialize_params: unknown;
}

/** A transport as a request on it finds it, and the session that it serves. */
export interface Entered {
  readonly transport: BoundTransport;
  readonly session: Session;
}

/** A reconnect token that is good, and what it does. */
export interface ReconnectByToken {
  readonly sessionId: string;
  /** The transport that presented it; null when it was presented another way. */
  readonly transportId: string | null;
  readonly door: Door;
  readonly successor: IssuedGeneration;
  /** What the session knows of its tokens from then on. */
  readonly token: TokenState;
  readonly expectToken: Change['expectToken'];
}

/** Binds transports to sessions. */
export class TransportBinding {
  readonly contacts: ContactTracker;
  private effects: TransportEffects | null = null;
  private readonly core: SessionCore;
  private readonly random: Random;
  private readonly time: AwakeClock;
  private readonly table: TransportTable;
  private readonly matching: SessionMatching;
  private readonly expected = new ExpectedTransports();

  constructor(core: SessionCore, random: Random) {
    this.core = core;
    this.random = random;
    this.time = new AwakeClock(core.clock);
    this.table = new TransportTable(core.repository.transports, this.time);
    this.contacts = new ContactTracker(core, this.table, this.time);
    this.matching = new SessionMatching(core, this.table, () => this.time.now());
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
      transport_id: this.newId('t') as TransportId,
      client_id: client.client_id as ClientId,
      session_id: null,
      reserved_session_id: this.newId('s') as SessionId,
      created_at: this.core.clock.now(),
      ended_at: null,
    };
    this.core.repository.commit({ events: [], transports: [record] });
    this.table.add(record);
    return record;
  }

  /** The server that the transport leads to speaks this revision, not the one that was offered to it. */
  agreeOnVersion(transportId: string, protocol_version: string): void {
    const record = { ...this.table.need(transportId).record, protocol_version };
    this.core.repository.commit({ events: [], transports: [record] });
    this.table.update(record);
  }

  /** The transport, if it exists, belongs to this client and has not ended; a stranger's looks like an unknown one. */
  find(transportId: string, clientId: string): TransportRecord | null {
    const transport = this.table.find(transportId);
    if (transport === null || transport.record.client_id !== clientId) return null;
    return transport.record;
  }

  /**
   * A request that matters (`work`), or an opening stream, arrived: attaches the transport to its session, makes one,
   * or brings it back. Returns both as they are then.
   * @throws HoldfastError `session_not_found` when the transport or its session has ended
   */
  enter(transportId: string, work: boolean, client: Client): Entered {
    const transport = this.table.need(transportId);
    const { session_id } = transport.record;
    const { session } =
      session_id === null ? this.bind(transport, work, client) : this.resume(transport, session_id, work);
    this.hear(transport);
    return { transport: { ...transport.record, session_id: session.session_id as SessionId }, session };
  }

  /** The client ended the transport on purpose (DELETE). Its session closes with its last transport. */
  end(transportId: string): void {
    const { session_id } = this.table.need(transportId).record;
    if (session_id !== null && this.othersOf(session_id, transportId).length === 0) {
      this.endAll([{ sessionId: session_id, command: { type: 'close', reason: 'client', superseded_by: null } }]);
      return;
    }
    const ended = this.ended(this.table.need(transportId).record);
    this.core.repository.commit({ events: [], transports: [ended] });
    if (session_id !== null) this.table.touch(session_id);
    this.drop([ended]);
  }

  /** Ends sessions with their transports, in one transaction. Returns them; those that had ended are as they were. */
  endAll(steps: readonly Step[]): StoredSession[] {
    const transports = steps.flatMap(({ sessionId }) => this.othersOf(sessionId).map((record) => this.ended(record)));
    const states = this.core.runAll(steps, { transports });
    for (const { sessionId } of steps) this.expected.withdraw(sessionId);
    this.drop(transports);
    return states;
  }

  /** Cuts everything that is open on a session's transports; their ids stay valid. */
  cut(sessionId: string): void {
    for (const { transport_id } of this.othersOf(sessionId)) this.effects?.transportCut(transport_id);
  }

  /**
   * A session comes back by its token, in one transaction with what consumes the token. The transport that asked serves it
   * from then on, in place of the session's others, and a session that it leaves without any is closed. Without a transport,
   * what its client opens next within the re-attach window belongs to the session.
   * @throws HoldfastError `session_not_found` when the transport has ended, or is another client's or server's than the
   * session, `token_mismatch`; nothing has changed then
   */
  reconnect({ sessionId, transportId, door, successor, token, expectToken }: ReconnectByToken): Session {
    const { session } = this.core.load(sessionId);
    const moved = transportId === null ? null : this.bound(this.table.need(transportId), sessionId);
    const superseded = moved ? this.superseded(moved) : [];
    const spoken = moved ? spokenOn(moved) : { transport_id: null, client_version: session.client_version };
    const command: Command = { type: 'reconnect', cause: 'token', door, ...spoken, successor };
    const steps = [{ sessionId, command, token }, ...(moved ? this.leaving(moved.transport_id, sessionId) : [])];
    this.core.runAll(steps, { transports: moved ? [moved, ...superseded] : [], expectToken });
    if (moved) {
      this.committed(moved, superseded);
      this.hear(this.table.need(moved.transport_id));
    } else this.expectFirst(session);
    return this.core.load(sessionId).session;
  }

  /** Attaches one more transport to a session, without counting: its client asked again for an answer that got lost. */
  join(sessionId: string, transportId: string | null): void {
    if (transportId === null) return;
    const transport = this.table.need(transportId);
    if (transport.record.session_id !== sessionId) {
      this.attach(transport, sessionId, { work: true, others: this.leaving(transportId, sessionId) });
    }
    this.hear(transport);
  }

  /** Applies what time makes of the attached sessions. Call about every second. */
  tick(): void {
    this.contacts.judge();
    this.expected.forget(this.time.now());
    this.table.forget((sessionId) => this.isAttached(sessionId));
  }

  /** Removes handshakes that never led to anything. Call about every minute. */
  forgetHandshakes(): void {
    this.core.repository.transports.forgetHandshakes(
      this.core.clock.now() - this.core.policy.handshakeLife,
      this.table.open(),
    );
  }

  /** Takes over what was committed of a transport, and of those that it supersedes. */
  private committed(bound: BoundTransport, superseded: readonly TransportRecord[]): void {
    const from = this.table.update(bound);
    // What it began with is kept under the id of the session that is made for it.
    const isMoved = bound.session_id !== (from ?? bound.reserved_session_id);
    if (isMoved) this.effects?.transportMoved(bound, from);
    this.drop(superseded);
  }

  private hear(transport: LiveTransport): void {
    transport.lastHeard = this.time.now();
    transport.lastTraffic = transport.lastHeard;
  }

  private bind(transport: LiveTransport, work: boolean, client: Client): StoredSession {
    const { record } = transport;
    const expected = this.expected.match(
      record,
      this.time.now(),
      ({ session_id, onlyIfAlone }) =>
        this.isAttached(session_id) && (!onlyIfAlone || this.matching.isOnlyOne(record, session_id)),
    );
    if (expected !== null) {
      // The first that comes after a reconnect without a transport; the others come next to what the session has.
      const isFirst = expected.client_name === null;
      const state = this.attach(transport, expected.session_id, { work, supersede: isFirst });
      if (isFirst) this.expectParallel(transport.record, expected.session_id);
      return state;
    }
    const back = this.matching.sessionOf(record);
    if (back === null) return this.create(transport, work, client);
    if (record.era === 'stateless' && isAttached(back.session.status)) {
      return this.attach(transport, back.session.session_id, { work });
    }
    return this.reinitialize(transport, back, work);
  }

  private create(transport: LiveTransport, work: boolean, client: Client): StoredSession {
    const { client_id, client_name, client_version, era, protocol_version, transport_id } = transport.record;
    const session_id = transport.record.reserved_session_id;
    const bound = this.bound(transport, session_id);
    const state = this.core.create(
      {
        at: this.core.clock.now(),
        session_id,
        kind: 'session_created',
        payload: {
          client_id,
          client_name,
          client_version,
          era,
          protocol_version,
          transport_id,
          client_type: client.type,
          probe: !work,
          server: transport.record.server,
        },
      },
      { transports: [bound] },
    );
    this.committed(bound, []);
    return state;
  }

  /** Adds a transport to a session that is attached, or brings one back that has dropped since. */
  private attach(
    transport: LiveTransport,
    sessionId: string,
    how: { work: boolean; supersede?: boolean; others?: readonly Step[] },
  ): StoredSession {
    const { session } = this.core.load(sessionId);
    const bound = this.bound(transport, sessionId);
    const { transport_id, era, protocol_version } = bound;
    const { work } = how;
    const command: Command = isAttached(session.status)
      ? { type: 'attach', transport_id, era, protocol_version, work }
      : { ...traffic(transport), work };
    const superseded = how.supersede ? this.superseded(bound) : [];
    const transports = [bound, ...superseded];
    const [state] = this.core.runAll([{ sessionId, command }, ...(how.others ?? [])], { transports });
    this.committed(bound, superseded);
    return state ?? this.core.load(sessionId);
  }

  /** The client initialized anew and its dropped session is known: one reconnect, whatever else it opens next to it. */
  private reinitialize(transport: LiveTransport, back: StoredSession, work: boolean): StoredSession {
    const { session } = back;
    const sessionId = session.session_id;
    const silent = this.matching.dropOf(session);
    if (silent) this.core.run(sessionId, silent);
    const bound = this.bound(transport, sessionId);
    const superseded = this.superseded(bound);
    const isRestored = this.matching.isOurDoing(back);
    const cause = bound.era === 'stateless' ? (isRestored ? 'restored' : 'resumed') : 'reinitialized';
    const command: Command = { type: 'reconnect', cause, door: 'mcp', ...spokenOn(bound) };
    let state = this.core.run(sessionId, command, { transports: [bound, ...superseded] });
    this.expectParallel(transport.record, sessionId);
    this.committed(bound, superseded);
    if (work && state.session.probe) state = this.core.run(sessionId, { ...traffic(transport), work });
    return state;
  }

  private resume(transport: LiveTransport, sessionId: string, work: boolean): StoredSession {
    const state = this.core.load(sessionId);
    if (hasEnded(state.session.status)) throw new HoldfastError('session_not_found');
    if (isPastRetention(state.session, this.core.clock.now(), this.core.policy)) {
      this.endAll([{ sessionId, command: { type: 'expire' } }]);
      throw new HoldfastError('session_not_found');
    }
    const afterRestart = this.matching.isOurDoing(state);
    const next = this.core.run(sessionId, { ...traffic(transport), work, afterRestart });
    // Its client came back over what it had; nothing new of it is expected any more.
    this.expected.withdrawUnnamed(sessionId);
    if (!isAttached(state.session.status)) this.expectParallel(transport.record, sessionId, true);
    return next;
  }

  /** The session came back without a transport: what its client opens next is for it. */
  private expectFirst({ session_id, client_id, server }: Session): void {
    this.table.touch(session_id);
    // Its client is connected already: what it opens next is more likely another window of it.
    if (this.table.contact(session_id).streams > 0) return;
    const until = this.time.now() + this.core.policy.reattachWindow;
    this.expected.add({ session_id, client_id, server, client_name: null, until });
  }

  /** Clients initialize several times at once; the next ones count as part of the same return. */
  private expectParallel(record: TransportRecord, session_id: string, onlyIfAlone = false): void {
    const { client_id, client_name, server } = record;
    const until = this.time.now() + this.core.policy.coalesceWindow;
    this.expected.add({ session_id, client_id, server, client_name, onlyIfAlone, until });
  }

  private isAttached(sessionId: string): boolean {
    const state = this.core.find(sessionId);
    return state !== null && isAttached(state.session.status);
  }

  /** The transport's record when it belongs to this session. */
  private bound({ record }: LiveTransport, sessionId: string): BoundTransport {
    const session = this.core.find(sessionId)?.session ?? record;
    if (session.client_id !== record.client_id || session.server !== record.server)
      throw new HoldfastError('session_not_found');
    return { ...record, session_id: sessionId as SessionId };
  }

  /** What closes the session that the transport leaves, if it leaves nobody there. */
  private leaving(transportId: string, to: string): Step[] {
    const { session_id } = this.table.need(transportId).record;
    if (session_id === null || session_id === to || this.othersOf(session_id, transportId).length > 0) return [];
    return [{ sessionId: session_id, command: { type: 'close', reason: 'superseded', superseded_by: to } }];
  }

  /** Records that end the other transports of the session that `record` belongs to. */
  private superseded({ session_id, transport_id }: BoundTransport): TransportRecord[] {
    return this.othersOf(session_id, transport_id).map((record) => this.ended(record));
  }

  private othersOf(sessionId: string, except?: string): TransportRecord[] {
    return this.core.repository.transports.openOf(sessionId).filter((record) => record.transport_id !== except);
  }

  private ended(record: TransportRecord): TransportRecord {
    return { ...record, ended_at: this.core.clock.now() };
  }

  private drop(records: readonly TransportRecord[]): void {
    for (const record of records) {
      this.table.end(record);
      this.effects?.transportEnded(record);
    }
  }

  private newId(prefix: 's' | 't'): string {
    return `${prefix}_${randomText(this.random, 16)}`;
  }
}

const spokenOn = ({ transport_id, client_version, era, protocol_version }: TransportRecord) => ({
  transport_id,
  client_version,
  era,
  protocol_version,
});

const traffic = ({ record }: LiveTransport) => ({
  type: 'traffic' as const,
  work: false,
  ...spokenOn(record),
  afterRestart: false,
});
