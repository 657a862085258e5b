import { type Ms, SECOND } from '../../../../../shared/model/units';
import { keepNumbers } from '../../../../mcp/exact-json';
import {
  isObject,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type Params,
  RPC,
  rpcError,
} from '../../../../mcp/json-rpc';
import { soundItems } from '../../../../mcp/lists/sound-list';
import type { Caller } from '../../../../mcp/server-channel';
import { within } from '../../../../platform/deadline';
import type { Services } from '../../../../services';
import type { Child } from '../child';
import { decodeCursor, encodeCursor, type MergedCursor } from './cursor';
import type { KnownLists } from './known-lists';
import type { ListCapability, ListKind } from './list-kinds';

/** How long to wait for a server's page before leaving it out, counted from when the server began to start. */
const LIST_LIMIT: Ms = 5 * SECOND;
/** The same for a server whose last list is known, or that was slow last time. */
const KNOWN_LIMIT: Ms = SECOND;

export interface MergedListDeps {
  readonly services: Pick<Services, 'timers' | 'clock' | 'log'>;
  readonly known: KnownLists;
  /** All offered servers in list order, Holdfast's own tools first. */
  children(): readonly Child[];
  /** Returns the server of this name; null unless it is offered. */
  child(server: string): Child | null;
  /** Called when a list already sent is out of date and the client should list again. */
  outdated(capability: ListCapability): void;
}

/** One server's share of a merged page. */
interface Part {
  readonly items: readonly unknown[];
  readonly next: readonly [string, string] | null;
}

/**
 * Merges the lists of all servers. A merged page is one page from each server that has more, so a server with thousands
 * of items delays nobody. The cursor holds all the state of a listing; nothing is kept here.
 */
export class MergedList {
  private readonly deps: MergedListDeps;
  /** Per server, the lists that were sent to the client without it. */
  private readonly missed = new WeakMap<Child, Set<ListCapability>>();
  /** Servers that were late last time; the next wait for them is shorter. */
  private readonly slow = new WeakSet<Child>();

  constructor(deps: MergedListDeps) {
    this.deps = deps;
  }

  /** Answers a list request within about five seconds. Does not reject; servers that fail or are late are left out. */
  async answer(request: JsonRpcRequest, list: ListKind, caller: Caller): Promise<JsonRpcResponse> {
    const { id, params = {} } = request;
    const { cursor } = params;
    const from = cursor === undefined ? undefined : decodeCursor(cursor);
    if (from === null) return rpcError(id, RPC.invalidParams, 'This cursor is not one of this list. List without one.');
    const parts = await Promise.all(this.targets(from).map((target) => this.part(request, list, caller, target)));
    const nextCursor = encodeCursor(parts.flatMap(({ next }) => (next ? [next] : [])));
    const items = parts.flatMap((part) => part.items);
    return {
      jsonrpc: '2.0',
      id,
      result: { [list.kind.key]: items, ...(nextCursor === undefined ? {} : { nextCursor }) },
    };
  }

  /** Tells the client to list again if a list was sent without this server, which is up now. */
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
      // The list was sent without this server; `cameUp` tells the client to list again.
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
    const values = result[list.kind.key];
    const listed: readonly unknown[] = Array.isArray(values) ? values : [];
    if (server === null) return { items: listed, next: null };
    const { items } = soundItems(list.kind, listed);
    const { nextCursor } = result;
    return {
      items: items.map((item) => keepNumbers(item as object, list.rename(server, item) as object)),
      // A page that names itself as the next would never end.
      next: typeof nextCursor === 'string' && nextCursor !== '' && nextCursor !== cursor ? [server, nextCursor] : null,
    };
  }

  private noteMissed(child: Child, capability: ListCapability): void {
    const missed = this.missed.get(child) ?? new Set();
    this.missed.set(child, missed.add(capability));
  }

  /** Resolves with the result of `work`; null if it fails or is late. Late work continues and can check `isLate`. */
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

/** The request for one server's page. It drops the progress token, as progress would come from many servers at once. */
function pageOf({ params = {}, ...request }: JsonRpcRequest, cursor: string | undefined): JsonRpcRequest {
  const { cursor: _, _meta, ...rest } = params;
  const { progressToken: __, ...meta } = isObject(_meta) ? _meta : {};
  const kept = Object.keys(meta).length === 0 ? {} : { _meta: meta };
  return { ...request, params: { ...rest, ...kept, ...(cursor === undefined ? {} : { cursor }) } };
}
