import { z } from 'zod';
import type { Alert, KeptAlertSettings } from '../../shared/contract/alert';
import { DAY, MINUTE, type Ms } from '../../shared/model/units';
import { isQuiet } from './quiet';
import type { Trouble } from './troubles';

/** One thing is told at most once in this time. */
export const TELL_AGAIN: Ms = 30 * MINUTE;
/** Alerts that are over and still listed. */
const MOST_ENDED = 100;
/** Alerts that are open. More than that are one disaster, and are told as one already. */
const MOST_OPEN = 500;
const MOST_REMEMBERED = 1_000;

/** What was told, kept over a restart: by key, when, and of which opening that is not over yet. */
export const rememberedSchema = z.record(
  z.string(),
  z.object({ told_at: z.number(), open_since: z.number().nullable() }),
);
export type Remembered = z.infer<typeof rememberedSchema>;

/** What the user is told now. */
export interface Told {
  readonly opened: readonly Alert[];
  /** Alerts that were told and are over. */
  readonly closed: readonly Alert[];
}

interface Pending {
  readonly firstSeen: Ms;
  alert: Alert | null;
}

/**
 * Turns what is wrong into alerts, and decides what of it is told, and when. Pure but for its own memory; the caller brings the
 * time. An alert opens after its grace and closes when its trouble is gone. One that may not be told when it opens, because of
 * quiet hours or because the same was told within {@link TELL_AGAIN}, is told later if it is still open.
 */
export class AlertBook {
  private readonly pending = new Map<string, Pending>();
  private readonly ended: Alert[] = [];
  private remembered: Map<string, Remembered[string]>;

  constructor(remembered: Remembered) {
    this.remembered = new Map(Object.entries(remembered));
  }

  /** Whether something may change without a new event: a grace runs, or something is open. */
  get isWaiting(): boolean {
    return this.pending.size > 0;
  }

  /** What is open, then what is over; oldest first. */
  list(): Alert[] {
    const open = [...this.pending.values()].flatMap(({ alert }) => alert ?? []);
    return [...this.ended, ...open].sort((a, b) => a.since - b.since);
  }

  /** For {@link AlertBook}'s constructor at the next start. */
  memory(): Remembered {
    return Object.fromEntries(this.remembered);
  }

  /**
   * @param now - by the wall clock, for what is shown
   * @param awake - a time that does not go on while the machine sleeps, for graces
   */
  update(troubles: readonly Trouble[], settings: KeptAlertSettings, now: Ms, awake: Ms): Told {
    const present = new Map(troubles.map((trouble) => [trouble.key, trouble]));
    const closed = this.close(present, now);
    for (const trouble of present.values()) this.open(trouble, now, awake);
    return { opened: this.tell(settings, now), closed };
  }

  private close(present: ReadonlyMap<string, Trouble>, now: Ms): Alert[] {
    const closed: Alert[] = [];
    for (const [key, { alert }] of this.pending) {
      if (present.has(key)) continue;
      this.pending.delete(key);
      if (alert === null) continue;
      const over = { ...alert, ended_at: now };
      this.ended.push(over);
      if (alert.told_at !== null) closed.push(over);
    }
    this.ended.splice(0, this.ended.length - MOST_ENDED);
    for (const [key, said] of this.remembered) {
      if (said.open_since !== null && !present.has(key)) this.remembered.set(key, { ...said, open_since: null });
      // A clock that was set back must not silence an alert for longer.
      const isOld = now - said.told_at >= DAY || said.told_at > now;
      if (isOld && (said.open_since === null || !present.has(key))) this.remembered.delete(key);
    }
    return closed;
  }

  private open({ key, kind, about, values, sentence, grace }: Trouble, now: Ms, awake: Ms): void {
    const known = this.pending.get(key);
    if (known?.alert) {
      known.alert = { ...known.alert, values, sentence };
      return;
    }
    if (!known && this.pending.size >= MOST_OPEN) return;
    const pending = known ?? { firstSeen: awake, alert: null };
    this.pending.set(key, pending);
    const told = this.remembered.get(key);
    // Open since an earlier run, which told of it.
    const isKnown = told !== undefined && told.open_since !== null;
    if (!isKnown && awake - pending.firstSeen < grace) return;
    const since = isKnown ? (told.open_since ?? now) : now;
    const id = `${key}:${since}`;
    const told_at = isKnown ? told.told_at : null;
    pending.alert = { id, kind, about, values, sentence, since, told_at, ended_at: null };
  }

  private tell(settings: KeptAlertSettings, now: Ms): Alert[] {
    if (isQuiet(settings, now)) return [];
    const opened: Alert[] = [];
    for (const [key, pending] of this.pending) {
      const { alert } = pending;
      if (alert === null || alert.told_at !== null || settings.off.includes(alert.kind)) continue;
      const last = this.remembered.get(key)?.told_at;
      if (last !== undefined && now - last < TELL_AGAIN) continue;
      pending.alert = { ...alert, told_at: now };
      opened.push(pending.alert);
      // The newest are at the end, so that the oldest go first.
      this.remembered.delete(key);
      this.remembered.set(key, { told_at: now, open_since: alert.since });
    }
    for (const key of this.remembered.keys()) {
      if (this.remembered.size <= MOST_REMEMBERED) break;
      this.remembered.delete(key);
    }
    return opened;
  }
}
