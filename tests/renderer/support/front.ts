import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * A real proxy between a browser and Holdfast that loses what it is told to lose: open sockets, new WebSockets, everything.
 * To Holdfast its requests look as if the browser had come directly.
 */
export class Front {
  /** What becomes of new WebSockets. */
  upgrades: 'accept' | 'refuse' = 'accept';
  readonly #target: URL;
  readonly #sockets = new Set<Duplex>();
  #server: Server | null = null;
  #port = 0;

  constructor(target: string) {
    this.#target = new URL(target);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The same address as seen through this front. */
  through(url: string): string {
    return url.replace(this.#target.origin, this.origin);
  }

  /** Listens, after a {@link stop} on the same port again. */
  async start(): Promise<void> {
    const server = createServer((incoming, outgoing) => {
      const { method, url: path } = incoming;
      const { hostname, port } = this.#target;
      const onward = request({ hostname, port, method, path, headers: this.#headers(incoming) }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    });
    server.on('connection', (socket: Socket) => this.#keep(socket));
    server.on('upgrade', (incoming, socket, head) => this.#upgrade(incoming, socket, head));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Cuts every open connection, as a lost network does. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Cuts everything and refuses what comes. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.cut();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.upgrades === 'refuse') {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const { hostname, port } = this.#target;
    const onward = connect(Number(port), hostname, () => {
      const lines = Object.entries(this.#headers(incoming)).map(([name, value]) => `${name}: ${value}\r\n`);
      onward.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${lines.join('')}\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    this.#keep(onward);
    onward.on('close', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  }

  #headers({ headers }: IncomingMessage): IncomingMessage['headers'] {
    const { host, origin } = this.#target;
    return { ...headers, host, ...(headers.origin && { origin }) };
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
