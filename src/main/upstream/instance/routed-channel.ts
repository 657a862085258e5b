import type { JsonRpcMessage, RequestId } from '../../mcp/json-rpc';

/** A user of an instance. Everything delivered to it is for one session. */
export interface RoutedChannel {
  readonly sessionKey: string;
  /** Whether Holdfast may add a note of its own to a result. */
  readonly takesNotes: boolean;
  /** Whether its client answers requests of this method, as far as is known. */
  can(method: string): boolean;
  deliver(message: JsonRpcMessage, relatedTo: RequestId | null): void;
}
