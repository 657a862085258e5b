import { type Ms, SECOND } from '../../../../shared/model/units';
import type { Item } from '../../../../shared/model/visibility';
import {
  isNotification,
  isObject,
  isRequest,
  type JsonRpcMessage,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type Params,
  type RequestId,
} from '../../../mcp/json-rpc';
import { digestsOf, itemOf, type ListedItem } from '../../../mcp/lists/list-changes';
import { mayHold, withMember } from '../../../mcp/message-text';
import type { Caller, InitializeResult, OpenCall, ServerChannel } from '../../../mcp/server-channel';
import { isUpFor, runsFor, type ServerSource } from '../../../mcp/server-source';
import { within } from '../../../platform/deadline';
import type { Services } from '../../../services';
import { isOwnTool } from '../own-tools/own-tool-names';
import { bySearch } from '../search/found-tools';
import type { ClientTasks } from '../tasks/client-tasks';
import { isOfOneTask } from '../tasks/task-messages';
import type { Sight } from '../visibility/sight';
import { serverOfApp } from './app-names';
import type { Child } from './child';
import { Children } from './children';
import { notificationForClient, requestForClient, serverId } from './foreign-ids';
import { introduction } from './introduction';
import { listedTasks } from './listed-tasks';
import { type KnownLists, type ListedPage, listedServers } from './lists/known-lists';
import { allLists, type LearnLists, untilStopped } from './lists/learn-lists';
import { capabilityOf, changedCapability, type ListCapability, listChanged, listOf } from './lists/list-kinds';
import { ListWatch } from './lists/list-watch';
import { MergedList } from './lists/merged-list';
import { isLogLevel, noSuchLevel } from './log-levels';
import { withServerMeta } from './named-in-meta';
import { forModels, interrupted, noSuchThing, takenAway, unavailable, unknownMethod } from './refusals';
import { mayBeRenamed, renameNotification, renameRequest, renameResult } from './renaming';
import { routeOf, routeOfCall } from './routing';
import { capabilitiesOf } from './told-changes';

/** Idle limit of a channel whose servers keep no state: it loses nothing and is made again within a millisecond. */
const IDLE_AFTER: Ms = 30 * SECOND;
/** How long to wait for servers to accept a log level before answering anyway. */
const LEVEL_LIMIT: Ms = 5 * SECOND;
const CANCELLED = new Error('nobody waits for the answer any more');

export interface AggregateDeps {
  readonly services: Services;
  readonly source: ServerSource;
  /** Opens a channel to Holdfast's own tools. */
  readonly connectOwn: () => Promise<ServerChannel>;
  readonly known: KnownLists;
  readonly learn: LearnLists;
  readonly tasks: Pick<ClientTasks, 'own' | 'servers' | 'present'>;
  /** What the session's client sees. Servers of which it sees nothing are not listed, and so not started for a list. */
  readonly sight: Pick<Sight, 'shows' | 'showsServer' | 'searches' | 'listsTo'>;
}

/** The client's `initialize` parameters and the caller that sent them, for initializing servers on its behalf. */
interface Initialization {
  readonly params: Params;
  readonly caller: Caller;
}

/**
 * Presents all offered servers and Holdfast's own tools to one session as a single server. Lists are merged. Requests
 * that name a server's tool, prompt or resource go to that server, and its messages come back with unambiguous names
 * and ids. A server is started by the first request that needs it. A slow or dead one delays only requests for it.
 */
export class AggregateChannel implements ServerChannel {
  onmessage: ServerChannel['onmessage'] = () => {};
  onclose: ServerChannel['onclose'] = () => {};
  private readonly deps: AggregateDeps;
  private readonly children: Children;
  private readonly lists: MergedList;
  private readonly watches = new Map<Child, ListWatch>();
  private readonly initialized: Promise<Initialization>;
  private readonly stopWatching: () => void;
  private noteInitialization: (initialization: Initialization) => void = () => {};
  private readonly sessionKey: string;
  private level: string | null = null;
  private isClosed = false;

