import type { AwakeClock } from '../awake-clock';
import type { Command } from '../decide';
import { judgeContact } from '../liveness';
import type { SessionCore, Step } from '../session-core';
import type { TransportRecord } from '../session-ports';
import type { LiveTransport } from './live-transport';
import type { TransportTable } from './transport-table';

/** The outcome of one finished request. */
export interface Call {
  readonly method: string;
  /** The tool, prompt or resource, if the method names one. */
  readonly name: string | null;
  readonly ok: boolean;
}

/** Ends a request in flight and records it as a call, unless given null. Calling it again has no effect. */
export interface RequestInFlight {
  (call: Call | null): void;
  /** The connection waiting for the response is gone, so the request no longer shows that the client is there. */
  left(): void;
}

/** Tracks what is open on the transports and applies the effects of time to their sessions. */
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

  /** Counts an open standalone stream until the returned function is called. */
  streamOpened(transportId: string): () => void {
    const transport = this.table.need(transportId);
    // A failed write must not cost the client its stream; `judge` tries the write again.
    this.core.attempt(() => this.note(transport, 'open', { type: 'open_stream' }));
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
      // A response counts as traffic only if the client was still waiting for it.
      if (waits) transport.lastTraffic = this.time.now();
      left();
      const { session_id } = transport.record;
      if (call === null || session_id === null) return;
      // Sleep is subtracted in whole milliseconds, so a very short call may come out short by a fraction, or negative.
      const latency_ms = Math.max(0, Math.round((this.time.exact() - started) * 100) / 100);
      const at = this.core.clock.now();
      this.core.measure({ at, session_id, kind: 'call_completed', payload: { ...call, latency_ms } });
    });
    return Object.assign(ended, { left });
  }

  /** Marks sessions as idle or disconnected when their time has come. */
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

  /** Records what became of the transport's stream, and what that means for its session. */
  private note(transport: LiveTransport, stream: TransportRecord['stream'], command: Command | null): void {
    const { session_id } = transport.record;
    const record = { ...transport.record, stream };
    const transports = stream === transport.record.stream ? [] : [record];
    if (session_id !== null && command !== null) this.core.run(session_id, command, { transports });
    else if (transports.length > 0) this.core.repository.commit({ events: [], transports });
    transport.record = record;
  }

  private streamClosed(transport: LiveTransport): void {
    transport.streams -= 1;
    if (this.isStopping || transport.streams > 0 || transport.record.ended_at !== null) return;
    transport.streamLostAt = this.time.now();
    const { session_id } = transport.record;
    const isLast = session_id !== null && this.table.contact(session_id).streams === 0;
    // Called when a socket closes, so there is no caller to throw to.
    this.core.attempt(() => this.note(transport, 'closed', isLast ? { type: 'lose_stream' } : null));
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
