import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isRequest, type JsonRpcRequest, type Params } from '#src/main/mcp/json-rpc';
import type { HttpTarget } from '#src/main/upstream/upstream-ports';

interface HttpSession {
  n: number;
  readonly said: JsonRpcRequest[];
}

/** A stateful MCP server over Streamable HTTP that answers with plain JSON and can forget its sessions. */
export class HttpCounter {
  readonly sessions = new Map<string, HttpSession>();
  /** How often it was initialized. */
  initialized = 0;
  /** Ids of sessions that were ended with DELETE. */
  readonly deleted: string[] = [];
  private readonly server = createServer((req, res) => void this.serve(req, res));
  private port = 0;

  static async start(): Promise<HttpCounter> {
    const counter = new HttpCounter();
    await counter.listen();
    return counter;
  }

  get target(): HttpTarget {
    return {
      kind: 'http',
      url: `http://127.0.0.1:${this.port}/mcp`,
      headers: { Authorization: 'Bearer sesame-value' },
    };
  }

  /** Listens, where it listened before. */
  listen(): Promise<void> {
    return new Promise((resolve) => {
      this.server.listen(this.port, '127.0.0.1', () => {
        this.port = (this.server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const id = req.headers['mcp-session-id'];
    const session = typeof id === 'string' ? this.sessions.get(id) : undefined;
    if (id !== undefined && !session) return void res.writeHead(404).end();
    if (req.method === 'DELETE') {
      this.sessions.delete(String(id));
      this.deleted.push(String(id));
      return void res.writeHead(204).end();
    }
    if (req.method !== 'POST') return void res.writeHead(405).end();
    let body = '';
    for await (const chunk of req) body += chunk;
    const message = JSON.parse(body);
    if (!isRequest(message)) return void res.writeHead(202).end();
    if (session) {
      session.said.push(message);
      answer(res, message, this.result(session, message));
      return;
    }
    const made = randomUUID();
    this.initialized += 1;
    this.sessions.set(made, { n: 0, said: [message] });
    const capabilities = { tools: {}, resources: { subscribe: true }, logging: {} };
    const serverInfo = { name: 'http-counter', version: '1' };
    res.setHeader('Mcp-Session-Id', made);
    answer(res, message, { protocolVersion: '2025-11-25', capabilities, serverInfo });
  }

  private result(session: HttpSession, { method }: JsonRpcRequest): Params {
    if (method !== 'tools/call') return {};
    session.n += 1;
    return { content: [{ type: 'text', text: JSON.stringify({ n: session.n }) }] };
  }
}

function answer(res: ServerResponse, { id }: JsonRpcRequest, result: Params): void {
  res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
}
