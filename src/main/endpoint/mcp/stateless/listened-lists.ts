import { changedItems, digestsOf, type ItemDigests } from '../../../mcp/lists/list-changes';
import type { Services } from '../../../services';
import type { ListedPage } from '../aggregate/lists/known-lists';
import { type Ask, wholeList } from '../aggregate/lists/learn-lists';
import { capabilityOf, LIST_CAPABILITIES, LIST_METHODS, type ListCapability } from '../aggregate/lists/list-kinds';
import { ListWatch } from '../aggregate/lists/list-watch';
import type { ToldLists } from '../told-lists';

/** One stream on which a client listens for changes. */
export interface ListListener {
  /** The lists of which it wants to be told. */
  readonly wants: ReadonlySet<ListCapability>;
  tell(capability: ListCapability): void;
}

export interface ListenedListsDeps {
  readonly services: Pick<Services, 'timers' | 'clock' | 'log'>;
  /** What the client was sent of this server's lists, as it was sent. */
  readonly told: ToldLists;
  /** The client and the server in {@link told}. */
  readonly key: string;
  /** Whether the client has been there since before Holdfast started: what it was sent then is not known. */
  readonly isContinued: boolean;
  /** Asks the server, and gives the answer as the client would get it now. */
  readonly ask: Ask;
}

/**
 * The streams on which one client listens for changes of a server without sessions. It is told of a list that is not what it was
 * sent, whatever made it another one: the server, what is hidden from the client, or what is held back. Several programs may
 * share the client, so each stream is compared by what had been sent when it opened, was sent first since, or was told on it.
 */
export class ListenedLists {
  private readonly deps: ListenedListsDeps;
  private readonly watch: ListWatch;
  /** What each stream's client is known to have, by method. */
  private readonly listeners = new Map<ListListener, Map<string, ItemDigests>>();
  /** Announced since the lists were last read. */
  private readonly announcements = new Set<ListCapability>();

  constructor(deps: ListenedListsDeps) {
    this.deps = deps;
    this.watch = new ListWatch({
      services: deps.services,
      // Nothing runs that a person could stop.
      stops: () => 0,
      isUp: () => true,
      read: async () => ({ pages: await this.read(), unread: [] }),
      found: ({ pages }) => this.found(pages),
      // What cannot be read is told at once.
      unjudged: () => {},
    });
  }

  get isEmpty(): boolean {
    return this.listeners.size === 0;
  }

  /** Tells the listener of changes from now on, until the returned function is called. */
  add(listener: ListListener): () => void {
    this.listeners.set(listener, new Map());
    for (const method of LIST_METHODS) this.wasSent(method);
    return () => {
      this.listeners.delete(listener);
      if (this.isEmpty) this.watch.close();
    };
  }

  /** The client was sent a page of this list, which {@link ListenedListsDeps.told} knows by now. */
  wasSent(method: string): void {
    const items = this.deps.told.whole(this.deps.key, method);
    if (items === null) return;
    for (const has of this.listeners.values()) if (!has.has(method)) has.set(method, items);
  }

  /** The server has said that these lists are others. */
  announced(capability: ListCapability): void {
    if (this.isEmpty) return;
    this.announcements.add(capability);
    this.watch.announced(capability);
  }

  /** What the client is shown of the lists may be something else now. */
  recheck(): void {
    if (!this.isEmpty) this.watch.recheck();
  }

  private async read(): Promise<ListedPage[]> {
    const wanted = new Set([...this.announcements, ...[...this.listeners.keys()].flatMap(({ wants }) => [...wants])]);
    const pages: ListedPage[] = [];
    for (const method of LIST_METHODS) {
      const capability = capabilityOf({ method });
      if (capability && wanted.has(capability)) pages.push(...((await this.list(method)) ?? []));
    }
    return pages;
  }

  /** The pages of a list; null if the server cannot give it just now, and then it is compared the next time. */
  private async list(method: string): Promise<ListedPage[] | null> {
    const { services, ask } = this.deps;
    try {
      return await wholeList(method, ask);
    } catch (err) {
      services.log.debug({ err, method }, 'a list could not be read');
      return null;
    }
  }

  private found(pages: readonly ListedPage[]): void {
    const { told, key, isContinued } = this.deps;
    const now = new Map(
      [...new Set(pages.map(({ method }) => method))].map((method) => [
        method,
        digestsOf(pages.filter((page) => page.method === method)),
      ]),
    );
    // What was announced and could not be read may be anything.
    const unread = LIST_METHODS.filter((method) => !now.has(method)).flatMap(
      (method) => capabilityOf({ method }) ?? [],
    );
    const unknown = unread.filter((capability) => this.announcements.has(capability));
    for (const [listener, has] of this.listeners) {
      const due = new Set<ListCapability>(unknown);
      for (const [method, items] of now) {
        const capability = capabilityOf({ method });
        if (!capability) continue;
        const before = has.get(method);
        const mayBe = (isContinued || told.knows(key, method)) && this.announcements.has(capability);
        if (before ? changedItems(before, items).length > 0 : mayBe) due.add(capability);
        has.set(method, items);
      }
      for (const capability of LIST_CAPABILITIES) {
        if (due.has(capability) && listener.wants.has(capability)) listener.tell(capability);
      }
    }
    this.announcements.clear();
  }
}
