import { type Ms, SECOND } from '../../../shared/model/units';
import type { Clock, Random, Timers } from '../../platform/ports';
import {
  afterCommonLoss,
  afterFailure,
  claimTry,
  delayBefore,
  mayStart,
  NO_FAILURES,
  type Restarts,
} from './restart-policy';

/** What ran for so long has left its failures behind. */
const HEALTHY: Ms = 30 * SECOND;

/** How it stands with starts of a server, whichever of its instances is started. */
export interface Starts {
  starts: Restarts;
}

export interface StartGateDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
}

/**
 * Says when one instance may be started: by the failed starts of its server, which count for all instances, and by its own
 * crashes, which say nothing of the others. Sets the timer of the next try.
 */
export class StartGate {
  private readonly deps: StartGateDeps;
  private readonly server: Starts;
  private crashes: Restarts = NO_FAILURES;
  private planned: { readonly at: Ms; cancel(): void } | null = null;
  private cancelHealthy = () => {};

  constructor(deps: StartGateDeps, server: Starts) {
    this.deps = deps;
    this.server = server;
  }

  get isOpen(): boolean {
    return this.crashes.isOpen || this.server.starts.isOpen;
  }

  /** When it is tried again by itself, as the wall clock will show; null when that is not planned. */
  get at(): Ms | null {
    return this.planned && this.deps.clock.now() + Math.ceil(this.left(this.planned.at));
  }

  /** After how long who needs it may have it tried, in whole seconds, at least one. */
  get secondsLeft(): number {
    const at = this.planned?.at ?? Math.max(this.server.starts.nextTryAt ?? 0, this.crashes.nextTryAt ?? 0);
    return Math.max(1, Math.ceil(this.left(at) / SECOND));
  }

  mayStart(isNeeded: boolean): boolean {
    const now = this.deps.clock.monotonic();
    return mayStart(this.server.starts, now, isNeeded) && mayStart(this.crashes, now, isNeeded);
  }

  /** A start begins. */
  begin(): void {
    const now = this.deps.clock.monotonic();
    this.cancel();
    this.server.starts = claimTry(this.server.starts, now);
    this.crashes = claimTry(this.crashes, now);
  }

  /** The start has failed. */
  failed(): void {
    this.server.starts = afterFailure(this.server.starts, this.deps.clock.monotonic(), this.chance());
  }

  /** It runs. */
  running(): void {
    this.server.starts = NO_FAILURES;
    this.cancelHealthy = this.deps.timers.after(HEALTHY, () => {
      this.crashes = NO_FAILURES;
    });
  }

  /** It ended by itself. */
  crashed(): void {
    this.crashes = afterFailure(this.crashes, this.deps.clock.monotonic(), this.chance());
  }

  /** It was lost with all the others that the keeper had. */
  lostWithOthers(): void {
    this.crashes = afterCommonLoss(this.crashes, this.deps.clock.monotonic(), this.chance());
  }

  /** Its crashes count no more. */
  forget(): void {
    this.crashes = NO_FAILURES;
  }

  /** Plans the next try by itself. */
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

  /** Nothing is planned any more. */
  cancel(): void {
    this.cancelHealthy();
    this.planned?.cancel();
    this.planned = null;
  }

  private left(at: Ms): Ms {
    return Math.max(0, at - this.deps.clock.monotonic());
  }

  private chance(): number {
    const [byte = 0] = this.deps.random.bytes(1);
    return byte / 255;
  }
}
