import { readFile, writeFile } from 'node:fs/promises';
import { median } from '../report/statistics.mjs';

/** Megabytes of text in a result. */
export const SIZES = /** @type {const} */ ([1, 10, 50]);
const WARM_UP = 2;

/**
 * What results of one size cost.
 *
 * @typedef {object} Bulk
 * @property {number} ms from the request until the last byte of the answer is there
 * @property {number} memory what the front needs on top of what it had before, at its highest, MB; NaN where the system does not tell
 */

/**
 * Calls for large results through a front, with a client that only takes the bytes.
 *
 * @param {import('../support/context.mjs').Context} context
 * @param {import('./subjects.mjs').Subject} subject
 * @returns {Promise<Bulk[]>} in the order of {@link SIZES}
 */
export async function measureBulk(context, subject) {
  /** @type {Bulk[]} */
  const measured = [];
  for (const megabytes of SIZES) {
    const program = await subject.start(context, 'bulk');
    const call = await caller(program.target);
    await call(1);
    const before = await memoryOf(program.pid(), 'VmRSS');
    await forgetPeak(program.pid());
    for (let index = 0; index < WARM_UP; index++) await call(megabytes);
    const times = [];
    for (let index = 0; index < context.amount(9, 2); index++) {
      const begin = performance.now();
      await call(megabytes);
      times.push(performance.now() - begin);
    }
    measured.push({ ms: median(times), memory: (await memoryOf(program.pid(), 'VmHWM')) - before });
    await program.stop();
  }
  return measured;
}

/** @param {import('./client.mjs').Target} target */
async function caller({ url, headers = {}, prefix = '' }) {
  /** @type {Record<string, string>} */
  const sent = { ...headers, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const post = async (/** @type {object} */ message) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    const answer = await fetch(url, { method: 'POST', headers: sent, body });
    const { byteLength } = await answer.arrayBuffer();
    return { answer, byteLength };
  };
  const clientInfo = { name: 'bench-bulk', version: '1' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  const { answer } = await post({ id: 1, method: 'initialize', params });
  const session = answer.headers.get('mcp-session-id');
  if (session !== null) sent['mcp-session-id'] = session;
  await post({ method: 'notifications/initialized' });
  let lastId = 1;
  return async (/** @type {number} */ megabytes) => {
    lastId += 1;
    const asked = { name: `${prefix}bulk`, arguments: { megabytes } };
    const { byteLength } = await post({ id: lastId, method: 'tools/call', params: asked });
    if (byteLength < megabytes * 1e6) throw new Error(`the answer has only ${byteLength} bytes`);
  };
}

/**
 * @param {number} pid
 * @param {'VmRSS' | 'VmHWM'} what what is resident now, or the most that ever was
 * @returns {Promise<number>} MB
 */
async function memoryOf(pid, what) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kib = new RegExp(`^${what}:\\s+(\\d+)`, 'm').exec(status)?.[1];
  return (Number(kib ?? Number.NaN) * 1024) / 1e6;
}

/** @param {number} pid */
const forgetPeak = (pid) => writeFile(`/proc/${pid}/clear_refs`, '5').catch(() => {});
