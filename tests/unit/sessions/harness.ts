import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from 'vitest';
import type { Timers } from '#src/main/platform/ports';
import { ClientRegistry } from '#src/main/sessions/clients';
import { EventBus } from '#src/main/sessions/event-bus';
import { SessionManager } from '#src/main/sessions/manager';
import { ReconnectTokens } from '#src/main/sessions/reconnect/reconnect-tokens';
import type { Principal, Reconnected, ReconnectLimiter } from '#src/main/sessions/reconnect/reconnection';
import type { SessionRepository } from '#src/main/sessions/session-ports';
import { Store } from '#src/main/store/store';
import type { Client } from '#src/shared/contract/client';
import type { ClientProcess } from '#src/shared/contract/client-process';
import type { HoldfastEvent } from '#src/shared/contract/event';
import type { Era, Session, StatusBreakdown } from '#src/shared/contract/session';
import { HoldfastError } from '#src/shared/errors';
import { DEFAULT_POLICY, type SessionPolicy } from '#src/shared/model/policy';
import { type Ms, SECOND } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';
import { disposing } from '#tests/support/fixtures';
import { seededRandom } from '#tests/support/seeded-random';

export const ADMIN: Principal = { kind: 'admin' };
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export interface HarnessOptions {
  readonly policy?: Partial<SessionPolicy>;
  readonly secret?: Uint8Array;
  readonly limiter?: ReconnectLimiter;
  /** False: the test calls the tick itself. */
  readonly ticks?: boolean;
}

/** What the protocol front was told to do, oldest first. */
export type Effect =
  | { effect: 'ended'; transport: string }
  | { effect: 'moved'; transport: string; from: string | null; to: string }
  | { effect: 'taken'; session: string; sentence: string }
  | { effect: 'cut'; transport: string };

/** Timers of one run: they end with it, as a process takes its timers along. */
class RunTimers implements Timers {
  private readonly clock: FakeClock;
  private readonly cancels: (() => void)[] = [];

  constructor(clock: FakeClock) {
    this.clock = clock;
  }

  after(delay: Ms, work: () => void): () => void {
    return this.keep(this.clock.after(delay, work));
  }

  every(period: Ms, work: () => void): () => void {
    return this.keep(this.clock.every(period, work));
  }

  end(): void {
    for (const cancel of this.cancels.splice(0)) cancel();
  }

  private keep(cancel: () => void): () => void {
    this.cancels.push(cancel);
    return cancel;
  }
}

/** A process of this number. */
export const makeProcess = (pid: number, more: Partial<ClientProcess> = {}): ClientProcess => ({
  pid,
  started: `boot:${pid}`,
  program: 'Claude Code',
  parent: 'zsh',
  folder: '~/shop',
  bridged: false,
  ...more,
});

/** The one process that a client has, unless the test says otherwise. */
const processOf = ({ created_at, name }: Client): ClientProcess =>
  makeProcess(1000, { started: `${name} ${created_at}` });

/** The session domain on a real store in a folder of its own; only time and randomness are the test's. */
export class Harness {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-sessions-'));
  readonly clock = new FakeClock();
  readonly random = seededRandom();
  readonly policy: SessionPolicy;
  /** Published events of all runs. */
  readonly events: HoldfastEvent[] = [];
  readonly effects: Effect[] = [];
  readonly problems: unknown[] = [];
  store!: Store;
  bus!: EventBus;
  tokens!: ReconnectTokens;
  manager!: SessionManager;
  clients!: ClientRegistry;
  secret: Uint8Array;
  /** While true no commit succeeds, as on a full disk. */
  diskIsFull = false;
  /** How many commits succeeded. */
  commits = 0;

  private readonly options: HarnessOptions;
  private timers: RunTimers;

  private constructor(options: HarnessOptions) {
    this.options = options;
    this.policy = { ...DEFAULT_POLICY, ...options.policy };
    this.timers = new RunTimers(this.clock);
    this.secret = options.secret ?? seededRandom('secret').bytes(32);
  }

  static async open(options: HarnessOptions = {}): Promise<Harness> {
    const harness = new Harness(options);
    await harness.start();
    return harness;
  }

  /** Ends this run and begins another on the same files. `kill` leaves without a word, as SIGKILL does. */
  async restart(how: 'stop' | 'kill', down: Ms = 0): Promise<void> {
    const lastAlive = this.clock.now();
    if (how === 'stop') {
      this.manager.prepareStop();
      this.manager.stop();
    }
    this.store.close();
    this.clock.setBy(down);
    await this.reopen();
    this.manager.recover(lastAlive);
  }

  /** Begins another run on the same files, whose store was closed; nothing is recovered yet. */
  async reopen(): Promise<void> {
    await this.start();
  }

