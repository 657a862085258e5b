import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { chromium, type Page } from 'playwright';
import { build } from 'vite';
import { describe, expect } from 'vitest';
import { makeFolder, removeFolder } from '#tests/support/fixtures';
import type { TestHostOptions } from '#tests/support/hosts/test-host';
import { hostTest } from '#tests/support/hosts/test-host';
import { inRepository } from '#tests/support/paths';
import { violations } from '#tests/support/violations';
import { browserLaunchOptions } from '../../scripts/runtime/browser.mjs';
import { Front } from './support/front';

const STARTUP_MS = 120_000;
const TEST_MS = 60_000;
/** Longer than the page takes to begin polling, or to poll once more. */
const PATIENCE_MS = 25_000;

const test = hostTest
  .extend('uiFolder', { scope: 'file' }, async ({}, { onCleanup }) => {
    const uiFolder = makeFolder();
    onCleanup(() => removeFolder(uiFolder));
    await build({
      configFile: false,
      logLevel: 'error',
      root: inRepository('src/renderer'),
      base: './',
      plugins: [react(), tailwindcss()],
      build: { outDir: uiFolder, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
    });
    return uiFolder;
  })
  .extend('browser', { scope: 'file' }, async ({}, { onCleanup }) => {
    const browser = await chromium.launch(browserLaunchOptions());
    onCleanup(() => browser.close());
    return browser;
  })
  .extend('hostOptions', ({ uiFolder }): TestHostOptions => ({ uiFolder }))
  .extend('front', async ({ host }, { onCleanup }) => {
    const front = new Front(host.url);
    await front.start();
    onCleanup(() => front.stop());
    return front;
  })
  .extend('holder', ({ host }) => host.newClient('laptop'))
  .extend('page', async ({ browser, front: _ }, { onCleanup }) => {
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    onCleanup(() => page.context().close());
    return page;
  })
  .extend('signIn', ({ host, page, front }) => async (hash = '') => {
    await page.goto(front.through(host.createSignInLink()));
    await becomes(page, 'live');
    if (hash) await page.evaluate((to) => window.location.assign(to), hash);
  })
  .extend('menu', ({ page }) => async (item: string) => {
    await header(page).click();
    await page.getByRole('menuitem', { name: item }).click();
  });

const header = (page: Page) => page.locator('[data-connection]');
const becomes = (page: Page, state: string) => page.locator(`[data-connection="${state}"]`).waitFor();
const row = (page: Page, id: string) => page.locator(`[data-session-id="${id}"]`);

test.beforeAll(({ uiFolder, browser }) => void [uiFolder, browser], STARTUP_MS);

describe('the window in an ordinary browser', { timeout: TEST_MS }, () => {
  test('signs in by a link that works once, leaves no ticket in the URL, and stays signed in over a reload', async ({
    host,
    browser,
    page,
    front,
  }) => {
    const link = front.through(host.createSignInLink());
    await page.goto(link);
    await becomes(page, 'live');
    expect(page.url()).toBe(`${front.origin}/ui/`);
    await page.reload();
    await becomes(page, 'live');

    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(link);
    await stranger.getByText('Sign in to see Holdfast').waitFor();
    expect(await stranger.locator('[data-connection]').getAttribute('data-connection')).toBe('offline');
    expect(await violations(stranger)).toEqual([]);
    await stranger.goto(front.through(host.createSignInLink()));
    await stranger.locator('[data-connection="live"]').waitFor();
    await stranger.context().close();
  });

  test('shows a session the moment it is there', async ({ host, page, holder, signIn }) => {
    await signIn('#/sessions');
    const { session } = host.newSession(holder);
    await row(page, session.session_id).waitFor();
  });

  test('comes back by itself when the socket is cut, with what happened meanwhile', async ({
    host,
    page,
    front,
    holder,
    signIn,
  }) => {
    await signIn('#/sessions');
    const states: string[] = [];
    await page.exposeFunction('noteState', (state: string) => states.push(state));
    await page.evaluate(() => {
      const button = document.querySelector('[data-connection]');
      const note = (window as unknown as { noteState(state: string): void }).noteState;
      if (!button) throw new Error('the header has no state');
      new MutationObserver(() => note(button.getAttribute('data-connection') ?? '')).observe(button, {
        attributeFilter: ['data-connection'],
      });
    });
    front.cut();
    const { session } = host.newSession(holder);
    await row(page, session.session_id).waitFor();
    await becomes(page, 'live');
    expect(states).toEqual(['reconnecting', 'live']);
  });

  test('polls while WebSockets are refused, and goes back to one when it is given', async ({
    host,
    page,
    front,
    holder,
    signIn,
    menu,
  }) => {
    await signIn('#/sessions');
    front.upgrades = 'refuse';
    front.cut();
    await becomes(page, 'polling');
    expect(await header(page).textContent()).toMatch(/Polling.*data \d+ s old/);
    const { session } = host.newSession(holder);
    await row(page, session.session_id).waitFor();
    expect(await header(page).getAttribute('data-connection')).toBe('polling');

    front.upgrades = 'accept';
    // Its own next try may come first: then there is nothing left to click.
    await Promise.race([menu('Reconnect now'), becomes(page, 'live')]);
    await becomes(page, 'live');
  });

  test('says that it is offline and how old its data is when nothing answers, and recovers without being told', async ({
    page,
    front,
    signIn,
  }) => {
    await signIn();
    await front.stop();
    await becomes(page, 'offline');
    expect(await header(page).textContent()).toMatch(/Offline.*data \d+ s old/);
    await front.start();
    await becomes(page, 'live');
  });

  test('disconnects and reconnects by hand', async ({ page, signIn, menu }) => {
    await signIn();
    await menu('Pause updates');
    await becomes(page, 'offline');
    await menu('Reconnect now');
    await becomes(page, 'live');
  });
});
