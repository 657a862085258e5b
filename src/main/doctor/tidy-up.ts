import { type Sentence, said } from '../../shared/messages/said';
import { ask } from '../platform/ask';
import type { CheckContext } from './check-context';
import { Failure } from './failure';

/**
 * Ends the sessions and removes the clients that the checks created. Their events stay in the history.
 * @throws Failure that names what could not be removed
 */
export async function tidyUp(context: CheckContext): Promise<Sentence> {
  const { monitor, client, stranger, session } = context.things;
  monitor?.end();
  if (!client && !stranger) return said('said.check.tidy.nothing');
  const left: string[] = [];
  const remove = async (what: string, path: string, key: string) => {
    const { status } = await ask(context.url + path, { method: 'DELETE', key }).catch(() => ({ status: 0 }));
    if (status < 200 || status >= 300) left.push(what);
  };
  if (session && client) await remove(`session ${session}`, `/api/mcp/sessions/${session}`, client.client_key);
  for (const made of [client, stranger]) {
    if (made) await remove(`client ${made.client_id}`, `/api/mcp/clients/${made.client_id}`, context.adminKey);
  }
  if (left.length > 0) throw new Failure(said('said.check.tidy.left', { list: left.join(', ') }));
  return said('said.check.tidy.ok');
}
