import type { Ms } from '../../../shared/model/units';
import { Backoff } from './backoff';

/** A restart of Holdfast takes less: a call that comes meanwhile waits instead of failing. */
const RESTART: Ms = 2_000;

export interface HoldfastLocatorDeps {
  /** Resolves with the address of the running Holdfast; rejects when it is not running. Takes a bounded time. */
  locate(): Promise<string>;
  /** Called when it went away, and when it is back. */
  changed(isThere: boolean, away: Ms): void;
}

/** Knows whether Holdfast runs. While it does not, it is looked for, again and again, until {@link HoldfastLocator.close}. */
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

  /** Its address for a request that was made now: it is looked for at once, and for a moment if it was there just now. */
  now(): Promise<string | null> {
    const lately = this.lostAt === null ? 0 : this.lostAt + RESTART - performance.now();
    return this.within(Math.max(0, lately));
  }

  /** Its address as soon as it is there; null when that takes longer than the time. At least one look is taken. */
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

  /** Its address, however long that takes; null when closed. */
  async sooner(): Promise<string | null> {
    while (!this.closed) {
      const url = await this.within(Number.POSITIVE_INFINITY);
      if (url !== null) return url;
    }
    return null;
  }

  /** Something suggests that it is back: a look is taken at once. */
  hint(): void {
    if (this.url === null) void this.look();
  }

  /** A connection to this address broke: whether it is still there has to be found out. */
  lost(url: string): void {
    if (this.closed || this.url !== url) return;
    this.url = null;
    this.lostAt = performance.now();
    void this.look();
  }

  /** Ends the search and everybody's wait. */
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
