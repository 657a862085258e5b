import { homedir } from 'node:os';
import type { Client, CreatedClient, RenewedKey } from '../../../shared/contract/client';
import type { KeyWay } from '../../../shared/contract/connect';
import { HoldfastError } from '../../../shared/errors';
import { SECOND } from '../../../shared/model/units';
import { Connector, type PlannedChange, type PlannedKey } from '../../connect/connector';
import { KNOWN_CLIENTS, type KnownClient } from '../../connect/known-clients';
import { Admin } from '../admin';
import type { Command, Given } from '../command';
import { EXIT, type ExitCode } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { printJson, printLine, spanWords } from '../print';
import { cliTarget } from './cli-target';
import { firstContact } from './contact';
import { keyHolders } from './key-holders';
import { listClients } from './list';
import { OwnServers, printMoved, requireServers } from './own-servers';
import { printLink } from './print-link';

const CLIENTS = '/api/mcp/clients';
const DEFAULT_WAIT = 30;
const MAX_WAIT = 600;
const NAMES = KNOWN_CLIENTS.map(({ id }) => id).join(', ');

/** `holdfast connect`: writes Holdfast into the settings of other programs, and takes it out again. */
export const connect: Command = {
  help: `Usage: holdfast connect [--json]
       holdfast connect CLIENT [--key file|reference] [--servers] [--dry-run] [--wait SECONDS] [--json]
       holdfast connect cursor|vscode --link [--json]
       holdfast connect CLIENT --undo [--dry-run] [--json]

Without CLIENT it lists the clients on this computer, their files, whether Holdfast is set up in them, and when each
was last here.
CLIENT is one of: ${NAMES}.

  --key file        writes the key into the client's file
  --key reference   writes where the key is: a file of Holdfast's own that only you can read (Claude Code, Claude
                    Desktop, opencode; this is the default for them), or a variable that you set, whose value is
                    printed this once (Cursor, Codex, Gemini CLI, Windsurf)
  --link            prints a link by which the client adds Holdfast itself, and its key, this once
  --servers         also takes the client's own servers over, and those out of its file
  --dry-run         shows what would change in the client's file, and changes nothing
  --undo            puts the file back as it was, or takes Holdfast out of it if it was changed since
  --wait SECONDS    how long to wait for the client to come; ${DEFAULT_WAIT} if not set, 0 not at all
  --json            prints one JSON object

The file from before is kept beside it, as *.holdfast-backup. Keys and what looks like a secret are not shown.

Exit codes: 0 all is well, 1 the file was left as it is, 2 wrong usage, 3 Holdfast is not running.`,
  options: {
    json: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    undo: { type: 'boolean' },
    servers: { type: 'boolean' },
    wait: { type: 'string' },
    key: { type: 'string' },
    link: { type: 'boolean' },
  },
  maxPositionals: 1,
  async run(given) {
    const [id] = given.positionals;
    const wait = given.text('wait') === undefined ? DEFAULT_WAIT : Number(given.text('wait') || Number.NaN);
    if (!(wait >= 0 && wait <= MAX_WAIT)) {
      throw new HoldfastError('invalid_input', `--wait takes a number of seconds, at most ${MAX_WAIT}.`);
    }
    const folder = dataFolder();
    const places = { home: homedir(), platform: process.platform, environment: process.env };
    const connector = new Connector(folder, places);
    if (id === undefined) {
      if (given.flag('undo') || given.flag('dry-run') || given.flag('servers'))
        throw new HoldfastError('invalid_input', 'Name the client.');
      await listClients(connector, folder, { json: given.flag('json') });
      return EXIT.ok;
    }
    const client = KNOWN_CLIENTS.find((one) => one.id === id);
    if (!client) throw new HoldfastError('invalid_input', `"${id}" cannot be connected. Clients: ${NAMES}.`);
    if (given.flag('servers')) requireServers(client, given);
    const way = keyWay(given);
    if (given.flag('link')) {
      await printLink(connector, client, { folder, places, json: given.flag('json') });
      return EXIT.ok;
    }
    if (given.flag('undo')) return undo(connector, client, given);
    return write(connector, client, { given, wait, folder, way });
  },
};

