import type { CallInFlight } from '../../shared/contract/calls';
import type { Ms } from '../../shared/model/units';
import type { Clock } from '../platform/ports';
import type { Progress } from './progress';

/** Calls that are listed; those that come while there are so many run as well, unlisted. */
const MOST: number = 10_000;
const MAX_MESSAGE = 500;

/** What is known of a call when it is sent on. */
export type BegunCall = Pick<CallInFlight, 'client_id' | 'session_id' | 'server' | 'method' | 'name'> & {
  /** When it came, if that was before this run. */
  readonly since?: Ms;
  /** Gives it up: its client gets an error, its server is told. */
  cancel(): void;
};

interface Running {
  readonly call: BegunCall;
  readonly at: Ms;
  /** The same in monotonic time. */
  readonly began: Ms;
  progress: Progress | null;
}

/** The calls that clients wait for, by the ids that their servers know them by. In memory only: a restart ends or resumes them. */
export class CallsInFlight {
  private readonly clock: Clock;
  private readonly running = new Map<number, Running>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  begin(callId: number, call: BegunCall): void {
    if (this.running.size >= MOST) return;
    const now = this.clock.now();
    const at = call.since ?? now;
    this.running.set(callId, { call, at, began: this.clock.monotonic() - Math.max(0, now - at), progress: null });
  }

  progress(callId: number, progress: Progress | null): void {
    const one = this.running.get(callId);
    if (one) one.progress = progress;
  }

  /** Nobody waits for it any more. */
  end(callId: number): void {
    this.running.delete(callId);
  }

  /** How long ago the call came; 0 if it is not listed. */
  waited(callId: number): Ms {
    const one = this.running.get(callId);
    return one ? this.clock.monotonic() - one.began : 0;
  }

  /** Oldest first. */
  list(): CallInFlight[] {
    return [...this.running].map(([call_id, { call, at, progress }]) => {
      const { client_id, session_id, server, method, name } = call;
      return { call_id, client_id, session_id, server, method, name, started_at: at, progress: shown(progress) };
    });
  }

  /** Whose call it is; null if it is not listed. */
  clientOf(callId: number): string | null {
    return this.running.get(callId)?.call.client_id ?? null;
  }

  /** False if there is no such call. */
  cancel(callId: number): boolean {
    const one = this.running.get(callId);
    one?.call.cancel();
    return one !== undefined;
  }
}

/** Progress as it may be shown: a server says what it likes, at any length. */
export const shown = (progress: Progress | null): CallInFlight['progress'] =>
  progress && {
    progress: progress.progress,
    total: progress.total ?? null,
    message: progress.message?.slice(0, MAX_MESSAGE) ?? null,
  };
