import { HIDDEN } from '../../shared/model/secret-values';
import type { LoginSettings } from './login/login-settings';
import type { ServerConfig } from './upstream-ports';

/** In characters. Shorter values are words such as `true` and `info`: not secret, and common in messages. */
const SHORTEST_SECRET = 8;
/** What follows where a text was cut. */
const CUT_HERE = /^(?:$|[…"'])/;

/**
 * A server's text with the values of its environment, headers and login blanked out, in case it repeated them. So is the beginning
 * of one where somebody has cut the text: at its end, at an ellipsis, or at the end of a quotation.
 * @param token - of its login, which is blanked out as well
 */
export function withoutSecrets(text: string, target: ServerConfig['target'], token?: string | null): string {
  const secrets = longestFirst([...secretsOfTarget(target), ...withParts([token ?? ''])]);
  const whole = secrets.reduce((safe, secret) => safe.replaceAll(secret, HIDDEN), text);
  return secrets.reduce(withoutBeginning, whole);
}

function withoutBeginning(text: string, secret: string): string {
  const begins = secret.slice(0, SHORTEST_SECRET);
  let safe = '';
  let rest = text;
  for (let at = rest.indexOf(begins); at >= 0; at = rest.indexOf(begins)) {
    let end = at + begins.length;
    while (end < rest.length && rest[end] === secret[end - at]) end += 1;
    safe += rest.slice(0, at) + (CUT_HERE.test(rest.slice(end, end + 1)) ? HIDDEN : rest.slice(at, end));
    rest = rest.slice(end);
  }
  return safe + rest;
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
