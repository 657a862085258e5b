import type { NewEvent, ServerStopReason } from '../../shared/contract/event';
import type { ServerInstance } from '../../shared/contract/server';
import { HoldfastError } from '../../shared/errors';
import { isSessionId } from '../../shared/model/ids';
import { type Ms, SECOND } from '../../shared/model/units';
import {
  isResponse,
  type JsonRpcMessage,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type RequestId,
  RPC,
  rpcError,
} from '../mcp/json-rpc';
import type { InitializeResult, OpenCall } from '../mcp/server-end';
import { connectTo, type ServerConnection } from './connections';
import { initialize, probe, START_LIMIT } from './handshake';
import type { UpstreamPorts } from './instance-ports';
import { OwnRequests } from './own-requests';
import type { ConnectionEnd, InstanceRecord, ServerConfig } from './ports';
import { afterFailure, backoff, claimTry, mayStart, NO_FAILURES, type Restarts } from './restarts';
import type { SafeCalls } from './safe-calls';
import { Traffic, type TrafficEnd } from './traffic';
import { within } from './within';

/** Who needs a server that ran before waits so long for it to be back. */
const USE_LIMIT: Ms = 5 * SECOND;
/** What ran for so long has left its failures behind. */
const HEALTHY: Ms = 30 * SECOND;
const OWN_REQUEST_LIMIT: Ms = 30 * SECOND;

export type StartCause = Extract<NewEvent, { kind: 'server_started' }>['payload']['cause'];

/** What the instances of one server share. */
export interface InstanceOwner {
  readonly ports: UpstreamPorts;
  readonly config: ServerConfig;
  readonly safe: SafeCalls;
  /** How it stands with starts of the server, whichever instance is started. */
  starts: Restarts;
  /** The newest of what {@link failed} was told. */
  readonly lastError: string | null;
  /**
   * Told of each failure.
   * @param sentence - for a person, without a secret
   * @param connection - what failed, if it came to be
   */
  failed(sentence: string, connection: ServerConnection | null): void;
  /** Told when an instance was started again. */
  restarted(): void;
}

/**
 * One server as one home uses it, or all homes when it is shared. Owns the initialization: whoever comes later is answered
 * from memory, and a process that takes the place of another is told what that one knew. Starts, stops and starts again
 * what is behind it, at most one at a time.
 */
export class Instance {
  readonly traffic: Traffic;
  private readonly owner: InstanceOwner;
  private readonly own: OwnRequests;
  private row: InstanceRecord;
  private connection: ServerConnection | null = null;
  private phase: 'stopped' | 'starting' | 'running' = 'stopped';
  private starting: Promise<void> | null = null;
  /** Counts what was begun and given up: a start that finds another number is over. */
  private turn = 0;
  private result: InitializeResult | null = null;
  private hadConnection: boolean;
  private crashes: Restarts = NO_FAILURES;
  private lastEnd: ConnectionEnd | null = null;
  private renewedAt = Number.NEGATIVE_INFINITY;
  private nextTry: { readonly at: Ms; cancel(): void } | null = null;
  private cancelHealthy = () => {};
  private isListening = true;
  private isOver = false;
  /** Requests that wait for a start. */
  private readonly queued = new Map<RequestId, TrafficEnd>();
  private lastUsed: Ms;

  /** @param hadConnection - it is known from before: something ran for it once */
  constructor(owner: InstanceOwner, record: InstanceRecord, hadConnection: boolean) {
    const { clock, timers, random } = owner.ports;
    this.owner = owner;
    this.row = record;
    this.hadConnection = hadConnection;
    this.lastUsed = clock.monotonic();
    this.own = new OwnRequests(timers, random);
    this.traffic = new Traffic({
      ...{ isShared: record.home === null, safe: owner.safe, clock, wishes: record.wishes },
      onWishes: () => this.save({ wishes: this.traffic.wishes }),
      ask: (method, params) => {
        this.own
          .ask((message) => this.connection?.send(message), method, params, OWN_REQUEST_LIMIT)
          .catch((error) => owner.ports.log.debug({ err: error, server: record.server }, 'a server refused a change'));
      },
    });
  }

  get record(): InstanceRecord {
    return this.row;
  }