interface Wish {
  readonly given: Given;
  /** Seconds to wait for the client. */
  readonly wait: number;
  readonly folder: string;
  readonly way: KeyWay | undefined;
}

/** @throws HoldfastError `invalid_input` */
function keyWay(given: Given): KeyWay | undefined {
  const way = given.text('key');
  if (way === undefined || way === 'file' || way === 'reference') return way;
  throw new HoldfastError('invalid_input', '--key takes "file" or "reference".');
}

async function write(connector: Connector, client: KnownClient, { given, wait, folder, way }: Wish): Promise<ExitCode> {
  const running = findRunning(folder);
  const admin = await Admin.of(running);
  const target = cliTarget(running, folder);
  const known = await knownKey(connector, client, admin);
  const isElsewhere = known?.key === null && connector.plan(client, { ...target, key: null }, way).variable === null;
  const isKept = known !== null && !known.isOld && !isElsewhere;
  const preview = connector.plan(client, { ...target, key: isKept ? known.key : null }, way);
  const own = given.flag('servers') ? new OwnServers(admin, connector, client) : null;
  if (given.flag('dry-run')) return show(client, preview, given, (await own?.takeable()) ?? []);
  const carryOut = (key: string | null, id: string): PlannedKey => {
    const change = connector.plan(client, { ...target, key }, way);
    if (change.difference !== '' || !isKept) connector.connect(client, change, id);
    return change;
  };
  const { id, key, change }: Done =
    known === null
      ? await withNewKey(admin, client, carryOut)
      : isKept
        ? { id: known.id, key: null, change: carryOut(known.key, known.id) }
        : await withRenewedKey(admin, known.id, given.flag('json'), carryOut);
  // From here on the file is written, which Ctrl+C does not change.
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal);
  const json = given.flag('json');
  if (!json) {
    if (change.difference !== '') printDifference(change);
    printLine(
      `${client.name}: ${change.snapshot.file} ${change.difference === '' ? 'names Holdfast already' : 'now names Holdfast'}.`,
    );
  }
  const moved = (await own?.move()) ?? null;
  if (moved !== null && !json) printMoved(client, moved);
  const { variable } = change;
  const toSet = variable === null || key === null ? null : { variable, key };
  if (toSet !== null && !json)
    for (const line of [
      `Set this where ${client.name} is started; it is shown only once:`,
      `  export ${variable}=${key}`,
    ])
      printLine(line);
  const written = key ?? known?.key ?? null;
  const contact = written === null ? { client_id: id } : { key: written };
  const seen = await firstContact(admin, contact, { limit: wait * SECOND, stop: stop.signal }).finally(() =>
    process.off('SIGINT', onSignal),
  );
  const { file } = change.snapshot;
  if (json)
    printJson({
      ok: true,
      client_id: id,
      file,
      difference: change.difference,
      last_seen_at: seen,
      ...(toSet === null ? {} : { to_set: toSet }),
      next: client.next,
      ...(moved === null
        ? {}
        : { taken_over: moved.takenOver, taken_out: moved.takenOut, to_confirm: moved.toConfirm }),
    });
  else if (seen === null) printLine(`${client.name} has not come yet. ${client.next}`);
  else printLine(`${client.name} was here ${spanWords(Date.now() - seen)} ago.`);
  return EXIT.ok;
}

/** The key in the client's file, if Holdfast still knows its client. */
async function knownKey(connector: Connector, client: KnownClient, admin: Admin) {
  const key = connector.keyOf(client);
  if (key === null) {
    // A key in a variable cannot be read: it is that of the client for which the file was written.
    const id = connector.examine(client).reference === null ? undefined : connector.records.read(client.id)?.client_id;
    const { clients } = (await admin.ask(CLIENTS)) as { clients: Client[] };
    const isThere = clients.some(({ client_id }) => client_id === id);
    return id !== undefined && isThere ? { key, id, isOld: false } : null;
  }
  const [holder] = await keyHolders(admin, [key]);
  return holder ? { key, id: holder.client_id, isOld: holder.ends_at !== null } : null;
}

