import type { Ms } from '../../../shared/model/units';
import { Backoff } from './backoff';

/** Longer than a restart of Holdfast takes: calls made during one wait instead of failing. */
const RESTART: Ms = 2_000;

export interface HoldfastLocatorDeps {
  /** Resolves with the URL of the running Holdfast; rejects when it is not running. Must settle in bounded time. */
  locate(): Promise<string>;
  /** Called when Holdfast went away and when it is back; `away` is how long it was gone. */
  changed(isThere: boolean, away: Ms): void;
}

/** Tracks whether and where Holdfast runs. While it does not, keeps looking until {@link HoldfastLocator.close}. */
export class HoldfastLocator {
  private readonly deps: HoldfastLocatorDeps;
  private readonly backoff = new Backoff();
  private readonly waiting = new Set<(url: string | null) => void>();
  private url: string | null = null;
  private lostAt: Ms | null = null;
  private timer: NodeJS.Timeout | null = null;
  private looking = false;
  private closed = false;
  private absent = false;

  constructor(deps: HoldfastLocatorDeps) {
    this.deps = deps;
  }

  /** URL of Holdfast for a request made now; null when it is not running. Waits for a restart if it was just lost. */
  now(): Promise<string | null> {
    const lately = this.lostAt === null ? 0 : this.lostAt + RESTART - performance.now();
    return this.within(Math.max(0, lately));
  }

  /** URL of Holdfast as soon as it runs; null after `limit`. Looks at least once, even for a limit of 0. */
  async within(limit: Ms): Promise<string | null> {
    if (this.url !== null || this.closed) return this.url;
    const deadline = performance.now() + limit;
    if (!this.looking) void this.look();
    let found = await this.nextLook();
    while (found === null && !this.closed && performance.now() < deadline) {
      found = await this.nextLook(deadline - performance.now());
    }
    return found;
  }

  /** URL of Holdfast, however long it takes; null when closed. */
  async sooner(): Promise<string | null> {
    while (!this.closed) {
      const url = await this.within(Number.POSITIVE_INFINITY);
      if (url !== null) return url;
    }
    return null;
  }

  /** Looks at once, because something suggests that Holdfast is back. */
  hint(): void {
    if (this.url === null) void this.look();
  }

  /** Reports that a connection to this URL broke; looks at once whether Holdfast still runs. */
  lost(url: string): void {
    if (this.closed || this.url !== url) return;
    this.url = null;
    this.lostAt = performance.now();
    void this.look();
  }

  /** Stops looking and resolves every wait with null. */
  close(): void {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    this.tell(null);
  }

  private async look(): Promise<void> {
    if (this.looking || this.closed) return;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.looking = true;
    const found = await this.deps.locate().catch(() => null);
    this.looking = false;
    if (this.closed) return;
    if (found === null) {
      if (this.lostAt !== null) this.noteAbsence();
      this.timer = setTimeout(() => void this.look(), this.backoff.take());
    } else {
      this.url = found;
      this.backoff.reset();
      this.noteReturn();
    }
    this.tell(found);
  }

  private noteAbsence(): void {
    if (this.absent) return;
    this.absent = true;
    this.deps.changed(false, 0);
  }

  private noteReturn(): void {
    const away = this.lostAt === null ? 0 : performance.now() - this.lostAt;
    this.lostAt = null;
    if (this.absent) this.deps.changed(true, away);
    this.absent = false;
  }

  private tell(url: string | null): void {
    const all = [...this.waiting];
    this.waiting.clear();
    for (const told of all) told(url);
  }

  private nextLook(limit: Ms = Number.POSITIVE_INFINITY): Promise<string | null> {
    return new Promise((resolve) => {
      const timer = Number.isFinite(limit) ? setTimeout(() => done(null), limit) : null;
      const done = (url: string | null) => {
        if (timer) clearTimeout(timer);
        this.waiting.delete(done);
        resolve(url);
      };
      this.waiting.add(done);
    });
  }
}
