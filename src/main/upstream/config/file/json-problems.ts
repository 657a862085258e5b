import { type ParseError, printParseErrorCode } from 'jsonc-parser';

const SYNTAX: Partial<Record<ReturnType<typeof printParseErrorCode>, string>> = {
  InvalidSymbol: 'there is a word that is not JSON. Put text in double quotes.',
  PropertyNameExpected: 'a name in double quotes is missing here.',
  ValueExpected: 'a value is missing here.',
  ColonExpected: 'a colon is missing after the name.',
  CommaExpected: 'a comma is missing before this.',
  CloseBraceExpected: 'a closing } is missing.',
  CloseBracketExpected: 'a closing ] is missing.',
  EndOfFileExpected: 'there is more text after the end. Remove it, or look for a } that is too many.',
  UnexpectedEndOfString: 'a text does not end. Close it with a double quote.',
  UnexpectedEndOfComment: 'a comment does not end. Close it with */.',
};

/** Where the text stops being valid JSON and how to fix it, as `<line>: <sentence>`. */
export function syntaxProblem(text: string, { error, offset }: ParseError): string {
  // Anything missing at the end of the file is reported on the last line that is not blank.
  const line = lineOf(text, Math.min(offset, text.trimEnd().length));
  return `${line}: ${SYNTAX[printParseErrorCode(error)] ?? 'this is not JSON. Correct it.'}`;
}

/** Line number of an offset, counted from 1. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
