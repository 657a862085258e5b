import type { Params } from '../../../mcp/json-rpc';

/** Pages of one server that are remembered; a server with more is remembered in part. */
const MAX_PAGES = 64;

/**
 * What servers listed last, for all sessions, so that a server which is down or slow for a moment does not vanish from the
 * lists. A list is one server's own answer, page by page. Kept in memory, by the server's fingerprint.
 */
export class KnownLists {
  private readonly byServer = new Map<string, Map<string, Params>>();

  /** The newest answer to this request, if there was one. */
  get(fingerprint: string, method: string, cursor: string | undefined): Params | undefined {
    return this.byServer.get(fingerprint)?.get(keyOf(method, cursor));
  }

  put(fingerprint: string, method: string, cursor: string | undefined, result: Params): void {
    const pages = this.byServer.get(fingerprint) ?? new Map<string, Params>();
    this.byServer.set(fingerprint, pages);
    const key = keyOf(method, cursor);
    if (pages.has(key) || pages.size < MAX_PAGES) pages.set(key, result);
  }

  /** Forgets servers that are there no more, or differ from what they were. */
  keep(fingerprints: ReadonlySet<string>): void {
    for (const fingerprint of this.byServer.keys()) {
      if (!fingerprints.has(fingerprint)) this.byServer.delete(fingerprint);
    }
  }
}

const keyOf = (method: string, cursor: string | undefined): string => JSON.stringify([method, cursor]);
