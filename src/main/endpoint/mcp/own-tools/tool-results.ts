import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import { HoldfastError } from '../../../../shared/errors';
import { SECOND } from '../../../../shared/model/units';

/**
 * Runs a tool and returns its value as structured content and, for clients that show only text, as JSON text. Does not
 * reject: a failure becomes an error result with the registry's code and sentence, which a model can act on.
 */
export async function toolResult(log: Logger, work: () => object | Promise<object>): Promise<CallToolResult> {
  try {
    return result({ success: true, ...(await work()) });
  } catch (error) {
    const known = error instanceof HoldfastError ? error : new HoldfastError('internal_error');
    if (known !== error) log.error({ err: error }, 'a tool failed');
    return { ...result(failure(known), `${known.code}: ${known.message}`), isError: true };
  }
}

function failure({ code, message, retryAfter }: HoldfastError): Record<string, unknown> {
  const wait = retryAfter === undefined ? {} : { retry_after_seconds: Math.ceil(retryAfter / SECOND) };
  return { success: false, code, detail: message, ...wait };
}

const result = (structuredContent: Record<string, unknown>, text = JSON.stringify(structuredContent)) => ({
  content: [{ type: 'text' as const, text }],
  structuredContent,
});
