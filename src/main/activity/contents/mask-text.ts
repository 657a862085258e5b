import { maskSecrets } from '../../../shared/model/mask-secrets';
import { HIDDEN } from '../../../shared/model/secret-values';
import { maskNamedValues } from './named-values';

const NAMES = '(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)';
const SEPARATOR = String.raw`\s{0,20}(?:=>|:=|={1,3}|:)\s{0,20}`;
const HEADER = String.raw`(?:(?:proxy-|set-)?(?:authorization|cookie2?)[ \t]{0,20}[:=]|x-[\w-]{0,60}(?:key|token|secret|auth|signature)[\w-]{0,20}[ \t]{0,20}:)[ \t]{0,20}`;

/**
 * Each with the part to keep as its first group. They may hide more than they must: contents are for looking at. Where a
 * value is quoted, it ends with its quotation, which escaped quotes do not end.
 */
const SECRETS: readonly RegExp[] = [
  // Lines of headers, up to the end of the quotation that they stand in, or of the line: quotes may be part of them.
  new RegExp(String.raw`((["'])${HEADER})(?:\\.|(?!\2)[^\\\r\n])+`, 'gi'),
  new RegExp(String.raw`(\b(?=${HEADER})(?<!["'][\w-]{0,20})${HEADER})[^\r\n]+`, 'gi'),
  /(\b(?:proxy-)?(?:authorization|cookie|set-cookie|cookie2)\\{0,3}["'][ \t]{0,20}[:=][ \t]{0,20}\\{0,3}["']?)[^\r\n"'\\]+/gi,
  // Blocks of YAML: all lines that are indented further than the name.
  new RegExp(
    String.raw`(^([ \t]{0,200})(?:- )?["']?[\w.-]{0,60}${NAMES}["']?[ \t]{0,20}:[ \t]{0,20}[|>][-+\d]{0,2}[ \t]{0,20}\r?\n\2[ \t]+)[^\r\n]+(?:\r?\n(?:\2[ \t]+[^\r\n]*|(?=\r?\n)))*`,
    'gim',
  ),
  // What stands quoted after a name, as in code, also in a text where the quotes are escaped.
  new RegExp(String.raw`(${NAMES}["']?${SEPARATOR}(["']))(?:\\.|(?!\2)[^\\\r\n])+`, 'gi'),
  new RegExp(String.raw`(${NAMES}\\{0,3}["']?${SEPARATOR}(\\{1,3}["']))(?:(?!(?<!\\)\2)[^\r\n])+`, 'gi'),
  // What stands after a name without quotation. Quotes and backslashes within a word belong to it.
  new RegExp(
    String.raw`((?:password|passwd|passphrase|pwd)${SEPARATOR})(?!["'\\])(?:[^\s"',;}\]\\&]|["'\\]{1,20}(?=[\w@$!%]))+`,
    'gi',
  ),
  // Options of a command line.
  /(--?[\w-]{0,40}(?:password|passwd|passphrase|secret|token|api-?key|access-?key)(?:=|\s{1,20})["']?)[^\s"'\\]+/gi,
  // A user with a password, as curl takes them.
  /((?<![\w-])(?:-u|--user|-U|--proxy-user)(?:=|\s{0,20})["']?[^\s:"'=]{1,100}:)[^\s"'\\]+/g,
  // Secret access keys of AWS, which have no mark of their own.
  /()(?<![A-Za-z0-9/+=])(?=[A-Za-z0-9/+]{0,39}[A-Z])(?=[A-Za-z0-9/+]{0,39}[a-z])(?=[A-Za-z0-9/+]{0,39}[0-9])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g,
  // Both of a user and a password; a user alone may be a token.
  /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#"'\\]+(?=@)/gi,
];

/** Every text with something to hide matches it; most names and short values do not, and there are many of them. */
const MAY_HOLD = /[:=@<]|-(?!\d{1,4}\b)\S|\b(?:Bearer|Basic|Token)\s|[\w.~+/-]{11}/i;

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
