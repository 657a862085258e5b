import { median, quantile } from '../report/statistics.mjs';
import { connect } from './client.mjs';

const WARM_UP = 30;
const CLIENTS = 8;
const SETTLE_MS = 500;

/**
 * What one run of one subject measured.
 *
 * @typedef {object} Numbers
 * @property {number} p50 milliseconds of an echo, one after the other
 * @property {number} p95
 * @property {number} rate calls a second of eight clients
 * @property {number} handshake milliseconds of initialize and initialized
 * @property {number} ready the same plus a first echo
 * @property {number} front1 MB of the front with one session
 * @property {number} front10
 * @property {number} tree1 MB of all its processes
 * @property {number} tree10
 * @property {number} processes10
 */

/**
 * @param {import('../support/context.mjs').Context} context
 * @param {import('./subjects.mjs').Subject} subject
 * @returns {Promise<Numbers>}
 */
export async function measureNumbers(context, subject) {
  return { ...(await speed(context, subject)), ...(await size(context, subject)) };
}

const echo = (/** @type {import('./client.mjs').Session} */ session) => session.call('echo', { message: 'hello' });

/**
 * @param {import('../support/context.mjs').Context} context
 * @param {import('./subjects.mjs').Subject} subject
 */
async function speed(context, subject) {
  const program = await subject.start(context, 'everything');
  const { target } = program;
  const one = await connect(target);
  for (let call = 0; call < WARM_UP; call++) await echo(one);
  const latencies = await timesOf(context.amount(500, 20), () => echo(one));

  const many = await Promise.all(Array.from({ length: CLIENTS }, () => connect(target)));
  await Promise.all(many.map(echo));
  const calls = context.amount(125, 10);
  const begin = performance.now();
  await Promise.all(many.map((session) => timesOf(calls, () => echo(session))));
  const rate = (CLIENTS * calls) / ((performance.now() - begin) / 1000);
  await Promise.all([one, ...many].map((session) => session.end()));

  /** @type {number[]} */
  const handshakes = [];
  /** @type {number[]} */
  const ready = [];
  for (let made = 0; made < context.amount(15, 2); made++) {
    const start = performance.now();
    const session = await connect(target);
    handshakes.push(performance.now() - start);
    await echo(session);
    ready.push(performance.now() - start);
    await session.end();
  }
  await program.stop();
  return {
    p50: median(latencies),
    p95: quantile(latencies, 0.95),
    rate,
    handshake: median(handshakes),
    ready: median(ready),
  };
}

/**
 * @param {import('../support/context.mjs').Context} context
 * @param {import('./subjects.mjs').Subject} subject
 */
async function size(context, subject) {
  const program = await subject.start(context, 'everything');
  /** @type {import('./client.mjs').Session[]} */
  const sessions = [];
  const grow = async (/** @type {number} */ count) => {
    while (sessions.length < count) {
      const session = await connect(program.target);
      await echo(session);
      sessions.push(session);
    }
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const tree = await program.tree();
    const front = tree.find(({ pid }) => pid === program.pid())?.memory ?? Number.NaN;
    return { front, tree: tree.reduce((sum, { memory }) => sum + memory, 0), processes: tree.length };
  };
  const small = await grow(1);
  const large = await grow(10);
  await Promise.all(sessions.map((session) => session.end()));
  await program.stop();
  return {
    front1: small.front,
    tree1: small.tree,
    front10: large.front,
    tree10: large.tree,
    processes10: large.processes,
  };
}

/**
 * @param {number} times
 * @param {() => Promise<unknown>} work
 * @returns {Promise<number[]>} milliseconds of each
 */
async function timesOf(times, work) {
  const taken = [];
  for (let index = 0; index < times; index++) {
    const begin = performance.now();
    await work();
    taken.push(performance.now() - begin);
  }
  return taken;
}