  constructor(deps: AggregateDeps, sessionKey: string) {
    this.deps = deps;
    this.sessionKey = sessionKey;
    const { services, source, connectOwn, known, learn, tasks } = deps;
    this.initialized = new Promise((resolve) => {
      this.noteInitialization = resolve;
    });
    this.children = new Children({
      source,
      names: () => listedServers(source, known),
      sessionKey,
      connectOwn,
      tasks,
      child: {
        services,
        initialization: () => this.initialized,
        timesStopped: (server) => source.timesStopped(server, sessionKey),
        cameUp: (child) => this.cameUp(child),
        received: (child, message, relatedTo) => this.received(child, message, relatedTo),
      },
    });
    this.lists = new MergedList({
      services,
      known,
      learn,
      mayRun: (server) => source.offered().includes(server),
      isHeld: (server, tool) => source.heldBack(server, tool),
      runsForAll: (server) => source.runsForAll(server),
      composed: (capability) => known.noteListed(sessionKey, capability),
      children: () => this.children.all().filter(({ server }) => server === null || deps.sight.showsServer(server)),
      child: (server) => this.children.get(server),
      outdated: (capability) => this.tellOf(capability),
      changed: (server, items) => this.tell(server, items),
    });
    this.stopWatching = source.onChange(() => {
      this.children.follow();
      this.forgetWatches();
    });
  }

  get idleAfter(): Ms | null {
    return this.children.made().some(({ keepsState }) => keepsState) ? null : IDLE_AFTER;
  }

  /** Answers without asking any server: a handshake alone starts none. */
  async initialize(params: Params, caller: Caller): Promise<InitializeResult> {
    this.noteInitialization({ params: withoutTasks(params), caller });
    const { services, source } = this.deps;
    const result = introduction(params, services.info().version, source, this.deps.sight);
    // Connect to servers that kept running through a restart of Holdfast: they may have messages for the client.
    for (const name of source.offered()) {
      if (runsFor(source, name, source.serversKey(this.sessionKey)))
        this.children
          .get(name)
          ?.up()
          .catch(() => {});
    }
    return result;
  }

  send(message: JsonRpcMessage, caller: Caller): void {
    if (isRequest(message)) this.request(message, caller);
    else if (isNotification(message)) this.notify(message, caller);
    else this.respond(message, caller);
  }

  async resume(calls: readonly OpenCall[]): Promise<readonly RequestId[]> {
    const lost: RequestId[] = [];
    const byChild = new Map<Child, OpenCall[]>();
    for (const call of calls) {
      const taken = this.taken(call);
      if (!taken) lost.push(call.id);
      else byChild.set(taken.child, [...(byChild.get(taken.child) ?? []), taken.call]);
    }
    const resuming = [...byChild].map(async ([child, resumed]) => {
      for (const { id, method } of resumed) this.expect(child, id, method);
      const ids = await child.resume(resumed, () => {
        for (const { id } of resumed) child.pending.settle(interrupted(id));
      });
      for (const id of ids) child.pending.take(id);
      return ids;
    });
    return [...lost, ...(await Promise.all(resuming)).flat()];
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.stopWatching();
    // Closing the servers fails their running requests; the client must not hear of that.
    this.onmessage = () => {};
    await this.children.close();
    this.forgetWatches();
  }

  private request(request: JsonRpcRequest, caller: Caller): void {
    const { id, method } = request;
    const list = listOf(method);
    if (list) void this.lists.answer(request, list, caller).then((answer) => this.answer(answer));
    else if (method === 'tasks/list') void this.listTasks(id, caller).then((answer) => this.answer(answer));
    else if (method === 'ping') this.answer({ jsonrpc: '2.0', id, result: {} });
    else if (method === 'logging/setLevel') void this.setLevel(request, caller).then((answer) => this.answer(answer));
    else this.route(request, caller);
  }

