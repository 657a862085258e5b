import type { Ms } from '../../../shared/model/units';
import type { JsonRpcNotification } from '../../mcp/json-rpc';
import type { Timers } from '../../platform/ports';

/** A hint that came again within this time is passed on once more at its end, however often it came. */
const HINT_WITHIN: Ms = 250;
const MAX_HINTS = 1_000;

interface Hint {
  readonly cancel: () => void;
  /** Passes on what came meanwhile; null when nothing did. */
  again: (() => void) | null;
}

/** Identifies a message that only says what to fetch again; null for any other. */
export function hintOf({ method, params }: JsonRpcNotification): string | null {
  if (method === 'notifications/resources/updated') return `${method} ${String(params?.uri)}`;
  return method.endsWith('/list_changed') ? method : null;
}

/** Holds back hints that a server repeats. */
export class RepeatedHints {
  /** Hints passed on just now, and whether each has come again since. */
  private readonly hints = new Map<string, Hint>();
  private readonly timers: Timers;

  constructor(timers: Timers) {
    this.timers = timers;
  }

  /**
   * Whether this is a hint that was passed on just now. Such a message says only that there is something to fetch, so one
   * of many does for all.
   * @param again - passes it on later
   */
  isRepeated(message: JsonRpcNotification, again: () => void): boolean {
    const name = hintOf(message);
    if (name === null) return false;
    const known = this.hints.get(name);
    if (known) {
      known.again = again;
      return true;
    }
    if (this.hints.size >= MAX_HINTS) return false;
    const cancel = this.timers.after(HINT_WITHIN, () => {
      this.hints.delete(name);
      hint.again?.();
    });
    const hint: Hint = { cancel, again: null };
    this.hints.set(name, hint);
    return false;
  }

  /** The process is gone, and with it what it announced. */
  clear(): void {
    for (const { cancel } of this.hints.values()) cancel();
    this.hints.clear();
  }
}
