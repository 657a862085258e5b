/** A character beyond Latin-1, one code unit at a time, with the backslashes before it. */
const WIDE = /(\\*)([^\0-\xff])/g;

/**
 * The same program in characters of Latin-1 alone: what lies beyond is written as an escape, which means the same in strings,
 * templates, regular expressions and names. V8 keeps the text of a program in memory, and takes two bytes for each of its
 * characters if a single one is not of Latin-1.
 *
 * @param {string} code
 * @returns {string}
 */
export const oneByteText = (code) =>
  code.replace(WIDE, (_, /** @type {string} */ backslashes, /** @type {string} */ unit) => {
    // An odd one escapes the character, which needs none, and would make plain text of ours.
    const kept = backslashes.slice(backslashes.length % 2);
    return `${kept}\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
