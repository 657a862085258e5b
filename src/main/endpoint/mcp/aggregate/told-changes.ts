import type { Item } from '../../../../shared/model/visibility';
import { changedItems, type ItemDigests, itemOf, type ListedItem } from '../../../mcp/lists/list-changes';
import { capabilityOf, LIST_CAPABILITIES, type ListCapability } from './lists/list-kinds';

/** Something that changed what a server lists: by its own doing, or because tools are held back now or no longer. */
export interface Step {
  readonly number: number;
  readonly server: string;
  readonly cause: 'lists' | 'held';
  /** What was listed until then, without what was held back then. */
  readonly before: ItemDigests;
  /** Sessions that had a process of their own then, which tells them itself. */
  readonly tellers: ReadonlySet<string>;
}

/** Something that changed which servers there are, or their order. */
export interface OrderStep {
  readonly number: number;
  readonly before: readonly string[];
}

/** One session, as far as it decides what it is listed. */
export interface Looker {
  /** Tells apart those who are not listed the same. */
  readonly key: string;
  /** Whether it is listed a thing that its server lists. */
  readonly lists: (item: Item) => boolean;
}

/** The capabilities of which a session is listed something else when these items of a server change. */
export function capabilitiesOf(
  server: string,
  changed: readonly ListedItem[],
  lists: (item: Item) => boolean,
): ListCapability[] {
  const seen = new Set(changed.filter(({ kind, name }) => lists({ server, kind, name })).map(capabilityOf));
  return LIST_CAPABILITIES.filter((capability) => seen.has(capability));
}

/**
 * Compares what sessions would be answered now with what they would have been answered before some steps. Many sessions are
 * compared at one moment, and those that are listed the same cost nothing more.
 */
export class ListComparison {
  private readonly now: (server: string) => ItemDigests;
  private readonly order: readonly string[];
  private readonly memo = new WeakMap<ItemDigests, Map<string, string>>();

  /**
   * @param order - the servers, as they are listed now
   * @param now - what each lists, without what is held back
   */
  constructor(order: readonly string[], now: (server: string) => ItemDigests) {
    this.order = order;
    this.now = now;
  }

  /**
   * Whether the session would be answered something else now: other items, or the same in another order of servers.
   * @param steps - those that it has not been told of, oldest first
   * @param orderBefore - null if that is the same
   */
  differs(
    looker: Looker,
    capability: ListCapability,
    steps: readonly Step[],
    orderBefore: readonly string[] | null,
  ): boolean {
    const first = new Map<string, ItemDigests>();
    for (const { server, before } of steps) if (!first.has(server)) first.set(server, before);
    const was = (server: string) => first.get(server) ?? this.now(server);
    if (orderBefore === null) {
      return [...first].some(
        ([server, before]) =>
          this.order.includes(server) &&
          changedItems(before, this.now(server)).length > 0 &&
          this.text(server, before, looker, capability) !== this.text(server, this.now(server), looker, capability),
      );
    }
    const all = (order: readonly string[], items: (server: string) => ItemDigests) =>
      JSON.stringify(order.map((server) => this.text(server, items(server), looker, capability)).filter(Boolean));
    return all(orderBefore, was) !== all(this.order, this.now);
  }

  /** What a session is listed of one server, to be compared; empty if it is nothing. */
  private text(server: string, items: ItemDigests, { key, lists }: Looker, capability: ListCapability): string {
    const known = this.memo.get(items) ?? new Map<string, string>();
    this.memo.set(items, known);
    const place = JSON.stringify([server, key, capability]);
    const text = known.get(place) ?? textOf(server, items, lists, capability);
    known.set(place, text);
    return text;
  }
}

function textOf(
  server: string,
  items: ItemDigests,
  lists: (item: Item) => boolean,
  capability: ListCapability,
): string {
  const listed = [...items].flatMap(([key, digest]) => {
    const item = itemOf(key);
    return capabilityOf(item) === capability && lists({ server, ...item }) ? [`${key} ${digest}`] : [];
  });
  return listed.length === 0 ? '' : `${server}\n${listed.sort().join('\n')}`;
}
