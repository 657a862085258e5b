import type { Client } from '../../../shared/contract/client';
import type { Session } from '../../../shared/contract/session';
import { HoldfastError } from '../../../shared/errors';
import { Admin } from '../admin';
import type { Command } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { columns, printJson, printLine } from '../print';
import { rotate } from './rotate';
import { clientRow, sessionRow } from './words';

/** Actions with a word after the client. */
const TAKES_SETTING: readonly string[] = ['new-process', 'take-over'];
const SETTINGS = { new: 'new_session', last: 'last_session' } as const;

/**
 * `holdfast clients`: lists clients with the programs that are connected, says what a new process of one gets, whether it may take
 * sessions over, and renews keys.
 */
export const clients: Command = {
  help: `Usage: holdfast clients [list] [--json]
       holdfast clients new-process NAME new|last [--json]
       holdfast clients take-over NAME on|off [--json]
       holdfast clients rotate NAME [--print] [--json]
       holdfast clients end-old-key NAME [--json]

  list                          the clients, and the sessions that each of them has
  new-process NAME new|last     what a client gets when it was ended and is started again: "new" starts a new session,
                                "last" goes on with the last session of the same folder
  take-over NAME on|off         whether sessions of other clients may be handed over to it, or shared; off at first
  rotate NAME                   gives a client a new key: written into its file if Holdfast connected it, otherwise
                                printed, this once. The old key works for another 15 minutes
  end-old-key NAME              ends the old key now, and cuts what was opened with it

NAME is the name or the id of a client.

  --print   prints the new key and leaves the client's file as it is
  --json    prints one JSON object: ok, and clients and sessions, or client, or client_id, client_key, file
            and old_key_until

Exit codes: 0 all is well, 1 it could not be done, 2 wrong usage, 3 Holdfast is not running.`,
  options: { json: { type: 'boolean' }, print: { type: 'boolean' } },
  maxPositionals: 3,
  async run(given) {
    const [action = 'list', name, setting] = given.positionals;
    requireUsage(action, name, setting);
    const running = findRunning(dataFolder());
    const admin = await Admin.of(running);
    const { clients: all } = (await admin.ask('/api/mcp/clients')) as { clients: Client[] };
    if (action !== 'list') {
      const client = clientNamed(all, name ?? '');
      const json = given.flag('json');
      if (action === 'rotate') {
        await rotate(admin, { client, running, print: given.flag('print'), json });
        return EXIT.ok;
      }
      const path = `/api/mcp/clients/${client.client_id}`;
      const changed = (await (action === 'end-old-key'
        ? admin.ask(`${path}/old-key`, { method: 'DELETE' })
        : admin.ask(path, {
            method: 'PATCH',
            body: changeOf(action, setting ?? ''),
          }))) as Client;
      if (json) printJson({ ok: true, client: changed });
      else if (TAKES_SETTING.includes(action)) printLine(clientRow(changed).join(', '));
      else if (client.old_key === null) printLine(`${client.name} has no old key.`);
      else printLine(`The old key of ${client.name} has ended.`);
      return EXIT.ok;
    }
    const query = 'status=active,idle,disconnected&limit=1000';
    const { sessions } = (await admin.ask(`/api/mcp/sessions?${query}`)) as { sessions: Session[] };
    if (given.flag('json')) printJson({ ok: true, clients: all, sessions });
    else if (all.length === 0) printLine('No client has a key yet. Create one in the Connect view.');
    for (const client of given.flag('json') ? [] : all) {
      printLine(clientRow(client).join(', '));
      const own = sessions.filter(({ client_id }) => client_id === client.client_id);
      for (const line of columns(own.map(sessionRow))) printLine(`  ${line}`);
    }
    return EXIT.ok;
  },
};

const changeOf = (action: string, setting: string): object =>
  action === 'take-over'
    ? { may_take_over: setting === 'on' }
    : { new_process: SETTINGS[setting as keyof typeof SETTINGS] };

/** @throws HoldfastError `invalid_input` */
function requireUsage(action: string, name: string | undefined, setting: string | undefined): void {
  if (!['list', 'rotate', 'end-old-key', ...TAKES_SETTING].includes(action)) {
    throw new HoldfastError('invalid_input', `There is no "clients ${action}".`);
  }
  if (action === 'list' && name !== undefined) {
    throw new HoldfastError('invalid_input', `"${name}" is one word too many.`);
  }
  if (action === 'new-process' && (name === undefined || (setting !== 'new' && setting !== 'last'))) {
    throw new HoldfastError('invalid_input', 'Name the client and say new or last.');
  }
  if (action === 'take-over' && (name === undefined || (setting !== 'on' && setting !== 'off'))) {
    throw new HoldfastError('invalid_input', 'Name the client and say on or off.');
  }
  if (!TAKES_SETTING.includes(action) && setting !== undefined) {
    throw new HoldfastError('invalid_input', `"${setting}" is one word too many.`);
  }
  if (action !== 'list' && name === undefined) throw new HoldfastError('invalid_input', 'Name the client.');
}

/**
 * The client of this id, or the only one of this name.
 * @throws HoldfastError `client_not_found`, `invalid_input`
 */
function clientNamed(all: readonly Client[], name: string): Client {
  const named = all.filter((one) => one.name === name || one.client_id === name);
  const [client] = named;
  if (!client) throw new HoldfastError('client_not_found', `There is no client named "${name}".`);
  if (named.length === 1) return client;
  const ids = named.map(({ client_id }) => client_id).join(', ');
  throw new HoldfastError('invalid_input', `"${name}" are several clients. Say which by its id: ${ids}.`);
}
