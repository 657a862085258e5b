// @ts-check
import WebSocket from 'ws';
import { reasonOf } from '../runtime/errors.mjs';
import { Failure } from './failure.mjs';

const OPEN_MS = 5_000;

/**
 * A connection to the monitor that keeps everything it was sent.
 *
 * @typedef {object} Monitor
 * @property {(matches: (message: any) => boolean, withinMs: number, what: string) => Promise<any>} next the first message
 *   that matches, sent already or within the time; it is taken out
 * @property {(withinMs: number) => Promise<number>} closed the code it is closed with
 * @property {() => void} end
 */

/**
 * Opens the monitor WebSocket.
 *
 * @param {string} url
 * @param {Record<string, string>} headers
 * @returns {Promise<Monitor>}
 * @throws {Failure} when the upgrade is refused; its message has the status
 */
export async function openMonitor(url, headers) {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/mcp/ws/sessions`, {
    headers,
    handshakeTimeout: OPEN_MS,
    perMessageDeflate: false,
  });
  /** @type {any[]} */
  const messages = [];
  /** @type {Set<() => void>} */
  const waiting = new Set();
  /** @type {number | null} */
  let closeCode = null;
  const look = () => {
    for (const check of [...waiting]) check();
  };
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)));
    look();
  });
  socket.once('close', (code) => {
    closeCode = code;
    look();
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (_, { statusCode }) => reject(new Failure(`refused with ${statusCode}`)));
    socket.once('error', (error) => reject(new Failure(`the WebSocket did not open: ${reasonOf(error)}`)));
  });
  // Later errors end in a close, which is what the checks look at.
  socket.on('error', () => undefined);

  /**
   * @template T
   * @param {() => T | undefined} find
   * @param {number} withinMs
   * @param {string} what
   * @returns {Promise<T>}
   */
  const until = (find, withinMs, what) =>
    new Promise((resolve, reject) => {
      const finish = (/** @type {() => void} */ settle) => {
        clearTimeout(timer);
        waiting.delete(check);
        settle();
      };
      const timer = setTimeout(
        () => finish(() => reject(new Failure(`${what} did not come in ${withinMs / 1000} s`))),
        withinMs,
      );
      const check = () => {
        const found = find();
        if (found !== undefined) finish(() => resolve(found));
        else if (closeCode !== null) finish(() => reject(new Failure(`closed with ${closeCode} before ${what} came`)));
      };
      waiting.add(check);
      check();
    });
  return {
    next: (matches, withinMs, what) =>
      until(() => messages.splice(messages.findIndex(matches) >>> 0, 1)[0], withinMs, what),
    closed: (withinMs) => until(() => closeCode ?? undefined, withinMs, 'the close'),
    end: () => socket.terminate(),
  };
}
