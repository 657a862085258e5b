import { type Ms, SECOND } from '../../shared/model/units';
import type { Power, SystemClock, Timers } from './ports';

/** Interval between checks: what is sent before the first one may go to a connection that leads nowhere. */
const CHECK: Ms = SECOND / 2;
/** Uptime may be as coarse as a second, so a shorter sleep cannot be told. */
const SHORTEST: Ms = 2 * SECOND;
/** Where both clocks go on: checks further apart than this slept. A machine is hardly ever as busy as that. */
const LATE: Ms = 15 * SECOND;

/**
 * Notices from the clocks alone that the machine slept, within half a second of its waking:
 *
 * - Where the monotonic clock stands still in sleep (Linux: CLOCK_MONOTONIC), sleep is what uptime (CLOCK_BOOTTIME) gains
 *   on it, from 2 s. A process that was stopped or starved has both clocks go on, and is not taken for sleep.
 * - Where it goes on (macOS, Windows), a check that comes more than 15 s late slept. A process stopped for as long looks
 *   the same; to take it for sleep does no harm.
 * - The wall clock decides nothing: somebody may have set it.
 *
 * It cannot say that the machine is about to sleep.
 */
export class ClockPower implements Power {
  private readonly clock: SystemClock;
  private readonly listeners = new Set<(slept: Ms) => void>();
  private readonly stop: () => void;
  private monotonicSeen: Ms;
  private uptimeSeen: Ms;

  constructor(clock: SystemClock, timers: Timers) {
    this.clock = clock;
    this.monotonicSeen = clock.monotonic();
    this.uptimeSeen = clock.uptime();
    this.stop = timers.every(CHECK, () => this.check());
  }

  onSuspend(): () => void {
    return () => {};
  }

  onResume(listener: (slept: Ms) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Ends the checks. */
  close(): void {
    this.stop();
  }

  private check(): void {
    const slept = this.sleptSince();
    if (slept === 0) return;
    for (const listener of this.listeners) listener(slept);
  }

  /** How long the machine slept since the last check; 0 if it did not. */
  private sleptSince(): Ms {
    const monotonic = this.clock.monotonic();
    const uptime = this.clock.uptime();
    const ran = monotonic - this.monotonicSeen;
    const gained = uptime - this.uptimeSeen - ran;
    this.monotonicSeen = monotonic;
    const isSleep = gained >= SHORTEST;
    // What a coarse uptime is behind must not add up.
    this.uptimeSeen = isSleep || gained < -SHORTEST ? uptime : this.uptimeSeen + ran;
    if (isSleep) return Math.floor(gained);
    return this.clock.countsSleep === true && ran > LATE ? Math.floor(ran - CHECK) : 0;
  }
}
