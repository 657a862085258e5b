import type { JsonRpcMessage, RequestId } from '../../mcp/json-rpc';
import type { Parties, RoutedChannel } from './routed-channel';

/** Messages kept while no channel is attached. The oldest are dropped first. */
const MAX_BACKLOG = 100;

export interface RecipientsOptions {
  readonly isShared: boolean;
  /** The session that the instance belongs to; null when it is shared by all. */
  readonly own: () => string | null;
}

/** Who uses an instance, and gets what its server says. What nobody is there for waits. */
export class Recipients {
  private readonly options: RecipientsOptions;
  private readonly channels = new Set<RoutedChannel>();
  /** Messages that nobody was there for, with the session that each is for; null: for whoever comes first. */
  private backlog: { readonly message: JsonRpcMessage; readonly sessionKey: string | null }[] = [];
  private sharing: Parties | null = null;

  constructor(options: RecipientsOptions) {
    this.options = options;
  }

  /** The two sessions that share the instance; null while none do. */
  get parties(): Parties | null {
    return this.sharing;
  }

  /** Whether more than one session may use the instance. */
  get areMany(): boolean {
    return this.options.isShared || this.sharing !== null;
  }

  /** Adds a channel. Returns the messages that have waited for it. */
  attach(channel: RoutedChannel): readonly JsonRpcMessage[] {
    this.channels.add(channel);
    const isFor = (sessionKey: string | null) => sessionKey === null || sessionKey === channel.sessionKey;
    const due = this.backlog.filter(({ sessionKey }) => isFor(sessionKey));
    this.backlog = this.backlog.filter(({ sessionKey }) => !isFor(sessionKey));
    return due.map(({ message }) => message);
  }

  detach(channel: RoutedChannel): void {
    this.channels.delete(channel);
  }

  has(channel: RoutedChannel): boolean {
    return this.channels.has(channel);
  }

  /** Two sessions share the instance from now on, or no longer: null. */
  share(parties: Parties | null): void {
    const before = this.sharing;
    this.sharing = parties;
    // What waited until now was for the only user that there was.
    if (!before && parties) {
      this.backlog = this.backlog.map((one) => ({ ...one, sessionKey: one.sessionKey ?? this.options.own() }));
    }
  }

  /** Drops what waits for a session. */
  dropWaiting(sessionKey: string): void {
    this.backlog = this.backlog.filter((one) => one.sessionKey !== sessionKey);
  }

  /** Whether it is the instance's own session, or shares it. */
  isUser(sessionKey: string): boolean {
    return [this.options.own(), this.sharing?.asked, this.sharing?.other].includes(sessionKey);
  }

  /** Whether its server asks another session than this one, of two that share the instance. */
  isOther({ sessionKey }: RoutedChannel): boolean {
    return this.sharing !== null && sessionKey !== this.sharing.asked;
  }

  newestOf(sessionKey: string | null): RoutedChannel | null {
    return [...this.channels].findLast((channel) => channel.sessionKey === sessionKey) ?? null;
  }

  /** Delivers a message to every session that `isFor` accepts. A server of one session ignores `isFor`. */
  toAll(message: JsonRpcMessage, relatedTo: RequestId | null, isFor?: (sessionKey: string) => boolean): void {
    if (this.sharing) {
      for (const key of [this.sharing.asked, this.sharing.other]) {
        if (!isFor || isFor(key)) this.toOne(this.newestOf(key), message, null, key);
      }
    } else if (!this.options.isShared) this.toOne(this.newestOf(this.options.own()), message, relatedTo);
    else for (const channel of this.channels) if (!isFor || isFor(channel.sessionKey)) channel.deliver(message, null);
  }

  /** @param sessionKey - whom it waits for if the channel is not there; null or omitted: for whoever comes first */
  toOne(
    channel: RoutedChannel | null,
    message: JsonRpcMessage,
    relatedTo: RequestId | null,
    sessionKey: string | null = null,
  ): void {
    if (channel && this.channels.has(channel)) {
      channel.deliver(message, relatedTo);
      return;
    }
    if (this.options.isShared) return;
    this.backlog.push({ message, sessionKey: this.sharing && sessionKey });
    if (this.backlog.length > MAX_BACKLOG) this.backlog.shift();
  }
}
