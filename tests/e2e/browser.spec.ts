import { chromium, type Page, type WebSocketRoute } from '@playwright/test';
import { browserLaunchOptions } from '../../scripts/runtime/browser.mjs';
import { startClient } from './support/client';
import { type Headless, startHeadless } from './support/headless';
import { test as base, expect } from './support/holdfast';

/** Stands between page and endpoint on the monitor WebSocket: lets through, refuses, cuts. */
class Gate {
  isOpen = true;
  private readonly sockets = new Set<WebSocketRoute>();

  async guard(page: Page): Promise<void> {
    await page.routeWebSocket(/\/api\/mcp\/ws\/sessions/, (socket) => {
      if (!this.isOpen) {
        void socket.close({ code: 1013, reason: 'refused by the test' });
        return;
      }
      this.sockets.add(socket);
      socket.connectToServer();
    });
  }

  async cut(): Promise<void> {
    for (const socket of this.sockets) await socket.close({ code: 1011, reason: 'cut by the test' });
    this.sockets.clear();
  }
}

const test = base.extend<{ host: Headless; page: Page; gate: Gate }>({
  host: async ({ folder }, use) => {
    const headless = await startHeadless({ folder });
    await use(headless);
    await headless.stop();
  },
  gate: async ({}, use) => use(new Gate()),
  page: async ({ host, gate }, use) => {
    const browser = await chromium.launch(browserLaunchOptions());
    const page = await browser.newPage();
    await gate.guard(page);
    await page.goto(host.signInLink);
    await use(page);
    await browser.close();
  },
});

const state = (page: Page, word: string) => page.locator(`[data-connection="${word}"]`);

async function newSession(host: Headless, name: string): Promise<string> {
  const client = await startClient({ url: `${host.url}/mcp`, key: await host.newKey(name) });
  const { session } = (await client.call('session_info')).structuredContent ?? {};
  client.kill();
  return (session as { session_id: string }).session_id;
}

test('a browser shows what the window shows, live, and the link works once', async ({ page, host }) => {
  await expect(state(page, 'live')).toBeVisible();
  expect(page.url()).not.toContain('ticket');
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /^Sessions/ })
    .click();
  const sessionId = await newSession(host, 'script');
  const row = page.locator(`[data-session-id="${sessionId}"]`);
  await expect(row.locator('[data-status="active"]')).toBeVisible();
  await expect(row.locator('[data-status="disconnected"]')).toBeVisible();

  await page.reload();
  await expect(state(page, 'live')).toBeVisible();

  const stranger = await page.context().browser()?.newContext();
  const second = await stranger?.newPage();
  await second?.goto(host.signInLink);
  if (!second) throw new Error('no second page');
  await expect(second.getByText(/holdfast open/)).toBeVisible();
  await expect(state(second, 'live')).toHaveCount(0);
});

/** Tells the page to reconnect, unless it has come back by itself before its menu was open: nothing is left to click then. */
async function comeBack(page: Page): Promise<void> {
  await page.locator('[data-connection]').click();
  const reconnect = page.getByRole('menuitem', { name: 'Reconnect now' });
  await Promise.race([reconnect.click().catch(() => undefined), state(page, 'live').waitFor()]);
  await expect(state(page, 'live')).toBeVisible();
}

test('a cut socket is noticed and comes back by itself', async ({ page, gate, host }) => {
  await expect(state(page, 'live')).toBeVisible();
  gate.isOpen = false;
  await gate.cut();
  await expect(state(page, 'reconnecting')).toBeVisible();
  gate.isOpen = true;
  await expect(state(page, 'live')).toBeVisible({ timeout: 35_000 });
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /^Sessions/ })
    .click();
  await expect(page.locator(`[data-session-id="${await newSession(host, 'later')}"]`)).toBeVisible();
});

test('without any WebSocket the page polls, says so, and returns to live', async ({ page, gate, host }) => {
  await expect(state(page, 'live')).toBeVisible();
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /^Sessions/ })
    .click();
  gate.isOpen = false;
  await gate.cut();
  await expect(state(page, 'polling')).toBeVisible({ timeout: 20_000 });
  const sessionId = await newSession(host, 'polled');
  await expect(page.locator(`[data-session-id="${sessionId}"]`)).toBeVisible({ timeout: 20_000 });
  gate.isOpen = true;
  await comeBack(page);
});

test('a killed Holdfast shows as gone, with the age of the data, and as live when it is back', async ({
  page,
  host,
  folder,
}) => {
  await expect(state(page, 'live')).toBeVisible();
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /^Sessions/ })
    .click();
  const sessionId = await newSession(host, 'before');
  await expect(page.locator(`[data-session-id="${sessionId}"]`)).toBeVisible();
  await host.kill();
  await expect(page.locator('[data-connection="reconnecting"], [data-connection="offline"]')).toBeVisible();
  await expect(state(page, 'offline')).toBeVisible({ timeout: 20_000 });
  await expect(state(page, 'offline')).toContainText(/ago|\d/);

  const again = await startHeadless({ folder, port: host.port });
  try {
    await comeBack(page);
    const row = page.locator(`[data-session-id="${sessionId}"]`);
    await expect(row.locator('[data-status="disconnected"]')).toBeVisible();
  } finally {
    await again.stop();
  }
});

test('disconnected by hand it stays offline until it is told to come back', async ({ page }) => {
  await expect(state(page, 'live')).toBeVisible();
  await page.locator('[data-connection]').click();
  await page.getByRole('menuitem', { name: 'Pause updates' }).click();
  await expect(state(page, 'offline')).toBeVisible();
  await page.locator('[data-connection]').click();
  await page.getByRole('menuitem', { name: 'Reconnect now' }).click();
  await expect(state(page, 'live')).toBeVisible();
});
