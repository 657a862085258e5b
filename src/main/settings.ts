import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { HoldfastError } from '../shared/errors';
import { DEFAULT_POLICY, type ProcessLimits, type SessionPolicy } from '../shared/model/policy';
import { MINUTE, SECOND } from '../shared/model/units';
import { defaultDataFolder } from './platform/paths';
import type { SecretsPlace } from './platform/server-secrets';

export const DEFAULT_PORT = 8181;
const MIB = 1024 * 1024;

const whole = (name: string, min: number, max: number) =>
  z.coerce
    .number({ error: `${name} must be a whole number from ${min} to ${max}` })
    .int(`${name} must be a whole number`)
    .min(min, `${name} must be at least ${min}`)
    .max(max, `${name} must be at most ${max}`);

const environmentSchema = z.object({
  HOLDFAST_PORT: whole('HOLDFAST_PORT', 0, 65_535).optional(),
  HOLDFAST_DATA_DIR: z.string().min(1).optional(),
  MCP_SESSION_SECRET: z.string().min(32, 'MCP_SESSION_SECRET must have at least 32 characters').optional(),
  MCP_RECONNECT_TOKEN_EXPIRY: whole('MCP_RECONNECT_TOKEN_EXPIRY', 1, 1_440).optional(),
  HOLDFAST_STREAM_GRACE: whole('HOLDFAST_STREAM_GRACE', 1, 3_600).optional(),
  HOLDFAST_TRUST_SERVERS: z
    .enum(['0', '1'], 'HOLDFAST_TRUST_SERVERS is 1 (run every command of servers.json) or 0 (confirm each)')
    .optional(),
  HOLDFAST_SECRETS: z
    .enum(
      ['keychain', 'file'],
      'HOLDFAST_SECRETS is keychain (encrypted, where the system has a keychain) or file (files that only your user may read)',
    )
    .default('keychain'),
  HOLDFAST_PROCESSES: whole('HOLDFAST_PROCESSES', 1, 10_000).default(96),
  HOLDFAST_PROCESSES_PER_CLIENT: whole('HOLDFAST_PROCESSES_PER_CLIENT', 1, 10_000).default(32),
  HOLDFAST_PROCESSES_PER_SERVER: whole('HOLDFAST_PROCESSES_PER_SERVER', 1, 10_000).default(32),
  HOLDFAST_SERVER_MEMORY: whole('HOLDFAST_SERVER_MEMORY', 64, 1_048_576).optional(),
  HOLDFAST_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** The settings from the environment, which is read only once. */
export interface Settings {
  readonly folder: string;
  /** Null if the environment names none. The settings table decides then, or else {@link DEFAULT_PORT}. */
  readonly port: number | null;
  readonly secret: Uint8Array | null;
  readonly tokenLifeMinutes: number | null;
  readonly streamGraceSeconds: number | null;
  readonly logLevel: string;
  /** Whether commands in servers.json run without confirmation. Whoever starts Holdfast vouches for the file. */
  readonly trustServers: boolean;
  /** Where secrets of servers are to be kept. Without a window they are in files in any case. */
  readonly secretsPlace: SecretsPlace;
  /** What the processes of servers may hold. */
  readonly processLimits: ProcessLimits;
}

/** A quarter of the machine's memory, and 2 GiB at least. */
const usualMemory = (): number => Math.max(2 * 1024 * MIB, totalmem() / 4);

/**
 * Reads the settings from the environment.
 * @throws HoldfastError `invalid_input` with a message that names the variable and its valid values
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) throw new HoldfastError('invalid_input', parsed.error.issues[0]?.message);
  const { data } = parsed;
  return {
    // The keeper runs in another folder, and marks of processes name this one.
    folder: resolve(data.HOLDFAST_DATA_DIR ?? defaultDataFolder(env)),
    port: data.HOLDFAST_PORT ?? null,
    secret: data.MCP_SESSION_SECRET ? Buffer.from(data.MCP_SESSION_SECRET) : null,
    tokenLifeMinutes: data.MCP_RECONNECT_TOKEN_EXPIRY ?? null,
    streamGraceSeconds: data.HOLDFAST_STREAM_GRACE ?? null,
    logLevel: data.HOLDFAST_LOG_LEVEL,
    trustServers: data.HOLDFAST_TRUST_SERVERS === '1',
    secretsPlace: data.HOLDFAST_SECRETS,
    processLimits: {
      perClient: data.HOLDFAST_PROCESSES_PER_CLIENT,
      perServer: data.HOLDFAST_PROCESSES_PER_SERVER,
      inAll: data.HOLDFAST_PROCESSES,
      bytes: data.HOLDFAST_SERVER_MEMORY === undefined ? usualMemory() : data.HOLDFAST_SERVER_MEMORY * MIB,
    },
  };
}

/** The default session policy with the settings applied. A token life in the environment overrides the stored one. */
export function policyOf(settings: Settings, stored: { tokenLifeMinutes: number | null }): SessionPolicy {
  const minutes = settings.tokenLifeMinutes ?? stored.tokenLifeMinutes;
  return {
    ...DEFAULT_POLICY,
    ...(minutes === null ? {} : { tokenLife: minutes * MINUTE }),
    ...(settings.streamGraceSeconds === null ? {} : { streamGrace: settings.streamGraceSeconds * SECOND }),
  };
}
