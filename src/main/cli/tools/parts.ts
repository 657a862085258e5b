import type { Client } from '../../../shared/contract/client';
import { HoldfastError } from '../../../shared/errors';
import { ITEM_KINDS, type ItemKind, type ServerPart } from '../../../shared/model/visibility';
import type { Admin } from '../admin';

/**
 * What a word of the command line names: `SERVER` or `SERVER/NAME`, the latter of this kind.
 *
 * @throws HoldfastError `invalid_input` when it names nothing
 */
export function partOf(word: string, kind: ItemKind): ServerPart {
  const at = word.indexOf('/');
  const server = at < 0 ? word : word.slice(0, at);
  const name = at < 0 ? null : word.slice(at + 1);
  if (server === '' || name === '') {
    throw new HoldfastError('invalid_input', `"${word}" names nothing. Write SERVER, or SERVER/TOOL.`);
  }
  return { server, kind: name === null ? null : kind, name };
}

/** @throws HoldfastError `invalid_input` for a word that is no kind */
export function kindOf(word: string | undefined): ItemKind {
  const kind = ITEM_KINDS.find((one) => one === (word ?? 'tool'));
  if (kind === undefined) throw new HoldfastError('invalid_input', `--kind is ${ITEM_KINDS.join(', ')}.`);
  return kind;
}

/** A part as {@link partOf} reads it, with its kind in front if it is no tool. */
export const partWords = ({ server, kind, name }: ServerPart): string =>
  name === null ? server : `${kind === 'tool' ? '' : `${kind} `}${server}/${name}`;

/**
 * The client of this name or id.
 *
 * @throws HoldfastError `client_not_found` if there is none, `invalid_input` if several have the name
 */
export async function clientNamed(admin: Admin, name: string): Promise<Client> {
  const { clients } = (await admin.ask('/api/mcp/clients')) as { clients: Client[] };
  const byId = clients.find(({ client_id }) => client_id === name);
  const alike = clients.filter((client) => client.name === name);
  if (byId === undefined && alike.length > 1) {
    const ids = alike.map(({ client_id }) => client_id).join(', ');
    throw new HoldfastError('invalid_input', `Several clients are named "${name}". Give the id of one: ${ids}.`);
  }
  const client = byId ?? alike[0];
  if (!client)
    throw new HoldfastError('client_not_found', `There is no client named "${name}". See "holdfast clients".`);
  return client;
}
