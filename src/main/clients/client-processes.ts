import type { IncomingMessage } from 'node:http';
import type { ClientProcess } from '../../shared/contract/client-process';
import { CLIENT_PROCESS_HEADER, fromHeader } from '../../shared/model/client-process';
import type { Ms } from '../../shared/model/units';
import { clientProgram } from '../platform/client-program';
import { within } from '../platform/deadline';
import type { ProcessLookup, Timers } from '../platform/ports';
import type { SessionManager } from '../sessions/manager';
import type { NewTransport } from '../sessions/transports/transport-binding';

/** How long an `initialize` waits for the system to say who sent it. */
const LIMIT: Ms = 250;
/** How long the first request that needs a session waits for it, when the machine is busy. */
const LATE_LIMIT: Ms = 2_250;
/** How many lookups may run at the same time; whoever comes meanwhile stays unknown. */
const MAX_AT_ONCE = 64;

/** Who opened a transport, as far as that is known when it opens. */
type Identity = Pick<NewTransport, 'client_process' | 'identifiedWithin'>;

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
  private running = 0;
  private checking = false;

  constructor(deps: ClientProcessesDeps) {
    this.deps = deps;
  }

  /**
   * The process that sent this `initialize`, within 250 ms. If the system has not answered by then, `late` is called once
   * with the answer, within another two seconds.
   * @param peerPort - the client's own port, also where its bytes were passed on by another process
   */
  async of(
    req: IncomingMessage,
    peerPort: number,
    clientId: string,
    late: (process: ClientProcess | null) => void,
  ): Promise<Identity> {
    if (this.running >= MAX_AT_ONCE) return { client_process: null };
    this.running += 1;
    const { timers } = this.deps;
    const found = within(timers, LATE_LIMIT, this.find(req, peerPort, clientId), () => null)
      .catch(() => null)
      .finally(() => {
        this.running -= 1;
      });
    const inTime = found.then((client_process): Identity => ({ client_process }));
    return within(timers, LIMIT, inTime, (): Identity => {
      found.then(late).catch(() => {});
      return { client_process: null, identifiedWithin: LATE_LIMIT };
    });
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
