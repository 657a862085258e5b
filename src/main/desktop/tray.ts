import { Menu, type MenuItemConstructorOptions, type NativeImage, nativeImage, nativeTheme, Tray } from 'electron';
import type { HoldfastEvent } from '../../shared/contract/event';
import type { Session } from '../../shared/contract/session';
import { SNAPSHOT_SESSIONS } from '../../shared/contract/stream';
import type { Say } from '../../shared/messages/language';
import { areCalls } from '../../shared/model/call-events';
import { isTold, TOLD_KINDS, type ToldEvent } from '../../shared/model/last-event';
import { type TrayFacts, type TrayState, type TrayView, trayView } from '../../shared/model/tray-view';
import { DAY, HOUR, MINUTE, type Ms, SECOND } from '../../shared/model/units';
import type { Services } from '../services';
import type { Handlers } from '../window-api/router';
import type { DesktopSpeech } from './speech';
import { trayBitmap } from './tray-image';

/** The icon and its menu change at most once in this time. */
const PERIOD: Ms = SECOND;
/** So often while nothing happens but calls: only that many of them fail could change what is shown, and that is no hurry. */
const CALLS_PERIOD: Ms = 15 * SECOND;
/** What is shown is looked at again this often, though nothing happens: the last event grows old. */
const AGING_PERIOD: Ms = 10 * MINUTE;
/** Events that are looked at for the last one that is told; the newest. */
const MOST_EVENTS = 200;
/** Uses of used tokens that are looked at; the newest. */
const MOST_REUSES = 20;
/** Edge of the icon in its own pixels: macOS has 16 points, panels elsewhere scale 22. */
const EDGE = process.platform === 'darwin' ? 16 : 22;

export interface TrayOptions {
  readonly services: Services;
  readonly handlers: Handlers;
  /** Opens the window, at the hash of a view if one is given. */
  readonly open: (hash?: string) => void;
  readonly quit: () => void;
  readonly speech: DesktopSpeech;
}

/**
 * Shows in the system's tray how Holdfast is, and keeps that up to date until it is closed. Where the system has no tray nothing
 * is shown, and nothing fails.
 */
export function showTray(options: TrayOptions): () => void {
  const { services, speech } = options;
  const { log, timers } = services;
  const tray = new Tray(imageOf('off'));
  let shown = '';
  let isClosed = false;
  let isDue = false;
  let cancel: (() => void) | null = null;
  let cancelCalls: (() => void) | null = null;
  let last = lastOf(services);

  const update = async () => {
    const view = trayView(await factsOf(options, last), speech.say);
    const next = JSON.stringify([view, speech.say('desktop.open')]);
    // A menu that is replaced closes under the pointer.
    if (isClosed || next === shown) return;
    shown = next;
    tray.setImage(imageOf(view.state));
    tray.setToolTip(speech.say('desktop.tray.tip', { sentence: view.sentence }));
    tray.setContextMenu(Menu.buildFromTemplate(menuOf(view, options)));
  };
  const refresh = () => {
    isDue = true;
    if (cancel !== null || isClosed) return;
    isDue = false;
    cancel = timers.after(PERIOD, () => {
      cancel = null;
      if (isDue) refresh();
    });
    update().catch((error) => log.warn({ err: error }, 'the tray could not be brought up to date'));
  };
  const onEvents = (events: readonly HoldfastEvent[]) => {
    last = events.findLast((event) => isTold(event, sessionOf(services))) ?? last;
    if (!areCalls(events)) refresh();
    else {
      cancelCalls ??= timers.after(CALLS_PERIOD, () => {
        cancelCalls = null;
        refresh();
      });
    }
  };
  const repaint = () => {
    shown = '';
    refresh();
  };
  tray.on('click', () => options.open());
  nativeTheme.on('updated', repaint);
  const endings = [
    services.bus.subscribe(onEvents),
    services.servers.onChange(refresh),
    services.alerts.onChange(refresh),
    timers.every(AGING_PERIOD, refresh),
    speech.onChange(repaint),
    () => nativeTheme.off('updated', repaint),
  ];
  refresh();
  return () => {
    if (isClosed) return;
    isClosed = true;
    for (const end of endings) end();
    cancel?.();
    cancelCalls?.();
    tray.destroy();
  };
}

