import { maskSecrets } from '../../../shared/model/mask-secrets';
import { HIDDEN } from '../../../shared/model/secret-values';
import { maskNamedValues } from './named-values';

/** Each with the part to keep as its first group. They may hide more than they must: contents are for looking at. */
const SECRETS: readonly RegExp[] = [
  // Lines of headers, up to the end of the line or of the quotation that they stand in.
  /(\b(?:proxy-)?(?:authorization|cookie|set-cookie|cookie2)\\{0,3}["']?[ \t]{0,20}[:=][ \t]{0,20}\\{0,3}["']?)[^\r\n"'\\]+/gi,
  /(\bx-[\w-]{0,60}(?:key|token|secret|auth|signature)[\w-]{0,20}[ \t]{0,20}:[ \t]{0,20})[^\r\n"'\\]+/gi,
  // What stands quoted after a name, as in code and in JSON that is not whole.
  /((?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)\\{0,3}["']?\s{0,20}[:=]\s{0,20}\\{0,3}")[^"\\\r\n]+/gi,
  /((?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)\\{0,3}["']?\s{0,20}[:=]\s{0,20}\\{0,3}')[^'\\\r\n]+/gi,
  // What stands after a name without quotation.
  /((?:password|passwd|passphrase|pwd)\s{0,20}[:=]\s{0,20})[^\s"',;}\]\\&]+/gi,
  // Options of a command line.
  /(--?[\w-]{0,40}(?:password|passwd|passphrase|secret|token|api-?key|access-?key)(?:=|\s{1,20})["']?)[^\s"'\\]+/gi,
  // Secret access keys of AWS, which have no mark of their own.
  /()(?<![A-Za-z0-9/+=])(?=[A-Za-z0-9/+]{0,39}[A-Z])(?=[A-Za-z0-9/+]{0,39}[a-z])(?=[A-Za-z0-9/+]{0,39}[0-9])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g,
  // Both of a user and a password; a user alone may be a token.
  /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#@"'\\]+(?=@)/gi,
];

/** Every text with something to hide matches it; most names and short values do not, and there are many of them. */
const MAY_HOLD = /[:=@]|-(?!\d{1,4}\b)\S|\b(?:Bearer|Basic|Token)\s|[\w.~+/-]{11}/i;

/** Removes secrets that are known, whatever they look like; see {@link KnownSecrets}. */
export type KnownMask = (text: string) => string;

/**
 * A text of a message without what looks like a key, a token or a password, and without the secrets that are known. Takes
 * time in proportion to the length of the text.
 */
export function maskText(text: string, known: KnownMask): string {
  const without = known(text);
  if (!MAY_HOLD.test(without)) return without;
  const masked = maskSecrets(maskNamedValues(without));
  return SECRETS.reduce((safe, pattern) => safe.replace(pattern, `$1${HIDDEN}`), masked);
}
