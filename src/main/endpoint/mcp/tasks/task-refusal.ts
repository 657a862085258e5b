import { knowsTasks, TASKS_EXTENSION } from '../../../mcp/extensions';
import { type JsonRpcRequest, type JsonRpcResponse, RPC, rpcError } from '../../../mcp/json-rpc';
import type { OwnTasks } from './own-tasks';

/** "Missing required client capability" (MCP 2026-07-28, SEP-2575). */
export const MISSING_CAPABILITY = -32021;
/** What 2025-11-25 had and the extension has not. */
const REMOVED = ['tasks/result', 'tasks/list'];

export interface TaskRefusal {
  readonly response: JsonRpcResponse;
  /** Of HTTP. */
  readonly status: number;
}

/**
 * Why a request of the revision without sessions is answered here and reaches no server: it is for a task that its client
 * was not given, or has a method that is no longer there. Null for any other request.
 */
export function taskRefusal(request: JsonRpcRequest, tasks: OwnTasks, capabilities: unknown): TaskRefusal | null {
  const { id, method } = request;
  if (REMOVED.includes(method)) {
    const text = `Method not found: the extension ${TASKS_EXTENSION} has no ${method}.`;
    return { response: rpcError(id, RPC.methodNotFound, text), status: 404 };
  }
  const refusal = tasks.refusal(request);
  if (!refusal) return null;
  return knowsTasks(capabilities)
    ? { response: refusal, status: 200 }
    : { response: refusedWithoutTasks(id), status: 400 };
}

/** The client has to say that it knows tasks. */
export const refusedWithoutTasks = (id: JsonRpcRequest['id']): JsonRpcResponse =>
  rpcError(id, MISSING_CAPABILITY, `Declare the extension ${TASKS_EXTENSION} to ask for a task.`, {
    requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } },
  });
