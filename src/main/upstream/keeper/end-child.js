import { findMarked, signalMarked } from './marked.js';
import { endGroup, groupOf } from './process-group.js';

// Plain JavaScript, because the keeper uses it as well as the supervisor.

const GRACE_MS = 2000;
const LAST_WAIT_MS = 1000;
const LOOK_AGAIN_MS = 50;

/**
 * Ends a server: its process group, and the processes that left the group but carry its mark. SIGTERM, then SIGKILL after 2 s.
 * Resolves when none of them runs any more, within 6 s. On Windows the process and its descendants are killed at once.
 * @param {number} pid - leader of the group
 * @param {string} mark
 * @returns {Promise<void>}
 */
export async function endChild(pid, mark) {
  const isWanted = (/** @type {string} */ found) => found === mark;
  const strays = findMarked(isWanted).filter((found) => groupOf(found.pid) !== pid);
  signalMarked(strays, 'SIGTERM');
  await endGroup(pid);
  await endMarked(isWanted, strays);
}

/**
 * Ends all processes that carry such a mark.
 * @param {(mark: string) => boolean} isWanted
 * @param {readonly import('./marked.js').Marked[]} [asked] those that got a SIGTERM already
 * @returns {Promise<void>}
 */
export async function endMarked(isWanted, asked = []) {
  const found = findMarked(isWanted);
  if (found.length === 0) return;
  signalMarked(
    found.filter(({ pid }) => !asked.some((one) => one.pid === pid)),
    'SIGTERM',
  );
  if (await areGoneWithin(isWanted, GRACE_MS)) return;
  signalMarked(findMarked(isWanted), 'SIGKILL');
  await areGoneWithin(isWanted, LAST_WAIT_MS);
}

/**
 * @param {(mark: string) => boolean} isWanted
 * @param {number} limitMs
 */
async function areGoneWithin(isWanted, limitMs) {
  const start = performance.now();
  while (performance.now() - start < limitMs) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    if (findMarked(isWanted).length === 0) return true;
  }
  return false;
}
