import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { type Browser, chromium, type Page } from 'playwright';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inRepository } from '#tests/support/paths';
import { type KeyHolder, startTestHost, type TestHost } from '#tests/support/test-host';
import { browserLaunchOptions } from '../../scripts/runtime/browser.mjs';
import { Front } from './support/front';

const STARTUP_MS = 120_000;
const TEST_MS = 60_000;
/** Longer than the page takes to begin polling, or to poll once more. */
const PATIENCE_MS = 25_000;

let uiFolder: string;
let browser: Browser;
let host: TestHost;
let front: Front;
let holder: KeyHolder;
let page: Page;

beforeAll(async () => {
  uiFolder = await mkdtemp(join(tmpdir(), 'holdfast-ui-'));
  await build({
    configFile: false,
    logLevel: 'error',
    root: inRepository('src/renderer'),
    base: './',
    plugins: [react(), tailwindcss()],
    build: { outDir: uiFolder, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  });
  browser = await chromium.launch(browserLaunchOptions());
}, STARTUP_MS);

afterAll(async () => {
  await browser?.close();
  await rm(uiFolder, { recursive: true, force: true });
});

beforeEach(async () => {
  host = await startTestHost({ uiFolder });
  front = new Front(host.url);
  await front.start();
  holder = host.newClient('laptop');
  page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(PATIENCE_MS);
});

afterEach(async () => {
  await page.context().close();
  await front.stop();
  await host.remove();
});

const header = () => page.locator('[data-connection]');
const becomes = (state: string) => page.locator(`[data-connection="${state}"]`).waitFor();
const row = (id: string) => page.locator(`[data-session-id="${id}"]`);
const signIn = async (hash = '') => {
  await page.goto(front.through(host.createSignInLink()));
  await becomes('live');
  if (hash) await page.evaluate((to) => window.location.assign(to), hash);
};
const menu = async (item: string) => {
  await header().click();
  await page.getByRole('menuitem', { name: item }).click();
};

describe('the window in an ordinary browser', { timeout: TEST_MS }, () => {
  test('signs in by a link that works once, leaves no ticket in the URL, and stays signed in over a reload', async () => {
    const link = front.through(host.createSignInLink());
    await page.goto(link);
    await becomes('live');
    expect(page.url()).toBe(`${front.origin}/ui/`);
    await page.reload();
    await becomes('live');

    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(link);
    await stranger.getByText('Sign in to see Holdfast').waitFor();
    expect(await stranger.locator('[data-connection]').getAttribute('data-connection')).toBe('offline');
    const { violations } = await new AxeBuilder({ page: stranger }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await stranger.goto(front.through(host.createSignInLink()));
    await stranger.locator('[data-connection="live"]').waitFor();
    await stranger.context().close();
  });

  test('shows a session the moment it is there', async () => {
    await signIn('#/sessions');
    const { session } = host.newSession(holder);
    await row(session.session_id).waitFor();
  });

  test('comes back by itself when the socket is cut, with what happened meanwhile', async () => {
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
    await row(session.session_id).waitFor();
    await becomes('live');
    expect(states).toEqual(['reconnecting', 'live']);
  });

  test('polls while WebSockets are refused, and goes back to one when it is given', async () => {
    await signIn('#/sessions');
    front.upgrades = 'refuse';
    front.cut();
    await becomes('polling');
    expect(await header().textContent()).toMatch(/Polling.*data \d+ s old/);
    const { session } = host.newSession(holder);
    await row(session.session_id).waitFor();
    expect(await header().getAttribute('data-connection')).toBe('polling');

    front.upgrades = 'accept';
    // Its own next try may come first: then there is nothing left to click.
    await Promise.race([menu('Reconnect now'), becomes('live')]);
    await becomes('live');
  });

  test('says that it is offline and how old its data is when nothing answers, and recovers without being told', async () => {
    await signIn();
    await front.stop();
    await becomes('offline');
    expect(await header().textContent()).toMatch(/Offline.*data \d+ s old/);
    await front.start();
    await becomes('live');
  });

  test('disconnects and reconnects by hand', async () => {
    await signIn();
    await menu('Disconnect');
    await becomes('offline');
    await menu('Reconnect now');
    await becomes('live');
  });
});
