import { once } from 'node:events';
import { readEndpointFile } from '#src/main/platform/endpoint-file';
import type { PreloadApi } from '#src/shared/contract/preload';
import { settingLabel } from '#src/shared/model/setting-words';
import { closeWindow, runCommand } from './support/background';
import { expect, launchHoldfast, test } from './support/holdfast';

const RETENTION = settingLabel('retention_hours');

test('a setting changed in the window is in the command line, and both survive a restart', async ({
  holdfast,
  folder,
}) => {
  const { window } = holdfast;
  await holdfast.open('Settings');
  await window.getByLabel(RETENTION, { exact: true }).fill('48');
  await window.getByLabel(RETENTION, { exact: true }).press('Enter');
  await expect(window.getByText(`${RETENTION}: 48 hours`)).toBeVisible();
  await expect(window.locator('[data-area="total"]')).toContainText(/[kM]B/);
  expect((await runCommand(folder, 'settings')).stdout).toMatch(/^retention_hours +48 +24 +saved$/m);
  await holdfast.close();

  const second = await launchHoldfast({ folder });
  try {
    await second.open('Settings');
    await expect(second.window.getByLabel(RETENTION, { exact: true })).toHaveValue('48');
    const reset = await runCommand(folder, 'settings', 'reset', 'retention_hours');
    expect(reset).toEqual({ code: 0, stdout: 'retention_hours is 24 hours, its default.\n' });
    await expect(second.window.getByLabel(RETENTION, { exact: true })).toHaveValue('24', { timeout: 10_000 });
  } finally {
    await second.close();
  }
});

test('the window has the zoom that was chosen, at once and after it is opened again', async ({ holdfast, folder }) => {
  const { app, window } = holdfast;
  const zoom = () =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getZoomFactor() ?? 0);
  await holdfast.open('Settings');
  await window.getByLabel(settingLabel('zoom_percent'), { exact: true }).fill('150');
  await window.getByLabel(settingLabel('zoom_percent'), { exact: true }).press('Enter');
  await expect.poll(zoom).toBeCloseTo(1.5);
  await holdfast.close();
  const second = await launchHoldfast({ folder });
  try {
    const again = () =>
      second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getZoomFactor() ?? 0);
    await expect.poll(again).toBeCloseTo(1.5);
  } finally {
    await second.close();
  }
});

test('closing the window quits Holdfast for who chose that', async ({ folder }) => {
  const holdfast = await launchHoldfast({ folder });
  const { app, window } = holdfast;
  await holdfast.open('Settings');
  await window.getByLabel(settingLabel('closing'), { exact: true }).selectOption('quit');
  await expect(window.getByText(`${settingLabel('closing')}: Quit`)).toBeVisible();
  const ended = once(app.process(), 'exit');
  // The answer may be lost with the process.
  await closeWindow(app).catch(() => undefined);
  expect((await ended)[0]).toBe(0);
});

test('a restart ends in order and comes back with its window', async ({ connect, folder }) => {
  const holdfast = await launchHoldfast({ folder });
  const { app, window } = holdfast;
  const client = await connect({ key: await holdfast.newKey('laptop') });
  await client.call('health_check');
  const before = readEndpointFile(folder)?.pid;
  const ended = once(app.process(), 'exit');
  await window
    .evaluate(() => (window as unknown as { holdfast: PreloadApi }).holdfast.invoke('app.restart', {}))
    .catch(() => undefined);
  expect((await ended)[0]).toBe(0);
  const after = () => readEndpointFile(folder)?.pid ?? before;
  await expect.poll(after, { timeout: 30_000 }).not.toBe(before);
  try {
    const status = await runCommand(folder, 'status', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({ ok: true });
  } finally {
    expect(await runCommand(folder, 'quit')).toMatchObject({ code: 0 });
  }
});
