import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HoldfastError } from '../../../shared/errors';
import { said } from '../../../shared/messages/said';
import type { Ms } from '../../../shared/model/units';
import type { KeeperAddress, KeeperAddressFile } from './address-file';
import { minimalEnvironment } from './environment';
import { KeeperConnection } from './keeper-connection';

/** A program takes this long to start on a machine that swaps, or in which a dozen others start: at login. */
const START_LIMIT_MS = 15_000;
const TRY_AGAIN_MS = 10;

/**
 * The keeper only passes bytes on and needs neither V8's threads nor its optimizing compiler. Without them it uses
 * 5 MiB less for the same work, at the same speed. The heap is not limited: waiting output lies outside it.
 */
const FRUGAL = ['--single-threaded', '--no-opt', '--max-semi-space-size=1'];

/** An upgrade replaced the files of a program that runs, and the two versions speak different protocols. */
const REPLACED = said('said.keeper.replaced');

/** After how long a keeper ends by itself. */
export interface KeeperTimes {
  /** With neither children nor a supervisor. */
  readonly idle: Ms;
  /** Without a supervisor; its children are ended too. */
  readonly alone: Ms;
}

export const KEEPER_TIMES: KeeperTimes = { idle: 60_000, alone: 600_000 };

function prepare(place: KeeperAddressFile): { address: KeeperAddress; log: number } {
  try {
    return { address: place.renew(), log: openSync(place.log, 'w', 0o600) };
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause;
    const sentence = said('said.keeper.not_started', { reason: (cause as Error).message });
    throw new HoldfastError('server_unavailable', sentence, { cause });
  }
}

/**
 * Starts a keeper and connects to it. The keeper runs in its own session, so signals to this process or its group do
 * not reach it.
 * @throws HoldfastError `server_unavailable`, with the reason, when the keeper does not accept us within 15 s
 */
export async function startKeeper(place: KeeperAddressFile, times: KeeperTimes): Promise<KeeperConnection> {
  const { address, log } = prepare(place);
  const program = fileURLToPath(new URL('./keeper.js', import.meta.url));
  const keeper = spawn(process.execPath, [...FRUGAL, program, place.file, String(times.idle), String(times.alone)], {
    // The keeper must not block the folder it was started in.
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
    why ??=
      signal === null
        ? said('said.keeper.why_code', { code: code ?? '?' })
        : said('said.keeper.why_signal', { signal });
  });
  keeper.unref();
  const deadline = performance.now() + START_LIMIT_MS;
  for (;;) {
    const left = deadline - performance.now();
    const result = await KeeperConnection.open(address, Math.max(1, left));
    if (result instanceof KeeperConnection) return result;
    if (result.why === 'version') throw new HoldfastError('server_unavailable', REPLACED);
    if (why === null && left <= 0) why = said('said.keeper.why_slow');
    if (why !== null) {
      const sentence = said('said.keeper.not_started_log', { why, log: place.log });
      throw new HoldfastError('server_unavailable', sentence);
    }
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
  }
}
