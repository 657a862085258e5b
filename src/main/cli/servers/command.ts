import type { Server, Servers } from '../../../shared/contract/server';
import type { ToolChanges } from '../../../shared/contract/tool-change';
import { HoldfastError } from '../../../shared/errors';
import { visible } from '../../../shared/visible-text';
import { Admin } from '../admin';
import type { Command, Given } from '../command';
import { EXIT, type ExitCode } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { columns, printJson, printLine } from '../print';
import { logIn } from './login';
import {
  changedLines,
  changeLines,
  confirmationLines,
  fileLines,
  isDown,
  lastLines,
  memoryLines,
  remarkLines,
  serverRow,
} from './words';

const ACTIONS = ['list', 'trust', 'retry', 'restart', 'stop', 'login', 'logout', 'changes', 'accept'];

/** `holdfast servers`: lists the servers behind Holdfast, and does something to one of them. */
export const servers: Command = {
  help: `Usage: holdfast servers [list] [--json]
       holdfast servers trust NAME [--json]
       holdfast servers retry NAME [--json]
       holdfast servers restart NAME [--json]
       holdfast servers stop NAME [--json]
       holdfast servers login NAME [--device | --no-browser] [--json]
       holdfast servers logout NAME [--json]
       holdfast servers changes [NAME] [--json]
       holdfast servers accept NAME [TOOL] [--json]

  list          the servers behind Holdfast, how they are, and what is odd about what they list
  trust NAME    confirms the command of a server, which is printed whole, so that Holdfast may run it
  retry NAME    tries a server again now that is down
  restart NAME  ends what runs of a server and starts it anew, for all sessions
  stop NAME     ends what runs of a server; sessions stay, and what is used next starts it again
  login NAME    says where to log in to a server, opens the browser there, and waits until you are done
  logout NAME   takes the tokens of a server back where that is possible, and forgets them

  changes       tools that say something else of themselves than when they were used, line by line
  accept NAME   takes the changes of a server, or of one of its tools, for all right

  --device      log in on another device, with a code, where the authorization server offers that
  --no-browser  open no browser: open the address yourself, anywhere, and paste where it ended
  --json    prints one JSON object: ok, servers and problems of their file, or ok and server

Exit codes: 0 all is well, 1 a server is down, or waits to be confirmed or logged in to, their file has an error, or it could not
be done, 2 wrong usage, 3 Holdfast is not running.`,
  options: { json: { type: 'boolean' }, device: { type: 'boolean' }, 'no-browser': { type: 'boolean' } },
  maxPositionals: 3,
  async run(given) {
    const [action = 'list', name, tool] = given.positionals;
    if (!ACTIONS.includes(action)) {
      throw new HoldfastError('invalid_input', `There is no "servers ${action}".`);
    }
    if (action === 'list' && name !== undefined) {
      throw new HoldfastError('invalid_input', `"${name}" is one word too many.`);
    }
    if (tool !== undefined && action !== 'accept') {
      throw new HoldfastError('invalid_input', `"${tool}" is one word too many.`);
    }
    if (action !== 'list' && action !== 'changes' && name === undefined) {
      throw new HoldfastError('invalid_input', `Name the server: holdfast servers ${action} NAME`);
    }
    const admin = await Admin.of(findRunning(dataFolder()));
    const { servers: all, problems } = (await admin.ask('/api/mcp/servers')) as Servers;
    if (name === undefined) return action === 'changes' ? changes(given, admin, all) : list(given, all, problems);
    const server = all.find((known) => known.name === name);
    if (!server) throw new HoldfastError('server_not_found', unknown(name, all));
    if (action === 'changes') return changes(given, admin, [server]);
    if (action === 'accept') return accept(given, admin, server, tool);
    if (action === 'login') return login(given, admin, server);
    if (action === 'logout') return logout(given, admin, server);
    return action === 'trust' ? trust(given, admin, server) : start(given, admin, server, action);
  },
};

