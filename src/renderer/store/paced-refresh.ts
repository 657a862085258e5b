import { type Ms, SECOND } from '../../shared/model/units';

/** Between two refreshes at least. */
const LEAST: Ms = 250;
/** What a refresh costs is at most one part in so many of the time. */
const PARTS = 25;
/** So long one waits for a frame at 60 Hz, which costs nothing. */
const FRAME: Ms = 17;

/** What a refresh found to draw; `flood`: more than anybody could read along, so that the longest time is soon enough. */
export type Found = 'nothing' | 'something' | 'flood';

/** What the pace is kept by; tests pass their own. */
export interface PaceTime {
  /** A clock that never goes back. */
  now(): Ms;
  /** @returns what calls it off */
  after(delay: Ms, work: () => void): () => void;
}

export interface PacedRefreshDeps extends Partial<PaceTime> {
  /**
   * Brings what is shown up to date, and settles once that is drawn. What it throws is lost.
   */
  refresh(): Promise<Found>;
  /** Whether anybody can see it. */
  isSeen(): boolean;
  /** The longest time between two refreshes, whatever they cost. */
  longest(): Ms;
  /** Called with the time from the beginning of one refresh to that of the next, when that has changed. */
  onPeriod?(period: Ms): void;
}

const PAGE_TIME: PaceTime = {
  now: () => performance.now(),
  after(delay, work) {
    const timer = setTimeout(work, delay);
    return () => clearTimeout(timer);
  },
};

/**
 * Refreshes soon after something new has come, and not more often than is cheap: one at a time, the first at once, the next
 * after 250 ms or, if the last ones took long, after 25 times as long as that, but within `longest`. One that found nothing does
 * not delay what comes next. Where nobody can see
 * it, it does nothing until it is told again.
 */
export class PacedRefresh {
  private readonly deps: PacedRefreshDeps & PaceTime;
  private nextAt: Ms = Number.NEGATIVE_INFINITY;
  private known: Ms = LEAST;
  /** What refreshes take of late; null before the first one. */
  private cost: Ms | null = null;
  private isBusy = false;
  /** When the first thing came that the running refresh brings. */
  private refreshedFrom: Ms | null = null;
  /** When the first thing came that no refresh brings yet. */
  private wantedAt: Ms | null = null;
  private isClosed = false;
  private cancel: (() => void) | null = null;

  constructor(deps: PacedRefreshDeps) {
    this.deps = { ...PAGE_TIME, ...deps };
  }

  /** How long the first thing that has come since the last refresh waits to be shown; 0 if there is none. */
  get lag(): Ms {
    const since = this.refreshedFrom ?? this.wantedAt;
    return since === null ? 0 : this.deps.now() - since;
  }

  /** Something new has come. */
  want(): void {
    if (this.isClosed || !this.deps.isSeen()) return;
    this.wantedAt ??= this.deps.now();
    this.plan();
  }

  close(): void {
    this.isClosed = true;
    this.cancel?.();
  }

  private plan(): void {
    if (this.isBusy || this.cancel !== null) return;
    const wait = this.nextAt - this.deps.now();
    if (wait <= 0) void this.run();
    else {
      this.cancel = this.deps.after(wait, () => {
        this.cancel = null;
        if (this.deps.isSeen()) void this.run();
        // Whoever looks again asks again, and has not waited all the time.
        else this.wantedAt = null;
      });
    }
  }

  private async run(): Promise<void> {
    const { now, refresh, longest, onPeriod } = this.deps;
    this.isBusy = true;
    this.refreshedFrom = this.wantedAt;
    this.wantedAt = null;
    const begin = now();
    const found = await refresh().catch((): Found => 'nothing');
    this.isBusy = false;
    this.refreshedFrom = null;
    if (this.isClosed) return;
    const took = now() - begin;
    const cost = found === 'nothing' ? 0 : Math.max(0, took - FRAME);
    // One that took long by chance does not slow down what follows for long, nor does a quick one speed it up at once.
    this.cost = this.cost === null ? cost : (this.cost + cost) / 2;
    const period = found === 'flood' ? longest() : Math.max(LEAST, Math.min(longest(), this.cost * PARTS));
    // A refresh that takes longer than that does not follow upon itself without a pause.
    this.nextAt = begin + (found === 'nothing' ? LEAST : Math.max(period, took + LEAST));
    if (period !== this.known) {
      this.known = period;
      onPeriod?.(period);
    }
    if (this.wantedAt !== null) this.plan();
  }
}

/** The longest time that what is followed lags behind. */
export const LONGEST_LAG: Ms = 2 * SECOND;
