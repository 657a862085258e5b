import { glance, withoutMembers } from './message-text';

/** JSON-RPC 2.0 as MCP uses it: ids are strings or integers, params are objects. */
export type RequestId = string | number;
export type Params = Record<string, unknown>;

export interface JsonRpcRequest {
  readonly jsonrpc: '2.0';
  readonly id: RequestId;
  readonly method: string;
  readonly params?: Params;
}

export interface JsonRpcNotification {
  readonly jsonrpc: '2.0';
  readonly method: string;
  readonly params?: Params;
}

interface JsonRpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

export interface JsonRpcResponse {
  readonly jsonrpc: '2.0';
  /** Null only when the request could not be read. */
  readonly id: RequestId | null;
  readonly result?: unknown;
  readonly error?: JsonRpcError;
}

export type JsonRpcMessage = JsonRpcRequest | JsonRpcNotification | JsonRpcResponse;

/** The W3C `traceparent` that a message carries (MCP SEP-414), as its sender wrote it; null if it carries none. */
export function traceparentIn(params: Params | undefined): string | null {
  const meta = params?._meta;
  const value = isObject(meta) ? meta.traceparent : null;
  return typeof value === 'string' ? value.slice(0, 200) : null;
}

/** Error codes from JSON-RPC 2.0 section 5.1, plus two that MCP servers use by convention. */
export const RPC = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  serverError: -32000,
  sessionNotFound: -32001,
} as const;

/**
 * The value as a message, or null if it does not have the shape of one. The contents of params are not checked. What
 * serializers write for "nothing" counts as nothing: `null`, and an empty list where an object belongs.
 */
export function asMessage(said: unknown): JsonRpcMessage | null {
  if (!isObject(said) || said.jsonrpc !== '2.0') return null;
  const value = tidied(said);
  if (typeof value.method === 'string') {
    const params = glance(value, 'params');
    if (params !== undefined && !isObject(params)) return null;
    if ('result' in value || 'error' in value) return null;
    return !('id' in value) || isRequestId(value.id) ? (value as unknown as JsonRpcRequest) : null;
  }
  if ('method' in value || !isRequestId(value.id)) return null;
  const hasResult = isObject(glance(value, 'result'));
  const hasError = 'error' in value && isObject(value.error) && Number.isInteger(value.error.code);
  return hasResult !== hasError ? (value as unknown as JsonRpcResponse) : null;
}

/** Whether it is what some serializers write for an object without members, or for nothing at all. */
export const isNothing = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0);

/** The value without members that say nothing. A result that says nothing is an empty one if there is no other. */
function tidied(value: Record<string, unknown>): Record<string, unknown> {
  const empty = ['method', 'params', 'result', 'error'].filter((key) => key in value && isNothing(glance(value, key)));
  const isNotification = typeof value.method === 'string' && value.method.startsWith('notifications/');
  if (isNotification && value.id === null) empty.push('id');
  if (empty.length === 0) return value;
  const rest = withoutMembers(value, empty);
  const isAnswer = empty.includes('result') && !('method' in rest) && !('error' in rest);
  return isAnswer ? { ...rest, result: {} } : rest;
}

/** Stands in for a malformed answer, which spares the caller waiting for a valid one that will not come. */
export const INVALID_ANSWER: JsonRpcError = {
  code: RPC.serverError,
  message: 'The server sent an invalid JSON-RPC response.',
};

/** Like {@link asMessage}, for values from a server: a malformed answer becomes an error response to its request. */
export function asServerMessage(value: unknown): JsonRpcMessage | null {
  const message = asMessage(value);
  if (message || !isObject(value) || 'method' in value || !isRequestId(value.id)) return message;
  return 'result' in value || 'error' in value ? { jsonrpc: '2.0', id: value.id, error: INVALID_ANSWER } : null;
}

export const isRequest = (message: JsonRpcMessage): message is JsonRpcRequest => 'method' in message && 'id' in message;
export const isNotification = (message: JsonRpcMessage): message is JsonRpcNotification =>
  'method' in message && !('id' in message);
export const isResponse = (message: JsonRpcMessage): message is JsonRpcResponse => !('method' in message);

export const isRequestId = (value: unknown): value is RequestId =>
  typeof value === 'string' || (typeof value === 'number' && Number.isSafeInteger(value));

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The tool, prompt or resource that a message names, as it stands there: it may hold a secret, which is to be hidden before it is
 * cut. Null if it names none.
 */
export function nameIn(params: Params | undefined): string | null {
  const name = params?.name ?? params?.uri;
  return typeof name === 'string' ? name : null;
}

/** What an error of anybody says: its text and code, or null for what is none. */
export const errorSaid = (error: unknown): { readonly error: string | null; readonly error_code: number | null } => {
  const { message, code } = isObject(error) ? error : {};
  return {
    error: typeof message === 'string' ? message : null,
    error_code: Number.isSafeInteger(code) ? (code as number) : null,
  };
};

/** An error response. `message` tells a person what to do; it must not contain a secret. */
export const rpcError = (id: RequestId | null, code: number, message: string, data?: unknown): JsonRpcResponse => ({
  jsonrpc: '2.0',
  id,
  error: { code, message, ...(data === undefined ? {} : { data }) },
});
