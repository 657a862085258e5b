import type { ServerConfig } from './upstream-ports';

/** Shorter values are words like `true` and `info`: no secret, and part of many sentences. */
const SHORTEST_SECRET = 8;

/** What a server says, without values of its environment and headers that it may have repeated. */
export function withoutSecrets(text: string, target: ServerConfig['target']): string {
  const values = Object.values(target.kind === 'stdio' ? target.env : target.headers);
  // Of `Bearer <key>` the key alone is a secret too.
  const secrets = values
    .flatMap((value) => [value, ...value.split(/\s+/)])
    .filter((one) => one.length >= SHORTEST_SECRET);
  // The longest first, so that nothing is left of one that holds another.
  secrets.sort((a, b) => b.length - a.length);
  return secrets.reduce((safe, secret) => safe.replaceAll(secret, '•••'), text);
}
