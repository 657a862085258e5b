import { type ParseError, printParseErrorCode } from 'jsonc-parser';

const BACKSLASH = 'a backslash stands alone. Write each backslash of a Windows path twice, as in "C:\\\\Users".';
/** A Windows path as it is typed, which also breaks texts in other ways: `"C:\"` does not end. */
const WINDOWS_PATH = /[A-Za-z]:\\(?!\\)/;

const SYNTAX: Partial<Record<ReturnType<typeof printParseErrorCode>, string>> = {
  InvalidSymbol: 'invalid JSON: a word without quotes. Put text in double quotes.',
  PropertyNameExpected: 'a name in double quotes is missing here.',
  ValueExpected: 'a value is missing here.',
  ColonExpected: 'a colon is missing after the name.',
  CommaExpected: 'a comma is missing before this.',
  CloseBraceExpected: 'a closing } is missing.',
  CloseBracketExpected: 'a closing ] is missing.',
  EndOfFileExpected: 'there is more text after the end. Remove it, or look for a } that is too many.',
  UnexpectedEndOfString: 'a text does not end. Close it with a double quote.',
  InvalidEscapeCharacter: BACKSLASH,
  InvalidUnicode: BACKSLASH,
  InvalidCharacter: 'a text holds a line break or another control character. Close it on the same line.',
  UnexpectedEndOfNumber: 'this is not a number. Correct it, or put it in double quotes.',
  UnexpectedEndOfComment: 'a comment does not end. Close it with */.',
};

/** Where the text stops being valid JSON and how to fix it, as `<line>: <sentence>`. */
export function syntaxProblem(text: string, { error, offset }: ParseError): string {
  // Anything missing at the end of the file is reported on the last line that is not blank.
  const line = lineOf(text, Math.min(offset, text.trimEnd().length));
  if (WINDOWS_PATH.test(text.split('\n', line).at(-1) ?? '')) return `${line}: ${BACKSLASH}`;
  return `${line}: ${SYNTAX[printParseErrorCode(error)] ?? 'this is not JSON. Correct it.'}`;
}

/** Line number of an offset, counted from 1. For many offsets of one text use {@link LineTable}. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Line numbers of one text's offsets, each found without going through the text again. */
export class LineTable {
  /** Offsets of the line breaks. */
  private readonly breaks: number[] = [];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.breaks.push(at);
  }

  /** Line number of an offset, counted from 1. */
  at(offset: number): number {
    let low = 0;
    let high = this.breaks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.breaks[middle] as number) < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  }
}
