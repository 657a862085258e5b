import {
  isNotification,
  isRequest,
  isResponse,
  type JsonRpcMessage,
  type JsonRpcRequest,
  type RequestId,
} from '../../../mcp/json-rpc';
import { listedKind } from '../../../mcp/lists/item-rules';
import type { Caller, OpenCall, ServerChannel } from '../../../mcp/server-channel';
import { ForwardingChannel } from '../forwarding-channel';
import type { Sight } from './sight';

type Asked = Pick<JsonRpcRequest, 'method' | 'params'>;

/**
 * A server channel without what is hidden from its client: lists leave it out, and requests for it are answered here and
 * reach no server. Calls that run when something is hidden are not touched.
 */
export class VisibleChannel extends ForwardingChannel {
  private readonly sight: Sight;
  /** List requests and calls that are not answered yet, which the channel does in bounded time. */
  private readonly open = new Map<RequestId, Asked>();

  constructor(inner: ServerChannel, sight: Sight) {
    super(inner);
    this.sight = sight;
  }

  override send(message: JsonRpcMessage, caller: Caller): void {
    if (isRequest(message)) {
      const refusal = this.sight.refusal(message);
      if (refusal) {
        this.onmessage(refusal, null);
        return;
      }
      if (isFollowed(message.method)) this.open.set(message.id, { method: message.method, params: message.params });
    } else if (isNotification(message)) {
      // A request without an id. A server that serves it all the same would serve what is hidden.
      if (!message.method.startsWith('notifications/')) return;
      if (message.method === 'notifications/cancelled') this.open.delete(message.params?.requestId as RequestId);
    }
    this.inner.send(message, caller);
  }

  override async resume(calls: readonly OpenCall[]): Promise<readonly RequestId[]> {
    for (const { id, method, name } of calls) {
      if (isFollowed(method)) this.open.set(id, { method, params: name === null ? {} : { name } });
    }
    return super.resume(calls);
  }

  protected override received(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    if (isResponse(message)) this.onmessage(this.answered(message), relatedTo);
    else if (!(isNotification(message) && this.sight.isAboutHidden(message.method, message.params)))
      this.onmessage(message, relatedTo);
  }

  private answered(message: Extract<JsonRpcMessage, { readonly id: RequestId | null; readonly result?: unknown }>) {
    const asked = message.id === null ? undefined : this.open.get(message.id);
    if (message.id === null || asked === undefined) return message;
    this.open.delete(message.id);
    this.sight.noteAnswer(asked, message);
    return this.sight.listed(asked.method, message);
  }
}

const isFollowed = (method: string): boolean => method === 'tools/call' || listedKind(method) !== null;
