import type { Client } from '../../../shared/contract/client';
import type { ClientProcess } from '../../../shared/contract/client-process';
import type { Door } from '../../../shared/contract/event';
import type { Era, Session, SharingRole } from '../../../shared/contract/session';
import { HoldfastError } from '../../../shared/errors';
import { isSameProcess } from '../../../shared/model/client-process';
import type { ClientId, SessionId, TransportId } from '../../../shared/model/ids';
import { hasEnded, isAttached } from '../../../shared/model/session';
import type { Ms } from '../../../shared/model/units';
import type { Random } from '../../platform/ports';
import { randomText } from '../../platform/random-text';
import { AwakeClock } from '../awake-clock';
import { type Command, type IssuedGeneration, isPastRetention } from '../decide';
import { LostOwners } from '../handover/lost-owners';
import type { Offers } from '../handover/offers';
import { cutOff } from '../handover/where-it-went';
import { afterTakeOver } from '../reconnect/token-rules';
import type { Extra, SessionCore, Step } from '../session-core';
import type {
  BoundTransport,
  Change,
  StoredSession,
  TokenClaims,
  TokenState,
  TransportRecord,
  WentTo,
} from '../session-ports';
import { comesBackAnew } from './client-programs';
import { ContactTracker } from './contact-tracker';
import { ExpectedTransports } from './expected-transports';
import { GoneProcesses } from './gone-processes';
import type { LiveTransport } from './live-transport';
import { SessionMatching } from './session-matching';
import { TransportTable } from './transport-table';

/** A client that opens more transports than this without using any of them loses the oldest. */
const MAX_HANDSHAKES = 200;

/** What the protocol front must do after a state change. Called after the commit. */
export interface TransportEffects {
  /** The transport is no longer valid: end its streams and answer its id with 404. */
  transportEnded(transport: TransportRecord): void;
  /**
   * The transport now serves a session that was not created for it. Its open standalone stream continues that
   * session's stream.
   * @param from - the session that it served before; null if none
   */
  transportMoved(transport: BoundTransport, from: string | null): void;
  /**
   * Another client has taken the session over: answer its running calls, and what its servers asked, with this sentence,
   * and let nothing of what its old client waited for reach the new one, which goes on with this transport. Called before the
   * old transports end.
   */
  sessionTakenOver(sessionId: string, sentence: string, transportId: string): void;
  /** Cut whatever is open on the transport. Its id stays valid. */
  transportCut(transportId: string): void;
}

export interface NewTransport {
  readonly client: Client;
  /** The server that its address names; null for the address of all servers. */
  readonly server: string | null;
  readonly era: Era;
  readonly client_name: string;
  readonly client_version: string;
  readonly protocol_version: string;
  readonly initialize_params: unknown;
  /** The process that opens it, if that is known. */
  readonly client_process?: ClientProcess | null;
}

/** The transport that a request arrived on, and the session that it serves. */
export interface Entered {
  readonly transport: BoundTransport;
  readonly session: Session;
}

/** A reconnect with a token that was found valid. */
export interface ReconnectByToken {
  readonly sessionId: string;
  /** The transport that presented the token; null if it came another way. */
  readonly transportId: string | null;
  readonly door: Door;
  readonly successor: IssuedGeneration;
  /** The session's token state after the reconnect. */
  readonly token: TokenState;
  readonly expectToken: Change['expectToken'];
}

/** A client that may have a session takes it over. */
export interface TakeOver {
  readonly sessionId: string;
  /** The transport on which it goes on. */
  readonly transportId: string;
  readonly client: Client;
  readonly door: Door;
  /** The token that the client gets with it, and its claims. */
  readonly successor?: IssuedGeneration;
  readonly claims?: TokenClaims;
}

/** A client that may have a session shares its servers. */
export interface Join {
  readonly sessionId: string;
  /** The transport whose session joins it; that session is created if there is none. */
  readonly transportId: string;
  readonly client: Client;
  /** Which of the two servers ask. */
  readonly asks: SharingRole;
  readonly door: Door;
  /** False if the transport has only opened a stream. */
  readonly work: boolean;
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
  private readonly gone = new GoneProcesses();
  readonly lostOwners: LostOwners;
  private readonly offers: Pick<Offers, 'for' | 'isOpen'>;

  constructor(core: SessionCore, random: Random, offers: Pick<Offers, 'for' | 'isOpen'>) {
    this.core = core;
    this.offers = offers;
    this.lostOwners = new LostOwners(core);
    this.random = random;
    this.time = new AwakeClock(core.clock);
    this.table = new TransportTable(core.repository.transports, this.time);
    this.contacts = new ContactTracker(core, this.table, this.time);
    this.matching = new SessionMatching(core, this.table, this.gone, () => this.time.now());
  }

