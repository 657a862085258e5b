import type { SessionClock, SystemClock, Timers, TokenClock } from '#src/main/platform/ports';
import type { Ms } from '#src/shared/model/units';

interface Due {
  at: Ms;
  readonly order: number;
  readonly period: Ms | null;
  readonly work: () => void;
}

/** 2026-01-01T00:00:00Z. A round instant, so that times in failure messages can be read. */
const START: Ms = Date.UTC(2026, 0, 1);

/** Gives every instant a fraction of a millisecond of its own. */
const GOLDEN = 0.618;

/**
 * Time that a test moves by hand. Like the system's, `now` is whole milliseconds and `monotonic` is not: code that stores
 * a difference of the latter fails here as it would in the product.
 */
export class FakeClock implements SystemClock, SessionClock, Timers {
  private wall: Ms;
  private passed: Ms = 5_000;
  /** Sleep that only uptime and the wall clock counted. */
  private suspended: Ms = 0;
  private highest: Ms = 0;
  private readonly due = new Set<Due>();
  private orders = 0;

  constructor(start: Ms = START) {
    this.wall = start;
  }

  now(): Ms {
    return Math.floor(this.wall);
  }

  monotonic(): Ms {
    return this.passed + ((this.passed * GOLDEN) % 1);
  }

  uptime(): Ms {
    return this.passed + this.suspended;
  }

  lived(): Ms {
    return Math.floor(this.passed);
  }

  ageOf(at: Ms): Ms {
    return Math.max(0, this.now() - at);
  }

  /** Tokens follow the wall clock here, but never back. */
  readonly tokens: TokenClock = {
    now: () => {
      this.highest = Math.max(this.highest, this.now());
      return this.highest;
    },
    hasExpired: ({ expiresAt }) => this.tokens.now() >= expiresAt,
  };

  after(delay: Ms, work: () => void): () => void {
    return this.schedule(delay, null, work);
  }

  every(period: Ms, work: () => void): () => void {
    return this.schedule(period, Math.max(period, 1), work);
  }

  /** Lets time pass and runs the timers that fall due, each at its own time, in the order in which they are due. */
  advance(ms: Ms): void {
    const end = this.passed + ms;
    for (let next = this.nextUntil(end); next !== null; next = this.nextUntil(end)) {
      this.pass(Math.max(0, next.at - this.passed));
      this.run(next);
    }
    this.pass(end - this.passed);
  }

  /** The machine sleeps: both clocks go on, no timer runs; those that fell due meanwhile run once, on waking. */
  sleep(ms: Ms): void {
    this.pass(ms);
    const overdue = [...this.due].filter(({ at }) => at <= this.passed).sort(byTime);
    for (const timer of overdue) if (this.due.has(timer)) this.run(timer);
  }

  /** The machine sleeps as on Linux: the monotonic clock stands still, and so do timers. */
  suspend(ms: Ms): void {
    this.suspended += ms;
    this.wall += ms;
  }

  /** Time passes, but no timer has run yet. */
  elapse(ms: Ms): void {
    this.pass(ms);
  }

  /** The wall clock is set, forward or (negative) backward. No time passes. */
  setBy(ms: Ms): void {
    this.wall += ms;
  }

  /** How many timers are pending: zero once everything was closed. */
  get pending(): number {
    return this.due.size;
  }

  private schedule(delay: Ms, period: Ms | null, work: () => void): () => void {
    const timer: Due = { at: this.passed + Math.max(0, delay), order: this.orders++, period, work };
    this.due.add(timer);
    return () => this.due.delete(timer);
  }

  private nextUntil(end: Ms): Due | null {
    let next: Due | null = null;
    for (const timer of this.due) if (timer.at <= end && (next === null || byTime(timer, next) < 0)) next = timer;
    return next;
  }

  private run(timer: Due): void {
    if (timer.period === null) this.due.delete(timer);
    else timer.at = this.passed + timer.period;
    timer.work();
  }

  private pass(ms: Ms): void {
    this.passed += ms;
    this.wall += ms;
  }
}

const byTime = (a: Due, b: Due): number => a.at - b.at || a.order - b.order;

/** Lets time pass until the promise is settled, for what also waits for real sockets and processes. */
export async function passTime<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  promise.then(settle, settle);
  while (!isSettled) {
    clock.advance(20);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return promise;
}
