// @ts-check
import { request as httpRequest } from 'node:http';
import { reasonOf } from '../runtime/errors.mjs';
import { Failure } from './failure.mjs';

const ANSWER_MS = 5_000;

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {Headers} headers
 * @property {any} body parsed JSON, or the text when it is none
 */

/**
 * Sends one request and reads the whole answer, within five seconds.
 *
 * @param {string} url
 * @param {{ method?: string, key?: string, body?: unknown, headers?: Record<string, string> }} [options]
 * @returns {Promise<Answer>}
 * @throws {Failure} when there is no answer
 */
export async function ask(url, { method = 'GET', key, body, headers = {} } = {}) {
  const all = {
    ...(key ? { authorization: `Bearer ${key}` } : {}),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  };
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const response = await fetch(url, { method, headers: all, body: sent, signal, redirect: 'error' });
    return { status: response.status, headers: response.headers, body: jsonOr(await response.text()) };
  } catch (error) {
    throw new Failure(`no answer to ${method} ${new URL(url).pathname}: ${reasonOf(error)}`);
  }
}

/**
 * Like {@link ask} without a body, for a header that `fetch` does not let anybody choose.
 *
 * @param {string} url
 * @param {Record<string, string>} headers
 * @returns {Promise<{ status: number, body: any }>}
 */
export function askRaw(url, headers) {
  return new Promise((resolve, reject) => {
    const fail = (/** @type {unknown} */ error) => reject(new Failure(`no answer: ${reasonOf(error)}`));
    const request = httpRequest(url, { headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
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

/** @param {string} text */
function jsonOr(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
