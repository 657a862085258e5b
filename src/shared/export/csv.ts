/** One cell: text, or a number that stays one. Null is an empty cell. */
export type Cell = string | number | boolean | null;

/** Excel takes a file for UTF-8 only if this stands at its beginning; LibreOffice and parsers take it for nothing. */
export const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Where a spreadsheet may find the beginning of a cell, and there a character with which formulas begin. Not only at the
 * beginning of the text: in many countries a spreadsheet separates cells by semicolons, and then quotes that stand inside of
 * what it takes for a cell protect nothing.
 */
const FORMULA = /(?<=(?:^|[;\t\r\n])(?:[^\S\r\n\t]|[\0"\uFEFF\u200B-\u200F])*)(?=[=+\-@＝＋－＠])|^(?=[\t\r])/g;

/** Most texts have no such place, which is quickly seen. */
const MAY_BEGIN_ONE = /^[\s\0"\uFEFF\u200B-\u200F=+\-@＝＋－＠]|[;\t\r\n]/;

const NEEDS_QUOTES = /[",\r\n;\t]|^\s|\s$/;

/**
 * A text that no spreadsheet runs: an apostrophe stands before whatever could begin a formula. Other texts stay as they are.
 */
export const withoutFormulas = (text: string): string => (MAY_BEGIN_ONE.test(text) ? text.replace(FORMULA, "'") : text);

/** One record with its line break (RFC 4180). */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(',')}\r\n`;

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  // A number that is none, such as Infinity, is text to every reader.
  if (typeof cell !== 'string') return String(cell);
  const safe = withoutFormulas(cell);
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
