import type { ServerEvent } from '@modelcontextprotocol/server';
import { ownValue } from '../../../../shared/model/own-value';
import { TASKS_EXTENSION } from '../../../mcp/extensions';
import {
  isNotification,
  isObject,
  type JsonRpcMessage,
  type JsonRpcNotification,
  type Params,
} from '../../../mcp/json-rpc';

/** The newest revision with sessions, used to initialize servers for clients that have none. */
export const SESSIONFUL = '2025-11-25';

const PREFIX = 'io.modelcontextprotocol/';

/** Keys in `_meta` that the revision without sessions sends with each request. */
export const RESERVED = {
  clientInfo: `${PREFIX}clientInfo`,
  capabilities: `${PREFIX}clientCapabilities`,
  logLevel: `${PREFIX}logLevel`,
} as const;

const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

/** Removes from the parameters what only the revision without sessions has. */
function plainParams({ _meta, inputResponses: _, requestState: __, ...params }: Params): Params {
  const entries = Object.entries(isObject(_meta) ? _meta : {}).filter(([name]) => !name.startsWith(PREFIX));
  return entries.length === 0 ? params : { ...params, _meta: Object.fromEntries(entries) };
}

/** A mark in `_meta` by which a request without a session says, on its way to its server, that its client knows tasks. */
const TASKS_MARK = { extensions: { [TASKS_EXTENSION]: {} } };

/** The parameters of a request as it goes to a server, by whatever channel: as {@link plainParams}, or with tasks. */
export function paramsForServer(method: string, params: Params, withTasks: boolean): Params {
  const plain = plainParams(params);
  if (!withTasks) return plain;
  const meta = isObject(plain._meta) ? plain._meta : {};
  return {
    ...plain,
    ...(method === 'tasks/update' ? { inputResponses: params.inputResponses } : {}),
    _meta: { ...meta, [RESERVED.capabilities]: TASKS_MARK },
  };
}

/** Whether a log message is for a request that asked for this level. A request that names no level gets none. */
export function isLoggedAt(level: unknown, { params }: JsonRpcNotification): boolean {
  const least = LEVELS.indexOf(String(level));
  return least >= 0 && LEVELS.indexOf(String(params?.level)) >= least;
}

/**
 * A notification as it goes to the request that waits now. Progress carries the token of that request, since the one
 * that made the call may be over; null if it did not ask for progress.
 */
export function withTokenOf(token: unknown, message: JsonRpcNotification): JsonRpcNotification | null {
  if (message.method !== 'notifications/progress') return message;
  return token === undefined ? null : { ...message, params: { ...message.params, progressToken: token } };
}

/** The question that a server takes back with this message, by its id; null if it takes none back. */
export function takenBackBy(message: JsonRpcMessage): string | null {
  if (!isNotification(message) || message.method !== 'notifications/cancelled') return null;
  return String(message.params?.requestId);
}

/** The change that a notification announces to subscribers; null if it announces none. */
export function changeOf({ method, params }: JsonRpcNotification): ServerEvent | null {
  if (method === 'notifications/tools/list_changed') return { kind: 'tools_list_changed' };
  if (method === 'notifications/prompts/list_changed') return { kind: 'prompts_list_changed' };
  if (method === 'notifications/resources/list_changed') return { kind: 'resources_list_changed' };
  const isUpdate = method === 'notifications/resources/updated' && typeof params?.uri === 'string';
  return isUpdate ? { kind: 'resource_updated', uri: String(params.uri) } : null;
}

/** Server requests that a result may pass to the client, with the capability that each requires. */
const ASKABLE: Readonly<Record<string, string>> = {
  'elicitation/create': 'elicitation',
  'sampling/createMessage': 'sampling',
  'roots/list': 'roots',
};

/** The capability that a client needs to be asked this; null for what no client can be asked. */
export const capabilityFor = (method: string): string | null => ownValue(ASKABLE, method) ?? null;

/** Whether a client with these capabilities answers a question of this method. */
export function answerable(method: string, capabilities: Params): boolean {
  const capability = capabilityFor(method);
  return capability !== null && capabilities[capability] !== undefined;
}
