import type { LongCallView } from '../../shared/contract/calls';
import type { Client } from '../../shared/contract/client';
import { type Ms, SECOND } from '../../shared/model/units';
import type { Clock, Random, SessionClock, Timers } from '../platform/ports';
import { randomText } from '../platform/random-text';
import { BY_USER } from './call-words';
import { CallsInFlight, shown } from './calls-in-flight';
import type { LongCall, LongCallRepository, NewLongCall, PatienceRepository } from './long-call-ports';
import {
  answerWithin,
  defaultPatience,
  type GivenUp,
  type KeptPatience,
  type KindOfClient,
  learn,
  NO_PATIENCE,
  type Patience,
  patienceOf,
  unlearn,
} from './patience';
import type { Progress } from './progress';

/** Handles have 128 bits. */
const HANDLE_BYTES = 16;
/** Answers that could not be written yet are tried again this often. */
const RETRY: Ms = 5 * SECOND;
/** In characters, of all that wait to be written. Beyond it, an answer is lost. */
const MAX_UNSAVED = 64 * 1024 * 1024;
const MOST_SHOWN = 200;
/** Tasks of servers that were followed for clients that waited, and are remembered in this run. */
const MOST_FOLLOWED = 1_000;
/** Clients whose giving up is remembered. */
const MOST_CLIENTS = 1_000;

type HowShown = Pick<NewLongCall, 'shown_as' | 'task_id' | 'again_id'>;

/** The answer to a call, as it is kept. */
export interface Answer {
  /** The response as JSON text. */
  readonly text: string;
  readonly ok: boolean;
}

type KnownClient = KindOfClient & Pick<Client, 'client_id'>;

interface Live {
  /** When it began, in monotonic time. */
  readonly began: Ms;
  progress: Progress | null;
  /** Gives the call up at its server, for this reason. */
  cancel: (reason: string) => void;
  readonly waiting: Set<() => void>;
  /** An answer that could not be written yet. */
  unsaved: (Answer & { readonly at: Ms; readonly lived: Ms }) | null;
}

export interface LongCallsDeps {
  readonly calls: LongCallRepository;
  readonly patience: PatienceRepository;
  readonly clock: Clock & Pick<SessionClock, 'lived' | 'ageOf'>;
  readonly timers: Timers;
  readonly random: Random;
  readonly onProblem: (error: unknown) => void;
}

/**
 * Calls that last longer than their clients wait. A call that is handed out goes on at its server; its client has a handle,
 * with which it asks for the answer. Answers are on disk before anybody is told of them, once each.
 *
 * A handed-out call is shown as a handle, or as a task of the protocol whose id is the handle.
 */
export class LongCalls {
  readonly inFlight: CallsInFlight;
  private readonly deps: LongCallsDeps;
  /** The handed-out calls whose answers this run awaits, or could not write yet. */
  private readonly live = new Map<number, Live>();
  /** The calls within which their servers wait for answers, and how many for each. Relays keep it, and bound it. */
  private readonly questions = new Map<number, number>();
  /** Tasks that servers made of calls for which clients waited, oldest first, and whose those are. */
  private readonly waitedFor = new Map<string, string>();
  private cancelRetry: (() => void) | null = null;
  private closed = false;
  /** When clients last gave a call up that began after they had given up another, in monotonic time. */
  private readonly gaveUpAt = new Map<string, Ms>();

  constructor(deps: LongCallsDeps) {
    this.deps = deps;
    this.inFlight = new CallsInFlight(deps.clock);
  }

  /** Whether this run ends: what still runs gets its answer in the next one. */
  get isClosed(): boolean {
    return this.closed;
  }

  patienceOf(client: KnownClient): Patience {
    return patienceOf(client, this.kept(client.client_id));
  }

  /** What would hold for a client if nothing were set or learned, and what was learned; null for nothing. */
  patienceBeneath(client: KnownClient) {
    return { default: defaultPatience(client), learned: this.kept(client.client_id).learned_ms };
  }

