import { DAY, type Ms, SECOND } from '../../../shared/model/units';
import type { JsonRpcRequest, JsonRpcResponse, RequestId } from '../../mcp/json-rpc';
import type { OpenCall } from '../../mcp/server-channel';
import type { Clock } from '../../platform/ports';
import type { RoutedChannel } from './routed-channel';

/** Longer calls are given up: nobody can still be waiting for them. */
const CALL_LIMIT: Ms = DAY;
/** How long answers to calls made before a restart wait for the call to be resumed. */
const LATE_LIMIT: Ms = 30 * SECOND;
const MAX_LATE = 1_000;

export interface RunningCall {
  /** Null once nobody waits for the answer. */
  channel: RoutedChannel | null;
  /** Null for a call made before a restart of Holdfast. */
  readonly request: JsonRpcRequest | null;
  readonly isRepeat: boolean;
  /** Whether it was made before a restart of Holdfast, and its client waits for the answer. */
  readonly isAwaited: boolean;
  readonly since: Ms;
}

/** A call in progress, with its id. */
export type CallWithId = readonly [RequestId, RunningCall];

/** The calls that one process works on, and answers to those of an earlier Holdfast that nobody has resumed yet. */
export class RunningCalls {
  private readonly clock: Clock;
  private readonly calls = new Map<RequestId, RunningCall>();
  private readonly late = new Map<RequestId, JsonRpcResponse>();
  private lateUntil: Ms = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get size(): number {
    return this.calls.size;
  }

  get all(): readonly CallWithId[] {
    return [...this.calls];
  }

  get(id: RequestId): RunningCall | undefined {
    return this.calls.get(id);
  }

  add(id: RequestId, channel: RoutedChannel, request: JsonRpcRequest | null, isRepeat: boolean): void {
    this.calls.set(id, { channel, request, isRepeat, isAwaited: false, since: this.clock.monotonic() });
  }

  /** A call made before a restart of Holdfast goes on. */
  resume({ id, isHandedOut }: OpenCall, channel: RoutedChannel): void {
    const isAwaited = isHandedOut !== true;
    this.calls.set(id, { channel, request: null, isRepeat: false, isAwaited, since: this.clock.monotonic() });
  }

  /** Whether the client of this session waits for a call made before a restart. */
  isAwaited(sessionKey: string | null): boolean {
    return [...this.calls.values()].some((call) => call.isAwaited && call.channel?.sessionKey === sessionKey);
  }

  delete(id: RequestId): void {
    this.calls.delete(id);
  }

  /** The calls of a channel, which waits for them no longer. */
  leftBy(channel: RoutedChannel): readonly CallWithId[] {
    const left = this.all.filter(([, call]) => call.channel === channel);
    for (const [, call] of left) call.channel = null;
    return left;
  }

  find(id: RequestId | null): CallWithId | null {
    const call = id === null ? undefined : this.calls.get(id);
    return call && id !== null ? [id, call] : null;
  }

  /** The only call there is; null if there is none, or more than one. */
  only(): CallWithId | null {
    const calls = this.all;
    const others = calls.filter(([, { request }]) => request === null || !request.method.endsWith('/list'));
    // Holdfast lists by itself beside what a client asks; a server that asks something back hardly asks it for a list.
    const [only, ...more] = others.length === 0 ? calls : others;
    return more.length === 0 ? (only ?? null) : null;
  }

  /** The process is of an earlier Holdfast: what it answers now may be taken up for a while. */
  expectLate(): void {
    this.lateUntil = this.clock.monotonic() + LATE_LIMIT;
  }

  /** Keeps an answer whose call may still be resumed. */
  keepLate(id: RequestId, response: JsonRpcResponse): void {
    if (this.clock.monotonic() < this.lateUntil && this.late.size < MAX_LATE) this.late.set(id, response);
  }

  /** Takes the answer that came before its call was resumed; null if none did. */
  takeLate(id: RequestId): JsonRpcResponse | null {
    const late = this.late.get(id) ?? null;
    this.late.delete(id);
    return late;
  }

  /** The process is gone. Returns the calls that it worked on. */
  clear(): readonly CallWithId[] {
    const calls = this.all;
    this.calls.clear();
    this.late.clear();
    return calls;
  }

  /** Takes out the calls that have run for more than a day, and late answers that nobody took up. */
  takeExpired(): readonly CallWithId[] {
    const now = this.clock.monotonic();
    if (now > this.lateUntil) this.late.clear();
    const expired = this.all.filter(([, { since }]) => now - since >= CALL_LIMIT);
    for (const [id] of expired) this.calls.delete(id);
    return expired;
  }
}
