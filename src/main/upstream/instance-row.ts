import type { NewEvent } from '../../shared/contract/event';
import { isSessionId } from '../../shared/model/ids';
import type { ServerConnection } from './connections';
import type { UpstreamPorts } from './instance-ports';
import type { InstanceRecord } from './ports';

type InstanceEvent = 'server_started' | 'server_stopped' | 'server_session_renewed' | 'server_adopted';
type PayloadOf<K> = Extract<NewEvent, { kind: K }>['payload'];

/** What a row says of something that is not there. */
export const NOTHING_BEHIND = {
  ...{ child_id: null, pid: null, pid_started: null, initialize_result: null },
  ...{ upstream_session_id: null, upstream_last_event_id: null },
} as const;

/** What a row says of a connection. */
export const behind = ({ childId, pid, pidStarted, upstream }: ServerConnection) => ({
  ...{ child_id: childId ?? null, pid, pid_started: pidStarted },
  upstream_session_id: upstream?.sessionId ?? null,
  upstream_last_event_id: upstream?.position ?? null,
});

/** The session that a home is, for an event; null for a transport that has none, and for a server that all share. */
export const sessionOf = ({ home }: Pick<InstanceRecord, 'home'>): { session_id: string | null } => ({
  session_id: home !== null && isSessionId(home) ? home : null,
});

/** The row of one instance, and what is said of it in the event log. */
export class InstanceRow {
  private readonly ports: Pick<UpstreamPorts, 'clock' | 'commit'>;
  private row: InstanceRecord;
  /** Something runs for it, or ran: only then it is stored. */
  private isStored: boolean;

  constructor(ports: Pick<UpstreamPorts, 'clock' | 'commit'>, record: InstanceRecord, isStored: boolean) {
    this.ports = ports;
    this.row = record;
    this.isStored = isStored;
  }

  get record(): InstanceRecord {
    return this.row;
  }

  /** Changes it without storing it yet. */
  set(change: Partial<InstanceRecord>): void {
    this.row = { ...this.row, ...change };
  }

  /** Changes it and stores it, if it is one that is stored. */
  save(change: Partial<InstanceRecord>, ...events: NewEvent[]): void {
    this.set(change);
    if (this.isStored || events.length > 0) this.ports.commit({ save: this.isStored ? [this.row] : [], events });
  }

  /** Changes it and stores it from now on. */
  store(change: Partial<InstanceRecord>, ...events: NewEvent[]): void {
    this.isStored = true;
    this.save(change, ...events);
  }

  /** Forgets it. */
  remove(...events: NewEvent[]): void {
    this.isStored = false;
    this.ports.commit({ remove: [this.row.instance_id], events });
  }

  /** An event about it as it is now. */
  event<K extends InstanceEvent>(kind: K, payload: Omit<PayloadOf<K>, 'server' | 'instance_id' | 'pid'>): NewEvent {
    const { server, instance_id, pid } = this.row;
    const of = { at: this.ports.clock.now(), ...sessionOf(this.row) };
    return { ...of, kind, payload: { server, instance_id, pid, ...payload } } as unknown as NewEvent;
  }
}
