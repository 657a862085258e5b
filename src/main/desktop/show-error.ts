import { BrowserWindow, dialog, type MessageBoxOptions, Notification } from 'electron';

/** What stands on the screen now: what happens again and again is said once at a time. */
const shown = new Set<string>();

/**
 * Says in a dialog what went wrong, and goes on meanwhile. Electron's `showErrorBox` would hold up this process, and with it
 * every session, until somebody presses OK.
 */
export function showError(message: string, detail: string): void {
  const key = `${message}\n${detail}`;
  if (shown.has(key)) return;
  const options: MessageBoxOptions = { type: 'error', title: 'Holdfast', message, detail };
  const parent = BrowserWindow.getAllWindows().find((window) => window.isVisible());
  if (process.platform === 'darwin' && !parent) {
    // There, a dialog without a window holds up the process, too.
    new Notification({ title: message, body: detail }).show();
    return;
  }
  shown.add(key);
  const over = parent ? dialog.showMessageBox(parent, options) : dialog.showMessageBox(options);
  void over.finally(() => shown.delete(key));
}
