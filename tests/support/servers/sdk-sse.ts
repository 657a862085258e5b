import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { z } from 'zod';
import type { ServerConfig } from '#src/main/upstream/upstream-ports';
import { counter } from './configs';

/** Whether a request may go on; one that may not was answered. */
export type Guard = (req: IncomingMessage, res: ServerResponse) => boolean | Promise<boolean>;

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });

/** A server as people wrote them: the SDK's own transport for HTTP+SSE, one a stream, behind plain HTTP. */
export class SdkSse {
  readonly transports = new Map<string, SSEServerTransport>();
  readonly servers: McpServer[] = [];
  /** How many streams were opened. */
  opened = 0;
  /** Calls of `count` in all sessions. */
  counted = 0;
  guard: Guard = () => true;
  private http: Server | null = null;
  private port = 0;
  private readonly waiting = new Set<() => void>();

  static async start(): Promise<SdkSse> {
    const server = new SdkSse();
    await server.listen();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/sse`;
  }

  config(name: string, entry: Partial<ServerConfig> = {}): ServerConfig {
    const target = { kind: 'http', url: this.url, headers: {}, sse: true } as const;
    return { ...counter(name), target, fingerprint: this.url, ...entry };
  }

  /** Listens, where it listened before. */
  listen(): Promise<void> {
    const http = createServer((req, res) => void this.serve(req, res));
    this.http = http;
    return new Promise((resolve) => {
      http.listen(this.port, '127.0.0.1', () => {
        this.port = (http.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  /** Cuts everything and forgets every session, as a process that is killed. */
  async kill(): Promise<void> {
    const { http } = this;
    this.http = null;
    this.transports.clear();
    if (!http) return;
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  }

  /** Cuts the streams; the server goes on. */
  cut(): void {
    for (const transport of [...this.transports.values()]) void transport.close();
  }

  /** Lets every `wait` that runs finish. */
  letGo(): void {
    for (const go of this.waiting) go();
    this.waiting.clear();
  }

  /** Calls of `wait` that run. */
  get held(): number {
    return this.waiting.size;
  }

  private async serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (!(await this.guard(req, res))) return;
    const { pathname, searchParams } = new URL(req.url ?? '/', this.url);
    if (req.method === 'GET' && pathname === '/sse') return this.open(res);
    if (req.method !== 'POST' || pathname !== '/messages') return void res.writeHead(404).end();
    const transport = this.transports.get(searchParams.get('sessionId') ?? '');
    if (!transport) return void res.writeHead(404).end('Session not found');
    await transport.handlePostMessage(req, res);
  }

  private async open(res: ServerResponse): Promise<void> {
    this.opened += 1;
    const transport = new SSEServerTransport('/messages', res);
    this.transports.set(transport.sessionId, transport);
    const server = this.make();
    this.servers.push(server);
    await server.connect(transport);
    res.once('close', () => this.transports.delete(transport.sessionId));
  }

  private make(): McpServer {
    const mcp = new McpServer({ name: 'older', version: '1' }, { capabilities: { logging: {} } });
    let n = 0;
    mcp.registerTool('count', {}, () => {
      n += 1;
      this.counted += 1;
      return text(JSON.stringify({ n }));
    });
    mcp.registerTool('steps', {}, async ({ sendNotification, _meta }) => {
      const progressToken = _meta?.progressToken ?? 0;
      for (const progress of [1, 2, 3]) {
        await sendNotification({ method: 'notifications/progress', params: { progressToken, progress } });
      }
      return text('walked');
    });
    mcp.registerTool('wait', {}, async () => {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
      return text('waited');
    });
    mcp.registerTool('ask', {}, async () => {
      const model = await mcp.server.createMessage({
        messages: [{ role: 'user', content: { type: 'text', text: 'hello' } }],
        maxTokens: 10,
      });
      const person = await mcp.server.elicitInput({
        message: 'Which colour?',
        requestedSchema: { type: 'object', properties: { colour: { type: 'string' } } },
      });
      return text(JSON.stringify({ model: model.content, person: person.content }));
    });
    mcp.registerTool('grow', {}, () => {
      mcp.registerTool('grown', { inputSchema: { a: z.number() } }, ({ a }) => text(`${a}`));
      return text('grown');
    });
    return mcp;
  }
}