  get state(): ServerInstance['state'] {
    if (this.phase !== 'stopped') return this.phase;
    if (this.crashes.isOpen || this.owner.starts.isOpen) return 'circuit_open';
    return this.nextTry ? 'waiting' : 'stopped';
  }

  /** When it is tried again by itself, as the wall clock will show; null when that is not planned. */
  get nextTryAt(): Ms | null {
    const { clock } = this.owner.ports;
    return this.nextTry ? Math.round(clock.now() + Math.max(0, this.nextTry.at - clock.monotonic())) : null;
  }

  /** What the server said of itself at its newest start. */
  get said(): InitializeResult | null {
    return this.result;
  }

  /** How long nobody has used it; 0 while something runs. */
  get unusedFor(): Ms {
    if (this.traffic.running > 0 || this.queued.size > 0 || this.phase === 'starting') return 0;
    return this.owner.ports.clock.monotonic() - this.lastUsed;
  }

  stderr(): Promise<string[]> {
    return this.connection?.stderr() ?? Promise.resolve([]);
  }

  attach(end: TrafficEnd): void {
    this.traffic.attach(end);
  }

  detach(end: TrafficEnd): void {
    for (const [id, waiting] of this.queued) if (waiting === end) this.queued.delete(id);
    this.traffic.detach(end);
  }

  /** The process as the keeper calls it. */
  get childId(): string | null {
    return this.connection?.childId ?? null;
  }

  /**
   * What the server answered to `initialize`: from memory, or by starting it. Rejects within 30 s.
   * @param params - of the client; not used by a server that all share
   */
  async initialize(params: unknown): Promise<InitializeResult> {
    this.listen();
    if (this.result) return this.result;
    if (this.row.home !== null && this.phase === 'stopped') this.row = { ...this.row, initialize_params: params };
    await this.use(START_LIMIT);
    if (!this.result) throw this.unavailable();
    return this.result;
  }

  /** Sends a request on, starting the server when it does not run. The end gets an answer, if only an error. */
  request(end: TrafficEnd, request: JsonRpcRequest, isRepeat = false): void {
    this.lastUsed = this.owner.ports.clock.monotonic();
    this.listen();
    if (this.phase === 'running') {
      this.traffic.request(end, request, isRepeat);
      return;
    }
    this.queued.set(request.id, end);
    this.use(this.hadConnection ? USE_LIMIT : START_LIMIT).then(
      () => {
        if (this.queued.delete(request.id)) this.traffic.request(end, request, isRepeat);
      },
      (error: Error) => {
        if (this.queued.delete(request.id)) end.deliver(notSent(request.id, error), request.id);
      },
    );
  }

  /** Sends a notification on. One to a server that does not run means nothing to the next. */
  notify(end: TrafficEnd, message: JsonRpcNotification): void {
    if (message.method === 'notifications/cancelled') this.queued.delete(message.params?.requestId as RequestId);
    if (this.phase === 'running') this.traffic.notify(end, message);
  }

  respond(message: JsonRpcResponse): void {
    this.lastUsed = this.owner.ports.clock.monotonic();
    this.traffic.respond(message);
  }

  resume(end: TrafficEnd, calls: readonly OpenCall[]): RequestId[] {
    return this.traffic.resume(end, calls);
  }

  /** Starts it unless it runs. Rejects with a sentence when that fails or takes longer than `limit`. */
  use(limit: Ms): Promise<void> {
    if (this.phase === 'running') return Promise.resolve();
    if (!this.starting && !this.mayStart(true)) return Promise.reject(this.unavailable());
    const { timers } = this.owner.ports;
    const slow = () => new Error(`The server "${this.row.server}" is still starting. Try again in a moment.`);
    return within(timers, limit, this.starting ?? this.begin('use'), slow);
  }

  /** Starts it unless it runs or has failed. */
  warmUp(): void {
    if (this.phase === 'stopped' && this.mayStart(false)) this.begin('policy').catch(() => {});
  }

  /** Starts it, whatever failed before. What becomes of it shows in its state. */
  retry(cause: StartCause): void {
    this.crashes = NO_FAILURES;
    if (this.phase === 'stopped') this.begin(cause).catch(() => {});
  }

