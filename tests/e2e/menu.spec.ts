import type { ElectronApplication } from '@playwright/test';
import { closeWindow } from './support/background';
import { expect, test } from './support/holdfast';

/** Picks an item of the application menu, as its user does. */
const pick = (app: ElectronApplication, id: string): Promise<void> =>
  app.evaluate(({ Menu }, wanted) => Menu.getApplicationMenu()?.getMenuItemById(wanted)?.click(), id);
const zoom = (app: ElectronApplication): Promise<number | undefined> =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getZoomFactor());

test('the application menu runs commands in the window, and opens it for them', async ({ holdfast }) => {
  const { app, window } = holdfast;
  if (process.platform !== 'darwin') {
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMenuBarVisible())).toBe(false);
  }
  await pick(app, 'view.history');
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('History');
  await pick(app, 'palette');
  await expect(window.getByRole('combobox', { name: /^Find a view/ })).toBeFocused();
  await window.keyboard.press('Escape');
  await pick(app, 'server.add');
  await expect(window.getByRole('dialog', { name: /^Add/ })).toBeVisible();
  // A question waits for its answer: no command interrupts it.
  await pick(app, 'keys');
  await window.keyboard.press('Escape');
  await expect(window.getByRole('dialog')).toBeHidden();

  await closeWindow(app);
  const opened = app.waitForEvent('window');
  await pick(app, 'view.servers');
  await expect((await opened).getByRole('heading', { level: 1 })).toHaveText('Servers');
});

test('the zoom is the same when the window opens again', async ({ holdfast }) => {
  const { app } = holdfast;
  expect(await zoom(app)).toBe(1);
  await pick(app, 'zoom.in');
  await pick(app, 'zoom.in');
  await expect.poll(() => zoom(app)).toBeCloseTo(1.2);
  await closeWindow(app);
  const opened = app.waitForEvent('window');
  await pick(app, 'view.overview');
  await (await opened).locator('[data-connection="live"]').waitFor();
  await expect.poll(() => zoom(app)).toBeCloseTo(1.2);
  await pick(app, 'zoom.reset');
  await expect.poll(() => zoom(app)).toBe(1);
});

test('the menu speaks another language as soon as the window does, and after a restart of the window', async ({
  holdfast,
}) => {
  const { app, window } = holdfast;
  const menus = () => app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label) ?? []);
  await pick(app, 'view.settings');
  await window.getByRole('group', { name: 'Language' }).getByRole('button', { name: 'Deutsch' }).click();
  await expect.poll(menus).toEqual(expect.arrayContaining(['&Datei', '&Ansicht', '&Hilfe']));
  await window.getByRole('group', { name: 'Sprache' }).getByRole('button', { name: 'English' }).click();
  await expect.poll(menus).toEqual(expect.arrayContaining(['&File', '&View', '&Help']));
});
