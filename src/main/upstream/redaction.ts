import type { ServerConfig } from './upstream-ports';

/** In characters. Shorter values are words such as `true` and `info`: not secret, and common in messages. */
const SHORTEST_SECRET = 8;

/**
 * A server's text with the values of its environment and headers blanked out, in case it repeated them.
 * @param token - of its login, which is blanked out as well
 */
export function withoutSecrets(text: string, target: ServerConfig['target'], token?: string | null): string {
  const values = Object.values(target.kind === 'stdio' ? target.env : target.headers);
  // In `Bearer <key>`, the key alone is a secret too.
  const secrets = [...values, token ?? '']
    .flatMap((value) => [value, ...value.split(/\s+/)])
    .filter((one) => one.length >= SHORTEST_SECRET);
  // Longest first: replacing a secret inside another would leave the rest of the longer one.
  secrets.sort((a, b) => b.length - a.length);
  return secrets.reduce((safe, secret) => safe.replaceAll(secret, '•••'), text);
}
