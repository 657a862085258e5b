import type { BrowserWindow } from 'electron';
import type { Services } from '../services';
import { createWindow, showWindow } from './window';

/** Longest hash that is kept; the window's own are far shorter. */
const MOST_HASH = 4_096;

export interface MainWindowOptions {
  /** Address of the window's page, without a hash. */
  readonly page: string;
  readonly log: Services['log'];
}

/**
 * The one window. Closing it ends its renderer process and nothing else; opened again, it shows the view that it showed
 * before.
 */
export class MainWindow {
  private readonly options: MainWindowOptions;
  private window: BrowserWindow | null = null;
  /** The view that was last shown, as the hash of its address. */
  private hash = '';

  constructor(options: MainWindowOptions) {
    this.options = options;
  }

  /** Opens the window, or brings it to the front. */
  open(): void {
    if (this.window) showWindow(this.window);
    else this.create();
  }

  private create(): void {
    const window = createWindow(this.options.page + this.hash);
    this.window = window;
    this.reloadOnce(window);
    window.on('close', () => {
      this.hash = hashOf(window.webContents.getURL());
    });
    // Until then the window may still refuse to close.
    window.on('closed', () => {
      this.window = null;
    });
  }

  /** Only once: a page that crashes on load would otherwise reload forever. */
  private reloadOnce({ webContents }: BrowserWindow): void {
    let reloads = 0;
    webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit') return;
      this.options.log.error({ reason }, 'the window crashed; sessions are unaffected');
      if (reloads++ === 0) webContents.reload();
    });
  }
}

function hashOf(address: string): string {
  const hash = URL.canParse(address) ? new URL(address).hash : '';
  return hash.length > MOST_HASH ? '' : hash;
}
