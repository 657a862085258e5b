import type { Client } from '../../../../shared/contract/client';
import { type Ms, SECOND } from '../../../../shared/model/units';
import type { JsonRpcMessage } from '../../../mcp/json-rpc';
import type { OpenServerChannel } from '../../../mcp/server-channel';
import type { Services } from '../../../services';
import type { TransportRecord } from '../../../sessions/session-ports';
import { Relay } from './relay';

/** Unused server channels are looked for this often. */
const SWEEP: Ms = 10 * SECOND;
/** More relays than this are not kept waiting: what a thousand quiet sessions hold must stay small. */
const MAX_SPARE = 64;
/** What a server says before the client's first request: there is no session yet that it could be stored for. */
const MAX_BACKLOG = 100;

/** What a transport is served by: its session, or itself until its first request that matters makes or finds one. */
const homeOf = ({ session_id, transport_id }: TransportRecord): string => session_id ?? transport_id;

export interface RelaysOptions {
  readonly services: Services;
  readonly connect: OpenServerChannel;
  /** Takes what a session's server sends by itself. */
  readonly push: (sessionId: string, message: JsonRpcMessage) => void;
}

interface Entry {
  readonly relay: Relay;
  home: string;
  isBound: boolean;
  readonly backlog: JsonRpcMessage[];
}

/** The relay of each session that is in use. One that is not is made again when it is needed, and nobody notices. */
export class Relays {
  private readonly options: RelaysOptions;
  /** Least recently used first. */
  private readonly entries = new Map<string, Entry>();
  private readonly stopSweep: () => void;

  constructor(options: RelaysOptions) {
    this.options = options;
    this.stopSweep = options.services.timers.every(SWEEP, () => this.sweep());
  }

  /** The relay that serves this transport now. */
  of(record: TransportRecord, client: Client): Relay {
    const home = homeOf(record);
    const entry = this.entries.get(home) ?? this.make(record, client);
    this.entries.delete(home);
    this.entries.set(home, entry);
    this.dropSpare(entry);
    return entry.relay;
  }

  /** The relay that serves this transport, if one is in use. */
  find(record: TransportRecord): Relay | null {
    return this.entries.get(homeOf(record))?.relay ?? null;
  }

  /** Whether a session that has not ended is served. */
  serves(sessionId: string): boolean {
    return this.entries.has(sessionId);
  }

  /** A transport was bound to a session that was made for it: what it began with serves that session. */
  bound(transportId: string, sessionId: string): void {
    const entry = this.entries.get(transportId);
    if (!entry) return;
    this.entries.delete(transportId);
    entry.home = sessionId;
    entry.isBound = true;
    this.entries.set(sessionId, entry);
    entry.relay.rehome(sessionId);
    for (const message of entry.backlog.splice(0)) this.options.push(sessionId, message);
  }

  /** The session or unbound transport is over. Calls that run get a short time to end. */
  retire(home: string): void {
    const entry = this.entries.get(home);
    this.entries.delete(home);
    entry?.relay.retire();
  }

  /** Holdfast stops: leaves what can be left to the next run, and answers everything else that runs with an error. */
  async close(reason: string): Promise<void> {
    this.stopSweep();
    const entries = [...this.entries.values()];
    this.entries.clear();
    await Promise.allSettled(entries.map(({ relay }) => relay.leave(reason)));
  }

  private make(record: TransportRecord, client: Client): Entry {
    const home = homeOf(record);
    const isBound = record.session_id !== null;
    const { server } = record;
    const { services, connect } = this.options;
    const entry: Entry = {
      home,
      isBound,
      backlog: [],
      relay: new Relay({
        services,
        connect,
        home: { client, server, id: home, isSession: isBound },
        push: (message) => this.push(entry, message),
      }),
    };
    return entry;
  }

  private push(entry: Entry, message: JsonRpcMessage): void {
    if (entry.isBound) this.options.push(entry.home, message);
    else if (entry.backlog.length < MAX_BACKLOG) entry.backlog.push(message);
  }

  private sweep(): void {
    for (const [home, { relay }] of this.entries) if (relay.isIdle()) this.retire(home);
  }

  private dropSpare(except: Entry): void {
    for (const [home, entry] of this.entries) {
      if (this.entries.size <= MAX_SPARE) return;
      if (entry !== except && entry.relay.isSpare()) this.retire(home);
    }
  }
}
