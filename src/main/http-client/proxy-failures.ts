import { type Sentence, said } from '../../shared/messages/said';
import { brokenOff, type Failing, RequestFailed, unreachedOf, untrustedOf } from './failures';
import type { HttpProxy } from './proxy';

const LASTING: Failing = { taken: false, passing: false };
const PASSING: Failing = { taken: false, passing: true };

/** Describes why a proxy could not be connected to, or broke off before it opened a connection to `host`. */
export function proxyUnreached(error: unknown, proxy: HttpProxy, host: string): RequestFailed {
  const untrusted = untrustedOf(error);
  if (untrusted !== null) return failed(proxy, host, said('said.net.untrusted', { what: untrusted }), LASTING, error);
  const unreached = unreachedOf(error);
  const checked = (what: Sentence) => said('said.proxy.check', { what, variable: proxy.variable });
  if (unreached !== null) return failed(proxy, host, checked(unreached), PASSING, error);
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  if (code.startsWith('HPE_')) return failed(proxy, host, checked(said('said.proxy.not_http')), LASTING, error);
  return failed(proxy, host, checked(brokenOff('said.net.cut', code)), PASSING, error);
}

/** Describes that a proxy did not open a connection to `host` in time. */
export const proxySlow = (proxy: HttpProxy, host: string): RequestFailed =>
  failed(proxy, host, said('said.proxy.slow'), PASSING);

/**
 * Describes what a proxy answered in place of a connection to `host`.
 * @param schemes - its `Proxy-Authenticate` header
 */
export function proxyRefused(status: number, schemes: string, proxy: HttpProxy, host: string): RequestFailed {
  const { authorization, name, variable } = proxy;
  if (status === 407 && schemes !== '' && !/\bbasic\b/i.test(schemes)) {
    return failed(proxy, host, said('said.proxy.other_login'), LASTING);
  }
  if (status === 407 && authorization === null) {
    const form = `${proxy.protocol}//NAME:PASSWORD@${name}`;
    return failed(proxy, host, said('said.proxy.login', { variable, form }), LASTING);
  }
  if (status === 407) {
    return failed(proxy, host, said('said.proxy.wrong_login', { variable }), LASTING);
  }
  if (status === 403) {
    return failed(proxy, host, said('said.proxy.forbidden'), LASTING);
  }
  if (status >= 500 || status === 429) {
    return failed(proxy, host, said('said.proxy.failed', { status }), PASSING);
  }
  return failed(proxy, host, said('said.proxy.not_a_proxy', { status, variable }), LASTING);
}

const failed = ({ name }: HttpProxy, host: string, what: Sentence, how: Failing, cause?: unknown): RequestFailed =>
  new RequestFailed(said('said.server.at', { host, what: said('said.proxy.asked', { proxy: name, what }) }), how, {
    cause,
  });
