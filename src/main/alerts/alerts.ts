import {
  type Alert,
  type AlertChange,
  type AlertSettings,
  type KeptAlertSettings,
  keptAlertSettingsSchema,
} from '../../shared/contract/alert';
import { DAY, MINUTE, type Ms, SECOND } from '../../shared/model/units';
import type { Clock, Timers } from '../platform/ports';
import { AwakeClock } from '../sessions/awake-clock';
import { AlertBook, rememberedSchema, type Told } from './alert-book';
import { type AlertFacts, type Trouble, troubleOf, troublesOf } from './troubles';

/** What is noticed within this time is told together. */
const PERIOD: Ms = 2 * SECOND;
/** How long the alert that Holdfast was killed stays. */
const KILLED_FOR: Ms = 10 * MINUTE;
const SETTINGS = 'alerts';
const TOLD = 'alerts_told';

export interface AlertsDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Values that outlive a restart, by name. */
  readonly kept: { get<T>(name: string): T | null; set(name: string, value: unknown): void };
  /** Read at most once every two seconds. */
  readonly facts: () => AlertFacts;
  /** Calls the listener when the facts may have changed. Returns a function that unsubscribes. */
  readonly onChange: (listener: () => void) => () => void;
  /** How much this run kept, if the one before was killed; null otherwise. */
  readonly killed: { readonly sessions: number; readonly servers: number } | null;
  /** Receives failures that cannot be thrown to a caller. */
  readonly onProblem: (error: unknown) => void;
}

/** Watches for what is broken, and tells whoever listens. Listeners are called for what the user is to be told, and no more. */
export class Alerts {
  private readonly deps: AlertsDeps;
  private readonly awake: AwakeClock;
  private readonly book: AlertBook;
  private readonly listeners = new Set<(told: Told) => void>();
  private readonly changeListeners = new Set<() => void>();
  private readonly endings: (() => void)[];
  private readonly startedAt: Ms;
  private kept: KeptAlertSettings;
  private isChanged = true;
  private endPause = () => {};

  constructor(deps: AlertsDeps) {
    this.deps = deps;
    this.awake = new AwakeClock(deps.clock);
    this.startedAt = this.awake.now();
    // Another version may have written something else.
    this.kept = keptAlertSettingsSchema.catch(keptAlertSettingsSchema.parse({})).parse(deps.kept.get(SETTINGS) ?? {});
    this.book = new AlertBook(rememberedSchema.catch({}).parse(deps.kept.get(TOLD) ?? {}));
    this.endings = [
      deps.onChange(() => {
        this.isChanged = true;
      }),
      deps.timers.every(PERIOD, () => this.look()),
    ];
    this.planEndOfPause();
  }

  /** What is open, and the latest 100 that are over; oldest first. */
  list(): Alert[] {
    return this.book.list();
  }

  /** Address of the webhook, for whoever posts to it; null without one. */
  get webhook(): string | null {
    return this.kept.webhook;
  }

  settings(): AlertSettings {
    const { off, quiet_hours, paused_until, webhook } = this.kept;
    const isPaused = paused_until !== null && paused_until > this.deps.clock.now();
    return {
      off,
      quiet_hours,
      paused_until: isPaused ? paused_until : null,
      webhook_host: webhook === null ? null : new URL(webhook).host,
    };
  }

  /** @throws HoldfastError when nothing can be saved; nothing is changed then */
  change(change: AlertChange): AlertSettings {
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const next = keptAlertSettingsSchema.parse({ ...this.kept, ...given });
    this.deps.kept.set(SETTINGS, next);
    this.kept = next;
    this.changed();
    this.planEndOfPause();
    return this.settings();
  }

  /** Calls the listener with what is to be told. One that throws keeps nobody from being told. Returns what ends that. */
  onTold(listener: (told: Told) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Calls the listener when the settings have changed, or a pause is over. Returns what ends that. */
  onChange(listener: () => void): () => void {
    this.changeListeners.add(listener);
    return () => this.changeListeners.delete(listener);
  }

  close(): void {
    this.endPause();
    for (const end of this.endings.splice(0)) end();
  }

  private changed(): void {
    this.isChanged = true;
    for (const listener of this.changeListeners) listener();
  }

  private planEndOfPause(): void {
    this.endPause();
    const left = (this.kept.paused_until ?? 0) - this.deps.clock.now();
    if (left > 0) this.endPause = this.deps.timers.after(Math.min(left, DAY), () => this.changed());
  }

  private look(): void {
    const awake = this.awake.now();
    const killed = this.killed(awake);
    if (!this.isChanged && !this.book.isWaiting && killed.length === 0) return;
    try {
      const now = this.deps.clock.now();
      const troubles = [...killed, ...troublesOf(this.deps.facts(), this.kept.off, now)];
      this.isChanged = false;
      const before = JSON.stringify(this.book.memory());
      const told = this.book.update(troubles, this.kept, now, awake);
      const memory = this.book.memory();
      // Before anybody is told: told twice is worse than not at all, as the window shows it in any case.
      if (JSON.stringify(memory) !== before) this.deps.kept.set(TOLD, memory);
      if (told.opened.length > 0 || told.closed.length > 0) this.tell(told);
    } catch (error) {
      this.deps.onProblem(error);
    }
  }

  private killed(awake: Ms): Trouble[] {
    const { killed: kept } = this.deps;
    return kept === null || awake - this.startedAt >= KILLED_FOR ? [] : [troubleOf('holdfast_killed', null, kept)];
  }

  private tell(told: Told): void {
    for (const listener of this.listeners) {
      try {
        listener(told);
      } catch (error) {
        this.deps.onProblem(error);
      }
    }
  }
}
