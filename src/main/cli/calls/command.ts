import { type Calls, callsSchema, patienceSchema } from '../../../shared/contract/calls';
import type { Client } from '../../../shared/contract/client';
import { HoldfastError } from '../../../shared/errors';
import { Admin } from '../admin';
import type { Command, Given } from '../command';
import { EXIT, type ExitCode } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { columns, printJson, printLine } from '../print';
import { handedOutRow, patienceLine, runningRow } from './words';

/** `holdfast calls`: what runs now, what became a handle, and how long clients wait. */
export const calls: Command = {
  help: `Usage: holdfast calls [list] [--json]
       holdfast calls cancel ID [--json]
       holdfast calls patience [CLIENT SECONDS|usual] [--json]

  list                       calls that a client waits for, and calls that outlasted their client and became a handle
  cancel ID                  gives a call up: whoever waits for it gets an error, and its server is told
  patience                   how long each client waits for the answer to a call, and how that is known
  patience CLIENT SECONDS    says how long a client waits: a call that lasts longer is answered with a handle before that.
                             "usual" goes by what Holdfast finds out again

  --json    prints one JSON object: ok, running and handed_out, or ok and call_id, or ok and clients

Exit codes: 0 all is well, 1 it could not be done, 2 wrong usage, 3 Holdfast is not running.`,
  options: { json: { type: 'boolean' } },
  maxPositionals: 3,
  async run(given) {
    const [action = 'list', ...rest] = given.positionals;
    if (action === 'list' && rest.length === 0) return await list(given);
    if (action === 'cancel' && rest.length === 1) return await cancel(given, rest[0] ?? '');
    if (action === 'patience' && rest.length !== 1) return await patience(given, rest);
    throw new HoldfastError('invalid_input', `"${given.positionals.join(' ')}" is not understood.`);
  },
};

async function list(given: Given): Promise<ExitCode> {
  const admin = await Admin.of(findRunning(dataFolder()));
  const found: Calls = callsSchema.parse(await admin.ask('/api/mcp/calls'));
  if (given.flag('json')) {
    printJson({ ok: true, ...found });
    return EXIT.ok;
  }
  const names = new Map((await clientsOf(admin)).map(({ client_id, name }) => [client_id, name]));
  const { running, handed_out, now } = found;
  if (running.length + handed_out.length === 0) printLine('No call is running, and none became a handle.');
  for (const line of columns(running.map((one) => runningRow(one, names, now)))) printLine(line);
  if (handed_out.length > 0) printLine(`${running.length > 0 ? '\n' : ''}Answered with a handle:`);
  for (const line of columns(handed_out.map((one) => handedOutRow(one, names, now)))) printLine(`  ${line}`);
  return EXIT.ok;
}

async function cancel(given: Given, id: string): Promise<ExitCode> {
  if (!/^\d{1,15}$/.test(id)) {
    throw new HoldfastError('invalid_input', 'Say which call: its number, as "holdfast calls" shows it.');
  }
  const admin = await Admin.of(findRunning(dataFolder()));
  await admin.ask(`/api/mcp/calls/${id}/cancel`, { method: 'POST' });
  if (given.flag('json')) printJson({ ok: true, call_id: Number(id) });
  else printLine(`Call ${id} is cancelled.`);
  return EXIT.ok;
}

async function patience(given: Given, [name, time]: readonly string[]): Promise<ExitCode> {
  const seconds = time === undefined || time === 'usual' ? null : Number(time);
  if (seconds !== null && !Number.isFinite(seconds)) {
    throw new HoldfastError('invalid_input', 'Say how many seconds the client waits, or "usual".');
  }
  const admin = await Admin.of(findRunning(dataFolder()));
  const clients = await clientsOf(admin);
  if (name !== undefined) {
    const client = clients.find((one) => one.name === name || one.client_id === name);
    if (!client) throw new HoldfastError('client_not_found', `There is no client named "${name}".`);
    await admin.ask(`/api/mcp/calls/patience/${client.client_id}`, { method: 'PUT', body: { seconds } });
  }
  const answer = (await admin.ask('/api/mcp/calls/patience')) as { clients: unknown[] };
  const all = answer.clients.map((one) => patienceSchema.parse(one));
  const shown =
    name === undefined ? all : all.filter(({ client_id }) => [client_id, nameOf(clients, client_id)].includes(name));
  if (given.flag('json')) printJson({ ok: true, clients: shown });
  else if (shown.length === 0) printLine('No client has a key yet. Create one in the Connect view.');
  else
    for (const line of columns(shown.map((one) => patienceLine(one, nameOf(clients, one.client_id))))) printLine(line);
  return EXIT.ok;
}

const clientsOf = async (admin: Admin): Promise<Client[]> =>
  ((await admin.ask('/api/mcp/clients')) as { clients: Client[] }).clients;

const nameOf = (clients: readonly Client[], id: string): string =>
  clients.find(({ client_id }) => client_id === id)?.name ?? id;
