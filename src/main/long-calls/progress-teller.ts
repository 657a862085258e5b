import { type Ms, SECOND } from '../../shared/model/units';
import { durationWords } from './call-words';
import type { Progress } from './progress';

/** A client that asked for progress hears something at least this often. */
export const TELL_EVERY: Ms = 10 * SECOND;

/** Small against every step that servers take, so that their own numbers still fit in between. */
const STEP = 1e-6;

/** A little more; of a number so large that the step would be lost, about the next one that there is. */
const more = (told: number): number =>
  Math.min(Number.MAX_VALUE, Math.max(told + STEP, told + Math.abs(told) * Number.EPSILON));

/** Puts Holdfast's own signs of life between the progress that a server tells. What a client hears always grows. */
export class ProgressTeller {
  private told: number;
  private total: number | undefined;
  private newest: Progress | null = null;

  /** @param told - the highest progress that the client has received */
  constructor(told = 0) {
    this.told = told;
  }

  /** The last progress that the server told; null if it told none. */
  get last(): Progress | null {
    return this.newest;
  }

  /** The server's progress as the client may hear it. The same values, unless they would not be more than the last. */
  fromServer(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const { progress, total, message } = params;
    if (typeof progress !== 'number' || !Number.isFinite(progress)) return { ...params };
    const hasGrown = this.newest === null || progress > this.newest.progress;
    this.newest = {
      progress,
      ...(typeof total === 'number' ? { total } : {}),
      ...(typeof message === 'string' ? { message: message.slice(0, 500) } : {}),
    };
    this.total = typeof total === 'number' ? total : undefined;
    const isMore = progress > this.told;
    // A server that counts wrongly is passed on as it is: only what Holdfast itself added must not get in the way.
    if (!isMore && hasGrown) {
      this.told = more(this.told);
      return { ...params, progress: this.told };
    }
    if (isMore) this.told = progress;
    return { ...params };
  }

  /** A sign of life in words, a little more than what was told last. */
  ofOurOwn(running: Ms): Progress {
    this.told = more(this.told);
    const said = this.newest?.message === undefined ? '' : ` Last heard: ${this.newest.message}`;
    return {
      progress: this.told,
      ...(this.total === undefined ? {} : { total: this.total }),
      message: `Still running after ${durationWords(running)}.${said}`,
    };
  }
}
