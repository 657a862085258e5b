import { HoldfastError } from '../../../../shared/errors';
import { type Ms, SECOND } from '../../../../shared/model/units';
import type { Params } from '../../../mcp/json-rpc';
import type { Caller, InitializeResult, ServerChannel } from '../../../mcp/server-channel';
import { within } from '../../../platform/deadline';
import type { Timers } from '../../../platform/ports';

/** How long a server may take to answer `initialize`. */
const INITIALIZE_LIMIT: Ms = 30 * SECOND;
const TOO_SLOW = 'The server did not answer initialize within 30 seconds. See the Servers view of Holdfast.';
const ENDED = 'the session ended meanwhile';

export interface LazyChannelOptions {
  readonly timers: Timers;
  /** Opens the session's server channel. */
  readonly connect: () => Promise<ServerChannel>;
  readonly onmessage: ServerChannel['onmessage'];
  /** Called when an initialized channel closes on its own. Its open requests stay unanswered. */
  readonly onlost: () => void;
}

/** A session's server channel: opened and initialized on first use, and again after it was lost. */
export class LazyChannel {
  private readonly options: LazyChannelOptions;
  private channel: ServerChannel | null = null;
  private attaching: Promise<ServerChannel> | null = null;
  /** Null until the channel is initialized. */
  private result: InitializeResult | null = null;
  private initializing: Promise<InitializeResult> | null = null;
  /** Rejects the initialization in progress. */
  private failInitialize: (error: Error) => void = () => {};
  private isRetired = false;

  constructor(options: LazyChannelOptions) {
    this.options = options;
  }

  /** The channel, if it is initialized and can take requests; otherwise null. */
  get ready(): ServerChannel | null {
    return this.result === null ? null : this.channel;
  }

  /** The channel once an initialization in progress is done; null if it fails, or if there is neither. Never rejects. */
  async soon(): Promise<ServerChannel | null> {
    await this.initializing?.catch(() => {});
    return this.ready;
  }

  /** How long the channel may be unused before it is closed: 0 when there is none, null while it must stay open. */
  get idleAfter(): Ms | null {
    if (this.initializing || this.attaching) return null;
    return this.channel === null ? 0 : this.channel.idleAfter;
  }

  /** Opens and initializes the channel unless that is done. Rejects when the server is unavailable. */
  initialize(params: unknown, caller: Caller): Promise<InitializeResult> {
    if (this.result) return Promise.resolve(this.result);
    this.initializing ??= this.make(params, caller).finally(() => {
      this.initializing = null;
    });
    return this.initializing;
  }

  /** The channel, opened if there is none. It may not be initialized yet. */
  attach(): Promise<ServerChannel> {
    if (this.channel) return Promise.resolve(this.channel);
    this.attaching ??= this.open().finally(() => {
      this.attaching = null;
    });
    return this.attaching;
  }

  /** From now on no channel is opened. */
  retire(): void {
    this.isRetired = true;
  }

  async close(): Promise<void> {
    this.isRetired = true;
    const { channel } = this;
    this.release();
    this.failInitialize(new Error(ENDED));
    await channel?.close();
  }

  private async make(params: unknown, caller: Caller): Promise<InitializeResult> {
    const channel = await this.attach();
    if (this.channel !== channel) throw new Error('the server stopped before it was initialized');
    try {
      const result = await this.initialized(channel, params as Params, caller);
      if (this.channel !== channel) throw new Error(ENDED);
      this.result = result;
      return result;
    } catch (error) {
      if (this.channel === channel) {
        this.release();
        await channel.close();
      }
      throw error;
    }
  }

  private initialized(channel: ServerChannel, params: Params, caller: Caller): Promise<InitializeResult> {
    const lost = new Promise<never>((_, reject) => {
      this.failInitialize = reject;
    });
    const result = Promise.race([channel.initialize(params, caller), lost]);
    const tooSlow = () => new HoldfastError('server_unavailable', TOO_SLOW);
    return within(this.options.timers, INITIALIZE_LIMIT, result, tooSlow);
  }

  private async open(): Promise<ServerChannel> {
    const { options } = this;
    const channel = await options.connect();
    if (this.isRetired) {
      await channel.close();
      throw new Error(ENDED);
    }
    channel.onmessage = options.onmessage;
    channel.onclose = () => this.lost(channel);
    this.channel = channel;
    return channel;
  }

  private lost(channel: ServerChannel): void {
    this.failInitialize(new Error('the server stopped while it was initialized'));
    if (this.channel !== channel) return;
    const wasReady = this.result !== null;
    this.release();
    // Before that, whoever waits for the initialization learns of the loss from its rejection.
    if (wasReady) this.options.onlost();
  }

  private release(): void {
    this.channel = null;
    this.result = null;
  }
}
