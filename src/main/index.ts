import { join } from 'node:path';
import { app, dialog, session } from 'electron';
import { APP_ORIGIN, registerAppScheme, serveApp } from './desktop/app-protocol';
import { closingNotice } from './desktop/closing-notice';
import { electronPower } from './desktop/electron-power';
import { serveIpc } from './desktop/ipc';
import { MainWindow } from './desktop/main-window';
import { setMenu } from './desktop/menu';
import { showNotifications } from './desktop/notifications';
import { originOf } from './desktop/origin';
import { showTray } from './desktop/tray';
import { restrictNavigation, restrictPermissions } from './desktop/web-security';
import { electronKeychain } from './platform/electron/keychain';
import { readSettings, type Settings } from './settings';
import { type Supervisor, startSupervisor } from './supervisor';
import { VERSION } from './version';
import { printWelcome } from './welcome';

/** The process exits if stopping takes longer than this (ms). Recovering from a kill is better than hanging forever. */
const QUIT_DEADLINE = 8_000;

/** The argument that starts Holdfast without opening its window. */
const HIDDEN = '--hidden';

let supervisor: Supervisor | null = null;
let mainWindow: MainWindow | null = null;
let closeTray = () => {};
let endNotifications = () => {};

/** Set under `npm run dev`: the page then comes from the development server instead of the built files. */
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
    // Chromium has no sandbox for root, so the launcher passes the switch there. Every window still asks for a sandbox.
    if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
    registerAppScheme();
    setMenu();
    restrictNavigation(origin, (url) => supervisor?.isBegunLogin(url) ?? false, sayUnopened);
    // Starting at login twice opens nothing either.
    app.on('second-instance', (_event, args) => args.includes(HIDDEN) || mainWindow?.open());
    app.on('activate', () => mainWindow?.open());
    // Sessions need no window: Electron would quit here if nobody listened.
    app.on('window-all-closed', () => {});
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
        supervisor = await startOrAskAgain(settings);
        serveIpc(supervisor, origin);
        printWelcome(supervisor, settings.folder);
        const { log, store } = supervisor.services;
        const kept = store.settings;
        const tell = closingNotice({ kept, log, open: () => mainWindow?.open() });
        // Quitting closes the window, too.
        const onClosed = () => supervisor !== null && tell();
        mainWindow = new MainWindow({ page, log, kept, onClosed });
        const { services, handlers } = supervisor;
        closeTray = showTray({ services, handlers, open: (hash) => mainWindow?.open(hash), quit: () => app.quit() });
        const { alerts } = services;
        endNotifications = showNotifications({ alerts, log, open: (hash) => mainWindow?.open(hash) });
        if (!process.argv.includes(HIDDEN)) mainWindow.open();
      })
      .catch(refuseToStart);
  } catch (error) {
    void app.whenReady().then(() => refuseToStart(error));
  }
}

/** Starts the supervisor. What stops it may be put right while the dialog that says so is open, such as a full disk. */
async function startOrAskAgain(settings: Settings): Promise<Supervisor> {
  const power = electronPower();
  for (;;) {
    try {
      return await startSupervisor({
        settings,
        version: VERSION,
        uiFolder,
        onLoss,
        power,
        keychain: electronKeychain,
        onQuit: () => app.quit(),
      });
    } catch (error) {
      if ((await sayWhyNot(error, ['Try again', 'Quit'])) === 0) continue;
      app.exit(1);
      // Nothing else happens until the process is gone.
      await new Promise(() => {});
    }
  }
}

function onLoss(sentence: string): void {
  console.error(sentence);
  dialog.showErrorBox('Holdfast cannot save anything', sentence);
}

/** The address stays out of the log: it is worth something to whoever reads it. */
function sayUnopened(error: unknown): void {
  const name = error instanceof Error ? error.name : 'unknown';
  supervisor?.services.log.warn({ err: { name } }, 'the system opened no browser');
}

async function quit(running: Supervisor): Promise<void> {
  const deadline = setTimeout(() => app.exit(1), QUIT_DEADLINE);
  mainWindow?.rememberPlace();
  closeTray();
  endNotifications();
  await running.stop();
  clearTimeout(deadline);
  supervisor = null;
  app.exit(0);
}

/** Shows why Holdfast cannot start, then exits. */
async function refuseToStart(error: unknown): Promise<void> {
  await sayWhyNot(error, ['Quit']);
  app.exit(1);
}

/** Says on the terminal and in a dialog why Holdfast cannot start. Returns the number of the button that was pressed. */
async function sayWhyNot(error: unknown, buttons: string[]): Promise<number> {
  const reason = error instanceof Error ? error.message : String(error);
  console.error(`Holdfast cannot start: ${reason}`);
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title: 'Holdfast',
    message: 'Holdfast cannot start',
    detail: reason,
    buttons,
    defaultId: 0,
    cancelId: buttons.length - 1,
  });
  return response;
}

function crash(error: unknown): void {
  const said = error instanceof Error ? error.message : String(error);
  console.error(`Holdfast ends after an error that it does not know: ${said}. Its details are in the log.`);
  supervisor?.services.log.fatal({ err: error }, 'uncaught exception');
  app.exit(1);
}