  /** Takes over what ran on without Holdfast. Its messages come from {@link listen} on. */
  adopt(connection: ServerConnection): void {
    this.isListening = false;
    this.hadConnection = true;
    this.result = this.row.initialize_result;
    this.watch(connection);
    this.isUp(connection, true);
  }

  /** From now on the messages of a server that was taken over come, first those that waited. */
  listen(): void {
    if (this.isListening) return;
    this.isListening = true;
    this.connection?.listen();
  }

  /** The home is called otherwise from now on. */
  rename(to: string): void {
    const { home } = this.row;
    if (home === null) return;
    this.row = { ...this.row, home: to };
    this.traffic.rename(home, to);
    this.save({});
  }

  /**
   * Ends what runs. What its client set is kept for its next start.
   * @param reason - why, or null when nothing is to be said of it
   */
  async stop(reason: ServerStopReason): Promise<void> {
    await this.halt(reason, false);
  }

  /** Ends what runs, for good. */
  async end(reason: ServerStopReason): Promise<void> {
    this.isOver = true;
    await this.halt(reason, true);
  }

  /** The entry of the server was changed: ends what runs and starts it as the entry says now, if it ran. */
  async replace(fingerprint: string): Promise<void> {
    const ran = this.phase !== 'stopped' || this.nextTry !== null;
    await this.halt('changed', false);
    this.crashes = NO_FAILURES;
    this.result = null;
    this.save({ fingerprint });
    if (ran && this.phase === 'stopped' && !this.isOver) this.begin('restart').catch(() => {});
  }

  /** Lets go of it: what is behind it lives on for the next Holdfast. */
  release(): void {
    this.isOver = true;
    this.turn += 1;
    this.rest();
    this.connection?.release();
    this.connection = null;
  }

  private mayStart(isNeeded: boolean): boolean {
    const now = this.owner.ports.clock.monotonic();
    return !this.isOver && mayStart(this.owner.starts, now, isNeeded) && mayStart(this.crashes, now, isNeeded);
  }

  private begin(cause: StartCause, renewal: string | null = null): Promise<void> {
    const { clock } = this.owner.ports;
    this.owner.starts = claimTry(this.owner.starts, clock.monotonic());
    this.crashes = claimTry(this.crashes, clock.monotonic());
    this.rest();
    this.phase = 'starting';
    this.lastEnd = null;
    this.turn += 1;
    const starting = this.start(cause, renewal, this.turn).finally(() => {
      if (this.starting === starting) this.starting = null;
    });
    this.starting = starting;
    return starting;
  }

  private async start(cause: StartCause, renewal: string | null, turn: number): Promise<void> {
    const { owner, own } = this;
    const { log } = owner.ports;
    let connection: ServerConnection | null = null;
    try {
      connection = await connectTo(owner.config, this.row, owner.ports);
      if (turn !== this.turn) throw new Error('was stopped while it started');
      this.connection = connection;
      this.watch(connection);
      connection.listen();
      this.throwIfClosed();
      this.save({ ...processOf(connection), fingerprint: owner.config.fingerprint });
      if (connection.isResumed) await probe({ connection, own });
      else {
        this.save({ initialize_result: null });
        const onProblem = (error: unknown) => log.warn({ err: error, server: this.row.server }, 'a replay was refused');
        const initializeParams = this.row.initialize_params;
        this.result = await initialize({ connection, own, initializeParams, wishes: this.row.wishes, onProblem });
      }
      this.throwIfClosed();
      if (turn !== this.turn) throw new Error('was stopped while it started');
      this.started(connection, cause, renewal);
    } catch (error) {
      void connection?.close();
      if (turn !== this.turn) throw this.unavailable();
      this.connection = null;
      this.phase = 'stopped';
      if (connection?.isResumed && this.lastEnd?.sessionGone) {
        this.save({ upstream_session_id: null, upstream_last_event_id: null });
        return this.begin(cause, this.lastEnd.sentence);
      }
      this.startFailed(sentenceOf(this.row.server, error), connection);
      throw this.unavailable();
    }
  }

