import { reasonOf } from '../../scripts/runtime/terminal/errors.mjs';

const ANSWER_MS = 5_000;

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {Headers} headers
 * @property {any} body parsed JSON, or the text if it is not JSON
 */

/**
 * Sends one request and reads the whole answer, within five seconds if nothing else is said.
 *
 * @param {string} url
 * @param {{ method?: string, key?: string, body?: unknown, headers?: Record<string, string>, withinMs?: number }} [options]
 * @returns {Promise<Answer>}
 */
export async function ask(url, { method = 'GET', key, body, headers = {}, withinMs = ANSWER_MS } = {}) {
  const all = {
    ...(key ? { authorization: `Bearer ${key}` } : {}),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  };
  try {
    const signal = AbortSignal.timeout(withinMs);
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const response = await fetch(url, { method, headers: all, body: sent, signal, redirect: 'error' });
    return { status: response.status, headers: response.headers, body: jsonOr(await response.text()) };
  } catch (error) {
    throw new Error(`no answer to ${method} ${new URL(url).pathname}: ${reasonOf(error)}`);
  }
}

/**
 * @param {{ status: number, body: any }} answer
 * @param {number} status the expected one
 */
export function mustBe({ status: found, body }, status) {
  if (found !== status) throw new Error(`the answer was ${found} instead of ${status}: ${body?.detail ?? ''}`);
}

/** @param {string} text */
function jsonOr(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
