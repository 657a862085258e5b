import { isOfMany, type McpAddress, serverIn } from '../../../../shared/model/mcp-address';
import { knowsTasks, TASKS_EXTENSION } from '../../../mcp/extensions';
import { isObject, type JsonRpcRequest, type JsonRpcResponse, type Params } from '../../../mcp/json-rpc';
import { itemsIn } from '../../../mcp/lists/listed-items';
import type { Services } from '../../../services';
import { serverName } from '../aggregate/names';
import { isOwnTool } from '../own-tools/own-tool-names';
import type { TaskForm } from './made-tasks';
import { MISSING_CAPABILITY } from './task-refusal';

const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

export type PlanServices = {
  readonly servers: Pick<Services['servers'], 'capabilitiesOf'>;
  readonly store: Pick<Services['store'], 'serverLists'>;
};

/** What becomes of one call as to tasks: which of them its server begins, and which of them its client hears of. */
export interface TaskPlan {
  /** The request as it goes to the server. */
  readonly request: JsonRpcRequest;
  /** How the client is told of a task that Holdfast makes of the call; null if it knows none. */
  readonly form: TaskForm | null;
  /** Whether the call is a task as soon as its server has it. */
  readonly atOnce: boolean;
  /** Whether Holdfast waits for a task that the server begins; otherwise the client does that itself. */
  readonly follows: boolean;
}

/** Everything passes as it is. */
export const passedOn = (request: JsonRpcRequest): TaskPlan => ({
  request,
  form: null,
  atOnce: false,
  follows: false,
});

/**
 * The plan for a call of a client with sessions. Where its messages stay as they are, at the address of one server, it and the
 * server see to tasks themselves.
 */
export function planWithSession(services: PlanServices, request: JsonRpcRequest, address: McpAddress): TaskPlan {
  const target = isOfMany(address) ? targetOf(request, address) : null;
  if (!target) return passedOn(request);
  const support = taskSupportOf(services, target);
  if (request.params?.task === undefined)
    return { ...passedOn(support === 'required' ? asTask(request) : request), follows: true };
  if (support !== null) return passedOn(request);
  // A server with the extension may begin one of its own, which outlives what a call does not.
  const hasExtension = knowsTasks(services.servers.capabilitiesOf(target.server));
  const plain = withoutTask(request);
  return { request: hasExtension ? marked(plain) : plain, form: 'augmented', atOnce: true, follows: true };
}

/**
 * The plan for a call of a client without sessions.
 * @param capabilities - that the client declares with this request
 */
export function planWithoutSession(
  services: PlanServices,
  request: JsonRpcRequest,
  address: McpAddress,
  capabilities: Params,
): TaskPlan {
  const target = targetOf(request, address);
  // Only 2025-11-25 has such a member (SEP-2663: servers ignore it).
  const plain = request.method === 'tools/call' ? withoutTask(request) : request;
  if (!target) return passedOn(plain);
  const form = knowsTasks(capabilities) ? 'extension' : null;
  if (knowsTasks(services.servers.capabilitiesOf(target.server)))
    return { ...passedOn(plain), form, follows: form === null };
  const support = taskSupportOf(services, target);
  const isTask = form === null ? support === 'required' : support !== null;
  return { request: isTask ? asTask(plain) : plain, form, atOnce: false, follows: true };
}

/** Whether a server may answer the request with a task: in a result that nobody asked for one, such a member means something else. */
export const asksForTask = ({ params }: JsonRpcRequest): boolean =>
  params?.task !== undefined || (isObject(params?._meta) && knowsTasks(params._meta[CAPABILITIES]));

/** Whether a server refuses a call because only a client that knows tasks can make it (SEP-2663). Then it has done nothing. */
export function needsTasks({ error }: JsonRpcResponse): boolean {
  if (error?.code !== MISSING_CAPABILITY || !isObject(error.data)) return false;
  return knowsTasks(error.data.requiredCapabilities);
}

/** The request with the mark in `_meta` by which a request says on its way that tasks are known. */
export function marked(request: JsonRpcRequest): JsonRpcRequest {
  const meta = isObject(request.params?._meta) ? request.params._meta : {};
  const _meta = { ...meta, [CAPABILITIES]: { extensions: { [TASKS_EXTENSION]: {} } } };
  return { ...request, params: { ...request.params, _meta } };
}

interface Target {
  readonly server: string;
  readonly tool: string;
}

/** The tool of a server that is called; null if it is no such call. */
function targetOf({ method, params }: JsonRpcRequest, address: McpAddress): Target | null {
  if (method !== 'tools/call' || typeof params?.name !== 'string') return null;
  const one = serverIn(address);
  if (one !== null) return { server: one, tool: params.name };
  const named = isOwnTool(params.name) ? null : serverName(params.name);
  return named && { server: named.server, tool: named.name };
}

/**
 * Whether a tool can be called as a task of 2025-11-25, or only so, as far as is known; null if it cannot (tasks, tool-level
 * negotiation: what a tool says counts only if its server has tasks).
 */
function taskSupportOf({ servers, store }: PlanServices, { server, tool }: Target): 'required' | 'optional' | null {
  if (!callsToolsAsTasks(servers.capabilitiesOf(server))) return null;
  try {
    const lists = store.serverLists.of(server);
    const found = lists && [...itemsIn(lists)].find(([kind, { name }]) => kind === 'tool' && name === tool);
    const execution = found?.[1].said.execution;
    const support = isObject(execution) ? execution.taskSupport : null;
    return support === 'required' || support === 'optional' ? support : null;
  } catch {
    return null;
  }
}

/** Whether a server with these capabilities takes calls of tools as tasks (MCP 2025-11-25, tasks, capabilities). */
function callsToolsAsTasks(capabilities: Params | null): boolean {
  const tasks = capabilities?.tasks;
  const requests = isObject(tasks) ? tasks.requests : null;
  const tools = isObject(requests) ? requests.tools : null;
  return isObject(tools) && tools.call !== undefined;
}

const asTask = (request: JsonRpcRequest): JsonRpcRequest => ({ ...request, params: { ...request.params, task: {} } });

function withoutTask(request: JsonRpcRequest): JsonRpcRequest {
  if (request.params?.task === undefined) return request;
  const { task: _, ...params } = request.params;
  return { ...request, params };
}