  private route(given: JsonRpcRequest, caller: Caller): void {
    const request = this.withPresentTask(given);
    const { id, method, params } = request;
    const route = routeOf(method, params);
    if (route.to === 'unknown') this.answer(unknownMethod(id));
    else if (route.to === 'own' && isOwnTool(params?.name)) this.forward(this.children.own, request, caller);
    else {
      const child = route.to === 'server' ? this.children.get(route.server) : null;
      const ofApp = child ? null : this.childOfApp(request);
      if (child && route.to === 'server') this.forward(child, { ...request, params: route.params }, caller);
      else if (ofApp) this.forward(ofApp, request, caller);
      else if (route.to === 'own') this.forward(this.children.own, request, caller);
      else this.answer(noSuchThing(id, method, params));
    }
  }

  private withPresentTask(request: JsonRpcRequest): JsonRpcRequest {
    const taskId = isOfOneTask(request.method) ? request.params?.taskId : undefined;
    const present = typeof taskId === 'string' ? this.deps.tasks.present(taskId) : taskId;
    return present === taskId ? request : { ...request, params: { ...request.params, taskId: present } };
  }

  /** The server whose app sends this request in its server's own names; null if it is from no app. */
  private childOfApp({ method, params }: JsonRpcRequest): Child | null {
    const { known, source, sight } = this.deps;
    const server = serverOfApp(known, source.offered(), method, params);
    const item =
      method === 'tools/call' ? { kind: 'tool', name: params?.name } : { kind: 'resource', name: params?.uri };
    // An app calls by its server's own names, which say nothing of the server until here.
    if (server === null || !sight.shows({ server, ...item } as Item)) return null;
    return this.children.get(server);
  }

  private forward(child: Child, request: JsonRpcRequest, caller: Caller): void {
    const { id, method } = request;
    this.expect(child, id, method);
    const send = () => {
      if (!child.pending.get(id)) return;
      if (method === 'completion/complete' && !child.can('completions')) child.pending.settle(noCompletions(id));
      else child.send(request, caller);
    };
    if (child.isUp) send();
    else child.up().then(send, (error) => child.pending.settle(unavailable(id, method, error)));
  }

  /** Registers a request so that the server's response, renamed for the client, is passed on. */
  private expect(child: Child, id: RequestId, method: string): void {
    child.pending.add(id, {
      settle: (response) => this.answer(answerOf(child.server, method, response)),
      fail: (error) => {
        if (error !== CANCELLED) this.answer(takenAway(id, child.server));
      },
    });
  }

  private notify(message: JsonRpcNotification, caller: Caller): void {
    const { method, params } = message;
    if (method === 'notifications/cancelled') this.cancel(message, caller);
    else if (method === 'notifications/progress') {
      const to = this.recipient(params?.progressToken);
      to?.child.send({ ...message, params: { ...params, progressToken: to.id } }, caller);
    } else if (method === 'notifications/tasks/status') return;
    else for (const child of this.children.up()) child.send(message, caller);
  }

  private cancel(message: JsonRpcNotification, caller: Caller): void {
    for (const child of [this.children.own, ...this.children.made()]) {
      const request = child.pending.take(message.params?.requestId);
      if (!request) continue;
      if (child.isUp) child.send(message, caller);
      // After a restart of Holdfast, a call goes on whose server is not initialized again yet.
      else if (child.startedAt !== null) {
        child.up().then(
          () => child.send(message, caller),
          () => {},
        );
      }
      request.fail(CANCELLED);
    }
  }

  private respond(message: JsonRpcResponse, caller: Caller): void {
    const to = this.recipient(message.id);
    if (!to) return;
    const { server } = to.child;
    const isNamed = server !== null && isObject(message.result) && mayHold(message, 'result', '"_meta"');
    const known = isNamed ? { ...message, result: withServerMeta(server, message.result) } : message;
    const send = () => to.child.send(withMember(known, 'id', to.id), caller);
    if (to.child.isUp) send();
    // After a restart of Holdfast the client may respond before the server is connected again.
    else to.child.up().then(send, () => {});
  }

