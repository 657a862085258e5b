import { said } from '../../../shared/messages/said';
import { MINUTE, type Ms, SECOND } from '../../../shared/model/units';
import type { RequestId } from '../../mcp/json-rpc';
import type { ConnectionTimers } from '../http/connection-timers';

/** A call is given up when nothing arrives on the stream for this many minutes, not even a comment. */
const SILENT_MINUTES = 10;
/** How long a cancelled call may still be answered; the server need not answer it. */
const CANCEL_LIMIT: Ms = 5 * SECOND;
/** How long the server gets to take a POST whose call it has answered. */
const LINGER: Ms = SECOND;

interface OpenCall {
  /** Ends its POST. */
  readonly abort: AbortController;
  readonly sinceMinute: number;
}

/** The calls that a server has not answered yet. All answers come on one stream, so that stream's silence is theirs. */
export class OpenCalls {
  private readonly timers: ConnectionTimers;
  private readonly giveUp: (id: RequestId, sentence: string) => void;
  private readonly calls = new Map<RequestId, OpenCall>();
  private minute = 0;
  private heardInMinute = 0;
  private cancelTick: (() => void) | null = null;

  /** @param giveUp - called when a call is not waited for any longer, with what completes a sentence about the server */
  constructor(timers: ConnectionTimers, giveUp: (id: RequestId, sentence: string) => void) {
    this.timers = timers;
    this.giveUp = giveUp;
  }

  get size(): number {
    return this.calls.size;
  }

  has(id: RequestId): boolean {
    return this.calls.has(id);
  }

  /** Adds a call. The signal ends its POST. */
  add(id: RequestId): AbortSignal {
    const abort = new AbortController();
    this.calls.set(id, { abort, sinceMinute: this.minute });
    this.cancelTick ??= this.timers.after(MINUTE, () => this.tick());
    return abort.signal;
  }

  /** Removes a call that is answered, well or badly. Returns whether it was open. */
  settle(id: RequestId): boolean {
    const call = this.calls.get(id);
    if (!call) return false;
    this.calls.delete(id);
    this.timers.after(LINGER, () => call.abort.abort());
    return true;
  }

  /** Ends the POST of a call at once. The call stays open. */
  abort(id: RequestId): void {
    this.calls.get(id)?.abort.abort();
  }

  /** Something arrived on the stream. */
  heard(): void {
    this.heardInMinute = this.minute;
  }

  /** The server was told that a call is cancelled. */
  cancelled(id: RequestId): void {
    const call = this.calls.get(id);
    if (!call) return;
    this.timers.after(CANCEL_LIMIT, () => {
      if (this.calls.get(id) === call) this.giveUp(id, said('said.http.cancel_unanswered'));
    });
  }

  /** Ends all POSTs. */
  drop(): void {
    for (const { abort } of this.calls.values()) abort.abort();
    this.calls.clear();
  }

  private tick(): void {
    this.cancelTick = null;
    this.minute += 1;
    for (const [id, { sinceMinute }] of [...this.calls]) {
      if (this.minute - Math.max(sinceMinute, this.heardInMinute) <= SILENT_MINUTES) continue;
      this.giveUp(id, said('said.http.silent'));
    }
    if (this.calls.size > 0) this.cancelTick ??= this.timers.after(MINUTE, () => this.tick());
  }
}
