import { keepNumbers } from '../../../mcp/exact-json';
import {
  isObject,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  RPC,
  rpcError,
} from '../../../mcp/json-rpc';
import type { Services } from '../../../services';
import { begunBy, isOfOneTask, mayNameOtherTask, taskOf } from './task-messages';

export type TaskServices = Pick<Services, 'clock' | 'log'> & {
  readonly store: Pick<Services['store'], 'tasks'>;
  readonly manager: Pick<Services['manager'], 'isSharing'>;
  readonly servers: Pick<Services['servers'], 'runsForAll'>;
};

/** Longer ids are no ids. */
const MAX_ID = 1_000;

/**
 * The tasks of one server that one client was given. All others are unknown to it, whoever else was given them: to a server,
 * all clients of Holdfast may look like one (MCP 2025-11-25, tasks, task isolation and access control).
 */
export class OwnTasks {
  private readonly services: TaskServices;
  private readonly server: string;
  private readonly clientId: string;
  private readonly sessionKey: string | null;

  /** @param sessionKey - of the session in which tasks are begun here; null if there is none */
  constructor(services: TaskServices, server: string, clientId: string, sessionKey: string | null) {
    this.services = services;
    this.server = server;
    this.clientId = clientId;
    this.sessionKey = sessionKey;
  }

  has(taskId: string): boolean {
    return this.services.store.tasks.isGiven(this.server, taskId, this.clientId);
  }

  /** The error for a request for a task that the client was not given; null for any other request. */
  refusal({ id, method, params }: JsonRpcRequest): JsonRpcResponse | null {
    if (!isOfOneTask(method)) return null;
    if (mayNameOtherTask(params))
      return rpcError(
        id,
        RPC.invalidParams,
        'Name the task once, as taskId: no other member may differ from it in case only.',
      );
    const taskId = params?.taskId;
    return typeof taskId === 'string' && this.has(taskId) ? null : noSuchTask(id);
  }

  /**
   * What the client gets of the server's answer to a request of this method. A task that it begins is on disk when this
   * returns.
   * @param isOnly - whether one process of the server answers all clients, which then never names two tasks alike
   */
  answered(
    method: string,
    response: JsonRpcResponse,
    isOnly = this.services.servers.runsForAll(this.server),
  ): JsonRpcResponse {
    if (method === 'tasks/list') return this.listed(response);
    const taskId = method === 'tools/call' ? begunBy(response) : null;
    if (taskId !== null && taskId.length <= MAX_ID) this.give(taskId, isOnly);
    return response;
  }

  /** Whether this belongs to a task of somebody else. Only a process that several sessions share sends such a thing. */
  isOfOthers({ method, params }: JsonRpcNotification): boolean {
    const taskId = taskOf(method, params);
    return taskId !== null && (this.services.servers.runsForAll(this.server) || this.isShared) && !this.has(taskId);
  }

  /** Whether another session uses the processes of this one, or lends it its own. */
  private get isShared(): boolean {
    const { sessionKey } = this;
    return sessionKey !== null && this.services.manager.isSharing(sessionKey);
  }

  private give(task_id: string, isOnly: boolean): void {
    const { store, clock, log } = this.services;
    const { server, clientId: client_id, sessionKey: session_id } = this;
    try {
      store.tasks.give({ server, task_id, client_id, session_id, given_at: clock.now() }, isOnly);
    } catch (error) {
      log.warn({ err: error, server }, 'a task could not be remembered, so its client cannot ask for it');
    }
  }

  private listed(response: JsonRpcResponse): JsonRpcResponse {
    const { result } = response;
    if (!isObject(result) || !Array.isArray(result.tasks)) return response;
    const isOwn = (task: unknown) => isObject(task) && typeof task.taskId === 'string' && this.has(task.taskId);
    const tasks = result.tasks.filter(isOwn);
    return tasks.length === result.tasks.length
      ? response
      : { ...response, result: keepNumbers(result, { ...result, tasks: keepNumbers(result.tasks, tasks) }) };
  }
}

/** The client was not given this task (MCP 2025-11-25, tasks, protocol errors; SEP-2663). */
export const noSuchTask = (id: JsonRpcRequest['id']): JsonRpcResponse =>
  rpcError(
    id,
    RPC.invalidParams,
    'Unknown task. A task is known to the client that began it, for as long as it is kept.',
  );
