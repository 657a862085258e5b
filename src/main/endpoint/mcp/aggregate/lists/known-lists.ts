import { MINUTE, type Ms } from '../../../../../shared/model/units';
import { parseExact, stringifyExact } from '../../../../mcp/exact-json';
import type { Params } from '../../../../mcp/json-rpc';
import { changedItems, digestsOf, type ListedItem } from '../../../../mcp/lists/list-changes';
import { asBefore, contentsOf } from '../../../../mcp/lists/same-list';
import type { InitializeResult } from '../../../../mcp/server-channel';
import type { ServerSource } from '../../../../mcp/server-source';
import type { ServerListRepository } from '../../../../mcp/stored-lists';
import type { Clock } from '../../../../platform/ports';
import { LIST_CAPABILITIES, LIST_METHODS, type ListCapability, listOf } from './list-kinds';

/** Pages remembered per server; further pages are not remembered. */
const MAX_PAGES = 64;
/** Characters of JSON remembered per server, and of all together. Further pages are not remembered. */
const MAX_PER_SERVER = 1024 * 1024;
const MAX_IN_ALL = 16 * MAX_PER_SERVER;
/** Sessions and capabilities of which it is remembered what the client was sent. The others are told once too often. */
const MAX_LISTED = 1_500;
/** How exactly is kept when a server listed what is remembered. */
const HEARD_WITHIN: Ms = 10 * MINUTE;
/** Servers that were removed and may come back. */
const MAX_GONE = 50;
/** Characters of an answer to `initialize`; longer ones are not remembered. */
const MAX_INTRODUCTION = 64 * 1024;

/** Results as JSON text, by request: {@link keyOf}. */
type Pages = Map<string, string>;

interface Known {
  fingerprint: string;
  isComplete: boolean;
  pages: Pages;
  heardAt: Ms;
  introduction: InitializeResult | null;
}

export interface KnownListsDeps {
  readonly repository: Pick<ServerListRepository, 'all' | 'heard' | 'save' | 'remove'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly source: Pick<ServerSource, 'fingerprintOf'>;
}

/** A page of a list as its server gave it, with the server's own cursor. */
export interface ListedPage {
  readonly method: string;
  readonly cursor: string | undefined;
  readonly result: Params;
}

/**
 * Called with each change of what is remembered of a server.
 * @param number - of the change: a client that was listed at a later one has it already
 * @param before - what was remembered until then
 */
export type KnownListener = (
  server: string,
  changed: readonly ListCapability[],
  number: number,
  before: readonly ListedPage[],
) => void;

/**
 * Remembers what servers last listed, for all sessions and over restarts, so that listing starts nothing. A server whose
 * entry changed keeps its old lists until the new ones are known.
 */
export class KnownLists {
  private readonly deps: KnownListsDeps;
  private readonly byServer = new Map<string, Known>();
  /** Number of changes so far. */
  private changes = 0;
  /** Per session and capability, the number of changes when the client was last sent a list. Oldest first. */
  private readonly listed = new Map<string, number>();
  /** Per server, the number of the latest change of each of its lists. As many servers as are remembered. */
  private readonly changedAt = new Map<string, Map<ListCapability, number>>();
  private readonly gone = new Set<string>();
  private readonly listeners = new Set<KnownListener>();

  constructor(deps: KnownListsDeps) {
    this.deps = deps;
    for (const { server, fingerprint, is_complete, heard_at, pages, introduction } of deps.repository.all()) {
      this.byServer.set(server, {
        fingerprint,
        isComplete: is_complete,
        heardAt: heard_at,
        pages: new Map(JSON.parse(pages) as [string, string][]),
        introduction: introduction === null ? null : JSON.parse(introduction),
      });
    }
    this.followServers();
  }

  /**
   * Call it when servers were added, changed or removed. What a removed one listed is kept for the case that it comes back,
   * but not for another one of its name.
   */
  followServers(): void {
    for (const [server, { fingerprint }] of this.byServer) {
      const now = this.deps.source.fingerprintOf(server);
      if (now === null) this.gone.add(server);
      else if (this.gone.delete(server) && now !== fingerprint) this.forget(server);
    }
    for (const server of this.gone) {
      if (this.gone.size <= MAX_GONE) break;
      this.forget(server);
    }
  }