  /** Sets the protocol front. */
  setEffects(effects: TransportEffects): void {
    this.effects = effects;
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
    this.drop(surplus.map((forgotten) => this.ended(forgotten)));
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

  /**
   * The processes that a client's next transport may depend on, or those of all attached sessions: what to look for to
   * know whether they still run. Those known to have ended are left out.
   */
  processesInUse(clientId: string | null): ClientProcess[] {
    const { clock, policy, repository } = this.core;
    const waiting =
      clientId === null ? [] : repository.sessions.disconnectedSince(clientId, clock.lived() - policy.retention);
    const byPid = new Map<string, ClientProcess>();
    for (const { session } of [...waiting, ...this.core.attached()]) {
      const { client_process, client_id } = session;
      if (client_process === null || (clientId !== null && client_id !== clientId)) continue;
      if (!this.gone.has(client_process)) byPid.set(`${client_process.pid} ${client_process.started}`, client_process);
    }
    return [...byPid.values()];
  }

  /** These processes have ended: their sessions are disconnected, and other processes may go on with them. */
  processesEnded(processes: readonly ClientProcess[]): void {
    this.gone.add(processes);
    const contact_lost_at = this.core.clock.now();
    const left = [...this.core.attached()].filter(
      ({ session: { session_id, client_process } }) =>
        client_process !== null &&
        this.gone.has(client_process) &&
        !this.expected.isAwaited(session_id) &&
        this.othersOf(session_id).every(({ client_process: one }) => one !== null && this.gone.has(one)),
    );
    if (left.length === 0) return;
    this.core.runAll(
      left.map(({ session: { session_id: sessionId } }) => ({
        sessionId,
        command: { type: 'disconnect', reason: 'client_ended', contact_lost_at },
      })),
    );
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
    this.hear(transport);
    return { transport: { ...transport.record, session_id: session.session_id as SessionId }, session };
  }

  /**
   * Ends a transport at its client's request (DELETE). Its session closes with its last transport; one that is pinned or
   * offered to another client only loses its client, since a person wants to keep it.
   */
  end(transportId: string): void {
    const { session_id } = this.table.need(transportId).record;
    const isLast = session_id !== null && this.othersOf(session_id, transportId).length === 0;
    if (isLast && !this.isKept(session_id)) {
      this.endAll([{ sessionId: session_id, command: { type: 'close', reason: 'client', superseded_by: null } }]);
      return;
    }
    const ended = this.ended(this.table.need(transportId).record);
    if (isLast) {
      const contact_lost_at = this.core.clock.now();
      const command: Command = { type: 'disconnect', reason: 'client_ended', contact_lost_at };
      this.core.run(session_id, command, { transports: [ended] });
    } else this.core.repository.commit({ events: [], transports: [ended] });
    if (session_id !== null) this.table.touch(session_id);
    this.drop([ended]);
  }

  /** Ends sessions and their transports in one transaction. Returns the sessions; any that had ended are unchanged. */
  endAll(steps: readonly Step[]): StoredSession[] {
    const transports = steps.flatMap(({ sessionId }) => this.othersOf(sessionId).map((record) => this.ended(record)));
    const states = this.core.runAll(steps, { transports });
    for (const { sessionId } of steps) this.expected.withdraw(sessionId);
    this.drop(transports);
    return states;
  }

  /** Cuts everything that is open on a session's transports. Their ids stay valid. */
  cut(sessionId: string): void {
    for (const { transport_id } of this.othersOf(sessionId)) this.effects?.transportCut(transport_id);
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
    const moved = transportId === null ? null : this.bound(this.table.need(transportId), sessionId);
    const superseded = moved ? this.superseded(moved) : [];
    const spoken = moved ? spokenOn(moved) : { transport_id: null, client_version: session.client_version };
    const command: Command = { type: 'reconnect', cause: 'token', door, afterRestart, ...spoken, successor };
    const steps = [{ sessionId, command, token }, ...(moved ? this.leaving(moved.transport_id, sessionId) : [])];
    this.core.runAll(steps, { transports: moved ? [moved, ...superseded] : [], expectToken });
    if (moved) {
      this.committed(moved, superseded);
      this.hear(this.table.need(moved.transport_id));
    } else this.expectFirst(session);
    return this.core.load(sessionId).session;
  }

  /**
   * Makes a session the client's that takes it over, in one transaction: it belongs to the client from then on, all its older
   * transports end with a word of where it went, and all tokens of its old client are revoked. If the transport was the last one
   * of another session, that session is closed; that of a client without MCP sessions only loses its client, as all its chats
   * shared it.
   * @throws HoldfastError `session_not_found` when the transport has ended or is at another address, or the session has changed
   * hands. Nothing has changed then.
   */
  takeOver({ sessionId, transportId, client, door, successor, claims }: TakeOver): Session {
    const { session, token } = this.core.load(sessionId);
    const { record } = this.table.need(transportId);
    if (record.client_id !== client.client_id) throw new HoldfastError('session_not_found');
    if (record.server !== session.server) throw new HoldfastError('session_not_found', elsewhere(session));
    const moved = { ...record, session_id: sessionId as SessionId };
    const went_to: WentTo = { client: client.name, at: this.core.clock.now(), told: false };
    const lost = this.othersOf(sessionId, transportId).map((one) => ({ ...this.ended(one), went_to }));
    const returned = this.lostOwners.returned(sessionId, client.client_id);
    const { client_id, type: client_type } = client;
    const command: Command = {
      type: 'take_over',
      client: { client_id, client_type, client_name: moved.client_name },
      door,
      ...spokenOn(moved),
      successor,
    };
    this.core.runAll(
      [
        { sessionId, command, token: afterTakeOver(token, claims ?? null) },
        ...this.leaving(transportId, sessionId, record.era === 'stateless'),
      ],
      {
        transports: [moved, ...returned, ...lost],
        expectOwner: { session_id: sessionId, client_id: session.client_id },
        handover: { session_id: sessionId, to: client_id },
      },
    );
    this.expected.withdraw(sessionId);
    this.lostOwners.forget(returned);
    this.lostOwners.add(lost);
    this.effects?.sessionTakenOver(sessionId, cutOff(went_to), transportId);
    this.committed(moved, lost);
    this.hear(this.table.need(transportId));
    // Two chats of that client must not both get it.
    this.expectParallel(moved, sessionId, true);
    return this.core.load(sessionId).session;
  }

  /**
   * Lets the session of a transport use the servers of another session, in one transaction. Each stays its client's own. What
   * the servers of the joining session held is given up.
   * @returns the session that has joined
   * @throws HoldfastError `session_not_found` when the transport has ended or is at another address, or the session has changed
   * hands; `handover_impossible` for a transport of a client without sessions; `session_is_shared` when one of the two shares
   * already. Nothing has changed then.
   */
  share({ sessionId, transportId, client, asks, door, work }: Join): Session {
    const { session: host } = this.core.load(sessionId);
    const transport = this.table.need(transportId);
    const { record } = transport;
    if (record.client_id !== client.client_id) throw new HoldfastError('session_not_found');
    if (record.era === 'stateless') throw new HoldfastError('handover_impossible');
    if (record.server !== host.server) throw new HoldfastError('session_not_found', elsewhere(host));
    const guest = record.session_id === null ? null : this.core.load(record.session_id);
    if (guest && this.isOver(guest)) throw new HoldfastError('session_not_found');
    if (host.sharing !== null || guest?.session.sharing) throw new HoldfastError('session_is_shared');
    const guestId = record.session_id ?? record.reserved_session_id;
    const share = (
      role: SharingRole,
      { session_id, client_id, client_name }: Pick<Session, 'session_id' | 'client_id' | 'client_name'>,
    ): Command => ({
      type: 'share',
      sharing: { session_id, client_id, client_name, role, asks },
      work: work && role === 'guest',
      door,
    });
    const step: Step = { sessionId, command: share('host', { ...record, session_id: guestId }) };
    const joins = share('guest', host);
    const extra = { expectOwner: { session_id: sessionId, client_id: host.client_id } };
    if (guest === null) this.create(transport, work, client, { extra, commands: [joins], others: [step] });
    else {
      this.core.runAll([step, { sessionId: guestId, command: joins }], extra);
      this.resume(transport, guestId, work, client);
    }
    this.hear(transport);
    // Two chats of that client must not both join.
    this.expectParallel(record, guestId, true);
    return this.core.load(guestId).session;
  }

  /** Attaches a transport without counting a reconnect: the client is retrying because it never got the response. */
  join(sessionId: string, transportId: string | null): void {
    if (transportId === null) return;
    const transport = this.table.need(transportId);
    if (transport.record.session_id !== sessionId) {
      this.attach(transport, sessionId, { work: true, others: this.leaving(transportId, sessionId) });
    }
    this.hear(transport);
  }

  /** Applies the effects of time to the attached sessions. Call about every second. */
  tick(): void {
    this.contacts.judge();
    this.expected.forget(this.time.now());
    this.table.forget((sessionId) => this.isAttached(sessionId));
  }

  /** Removes transports that never got past the handshake. Call about every minute. */
  forgetHandshakes(): void {
    this.core.repository.transports.forgetHandshakes(
      this.core.clock.now() - this.core.policy.handshakeLife,
      this.table.handshakes(),
    );
  }

  /** Brings memory and the protocol front up to date with a committed transport and those it supersedes. */
  private committed(bound: BoundTransport, superseded: readonly TransportRecord[]): void {
    const from = this.table.update(bound);
    // Until it is bound, its state is kept under the reserved id, so a session with that id is not a move.
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
    const offered = this.offers.for(record, client);
    if (offered) return this.takeOffered(transport, offered, work, client);
    const expected = this.expected.match(
      record,
      this.time.now(),
      ({ session_id, onlyIfAlone }) =>
        this.isAttached(session_id) && (!onlyIfAlone || this.matching.isOnlyOne(record, session_id)),
    );
    if (expected !== null) {
      // The first transport after a reconnect without one replaces the old ones; parallel ones are added to them.
      const isFirst = expected.client_name === null;
      const state = this.attach(transport, expected.session_id, { work, supersede: isFirst });
      if (isFirst) this.expectParallel(transport.record, expected.session_id);
      return state;
    }
    const back = this.matching.sessionOf(record, client);
    if (back === null) return this.create(transport, work, client);
    if (record.era === 'stateless' && isAttached(back.session.status)) {
      return this.attach(transport, back.session.session_id, { work });
    }
    return this.reinitialize(transport, back, work);
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
      return this.core.load(this.share({ sessionId, transportId, client, asks, door: 'mcp', work }).session_id);
    }
    this.takeOver({ sessionId, transportId, client, door: 'mcp' });
    const state = this.core.load(sessionId);
    return work && state.session.probe ? this.core.run(sessionId, { ...traffic(transport), work }) : state;
  }

