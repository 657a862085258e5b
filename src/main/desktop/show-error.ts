import { dialog } from 'electron';

/**
 * Says in a dialog what went wrong, and goes on meanwhile. Electron's `showErrorBox` would hold up this process, and with it
 * every session, until somebody presses OK.
 */
export function showError(message: string, detail: string): void {
  void dialog.showMessageBox({ type: 'error', title: 'Holdfast', message, detail });
}
