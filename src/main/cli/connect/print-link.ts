import type { Client, CreatedClient } from '../../../shared/contract/client';
import { HoldfastError } from '../../../shared/errors';
import type { Connector } from '../../connect/connector';
import type { KnownClient } from '../../connect/known-clients';
import { linkOf } from '../../connect/link';
import type { ClientPlaces } from '../../platform/client-files';
import { Admin } from '../admin';
import { findRunning } from '../find';
import { printJson, printLine } from '../print';

export interface LinkWish {
  readonly folder: string;
  readonly places: ClientPlaces;
  readonly json: boolean;
}

/**
 * Prints the link by which a client adds Holdfast, with a new key.
 * @throws HoldfastError `invalid_input` for a client that takes no links, `settings_left_alone` as the connector says
 */
export async function printLink(
  connector: Connector,
  client: KnownClient,
  { folder, places, json }: LinkWish,
): Promise<void> {
  const { id, name } = client;
  if (id !== 'cursor' && id !== 'vscode')
    throw new HoldfastError('invalid_input', `${name} takes no links. Connect it without --link.`);
  const running = findRunning(folder);
  const admin = await Admin.of(running);
  const earlier = connector.records.read(id)?.client_id;
  const body = { name, type: id };
  const { client_id, client_key } = (await admin.ask('/api/mcp/clients', { method: 'POST', body })) as CreatedClient;
  try {
    connector.noteLink(client, client_id);
  } catch (error) {
    await admin.ask(`/api/mcp/clients/${client_id}`, { method: 'DELETE' }).catch(() => {});
    throw error;
  }
  // A key of an earlier link that nobody has used goes.
  const { clients } = (await admin.ask('/api/mcp/clients')) as { clients: Client[] };
  if (clients.some((one) => one.client_id === earlier && one.key_used_at === null && one.old_key === null))
    await admin.ask(`/api/mcp/clients/${earlier}`, { method: 'DELETE' });
  const { link, variable } = linkOf(id, `${running.url}/mcp`, client.setting(places)?.file ?? '');
  if (json) {
    printJson({ ok: true, client_id, link, client_key, variable });
    return;
  }
  printLine(link);
  const what = variable === null ? `${name} asks for this key` : `Set this where ${name} is started`;
  printLine(`${what}; it is shown only once:`);
  printLine(variable === null ? `  ${client_key}` : `  export ${variable}=${client_key}`);
}
