import { DAY, type Ms } from '../../shared/model/units';
import type { Random } from '../platform/ports';
import { randomText } from '../platform/random-text';
import type { EventBus } from '../sessions/event-bus';
import { Sleeps } from '../sessions/sleeps';
import type { ClockState, SteadyClock } from '../sessions/steady-clock';
import type { Store } from '../store/store';

const SLEEPS_KEPT: Ms = 30 * DAY;
const MOST_SLEEPS = 500;

/** How the run before ended. */
export type PreviousStop = 'none' | 'clean' | 'killed';

/** When an earlier run last recorded being alive or wrote an event; 0 if there was none. */
export function lastSignOfLife(store: Store, before: Ms): Ms {
  // A run with a wrong clock may have left a time that lies ahead.
  const said = Math.min(store.settings.get<Ms>('last_alive') ?? 0, before);
  const [newest] = store.events.between(said, before, undefined, 1).events;
  return Math.max(said, newest?.at ?? 0);
}

/** Sleeps of earlier runs, as far back as a session may still wait. */
export function knownSleeps(store: Store, now: Ms): Sleeps {
  const { events } = store.events.between(now - SLEEPS_KEPT, now + 1, ['machine_slept'], MOST_SLEEPS);
  return new Sleeps(events.toReversed().flatMap((event) => (event.kind === 'machine_slept' ? [event.payload] : [])));
}

/** Records that this run lives, and its time. */
export function rememberAlive(store: Store, clock: SteadyClock): void {
  store.transaction(() => {
    // Not the future, whatever an earlier run with a wrong clock left behind.
    store.settings.set('last_alive', Math.min(clock.now(), clock.wall()));
    store.settings.set('clock', clock.state());
  });
}

/** Goes on with the time of the last run; its newest event may be younger than what it last recorded. */
export function resumeClock(clock: SteadyClock, store: Store): void {
  const left = store.settings.get<ClockState>('clock') ?? { at: 0, lived: 0, tokenOffset: 0 };
  const [newest] = store.events.readAfter(store.events.newestSeq() - 1, 1);
  clock.resume(left, newest?.at);
}

/** Records that this run has begun, and publishes that. */
export function recordStart(
  { store, bus }: { readonly store: Store; readonly bus: EventBus },
  clock: SteadyClock,
  payload: { readonly version: string; readonly previous_stop: PreviousStop },
  at: Ms,
): void {
  rememberAlive(store, clock);
  store.settings.set('stop', 'running');
  bus.publish(store.repository.commit({ events: [{ at, session_id: null, kind: 'supervisor_started', payload }] }));
}

/** Records that this run ends in order, and publishes that. */
export function recordStop(
  { store, bus }: { readonly store: Store; readonly bus: EventBus },
  clock: SteadyClock,
): void {
  const at = clock.now();
  bus.publish(store.repository.commit({ events: [{ at, session_id: null, kind: 'supervisor_stopped', payload: {} }] }));
  rememberAlive(store, clock);
  store.settings.set('stop', 'clean');
}

export function previousStop(store: Store): PreviousStop {
  const stop = store.settings.get<string>('stop');
  if (stop === null) return 'none';
  return stop === 'clean' ? 'clean' : 'killed';
}

/** The name of the event log. It changes when the log does not continue what monitors have already seen. */
export function epochOf(store: Store, random: Random): string {
  const known = store.settings.get<string>('epoch');
  if (known !== null && store.notices.length === 0) return known;
  const epoch = randomText(random, 8);
  store.settings.set('epoch', epoch);
  return epoch;
}
