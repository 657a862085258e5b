/** Characters that move a terminal's cursor, erase, or reorder text; line breaks and tabs are ours, joiners belong to words. */
const MISLEADING = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** All of those, plus letters that draw nothing: each can hide what a text really says. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu;

/**
 * Escapes the characters with which a server's name, command or message could make a terminal or a page show something
 * else. JSON stays the same JSON.
 */
export const visible = (text: string): string => text.replace(MISLEADING, escaped);

/** Stricter, for what is reviewed before it runs: line breaks, tabs and joiners cannot hide anything either. */
export const showInvisible = (text: string): string =>
  text.replace(INVISIBLE, (found) => (found === '\n' ? '\\n' : found === '\t' ? '\\t' : escaped(found)));

const escaped = (found: string): string =>
  Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
