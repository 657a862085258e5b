import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { EndpointFile } from '#src/main/platform/endpoint-file';
import { disposing, folderTest } from '#tests/support/fixtures';
import { COUNTER, inRepository } from '#tests/support/paths';
import { endServers } from '#tests/support/servers/configs';
import { visibleErrors } from '#tests/support/visible-errors';
import { run as runProgram } from '../../scripts/runtime/system/child.mjs';
import { startModel } from './model/scripted-model';

const HOLDFAST = inRepository('out/main/holdfast.js');
const START_MS = 20_000;
const COMMAND_MS = 60_000;

/** A client that `npm run clients:check` has installed. */
export interface InstalledClient {
  /** The folder with its command. */
  readonly bin: string;
  readonly version: string;
}

const INSTALLED: Partial<Record<string, InstalledClient>> = JSON.parse(process.env.HOLDFAST_CHECKED_CLIENTS ?? '{}');

/** The installed client, or null, which is said: its tests are then skipped. */
export function installed(id: string): InstalledClient | null {
  const found = INSTALLED[id] ?? null;
  if (found === null) console.warn(`SKIPPED: ${id} could not be had. npm run clients:check installs it.`);
  return found;
}

/** Notes what was seen of a client, for the table that the check prints. */
export function note(id: string, seen: Readonly<Record<string, string>>): void {
  const file = process.env.HOLDFAST_CLIENTS_REPORT;
  const day = new Date().toISOString().slice(0, 10);
  if (file) appendFileSync(file, `${JSON.stringify({ id, day, ...seen })}\n`);
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A user's home on this machine, in which clients and Holdfast are started as in a terminal. */
export class Home {
  readonly folder: string;
  /** Variables that were set, as in the profile of a shell. */
  readonly env: Record<string, string>;

  constructor(folder: string) {
    this.folder = folder;
    this.env = {
      ...{ HOME: folder, PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', TERM: 'xterm' },
      HOLDFAST_DATA_DIR: this.data,
      HOLDFAST_TRUST_SERVERS: '1',
    };
    mkdirSync(this.data);
  }

  get data(): string {
    return join(this.folder, 'holdfast');
  }

  /** Runs `holdfast ARGS` to its end. */
  holdfast(...args: string[]): Promise<Outcome> {
    return this.run(process.execPath, [HOLDFAST, ...args]);
  }

  /** Runs a client's command to its end, in a folder of the home. */
  client(
    { bin }: InstalledClient,
    command: string,
    args: readonly string[],
    { limit = COMMAND_MS, folder = 'project' } = {},
  ): Promise<Outcome> {
    return this.run(join(bin, command), args, limit, folder);
  }

  endpoint(): EndpointFile {
    return JSON.parse(readFileSync(join(this.data, 'endpoint.json'), 'utf8'));
  }

  /** Asks Holdfast over REST, as its user. */
  async ask<T>(path: string): Promise<T> {
    const { url, admin_key } = this.endpoint();
    const headers = { authorization: `Bearer ${admin_key}` };
    const answer = await fetch(url + path, { headers, signal: AbortSignal.timeout(START_MS) });
    return (await answer.json()) as T;
  }

  private run(command: string, args: readonly string[], timeoutMs = COMMAND_MS, folder = 'project'): Promise<Outcome> {
    const cwd = join(this.folder, folder);
    mkdirSync(cwd, { recursive: true });
    return runProgram(command, args, { timeoutMs, cwd, env: this.env });
  }
}

/** Starts Holdfast without a window and waits until it listens. */
async function startHoldfast({ env }: Home, port: number) {
  const child = visibleErrors(
    spawn(process.execPath, [HOLDFAST, 'headless'], {
      env: { ...env, HOLDFAST_PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  };
  try {
    for await (const line of createInterface({ input: child.stdout, signal: AbortSignal.timeout(START_MS) })) {
      if (line.startsWith('Window:')) return { stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
    }
    throw new Error(`Holdfast ended, or did not listen within ${START_MS / 1_000} s`);
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
}

/** Tests with a home, a Holdfast that serves the counter, and a model that says what the test wants. */
export const checkTest = folderTest
  .extend('home', ({ folder }, { onCleanup }) => {
    const home = new Home(folder);
    const counter = { command: process.execPath, args: [COUNTER], longCalls: 'on' };
    writeFileSync(join(home.data, 'servers.json'), JSON.stringify({ mcpServers: { counter } }));
    onCleanup(() => endServers(home.data));
    return home;
  })
  /** Starts Holdfast: with no port on any that is free, with one on that. */
  .extend('start', ({ home }, { onCleanup }) =>
    disposing(
      onCleanup,
      (port: number = 0) => startHoldfast(home, port),
      ({ stop }) => stop(),
    ),
  )
  .extend('model', async ({}, { onCleanup }) => {
    const model = await startModel();
    onCleanup(async () => model.stop());
    return model;
  });
