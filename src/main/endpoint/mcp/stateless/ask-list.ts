import { said } from '../../../../shared/messages/said';
import { decodedBody } from '../../../http-client/content-encoding';
import type { JsonRpcResponse, Params, RequestId } from '../../../mcp/json-rpc';
import type { StatelessServer } from '../../../upstream/http/stateless-server';
import { refusedBy } from '../../../upstream/instance/own-requests';
import { isEventStream } from './pass-answer';
import { replacedResponses } from './sound-answer';

/** A longer list is not read. */
const MAX_BYTES = 16 * 1024 * 1024;

/** What Holdfast asks a server without sessions itself, as a client would. */
export interface OwnAsk {
  readonly id: RequestId;
  readonly method: string;
  readonly params: Params;
  /** MCP headers of a request of the client. */
  readonly headers: Readonly<Record<string, string>>;
  /** What a request of the client says in `_meta`: its revision and capabilities (MCP 2026-07-28, base). */
  readonly meta: Params;
}

/**
 * The result of a request that no client made.
 * @throws Error whose message continues a sentence that begins with the server's name
 */
export async function askServer(server: StatelessServer, asked: OwnAsk, signal: AbortSignal): Promise<unknown> {
  const { error, result } = await answerOf(server, asked, signal);
  if (error) throw new Error(refusedBy(asked.method, error, (text) => server.withoutSecrets(text)));
  return result;
}

/** The same with an error as the answer that it is. */
export async function answerOf(server: StatelessServer, asked: OwnAsk, signal: AbortSignal): Promise<JsonRpcResponse> {
  const { id, method, params, headers, meta } = asked;
  const { progressToken: _, ...ownMeta } = meta;
  const kept = Object.entries(headers).filter(([name]) => name !== 'mcp-name' && !name.startsWith('mcp-param-'));
  const body = JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta: ownMeta } });
  const answer = await server.forward(body, { ...Object.fromEntries(kept), 'mcp-method': method }, signal);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of (await decodedBody(answer)) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new Error(said('said.server.list_too_long', { method }));
    chunks.push(chunk);
  }
  const isStream = isEventStream(answer);
  let found: JsonRpcResponse | null = null;
  replacedResponses(Buffer.concat(chunks).toString(), isStream, (response) => {
    if (response.id === id) found = response;
    return response;
  });
  const response = found as JsonRpcResponse | null;
  if (!response) throw new Error(said('said.server.list_unanswered', { method }));
  return response;
}
