import { extname, join } from 'node:path';
import { app, type Session } from 'electron';
import type { Say } from '../../shared/messages/language';
import { isOwnFile } from './own-file';
import { showError } from './show-error';

/**
 * Saves files that the window's page made, each where the user says in the system's dialog. Nothing else can be downloaded.
 *
 * @param say - in the language of the moment
 * @param onProblem - told, without its path, that a file was not saved
 */
export function serveDownloads(session: Session, origin: string, say: Say, onProblem: (state: string) => void): void {
  session.on('will-download', (event, item) => {
    if (!isOwnFile(item.getURL(), item.getTotalBytes(), origin)) {
      event.preventDefault();
      return;
    }
    const name = item.getFilename();
    const extension = extname(name).slice(1);
    item.setSaveDialogOptions({
      defaultPath: join(app.getPath('downloads'), name),
      filters: [{ name: extension.toUpperCase(), extensions: [extension] }],
    });
    item.once('done', (_event, state) => {
      if (state !== 'interrupted') return;
      onProblem(state);
      showError(say('desktop.download.failed'), say('desktop.download.failed.text'));
    });
  });
}
