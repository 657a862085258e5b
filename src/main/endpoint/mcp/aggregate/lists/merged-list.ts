import { type Ms, SECOND } from '../../../../../shared/model/units';
import {
  isObject,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type Params,
  RPC,
  rpcError,
} from '../../../../mcp/json-rpc';
import type { Caller } from '../../../../mcp/server-channel';
import { within } from '../../../../platform/deadline';
import type { Services } from '../../../../services';
import type { Child } from '../child';
import { decodeCursor, encodeCursor, type MergedCursor } from './cursor';
import type { KnownLists } from './known-lists';
import type { ListCapability, ListKind } from './list-kinds';

/** A server that has not listed by then is left out; its time runs from the start of its start. */
const LIST_LIMIT: Ms = 5 * SECOND;
/** The same where it is known what it listed last. */
const KNOWN_LIMIT: Ms = SECOND;

export interface MergedListDeps {
  readonly services: Pick<Services, 'timers' | 'clock' | 'log'>;
  readonly known: KnownLists;
  /** All servers, Holdfast's own first, in the order of the list. */
  children(): readonly Child[];
  /** The server of that name, if it is offered. */
  child(server: string): Child | null;
  /** What the client was told turned out to be out of date: it should list again. */
  outdated(capability: ListCapability): void;
}

/** One server's part of a page. */
interface Part {
  readonly items: readonly unknown[];
  readonly next: readonly [string, string] | null;
}

/**
 * The lists of all servers as one. A page is one page of each server that has more, so a server with thousands of items
 * holds nobody up, and the cursor holds all there is to know: none of it is kept.
 */
export class MergedList {
  private readonly deps: MergedListDeps;
  /** What the client was told without these servers. */
  private readonly missed = new WeakMap<Child, Set<ListCapability>>();
  /** Servers that did not answer in time last time: they are not waited for as long again. */
  private readonly slow = new WeakSet<Child>();

  constructor(deps: MergedListDeps) {
    this.deps = deps;
  }

  /** Answers a request for a list, within about five seconds. */
  async answer(request: JsonRpcRequest, list: ListKind, caller: Caller): Promise<JsonRpcResponse> {
    const { id, params = {} } = request;
    const { cursor } = params;
    const from = cursor === undefined ? undefined : decodeCursor(cursor);
    if (from === null) return rpcError(id, RPC.invalidParams, 'This cursor is not one of this list. List without one.');
    const parts = await Promise.all(this.targets(from).map((target) => this.part(request, list, caller, target)));
    const nextCursor = encodeCursor(parts.flatMap(({ next }) => (next ? [next] : [])));
    const items = parts.flatMap((part) => part.items);
    return { jsonrpc: '2.0', id, result: { [list.key]: items, ...(nextCursor === undefined ? {} : { nextCursor }) } };
  }

  /** The server is up: if a list was given without it, the client should ask again. */
  cameUp(child: Child): void {
    for (const capability of this.missed.get(child) ?? []) if (child.can(capability)) this.deps.outdated(capability);
    this.missed.delete(child);
  }

  private targets(from: MergedCursor | undefined): { child: Child; cursor?: string }[] {
    if (!from) return this.deps.children().map((child) => ({ child }));
    return from.flatMap(([server, cursor]) => {
      const child = this.deps.child(server);
      return child ? [{ child, cursor }] : [];
    });
  }

  private async part(
    request: JsonRpcRequest,
    list: ListKind,
    caller: Caller,
    { child, cursor }: { child: Child; cursor?: string },
  ): Promise<Part> {
    const { known, services } = this.deps;
    const { server } = child;
    const before = server === null ? undefined : known.get(server, request.method, cursor);
    const limit = before === undefined && !this.slow.has(child) ? LIST_LIMIT : KNOWN_LIMIT;
    const result = await this.inTime(child, limit, async (isLate) => {
      await child.up();
      // Those who were answered without it are told now that it is there; see `cameUp`.
      if (isLate()) return null;
      if (!child.can(list.capability)) return {};
      const { error, result } = await child.ask(pageOf(request, cursor), caller);
      if (!isObject(result)) {
        services.log.info({ server, code: error?.code }, `a server did not answer ${request.method}`);
        return null;
      }
      if (server === null) return result;
      known.put(server, request.method, cursor, result);
      if (!isLate()) this.slow.delete(child);
      else if (JSON.stringify(before) !== JSON.stringify(result)) this.deps.outdated(list.capability);
      return result;
    });
    if (result === null && !child.isUp) this.noteMissed(child, list.capability);
    return this.partOf(child, list, result ?? before ?? {}, cursor);
  }

  private partOf({ server }: Child, list: ListKind, result: Params, cursor: string | undefined): Part {
    const values = result[list.key];
    const listed: readonly unknown[] = Array.isArray(values) ? values : [];
    if (server === null) return { items: listed, next: null };
    const items = listed.filter(list.isItem);
    const left = listed.length - items.length;
    if (left > 0) this.deps.services.log.info({ server, left, of: list.key }, 'a server lists what clients refuse');
    const { nextCursor } = result;
    return {
      items: items.map((item) => list.rename(server, item)),
      // A page that names itself as the next one would be listed for ever.
      next: typeof nextCursor === 'string' && nextCursor !== cursor ? [server, nextCursor] : null,
    };
  }

  private noteMissed(child: Child, capability: ListCapability): void {
    const missed = this.missed.get(child) ?? new Set();
    this.missed.set(child, missed.add(capability));
  }

  /** What the work results in; null when it fails, or is not done in time. It is told then that it is late, and goes on. */
  private inTime(
    child: Child,
    limit: Ms,
    work: (isLate: () => boolean) => Promise<Params | null>,
  ): Promise<Params | null> {
    const { timers, clock } = this.deps.services;
    const waited = child.startedAt === null ? 0 : clock.monotonic() - child.startedAt;
    const patience = child.isResting ? 0 : Math.max(0, limit - waited);
    if (patience === 0) return Promise.resolve(null);
    let isLate = false;
    const result = work(() => isLate).catch(() => null);
    return within(timers, patience, result, () => {
      isLate = true;
      if (child.isUp) this.slow.add(child);
      return null;
    });
  }
}

/** The request for one server's page. Its progress would be that of many servers, so none is asked for. */
function pageOf({ params = {}, ...request }: JsonRpcRequest, cursor: string | undefined): JsonRpcRequest {
  const { cursor: _, _meta, ...rest } = params;
  const { progressToken: __, ...meta } = isObject(_meta) ? _meta : {};
  const kept = Object.keys(meta).length === 0 ? {} : { _meta: meta };
  return { ...request, params: { ...rest, ...kept, ...(cursor === undefined ? {} : { cursor }) } };
}
