import type { Ms } from '../../../shared/model/units';
import { MINUTE, SECOND } from '../../../shared/model/units';
import { TASKS_EXTENSION } from '../../mcp/extensions';
import {
  isObject,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type Params,
  type RequestId,
  RPC,
  rpcError,
} from '../../mcp/json-rpc';
import { META } from './discovery';

/** How often a task is asked for, whatever its server says. */
const LEAST_PAUSE: Ms = SECOND / 10;
const MOST_PAUSE: Ms = MINUTE;
const USUAL_PAUSE: Ms = SECOND;
/** Requests in a row that do not reach the server, or are not answered in time: four minutes of them at least. */
const MOST_FAILURES = 8;
const CANCELLED = 'The request was cancelled.';
const MARK = { [`${META}clientCapabilities`]: { extensions: { [TASKS_EXTENSION]: {} } } };

/** How the requests for a task go to their server. */
export interface TaskServer {
  /** Resolves in bounded time, with an error of the code {@link RPC.serverError} if there is no answer by then. Never rejects. */
  send(request: JsonRpcRequest): Promise<JsonRpcResponse>;
  /** Asks the client. The first error in an answer is the result of all. */
  ask(id: RequestId, asked: Params): Promise<{ responses: Params } | { error: NonNullable<JsonRpcResponse['error']> }>;
  pause(delay: Ms, signal: AbortSignal): Promise<void>;
}

/**
 * Answers `tasks/result` of 2025-11-25 for a server that has tasks as an extension (SEP-2663): asks for the task until it is over,
 * passes on what it asks in between, and answers with what came of it.
 */
export class TaskResults {
  private readonly server: TaskServer;
  private readonly open = new Map<RequestId, AbortController>();

  constructor(server: TaskServer) {
    this.server = server;
  }

  /** Resolves with the answer, once there is one. Never rejects. */
  async answer(request: JsonRpcRequest): Promise<JsonRpcResponse> {
    const abort = new AbortController();
    this.open.set(request.id, abort);
    try {
      return await this.outcome(request, abort.signal);
    } finally {
      this.open.delete(request.id);
    }
  }

  /** Nobody waits for the answer to this request any more. */
  cancel(id: RequestId): void {
    this.open.get(id)?.abort();
  }

  close(): void {
    for (const abort of this.open.values()) abort.abort();
  }

  private async outcome(request: JsonRpcRequest, signal: AbortSignal): Promise<JsonRpcResponse> {
    const { id } = request;
    const taskId = request.params?.taskId;
    const send = (method: string, params: Params = {}) =>
      this.server.send({ jsonrpc: '2.0', id, method, params: { taskId, ...params, _meta: MARK } });
    const answered = new Set<string>();
    let failures = 0;
    /** What the client answered and the server has not got yet. */
    let untaken: Params | null = null;
    while (!signal.aborted) {
      if (untaken !== null) {
        const { error } = await send('tasks/update', { inputResponses: untaken });
        if (error?.code === RPC.serverError) {
          failures += 1;
          if (failures > MOST_FAILURES) return { jsonrpc: '2.0', id, error };
          await this.server.pause(Math.min(MOST_PAUSE, USUAL_PAUSE * 2 ** failures), signal);
          continue;
        }
        untaken = null;
      }
      const response = await send('tasks/get');
      const task = isObject(response.result) ? response.result : null;
      if (task === null) {
        // The task goes on while its server cannot be reached.
        failures += 1;
        if (response.error?.code !== RPC.serverError || failures > MOST_FAILURES) return response;
        await this.server.pause(Math.min(MOST_PAUSE, USUAL_PAUSE * 2 ** failures), signal);
        continue;
      }
      failures = 0;
      const ended = outcomeIn(id, task);
      if (ended) return ended;
      const asked = isObject(task.inputRequests) ? task.inputRequests : {};
      // A server may still show what was answered just now.
      const open = Object.entries(asked).filter(([key]) => !answered.has(key));
      if (task.status === 'input_required' && open.length > 0 && !signal.aborted) {
        const answers = await this.server.ask(id, Object.fromEntries(open));
        if ('error' in answers) {
          await send('tasks/cancel');
          return { jsonrpc: '2.0', id, error: answers.error };
        }
        for (const [key] of open) answered.add(key);
        untaken = answers.responses;
      } else await this.server.pause(pauseOf(task.pollIntervalMs), signal);
    }
    return rpcError(id, RPC.serverError, CANCELLED);
  }
}

/** The answer that a task which is over stands for; null if it is not over. */
function outcomeIn(id: RequestId, { status, result, error }: Params): JsonRpcResponse | null {
  if (status === 'completed') return { jsonrpc: '2.0', id, result: isObject(result) ? result : {} };
  if (status === 'cancelled') return rpcError(id, RPC.serverError, 'The task was cancelled.');
  if (status !== 'failed') return null;
  const said = isObject(error) && Number.isInteger(error.code) ? (error as unknown as JsonRpcResponse['error']) : null;
  return said ? { jsonrpc: '2.0', id, error: said } : rpcError(id, RPC.serverError, 'The task failed.');
}

const pauseOf = (said: unknown): Ms =>
  typeof said === 'number' && said > 0 ? Math.min(MOST_PAUSE, Math.max(LEAST_PAUSE, said)) : USUAL_PAUSE;
