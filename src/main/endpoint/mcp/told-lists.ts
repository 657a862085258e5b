import type { Params } from '../../mcp/json-rpc';
import {
  changedItems,
  digestsOf,
  type ItemDigests,
  itemOf,
  type ListedItem,
  NO_ITEMS,
} from '../../mcp/lists/list-changes';
import type { ListedPage } from './aggregate/lists/known-lists';

/** Items of which it is remembered that a session was sent them, of all sessions. What was sent longest ago goes first. */
const MOST_ITEMS = 100_000;

interface Told {
  readonly items: ItemDigests;
  /** Whether the client was sent the list to its end. */
  readonly isWhole: boolean;
}

/**
 * Remembers what sessions at the address of one server were sent of its lists, so that a change is told to those for which it is
 * one. It outlasts the channels of a session, and not Holdfast.
 */
export class ToldLists {
  /** By session and method, those sent longest ago first. */
  private readonly told = new Map<string, Told>();
  private size = 0;

  /** A page was sent, or corrected. */
  sent(sessionKey: string, { method, cursor, result }: ListedPage): void {
    const before = cursor === undefined ? undefined : this.told.get(keyOf(sessionKey, method));
    // Of a list whose beginning is not known, nobody knows whether it is different.
    if (cursor !== undefined && before === undefined) return;
    const items = new Map([...(before?.items ?? []), ...digestsOf([{ method, result }])]);
    this.put(keyOf(sessionKey, method), { items, isWhole: !leadsOn(result) });
  }

  /**
   * What of a server's lists is not as the session was sent it; null for a list that it was not sent to its end, as far as is
   * known.
   */
  changed(sessionKey: string, method: string, pages: readonly ListedPage[]): ListedItem[] | null {
    const items = this.whole(sessionKey, method);
    return items && changedItems(items, digestsOf(pages.filter((page) => page.method === method)));
  }

  /** What the session was sent of a list; null if that is not known to its end. */
  whole(sessionKey: string, method: string): ItemDigests | null {
    const told = this.told.get(keyOf(sessionKey, method));
    return told?.isWhole ? told.items : null;
  }

  /** Whether anything is known of what the session was sent of this list. */
  knows(sessionKey: string, method: string): boolean {
    return this.told.has(keyOf(sessionKey, method));
  }

  /** The session has been told that its lists of which there are pages here are these now. */
  isNow(sessionKey: string, pages: readonly ListedPage[]): void {
    const digests = digestsOf(pages);
    for (const method of new Set(pages.map((page) => page.method))) {
      const ofMethod = [...digests].filter(([key]) => itemOf(key).method === method);
      this.put(keyOf(sessionKey, method), { items: new Map(ofMethod), isWhole: true });
    }
  }

  private put(key: string, told: Told): void {
    this.size += told.items.size - (this.told.get(key)?.items ?? NO_ITEMS).size;
    this.told.delete(key);
    this.told.set(key, told);
    for (const [oldest, { items }] of this.told) {
      if (this.size <= MOST_ITEMS && this.told.size <= MOST_ITEMS / 10) return;
      this.told.delete(oldest);
      this.size -= items.size;
    }
  }
}

const keyOf = (sessionKey: string, method: string): string => JSON.stringify([sessionKey, method]);
const leadsOn = ({ nextCursor }: Params): boolean => typeof nextCursor === 'string' && nextCursor !== '';
