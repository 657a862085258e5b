import type { Ms } from './model/units';

/**
 * The one registry of error codes. REST, the MCP tool, the WebSocket and the window all take their status, tool result
 * and sentence from here, so a failure has the same name and the same remedy wherever it shows up.
 */
interface ErrorDefinition {
  /** The HTTP status of the REST answer. */
  readonly status: number;
  /** Whether the same request may succeed later, unchanged. */
  readonly retryable: boolean;
  /** What happened and what to do about it, in plain words. */
  readonly sentence: string;
}

const define = <const T extends Record<string, ErrorDefinition>>(table: T): T => table;

/** Why a reconnect failed. */
export const RECONNECT_FAILURES = define({
  session_id_mismatch: {
    status: 400,
    retryable: false,
    sentence: 'The token belongs to another session. Use the token that was issued for this session id.',
  },
  invalid_token_purpose: {
    status: 401,
    retryable: false,
    sentence: 'This token was not made for reconnecting. Ask for a reconnect token of the session.',
  },
  session_not_found: {
    status: 404,
    retryable: false,
    sentence: 'There is no such session for this client key. Start a new session, or use the key that owns it.',
  },
  token_mismatch: {
    status: 401,
    retryable: false,
    sentence: 'A newer token was issued for this session. Use the newest one.',
  },
  session_already_disconnected: {
    status: 409,
    retryable: false,
    sentence: 'The session has ended and cannot be resumed. Start a new session.',
  },
  token_expired: {
    status: 401,
    retryable: false,
    sentence: 'The token is too old. Use the old session id, or start again within two minutes of the drop.',
  },
  invalid_token: {
    status: 401,
    retryable: false,
    sentence: 'The token is damaged or was not issued by this Holdfast. Copy it whole and try again.',
  },
  token_reused: {
    status: 401,
    retryable: false,
    sentence: 'This token was used before, so all tokens of the session were revoked. Ask for a new one.',
  },
  rate_limited: {
    status: 429,
    retryable: true,
    sentence: 'Too many tries. Wait for the time given in Retry-After and try again.',
  },
  internal_error: {
    status: 500,
    retryable: true,
    sentence: 'Holdfast could not do this. Check its log, then try again.',
  },
});

const OTHER_ERRORS = define({
  unauthorized: {
    status: 401,
    retryable: false,
    sentence: 'A valid key is missing. Send "Authorization: Bearer <client key>"; create a key in the Connect view.',
  },
  forbidden: { status: 403, retryable: false, sentence: 'This key may not do that. Use the admin key.' },
  forbidden_host: {
    status: 403,
    retryable: false,
    sentence: 'The Host header is not one of this endpoint. Connect to 127.0.0.1 or localhost directly.',
  },
  forbidden_origin: {
    status: 403,
    retryable: false,
    sentence: 'Requests from this web origin are refused. Holdfast answers to local programs and its own window only.',
  },
  not_found: { status: 404, retryable: false, sentence: 'There is nothing at this address. See /api/docs.' },
  method_not_allowed: {
    status: 405,
    retryable: false,
    sentence: 'This address does not take that method. See /api/docs.',
  },
  unsupported_media_type: {
    status: 415,
    retryable: false,
    sentence: 'Send the body as "Content-Type: application/json".',
  },
  payload_too_large: { status: 413, retryable: false, sentence: 'The body is too large. Send at most 4 MiB.' },
  invalid_input: {
    status: 400,
    retryable: false,
    sentence: 'The input is not valid. See the detail for what to change.',
  },
  session_not_active: {
    status: 400,
    retryable: false,
    sentence: 'The session is not active, so no token can be issued. Bring the client back first.',
  },
  client_not_found: { status: 404, retryable: false, sentence: 'There is no such client. It may have been removed.' },
  server_not_found: {
    status: 404,
    retryable: false,
    sentence: 'There is no server of that name. Look in the Servers view, or use /mcp for all of them.',
  },
  server_exists: { status: 409, retryable: false, sentence: 'There is a server of that name already. Choose another.' },
  server_changed: {
    status: 409,
    retryable: false,
    sentence: 'The entry has changed since it was shown. Look at it again, then confirm it.',
  },
  settings_left_alone: {
    status: 409,
    retryable: false,
    sentence: 'The settings of that program cannot be changed safely. Add the entry by hand.',
  },
  server_untrusted: {
    status: 409,
    retryable: false,
    sentence:
      'This server has not been confirmed yet. Confirm it in the Servers view, or with "holdfast servers trust".',
  },
  server_unavailable: {
    status: 502,
    retryable: true,
    sentence: 'The server cannot be reached right now. Holdfast keeps trying; see the Servers view.',
  },
  login_impossible: {
    status: 409,
    retryable: false,
    sentence: 'Nobody can log in to this server right now. See the detail for what to change.',
  },
  login_unknown: {
    status: 400,
    retryable: false,
    sentence: 'This login is not known any more: it was finished, cancelled, or took over ten minutes. Start it again.',
  },
  storage_unavailable: {
    status: 503,
    retryable: true,
    sentence: 'The database cannot be written right now (is the disk full?). Free some space, and Holdfast carries on.',
  },
  port_in_use: {
    status: 500,
    retryable: false,
    sentence: 'The port is taken by another program. Stop it, or set HOLDFAST_PORT to a free port.',
  },
  already_running: { status: 500, retryable: false, sentence: 'Holdfast is already running.' },
  database_too_new: {
    status: 500,
    retryable: false,
    sentence: 'The database was written by a newer Holdfast. Update Holdfast, or choose another data folder.',
  },
  shutting_down: { status: 503, retryable: true, sentence: 'Holdfast is shutting down. Try again when it is back.' },
  unreachable: {
    status: 503,
    retryable: true,
    sentence: 'Holdfast does not answer. Check that it is running, then try again.',
  },
});

/** Every error code with its HTTP status, retryability and sentence. */
export const ERRORS = { ...RECONNECT_FAILURES, ...OTHER_ERRORS };

export type ReconnectFailure = keyof typeof RECONNECT_FAILURES;
export type ErrorCode = keyof typeof ERRORS;

/** An expected failure with a code from the registry. Anything else that is thrown is a defect. */
export class HoldfastError extends Error {
  readonly code: ErrorCode;
  /** How long to wait, in ms, before the same request may succeed; for `rate_limited`. */
  readonly retryAfter: Ms | undefined;

  /**
   * @param code - entry of {@link ERRORS}
   * @param message - what exactly went wrong; the registry's sentence by default. Must not contain a secret.
   */
  constructor(code: ErrorCode, message?: string, options?: { cause?: unknown; retryAfter?: Ms }) {
    super(message ?? ERRORS[code].sentence, options);
    this.name = 'HoldfastError';
    this.code = code;
    this.retryAfter = options?.retryAfter;
  }
}

/** An error as plain data, to cross a process boundary or a socket. */
export interface ErrorJson {
  code: ErrorCode;
  message: string;
  retryable: boolean;
}

/** Converts anything thrown to plain data; a defect becomes `internal_error` without its own text. */
export function toErrorJson(error: unknown): ErrorJson {
  const known = error instanceof HoldfastError ? error : new HoldfastError('internal_error');
  return { code: known.code, message: known.message, retryable: ERRORS[known.code].retryable };
}
