import { asMessage, isResponse, type JsonRpcResponse } from '../../../mcp/json-rpc';
import { textOf, valuesIn } from '../../../mcp/message-text';

/**
 * The text of an HTTP answer with its JSON-RPC responses replaced where `replace` gives another one; the same text if it
 * gives none. Understands JSON and event streams.
 */
export function replacedResponses(text: string, isStream: boolean, replace: Replace): string {
  if (!isStream) return replacedIn(text, replace) ?? text;
  // Every second part is what separates two events.
  const parts = text.split(/(\r?\n\r?\n|\r\r)/);
  return parts.map((event, index) => (index % 2 === 1 ? event : replacedEvent(event, replace))).join('');
}

type Replace = (response: JsonRpcResponse) => JsonRpcResponse;

function replacedEvent(event: string, replace: Replace): string {
  const lines = event.split(/\r?\n|\r/);
  const data = lines.flatMap((line) => /^data: ?(.*)$/s.exec(line)?.[1] ?? []);
  const replaced = data.length === 0 ? null : replacedIn(data.join('\n'), replace);
  if (replaced === null) return event;
  return [...lines.filter((line) => !line.startsWith('data:')), `data: ${replaced}`].join('\n');
}

/** Null if nothing is to be replaced. */
function replacedIn(text: string, replace: Replace): string | null {
  const [value, more] = valuesIn(text);
  const message = more === undefined ? asMessage(value) : null;
  if (!message || !isResponse(message)) return null;
  const replaced = replace(message);
  return replaced === message ? null : textOf(replaced);
}
