/** Ends of names under which programs expect a secret. */
const SECRET_NAME =
  /(?:key|token|secret|password|passwd|passphrase|credentials?|cookie|jwt|bearer|dsn|(?:^|[_-])(?:pass|pwd|pat|auth|pin)|key_?id)$/i;
/** Names that end so, though programs read code or settings from them. */
const NO_SECRET = /^(?:GIT_CONFIG_|LESSKEY$)/i;
const KNOWN_TOKEN =
  /^(?:(?:Bearer|Basic|Token) \S{8,}|(?:gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|sk-|[spr]k_(?:live|test)_|AKIA|ASIA|ya29\.|AIza|lin_api_|ntn_|secret_|npm_|hf[am]?_|pypi-|dop_v1_|SG\.|shpat_)[\w.~+/=-]{8,}|eyJ[\w-]+\.[\w-]+\.[\w-]*)$/;
/** Long and random. No path, address or option looks like that. */
const RANDOM = /^(?:[0-9a-f]{32,}|(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[A-Za-z0-9_-]{24,})$/;

/** Stands for the part of a value that is not shown. */
export const HIDDEN = '•••';

/**
 * Whether the value of an environment variable is kept and shown as a secret. Everything else is shown to whoever confirms
 * a command, because any variable may decide what the command does; so a value that could be code is never taken for a
 * secret on account of its own text.
 */
export function isSecretValue(name: string, value: string): boolean {
  if (value === '') return false;
  const plainName = name.replace(/[_-]?\d+$/, '');
  if (SECRET_NAME.test(plainName) && !NO_SECRET.test(name)) return true;
  return (
    KNOWN_TOKEN.test(value) || RANDOM.test(value) || value.startsWith('-----BEGIN ') || withoutPassword(value) !== value
  );
}

/** An address without its password and without secret parameters, which are replaced by {@link HIDDEN}; other text as it is. */
function withoutPassword(value: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return value;
  return value
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#@:]*:)[^/?#@]+@/i, `$1${HIDDEN}@`)
    .replace(/([?&](?:[\w-]*(?:key|token|secret|password|pwd))=)[^&#\s]+/gi, `$1${HIDDEN}`);
}

/** A value as it may be shown; null for a secret. */
export function shownValue(name: string, value: string): string | null {
  const shown = withoutPassword(value);
  if (shown !== value) return shown;
  return isSecretValue(name, value) ? null : value;
}
