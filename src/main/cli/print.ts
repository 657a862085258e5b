import { visible } from '../../shared/visible-text';

/** Writes a line to standard output, with misleading control characters escaped. */
export const printLine = (text: string): void => void process.stdout.write(`${visible(text)}\n`);

/** Writes the output of `--json`. */
export const printJson = (value: unknown): void => printLine(JSON.stringify(value, null, 2));

/** Formats rows as lines with aligned columns, without trailing spaces. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Formats milliseconds in a single fitting unit, for example `12 s` or `3 h`. */
export function spanWords(ms: number): string {
  const seconds = Math.max(0, ms / 1000);
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}
