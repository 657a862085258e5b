import { join } from 'node:path';
import { app, type BrowserWindow, dialog, session } from 'electron';
import { HoldfastError } from '../shared/errors';
import { APP_ORIGIN, registerAppScheme, serveApp } from './desktop/app-protocol';
import { serveIpc } from './desktop/ipc';
import { setMenu } from './desktop/menu';
import { originOf } from './desktop/origin';
import { restrictNavigation, restrictPermissions } from './desktop/web-security';
import { createWindow, showWindow } from './desktop/window';
import { readSettings } from './settings';
import { type Supervisor, startSupervisor } from './supervisor';
import { VERSION } from './version';
import { printWelcome } from './welcome';

/** A stop that takes longer than this is cut: better a killed process that recovers than one that never ends. */
const QUIT_DEADLINE = 8_000;

let supervisor: Supervisor | null = null;
let window: BrowserWindow | null = null;

/** Where the window's page is: built files, or the development server under `npm run dev`. */
const developmentPage = app.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL;
const page = developmentPage ?? `${APP_ORIGIN}/index.html`;
const origin = originOf(page) ?? APP_ORIGIN;
const uiFolder = join(import.meta.dirname, '../renderer');

process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);
start();

function start(): void {
  try {
    const settings = readSettings(process.env);
    app.setPath('userData', join(settings.folder, 'window'));
    // The lock lives in the data folder, so instances with different data are different instances.
    if (!app.requestSingleInstanceLock()) {
      console.log('Holdfast is already running; its window is brought to the front.');
      app.exit(0);
      return;
    }
    // Chromium has no sandbox for root; there the launcher passes the switch, and every window still asks for one.
    if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
    registerAppScheme();
    setMenu();
    restrictNavigation(origin);
    app.on('second-instance', () => openWindow());
    app.on('activate', () => openWindow());
    app.on('window-all-closed', () => {
      // Only the macOS dock is a way back to an app without a window; there the sessions go on being supervised.
      if (process.platform !== 'darwin') app.quit();
    });
    app.on('before-quit', (event) => {
      if (supervisor === null) return;
      event.preventDefault();
      void quit(supervisor);
    });
    void app
      .whenReady()
      .then(async () => {
        restrictPermissions(session.defaultSession, origin);
        serveApp(uiFolder);
        supervisor = await startSupervisor({ settings, version: VERSION, uiFolder });
        serveIpc(supervisor, origin);
        printWelcome(supervisor, settings.folder);
        openWindow();
      })
      .catch(refuseToStart);
  } catch (error) {
    void app.whenReady().then(() => refuseToStart(error));
  }
}

function openWindow(): void {
  if (supervisor === null) return;
  if (window && !window.isDestroyed()) {
    showWindow(window);
    return;
  }
  window = createWindow(page);
  const { log } = supervisor.services;
  let reloads = 0;
  window.webContents.on('render-process-gone', (_event, details) => {
    log.error({ reason: details.reason }, 'the window crashed; sessions go on');
    // Once: a page that crashes again at once would otherwise do so for ever.
    if (details.reason !== 'clean-exit' && reloads++ === 0) window?.webContents.reload();
  });
}

async function quit(running: Supervisor): Promise<void> {
  const deadline = setTimeout(() => app.exit(1), QUIT_DEADLINE);
  await running.stop();
  clearTimeout(deadline);
  supervisor = null;
  app.exit(0);
}

/** Says why Holdfast cannot start, on the terminal and on the screen, and ends. */
async function refuseToStart(error: unknown): Promise<void> {
  const reason = error instanceof HoldfastError ? error.message : String(error);
  console.error(`Holdfast cannot start: ${reason}`);
  await dialog.showMessageBox({ type: 'error', title: 'Holdfast', message: 'Holdfast cannot start', detail: reason });
  app.exit(1);
}

function crash(error: unknown): void {
  console.error(error);
  supervisor?.services.log.fatal({ err: error }, 'uncaught exception');
  app.exit(1);
}
