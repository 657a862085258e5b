// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals' escape sequences begin with one
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;

/** A line that a program wrote for a terminal, without colours and other escape sequences. */
export const plainLine = (line: string): string => line.replace(ESCAPES, '').replace(/\r$/, '');
