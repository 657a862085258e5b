import { DAY, type Ms } from '../../../../shared/model/units';
import { BY_CLIENT } from '../../../long-calls/call-words';
import type { LongCall } from '../../../long-calls/long-call-ports';
import { keepNumbers } from '../../../mcp/exact-json';
import {
  asMessage,
  isNotification,
  isObject,
  isRequest,
  isResponse,
  type JsonRpcMessage,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type Params,
  type RequestId,
  RPC,
  rpcError,
} from '../../../mcp/json-rpc';
import { valuesIn, withMember } from '../../../mcp/message-text';
import type { Caller, OpenCall, ServerChannel } from '../../../mcp/server-channel';
import type { Services } from '../../../services';
import { ForwardingChannel } from '../forwarding-channel';
import { lostCall } from '../long-calls/lost-call';
import { isOwnTool } from '../own-tools/own-tool-names';
import { ofTask, outcomeOf, taskOf } from './made-tasks';
import { isOfOneTask } from './task-messages';

/** The revision whose clients ask for a task with their call. */
const REVISION = '2025-11-25';
/** No call runs longer. */
const MOST_WAIT: Ms = DAY;
const NOT_ANSWERED = 'Holdfast could not look for the result right now. Ask again with tasks/result.';
const IS_OVER = 'The task is over, so it cannot be cancelled.';

export type MadeTaskServices = Pick<Services, 'longCalls' | 'log'> & {
  readonly manager: Pick<Services['manager'], 'findTransport'>;
};

/**
 * A channel to all servers at which a client also has the tasks that Holdfast made of its calls (MCP 2025-11-25, tasks): it asks
 * for them as for those of servers, and every tool is listed as one that can be called as a task.
 */
export class MadeTasksChannel extends ForwardingChannel {
  private readonly services: MadeTaskServices;
  private readonly clientId: string;
  /** What becomes of answers, by the ids of their requests, which the channel answers in bounded time. */
  private readonly open = new Map<RequestId, (response: JsonRpcResponse) => JsonRpcResponse>();
  /** What ends the waiting of `tasks/result`, by the ids of the requests. */
  private readonly waiting = new Map<RequestId, () => void>();

  constructor(inner: ServerChannel, services: MadeTaskServices, clientId: string) {
    super(inner);
    this.services = services;
    this.clientId = clientId;
  }

  override send(message: JsonRpcMessage, caller: Caller): void {
    if (isRequest(message)) {
      const made = this.made(message);
      if (made) {
        this.serve(message, made);
        return;
      }
      const change = this.changeOf(message, caller);
      if (change) this.open.set(message.id, change);
    } else if (isNotification(message) && message.method === 'notifications/cancelled') {
      const id = message.params?.requestId as RequestId;
      this.open.delete(id);
      const stop = this.waiting.get(id);
      this.waiting.delete(id);
      stop?.();
    }
    this.inner.send(message, caller);
  }

  override async resume(calls: readonly OpenCall[]): Promise<readonly RequestId[]> {
    const others = calls.filter(({ id, method, name }) => {
      const made = method === 'tasks/result' && name !== null ? this.find(name) : null;
      if (made) this.result(id, made);
      return made === null;
    });
    if (others.length === 0) return [];
    return super.resume(others);
  }

  override async close(): Promise<void> {
    for (const stop of this.waiting.values()) stop();
    this.waiting.clear();
    await super.close();
  }

  protected override closed(): void {
    this.open.clear();
    super.closed();
  }

  protected override received(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    const change = isResponse(message) && message.id !== null ? this.open.get(message.id) : undefined;
    if (!change || !isResponse(message)) {
      if (!this.isOfFollowed(message)) this.onmessage(message, relatedTo);
      return;
    }
    this.open.delete(message.id as RequestId);
    this.onmessage(change(message), relatedTo);
  }

  private made({ method, params }: JsonRpcRequest): LongCall | null {
    return isOfOneTask(method) && typeof params?.taskId === 'string' ? this.find(params.taskId) : null;
  }

  /** A call that is only a handle to its client is one here too: it is the same call. */
  private find(taskId: string): LongCall | null {
    return this.services.longCalls.find(taskId, this.clientId);
  }

  private changeOf(
    { method }: JsonRpcRequest,
    caller: Caller,
  ): ((response: JsonRpcResponse) => JsonRpcResponse) | null {
    if (method === 'tasks/list') return (response) => this.withMade(response);
    if (method !== 'tools/list') return null;
    const transport = this.services.manager.findTransport(caller.transport_id, this.clientId);
    return transport?.protocol_version === REVISION ? withTaskSupport : null;
  }

