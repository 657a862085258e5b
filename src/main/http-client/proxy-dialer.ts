import type { ClientRequest } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import type { Ms } from '../../shared/model/units';
import { request as httpRequest } from '../platform/node-http';
import type { Timers } from '../platform/ports';
import type { RequestFailed } from './failures';
import type { HttpProxy } from './proxy';
import { proxyRefused, proxySlow, proxyUnreached } from './proxy-failures';

export interface DialerOptions {
  /** The server that is asked through the proxy, as sentences name it. */
  readonly host: string;
  readonly timers: Timers;
  /** How long a connection may take until it can be used. */
  readonly limit: Ms;
  /** When TCP keep-alive begins to probe an idle connection. */
  readonly probeAfter: Ms;
  /** For a proxy that is itself asked over TLS; null for others. */
  readonly secureContext: SecureContext | null;
}

type Dialled = (failure: RequestFailed | null, socket: Socket | null) => void;

/** Opens connections through one proxy. What is not open yet is cut by {@link close}, or when it takes too long. */
export class ProxyDialer {
  private readonly proxy: HttpProxy;
  private readonly options: DialerOptions;
  private readonly pending = new Set<() => void>();

  constructor(proxy: HttpProxy, options: DialerOptions) {
    this.proxy = proxy;
    this.options = options;
  }

  /**
   * Connects to the proxy, which requests are then sent to. Calls `dialled` once, with a failure or with a connection that
   * nobody listens to yet.
   */
  dial(dialled: Dialled): void {
    const { proxy } = this;
    const { host } = this.options;
    const socket = this.connect();
    const attempt = this.begin(socket, dialled);
    socket.once('error', (error) => attempt.fail(proxyUnreached(error, proxy, host)));
    socket.once('close', () => attempt.fail(proxyUnreached(null, proxy, host)));
    socket.once(proxy.protocol === 'https:' ? 'secureConnect' : 'connect', () => attempt.succeed(socket));
  }

  /** The same, but the connection leads through the proxy to `target`, `host:port` (CONNECT, RFC 9110 section 9.3.6). */
  tunnel(target: string, dialled: Dialled): void {
    const { proxy } = this;
    const { host } = this.options;
    const socket = this.connect();
    const attempt = this.begin(socket, dialled);
    const unreached = (error: unknown) => attempt.fail(proxyUnreached(error, proxy, host));
    // Only now, for Node would write the request before the proxy's certificate is verified.
    socket.once('error', unreached);
    socket.once(proxy.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      const request = this.askFor(target, socket);
      request.once('error', unreached);
      request.once('connect', ({ statusCode = 0, headers }, tunnelled: Socket, head) => {
        if (statusCode < 200 || statusCode > 299) {
          const schemes = String(headers['proxy-authenticate'] ?? '');
          attempt.fail(proxyRefused(statusCode, schemes, proxy, host));
          return;
        }
        if (head.length > 0) tunnelled.unshift(head);
        attempt.succeed(tunnelled);
      });
    });
  }

  /** Cuts what is not open yet. */
  close(): void {
    for (const cut of [...this.pending]) cut();
  }

  private connect(): Socket {
    const { protocol, hostname: host, port } = this.proxy;
    const { secureContext } = this.options;
    if (protocol === 'http:') return connectTcp({ host, port, noDelay: true });
    const servername = isIP(host) === 0 ? host : '';
    return connectTls({
      host,
      port,
      servername,
      ALPNProtocols: ['http/1.1'],
      secureContext: secureContext ?? undefined,
    });
  }

  private askFor(target: string, socket: Socket): ClientRequest {
    const { authorization } = this.proxy;
    const request = httpRequest({
      method: 'CONNECT',
      path: target,
      setHost: false,
      headers: {
        host: target,
        'user-agent': 'holdfast',
        connection: 'keep-alive',
        // What proxies of old look for instead.
        'proxy-connection': 'keep-alive',
        ...(authorization === null ? {} : { 'proxy-authorization': authorization }),
      },
      createConnection: () => socket,
    });
    return request.end();
  }

  private begin(socket: Socket, dialled: Dialled) {
    const { host, timers, limit, probeAfter } = this.options;
    // Until someone else listens, or after everything was said, an error must not go unheard: it would end the process.
    socket.on('error', () => {});
    const cut = () => fail(proxyUnreached(null, this.proxy, host));
    let isOver = false;
    const finish = (): boolean => {
      if (isOver) return false;
      isOver = true;
      cancelLimit();
      this.pending.delete(cut);
      return true;
    };
    const fail = (failure: RequestFailed): void => {
      if (!finish()) return;
      socket.destroy();
      dialled(failure, null);
    };
    const succeed = (open: Socket): void => {
      if (!finish()) return;
      open.setNoDelay(true);
      open.setKeepAlive(true, probeAfter);
      dialled(null, open);
    };
    const cancelLimit = timers.after(limit, () => fail(proxySlow(this.proxy, host)));
    this.pending.add(cut);
    return { fail, succeed };
  }
}
