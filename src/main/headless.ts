import { join } from 'node:path';
import { HoldfastError } from '../shared/errors';
import { runningInstance } from './platform/endpoint-file';
import { readSettings } from './settings';
import { startSupervisor } from './supervisor';
import { VERSION } from './version';
import { printWelcome } from './welcome';

/** The supervisor without a window, on plain Node or Electron as Node: for servers over SSH, tests and benchmarks. */
async function main(): Promise<void> {
  let folder = '';
  try {
    const settings = readSettings(process.env);
    folder = settings.folder;
    const uiFolder = join(import.meta.dirname, '../renderer');
    const supervisor = await startSupervisor({ settings, version: VERSION, uiFolder });
    printWelcome(supervisor, settings.folder);
    console.log(`Window:   open ${supervisor.createSignInLink()} in a browser (works once, for ten minutes)`);
    const quit = () => void supervisor.stop().then(() => process.exit(0));
    // A terminal and npm may each send one: the second must not cut the first one's stop.
    process.on('SIGINT', quit);
    process.on('SIGTERM', quit);
    process.on('uncaughtException', (error) => {
      supervisor.services.log.fatal({ err: error }, 'uncaught exception');
      process.exit(1);
    });
  } catch (error) {
    console.error(error instanceof HoldfastError ? `Holdfast cannot start: ${error.message}` : error);
    const running = error instanceof HoldfastError && error.code === 'already_running' && runningInstance(folder);
    if (running) console.error(`Holdfast is already running at ${running.url} (process ${running.pid}).`);
    process.exit(1);
  }
}

void main();
