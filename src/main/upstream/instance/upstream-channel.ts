import { HoldfastError } from '../../../shared/errors';
import { isNotification, isRequest, type JsonRpcMessage, type Params, type RequestId } from '../../mcp/json-rpc';
import type { Home, InitializeResult, OpenCall, ServerChannel } from '../../mcp/server-channel';
import type { Instance } from './instance';
import type { RoutedChannel } from './message-router';

/** Who makes channels, and knows what their homes are called. */
export interface ChannelOwner {
  /** The instance that serves a home from now on, which was called otherwise. */
  rehome(channel: UpstreamChannel, from: string, to: string): Instance;
  closed(channel: UpstreamChannel): void;
  /** Holdfast stops: what servers say from now on is for the next one. */
  readonly isStopping: boolean;
}

/**
 * One server as one home sees it. What it is initialized with, whether its process runs, and which others use it shows
 * nowhere: it is initialized from memory when it can be.
 */
export class UpstreamChannel implements ServerChannel, RoutedChannel {
  /** It keeps state: the process behind it. */
  readonly idleAfter = null;
  onmessage: (message: JsonRpcMessage, relatedTo: RequestId | null) => void = () => {};
  onclose: () => void = () => {};
  private readonly owner: ChannelOwner;
  private instance: Instance;
  private homeId: string;
  private ofSession: boolean;
  private isAttached = false;
  private isClosed = false;

  constructor(owner: ChannelOwner, instance: Instance, home: Home) {
    this.owner = owner;
    this.instance = instance;
    this.homeId = home.id;
    this.ofSession = home.isSession;
  }

  get home(): string {
    return this.homeId;
  }

  /** Whether its home is a session: what it uses outlives it. */
  get isOfSession(): boolean {
    return this.ofSession;
  }

  async initialize(params: Params): Promise<InitializeResult> {
    if (this.isClosed) throw new HoldfastError('server_unavailable');
    this.attach();
    try {
      return await this.instance.initialize(params);
    } catch (error) {
      throw new HoldfastError('server_unavailable', (error as Error).message);
    }
  }

  send(message: JsonRpcMessage): void {
    if (this.isClosed) return;
    this.attach();
    if (isRequest(message)) this.instance.request(this, message);
    else if (isNotification(message)) this.instance.notify(this, message);
    else this.instance.respond(message);
  }

  rehome(sessionId: string): void {
    if (this.isClosed) return;
    const from = this.homeId;
    const before = this.instance.record;
    this.homeId = sessionId;
    this.ofSession = true;
    const instance = this.owner.rehome(this, from, sessionId);
    if (instance === this.instance) return;
    instance.learnClient(before.initialize_params);
    if (this.isAttached) this.instance.detach(this);
    this.instance = instance;
    if (this.isAttached) instance.attach(this);
  }

  resume(calls: readonly OpenCall[]): readonly RequestId[] {
    if (this.isClosed) return calls.map(({ id }) => id);
    this.attach();
    return this.instance.resume(this, calls);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    if (this.owner.isStopping) this.instance.release();
    else if (this.isAttached) this.instance.detach(this);
    this.owner.closed(this);
  }

  /** The server is no more for this home: it was removed, or is served otherwise. */
  drop(): void {
    if (this.isClosed) return;
    void this.close();
    this.onclose();
  }

  deliver(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    if (!this.isClosed) this.onmessage(message, relatedTo);
  }

  private attach(): void {
    if (this.isAttached) return;
    this.isAttached = true;
    this.instance.attach(this);
  }
}
