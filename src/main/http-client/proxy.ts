import { type Sentence, said } from '../../shared/messages/said';
import { RequestFailed } from './failures';
import { isExempt } from './no-proxy';

/** A proxy for HTTP. */
export interface HttpProxy {
  readonly protocol: 'http:' | 'https:';
  /** Its host name or address, an IPv6 address without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** `host:port`, as sentences name it. */
  readonly name: string;
  /** Value of `Proxy-Authorization` (RFC 7617); null when no user is named. A secret. */
  readonly authorization: string | null;
  /** The environment variable that names it, as it is written there. */
  readonly variable: string;
}

/**
 * The proxy through which a URL is asked, or null if it is asked directly. It is named by `HTTPS_PROXY` for https, by
 * `HTTP_PROXY` for http, and by `ALL_PROXY` for either; {@link isExempt} says what `NO_PROXY` takes out. The lower-case
 * form of a variable goes first, as in curl, and an empty one counts as absent. Without a scheme a proxy is asked over http.
 * @throws RequestFailed when the variable does not hold the address of a proxy over http or https
 */
export function proxyFor(url: URL, environment: NodeJS.ProcessEnv): HttpProxy | null {
  const scheme = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const named = lookUp(scheme, environment) ?? lookUp('ALL_PROXY', environment);
  if (!named || isExempt(url, lookUp('NO_PROXY', environment)?.value ?? '')) return null;
  return parse(named);
}

interface Named {
  readonly variable: string;
  readonly value: string;
}

function lookUp(name: string, environment: NodeJS.ProcessEnv): Named | null {
  for (const variable of [name.toLowerCase(), name]) {
    const value = environment[variable]?.trim();
    if (value) return { variable, value };
  }
  return null;
}

function parse({ variable, value }: Named): HttpProxy {
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  const protocol = url?.protocol;
  // The value may hold a password, so it is not repeated.
  if (protocol?.startsWith('socks')) {
    throw unusable(said('said.proxy.socks', { variable }));
  }
  if (!url || (protocol !== 'http:' && protocol !== 'https:') || url.hostname === '') {
    throw unusable(said('said.proxy.no_address', { variable }));
  }
  const port = Number(url.port || (protocol === 'https:' ? 443 : 80));
  const user = `${decoded(url.username)}:${decoded(url.password)}`;
  return {
    protocol,
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    name: `${url.hostname}:${port}`,
    authorization: user === ':' ? null : `Basic ${Buffer.from(user).toString('base64')}`,
    variable,
  };
}

const unusable = (what: Sentence) =>
  new RequestFailed(said('said.proxy.unusable', { what }), { taken: false, passing: false });

/** A percent sign that encodes nothing is a percent sign. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
