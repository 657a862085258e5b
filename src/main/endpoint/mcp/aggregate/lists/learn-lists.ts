import { type BackoffOptions, backoff } from '../../../../../shared/model/backoff';
import { MINUTE, type Ms, SECOND } from '../../../../../shared/model/units';
import {
  isObject,
  isResponse,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type Params,
  RPC,
} from '../../../../mcp/json-rpc';
import { PendingRequests } from '../../../../mcp/pending-requests';
import type { Caller, InitializeResult, ServerChannel } from '../../../../mcp/server-channel';
import { LEARNING_KEY, type ServerSource } from '../../../../mcp/server-source';
import type { Services } from '../../../../services';
import type { KnownLists, ListedPage } from './known-lists';
import { LIST_METHODS, listOf } from './list-kinds';
import type { ReadLists } from './list-watch';

/** How long a server may take to answer one list request. */
const ANSWER_LIMIT: Ms = 30 * SECOND;
/** Delays between attempts with a server that could not be asked; each is twice the one before. */
const RETRIES: BackoffOptions = { first: 15 * SECOND, longest: 5 * MINUTE };
const MAX_RETRIES = 8;
const MAX_PAGES = 64;
/** A start that is refused only after this time goes on. */
const STILL_STARTING: Ms = 4 * SECOND;
const START_LIMIT: Ms = 15 * MINUTE;
/** Nobody could answer a server's questions here, so no capabilities are declared. */
const PROTOCOL_VERSION = '2025-11-25';

export interface LearnListsDeps {
  readonly services: Pick<Services, 'clock' | 'timers' | 'callIds' | 'log' | 'info'>;
  readonly source: ServerSource;
  readonly known: KnownLists;
}

/**
 * Learns what a server lists that nobody has listed yet, once for all sessions. A server per session is started for it
 * and ended afterwards. One that cannot be started is tried again by itself, a bounded number of times.
 */
export class LearnLists {
  private readonly deps: LearnListsDeps;
  private readonly running = new Map<string, { readonly since: Ms; readonly learning: Promise<void> }>();
  private readonly resting = new Map<string, { readonly fingerprint: string | null; cancel(): void }>();

  constructor(deps: LearnListsDeps) {
    this.deps = deps;
    let offered = new Set(deps.source.offered());
    deps.source.onChange(() => {
      const before = offered;
      offered = new Set(deps.source.offered());
      for (const [server, { fingerprint, cancel }] of this.resting) {
        if (fingerprint === deps.source.fingerprintOf(server) && deps.source.offered().includes(server)) continue;
        cancel();
        this.resting.delete(server);
      }
      // Confirmed anew, as something else: sessions have its old lists, and nobody else would ask for the new ones.
      for (const server of offered) {
        if (!before.has(server) && deps.known.has(server) && !deps.known.isComplete(server)) void this.learn(server);
      }
    });
  }

  /** Resolves when the server's lists are known, or at once while it rests after a failure. Does not reject. */
  learn(server: string): Promise<void> {
    if (this.resting.has(server)) return Promise.resolve();
    return this.begin(server, 0);
  }

  /** Whether somebody asked for its lists and they could not be learned yet. */
  isWanted(server: string): boolean {
    return this.resting.has(server) || this.running.has(server);
  }

  /** How long the attempt that runs now has taken; 0 when there is none. */
  takenFor(server: string): Ms {
    const { since } = this.running.get(server) ?? {};
    return since === undefined ? 0 : this.deps.services.clock.monotonic() - since;
  }

  private begin(server: string, attempt: number): Promise<void> {
    const stops = this.stopsOf(server);
    const known = this.running.get(server);
    if (known) return known.learning;
    const learning = this.attempt(server)
      .catch((error) => this.failed(server, attempt, stops, error))
      .finally(() => this.running.delete(server));
    this.running.set(server, { since: this.deps.services.clock.monotonic(), learning });
    return learning;
  }

  private stopsOf(server: string): number {
    return this.deps.source.timesStopped(server, LEARNING_KEY);
  }

  private failed(server: string, attempt: number, stops: number, error: unknown): void {
    const { services, source } = this.deps;
    services.log.info({ server, err: error }, 'the lists of a server could not be learned yet');
    const isStopped = () => this.stopsOf(server) !== stops;
    if (attempt >= MAX_RETRIES || isStopped() || !source.offered().includes(server)) return;
    const cancel = services.timers.after(backoff(RETRIES, attempt), () => {
      this.resting.delete(server);
      if (!isStopped()) void this.begin(server, attempt + 1);
    });
    this.resting.set(server, { fingerprint: source.fingerprintOf(server), cancel });
  }

