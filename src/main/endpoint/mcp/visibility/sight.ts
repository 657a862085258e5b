import { type McpAddress, serverIn, setIn } from '../../../../shared/model/mcp-address';
import type { Hidden, Item, ItemKind } from '../../../../shared/model/visibility';
import { keepNumbers } from '../../../mcp/exact-json';
import { isObject, type JsonRpcRequest, type JsonRpcResponse, type Params, RPC, rpcError } from '../../../mcp/json-rpc';
import { type ListedKind, listedKind } from '../../../mcp/lists/item-rules';
import { itemKindOf } from '../../../mcp/lists/list-changes';
import type { Services } from '../../../services';
import { serverName, serverUri } from '../aggregate/names';
import { foundIn } from '../search/found-tools';
import { noSuchTask } from '../tasks/own-tasks';
import { isOfOneTask } from '../tasks/task-messages';

/** "Resource not found" (MCP 2025-11-25, resources, error handling). */
const RESOURCE_NOT_FOUND = -32002;
/** Characters of a name in a sentence. */
const LONGEST_NAME = 120;

export type SightServices = Pick<Services, 'visibility' | 'store' | 'toolUse' | 'log'> & {
  readonly servers: Pick<Services['servers'], 'offered'>;
};

/** What one client sees at one address. Looks anew each time, so a change holds at once. */
export class Sight {
  private readonly services: SightServices;
  private readonly clientId: string;
  private readonly address: McpAddress;

  constructor(services: SightServices, clientId: string, address: McpAddress) {
    this.services = services;
    this.clientId = clientId;
    this.address = address;
  }

  /** Whether the client finds tools by a search here, and is not listed all that it sees. */
  get searches(): boolean {
    return this.services.visibility.index.searches(this.clientId, this.address);
  }

  /**
   * Whether other tools of a server, or other servers with null, may change what a session of the client is listed: with a search
   * only what was found.
   */
  listsToolsOf(sessionId: string, server: string | null): boolean {
    if (!this.searches) return true;
    const found = foundIn(this.services, sessionId);
    return server === null ? found.length > 0 : found.some((tool) => tool.server === server);
  }

  /**
   * Says of things whether a session of the client is listed them, if their server lists them and they are not held back: they
   * are seen, and with a search, found.
   */
  listsTo(sessionId: string): (item: Item) => boolean {
    const found = this.searches ? new Set(foundIn(this.services, sessionId).map(foundKey)) : null;
    return (item) =>
      this.shows(item) &&
      (found === null || item.kind !== 'tool' || found.has(foundKey({ server: item.server, tool: item.name ?? '' })));
  }

  /** Whether anything of the server may be seen. */
  showsServer(server: string): boolean {
    const { index } = this.services.visibility;
    return index.whyHiddenServer(index.viewer(this.clientId, this.address), server) === null;
  }

  /** Whether a thing is seen, by its server's own name or URI for it. */
  shows(item: Item): boolean {
    return this.why(item) === null;
  }

  /**
   * The error for a request that names something hidden; null for any other. It is the one for a name that nobody knows
   * (MCP 2025-11-25, tools, prompts and resources, error handling), with a sentence that says where to show it.
   */
  refusal({ id, method, params = {} }: JsonRpcRequest): JsonRpcResponse | null {
    if (isOfOneTask(method)) return this.showsServerOfTask(params.taskId) ? null : noSuchTask(id);
    const named = namedBy(method, params);
    const item = named && this.itemOf(named.kind, named.name);
    const hidden = item && this.why(item);
    if (!named || !item || !hidden) return null;
    const sentence = this.sentence(named, item, hidden);
    if (method.startsWith('resources/')) return rpcError(id, RESOURCE_NOT_FOUND, sentence, { uri: named.name });
    return rpcError(id, RPC.invalidParams, sentence);
  }

  /** The answer to a list request without what is hidden: the same reference if nothing in it is. */
  listed(method: string, response: JsonRpcResponse): JsonRpcResponse {
    const list = listedKind(method);
    if (!list || !this.mayHide() || !isObject(response.result)) return response;
    const items = response.result[list.key];
    if (!Array.isArray(items)) return response;
    const seen = items.filter((item) => this.isSeen(list, item));
    if (seen.length === items.length) return response;
    const result = { ...response.result, [list.key]: keepNumbers(items, seen) };
    return { ...response, result: keepNumbers(response.result, result) };
  }