  close(): void {
    this.timers.end();
    this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A client with its key. */
  client(name = 'Test client'): Client & { key: string } {
    const { client_id, client_key } = this.clients.create({ name, type: 'other', policy: 'sessionful' });
    return { ...this.clients.get(client_id), key: client_key };
  }

  /** A new transport of the client; its id. */
  open(
    client: Client,
    more: {
      name?: string;
      era?: Era;
      version?: string;
      server?: string;
      protocol?: string;
      process?: ClientProcess | null;
    } = {},
  ): string {
    return this.manager.openTransport({
      client,
      server: more.server ?? null,
      era: more.era ?? 'sessionful',
      client_name: more.name ?? 'claude test',
      client_process: more.process === undefined ? processOf(client) : more.process,
      client_version: more.version ?? '1.0.0',
      protocol_version: more.protocol ?? (more.era === 'stateless' ? '2026-07-28' : '2025-11-25'),
      initialize_params: {},
    }).transport_id;
  }

  /** A new transport and its first request. */
  connect(
    client: Client,
    more: { name?: string; era?: Era; version?: string; protocol?: string; process?: ClientProcess | null } = {},
  ): { transport: string; session: Session } {
    const transport = this.open(client, more);
    return { transport, session: this.manager.enter(transport, true, client).session };
  }

  /** One whole call on a transport, which takes `latency`. */
  call(transport: string, client: Client, latency: Ms = 0, ok = true): Session {
    const session = this.manager.enter(transport, true, client).session;
    const done = this.manager.requestStarted(transport);
    this.clock.advance(latency);
    done({ method: 'tools/call', name: 'echo', ok });
    return session;
  }

  session(sessionId: string): Session {
    return this.manager.get(sessionId, ADMIN);
  }

  /** How many sessions there are of each status, probes left out. */
  get counts(): StatusBreakdown {
    return this.store.sessions.health(this.clock.now()).status_breakdown;
  }

  /** The session's events, oldest first. */
  timeline(sessionId: string): HoldfastEvent[] {
    return this.store.events.readAfter(0, 1_000_000).filter((event) => event.session_id === sessionId);
  }

  kinds(sessionId: string): string[] {
    return this.timeline(sessionId).map((event) => event.kind);
  }

  reconnect(
    session_id: string,
    token: string,
    client: Client,
    transport_id: string | null = null,
  ): Promise<Reconnected> {
    return this.manager.reconnectSession({
      session_id,
      token,
      principal: { kind: 'client', client },
      door: transport_id === null ? 'rest' : 'tool',
      transport_id,
    });
  }

  async issue(sessionId: string, client: Client): Promise<string> {
    const issued = await this.manager.issueReconnectToken(sessionId, { kind: 'client', client }, 'rest');
    return issued.reconnect_token;
  }

  /** A second manager on the same open store, which knows nothing of the first one's memory. */
  async anotherManager(): Promise<void> {
    const { clock, random, policy } = this;
    this.timers.end();
    const timers = new RunTimers(clock);
    this.timers = timers;
    const repository = this.fallible(this.store.repository);
    this.bus = new EventBus((error) => this.problems.push(error));
    this.bus.subscribe((events) => this.events.push(...events));
    this.tokens = await ReconnectTokens.create(this.secret, { clock, random, policy });
    this.manager = new SessionManager({
      repository,
      bus: this.bus,
      clock,
      timers,
      random,
      tokens: this.tokens,
      policy,
      limiter: this.options.limiter,
      onProblem: (error) => this.problems.push(error),
    });
    this.manager.setTransportEffects({
      transportEnded: ({ transport_id }) => this.effects.push({ effect: 'ended', transport: transport_id }),
      transportMoved: ({ transport_id, session_id }, from) =>
        this.effects.push({ effect: 'moved', transport: transport_id, from, to: session_id }),
      sessionTakenOver: (session, sentence) => this.effects.push({ effect: 'taken', session, sentence }),
      transportCut: (transport) => this.effects.push({ effect: 'cut', transport }),
    });
    this.clients = new ClientRegistry({
      repository,
      bus: this.bus,
      clock,
      random,
      timers,
      clients: this.store.clients,
      transaction: (work) => this.store.transaction(work),
    });
    if (this.options.ticks === false) return;
    timers.every(SECOND, () => {
      try {
        this.manager.tick();
      } catch (error) {
        this.problems.push(error);
      }
    });
  }

  private async start(): Promise<void> {
    this.store = Store.open({ folder: this.folder, now: () => this.clock.now(), log: SILENT });
    await this.anotherManager();
  }

  /** The real repository, whose commits fail while the disk is said to be full. */
  private fallible(repository: SessionRepository): SessionRepository {
    const commit: SessionRepository['commit'] = (change) => {
      if (this.diskIsFull) throw new HoldfastError('storage_unavailable');
      this.commits += 1;
      return repository.commit(change);
    };
    const { sessions, transports } = repository;
    return { sessions, transports, commit };
  }
}

/** Tests of the session domain: a harness, and a client of it. */
export const harnessTest = base
  .extend('open', ({}, { onCleanup }) =>
    disposing(
      onCleanup,
      (options?: HarnessOptions) => Harness.open(options),
      (house) => house.close(),
    ),
  )
  .extend('house', ({ open }) => open())
  .extend('client', ({ house }) => house.client());

/** Tests with a session that its client uses. */
export const sessionTest = harnessTest
  .extend('connection', { auto: true }, ({ house, client }) => house.connect(client))
  .extend('transport', ({ connection }) => connection.transport)
  .extend('sessionId', ({ connection }) => connection.session.session_id);

/** The code that the work is refused with; fails when it succeeds or throws anything else. */
export async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof HoldfastError) return error.code;
    throw error;
  }
  throw new Error('it was expected to be refused, but it succeeded');
}