/** Writes a key into the client's file. */
type CarryOut = (key: string, clientId: string) => PlannedKey;

interface Done {
  readonly id: string;
  /** The key that was made; null when there was one. */
  readonly key: string | null;
  readonly change: PlannedKey;
}

/**
 * Gives a client a new key, as the one in its file ends soon. The file was looked at before, so writing it fails hardly ever;
 * the key is printed then, as it must not be lost.
 */
async function withRenewedKey(admin: Admin, id: string, json: boolean, carryOut: CarryOut): Promise<Done> {
  const path = `${CLIENTS}/${id}/rotate`;
  const { client_key } = (await admin.ask(path, { method: 'POST', body: {} })) as RenewedKey;
  try {
    return { id, key: client_key, change: carryOut(client_key, id) };
  } catch (error) {
    // The one in the file ends soon, and nobody could get this one again.
    if (json) printJson({ ok: false, client_id: id, client_key });
    else {
      process.stderr.write('The new key could not be written, so it is printed instead:\n');
      printLine(client_key);
    }
    throw error;
  }
}

/** Makes a client with a key for a change; it is removed again if the change does not succeed. */
async function withNewKey(admin: Admin, { id: type, name }: KnownClient, carryOut: CarryOut): Promise<Done> {
  const { client_id, client_key } = (await admin.ask(CLIENTS, {
    method: 'POST',
    body: { name, type },
  })) as CreatedClient;
  try {
    return { id: client_id, key: client_key, change: carryOut(client_key, client_id) };
  } catch (error) {
    await admin.ask(`${CLIENTS}/${client_id}`, { method: 'DELETE' }).catch(() => {});
    throw error;
  }
}

async function undo(connector: Connector, client: KnownClient, given: Given): Promise<ExitCode> {
  const change = connector.planUndo(client);
  if (change === null) {
    if (given.flag('json')) printJson({ ok: true, file: null, difference: '' });
    else printLine(`${client.name} is not connected. Nothing was changed.`);
    return EXIT.ok;
  }
  if (given.flag('dry-run')) return show(client, change, given);
  const id = connector.records.read(client.id)?.client_id;
  connector.undo(client, change);
  const removed = id !== undefined && (await removeClient(id));
  if (given.flag('json')) {
    printJson({ ok: true, file: change.snapshot.file, difference: change.difference, key_removed: removed });
    return EXIT.ok;
  }
  printDifference(change);
  printLine(`${client.name}: Holdfast is no longer in ${change.snapshot.file}.`);
  if (!removed) printLine('Its key was not removed. Remove it in the Connect view.');
  return EXIT.ok;
}

/** Whether the key was taken away, which needs a running Holdfast. */
async function removeClient(id: string): Promise<boolean> {
  try {
    await (await Admin.of(findRunning(dataFolder()))).ask(`${CLIENTS}/${id}`, { method: 'DELETE' });
    return true;
  } catch (error) {
    if (error instanceof HoldfastError) return false;
    throw error;
  }
}

function show(client: KnownClient, change: PlannedChange, given: Given, servers: readonly string[] = []): ExitCode {
  const { difference, snapshot } = change;
  if (given.flag('json')) printJson({ ok: true, file: snapshot.file, difference, servers });
  else if (difference === '') printLine(`${client.name}: nothing would change in ${snapshot.file}.`);
  else printDifference(change);
  if (servers.length > 0 && !given.flag('json'))
    printLine(`Would be taken over, and out of the file: ${servers.join(', ')}.`);
  return EXIT.ok;
}

/** Line by line, as a line break inside a line would be shown as an escape. */
function printDifference({ difference }: PlannedChange): void {
  for (const line of difference.split('\n')) printLine(line);
}
