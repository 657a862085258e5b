import { type ErrorCode, HoldfastError } from '../../../shared/errors';
import { type Ms, SECOND } from '../../../shared/model/units';
import { keepNumbers } from '../../mcp/exact-json';
import {
  isNotification,
  isObject,
  isRequest,
  isResponse,
  type JsonRpcMessage,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type Params,
  type RequestId,
  RPC,
} from '../../mcp/json-rpc';
import { changedItems, digestsOf, type ListedItem } from '../../mcp/lists/list-changes';
import { PendingRequests } from '../../mcp/pending-requests';
import type { Caller, InitializeResult, OpenCall, ServerChannel } from '../../mcp/server-channel';
import { isUpFor, type ServerSource } from '../../mcp/server-source';
import { within } from '../../platform/deadline';
import type { Services } from '../../services';
import type { KnownLists } from './aggregate/lists/known-lists';
import { allLists, untilStopped } from './aggregate/lists/learn-lists';
import {
  capabilityOf,
  changedCapability,
  LIST_METHODS,
  type ListCapability,
  listChanged,
  listOf,
} from './aggregate/lists/list-kinds';
import { ListWatch, type ReadLists } from './aggregate/lists/list-watch';
import { unavailable } from './aggregate/refusals';
import { capabilitiesOf } from './aggregate/told-changes';
import type { ToldLists } from './told-lists';
import type { Sight } from './visibility/sight';

/** How long a server may take to answer before what is remembered of it does. Clients give a server some seconds more. */
const PATIENCE: Ms = 5 * SECOND;
/** How long a server may take to answer a list request of Holdfast's own. */
const OWN_LIMIT: Ms = 30 * SECOND;
/** How much longer a list is waited for whose client was answered from memory. */
const CORRECTION_LIMIT: Ms = 30 * SECOND;
/** Idle limit of a channel that has nothing behind it. */
const IDLE_AFTER: Ms = 30 * SECOND;
/** Cancelled calls that wait for the server to be initialized. */
const MOST_CANCELS = 1_000;
const UNTRUSTED: ErrorCode = 'server_untrusted';

export interface OneServerDeps {
  readonly services: Pick<Services, 'timers' | 'clock' | 'log' | 'callIds'>;
  readonly source: ServerSource;
  readonly known: KnownLists;
  readonly server: string;
  readonly sessionKey: string;
  /** What this session, and others, were sent of lists. */
  readonly told: ToldLists;
  readonly sight: Pick<Sight, 'listsTo'>;
  /** Whether the session was there before Holdfast began, so that it may have been sent lists that nobody remembers. */
  readonly isContinued: boolean;
}

interface OpenList {
  readonly method: string;
  readonly capability: ListCapability;
  readonly cursor: string | undefined;
  /** Set once the client was answered from memory. */
  sent: Params | null;
  cancel: () => void;
}

/**
 * One server as a session at its own address sees it: every message as it is, but for lists. A server that is down, slow or
 * waits to be confirmed is introduced and listed from memory, and a changed list is announced only if it is one. What needs the
 * server itself starts it, and says why if that fails.
 */
export class OneServerChannel implements ServerChannel {
  onmessage: ServerChannel['onmessage'] = () => {};
  onclose: ServerChannel['onclose'] = () => {};
  private readonly deps: OneServerDeps;
  private inner: ServerChannel | null = null;
  private introduction: { readonly params: Params; readonly caller: Caller } | null = null;
  private said: InitializeResult | null = null;
  private starting: Promise<InitializeResult> | null = null;
  private readonly lists = new Map<RequestId, OpenList>();
  /** Requests of the client that wait for the server to come up. */
  private readonly waiting = new Set<RequestId>();
  /** Cancel calls that were made before a restart, once the server is initialized. */
  private readonly cancels: (() => void)[] = [];
  private readonly own: PendingRequests;
  private readonly watch: ListWatch;
  /** Whether the client was answered from memory since the server was last up. */
  private usedMemory = false;
  private isClosed = false;

