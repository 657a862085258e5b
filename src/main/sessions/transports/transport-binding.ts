import type { Client } from '../../../shared/contract/client';
import type { ClientProcess } from '../../../shared/contract/client-process';
import type { Session } from '../../../shared/contract/session';
import { isSameProcess } from '../../../shared/model/client-process';
import type { ClientId, SessionId, TransportId } from '../../../shared/model/ids';
import { isAttached } from '../../../shared/model/session';
import type { Ms } from '../../../shared/model/units';
import type { Random } from '../../platform/ports';
import { randomText } from '../../platform/random-text';
import { AwakeClock } from '../awake-clock';
import type { Command } from '../decide';
import { LostOwners } from '../handover/lost-owners';
import type { Offers } from '../handover/offers';
import type { SessionCore, Step } from '../session-core';
import type { StoredSession, TransportRecord } from '../session-ports';
import { ContactTracker } from './contact-tracker';
import { GoneProcesses } from './gone-processes';
import { Handovers } from './handovers';
import type { LiveTransport } from './live-transport';
import { ProcessesInUse } from './processes-in-use';
import { SessionEntry } from './session-entry';
import { SessionMatching } from './session-matching';
import { SessionTransports } from './session-transports';
import { spokenOn, traffic } from './spoken-on';
import type { Entered, Join, NewTransport, ReconnectByToken, TakeOver, TransportEffects } from './transport-ports';
import { TransportTable } from './transport-table';

/** A client that opens more transports than this without using any of them loses the oldest. */
const MAX_HANDSHAKES = 200;

/** Binds transports to sessions. */
export class TransportBinding {
  readonly contacts: ContactTracker;
  readonly lostOwners: LostOwners;
  readonly processes: ProcessesInUse;
  private readonly core: SessionCore;
  private readonly random: Random;
  private readonly time: AwakeClock;
  private readonly table: TransportTable;
  private readonly matching: SessionMatching;
  private readonly transports: SessionTransports;
  private readonly entry: SessionEntry;
  private readonly handovers: Handovers;
  private readonly offers: Pick<Offers, 'for' | 'isOpen'>;

  constructor(core: SessionCore, random: Random, offers: Pick<Offers, 'for' | 'isOpen'>) {
    const gone = new GoneProcesses();
    this.core = core;
    this.offers = offers;
    this.lostOwners = new LostOwners(core);
    this.random = random;
    this.time = new AwakeClock(core.clock);
    this.table = new TransportTable(core.repository.transports, this.time);
    this.contacts = new ContactTracker(core, this.table, this.time);
    this.matching = new SessionMatching(core, this.table, gone, () => this.time.now());
    this.transports = new SessionTransports(core, this.table, this.time, offers);
    this.processes = new ProcessesInUse(core, gone, this.transports);
    this.entry = new SessionEntry(core, this.transports, this.matching);
    this.handovers = new Handovers(core, this.table, this.transports, this.entry, this.lostOwners);
  }

  /** Sets the protocol front. */
  setEffects(effects: TransportEffects): void {
    this.transports.effects = effects;
  }

  /** Records a new transport before its id is sent to the client. It belongs to no session until {@link enter}. */
  open(input: NewTransport): TransportRecord {
    const { client, ...rest } = input;
    const record: TransportRecord = {
      ...rest,
      transport_id: this.newId('t') as TransportId,
      client_id: client.client_id as ClientId,
      session_id: null,
      reserved_session_id: this.newId('s') as SessionId,
      client_process: input.client_process ?? null,
      stream: 'none',
      created_at: this.core.clock.now(),
      ended_at: null,
      went_to: null,
    };
    this.core.repository.commit({ events: [], transports: [record] });
    this.table.add(record);
    const surplus = this.core.repository.transports.forgetSurplus(client.client_id, MAX_HANDSHAKES);
    this.transports.drop(surplus.map((forgotten) => this.transports.ended(forgotten)));
    return record;
  }

  /** Records that the transport's server speaks this protocol revision instead of the one it was offered. */
  agreeOnVersion(transportId: string, protocol_version: string): void {
    const record = { ...this.table.need(transportId).record, protocol_version };
    this.core.repository.commit({ events: [], transports: [record] });
    this.table.update(record);
  }