const sessionOf =
  ({ store }: Services) =>
  (id: string): Session | null =>
    store.sessions.get(id)?.session ?? null;

/** The newest event of the last day that is told. From then on the bus tells: the log may be long. */
function lastOf(services: Services): ToldEvent | null {
  const now = services.clock.now();
  const { events } = services.store.events.between(now - DAY, now + 1, TOLD_KINDS, MOST_EVENTS);
  return events.find((event) => isTold(event, sessionOf(services))) ?? null;
}

async function factsOf({ services, handlers }: TrayOptions, last: ToldEvent | null): Promise<TrayFacts> {
  const { servers } = await handlers['servers.list']({});
  const { failing } = await handlers['activity.failing']({});
  const now = services.clock.now();
  const { store, clients } = services;
  const reuses = store.events.between(now - HOUR, now + 1, ['token_reuse_detected'], MOST_REUSES).events;
  return {
    sessions: store.sessions.snapshot(SNAPSHOT_SESSIONS),
    servers,
    clients: clients.list(),
    reusedBy: reuses.flatMap(({ session_id }) => session_id ?? []),
    failing,
    last,
    pausedUntil: services.alerts.settings().paused_until,
    now,
  };
}

function menuOf(
  view: TrayView,
  { open, quit, services, handlers, speech: { say } }: TrayOptions,
): MenuItemConstructorOptions[] {
  const servers = view.servers.map(({ name, label }) => ({
    label: literal(label),
    click: () => open(`#/servers/${encodeURIComponent(name)}`),
  }));
  return [
    { label: literal(view.sentence), enabled: false },
    { label: view.sessions, click: () => open('#/sessions') },
    ...lastItem(view, open),
    ...(servers.length > 0 ? [{ type: 'separator' } as const, ...servers] : []),
    { type: 'separator' },
    pauseItem(view, { services, handlers }, say),
    { label: say('desktop.open'), click: () => open() },
    { label: say('desktop.quit'), click: quit },
  ];
}

function lastItem({ last }: TrayView, open: TrayOptions['open']): MenuItemConstructorOptions[] {
  return last === null ? [] : [{ label: literal(last.label), click: () => open(last.hash) }];
}

function pauseItem(
  { isPaused }: TrayView,
  { services, handlers }: Pick<TrayOptions, 'services' | 'handlers'>,
  say: Say,
): MenuItemConstructorOptions {
  const change = async () => {
    try {
      await handlers['alerts.change']({ paused_until: isPaused ? null : services.clock.now() + HOUR });
    } catch (error) {
      services.log.warn({ err: error }, 'notifications could not be paused or resumed');
    }
  };
  return { label: say(isPaused ? 'desktop.tray.resume' : 'desktop.tray.pause'), click: () => void change() };
}

/** A single `&` would underline the letter after it. */
const literal = (text: string): string => text.replaceAll('&', '&&');

function imageOf(state: TrayState): NativeImage {
  const isMac = process.platform === 'darwin';
  const panel = isMac ? 'template' : nativeTheme.shouldUseDarkColors ? 'dark' : 'light';
  const image = nativeImage.createEmpty();
  for (const scaleFactor of [1, 2]) {
    const size = EDGE * scaleFactor;
    image.addRepresentation({ scaleFactor, width: size, height: size, buffer: pngOf(state, size, panel) });
  }
  if (isMac) image.setTemplateImage(true);
  return image;
}

const pngOf = (state: TrayState, size: number, panel: 'dark' | 'light' | 'template'): Buffer =>
  nativeImage.createFromBitmap(trayBitmap(state, size, panel), { width: size, height: size }).toPNG();
