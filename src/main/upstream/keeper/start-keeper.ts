import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HoldfastError } from '../../../shared/errors';
import type { Ms } from '../../../shared/model/units';
import type { KeeperAddress, KeeperAddressFile } from './address-file';
import { minimalEnvironment } from './environment';
import { KeeperConnection } from './keeper-connection';

const START_LIMIT_MS = 5000;
const TRY_AGAIN_MS = 10;

/**
 * It passes bytes on and needs neither threads of V8 nor its optimizing compiler: 5 MiB less after the same work, at the same
 * speed. Its heap has no limit: what is waiting lies outside of it.
 */
const FRUGAL = ['--single-threaded', '--no-opt', '--max-semi-space-size=1'];

/** When a keeper ends by itself. */
export interface KeeperTimes {
  /** Without child and supervisor. */
  readonly idle: Ms;
  /** Without a supervisor, children and all. */
  readonly alone: Ms;
}

export const KEEPER_TIMES: KeeperTimes = { idle: 60_000, alone: 600_000 };

function prepare(place: KeeperAddressFile): { address: KeeperAddress; log: number } {
  try {
    return { address: place.renew(), log: openSync(place.log, 'w', 0o600) };
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause;
    const sentence = `The keeper of the servers could not be started: ${(cause as Error).message}.`;
    throw new HoldfastError('server_unavailable', sentence, { cause });
  }
}

/**
 * Starts a keeper in a session of its own, so that no signal for this process or its group reaches it, and connects to it.
 * @throws HoldfastError `server_unavailable` when it is not there within 5 s, with the reason
 */
export async function startKeeper(place: KeeperAddressFile, times: KeeperTimes): Promise<KeeperConnection> {
  const { address, log } = prepare(place);
  const program = fileURLToPath(new URL('./keeper.js', import.meta.url));
  const keeper = spawn(process.execPath, [...FRUGAL, program, place.file, String(times.idle), String(times.alone)], {
    // It must not hold the folder it was started in.
    cwd: parse(program).root,
    env: { ...minimalEnvironment(), ...(process.versions.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}) },
    stdio: ['ignore', 'ignore', log],
    detached: true,
    windowsHide: true,
  });
  closeSync(log);
  let why: string | null = null;
  keeper.on('error', (error) => {
    why = error.message;
  });
  keeper.on('exit', (code, signal) => {
    why ??= signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`;
  });
  keeper.unref();
  const deadline = performance.now() + START_LIMIT_MS;
  for (;;) {
    const left = deadline - performance.now();
    const result = await KeeperConnection.open(address, Math.max(1, left));
    if (result instanceof KeeperConnection) return result;
    if (why === null && left <= 0) why = 'it did not answer in time';
    if (why !== null) {
      const sentence = `The keeper of the servers could not be started: ${why}. See ${place.log}.`;
      throw new HoldfastError('server_unavailable', sentence);
    }
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
  }
}