  /**
   * Finds the server that issued this id; null if its channel was replaced since, as ids of one channel mean nothing to
   * the next. The first channel after a restart of Holdfast continues the one before it.
   */
  private recipient(id: unknown): { child: Child; id: RequestId } | null {
    const origin = serverId(id);
    const child = origin && (this.children.find(origin.server) ?? this.children.get(origin.server));
    if (!origin || !child) return null;
    const isSame = child.generation === origin.generation || (child.generation === 0 && origin.generation === 1);
    return isSame ? { child, id: origin.id } : null;
  }

  /** The tasks of the client, of the servers that gave it any: no other is started. */
  private async listTasks(id: RequestId, caller: Caller): Promise<JsonRpcResponse> {
    const { tasks, sight, services } = this.deps;
    const servers = tasks.servers().filter((server) => sight.showsServer(server));
    const listed = await Promise.all(
      servers.map(async (name) => {
        const child = this.children.get(name);
        if (!child) return [];
        // What cannot be reached now is missing, as it is in any list.
        await child.up().catch(() => {});
        const ask = (params: Params) =>
          child.ask({ jsonrpc: '2.0', id: services.callIds.next(), method: 'tasks/list', params }, caller);
        return listedTasks(child.server ?? name, child.capabilities, ask).catch(() => []);
      }),
    );
    return { jsonrpc: '2.0', id, result: { tasks: listed.flat() } };
  }

  /** Sets the log level of every server that declares logging: running ones now, others when they come up. */
  private async setLevel(request: JsonRpcRequest, caller: Caller): Promise<JsonRpcResponse> {
    const { id, params } = request;
    const level = params?.level;
    if (!isLogLevel(level)) return noSuchLevel(id);
    this.level = level;
    const logging = this.children.up().filter((child) => child.can('logging'));
    const told = Promise.allSettled(logging.map((child) => child.ask(this.levelRequest(level), caller)));
    await within(this.deps.services.timers, LEVEL_LIMIT, told, () => {});
    return { jsonrpc: '2.0', id, result: {} };
  }

  private levelRequest(level: string): JsonRpcRequest {
    return { jsonrpc: '2.0', id: this.deps.services.callIds.next(), method: 'logging/setLevel', params: { level } };
  }

  private cameUp(child: Child): void {
    this.lists.cameUp(child);
    void this.correct(child);
    const { level } = this;
    if (level === null || !child.can('logging')) return;
    void this.initialized.then(({ caller }) => child.ask(this.levelRequest(level), caller)).catch(() => {});
  }

  /** Corrects what is remembered of a server by what it lists for this session, which is told if that is different. */
  private async correct(child: Child): Promise<void> {
    const { known, learn } = this.deps;
    const { server } = child;
    if (server !== null && (known.has(server) || learn.isWanted(server))) await this.watchOf(child, server).begin();
  }

  private watchOf(child: Child, server: string): ListWatch {
    const watched = this.watches.get(child);
    if (watched) return watched;
    const { known, services, source } = this.deps;
    const watch = new ListWatch({
      services,
      stops: () => source.timesStopped(server, this.sessionKey),
      isUp: () => isUpFor(source, server, this.sessionKey),
      read: async (stops) => {
        const { caller } = await this.initialized;
        const ask = (method: string, params: Params) =>
          child.ask({ jsonrpc: '2.0', id: services.callIds.next(), method, params }, caller);
        const asking = untilStopped(source, server, this.sessionKey, ask, stops);
        return allLists(child.capabilities, asking, known.ownPagesOf(server));
      },
      found: ({ pages }, changed) => {
        const news = known.replace(server, pages);
        // All other sessions, and those of a shared server, are told by whoever watches what is known.
        if (!runsFor(source, server, source.serversKey(this.sessionKey))) return;
        this.tell(server, changed ?? [...news, ...this.untold(server, pages)]);
      },
      unjudged: (capabilities) => {
        const items = itemsOn(known.pagesOf(server));
        this.tell(
          server,
          items.filter((item) => capabilities.has(capabilityOf(item) as ListCapability)),
        );
      },
      inVain: (times) => source.announcedInVain(server, times),
    });
    this.watches.set(child, watch);
    return watch;
  }

