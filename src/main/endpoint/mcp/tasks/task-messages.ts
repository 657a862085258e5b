import { isObject, type JsonRpcResponse, type Params } from '../../../mcp/json-rpc';
import { mayHold } from '../../../mcp/message-text';

/** Key in `_meta` of whatever belongs to a task (MCP 2025-11-25, tasks, related task metadata). */
export const RELATED = 'io.modelcontextprotocol/related-task';

/** Requests for one task, which name it in `params.taskId`: of both revisions together. */
const OF_ONE = ['tasks/get', 'tasks/result', 'tasks/update', 'tasks/cancel'];
/** Those that the extension has (SEP-2663). */
export const EXTENSION_METHODS = ['tasks/get', 'tasks/update', 'tasks/cancel'] as const;

export const isOfOneTask = (method: string): boolean => OF_ONE.includes(method);

/**
 * Whether another member of the parameters may be read as `taskId`: some decoders of JSON, such as Go's, do not mind the case,
 * and take the last of several.
 */
export const mayNameOtherTask = (params: Params = {}): boolean =>
  Object.keys(params).some((name) => name !== 'taskId' && foldedCase(name) === 'taskid');

/** Also the two letters beyond ASCII that Unicode folds to `s` and `k`, as Go does. */
const foldedCase = (name: string): string => name.replaceAll('\u017f', 's').toLowerCase();

/** The id of the task that a result of `tools/call` has begun, in either revision's form; null if it is no such result. */
export function begunBy(response: JsonRpcResponse): string | null {
  if (response.error !== undefined || !mayHold(response, 'result', '"taskId"')) return null;
  const { result } = response;
  if (!isObject(result)) return null;
  const task = isObject(result.task) ? result.task : result.resultType === 'task' ? result : {};
  return typeof task.taskId === 'string' ? task.taskId : null;
}

/** Parameters that do not name the task that they belong to, of which whoever gets them knows nothing. */
export function withoutTaskMeta(params: Params = {}): Params {
  if (!isObject(params._meta) || params._meta[RELATED] === undefined) return params;
  const { _meta, ...rest } = params;
  const { [RELATED]: _, ...meta } = params._meta;
  return Object.keys(meta).length === 0 ? rest : { ...rest, _meta: meta };
}

/** The id of the task that a message of a server belongs to or tells of; null if there is none. */
export function taskOf(method: string, params: Params = {}): string | null {
  const isStatus = method === 'notifications/tasks/status' || method === 'notifications/tasks';
  const meta = isObject(params._meta) ? params._meta : {};
  const related = isStatus ? params : meta[RELATED];
  return isObject(related) && typeof related.taskId === 'string' ? related.taskId : null;
}
