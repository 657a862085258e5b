import type { Ms } from '../../shared/model/units';

/** Messages without a request of ours that a server may send at once. More than any server sends for one call. */
const BURST = 64;
/** How fast the allowance grows back, per ms. */
const REGROWTH = 0.25;
/** How long one server is listened to at a time, once its allowance is used up. */
const SLICE: Ms = 1;
/** What is left to everybody else before the next slice. Node's timers count whole milliseconds. */
const REST: Ms = 10;

/**
 * Shares this process's one thread among the servers. Answers to requests and an ordinary number of other messages are
 * handled as they come. A server that floods gets slices in turn with the other flooding ones, with rests in between, so
 * that everybody else is served without noticing. What it wrote meanwhile waits on its own side.
 */
class FairTurns {
  private readonly waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | null = null;

  /** The allowance of one more server. */
  join(): Pace {
    return new Pace((slice) => {
      this.waiting.push(slice);
      this.plan();
    });
  }

  private plan(): void {
    if (this.timer !== null || this.waiting.length === 0) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.waiting.shift()?.();
      this.plan();
    }, REST);
  }
}

/** The process has one thread, so it has one of these. */
export const fairTurns = new FairTurns();

/** How much of one server may be handled now. */
export class Pace {
  private readonly ask: (slice: () => void) => void;
  private allowance = BURST;
  private countedAt = performance.now();
  private sliceEnds = 0;

  constructor(ask: (slice: () => void) => void) {
    this.ask = ask;
  }

  /** Whether the next message may be handled at once. If not, await {@link turn} first. */
  get mayGo(): boolean {
    return this.allowance >= 1 || performance.now() < this.sliceEnds;
  }

  /** Counts handled messages that answered no request. */
  spend(messages: number): void {
    if (messages === 0) return;
    const now = performance.now();
    this.allowance = Math.min(BURST, this.allowance + (now - this.countedAt) * REGROWTH);
    this.countedAt = now;
    this.allowance = Math.max(0, this.allowance - messages);
  }

  /** Resolves when this server may go on. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.ask(() => {
        this.sliceEnds = performance.now() + SLICE;
        resolve();
      });
    });
  }
}
