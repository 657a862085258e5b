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
import { changedItems, digestsOf, type ListedItem } from '../../../../mcp/lists/list-changes';
import { soundItems } from '../../../../mcp/lists/sound-list';
import type { Caller } from '../../../../mcp/server-channel';
import { within } from '../../../../platform/deadline';
import type { Services } from '../../../../services';
import type { Child } from '../child';
import { decodeCursor, encodeCursor, type MergedCursor } from './cursor';
import type { KnownLists } from './known-lists';
import type { LearnLists } from './learn-lists';
import type { ListCapability, ListKind } from './list-kinds';

/**
 * How long to wait for a server's page before answering with what is known, counted from when the server began to start.
 * Clients begin their first turn after 2 to 3 s, with the tools they have by then.
 */
const LIST_LIMIT: Ms = SECOND - 100;

export interface MergedListDeps {
  readonly services: Pick<Services, 'timers' | 'clock' | 'log'>;
  readonly known: KnownLists;
  readonly learn: Pick<LearnLists, 'learn' | 'takenFor'>;
  /** All offered servers in list order, Holdfast's own tools first. */
  children(): readonly Child[];
  /** Returns the server of this name; null unless it is offered. */
  child(server: string): Child | null;
  /** Whether the server may be started now. One that waits to be confirmed may not, and is listed as it was. */
  mayRun(server: string): boolean;
  /** Whether a tool is left out for now. */
  isHeld(server: string, tool: string): boolean;
  /** Whether one instance of this server runs for all sessions. */
  runsForAll(server: string): boolean;
  /** Called when a list has been put together. */
  composed(capability: ListCapability): void;
  /** Called when a list already sent is out of date and the client should list again. */
  outdated(capability: ListCapability): void;
  /** Called when a list already sent holds other items of a server than it would now. */
  changed(server: string, items: readonly ListedItem[]): void;
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

  constructor(deps: MergedListDeps) {
    this.deps = deps;
  }

  /** Answers a list request within a second. Does not reject; servers that fail or are late are left out. */
  async answer(request: JsonRpcRequest, list: ListKind, caller: Caller): Promise<JsonRpcResponse> {
    const { id, params = {} } = request;
    const { cursor } = params;
    const from = cursor === undefined ? undefined : decodeCursor(cursor);
    if (from === null) return rpcError(id, RPC.invalidParams, 'This cursor is not one of this list. List without one.');
    const waited = await Promise.all(this.targets(from).map((target) => this.part(request, list, caller, target)));
    // What is remembered is read now, in one go: whatever changes from here on is announced.
    const parts = waited.map((part) => part());
    this.deps.composed(list.capability);
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
  ): Promise<() => Part> {
    const { known, services } = this.deps;
    const { server } = child;
    const remembered = () => (server === null ? undefined : known.get(server, request.method, cursor));
    if (server !== null && !child.isUp) {
      const mayRun = this.deps.mayRun(server);
      const learning = known.isComplete(server) || !mayRun ? null : this.deps.learn.learn(server);
      const patience = Math.max(0, LIST_LIMIT - this.deps.learn.takenFor(server));
      if (learning && patience > 0 && remembered() === undefined) {
        await within(services.timers, patience, learning, () => {});
      }
      // What it says about its lists later concerns this session too.
      if (mayRun && this.deps.runsForAll(server)) child.up().catch(() => {});
      // Only a page that is too much to remember needs the session's own server.
      if (cursor === undefined || remembered() !== undefined || !mayRun) {
        return () => this.partOf(child, list, remembered() ?? {}, cursor);
      }
    }
    const before = remembered();
    const result = await this.inTime(child, LIST_LIMIT, async (isLate) => {
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
      const same = known.put(server, { method: request.method, cursor, result });
      if (isLate()) {
        const digests = (result: Params | undefined) => digestsOf(result ? [{ method: request.method, result }] : []);
        this.deps.changed(server, changedItems(digests(before), digests(same)));
      }
      return same;
    });
    if (result === null && !child.isUp) this.noteMissed(child, list.capability);
    return () => this.partOf(child, list, result ?? before ?? {}, cursor);
  }

  private partOf({ server }: Child, list: ListKind, result: Params, cursor: string | undefined): Part {
    const values = result[list.kind.key];
    const listed: readonly unknown[] = Array.isArray(values) ? values : [];
    if (server === null) return { items: listed, next: null };
    const sound = soundItems(list.kind, listed).items;
    const items =
      list.kind.word === 'tool'
        ? sound.filter((item) => !this.deps.isHeld(server, (item as { name: string }).name))
        : sound;
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
