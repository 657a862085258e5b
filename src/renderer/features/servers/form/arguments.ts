/**
 * Reads the arguments of a command as a user types or pastes them. Several lines: one argument per line, empty lines
 * ignored. One line: words separated by spaces; quotes and backslashes hold a word together as in a shell, and nothing else
 * is special. A line that begins and ends with a double quote is one quoted argument, so that any text can be written.
 */
export function readArguments(text: string): string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length === 1 && !text.includes('\n')) return splitWords(lines[0] ?? '');
  return lines.map((line) => (isQuoted(line) ? unquote(line) : line));
}

/** Writes arguments so that {@link readArguments} reads them back unchanged. */
export function writeArguments(args: readonly string[]): string {
  const [only] = args;
  if (args.length === 1 && only !== undefined) return isPlainWord(only) ? only : quote(only);
  return args.map((arg) => (isPlainLine(arg) ? arg : quote(arg))).join('\n');
}

/**
 * The program and its first arguments, from what was entered as the command: a whole command line is split like one line of
 * arguments. Quotes hold a path with spaces together.
 */
export function readCommand(text: string): { readonly program: string; readonly args: readonly string[] } {
  const [program = '', ...args] = splitWords(text.trim());
  return { program, args };
}

/** Writes a program so that {@link readCommand} reads it back unchanged. */
export const writeCommand = (program: string): string => (isPlainWord(program) ? program : quote(program));

const isPlainWord = (arg: string) => arg !== '' && !/[\s"'\\]/.test(arg);
const isPlainLine = (arg: string) => arg.trim() !== '' && !/[\r\n]/.test(arg) && !isQuoted(arg);
const isQuoted = (line: string) => line.length > 1 && line.startsWith('"') && line.endsWith('"');

/** Characters that can be written only as an escape inside quotes. */
const ESCAPES: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '"': '"', '\\': '\\' };
const MEANINGS: Readonly<Record<string, string>> = { n: '\n', r: '\r' };

const quote = (arg: string) => `"${arg.replace(/["\\\n\r]/g, (character) => `\\${ESCAPES[character]}`)}"`;
const unquote = (line: string) =>
  line.slice(1, -1).replace(/\\(.)/g, (_, character: string) => MEANINGS[character] ?? character);

/** The words of one line, as {@link readArguments} reads it. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let inside: '"' | "'" | null = null;
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index);
    if (inside === "'" || (inside === '"' && character !== '\\')) {
      if (character === inside) inside = null;
      else word += character;
    } else if (character === '\\' && index + 1 < line.length) {
      index += 1;
      const next = line.charAt(index);
      // Outside quotes a backslash is usually part of a path.
      word = (word ?? '') + (inside ? (MEANINGS[next] ?? next) : /[\s"'\\]/.test(next) ? next : `\\${next}`);
    } else if (character === '"' || character === "'") {
      inside = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (word !== null) words.push(word);
  return words;
}
