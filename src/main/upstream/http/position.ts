import { isObject, isRequestId, type RequestId } from '../../mcp/json-rpc';

/** Last event id of each stream of a connection that can be resumed: the standalone stream and those of open calls. */
export interface Position {
  readonly push: string | null;
  readonly calls: readonly (readonly [RequestId, string])[];
}

const NOWHERE: Position = { push: null, calls: [] };

/** Serializes a position for storage; null when nothing can be resumed. */
export const textOfPosition = (position: Position): string | null =>
  position.push === null && position.calls.length === 0 ? null : JSON.stringify(position);

/** Parses the output of {@link textOfPosition}. Other text gives an empty position, from which nothing is resumed. */
export function parsePosition(text: string | null): Position {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    if (!isObject(value) || !Array.isArray(value.calls)) return NOWHERE;
    const push = typeof value.push === 'string' ? value.push : null;
    return { push, calls: value.calls.filter(isCall) };
  } catch {
    return NOWHERE;
  }
}

const isCall = (value: unknown): value is readonly [RequestId, string] =>
  Array.isArray(value) && isRequestId(value[0]) && typeof value[1] === 'string';
