// @ts-check
import { Failure } from './failure.mjs';
import { ask } from './http.mjs';

/**
 * Ends the sessions and removes the clients that the checks made. What they did stays in the history.
 *
 * @param {import('./world.mjs').World} world
 * @returns {Promise<string>}
 */
export async function tidyUp(world) {
  const { monitor, client, stranger, session } = world.things;
  monitor?.end();
  if (!client && !stranger) return 'there was nothing to remove';
  /** @type {string[]} */
  const left = [];
  const remove = async (/** @type {string} */ what, /** @type {string} */ path, /** @type {string} */ key) => {
    const { status } = await ask(world.url + path, { method: 'DELETE', key }).catch(() => ({ status: 0 }));
    if (status < 200 || status >= 300) left.push(what);
  };
  if (session && client) await remove(`session ${session}`, `/api/mcp/sessions/${session}`, client.client_key);
  for (const made of [client, stranger]) {
    if (made) await remove(`client ${made.client_id}`, `/api/mcp/clients/${made.client_id}`, world.adminKey);
  }
  if (left.length > 0) throw new Failure(`could not be removed: ${left.join(', ')}. Remove it in the Connect view.`);
  return 'sessions ended, clients removed; the history keeps what they did';
}
