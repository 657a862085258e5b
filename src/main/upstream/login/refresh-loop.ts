import { backoff } from '../../../shared/model/backoff';
import { MINUTE, type Ms, SECOND } from '../../../shared/model/units';
import type { Random, Timers } from '../../platform/ports';
import type { RefreshOutcome } from './refresh';

const RETRY = { first: SECOND, longest: MINUTE, jitter: [0.7, 1] } as const;

export interface RefreshLoopDeps {
  readonly timers: Timers;
  readonly random: Random;
  /** Ends the loop without an outcome. */
  readonly signal: AbortSignal;
  /** One try. Never rejects. */
  attempt(): Promise<RefreshOutcome>;
  /** The login is over, for this reason. */
  over(reason: string, isClientUnknown: boolean): Promise<void>;
  /** It did not work yet, for this reason, and is tried again. */
  passing(reason: string): void;
}

/** Gets new tokens without a person: once, however many ask for it at the same time, and until the outcome is certain. */
export class RefreshLoop {
  private readonly deps: RefreshLoopDeps;
  private running: Promise<RefreshOutcome['kind']> | null = null;
  private endPause = () => {};

  constructor(deps: RefreshLoopDeps) {
    this.deps = deps;
  }

  /** The refresh in progress; null if there is none. */
  get current(): Promise<RefreshOutcome['kind']> | null {
    return this.running;
  }

  /** Joins the refresh in progress, or begins one. Never rejects; `passing` means that the loop was ended. */
  run(): Promise<RefreshOutcome['kind']> {
    this.running ??= this.untilDone().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  /** Tries again now, if it waits before it does: what could not be reached may be there. */
  hurry(): void {
    this.endPause();
  }

  private async untilDone(): Promise<RefreshOutcome['kind']> {
    const { random, signal } = this.deps;
    for (let tries = 0; !signal.aborted; tries += 1) {
      const outcome = await this.deps.attempt();
      if (outcome.kind === 'refreshed') return outcome.kind;
      if (outcome.kind === 'over') {
        await this.deps.over(outcome.reason, outcome.isClientUnknown ?? false);
        return outcome.kind;
      }
      this.deps.passing(outcome.reason);
      const [byte = 0] = random.bytes(1);
      await this.pause(backoff(RETRY, tries, byte / 255));
    }
    return 'passing';
  }

  private pause(delay: Ms): Promise<void> {
    const { signal, timers } = this.deps;
    return new Promise((resolve) => {
      const over = () => {
        cancel();
        signal.removeEventListener('abort', over);
        resolve();
      };
      const cancel = timers.after(delay, over);
      this.endPause = over;
      signal.addEventListener('abort', over);
      if (signal.aborted) over();
    });
  }
}
