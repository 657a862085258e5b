/** What moves a terminal's cursor, erases, or shows text in another order than it has; line breaks and tabs are ours, joiners are part of words. */
const MISLEADING = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** All of them, and letters that are not drawn: all may hide what a text really is. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu;

/**
 * The text with escapes in the place of characters by which a name, a command or a message of a server could make a terminal
 * or a page show something else. JSON stays the same JSON.
 */
export const visible = (text: string): string => text.replace(MISLEADING, escaped);

/** The same for what is looked at before it is run: line breaks, tabs and joiners cannot hide anything either. */
export const showInvisible = (text: string): string =>
  text.replace(INVISIBLE, (found) => (found === '\n' ? '\\n' : found === '\t' ? '\\t' : escaped(found)));

const escaped = (found: string): string =>
  Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
