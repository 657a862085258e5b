import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { MONITOR_CLOSE, type MonitorMessage } from '../../../shared/contract/monitor-messages';
import { type Ms, SECOND } from '../../../shared/model/units';
import type { Clock } from '../../platform/ports';
import type { EventLog } from '../../store/events/event-log';
import { encode, type Frame, type FrameMaker } from './frames';
import { covers, type Scope } from './scope';

/** Above this, changes are merged by session until the reader has caught up. */
const SOFT_LIMIT = 1024 * 1024;
/** Above this, a reader is given up at once. */
const HARD_LIMIT = 4 * 1024 * 1024;
/** A reader that stays behind for this long is given up. */
const PATIENCE: Ms = 10 * SECOND;
/** Events that are read from the log in one go while a monitor is brought up to date. */
const REPLAY_PAGE = 200;
const REPLAY_AHEAD = 256 * 1024;
/** Older positions get a snapshot: that is shorter than so many events. */
const REPLAY_LIMIT = 10_000;

const TEXT = { binary: false } as const;

/** A place in the event log. */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

/** What a monitor reads from. */
export interface MonitorSources {
  readonly events: EventLog;
  readonly frames: FrameMaker;
  readonly clock: Clock;
  readonly epoch: string;
  readonly version: string;
  /** Told of failures that no caller can be told of. */
  onProblem(error: unknown): void;
  /** Every session in scope, ready to send. */
  snapshot(scope: Scope): { seq: number; data: Buffer };
}

/** Who watches, and how. */
export interface MonitorOptions {
  readonly scope: Scope;
  /** Name of the caller, see `Caller`. */
  readonly name: string;
  /** `health_update` lists only what changed. */
  readonly changesOnly: boolean;
}

/**
 * One authenticated monitor connection: everything it gets, in the log's order, at the pace it reads. What is held for it
 * in memory is bounded, whatever it does.
 *
 * Until {@link begin} nothing is sent. It then reads old events from the log (`replaying`) or starts with a snapshot, and
 * goes on `live`. When it does not keep up it is `behind`: instead of every change it gets the latest state of each session
 * that changed, as soon as it has read what is on the way.
 */
export class Monitor {
  readonly scope: Scope;
  readonly name: string;
  readonly changesOnly: boolean;
  isAlive = true;

  private readonly socket: WebSocket;
  private readonly sources: MonitorSources;
  private mode: 'waiting' | 'replaying' | 'live' | 'behind' | 'closed' = 'waiting';
  /** Everything up to this event was handed over. */
  private position = 0;
  private readonly changed = new Set<string>();
  private owesSnapshot = false;
  private behindSince: Ms | null = null;
  /** Bytes of a list that is on its way: big, but sent once and no sign of a reader that does not read. */
  private bulk = 0;

  /** @param stream - the connection under `socket`: it tells when everything was read */
  constructor(socket: WebSocket, stream: Duplex, options: MonitorOptions, sources: MonitorSources) {
    this.socket = socket;
    this.sources = sources;
    this.scope = options.scope;
    this.name = options.name;
    this.changesOnly = options.changesOnly;
    stream.on('drain', () => this.orClose(() => this.drained()));
  }

  get hasBegun(): boolean {
    return this.mode !== 'waiting';
  }

  /** Says hello, then sends what came after `since`, or a snapshot when that cannot be had any more. */
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
    const isMine = covers(this.scope, frame);
    if (this.mode === 'live' && isMine && this.socket.bufferedAmount > SOFT_LIMIT) this.fallBehind();
    if (this.mode === 'behind') {
      if (isMine && frame.sessionId !== null) this.changed.add(frame.sessionId);
      return;
    }
    if (isMine) this.transmit(frame.data);
    this.position = frame.seq;
  }

  /** Every session in scope, as soon as there is room for it. */
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

  /** The regular health update; left out for a reader that has enough to read. */
  sendHealth(make: () => Buffer): void {
    if (this.mode !== 'live' || this.bulk > 0 || this.socket.bufferedAmount > SOFT_LIMIT) return;
    this.transmitBulk(make());
  }

  /** Sends something that is meant for this monitor alone. */
  reply(message: MonitorMessage): void {
    if (this.mode !== 'closed') this.transmit(encode(message));
  }

  /**
   * Looks after the connection, about every five seconds: gives up a reader that stays behind, and one whose close
   * handshake does not end.
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

  /** Asks for a sign of life; ends the connection when the last question was never answered. */
  ping(): void {
    if (!this.isAlive) {
      this.socket.terminate();
      return;
    }
    this.isAlive = false;
    if (this.mode !== 'closed') this.socket.ping();
  }

  /** Begins the close handshake; nothing is sent any more. */
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
    // Retention removes the oldest events; the log has no gaps otherwise.
    return seq === newest || events.readAfter(seq, 1)[0]?.seq === seq + 1;
  }

  private replay(): void {
    if (this.mode !== 'replaying') return;
    const { events, frames, clock } = this.sources;
    const page = events.readAfter(this.position, REPLAY_PAGE);
    this.behindSince = null;
    for (const frame of frames.ofEvents(page)) {
      if (covers(this.scope, frame)) this.transmit(frame.data);
      this.position = frame.seq;
      if (this.socket.bufferedAmount > REPLAY_AHEAD) {
        this.behindSince = clock.monotonic();
        return;
      }
    }
    if (page.length < REPLAY_PAGE) this.mode = 'live';
    // One page at a time: others are served in between.
    else setImmediate(() => this.orClose(() => this.replay()));
  }

  private fallBehind(): void {
    this.mode = 'behind';
    this.behindSince = this.sources.clock.monotonic();
  }

  /** Everything that was sent has been read. */
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
      // Only with the last of them everything up to the newest event is known.
      const frame = frames.ofState(sessionId, this.changed.size === 0 ? newest : this.position);
      if (frame) this.transmit(frame.data);
      if (this.changed.size > 0 && this.socket.bufferedAmount > SOFT_LIMIT) {
        this.behindSince = this.sources.clock.monotonic();
        return;
      }
    }
    this.position = newest;
    this.mode = 'live';
  }

  /** Nobody waits for what a socket or a timer starts: when it fails, the monitor is told by the end of its connection. */
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
