import { createSecureContext, type SecureContext } from 'node:tls';
import { trustedCertificates } from './certificates';
import { proxyFor } from './proxy';
import { Route } from './route';

export interface NetworkOptions {
  /** Where proxies and certificates are named; docs/settings.md lists the variables. */
  readonly environment: NodeJS.ProcessEnv;
  /** Is told, in a sentence, of a variable that names no usable certificates. */
  readonly onProblem?: (sentence: string) => void;
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
    return new Route(url, proxyFor(url, this.options.environment), () => this.secureContext());
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
