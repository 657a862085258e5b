import { join } from 'node:path';
import { HoldfastError } from '../shared/errors';
import { readEndpointFile } from './endpoint-file';
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
    process.once('SIGINT', quit);
    process.once('SIGTERM', quit);
    process.on('uncaughtException', (error) => {
      supervisor.services.log.fatal({ err: error }, 'uncaught exception');
      process.exit(1);
    });
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'already_running') {
      const running = readEndpointFile(folder);
      console.error(`Holdfast is already running${running ? ` at ${running.url} (process ${running.pid})` : ''}.`);
    } else {
      console.error(error instanceof HoldfastError ? `Holdfast cannot start: ${error.message}` : error);
    }
    process.exit(1);
  }
}

void main();
