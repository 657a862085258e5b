import { isObject } from '../../../../mcp/json-rpc';

/** Where a merged list goes on: the servers that have more, each with its own cursor, in the order of the list. */
export type MergedCursor = readonly (readonly [server: string, cursor: string])[];

/** As text that means nothing to the client (MCP 2025-11-25, pagination); undefined when nothing is left. */
export const encodeCursor = (rest: MergedCursor): string | undefined =>
  rest.length === 0 ? undefined : Buffer.from(JSON.stringify({ rest })).toString('base64url');

/** What {@link encodeCursor} encoded; null when the text is nothing of the kind. */
export function decodeCursor(text: unknown): MergedCursor | null {
  if (typeof text !== 'string') return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return isObject(value) && Array.isArray(value.rest) && value.rest.every(isEntry) ? value.rest : null;
  } catch {
    return null;
  }
}

const isEntry = (entry: unknown): boolean =>
  Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string');
