import type { Client } from '../../../shared/contract/client';
import type { ClientProcess } from '../../../shared/contract/client-process';
import type { Door } from '../../../shared/contract/event';
import type { Era, Session, SharingRole } from '../../../shared/contract/session';
import type { IssuedGeneration } from '../decide';
import type { BoundTransport, Change, TokenClaims, TokenState, TransportRecord } from '../session-ports';

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
