import { isObject } from '../../../../mcp/json-rpc';

/** Where a merged list continues: the servers with further pages and their own cursors, in list order. */
export type MergedCursor = readonly (readonly [server: string, cursor: string])[];

/** Encodes a cursor as text that is opaque to clients (MCP 2025-11-25, pagination); undefined when nothing is left. */
export const encodeCursor = (rest: MergedCursor): string | undefined =>
  rest.length === 0 ? undefined : Buffer.from(JSON.stringify({ rest })).toString('base64url');

/** Decodes a cursor made by {@link encodeCursor}; null for anything else. */
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
