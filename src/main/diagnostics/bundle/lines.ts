/** Lines of a file, as many of the newest as there is room for. */
export interface Lines {
  readonly text: string;
  readonly isCut: boolean;
}

/**
 * Writes values as JSON Lines, the oldest first, and leaves out the oldest beyond a number of bytes.
 *
 * @param newestFirst - the values in the order in which they are read
 * @param hasMore - there are older ones that were not even read
 */
export function jsonLines(newestFirst: readonly unknown[], mostBytes: number, hasMore: boolean): Lines {
  const lines: string[] = [];
  let bytes = 0;
  for (const value of newestFirst) {
    const line = `${JSON.stringify(value)}\n`;
    bytes += Buffer.byteLength(line);
    if (bytes > mostBytes) return { text: lines.reverse().join(''), isCut: true };
    lines.push(line);
  }
  return { text: lines.reverse().join(''), isCut: hasMore };
}
