import type { Agent, AgentOptions, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { SecureContext } from 'node:tls';
import { said } from '../../shared/messages/said';
import type { Ms } from '../../shared/model/units';
import { Agent as HttpAgent } from '../platform/node-http';
import type { Timers } from '../platform/ports';
import type { RequestFailed } from './failures';
import type { HttpProxy } from './proxy';
import { forwardAgent, tunnelAgent } from './proxy-agents';
import { ProxyDialer } from './proxy-dialer';
import { proxyRefused, proxySlow } from './proxy-failures';

/** The way to one origin: directly, through a proxy's tunnel (https), or from a proxy that passes requests on (http). */
export class Route {
  /** The origin's host and what stands in between, as sentences name it. */
  readonly host: string;
  readonly proxy: HttpProxy | null;
  private readonly url: URL;
  private readonly secureContext: () => SecureContext;

  constructor(url: URL, proxy: HttpProxy | null, secureContext: () => SecureContext) {
    this.url = url;
    this.proxy = proxy;
    this.secureContext = secureContext;
    this.host = proxy === null ? url.host : said('said.host.proxied', { host: url.host, proxy: proxy.name });
  }

  /**
   * An agent that connects over this route, with connections of its own.
   * @param limit - how long a proxy may take to open a connection
   * @param probeAfter - when TCP keep-alive begins to probe an idle connection
   */
  agent(options: AgentOptions, timing: { timers: Timers; limit: Ms; probeAfter: Ms }): Agent {
    const { proxy, url } = this;
    const isSecure = url.protocol === 'https:';
    const secured = () => ({ ...options, secureContext: this.secureContext() });
    if (proxy === null) return isSecure ? new HttpsAgent(secured()) : new HttpAgent(options);
    const secureContext = proxy.protocol === 'https:' ? this.secureContext() : null;
    const dialer = new ProxyDialer(proxy, { ...timing, host: url.host, secureContext });
    return isSecure ? tunnelAgent(dialer, secured()) : forwardAgent(dialer, options);
  }

  /** What the head of a request to a URL of this origin needs besides, by names in small letters. */
  head({ protocol, host, pathname, search }: URL): { path?: string; headers: Record<string, string> } {
    if (this.proxy === null || protocol === 'https:') return { headers: {} };
    const { authorization } = this.proxy;
    return {
      // RFC 9112 section 3.2.2: the absolute form.
      path: `${protocol}//${host}${pathname}${search}`,
      headers: authorization === null ? {} : { 'proxy-authorization': authorization },
    };
  }

  /** Whether the answer is a refusal of the proxy, which got the request and did not pass it on; null if it is not. */
  refusal({ statusCode = 0, headers }: IncomingMessage): RequestFailed | null {
    if (this.proxy === null || this.url.protocol === 'https:') return null;
    // RFC 9209 for the second, Squid for the third. What else a proxy says looks like an answer of the server.
    const status = String(headers['proxy-status'] ?? '');
    const saysSo = /;\s*error=/.test(status) || headers['x-squid-error'] !== undefined;
    if (statusCode !== 407 && !(statusCode === 403 && saysSo)) return null;
    return proxyRefused(statusCode, String(headers['proxy-authenticate'] ?? ''), this.proxy, this.url.host);
  }

  /** Describes that no connection was there in time, before anything is known of the server itself; null if direct. */
  slow(): RequestFailed | null {
    return this.proxy && proxySlow(this.proxy, this.url.host);
  }
}
