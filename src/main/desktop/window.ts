import { join } from 'node:path';
import { BrowserWindow, nativeTheme } from 'electron';

/** Opens the window, hidden until there is something to see. */
export function createWindow(page: string): BrowserWindow {
  const window = new BrowserWindow({
    title: 'Holdfast',
    width: 1280,
    height: 800,
    minWidth: 720,
    minHeight: 480,
    show: false,
    autoHideMenuBar: true,
    icon: join(import.meta.dirname, '../../resources/icons/256.png'),
    // Visible for a moment before the page draws its own colours.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0f1216' : '#f6f7f9',
    webPreferences: {
      preload: join(import.meta.dirname, '../preload/index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  void window.loadURL(page);
  return window;
}

/** Brings the window to the front, even if it is minimized or hidden. */
export function showWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
