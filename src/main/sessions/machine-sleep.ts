import type { NewEvent } from '../../shared/contract/event';
import { type Ms, SECOND } from '../../shared/model/units';
import type { Clock, Power } from '../platform/ports';
import type { Sleep, Sleeps } from './sleeps';

/** Two sources that report the same waking are at most this far apart. */
const SAME: Ms = 5 * SECOND;

export interface MachineSleepDeps {
  /** All of them are listened to: one may say nothing on this machine, or say it late. */
  readonly sources: readonly Power[];
  readonly clock: Clock;
  readonly sleeps: Sleeps;
  /** Commits the event, then publishes it. */
  readonly record: (event: NewEvent) => void;
  /** Receives failures that cannot be thrown to a caller. */
  readonly onProblem: (error: unknown) => void;
}

/**
 * What follows when the machine wakes: the sleep is recorded as `machine_slept`, and whoever asked is told, in the order of
 * asking. A waking that several sources report counts once.
 */
export class MachineSleep {
  private readonly deps: MachineSleepDeps;
  private readonly listeners = new Set<(sleep: Sleep) => void>();
  private readonly endings: (() => void)[];
  private wokeAt = Number.NEGATIVE_INFINITY;

  constructor(deps: MachineSleepDeps) {
    this.deps = deps;
    this.endings = deps.sources.map((source) => source.onResume((slept) => this.woke(slept)));
  }

  /**
   * Calls the listener each time the machine has woken: whatever was open before may be gone without a sign, and time has
   * passed that no timer counted. It may be called twice for one waking, if a source learns later how long it was. A listener that throws keeps nobody from being told. Returns a function that
   * unsubscribes.
   */
  onWake(listener: (sleep: Sleep) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** From now on nothing is recorded and nobody is told. */
  close(): void {
    for (const end of this.endings.splice(0)) end();
  }

  private woke(slept: Ms): void {
    const { clock, sleeps, record } = this.deps;
    const monotonic = clock.monotonic();
    const to = clock.now();
    const sleep = sleeps.uncovered({ from: to - Math.max(0, Math.floor(slept)), to });
    const length = sleep.to - sleep.from;
    // The later source measures a little more, if only because it is later. It may also be the only one that knows.
    if (monotonic - this.wokeAt < SAME && length <= SAME) return;
    this.wokeAt = monotonic;
    if (length > 0) {
      sleeps.add(sleep);
      this.attempt(() => record({ at: to, session_id: null, kind: 'machine_slept', payload: { ...sleep } }));
    }
    for (const listener of this.listeners) this.attempt(() => listener(sleep));
  }

  private attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.deps.onProblem(error);
    }
  }
}
