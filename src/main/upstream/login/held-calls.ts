import { asMessage, isRequest, type JsonRpcRequest, type RequestId } from '../../mcp/json-rpc';
import { textOf, valuesIn } from '../../mcp/message-text';
import type { Clock } from '../../platform/ports';
import type { HeldCallRepository } from '../upstream-ports';

/** More calls than that wait only by mistake; the others are lost with a restart. */
const MAX_STORED = 1_000;
/** In characters. */
const LONGEST = 1024 * 1024;

export interface HeldCallsDeps {
  readonly repository: HeldCallRepository;
  readonly clock: Clock;
  readonly log: { warn(details: object, message: string): void };
}

/**
 * The calls that wait for a login, or until it is known what their tools say now, kept for the next start: their servers have not got
 * them, so they can still be sent.
 * Nothing here throws: without the database, a call merely does not survive a restart.
 */
export class HeldCalls {
  private readonly deps: HeldCallsDeps;
  private readonly stored = new Set<number>();
  /** Of an earlier run, and not taken up yet. */
  private readonly left = new Map<number, { readonly server: string; readonly request: string }>();

  constructor(deps: HeldCallsDeps) {
    this.deps = deps;
    this.guarded(() => {
      for (const { call_id, server, request } of deps.repository.all()) this.left.set(call_id, { server, request });
    });
  }

  /** The call waits from now on. */
  hold(server: string, request: JsonRpcRequest): void {
    const { id } = request;
    if (typeof id !== 'number' || this.stored.size >= MAX_STORED) return;
    const text = textOf(request);
    if (text.length > LONGEST) return;
    this.stored.add(id);
    this.left.delete(id);
    const { repository, clock } = this.deps;
    this.guarded(() => repository.save({ call_id: id, server, held_at: clock.now(), request: text }));
  }

  /** The call waits no longer: it is sent, answered or given up. */
  release(id: RequestId): void {
    if (typeof id !== 'number' || !this.stored.delete(id)) return;
    this.guarded(() => this.deps.repository.remove(id));
  }

  /** Takes up a call that waited when an earlier run ended; null if it did not. */
  resume(server: string, id: RequestId): JsonRpcRequest | null {
    const found = typeof id === 'number' ? this.left.get(id) : undefined;
    if (typeof id !== 'number' || found?.server !== server) return null;
    this.left.delete(id);
    // From here on it is this run's to keep.
    this.stored.add(id);
    const message = asMessage(valuesIn(found.request)[0]);
    return message && isRequest(message) ? message : null;
  }

  /** Forgets what nobody has taken up. Call it once all calls of the earlier run are known. */
  forgetLeft(): void {
    for (const id of this.left.keys()) this.guarded(() => this.deps.repository.remove(id));
    this.left.clear();
  }

  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.deps.log.warn({ err: error }, 'calls that wait could not be kept for the next start');
    }
  }
}
