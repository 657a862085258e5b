import type { IncomingMessage } from 'node:http';
import type { ClientProcess } from '../../shared/contract/client-process';
import { CLIENT_PROCESS_HEADER, fromHeader } from '../../shared/model/client-process';
import type { Ms } from '../../shared/model/units';
import { clientProgram } from '../platform/client-program';
import { within } from '../platform/deadline';
import type { ProcessLookup, Timers } from '../platform/ports';
import type { SessionManager } from '../sessions/manager';
import type { TransportRecord } from '../sessions/session-ports';

/** How long the system may take to say who is at the other end. */
const LIMIT: Ms = 5_000;
/** How many lookups may run at the same time; whoever comes meanwhile stays unknown. */
const MAX_AT_ONCE = 64;
/** Transports of clients that initialized and have not asked for anything yet. */
const MAX_EXPECTED = 1_024;

export interface ClientProcessesDeps {
  readonly lookup: ProcessLookup;
  readonly manager: SessionManager;
  readonly timers: Timers;
  /** The user's home folder. */
  readonly home: string;
}

/**
 * Knows which process each transport came from, and notices when it ends. Identity is a hint for finding sessions again
 * and for people, never an authentication: whoever asks here has shown a valid client key already.
 */
export class ClientProcesses {
  private readonly deps: ClientProcessesDeps;
  private readonly lookups = new Map<string, Promise<ClientProcess | null>>();
  private running = 0;
  private checking = false;

  constructor(deps: ClientProcessesDeps) {
    this.deps = deps;
  }

  /**
   * Begins to look for the process that sent this `initialize`. Nobody waits for it before {@link known} does.
   * @param peerPort - the client's own port, also where its bytes were passed on by another process
   */
  expect({ transport_id, client_id }: TransportRecord, req: IncomingMessage, peerPort: number): void {
    const found = this.look(transport_id, client_id, req, peerPort);
    this.lookups.set(transport_id, found);
    const [oldest] = this.lookups.keys();
    if (this.lookups.size > MAX_EXPECTED && oldest !== undefined) this.lookups.delete(oldest);
  }

  /**
   * Resolves once the process of a transport is recorded, or cannot be found: within 10 s. A client that closes its
   * connection after each answer may have been gone too soon for the lookup; it is looked for again at the other end of
   * this request, which is still open.
   */
  async known(record: TransportRecord, req: IncomingMessage, peerPort: number): Promise<void> {
    const { transport_id, client_id, client_process } = record;
    if (client_process !== null) return;
    const found = await this.lookups.get(transport_id);
    if (!found) await this.look(transport_id, client_id, req, peerPort);
    this.lookups.delete(transport_id);
  }

  /** Disconnects the sessions whose client processes have ended. Call every few seconds; one pass at a time. */
  async check(): Promise<void> {
    if (this.checking) return;
    this.checking = true;
    try {
      await this.checkThoseOf(null);
    } finally {
      this.checking = false;
    }
  }

  /** Looks for the process and records it. Never rejects. */
  private async look(
    transportId: string,
    clientId: string,
    req: IncomingMessage,
    peerPort: number,
  ): Promise<ClientProcess | null> {
    if (this.running >= MAX_AT_ONCE) return null;
    this.running += 1;
    const { manager, timers } = this.deps;
    try {
      const found = await within(timers, LIMIT, this.find(req, peerPort, clientId), () => null);
      if (found !== null) manager.identifyTransport(transportId, found);
      return found;
    } catch {
      return null;
    } finally {
      this.running -= 1;
    }
  }

  private async find(req: IncomingMessage, peerPort: number, clientId: string): Promise<ClientProcess | null> {
    const { lookup, home } = this.deps;
    const { localPort } = req.socket;
    if (localPort === undefined) return null;
    const peer = await lookup.ofPeer({ peerPort, ownPort: localPort });
    if (peer === null) return null;
    const [process] = await Promise.all([
      this.named(req).then((named) => named ?? clientProgram(lookup, peer, home)),
      // Its earlier sessions are free for it only once their processes are known to have ended.
      this.checkThoseOf(clientId),
    ]);
    return process;
  }

  /** The process that a bridge names, if it runs on this machine. */
  private async named(req: IncomingMessage): Promise<ClientProcess | null> {
    const named = fromHeader(req.headers[CLIENT_PROCESS_HEADER]);
    if (named === null) return null;
    const facts = await this.deps.lookup.of(named.pid);
    return facts?.started === named.started ? { ...named, bridged: true } : null;
  }

  private async checkThoseOf(clientId: string | null): Promise<void> {
    const { lookup, manager } = this.deps;
    const ended = await lookup.ended(manager.processesInUse(clientId));
    if (ended.length > 0) manager.processesEnded(ended);
  }
}
