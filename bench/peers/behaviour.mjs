import { setTimeout as delay } from 'node:timers/promises';
import { connect } from './client.mjs';
import { endProcess, living } from './processes.mjs';

const LATER_MS = 5_000;
const GONE_MS = 1_000;
const SESSIONS = 50;
const BACK_MS = 10_000;

/** What happens, in the words of the table. */
export const EVENTS = /** @type {const} */ ({
  drop: 'the client drops and returns with the same id',
  kill: 'the front is killed (SIGKILL) and restarted; the same client calls',
  left: 'servers that outlive that kill',
  anew: 'a new session after the restart',
  upstream: 'the server is killed (SIGKILL); the next call',
  later: 'the same, 5 s later',
});

/** @typedef {{ [K in keyof typeof EVENTS]: string }} Behaviour */

/**
 * @param {import('../support/context.mjs').Context} context
 * @param {import('./subjects.mjs').Subject} subject
 * @returns {Promise<Behaviour>}
 */
export async function observeBehaviour(context, subject) {
  const server = subject.onlyEverything ? 'everything' : 'counter';
  const use = (/** @type {import('./client.mjs').Session} */ session) =>
    subject.onlyEverything ? session.call('echo', { message: 'hello' }) : session.call('count');
  const program = await subject.start(context, server);
  const { target } = program;

  const first = await connect(target);
  await use(first);
  const before = await use(first);
  const { id } = first;
  await first.drop();
  const back = await outcome(async () => {
    const again = await connect(target, id);
    const said = await use(again);
    await again.drop();
    return said;
  });
  const drop = id === undefined ? `no ids; a new session: ${words(back, before)}` : words(back, before);

  const client = await connect(target);
  const known = await use(client);
  const children = (await program.tree()).map(({ pid }) => pid).filter((pid) => pid !== program.pid());
  const servers = subject.onlyEverything ? [] : children.filter((pid) => pid === known.pid);
  await program.kill();
  await delay(GONE_MS);
  const left = subject.onlyEverything ? '–' : `${(await living(servers)).length} of ${servers.length}`;
  await program.start();
  const kill = words(await outcome(() => use(client)), known);
  const fresh = await outcome(async () => use(await connect(target)));
  const anew = fresh.error === undefined ? 'works' : words(fresh, undefined);

  const result = { drop, kill, left, anew, upstream: '–', later: '–' };
  if (!subject.onlyEverything && fresh.error === undefined) {
    const victim = await connect(target);
    const state = await use(victim);
    endProcess(state.pid);
    while ((await living([state.pid])).length > 0) await delay(10);
    result.upstream = words(await outcome(() => use(victim)), state);
    await delay(context.amount(LATER_MS, 500));
    result.later = words(await outcome(() => use(victim)), state);
  }
  await program.stop();
  return result;
}

/**
 * How long it takes, after a kill of the front, until each of many clients has its first good answer.
 *
 * @param {import('../support/context.mjs').Context} context
 * @param {import('./subjects.mjs').Subject} subject
 * @returns {Promise<number[]>} milliseconds from the kill, infinity for a client that got none; the restart is included
 */
export async function timeRecovery(context, subject) {
  const program = await subject.start(context, 'counter');
  const sessions = [];
  for (let made = 0; made < context.amount(SESSIONS, 5); made++) {
    const session = await connect(program.target);
    sessions.push({ session, state: await session.call('count') });
  }
  const killed = performance.now();
  await program.kill();
  const started = program.start();
  const times = await Promise.all(
    sessions.map(async ({ session, state }) => {
      while (performance.now() - killed < BACK_MS) {
        const { value } = await outcome(() => session.call('count'));
        if (value?.pid === state.pid && value.n > state.n) return performance.now() - killed;
        await delay(20);
      }
      return Number.POSITIVE_INFINITY;
    }),
  );
  await started;
  await program.stop();
  return times;
}

/**
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<{ value?: T, error?: Error }>}
 */
async function outcome(work) {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: /** @type {Error} */ (error) };
  }
}

/**
 * @param {{ value?: any, error?: Error }} outcome
 * @param {any} before what the server answered last
 */
function words({ value, error }, before) {
  if (error) return `error: ${sentence(error)}`;
  if (before?.n === undefined || value?.n === undefined) return 'works';
  if (value.pid === before.pid && value.n > before.n) return 'works, the same process, state kept';
  return value.n === 1 ? 'works, state lost' : 'works, state kept';
}

/** @param {Error & { code?: unknown }} error */
function sentence({ message, code }) {
  const status = typeof code === 'number' && code >= 400 ? code : /HTTP (\d{3})/.exec(message)?.[1];
  if (status) return `HTTP ${status}`;
  const text = message.replace(/\s+/g, ' ').replace(/^MCP error (-?\d+): /, '$1 ');
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
