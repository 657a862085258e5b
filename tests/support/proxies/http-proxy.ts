import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Identity } from '../servers/authority';

export interface HttpProxyOptions {
  /** Ports on this machine of the hosts that it can reach, by `host:port`. */
  readonly hosts?: Readonly<Record<string, number>>;
  /** `name:password` that it wants. */
  readonly login?: string;
  /** With it, the proxy itself is asked over TLS. */
  readonly identity?: Identity;
  /** Answers in place of the proxy; a function that answers nothing leaves the request waiting. */
  readonly refuse?: (to: Socket | ServerResponse) => void;
}

export interface HttpProxy {
  readonly port: number;
  /** What it was asked for: `CONNECT host:port`, `POST http://host/path`. */
  readonly asked: readonly string[];
  /** Headers of the requests, in the same order. */
  readonly headers: readonly IncomingMessage['headers'][];
  /** Connections that are open to it. */
  connections(): number;
  /** Cuts every connection, and still listens. */
  cut(): void;
  stop(): Promise<void>;
}

/** A forward proxy as companies run them: CONNECT, and requests in absolute form. It knows hosts of its own. */
export async function startHttpProxy(options: HttpProxyOptions = {}): Promise<HttpProxy> {
  const { hosts = {}, login, identity, refuse } = options;
  const asked: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const sockets = new Set<Socket>();
  const wanted = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
  const note = (req: IncomingMessage) => {
    asked.push(`${req.method} ${req.url}`);
    headers.push(req.headers);
  };
  const isLoggedIn = (req: IncomingMessage) => wanted === undefined || req.headers['proxy-authorization'] === wanted;
  const LOGIN = { 'proxy-authenticate': 'Basic realm="test"' };

  const forward = (req: IncomingMessage, res: ServerResponse) => {
    note(req);
    if (refuse) return refuse(res);
    if (!isLoggedIn(req)) return void res.writeHead(407, LOGIN).end('who are you?');
    const url = URL.canParse(req.url ?? '') ? new URL(req.url ?? '') : null;
    const port = url && hosts[`${url.hostname}:${url.port || 80}`];
    if (!url || port === null || port === undefined) return void res.writeHead(502).end();
    const { 'proxy-authorization': _, ...passed } = req.headers;
    const path = url.pathname + url.search;
    const onward = request({ host: '127.0.0.1', port, method: req.method, path, headers: passed }, (answer) => {
      res.writeHead(answer.statusCode ?? 0, answer.headers);
      res.flushHeaders();
      answer.pipe(res);
      answer.on('error', () => res.destroy());
    });
    onward.on('error', () => res.destroy());
    res.on('close', () => onward.destroy());
    req.pipe(onward);
  };
  const server: Server = identity ? createSecureServer(identity, forward) : createServer(forward);
  server.on('connect', (req: IncomingMessage, socket: Socket) => {
    note(req);
    socket.on('error', () => {});
    if (refuse) return refuse(socket);
    if (!isLoggedIn(req)) {
      return void socket.end(
        'HTTP/1.1 407 Log in\r\nproxy-authenticate: Basic realm="test"\r\ncontent-length: 0\r\n\r\n',
      );
    }
    const port = hosts[req.url ?? ''];
    if (port === undefined) return void socket.end('HTTP/1.1 502 No such host\r\n\r\n');
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    onward.on('close', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    headers,
    connections: () => sockets.size,
    cut,
    stop: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      cut();
      return closed;
    },
  };
}