  /** Records which process opened the transport. Too late once it has a session. */
  identify(transportId: string, client_process: ClientProcess): void {
    const transport = this.table.find(transportId);
    if (transport === null || transport.record.session_id !== null) return;
    const record = { ...transport.record, client_process };
    this.core.repository.commit({ events: [], transports: [record] });
    this.table.update(record);
  }

  /** The transport if it belongs to this client and has not ended. Another client's looks like an unknown one: null. */
  find(transportId: string, clientId: string): TransportRecord | null {
    const transport = this.table.find(transportId);
    if (transport === null || transport.record.client_id !== clientId) return null;
    return transport.record;
  }

  /** Whether the session is on this transport already, or on another one of the same process of its client. */
  isOf(transportId: string, { session_id, client_id, client_process }: Session): boolean {
    const { record } = this.table.need(transportId);
    if (record.session_id === session_id) return true;
    const process = record.client_process;
    if (record.client_id !== client_id || process === null || client_process === null) return false;
    return isSameProcess(process, client_process);
  }

  /** How long it takes until {@link enter} can tell which session the transport belongs to; 0 if it can now. */
  undecidedFor(transportId: string): Ms {
    const transport = this.table.find(transportId);
    if (transport === null || transport.record.session_id !== null) return 0;
    return this.matching.undecidedFor(transport.record);
  }

  /**
   * Handles the arrival of a request or of an opening stream (`work` is false): attaches the transport to its session,
   * creating the session or bringing it back if needed. Returns the updated transport and session.
   * @throws HoldfastError `session_not_found` when the transport or its session has ended
   */
  enter(transportId: string, work: boolean, client: Client): Entered {
    const transport = this.table.need(transportId);
    const { session_id } = transport.record;
    const { session } =
      session_id === null ? this.bind(transport, work, client) : this.resume(transport, session_id, work, client);
    this.transports.hear(transport);
    return { transport: { ...transport.record, session_id: session.session_id as SessionId }, session };
  }

  /**
   * Ends a transport at its client's request (DELETE). Its session closes with its last transport; one that is pinned or
   * offered to another client only loses its client, since a person wants to keep it.
   */
  end(transportId: string): void {
    const { session_id } = this.table.need(transportId).record;
    const isLast = session_id !== null && this.transports.othersOf(session_id, transportId).length === 0;
    if (isLast && !this.transports.isKept(session_id)) {
      this.transports.endAll([
        { sessionId: session_id, command: { type: 'close', reason: 'client', superseded_by: null } },
      ]);
      return;
    }
    const ended = this.transports.ended(this.table.need(transportId).record);
    if (isLast) {
      const contact_lost_at = this.core.clock.now();
      const command: Command = { type: 'disconnect', reason: 'client_ended', contact_lost_at };
      this.core.run(session_id, command, { transports: [ended] });
    } else this.core.repository.commit({ events: [], transports: [ended] });
    if (session_id !== null) this.table.touch(session_id);
    this.transports.drop([ended]);
  }

  /** See {@link SessionTransports.endAll}. */
  endAll(steps: readonly Step[]): StoredSession[] {
    return this.transports.endAll(steps);
  }

  /** See {@link SessionTransports.cut}. */
  cut(sessionId: string): void {
    this.transports.cut(sessionId);
  }

  /**
   * Brings a session back by its token and consumes the token in the same transaction. The transport that presented the
   * token replaces the session's other transports; if it was the last one of another session, that session is closed.
   * Without a transport, the next one that the client opens within the re-attach window belongs to the session.
   * @throws HoldfastError `session_not_found` when the transport has ended or belongs to another client or server than
   * the session, `token_mismatch` when the stored token has changed; nothing has changed in either case
   */
  reconnect({ sessionId, transportId, door, successor, token, expectToken }: ReconnectByToken): Session {
    const state = this.core.load(sessionId);
    const { session } = state;
    const afterRestart = this.matching.isOurDoing(state);
    const moved = transportId === null ? null : this.transports.bound(this.table.need(transportId), sessionId);
    const superseded = moved ? this.transports.superseded(moved) : [];
    const spoken = moved ? spokenOn(moved) : { transport_id: null, client_version: session.client_version };
    const command: Command = { type: 'reconnect', cause: 'token', door, afterRestart, ...spoken, successor };
    const steps = [
      { sessionId, command, token },
      ...(moved ? this.transports.leaving(moved.transport_id, sessionId) : []),
    ];
    this.core.runAll(steps, { transports: moved ? [moved, ...superseded] : [], expectToken });
    if (moved) {
      this.transports.committed(moved, superseded);
      this.transports.hear(this.table.need(moved.transport_id));
    } else this.transports.expectFirst(session);
    return this.core.load(sessionId).session;
  }

