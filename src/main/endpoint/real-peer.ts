import type { Socket } from 'node:net';

/** Where a connection comes from. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

/** A connection that another process of ours passes on, by the port that we see. */
export interface PassedConnection {
  readonly local_port: number;
  readonly peer_port: number;
  readonly peer_address: string;
}

const real = new WeakMap<Socket, Peer>();

/** Where a connection really comes from: the client, even if its bytes are passed on by the keeper. */
export function realPeerOf(socket: Socket): Peer {
  return real.get(socket) ?? { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
}

/** Matches the connections that were passed on with their clients. A port counts once: others may get it later. */
export class PassedPeers {
  private readonly expected = new Map<string, Peer>();
  private readonly open = new Set<Socket>();

  /** Call this for every connection that comes in. */
  opened(socket: Socket): void {
    // A request that offered another protocol is fed in once more.
    if (this.open.has(socket)) return;
    this.open.add(socket);
    socket.once('close', () => this.open.delete(socket));
    this.match(socket);
  }

  /** Call this before any of these connections says something. */
  learn(passed: readonly PassedConnection[]): void {
    this.expected.clear();
    for (const { local_port, peer_port, peer_address } of passed) {
      this.expected.set(keyOf(peer_address, local_port), { address: peer_address, port: peer_port });
    }
    for (const socket of this.open) this.match(socket);
  }

  private match(socket: Socket): void {
    const key = keyOf(socket.remoteAddress ?? '', socket.remotePort ?? 0);
    const peer = this.expected.get(key);
    if (!peer) return;
    this.expected.delete(key);
    real.set(socket, peer);
  }
}

/** IPv4 and IPv6 have ports of their own. */
const keyOf = (address: string, port: number): string => `${address.includes(':') ? 6 : 4} ${port}`;
