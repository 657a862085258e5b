import type { Client } from '../../shared/contract/client';
import type { ClientProcess } from '../../shared/contract/client-process';
import type { DisconnectReason, HoldfastEvent, NewEvent } from '../../shared/contract/event';
import type { Era, Session } from '../../shared/contract/session';
import type { ClientId, SessionId, TransportId } from '../../shared/model/ids';
import type { Ms } from '../../shared/model/units';

/** The claims of the newest reconnect token and what rotation and reuse detection need. Holds hashes, never a token. */
export interface TokenState {
  /** How many tokens were ever issued for the session. The newest token carries this number. */
  readonly generation: number;
  readonly current: TokenClaims | null;
  /** The last consumed token, for a client that never received the response. */
  readonly previous: { readonly hash: string; readonly rotated_at: Ms } | null;
  /** Highest consumed generation. Presenting it, or an older one, is reuse unless that token was superseded. */
  readonly used_generation: number;
  /** The most recent generations that were replaced by a newer token without being consumed. Oldest first. */
  readonly superseded: readonly number[];
  /** Tokens up to this generation were revoked after reuse. */
  readonly revoked_generation: number;
}

/** What is stored of an issued token: enough to sign the same bytes again. Times are JWT seconds. */
export interface TokenClaims {
  /** SHA-256 of the token, hex. */
  readonly hash: string;
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
}

export const NO_TOKEN: TokenState = {
  generation: 0,
  current: null,
  previous: null,
  used_generation: 0,
  superseded: [],
  revoked_generation: 0,
};

/** A session plus the state that only the main process knows. */
export interface StoredSession {
  readonly session: Session;
  readonly token: TokenState;
  /** SHA-256 of the invitation to take it over, hex; null unless it is offered with one. */
  readonly offer_hash: string | null;
  /** Why it is disconnected; null while attached. */
  readonly disconnect_reason: DisconnectReason | null;
  /** How long Holdfast had run when it lost contact; null while attached. */
  readonly lost_lived: Ms | null;
}

/** One protocol-level connection: an `Mcp-Session-Id`, or a stateless client. A session can outlive its transports. */
export interface TransportRecord {
  readonly transport_id: TransportId;
  readonly client_id: ClientId;
  /** Null until the first request that matters binds it. */
  readonly session_id: SessionId | null;
  /** The id of the session that would be created for it. Must not be shown to anyone until that session exists. */
  readonly reserved_session_id: SessionId;
  /** The server its address names; null for the address of all servers. The same for all transports of a session. */
  readonly server: string | null;
  readonly era: Era;
  readonly client_name: string;
  readonly client_version: string;
  readonly protocol_version: string;
  /** Parameters of the client's initialize request, used to initialize a server channel. */
  readonly initialize_params: unknown;
  /** The process that opened it; null if that is not known. */
  readonly client_process: ClientProcess | null;
  /** Its standalone stream: never there, open (also if only Holdfast's own end cut it), or closed by its client. */
  readonly stream: 'none' | 'open' | 'closed';
  readonly created_at: Ms;
  readonly ended_at: Ms | null;
  /** Where its session went when another client took it over; null if none did. */
  readonly went_to: WentTo | null;
}

/** What a client is told whose session another client has taken over. */
export interface WentTo {
  /** The name that client has in Holdfast. */
  readonly client: string;
  readonly at: Ms;
  /** The client has been told so on its next session. */
  readonly told: boolean;
}

/** A transport that is bound to a session. */
export type BoundTransport = TransportRecord & { readonly session_id: SessionId };

/** The key for all state of a transport: its session's id, or the id reserved for a session created for it. */
export const sessionKeyOf = ({ session_id, reserved_session_id }: TransportRecord): SessionId =>
  session_id ?? reserved_session_id;

/** Everything that one command changes. Committed as a whole or not at all. */
export interface Change {
  readonly events: readonly NewEvent[];
  readonly sessions?: readonly StoredSession[];
  readonly transports?: readonly TransportRecord[];
  /** Compare-and-set: the commit fails with `session_not_found` unless the session still belongs to this client. */
  readonly expectOwner?: { readonly session_id: string; readonly client_id: string };
  /**
   * The session is this client's from now on: what waits for the old one on no stream is dropped, and the tasks that were begun
   * in it are the new one's.
   */
  readonly handover?: { readonly session_id: string; readonly to: string };
  /** Compare-and-set: the commit fails with `token_mismatch` unless the stored row still holds this token. */
  readonly expectToken?: { readonly session_id: string; readonly generation: number; readonly hash: string };
}

