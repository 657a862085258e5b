#!/usr/bin/env node
import { ERRORS, HoldfastError } from '../../shared/errors';
import { VERSION } from '../version';
import { type Command, readArguments } from './command';
import { EXIT, type ExitCode } from './exit-codes';
import { printJson, printLine } from './print';

/** Each subcommand is loaded on demand, so that `bridge` starts without loading what the others need. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  bridge: async () => (await import('./bridge/command')).bridge,
  status: async () => (await import('./status/command')).status,
  clients: async () => (await import('./clients/command')).clients,
  sessions: async () => (await import('./sessions/command')).sessions,
  servers: async () => (await import('./servers/command')).servers,
  tools: async () => (await import('./tools/command')).tools,
  sets: async () => (await import('./sets/command')).sets,
  connect: async () => (await import('./connect/command')).connect,
  settings: async () => (await import('./settings/command')).settings,
  notifications: async () => (await import('./notifications/command')).notifications,
  updates: async () => (await import('./updates/command')).updates,
  telemetry: async () => (await import('./telemetry/command')).telemetry,
  privacy: async () => (await import('./privacy/command')).privacy,
  activity: async () => (await import('./activity/command')).activity,
  calls: async () => (await import('./calls/command')).calls,
  bundle: async () => (await import('./bundle/command')).bundle,
  tail: async () => (await import('./tail/command')).tail,
  headless: async () => (await import('./headless-command')).headless,
  startup: async () => (await import('./startup/command')).startup,
  service: async () => (await import('./service/command')).service,
  open: async () => (await import('./open/command')).open,
  quit: async () => (await import('./quit/command')).quit,
  doctor: async () => (await import('./doctor/command')).doctor,
};

const HELP = `Usage: holdfast <command> [options]

  headless       runs Holdfast without a window; prints a link that opens it in a browser
  bridge         lets a client that speaks only stdio use Holdfast
  status         how Holdfast, its sessions and its servers are
  clients        lists the clients and who is connected, says what a new process of one gets, who may take over
  sessions       lists the sessions, names one, pins it, hands it over to another client
  servers        lists the servers behind Holdfast, confirms one, tries one again, logs in and out
  tools          lists what clients see of the servers, hides and shows tools
  sets           lists sets of servers and tools, makes and deletes them, chooses one for a client
  connect        writes Holdfast into the settings of a client, or takes it out again
  settings       lists the settings, changes one or puts its default back
  notifications  says which problems you are notified about, and when not
  updates        looks for newer versions; installs none
  telemetry      sends spans and metrics to your own observability; off until you switch it on
  privacy        says what is kept and how much it is; deletes it
  activity       lists what was called, what failed and why
  calls          lists what runs now and which calls became a handle, cancels one
  bundle         puts a diagnosis for a bug report into a file, without secrets
  tail           shows what happens, as it happens
  startup        starts Holdfast with its tray icon when you log in, or no longer
  service        makes Holdfast without a window a service of your user, or no longer
  open           opens the window of the running Holdfast in a browser
  quit           ends Holdfast; sessions wait for its next start
  doctor         checks Holdfast from outside, by doing what clients do

"holdfast <command> --help" says more; "holdfast --version" says which one this is.
Holdfast is found by its data folder: HOLDFAST_DATA_DIR, or the usual place of your system.

Exit codes: 0 all is well, 1 something is wrong, 2 wrong usage, 3 Holdfast is not running.`;

async function main([name = '', ...args]: readonly string[]): Promise<ExitCode> {
  if (['--help', '-h', 'help'].includes(name)) {
    printLine(HELP);
    return EXIT.ok;
  }
  if (name === '--version') {
    printLine(VERSION);
    return EXIT.ok;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    process.stderr.write(`${name === '' ? '' : `holdfast: there is no command "${name}".\n\n`}${HELP}\n`);
    return EXIT.wrongUsage;
  }
  const command = await load();
  if (args.includes('--help') || args.includes('-h')) {
    printLine(command.help);
    return EXIT.ok;
  }
  try {
    return await command.run(readArguments(command, args));
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    if (args.includes('--json')) {
      printJson({ ok: false, code: error.code, problem: error.message, retryable: ERRORS[error.code].retryable });
    }
    const usage = error.code === 'invalid_input' ? `\n\n${command.help}` : '';
    process.stderr.write(`holdfast: ${error.message}${usage}\n`);
    if (error.code === 'invalid_input') return EXIT.wrongUsage;
    return error.code === 'unreachable' ? EXIT.notRunning : EXIT.notWell;
  }
}

// A reader that has seen enough (head, less) closes the pipe; this is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.notWell),
);

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`holdfast: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = EXIT.notWell;
  },
);
