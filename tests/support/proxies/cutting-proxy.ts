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
   * Lets only the beginning of the next replay of this stream through. Resolves when it has begun, with what lets the rest
   * through.
   */
  stallReplay(streamId: string): Promise<() => void>;
  /** Resolves when the endpoint has sent a chunk that holds this text. Ask before it is sent. */
  sent(text: string): Promise<void>;
  /** Resolves with the id of the stream that the endpoint begins for a reply. Ask before it does. */
  replyBegun(): Promise<string>;
  close(): Promise<void>;
}

/** The priming event of a reply's stream. The first event of a standalone one has the number 0, and its messages follow. */
const PRIMED = /id: ([\w-]+)\.1\ndata: (?:\n|\{"jsonrpc":"2\.0","method":"notifications\/primed")/;
/** How much of a stalled replay goes through: its head, and not all of a large event. */
const BEGINNING = 600;

/** A TCP proxy between a real client and the endpoint. It changes only the port in `Host`, which is its own. */
export async function startCuttingProxy(target: number): Promise<CuttingProxy> {
  const pairs = new Set<[Socket, Socket]>();
  const data = new EventEmitter().setMaxListeners(0);
  let onReplay: { readonly begins: string; readonly stalled: (go: () => void) => void } | null = null;
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
    let stalling: ((go: () => void) => void) | null = null;
    let held: Buffer[] | null = null;
    client.on('data', (chunk) => {
      if (onReplay && chunk.toString('latin1').toLowerCase().includes(onReplay.begins)) {
        stalling = onReplay.stalled;
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
    stallReplay: (streamId) =>
      new Promise((stalled) => {
        onReplay = { begins: `last-event-id: ${streamId}.`.toLowerCase(), stalled };
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
    replyBegun: () =>
      new Promise((resolve) => {
        const look = (chunk: string) => {
          const [, streamId] = PRIMED.exec(chunk) ?? [];
          if (streamId === undefined) return;
          data.off('chunk', look);
          resolve(streamId);
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