  private create(
    transport: LiveTransport,
    work: boolean,
    client: Client,
    also: { extra?: Extra; commands?: readonly Command[]; others?: readonly Step[] } = {},
  ): StoredSession {
    const { client_id, client_name, client_version, client_process, era, protocol_version, transport_id } =
      transport.record;
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
          client_process,
          era,
          protocol_version,
          transport_id,
          client_type: client.type,
          probe: !work,
          server: transport.record.server,
        },
      },
      { ...also.extra, transports: [bound] },
      also.commands,
      also.others,
    );
    this.committed(bound, []);
    return state;
  }

  /** Adds a transport to an attached session, or brings the session back if it has dropped in the meantime. */
  private attach(
    transport: LiveTransport,
    sessionId: string,
    how: { work: boolean; supersede?: boolean; others?: readonly Step[] },
  ): StoredSession {
    const { session } = this.core.load(sessionId);
    const bound = this.bound(transport, sessionId);
    const { transport_id, era, protocol_version, client_process } = bound;
    const { work } = how;
    const command: Command = isAttached(session.status)
      ? { type: 'attach', transport_id, era, protocol_version, client_process, work }
      : { ...traffic(transport), work };
    const superseded = how.supersede ? this.superseded(bound) : [];
    const transports = [bound, ...superseded];
    const [state] = this.core.runAll([{ sessionId, command }, ...(how.others ?? [])], { transports });
    this.committed(bound, superseded);
    return state ?? this.core.load(sessionId);
  }

  /** The client initialized again and its dropped session is known: one reconnect, however many transports it opens. */
  private reinitialize(transport: LiveTransport, back: StoredSession, work: boolean): StoredSession {
    const { session } = back;
    const sessionId = session.session_id;
    const silent = this.matching.dropOf(session);
    if (silent) this.core.run(sessionId, silent);
    const bound = this.bound(transport, sessionId);
    const superseded = this.superseded(bound);
    const isRestored = this.matching.isOurDoing(back);
    const cause = bound.era === 'stateless' ? (isRestored ? 'restored' : 'resumed') : 'reinitialized';
    const command: Command = {
      type: 'reconnect',
      cause,
      door: 'mcp',
      afterRestart: isRestored,
      ...spokenOn(bound),
    };
    let state = this.core.run(sessionId, command, { transports: [bound, ...superseded] });
    this.expectParallel(transport.record, sessionId);
    this.committed(bound, superseded);
    if (work && state.session.probe) state = this.core.run(sessionId, { ...traffic(transport), work });
    return state;
  }

  private resume(transport: LiveTransport, sessionId: string, work: boolean, client: Client): StoredSession {
    const state = this.core.load(sessionId);
    // Nothing is lost with a session that has only been looked at; and a client without MCP sessions, which has no other way
    // to begin anew, does not use the one that it left.
    const { probe, status, sharing } = state.session;
    const isLeft = transport.record.era === 'stateless' && !isAttached(status);
    const offered = (probe || isLeft) && sharing === null ? this.offers.for(transport.record, client) : null;
    if (offered && offered.session.session_id !== sessionId) return this.takeOffered(transport, offered, work, client);
    if (hasEnded(state.session.status)) throw new HoldfastError('session_not_found');
    if (isPastRetention(state, this.core.clock.lived(), this.core.policy)) {
      this.endAll([{ sessionId, command: { type: 'expire' } }]);
      throw new HoldfastError('session_not_found');
    }
    const afterRestart = this.matching.isOurDoing(state);
    const next = this.core.run(sessionId, { ...traffic(transport), work, afterRestart });
    // The client came back on an old transport, so no new one is expected.
    this.expected.withdrawUnnamed(sessionId);
    if (!isAttached(state.session.status)) this.expectParallel(transport.record, sessionId, true);
    return next;
  }

  /** After a reconnect without a transport, the next one that the client opens belongs to the session. */
  private expectFirst({ session_id, client_id, server }: Session): void {
    this.table.touch(session_id);
    // The client is already connected, so its next transport is more likely from another of its windows.
    if (this.table.contact(session_id).streams > 0) return;
    const until = this.time.now() + this.core.policy.reattachWindow;
    this.expected.add({ session_id, client_id, server, client_name: null, until });
  }

  /** Some clients initialize several transports at once. Those that follow count as part of the same reconnect. */
  private expectParallel(record: TransportRecord, session_id: string, onlyIfAlone = false): void {
    const { client_id, client_name, client_process, server } = record;
    // Whoever else opens a transport now may well be another chat.
    if (onlyIfAlone && (client_process === null || !isOneChat(record))) return;
    const until = this.time.now() + this.core.policy.coalesceWindow;
    this.expected.add({ session_id, client_id, server, client_name, client_process, onlyIfAlone, until });
  }

  private isOver(state: StoredSession): boolean {
    return hasEnded(state.session.status) || isPastRetention(state, this.core.clock.lived(), this.core.policy);
  }

  private isAttached(sessionId: string): boolean {
    const state = this.core.find(sessionId);
    return state !== null && isAttached(state.session.status);
  }

  /**
   * The transport's record, bound to this session.
   * @throws HoldfastError `session_not_found` when client or server differ from the session's
   */
  private bound({ record }: LiveTransport, sessionId: string): BoundTransport {
    const session = this.core.find(sessionId)?.session ?? record;
    if (session.client_id !== record.client_id || session.server !== record.server)
      throw new HoldfastError('session_not_found');
    return { ...record, session_id: sessionId as SessionId };
  }

  /**
   * The step for the session that the transport leaves, if it was that session's last transport.
   * @param isShared - whether other chats used it too, which have not given it up
   */
  private leaving(transportId: string, to: string, isShared = false): Step[] {
    const { session_id: sessionId } = this.table.need(transportId).record;
    if (sessionId === null || sessionId === to || this.othersOf(sessionId, transportId).length > 0) return [];
    const isUsed = isShared && !this.core.load(sessionId).session.probe;
    if (!isUsed && !this.isKept(sessionId)) {
      return [{ sessionId, command: { type: 'close', reason: 'superseded', superseded_by: to } }];
    }
    const contact_lost_at = this.core.clock.now();
    return [{ sessionId, command: { type: 'disconnect', reason: 'client_ended', contact_lost_at } }];
  }

  /** Whether a person wants the session kept, whatever its client does: it is pinned, or waits for another client. */
  private isKept(sessionId: string): boolean {
    const { pinned, offer } = this.core.load(sessionId).session;
    return pinned || this.offers.isOpen(offer);
  }

  /** The records of the session's other transports, marked as ended. */
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

const elsewhere = ({ server }: Session): string =>
  `The session is at /mcp${server === null ? '' : `/${server}`}. Connect there, and use the invitation on that connection.`;

/** Whether the program keeps one chat in one process. */
const isOneChat = ({ client_name, client_process }: TransportRecord): boolean =>
  client_process?.bridged === true || comesBackAnew(client_name);

const spokenOn = ({ transport_id, client_version, client_process, era, protocol_version }: TransportRecord) => ({
  transport_id,
  client_version,
  client_process,
  era,
  protocol_version,
});

const traffic = ({ record }: LiveTransport) => ({
  type: 'traffic' as const,
  work: false,
  ...spokenOn(record),
  afterRestart: false,
});
