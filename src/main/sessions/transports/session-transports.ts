import type { Session } from '../../../shared/contract/session';
import { HoldfastError } from '../../../shared/errors';
import type { SessionId } from '../../../shared/model/ids';
import { isAttached } from '../../../shared/model/session';
import type { AwakeClock } from '../awake-clock';
import type { Offers } from '../handover/offers';
import type { SessionCore, Step } from '../session-core';
import type { BoundTransport, StoredSession, TransportRecord } from '../session-ports';
import { comesBackAnew } from './client-programs';
import { ExpectedTransports } from './expected-transports';
import type { LiveTransport } from './live-transport';
import type { TransportEffects } from './transport-ports';
import type { TransportTable } from './transport-table';

/**
 * The transports of sessions: which are bound to one, which end with it or are replaced, and which are expected. Keeps memory and
 * the protocol front up to date with what is committed.
 */
export class SessionTransports {
  readonly expected = new ExpectedTransports();
  effects: TransportEffects | null = null;
  private readonly core: SessionCore;
  private readonly table: TransportTable;
  private readonly time: AwakeClock;
  private readonly offers: Pick<Offers, 'isOpen'>;

  constructor(core: SessionCore, table: TransportTable, time: AwakeClock, offers: Pick<Offers, 'isOpen'>) {
    this.core = core;
    this.table = table;
    this.time = time;
    this.offers = offers;
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

  /** Brings memory and the protocol front up to date with a committed transport and those it supersedes. */
  committed(bound: BoundTransport, superseded: readonly TransportRecord[]): void {
    const from = this.table.update(bound);
    // Until it is bound, its state is kept under the reserved id, so a session with that id is not a move.
    const isMoved = bound.session_id !== (from ?? bound.reserved_session_id);
    if (isMoved) this.effects?.transportMoved(bound, from);
    this.drop(superseded);
  }

  hear(transport: LiveTransport): void {
    transport.lastHeard = this.time.now();
    transport.lastTraffic = transport.lastHeard;
  }

  /** After a reconnect without a transport, the next one that the client opens belongs to the session. */
  expectFirst({ session_id, client_id, server }: Session): void {
    this.table.touch(session_id);
    // The client is already connected, so its next transport is more likely from another of its windows.
    if (this.table.contact(session_id).streams > 0) return;
    const until = this.time.now() + this.core.policy.reattachWindow;
    this.expected.add({ session_id, client_id, server, client_name: null, until });
  }

  /** Some clients initialize several transports at once. Those that follow count as part of the same reconnect. */
  expectParallel(record: TransportRecord, session_id: string, onlyIfAlone = false): void {
    const { client_id, client_name, client_process, server } = record;
    // Whoever else opens a transport now may well be another chat.
    if (onlyIfAlone && (client_process === null || !isOneChat(record))) return;
    const until = this.time.now() + this.core.policy.coalesceWindow;
    this.expected.add({ session_id, client_id, server, client_name, client_process, onlyIfAlone, until });
  }

  isAttached(sessionId: string): boolean {
    const state = this.core.find(sessionId);
    return state !== null && isAttached(state.session.status);
  }

  /**
   * The transport's record, bound to this session.
   * @throws HoldfastError `session_not_found` when client or server differ from the session's
   */
  bound({ record }: LiveTransport, sessionId: string): BoundTransport {
    const session = this.core.find(sessionId)?.session ?? record;
    if (session.client_id !== record.client_id || session.server !== record.server)
      throw new HoldfastError('session_not_found');
    return { ...record, session_id: sessionId as SessionId };
  }

  /**
   * The step for the session that the transport leaves, if it was that session's last transport.
   * @param isShared - whether other chats used it too, which have not given it up
   */
  leaving(transportId: string, to: string, isShared = false): Step[] {
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
  isKept(sessionId: string): boolean {
    const { pinned, offer } = this.core.load(sessionId).session;
    return pinned || this.offers.isOpen(offer);
  }

  /** The records of the session's other transports, marked as ended. */
  superseded({ session_id, transport_id }: BoundTransport): TransportRecord[] {
    return this.othersOf(session_id, transport_id).map((record) => this.ended(record));
  }

  othersOf(sessionId: string, except?: string): TransportRecord[] {
    return this.core.repository.transports.openOf(sessionId).filter((record) => record.transport_id !== except);
  }

  ended(record: TransportRecord): TransportRecord {
    return { ...record, ended_at: this.core.clock.now() };
  }

  drop(records: readonly TransportRecord[]): void {
    for (const record of records) {
      this.table.end(record);
      this.effects?.transportEnded(record);
    }
  }
}

/** Whether the program keeps one chat in one process. */
const isOneChat = ({ client_name, client_process }: TransportRecord): boolean =>
  client_process?.bridged === true || comesBackAnew(client_name);
