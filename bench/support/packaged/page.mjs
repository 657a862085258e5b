import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import WebSocket from 'ws';

const LOOK_MS = 5;
const SHOWN_MS = 30_000;
/** What the page does until it is usable: live data are on the screen. */
const UNTIL_LIVE = `new Promise((done) => {
  const look = () => document.querySelector('[data-connection="live"]') ? done(true) : requestAnimationFrame(look);
  look();
})`;

/** @typedef {{ id: string, webSocketDebuggerUrl: string }} Target */

/**
 * @param {number} port of Chromium's remote debugging
 * @returns {Promise<Target | undefined>} the window's page, once there is one
 */
async function pageAt(port) {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`, { signal: AbortSignal.timeout(SHOWN_MS) });
    const targets = /** @type {any[]} */ (await answer.json());
    return targets.find(({ type, url }) => type === 'page' && url !== '' && url !== 'about:blank');
  } catch {
    return undefined;
  }
}

/**
 * Waits until the window of an app is usable: the frame after the one in which its data are live.
 *
 * @param {number} port of Chromium's remote debugging
 * @returns {Promise<void>}
 */
export async function windowUsable(port) {
  const deadline = performance.now() + SHOWN_MS;
  while (performance.now() < deadline) {
    const target = await pageAt(port);
    if (target && (await isLive(target))) return;
    await delay(LOOK_MS);
  }
  throw new Error(`no usable window within ${SHOWN_MS} ms`);
}

/**
 * @param {Target} target
 * @returns {Promise<boolean>} false when the page was replaced meanwhile
 */
async function isLive({ webSocketDebuggerUrl }) {
  const socket = new WebSocket(webSocketDebuggerUrl, { perMessageDeflate: false });
  try {
    const signal = AbortSignal.timeout(SHOWN_MS);
    await once(socket, 'open', { signal });
    const params = { expression: UNTIL_LIVE, awaitPromise: true, returnByValue: true };
    socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }));
    const [message] = await once(socket, 'message', { signal });
    return JSON.parse(String(message)).result?.result?.value === true;
  } catch {
    return false;
  } finally {
    socket.terminate();
  }
}

/**
 * Closes the window. The app goes on without it.
 *
 * @param {number} port of Chromium's remote debugging
 */
export async function closeWindow(port) {
  const target = await pageAt(port);
  if (!target) throw new Error('there is no window to close');
  await fetch(`http://127.0.0.1:${port}/json/close/${target.id}`, { signal: AbortSignal.timeout(SHOWN_MS) });
}
