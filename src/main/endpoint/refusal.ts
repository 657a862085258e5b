import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { ERRORS, HoldfastError } from '../../shared/errors';
import { SECOND } from '../../shared/model/units';

/** Headers of everything that is not a page: never cached, never interpreted, never framed. */
export const API_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

/** Challenge of a 401 (RFC 6750 section 3). It names no authorization server: there is none. */
const CHALLENGE = 'Bearer realm="holdfast"';

/** In characters. */
const LONG_BODY = 64 * 1024;

/** How long a caller waits before it repeats a request that failed for a reason that may pass by itself. */
const RETRY_AFTER_S = 5;

/** An error as an HTTP answer: status, the headers the status calls for, and the sentence that says what to do. */
export interface Refusal {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly detail: string;
}

/** Thrown for a method that an address does not take; carries the ones it does. */
export class MethodNotAllowed extends HoldfastError {
  readonly allow: string;

  /** @param methods - the methods the address takes */
  constructor(methods: readonly string[]) {
    const allow = methods.join(', ');
    super('method_not_allowed', `This address takes ${allow} only. See /api/docs.`);
    this.allow = allow;
  }
}

/** The answer to anything thrown. A defect is answered without its inner text. */
export function refusalOf(error: unknown): Refusal {
  const known = error instanceof HoldfastError ? error : new HoldfastError('internal_error');
  const { status } = ERRORS[known.code];
  return { status, headers: headersOf(known, status), detail: known.message };
}

function headersOf(error: HoldfastError, status: number): Record<string, string> {
  if (error instanceof MethodNotAllowed) return { Allow: error.allow };
  if (status === 401) return { 'WWW-Authenticate': CHALLENGE };
  if (status === 429 || status === 503) return { 'Retry-After': String(retryAfterSeconds(error)) };
  return {};
}

/** Whole seconds for `Retry-After`, at least one. */
export const retryAfterSeconds = ({ retryAfter }: HoldfastError): number =>
  retryAfter === undefined ? RETRY_AFTER_S : Math.max(1, Math.ceil(retryAfter / SECOND));

/** Answers with JSON, once; does nothing when an answer was begun already. */
export function sendJson(res: ServerResponse, status: number, body: unknown, headers?: OutgoingHttpHeaders): void {
  if (!res.headersSent && !res.destroyed) sendJsonText(res, status, JSON.stringify(body), headers);
}

/** Like {@link sendJson}, for what is JSON already. */
export function sendJsonText(res: ServerResponse, status: number, text: string, headers?: OutgoingHttpHeaders): void {
  if (res.headersSent || res.destroyed) return;
  // Node joins a text with the head, which is one write for a short text and one more copy of a long one.
  const body = text.length < LONG_BODY ? text : Buffer.from(text);
  res.writeHead(status, {
    ...API_HEADERS,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  });
  res.end(body);
}

/** Answers with the error's status and `{detail}`. */
export function sendRefusal(res: ServerResponse, error: unknown): void {
  const { status, headers, detail } = refusalOf(error);
  sendJson(res, status, { detail }, headers);
}

/** Answers on a bare socket, where there is no response object, and ends it. */
export function refuseSocket(socket: Duplex, { status, headers, detail }: Refusal, reason: string): void {
  if (socket.destroyed) return;
  const body = JSON.stringify({ detail });
  const lines = Object.entries({
    ...API_HEADERS,
    ...headers,
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n${body}`, () => socket.destroy());
}
