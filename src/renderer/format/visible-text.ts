/** Control characters, and those that are not drawn or turn the order of what is: all may hide what a text really is. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu;

/** The text with everything that is not seen written as an escape, so that nothing in a command can hide. */
export const showInvisible = (text: string): string =>
  text.replace(INVISIBLE, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals' escape sequences begin with one
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;

/** A line that a program wrote for a terminal, without colours and the like. */
export const plainLine = (line: string): string => line.replace(ESCAPES, '').replace(/\r$/, '');