  private started(connection: ServerConnection, cause: StartCause, renewal: string | null): void {
    const { owner, hadConnection } = this;
    const restarts = this.row.restarts + (hadConnection && renewal === null ? 1 : 0);
    const started_at = connection.isResumed ? this.row.started_at : owner.ports.clock.now();
    this.row = { ...this.row, initialize_result: this.result, restarts, started_at };
    this.hadConnection = true;
    owner.starts = NO_FAILURES;
    if (hadConnection && renewal === null) owner.restarted();
    const event =
      renewal === null
        ? this.event('server_started', { cause, state_lost: hadConnection && !connection.isResumed })
        : this.event('server_session_renewed', { reason: renewal });
    if (renewal !== null) this.renewedAt = owner.ports.clock.monotonic();
    owner.ports.commit({ save: [this.row], events: [event] });
    this.isUp(connection, false);
    if (hadConnection && this.result) this.traffic.announce(this.result.capabilities);
  }

  private isUp(connection: ServerConnection, isAdopted: boolean): void {
    this.connection = connection;
    this.phase = 'running';
    this.lastEnd = null;
    this.traffic.up(connection, isAdopted);
    this.cancelHealthy = this.owner.ports.timers.after(HEALTHY, () => {
      this.crashes = NO_FAILURES;
    });
  }

  private watch(connection: ServerConnection): void {
    connection.onstate = () => {
      if (this.connection === connection) this.save(processOf(connection));
    };
    connection.onclose = (why) => this.closed(connection, why);
    connection.onmessage = (message, relatedTo) => this.take(connection, message, relatedTo);
  }

  private take(connection: ServerConnection, message: JsonRpcMessage, relatedTo: RequestId | null): void {
    if (this.connection !== connection || this.own.take(message)) return;
    if (isResponse(message)) this.lastUsed = this.owner.ports.clock.monotonic();
    this.traffic.take(message, relatedTo);
  }

  private closed(connection: ServerConnection, why: ConnectionEnd): void {
    if (this.connection !== connection) return;
    this.lastEnd = why;
    if (this.phase === 'running') this.died(connection, why);
    this.own.failAll(new Error(why.sentence));
  }

  private died(connection: ServerConnection, why: ConnectionEnd): void {
    const { owner } = this;
    const { clock, random, commit } = owner.ports;
    this.connection = null;
    this.phase = 'stopped';
    this.turn += 1;
    this.rest();
    const sentence = `The server "${this.row.server}" ${why.sentence}.`;
    const { lost, repeat } = this.traffic.down(sentence, why.notTaken ?? []);
    const now = clock.monotonic();
    if (why.sessionGone && now - this.renewedAt > HEALTHY) {
      this.save({ upstream_session_id: null, upstream_last_event_id: null, initialize_result: null });
      this.begin('restart', why.sentence).catch(() => {});
    } else {
      owner.failed(sentence, connection);
      if (!why.keeperLost) this.crashes = afterFailure(this.crashes, now, chanceOf(random.bytes(1)));
      const reason = why.keeperLost ? 'keeper_lost' : 'crashed';
      const { code, signal } = why;
      const event = this.event('server_stopped', { reason, code, signal, calls_lost: lost });
      // A session over HTTP may still be there, when its server is reached again.
      const initialize_result = this.row.pid === null ? this.row.initialize_result : null;
      this.row = { ...this.row, pid: null, pid_started: null, initialize_result };
      commit({ save: [this.row], events: [event] });
      this.schedule();
    }
    for (const [end, request] of repeat) this.request(end, request, true);
  }

  private throwIfClosed(): void {
    if (this.lastEnd) throw new Error(this.lastEnd.sentence);
  }

  private startFailed(error: string, connection: ServerConnection | null): void {
    const { owner } = this;
    const { clock, random, commit } = owner.ports;
    owner.starts = afterFailure(owner.starts, clock.monotonic(), chanceOf(random.bytes(1)));
    owner.failed(error, connection);
    this.row = { ...this.row, pid: null, pid_started: null };
    this.schedule();
    const payload = {
      ...{ server: this.row.server, error, attempt: owner.starts.attempt, next_try_at: this.nextTryAt },
      circuit_open: owner.starts.isOpen,
    };
    const save = this.hadConnection ? [this.row] : [];
    const remove = this.hadConnection ? [] : [this.row.instance_id];
    commit({ save, remove, events: [{ at: clock.now(), ...this.ofSession(), kind: 'server_unavailable', payload }] });
  }

