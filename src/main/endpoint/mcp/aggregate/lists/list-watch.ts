import { type BackoffOptions, backoff } from '../../../../../shared/model/backoff';
import { MINUTE, type Ms, SECOND } from '../../../../../shared/model/units';
import { changedItems, digestsOf, type ItemDigests, type ListedItem } from '../../../../mcp/lists/list-changes';
import type { Services } from '../../../../services';
import type { ListedPage } from './known-lists';

/** A server that says that its lists have changed is asked for them after this, and ever later the more often it was in vain. */
const DELAYS: BackoffOptions = { first: SECOND / 10, longest: MINUTE };
/** So often in a row is often enough to be remarked. */
const REMARKABLE = 5;
/** What was said in vain longer ago than this does not count: a restarted process announces its lists once, too. */
const IN_A_ROW: Ms = 5 * MINUTE;

export interface ListWatchDeps {
  readonly services: Pick<Services, 'timers' | 'clock' | 'log'>;
  /** How often a person has stopped the server. */
  stops(): number;
  /**
   * Reads all lists of the server. Rejects when it is not up, does not answer, or was stopped.
   * @param stops - how often it had been stopped when it said that there is something to read
   */
  read(stops: number): Promise<readonly ListedPage[]>;
  /**
   * Called with what was read. `changed` is what differs from what was read before; null the first time.
   */
  found(pages: readonly ListedPage[], changed: readonly ListedItem[] | null): void;
  /**
   * The server said `times` times in a row that its lists have changed and they have not; 0 when they have. Left out where what is
   * read is not all that the server lists: others may see the change.
   */
  inVain?(times: number): void;
}

/**
 * Finds out whether a server's lists have really changed when it says so. What it says within a tenth of a second counts once, and
 * the more often it was nothing, the later it is asked again.
 */
export class ListWatch {
  private readonly deps: ListWatchDeps;
  private before: ItemDigests | null = null;
  private isReading = false;
  /** What came while the lists were read. */
  private due: 'announced' | 'recheck' | null = null;
  private timer: (() => void) | null = null;
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
    this.stopsThen = this.deps.stops();
    await this.look(false);
  }

  /** The server has said that one of its lists is different. */
  announced(): void {
    this.stopsThen = this.deps.stops();
    this.lookSoon();
  }

  private lookSoon(): void {
    if (this.isReading) this.due ??= 'announced';
    else this.timer ??= this.deps.services.timers.after(backoff(DELAYS, this.times), () => void this.look(true));
  }

  /** Reads the lists at once, because something else has changed of which clients are to be told. Counts for and against nobody. */
  recheck(): void {
    this.stopsThen = this.deps.stops();
    this.lookAgain();
  }

  private lookAgain(): void {
    if (this.isReading) this.due = 'recheck';
    else void this.look(false);
  }

  close(): void {
    this.timer?.();
    this.timer = null;
    this.due = null;
  }

  private async look(isAnnounced: boolean): Promise<void> {
    this.close();
    this.isReading = true;
    try {
      const pages = await this.deps.read(this.stopsThen);
      const now = digestsOf(pages);
      const { before } = this;
      this.before = now;
      const changed = before && changedItems(before, now);
      if (isAnnounced && changed) this.count(changed.length === 0);
      this.deps.found(pages, changed);
    } catch (err) {
      // It stopped meanwhile, or is slow. Its next start, or what it says next, is followed again.
      this.deps.services.log.debug({ err }, 'the lists of a server could not be read');
    } finally {
      this.isReading = false;
      const { due } = this;
      this.due = null;
      // Not as if it were said only now: it may have been stopped since, and asking would start it.
      if (due === 'announced') this.lookSoon();
      else if (due === 'recheck') this.lookAgain();
    }
  }

  private count(isInVain: boolean): void {
    const now = this.deps.services.clock.monotonic();
    if (!isInVain || now - this.vainAt > IN_A_ROW) this.times = 0;
    this.vainAt = now;
    if (isInVain) this.times += 1;
    if (!isInVain || this.times >= REMARKABLE) this.deps.inVain?.(this.times);
  }
}