  /** Notes what was answered, for knowing which tools are used. */
  noteAnswer({ method, params = {} }: Pick<JsonRpcRequest, 'method' | 'params'>, { error }: JsonRpcResponse): void {
    const { toolUse, servers } = this.services;
    if (error !== undefined) return;
    // A search does not put the tools into a chat, so nothing follows from nobody using them.
    if (method === 'tools/list' && !this.searches) {
      const one = serverIn(this.address);
      toolUse.listed(one === null ? servers.offered().filter((server) => this.showsServer(server)) : [one]);
    }
    const item = method === 'tools/call' && typeof params.name === 'string' ? this.itemOf('tool', params.name) : null;
    if (item?.name) toolUse.called(item.server, item.name);
  }

  /** Whether a notification is about something hidden. */
  isAboutHidden(method: string, params: Params = {}): boolean {
    if (method !== 'notifications/resources/updated' || typeof params.uri !== 'string') return false;
    const item = this.itemOf('resource', params.uri);
    return item !== null && !this.shows(item);
  }

  /** Whether there is a rule or a set at all: without one, no answer has to be looked at. */
  private mayHide(): boolean {
    const { index } = this.services.visibility;
    return index.state.rules.length > 0 || index.viewer(this.clientId, this.address).set !== null;
  }

  /** Whether the server that began a task may be seen; of no task of any server, there is nothing to hide. */
  private showsServerOfTask(taskId: unknown): boolean {
    const named = typeof taskId === 'string' ? serverName(taskId)?.server : undefined;
    const server = serverIn(this.address) ?? (named === undefined ? null : this.configured(named));
    return server === null || this.showsServer(server);
  }

  private why(item: Item): Hidden | null {
    const { index } = this.services.visibility;
    return index.whyHidden(index.viewer(this.clientId, this.address), item);
  }

  private isSeen(list: ListedKind, listed: unknown): boolean {
    const name = isObject(listed) ? listed[list.id] : undefined;
    const item = typeof name === 'string' ? this.itemOf(itemKindOf(list), name) : null;
    return item === null || this.shows(item);
  }

  /** What a client's name or URI stands for; null for Holdfast's own tools, which cannot be hidden. */
  private itemOf(kind: ItemKind, name: string): Item | null {
    const server = serverIn(this.address);
    if (server !== null) return { server, kind, name };
    const named = kind === 'resource' ? serverUri(name) : serverName(name);
    return named && { server: this.configured(named.server), kind, name: named.name };
  }

  /** The server's name as it is written: clients may lower-case the scheme of a URI (RFC 3986 section 3.1). */
  private configured(name: string): string {
    const offered = this.services.servers.offered();
    if (offered.includes(name)) return name;
    const alike = offered.filter((one) => one.toLowerCase() === name.toLowerCase());
    return (alike.length === 1 ? alike[0] : undefined) ?? name;
  }

  private sentence({ kind, name }: { kind: ItemKind; name: string }, item: Item, hidden: Hidden): string {
    const what = kind === 'resource' ? 'Resource not found' : `Unknown ${kind}`;
    const shown = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
    if (hidden.by === 'set') {
      const how = setIn(this.address) === null ? 'which was chosen for this client' : 'which has this address';
      return `${what}: "${shown}" is not in the set "${hidden.set}" of Holdfast, ${how}. The user can put it in: Holdfast, Servers, Sets.`;
    }
    const whom = hidden.client ? 'from this client' : 'from all clients';
    const name_ = this.services.store.clients.get(this.clientId)?.name ?? this.clientId;
    const client = hidden.client ? ` --client "${name_}"` : '';
    const kindFlag = kind === 'tool' || hidden.whole ? '' : ` --kind ${kind}`;
    const path = hidden.whole ? item.server : `${item.server}/${item.name}`;
    return (
      `${what}: "${shown}" is hidden ${whom} in Holdfast. The user can show it: Holdfast, Servers, ${item.server}, ` +
      `or in a terminal: holdfast tools show${client}${kindFlag} "${path}".`
    );
  }
}

const foundKey = ({ server, tool }: { readonly server: string; readonly tool: string }): string =>
  JSON.stringify([server, tool]);

/** The thing that a request names, in the client's words; null if it names none. */
function namedBy(method: string, params: Params): { kind: ItemKind; name: string } | null {
  const named = (kind: ItemKind, name: unknown) => (typeof name === 'string' ? { kind, name } : null);
  switch (method) {
    case 'tools/call':
      return named('tool', params.name);
    case 'prompts/get':
      return named('prompt', params.name);
    case 'resources/read':
    case 'resources/subscribe':
      return named('resource', params.uri);
    case 'completion/complete': {
      const ref = isObject(params.ref) ? params.ref : {};
      return ref.type === 'ref/resource' ? named('resource', ref.uri) : named('prompt', ref.name);
    }
    default:
      return null;
  }
}
