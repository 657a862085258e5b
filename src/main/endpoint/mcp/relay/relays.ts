import { type Ms, SECOND } from '../../../../shared/model/units';
import type { JsonRpcMessage, RequestId } from '../../../mcp/json-rpc';
import type { OpenServerChannel } from '../../../mcp/server-channel';
import type { Services } from '../../../services';
import { sessionKeyOf, type TransportRecord } from '../../../sessions/session-ports';
import { Relay } from './relay';

/** How often idle relays are closed. */
const SWEEP: Ms = 10 * SECOND;
/** Beyond this number, spare relays are closed early: a thousand quiet sessions must not take much memory. */
const MAX_SPARE = 64;
/** How many messages from a server are buffered before the client's first request: no session can store them yet. */
const MAX_BACKLOG = 100;

export interface RelaysOptions {
  readonly services: Services;
  readonly connect: OpenServerChannel;
  /** Called with each message that a session's server sends on its own. */
  readonly push: (sessionId: string, message: JsonRpcMessage, ofCall: RequestId | null) => void;
}

interface Entry {
  readonly relay: Relay;
  /** Messages buffered until the session is created; null once it is. */
  backlog: JsonRpcMessage[] | null;
}

/**
 * The relays of all sessions in use, including those that transports have not created yet. An unused relay is closed
 * and made again when needed, without anyone noticing.
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

  /** The relay that currently serves this transport. Made if there is none. */
  of(record: TransportRecord): Relay {
    const key = sessionKeyOf(record);
    const entry = this.entries.get(key) ?? this.make(key, record);
    this.entries.delete(key);
    this.entries.set(key, entry);
    this.dropSpare(entry);
    return entry.relay;
  }

  /** The relay that currently serves this transport; null if none is in use. */
  find(record: TransportRecord): Relay | null {
    return this.entries.get(sessionKeyOf(record))?.relay ?? null;
  }

  /** Whether a relay serves this session. False once the session has ended. */
  serves(sessionId: string): boolean {
    return this.entries.has(sessionId);
  }

  /** Call this when a session has been created: messages buffered for it are passed on to be stored. */
  begun(sessionId: string): void {
    const entry = this.entries.get(sessionId);
    const backlog = entry?.backlog ?? [];
    if (entry) entry.backlog = null;
    for (const message of backlog) this.options.push(sessionId, message, null);
  }

  /**
   * Closes the relay of a session that has ended or will never be created. Running calls get a short time to finish.
   */
  retire(sessionKey: string): void {
    const entry = this.entries.get(sessionKey);
    this.entries.delete(sessionKey);
    entry?.relay.retire();
  }

  /**
   * Call this when another client has taken the session over. Running calls are answered with this sentence; the next use of
   * the session makes a relay for its new client.
   */
  takenOver(sessionId: string, sentence: string): void {
    const entry = this.entries.get(sessionId);
    this.entries.delete(sessionId);
    entry?.relay.takenOver(sentence);
  }

  /** Called when Holdfast stops. Leaves calls to the next run where possible and answers all others with an error. */
  async close(reason: string): Promise<void> {
    this.stopSweep();
    const entries = [...this.entries.values()];
    this.entries.clear();
    await Promise.allSettled(entries.map(({ relay }) => relay.leave(reason)));
  }

  private make(sessionKey: string, { session_id, server, client_id }: TransportRecord): Entry {
    const { services, connect } = this.options;
    const entry: Entry = {
      backlog: session_id === null ? [] : null,
      relay: new Relay({
        services,
        connect: () => connect(sessionKey, server, client_id),
        push: (message, ofCall) => this.push(sessionKey, entry, message, ofCall),
        wasAsked: (id) => services.store.streams.hasRequest(sessionKey, id),
      }),
    };
    return entry;
  }

  private push(sessionKey: string, { backlog }: Entry, message: JsonRpcMessage, ofCall: RequestId | null): void {
    if (backlog === null) this.options.push(sessionKey, message, ofCall);
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
