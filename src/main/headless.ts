import { join } from 'node:path';
import { HoldfastError } from '../shared/errors';
import { runningInstance } from './platform/endpoint-file';
import { readSettings } from './settings';
import { startSupervisor } from './supervisor';
import { VERSION } from './version';
import { printWelcome } from './welcome';

/** Runs the supervisor without a window, on Node or Electron as Node: for remote machines, tests and benchmarks. */
async function main(): Promise<void> {
  let folder = '';
  try {
    const settings = readSettings(process.env);
    folder = settings.folder;
    const uiFolder = join(import.meta.dirname, '../renderer');
    const onLoss = (sentence: string) => console.error(sentence);
    const supervisor = await startSupervisor({ settings, version: VERSION, uiFolder, onLoss, onQuit: () => quit() });
    printWelcome(supervisor, settings.folder);
    console.log(`Window:   open ${supervisor.createSignInLink()} in a browser (works once, for ten minutes)`);
    const quit = (next?: 'expected') => void supervisor.stop(next).then(() => process.exit(0));
    // The terminal and npm may each send a signal; the second must not cut short the stop that the first began.
    // A person presses Ctrl+C; a service is restarted or upgraded with SIGTERM.
    process.on('SIGINT', () => quit());
    process.on('SIGTERM', () => quit('expected'));
    process.on('uncaughtException', (error) => {
      supervisor.services.log.fatal({ err: error }, 'uncaught exception');
      supervisor.noteCrash('holdfast', error.stack ?? error.message);
      console.error(
        `Holdfast ends after an error that it does not know: ${error.message}. Its details are in the log.`,
      );
      process.exit(1);
    });
  } catch (error) {
    console.error(`Holdfast cannot start: ${error instanceof Error ? error.message : error}`);
    const running = error instanceof HoldfastError && error.code === 'already_running' && runningInstance(folder);
    if (running) console.error(`Holdfast is already running at ${running.url} (process ${running.pid}).`);
    process.exit(1);
  }
}

void main();
