import type { NewEvent } from '../../../shared/contract/event';
import { type Ms, SECOND } from '../../../shared/model/units';
import type { ServerConnection } from '../server-connection';
import type { InstanceRecord } from '../upstream-ports';
import type { UpstreamDeps } from './instance-owner';

type InstanceEvent = 'server_started' | 'server_stopped' | 'server_session_renewed' | 'server_adopted';
type PayloadOf<K> = Extract<NewEvent, { kind: K }>['payload'];

/** What a row says of something that is not there. */
export const NOTHING_BEHIND = {
  child_id: null,
  pid: null,
  pid_started: null,
  initialize_result: null,
  upstream_session_id: null,
  upstream_last_event_id: null,
} as const;

/** What a row says of a connection. */
export const behind = ({ child, session }: ServerConnection) => ({
  child_id: child?.child_id ?? null,
  pid: child?.pid ?? null,
  pid_started: child?.pid_started ?? null,
  upstream_session_id: session?.sessionId ?? null,
  upstream_last_event_id: session?.position ?? null,
});

/** A client's first request follows its handshake sooner. */
const HOLD: Ms = 2 * SECOND;

type RowDeps = Pick<UpstreamDeps, 'clock' | 'timers' | 'commit' | 'sessions'>;

/** The row of one instance, and what is said of it in the event log. */
export class InstanceRow {
  private readonly deps: RowDeps;
  private row: InstanceRecord;
  /** Waits for a session that it belongs to. */
  private held: NewEvent[] = [];
  private cancelHold = () => {};
  /** Something runs for it, or ran: only then it is stored. */
  private isStored: boolean;
  private isSessionMade: boolean;

  constructor(deps: RowDeps, record: InstanceRecord, isStored: boolean) {
    this.deps = deps;
    this.row = record;
    this.isStored = isStored;
    this.isSessionMade = record.session_key !== null && deps.sessions(record.session_key).isMade;
  }

  get record(): InstanceRecord {
    return this.row;
  }

  /** The session that it serves alone; null for one that all share, and while the session is not made yet. */
  get sessionId(): string | null {
    return this.isSessionMade ? this.row.session_key : null;
  }

  /** The session that it serves was made: its timeline tells how it began. */
  sessionMade(): void {
    this.isSessionMade = true;
    this.flush();
  }

  /** Changes it without storing it yet. */
  set(change: Partial<InstanceRecord>): void {
    this.row = { ...this.row, ...change };
  }

  /** Changes it and stores it, if it is one that is stored. */
  save(change: Partial<InstanceRecord>, ...events: NewEvent[]): void {
    this.set(change);
    const all = events.length === 0 ? [] : [...this.release(), ...events];
    if (this.isStored || all.length > 0) this.deps.commit({ save: this.isStored ? [this.row] : [], events: all });
  }

  /**
   * Like {@link save}, for an event that a transport without a session may be the cause of: it waits a moment for the session
   * that the transport comes to with its first request, so that the session's timeline tells how it began.
   */
  saveAndHold(change: Partial<InstanceRecord>, event: NewEvent): void {
    if (this.row.session_key === null || event.session_id !== null) {
      this.save(change, event);
      return;
    }
    this.save(change);
    this.held.push(event);
    this.cancelHold();
    this.cancelHold = this.deps.timers.after(HOLD, () => this.flush());
  }

  /** Changes it and stores it from now on. */
  store(change: Partial<InstanceRecord>, ...events: NewEvent[]): void {
    this.isStored = true;
    this.save(change, ...events);
  }

  /** Forgets it. */
  remove(...events: NewEvent[]): void {
    this.isStored = false;
    this.deps.commit({ remove: [this.row.instance_id], events: [...this.release(), ...events] });
  }

  /** Nothing waits any more. */
  flush(): void {
    const events = this.release();
    if (events.length > 0) this.deps.commit({ events });
  }

  /** An event about it as it is now. */
  event<K extends InstanceEvent>(kind: K, payload: Omit<PayloadOf<K>, 'server' | 'instance_id' | 'pid'>): NewEvent {
    const { server, instance_id, pid } = this.row;
    const of = { at: this.deps.clock.now(), session_id: this.sessionId };
    return { ...of, kind, payload: { server, instance_id, pid, ...payload } } as unknown as NewEvent;
  }

  private release(): NewEvent[] {
    this.cancelHold();
    return this.held.splice(0).map((event) => ({ ...event, session_id: this.sessionId }));
  }
}
