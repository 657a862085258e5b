import type { HoldfastEvent, NewEvent } from '../../shared/contract/event';
import { HoldfastError } from '../../shared/errors';
import { evolve } from '../../shared/model/evolve';
import type { SessionPolicy } from '../../shared/model/policy';
import { hasEnded, isAttached } from '../../shared/model/session';
import type { Ms } from '../../shared/model/units';
import type { SessionClock, Timers } from '../platform/ports';
import { type Command, decide } from './decide';
import type { EventBus } from './event-bus';
import { type Change, NO_TOKEN, type SessionRepository, type StoredSession, type TokenState } from './session-ports';
import { Sleeps } from './sleeps';

const BATCH_DELAY: Ms = 250;
const BATCH_SIZE = 200;
/** After a failed write, the next attempt waits this long, however many measurements are queued. */
const RETRY_DELAY: Ms = 2_000;
/** How many measurements are kept while the database cannot be written. The oldest are dropped first. */
const BACKLOG = 10_000;

/** A command for one session, with the token state that results from it. */
export interface Step {
  readonly sessionId: string;
  readonly command: Command;
  readonly token?: TokenState;
  /** SHA-256 of the invitation that goes with its offer. */
  readonly offerHash?: string;
}

/** What to commit in the same transaction as the sessions' own events. */
export type Extra = Pick<Change, 'transports' | 'expectToken' | 'expectOwner' | 'handover'>;

/**
 * Holds the sessions in memory and is the only writer of their state. Each change is decided, committed, then kept in
 * memory and published. If the commit fails, memory is unchanged too.
 */
export class SessionCore {
  private readonly states = new Map<string, StoredSession>();
  private measurements: NewEvent[] = [];
  private cancelFlush: (() => void) | null = null;
  /** The last attempt to write measurements failed. */
  private isFailing = false;
  private isStopped = false;

  readonly repository: SessionRepository;
  readonly clock: SessionClock;
  readonly policy: SessionPolicy;
  private readonly sleeps: Sleeps;
  private readonly bus: EventBus;
  private readonly timers: Timers;
  private readonly onProblem: (error: unknown) => void;

  constructor(deps: {
    repository: SessionRepository;
    bus: EventBus;
    clock: SessionClock;
    timers: Timers;
    policy: SessionPolicy;
    /** Omitted: the machine never slept. */
    sleeps?: Sleeps;
    onProblem: (error: unknown) => void;
  }) {
    this.repository = deps.repository;
    this.bus = deps.bus;
    this.clock = deps.clock;
    this.timers = deps.timers;
    this.policy = deps.policy;
    this.sleeps = deps.sleeps ?? new Sleeps();
    this.onProblem = deps.onProblem;
  }

  /** The session, from memory or the database; null when there is none. A read does not count as activity. */
  find(sessionId: string): StoredSession | null {
    const known = this.states.get(sessionId);
    if (known) return known;
    const stored = this.repository.sessions.get(sessionId);
    // Ended sessions never change again, so there is no reason to keep them in memory.
    if (stored && !hasEnded(stored.session.status)) this.states.set(sessionId, stored);
    return stored;
  }

  /**
   * Like {@link find}, for a session that must exist.
   * @throws HoldfastError `session_not_found`
   */
  load(sessionId: string): StoredSession {
    const state = this.find(sessionId);
    if (state === null) throw new HoldfastError('session_not_found');
    return state;
  }

  /** Decides one command and commits the result. Returns the session after it. */
  run(sessionId: string, command: Command, extra: Extra = {}): StoredSession {
    const [state] = this.runAll([{ sessionId, command }], extra);
    return state ?? this.load(sessionId);
  }

  /**
   * Decides commands, at most one per session, and commits all results or none. Returns the sessions after them. A session that
   * ends leaves the one that it shared servers with, which is part of the same transaction.
   */
  runAll(steps: readonly Step[], extra: Extra = {}): StoredSession[] {
    const decided = steps.map((step) => this.decided(step));
    for (const step of decided.flatMap((one) => this.leftBy(one.before, one.next))) {
      // Whoever goes on with one of two sessions that share may give up the other one by that.
      const at = steps.findIndex(({ sessionId }) => sessionId === step.sessionId);
      const given = decided[at];
      if (given === undefined) decided.push(this.decided(step));
      else decided[at] = this.followed(given, step.command);
    }
    const changed = decided.filter((one) => one.changed);
    if (changed.length > 0 || extra.transports?.length) {
      if (this.measurements.length > 0) {
        // Measurements are older, so they are written first. The commands are then decided again on the new state.
        this.flush();
        return this.runAll(steps, extra);
      }
      this.commit({
        ...extra,
        // The end of one session comes before what follows for the other one.
        events: [...changed.flatMap(({ events }) => events), ...changed.flatMap(({ following }) => following)],
        sessions: changed.map(({ next }) => next),
      });
    }
    return decided.slice(0, steps.length).map(({ next }) => next);
  }

  private decided({ sessionId, command, token, offerHash }: Step) {
    const before = this.load(sessionId);
    const now = this.clock.now();
    const asleep = this.sleeps.within(before.session.disconnected_at ?? now, now);
    const events = decide(before.session, command, now, asleep);
    return {
      before,
      events,
      following: [] as readonly NewEvent[],
      next: this.fold(before, events, token, offerHash),
      changed: events.length > 0 || token !== undefined,
    };
  }

