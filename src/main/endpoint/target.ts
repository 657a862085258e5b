import { HoldfastError } from '../../shared/errors';

/** The target of a request. */
export interface Target {
  /**
   * The path as it was sent, still percent-encoded. Has no trailing slash, except for the root, and one leading slash:
   * clients that join a base address and a path often send two.
   */
  readonly path: string;
  /** The query including its question mark; empty if there is none. */
  readonly search: string;
}

/**
 * Parses a request target. Only the origin form is accepted (RFC 9112 section 3.2.1): an absolute target names its own
 * host, which the guard has not checked.
 * @throws HoldfastError `invalid_input` for anything ambiguous
 */
export function parseTarget(url: string | undefined): Target {
  const [path = '', ...rest] = (url ?? '').split('?');
  if (!path.startsWith('/')) throw odd('it must start with "/"');
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    throw odd('its percent-encoding is broken');
  }
  if (hasControl(decoded) || /[\\#]/.test(decoded)) throw odd('it holds a character that no address here has');
  if (decoded.split('/').some((segment) => segment === '.' || segment === '..'))
    throw odd('"." and ".." are not taken');
  return {
    path: path.replace(/^\/+/, '/').replace(/(?<=[^/])\/+$/, ''),
    search: rest.length > 0 ? `?${rest.join('?')}` : '',
  };
}

/** A target that is safe to log: without its query and without anything that could be a key or a token. */
export const forLog = (url: string | undefined): string =>
  (url ?? '')
    .split('?')[0]
    ?.slice(0, 200)
    .replace(/hf[au]?_[^/]*|[^/]{40,}/g, '…') ?? '';

const odd = (why: string) => new HoldfastError('invalid_input', `The path of the request was not understood: ${why}.`);

const hasControl = (text: string): boolean => [...text].some((char) => char < ' ' || char === '\u007f');
