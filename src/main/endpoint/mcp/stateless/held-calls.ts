import { MINUTE, type Ms } from '../../../../shared/model/units';
import type { Random, Timers } from '../../../platform/ports';
import { randomText } from '../../../platform/random-text';
import type { BridgedCall } from './bridged-call';

/** How long a client may take to answer a question. */
export const HOLD: Ms = 10 * MINUTE;
const MAX_HELD = 256;

interface Held {
  readonly call: BridgedCall;
  readonly cancelLimit: () => void;
}

/** Calls that wait for an answer from a later request. */
export class HeldCalls {
  private readonly timers: Timers;
  private readonly random: Random;
  private readonly held = new Map<string, Held>();

  constructor(timers: Timers, random: Random) {
    this.timers = timers;
    this.random = random;
  }

  /**
   * Keeps a call, for {@link HOLD} at most, and returns the name under which it can be taken once. A call that is never
   * taken is cancelled, as is the oldest one when there are too many.
   */
  keep(call: BridgedCall): string {
    const [oldest] = this.held.keys();
    if (this.held.size >= MAX_HELD && oldest !== undefined) this.take(oldest)?.cancel();
    const name = randomText(this.random, 16);
    const cancelLimit = this.timers.after(HOLD, () => this.take(name)?.cancel());
    this.held.set(name, { call, cancelLimit });
    return name;
  }

  take(name: string): BridgedCall | null {
    const held = this.held.get(name);
    this.held.delete(name);
    held?.cancelLimit();
    return held?.call ?? null;
  }

  /** A server has taken a question back, by the id that it has here. */
  takenBack(id: string): void {
    for (const { call } of this.held.values()) call.takenBack(id);
  }

  close(): void {
    for (const name of [...this.held.keys()]) this.take(name)?.cancel();
  }
}
