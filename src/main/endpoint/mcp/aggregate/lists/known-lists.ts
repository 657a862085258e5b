import type { Params } from '../../../../mcp/json-rpc';

/** Pages of one server that are remembered; a server with more is remembered in part. */
const MAX_PAGES = 64;

/**
 * What servers listed last, for all sessions, so that a server which is down or slow for a moment does not vanish from the
 * lists. A list is one server's own answer, page by page. Kept in memory, until the configuration changes.
 */
export class KnownLists {
  private readonly byServer = new Map<string, Map<string, Params>>();

  /** The newest answer to this request, if there was one. */
  get(server: string, method: string, cursor: string | undefined): Params | undefined {
    return this.byServer.get(server)?.get(keyOf(method, cursor));
  }

  /** Remembers an answer. */
  put(server: string, method: string, cursor: string | undefined, result: Params): void {
    const pages = this.byServer.get(server) ?? new Map<string, Params>();
    this.byServer.set(server, pages);
    const key = keyOf(method, cursor);
    if (pages.has(key) || pages.size < MAX_PAGES) pages.set(key, result);
  }

  /** Forgets everything: a name may mean another server now. */
  clear(): void {
    this.byServer.clear();
  }
}

const keyOf = (method: string, cursor: string | undefined): string => JSON.stringify([method, cursor]);
