import type { Params } from '../../../../mcp/json-rpc';

/** Pages remembered per server; further pages are not remembered. */
const MAX_PAGES = 64;

/**
 * Remembers what servers last listed, for all sessions: a server that is briefly down or slow stays in the lists. Holds
 * each server's own results, page by page. Kept in memory until the configuration changes.
 */
export class KnownLists {
  private readonly byServer = new Map<string, Map<string, Params>>();

  /** Returns the latest result of this request, with the server's own cursor; undefined if there was none. */
  get(server: string, method: string, cursor: string | undefined): Params | undefined {
    return this.byServer.get(server)?.get(keyOf(method, cursor));
  }

  /** Remembers a result, unless it is a further page of a server that has reached the limit. */
  put(server: string, method: string, cursor: string | undefined, result: Params): void {
    const pages = this.byServer.get(server) ?? new Map<string, Params>();
    this.byServer.set(server, pages);
    const key = keyOf(method, cursor);
    if (pages.has(key) || pages.size < MAX_PAGES) pages.set(key, result);
  }

  /** Forgets everything, for when a name may mean a different server. */
  clear(): void {
    this.byServer.clear();
  }
}

const keyOf = (method: string, cursor: string | undefined): string => JSON.stringify([method, cursor]);
