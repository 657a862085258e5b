import type { ActivityOutcome } from '../../shared/contract/activity';
import type { Contents } from '../../shared/contract/activity-contents';
import { maskSecrets } from '../../shared/model/mask-secrets';
import { maskedStart } from '../../shared/model/masked-start';
import type { Ms } from '../../shared/model/units';
import type { Clock, Timers } from '../platform/ports';
import type { ActivityRepository, NewActivity, RecordedActivity, RecordedContents } from './activity-ports';
import type { ContentsRecorder, HeldMessage } from './contents/contents-recorder';

/**
 * Rows go along with the next commit of the session manager, which writes what it measured of calls after 250 ms or at 200. What is
 * left is written by itself: this long after the first row or as soon as so many wait.
 */
const BATCH_DELAY: Ms = 300;
const BATCH_SIZE = 250;
/** After a failed write, the next attempt waits this long. */
const RETRY_DELAY: Ms = 2_000;
/** How many rows wait while the database cannot be written. The oldest are dropped first. */
const BACKLOG = 10_000;
/** Open messages remembered; beyond that, the oldest lose what is known of their server. */
const MAX_OPEN = 10_000;
/** Notifications kept within one second, of all servers: a flood must not push out what was called. */
const MAX_NOTICES = 50;
const SECOND: Ms = 1_000;
/** Contents that wait to be written, in characters. Beyond that, those of further messages are dropped. */
const MAX_CONTENTS = 16 * 1024 * 1024;
const MAX_NAME = 200;
const MAX_ERROR = 500;

/** What is known of a message when it comes. */
export interface Arrival {
  readonly session_id: string | null;
  readonly transport_id: string | null;
  readonly client_id: string | null;
  readonly direction: NewActivity['direction'];
  readonly method: string;
  readonly name: string | null;
  readonly bytes_in: number;
  /** The message itself, whose contents are recorded where that is switched on. */
  readonly message?: object;
  /** The W3C `traceparent` in its `_meta` (MCP SEP-414), which is told on and not kept. */
  readonly traceparent?: string | null;
}

/** What serves a request. */
export interface ServedBy {
  readonly server: string;
  /** Null for a server without sessions. */
  readonly instance_id: string | null;
  /** Null over HTTP. */
  readonly pid: number | null;
}

/** How a request ended. */
export interface Ending {
  readonly outcome: Exclude<ActivityOutcome, 'sent'>;
  /** What the answer says about a failure. */
  readonly error?: string | null;
  readonly error_code?: number | null;
  readonly bytes_out?: number;
  /** The answer itself, whose contents are recorded where that is switched on. */
  readonly answer?: object;
}

/** A request whose outcome is not known yet. */
export interface OpenActivity {
  /** Says under which id it goes to its server, which the server's side reports with. */
  sentAs(callId: unknown): void;
  /** Something was sent back for it. */
  answering(): void;
  /** Ends it. Further calls do nothing. */
  end(ending: Ending): void;
}

/** What the servers' side reports of a request, by the id under which it was sent. Unknown ids are ignored. */
interface ServingNotes {
  served(callId: unknown, by: ServedBy): void;
  /** It waits for a login, or no longer. */
  held(callId: unknown, isHeld: boolean): void;
  /** Its process ended, and another one gets it. */
  repeated(callId: unknown): void;
  /** Its process ended, and its outcome is unknown. */
  lost(callId: unknown): void;
}

/** What is kept of what a message says of itself. */
type SoundArrival = Omit<Arrival, 'message' | 'traceparent'>;

interface Open {
  readonly arrival: SoundArrival;
  readonly message: HeldMessage | null;
  readonly at: Ms;
  readonly started: Ms;
  callId: unknown;
  by: ServedBy | null;
  first: Ms | null;
  heldSince: Ms | null;
  held: Ms;
  isRepeated: boolean;
  isLost: boolean;
  onServed: (() => void) | null;
}

export interface ActivityLogDeps {
  readonly repository: ActivityRepository;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly onProblem: (error: unknown) => void;
  /** Takes contents where that is switched on. Without it, none are. */
  readonly contents?: ContentsRecorder;
  /** Is told of each request with its outcome. What it throws is a problem and nothing more. */
  readonly onEnded?: (row: NewActivity, traceparent: string | null) => void;
}

/**
 * Records what becomes of every message: who sent it, what served it, how long it took and how it ended; its contents only
 * where that was asked for. Rows are written in batches beside the work: at most 300 ms of them are lost when Holdfast is killed.
 */
