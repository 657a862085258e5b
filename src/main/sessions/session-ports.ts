import type { Client } from '../../shared/contract/client';
import type { DisconnectReason, HoldfastEvent, NewEvent } from '../../shared/contract/event';
import type { Era, Session } from '../../shared/contract/session';
import type { ClientId, SessionId, TransportId } from '../../shared/model/ids';
import type { Ms } from '../../shared/model/units';

/** Claims of the newest reconnect token and what rotation and reuse detection need. Holds hashes, never a token. */
export interface TokenState {
  /** Counts every token ever issued for the session; the newest one carries this number. */
  readonly generation: number;
  readonly current: TokenClaims | null;
  /** The token that was consumed last, for a client whose answer got lost. */
  readonly previous: { readonly hash: string; readonly rotated_at: Ms } | null;
  /** Highest generation that was consumed; presenting it again, or an older one, is reuse, unless it was superseded. */
  readonly used_generation: number;
  /** The newest of the generations that a newer token was issued in place of: they were never consumed. Oldest first. */
  readonly superseded: readonly number[];
  /** Tokens up to this generation were revoked after reuse. */
  readonly revoked_generation: number;
}

/** What is kept of an issued token: enough to sign the same bytes again. Times are JWT seconds. */
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

/** A session with what only the main process knows of it. */
export interface StoredSession {
  readonly session: Session;
  readonly token: TokenState;
  /** Why it is disconnected; null while attached. */
  readonly disconnect_reason: DisconnectReason | null;
}

/** One protocol-level connection: an `Mcp-Session-Id`, or a stateless client. A session outlives its transports. */
export interface TransportRecord {
  readonly transport_id: TransportId;
  readonly client_id: ClientId;
  /** Null until the first request that matters binds it. */
  readonly session_id: SessionId | null;
  /** The id that a session made for it has. Until there is one, nobody is told of it. */
  readonly reserved_session_id: SessionId;
  /** The one server that its address names; null for the address of all. A session has transports of one kind only. */
  readonly server: string | null;
  readonly era: Era;
  readonly client_name: string;
  readonly client_version: string;
  readonly protocol_version: string;
  /** Parameters of the initialize request, to initialize a server channel with. */
  readonly initialize_params: unknown;
  readonly created_at: Ms;
  readonly ended_at: Ms | null;
}

/** A transport that serves a session. */
export type BoundTransport = TransportRecord & { readonly session_id: SessionId };

/** What everything of a transport is kept under from its start: the id of its session, or of the one made for it. */
export const sessionKeyOf = ({ session_id, reserved_session_id }: TransportRecord): SessionId =>
  session_id ?? reserved_session_id;

/** Everything that one command changes. Committed whole or not at all. */
export interface Change {
  readonly events: readonly NewEvent[];
  readonly sessions?: readonly StoredSession[];
  readonly transports?: readonly TransportRecord[];
  /** Compare-and-set: the token that the stored row must still hold, or the commit fails with `token_mismatch`. */
  readonly expectToken?: { readonly session_id: string; readonly generation: number; readonly hash: string };
}

/** The stored sessions. */
export interface StoredSessions {
  get(sessionId: string): StoredSession | null;
  /** Sessions of a client in status `disconnected` whose contact was lost at or after `since`. */
  disconnectedSince(clientId: string, since: Ms): StoredSession[];
  /** Rows whose status is `active` or `idle`. */
  attached(): StoredSession[];
  /** Disconnected sessions whose contact was lost before `before`, oldest first. */
  disconnectedBefore(before: Ms, limit: number): StoredSession[];
  /** Newest session of a stateless client, at the same address, that has not ended. */
  newestStatelessOf(clientId: string, server: string | null): StoredSession | null;
  /** All sessions of a client, ended ones too. */
  ofClient(clientId: string): StoredSession[];
}

/** The stored transports. */
export interface StoredTransports {
  get(transportId: string): TransportRecord | null;
  /** Transports of the session that have not ended. */
  openOf(sessionId: string): TransportRecord[];
  /** Whether the id is reserved for the session that an open transport may come to. */
  reserves(sessionId: string): boolean;
  /** Removes transports that were never bound to a session and were opened before `before`. Returns how many. */
  forgetHandshakes(before: Ms, keep: ReadonlySet<string>): number;
}

/** The store as the session manager needs it. All calls are synchronous; what `commit` returned is on the disk. */
export interface SessionRepository {
  readonly sessions: StoredSessions;
  readonly transports: StoredTransports;
  /** Appends the events (with their rollups), saves the rows, in one transaction. Returns the numbered events. */
  commit(change: Change): HoldfastEvent[];
}

/** The store as the client registry needs it. Key hashes are SHA-256, hex. */
export interface ClientRepository {
  insert(client: Client, keyHash: string): void;
  byKeyHash(keyHash: string): Client | null;
  get(clientId: string): Client | null;
  list(): Client[];
  setPolicy(clientId: string, policy: Client['policy']): void;
  /** Marks a request of the client; the first one sets `first_seen_at`. */
  seen(clientId: string, at: Ms): void;
  remove(clientId: string): void;
}
