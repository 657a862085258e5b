import { type Ms, SECOND } from '../../../shared/model/units';
import type { Clock, Random, Timers } from '../../platform/ports';
import {
  afterCommonLoss,
  afterFailure,
  afterWaking,
  afterWakingFailure,
  claimTry,
  delayBefore,
  mayStart,
  NO_FAILURES,
  type Restarts,
} from './restart-policy';
import { NEVER_ASLEEP, type Waking } from './waking';

/** Crashes are forgotten after running this long. */
const HEALTHY: Ms = 30 * SECOND;

/** Failed starts of a server, shared by all its instances. */
export interface Starts {
  starts: Restarts;
}

export interface StartGateDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  /** Omitted: the machine never sleeps. */
  readonly waking?: Pick<Waking, 'left'>;
}

/**
 * Decides when one instance may start. Failed starts count for all instances of the server; crashes count only for the
 * instance that crashed. Neither counts soon after the machine woke. Also schedules the next attempt.
 */
export class StartGate {
  private readonly deps: StartGateDeps;
  private readonly server: Starts;
  private crashes: Restarts = NO_FAILURES;
  private planned: { readonly at: Ms; cancel(): void } | null = null;
  private cancelHealthy = () => {};
  /** Failures since the machine woke. */
  private whileWaking = 0;

  constructor(deps: StartGateDeps, server: Starts) {
    this.deps = deps;
    this.server = server;
  }

  get isOpen(): boolean {
    return this.crashes.isOpen || this.server.starts.isOpen;
  }

  /** Wall-clock time of the next automatic retry; null if none is planned. */
  get at(): Ms | null {
    return this.planned && this.deps.clock.now() + Math.ceil(this.left(this.planned.at));
  }

  /** Whole seconds until the next attempt, at least 1. */
  get secondsLeft(): number {
    const at = this.planned?.at ?? Math.max(this.server.starts.nextTryAt ?? 0, this.crashes.nextTryAt ?? 0);
    return Math.max(1, Math.ceil(this.left(at) / SECOND));
  }

  mayStart(isNeeded: boolean): boolean {
    const now = this.deps.clock.monotonic();
    return mayStart(this.server.starts, now, isNeeded) && mayStart(this.crashes, now, isNeeded);
  }

  /** Call when a start begins. */
  begin(): void {
    const now = this.deps.clock.monotonic();
    this.cancel();
    this.server.starts = claimTry(this.server.starts, now);
    this.crashes = claimTry(this.crashes, now);
  }

  /** Whether the machine woke so recently that failures do not count. */
  get isWaking(): boolean {
    return (this.deps.waking ?? NEVER_ASLEEP).left > 0;
  }

  /** Call when a start fails. */
  failed(): void {
    this.server.starts = this.afterFailure(this.server.starts);
  }

  /** Call when the instance is running. */
  running(): void {
    this.server.starts = NO_FAILURES;
    this.cancelHealthy = this.deps.timers.after(HEALTHY, () => {
      this.crashes = NO_FAILURES;
    });
  }

  /** Call when the instance ended on its own. */
  crashed(): void {
    this.crashes = this.afterFailure(this.crashes);
  }

  /** Call when the keeper was lost with all its processes. */
  lostWithOthers(): void {
    this.crashes = afterCommonLoss(this.crashes, this.deps.clock.monotonic(), this.chance());
  }

  /** Call when the machine has woken, then {@link plan} anew what was planned: it is tried at once. */
  woke(): void {
    const now = this.deps.clock.monotonic();
    this.whileWaking = 0;
    this.server.starts = afterWaking(this.server.starts, now);
    this.crashes = afterWaking(this.crashes, now);
  }

  /** Forgets the instance's crashes. */
  forget(): void {
    this.crashes = NO_FAILURES;
  }

  /** Schedules an automatic attempt, and again if it is not allowed by then. */
  plan(work: () => void): void {
    this.cancel();
    const now = this.deps.clock.monotonic();
    const soonest = this.crashes.nextTryAt === null ? now + delayBefore(1, this.chance()) : now;
    const at = Math.max(this.server.starts.nextTryAt ?? 0, this.crashes.nextTryAt ?? 0, soonest);
    const cancel = this.deps.timers.after(at - now, () => {
      this.planned = null;
      if (this.mayStart(false)) work();
      else this.plan(work);
    });
    this.planned = { at, cancel };
  }

  /** Cancels the scheduled attempt, and the timer that forgets crashes. */
  cancel(): void {
    this.cancelHealthy();
    this.planned?.cancel();
    this.planned = null;
  }

  private afterFailure(before: Restarts): Restarts {
    const now = this.deps.clock.monotonic();
    if (!this.isWaking) return afterFailure(before, now, this.chance());
    this.whileWaking += 1;
    return afterWakingFailure(before, now, this.whileWaking - 1, this.chance());
  }

  private left(at: Ms): Ms {
    return Math.max(0, at - this.deps.clock.monotonic());
  }

  private chance(): number {
    const [byte = 0] = this.deps.random.bytes(1);
    return byte / 255;
  }
}
