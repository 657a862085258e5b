import { type Ms, SECOND } from '../../../../shared/model/units';
import {
  isNotification,
  isObject,
  isRequest,
  isResponse,
  type JsonRpcMessage,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type Params,
  type RequestId,
  RPC,
  rpcError,
} from '../../../mcp/json-rpc';
import { SEARCH_TOOLS } from '../../../mcp/own-tools';
import type { Caller, ServerChannel } from '../../../mcp/server-channel';
import { within } from '../../../platform/deadline';
import type { Services } from '../../../services';
import { SEARCH_DEFINITIONS } from '../../../tool-sets/search/search-tools';
import { type KnownLists, listedServers } from '../aggregate/lists/known-lists';
import type { LearnLists } from '../aggregate/lists/learn-lists';
import { listChanged } from '../aggregate/lists/list-kinds';
import { clientName, serverName } from '../aggregate/names';
import { ForwardingChannel } from '../forwarding-channel';
import { isOwnTool } from '../own-tools/own-tool-names';
import type { Sight } from '../visibility/sight';
import { bySearch, foundIn } from './found-tools';
import {
  type Asked,
  foundResult,
  insteadResult,
  NO_CALL,
  NO_SEARCH,
  type Searched,
  searchIn,
  type WhyUnlisted,
} from './search-results';
import type { ToolIndexes } from './tool-indexes';

/** Tools that a session is listed because they were found; beyond that, those found first go. */
const MOST_LISTED = 50;
/** Pages of the whole list that are searched. */
const MOST_PAGES = 64;
/** How long a search that finds nothing waits for servers that have not listed anything yet. */
const PATIENCE: Ms = 3 * SECOND;
const TOOLS_CHANGED = listChanged('tools');

export interface SearchDeps {
  readonly services: Pick<Services, 'callIds' | 'log' | 'servers' | 'store' | 'timers'>;
  readonly known: Pick<KnownLists, 'has' | 'hasListed' | 'noteListed'>;
  readonly learn: Pick<LearnLists, 'learn' | 'takenFor'>;
  readonly sight: Pick<Sight, 'searches' | 'showsServer'>;
  readonly indexes: ToolIndexes;
  readonly sessionKey: string;
}

/**
 * A server channel of which a client with a search is listed Holdfast's own tools, `search_tools` and `call_tool`, and in the
 * order in which they were found those that its session has found. For other clients it changes nothing. What a search finds is
 * on disk before it is told. A call of a tool by its name needs no search before; `realCall` has made one of each `call_tool`.
 */
export class SearchChannel extends ForwardingChannel {
  private readonly deps: SearchDeps;
  /** List requests of our own, which the channel answers in bounded time. */
  private readonly asked = new Map<RequestId, (response: JsonRpcResponse | null) => void>();

  constructor(inner: ServerChannel, deps: SearchDeps) {
    super(inner);
    this.deps = deps;
  }

  override send(message: JsonRpcMessage, caller: Caller): void {
    const answer = isRequest(message) ? this.ownAnswer(message, caller) : null;
    if (answer === null) this.inner.send(message, caller);
    else
      answer.catch((err) => {
        this.deps.services.log.error({ err }, 'a search for tools failed');
        this.onmessage(failureOf(message as JsonRpcRequest), null);
      });
  }

  override async close(): Promise<void> {
    this.onmessage = () => {};
    this.giveUp();
    await super.close();
  }

  /** Null for a request that the servers answer. */
  private ownAnswer(request: JsonRpcRequest, caller: Caller): Promise<void> | null {
    const { method, params = {} } = request;
    const { searches } = this.deps.sight;
    if (method === 'tools/list') return searches ? this.list(request, caller) : null;
    if (method !== 'tools/call') return null;
    if (params.name === SEARCH_TOOLS.search) return this.search(request, caller);
    if (params.name === SEARCH_TOOLS.call) return this.instead(request.id, searches ? NO_CALL : NO_SEARCH);
    return null;
  }

  private async list({ id, params = {} }: JsonRpcRequest, caller: Caller): Promise<void> {
    // Everything is on one page, so a cursor is of a list from before the client got a search.
    const tools = params.cursor === undefined ? await this.listed(caller) : [];
    this.onmessage({ jsonrpc: '2.0', id, result: { tools } }, null);
  }

  private async listed(caller: Caller): Promise<readonly unknown[]> {
    const { services, known, sessionKey } = this.deps;
    // Before it is read, so that what changes meanwhile is announced.
    known.noteListed(bySearch(sessionKey), 'tools');
    const all = await this.everyTool(caller);
    const byName = new Map(all.map((tool) => [tool.name, tool]));
    const found = foundIn(services, sessionKey);
    return [
      ...all.filter(({ name }) => isOwnTool(name)),
      ...SEARCH_DEFINITIONS,
      ...found.flatMap(({ server, tool }) => byName.get(clientName(server, tool)) ?? []),
    ];
  }

  private async search({ id, params = {} }: JsonRpcRequest, caller: Caller): Promise<void> {
    if (!this.deps.sight.searches) return this.instead(id, NO_SEARCH);
    const asked = searchIn(params.arguments);
    if (typeof asked === 'string') return this.instead(id, asked);
    let tools = await this.found(asked, caller);
    if (tools.length === 0 && (await this.moreIsKnown())) tools = await this.found(asked, caller);
    const { isLonger, areListed } = this.remember(tools);
    this.onmessage(foundResult(id, tools, { ...this.searched(asked.query), areListed }), null);
    if (isLonger) this.onmessage(TOOLS_CHANGED, null);
  }

