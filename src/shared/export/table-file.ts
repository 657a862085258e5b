import { BYTE_ORDER_MARK, type Cell, csvLine } from './csv';

/** What a table or a chart shows, in its order. */
export interface TableData {
  /** Names of the columns, the same in every language. */
  readonly columns: readonly string[];
  /** As many cells each as there are columns. */
  readonly rows: readonly (readonly Cell[])[];
}

export type TableFormat = 'csv' | 'json';

/** A time as it stands in every exported file: ISO 8601, UTC; null stays null. */
export const isoTime = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** A table as the text of a file: CSV, or a JSON array with one object for each row. */
export function tableFile({ columns, rows }: TableData, format: TableFormat): string {
  if (format === 'csv') return BYTE_ORDER_MARK + [columns, ...rows].map(csvLine).join('');
  const objects = rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null])));
  return `${JSON.stringify(objects, null, 2)}\n`;
}
