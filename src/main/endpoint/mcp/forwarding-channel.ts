import type { Ms } from '../../../shared/model/units';
import type { JsonRpcMessage, Params, RequestId } from '../../mcp/json-rpc';
import type { Caller, InitializeResult, OpenCall, ServerChannel } from '../../mcp/server-channel';

/** A server channel in front of another one. It passes everything on, but for what those that extend it do otherwise. */
export abstract class ForwardingChannel implements ServerChannel {
  onmessage: ServerChannel['onmessage'] = () => {};
  onclose: ServerChannel['onclose'] = () => {};
  protected readonly inner: ServerChannel;

  constructor(inner: ServerChannel) {
    this.inner = inner;
    inner.onmessage = (message, relatedTo) => this.received(message, relatedTo);
    inner.onclose = () => this.closed();
  }

  get idleAfter(): Ms | null {
    return this.inner.idleAfter;
  }

  initialize(params: Params, caller: Caller): Promise<InitializeResult> {
    return this.inner.initialize(params, caller);
  }

  send(message: JsonRpcMessage, caller: Caller): void {
    this.inner.send(message, caller);
  }

  async resume(calls: readonly OpenCall[]): Promise<readonly RequestId[]> {
    return (await this.inner.resume?.(calls)) ?? calls.map(({ id }) => id);
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  /** The channel behind says something. */
  protected received(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    this.onmessage(message, relatedTo);
  }

  /** The channel behind ends on its own. */
  protected closed(): void {
    this.onclose();
  }
}
