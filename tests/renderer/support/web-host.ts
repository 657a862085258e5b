import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws';
import type { MonitorCommand, MonitorMessage } from '#src/shared/contract/monitor-messages';
import { MONITOR_PROTOCOL, WEB } from '#src/shared/contract/web';
import { Signals } from './signals';

type Upgrade = 'accept' | 'refuse' | 'hang';
type Answer = (body: unknown, request: IncomingMessage) => { status: number; json: unknown } | 'hang';

/**
 * A real HTTP server with a real monitor WebSocket that does what a test tells it to: accept, refuse, hang, cut, go away and
 * come back on the same port.
 */
export class WebHost {
  readonly signals = new Signals<{
    socket: ServerSocket;
    command: MonitorCommand;
    upgrade: IncomingMessage;
    request: string;
  }>();
  readonly routes = new Map<string, Answer>();
  upgrades: Upgrade = 'accept';
  dials = 0;
  /** Answered to the first command of every socket. */
  hello: { recovered: boolean; epoch: string; seq: number } = { recovered: false, epoch: 'e1', seq: 0 };
  #server: Server | null = null;
  #monitor: WebSocketServer | null = null;
  #port = 0;
  readonly #raw = new Set<Duplex>();

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response));
    const monitor = new WebSocketServer({ noServer: true, handleProtocols: () => MONITOR_PROTOCOL });
    server.on('upgrade', (request, socket, head) => this.#upgrade(monitor, request, socket, head));
    server.on('connection', (socket) => {
      this.#raw.add(socket);
      socket.on('close', () => this.#raw.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#monitor = monitor;
  }

  /** Goes away as a killed process does: every socket is cut, the port refuses. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.#monitor?.close();
    for (const socket of this.#raw) socket.destroy();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  send(socket: ServerSocket, message: MonitorMessage): void {
    socket.send(JSON.stringify(message));
  }

  #upgrade(monitor: WebSocketServer, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.dials += 1;
    this.signals.emit('upgrade', request);
    if (this.upgrades === 'hang') return;
    if (this.upgrades === 'refuse') {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    monitor.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => {});
      client.once('message', () => this.send(client, { type: 'hello', version: '0', ...this.hello }));
      client.on('message', (data) => this.signals.emit('command', JSON.parse(String(data)) as MonitorCommand));
      this.signals.emit('socket', client);
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const path = request.url ?? '';
    this.signals.emit('request', path);
    const route = this.routes.get(path);
    const answer = route ? route(text ? JSON.parse(text) : undefined, request) : { status: 404, json: {} };
    if (answer === 'hang') return;
    response.writeHead(answer.status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(answer.json));
  }
}

/** What `GET` of the snapshot answers. */
export const snapshotAnswer = (epoch: string, seq: number, at = 0) => ({
  status: 200,
  json: { type: 'snapshot', epoch, seq, at, sessions: [] },
});

export const SNAPSHOT_PATH = WEB.snapshot;
