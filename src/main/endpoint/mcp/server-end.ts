import type { Client } from '../../../shared/contract/client';
import type { Ms } from '../../../shared/model/units';
import type { JsonRpcMessage, Params, RequestId } from './json-rpc';

/** Who sends a message: the client that holds the key, and the transport it used. */
export interface Caller {
  readonly client: Client;
  readonly transport_id: string;
}

/**
 * The side of a session that answers: an MCP server, reached over whatever connects it. It sees one client, whose
 * transports come and go unnoticed. Ids of requests and progress tokens are the relay's, unique within the end.
 */
export interface ServerEnd {
  /** How long it may be unused before it is closed, to be made again on the next need; null when it keeps state. */
  readonly idleAfter: Ms | null;
  /** Hands a message of the client over. Does not throw. */
  send(message: JsonRpcMessage, caller: Caller): void;
  /** Set by the relay. `relatedTo` is the request that the message belongs to, where the end knows. */
  onmessage: (message: JsonRpcMessage, relatedTo: RequestId | null) => void;
  /** Set by the relay. The end is gone by itself; what it was asked stays unanswered. */
  onclose: () => void;
  /** Closes it. Nothing is said to the relay after. */
  close(): Promise<void>;
}

/**
 * Makes the server end of one session. It is not initialized yet: the relay does that with the client's own parameters.
 * Rejects when the server cannot be started.
 */
export type ConnectServerEnd = (client: Client) => Promise<ServerEnd>;

/** What a server said of itself when it was initialized. */
export interface InitializeResult {
  readonly protocolVersion: string;
  readonly capabilities: Params;
  readonly serverInfo: Params;
  readonly instructions?: string;
}
