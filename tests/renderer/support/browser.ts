import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { browserLaunchOptions } from '../../../scripts/runtime/browser.mjs';
import '#tests/renderer/harness/globals';
import { test as base, expect, inject } from 'vitest';

export interface OpenOptions extends BrowserContextOptions {
  world?: string;
  /** Place in the window, as in `#/sessions`. */
  hash?: string;
  /** What the window speaks; `pseudo` marks every text of the catalogue, `rtl` runs from right to left. English by default. */
  language?: 'de' | 'pseudo' | 'rtl';
  /** Time goes on as usual, and a test may turn it on: `page.clock.fastForward`. */
  clock?: boolean;
}

/** The window over a scripted world in a real browser. */
class WindowLab {
  readonly #browser: Browser;
  /** What a page complained of: console errors, exceptions, breaches of the content security policy. */
  readonly complaints: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<WindowLab> {
    return new WindowLab(await chromium.launch(browserLaunchOptions()));
  }

  /** Opens the window and waits until it has shown its first snapshot. */
  async open({ world = 'typical', hash = '#/overview', language, clock, ...options }: OpenOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    context.setDefaultTimeout(8_000);
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    if (clock) await page.clock.install();
    if (language === 'de') await page.addInitScript(() => localStorage.setItem('holdfast.language', 'de'));
    const query = new URLSearchParams({ world, ...(language !== undefined && language !== 'de' && { language }) });
    await page.goto(`${inject('harnessUrl')}?${query}${hash}`);
    // The store comes after the language.
    await page.waitForFunction(() => 'store' in window && window.store.getState().generation > 0);
    return page;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
  }
}

/** Starting a browser may take longer than a test. */
export const STARTUP_MS = 90_000;

/** Tests of the window: what `open` opened is closed at the end, and nothing may have complained. */
export const labTest = base
  .extend('lab', { scope: 'file' }, async ({}, { onCleanup }) => {
    const lab = await WindowLab.start();
    onCleanup(() => lab.stop());
    return lab;
  })
  .extend('open', ({ lab }, { onCleanup }) => {
    const pages: Page[] = [];
    onCleanup(async () => {
      for (const page of pages) await page.context().close();
      expect(lab.complaints.splice(0), 'nothing in the console').toEqual([]);
    });
    return async (options?: OpenOptions): Promise<Page> => {
      const page = await lab.open(options);
      pages.push(page);
      return page;
    };
  });
