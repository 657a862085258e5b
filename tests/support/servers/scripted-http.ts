import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { test as base } from 'vitest';
import { DIRECT, type Network } from '#src/main/http-client/network';
import { isResponse, type JsonRpcMessage, type JsonRpcResponse, type RequestId } from '#src/main/mcp/json-rpc';
import { systemRandom, systemTimers } from '#src/main/platform/node';
import type { Timers } from '#src/main/platform/ports';
import { HttpConnection } from '#src/main/upstream/http/http-connection';
import type { HttpDeps, HttpResume } from '#src/main/upstream/http/http-ports';
import type { ConnectionEnd, ServerConnection } from '#src/main/upstream/server-connection';
import { disposing } from '../fixtures';
import type { Identity } from './authority';

const WAIT_LIMIT_MS = 10_000;

export interface Heard {
  readonly message: JsonRpcMessage;
  readonly relatedTo: RequestId | null;
}

/** A connection under test, with all that it said. */
export class ConnectionWire<C extends ServerConnection> {
  readonly connection: C;
  readonly heard: Heard[] = [];
  states = 0;
  end: ConnectionEnd | null = null;
  private readonly waiting = new Set<() => void>();
  private lastId = 0;

  constructor(connection: C) {
    this.connection = connection;
    this.connection.onmessage = (message, relatedTo) => {
      this.heard.push({ message, relatedTo });
      this.look();
    };
    this.connection.onclose = (why) => {
      this.end = why;
      this.look();
    };
    this.connection.onstate = () => {
      this.states += 1;
      this.look();
    };
  }

  /** Resolves with what `find` finds, as soon as it finds something. */
  until<T>(find: () => T | null | undefined | false, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        this.waiting.delete(look);
        reject(
          new Error(`${what} did not happen; heard: ${JSON.stringify(this.heard)}, end: ${JSON.stringify(this.end)}`),
        );
      }, WAIT_LIMIT_MS);
      const look = () => {
        const found = find();
        if (!found) return;
        clearTimeout(limit);
        this.waiting.delete(look);
        resolve(found);
      };
      this.waiting.add(look);
      look();
    });
  }

  async initialize(protocolVersion = '2025-11-25', capabilities: object = {}): Promise<JsonRpcResponse> {
    const clientInfo = { name: 'test', version: '1' };
    const response = await this.call('initialize', { protocolVersion, capabilities, clientInfo });
    this.connection.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return response;
  }

  call(method: string, params: Record<string, unknown> = {}): Promise<JsonRpcResponse> {
    return this.answerTo(this.begin(method, params));
  }

  /** Sends a request and returns its id. */
  begin(method: string, params: Record<string, unknown> = {}): string {
    this.lastId += 1;
    const id = `test-${this.lastId}`;
    this.connection.send({ jsonrpc: '2.0', id, method, params });
    return id;
  }

  answerTo(id: RequestId): Promise<JsonRpcResponse> {
    return this.until(() => this.responsesTo(id)[0], `an answer to ${id}`);
  }

  responsesTo(id: RequestId): JsonRpcResponse[] {
    const messages = this.heard.map(({ message }) => message);
    return messages.filter((message): message is JsonRpcResponse => isResponse(message) && message.id === id);
  }

  ended(): Promise<ConnectionEnd> {
    return this.until(() => this.end, 'the end');
  }

  private look(): void {
    for (const look of [...this.waiting]) look();
  }
}

/** A connection over Streamable HTTP under test. */
export class Wire extends ConnectionWire<HttpConnection> {
  constructor(
    url: string,
    resume: HttpResume | null = null,
    headers: Record<string, string> = {},
    timers: Timers = systemTimers,
    network: Network = DIRECT,
    waking?: HttpDeps['waking'],
  ) {
    const deps = { timers, random: systemRandom, login: null, network, waking };
    super(new HttpConnection({ kind: 'http', url, headers }, resume, deps));
    if (resume) this.connection.listen();
  }