  /** The same, with one more command for a session that goes on. */
  private followed(one: ReturnType<SessionCore['decided']>, command: Command): typeof one {
    if (hasEnded(one.next.session.status)) return one;
    const following = decide(one.next.session, command, this.clock.now());
    return { ...one, following, next: this.fold(one.next, following), changed: one.changed || following.length > 0 };
  }

  /** What follows for the other session when one of two that share servers ends. */
  private leftBy({ session: before }: StoredSession, { session: next }: StoredSession): Step[] {
    if (before.sharing === null || hasEnded(before.status) || !hasEnded(next.status)) return [];
    const { session_id: sessionId } = before.sharing;
    return this.find(sessionId) ? [{ sessionId, command: { type: 'end_sharing', reason: 'other_left' } }] : [];
  }

  /** Creates a session from its first event, and runs commands for it and for other sessions in the same transaction. */
  create(
    created: Extract<NewEvent, { kind: 'session_created' }>,
    extra: Extra = {},
    commands: readonly Command[] = [],
    others: readonly Step[] = [],
  ): StoredSession {
    this.flush();
    const first = this.fold(null, [created]);
    const events = commands.flatMap((command) => decide(first.session, command, this.clock.now()));
    const state = this.fold(first, events);
    const decided = others.map((step) => this.decided(step));
    this.commit({
      ...extra,
      events: [created, ...events, ...decided.flatMap((one) => one.events)],
      sessions: [state, ...decided.map(({ next }) => next)],
    });
    return state;
  }

  /** Queues the measurement of a call. It is written with others within 250 ms, or as soon as 200 are waiting. */
  measure(event: Extract<NewEvent, { kind: 'call_completed' }>): void {
    if (this.isStopped) return;
    this.measurements.push(event);
    if (this.measurements.length > BACKLOG) this.measurements.shift();
    if (this.measurements.length >= BATCH_SIZE && !this.isFailing) this.tryFlush();
    else this.flushWithin(BATCH_DELAY);
  }

  /** Writes waiting measurements. Throws when the database cannot be written; they stay queued then. */
  flush(): void {
    this.cancelFlush?.();
    this.cancelFlush = null;
    if (this.measurements.length === 0) return;
    const events = this.measurements;
    const touched = new Map<string, StoredSession>();
    for (const event of events) {
      const state = event.session_id === null ? null : (touched.get(event.session_id) ?? this.find(event.session_id));
      if (state) touched.set(state.session.session_id, this.fold(state, [event]));
    }
    this.measurements = [];
    try {
      this.commit({ events, sessions: [...touched.values()] });
      this.isFailing = false;
    } catch (error) {
      this.measurements = events;
      this.isFailing = true;
      this.flushWithin(RETRY_DELAY);
      throw error;
    }
  }

  /** Writes waiting measurements one last time. Any that cannot be written, or that arrive later, are dropped. */
  stopMeasuring(): void {
    this.isStopped = true;
    this.flush();
  }

  /** Runs `work` and reports a failure instead of throwing it, for use where no caller could handle it. */
  attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.onProblem(error);
    }
  }

  /** The attached sessions in memory. */
  *attached(): Iterable<StoredSession> {
    for (const state of this.states.values()) if (isAttached(state.session.status)) yield state;
  }

  private tryFlush(): void {
    this.attempt(() => this.flush());
  }

  private flushWithin(delay: Ms): void {
    if (!this.isStopped) this.cancelFlush ??= this.timers.after(delay, () => this.tryFlush());
  }

  private commit(change: Change & { sessions: readonly StoredSession[] }): void {
    const stored: HoldfastEvent[] = this.repository.commit(change);
    for (const state of change.sessions) {
      const { session_id, status } = state.session;
      if (hasEnded(status)) this.states.delete(session_id);
      else this.states.set(session_id, state);
    }
    this.bus.publish(stored);
  }

  private fold(
    before: StoredSession | null,
    events: readonly NewEvent[],
    token?: TokenState,
    offerHash?: string,
  ): StoredSession {
    const isOffered = events.some((event) => event.kind === 'handover_offered');
    const session = events.reduce(evolve, before?.session ?? null);
    if (session === null) throw new HoldfastError('session_not_found');
    const dropped = events.findLast((event) => event.kind === 'session_disconnected');
    const reason = dropped?.payload.reason ?? before?.disconnect_reason ?? null;
    // What was pinned gets its whole retention from now on: it would end at once if it has been away for long.
    const isUnpinned = events.some((event) => event.kind === 'session_unpinned');
    const known = isUnpinned ? this.clock.lived() : (before?.lost_lived ?? null);
    const lost = dropped ? this.lostLived(dropped) : known;
    const isDisconnected = session.status === 'disconnected';
    return {
      session,
      token: token ?? before?.token ?? NO_TOKEN,
      offer_hash: session.offer === null ? null : isOffered ? (offerHash ?? null) : (before?.offer_hash ?? null),
      disconnect_reason: isDisconnected ? reason : null,
      lost_lived: isDisconnected ? lost : null,
    };
  }

  private lostLived({ at, payload }: Extract<NewEvent, { kind: 'session_disconnected' }>): Ms {
    // The time between the end of a killed run and this one was not lived through.
    const ago = payload.reason === 'supervisor_killed' ? 0 : Math.max(0, at - payload.contact_lost_at);
    return Math.max(0, this.clock.lived() - ago);
  }
}
