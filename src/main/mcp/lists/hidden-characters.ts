/** Text that is looked at; what is longer is not a description any more. */
const LONGEST = 100_000;
/** Characters shown on each side of a finding. */
const AROUND = 20;

/** Flags of parts of countries: a black flag, the code of the part in tag characters, and their end (UTS #51). */
const FLAG = /\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{3,6}\u{E007F}/gu;
/** Control characters other than tabs and line breaks, and signs that draw nothing in any language. */
const NOTHING = /(?![\t\n\r])\p{Cc}|[\u115F\u1160\u180E\u2060-\u2064\u206A-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB]/u;
/** They reorder what is beside them, whatever its language. */
const REORDERS = /[\u202A-\u202E\u2066-\u2069]/u;
/** They say which way a text goes, as texts from right to left need it. */
const DIRECTION = /[\u061C\u200E\u200F]/u;
/** Tag characters and private use: nobody knows what they mean, and models may. */
const UNKNOWN = /[\u{E0000}-\u{E007F}]|\p{Co}/u;
const VARIATION = /[\u180B-\u180D\u180F\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/u;
const FROM_THE_RIGHT =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
/** Letters of scripts in which joiners and breaks without width belong to words. */
const JOINING = /(?![\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])[\p{L}\p{M}]/u;
const EMOJI = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F|\p{Regional_Indicator}/u;

/** What is hidden in a text: how much, and the first of it with what is around, made visible. */
export interface Hidden {
  readonly count: number;
  readonly shown: string;
}

/**
 * Characters that a person does not see and a model may read. What belongs to words and emoji of some language stays unsaid:
 * joiners between letters that join, breaks in languages without spaces, marks of direction in texts from right to left, and
 * variations of the sign before them. Null when there are none.
 */
export function hiddenIn(given: string): Hidden | null {
  if (isPlain(given)) return null;
  const text = given.slice(0, LONGEST).replace(FLAG, '');
  const signs = [...text];
  const isRightToLeft = FROM_THE_RIGHT.test(text);
  const found = signs.flatMap((sign, at) => (isHidden(sign, signs[at - 1], signs[at + 1], isRightToLeft) ? [at] : []));
  const [first] = found;
  if (first === undefined) return null;
  return { count: found.length, shown: madeVisible(signs.slice(Math.max(0, first - AROUND), first + AROUND).join('')) };
}

const isPlain = (text: string): boolean => /^[\t\n\r\x20-\x7e]*$/.test(text);

/** Escapes every character that draws nothing, so that the text shows what is in it. */
export const madeVisible = (text: string): string =>
  [...text]
    .map((sign) => (isInvisible(sign) ? `\\u{${sign.codePointAt(0)?.toString(16).toUpperCase()}}` : sign))
    .join('');

const isInvisible = (sign: string): boolean =>
  [NOTHING, REORDERS, DIRECTION, UNKNOWN, VARIATION, /[\p{Cf}\n\r\t]/u].some((kind) => kind.test(sign));

function isHidden(
  sign: string,
  before: string | undefined,
  after: string | undefined,
  isRightToLeft: boolean,
): boolean {
  if (NOTHING.test(sign) || REORDERS.test(sign) || UNKNOWN.test(sign)) return true;
  if (DIRECTION.test(sign)) return !isRightToLeft;
  // One of them chooses the form of the sign before it. More of them choose nothing.
  if (VARIATION.test(sign)) return before === undefined || VARIATION.test(before) || /\s/u.test(before);
  const beside = [before, after].filter((one) => one !== undefined);
  if (sign === '\u200B' || sign === '\u200C') return !beside.some((one) => JOINING.test(one));
  if (sign === '\u200D') return !beside.some((one) => JOINING.test(one) || EMOJI.test(one));
  return false;
}
