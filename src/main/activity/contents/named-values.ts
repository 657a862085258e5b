import { HIDDEN } from '../../../shared/model/secret-values';
import { isSecretName } from './secret-names';

/**
 * A quoted name in front of its value, as in JSON, in JSON within a text of JSON (where quotes carry backslashes), and as
 * Python and Ruby print objects. Its groups: the backslashes, the quote, the name.
 */
const NAME = /(?<!\\)(\\{0,7})(["'])((?:[^"'\\\r\n]|\\u[\da-f]{4}|\\[^"'u]){1,200}?)\1\2\s{0,20}(?::|=>)\s{0,20}/gi;
const NUMBER = /-?\d[\w.+-]*/y;
/** Assignments, as in files of variables and in shells; its groups: the name with the sign, the name, the value. */
const ASSIGNED =
  /(?<![\w.])(([A-Za-z_][\w.-]{0,100})=)(?!=)("(?:\\.|[^"\\\r\n])*"?|'(?:\\.|[^'\\\r\n])*'?|[^\s"'\\&;,)}\]]+)/g;
/** Elements of XML; its groups: the tag, the name, the text. */
const ELEMENT =
  /(<(?:[A-Za-z][\w.-]{0,40}:)?([A-Za-z][\w.-]{0,100})(?:\s[^<>]{0,200})?>)((?:<!\[CDATA\[[^\]<]{1,1000}\]\]>|[^<])+)/g;
const QUOTE_OR_BRACKET = /(\\*)(["'])|[[\]{}]/g;

/**
 * Hides what stands under the name of a secret in a text that is not JSON as a whole: lines of JSON, JSON with something
 * before or after it, JSON that was cut off, assignments and XML. Takes time in proportion to the length of the text.
 */
export function maskNamedValues(text: string): string {
  return maskQuotedNames(text)
    .replace(ASSIGNED, (whole, start: string, name: string, value: string) => {
      if (!isSecretName(name, /^\d+$/.test(value))) return whole;
      const quote = /^["']/.exec(value)?.[0] ?? '';
      return start + quote + HIDDEN + quote;
    })
    .replace(ELEMENT, (whole, tag: string, name: string, value: string) =>
      isSecretName(name) && value.trim() !== '' ? tag + HIDDEN : whole,
    );
}

function maskQuotedNames(text: string): string {
  NAME.lastIndex = 0;
  let safe = '';
  let done = 0;
  for (let found = NAME.exec(text); found; found = NAME.exec(text)) {
    const [, slashes = '', quote = '', name = ''] = found;
    const start = NAME.lastIndex;
    const end = isSecretName(decoded(name), startsNumber(text, start)) ? valueEnd(text, start, slashes.length) : start;
    if (end === start) continue;
    safe += text.slice(done, start) + slashes + quote + HIDDEN + slashes + quote;
    done = end;
    NAME.lastIndex = end;
  }
  return done === 0 ? text : safe + text.slice(done);
}

const decoded = (name: string): string =>
  name.replace(/\\+u([\da-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

const startsNumber = (text: string, at: number): boolean => /[-\d]/.test(text.charAt(at));

/** Where the value ends that begins there; the same place if none does that could be a secret. */
function valueEnd(text: string, start: number, slashes: number): number {
  NUMBER.lastIndex = start;
  if (NUMBER.test(text)) return NUMBER.lastIndex;
  const [opener = ''] = /^(?:[[{]|\\{0,7}["'])/.exec(text.slice(start, start + 8)) ?? [];
  if (opener === '') return start;
  if (!/[[{]/.test(opener)) return isEmpty(text, start, opener) ? start : textEnd(text, start + opener.length, opener);
  return containerEnd(text, start, slashes);
}

const isEmpty = (text: string, start: number, opener: string): boolean => text.startsWith(opener + opener, start);

/** Behind the quote that ends a text: the next that is escaped as often as the one that opened it, or less. */
function textEnd(text: string, from: number, opener: string): number {
  const slashes = opener.length - 1;
  QUOTE_OR_BRACKET.lastIndex = from;
  for (let found = QUOTE_OR_BRACKET.exec(text); found; found = QUOTE_OR_BRACKET.exec(text)) {
    const [, before = '', quote] = found;
    if (quote !== opener.at(-1)) continue;
    // Each level of JSON doubles the backslashes and adds one, so those of the text itself come in multiples.
    if (before.length < slashes || before.length % (2 * (slashes + 1)) === slashes) return QUOTE_OR_BRACKET.lastIndex;
  }
  return text.length;
}

/** Behind the bracket that closes the object or list. */
function containerEnd(text: string, start: number, slashes: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    QUOTE_OR_BRACKET.lastIndex = at;
    const found = QUOTE_OR_BRACKET.exec(text);
    if (!found) break;
    const [whole, before = '', quote] = found;
    at = QUOTE_OR_BRACKET.lastIndex;
    // A quote of a level further out ends the text that the object is in.
    if (quote !== undefined && before.length < slashes) return found.index;
    if (quote !== undefined) at = textEnd(text, at, before.slice(0, 7) + quote);
    else depth += whole === '{' || whole === '[' ? 1 : -1;
    if (depth === 0) return at;
  }
  return text.length;
}
