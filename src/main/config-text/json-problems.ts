import { type ParseError, printParseErrorCode } from 'jsonc-parser';
import { said } from '../../shared/messages/said';

const BACKSLASH = said('said.json.backslash');
/** A Windows path as it is typed, which also breaks texts in other ways: `"C:\"` does not end. */
const WINDOWS_PATH = /[A-Za-z]:\\(?!\\)/;

const SYNTAX: Partial<Record<ReturnType<typeof printParseErrorCode>, string>> = {
  InvalidSymbol: said('said.json.symbol'),
  PropertyNameExpected: said('said.json.name'),
  ValueExpected: said('said.json.value'),
  ColonExpected: said('said.json.colon'),
  CommaExpected: said('said.json.comma'),
  CloseBraceExpected: said('said.json.brace'),
  CloseBracketExpected: said('said.json.bracket'),
  EndOfFileExpected: said('said.json.end'),
  UnexpectedEndOfString: said('said.json.string'),
  InvalidEscapeCharacter: BACKSLASH,
  InvalidUnicode: BACKSLASH,
  InvalidCharacter: said('said.json.character'),
  UnexpectedEndOfNumber: said('said.json.number'),
  UnexpectedEndOfComment: said('said.json.comment'),
};

/** Where the text stops being valid JSON and how to fix it, as `<line>: <sentence>`. */
export function syntaxProblem(text: string, { error, offset }: ParseError): string {
  // Anything missing at the end of the file is reported on the last line that is not blank.
  const line = lineOf(text, Math.min(offset, text.trimEnd().length));
  if (WINDOWS_PATH.test(text.split('\n', line).at(-1) ?? '')) return `${line}: ${BACKSLASH}`;
  return `${line}: ${SYNTAX[printParseErrorCode(error)] ?? said('said.json.other')}`;
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
