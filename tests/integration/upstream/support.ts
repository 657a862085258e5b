import { EventEmitter, once } from 'node:events';
import { pino } from 'pino';
import { expect } from 'vitest';
import { ActivityLog } from '#src/main/activity/activity-log';
import { DIRECT } from '#src/main/http-client/network';
import { CallIds } from '#src/main/mcp/call-ids';
import {
  isNotification,
  isRequest,
  type JsonRpcMessage,
  type JsonRpcResponse,
  type RequestId,
} from '#src/main/mcp/json-rpc';
import type { Caller, InitializeResult, OpenCall, ServerChannel } from '#src/main/mcp/server-channel';
import { systemClock, systemRandom, systemTimers } from '#src/main/platform/node';
import { EventBus } from '#src/main/sessions/event-bus';
import { Store } from '#src/main/store/store';
import { KeeperProcessLink } from '#src/main/upstream/keeper/keeper-link';
import { isDead } from '#src/main/upstream/keeper/process-group.js';
import { HeldCalls } from '#src/main/upstream/login/held-calls';
import type { Logins } from '#src/main/upstream/login/logins';
import { KnownFailures } from '#src/main/upstream/restarts/known-failures';
import { Servers } from '#src/main/upstream/servers';
import type { KeyedSession } from '#src/main/upstream/session-keys';
import { ToolMemory } from '#src/main/upstream/tools/tool-memory';
import type { ServerConfig } from '#src/main/upstream/upstream-ports';
import type { EventKind, EventOf, HoldfastEvent } from '#src/shared/contract/event';
import type { HoldfastError } from '#src/shared/errors';
import type { ProcessLimits } from '#src/shared/model/policy';
import type { FakeClock } from '#tests/support/fake-clock';
import { disposing, folderTest, makeFolder, removeFolder } from '#tests/support/fixtures';
import { testLogins } from '#tests/support/login/test-logins';
import { endServers, ListedConfigs, NO_PROCESS_LIMITS } from '#tests/support/servers/configs';

export interface UpstreamOptions {
  readonly configs: readonly ServerConfig[];
  /** Data folder of one that was released or killed. */
  readonly folder?: string;
  /** Time moves only by hand. */
  readonly clock?: FakeClock;
  readonly lostContactAt?: number;
  /** Called before it starts. */
  readonly before?: (upstream: Upstream) => void;
  readonly limits?: ProcessLimits;
}

/** The supervision of servers with a real database, a real keeper and real processes, without an endpoint. */
export class Upstream {
  readonly folder: string;
  readonly store: Store;
  readonly keeper: KeeperProcessLink;
  readonly servers: Servers;
  readonly configs: ListedConfigs;
  readonly events: HoldfastEvent[] = [];
  /** What became of sessions; one that is not named was made and is there. */
  readonly sessions = new Map<string, KeyedSession>();
  private readonly bus: EventBus;
  private readonly happened = new EventEmitter();
  private isOver = false;

  private constructor(options: UpstreamOptions, folder: string, logins: Logins) {
    this.folder = folder;
    const clock = options.clock ?? systemClock;
    const timers = options.clock ?? systemTimers;
    const log = pino({ level: 'silent' });
    this.store = Store.open({ folder: this.folder, now: () => clock.now(), log });
    this.bus = new EventBus((error) => {
      throw error;
    });
    this.bus.subscribe((events) => {
      this.events.push(...events);
      this.happened.emit('events');
    });
    this.keeper = new KeeperProcessLink({ folder: this.folder, log });
    this.configs = new ListedConfigs(...options.configs);
    const { store, bus, keeper, configs } = this;
    this.servers = new Servers({
      configs,
      keeper,
      clock,
      timers,
      random: systemRandom,
      network: DIRECT,
      callIds: new CallIds({ read: () => null, write: () => {} }, () => {}),
      log,
      version: '0.0.0-test',
      limits: options.limits ?? NO_PROCESS_LIMITS,
      logins,
      storedLists: () => store.serverLists.all(),
      activity: new ActivityLog({ repository: store.activity, clock, timers, onProblem: () => {} }),
      instances: store.instances,
      heldCalls: new HeldCalls({ repository: store.heldCalls, clock, log }),
      tools: new ToolMemory({ repository: store.knownTools, clock, log, record: () => {} }),
      failures: new KnownFailures({ repository: store.serverFailures, log }),
      sessions: (key) => this.sessions.get(key) ?? { isMade: true, isOver: false, lostAt: null },
      transaction: (work) => store.transaction(work),
      append: (events) => store.repository.commit({ events }),
      publish: (events) => bus.publish(events),
      subscribe: (listener) => bus.subscribe(listener),
    });
  }

  static async start(options: UpstreamOptions): Promise<Upstream> {
    const folder = options.folder ?? makeFolder();
    const time = { clock: options.clock ?? systemClock, timers: options.clock ?? systemTimers };
    const upstream = new Upstream(options, folder, await testLogins({ folder, ...time, record: () => {} }));
    options.before?.(upstream);
    await upstream.servers.start(options.lostContactAt ?? Date.now());
    return upstream;
  }

  /** A channel to a server for a session, not initialized. */
  async channel(server: string, sessionKey: string, takesNotes = false): Promise<TestChannel> {
    return new TestChannel(await this.servers.connect(server, sessionKey, takesNotes));
  }

  /** An initialized channel. */
  async use(server: string, sessionKey: string, takesNotes = false): Promise<TestChannel> {
    const channel = await this.channel(server, sessionKey, takesNotes);
    await channel.initialize();
    return channel;
  }

