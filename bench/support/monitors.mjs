import { once } from 'node:events';
import WebSocket from 'ws';

const OPEN_AT_ONCE = 50;
const DELIVERY_MS = 20_000;
const OPEN_MS = 20_000;
const SNAPSHOT = /^\{"type":"snapshot"/;

/** Matches what all monitors wait for: a change of a session. Every other message is ignored. */
const CHANGE = /^\{"type":"session_/;

/**
 * Many monitors in this process.
 *
 * @typedef {object} Monitors
 * @property {(cause: () => Promise<unknown>) => Promise<number>} deliver runs `cause` and waits until every monitor has
 *   received a change; returns the milliseconds in between
 * @property {() => string} latest the last change that came, as text
 */

/**
 * Opens the monitors, and waits until each has received its snapshot.
 *
 * @param {import('./context.mjs').Context} context
 * @param {import('./sessions.mjs').Address} host
 * @param {number} count
 * @returns {Promise<Monitors>}
 */
export function openMonitors(context, { url, key }, count) {
  const watch = `${url.replace('http', 'ws')}/api/mcp/ws/sessions`;
  return openSockets(context, watch, count, { headers: { authorization: `Bearer ${key}` }, ready: SNAPSHOT });
}

/**
 * Opens WebSockets that can be sent what a monitor is sent.
 *
 * @param {Pick<import('./context.mjs').Context, 'defer'>} context
 * @param {string} url
 * @param {number} count
 * @param {{ headers?: Record<string, string>, ready?: RegExp }} [options] `ready`: the message after which a socket
 *   counts as open
 * @returns {Promise<Monitors>}
 */
export async function openSockets({ defer }, url, count, { headers = {}, ready } = {}) {
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
      await (ready ? messageLike(socket, ready) : once(socket, 'open'));
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

/**
 * @param {WebSocket} socket
 * @param {RegExp} pattern
 * @returns {Promise<void>} resolves with the first message that matches
 */
function messageLike(socket, pattern) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('a monitor was not served in time')), OPEN_MS);
    socket.once('error', reject);
    socket.on('message', function look(data) {
      if (!pattern.test(String(data))) return;
      clearTimeout(timer);
      socket.off('message', look);
      resolve();
    });
  });
}