  /** Whether all lists of what now runs under this name are known, as far as they are remembered. */
  isComplete(server: string): boolean {
    const known = this.byServer.get(server);
    return known?.isComplete === true && known.fingerprint === this.deps.source.fingerprintOf(server);
  }

  has(server: string): boolean {
    return this.byServer.has(server);
  }

  /**
   * Whether a list of the server is known to its end, as far as it is remembered. A server that has only said hello has listed
   * nothing; one that is something else now counts by what was listed under its name.
   */
  hasListed(server: string, method: string): boolean {
    if (this.byServer.get(server)?.isComplete) return true;
    let page = this.get(server, method, undefined);
    for (let pages = 1; page !== undefined && pages < MAX_PAGES; pages += 1) {
      if (typeof page.nextCursor !== 'string') return true;
      page = this.get(server, method, page.nextCursor);
    }
    return page !== undefined;
  }

  /** Returns the latest result of this request, with the server's own cursor; undefined if there was none. */
  get(server: string, method: string, cursor: string | undefined): Params | undefined {
    const text = this.byServer.get(server)?.pages.get(keyOf(method, cursor));
    return text === undefined ? undefined : (parseExact(text) as Params);
  }

  /** Everything that is remembered of a server. */
  pagesOf(server: string): ListedPage[] {
    return listedPages(this.byServer.get(server)?.pages);
  }

  /** The same without what another entry of this name listed. */
  ownPagesOf(server: string): ListedPage[] {
    const isOwn = this.byServer.get(server)?.fingerprint === this.deps.source.fingerprintOf(server);
    return isOwn ? this.pagesOf(server) : [];
  }

  /** How a server answered `initialize` last; null when that is not known. */
  introductionOf(server: string): InitializeResult | null {
    return this.byServer.get(server)?.introduction ?? null;
  }

  /** Remembers how a server answered `initialize`. */
  introduce(server: string, introduction: InitializeResult): void {
    const fingerprint = this.deps.source.fingerprintOf(server);
    const text = JSON.stringify(introduction);
    const known = this.byServer.get(server);
    if (fingerprint === null || text.length > MAX_INTRODUCTION || JSON.stringify(known?.introduction) === text) return;
    const now = this.deps.clock.now();
    const fresh = {
      fingerprint,
      isComplete: false,
      pages: new Map<string, string>(),
      heardAt: now,
      ...known,
      introduction,
    };
    this.byServer.set(server, fresh);
    this.save(server, fresh, now);
  }

  /** Remembers one page. Returns what to send of it: what is the same as before keeps its bytes. */
  put(server: string, page: ListedPage): Params {
    const known = this.byServer.get(server);
    const isOfThis = known?.fingerprint === this.deps.source.fingerprintOf(server);
    // Most lists are the same each time, to the byte.
    if (isOfThis && known?.pages.get(keyOf(page.method, page.cursor)) === stringifyExact(page.result)) {
      this.heard(server);
      return page.result;
    }
    const before = this.get(server, page.method, page.cursor);
    const result = stable(page, before, known?.pages);
    // A page that no remembered one leads to, or the same items with another cursor: the server's cursors are new each time.
    const isStray = page.cursor !== undefined && before === undefined && !leadsTo(known?.pages, page);
    const isSame =
      before !== undefined && textOf(page, before) === textOf(page, result) && hasNext(before) === hasNext(result);
    this.heard(server);
    if (isStray || (isSame && isOfThis)) return result;
    const pages = reachable(new Map([...(known?.pages ?? []), entryOf({ ...page, result })]));
    this.change(server, [...pages], known?.isComplete ?? false);
    return result;
  }

