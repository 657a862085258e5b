// @ts-check
import { once } from 'node:events';
import WebSocket from 'ws';

const OPEN_AT_ONCE = 50;
const DELIVERY_MS = 20_000;

/** Marks what all monitors are waiting for: a change of a session. Every other message is let through. */
const CHANGE = /^\{"type":"session_/;

/**
 * Many monitors in this process.
 *
 * @typedef {object} Monitors
 * @property {(cause: () => Promise<unknown>) => Promise<number>} deliver runs `cause` and waits until every monitor has got a
 *   change: milliseconds in between
 * @property {() => string} latest the change that came last, as text
 */

/**
 * Opens the monitors.
 *
 * @param {Pick<import('./context.mjs').Context, 'defer'>} context
 * @param {string} url
 * @param {number} count
 * @param {Record<string, string>} headers
 * @returns {Promise<Monitors>}
 */
export async function openMonitors({ defer }, url, count, headers = {}) {
  /** @type {WebSocket[]} */
  const sockets = [];
  defer(() => sockets.forEach((socket) => void socket.terminate()));
  let due = 0;
  let latest = '';
  let finish = () => {};
  const take = (/** @type {import('ws').RawData} */ data) => {
    const text = String(data);
    if (!CHANGE.test(text)) return;
    latest = text;
    due -= 1;
    if (due === 0) finish();
  };
  while (sockets.length < count) {
    const opening = Array.from({ length: Math.min(OPEN_AT_ONCE, count - sockets.length) }, async () => {
      const socket = new WebSocket(url, { headers, perMessageDeflate: false });
      sockets.push(socket);
      await once(socket, 'open');
      socket.on('message', take);
    });
    await Promise.all(opening);
  }
  return {
    latest: () => latest,
    async deliver(cause) {
      due = count;
      /** @type {NodeJS.Timeout | undefined} */
      let timer;
      const all = new Promise((resolve, reject) => {
        finish = () => resolve(undefined);
        timer = setTimeout(() => reject(new Error(`${due} of ${count} monitors got nothing`)), DELIVERY_MS);
      });
      const begin = performance.now();
      await Promise.all([all, cause()]);
      clearTimeout(timer);
      return performance.now() - begin;
    },
  };
}
