import { EventEmitter } from 'node:events';
import { resolve } from 'node:path';
import { pino } from 'pino';
import { KeeperProcessLink } from '../../src/main/upstream/keeper/keeper-link';
import type { ServerConfig, ServerConfigs } from '../../src/main/upstream/ports';
import { MINUTE } from '../../src/shared/model/units';

const COUNTER = resolve(import.meta.dirname, 'counter-server.mjs');

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
    ...{ name, policy: 'per-session', enabled: true, idleStop: 60 * MINUTE, trusted: true },
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

const EVERYTHING = resolve(
  import.meta.dirname,
  '../../node_modules/@modelcontextprotocol/server-everything/dist/index.js',
);

/** The reference server with every feature, over stdio. */
export const everything = (name: string, entry: Partial<ServerConfig> = {}): ServerConfig => ({
  ...counter(name),
  target: { kind: 'stdio', command: process.execPath, args: [EVERYTHING, 'stdio'], cwd: null, env: {} },
  fingerprint: 'everything',
  ...entry,
});

const ECHO = resolve(import.meta.dirname, 'echo-server.mjs');

/** A server that says what it hears; `version` is the protocol revision it insists on. */
export const echo = (name: string, version?: string): ServerConfig => ({
  ...counter(name),
  target: {
    kind: 'stdio',
    ...{ command: process.execPath, args: [ECHO], cwd: null },
    env: version === undefined ? {} : { ECHO_VERSION: version },
  },
  fingerprint: `echo ${version}`,
});
