import type { Client } from '../../../shared/contract/client';
import type { FoundState } from '../../../shared/contract/connect';
import { HoldfastError } from '../../../shared/errors';
import { inEnglish } from '../../../shared/messages/language';
import type { Connector, Examined } from '../../connect/connector';
import { foundState, type Holder } from '../../connect/found-state';
import { KNOWN_CLIENTS, type KnownClient } from '../../connect/known-clients';
import type { EndpointFile } from '../../platform/endpoint-file';
import { Admin } from '../admin';
import { findRunning } from '../find';
import { columns, printJson, printLine, spanWords } from '../print';
import { keyHolders } from './key-holders';

interface Listed {
  readonly client: KnownClient;
  readonly examined: Examined;
  /** Null while Holdfast is not running: nobody can say then whose key it is, and whether it came. */
  readonly state: FoundState | null;
  readonly holder: Holder | null;
}

/**
 * Prints the clients of this computer. That a file names Holdfast is one thing, that its client was here is another: only the
 * running Holdfast knows that.
 */
export async function listClients(
  connector: Connector,
  folder: string,
  { json }: { readonly json: boolean },
): Promise<void> {
  const found = KNOWN_CLIENTS.map((client) => ({ client, examined: connector.examine(client) }));
  const known = await whatIsKnown(connector, folder, found);
  const listed = found.map((one): Listed => {
    const holder = known?.holderOf(one) ?? null;
    const url = `${known?.url ?? ''}/mcp`;
    return { ...one, holder, state: known === null ? null : foundState(one.examined, holder, { url, since: 0 }) };
  });
  if (json) {
    printJson({
      ok: true,
      running: known !== null,
      clients: listed.map(({ client: { id, name }, examined: { file, connected, problem }, state, holder }) => ({
        id,
        name,
        file,
        set_up: connected,
        state,
        last_seen_at: holder?.last_used_at ?? null,
        problem,
      })),
    });
    return;
  }
  const rows = listed.map((one) => [one.client.id, words(one), one.examined.problem ?? one.examined.file ?? '']);
  for (const line of columns(rows)) printLine(line);
  if (known === null && listed.some(({ examined }) => examined.connected))
    printLine('Holdfast is not running, so nobody knows which of them were here.');
}

/** The same words as in the window. */
function words({ client: { name }, examined, state, holder }: Listed): string {
  if (examined.file === null) return 'not found';
  if (examined.problem !== null) return lower(inEnglish('connect.state.unreadable'));
  if (!examined.connected) return lower(inEnglish('connect.state.not_connected'));
  if (state === null) return lower(inEnglish('connect.state.set_up'));
  if (state === 'connected' && holder?.last_used_at != null) {
    return `${lower(inEnglish('connect.state.connected'))}, was here ${spanWords(Date.now() - holder.last_used_at)} ago`;
  }
  const time = new Date(holder?.ends_at ?? 0).toLocaleTimeString();
  return lower(inEnglish(`connect.state.${state as Exclude<FoundState, 'not_found'>}`, { name, time })).replace(
    /\.$/,
    '',
  );
}

const lower = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);

async function whatIsKnown(
  connector: Connector,
  folder: string,
  found: readonly { readonly client: KnownClient; readonly examined: Examined }[],
) {
  let running: EndpointFile;
  let admin: Admin;
  try {
    running = findRunning(folder);
    admin = await Admin.of(running);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'unreachable') return null;
    throw error;
  }
  const keys = found.flatMap(({ examined }) => examined.key ?? []);
  const holders = await Promise.all(keys.map(async (key) => [key, (await keyHolders(admin, [key]))[0]] as const));
  const byKey = new Map(holders);
  const { clients } = (await admin.ask('/api/mcp/clients')) as { clients: Client[] };
  return {
    url: running.url,
    holderOf({ client, examined }: (typeof found)[number]): Holder | null {
      if (examined.key !== null) return byKey.get(examined.key) ?? null;
      // A key in a variable, or one that the client asked for, cannot be read.
      const { reference } = examined;
      const isHidden = reference !== null && reference !== 'own_file';
      const id = isHidden ? connector.records.read(client.id)?.client_id : undefined;
      const kept = clients.find(({ client_id }) => client_id === id);
      return kept ? { client_id: kept.client_id, last_used_at: kept.key_used_at, ends_at: null } : null;
    },
  };
}
