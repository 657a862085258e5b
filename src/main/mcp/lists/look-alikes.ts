import { OWN_TOOLS } from '../own-tools';

/**
 * Letters that look like Latin ones in most fonts, of those that names are made of. Unicode UTS #39 has the whole table; names of
 * tools are short, and this is what they are forged with.
 */
const ALIKE: ReadonlyMap<string, string> = new Map(
  [
    ...['aаɑα', 'cсϲᴄ', 'dԁɗ', 'eеҽ', 'gɡց', 'hһ', 'iіıɩɪι', 'jјϳ', 'kκк', 'lӏ1|IІΙ', 'mм', 'nո', 'oоοօ0', 'pрρ', 'qԛ'],
    ...[
      'rг',
      'sѕꜱ',
      'tτт',
      'uսυ',
      'vνѵ',
      'wԝѡ',
      'xхχ',
      'yуγ',
      'zᴢ',
      '-‐‑‒–—−',
      '_ˍ',
      'AАΑ',
      'BВΒ',
      'CСϹ',
      'EЕΕ',
      'HНΗ',
    ],
    ...['JЈ', 'KКΚ', 'MМΜ', 'NΝ', 'OОΟ', 'PРΡ', 'SЅ', 'TТΤ', 'XХΧ', 'YУΥ', 'ZΖ'],
  ].flatMap((letters) => [...letters].slice(1).map((other): [string, string] => [other, letters.charAt(0)])),
);

/**
 * What a name looks like, so that names that look alike become the same: the width and form of letters, marks that draw nothing,
 * and letters of other alphabets that look like Latin ones.
 */
export const looksOf = (name: string): string =>
  [...name.normalize('NFKC').replace(/[\p{Cf}\p{Mn}\p{Cc}]/gu, '')]
    .map((sign) => ALIKE.get(sign) ?? sign)
    .join('')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');

const OWN_LOOKS: ReadonlyMap<string, string> = new Map(Object.values(OWN_TOOLS).map((name) => [looksOf(name), name]));

/** Holdfast's own tool that a name is, or looks like; null if it is like none. */
export const likeOwnTool = (name: string): string | null => OWN_LOOKS.get(looksOf(name)) ?? null;

/** Whether of two names that look alike this is the one to point at: not the one in plain letters, if only one of them is. */
export const isForged = (name: string, other: string): boolean => name !== other && !(isPlain(name) && !isPlain(other));

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
const isPlain = (name: string): boolean => /^[\x00-\x7f]*$/.test(name);
