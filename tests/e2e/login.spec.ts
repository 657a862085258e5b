import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { followLogin } from '#tests/support/login/follow-login';
import { type ProtectedServer, startProtectedServer } from '#tests/support/login/protected-mcp-server';
import { type RotatingServer, startRotatingServer } from '#tests/support/login/rotating-server';
import { test as base, expect } from './support/holdfast';

interface Opened {
  openedAt: string[];
}

const test = base.extend<{ authorization: RotatingServer; issues: ProtectedServer }>({
  authorization: async ({}, use) => {
    const server = await startRotatingServer();
    await use(server);
    await server.close();
  },
  issues: async ({ authorization }, use) => {
    const server = await startProtectedServer({ authorization: [authorization] });
    await use(server);
    await server.close();
  },
});

const card = (window: Page) => window.getByRole('region', { name: 'issues', exact: true });
const dialog = (window: Page) => window.locator('[data-dialog]');

/** From here on the system's browser is not opened; the addresses that it was to be opened at are noted. */
const interceptBrowser = (app: ElectronApplication) =>
  app.evaluate(({ shell }) => {
    const noted = globalThis as unknown as Opened;
    noted.openedAt = [];
    shell.openExternal = async (url) => void noted.openedAt.push(url);
  });
const openedAt = (app: ElectronApplication) => app.evaluate(() => (globalThis as unknown as Opened).openedAt);

test('a server that wants a login is logged in to from its card, and only the address shown is opened', async ({
  holdfast,
  folder,
  connect,
  issues,
  authorization,
}) => {
  const { window, app } = holdfast;
  await interceptBrowser(app);
  await holdfast.open('Servers');
  writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers: { issues: { url: issues.url } } }));
  await expect(card(window)).toBeVisible();
  const client = await connect({ key: await holdfast.newKey('laptop') });
  const answer = client.call('issues__add', { a: 2, b: 3 });
  await expect(card(window).locator('[data-server-state]')).toHaveAttribute('data-server-state', 'needs_login');
  const { host } = new URL(authorization.origin);
  await expect(card(window)).toContainText(`Log in at ${host} to use it.`);

  await card(window).getByRole('button', { name: 'Log in', exact: true }).click();
  await expect(dialog(window)).toContainText(`Log in to issues at ${host}`);
  await expect(dialog(window)).toContainText('mcp:use');
  const link = dialog(window).getByRole('link', { name: 'Open in browser' });
  const url = (await link.getAttribute('href')) ?? '';
  expect(await openedAt(app), 'nothing opens before the click').toEqual([]);
  await window.evaluate((address) => {
    for (const other of [`${address}&x=1`, 'https://evil.example/', 'http://127.0.0.1:1/', 'javascript:alert(1)'])
      open(other);
  }, url);
  await link.click();
  await expect.poll(() => openedAt(app), 'exactly what was shown, and nothing else').toEqual([url]);
  await expect(dialog(window)).toContainText('Waiting for you in the browser.');

  const end = await followLogin(url);
  expect(end.status).toBe(200);
  await expect(dialog(window)).toHaveCount(0);
  await expect(card(window)).toContainText('Logged in; refreshed automatically');
  const { content } = (await answer) as unknown as { content: { text: string }[] };
  expect(content[0]?.text, 'the call that waited is answered').toBe('5');

  await window.evaluate((address) => void open(address), url);
  await link.waitFor({ state: 'detached' });
  expect(await openedAt(app), 'a login that is done is not opened again').toEqual([url]);

  await card(window).getByRole('button', { name: 'More actions for issues' }).click();
  await window.getByRole('menuitem', { name: 'Log out' }).click();
  await window.getByRole('alertdialog').getByRole('button', { name: 'Log out' }).click();
  await expect(card(window).getByRole('button', { name: 'Log in', exact: true })).toBeVisible();
  expect(authorization.arrivals.some(({ endpoint }) => endpoint === 'revocation')).toBe(true);
});

test('a login that is cancelled can be begun again, and the address of before opens nothing', async ({
  holdfast,
  folder,
  connect,
  issues,
}) => {
  const { window, app } = holdfast;
  await interceptBrowser(app);
  await holdfast.open('Servers');
  writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers: { issues: { url: issues.url } } }));
  const client = await connect({ key: await holdfast.newKey('laptop') });
  const answer = client.call('issues__add', { a: 1, b: 1 });
  const begin = async () => {
    await card(window).getByRole('button', { name: 'Log in', exact: true }).click();
    return (await dialog(window).getByRole('link', { name: 'Open in browser' }).getAttribute('href')) ?? '';
  };
  const first = await begin();
  await window.keyboard.press('Escape');
  await expect(dialog(window)).toHaveCount(0);
  const second = await begin();
  expect(second).not.toBe(first);
  await window.evaluate((address) => void open(address), first);
  await dialog(window).getByRole('link', { name: 'Open in browser' }).click();
  await expect.poll(() => openedAt(app)).toEqual([second]);
  expect((await followLogin(first)).text, 'the first login is not known any more').toContain('did not work');
  await followLogin(second);
  await expect(card(window)).toContainText('Logged in; refreshed automatically');
  expect((await answer) as unknown).toMatchObject({ content: [{ text: '2' }] });
});
