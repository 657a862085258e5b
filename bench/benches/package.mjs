import { cp, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { repositoryRoot } from '../../scripts/runtime/files/paths.mjs';
import { inTurns } from '../report/rows.mjs';
import { startProgram } from '../support/child.mjs';
import { freePort } from '../support/headless.mjs';
import { closeWindow, windowUsable } from '../support/packaged/page.mjs';
import { endAll, memoryOf, processesOf, until } from '../support/packaged/processes.mjs';
import { unpackedApp } from '../support/packaged/unpacked.mjs';
import { findRunning } from '../support/running.mjs';
import { createClient, createSession } from '../support/sessions.mjs';

const COUNTER = join(repositoryRoot, 'tests/support/servers/counter-server.mjs');
const BARE = join(repositoryRoot, 'bench/support/packaged/bare-window.cjs');
/** In this time a window that was just opened, or closed, has given back what it needed for that. */
const SETTLE_MS = 8_000;

/** @typedef {import('../support/context.mjs').Context} Context */

/**
 * An app that runs.
 *
 * @typedef {{ port: number, folder: string, startMs: number }} Running `port`: of remote debugging; `folder`: its processes run
 *   from there; `startMs`: from spawn to a usable window
 */

/**
 * @param {Context} context
 * @param {{ command: string, args?: readonly string[], folder: string, env?: Record<string, string> }} app
 * @returns {Promise<Running>}
 */
async function start(context, { command, args = [], folder, env }) {
  const { runtime } = context;
  const port = await freePort();
  const all = [...runtime.flags, `--remote-debugging-port=${port}`, ...args];
  const begin = performance.now();
  const { child } = startProgram(context, command, all, { ...runtime.env, ...env });
  for (const stream of [child.stdout, child.stderr]) stream.resume();
  await windowUsable(port);
  return { port, folder, startMs: performance.now() - begin };
}

/**
 * @param {Context} context
 * @param {() => Promise<Running>} open
 * @param {() => Promise<unknown>} use what happens before memory is measured
 */
async function memoryOpenAndClosed(context, open, use) {
  const { port, folder } = await open();
  await use();
  const settle = context.amount(SETTLE_MS, 1_000);
  await delay(settle);
  const opened = memoryOf(folder);
  await closeWindow(port);
  await until('the process of the window has ended', () =>
    processesOf(folder).every(({ kind }) => kind !== "window's process"),
  );
  await delay(settle);
  const closed = memoryOf(folder);
  await endAll(folder);
  return { opened, closed };
}

/** @type {import('../report/rows.mjs').Bench} */
export const packaged = {
  name: 'package',
  title: 'The package: start to a usable window, and memory of all processes',
  window: true,
  boundMs: 900_000,
  async run(context) {
    const app = await unpackedApp(context);
    context.defer(() => endAll(app));
    const data = await context.folder();
    const servers = { counter: { command: process.execPath, args: [COUNTER] } };
    await writeFile(join(data, 'servers.json'), JSON.stringify({ mcpServers: servers }));
    const env = { HOLDFAST_DATA_DIR: data, HOLDFAST_SECRETS: 'file', HOLDFAST_TRUST_SERVERS: '1' };
    const electron = context.runtime.electron;
    if (!electron) throw new Error('there is no Electron');
    const ours = async () =>
      start(context, {
        ...{ command: join(app, 'bin/holdfast'), folder: app },
        env: { ...env, HOLDFAST_PORT: String(await freePort()) },
      });
    // A copy, so that whatever runs from its folder is of this bench.
    const other = join(await context.folder(), 'electron');
    await cp(electron.folder, other, { recursive: true });
    context.defer(() => endAll(other));
    const profile = { BARE_WINDOW_DATA: await context.folder() };
    const executable = join(other, basename(electron.executablePath));
    const bare = () => start(context, { command: executable, args: [BARE], folder: other, env: profile });
    const timed = (/** @type {() => Promise<Running>} */ open) => async () => {
      const { startMs, folder } = await open();
      await endAll(folder);
      return startMs;
    };

    // The first start makes the database, and the profile of the window.
    const first = await timed(ours)();
    await timed(bare)();
    const starts = await inTurns(context.runs, { floor: timed(bare), ours: timed(ours) });

    const connect = async () => {
      const { url, admin_key: key } = findRunning(data);
      const { client_key } = await createClient({ url, key });
      const mcp = await createSession(url, client_key);
      const { isError } = await mcp.callTool('counter__count');
      if (isError) throw new Error('the server of the bench does not answer');
    };
    const memory = await inTurns(context.runs, {
      floor: () => memoryOpenAndClosed(context, bare, async () => {}),
      ours: () => memoryOpenAndClosed(context, ours, connect),
    });
    const kinds = (/** @type {'opened' | 'closed'} */ when) =>
      Array.from(new Set(memory.ours.flatMap((sample) => Array.from(sample[when].keys())))).filter(
        (kind) => kind !== 'all',
      );
    const row = (/** @type {'opened' | 'closed'} */ when, /** @type {string} */ kind, /** @type {string} */ what) => {
      const of = (/** @type {typeof memory.ours} */ samples) => samples.map((sample) => sample[when].get(kind) ?? 0);
      const isBeside = of(memory.floor).every((value) => value > 0);
      const beside = { floor: of(memory.floor), beside: BESIDE, relation: /** @type {const} */ ('cost') };
      return { what, unit: 'MB', ours: of(memory.ours), ...(isBeside ? beside : {}) };
    };
    return {
      rows: [
        {
          what: 'to a usable window',
          ...{ unit: 'ms', ...starts, relation: /** @type {const} */ ('cost'), beside: BESIDE },
          goals: [{ of: 'value', most: 1_300 }],
        },
        { what: 'the same, very first start (creates the database)', unit: 'ms', ours: [first] },
        { ...row('opened', 'all', 'memory with the window open'), goals: [{ of: 'value', most: 280 }] },
        ...kinds('opened').map((kind) => row('opened', kind, `of that: ${kind}`)),
        { ...row('closed', 'all', 'memory with the window closed'), goals: [{ of: 'value', most: 190 }] },
        ...kinds('closed').map((kind) => row('closed', kind, `of that: ${kind}`)),
      ],
      notes: [
        'The app of the .tar.gz, started by its command; usable is the frame after which the window shows live data. The files are in the page cache. The bare window is the same Electron with one window that shows a line of text.',
        `Memory is the proportional set size (PSS) of every process that runs from the package, the keeper included and servers left out, ${SETTLE_MS / 1000} s after a client called a tool of a server, and again ${SETTLE_MS / 1000} s after the window was closed. MB are 1,000,000 bytes. A display without a graphics card draws in software, in the GPU process.`,
      ],
    };
  },
};

const BESIDE = 'a bare window';