  /** See {@link Handovers.takeOver}. */
  takeOver(input: TakeOver): Session {
    return this.handovers.takeOver(input);
  }

  /** See {@link Handovers.share}. */
  share(input: Join): Session {
    return this.handovers.share(input);
  }

  /** Attaches a transport without counting a reconnect: the client is retrying because it never got the response. */
  join(sessionId: string, transportId: string | null): void {
    if (transportId === null) return;
    const transport = this.table.need(transportId);
    if (transport.record.session_id !== sessionId) {
      this.entry.attach(transport, sessionId, { work: true, others: this.transports.leaving(transportId, sessionId) });
    }
    this.transports.hear(transport);
  }

  /** Applies the effects of time to the attached sessions. Call about every second. */
  tick(): void {
    this.contacts.judge();
    this.transports.expected.forget(this.time.now());
    this.table.forget((sessionId) => this.transports.isAttached(sessionId));
  }

  /** Removes transports that never got past the handshake. Call about every minute. */
  forgetHandshakes(): void {
    this.core.repository.transports.forgetHandshakes(
      this.core.clock.now() - this.core.policy.handshakeLife,
      this.table.handshakes(),
    );
  }

  private bind(transport: LiveTransport, work: boolean, client: Client): StoredSession {
    const { record } = transport;
    const offered = this.offers.for(record, client);
    if (offered) return this.takeOffered(transport, offered, work, client);
    const expected = this.transports.expected.match(
      record,
      this.time.now(),
      ({ session_id, onlyIfAlone }) =>
        this.transports.isAttached(session_id) && (!onlyIfAlone || this.matching.isOnlyOne(record, session_id)),
    );
    if (expected !== null) {
      // The first transport after a reconnect without one replaces the old ones; parallel ones are added to them.
      const isFirst = expected.client_name === null;
      const state = this.entry.attach(transport, expected.session_id, { work, supersede: isFirst });
      if (isFirst) this.transports.expectParallel(transport.record, expected.session_id);
      return state;
    }
    const back = this.matching.sessionOf(record, client);
    if (back === null) return this.entry.create(transport, work, client);
    if (record.era === 'stateless' && isAttached(back.session.status)) {
      return this.entry.attach(transport, back.session.session_id, { work });
    }
    return this.entry.reinitialize(transport, back, work);
  }

  private takeOffered(
    transport: LiveTransport,
    { session: { session_id: sessionId, offer } }: StoredSession,
    work: boolean,
    client: Client,
  ): StoredSession {
    const { transport_id: transportId } = transport.record;
    const asks = offer?.share;
    if (asks !== undefined) {
      return this.core.load(
        this.handovers.share({ sessionId, transportId, client, asks, door: 'mcp', work }).session_id,
      );
    }
    this.handovers.takeOver({ sessionId, transportId, client, door: 'mcp' });
    const state = this.core.load(sessionId);
    return work && state.session.probe ? this.core.run(sessionId, { ...traffic(transport), work }) : state;
  }

  private resume(transport: LiveTransport, sessionId: string, work: boolean, client: Client): StoredSession {
    const state = this.core.load(sessionId);
    // Nothing is lost with a session that has only been looked at; and a client without MCP sessions, which has no other way
    // to begin anew, does not use the one that it left.
    const { probe, status, sharing } = state.session;
    const isLeft = transport.record.era === 'stateless' && !isAttached(status);
    const offered = (probe || isLeft) && sharing === null ? this.offers.for(transport.record, client) : null;
    if (offered && offered.session.session_id !== sessionId) return this.takeOffered(transport, offered, work, client);
    return this.entry.goOn(transport, state, work);
  }

  private newId(prefix: 's' | 't'): string {
    return `${prefix}_${randomText(this.random, 16)}`;
  }
}
