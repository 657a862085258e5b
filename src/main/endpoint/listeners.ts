import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { HoldfastError } from '../../shared/errors';
import { MINUTE, type Ms, SECOND } from '../../shared/model/units';
import { createServer, STATUS_CODES } from '../platform/node-http';
import type { Connections } from './connections';
import { isHoldfast } from './probe';
import { type PassedConnection, PassedPeers } from './real-peer';
import { refuseSocket } from './refusal';

const ADDRESSES = ['127.0.0.1', '::1'] as const;
const MAX_HEADER_BYTES = 16 * 1024;
const HEADERS_WITHIN: Ms = 5 * SECOND;
const REQUEST_WITHIN: Ms = MINUTE;
const CHECK_PERIOD: Ms = 2 * SECOND;
const KEEP_ALIVE: Ms = 65 * SECOND;
const MAX_CONNECTIONS = 4_096;
/** How many ports to try when any will do, in case the chosen one is taken on IPv6. */
const TRIES = 5;

/** Handlers for incoming traffic. None of them may throw or reject. */
export interface IncomingHandlers {
  /** Called before the first request arrives. */
  listening(port: number): void;
  request(req: IncomingMessage, res: ServerResponse): void;
  /** A request to upgrade to WebSocket. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export interface Listeners {
  readonly port: number;
  readonly servers: readonly Server[];
  /** Tells whose connections the keeper passes on, before their first byte. */
  learnPassed(passed: readonly PassedConnection[]): void;
}

/**
 * Listens on the IPv4 and IPv6 loopback addresses, both on the same port, and on no other address. IPv6 is left out if
 * the machine does not have it. A given port is never replaced by another one: clients have it in their configuration.
 * @param port - 0 takes any free port
 * @throws HoldfastError `already_running` when a Holdfast has the port, `port_in_use` when something else has it
 */
export async function listen(
  port: number,
  handlers: IncomingHandlers,
  connections: Connections,
  log: Logger,
): Promise<Listeners> {
  const peers = new PassedPeers();
  for (let left = port === 0 ? TRIES : 1; ; left -= 1) {
    const servers: Server[] = [];
    let taken = port;
    try {
      for (const address of ADDRESSES) {
        const server = makeServer(handlers, connections, peers, log);
        if (!(await bind(server, address, taken, log))) continue;
        servers.push(server);
        taken = (server.address() as AddressInfo).port;
        if (servers.length === 1) handlers.listening(taken);
      }
      return { port: taken, servers, learnPassed: (passed) => peers.learn(passed) };
    } catch (error) {
      for (const server of servers) server.close();
      if (!isTaken(error) || left <= 1) throw isTaken(error) ? await portError(taken) : error;
    }
  }
}

/** @returns false if the machine does not have this address */
function bind(server: Server, host: string, port: number, log: Logger): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT';
      if (!isMissing || host === ADDRESSES[0]) {
        reject(error);
        return;
      }
      log.info({ host, code: error.code }, 'this machine has no IPv6 loopback address');
      resolve(false);
    });
    server.listen({ host, port, exclusive: true }, () => {
      server.removeAllListeners('error');
      server.on('error', (err) => log.error({ err }, 'the endpoint had a problem'));
      resolve(true);
    });
  });
}

const isTaken = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EADDRINUSE';

async function portError(port: number): Promise<HoldfastError> {
  if (await isHoldfast(port)) {
    const message = `Another Holdfast, with a data folder of its own, has port ${port}. Stop it, or set HOLDFAST_PORT.`;
    return new HoldfastError('already_running', message);
  }
  return new HoldfastError(
    'port_in_use',
    `Port ${port} is taken by another program. Stop it, or set HOLDFAST_PORT to a free port and change it in your clients too.`,
  );
}

function makeServer(handlers: IncomingHandlers, connections: Connections, peers: PassedPeers, log: Logger): Server {
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_WITHIN,
    requestTimeout: REQUEST_WITHIN,
    connectionsCheckingInterval: CHECK_PERIOD,
    keepAliveTimeout: KEEP_ALIVE,
    // The guard answers a missing Host itself, with an explanation.
    requireHostHeader: false,
    noDelay: true,
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('connection', (socket) => {
    peers.opened(socket);
    connections.add(server, socket);
  });
  server.on('request', (req, res) => {
    res.once('close', connections.began(req.socket));
    handlers.request(req, res);
  });
  server.on('upgrade', (req, socket, head) => {
    if (req.headers.upgrade?.toLowerCase() === 'websocket') handlers.upgrade(req, socket, head);
    else goOnWithoutUpgrade(server, req, socket, head);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    log.info({ code: error.code }, 'a request could not be read');
    refuseUnreadable(error.code, socket);
  });
  return server;
}

/**
 * Feeds a request back into the server without its offer to upgrade. A server may ignore such an offer (RFC 9110
 * section 7.8), and some clients offer HTTP/2 with their first request.
 */
function goOnWithoutUpgrade(server: Server, req: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`];
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i] ?? '';
    if (/^(upgrade|http2-settings)$/i.test(name)) continue;
    const value = req.rawHeaders[i + 1] ?? '';
    const isClose = /(?:^|[\s,])close(?:$|[\s,])/i.test(value);
    lines.push(`${name}: ${/^connection$/i.test(name) ? (isClose ? 'close' : 'keep-alive') : value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

const UNREADABLE: Record<string, { status: number; detail: string }> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'The headers are too large. Send at most 16 KiB.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    detail: 'The body is not framed sensibly. Send it without extensions.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'The request did not arrive in time. Send it again, faster.' },
};
const NOT_HTTP = { status: 400, detail: 'This is not an HTTP/1.1 request that Holdfast understands.' };

function refuseUnreadable(code: string | undefined, socket: Duplex): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, detail } = UNREADABLE[code ?? ''] ?? NOT_HTTP;
  refuseSocket(socket, { status, headers: {}, detail }, STATUS_CODES[status] ?? '');
}
