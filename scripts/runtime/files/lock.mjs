import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SetupError } from '../terminal/errors.mjs';
import { say } from '../terminal/log.mjs';

/**
 * One owner at a time among the processes that share a cache folder. The lock is a file that names its owner. `link`
 * puts it in place, so nobody sees it half written. Its owner touches it while working; others break it when the
 * owner's process is gone or has not touched it for {@link SILENT_MS}. A lock with nothing but an age could not be taken
 * over at once from a process that was killed, nor say whom the others wait for.
 */

const HEARTBEAT_MS = 2_000;
const SILENT_MS = 60_000;
const POLL_MS = 200;
const NEWS_MS = 15_000;

/** @typedef {{ pid: number, host: string, id: string }} Owner */

/**
 * @param {string} file
 * @returns {Promise<Owner | undefined>}
 */
async function readOwner(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return { pid: 0, host: '', id: '' };
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is alive, but belongs to another user.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * @param {string} file
 * @param {number} silentMs
 */
async function isStale(file, silentMs) {
  const owner = await readOwner(file);
  if (!owner) return false;
  if (owner.host === hostname() && owner.pid > 0 && !isAlive(owner.pid)) return true;
  try {
    return Date.now() - (await stat(file)).mtimeMs > silentMs;
  } catch {
    return false;
  }
}

/**
 * Creates the whole file in one step, or nothing when there is one already.
 *
 * @param {string} file
 * @param {Owner} owner
 * @returns {Promise<boolean>} whether the lock is ours
 */
async function claim(file, owner) {
  const draft = `${file}.${owner.id}`;
  await writeFile(draft, JSON.stringify(owner));
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'EEXIST') return false;
    // The file system has no hard links. This is nearly as good: the content follows the name a moment later.
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return claimByName(file, owner);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * @param {string} file
 * @param {Owner} owner
 * @returns {Promise<boolean>}
 */
async function claimByName(file, owner) {
  try {
    await writeFile(file, JSON.stringify(owner), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a stale lock. Only one process at a time may do so: between finding it stale and removing it, another one
 * could have replaced it with its own.
 *
 * @param {string} file
 * @param {Owner} owner
 * @param {number} silentMs
 */
async function breakStale(file, owner, silentMs) {
  const guard = `${file}.break`;
  if (!(await claim(guard, owner))) {
    if (await isStale(guard, silentMs)) await rm(guard, { force: true });
    return;
  }
  try {
    if (await isStale(file, silentMs)) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

/**
 * Does `work` while holding the lock, and releases it whatever happens.
 *
 * @template T
 * @param {string} file path of the lock; its folder is created
 * @param {() => Promise<T>} work
 * @param {{ waitMs?: number, silentMs?: number, tell?: (line: string) => void }} [options] `waitMs`: how long to wait
 *   for another owner, 20 minutes by default
 * @returns {Promise<T>}
 * @throws {SetupError} when another process holds the lock for longer than that
 */
export async function withLock(file, work, { waitMs = 20 * 60_000, silentMs = SILENT_MS, tell = say } = {}) {
  await mkdir(dirname(file), { recursive: true });
  const me = { pid: process.pid, host: hostname(), id: randomUUID() };
  const start = performance.now();
  let nextNews = 1_000;
  while (!(await claim(file, me))) {
    if (await isStale(file, silentMs)) await breakStale(file, me, silentMs);
    const waited = performance.now() - start;
    const owner = await readOwner(file);
    if (waited > waitMs) {
      throw new SetupError(
        `Process ${owner?.pid} has been setting up the same thing for ${Math.round(waited / 1000)} s.`,
        `If it hangs, end it and try again. Its lock is ${file}`,
      );
    }
    if (waited > nextNews) {
      tell(`waiting for process ${owner?.pid}, which is setting up the same thing (${Math.round(waited / 1000)} s)`);
      nextNews += NEWS_MS;
    }
    await delay(POLL_MS);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {});
  }, HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await readOwner(file))?.id === me.id) await rm(file, { force: true });
  }
}
