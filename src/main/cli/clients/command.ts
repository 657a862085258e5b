import type { Client } from '../../../shared/contract/client';
import type { Session } from '../../../shared/contract/session';
import { HoldfastError } from '../../../shared/errors';
import { Admin } from '../admin';
import type { Command } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { columns, printJson, printLine } from '../print';
import { clientRow, sessionRow } from './words';

const SWITCH = { on: true, off: false } as const;
const SETTINGS = { new: 'new_session', last: 'last_session' } as const;

/**
 * `holdfast clients`: lists clients with the programs that are connected, says what a new process of one gets, and whether it
 * may take sessions over.
 */
export const clients: Command = {
  help: `Usage: holdfast clients [list] [--json]
       holdfast clients new-process NAME new|last [--json]
       holdfast clients take-over NAME on|off [--json]

  list                          the clients, and the sessions that each of them has
  new-process NAME new|last     what a client gets when it was ended and is started again: "new" starts a new session,
                                "last" goes on with the last session of the same folder
  take-over NAME on|off         whether sessions of other clients may be handed over to it; off by default

  --json    prints one JSON object: ok, clients and sessions, or ok and client

Exit codes: 0 all is well, 1 it could not be done, 2 wrong usage, 3 Holdfast is not running.`,
  options: { json: { type: 'boolean' } },
  maxPositionals: 3,
  async run(given) {
    const [action = 'list', name, setting] = given.positionals;
    if (action !== 'list' && action !== 'new-process' && action !== 'take-over') {
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
    const admin = await Admin.of(findRunning(dataFolder()));
    const { clients: all } = (await admin.ask('/api/mcp/clients')) as { clients: Client[] };
    if (action !== 'list') {
      const client = all.find((one) => one.name === name || one.client_id === name);
      if (!client) throw new HoldfastError('client_not_found', `There is no client named "${name}".`);
      const body =
        action === 'take-over'
          ? { may_take_over: SWITCH[setting as keyof typeof SWITCH] }
          : { new_process: SETTINGS[setting as keyof typeof SETTINGS] };
      const changed = (await admin.ask(`/api/mcp/clients/${client.client_id}`, { method: 'PATCH', body })) as Client;
      if (given.flag('json')) printJson({ ok: true, client: changed });
      else printLine(clientRow(changed).join(', '));
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
