import { ownValue } from '../../../shared/model/own-value';
import type { JsonRpcMessage, Params } from '../../mcp/json-rpc';

/** Parameter that names the subject of a request, by method (MCP 2026-07-28, streamable HTTP, standard headers; SEP-2663). */
const SUBJECT: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};
const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const ENCODED = /^=\?base64\?.*\?=$/;

/**
 * Headers that name the method and the subject of a message, for proxies in front of the server. MCP 2026-07-28
 * requires them; servers of older revisions ignore them.
 */
export function standardHeaders(message: JsonRpcMessage): Record<string, string> {
  if (!('method' in message)) return {};
  const headers: Record<string, string> = { 'mcp-method': headerValue(message.method) };
  const key = ownValue(SUBJECT, message.method);
  const subject = key === undefined ? undefined : (message.params as Params | undefined)?.[key];
  if (typeof subject === 'string') headers['mcp-name'] = headerValue(subject);
  return headers;
}

/** Turns text into a header value. Text that HTTP would change or reject is encoded as `=?base64?...?=`. */
export const headerValue = (value: string): string =>
  PLAIN.test(value) && !ENCODED.test(value) ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`;
