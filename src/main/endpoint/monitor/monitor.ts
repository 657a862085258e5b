import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { MONITOR_CLOSE, type MonitorMessage } from '../../../shared/contract/monitor-messages';
import { type Ms, SECOND } from '../../../shared/model/units';
import type { Clock } from '../../platform/ports';
import type { EventReader } from '../../sessions/read-ports';
import { type BatchFrame, encode, type Frame, type FrameMaker } from './frames';
import { covers, isTakenFrom, type Scope } from './scope';

/** In unsent bytes. Above this, changes are merged by session until the reader has caught up. */
const SOFT_LIMIT = 1024 * 1024;
/** In unsent bytes. Above this, a reader is disconnected at once. */
const HARD_LIMIT = 4 * 1024 * 1024;
/** A reader that stays behind this long is disconnected. */
const PATIENCE: Ms = 10 * SECOND;
/** Events read from the log at a time during a replay. */
const REPLAY_PAGE = 200;
/** In unsent bytes. Above this, a replay pauses until the reader has caught up. */
const REPLAY_AHEAD = 256 * 1024;
/** In events. Older positions get a snapshot, which is shorter than that many events. */
const REPLAY_LIMIT = 10_000;

const TEXT = { binary: false } as const;

/** A place in the event log. */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

/** What a monitor reads from. */
export interface MonitorSources {
  readonly events: EventReader;
  readonly frames: FrameMaker;
  readonly clock: Clock;
  readonly epoch: string;
  readonly version: string;
  /** Called for failures that no caller can be told about. */
  onProblem(error: unknown): void;
  /** Every session in scope, encoded and ready to send. */
  snapshot(scope: Scope): { seq: number; data: Buffer };
}

/** Who watches, and how. */
export interface MonitorOptions {
  readonly scope: Scope;
  /** Name of the caller, see `Caller`. */
  readonly name: string;
  /** `health_update` lists only what changed. */
  readonly changesOnly: boolean;
  /** Gets the events of one moment in one message. For those who see everything. */
  readonly batched: boolean;
}

/**
 * One authenticated monitor connection. It gets everything in log order and at its own reading pace; the memory held for it
 * is bounded, whatever it does.
 *
 * Nothing is sent before {@link begin}, which replays old events from the log (`replaying`) or starts with a snapshot, and
 * then goes `live`. A monitor that does not keep up is `behind`: instead of every change, it gets the latest state of each
 * changed session as soon as it has read what was already sent.
 */
export class Monitor {
  readonly scope: Scope;
  readonly name: string;
  readonly changesOnly: boolean;
  readonly batched: boolean;
  isAlive = true;

  private readonly socket: WebSocket;
  private readonly sources: MonitorSources;
  private mode: 'waiting' | 'replaying' | 'live' | 'behind' | 'closed' = 'waiting';
  /** Everything up to this event has been handed over. */
  private position = 0;
  private readonly changed = new Set<string>();
  private owesSnapshot = false;
  private behindSince: Ms | null = null;
  /** Bytes of a list being sent: large, but sent only once and no sign of a reader that has stopped reading. */
  private bulk = 0;

  /** @param stream - the connection under `socket`; its `drain` event tells that everything was read */
  constructor(socket: WebSocket, stream: Duplex, options: MonitorOptions, sources: MonitorSources) {
    this.socket = socket;
    this.sources = sources;
    this.scope = options.scope;
    this.name = options.name;
    this.changesOnly = options.changesOnly;
    this.batched = options.batched;
    stream.on('drain', () => this.orClose(() => this.drained()));
  }

  get hasBegun(): boolean {
    return this.mode !== 'waiting';
  }

  /** Says hello, then sends what came after `since`, or a snapshot if that is no longer available. */
  begin(since: Position | null): void {
    if (this.mode === 'closed') return;
    const { events, epoch, version } = this.sources;
    const recovered = since !== null && this.canReplay(since);
    this.changed.clear();
    this.behindSince = null;
    this.reply({ type: 'hello', recovered, version, epoch, seq: events.newestSeq() });
    if (!recovered) {
      this.mode = 'live';
      this.sendSnapshot();
      return;
    }
    this.mode = 'replaying';
    this.position = since.seq;
    this.replay();
  }

  /** Takes one live event. */
  deliver(frame: Frame): void {
    if (this.mode !== 'live' && this.mode !== 'behind') return;
    if (frame.seq <= this.position) return;
    if (isTakenFrom(this.scope, frame)) {
      this.position = frame.seq;
      this.lost(frame);
      return;
    }
    const isMine = covers(this.scope, frame);
    if (this.mode === 'live' && isMine && this.socket.bufferedAmount > SOFT_LIMIT) this.fallBehind();
    if (this.mode === 'behind') {
      if (isMine && frame.sessionId !== null) this.changed.add(frame.sessionId);
      return;
    }
    if (isMine) this.transmit(frame.data);
    this.position = frame.seq;
  }

  /** Takes the live events of one moment, for a {@link batched} monitor. */
  deliverBatch({ seq, sessionIds, data }: BatchFrame): void {
    if ((this.mode !== 'live' && this.mode !== 'behind') || seq <= this.position) return;
    if (this.mode === 'live' && this.socket.bufferedAmount > SOFT_LIMIT) this.fallBehind();
    if (this.mode === 'behind') {
      for (const id of sessionIds) this.changed.add(id);
      return;
    }
    this.transmit(data);
    this.position = seq;
  }

