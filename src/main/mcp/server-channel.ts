import type { Client } from '../../shared/contract/client';
import type { McpAddress } from '../../shared/model/mcp-address';
import type { Ms } from '../../shared/model/units';
import type { JsonRpcMessage, Params, RequestId } from './json-rpc';

/** Who sends a message: the client that holds the key, and the transport it used. */
export interface Caller {
  readonly client: Client;
  readonly transport_id: string;
}

/** A call that was still unanswered when Holdfast restarted. */
export interface OpenCall {
  /** The id it was sent with on the channel. */
  readonly id: RequestId;
  readonly method: string;
  /** The tool, prompt or resource it names, in the client's words; null when it names none. */
  readonly name: string | null;
  /** True: its client got a handle and waits no longer, so that its end is nobody's to bring about. */
  readonly isHandedOut?: boolean;
}

/** A server's answer to `initialize`. */
export interface InitializeResult {
  readonly protocolVersion: string;
  readonly capabilities: Params;
  readonly serverInfo: Params;
  readonly instructions?: string;
}

/**
 * The server side of a session: an MCP server, however it is connected. It sees a single client and never notices that
 * client's transports come and go. Request ids and progress tokens are the relay's: integers that are never reused, not
 * even across restarts.
 */
export interface ServerChannel {
  /** How long it may be unused before it is closed, to be opened again when needed; null when it holds state. */
  readonly idleAfter: Ms | null;
  /**
   * Initializes the server for this client, including `notifications/initialized`. If that is already done,
   * the answer comes from memory. Must precede all other calls except {@link resume}.
   * @throws HoldfastError with a sentence for a person, when the server cannot be reached or refuses
   */
  initialize(params: Params, caller: Caller): Promise<InitializeResult>;
  /** Sends a message from the client. Does not throw. Requests are answered in bounded time, if only by an error. */
  send(message: JsonRpcMessage, caller: Caller): void;
  /** Set by the relay. `relatedTo` is the request that the message belongs to, or null when the channel cannot tell. */
  onmessage: (message: JsonRpcMessage, relatedTo: RequestId | null) => void;
  /** Set by the relay. Called when the channel ends on its own; its open requests stay unanswered. */
  onclose: () => void;
  /** Resumes calls made before a restart. Returns the ids of those that will never be answered. Does not reject. */
  resume?(calls: readonly OpenCall[]): readonly RequestId[] | Promise<readonly RequestId[]>;
  /** Closes the channel; no handler is called after that. A server that holds state lives until its session ends. */
  close(): Promise<void>;
}

/**
 * Opens a session's server channel, not yet initialized. Rejects when the server cannot be reached.
 *
 * `sessionKey` is the id of the session, or the id reserved for it until its transport sends the first request that
 * creates it; everything that persists is stored under this key. `clientId` is
 * of the client that the session belongs to, which may not see everything there is at the address.
 */
export type OpenServerChannel = (sessionKey: string, address: McpAddress, clientId: string) => Promise<ServerChannel>;