  /** Replaces everything remembered of a server. Returns what is different now. */
  replace(server: string, pages: readonly ListedPage[]): readonly ListedItem[] {
    this.heard(server);
    const known = this.byServer.get(server);
    const listed = listedPages(known?.pages);
    const same = pages.map((page, at) => {
      const place = pages.slice(0, at).filter(({ method }) => method === page.method).length;
      const before = known && [...known.pages].filter(([key]) => methodOf(key) === page.method)[place];
      const entry = entryOf(page);
      if (before?.[1] === entry[1]) return entry;
      return entryOf({ ...page, result: stable(page, before && (parseExact(before[1]) as Params), known?.pages) });
    });
    const changed = this.change(server, same, true);
    return changed.length === 0 ? [] : changedItems(digestsOf(listed), digestsOf(this.pagesOf(server)));
  }

  /** Numbers something that changes lists and is not remembered here, such as what is held back. */
  nextChange(): number {
    this.changes += 1;
    return this.changes;
  }

  /** Call it when a list is composed for a client, from what is known now, and when the client is told to ask for it anew. */
  noteListed(sessionKey: string, capability: ListCapability): void {
    const key = `${sessionKey} ${capability}`;
    this.listed.delete(key);
    this.listed.set(key, this.changes);
    const [oldest] = this.listed.keys();
    if (this.listed.size > MAX_LISTED && oldest !== undefined) this.listed.delete(oldest);
  }

  /** The number of the latest change that the client's list, or what it was told, already holds. 0 if that is not known. */
  listedAt(sessionKey: string, capability: ListCapability): number {
    return this.listed.get(`${sessionKey} ${capability}`) ?? 0;
  }

  /** Whether lists of a server have changed since the client's list was composed, or it was told. */
  hasChangedSince(sessionKey: string, capability: ListCapability, server: string): boolean {
    return (this.changedAt.get(server)?.get(capability) ?? 0) > this.listedAt(sessionKey, capability);
  }

