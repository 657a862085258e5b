import type { HoldfastEvent } from '../../shared/contract/event';
import type { Session } from '../../shared/contract/session';
import { evolve } from '../../shared/model/evolve';

/** Events kept for timelines and announcements; older ones are requested from the main process. */
export const RING_SIZE = 2_000;

/** What the live stream has built up: a view of the event log up to `seq`. */
export interface LiveView {
  /** Every session by id, ended ones included. Replaced, never changed in place. */
  readonly sessions: ReadonlyMap<string, Session>;
  /** The newest events, oldest first, without gaps, at most {@link RING_SIZE}. Starts empty at every snapshot. */
  readonly events: readonly HoldfastEvent[];
  /** Grows with every snapshot; whoever holds older events has to load them again. */
  readonly generation: number;
  readonly epoch: string | null;
  readonly seq: number;
}

export const EMPTY_VIEW: LiveView = { sessions: new Map(), events: [], generation: 0, epoch: null, seq: 0 };

/** The view after a snapshot, which replaces everything before it. */
export function withSnapshot(view: LiveView, epoch: string, seq: number, sessions: readonly Session[]): LiveView {
  return {
    sessions: new Map(sessions.map((session) => [session.session_id, session])),
    events: [],
    generation: view.generation + 1,
    epoch,
    seq,
  };
}

/** The view after `events`, which follow `view.seq` in order. One copy of the map, however many events there are. */
export function withEvents(view: LiveView, events: readonly HoldfastEvent[], toSeq: number): LiveView {
  const sessions = new Map(view.sessions);
  for (const event of events) {
    if (event.session_id === null) continue;
    const next = evolve(sessions.get(event.session_id) ?? null, event);
    if (next) sessions.set(event.session_id, next);
  }
  return { ...view, sessions, events: [...view.events, ...events].slice(-RING_SIZE), seq: toSeq };
}
