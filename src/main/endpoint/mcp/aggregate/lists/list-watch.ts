import { type BackoffOptions, backoff } from '../../../../../shared/model/backoff';
import { MINUTE, type Ms, SECOND } from '../../../../../shared/model/units';
import { changedItems, digestsOf, type ItemDigests, type ListedItem } from '../../../../mcp/lists/list-changes';
import type { Services } from '../../../../services';
import type { ListedPage } from './known-lists';
import { capabilityOf, type ListCapability } from './list-kinds';

/** A server that says that its lists have changed is asked for them after this, and ever later the more often it was in vain. */
const DELAYS: BackoffOptions = { first: SECOND / 10, longest: MINUTE };
/** Lists that could not be read are asked for again after this. */
const RETRIES: BackoffOptions = { first: 5 * SECOND, longest: 5 * MINUTE };
/** What could not be read for so long is passed on unjudged. */
const UNJUDGED_AFTER: Ms = 15 * MINUTE;
/** So often in a row is often enough to be remarked. */
const REMARKABLE = 5;
/** What was said in vain longer ago than this does not count: a restarted process announces its lists once, too. */
const IN_A_ROW: Ms = 5 * MINUTE;

/** The lists of a server as they were read. */
export interface ReadLists {
  readonly pages: readonly ListedPage[];
  /** Methods of lists that the server had given before and did not give now: their pages are those of before, or missing. */
  readonly unread: readonly string[];
}

export interface ListWatchDeps {
  readonly services: Pick<Services, 'timers' | 'clock' | 'log'>;
  /** How often a person has stopped the server. */
  stops(): number;
  /** Whether the server runs: nothing is tried again that would start it. Once it starts, it announces its lists. */
  isUp(): boolean;
  /**
   * Reads all lists of the server. Rejects when it is not up, does not answer, or was stopped.
   * @param stops - how often it had been stopped when it said that there is something to read
   */
  read(stops: number): Promise<ReadLists>;
  /**
   * Called with what was read. `changed` is what differs from what was read before; null the first time.
   * @param announced - what the server has said to be different since
   */
  found(read: ReadLists, changed: readonly ListedItem[] | null, announced: ReadonlySet<ListCapability>): void;
  /** The server has said that these are different, and then did not give them, however often it was asked. */
  unjudged(capabilities: ReadonlySet<ListCapability>): void;
  /**
   * The server said `times` times in a row that its lists have changed and they have not; 0 when they have. Left out where what is
   * read is not all that the server lists: others may see the change.
   */
  inVain?(times: number): void;
}

/**
 * Finds out whether a server's lists have really changed when it says so. What it says within a tenth of a second counts once, and
 * the more often it was nothing or could not be read, the later it is asked again. A reading that fails is repeated while the server
 * is up, for a quarter of an hour.
 */
export class ListWatch {
  private readonly deps: ListWatchDeps;
  private before: ItemDigests | null = null;
  /** Announced, and not read since. */
  private open = new Set<ListCapability>();
  private isWatching = false;
  private isReading = false;
  /** What came while the lists were read. */
  private due: 'announced' | 'recheck' | null = null;
  private timer: (() => void) | null = null;
  private cancelRetry: (() => void) | null = null;
  /** Readings in a row that failed. */
  private failures = 0;
  /** Since when; null if the last one did not, or what it was for was given up. */
  private failingSince: Ms | null = null;
  /** Until all that the server had given before was read once since it came up. */
  private isFirst = false;
  private times = 0;
  private vainAt: Ms = 0;
  private stopsThen = 0;

  constructor(deps: ListWatchDeps) {
    this.deps = deps;
  }

  /**
   * Reads the lists of a server that has just come up. Does not reject.
   * @param before - what its client was told before; omitted when that is not known
   */
  async begin(before?: readonly ListedPage[]): Promise<void> {
    this.before = before === undefined ? null : digestsOf(before);
    this.isFirst = true;
    this.follow();
    await this.look();
  }

  /** The server has said that the lists of this capability are different. */
  announced(capability: ListCapability): void {
    this.open.add(capability);
    this.follow();
    this.lookSoon();
  }

