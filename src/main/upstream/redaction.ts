import type { LoginSettings } from './login/login-settings';
import type { ServerConfig } from './upstream-ports';

/** In characters. Shorter values are words such as `true` and `info`: not secret, and common in messages. */
const SHORTEST_SECRET = 8;

/**
 * A server's text with the values of its environment, headers and login blanked out, in case it repeated them.
 * @param token - of its login, which is blanked out as well
 */
export function withoutSecrets(text: string, target: ServerConfig['target'], token?: string | null): string {
  const secrets = longestFirst([...secretsOfTarget(target), ...withParts([token ?? ''])]);
  return secrets.reduce((safe, secret) => safe.replaceAll(secret, '•••'), text);
}

/** What must not be repeated of a server: all values of its environment and headers, and the secrets of its login. */
export function secretsOfTarget(target: ServerConfig['target']): string[] {
  const values = Object.values(target.kind === 'stdio' ? target.env : target.headers);
  const login = target.kind === 'http' && target.login ? secretsOf(target.login) : [];
  return [...withParts(values), ...login];
}

/** In `Bearer <key>`, the key alone is a secret too. */
export const withParts = (values: readonly string[]): string[] =>
  values.flatMap((value) => [value, ...value.split(/\s+/)]);

/** Those that are long enough. Longest first: replacing a secret inside another would leave the rest of the longer one. */
export const longestFirst = (secrets: readonly string[]): string[] =>
  [...new Set(secrets)].filter((one) => one.length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length);

/** The secrets of a login, in the forms in which they are sent (RFC 6749 section 2.3.1). Of a key, each line. */
function secretsOf({ clientId, clientSecret, privateKey }: LoginSettings): string[] {
  const lines = (privateKey ?? '').split('\n').filter((line) => !line.startsWith('-----'));
  if (clientSecret === null) return lines;
  const encoded = encodeURIComponent(clientSecret);
  const basic = Buffer.from(`${encodeURIComponent(clientId ?? '')}:${encoded}`).toString('base64');
  return [clientSecret, encoded, basic, ...lines];
}
