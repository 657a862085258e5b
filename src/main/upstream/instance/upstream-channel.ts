import { HoldfastError } from '../../../shared/errors';
import {
  isNotification,
  isRequest,
  isResponse,
  type JsonRpcMessage,
  type Params,
  type RequestId,
} from '../../mcp/json-rpc';
import type { Listings } from '../../mcp/lists/listings';
import type { InitializeResult, OpenCall, ServerChannel } from '../../mcp/server-channel';
import { heldBack } from '../tools/held-back';
import { doesAnswer } from './declared-capabilities';
import type { Instance } from './instance';
import type { RoutedChannel } from './routed-channel';

const MOVED =
  'The session uses other processes of this server from now on, as sharing began or ended. The call was left to the ones before, and its outcome is unknown.';

/** What opens channels and is told when they close. */
export interface ChannelOwner {
  closed(channel: UpstreamChannel): void;
  /** The server has answered `initialize`. */
  initialized(result: InitializeResult): void;
  /** An instance that already starts, or `own`: what serves the channel once it is initialized with these params. */
  started(own: Instance, sessionKey: string, params: Params): Instance;
  /** Holdfast is stopping: messages from servers are now left to the next one. */
  readonly isStopping: boolean;
  /** The server's name, for a sentence. */
  readonly config: { readonly name: string };
  /** Whether what this session had called before Holdfast started was left to processes that serve it no longer. */
  hasLeftCalls(sessionKey: string): boolean;
  /** Whether a tool is held back until its change is accepted. */
  isHeld(tool: string): boolean;
  /**
   * What one user lists from the server.
   * @param isPartly - whether somebody merges it with other lists, and leaves out what is held back
   */
  listings(isPartly: boolean): Listings;
}

/**
 * One server as one session sees it. It hides what the server was initialized with, whether its process runs and who
 * else uses it. The answer to `initialize` comes from memory if there is one. Lists that strict clients would refuse are
 * put right here, once for all doors.
 */
export class UpstreamChannel implements ServerChannel, RoutedChannel {
  /** Never closed as idle: its process holds state. */
  readonly idleAfter = null;
  readonly sessionKey: string;
  readonly takesNotes: boolean;
  onmessage: (message: JsonRpcMessage, relatedTo: RequestId | null) => void = () => {};
  onclose: () => void = () => {};
  private readonly owner: ChannelOwner;
  private instance: Instance;
  private readonly listings: Listings;
  private isAttached = false;
  private isClosed = false;
  /** What its client said of itself; null until it does. */
  introduction: Params | null = null;

  constructor(owner: ChannelOwner, instance: Instance, sessionKey: string, takesNotes: boolean) {
    this.owner = owner;
    this.instance = instance;
    this.sessionKey = sessionKey;
    this.listings = owner.listings(true);
    this.takesNotes = takesNotes;
  }

  async initialize(params: Params): Promise<InitializeResult> {
    if (this.isClosed) throw new HoldfastError('server_unavailable');
    this.introduction = params;
    if (!this.isAttached) this.instance = this.owner.started(this.instance, this.sessionKey, params);
    this.attach();
    const { instance } = this;
    try {
      const result = await instance.initialize(params, this.sessionKey);
      this.owner.initialized(result);
      return result;
    } catch (error) {
      // What serves its session now may well be up.
      if (this.instance !== instance && !this.isClosed) return this.initialize(params);
      throw new HoldfastError('server_unavailable', (error as Error).message);
    }
  }

  send(message: JsonRpcMessage): void {
    if (this.isClosed) return;
    this.attach();
    if (isRequest(message)) {
      const tool = message.method === 'tools/call' ? message.params?.name : undefined;
      if (typeof tool === 'string' && this.owner.isHeld(tool)) {
        queueMicrotask(() => this.deliver(heldBack(message.id, this.owner.config.name, tool), message.id));
        return;
      }
      this.listings.asked(message);
      this.instance.request(this, message);
    } else if (isNotification(message)) this.instance.notify(this, message);
    else this.instance.respond(this, message);
  }

  resume(calls: readonly OpenCall[]): readonly RequestId[] {
    if (this.isClosed) return calls.map(({ id }) => id);
    if (this.owner.hasLeftCalls(this.sessionKey)) return calls.map(({ id }) => id);
    this.attach();
    for (const call of calls) this.listings.asked(call);
    return this.instance.resume(this, calls);
  }

  /**
   * From now on this instance serves it, with what its session has set on the one before. Its calls to that one get an error;
   * whoever uses it notices nothing else.
   * @returns whether the one before has answered calls of its session
   */
  moveTo(instance: Instance): boolean {
    if (this.isClosed || this.instance === instance) return false;
    const { lostState, clientSettings } = this.instance.router;
    const isMissed = lostState.knows(this.sessionKey);
    const settings = clientSettings[this.sessionKey];
    const wasAttached = this.isAttached;
    if (wasAttached) this.instance.leave(this, MOVED);
    this.isAttached = false;
    this.instance = instance;
    if (this.introduction) instance.meet(this.introduction, this.sessionKey);
    if (settings) instance.bring(this.sessionKey, settings);
    if (wasAttached) this.attach();
    return isMissed;
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    if (this.owner.isStopping) this.instance.release();
    else if (this.isAttached) this.instance.detach(this);
    this.owner.closed(this);
  }

  /** Closes the channel from the server's side, because the server was removed or is run differently now. */
  drop(): void {
    if (this.isClosed) return;
    void this.close();
    this.onclose();
  }

  can(method: string): boolean {
    return this.introduction === null || doesAnswer(this.introduction, method);
  }

  deliver(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    if (this.isClosed) return;
    this.onmessage(isResponse(message) ? this.listings.answered(message) : message, relatedTo);
  }

  private attach(): void {
    if (this.isAttached) return;
    this.isAttached = true;
    this.instance.attach(this);
  }
}