  /** Reads the lists at once, because something else has changed of which clients are to be told. */
  recheck(): void {
    this.follow();
    this.lookAgain();
  }

  close(): void {
    this.isWatching = false;
    this.open.clear();
    this.due = null;
    this.cancelTimers();
    this.forgetFailures();
  }

  private follow(): void {
    this.isWatching = true;
    this.stopsThen = this.deps.stops();
  }

  private lookSoon(): void {
    if (this.isReading) this.due ??= 'announced';
    else
      this.timer ??= this.deps.services.timers.after(
        backoff(DELAYS, this.times + this.failures),
        () => void this.look(),
      );
  }

  private lookAgain(): void {
    if (this.isReading) this.due = 'recheck';
    else void this.look();
  }

  private cancelTimers(): void {
    this.timer?.();
    this.timer = null;
    this.cancelRetry?.();
    this.cancelRetry = null;
  }

  private async look(): Promise<void> {
    this.cancelTimers();
    this.due = null;
    this.isReading = true;
    const announced = this.open;
    // What is announced from now on may be different again.
    this.open = new Set();
    const isRead = await this.read(announced);
    this.isReading = false;
    const now = this.deps.services.clock.monotonic();
    const { due } = this;
    this.due = null;
    if (isRead || !this.isWatching) this.forgetFailures();
    else {
      this.failures += 1;
      this.failingSince ??= now;
    }
    if (!this.isWatching) return;
    if (this.failingSince !== null && now - this.failingSince >= UNJUDGED_AFTER) this.giveUp();
    // Not as if it were said only now: it may have been stopped since, and asking would start it.
    if (due === 'announced') this.lookSoon();
    else if (due === 'recheck') this.lookAgain();
    else if (this.failingSince !== null) this.retryLater();
  }

  /** Whether all that was announced was read; what was not is announced still. */
  private async read(announced: ReadonlySet<ListCapability>): Promise<boolean> {
    try {
      const read = await this.deps.read(this.stopsThen);
      const now = digestsOf(read.pages);
      const { before } = this;
      this.before = now;
      const changed = before && changedItems(before, now);
      const unread = read.unread.flatMap((method) => capabilityOf({ method }) ?? []);
      const left = unread.filter((capability) => announced.has(capability));
      const isClear = changed !== null && (changed.length > 0 || left.length === 0);
      if (announced.size > 0 && isClear) this.count(changed.length === 0);
      this.deps.found(read, changed, announced);
      this.keepOpen(left);
      // A client of a server that has just come up was given its lists from memory, and nothing is announced.
      const isRead = (this.isFirst ? unread : left).length === 0;
      this.isFirst &&= !isRead;
      return isRead;
    } catch (err) {
      // It stopped meanwhile, or is slow.
      this.deps.services.log.debug({ err }, 'the lists of a server could not be read');
      this.keepOpen(announced);
      return false;
    }
  }

  private keepOpen(capabilities: Iterable<ListCapability>): void {
    if (this.isWatching) for (const capability of capabilities) this.open.add(capability);
  }

  private retryLater(): void {
    this.cancelRetry ??= this.deps.services.timers.after(backoff(RETRIES, this.failures - 1), () => {
      this.cancelRetry = null;
      if (this.isReading) return;
      if (this.deps.isUp()) void this.look();
      else this.forgetFailures();
    });
  }

  /** The next failure is the first one again. */
  private forgetFailures(): void {
    this.failures = 0;
    this.failingSince = null;
  }

  /** A server that goes on to announce what it does not give is asked no sooner for that. */
  private giveUp(): void {
    this.failingSince = null;
    const unjudged = this.open;
    this.open = new Set();
    if (unjudged.size > 0) this.deps.unjudged(unjudged);
  }

  private count(isInVain: boolean): void {
    const now = this.deps.services.clock.monotonic();
    if (!isInVain || now - this.vainAt > IN_A_ROW) this.times = 0;
    this.vainAt = now;
    if (isInVain) this.times += 1;
    if (!isInVain || this.times >= REMARKABLE) this.deps.inVain?.(this.times);
  }
}