  /** What a server that has just come up lists where somebody else's process made that known before the client was told. */
  private untold(server: string, pages: readonly ListedPage[]): ListedItem[] {
    return itemsOn(pages).filter((item) => {
      const capability = capabilityOf(item);
      return capability !== undefined && this.deps.known.hasChangedSince(this.keyOf(capability), capability, server);
    });
  }

  /** Tells the client of those lists that are different for it. What is held back now, or no longer, is told elsewhere. */
  private tell(server: string, changed: readonly ListedItem[]): void {
    const { source, sight } = this.deps;
    const isListed = sight.listsTo(this.sessionKey);
    const free = changed.filter(({ kind, name }) => kind !== 'tool' || !source.heldBack(server, name));
    for (const capability of capabilitiesOf(server, free, isListed)) this.tellOf(capability);
  }

  private tellOf(capability: ListCapability): void {
    this.deps.known.noteListed(this.keyOf(capability), capability);
    this.onmessage(listChanged(capability), null);
  }

  private keyOf(capability: ListCapability): string {
    return capability === 'tools' && this.deps.sight.searches ? bySearch(this.sessionKey) : this.sessionKey;
  }

  private forgetWatches(): void {
    for (const [child, watch] of this.watches) {
      if (this.children.made().includes(child) && !this.isClosed) continue;
      watch.close();
      this.watches.delete(child);
    }
  }

  private received(child: Child, message: JsonRpcRequest | JsonRpcNotification, relatedTo: RequestId | null): void {
    const origin = { server: child.server ?? '', generation: child.generation };
    const announced = child.server !== null && !isRequest(message) ? changedCapability(message.method) : undefined;
    if (isRequest(message)) {
      const known = child.server === null ? message : renameRequest(child.server, message);
      this.onmessage(requestForClient(origin, known), relatedTo);
    } else if (child.server !== null && announced) {
      // Passed on only if it is true: a list that did not change must not cost a client what it has cached.
      this.watchOf(child, child.server).announced(announced);
    } else {
      const known = notificationForClient(origin, message);
      this.onmessage(child.server === null ? known : renameNotification(child.server, known), relatedTo);
    }
  }

  private answer(response: JsonRpcResponse): void {
    this.onmessage(response, null);
  }

  /** Translates a call to its server's own names; null unless that server is still offered. */
  private taken(call: OpenCall): { child: Child; call: OpenCall } | null {
    const route = routeOfCall(call.method, call.name);
    const child = route.to === 'server' ? this.children.get(route.server) : null;
    if (!child || route.to !== 'server') return null;
    const name = route.params.name ?? route.params.uri ?? route.params.taskId;
    return { child, call: { ...call, name: String(name) } };
  }
}

/**
 * The client's parameters of `initialize` without tasks that it runs for servers: all servers would share them, and none may
 * see what another one asked for.
 */
function withoutTasks(params: Params): Params {
  if (!isObject(params.capabilities) || params.capabilities.tasks === undefined) return params;
  const { tasks: _, ...capabilities } = params.capabilities;
  return { ...params, capabilities };
}

const noCompletions = (id: RequestId): JsonRpcResponse => ({
  jsonrpc: '2.0',
  id,
  result: { completion: { values: [], hasMore: false } },
});

/** Translates a server's response to a request of this method into the client's names. */
function answerOf(server: string | null, method: string, response: JsonRpcResponse): JsonRpcResponse {
  if (response.error !== undefined) return forModels(response, method);
  if (server === null || !mayBeRenamed(method, response)) return response;
  return { ...response, result: renameResult(server, method, response.result) };
}

/** Creates the channel of a session at the address of all servers. It connects to no server yet. */
export const connectAggregate =
  (deps: Omit<AggregateDeps, 'sight' | 'tasks'>) =>
  (sessionKey: string, sight: AggregateDeps['sight'], tasks: AggregateDeps['tasks']): ServerChannel =>
    new AggregateChannel({ ...deps, sight, tasks }, sessionKey);

const itemsOn = (pages: readonly ListedPage[]): ListedItem[] => [...digestsOf(pages).keys()].map(itemOf);
