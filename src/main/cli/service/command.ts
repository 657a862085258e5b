import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { HoldfastError } from '../../../shared/errors';
import { runningInstance } from '../../platform/endpoint-file';
import type { Command } from '../command';
import { EXIT, type ExitCode } from '../exit-codes';
import { dataFolder } from '../find';
import { printJson, printLine } from '../print';
import { serviceCommand } from './service-command';
import { MADE_BY } from './service-files';
import { runCommand, type ServiceManager, serviceManager, typed } from './service-manager';

type Commands = readonly (readonly string[])[];

/** `holdfast service`: Holdfast without a window as a service of the user. */
export const service: Command = {
  help: `Usage: holdfast service install|remove|status [--json]

Makes Holdfast, without a window, a service of your user: on Linux for systemd, on macOS for launchd. Prints each command
that it runs, and those that it could not run and that are left to you. Installing it again changes nothing.

  --json    with status: prints one JSON object: file, installed, current and running

Exit codes: 0 done, 1 commands are left to you, or there is no such service, 2 wrong usage.`,
  options: { json: { type: 'boolean' } },
  maxPositionals: 1,
  async run(given) {
    const [what] = given.positionals;
    if (what !== 'install' && what !== 'remove' && what !== 'status') {
      throw new HoldfastError('invalid_input', 'Say install, remove or status.');
    }
    const manager = serviceManager(process.env);
    if (what === 'install') return install(manager);
    return what === 'remove' ? remove(manager) : status(manager, given.flag('json'));
  },
};

async function install(manager: ServiceManager): Promise<ExitCode> {
  const folder = dataFolder();
  const text = manager.text(serviceCommand(folder, process.env));
  const before = read(manager);
  if (before !== null && !before.includes(MADE_BY)) {
    throw new HoldfastError(
      'internal_error',
      `${manager.file} was made by somebody else. Move it away, then try again.`,
    );
  }
  const isRunning = (await runCommand(manager.isRunning)) === null;
  if (before === text) printLine(`${manager.file} is as it should be.`);
  else {
    save(manager.file, text);
    printLine(`Wrote ${manager.file}`);
  }
  // Two Holdfasts on one data folder: the second does not start.
  const other = isRunning ? null : runningInstance(folder);
  const isDone = await runAll(isRunning && manager.install(false).length === 0 ? [] : manager.install(other === null));
  if (other !== null) {
    printLine(`Holdfast runs already (process ${other.pid}), not as a service. Quit it, then start the service:`);
    printLine(`  holdfast quit && ${typed(manager.start)}`);
  }
  if (isRunning && before !== text) printLine(`The service runs as it was before, until: ${typed(manager.restart)}`);
  printLine(manager.when);
  return isDone ? EXIT.ok : EXIT.notWell;
}

async function remove(manager: ServiceManager): Promise<ExitCode> {
  const before = read(manager);
  if (before === null) {
    printLine(`There is no service: ${manager.file} does not exist.`);
    return EXIT.ok;
  }
  if (!before.includes(MADE_BY)) {
    throw new HoldfastError('internal_error', `${manager.file} was made by somebody else, and is left alone.`);
  }
  const isStopped = await runAll(manager.stop);
  change(manager.file, () => rmSync(manager.file, { force: true }));
  printLine(`Removed ${manager.file}`);
  const isForgotten = await runAll(manager.forget);
  printLine(`Holdfast itself and its data stay: ${dataFolder()}`);
  printLine('Processes of MCP servers that it started end by themselves within ten minutes.');
  return isStopped && isForgotten ? EXIT.ok : EXIT.notWell;
}

async function status(manager: ServiceManager, isJson: boolean): Promise<ExitCode> {
  const text = read(manager);
  const installed = text?.includes(MADE_BY) ?? false;
  const current = installed && text === manager.text(serviceCommand(dataFolder(), process.env));
  const running = installed && (await runCommand(manager.isRunning)) === null;
  if (isJson) printJson({ file: manager.file, installed, current, running });
  else if (!installed) printLine(`There is no service. "holdfast service install" makes one (${manager.file}).`);
  else {
    printLine(`The service is installed and ${running ? 'runs' : 'does not run'}: ${manager.file}`);
    if (!current) printLine('Its file differs from what "holdfast service install" would write now.');
  }
  return installed ? EXIT.ok : EXIT.notWell;
}

/** Runs commands one after the other. What is left after one that failed is printed for the user. */
async function runAll(commands: Commands): Promise<boolean> {
  for (const [index, command] of commands.entries()) {
    const problem = await runCommand(command);
    if (problem === null) {
      printLine(`Ran ${typed(command)}`);
      continue;
    }
    printLine(`Could not run ${typed(command)}: ${problem}`);
    printLine('Run this yourself:');
    for (const left of commands.slice(index)) printLine(`  ${typed(left)}`);
    return false;
  }
  return true;
}

function read({ file }: ServiceManager): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new HoldfastError('internal_error', `${file} cannot be read (${code}). Move it away, then try again.`);
  }
}

/** Mode 600, as the environment in it may say more than others should read. */
function save(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.new`;
  change(file, () => {
    mkdirSync(dirname(file), { recursive: true });
    try {
      writeFileSync(temporary, text, { mode: 0o600 });
      renameSync(temporary, file);
    } finally {
      rmSync(temporary, { force: true });
    }
  });
}

function change(file: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const sentence = `${file} cannot be changed (${code}). Make its folder writable for your user, then try again.`;
    throw new HoldfastError('internal_error', sentence, { cause });
  }
}