  private constructor(deps: OneServerDeps) {
    this.deps = deps;
    const { services, source, known, server } = deps;
    this.own = new PendingRequests(services.timers);
    this.watch = new ListWatch({
      services,
      stops: () => source.timesStopped(server, deps.sessionKey),
      isUp: () => isUpFor(source, server, deps.sessionKey),
      read: (stops) => {
        const ask = untilStopped(source, server, deps.sessionKey, (method, params) => this.ask(method, params), stops);
        return allLists(this.said?.capabilities ?? {}, ask, known.ownPagesOf(server));
      },
      found: (read, changed, announced) => {
        known.replace(server, read.pages);
        this.found(read, changed, announced);
      },
      unjudged: (capabilities) => this.tell([], new Set(this.maybeSent(capabilities))),
      inVain: (times) => source.announcedInVain(server, times),
    });
  }

  /** @throws HoldfastError as `ServerSource.connect`, unless the server is remembered and only waits to be confirmed */
  static async open(deps: OneServerDeps): Promise<ServerChannel> {
    const channel = new OneServerChannel(deps);
    try {
      await channel.connect();
    } catch (error) {
      const isRemembered = deps.known.introductionOf(deps.server) !== null;
      if (!(error instanceof HoldfastError && error.code === UNTRUSTED && isRemembered)) throw error;
    }
    return channel;
  }

  get idleAfter(): Ms | null {
    return this.inner === null ? IDLE_AFTER : this.inner.idleAfter;
  }

  async initialize(params: Params, caller: Caller): Promise<InitializeResult> {
    this.introduction = { params, caller };
    const remembered = this.remembered(params);
    const up = this.up();
    if (remembered === null) return up;
    // An error of the server is told by whatever needs it.
    return within(this.deps.services.timers, PATIENCE, up, () => this.fromMemory(remembered)).catch(() =>
      this.fromMemory(remembered),
    );
  }

  send(message: JsonRpcMessage, caller: Caller): void {
    if (this.isClosed) return;
    const isCancel = isNotification(message) && message.method === 'notifications/cancelled';
    if (isRequest(message)) this.request(message, caller);
    else if (this.said) this.inner?.send(message, caller);
    else if (isCancel) this.cancelLater(message, caller);
    if (isCancel) {
      const id = message.params?.requestId as RequestId;
      this.waiting.delete(id);
      this.forgetList(id);
    }
  }

  resume(calls: readonly OpenCall[]): readonly RequestId[] | Promise<readonly RequestId[]> {
    return this.inner?.resume?.(calls) ?? calls.map(({ id }) => id);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.watch.close();
    this.waiting.clear();
    for (const id of [...this.lists.keys()]) this.forgetList(id);
    this.own.failAll(new Error('the session ended'));
    await this.inner?.close();
  }

  private async connect(): Promise<ServerChannel> {
    const { source, server, sessionKey } = this.deps;
    if (this.inner) return this.inner;
    const inner = await source.connect(server, sessionKey);
    if (this.isClosed) {
      await inner.close();
      throw new HoldfastError('server_unavailable');
    }
    inner.onmessage = (message, relatedTo) => this.received(message, relatedTo);
    inner.onclose = () => this.lost();
    this.inner = inner;
    return inner;
  }

  private lost(): void {
    this.cancels.length = 0;
    this.inner = null;
    this.said = null;
    this.own.failAll(new Error('the server stopped'));
    this.onclose();
  }

  /** Connects to the server and initializes it, unless that is done. Rejects with a sentence for a person. */
  private up(): Promise<InitializeResult> {
    if (this.said) return Promise.resolve(this.said);
    this.starting ??= this.start().finally(() => {
      this.starting = null;
    });
    return this.starting;
  }

  private async start(): Promise<InitializeResult> {
    const { introduction, deps } = this;
    if (!introduction) throw new HoldfastError('server_unavailable');
    const inner = await this.connect();
    const said = await inner.initialize(introduction.params, introduction.caller);
    if (this.inner !== inner) throw new HoldfastError('server_unavailable');
    this.said = said;
    for (const cancel of this.cancels.splice(0)) cancel();
    const before = deps.known.pagesOf(deps.server);
    deps.known.introduce(deps.server, said);
    if (this.usedMemory) void this.watch.begin(before);
    this.usedMemory = false;
    return said;
  }

