import { join } from 'node:path';
import { BrowserWindow, nativeTheme } from 'electron';
import { LEAST_SIZE, type WindowPlace } from './window-place';

/**
 * Opens the window, hidden until there is something to see.
 *
 * @param place - where it was; null leaves that to the system
 */
export function createWindow(page: string, place: WindowPlace | null): BrowserWindow {
  const window = new BrowserWindow({
    title: 'Holdfast',
    width: place?.width ?? 1280,
    height: place?.height ?? 800,
    ...(place && { x: place.x, y: place.y }),
    minWidth: LEAST_SIZE.width,
    minHeight: LEAST_SIZE.height,
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
  if (place?.maximized) window.once('ready-to-show', () => window.maximize());
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
