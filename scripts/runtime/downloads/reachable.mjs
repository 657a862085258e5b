import { reasonOf } from '../terminal/errors.mjs';

/**
 * Checks, before a long download, that a host answers at all. Any answer counts.
 *
 * @param {string} url
 * @param {number} timeoutMs
 * @returns {Promise<string | undefined>} why it cannot be reached; `undefined` when it can
 */
export async function unreachable(url, timeoutMs) {
  try {
    await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    return undefined;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') return `no answer in ${timeoutMs / 1000} s`;
    return reasonOf(error);
  }
}
