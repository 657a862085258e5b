import type { Ending } from '../../activity/activity-log';
import { errorSaid, isObject, type JsonRpcResponse } from '../../mcp/json-rpc';
import { mayHold } from '../../mcp/message-text';
import { isHandleResult } from './long-calls/handle-result';

export const OK: Ending = { outcome: 'ok' };
/** It failed, and nothing is known of why. */
export const FAILED: Ending = { outcome: 'error' };

/** Whether the response reports success. */
export function isOk(response: JsonRpcResponse): boolean {
  if (response.error !== undefined) return false;
  if (!mayHold(response, 'result', '"isError"')) return true;
  const { result } = response;
  return !(isObject(result) && result.isError === true && !isHandleResult(result));
}

/** How a request ended, by its answer. */
export function endingOf(response: JsonRpcResponse): Ending {
  const { error } = response;
  if (error !== undefined) return { outcome: 'error', ...errorSaid(error), answer: response };
  if (isOk(response)) return { ...OK, answer: response };
  return { outcome: 'tool_error', error: firstText(response.result), answer: response };
}

/** The text of a tool's error (MCP 2025-11-25, tools, error handling). */
function firstText(result: unknown): string | null {
  const content = isObject(result) && Array.isArray(result.content) ? result.content : [];
  const block: unknown = content.find((one) => isObject(one) && typeof one.text === 'string');
  return isObject(block) ? String(block.text) : null;
}
