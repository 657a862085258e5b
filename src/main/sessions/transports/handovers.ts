import type { Session, SharingRole } from '../../../shared/contract/session';
import { HoldfastError } from '../../../shared/errors';
import type { SessionId } from '../../../shared/model/ids';
import { hasEnded } from '../../../shared/model/session';
import { type Command, isPastRetention } from '../decide';
import type { LostOwners } from '../handover/lost-owners';
import { cutOff } from '../handover/where-it-went';
import { afterTakeOver } from '../reconnect/token-rules';
import type { SessionCore, Step } from '../session-core';
import type { StoredSession, WentTo } from '../session-ports';
import type { SessionEntry } from './session-entry';
import type { SessionTransports } from './session-transports';
import { spokenOn } from './spoken-on';
import type { Join, TakeOver } from './transport-ports';
import type { TransportTable } from './transport-table';

/** Sessions that go over to another client, or share their servers with the session of one. */
export class Handovers {
  private readonly core: SessionCore;
  private readonly table: TransportTable;
  private readonly transports: SessionTransports;
  private readonly entry: SessionEntry;
  private readonly lostOwners: LostOwners;

  constructor(
    core: SessionCore,
    table: TransportTable,
    transports: SessionTransports,
    entry: SessionEntry,
    lostOwners: LostOwners,
  ) {
    this.core = core;
    this.table = table;
    this.transports = transports;
    this.entry = entry;
    this.lostOwners = lostOwners;
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
    const lost = this.transports
      .othersOf(sessionId, transportId)
      .map((one) => ({ ...this.transports.ended(one), went_to }));
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
        ...this.transports.leaving(transportId, sessionId, record.era === 'stateless'),
      ],
      {
        transports: [moved, ...returned, ...lost],
        expectOwner: { session_id: sessionId, client_id: session.client_id },
        handover: { session_id: sessionId, to: client_id },
      },
    );
    this.transports.expected.withdraw(sessionId);
    this.lostOwners.forget(returned);
    this.lostOwners.add(lost);
    this.transports.effects?.sessionTakenOver(sessionId, cutOff(went_to), transportId);
    this.transports.committed(moved, lost);
    this.transports.hear(this.table.need(transportId));
    // Two chats of that client must not both get it.
    this.transports.expectParallel(moved, sessionId, true);
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
    if (guest === null) this.entry.create(transport, work, client, { extra, commands: [joins], others: [step] });
    else {
      this.core.runAll([step, { sessionId: guestId, command: joins }], extra);
      this.entry.goOn(transport, this.core.load(guestId), work);
    }
    this.transports.hear(transport);
    // Two chats of that client must not both join.
    this.transports.expectParallel(record, guestId, true);
    return this.core.load(guestId).session;
  }

  private isOver(state: StoredSession): boolean {
    return hasEnded(state.session.status) || isPastRetention(state, this.core.clock.lived(), this.core.policy);
  }
}

const elsewhere = ({ server }: Session): string =>
  `The session is at /mcp${server === null ? '' : `/${server}`}. Connect there, and use the invitation on that connection.`;
