import { join } from 'node:path';
import { app, crashReporter, dialog, session } from 'electron';
import { hashOfArguments, hashOfLink, LINK_SCHEME } from '../shared/model/app-link';
import type { CommandId } from '../shared/model/commands';
import { APP_ORIGIN, registerAppScheme, serveApp } from './desktop/app-protocol';
import { closingNotice } from './desktop/closing-notice';
import { serveDownloads } from './desktop/downloads';
import { electronPower } from './desktop/electron-power';
import { hasTray } from './desktop/has-tray';
import { serveIpc } from './desktop/ipc';
import { MainWindow } from './desktop/main-window';
import { setMenu } from './desktop/menu';
import { showNotifications } from './desktop/notifications';
import { originOf } from './desktop/origin';
import { showError } from './desktop/show-error';
import { DesktopSpeech } from './desktop/speech';
import { testNotification } from './desktop/test-notification';
import { showTray } from './desktop/tray';
import { restrictNavigation, restrictPermissions } from './desktop/web-security';
import { type ZoomStep, zoomAfter } from './desktop/zoom';
import { electronKeychain } from './platform/electron/keychain';
import { electronLoginItem, wasStartedAtLogin } from './platform/electron/login-item';
import { readSettings, type Settings } from './settings';
import { type Supervisor, startSupervisor } from './supervisor';
import { VERSION } from './version';
import { printWelcome } from './welcome';

/** The process exits if stopping takes longer than this (ms). Recovering from a kill is better than hanging forever. */
const QUIT_DEADLINE = 8_000;

/** The argument that starts Holdfast without opening its window. */
const HIDDEN = '--hidden';

/** What tray, menus, notifications and dialogs speak. */
const speech = new DesktopSpeech(() => app.getPreferredSystemLanguages());
let supervisor: Supervisor | null = null;
let mainWindow: MainWindow | null = null;
let closeTray = () => {};
/** Whether the next start follows at once. */
let isRestarting = false;
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
    app.setPath('crashDumps', join(settings.folder, 'window', 'Crashpad'));
    // The lock lives in the data folder, so instances with different data are different instances.
    if (!app.requestSingleInstanceLock()) {
      console.log('Holdfast is already running; its window is brought to the front.');
      app.exit(0);
      return;
    }
    // Chromium has no sandbox for root, so the launcher passes the switch there. Every window still asks for a sandbox.
    if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
    // Kept on this machine and never sent; see the decision on diagnostics.
    crashReporter.start({ uploadToServer: false });
    registerAppScheme();
    const showMenu = () => setMenu({ run: runCommand, quit: () => app.quit(), say: speech.say });
    showMenu();
    speech.onChange(showMenu);
    restrictNavigation(origin, (url) => supervisor?.isBegunLogin(url) ?? false, sayUnopened);
    let asked = hashOfArguments(process.argv);
    const open = (hash?: string) => {
      // Until the window can open, the newest link waits for it.
      if (mainWindow) mainWindow.open(hash);
      else asked = hash ?? asked;
    };
    // Starting at login twice opens nothing either.
    app.on('second-instance', (_event, args) => {
      const hash = hashOfArguments(args);
      if (hash !== undefined || !args.includes(HIDDEN)) open(hash);
    });
    app.on('open-url', (event, link) => {
      event.preventDefault();
      open(hashOfLink(link));
    });
    // On Linux the package's desktop file says it.
    if (app.isPackaged && process.platform !== 'linux') app.setAsDefaultProtocolClient(LINK_SCHEME);
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
        serveDownloads(session.defaultSession, origin, speech.say, (state) =>
          supervisor?.services.log.warn({ state }, 'a file was not saved'),
        );
        serveApp(uiFolder);
        await speech.begin(null);
        supervisor = await startOrAskAgain(settings);
        await speech.begin(supervisor.services.store.settings);
        serveIpc(supervisor, origin);
        printWelcome(supervisor, settings.folder);
        const { log, store } = supervisor.services;
        const kept = store.settings;
        const tell = closingNotice({ kept, log, say: speech.say, open: () => mainWindow?.open() });
        // Quitting closes the window, too.
        const { services, handlers } = supervisor;
        const { desk } = services;
        const onClosed = () => {
          if (supervisor === null) return;
          if (desk.values().closing === 'quit') app.quit();
          else tell();
        };
        const onCrash = (what: string) => supervisor?.noteCrash('window', what);
        mainWindow = new MainWindow({ page, log, kept, say: speech.say, onClosed, onCrash, onZoom: zoom });
        desk.apply(({ zoom_percent }) => mainWindow?.setZoom(zoom_percent / 100));
        closeTray = showTray({
          services,
          handlers,
          speech,
          open: (hash) => mainWindow?.open(hash),
          quit: () => app.quit(),
        });
        const { alerts } = services;
        endNotifications = showNotifications({ alerts, log, say: speech.say, open: (hash) => mainWindow?.open(hash) });
        const isHidden = process.argv.includes(HIDDEN) || wasStartedAtLogin();
        if (!isHidden || asked !== undefined) mainWindow.open(asked);
      })
      .catch(refuseToStart);
  } catch (error) {
    void app.whenReady().then(() => refuseToStart(error));
  }
}

