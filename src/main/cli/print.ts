import { visible } from '../../shared/visible-text';

/** Writes a line for a person or a program that reads standard output. */
export const printLine = (text: string): void => void process.stdout.write(`${visible(text)}\n`);

/** One answer of `--json`. */
export const printJson = (value: unknown): void => printLine(JSON.stringify(value, null, 2));

/** Rows with their columns below each other; the last column may be as long as it likes. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A span of time in the one unit that tells enough, for example `12 s` or `3 h`. */
export function spanWords(ms: number): string {
  const seconds = Math.max(0, ms / 1000);
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}
