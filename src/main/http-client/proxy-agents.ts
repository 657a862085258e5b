import type { Agent, AgentOptions, ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions as HttpsAgentOptions, type RequestOptions } from 'node:https';
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import { Agent as HttpAgent } from '../platform/node-http';
import type { ProxyDialer } from './proxy-dialer';

type Created = (error: Error | null, socket: Duplex) => void;

/**
 * Sends requests for http URLs to a proxy, which passes them on. The requests must be in absolute form (RFC 9112 section
 * 3.2.2). Connections are open when a request gets them.
 */
class ForwardAgent extends HttpAgent {
  private readonly dialer: ProxyDialer;

  constructor(dialer: ProxyDialer, options: AgentOptions) {
    super(options);
    this.dialer = dialer;
  }

  override createConnection(_: ClientRequestArgs, created?: Created): undefined {
    this.dialer.dial((failure, socket) => created?.(failure, socket as Duplex));
  }

  override destroy(): void {
    this.dialer.close();
    super.destroy();
  }
}

/** Sends requests for https URLs through tunnels. A request gets its connection before TLS with the server begins. */
class TunnelAgent extends HttpsAgent {
  private readonly dialer: ProxyDialer;

  constructor(dialer: ProxyDialer, options: HttpsAgentOptions) {
    super(options);
    this.dialer = dialer;
  }

  override createConnection(options: RequestOptions, created?: Created): undefined {
    this.dialer.tunnel(targetOf(options), (failure, socket) => {
      const secure = socket && super.createConnection({ ...options, socket } as RequestOptions);
      created?.(failure, secure as Duplex);
    });
  }

  override destroy(): void {
    this.dialer.close();
    super.destroy();
  }
}

/** An agent for http URLs whose connections are those of `dialer`. */
export const forwardAgent = (dialer: ProxyDialer, options: AgentOptions): Agent => new ForwardAgent(dialer, options);

/** An agent for https URLs whose connections lead through the tunnels of `dialer`. */
export const tunnelAgent = (dialer: ProxyDialer, options: HttpsAgentOptions): Agent => new TunnelAgent(dialer, options);

const targetOf = ({ host, port }: RequestOptions): string =>
  `${isIPv6(host ?? '') ? `[${host}]` : host}:${port ?? 443}`;
