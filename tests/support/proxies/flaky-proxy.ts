import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import type { Chance } from '../chance';

/** How often each thing happens to a connection. */
const FAULTS = {
  none: 40,
  /** Taken and dropped at once. */
  refused: 10,
  /** Dropped on both sides within what the client sends. */
  cutRequest: 14,
  /** Dropped on both sides within what the server sends: half a response. */
  cutResponse: 18,
  /** Every piece arrives late. */
  delayed: 10,
  /** Both sides stay connected, but what the server sends from some point on arrives nowhere. */
  deafClient: 5,
  /** The same for what the client sends. */
  deafServer: 3,
} as const;
type Fault = keyof typeof FAULTS;

const MAX_BYTES = 3_000;
const MAX_DELAY_MS = 40;

export interface FlakyProxy {
  readonly port: number;
  /** What decides over the connections that come from now on; null lets all of them through unharmed. */
  chance: Chance | null;
  /** What was done to connections so far, oldest first. */
  readonly done: string[];
  /** Drops every connection on both sides. */
  cut(): void;
  close(): Promise<void>;
}

/**
 * A TCP proxy that harms connections as a seed says. What it does depends on the seed and on the order of connections alone,
 * so that the same seed does the same to a client that behaves the same.
 */
export async function startFlakyProxy(target: number): Promise<FlakyProxy> {
  const open = new Set<Connection>();
  const server = createServer((client) => {
    const { chance } = proxy;
    const fault = chance ? chance.weighted(FAULTS) : 'none';
    const at = chance?.below(MAX_BYTES) ?? 0;
    const delay = chance?.below(MAX_DELAY_MS) ?? 0;
    proxy.done.push(fault === 'none' ? fault : `${fault} ${fault === 'delayed' ? `${delay} ms` : `after ${at} bytes`}`);
    if (fault === 'refused') {
      client.on('error', () => {});
      client.destroy();
      return;
    }
    const connection = new Connection(client, target, { fault, at, delay });
    open.add(connection);
    connection.onEnd = () => open.delete(connection);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FlakyProxy = {
    port: (server.address() as AddressInfo).port,
    chance: null,
    done: [],
    cut() {
      for (const connection of open) connection.end();
    },
    close() {
      proxy.cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}

interface Plan {
  readonly fault: Fault;
  /** Bytes after which it happens. */
  readonly at: number;
  readonly delay: number;
}

class Connection {
  onEnd = () => {};
  private readonly client: Socket;
  private readonly server: Socket;
  private readonly plan: Plan;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(client: Socket, target: number, plan: Plan) {
    this.client = client;
    this.server = connect(target, '127.0.0.1');
    this.plan = plan;
    this.carry(client, this.server, 'cutRequest', 'deafServer');
    this.carry(this.server, client, 'cutResponse', 'deafClient');
  }

  end(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.client.destroy();
    this.server.destroy();
    this.onEnd();
  }

  private carry(from: Socket, to: Socket, cut: Fault, deaf: Fault): void {
    const { fault, at, delay } = this.plan;
    const isHarmed = fault === cut || fault === deaf;
    let passed = 0;
    from.on('error', () => {});
    from.once('close', () => this.end());
    from.on('data', (chunk: Buffer) => {
      const piece = isHarmed ? chunk.subarray(0, Math.max(0, at - passed)) : chunk;
      passed += chunk.length;
      const isOver = isHarmed && passed >= at;
      if (isOver && fault === cut) {
        if (piece.length === 0) this.end();
        else to.write(piece, () => this.end());
      } else if (fault === 'delayed') this.later(delay, () => to.write(chunk));
      else if (piece.length > 0) to.write(piece);
    });
  }

  /** Pieces keep their order: all of them are late by the same time. */
  private later(delay: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      work();
    }, delay);
    this.timers.add(timer);
  }
}