export class ActivityLog implements ServingNotes {
  private readonly deps: ActivityLogDeps;
  /** By the id under which they were sent, oldest first. */
  private readonly open = new Map<unknown, Open>();
  private rows: RecordedActivity[] = [];
  /** Of the contents in `rows`. */
  private waiting = 0;
  private cancelFlush: (() => void) | null = null;
  private isFailing = false;
  private isClosed = false;
  private second: Ms = 0;
  private noticesInSecond = 0;

  constructor(deps: ActivityLogDeps) {
    this.deps = deps;
  }

  /**
   * A request has come.
   *
   * @param by - for what a server asks: who asked
   * @param since - when it came, if that was before this run
   */
  begin({ message, ...arrival }: Arrival, by: ServedBy | null = null, since?: Ms): OpenActivity {
    const { clock, contents } = this.deps;
    const now = clock.now();
    const one: Open = {
      arrival: this.sound(arrival),
      message: contents?.hold(message) ?? null,
      at: since ?? now,
      started: clock.monotonic() - (since === undefined ? 0 : Math.max(0, now - since)),
      callId: undefined,
      by,
      first: null,
      heldSince: null,
      held: 0,
      isRepeated: false,
      isLost: false,
      onServed: null,
    };
    let isOver = false;
    return {
      sentAs: (callId) => {
        one.callId = callId;
        this.open.set(callId, one);
        const [oldest] = this.open.keys();
        if (this.open.size > MAX_OPEN) this.open.delete(oldest);
      },
      answering: () => {
        one.first ??= clock.monotonic() - one.started;
      },
      end: (ending) => {
        if (isOver) return;
        isOver = true;
        if (this.open.get(one.callId) === one) this.open.delete(one.callId);
        const row = this.rowOf(one, ending);
        this.add(row, this.contentsOf(one, ending));
        contents?.release(one.message);
        this.tell(row, arrival.traceparent ?? null);
      },
    };
  }

  /** Whether contents are recorded of anything, so that answers are worth looking at. */
  get recordsContents(): boolean {
    return this.deps.contents?.isOn ?? false;
  }

  /** The tool, prompt or resource that a message names, as it may be kept: an address may hold a secret. */
  shownName(name: string | null): string | null {
    return name === null ? null : this.maskedStart(name, MAX_NAME);
  }

  /** The method of a message, as it may be kept. */
  shownMethod(method: string): string {
    // None that anybody knows is longer, and those are told apart by their names.
    return method.length <= MAX_NAME ? method : this.maskedStart(method, MAX_NAME);
  }

  /** What may be shown of an answer to whoever asked for it by hand: without what looks like a secret. */
  shown(answer: object): Pick<Contents, 'result' | 'error'> {
    return this.deps.contents?.shown(answer) ?? { result: null, error: null };
  }

  /** A notification has passed. Beyond 50 within a second they are not kept. */
  passed({ message, ...arrival }: Arrival, by: ServedBy | null = null): void {
    const { clock, contents } = this.deps;
    const second = Math.floor(clock.monotonic() / SECOND);
    if (second !== this.second) this.noticesInSecond = 0;
    this.second = second;
    this.noticesInSecond += 1;
    if (this.noticesInSecond > MAX_NOTICES) return;
    const held = contents?.hold(message) ?? null;
    const row: NewActivity = {
      ...this.sound(arrival),
      ...(by ?? NOBODY),
      at: clock.now(),
      kind: 'notification',
      duration_ms: null,
      first_ms: null,
      bytes_out: 0,
      outcome: 'sent',
      error: null,
      error_code: null,
      held_ms: 0,
      repeated: false,
    };
    this.add(
      row,
      this.recorded(() => contents?.contentsOf(held, row.server)),
    );
    contents?.release(held);
  }

  served(callId: unknown, by: ServedBy): void {
    const one = this.open.get(callId);
    if (!one) return;
    one.by = by;
    const { onServed } = one;
    one.onServed = null;
    // Once it has really gone.
    if (onServed) queueMicrotask(onServed);
  }

  /** Calls the listener, once, when the open request that was sent under this id has gone to its server. */
  whenServed(callId: unknown, listener: () => void): void {
    const one = this.open.get(callId);
    if (one) one.onServed = listener;
  }

  held(callId: unknown, isHeld: boolean): void {
    const one = this.open.get(callId);
    if (!one) return;
    const now = this.deps.clock.monotonic();
    if (one.heldSince !== null) one.held += now - one.heldSince;
    one.heldSince = isHeld ? now : null;
  }

  repeated(callId: unknown): void {
    const one = this.open.get(callId);
    if (one) one.isRepeated = true;
  }

  lost(callId: unknown): void {
    const one = this.open.get(callId);
    if (one) one.isLost = true;
  }