  /** What the next connection is given. */
  resume(): HttpResume {
    const { session, protocolVersion } = this.connection;
    return { ...session, protocolVersion: protocolVersion ?? '' };
  }
}

export interface Asked {
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  /** Its body as JSON; null when it has none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into requests of any shape
  readonly body: any;
  /** The same as it came. */
  readonly text: string;
}

export interface ScriptedServer {
  readonly url: string;
  readonly port: number;
  /** Every request so far. */
  readonly asked: readonly Asked[];
  /** Resolves with the request of this number, from 0. */
  nth(index: number): Promise<Asked>;
  /** Listens no more. What is connected stays so. */
  deafen(): Promise<void>;
  /** Cuts every connection and listens no more. */
  stop(): Promise<void>;
}

export type Script = (asked: Asked, res: ServerResponse, req: IncomingMessage) => void;

/** An HTTP server that does with each request what the test says; over TLS, with an identity. */
export async function startScripted(script: Script, port = 0, identity?: Identity): Promise<ScriptedServer> {
  const asked: Asked[] = [];
  const waiting = new Set<() => void>();
  const sockets = new Set<Socket>();
  const serve = async (req: IncomingMessage, res: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const one = { method: req.method ?? '', headers: req.headers, body: text ? JSON.parse(text) : null, text };
    asked.push(one);
    script(one, res, req);
    for (const look of [...waiting]) look();
  };
  const server: Server = identity ? createSecureServer(identity, serve) : createServer(serve);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const own = (server.address() as AddressInfo).port;
  return {
    url: `http${identity ? 's' : ''}://127.0.0.1:${own}/mcp`,
    port: own,
    asked,
    nth: (index) =>
      new Promise((resolve, reject) => {
        const limit = setTimeout(() => reject(new Error(`request ${index} did not come`)), WAIT_LIMIT_MS);
        const look = () => {
          const one = asked[index];
          if (!one) return;
          clearTimeout(limit);
          waiting.delete(look);
          resolve(one);
        };
        waiting.add(look);
        look();
      }),
    deafen: async () => {
      server.close();
      await new Promise(setImmediate);
    },
    stop: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      return closed;
    },
  };
}

/** Tests of connections to HTTP servers: `serve` starts one, `connect` connects to one. All end with the test. */
export const wireTest = base
  .extend('serve', ({}, { onCleanup }) => disposing(onCleanup, startScripted, (server) => server.stop()))
  .extend('connect', ({}, { onCleanup }) =>
    disposing(
      onCleanup,
      (...args: ConstructorParameters<typeof Wire>) => new Wire(...args),
      ({ connection }) => connection.release(),
    ),
  );

export const sendJson = (res: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => {
  res.writeHead(status, { 'content-type': 'application/json', ...headers });
  res.end(JSON.stringify(body));
};

export const startEvents = (res: ServerResponse) => {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  res.flushHeaders();
};

export const sendEvent = (res: ServerResponse, id: string | null, data: unknown, retry?: number) => {
  const lines = [id === null ? '' : `id: ${id}\n`, retry === undefined ? '' : `retry: ${retry}\n`];
  res.write(`${lines.join('')}data: ${data === '' ? '' : JSON.stringify(data)}\n\n`);
};

export const result = (id: unknown, value: object = {}) => ({ jsonrpc: '2.0', id, result: value });

export const initializeResult = (id: unknown, protocolVersion = '2025-11-25') =>
  result(id, { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'scripted', version: '1' } });

/** Answers the handshake as a server with sessions does; true when it was part of that. */
export function handshake({ method, body }: Asked, res: ServerResponse, sessionId = 'session-1'): boolean {
  if (method === 'POST' && body.method === 'initialize') {
    sendJson(res, 200, initializeResult(body.id), { 'mcp-session-id': sessionId });
  } else if (method === 'POST' && !('id' in body)) res.writeHead(202).end();
  else if (method === 'GET' && res.req.headers['last-event-id'] === undefined) res.writeHead(405).end();
  else return false;
  return true;
}