  /** The id is no session's yet: a transport that has done nothing that matters reserves it. */
  reserve(sessionKey: string): void {
    this.sessions.set(sessionKey, { isMade: false, isOver: false, lostAt: null });
  }

  /** The session that an id was reserved for is made. */
  make(session_id: string): void {
    this.sessions.delete(session_id);
    this.publish({ seq: 1, at: 0, session_id, kind: 'session_created', payload: {} as never });
  }

  publish(...events: Parameters<EventBus['publish']>[0]): void {
    this.bus.publish(events);
  }

  /** The newest event of that kind, as soon as there are `count` of them. */
  async event<K extends EventKind>(kind: K, count = 1): Promise<EventOf<K>> {
    for (;;) {
      const found = this.eventsOf(kind);
      const last = found.at(-1);
      if (last && found.length >= count) return last;
      await once(this.happened, 'events');
    }
  }

  eventsOf<K extends EventKind>(kind: K): EventOf<K>[] {
    return this.events.filter((event): event is EventOf<K> => event.kind === kind);
  }

  /** Releases everything, as when Holdfast stops: processes live on. */
  async release(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    await this.servers.stop();
    this.store.close();
  }

  /** Ends everything, processes too, and removes the folder. */
  async remove(): Promise<void> {
    await this.release();
    await endServers(this.folder);
    removeFolder(this.folder);
  }
}

/** Tests of the supervision of servers; every one that was started is removed at the end. */
export const upstreamTest = folderTest
  .extend('start', ({}, { onCleanup }) =>
    disposing(
      onCleanup,
      (options: UpstreamOptions) => Upstream.start(options),
      (upstream) => upstream.remove(),
    ),
  )
  .extend(
    'startWith',
    ({ start }) =>
      (...configs: ServerConfig[]) =>
        start({ configs }),
  );

const CALLER = { client: { client_id: 'c_test' }, transport_id: 't_test' } as Caller;

let runs = 0;

/** Plays the relay: sends with ids of its own and waits for answers. */
export class TestChannel {
  /** Everything that was no answer, with what it belongs to. */
  readonly heard: { message: JsonRpcMessage; relatedTo: RequestId | null }[] = [];
  isClosed = false;
  readonly channel: ServerChannel;
  private readonly run: string;
  private readonly waiting = new Map<RequestId, (response: JsonRpcResponse) => void>();
  private readonly changed = new EventEmitter();
  private count = 0;

  constructor(channel: ServerChannel) {
    runs += 1;
    this.run = `run${runs}`;
    this.channel = channel;
    channel.onmessage = (message, relatedTo) => {
      if (!isRequest(message) && !isNotification(message)) this.waiting.get(message.id ?? '')?.(message);
      else this.heard.push({ message, relatedTo });
      this.changed.emit('change');
    };
    channel.onclose = () => {
      this.isClosed = true;
      this.changed.emit('change');
    };
  }

  initialize(params: object = {}): Promise<{ result?: InitializeResult; error?: HoldfastError }> {
    const ofClient = { capabilities: { elicitation: {} }, clientInfo: { name: 'test', version: '1' } };
    return this.channel.initialize({ protocolVersion: '2025-11-25', ...ofClient, ...params }, CALLER).then(
      (result) => ({ result }),
      (error) => ({ error }),
    );
  }

  /** The id that the next request gets. */
  get nextId(): string {
    return `${this.run}-${this.count + 1}`;
  }

  request(method: string, params: Record<string, unknown> = {}, id: RequestId = this.nextId): Promise<JsonRpcResponse> {
    this.count += 1;
    const answered = this.answer(id);
    this.channel.send({ jsonrpc: '2.0', id, method, params }, CALLER);
    return answered;
  }

  /** The answer to a request of that id. */
  answer(id: RequestId): Promise<JsonRpcResponse> {
    return new Promise((resolve) => {
      this.waiting.set(id, (response) => {
        this.waiting.delete(id);
        resolve(response);
      });
    });
  }

  /** Calls a tool of the counter and gives what it says; rejects with the message of an error. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of any shape
  async call(name: string, args: object = {}, meta?: object): Promise<any> {
    const { result, error } = await this.request('tools/call', {
      name,
      arguments: args,
      ...(meta ? { _meta: meta } : {}),
    });
    if (error) throw new Error(error.message);
    return JSON.parse((result as { content: [{ text: string }] }).content[0].text);
  }

  notify(method: string, params: Record<string, unknown> = {}): void {
    this.channel.send({ jsonrpc: '2.0', method, params }, CALLER);
  }

  respond(id: RequestId, result: object): void {
    this.channel.send({ jsonrpc: '2.0', id, result }, CALLER);
  }

  /** Resumes calls that were made before a restart; `answer` resolves with their answers. */
  async resume(...calls: OpenCall[]): Promise<readonly RequestId[]> {
    return (await this.channel.resume?.(calls)) ?? [];
  }

  /** The newest message of that method, as soon as there are `count` of them. */
  // biome-ignore lint/suspicious/noExplicitAny: messages of any shape
  async message(method: string, count = 1): Promise<{ message: any; relatedTo: RequestId | null }> {
    for (;;) {
      const found = this.heardOf(method);
      const last = found.at(-1);
      if (last && found.length >= count) return last;
      await once(this.changed, 'change');
    }
  }

  heardOf(method: string) {
    return this.heard.filter(({ message }) => 'method' in message && message.method === method);
  }

  async closed(): Promise<void> {
    while (!this.isClosed) await once(this.changed, 'change');
  }
}

/** Whether a process of that id runs; a zombie does not. */
export const isAlive = (pid: number): boolean => !isDead(pid);

/** Polls until it is so: other processes can only be looked at. */
export const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 15_000, interval: 20 });