  private async found({ query, limit }: Asked, caller: Caller): Promise<Params[]> {
    const all = await this.everyTool(caller);
    const names = (await this.deps.indexes.of(all)).find(query, limit);
    const byName = new Map(all.map((tool) => [tool.name, tool]));
    return names.map((name) => byName.get(name)).filter((tool) => tool !== undefined);
  }

  /** Waits for the servers that have not listed their tools yet. Those that could not be started just now are not waited for. */
  private async moreIsKnown(): Promise<boolean> {
    const { learn, services } = this.deps;
    const missing = () => this.unlisted().filter((server) => this.whyUnlisted(server) !== 'waits for login');
    const before = missing().length;
    if (before === 0) return false;
    const learning = Promise.all(missing().map((server) => learn.learn(server)));
    await within(services.timers, PATIENCE, learning, () => {});
    return missing().length < before;
  }

  private async instead(id: RequestId, sentence: string): Promise<void> {
    this.onmessage(insteadResult(id, sentence), null);
  }

  /** Keeps what was found. Returns whether the client's list is longer for it, and whether everything found is on it now. */
  private remember(listed: readonly Params[]): { readonly isLonger: boolean; readonly areListed: boolean } {
    const { services, sessionKey } = this.deps;
    const tools = listed.flatMap(({ name }) => {
      const named = serverName(String(name));
      return named ? [{ server: named.server, tool: named.name }] : [];
    });
    try {
      const { foundTools } = services.store;
      const isLonger = foundTools.add(sessionKey, tools, MOST_LISTED) > 0;
      const kept = new Set(foundTools.of(sessionKey).map(({ server, tool }) => clientName(server, tool)));
      return { isLonger, areListed: tools.every(({ server, tool }) => kept.has(clientName(server, tool))) };
    } catch (err) {
      // They can be called all the same.
      services.log.warn({ err }, 'what a search found could not be kept');
      return { isLonger: false, areListed: false };
    }
  }

  private searched(query: string): Omit<Searched, 'areListed'> {
    const unlisted = this.unlisted().map((server) => ({ server, why: this.whyUnlisted(server) }));
    return { query, servers: this.servers(), unlisted };
  }

  /** The servers of which no complete list of tools is known. */
  private unlisted(): string[] {
    return this.servers().filter((server) => !this.deps.known.hasListed(server, 'tools/list'));
  }

  private whyUnlisted(server: string): WhyUnlisted {
    const { services, learn } = this.deps;
    if (!services.servers.offered().includes(server)) return 'waits to be confirmed';
    switch (services.servers.stateOf(server)?.state) {
      case 'needs_login':
        return 'waits for login';
      case 'starting':
      case 'running':
        return 'is learned';
      case 'stopped':
        return learn.takenFor(server) > 0 ? 'is learned' : 'cannot be reached';
      default:
        return 'cannot be reached';
    }
  }

  /** The servers of which the client sees something. */
  private servers(): string[] {
    const { services, known, sight } = this.deps;
    return listedServers(services.servers, known).filter((server) => sight.showsServer(server));
  }

  /** All tools that the client sees, as they would be listed. */
  private async everyTool(caller: Caller): Promise<Params[]> {
    const tools: Params[] = [];
    let params: Params = {};
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const { result } = (await this.ask(params, caller)) ?? {};
      if (!isObject(result) || !Array.isArray(result.tools)) break;
      tools.push(...result.tools.filter(isObject));
      if (typeof result.nextCursor !== 'string') break;
      params = { cursor: result.nextCursor };
    }
    return tools;
  }

  private ask(params: Params, caller: Caller): Promise<JsonRpcResponse | null> {
    const id = this.deps.services.callIds.next();
    return new Promise((resolve) => {
      this.asked.set(id, resolve);
      this.inner.send({ jsonrpc: '2.0', id, method: 'tools/list', params }, caller);
    });
  }

  protected override closed(): void {
    this.giveUp();
    super.closed();
  }

  protected override received(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    const resolve = isResponse(message) && message.id !== null ? this.asked.get(message.id) : undefined;
    if (resolve && isResponse(message)) {
      this.asked.delete(message.id as RequestId);
      resolve(message);
    } else if (!this.isNoNews(message)) this.onmessage(message, relatedTo);
  }

  /** Whether it announces other tools to a client that is listed none of the servers'. */
  private isNoNews(message: JsonRpcMessage): boolean {
    const { services, sight, sessionKey } = this.deps;
    if (!isNotification(message) || message.method !== TOOLS_CHANGED.method || !sight.searches) return false;
    return foundIn(services, sessionKey).length === 0;
  }

  private giveUp(): void {
    for (const resolve of this.asked.values()) resolve(null);
    this.asked.clear();
  }
}

const failureOf = ({ id, method }: JsonRpcRequest): JsonRpcResponse =>
  method === 'tools/list'
    ? rpcError(id, RPC.internalError, 'The tools could not be listed. Try again.')
    : insteadResult(id, 'The search failed. Try again.');
