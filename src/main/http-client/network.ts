import type { Agent, AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Ms } from '../../shared/model/units';
import { Agent as HttpAgent } from '../platform/node-http';
import type { Timers } from '../platform/ports';
import { trustedCertificates } from './certificates';
import { type HttpProxy, proxyFor } from './proxy';
import { forwardAgent, tunnelAgent } from './proxy-agents';
import { ProxyDialer } from './proxy-dialer';

export interface NetworkOptions {
  /** Where proxies and certificates are named; docs/settings.md lists the variables. */
  readonly environment: NodeJS.ProcessEnv;
  /** Is told, in a sentence, of a variable that names no usable certificates. */
  readonly onProblem?: (sentence: string) => void;
}

/** The way to one origin. */
export interface Route {
  /** The proxy that stands in between; null if none does. */
  readonly proxy: HttpProxy | null;
  /**
   * An agent that connects over this route, with connections of its own.
   * @param limit - how long a proxy may take to open a connection
   * @param probeAfter - when TCP keep-alive begins to probe an idle connection
   */
  agent(options: AgentOptions, timing: { timers: Timers; limit: Ms; probeAfter: Ms }): Agent;
}

/** How requests leave this machine: through which proxies, and which authorities are trusted. One for all of Holdfast. */
export class Network {
  private readonly options: NetworkOptions;
  private context: SecureContext | null = null;

  constructor(options: NetworkOptions) {
    this.options = options;
  }

  /** @throws RequestFailed when the variable that names the proxy for this URL cannot be used */
  routeTo(url: URL): Route {
    const proxy = proxyFor(url, this.options.environment);
    const isSecure = url.protocol === 'https:';
    return {
      proxy,
      agent: (options, timing) => {
        const secured = () => ({ ...options, secureContext: this.secureContext() });
        if (proxy === null) return isSecure ? new HttpsAgent(secured()) : new HttpAgent(options);
        const secureContext = proxy.protocol === 'https:' ? this.secureContext() : null;
        const dialer = new ProxyDialer(proxy, { ...timing, host: url.host, secureContext });
        return isSecure ? tunnelAgent(dialer, secured()) : forwardAgent(dialer, options);
      },
    };
  }

  /** Made on first use, and once: it takes 20 ms and 4 MB. */
  private secureContext(): SecureContext {
    const { environment, onProblem = () => {} } = this.options;
    this.context ??= createSecureContext({ ca: trustedCertificates({ environment, onProblem }) });
    return this.context;
  }
}

/** Without proxies, and with the authorities that the system trusts. */
export const DIRECT = new Network({ environment: {} });
