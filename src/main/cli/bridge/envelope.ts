import { asMessage, isObject, isRequest, type JsonRpcMessage, type RequestId } from '../../mcp/json-rpc';
import { valuesIn } from '../../mcp/message-text';

const STATELESS_KEY = 'io.modelcontextprotocol/protocolVersion';

/** What the bridge reads from a line that it passes on unchanged. */
export interface Envelope {
  /** Ids of the requests in the line. */
  readonly ids: readonly RequestId[];
  /** Set if the line is `initialize`, with the client's own name or an empty one. */
  readonly initialize: { readonly clientName: string } | null;
  readonly isInitialized: boolean;
  /** Whether the line follows a revision without sessions, from 2026-07-28 on. */
  readonly isStateless: boolean;
  /** Id of the request that the line cancels. */
  readonly cancels: RequestId | null;
}

/** Reads a line; null unless it is a JSON-RPC message or an array of them as MCP 2025-03-26 allows. */
export function envelopeOf(line: string): Envelope | null {
  const messages = messagesOf(line);
  if (messages.length === 0) return null;
  const requests = messages.filter(isRequest);
  const only = messages.length === 1 ? messages[0] : undefined;
  const method = only && 'method' in only ? only.method : '';
  const params: Record<string, unknown> = (only && 'params' in only && only.params) || {};
  const initialize = method === 'initialize' && requests.length === 1 ? { clientName: clientNameIn(params) } : null;
  return {
    ids: requests.map(({ id }) => id),
    initialize,
    isInitialized: method === 'notifications/initialized',
    isStateless: method === 'server/discover' || (isObject(params._meta) && STATELESS_KEY in params._meta),
    cancels: method === 'notifications/cancelled' ? ((params.requestId as RequestId | undefined) ?? null) : null,
  };
}

/** Ids of the requests that a message from Holdfast answers. */
export const answeredBy = (text: string): (RequestId | null)[] =>
  messagesOf(text).flatMap((message) => ('method' in message ? [] : [message.id]));

function messagesOf(text: string): JsonRpcMessage[] {
  const values = valuesIn(text);
  const messages = values.map(asMessage).filter((message) => message !== null);
  return messages.length === values.length ? messages : [];
}

function clientNameIn({ clientInfo }: Record<string, unknown>): string {
  const name = isObject(clientInfo) ? clientInfo.name : undefined;
  return typeof name === 'string' ? name : '';
}
