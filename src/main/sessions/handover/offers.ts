import type { Client } from '../../../shared/contract/client';
import type { Door } from '../../../shared/contract/event';
import type { Session, SharingRole } from '../../../shared/contract/session';
import { HoldfastError } from '../../../shared/errors';
import { said } from '../../../shared/messages/said';
import { isSameProcess } from '../../../shared/model/client-process';
import { isOfMany } from '../../../shared/model/mcp-address';
import { hasEnded, isAttached } from '../../../shared/model/session';
import { MINUTE, type Ms, SECOND } from '../../../shared/model/units';
import { isPastRetention } from '../decide';
import type { ReconnectTokens } from '../reconnect/reconnect-tokens';
import type { SessionCore } from '../session-core';
import type { StoredSession, TransportRecord } from '../session-ports';

/** How long a session waits for the client that it is offered to. */
export const OFFER_LIFE: Ms = 5 * MINUTE;

/** A session that was offered to a client. */
export interface Offered {
  readonly session: Session;
  /** The invitation, shown this once; null when the client's next connection needs none. */
  readonly invitation: string | null;
}

/**
 * Offers of sessions to other clients. Nothing changes for the session's own client while one is open: the session goes over,
 * or is shared, in one step, when the other client comes, or not at all.
 */
export class Offers {
  private readonly core: SessionCore;
  private readonly tokens: ReconnectTokens;
  /** Ids of sessions that are offered, and of some that were; null until the stored ones are read. */
  private ids: Set<string> | null = null;

  constructor(core: SessionCore, tokens: ReconnectTokens) {
    this.core = core;
    this.tokens = tokens;
  }

  /**
   * Offers a session to a client for five minutes, in place of an earlier offer.
   * @param share - which of the two is asked by servers; omitted: the client takes the session over
   * @throws HoldfastError `session_not_found`, `session_over`, `may_not_take_over`, `handover_impossible` with a sentence that
   * says what to do, `session_is_shared`, `handover_pending` when another session already waits for the client's next connection
   */
  async offer(sessionId: string, client: Client, invited: boolean, door: Door, share?: SharingRole): Promise<Offered> {
    this.check(sessionId, client, invited, share);
    const { client_id, name: client_name } = client;
    const minted = invited ? await this.tokens.mintInvitation(sessionId, client_id, OFFER_LIFE) : null;
    // Signing was asynchronous.
    this.check(sessionId, client, invited, share);
    const issued_at = minted ? minted.claims.iat * SECOND : this.core.clock.tokens.now();
    const expires_at = minted ? minted.claims.exp * SECOND : issued_at + OFFER_LIFE;
    const how = share === undefined ? {} : { share };
    const command = { type: 'offer' as const, door, client_id, client_name, invited, ...how, issued_at, expires_at };
    const [state] = this.core.runAll([{ sessionId, command, offerHash: minted?.claims.hash }]);
    this.known().add(sessionId);
    return { session: (state ?? this.core.load(sessionId)).session, invitation: minted?.token ?? null };
  }

  /** Takes an offer back. Does nothing when there is none. */
  withdraw(sessionId: string): Session {
    return this.core.run(sessionId, { type: 'end_offer', reason: 'withdrawn' }).session;
  }

  /** Ends the offers whose time is over. Call about every second. */
  expire(): void {
    const over = this.offered().filter(({ session: { offer } }) => !this.isOpen(offer));
    this.core.runAll(
      over.map(({ session: { session_id: sessionId } }) => ({
        sessionId,
        command: { type: 'end_offer', reason: 'expired' },
      })),
    );
  }

  /** The session that this new transport takes over or joins without an invitation; null if none is offered to it. */
  for(record: TransportRecord, client: Client): StoredSession | null {
    for (const state of this.offered()) {
      const { session } = state;
      const { offer, server, client_id, client_process } = session;
      if (offer === null || offer.invited || offer.client_id !== record.client_id || server !== record.server) continue;
      if (offer.share !== undefined && record.era === 'stateless') continue;
      if (!this.isOpen(offer) || !mayTakeOver(client, client_id) || this.isOver(state)) continue;
      // The process that has the session already is not another one that it could go to.
      const { client_process: process } = record;
      const isOwn =
        client_id === record.client_id && client_process && process && isSameProcess(client_process, process);
      if (!isOwn && !this.hasNow(record, session.session_id)) return this.core.load(session.session_id);
    }
    return null;
  }

  /** Whether an offer still holds. */
  isOpen(offer: Session['offer']): boolean {
    return (
      offer !== null && !this.core.clock.tokens.hasExpired({ issuedAt: offer.issued_at, expiresAt: offer.expires_at })
    );
  }

  private known(): Set<string> {
    this.ids ??= new Set(this.core.repository.sessions.offered().map(({ session }) => session.session_id));
    return this.ids;
  }

  private offered(): StoredSession[] {
    const known = this.known();
    const found: StoredSession[] = [];
    for (const id of known) {
      const state = this.core.find(id);
      if (state?.session.offer) found.push(state);
      else known.delete(id);
    }
    return found;
  }

  /** A client without MCP sessions has one session at an address at a time, for all its chats. */
  private checkSharing({ session_id, server }: Session, { client_id }: Client, invited: boolean): void {
    const now = this.core.repository.sessions.newestStatelessOf(client_id, server)?.session;
    if (now?.session_id === session_id) throw new HoldfastError('handover_impossible', SHARED_ALREADY);
    if (!invited && now && !now.probe && isAttached(now.status)) {
      throw new HoldfastError('handover_impossible', IN_USE);
    }
  }

  private hasNow({ era, client_id, server }: TransportRecord, sessionId: string): boolean {
    if (era !== 'stateless') return false;
    return this.core.repository.sessions.newestStatelessOf(client_id, server)?.session.session_id === sessionId;
  }

  private isOver(state: StoredSession): boolean {
    return hasEnded(state.session.status) || isPastRetention(state, this.core.clock.lived(), this.core.policy);
  }

  private check(sessionId: string, client: Client, invited: boolean, share?: SharingRole): void {
    const state = this.core.load(sessionId);
    const { session } = state;
    if (this.isOver(state)) throw new HoldfastError('session_over');
    if (session.sharing !== null) throw new HoldfastError('session_is_shared');
    if (share !== undefined && (session.era === 'stateless' || client.policy === 'stateless')) {
      throw new HoldfastError('handover_impossible', NO_SHARING);
    }
    if (!mayTakeOver(client, session.client_id)) throw new HoldfastError('may_not_take_over');
    if (invited && !isOfMany(session.server)) throw new HoldfastError('handover_impossible', NO_TOOL);
    if (client.policy === 'stateless') this.checkSharing(session, client, invited);
    const waiting = this.offered().some(
      ({ session: { session_id, offer } }) =>
        session_id !== sessionId && offer?.client_id === client.client_id && !offer.invited && this.isOpen(offer),
    );
    if (!invited && waiting) throw new HoldfastError('handover_pending');
  }
}

const NO_TOOL = said('said.handover.no_tool');
const NO_SHARING = said('said.handover.no_sharing');
const SHARED_ALREADY = said('said.handover.shared_already');
const IN_USE = said('said.handover.in_use');

/** Whether the client may have the session of this owner. Its own sessions it may have in any case: its key opens them. */
export const mayTakeOver = (client: Client, owner: string): boolean =>
  client.may_take_over || client.client_id === owner;
