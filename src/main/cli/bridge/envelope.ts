import { asMessage, isObject, isRequest, type JsonRpcMessage, type RequestId, valuesIn } from '../../mcp/json-rpc';

const STATELESS_KEY = 'io.modelcontextprotocol/protocolVersion';

/** What the bridge has to know of a line that it passes on untouched. */
export interface Envelope {
  /** Ids that wait for an answer. */
  readonly ids: readonly RequestId[];
  /** Name the client gave itself, for `initialize`. */
  readonly initialize: { readonly clientName: string } | null;
  readonly isInitialized: boolean;
  /** Written for the revisions without sessions, from 2026-07-28 on. */
  readonly isStateless: boolean;
  /** The request that nobody waits for any more. */
  readonly cancels: RequestId | null;
}

/** Looks at a line; null when it is no JSON-RPC message, nor an array of them as revision 2025-03-26 has it. */
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

/** Ids of the requests that a text from Holdfast answers. */
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