  /** Says how long a client waits; null to go by what is known otherwise. */
  setPatience(clientId: string, set_ms: Ms | null): void {
    const { patience } = this.deps;
    // What was learned may have been wrong, or somebody would not set anything.
    patience.keep(clientId, { set_ms, learned_ms: null, last_ms: null });
  }

  /**
   * A client gave a call up.
   * @param quiet - how long it had heard nothing of the call
   */
  gaveUp(
    client: KnownClient,
    { after, quiet, isTimeout }: Pick<GivenUp, 'after' | 'isTimeout'> & { readonly quiet: Ms },
  ): void {
    const { patience, clock } = this.deps;
    const { client_id } = client;
    const now = clock.monotonic();
    const last = this.gaveUpAt.get(client_id);
    const isAlong = last !== undefined && now - after < last;
    if (!isAlong) this.noteGivenUp(client_id, now);
    const { limit, isRenewed } = this.patienceOf(client);
    // It did what its program does, which is known.
    if (isRenewed && quiet >= answerWithin(limit)) return;
    this.guarded(() => {
      const learned = learn(patience.of(client_id), { after: Math.round(after), isTimeout, isAlong });
      if (learned) patience.keep(client_id, learned);
    });
  }

  /** A client waited so long for an answer, and got it. */
  waited(clientId: string, time: Ms): void {
    const { patience } = this.deps;
    this.guarded(() => {
      const known = unlearn(patience.of(clientId), time);
      if (known) patience.keep(clientId, known);
    });
  }

  /** The longest that a tool was seen to take; 0 if nothing is known. */
  longest(server: string, tool: string): Ms {
    return this.read(() => this.deps.patience.longest(server, tool), 0);
  }

  /** A tool took so long, or longer. */
  took(server: string, tool: string, time: Ms): void {
    this.guarded(() => this.deps.patience.tookLonger(server, tool, time));
  }

  /** Whether another call of this client can be handed out. */
  hasRoom(clientId: string): boolean {
    return this.read(() => this.deps.calls.hasRoom(clientId), false);
  }

  /**
   * Hands a running call out: from now on its answer goes to {@link answered}.
   * @param call - shown as a handle, made once, and answered by its server itself, unless it says otherwise
   * @param cancel - gives the call up at its server
   * @returns null when it must go on as it is: its client has too many, or nothing can be written
   */
  handOut(
    call: Omit<NewLongCall, 'handle' | 'handed_at' | keyof HowShown> & Partial<HowShown>,
    progress: Progress | null,
    cancel: (reason: string) => void,
  ): LongCall | null {
    const { calls, random, clock } = this.deps;
    try {
      const handle = `h_${randomText(random, HANDLE_BYTES)}`;
      const shown = { shown_as: 'handle', task_id: null, again_id: null } as const;
      const handed = { ...shown, ...call, handle, handed_at: clock.now() };
      if (!calls.add(handed)) return null;
      const began = clock.monotonic() - Math.max(0, clock.now() - call.started_at);
      this.live.set(call.call_id, { began, progress, cancel, waiting: new Set(), unsaved: null });
      return { ...handed, state: 'running', ended_at: null, fetched_at: null, ok: null, bytes: 0 };
    } catch (error) {
      this.deps.onProblem(error);
      return null;
    }
  }

  /** Goes on with a call that was handed out before a restart. */
  resume(callId: number, cancel: (reason: string) => void): void {
    const { calls, clock } = this.deps;
    const startedAt = this.read(() => calls.get(callId), null)?.started_at;
    const began = clock.monotonic() - (startedAt === undefined ? 0 : clock.ageOf(startedAt));
    this.live.set(callId, { began, progress: null, cancel, waiting: new Set(), unsaved: null });
  }

  /** The server of a handed-out call has made a task of it, which is on disk when this returns, unless nothing can be written. */
  followed(callId: number, taskId: string): void {
    this.guarded(() => this.deps.calls.followed(callId, taskId));
  }

  /** A handed-out call is made again under this id, which is on disk when this returns, unless nothing can be written. */
  madeAgain(callId: number, againId: number): void {
    this.guarded(() => this.deps.calls.madeAgain(callId, againId));
  }

