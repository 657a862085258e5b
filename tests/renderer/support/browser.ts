import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { browserLaunchOptions } from '../../../scripts/runtime/browser.mjs';
import '#tests/renderer/harness/globals';
import { test as base, expect, inject } from 'vitest';

export interface Place {
  world?: string;
  /** Place in the window, as in `#/sessions`. */
  hash?: string;
  /** What the window speaks; `pseudo` marks every text of the catalogue, `rtl` runs from right to left. English by default. */
  language?: 'de' | 'pseudo' | 'rtl' | undefined;
}

export interface OpenOptions extends Place, BrowserContextOptions {
  /** Time goes on as usual, and a test may turn it on: `page.clock.fastForward`. */
  clock?: boolean;
}

/** Size of the window, unless a test says otherwise. */
const VIEWPORT = { width: 1280, height: 800 };

/** What stands above a page, toasts included. */
const LEFT_OPEN = '[role="dialog"], [role="alertdialog"], [role="menu"]';

/** The window over a scripted world in a real browser. */
class WindowLab {
  readonly #browser: Browser;
  /** What a page complained of: console errors, exceptions, breaches of the content security policy. */
  readonly complaints: string[] = [];
  /** Pages that a test has done with. Another process of the browser for each test would take a third of its time. */
  readonly #spare: Page[] = [];
  readonly #visited = new Map<string, Page>();

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<WindowLab> {
    return new WindowLab(await chromium.launch(browserLaunchOptions()));
  }

  /** Opens the window and waits until it has shown its first snapshot. */
  async open({ world = 'typical', hash = '#/overview', language, clock, ...options }: OpenOptions = {}): Promise<Page> {
    const isPlain = language !== 'de' && !clock && Object.keys(options).every((name) => name === 'reducedMotion');
    const page = (isPlain && this.#spare.pop()) || (await this.#newPage(options));
    if (isPlain) {
      plain.add(page);
      await page.emulateMedia({ reducedMotion: options.reducedMotion ?? null });
    }
    if (clock) await page.clock.install();
    if (language === 'de') await page.addInitScript(() => localStorage.setItem('holdfast.language', 'de'));
    const query = new URLSearchParams({ world, ...(language !== undefined && language !== 'de' && { language }) });
    await page.goto(`${inject('harnessUrl')}?${query}${hash}`);
    await ready(page);
    return page;
  }

  /**
   * Shows a place in a page that has shown others: for tests that only look, or leave the world and the page as they were.
   * Loading the window is most of what such a test takes.
   */
  async visit({ world = 'typical', hash = '#/overview', language }: Place): Promise<Page> {
    const key = `${world} ${language}`;
    const known = this.#visited.get(key);
    // A test that failed may have left something open, which would be judged in its place.
    const isClean = known && (await known.locator(LEFT_OPEN).count()) === 0;
    if (!isClean) {
      await known?.context().close();
      const page = await this.open({ world, hash, language, reducedMotion: 'reduce' });
      this.#visited.set(key, page);
      return page;
    }
    await known.setViewportSize(VIEWPORT);
    await known.evaluate(async (next) => {
      if (location.hash === next) return;
      const changed = new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }));
      location.hash = next;
      await changed;
    }, hash);
    return known;
  }

  /** Takes a page back. What a test may have changed of it is as it was for the next one, or it is closed. */
  async close(page: Page): Promise<void> {
    const context = page.context();
    const isThere = !page.isClosed() && page.url().startsWith(inject('harnessUrl'));
    if (!isThere || !plain.has(page) || context.pages().length > 1) return context.close();
    await page.evaluate(() => localStorage.clear());
    await page.goto('about:blank');
    await page.setViewportSize(VIEWPORT);
    await page.mouse.move(0, 0);
    await page.emulateMedia({ colorScheme: null, forcedColors: null, reducedMotion: null });
    this.#spare.push(page);
  }

  async stop(): Promise<void> {
    await this.#browser.close();
  }

  async #newPage(options: BrowserContextOptions): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: VIEWPORT, ...options });
    context.setDefaultTimeout(8_000);
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    return page;
  }
}

/** Pages that nothing sets apart from a new one but what a test did in it. */
const plain = new WeakSet<Page>();

/** For a test that gives a page what outlives its document: a route, a script, a clock. It is not used again. */
export const keepToOneself = (page: Page): void => void plain.delete(page);

/** The store comes after the language. */
const ready = (page: Page) => page.waitForFunction(() => 'store' in window && window.store.getState().generation > 0);

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
      for (const page of pages) await lab.close(page);
      expect(lab.complaints.splice(0), 'nothing in the console').toEqual([]);
    });
    return async (options?: OpenOptions): Promise<Page> => {
      const page = await lab.open(options);
      pages.push(page);
      return page;
    };
  })
  .extend('visit', ({ lab }, { onCleanup }) => {
    onCleanup(() => expect(lab.complaints.splice(0), 'nothing in the console').toEqual([]));
    return (place?: Place): Promise<Page> => lab.visit(place ?? {});
  });
