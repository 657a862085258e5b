import { EventEmitter, once } from 'node:events';
import { createServer, IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

const WAIT_LIMIT_MS = 10_000;
const PIECE = Buffer.alloc(64 * 1024, ' ');

/**
 * What happens to a request in place of an answer.
 *
 * `unavailable`: 503 as a load balancer says it. `html`: a page where JSON is due, with status 200. `hang`: no answer, and the
 * connection stays. `drop`: the connection is reset, nothing was done. `lose`: it is done, then the connection is reset before
 * the answer. `hold`: it waits for `release`, then is answered as usual. `endless`: an answer that never ends.
 * An object is the answer itself.
 */
export type Fault = 'unavailable' | 'html' | 'hang' | 'drop' | 'lose' | 'hold' | 'endless' | PlainAnswer;

export interface PlainAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is a string. */
  readonly body?: unknown;
}

/** A request as it came. */
export interface Arrival<Endpoint extends string> {
  readonly endpoint: Endpoint | null;
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Handler<Endpoint extends string> = (
  req: IncomingMessage,
  res: ServerResponse,
  arrival: Arrival<Endpoint>,
) => unknown;

interface Planned {
  readonly fault: Fault;
  times: number;
}

/** Keeps the body in passing, so that it is known without being taken from whoever reads the request. */
class KeptRequest extends IncomingMessage {
  private readonly chunks: Buffer[] = [];
  private isWhole = false;

  override push(chunk: Buffer | null): boolean {
    if (chunk) this.chunks.push(chunk);
    else {
      this.isWhole = true;
      this.emit('whole');
    }
    super.push(chunk);
    // Whoever reads it waits until it is whole: nothing may hold back the rest.
    return true;
  }

  async whole(): Promise<string> {
    if (!this.isWhole) await once(this, 'whole');
    return Buffer.concat(this.chunks).toString();
  }
}

/**
 * An HTTP server on a loopback port that sees each request whole before its handler does, and can harm it. Faults are set by
 * endpoint, as `endpointOf` names them.
 */
export class FaultyHttp<Endpoint extends string> {
  /** Every request so far, harmed or not. */
  readonly arrivals: Arrival<Endpoint>[] = [];
  private readonly planned = new Map<Endpoint, Planned>();
  private readonly events = new EventEmitter().setMaxListeners(0);
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer({ IncomingMessage: KeptRequest }, (req, res) => void this.serve(req, res));
  private readonly endpointOf: (path: string) => Endpoint | null;
  private handler: Handler<Endpoint> = (_, res) => res.writeHead(404).end();

  private constructor(endpointOf: (path: string) => Endpoint | null) {
    this.endpointOf = endpointOf;
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** Listens on a port of 127.0.0.1; 0 for any that is free. Every request gets a 404 until there is a handler. */
  static async start<Endpoint extends string>(
    endpointOf: (path: string) => Endpoint | null,
    port = 0,
  ): Promise<FaultyHttp<Endpoint>> {
    const http = new FaultyHttp(endpointOf);
    http.server.listen(port, '127.0.0.1');
    await once(http.server, 'listening');
    return http;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  handle(handler: Handler<Endpoint>): void {
    this.handler = handler;
  }

  /** Harms the next requests of an endpoint: so many of them, or all until it is called again. Null harms no more. */
  fault(endpoint: Endpoint, fault: Fault | null, times = Number.POSITIVE_INFINITY): void {
    if (fault === null) this.planned.delete(endpoint);
    else this.planned.set(endpoint, { fault, times });
  }

  /** Lets all requests that are held go on. Those that come later are held as before. */
  release(): void {
    this.events.emit('release');
  }

  count(endpoint: Endpoint): number {
    return this.arrivals.filter((arrival) => arrival.endpoint === endpoint).length;
  }

  /**
   * Resolves with the request to the endpoint that has this number, from 0, even if it came long ago. It has come, but may not
   * be answered yet. Rejects after 10 seconds.
   */
  async nth(endpoint: Endpoint, index: number): Promise<Arrival<Endpoint>> {
    const signal = AbortSignal.timeout(WAIT_LIMIT_MS);
    for (;;) {
      const arrival = this.arrivals.filter((one) => one.endpoint === endpoint)[index];
      if (arrival) return arrival;
      await once(this.events, 'arrival', { signal }).catch(() => {
        throw new Error(`request ${index} to the ${endpoint} endpoint did not come`);
      });
    }
  }

  /** Cuts every connection and listens no more. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private async serve(req: KeptRequest, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', this.origin);
    const endpoint = this.endpointOf(url.pathname);
    const body = await req.whole();
    const arrival = { endpoint, method: req.method ?? '', url, headers: req.headers, body };
    this.arrivals.push(arrival);
    this.events.emit('arrival');
    const fault = endpoint === null ? null : this.take(endpoint);
    if (fault !== null && !(await this.harm(fault, res))) return;
    try {
      await this.handler(req, res, arrival);
    } catch (error) {
      if (!res.headersSent) res.writeHead(500);
      res.end(error instanceof Error ? error.stack : String(error));
    }
  }

  private take(endpoint: Endpoint): Fault | null {
    const planned = this.planned.get(endpoint);
    if (!planned || planned.times <= 0) return null;
    planned.times -= 1;
    return planned.fault;
  }

  /** True when the request is to be handled after all. */
  private async harm(fault: Fault, res: ServerResponse): Promise<boolean> {
    if (fault === 'hang') return false;
    if (fault === 'hold') {
      await once(this.events, 'release');
      return true;
    }
    if (fault === 'lose') {
      loseAnswer(res);
      return true;
    }
    if (fault === 'drop') res.socket?.resetAndDestroy();
    else if (fault === 'endless') flood(res);
    else send(res, plain(fault));
    return false;
  }
}

/** Sends an answer as it is. */
export function send(res: ServerResponse, { status, headers = {}, body }: PlainAnswer): void {
  const isText = typeof body === 'string';
  res.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json', ...headers });
  res.end(isText || body === undefined ? body : JSON.stringify(body));
}

function plain(fault: 'unavailable' | 'html' | PlainAnswer): PlainAnswer {
  if (typeof fault === 'object') return fault;
  if (fault === 'html') return { status: 200, body: '<!doctype html><title>Please wait</title>' };
  return { status: 503, body: '<h1>503 Service Unavailable</h1>' };
}

function loseAnswer(res: ServerResponse): void {
  res.write = () => true;
  res.end = () => {
    res.socket?.resetAndDestroy();
    return res;
  };
}

function flood(res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'application/json' });
  const more = () => {
    while (!res.destroyed && res.write(PIECE));
  };
  res.on('drain', more);
  more();
}
