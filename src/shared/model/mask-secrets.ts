import { HIDDEN } from './secret-values';

/** Each with the part to keep as its first group. */
const SECRETS: readonly RegExp[] = [
  // Keys of clients and of the administrator, and of services whose tokens have a mark of their own.
  /(\b)(?:hfa?_|gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|sk-|[spr]k_(?:live|test)_|ya29\.|AIza|lin_api_|ntn_|npm_|pypi-|dop_v1_|SG\.|shpat_)[\w.~+/=-]{8,}/g,
  /(\b)(?:AKIA|ASIA)[A-Z0-9]{12,}/g,
  // Reconnect tokens and other JWTs, whole or cut off.
  /(\b)eyJ[\w-]{8,}(?:\.[\w-]*){0,2}/g,
  /(\b(?:Bearer|Basic|Token)\s+)[^\s"',;]{8,}/gi,
  /()-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g,
  /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/?#@:"']*:)[^\s/?#@"']+(?=@)/gi,
  /([?&#](?:[\w-]*(?:key|token|secret|password|pwd|code|ticket|state))=)[^&#\s"']+/gi,
  /(["']?\b[\w-]*(?:key|token|secret|password|passwd|passphrase|credential|cookie|authorization)["']?\s*[:=]\s*["']?)(?!•)[^\s"',;}\]]{6,}/gi,
  /(\b)[0-9a-f]{32,}\b/gi,
];
/** Long and random, and not one of Holdfast's ids, which begin with one or two letters and a line. */
const RANDOM = /(?<![\w/.-])(?![a-z]{1,2}_)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[A-Za-z0-9_-]{24,}(?![\w/.-])/g;

/**
 * A text of any origin without what looks like a key, a token or a password, and without the secrets that are known. A last
 * line of defence for what leaves the machine: whoever writes the log keeps secrets out of it already.
 *
 * @param known - secrets to be removed wherever they stand, whatever they look like
 */
export function maskSecrets(text: string, known: readonly string[] = []): string {
  const without = known
    .filter((secret) => secret !== '')
    .reduce((safe, secret) => safe.replaceAll(secret, HIDDEN), text);
  return SECRETS.reduce((safe, pattern) => safe.replace(pattern, `$1${HIDDEN}`), without).replace(RANDOM, HIDDEN);
}
