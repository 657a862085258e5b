import type { AwakeClock } from '../awake-clock';
import { judgeContact } from '../liveness';
import type { SessionCore, Step } from '../session-core';
import type { LiveTransport } from './live-transport';
import type { TransportTable } from './transport-table';

/** What is known of one finished request. */
export interface Call {
  readonly method: string;
  /** Tool, prompt or resource, where the method has one. */
  readonly name: string | null;
  readonly ok: boolean;
}

/** Ends a request in flight: with a measurement it is recorded as a call. A second time does nothing. */
export interface RequestInFlight {
  (call: Call | null): void;
  /** The connection that waited for the answer is gone, so that the request shows no longer that the client is there. */
  left(): void;
}

/** Follows what is open on the transports, and what time makes of the sessions behind them. */
export class ContactTracker {
  /** Set when Holdfast itself ends the streams. */
  isStopping = false;
  private readonly core: SessionCore;
  private readonly table: TransportTable;
  private readonly time: AwakeClock;

  constructor(core: SessionCore, table: TransportTable, time: AwakeClock) {
    this.core = core;
    this.table = table;
    this.time = time;
  }

  /** Counts an open push stream until the returned function is called. */
  streamOpened(transportId: string): () => void {
    const transport = this.table.need(transportId);
    const { session_id } = transport.record;
    // The stream is worth more than its mark, which is set later when it cannot be written now.
    if (session_id !== null) this.core.attempt(() => this.core.run(session_id, { type: 'open_stream' }));
    transport.streams += 1;
    transport.streamLostAt = null;
    return once(() => this.streamClosed(transport));
  }

  /** Counts a request in flight until it ends or its client leaves. */
  requestStarted(transportId: string): RequestInFlight {
    const transport = this.table.need(transportId);
    const started = this.time.exact();
    transport.inFlight += 1;
    let waits = true;
    const left = once(() => {
      waits = false;
      transport.inFlight -= 1;
    });
    const ended = once((call: Call | null) => {
      // An answer that nobody waited for has reached nobody.
      if (waits) transport.lastTraffic = this.time.now();
      left();
      const { session_id } = transport.record;
      if (call === null || session_id === null) return;
      // Sleep is left out in whole milliseconds, so that a fraction may be missing from a very short call.
      const latency_ms = Math.max(0, Math.round((this.time.exact() - started) * 100) / 100);
      const at = this.core.clock.now();
      this.core.measure({ at, session_id, kind: 'call_completed', payload: { ...call, latency_ms } });
    });
    return Object.assign(ended, { left });
  }

  /** Makes idle and disconnected what time says. */
  judge(): void {
    const time = { now: this.core.clock.now(), awake: this.time.now() };
    const steps: Step[] = [];
    for (const { session } of this.core.attached()) {
      const contact = this.table.contact(session.session_id);
      const isBack = session.degraded && contact.streams > 0;
      const command = isBack
        ? { type: 'open_stream' as const }
        : judgeContact(session, contact, time, this.core.policy);
      if (command) steps.push({ sessionId: session.session_id, command });
    }
    this.core.runAll(steps);
  }

  private streamClosed(transport: LiveTransport): void {
    transport.streams -= 1;
    if (this.isStopping || transport.streams > 0 || transport.record.ended_at !== null) return;
    transport.streamLostAt = this.time.now();
    const { session_id } = transport.record;
    if (session_id === null || this.table.contact(session_id).streams > 0) return;
    // A socket's end has nobody to tell of a failure.
    this.core.attempt(() => this.core.run(session_id, { type: 'lose_stream' }));
  }
}

function once<A extends unknown[]>(work: (...args: A) => void): (...args: A) => void {
  let done = false;
  return (...args) => {
    if (done) return;
    done = true;
    work(...args);
  };
}
