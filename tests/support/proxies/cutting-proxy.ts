import { EventEmitter } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy {
  /** Address to give to a client in place of the endpoint's. */
  readonly url: string;
  /** Port that connections go on to; may change while it runs. */
  target: number;
  /** While true, connections that come are dropped at once. */
  isDown: boolean;
  /** Drops every connection on both sides, like a pulled cable. New ones are accepted unless it is down. */
  cut(): void;
  /**
   * Lets only the beginning of the next replay of a reply through. Resolves when it has begun, with what lets the rest
   * through.
   */
  stallReplay(): Promise<() => void>;
  /** Resolves when the endpoint has sent a chunk that holds this text. Ask before it is sent. */
  sent(text: string): Promise<void>;
  close(): Promise<void>;
}

/** A request for what followed an event of a reply's stream; the first event of a standalone one has the number 0. */
const REPLAY = /last-event-id: [\w-]+\.[1-9]/i;
/** How much of a stalled replay goes through: its head, and not all of a large event. */
const BEGINNING = 600;

/** A TCP proxy between a real client and the endpoint. It changes only the port in `Host`, which is its own. */
export async function startCuttingProxy(target: number): Promise<CuttingProxy> {
  const pairs = new Set<[Socket, Socket]>();
  const data = new EventEmitter().setMaxListeners(0);
  let onReplay: ((go: () => void) => void) | null = null;
  const server = createServer((client) => {
    if (proxy.isDown) {
      client.on('error', () => {});
      client.destroy();
      return;
    }
    const onward = connect(proxy.target, '127.0.0.1');
    const pair: [Socket, Socket] = [client, onward];
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => {});
      socket.once('close', () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
    let stalling: typeof onReplay = null;
    let held: Buffer[] | null = null;
    client.on('data', (chunk) => {
      if (onReplay && REPLAY.test(chunk.toString('latin1'))) {
        stalling = onReplay;
        onReplay = null;
      }
      onward.write(withHost(chunk, proxy.target));
    });
    onward.on('data', (chunk: Buffer) => {
      data.emit('chunk', chunk.toString('latin1'));
      if (held) held.push(chunk);
      else if (!stalling) client.write(chunk);
      else {
        client.write(chunk.subarray(0, BEGINNING));
        held = [chunk.subarray(BEGINNING)];
        stalling(() => {
          for (const piece of held ?? []) client.write(piece);
          held = null;
        });
        stalling = null;
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = (server.address() as AddressInfo).port;
  const withHost = (chunk: Buffer, port: number): Buffer =>
    Buffer.from(chunk.toString('latin1').replace(`127.0.0.1:${own}`, `127.0.0.1:${port}`), 'latin1');

  const proxy: CuttingProxy = {
    url: `http://127.0.0.1:${own}/mcp`,
    target,
    isDown: false,
    stallReplay: () =>
      new Promise((resolve) => {
        onReplay = resolve;
      }),
    cut() {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
    },
    sent: (text) =>
      new Promise((resolve) => {
        const look = (chunk: string) => {
          if (!chunk.includes(text)) return;
          data.off('chunk', look);
          resolve();
        };
        data.on('chunk', look);
      }),
    close() {
      proxy.cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}
