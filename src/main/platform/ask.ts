import { HoldfastError } from '../../shared/errors';
import { said } from '../../shared/messages/said';
import type { Ms } from '../../shared/model/units';
import { request as httpRequest } from './node-http';

const ANSWER_MS = 5_000;

/** A response body of unverified shape. */
// biome-ignore lint/suspicious/noExplicitAny: callers check the parts they use
export type Unchecked = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or the text if it is not JSON. */
  readonly body: Unchecked;
}

export interface Question {
  readonly method?: string;
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** How long the whole answer may take; five seconds if not set. */
  readonly limit?: Ms;
}

/**
 * Sends a request and reads the whole response, within five seconds unless `limit` says otherwise.
 * @throws HoldfastError `unreachable` without a complete response, or for a redirect
 */
export async function ask(url: string, question: Question = {}): Promise<Answer> {
  const { method = 'GET', key, body, headers = {}, limit = ANSWER_MS } = question;
  const all = {
    ...(key ? { authorization: `Bearer ${key}` } : {}),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  };
  try {
    const signal = AbortSignal.timeout(limit);
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(url, { method, headers: all, signal, redirect: 'error', ...sent });
    return { status: response.status, headers: response.headers, body: jsonOr(await response.text()) };
  } catch (cause) {
    const isLate = cause instanceof Error && cause.name === 'TimeoutError';
    const path = new URL(url).pathname;
    const message = isLate
      ? said('said.ask.slow', { method, path, seconds: limit / 1000 })
      : said('said.ask.failed', { method, path, reason: reasonOf(cause) });
    throw new HoldfastError('unreachable', message, { cause });
  }
}

/** A file takes longer than an answer, and is bounded by whoever makes it. */
const FILE_MS = 60_000;

/**
 * Reads a file whole.
 * @throws HoldfastError `unreachable` without a complete response within a minute, or for a redirect
 */
export async function readBytes(url: string, key: string): Promise<{ status: number; bytes: Uint8Array }> {
  try {
    const headers = { authorization: `Bearer ${key}` };
    const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(FILE_MS) });
    return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) };
  } catch (cause) {
    throw new HoldfastError(
      'unreachable',
      said('said.ask.failed', { method: 'GET', path: new URL(url).pathname, reason: reasonOf(cause) }),
      { cause },
    );
  }
}

/**
 * Like {@link ask}, a GET without a body, for headers that `fetch` does not allow, such as Host.
 * @throws HoldfastError `unreachable` when the connection fails or is silent for five seconds
 */
export function askRaw(url: string, headers: Record<string, string>): Promise<{ status: number; body: Unchecked }> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) =>
      reject(new HoldfastError('unreachable', said('said.ask.none', { reason: reasonOf(cause) }), { cause }));
    const request = httpRequest(url, { headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body: jsonOr(text) }));
      response.once('error', fail);
    });
    request.setTimeout(ANSWER_MS, () => request.destroy(new Error('timeout')));
    request.once('error', fail);
    request.end();
  });
}

/** The message of anything thrown, including the cause that `fetch` hides behind "fetch failed". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? (error.cause as NodeJS.ErrnoException) : undefined;
  const detail = cause?.code ?? cause?.message;
  return detail ? `${error.message} (${detail})` : error.message;
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