  /** Calls the listener with each change of what is remembered. Returns a function that unsubscribes. */
  onChange(listener: KnownListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private change(
    server: string,
    entries: readonly (readonly [string, string])[],
    isComplete: boolean,
  ): readonly ListCapability[] {
    const fingerprint = this.deps.source.fingerprintOf(server);
    if (fingerprint === null) return [];
    const before = this.byServer.get(server);
    const pages = bounded(entries);
    const changed = differences(before?.pages ?? new Map(), pages);
    const isNews = changed.length > 0 || before?.fingerprint !== fingerprint || before.isComplete !== isComplete;
    if (!isNews) return [];
    this.byServer.delete(server);
    const heardAt = this.deps.clock.now();
    const known = { fingerprint, isComplete, pages, heardAt, introduction: before?.introduction ?? null };
    this.byServer.set(server, known);
    this.save(server, known, heardAt);
    if (changed.length === 0) return changed;
    const number = this.nextChange();
    const was = listedPages(before?.pages);
    const changedAt = this.changedAt.get(server) ?? new Map<ListCapability, number>();
    this.changedAt.set(server, changedAt);
    for (const capability of changed) changedAt.set(capability, number);
    for (const listener of this.listeners) listener(server, changed, number, was);
    return changed;
  }

  private save(server: string, { fingerprint, isComplete, pages, heardAt, introduction }: Known, learned_at: Ms): void {
    try {
      this.deps.repository.save({
        ...{ server, fingerprint, is_complete: isComplete, learned_at, heard_at: heardAt },
        pages: JSON.stringify([...pages]),
        introduction: introduction && JSON.stringify(introduction),
      });
      this.shrink();
    } catch {
      // It is known in memory all the same, and learned again after a restart.
    }
  }

  /** Forgets servers that are gone, then those learned longest ago, until all fit. */
  private shrink(): void {
    const sizes = new Map([...this.byServer].map(([server, { pages }]) => [server, sizeOf(pages)]));
    let all = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    const isGone = (server: string) => this.deps.source.fingerprintOf(server) === null;
    for (const [server, size] of [...sizes].sort(([a], [b]) => Number(isGone(b)) - Number(isGone(a)))) {
      if (all <= MAX_IN_ALL) return;
      all -= size;
      this.forget(server);
    }
  }

  private forget(server: string): void {
    this.byServer.delete(server);
    this.changedAt.delete(server);
    this.gone.delete(server);
    this.deps.repository.remove(server);
  }

  /** The server has listed something just now. */
  private heard(server: string): void {
    const known = this.byServer.get(server);
    const now = this.deps.clock.now();
    if (!known || Math.abs(now - known.heardAt) < HEARD_WITHIN) return;
    known.heardAt = now;
    try {
      this.deps.repository.heard(server, now);
    } catch {
      // It is only shown.
    }
  }
}

const listedPages = (pages: Pages = new Map()): ListedPage[] =>
  [...pages].map(([key, text]) => {
    const [method, cursor] = JSON.parse(key) as [string, string | null];
    return { method, cursor: cursor ?? undefined, result: parseExact(text) as Params };
  });
const keyOf = (method: string, cursor: string | undefined): string => JSON.stringify([method, cursor]);
const entryOf = ({ method, cursor, result }: ListedPage) => [keyOf(method, cursor), stringifyExact(result)] as const;
const sizeOf = (pages: Pages): number => [...pages].reduce((sum, [key, text]) => sum + key.length + text.length, 0);

function bounded(entries: readonly (readonly [string, string])[]): Pages {
  const pages: Pages = new Map();
  let size = 0;
  for (const [key, text] of new Map(entries)) {
    size += key.length + text.length;
    if (pages.size < MAX_PAGES && size <= MAX_PER_SERVER) pages.set(key, text);
  }
  return pages;
}

/** Capabilities of which something else is listed. A first look at an empty list tells nobody anything new. */
const differences = (before: Pages, after: Pages): ListCapability[] =>
  LIST_CAPABILITIES.filter((capability) =>
    LIST_METHODS.some((method) => {
      const list = listOf(method);
      if (list?.capability !== capability) return false;
      const contents = (pages: Pages) => contentsOf(list.kind.key, pagesOf(pages, method));
      return contents(before) !== contents(after);
    }),
  );

const methodOf = (key: string): string => (JSON.parse(key) as [string])[0];
const pagesOf = (pages: Pages, method: string): Params[] =>
  [...pages].flatMap(([key, text]) => (methodOf(key) === method ? [parseExact(text) as Params] : []));

function stable({ method, result }: ListedPage, before: Params | undefined, pages: Pages = new Map()): Params {
  const key = listOf(method)?.kind.key;
  if (key === undefined) return result;
  const others = pagesOf(pages, method).flatMap((page) => (Array.isArray(page[key]) ? page[key] : []));
  return asBefore(key, before, result, others);
}
const textOf = ({ method }: ListedPage, result: Params): string => contentsOf(listOf(method)?.kind.key ?? '', [result]);
const hasNext = ({ nextCursor }: Params): boolean => typeof nextCursor === 'string';

const leadsTo = (pages: Pages | undefined, { method, cursor }: ListedPage): boolean =>
  pages !== undefined && pagesOf(pages, method).some(({ nextCursor }) => nextCursor === cursor);

/** Without the pages that no other one leads to any more. */
function reachable(pages: Pages): Pages {
  const cursors = new Map(
    LIST_METHODS.map((method) => [method, pagesOf(pages, method).map(({ nextCursor }) => nextCursor)]),
  );
  return new Map(
    [...pages].filter(([key]) => {
      const [method, cursor] = JSON.parse(key) as [string, string | null];
      return cursor === null || cursor === undefined || cursors.get(method)?.includes(cursor);
    }),
  );
}

/**
 * Names of the servers that clients at the address of all servers see, in configuration order: those that may run, and those
 * that still have to be confirmed, with what they listed before.
 */
export function listedServers(
  source: Pick<ServerSource, 'enabled' | 'offered'>,
  known: Pick<KnownLists, 'has'>,
): string[] {
  const offered = new Set(source.offered());
  return source.enabled().filter((name) => offered.has(name) || known.has(name));
}