  /** What is remembered of the server, in a revision that the client speaks; null if nothing is. */
  private remembered(params: Params): InitializeResult | null {
    const known = this.deps.known.introductionOf(this.deps.server);
    if (known === null) return null;
    // Revisions are dates.
    const [protocolVersion = ''] = [known.protocolVersion, String(params.protocolVersion)].sort();
    return { ...known, protocolVersion };
  }

  private fromMemory(remembered: InitializeResult): InitializeResult {
    this.usedMemory = true;
    return remembered;
  }

  private request(request: JsonRpcRequest, caller: Caller): void {
    const { id, method, params } = request;
    const list = listOf(method);
    const cursor = typeof params?.cursor === 'string' ? params.cursor : undefined;
    const remembered = this.pageOf(method, cursor);
    if (!this.said) {
      if (remembered) {
        this.usedMemory = true;
        this.answer(id, method, cursor, remembered);
      } else if (method === 'ping') this.onmessage({ jsonrpc: '2.0', id, result: {} }, null);
      if (!remembered && method !== 'ping') this.wait(request, caller);
      // Whoever lists will want to call.
      else this.up().catch(() => {});
      return;
    }
    if (list) this.expectList(id, { method, cursor, capability: list.capability }, remembered, caller);
    this.inner?.send(request, caller);
  }

  /** After a restart of Holdfast, a call goes on whose server is not initialized again yet. */
  private cancelLater(message: JsonRpcNotification, caller: Caller): void {
    const isUnsent = this.waiting.has(message.params?.requestId as RequestId);
    if (!isUnsent && this.cancels.length < MOST_CANCELS) this.cancels.push(() => this.inner?.send(message, caller));
  }

  private wait(request: JsonRpcRequest, caller: Caller): void {
    const { id, method } = request;
    this.waiting.add(id);
    this.up().then(
      () => {
        if (this.waiting.delete(id)) this.request(request, caller);
      },
      (error) => {
        if (this.waiting.delete(id)) this.onmessage(unavailable(id, method, error), null);
      },
    );
  }

  /** A page as it is remembered. What is remembered of a list that the server does not have is no page. */
  private pageOf(method: string, cursor: string | undefined): Params | undefined {
    const list = listOf(method);
    const page = list ? this.deps.known.get(this.deps.server, method, cursor) : undefined;
    return list && page && Array.isArray(page[list.kind.key]) ? page : undefined;
  }

  private expectList(
    id: RequestId,
    list: Omit<OpenList, 'sent' | 'cancel'>,
    remembered: Params | undefined,
    caller: Caller,
  ): void {
    const late = () => {
      open.sent = remembered ?? null;
      open.cancel = this.deps.services.timers.after(CORRECTION_LIMIT, () => {
        this.forgetList(id);
        this.giveUp(id, caller);
      });
      if (remembered) this.answer(id, list.method, list.cursor, remembered);
    };
    const cancel = remembered ? this.deps.services.timers.after(PATIENCE, late) : () => {};
    const open: OpenList = { ...list, sent: null, cancel };
    this.lists.set(id, open);
  }