  /** The server's answer to `initialize`. One that is still starting is asked again: closing the channel would end it. */
  private async introduced(channel: ServerChannel, isStopped: () => boolean): Promise<InitializeResult> {
    const { clock, info } = this.deps.services;
    const params = {
      protocolVersion: PROTOCOL_VERSION,
      capabilities: {},
      clientInfo: { name: 'Holdfast', version: info().version },
    };
    const begin = clock.monotonic();
    for (;;) {
      const asked = clock.monotonic();
      try {
        return await channel.initialize(params, NOBODY);
      } catch (error) {
        const now = clock.monotonic();
        // A quick refusal is a failure; a slow one only means that nobody waits any longer.
        if (isStopped() || now - asked < STILL_STARTING || now - begin > START_LIMIT) throw error;
      }
    }
  }

  private async attempt(server: string): Promise<void> {
    const { services, source, known } = this.deps;
    const { timers } = services;
    const stops = this.stopsOf(server);
    const channel = await source.connect(server, LEARNING_KEY);
    const pending = new PendingRequests(timers);
    channel.onmessage = (message) => void (isResponse(message) && pending.settle(message));
    channel.onclose = () => pending.failAll(new Error('it stopped'));
    const ask = (method: string, params: Params): Promise<JsonRpcResponse> => {
      const request: JsonRpcRequest = { jsonrpc: '2.0', id: services.callIds.next(), method, params };
      const late = () => new Error(`it did not answer ${method} in time`);
      return pending.ask(request.id, () => channel.send(request, NOBODY), ANSWER_LIMIT, late);
    };
    try {
      const introduction = await this.introduced(channel, () => this.stopsOf(server) !== stops);
      known.introduce(server, introduction);
      const asking = untilStopped(source, server, LEARNING_KEY, ask, stops);
      const { pages } = await allLists(introduction.capabilities, asking, known.ownPagesOf(server));
      known.replace(server, pages);
    } finally {
      await channel.close();
    }
  }
}

export type Ask = (method: string, params: Params) => Promise<JsonRpcResponse>;

/**
 * Asks a server for nobody in particular: rejects once a person has stopped it, which a request would undo.
 * @param stops - how often it had been stopped when this began
 */
export const untilStopped =
  (source: Pick<ServerSource, 'timesStopped'>, server: string, sessionKey: string, ask: Ask, stops: number): Ask =>
  async (method, params) => {
    if (source.timesStopped(server, sessionKey) !== stops) throw new Error('it was stopped');
    return ask(method, params);
  };

/**
 * Reads all lists of a server that is up, page by page. A list that it does not have is empty. One that it cannot give just
 * now is what it was, and empty if nobody ever had it, so that the others are known all the same.
 *
 * @param before - what is remembered of its lists
 */
export async function allLists(capabilities: Params, ask: Ask, before: readonly ListedPage[]): Promise<ReadLists> {
  const pages: ListedPage[] = [];
  const unread: string[] = [];
  for (const method of LIST_METHODS) {
    const list = listOf(method);
    if (!list || capabilities[list.capability] === undefined) {
      pages.push({ method, cursor: undefined, result: {} });
      continue;
    }
    const read = await wholeList(method, ask);
    const remembered = before.filter((page) => page.method === method);
    const empty = { method, cursor: undefined, result: {} };
    pages.push(...(read ?? (remembered.length > 0 ? remembered : [empty])));
    // A list that nobody ever had is none that anybody misses.
    if (!read && remembered.some(({ result }) => Array.isArray(result[list.kind.key]))) unread.push(method);
  }
  return { pages, unread };
}

/** The pages of one list, empty if the server does not have it; null if it cannot give all of them. */
export async function wholeList(method: string, ask: Ask): Promise<ListedPage[] | null> {
  const pages: ListedPage[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { result, error } = await ask(method, cursor === undefined ? {} : { cursor });
    if (!isObject(result) && error?.code !== RPC.methodNotFound) return null;
    const said = isObject(result) ? result : {};
    pages.push({ method, cursor, result: said });
    const next = said.nextCursor;
    if (typeof next !== 'string' || next === '' || next === cursor) break;
    cursor = next;
  }
  return pages;
}

/** Servers take no notice of who asks. */
const NOBODY = { client: {}, transport_id: '' } as Caller;
