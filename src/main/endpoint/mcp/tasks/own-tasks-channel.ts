import { knowsTasks } from '../../../mcp/extensions';
import {
  isNotification,
  isObject,
  isRequest,
  isResponse,
  type JsonRpcMessage,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type Params,
  type RequestId,
} from '../../../mcp/json-rpc';
import type { Caller, InitializeResult, OpenCall, ServerChannel } from '../../../mcp/server-channel';
import { ForwardingChannel } from '../forwarding-channel';
import type { OwnTasks } from './own-tasks';

/**
 * A channel to one server at which a client meets its own tasks alone. Requests for others are answered here, lists leave
 * them out, and what a shared process says of them is dropped.
 */
export class OwnTasksChannel extends ForwardingChannel {
  private readonly tasks: OwnTasks;
  /** Methods of requests whose answers are looked at, which the channel gives in bounded time. */
  private readonly open = new Map<RequestId, string>();
  /** Whether the server has tasks as an extension. */
  private hasExtension = false;

  constructor(inner: ServerChannel, tasks: OwnTasks) {
    super(inner);
    this.tasks = tasks;
  }

  override async initialize(params: Params, caller: Caller): Promise<InitializeResult> {
    const result = await super.initialize(params, caller);
    this.hasExtension = knowsTasks(result.capabilities);
    return result;
  }

  override send(message: JsonRpcMessage, caller: Caller): void {
    if (isRequest(message)) {
      const refusal = this.tasks.refusal(message);
      if (refusal) {
        queueMicrotask(() => this.onmessage(refusal, null));
        return;
      }
      if (mayBeginTask(message) || message.method === 'tasks/list') this.open.set(message.id, message.method);
      if (!this.hasExtension && isMarked(message)) {
        this.inner.send(withoutMark(message), caller);
        return;
      }
    } else if (isNotification(message) && message.method === 'notifications/cancelled') {
      this.open.delete(message.params?.requestId as RequestId);
    }
    this.inner.send(message, caller);
  }

  override async resume(calls: readonly OpenCall[]): Promise<readonly RequestId[]> {
    for (const { id, method } of calls) {
      if (method === 'tools/call' || method === 'tasks/list') this.open.set(id, method);
    }
    return super.resume(calls);
  }

  protected override closed(): void {
    this.open.clear();
    super.closed();
  }

  protected override received(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    if (isResponse(message)) this.onmessage(this.answered(message), relatedTo);
    else if (!isNotification(message) || !this.tasks.isOfOthers(message)) this.onmessage(message, relatedTo);
  }

  private answered(response: JsonRpcResponse): JsonRpcResponse {
    const method = response.id === null ? undefined : this.open.get(response.id);
    if (response.id === null || method === undefined) return response;
    this.open.delete(response.id);
    return this.tasks.answered(method, response);
  }
}

const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/** Whether the request says that its client knows tasks as an extension. */
const isMarked = ({ params }: JsonRpcRequest): boolean =>
  isObject(params?._meta) && knowsTasks(params._meta[CAPABILITIES]);

/** Only a call that asks for it becomes a task (MCP 2025-11-25, tasks, augmentation), or one whose client knows them (SEP-2663). */
const mayBeginTask = (request: JsonRpcRequest): boolean =>
  request.method === 'tools/call' && (request.params?.task !== undefined || isMarked(request));

/** The request for a server that has no such extension: what only the revision without sessions defines is left out. */
function withoutMark(request: JsonRpcRequest): JsonRpcRequest {
  const { _meta, ...params } = request.params ?? {};
  const { [CAPABILITIES]: _, ...meta } = isObject(_meta) ? _meta : {};
  return { ...request, params: Object.keys(meta).length === 0 ? params : { ...params, _meta: meta } };
}