/** The stored sessions. */
export interface StoredSessions {
  get(sessionId: string): StoredSession | null;
  /** A client's `disconnected` sessions that lost contact at or after `since`, in lived time, or are pinned. */
  disconnectedSince(clientId: string, since: Ms): StoredSession[];
  /** Sessions whose status is `active` or `idle`. */
  attached(): StoredSession[];
  /** Disconnected sessions that lost contact before `before`, in lived time, and are not pinned; oldest first. */
  disconnectedBefore(before: Ms, limit: number): StoredSession[];
  /**
   * The disconnected sessions beyond a number, of each client and in all, by their ids: those away longest first. Not counted are
   * pinned ones, those with a call that goes on without its client, and the busy ones that are given.
   */
  disconnectedBeyond(
    most: { readonly ofClient: number; readonly inAll: number },
    busy: readonly string[],
    limit: number,
  ): string[];
  /** The session that a stateless client uses at this address, or used last, of those that have not ended. */
  newestStatelessOf(clientId: string, server: string | null): StoredSession | null;
  pinnedCount(): number;
  /** Sessions that are offered to a client, expired offers included. */
  offered(): StoredSession[];
  /** All sessions of a client, including ended ones. */
  ofClient(clientId: string): StoredSession[];
}

/** The stored transports. */
export interface StoredTransports {
  get(transportId: string): TransportRecord | null;
  /** Transports of the session that have not ended. */
  openOf(sessionId: string): TransportRecord[];
  /** The newest transports whose client has not been told where their session went, at most `limit`. */
  untold(limit: number): TransportRecord[];
  /** Whether an open transport without a session has reserved this id. */
  reserves(sessionId: string): boolean;
  /** The client of that transport; null when there is none. */
  reservedFor(sessionId: string): string | null;
  /**
   * Removes transports that were opened before `before` and never bound to a session, except those in `keep`.
   * Returns how many.
   */
  forgetHandshakes(before: Ms, keep: ReadonlySet<string>): number;
  /** Removes the client's oldest transports that were never bound to a session, all but `left`. Returns them. */
  forgetSurplus(clientId: string, left: number): TransportRecord[];
}

/** The store as the session manager needs it. All calls are synchronous. A change is on disk once `commit` returns. */
export interface SessionRepository {
  readonly sessions: StoredSessions;
  readonly transports: StoredTransports;
  /** Appends the events, with their rollups, and saves the rows in one transaction. Returns the numbered events. */
  commit(change: Change): HoldfastEvent[];
}

/** Until when an old key works: whichever comes first, by the clock or in lived time. */
export interface OldKeyTimes {
  readonly valid_until: Ms;
  readonly until_lived: Ms;
}

/** When the old key of a client ends. */
export interface OldKeyEnd extends OldKeyTimes {
  readonly client_id: string;
  readonly key_hash: string;
}

/** The hashes of a client's keys. */
export interface ClientKeys {
  readonly present: string;
  readonly old: OldKeyEnd | null;
}

/** Who held a key before it was renewed. */
export interface OldKeyHolder extends OldKeyTimes {
  readonly client: Client;
}

/** The store as the client registry needs it. Key hashes are SHA-256, hex. */
export interface ClientRepository {
  insert(client: Client, keyHash: string): void;
  byKeyHash(keyHash: string): Client | null;
  byOldKeyHash(keyHash: string): OldKeyHolder | null;
  get(clientId: string): Client | null;
  list(): Client[];
  setPolicy(clientId: string, policy: Client['policy']): void;
  setNewProcess(clientId: string, newProcess: Client['new_process']): void;
  setMayTakeOver(clientId: string, may: boolean): void;
  /** Records a request from the client. The first one sets `first_seen_at`. */
  seen(clientId: string, at: Ms): void;
  /** Records a request with the key from before. */
  seenWithOldKey(clientId: string, at: Ms): void;
  /** Replaces the key. The present one becomes the old one, in place of that which there was. */
  renewKey(clientId: string, keyHash: string, times: OldKeyTimes): void;
  /** Replaces the key that nobody has used. The old one stays, for longer. */
  replaceKey(clientId: string, keyHash: string, times: OldKeyTimes): void;
  /** Makes the old key the present one again, and forgets the one that was. */
  restoreOldKey(clientId: string): void;
  endOldKey(clientId: string): void;
  /** Hashes of a client's keys; null when there is no such client. */
  keysOf(clientId: string): ClientKeys | null;
  /** Every old key that has not ended; at most one a client. */
  oldKeys(): OldKeyEnd[];
  remove(clientId: string): void;
}
