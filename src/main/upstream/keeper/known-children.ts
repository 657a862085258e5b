import { fairTurns, type Pace } from '../fair-turns';
import { timed } from '../past-output';
import { encodeAcknowledgement, encodeText, FRAME } from './frames.js';
import type { ExitMessage, KeptProcess } from './keeper-messages';
import type { ChildListener, KeptChild } from './keeper-ports';

/**
 * Lines of one child that are acknowledged together; fewer go with the next line written, or after a moment. This
 * bounds how many are delivered again if this process is killed. A frame per line would cost more than the line, since
 * it wakes the keeper.
 */
const MOST_TAKEN = 32;
const ACKNOWLEDGE_WITHIN_MS = 5;

/** A child that the keeper has, as it is known here. */
export interface KnownChild {
  readonly kept: KeptChild;
  readonly number: number;
  /** Null until the child is adopted. */
  listener: ChildListener | null;
  /** Number of lines handled in this turn of the event loop; what they cause may not be stored yet. */
  handled: number;
  /** Number of lines handled but not acknowledged yet. */
  taken: number;
  readonly pace: Pace;
  /** Frames that wait for their turn. The keeper bounds them: it reads no more while so much is not acknowledged. */
  readonly waiting: { readonly type: number; readonly payload: Buffer }[];
}

export interface KnownChildrenDeps {
  /** Sends a frame to the keeper, if there is one. */
  send(frame: Buffer): void;
  /** Keeps a listener that throws from costing the others their lines. */
  guard(work: () => void): void;
}

/** The children of the keeper: delivers what they write, in turns and in order, and acknowledges what was handled. */
export class KnownChildren {
  private readonly deps: KnownChildrenDeps;
  private readonly children = new Map<string, KnownChild>();
  private readonly byNumber = new Map<number, KnownChild>();
  /** Children with lines that were handled but not acknowledged. */
  private readonly toAcknowledge = new Set<KnownChild>();
  /** Set while any of them wait. */
  private acknowledgeTimer: NodeJS.Timeout | null = null;
  /** Children with lines handled in this turn. */
  private readonly justHandled = new Set<KnownChild>();
  /** Resolves when their lines may be acknowledged. */
  private settled: Promise<void> = Promise.resolve();

  constructor(deps: KnownChildrenDeps) {
    this.deps = deps;
  }

  get all(): readonly KnownChild[] {
    return Array.from(this.children.values());
  }

  has(childId: string): boolean {
    return this.children.has(childId);
  }

  get(childId: string): KnownChild | undefined {
    return this.children.get(childId);
  }

  /** Forgets all of them. Returns those that there were. */
  clear(): readonly KnownChild[] {
    const { all } = this;
    this.children.clear();
    this.byNumber.clear();
    this.toAcknowledge.clear();
    return all;
  }

  learn(childId: string, { number, pid, pid_started }: KeptProcess, listener: ChildListener | null): KnownChild {
    const kept = { child_id: childId, pid, pid_started };
    const known: KnownChild = { kept, number, listener, handled: 0, taken: 0, pace: fairTurns.join(), waiting: [] };
    this.children.set(childId, known);
    this.byNumber.set(number, known);
    return known;
  }

  forget(known: KnownChild): void {
    known.waiting.length = 0;
    this.children.delete(known.kept.child_id);
    this.byNumber.delete(known.number);
    this.toAcknowledge.delete(known);
  }

  take(type: number, number: number, payload: Buffer): void {
    const known = this.byNumber.get(number);
    if (known === undefined || known.listener === null) return;
    if (known.waiting.length === 0 && mayHandle(known)) this.handle(known, type, payload);
    else {
      known.waiting.push({ type, payload });
      if (known.waiting.length === 1) void this.handleWaiting(known);
    }
  }

  acknowledge(): void {
    const frames = this.acknowledgements();
    if (frames !== null) this.deps.send(frames);
  }

  /** Takes the frames that acknowledge the handled lines; null when there are none. The caller must send them. */
  acknowledgements(): Buffer | null {
    // Were it left to run, it would wake the keeper for nearly every call.
    clearTimeout(this.acknowledgeTimer ?? undefined);
    this.acknowledgeTimer = null;
    if (this.toAcknowledge.size === 0) return null;
    const frames = Array.from(this.toAcknowledge, ({ number, taken }) => encodeAcknowledgement(number, taken));
    for (const known of this.toAcknowledge) known.taken = 0;
    this.toAcknowledge.clear();
    return Buffer.concat(frames);
  }

  /** Handles what waits, in order. */
  private async handleWaiting(known: KnownChild): Promise<void> {
    const { pace, waiting } = known;
    while (waiting.length > 0) {
      if (!pace.mayGo) await pace.turn();
      if (known.handled > 0) await this.settled;
      let done = 0;
      for (; done < waiting.length && mayHandle(known); done += 1) {
        const { type, payload } = waiting[done] as KnownChild['waiting'][number];
        this.handle(known, type, payload);
      }
      waiting.splice(0, done);
    }
  }

  private handle(known: KnownChild, type: number, payload: Buffer): void {
    if (known.listener === null || this.byNumber.get(known.number) !== known) return;
    if (type === FRAME.line) this.takeLine(known, known.listener, payload);
    else if (type === FRAME.exit) this.takeExit(known, payload);
  }

  private takeExit(known: KnownChild, payload: Buffer): void {
    const { code, signal, reason, stderr, stderr_times }: ExitMessage = JSON.parse(payload.toString());
    this.forget(known);
    this.deps.guard(() =>
      known.listener?.onExit({ code, signal, reason, keeperLost: false, stderr: timed(stderr, stderr_times) }),
    );
    this.deps.send(encodeText(FRAME.forget, known.number, ''));
  }

  private takeLine(known: KnownChild, listener: ChildListener, payload: Buffer): void {
    this.deps.guard(() => known.pace.spend(listener.onLine(payload.toString())));
    if (this.byNumber.get(known.number) !== known) return;
    known.handled += 1;
    // Messages are stored at the end of the turn, in a microtask queued before the inner one here.
    if (this.justHandled.size === 0) {
      this.settled = new Promise((resolve) => {
        queueMicrotask(() =>
          queueMicrotask(() => {
            this.settle();
            resolve();
          }),
        );
      });
    }
    this.justHandled.add(known);
  }

  /** What was handled is stored, so it may be acknowledged. */
  private settle(): void {
    let isMuch = false;
    for (const known of this.justHandled) {
      known.taken += known.handled;
      known.handled = 0;
      if (this.byNumber.get(known.number) === known) this.toAcknowledge.add(known);
      isMuch ||= known.taken >= MOST_TAKEN;
    }
    this.justHandled.clear();
    if (isMuch) this.acknowledge();
    else if (this.toAcknowledge.size > 0) {
      this.acknowledgeTimer ??= setTimeout(() => this.acknowledge(), ACKNOWLEDGE_WITHIN_MS);
    }
  }
}

/** Whether the next line may be handled now: it is the child's turn, and not too many are to be acknowledged together. */
const mayHandle = ({ pace, handled }: KnownChild): boolean => pace.mayGo && handled < MOST_TAKEN;