/** What the application menu does; nothing before there can be a window. */
function runCommand(id: CommandId): void {
  if (id.startsWith('view.')) mainWindow?.open(`#/${id.slice('view.'.length)}`);
  else if (id === 'zoom.in') zoom('in');
  else if (id === 'zoom.out') zoom('out');
  else if (id === 'zoom.reset') zoom('reset');
  else mainWindow?.run(id);
}

/** Makes everything in the window larger or smaller, for good. */
function zoom(step: ZoomStep): void {
  if (!supervisor) return;
  const { desk, log } = supervisor.services;
  try {
    desk.change({ zoom_percent: zoomAfter(desk.values().zoom_percent, step) });
  } catch (error) {
    log.warn({ err: error }, 'the zoom of the window could not be saved');
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
        ...(process.platform === 'linux' ? {} : { startAtLogin: electronLoginItem(settings.folder, process.env) }),
        hasTray,
        testNotification: async () => supervisor !== null && testNotification(supervisor.services.timers, speech.say),
        speak: (choice) => speech.choose(choice),
        onQuit: () => app.quit(),
        onRestart: restart,
      });
    } catch (error) {
      if ((await sayWhyNot(error, [speech.say('desktop.start.again'), speech.say('desktop.start.quit')])) === 0)
        continue;
      app.exit(1);
      // Nothing else happens until the process is gone.
      await new Promise(() => {});
    }
  }
}

function onLoss(sentence: string): void {
  console.error(sentence);
  showError(speech.say('desktop.save.failed'), sentence);
}

/** The address stays out of the log: it is worth something to whoever reads it. */
function sayUnopened(error: unknown): void {
  const name = error instanceof Error ? error.name : 'unknown';
  supervisor?.services.log.warn({ err: { name } }, 'the system opened no browser');
}

/** Ends in order and comes back with its window, which is where somebody asked for it. */
function restart(): void {
  app.relaunch({ args: process.argv.slice(1).filter((argument) => argument !== HIDDEN) });
  isRestarting = true;
  app.quit();
}

async function quit(running: Supervisor): Promise<void> {
  const deadline = setTimeout(() => app.exit(1), QUIT_DEADLINE);
  mainWindow?.rememberPlace();
  closeTray();
  endNotifications();
  await running.stop(isRestarting ? 'expected' : undefined);
  clearTimeout(deadline);
  supervisor = null;
  app.exit(0);
}

/** Shows why Holdfast cannot start, then exits. */
async function refuseToStart(error: unknown): Promise<void> {
  await sayWhyNot(error, [speech.say('desktop.start.quit')]);
  app.exit(1);
}

/** Says on the terminal and in a dialog why Holdfast cannot start. Returns the number of the button that was pressed. */
async function sayWhyNot(error: unknown, buttons: string[]): Promise<number> {
  const reason = error instanceof Error ? error.message : String(error);
  console.error(`Holdfast cannot start: ${reason}`);
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title: 'Holdfast',
    message: speech.say('desktop.start.failed'),
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
  if (supervisor) {
    const what = error instanceof Error ? (error.stack ?? said) : said;
    supervisor.noteCrash('holdfast', what);
  }
  app.exit(1);
}