  /** Sends every session in scope, as soon as there is room for it. */
  sendSnapshot(): void {
    if (this.bulk > 0 || this.socket.bufferedAmount > SOFT_LIMIT) {
      this.owesSnapshot = true;
      return;
    }
    this.owesSnapshot = false;
    this.changed.clear();
    const { seq, data } = this.sources.snapshot(this.scope);
    this.position = Math.max(this.position, seq);
    this.transmitBulk(data);
  }

  /** Sends the regular health update; skips it for a reader that has enough to read. */
  sendHealth(make: () => Buffer): void {
    if (this.mode !== 'live' || this.bulk > 0 || this.socket.bufferedAmount > SOFT_LIMIT) return;
    this.transmitBulk(make());
  }

  /** Sends a message meant for this monitor alone. */
  reply(message: MonitorMessage): void {
    if (this.mode !== 'closed') this.transmit(encode(message));
  }

  /**
   * Looks after the connection; called about every five seconds. Disconnects a reader that stays behind, and one whose
   * close handshake does not finish.
   */
  check(): void {
    if (this.mode === 'closed') {
      this.socket.terminate();
      return;
    }
    if (this.mode === 'live' && this.socket.bufferedAmount > SOFT_LIMIT) this.fallBehind();
    const patience = this.behindSince === null ? 0 : this.sources.clock.monotonic() - this.behindSince;
    if (patience >= PATIENCE) this.close(MONITOR_CLOSE.tooSlow, 'too slow');
  }

  /** Sends a ping; ends the connection if there was no sign of life since the last one. */
  ping(): void {
    if (!this.isAlive) {
      this.socket.terminate();
      return;
    }
    this.isAlive = false;
    if (this.mode !== 'closed') this.socket.ping();
  }

  /** Starts the close handshake; nothing more is sent. */
  close(code: number, reason: string): void {
    if (this.mode === 'closed') return;
    this.mode = 'closed';
    this.changed.clear();
    this.socket.close(code, reason);
  }

  private canReplay({ epoch, seq }: Position): boolean {
    const { events } = this.sources;
    const newest = events.newestSeq();
    if (epoch !== this.sources.epoch || seq > newest || newest - seq > REPLAY_LIMIT) return false;
    // Retention removes the oldest events, and people those of ended sessions; otherwise the log has no gaps.
    return events.isWholeAfter(seq);
  }

  private replay(): void {
    if (this.mode !== 'replaying') return;
    const { events, frames, clock } = this.sources;
    const page = events.readAfter(this.position, REPLAY_PAGE);
    this.behindSince = null;
    for (const frame of frames.ofEvents(page)) {
      if (isTakenFrom(this.scope, frame)) {
        // The list has all that the rest of the replay would say.
        this.mode = 'live';
        this.lost(frame);
        if (this.mode === 'live') return;
      }
      if (covers(this.scope, frame)) this.transmit(frame.data);
      this.position = frame.seq;
      if (this.socket.bufferedAmount > REPLAY_AHEAD) {
        this.behindSince = clock.monotonic();
        return;
      }
    }
    if (page.length < REPLAY_PAGE) this.mode = 'live';
    // One page at a time, so that others are served in between.
    else setImmediate(() => this.orClose(() => this.replay()));
  }

  /** A session is another client's now, which no frame says here: its absence in the list does, or the end of a monitor for it. */
  private lost({ sessionId }: Frame): void {
    if (this.scope.sessionId === null) this.sendSnapshot();
    else if (this.scope.sessionId === sessionId) this.close(MONITOR_CLOSE.notFound, 'session_not_found');
  }

  private fallBehind(): void {
    this.mode = 'behind';
    this.behindSince = this.sources.clock.monotonic();
  }

  /** Everything sent so far has been read. */
  private drained(): void {
    if (this.mode === 'closed') return;
    this.behindSince = null;
    if (this.mode === 'replaying') this.replay();
    else if (this.mode === 'behind') this.catchUp();
    if (this.owesSnapshot) this.sendSnapshot();
  }

  private catchUp(): void {
    const { events, frames } = this.sources;
    const newest = events.newestSeq();
    for (const sessionId of this.owesSnapshot ? [] : [...this.changed]) {
      this.changed.delete(sessionId);
      // Only the last of these frames brings the monitor up to the newest event.
      const frame = frames.ofState(sessionId, this.changed.size === 0 ? newest : this.position);
      // Another client may have taken it over meanwhile.
      if (frame && covers(this.scope, frame)) this.transmit(frame.data);
      if (this.changed.size > 0 && this.socket.bufferedAmount > SOFT_LIMIT) {
        this.behindSince = this.sources.clock.monotonic();
        return;
      }
    }
    this.position = newest;
    this.mode = 'live';
  }

  /** For work started by a socket or timer, which nobody waits for: if it fails, the monitor's connection is closed. */
  private orClose(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.sources.onProblem(error);
      this.close(MONITOR_CLOSE.failed, 'internal error');
    }
  }

  private transmit(data: Buffer): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.socket.send(data, TEXT);
    if (this.socket.bufferedAmount > HARD_LIMIT + this.bulk) this.close(MONITOR_CLOSE.tooSlow, 'too slow');
  }

  private transmitBulk(data: Buffer): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.bulk = data.length;
    this.socket.send(data, TEXT, () => {
      this.bulk = 0;
      if (this.owesSnapshot) this.orClose(() => this.sendSnapshot());
    });
  }
}
