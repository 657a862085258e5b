import type { IncomingMessage } from 'node:http';
import { isObject, isRequest, type JsonRpcMessage, type Params } from '../../../mcp/json-rpc';
import type { OwnTasks } from '../tasks/own-tasks';
import type { Sight } from '../visibility/sight';

const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities';

/** The text of a request, which subscribes to no resource that is hidden and to no task of others. */
export function withoutHidden(text: string, message: unknown, sight: Sight, tasks: OwnTasks | null): string {
  if (!isObject(message) || message.method !== 'subscriptions/listen' || !isObject(message.params)) return text;
  const { notifications } = message.params;
  if (!isObject(notifications)) return text;
  const kept: Params = {};
  const keep = (key: string, isKept: (one: unknown) => boolean) => {
    const wanted = notifications[key];
    if (Array.isArray(wanted) && !wanted.every(isKept)) kept[key] = wanted.filter(isKept);
  };
  keep('resourceSubscriptions', (uri) => !sight.isAboutHidden('notifications/resources/updated', { uri }));
  keep('taskIds', (id) => typeof id === 'string' && tasks?.has(id) === true);
  if (Object.keys(kept).length === 0) return text;
  const params = { ...message.params, notifications: { ...notifications, ...kept } };
  return JSON.stringify({ ...message, params });
}

/** A request without a valid id, which is none: nobody could look at what it asks for. */
export const isUnnamed = (message: unknown, said: JsonRpcMessage | null): boolean =>
  isObject(message) &&
  typeof message.method === 'string' &&
  !message.method.startsWith('notifications/') &&
  !(said && isRequest(said));

/** Whether the request looks valid, and so is worth a session. What is really served is for the server to decide. */
export function isServable(req: IncomingMessage, body: unknown): boolean {
  if (!isObject(body) || typeof body.method !== 'string' || !isObject(body.params)) return false;
  const meta = isObject(body.params._meta) ? (body.params._meta as Params) : {};
  const { headers } = req;
  return (
    meta[VERSION_KEY] !== undefined &&
    meta[VERSION_KEY] === headers['mcp-protocol-version'] &&
    isObject(meta[CAPABILITIES_KEY]) &&
    body.method === headers['mcp-method']
  );
}

/** The MCP headers. All others, above all the key, are between the client and Holdfast. */
export function headersOf(req: IncomingMessage): Record<string, string> {
  const own = Object.entries(req.headers).filter(([name]) => name.startsWith('mcp-') && name !== 'mcp-session-id');
  return Object.fromEntries(own.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
}