  /** The client of a handed-out call never heard of that, and got the answer itself. */
  withdraw(callId: number): void {
    this.guarded(() => this.deps.calls.withdraw(callId));
    const live = this.live.get(callId);
    this.live.delete(callId);
    this.wake(live);
  }

  /** Calls that were handed out and not answered when the last run ended. */
  left(): LongCall[] {
    return this.read(() => this.deps.calls.running(), []);
  }

  progressed(callId: number, progress: Progress | null): void {
    const live = this.live.get(callId);
    if (live) live.progress = progress;
  }

  /** The server has answered. The answer is on disk when this returns, unless nothing can be written now. */
  answered(callId: number, { text, ok }: Answer): void {
    const { clock } = this.deps;
    const live = this.live.get(callId);
    const answer = { text, ok, at: clock.now(), lived: clock.lived() };
    if (!this.save(callId, answer) && live && this.unsavedLength() + text.length <= MAX_UNSAVED) {
      live.unsaved = answer;
      this.retryLater();
    } else this.live.delete(callId);
    this.wake(live);
  }

  /** The call was given up, here or by its server's end. */
  cancelled(callId: number): void {
    this.guarded(() => this.endRow(callId));
    const live = this.live.get(callId);
    this.live.delete(callId);
    this.wake(live);
  }

  /** How many questions of its server wait for an answer within a call, handed out or not. */
  asks(callId: number, questions: number): void {
    if (questions > 0) this.questions.set(callId, questions);
    else this.questions.delete(callId);
  }

  questionsOf(callId: number): number {
    return this.questions.get(callId) ?? 0;
  }

  /** The call that this client got the handle of; null for any other handle. */
  find(handle: string, clientId: string): LongCall | null {
    const found = this.deps.calls.ofHandle(handle);
    return found?.client_id === clientId ? found : null;
  }

  /** Those that its client knows of, newest first. */
  ofClient(clientId: string): LongCall[] {
    return this.deps.calls.ofClient(clientId).filter((call) => this.isTold(call));
  }

  /** A server made this task of a call of the client's, which waits for the answer and does not know of it. */
  waitsFor(clientId: string, taskId: string): void {
    this.waitedFor.set(taskId, clientId);
    const [oldest] = this.waitedFor.keys();
    if (this.waitedFor.size > MOST_FOLLOWED && oldest !== undefined) this.waitedFor.delete(oldest);
  }

  /** The tasks that servers made of calls of the client's, which does not know of them. */
  followedFor(clientId: string): ReadonlySet<string> {
    const kept = this.read(() => this.deps.calls.ofClient(clientId), []);
    const waited = [...this.waitedFor].flatMap(([taskId, client]) => (client === clientId ? [taskId] : []));
    return new Set([...kept.flatMap(({ task_id }) => task_id ?? []), ...waited]);
  }

  ofCall(callId: number): LongCall | null {
    return this.read(() => this.deps.calls.get(callId), null);
  }

  /** How long a call has run, whatever has become of the wall clock since it began. */
  runningFor({ call_id, started_at }: Pick<LongCall, 'call_id' | 'started_at'>): Ms {
    const { clock } = this.deps;
    const live = this.live.get(call_id);
    return live ? clock.monotonic() - live.began : Math.max(0, clock.now() - started_at);
  }

  progressOf(callId: number): Progress | null {
    return this.live.get(callId)?.progress ?? null;
  }

  /** The answer as JSON text, from now on noted as fetched; null while there is none, or no more. */
  fetch(callId: number): string | null {
    const unsaved = this.live.get(callId)?.unsaved;
    return unsaved?.text ?? this.deps.calls.fetch(callId, this.deps.clock.now());
  }

  /** The same, for somebody who may not have got it: it is not noted as fetched. */
  answerOf(callId: number): string | null {
    return this.live.get(callId)?.unsaved?.text ?? this.deps.calls.answerOf(callId);
  }

  /** Whether this run has the call's answer, or may still get it. */
  isAwaited(callId: number): boolean {
    return this.live.has(callId);
  }

