import type { NewEvent } from '../../../shared/contract/event';
import { type Ms, SECOND } from '../../../shared/model/units';
import type { InitializeResult } from '../../mcp/server-channel';
import type { ConnectionEnd, ServerConnection } from '../server-connection';
import type { InstanceRecord } from '../upstream-ports';
import type { UpstreamDeps } from './instance-owner';

type InstanceEvent = 'server_started' | 'server_stopped' | 'server_session_renewed' | 'server_adopted';
/** Why a process or connection started. */
export type StartCause = PayloadOf<'server_started'>['cause'];
type PayloadOf<K> = Extract<NewEvent, { kind: K }>['payload'];

/** Columns of an instance that has no connection. */
export const NOTHING_BEHIND = {
  child_id: null,
  pid: null,
  pid_started: null,
  initialize_result: null,
  upstream_session_id: null,
  upstream_last_event_id: null,
} as const;

/** Columns that describe a connection. */
export const behind = ({ child, session }: ServerConnection) => ({
  child_id: child?.child_id ?? null,
  pid: child?.pid ?? null,
  pid_started: child?.pid_started ?? null,
  upstream_session_id: session?.sessionId ?? null,
  upstream_last_event_id: session?.position ?? null,
});

/** How long events wait for a session. A client's first request follows its handshake sooner than this. */
const HOLD: Ms = 2 * SECOND;

type RowDeps = Pick<UpstreamDeps, 'clock' | 'timers' | 'commit' | 'sessions'>;

/** The stored row of one instance, and its events in the log. */
export class InstanceRow {
  private readonly deps: RowDeps;
  private row: InstanceRecord;
  /** Events that wait for their session to be created. */
  private held: NewEvent[] = [];
  private cancelHold = () => {};
  /** A row is stored only once something has run for it. */
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

  /** The only session it serves; null if it is shared or the session was not created yet. */
  get sessionId(): string | null {
    return this.isSessionMade ? this.row.session_key : null;
  }

  /** Changes the session that it serves, which must not have been created yet. */
  moveTo(sessionKey: string): void {
    this.isSessionMade = this.deps.sessions(sessionKey).isMade;
    this.save({ session_key: sessionKey });
  }

  /** Call after its session was created. Writes the held events, so they appear in the session's timeline. */
  sessionMade(): void {
    this.isSessionMade = true;
    this.flush();
  }

  /** Changes the row in memory only. */
  set(change: Partial<InstanceRecord>): void {
    this.row = { ...this.row, ...change };
  }

  /** Changes the row, writes it if it is stored, and appends the events after those held. */
  save(change: Partial<InstanceRecord>, ...events: NewEvent[]): void {
    this.set(change);
    const all = events.length === 0 ? [] : [...this.release(), ...events];
    if (this.isStored || all.length > 0) this.deps.commit({ save: this.isStored ? [this.row] : [], events: all });
  }

  /**
   * Like {@link save}, for an event that a transport may cause before it has a session. The event waits up to 2 s for
   * the transport's first request to create the session, to appear in that session's timeline.
   */
  private saveAndHold(change: Partial<InstanceRecord>, event: NewEvent): void {
    if (this.row.session_key === null || event.session_id !== null) {
      this.save(change, event);
      return;
    }
    this.save(change);
    this.held.push(event);
    this.cancelHold();
    this.cancelHold = this.deps.timers.after(HOLD, () => this.flush());
  }

  /** Like {@link save}, and keeps the row stored from now on. */
  store(change: Partial<InstanceRecord>, ...events: NewEvent[]): void {
    this.isStored = true;
    this.save(change, ...events);
  }

  /** Deletes the row and appends the held events and these. */
  remove(...events: NewEvent[]): void {
    this.isStored = false;
    this.deps.commit({ remove: [this.row.instance_id], events: [...this.release(), ...events] });
  }

  /** Appends the held events now. */
  flush(): void {
    const events = this.release();
    if (events.length > 0) this.deps.commit({ events });
  }

  /** Creates an event about the instance in its current state. */
  event<K extends InstanceEvent>(kind: K, payload: Omit<PayloadOf<K>, 'server' | 'instance_id' | 'pid'>): NewEvent {
    const { server, instance_id, pid } = this.row;
    const of = { at: this.deps.clock.now(), session_id: this.sessionId };
    return { ...of, kind, payload: { server, instance_id, pid, ...payload } } as unknown as NewEvent;
  }

  /** It runs, with this answer to `initialize`. `hadConnection`: something has run for it before. */
  started(
    result: InitializeResult,
    cause: StartCause,
    { hadConnection, isResumed }: { readonly hadConnection: boolean; readonly isResumed: boolean },
  ): void {
    const { restarts, started_at } = this.row;
    this.saveAndHold(
      {
        initialize_result: result,
        restarts: restarts + (hadConnection ? 1 : 0),
        started_at: isResumed ? started_at : this.deps.clock.now(),
      },
      this.event('server_started', { cause, state_lost: hadConnection && !isResumed }),
    );
  }

  /** The server has forgotten its session over HTTP, and has a new one. */
  renewed(result: InitializeResult, reason: string): void {
    const event = this.event('server_session_renewed', { reason });
    this.save({ initialize_result: result, started_at: this.deps.clock.now() }, event);
  }

  /** It ended on its own. */
  crashed(why: ConnectionEnd, calls_lost: number): void {
    const reason = why.keeperLost ? 'keeper_lost' : 'crashed';
    const { code, signal } = why;
    const event = this.event('server_stopped', { reason, code, signal, calls_lost });
    // An HTTP session may still exist once its server can be reached again.
    const mayBeThere = this.row.upstream_session_id !== null && !why.sessionGone;
    this.save(mayBeThere ? {} : NOTHING_BEHIND, event);
  }

  /**
   * It could not be started.
   * @param payload - null when it is tried again so soon that there is nothing to say yet
   * @param hadConnection - whether something has run for it before; otherwise there is nothing to keep
   */
  couldNotStart(payload: Omit<PayloadOf<'server_unavailable'>, 'server'> | null, hadConnection: boolean): void {
    const nothing = { child_id: null, pid: null, pid_started: null };
    if (payload === null) {
      this.save(nothing);
      return;
    }
    const at = this.deps.clock.now();
    const event: NewEvent = {
      at,
      session_id: this.sessionId,
      kind: 'server_unavailable',
      payload: { server: this.row.server, ...payload },
    };
    if (hadConnection) this.save(nothing, event);
    else this.remove(event);
  }

  private release(): NewEvent[] {
    this.cancelHold();
    return this.held.splice(0).map((event) => ({ ...event, session_id: this.sessionId }));
  }
}
