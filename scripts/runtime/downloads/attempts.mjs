import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../files/paths.mjs';

/** A failed download is not tried again for a day if there is something else to use. */
const RETRY_MS = 24 * 3_600_000;

/** @param {string} what */
const fileOf = (what) => join(cacheFolder(), 'failed-downloads', `${what}.json`);

/**
 * Remembers that a download failed, so that the next start need not wait for it again.
 *
 * @param {string} what for example `electron-45.4.1`
 * @param {string} reason
 * @returns {Promise<void>}
 */
export async function rememberFailure(what, reason) {
  await mkdir(join(cacheFolder(), 'failed-downloads'), { recursive: true });
  await writeFile(fileOf(what), JSON.stringify({ at: Date.now(), reason }));
}

/**
 * @param {string} what
 * @returns {Promise<void>}
 */
export async function forgetFailure(what) {
  await rm(fileOf(what), { force: true });
}

/**
 * The last failure, if it is too recent to try again.
 *
 * @param {string} what
 * @param {number} [now] milliseconds since the epoch
 * @returns {Promise<{ reason: string, ago: string, retryIn: string } | undefined>}
 */
export async function recentFailure(what, now = Date.now()) {
  let failure;
  try {
    failure = JSON.parse(await readFile(fileOf(what), 'utf8'));
  } catch {
    return undefined;
  }
  const age = now - failure.at;
  if (!(age >= 0 && age < RETRY_MS)) return undefined;
  return { reason: String(failure.reason), ago: inWords(age), retryIn: inWords(RETRY_MS - age) };
}

/** @param {number} ms */
function inWords(ms) {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
