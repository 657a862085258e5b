import type { HoldfastEvent } from '../../shared/contract/event';
import type { StreamMessage } from '../../shared/contract/stream';
import { type LiveView, withEvents, withSnapshot } from './sessions';

export interface StreamReaderDeps {
  view(): LiveView;
  /** Puts the new view on the screen. Called at most once per frame. */
  show(view: LiveView): void;
  /** Called once for every batch: the writer counts what is in flight. */
  ack(toSeq: number): void;
  resync(): void;
  /** Runs `apply` once before the next frame is drawn or, if none is, a little later. */
  onNextFrame(apply: () => void): void;
}

/**
 * Reads the live stream into a view: all messages that arrived since the last frame are applied together and then
 * acknowledged. It never shows a view with a gap: when `seq` skips or the epoch changes, it requests a snapshot and drops
 * whatever comes before that. A snapshot that does not come is requested again at the next heartbeat.
 */
export class StreamReader {
  readonly #deps: StreamReaderDeps;
  #queue: StreamMessage[] = [];
  #scheduled = false;
  /** A snapshot was requested and has not arrived. */
  #waiting = false;
  /** The newest position named by the previous heartbeat. */
  #promised = 0;

  constructor(deps: StreamReaderDeps) {
    this.#deps = deps;
  }

  /** Takes one message of the stream; it is applied with the next frame. */
  push(message: StreamMessage): void {
    this.#queue.push(message);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#deps.onNextFrame(() => this.#applyAll());
  }

  #applyAll(): void {
    this.#scheduled = false;
    const messages = this.#queue;
    this.#queue = [];
    const before = this.#deps.view();
    let view = before;
    let pending: HoldfastEvent[] = [];
    let reached = before.seq;
    let acks: number[] = [];
    const flush = () => {
      if (reached > view.seq) view = withEvents(view, pending, reached);
      pending = [];
    };
    for (const message of messages) {
      if (message.type === 'snapshot') {
        pending = [];
        acks = [];
        reached = message.seq;
        view = withSnapshot(view, message.epoch, message.seq, message.sessions);
        this.#waiting = false;
        this.#promised = message.seq;
      } else if (message.type === 'heartbeat') {
        flush();
        this.#checkHeartbeat(view, message);
      } else if (!this.#waiting) {
        if (message.epoch !== view.epoch || message.from_seq > reached + 1) {
          flush();
          this.#askForSnapshot();
          continue;
        }
        for (const event of message.events) if (event.seq > reached) pending.push(event);
        reached = Math.max(reached, message.to_seq);
        acks.push(message.to_seq);
      }
    }
    flush();
    if (view !== before) this.#deps.show(view);
    for (const toSeq of acks) this.#deps.ack(toSeq);
  }

  #checkHeartbeat(view: LiveView, heartbeat: Extract<StreamMessage, { type: 'heartbeat' }>): void {
    // The writer may hold back a batch for a moment, so what one heartbeat promises is due only at the next.
    const missed = heartbeat.epoch !== view.epoch || this.#promised > view.seq;
    this.#promised = heartbeat.seq;
    if (missed || this.#waiting) this.#askForSnapshot();
  }

  #askForSnapshot(): void {
    this.#waiting = true;
    this.#deps.resync();
  }
}