  /** Resolves when the call is over, after `limit`, or when `stop` is called, which is safe at any time. */
  wait(callId: number, limit: Ms): { readonly over: Promise<void>; stop(): void } {
    const live = this.live.get(callId);
    if (!live || live.unsaved) return { over: Promise.resolve(), stop: () => {} };
    let stop = () => {};
    const over = new Promise<void>((resolve) => {
      const cancelLimit = this.deps.timers.after(limit, () => stop());
      stop = () => {
        cancelLimit();
        live.waiting.delete(stop);
        resolve();
      };
      live.waiting.add(stop);
    });
    return { over, stop: () => stop() };
  }

  /** Handed-out calls for a person, newest first; of all clients 200, those that run before all others. */
  views(clientId?: string): LongCallView[] {
    const { calls } = this.deps;
    const found = clientId === undefined ? calls.all(MOST_SHOWN) : calls.ofClient(clientId);
    return found
      .filter((call) => this.isTold(call))
      .map(({ handle: _, transport_id: __, shown_as: ___, task_id: ____, again_id: _____, ...call }) => ({
        ...call,
        progress: shown(this.progressOf(call.call_id)),
      }));
  }

  /**
   * Gives up a call, in flight or handed out.
   * @param reason - for its server
   * @returns false if there is no such call that runs
   */
  cancel(callId: number, reason: string = BY_USER): boolean {
    if (this.inFlight.cancel(callId)) return true;
    const live = this.live.get(callId);
    // Nobody works on it any more, but its row may still say so.
    if (!live) return this.read(() => this.endRow(callId), false);
    if (live.unsaved) return false;
    live.cancel(reason);
    this.cancelled(callId);
    return true;
  }

  /** Ends what waits here, and tries once more to write what is not written yet. */
  close(): void {
    this.closed = true;
    this.cancelRetry?.();
    for (const [id, live] of this.live) {
      if (live.unsaved && this.save(id, live.unsaved)) this.live.delete(id);
      this.wake(live);
    }
  }

  private kept(clientId: string): KeptPatience {
    return this.read(() => this.deps.patience.of(clientId), NO_PATIENCE);
  }

  /** Whether its client knows of it: it may still wait for the answer itself. */
  private isTold({ call_id }: LongCall): boolean {
    return this.inFlight.clientOf(call_id) === null;
  }

  private endRow(callId: number): boolean {
    const { calls, clock } = this.deps;
    return calls.cancelled(callId, clock.now(), clock.lived());
  }

  private noteGivenUp(clientId: string, now: Ms): void {
    this.gaveUpAt.delete(clientId);
    this.gaveUpAt.set(clientId, now);
    const [oldest] = this.gaveUpAt.keys();
    if (this.gaveUpAt.size > MOST_CLIENTS && oldest !== undefined) this.gaveUpAt.delete(oldest);
  }

  private wake(live: Live | undefined): void {
    for (const stop of [...(live?.waiting ?? [])]) stop();
  }

  private save(callId: number, answer: NonNullable<Live['unsaved']>): boolean {
    try {
      this.deps.calls.answered(callId, answer);
      return true;
    } catch (error) {
      this.deps.onProblem(error);
      return false;
    }
  }

  private unsavedLength(): number {
    return [...this.live.values()].reduce((sum, { unsaved }) => sum + (unsaved?.text.length ?? 0), 0);
  }

  private retryLater(): void {
    this.cancelRetry ??= this.deps.timers.after(RETRY, () => {
      this.cancelRetry = null;
      const waiting = [...this.live].flatMap(([id, { unsaved }]) => (unsaved ? [{ id, unsaved }] : []));
      for (const { id, unsaved } of waiting) {
        if (!this.save(id, unsaved)) return this.retryLater();
        this.live.delete(id);
      }
    });
  }

  /** What cannot be read must not harm a call either. */
  private read<T>(work: () => T, otherwise: T): T {
    try {
      return work();
    } catch (error) {
      this.deps.onProblem(error);
      return otherwise;
    }
  }

  /** What is only nice to know must not harm a call. */
  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.deps.onProblem(error);
    }
  }
}
