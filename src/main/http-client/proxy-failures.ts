import { type Failing, RequestFailed, unreachedOf, untrustedOf } from './failures';
import type { HttpProxy } from './proxy';

const LASTING: Failing = { taken: false, passing: false };
const PASSING: Failing = { taken: false, passing: true };

/** Describes why a proxy could not be connected to, or broke off before it opened a connection to `host`. */
export function proxyUnreached(error: unknown, proxy: HttpProxy, host: string): RequestFailed {
  const untrusted = untrustedOf(error);
  if (untrusted !== null) return failed(proxy, host, `is not trusted: ${untrusted}`, LASTING, error);
  const unreached = unreachedOf(error);
  const check = `check ${proxy.variable} in Holdfast's environment`;
  if (unreached !== null) return failed(proxy, host, `${unreached}; ${check}`, PASSING, error);
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  if (code.startsWith('HPE_')) return failed(proxy, host, `does not speak HTTP; ${check}`, LASTING, error);
  return failed(proxy, host, `cut the connection${code === '' ? '' : ` (${code})`}; ${check}`, PASSING, error);
}

/** Describes that a proxy did not open a connection to `host` in time. */
export const proxySlow = (proxy: HttpProxy, host: string): RequestFailed =>
  failed(proxy, host, 'opened no connection to it in time; check that the proxy can reach it', PASSING);

/**
 * Describes what a proxy answered in place of a connection to `host`.
 * @param schemes - its `Proxy-Authenticate` header
 */
export function proxyRefused(status: number, schemes: string, proxy: HttpProxy, host: string): RequestFailed {
  const { authorization, name, variable } = proxy;
  if (status === 407 && schemes !== '' && !/\bbasic\b/i.test(schemes)) {
    const advice = 'name a proxy on this machine that logs in to it';
    return failed(proxy, host, `wants a kind of login that Holdfast does not know (407); ${advice}`, LASTING);
  }
  if (status === 407 && authorization === null) {
    const form = `${proxy.protocol}//NAME:PASSWORD@${name}`;
    return failed(proxy, host, `wants a user name and a password (407); put them into ${variable}: ${form}`, LASTING);
  }
  if (status === 407) {
    return failed(proxy, host, `did not take the user name and password in ${variable} (407); correct them`, LASTING);
  }
  if (status === 403) {
    const advice = 'ask who runs the proxy, or list the host in NO_PROXY if it can be reached directly';
    return failed(proxy, host, `does not allow it (403); ${advice}`, LASTING);
  }
  if (status >= 500 || status === 429) {
    return failed(proxy, host, `answered ${status}: it could not connect to the server, or not now`, PASSING);
  }
  return failed(proxy, host, `answered ${status} and opened no connection; is ${variable} a proxy for HTTP?`, LASTING);
}

const failed = ({ name }: HttpProxy, host: string, what: string, how: Failing, cause?: unknown): RequestFailed =>
  new RequestFailed(`at ${host} is asked through the proxy ${name}, which ${what}`, how, { cause });
