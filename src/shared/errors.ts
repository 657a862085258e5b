import { t } from './messages/language';
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
    sentence: t('errors.session_id_mismatch'),
  },
  invalid_token_purpose: {
    status: 401,
    retryable: false,
    sentence: t('errors.invalid_token_purpose'),
  },
  session_not_found: {
    status: 404,
    retryable: false,
    sentence: t('errors.session_not_found'),
  },
  token_mismatch: {
    status: 401,
    retryable: false,
    sentence: t('errors.token_mismatch'),
  },
  session_already_disconnected: {
    status: 409,
    retryable: false,
    sentence: t('errors.session_already_disconnected'),
  },
  token_expired: {
    status: 401,
    retryable: false,
    sentence: t('errors.token_expired'),
  },
  invalid_token: {
    status: 401,
    retryable: false,
    sentence: t('errors.invalid_token'),
  },
  token_reused: {
    status: 401,
    retryable: false,
    sentence: t('errors.token_reused'),
  },
  rate_limited: {
    status: 429,
    retryable: true,
    sentence: t('errors.rate_limited'),
  },
  internal_error: {
    status: 500,
    retryable: true,
    sentence: t('errors.internal_error'),
  },
});

const OTHER_ERRORS = define({
  unauthorized: {
    status: 401,
    retryable: false,
    sentence: t('errors.unauthorized'),
  },
  forbidden: { status: 403, retryable: false, sentence: t('errors.forbidden') },
  forbidden_host: {
    status: 403,
    retryable: false,
    sentence: t('errors.forbidden_host'),
  },
  forbidden_origin: {
    status: 403,
    retryable: false,
    sentence: t('errors.forbidden_origin'),
  },
  not_found: { status: 404, retryable: false, sentence: t('errors.not_found') },
  method_not_allowed: {
    status: 405,
    retryable: false,
    sentence: t('errors.method_not_allowed'),
  },
  unsupported_media_type: {
    status: 415,
    retryable: false,
    sentence: t('errors.unsupported_media_type'),
  },
  payload_too_large: { status: 413, retryable: false, sentence: t('errors.payload_too_large') },
  invalid_input: {
    status: 400,
    retryable: false,
    sentence: t('errors.invalid_input'),
  },
  handover_impossible: { status: 409, retryable: false, sentence: t('errors.handover_impossible') },
  handover_pending: { status: 409, retryable: false, sentence: t('errors.handover_pending') },
  may_not_take_over: { status: 409, retryable: false, sentence: t('errors.may_not_take_over') },
  session_is_shared: { status: 409, retryable: false, sentence: t('errors.session_is_shared') },
  session_not_shared: { status: 409, retryable: false, sentence: t('errors.session_not_shared') },
  session_over: { status: 409, retryable: false, sentence: t('errors.session_over') },
  too_many_pinned: { status: 409, retryable: false, sentence: t('errors.too_many_pinned') },
  session_not_active: {
    status: 400,
    retryable: false,
    sentence: t('errors.session_not_active'),
  },
  client_not_found: { status: 404, retryable: false, sentence: t('errors.client_not_found') },
  activity_not_found: { status: 404, retryable: false, sentence: t('errors.activity_not_found') },
  call_not_found: { status: 404, retryable: false, sentence: t('errors.call_not_found') },
  server_not_found: {
    status: 404,
    retryable: false,
    sentence: t('errors.server_not_found'),
  },
  server_exists: { status: 409, retryable: false, sentence: t('errors.server_exists') },
  set_not_found: { status: 404, retryable: false, sentence: t('errors.set_not_found') },
  set_exists: { status: 409, retryable: false, sentence: t('errors.set_exists') },
  server_changed: {
    status: 409,
    retryable: false,
    sentence: t('errors.server_changed'),
  },
  settings_left_alone: {
    status: 409,
    retryable: false,
    sentence: t('errors.settings_left_alone'),
  },
  server_untrusted: {
    status: 409,
    retryable: false,
    sentence: t('errors.server_untrusted'),
  },
  server_unavailable: {
    status: 502,
    retryable: true,
    sentence: t('errors.server_unavailable'),
  },
  login_impossible: {
    status: 409,
    retryable: false,
    sentence: t('errors.login_impossible'),
  },
  login_unknown: {
    status: 400,
    retryable: false,
    sentence: t('errors.login_unknown'),
  },
  storage_unavailable: {
    status: 503,
    retryable: true,
    sentence: t('errors.storage_unavailable'),
  },
  port_in_use: {
    status: 500,
    retryable: false,
    sentence: t('errors.port_in_use'),
  },
  already_running: { status: 500, retryable: false, sentence: t('errors.already_running') },
  database_too_new: {
    status: 500,
    retryable: false,
    sentence: t('errors.database_too_new'),
  },
  shutting_down: { status: 503, retryable: true, sentence: t('errors.shutting_down') },
  unreachable: {
    status: 503,
    retryable: true,
    sentence: t('errors.unreachable'),
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
