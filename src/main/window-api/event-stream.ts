import type { HoldfastEvent } from '../../shared/contract/event';
import type { Session } from '../../shared/contract/session';
import type { StreamMessage, StreamReply } from '../../shared/contract/stream';
import { type Ms, SECOND } from '../../shared/model/units';
import type { Clock, Timers } from '../platform/ports';
import type { EventBus } from '../sessions/event-bus';

/** Minimum time between batches. After a pause an event is sent at once, so that it shows without delay. */
const BATCH_PERIOD: Ms = 50;
const BATCH_SIZE = 200;
/** How many batches may be in flight unacknowledged. */
const CREDIT = 2;
/** A reader this far behind gets a new snapshot instead of everything it missed. */
const QUEUE_LIMIT = 5_000;
const HEARTBEAT: Ms = 5 * SECOND;

/** What the stream reads and where it writes. */
export interface StreamDeps {
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly epoch: string;
  readonly newestSeq: () => number;
  readonly snapshot: () => Session[];
  readonly post: (message: StreamMessage) => void;
}

/**
 * Feeds one reader: a snapshot, then batches without gaps. A reader that does not keep up has at most two batches in
 * flight; once it is too far behind, it gets a new snapshot. A stalled window costs no memory and never shows a gap.
 */
export class EventStream {
  private queue: HoldfastEvent[] = [];
  private unacknowledged = 0;
  private nextBatchAt: Ms = 0;
  private isStale = false;
  private cancelBatch: (() => void) | null = null;
  private readonly cancelHeartbeat: () => void;
  private readonly unsubscribe: () => void;
  private readonly deps: StreamDeps;

  constructor(deps: StreamDeps) {
    this.deps = deps;
    this.unsubscribe = deps.bus.subscribe((events) => this.enqueue(events));
    this.cancelHeartbeat = deps.timers.every(HEARTBEAT, () => this.heartbeat());
    this.sendSnapshot();
  }

  /** Handles a reply from the reader; ignores anything else. */
  receive(reply: StreamReply): void {
    if (reply?.type === 'resync') this.sendSnapshot();
    if (reply?.type !== 'ack') return;
    this.unacknowledged = Math.max(0, this.unacknowledged - 1);
    if (this.isStale) this.sendSnapshot();
    else this.schedule();
  }

  close(): void {
    this.unsubscribe();
    this.cancelHeartbeat();
    this.cancelBatch?.();
    this.queue = [];
  }

  private enqueue(events: readonly HoldfastEvent[]): void {
    if (this.isStale) return;
    this.queue.push(...events);
    if (this.queue.length > QUEUE_LIMIT) {
      this.queue = [];
      this.isStale = true;
    } else if (this.queue.length >= BATCH_SIZE) this.sendBatch();
    else this.schedule();
  }

  private schedule(): void {
    if (this.queue.length === 0) return;
    const delay = Math.max(0, this.nextBatchAt - this.deps.clock.monotonic());
    this.cancelBatch ??= this.deps.timers.after(delay, () => this.sendBatch());
  }

  private sendBatch(): void {
    this.cancelBatch?.();
    this.cancelBatch = null;
    if (this.unacknowledged >= CREDIT) return;
    const events = this.queue.splice(0, BATCH_SIZE);
    const [first, last] = [events[0], events.at(-1)];
    if (!first || !last) return;
    this.unacknowledged += 1;
    this.nextBatchAt = this.deps.clock.monotonic() + BATCH_PERIOD;
    this.deps.post({ type: 'batch', epoch: this.deps.epoch, from_seq: first.seq, to_seq: last.seq, events });
    this.schedule();
  }

  private sendSnapshot(): void {
    this.queue = [];
    this.isStale = false;
    this.unacknowledged = 0;
    const { epoch, newestSeq, clock, snapshot } = this.deps;
    this.deps.post({ type: 'snapshot', epoch, seq: newestSeq(), at: clock.now(), sessions: snapshot() });
  }

  private heartbeat(): void {
    const { epoch, clock, newestSeq, post } = this.deps;
    const behind = this.queue[0];
    post({ type: 'heartbeat', epoch, seq: behind ? behind.seq - 1 : newestSeq(), at: clock.now() });
  }
}