  /** Writes what waits, so that it can be read. While the database cannot be written, it goes on waiting. */
  flush(): void {
    try {
      this.write();
    } catch {
      // It is reported, and tried again.
    }
  }

  /**
   * Writes what waits as part of the transaction that is running, and throws what the repository throws; if that is rolled back,
   * it goes on waiting. Null if nothing is to go along: contents are large, and what could not be written is then tried only by
   * itself, so that it does not fail others over and over.
   */
  get alongside(): (() => void) | null {
    const mayGo = this.rows.length > 0 && this.waiting === 0 && !this.isFailing;
    return mayGo ? () => this.write() : null;
  }

  /** Writes what waits, for the last time. What ends later is not recorded. */
  close(): void {
    if (this.isClosed) return;
    this.flush();
    this.isClosed = true;
    this.cancelFlush?.();
  }

  private write(): void {
    this.cancelFlush?.();
    this.cancelFlush = null;
    const { rows, waiting } = this;
    if (rows.length === 0) return;
    this.rows = [];
    this.waiting = 0;
    let isUndone = false;
    const undo = () => {
      if (isUndone) return;
      isUndone = true;
      this.rows = [...rows, ...this.rows];
      this.waiting += waiting;
      this.isFailing = true;
      this.flushWithin(RETRY_DELAY);
    };
    try {
      this.deps.repository.add(rows, undo);
      this.isFailing = false;
    } catch (error) {
      undo();
      this.deps.onProblem(error);
      throw error;
    }
  }

  private rowOf(one: Open, { outcome, error = null, error_code = null, bytes_out = 0 }: Ending): NewActivity {
    const now = this.deps.clock.monotonic();
    const held = one.held + (one.heldSince === null ? 0 : now - one.heldSince);
    const duration = hundredths(now - one.started);
    return {
      ...one.arrival,
      ...(one.by ?? NOBODY),
      at: one.at,
      kind: 'request',
      duration_ms: duration,
      first_ms: one.first === null ? duration : hundredths(one.first),
      bytes_out,
      outcome: one.isLost && outcome === 'error' ? 'lost' : outcome,
      error: error === null ? null : this.maskedStart(error, MAX_ERROR),
      error_code,
      held_ms: Math.round(held),
      repeated: one.isRepeated,
    };
  }

  /** What a message says of itself is of any length. */
  private sound({ traceparent: _, ...arrival }: Omit<Arrival, 'message'>): SoundArrival {
    return {
      ...arrival,
      method: this.shownMethod(arrival.method),
      name: this.shownName(arrival.name),
    };
  }

  /** The first characters of what is left without secrets. */
  private maskedStart(text: string, most: number): string {
    return maskedStart(text, most, (looked) => maskSecrets(this.deps.contents?.known(looked) ?? looked));
  }

  private contentsOf({ message, by }: Open, { answer }: Ending): RecordedContents | undefined {
    return this.recorded(() => this.deps.contents?.contentsOf(message, by?.server ?? null, answer));
  }

  /** Contents that cannot be taken must not harm the call. */
  private recorded(take: () => RecordedContents | undefined): RecordedContents | undefined {
    try {
      return take();
    } catch (error) {
      this.deps.onProblem(error);
      return undefined;
    }
  }

  private tell(row: NewActivity, traceparent: string | null): void {
    try {
      this.deps.onEnded?.(row, traceparent);
    } catch (error) {
      this.deps.onProblem(error);
    }
  }

  private add(row: NewActivity, contents: RecordedContents | undefined): void {
    if (this.isClosed) return;
    const size = lengthOf(contents);
    const fits = contents !== undefined && this.waiting + size <= MAX_CONTENTS;
    this.rows.push(fits ? { ...row, contents } : row);
    if (fits) this.waiting += size;
    if (this.rows.length > BACKLOG) this.waiting -= lengthOf(this.rows.shift()?.contents);
    if (this.rows.length >= BATCH_SIZE && !this.isFailing) this.flush();
    else this.flushWithin(BATCH_DELAY);
  }

  private flushWithin(delay: Ms): void {
    this.cancelFlush ??= this.deps.timers.after(delay, () => {
      this.cancelFlush = null;
      this.flush();
    });
  }
}

const NOBODY = { server: null, instance_id: null, pid: null } as const;

const lengthOf = (contents: RecordedContents | undefined): number =>
  Object.values(contents?.parts ?? {}).reduce((sum, part) => sum + (part?.json?.length ?? 0), 0);

const hundredths = (ms: number): number => Math.max(0, Math.round(ms * 100) / 100);
