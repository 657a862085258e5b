import { EventEmitter } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy {
  /** Address to give to a client in place of the endpoint's. */
  readonly url: string;
  /** Port that connections go on to; may change while it runs. */
  target: number;
  /** Drops every connection on both sides, as a cable that is pulled. New ones are taken. */
  cut(): void;
  /** Resolves when the endpoint has sent a chunk that holds this text. Ask before it is sent. */
  sent(text: string): Promise<void>;
  close(): Promise<void>;
}

/** A TCP proxy between a real client and the endpoint. It changes nothing but the port in `Host`, which is its own. */
export async function startCuttingProxy(target: number): Promise<CuttingProxy> {
  const pairs = new Set<[Socket, Socket]>();
  const data = new EventEmitter().setMaxListeners(0);
  const server = createServer((client) => {
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
    client.on('data', (chunk) => onward.write(withHost(chunk, proxy.target)));
    onward.on('data', (chunk) => {
      client.write(chunk);
      data.emit('chunk', chunk.toString('latin1'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = (server.address() as AddressInfo).port;
  const withHost = (chunk: Buffer, port: number): Buffer =>
    Buffer.from(chunk.toString('latin1').replace(`127.0.0.1:${own}`, `127.0.0.1:${port}`), 'latin1');

  const proxy: CuttingProxy = {
    url: `http://127.0.0.1:${own}/mcp`,
    target,
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
