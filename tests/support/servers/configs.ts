import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { pino } from 'pino';
import { KeeperProcessLink } from '#src/main/upstream/keeper/keeper-link';
import type { ServerConfig, ServerConfigs } from '#src/main/upstream/upstream-ports';
import type { ProcessLimits } from '#src/shared/model/policy';
import { MINUTE } from '#src/shared/model/units';
import { COUNTER, ECHO, EVERYTHING, LISTING, ODD_LISTS, TASK_SERVER } from '../paths';

/** More processes than any test starts. */
export const NO_PROCESS_LIMITS: ProcessLimits = {
  perClient: 1e6,
  perServer: 1e6,
  inAll: 1e6,
  bytes: Number.POSITIVE_INFINITY,
};

/** Ends the keeper of a data folder and all servers that it keeps. */
export const endServers = async (folder: string): Promise<void> => {
  const keeper = new KeeperProcessLink({ folder, log: pino({ level: 'silent' }) });
  if (await keeper.attach()) await keeper.endAll();
};

/** A counter of the given name; `env` decides how it behaves. */
export function counter(
  name: string,
  entry: Partial<ServerConfig> & { env?: Record<string, string> } = {},
): ServerConfig {
  const { env = {}, ...rest } = entry;
  return {
    name,
    policy: 'per-session',
    enabled: true,
    idleStop: 60 * MINUTE,
    startLimit: 5 * MINUTE,
    tellsLostState: true,
    trusted: true,
    target: { kind: 'stdio', command: process.execPath, args: [COUNTER], cwd: null, env },
    fingerprint: JSON.stringify(env),
    ...rest,
  };
}

/** The configuration as a list that a test changes. */
export class ListedConfigs implements ServerConfigs {
  private readonly changes = new EventEmitter();
  private configs: readonly ServerConfig[];

  constructor(...configs: readonly ServerConfig[]) {
    this.configs = configs;
  }

  list(): readonly ServerConfig[] {
    return this.configs;
  }

  onChange(listener: () => void): () => void {
    this.changes.on('change', listener);
    return () => this.changes.off('change', listener);
  }

  set(...configs: ServerConfig[]): void {
    this.configs = configs;
    this.changes.emit('change');
  }
}

/** The reference server with every feature, over stdio. */
export const everything = (name: string, entry: Partial<ServerConfig> = {}): ServerConfig => ({
  ...counter(name),
  target: { kind: 'stdio', command: process.execPath, args: [EVERYTHING, 'stdio'], cwd: null, env: {} },
  fingerprint: 'everything',
  ...entry,
});

/** A server that says what it hears; `version` is the protocol revision it insists on. */
export const echo = (name: string, version?: string): ServerConfig => ({
  ...counter(name),
  target: {
    kind: 'stdio',
    command: process.execPath,
    args: [ECHO],
    cwd: null,
    env: version === undefined ? {} : { ECHO_VERSION: version },
  },
  fingerprint: `echo ${version}`,
});

/** A server with tasks of 2025-11-25; see `task-server.mjs`. */
export const taskServer = (name: string, entry: Partial<ServerConfig> = {}): ServerConfig => ({
  ...counter(name),
  target: { kind: 'stdio', command: process.execPath, args: [TASK_SERVER], cwd: null, env: {} },
  fingerprint: 'tasks',
  ...entry,
});

/** A server whose lists break the rules; `pages` says how they go on. */
export const oddLists = (name: string, pages = ''): ServerConfig => ({
  ...counter(name),
  target: { kind: 'stdio', command: process.execPath, args: [ODD_LISTS], cwd: null, env: { ODD_PAGES: pages } },
  fingerprint: `odd lists ${pages}`,
});

/** A server that lists what the file says at that moment; see `listing-server.mjs`. */
export const listing = (name: string, file: string, entry: Partial<ServerConfig> = {}): ServerConfig => ({
  ...counter(name),
  target: {
    kind: 'stdio',
    command: process.execPath,
    args: [LISTING],
    cwd: null,
    env: { LISTING_FILE: file, LISTING_ASKED: `${file}.asked`, LISTING_STARTS: `${file}.starts` },
  },
  fingerprint: `listing ${file}`,
  ...entry,
});

/** The reference server over HTTP, as a process of its own that nobody supervises. */
export async function startEverythingOverHttp(
  name: string,
  transport: 'streamableHttp' | 'sse' = 'streamableHttp',
): Promise<{ config: ServerConfig; stop(): Promise<void> }> {
  const port = await freePort();
  const env = { PATH: process.env.PATH, PORT: String(port) };
  const child = spawn(process.execPath, [EVERYTHING, transport], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const listens = new Promise<void>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (/on port \d/.test(text)) resolve();
    });
  });
  await Promise.race([listens, ended]);
  if (child.exitCode !== null) throw new Error(`the reference server ended with code ${child.exitCode}`);
  const sse = transport === 'sse';
  const url = `http://127.0.0.1:${port}/${sse ? 'sse' : 'mcp'}`;
  return {
    config: { ...counter(name), target: { kind: 'http', url, headers: {}, sse }, fingerprint: url },
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
