import { type BrowserWindow, Menu, screen } from 'electron';
import { CHANNELS } from '../../shared/contract/channels';
import type { Say } from '../../shared/messages/language';
import { UNKNOWN_LINK } from '../../shared/model/app-link';
import type { CommandId } from '../../shared/model/commands';
import type { Services } from '../services';
import { contextItems } from './context-menu';
import type { KeptValues } from './kept-values';
import { createWindow, showWindow } from './window';
import { placeFor, withPlace } from './window-place';
import type { ZoomStep } from './zoom';

/** Name of the setting that holds where the window was, for each set-up of displays. */
const PLACES = 'window_places';
/** Longest hash that is kept; the window's own are far shorter. */
const MOST_HASH = 4_096;

export interface MainWindowOptions {
  /** Address of the window's page, without a hash. */
  readonly page: string;
  readonly log: Services['log'];
  readonly kept: KeptValues;
  /** Told why the window's process ended, if that was a crash. */
  readonly onCrash: (reason: string) => unknown;
  /** Told when its user turns the wheel with Ctrl held. */
  readonly onZoom: (step: ZoomStep) => unknown;
  /** In which language its context menu is. */
  readonly say: Say;
  /** Called when the window is gone. */
  readonly onClosed: () => unknown;
}

/**
 * The one window. Closing it ends its renderer process and nothing else; opened again, it shows the view that it showed
 * before, where it was on the same displays.
 */
export class MainWindow {
  private readonly options: MainWindowOptions;
  private window: BrowserWindow | null = null;
  /** The view that was last shown, as the hash of its address. */
  private hash = '';
  private zoom = 1;

  constructor(options: MainWindowOptions) {
    this.options = options;
  }

  /**
   * Opens the window, or brings it to the front.
   *
   * @param hash - the view to show; without it, the one that is or was shown
   */
  open(hash?: string): void {
    if (!this.window) {
      if (hash !== undefined) this.hash = hash;
      this.create();
      return;
    }
    // The address differs in its hash alone, so the page stays and goes to the view.
    // Of the very same address it would be loaded anew.
    const isElsewhere = hash !== undefined && this.window.webContents.getURL() !== this.options.page + hash;
    if (isElsewhere) void this.window.loadURL(this.options.page + hash);
    showWindow(this.window);
  }

  /** Runs a command in the window, which opens if it is closed; what is asked of a window that is only opening is not kept. */
  run(id: CommandId): void {
    this.open();
    this.window?.webContents.send(CHANNELS.command, id);
  }

  /** Sets the size of everything in the window, 1 being the usual one; also for windows to come. */
  setZoom(factor: number): void {
    this.zoom = factor;
    this.window?.webContents.setZoomFactor(factor);
  }

  /** Saves where the window is, for the next time it opens on these displays. Does nothing without a window. */
  rememberPlace(): void {
    if (!this.window) return;
    const { kept, log } = this.options;
    const place = { ...this.window.getNormalBounds(), maximized: this.window.isMaximized() };
    try {
      kept.set(PLACES, withPlace(kept.get(PLACES), screen.getAllDisplays(), place));
    } catch (error) {
      // The window must close and Holdfast must quit all the same.
      log.warn({ err: error }, 'the place of the window could not be saved');
    }
  }

  private create(): void {
    const place = placeFor(this.options.kept.get(PLACES), screen.getAllDisplays());
    const window = createWindow(this.options.page + this.hash, place);
    this.window = window;
    this.reloadOnce(window);
    const { webContents } = window;
    // Chromium remembers the zoom of an address, so it is set each time, before anything is seen.
    window.once('ready-to-show', () => webContents.setZoomFactor(this.zoom));
    webContents.on('zoom-changed', (_event, direction) => this.options.onZoom(direction));
    webContents.on('context-menu', (_event, place) => {
      const items = contextItems(place, this.options.say);
      if (items.length > 0) Menu.buildFromTemplate(items).popup({ window });
    });
    window.on('close', () => {
      this.rememberPlace();
      this.hash = hashOf(window.webContents.getURL());
    });
    // Until then the window may still refuse to close.
    window.on('closed', () => {
      this.window = null;
      this.options.onClosed();
    });
  }

  /** Only once: a page that crashes on load would otherwise reload forever. */
  private reloadOnce({ webContents }: BrowserWindow): void {
    let reloads = 0;
    webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      if (reason === 'clean-exit') return;
      this.options.onCrash(`The window ended: ${reason}, code ${exitCode}.`);
      this.options.log.error({ reason }, 'the window crashed; sessions are unaffected');
      if (reloads++ === 0) webContents.reload();
    });
  }
}

function hashOf(address: string): string {
  const hash = URL.canParse(address) ? new URL(address).hash : '';
  // That a link led nowhere is said once.
  return hash.length > MOST_HASH || hash === UNKNOWN_LINK ? '' : hash;
}
