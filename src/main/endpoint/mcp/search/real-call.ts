import type { McpAddress } from '../../../../shared/model/mcp-address';
import { keepNumbers, parseExact } from '../../../mcp/exact-json';
import { isObject, type Params } from '../../../mcp/json-rpc';
import { SEARCH_TOOLS } from '../../../mcp/own-tools';
import type { Services } from '../../../services';

interface Message {
  readonly method?: unknown;
  readonly params?: unknown;
}

/**
 * The call that a `call_tool` of a client with a search stands for; any other message as it is. Done where a message comes in, so
 * that everything behind takes it for what it is: its activity, its login, its progress, what is kept of it over a restart.
 */
export function realCall<T extends Message>(
  message: T,
  clientId: string,
  address: McpAddress,
  { visibility }: Pick<Services, 'visibility'>,
): T {
  if (message.method !== 'tools/call' || !visibility.index.searches(clientId, address)) return message;
  const { params } = message;
  const called = isObject(params) && params.name === SEARCH_TOOLS.call ? calledBy(params.arguments) : null;
  if (!isObject(params) || called === null) return message;
  const { arguments: _, ...rest } = params;
  return { ...message, params: keepNumbers(params, { ...rest, ...called }) };
}

/** What is called, or null if it is not said. Some models write the arguments as text. */
function calledBy(given: unknown): Params | null {
  if (!isObject(given) || typeof given.name !== 'string') return null;
  const { name, arguments: said } = given;
  const args = typeof said === 'string' ? parsed(said) : said;
  if (args === undefined || args === null) return { name };
  return isObject(args) ? { name, arguments: args } : null;
}

function parsed(text: string): unknown {
  try {
    return text.trim() === '' ? undefined : parseExact(text);
  } catch {
    return text;
  }
}
