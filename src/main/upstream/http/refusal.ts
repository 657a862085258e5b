import { isObject, type JsonRpcResponse, type RequestId, RPC } from '../../mcp/json-rpc';
import { valuesIn } from '../../mcp/message-text';

/** How a server refused a message: by an HTTP status, by a JSON-RPC error, or by a text that is neither. */
export interface Refusal {
  readonly status: number;
  /** Code of the error; null when there is none. */
  readonly code: number | null;
  /** Whether the error carries the id of the request. */
  readonly isOfRequest: boolean;
  /** What the server says about it; empty when it says nothing that could be read. */
  readonly text: string;
}

/** What a check of the session found out. */
export interface SessionVerdict {
  readonly isGone: boolean;
  /** The message that raised the suspicion was refused like the ping, before anything was done with it. */
  readonly notTaken: boolean;
}

/** What a body says is longer than that only by mistake. */
const MAX_TEXT = 300;
/** These say something about the sender or the message, and nothing about the session. */
const OF_OTHER_THINGS: ReadonlySet<number> = new Set([401, 402, 403, 405, 406, 407, 413, 415, 429, 431]);
/** Servers that do not follow the specification name what is missing in their own words. */
const OF_SESSION = /session|initiali[sz]|handshake|(?:unknown|no such|stale) (?:client|connection|transport)/i;

/** The refusal in a response, whose error may carry any id or none (JSON-RPC 2.0 section 5). */
export function refusalOf(status: number, body: string, id: RequestId): Refusal {
  const values = valuesIn(body).filter(isObject);
  const value = values.find((one) => 'error' in one) ?? values[0] ?? {};
  const error = isObject(value.error) ? value.error : {};
  const code = typeof error.code === 'number' ? error.code : null;
  const said = [error.message, value.error, value.message, value.detail, value.title].find(
    (one) => typeof one === 'string',
  );
  // Plain text is read to judge it, and never quoted: an error page may repeat what was sent.
  return { status, code, isOfRequest: value.id === id && code !== null, text: textOf(said ?? '') };
}

export const refusalIn = ({ error }: JsonRpcResponse): Refusal => ({
  status: 200,
  code: error?.code ?? null,
  isOfRequest: true,
  text: textOf(error?.message ?? ''),
});

/**
 * Whether the refusal may mean that the server does not know the session (any more). MCP 2025-11-25 has 404 for it;
 * servers also answer 400, 410, 500, and errors in a body with status 200. It is a suspicion, for {@link SessionCheck}.
 * @param body - plain text that came with it
 */
export function mayBeOfSession({ status, code, isOfRequest, text }: Refusal, body = ''): boolean {
  if (OF_OTHER_THINGS.has(status) || code === RPC.methodNotFound) return false;
  if (code === RPC.sessionNotFound || OF_SESSION.test(text)) return true;
  // The error page of something in front of the server says nothing about the session.
  if (status < 500 && OF_SESSION.test(body.slice(0, MAX_TEXT))) return true;
  return status === 404 || status === 410 || (status === 400 && !isOfRequest);
}

/** Whether both were refused for the same reason, as far as status and code tell. */
export const isSameRefusal = (one: Refusal, other: Refusal): boolean =>
  one.status === other.status && one.code === other.code;

const textOf = (said: string): string => said.slice(0, MAX_TEXT).replace(/\s+/g, ' ').trim();
