import { type Ms, SECOND } from '../../../../shared/model/units';
import type { JsonRpcMessage } from '../../../mcp/json-rpc';
import type { OpenServerChannel } from '../../../mcp/server-channel';
import type { Services } from '../../../services';
import { sessionKeyOf, type TransportRecord } from '../../../sessions/session-ports';
import { Relay } from './relay';

/** Unused server channels are looked for this often. */
const SWEEP: Ms = 10 * SECOND;
/** More relays than this are not kept waiting: what a thousand quiet sessions hold must stay small. */
const MAX_SPARE = 64;
/** What a server says before the client's first request: there is no session yet that it could be stored for. */
const MAX_BACKLOG = 100;

export interface RelaysOptions {
  readonly services: Services;
  readonly connect: OpenServerChannel;
  /** Takes what a session's server sends by itself. */
  readonly push: (sessionId: string, message: JsonRpcMessage) => void;
}

interface Entry {
  readonly relay: Relay;
  /** Waits for the session to be made; null once there is one. */
  backlog: JsonRpcMessage[] | null;
}

/**
 * The relay of each session that is in use, also of one that a transport may yet come to. One that is not in use is made
 * again when it is needed, and nobody notices.
 */
export class Relays {
  private readonly options: RelaysOptions;
  /** By session key, least recently used first. */
  private readonly entries = new Map<string, Entry>();
  private readonly stopSweep: () => void;

  constructor(options: RelaysOptions) {
    this.options = options;
    this.stopSweep = options.services.timers.every(SWEEP, () => this.sweep());
  }

  /** The relay that serves this transport now. */
  of(record: TransportRecord): Relay {
    const key = sessionKeyOf(record);
    const entry = this.entries.get(key) ?? this.make(key, record);
    this.entries.delete(key);
    this.entries.set(key, entry);
    this.dropSpare(entry);
    return entry.relay;
  }

  /** The relay that serves this transport, if one is in use. */
  find(record: TransportRecord): Relay | null {
    return this.entries.get(sessionKeyOf(record))?.relay ?? null;
  }

  /** Whether a session that has not ended is served. */
  serves(sessionId: string): boolean {
    return this.entries.has(sessionId);
  }

  /** The session was made: what its server said before is stored for it from now on. */
  begun(sessionId: string): void {
    const entry = this.entries.get(sessionId);
    const backlog = entry?.backlog ?? [];
    if (entry) entry.backlog = null;
    for (const message of backlog) this.options.push(sessionId, message);
  }

  /** The session is over, or none was made for the transport that had this key. Calls that run get a short time to end. */
  retire(sessionKey: string): void {
    const entry = this.entries.get(sessionKey);
    this.entries.delete(sessionKey);
    entry?.relay.retire();
  }

  /** Holdfast stops: leaves what can be left to the next run, and answers everything else that runs with an error. */
  async close(reason: string): Promise<void> {
    this.stopSweep();
    const entries = [...this.entries.values()];
    this.entries.clear();
    await Promise.allSettled(entries.map(({ relay }) => relay.leave(reason)));
  }

  private make(sessionKey: string, { session_id, server }: TransportRecord): Entry {
    const { services, connect } = this.options;
    const entry: Entry = {
      backlog: session_id === null ? [] : null,
      relay: new Relay({
        services,
        connect: () => connect(sessionKey, server),
        push: (message) => this.push(sessionKey, entry, message),
      }),
    };
    return entry;
  }

  private push(sessionKey: string, { backlog }: Entry, message: JsonRpcMessage): void {
    if (backlog === null) this.options.push(sessionKey, message);
    else if (backlog.length < MAX_BACKLOG) backlog.push(message);
  }

  private sweep(): void {
    for (const [key, { relay }] of this.entries) if (relay.isIdle()) this.retire(key);
  }

  private dropSpare(except: Entry): void {
    for (const [key, entry] of this.entries) {
      if (this.entries.size <= MAX_SPARE) return;
      if (entry !== except && entry.relay.isSpare()) this.retire(key);
    }
  }
}
