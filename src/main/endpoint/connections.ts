import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Connections that have shown no valid key, in all. Enough for any number of tabs and clients that are just connecting. */
const MOST_STRANGERS = 1_024;

interface Connection {
  readonly server: Server;
  /** Requests without an answer. */
  running: number;
  /** SHA-256 of the client key that came last; null when none has, or another proof. */
  keyHash: string | null;
}

/**
 * The open connections. Those that never showed a valid key are bounded: the oldest makes room for a new one, so that
 * silent connections cannot keep a client out.
 */
export class Connections {
  private readonly all = new Map<Duplex, Connection>();
  /** Oldest first. */
  private readonly strangers = new Set<Duplex>();

  /** Follows a connection to its end. May be called again for the same one. */
  add(server: Server, socket: Duplex): void {
    if (this.all.has(socket)) return;
    if (this.strangers.size >= MOST_STRANGERS) this.makeRoom();
    this.all.set(socket, { server, running: 0, keyHash: null });
    this.strangers.add(socket);
    // Nothing else handles errors once a socket has left the HTTP server.
    socket.on('error', () => {});
    socket.once('close', () => {
      this.all.delete(socket);
      this.strangers.delete(socket);
    });
  }

  /** A request has arrived on it. The returned function ends it. */
  began(socket: Duplex): () => void {
    const connection = this.all.get(socket);
    if (!connection) return () => {};
    connection.running += 1;
    return () => {
      connection.running -= 1;
    };
  }

  /**
   * Whoever is at the other end has shown that they may be here.
   * @param keyHash - SHA-256 of the client key that they showed; null when it was something else
   */
  known(socket: Duplex, keyHash: string | null): void {
    this.strangers.delete(socket);
    const connection = this.all.get(socket);
    if (connection) connection.keyHash = keyHash;
  }

  /** Cuts the connections on which this key came last: their streams would go on without a key that works. */
  endKey(keyHash: string): void {
    for (const [socket, connection] of this.all) if (connection.keyHash === keyHash) socket.destroy();
  }

  /** Closes a server's connections on which nothing ever came. Clients open spare ones, which Node does not count as idle. */
  closeSilent(server: Server): void {
    for (const [socket, connection] of this.all) {
      if (connection.server === server && (socket as Duplex & { bytesRead?: number }).bytesRead === 0) socket.destroy();
    }
  }

  private makeRoom(): void {
    const [oldest] = this.strangers;
    const idle = [...this.strangers].find((socket) => this.all.get(socket)?.running === 0);
    (idle ?? oldest)?.destroy();
  }
}