  private serve({ id, method }: JsonRpcRequest, made: LongCall): void {
    if (method === 'tasks/result') this.result(id, made);
    else if (method === 'tasks/get') this.answer({ jsonrpc: '2.0', id, result: this.taskOf(made) });
    else if (method === 'tasks/cancel') this.cancel(id, made);
    else this.answer(rpcError(id, RPC.methodNotFound, `Method not found: ${method} is of another revision.`));
  }

  private taskOf(call: LongCall): Params {
    const { longCalls } = this.services;
    const progress = longCalls.progressOf(call.call_id);
    // What its server asks reaches the client by itself, and it does not have to ask for that.
    return taskOf(lostCall(longCalls, call)?.call ?? call, 'augmented', { progress, isAsking: false });
  }

  private cancel(id: RequestId, { call_id, handle }: LongCall): void {
    if (!this.services.longCalls.cancel(call_id, BY_CLIENT)) {
      this.answer(rpcError(id, RPC.invalidParams, IS_OVER));
      return;
    }
    const now = this.find(handle);
    this.answer(now ? { jsonrpc: '2.0', id, result: this.taskOf(now) } : rpcError(id, RPC.invalidParams, IS_OVER));
  }

  /** Answers once the call is over. A client that gives up, or a kill of Holdfast, loses nothing: the answer is kept. */
  private result(id: RequestId, { call_id, handle, state }: LongCall): void {
    const { longCalls, log } = this.services;
    const waiting = longCalls.wait(call_id, state === 'running' ? MOST_WAIT : 0);
    this.waiting.set(id, waiting.stop);
    void waiting.over.then(() => {
      if (!this.waiting.delete(id)) return;
      try {
        // The next run goes on waiting: an error that is stored now would be all that its client ever gets.
        if (longCalls.isClosed && longCalls.ofCall(call_id)?.state === 'running') return;
        this.answer(this.outcome(id, call_id, handle));
      } catch (error) {
        log.warn({ err: error }, 'the result of a task could not be looked for');
        this.answer(rpcError(id, RPC.serverError, NOT_ANSWERED));
      }
    });
  }

  private outcome(id: RequestId, callId: number, handle: string): JsonRpcResponse {
    const { longCalls } = this.services;
    const text = longCalls.fetch(callId);
    const answer = text === null ? null : asMessage(valuesIn(text)[0]);
    const call = this.find(handle);
    if (!call) return rpcError(id, RPC.invalidParams, NOT_ANSWERED);
    const lost = lostCall(longCalls, call);
    if (lost) return ofTask(withMember(lost.answer, 'id', id), handle);
    if (call.state === 'running' && answer === null) return rpcError(id, RPC.serverError, NOT_ANSWERED);
    const kept = answer && isResponse(answer) ? withMember(answer, 'id', id) : null;
    return ofTask(outcomeOf(id, call, kept), handle);
  }

  private withMade(response: JsonRpcResponse): JsonRpcResponse {
    const { result } = response;
    if (!isObject(result) || !Array.isArray(result.tasks)) return response;
    const made = this.services.longCalls.ofClient(this.clientId).filter(({ shown_as }) => shown_as === 'task');
    const followed = this.services.longCalls.followedFor(this.clientId);
    const others = result.tasks.filter((task) => !isObject(task) || !followed.has(String(task.taskId)));
    const tasks = [...made.map((call) => this.taskOf(call)), ...others];
    return { ...response, result: { ...result, tasks } };
  }

  /** A server tells of a task that it made for Holdfast: its client knows another one. */
  private isOfFollowed(message: JsonRpcMessage): boolean {
    if (!isNotification(message) || message.method !== 'notifications/tasks/status') return false;
    return this.services.longCalls.followedFor(this.clientId).has(String(message.params?.taskId));
  }

  private answer(response: JsonRpcResponse): void {
    queueMicrotask(() => this.onmessage(response, null));
  }
}

/** Tools that say nothing of tasks, as ones that can be called so: Holdfast makes the task itself. */
function withTaskSupport(response: JsonRpcResponse): JsonRpcResponse {
  const { result } = response;
  if (!isObject(result) || !Array.isArray(result.tools)) return response;
  const tools = result.tools.map((tool) => {
    if (!isObject(tool) || isOwnTool(tool.name)) return tool;
    const execution = isObject(tool.execution) ? tool.execution : {};
    if (execution.taskSupport !== undefined) return tool;
    return keepNumbers(tool, { ...tool, execution: { ...execution, taskSupport: 'optional' } });
  });
  return { ...response, result: keepNumbers(result, { ...result, tools: keepNumbers(result.tools, tools) }) };
}
