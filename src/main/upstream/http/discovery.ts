import type { IncomingMessage } from 'node:http';
import { isJson, messagesIn, readText } from '../../http-client/answer-body';
import { isObject, isResponse, type Params } from '../../mcp/json-rpc';

/** The MCP revision without sessions. */
export const STATELESS_VERSION = '2026-07-28';
/** Prefix of the names in `_meta` that this revision reserves. */
export const META = 'io.modelcontextprotocol/';
const METHOD = 'server/discover';
/** Its answer is the response to its own POST, so it needs no id of its own. */
const DISCOVER_ID = 1;
const MAX_LENGTH = 1024 * 1024;

/**
 * Sends `server/discover` (MCP 2026-07-28, discovery) and resolves with its result, or null when the server does not
 * speak that revision. An older server refuses the request with whatever status it uses for messages without a session.
 * @param post - sends a body with these headers
 * @throws what `post` throws, and RequestFailed when the body of the response is cut or too long
 */
export async function discover(
  post: (body: string, headers: Record<string, string>) => Promise<IncomingMessage>,
): Promise<Params | null> {
  const _meta = { [`${META}protocolVersion`]: STATELESS_VERSION, [`${META}clientCapabilities`]: {} };
  const body = JSON.stringify({ jsonrpc: '2.0', id: DISCOVER_ID, method: METHOD, params: { _meta } });
  const answer = await post(body, { 'mcp-protocol-version': STATELESS_VERSION, 'mcp-method': METHOD });
  const text = answer.statusCode === 200 && isJson(answer) ? await readText(answer, MAX_LENGTH) : '';
  answer.destroy();
  const result = messagesIn(text).filter(isResponse)[0]?.result;
  if (!isObject(result) || !Array.isArray(result.supportedVersions)) return null;
  return result.supportedVersions.includes(STATELESS_VERSION) ? result : null;
}
