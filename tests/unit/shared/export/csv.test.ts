import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cell, csvLine, withoutFormulas } from '#src/shared/export/csv';
import { isoTime, tableFile } from '#src/shared/export/table-file';

/** Text of any Unicode, with what spreadsheets look for more often than chance has it. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom('=', '+', '-', '@', '＝', ';', ',', '\t', '\r', '\n', '"', "'", ' ', '\u00a0', '\uFEFF', '=1+1'),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
const cell: fc.Arbitrary<Cell> = fc.oneof(
  text,
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const table = fc
  .integer({ min: 1, max: 5 })
  .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }));

const read = (csv: string, delimiter = ',', more: object = {}): string[][] =>
  parse(csv, { delimiter, record_delimiter: '\r\n', ...more });

const shown = (one: Cell): string => (one === null ? '' : typeof one === 'string' ? withoutFormulas(one) : String(one));

describe('csvLine', () => {
  it('is read by a parser as what was written', () => {
    fc.assert(
      fc.property(table, (rows) => {
        // A lone empty cell is an empty line, which no reader tells from none.
        fc.pre(rows.every((row) => row.some((one) => shown(one) !== '')));
        expect(read(rows.map(csvLine).join(''))).toEqual(rows.map((row) => row.map(shown)));
      }),
    );
  });

  it.each([',', ';', '\t'])('has no cell that begins a formula where cells are separated by %j', (delimiter) => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (row) => {
        // The first cell is a time in every file; numbers may be negative and are no formulas.
        const csv = csvLine(['2026-01-01T00:00:00.000Z', ...row]);
        // As spreadsheets do it: quotes count at the beginning of a cell only, and any line break may end a line.
        for (const found of looselySplit(csv, delimiter))
          expect(found).not.toMatch(/^[\s\0\u200B-\u200F]*[=+\-@＝＋－＠]/);
      }),
      { numRuns: 1_000 },
    );
  });

  it('leaves a text alone that is none of a formula', () => {
    for (const plain of [
      'search',
      'a=b',
      '1-2',
      'mail@example.org',
      'C:\\x',
      'naïve 🙂',
      "'quoted'",
      '2026-01-01',
      '',
    ]) {
      expect(withoutFormulas(plain)).toBe(plain);
    }
  });

  it.each([
    ['=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'],
    ["@SUM(1+1)*cmd|' /C calc'!A0", "'@SUM(1+1)*cmd|' /C calc'!A0"],
    [' =1', " '=1"],
    ['\t=1', "'\t'=1"],
    ['safe;=1', "safe;'=1"],
    ['safe\n-1', "safe\n'-1"],
  ])('%j becomes %j', (dangerous, defused) => {
    expect(withoutFormulas(dangerous)).toBe(defused);
  });

  it('keeps numbers numbers', () => {
    expect(csvLine([-5, 0.25, 1e21, true, null, 'a"b'])).toBe('-5,0.25,1e+21,true,,"a""b"\r\n');
  });
});

describe('tableFile', () => {
  const data = {
    columns: ['at', 'name'],
    rows: [
      [isoTime(0), 'Größe'],
      [isoTime(null), null],
    ],
  };

  it('begins a CSV file with the mark of UTF-8 and the names of the columns', () => {
    expect(tableFile(data, 'csv')).toBe('\uFEFFat,name\r\n1970-01-01T00:00:00.000Z,Größe\r\n,\r\n');
  });

  it('makes an object of each row for JSON, with texts as they are', () => {
    const rows = [['=1', 2]] as const;
    expect(JSON.parse(tableFile({ columns: ['a', 'b'], rows }, 'json'))).toEqual([{ a: '=1', b: 2 }]);
  });
});

/** Splits as a careless spreadsheet does. */
function looselySplit(csv: string, delimiter: string): string[] {
  const cells: string[] = [];
  let cellText = '';
  let isQuoted = false;
  for (let index = 0; index < csv.length; index += 1) {
    const sign = csv[index] ?? '';
    if (isQuoted && sign === '"' && csv[index + 1] === '"') {
      cellText += sign;
      index += 1;
    } else if (isQuoted && sign === '"') isQuoted = false;
    else if (!isQuoted && sign === '"' && cellText === '') isQuoted = true;
    else if (!isQuoted && (sign === delimiter || sign === '\r' || sign === '\n')) {
      cells.push(cellText);
      cellText = '';
    } else cellText += sign;
  }
  return [...cells, cellText];
}
