import { WebSocket } from 'ws';
import { type MonitorCommand, type MonitorMessage, monitorMessageSchema } from '#src/shared/contract/monitor-messages';
import { WEB } from '#src/shared/contract/web';
import { disposing } from '../fixtures';
import { hostTest, type TestHost } from '../hosts/test-host';

export interface MonitorDial {
  /** Key for the `Authorization` header. */
  readonly key?: string;
  readonly protocols?: string[];
  /** With the question mark. */
  readonly query?: string;
  readonly headers?: Record<string, string>;
}

type OfType<T extends MonitorMessage['type']> = Extract<MonitorMessage, { type: T }>;

/** The upgrade was answered with something else. */
export class UpgradeRefused extends Error {
  readonly status: number;
  readonly detail: string;
  readonly headers: Record<string, string | string[] | undefined>;

  constructor(status: number, detail: string, headers: Record<string, string | string[] | undefined>) {
    super(`the upgrade was answered with ${status}: ${detail}`);
    this.status = status;
    this.detail = detail;
    this.headers = headers;
  }
}

/** A monitor of the live stream. Every message is checked against the contract when it arrives. */
export class MonitorClient {
  readonly socket: WebSocket;
  /** Everything that came and was not taken yet. */
  readonly received: MonitorMessage[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  private readonly arrivals = new Set<() => void>();
  private fault: Error | null = null;
  private isOver = false;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      const parsed = monitorMessageSchema.safeParse(JSON.parse(String(data)));
      if (parsed.success) this.received.push(parsed.data);
      else this.fault = new Error(`not of the contract: ${String(data).slice(0, 300)}\n${parsed.error.message}`);
      this.wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.isOver = true;
        this.wake();
        resolve({ code, reason: String(reason) });
      });
    });
    socket.on('error', () => {});
  }

  /** Dials; resolves when the connection is open. */
  static open(host: Pick<TestHost, 'url'>, dial: MonitorDial = {}): Promise<MonitorClient> {
    const { key, protocols = [], query = '', headers = {} } = dial;
    const authorization = key === undefined ? {} : { Authorization: `Bearer ${key}` };
    const url = `${host.url.replace('http', 'ws')}${WEB.monitor}${query}`;
    const socket = new WebSocket(url, protocols, { headers: { ...authorization, ...headers } });
    return new Promise((resolve, reject) => {
      const client = new MonitorClient(socket);
      socket.once('open', () => resolve(client));
      socket.once('error', reject);
      socket.once('unexpected-response', (_request, response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () =>
          reject(new UpgradeRefused(response.statusCode ?? 0, JSON.parse(text).detail, response.headers)),
        );
      });
    });
  }

  /** Dials and starts at once with hello and snapshot, both of which are taken. */
  static async live(host: Pick<TestHost, 'url'>, dial: MonitorDial = {}): Promise<MonitorClient> {
    const client = await MonitorClient.open(host, dial);
    client.send({ type: 'snapshot' });
    await client.next('hello');
    await client.next('snapshot');
    return client;
  }

  send(command: MonitorCommand): void {
    this.socket.send(JSON.stringify(command));
  }

  /** The next message, which must be of this type. */
  async next<T extends MonitorMessage['type']>(type: T): Promise<OfType<T>> {
    await this.until(() => this.received.length > 0);
    const message = this.received.shift();
    if (message?.type !== type) throw new Error(`expected ${type}, got ${JSON.stringify(message)?.slice(0, 300)}`);
    return message as OfType<T>;
  }

  /** Waits for a message of this type and takes it with all before it, which are returned too. */
  async upTo<T extends MonitorMessage['type']>(type: T): Promise<MonitorMessage[]> {
    await this.until(() => this.received.some((message) => message.type === type));
    const index = this.received.findIndex((message) => message.type === type);
    return this.received.splice(0, index + 1);
  }

  /** Waits for the answer to a ping and takes everything before it: what was sent until now has arrived then. */
  async settled(): Promise<MonitorMessage[]> {
    // Events go out a turn after their commit; the ping must not overtake them.
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    this.send({ type: 'ping' });
    return (await this.upTo('pong')).slice(0, -1);
  }

  close(): void {
    this.socket.terminate();
  }

  private async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.fault) throw this.fault;
      if (this.isOver) throw new Error('the connection ended first');
      await new Promise<void>((resolve) => this.arrivals.add(resolve));
    }
    if (this.fault) throw this.fault;
  }

  private wake(): void {
    const waiting = [...this.arrivals];
    this.arrivals.clear();
    for (const resolve of waiting) resolve();
  }
}

/** Tests with monitors, which are closed at the end. They use the admin key unless told otherwise. */
export const monitorTest = hostTest
  .extend('open', ({ host }, { onCleanup }) =>
    disposing(
      onCleanup,
      (dial: MonitorDial = { key: host.adminKey }) => MonitorClient.open(host, dial),
      (client) => client.close(),
    ),
  )
  .extend('watch', ({ host }, { onCleanup }) =>
    disposing(
      onCleanup,
      (dial: MonitorDial = { key: host.adminKey }) => MonitorClient.live(host, dial),
      (client) => client.close(),
    ),
  );