  /** Tells the server that nobody waits for an answer any more. */
  private giveUp(requestId: RequestId, caller: Caller): void {
    const params = { requestId, reason: 'The answer is too late.' };
    this.inner?.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params }, caller);
  }

  private forgetList(id: RequestId): void {
    this.lists.get(id)?.cancel();
    this.lists.delete(id);
  }

  private received(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    if (isResponse(message)) {
      if (this.own.settle(message)) return;
      const list = message.id === null ? undefined : this.lists.get(message.id);
      if (list && message.id !== null) this.listed(message, message.id, list);
      else this.onmessage(message, relatedTo);
      return;
    }
    const capability = isNotification(message) ? changedCapability(message.method) : undefined;
    if (capability) this.watch.announced(capability);
    else this.onmessage(message, relatedTo);
  }

  private listed(response: JsonRpcResponse, id: RequestId, list: OpenList): void {
    this.forgetList(id);
    const { known, server } = this.deps;
    const { method, cursor, sent } = list;
    const { result, error } = response;
    if (isObject(result)) {
      const same = known.put(server, { method, cursor, result });
      const before = sent && digestsOf([{ method, result: sent }]);
      this.sent(method, cursor, same);
      if (before === null) this.onmessage(this.withoutHeld(response, method), null);
      else this.tell(changedItems(before, digestsOf([{ method, result: same }])));
      return;
    }
    if (sent !== null) return;
    const remembered = error?.code === RPC.serverError ? this.pageOf(method, cursor) : undefined;
    if (remembered) this.answer(id, method, cursor, remembered);
    else this.onmessage(response, null);
  }

  /** The server's lists were read: tells of those that are not as this client was sent them. */
  private found(
    { pages, unread }: ReadLists,
    changed: readonly ListedItem[] | null,
    announced: ReadonlySet<ListCapability>,
  ): void {
    const { told, sessionKey } = this.deps;
    const read = pages.filter(({ method }) => !unread.includes(method));
    const unknown: string[] = [];
    const items: ListedItem[] = [];
    for (const method of new Set(read.map((page) => page.method))) {
      const different = told.changed(sessionKey, method, read) ?? changed?.filter((item) => item.method === method);
      if (different) items.push(...different);
      else unknown.push(method);
    }
    const due = this.maybeSent(announced, unknown);
    told.isNow(sessionKey, read);
    this.tell(items, new Set(due));
  }

  /** Those of the capabilities of which the client may have been sent one of these lists. */
  private maybeSent(capabilities: ReadonlySet<ListCapability>, methods = LIST_METHODS): ListCapability[] {
    const { told, sessionKey, isContinued } = this.deps;
    const sent = methods.filter((method) => isContinued || told.knows(sessionKey, method));
    return sent.flatMap((method) => capabilityOf({ method }) ?? []).filter((one) => capabilities.has(one));
  }

  /**
   * Tells the client of those lists that are different for it. What is held back now, or no longer, is told elsewhere.
   * @param others - capabilities to be told in any case
   */
  private tell(changed: readonly ListedItem[], others: ReadonlySet<ListCapability> = new Set()): void {
    const { source, server, sight, sessionKey, known } = this.deps;
    const free = changed.filter(({ kind, name }) => kind !== 'tool' || !source.heldBack(server, name));
    for (const capability of new Set([...others, ...capabilitiesOf(server, free, sight.listsTo(sessionKey))])) {
      known.noteListed(sessionKey, capability);
      this.onmessage(listChanged(capability), null);
    }
  }

  /** Notes what the client is sent of a list. */
  private sent(method: string, cursor: string | undefined, result: Params): void {
    const { told, known, sessionKey } = this.deps;
    const capability = listOf(method)?.capability;
    told.sent(sessionKey, { method, cursor, result });
    if (capability) known.noteListed(sessionKey, capability);
  }

  private answer(id: RequestId, method: string, cursor: string | undefined, result: Params): void {
    this.sent(method, cursor, result);
    this.onmessage(this.withoutHeld({ jsonrpc: '2.0', id, result }, method), null);
  }

  /** The same response without tools that are held back; the same reference if there are none. */
  private withoutHeld(response: JsonRpcResponse, method: string): JsonRpcResponse {
    const { result } = response;
    if (method !== 'tools/list' || !isObject(result) || !Array.isArray(result.tools)) return response;
    const { source, server } = this.deps;
    const tools = result.tools.filter((tool) => !isObject(tool) || !source.heldBack(server, String(tool.name)));
    if (tools.length === result.tools.length) return response;
    return { ...response, result: keepNumbers(result, { ...result, tools }) };
  }

  private ask(method: string, params: Params): Promise<JsonRpcResponse> {
    const { introduction, inner, deps } = this;
    if (!introduction || !inner || !this.said) return Promise.reject(new Error('it is not up'));
    const id = deps.services.callIds.next();
    const send = () => inner.send({ jsonrpc: '2.0', id, method, params }, introduction.caller);
    return this.own.ask(id, send, OWN_LIMIT, () => {
      this.giveUp(id, introduction.caller);
      return new Error(`it did not answer ${method} in time`);
    });
  }
}
