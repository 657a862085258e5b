import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Comments that keep a connection from being taken for dead, as Holdfast sends them. */
const KEEP_ALIVE_MS = 15_000;
const TICK_MS = 5_000;

/** What a client did with a call that is never answered. */
export interface GivenUp {
  /** Milliseconds from the call. */
  readonly after: number;
  /** It sent `notifications/cancelled` with this reason; empty without one. Null: it only closed the stream. */
  readonly reason: string | null;
}

interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: {
    readonly protocolVersion?: string;
    readonly _meta?: { readonly progressToken?: string | number };
    readonly requestId?: string | number;
    readonly reason?: string;
    readonly name?: string;
  };
}

/**
 * An MCP server that never answers a call of its tools: `hang` says nothing, `tick` tells of progress every five seconds to
 * whoever asked for it. It is there to see what a client by itself does then.
 */
export class SilentServer {
  readonly url: string;
  /** Whether the last call asked for progress. */
  asksForProgress = false;
  /** Resolves when the client gives its call up. */
  readonly givenUp: Promise<GivenUp>;
  private giveUp: (how: GivenUp) => void = () => {};
  private call: { readonly id: string | number | undefined; readonly at: number } | null = null;
  private readonly stopServer: () => void;

  private constructor(url: string, stop: () => void) {
    this.url = url;
    this.stopServer = stop;
    this.givenUp = new Promise((resolve) => {
      this.giveUp = resolve;
    });
  }

  static async start(): Promise<SilentServer> {
    const server = createServer((req, res) => {
      serve(silent, req, res).catch((error) => res.destroy(error));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const silent = new SilentServer(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, () => {
      server.closeAllConnections();
      server.close();
    });
    return silent;
  }

  get wasCalled(): boolean {
    return this.call !== null;
  }

  stop(): void {
    this.stopServer();
  }

  /** Holds a call until its client goes. */
  hold({ id, params }: Message, res: ServerResponse): void {
    const at = performance.now();
    this.call = { id, at };
    const progressToken = params?._meta?.progressToken;
    this.asksForProgress = progressToken !== undefined;
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write(': held\n\n');
    const alive = setInterval(() => res.write(': still here\n\n'), KEEP_ALIVE_MS);
    let progress = 0;
    const tick = setInterval(() => {
      if (params?.name !== 'tick' || progressToken === undefined) return;
      progress += 1;
      const told = { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress } };
      res.write(`event: message\ndata: ${JSON.stringify(told)}\n\n`);
    }, TICK_MS);
    res.once('close', () => {
      clearInterval(alive);
      clearInterval(tick);
      // What it says of it may come a moment later, over another connection.
      setTimeout(() => this.giveUp({ after: performance.now() - at, reason: null }), 500);
    });
  }

  cancelled({ params }: Message): void {
    if (this.call === null || params?.requestId !== this.call.id) return;
    this.giveUp({ after: performance.now() - this.call.at, reason: params?.reason ?? '' });
  }
}

async function serve(silent: SilentServer, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.method !== 'POST') {
    res.writeHead(405).end();
    return;
  }
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  const message: Message = JSON.parse(Buffer.concat(parts).toString('utf8'));
  const { id, method, params } = message;
  if (id === undefined) {
    if (method === 'notifications/cancelled') silent.cancelled(message);
    res.writeHead(202).end();
    return;
  }
  if (method === 'tools/call') {
    silent.hold(message, res);
    return;
  }
  const result = RESULTS[method ?? '']?.(params?.protocolVersion);
  const answer = result ? { result } : { error: { code: -32601, message: 'Method not found' } };
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
}

const inputSchema = { type: 'object', properties: {} };
const RESULTS: Readonly<Record<string, (version?: string) => object>> = {
  initialize: (version) => ({
    protocolVersion: version ?? '2025-06-18',
    capabilities: { tools: {} },
    serverInfo: { name: 'silent', version: '1' },
  }),
  ping: () => ({}),
  'tools/list': () => ({
    tools: ['hang', 'tick'].map((name) => ({ name, description: `The tool ${name}.`, inputSchema })),
  }),
};
