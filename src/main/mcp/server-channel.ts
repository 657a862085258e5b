import type { Client } from '../../shared/contract/client';
import type { Ms } from '../../shared/model/units';
import type { JsonRpcMessage, Params, RequestId } from './json-rpc';

/** Who sends a message: the client that holds the key, and the transport it used. */
export interface Caller {
  readonly client: Client;
  readonly transport_id: string;
}

/** A call that was sent before a restart of Holdfast and had no answer then. */
export interface OpenCall {
  /** The id under which it was sent on the channel. */
  readonly id: RequestId;
  readonly method: string;
  /** Tool, prompt or resource that it is about, as the client named it. */
  readonly name: string | null;
}

/** What a server said of itself when it was initialized. */
export interface InitializeResult {
  readonly protocolVersion: string;
  readonly capabilities: Params;
  readonly serverInfo: Params;
  readonly instructions?: string;
}

/**
 * The side of a session that answers: an MCP server, reached over whatever connects it. It sees one client, whose
 * transports come and go unnoticed. Ids of requests and progress tokens are the relay's: texts, never used twice, not
 * even over restarts.
 */
export interface ServerChannel {
  /** How long it may be unused before it is closed, to be made again on the next need; null when it keeps state. */
  readonly idleAfter: Ms | null;
  /**
   * Initializes it as this client, `notifications/initialized` included; a server that was initialized before is answered for
   * from memory. Comes before everything but {@link resume}.
   * @throws HoldfastError with a sentence for a person, when the server cannot be had or refuses
   */
  initialize(params: Params, caller: Caller): Promise<InitializeResult>;
  /** Hands a message of the client over. Does not throw. A request is answered, if only by an error, within a bound. */
  send(message: JsonRpcMessage, caller: Caller): void;
  /** Set by the relay. `relatedTo` is the request that the message belongs to, where the channel knows. */
  onmessage: (message: JsonRpcMessage, relatedTo: RequestId | null) => void;
  /** Set by the relay. It is gone by itself; what it was asked stays unanswered. */
  onclose: () => void;
  /** Takes up calls that were sent before a restart of Holdfast. Returns the ids of those that nobody will answer. Does not reject. */
  resume?(calls: readonly OpenCall[]): readonly RequestId[] | Promise<readonly RequestId[]>;
  /** Lets go of it. Nothing is said to the relay after. What keeps state lives on until its session ends. */
  close(): Promise<void>;
}

/**
 * Makes the server channel of one session, which is not initialized yet. Rejects when the server cannot be reached.
 *
 * `sessionKey` is the id of the session, or the one reserved for it until its transport sends the first request that
 * matters: whatever lasts is kept under it. `server` is the one that the address names; null for the address of all.
 */
export type OpenServerChannel = (sessionKey: string, server: string | null) => Promise<ServerChannel>;