  /** Plans the next try, if somebody wants it without asking for it. */
  private schedule(): void {
    const { clock, timers, random } = this.owner.ports;
    if (this.isOver || this.owner.config.policy === 'lazy') return;
    if (this.row.home !== null && !this.hadConnection) return;
    const now = clock.monotonic();
    const at = Math.max(
      this.owner.starts.nextTryAt ?? 0,
      this.crashes.nextTryAt ?? 0,
      now + (this.crashes.nextTryAt === null ? backoff(1, chanceOf(random.bytes(1))) : 0),
    );
    const cancel = timers.after(at - now, () => {
      this.nextTry = null;
      if (this.mayStart(false)) this.begin('restart').catch(() => {});
      else this.schedule();
    });
    this.nextTry = { at, cancel };
  }

  private async halt(reason: ServerStopReason, forGood: boolean): Promise<void> {
    const { connection, phase } = this;
    this.connection = null;
    this.phase = 'stopped';
    this.turn += 1;
    this.starting = null;
    this.rest();
    this.own.failAll(new Error('was stopped'));
    const sentence = `The server "${this.row.server}" was stopped.`;
    const { lost, repeat } = this.traffic.down(sentence, []);
    for (const [end, { id }] of repeat) end.deliver(rpcError(id, RPC.serverError, sentence), id);
    const payload = { reason, code: null, signal: null, calls_lost: lost + repeat.length };
    const events = phase === 'running' ? [this.event('server_stopped', payload)] : [];
    this.row = { ...this.row, ...NOTHING_BEHIND, initialize_result: null };
    const keep = !forGood && this.hadConnection;
    this.owner.ports.commit({ ...(keep ? { save: [this.row] } : { remove: [this.row.instance_id] }), events });
    await connection?.close();
  }

  private rest(): void {
    this.cancelHealthy();
    this.nextTry?.cancel();
    this.nextTry = null;
  }

  private save(change: Partial<InstanceRecord>): void {
    this.row = { ...this.row, ...change };
    if (this.connection || this.hadConnection) this.owner.ports.commit({ save: [this.row] });
  }

  private unavailable(): Error {
    const next = this.nextTryAt ?? null;
    const when =
      next === null ? '' : ` Holdfast tries again in ${Math.ceil((next - this.owner.ports.clock.now()) / SECOND)} s.`;
    return new Error(`${this.owner.lastError ?? `The server "${this.row.server}" does not run.`}${when}`);
  }

  private event<K extends 'server_started' | 'server_stopped' | 'server_session_renewed'>(
    kind: K,
    payload: Omit<Extract<NewEvent, { kind: K }>['payload'], 'server' | 'instance_id' | 'pid'>,
  ): NewEvent {
    const { server, instance_id, pid } = this.row;
    const at = this.owner.ports.clock.now();
    return { at, ...this.ofSession(), kind, payload: { server, instance_id, pid, ...payload } } as unknown as NewEvent;
  }

  private ofSession(): { session_id: string | null } {
    const { home } = this.row;
    return { session_id: home !== null && isSessionId(home) ? home : null };
  }
}

const processOf = ({ pid, pidStarted, upstream }: ServerConnection) => ({
  ...{ pid, pid_started: pidStarted },
  upstream_session_id: upstream?.sessionId ?? null,
  upstream_last_event_id: upstream?.position ?? null,
});

const NOTHING_BEHIND = { pid: null, pid_started: null, upstream_session_id: null, upstream_last_event_id: null };

const chanceOf = ([byte = 0]: Uint8Array): number => byte / 255;

/** The answer to a request that no server has seen: unlike after one that was lost, it may be sent again. */
const notSent = (id: RequestId, { message }: Error): JsonRpcResponse =>
  rpcError(id, RPC.serverError, message, { code: 'server_unavailable' });

/** What went wrong at a start: an expected failure is a sentence of its own, anything else goes on after the server's name. */
function sentenceOf(server: string, error: unknown): string {
  if (error instanceof HoldfastError) return `The server "${server}" could not be started. ${error.message}`;
  return `The server "${server}" ${error instanceof Error ? error.message : 'failed'}.`;
}