function list(given: Given, all: readonly Server[], problems: readonly string[]): ExitCode {
  const ok = !all.some(isDown) && problems.length === 0;
  if (given.flag('json')) printJson({ ok, servers: all, problems });
  else {
    for (const line of fileLines(problems)) printLine(line);
    if (all.length === 0 && problems.length === 0)
      printLine('No servers are configured. Add some in the Servers view, or in servers.json.');
    for (const [index, line] of columns(all.map(serverRow)).entries()) {
      printLine(line);
      const server = all[index] as Server;
      for (const said of [...changedLines(server), ...memoryLines(server), ...lastLines(server)]) printLine(said);
    }
    for (const line of all.flatMap(remarkLines)) printLine(line);
  }
  return ok ? EXIT.ok : EXIT.notWell;
}

async function trust(given: Given, admin: Admin, server: Server): Promise<ExitCode> {
  if (!given.flag('json')) for (const line of confirmationLines(server)) printLine(line);
  // The fingerprint identifies the command just printed: if it has changed since, it is not confirmed.
  const body = { fingerprint: server.fingerprint };
  const now = (await admin.ask(path(server, 'trust'), { method: 'POST', body })) as Server;
  if (given.flag('json')) printJson({ ok: true, server: now });
  else printLine(server.trusted ? 'Already confirmed.' : 'Confirmed: Holdfast may use it.');
  return EXIT.ok;
}

/** Prints what has changed; that is not well until somebody has accepted it. */
async function changes(given: Given, admin: Admin, of: readonly Server[]): Promise<ExitCode> {
  const found: (ToolChanges & { server: string })[] = [];
  for (const server of of) {
    const { changed, version } = server.tool_changes;
    if (changed === 0 && !version) continue;
    found.push({ server: server.name, ...((await admin.ask(path(server, 'changes'))) as ToolChanges) });
  }
  if (given.flag('json')) printJson({ ok: found.length === 0, servers: found });
  else if (found.length === 0) printLine('Nothing has changed that was used.');
  else for (const { server, ...one } of found) for (const line of changeLines(server, one)) printLine(line);
  return found.some((one) => one.changes.some(({ tool }) => tool !== null)) ? EXIT.notWell : EXIT.ok;
}

async function accept(given: Given, admin: Admin, server: Server, tool: string | undefined): Promise<ExitCode> {
  const body = tool === undefined ? {} : { tool };
  const now = (await admin.ask(path(server, 'changes/accept'), { method: 'POST', body })) as Server;
  if (given.flag('json')) printJson({ ok: true, server: now });
  else
    printLine(
      tool === undefined ? `All changes of ${server.name} are accepted.` : `The change of ${tool} is accepted.`,
    );
  return EXIT.ok;
}

/** Starts or stops a server: `retry` one that is down, `restart` in any case, `stop` until its next use. */
async function start(given: Given, admin: Admin, server: Server, action: string): Promise<ExitCode> {
  const now = (await admin.ask(path(server, action), { method: 'POST', body: {} })) as Server;
  const ok = !isDown(now);
  if (given.flag('json')) printJson({ ok, server: now });
  else for (const line of [...columns([serverRow(now)]), ...lastLines(now)]) printLine(line);
  return ok ? EXIT.ok : EXIT.notWell;
}

async function login(given: Given, admin: Admin, server: Server): Promise<ExitCode> {
  // The person must see the address in any case; with --json, standard output is for the program.
  const say = given.flag('json') ? (line: string) => void process.stderr.write(`${visible(line)}\n`) : printLine;
  const opens = !given.flag('no-browser') && !given.flag('json');
  const now = await logIn(admin, server, { onDevice: given.flag('device'), opens, say });
  if (given.flag('json')) printJson({ ok: true, server: now });
  else printLine(`You are logged in${now.login.account === null ? '' : ` as ${now.login.account}`}.`);
  return EXIT.ok;
}

async function logout(given: Given, admin: Admin, server: Server): Promise<ExitCode> {
  const now = (await admin.ask(path(server, 'logout'), { method: 'POST', body: {} })) as Server;
  if (given.flag('json')) printJson({ ok: true, server: now });
  else printLine(`You are logged out of ${now.name}; its tokens are forgotten.`);
  return EXIT.ok;
}

const path = ({ name }: Server, action: string): string => `/api/mcp/servers/${encodeURIComponent(name)}/${action}`;

function unknown(name: string, all: readonly Server[]): string {
  const known =
    all.length === 0 ? 'No servers are configured.' : `There are: ${all.map((one) => one.name).join(', ')}.`;
  return `There is no server named "${name}". ${known}`;
}
