import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../../scripts/runtime/terminal/errors.mjs';
import { closeWindow, launchHidden, runCommand } from './support/background';
import { expect, launchHoldfast, test } from './support/holdfast';
import { type Panel, startPanel } from './support/panel';

test('the tray says how Holdfast is, opens the card of a server that needs something, and quits', async ({
  folder,
}) => {
  const panel = await panelOrSkip('the tray');
  const file = join(folder, 'servers.json');
  writeFileSync(file, JSON.stringify({ mcpServers: { files: { command: 'true' } } }), { mode: 0o600 });
  const app = await launchHidden(folder, panel.env);
  const process = app.process();
  const gone = once(process, 'exit');
  try {
    await expect
      .poll(panel.menu, { timeout: 15_000 })
      .toEqual([
        'Server “files” is waiting for your approval.',
        'Sessions: 0 active, 0 idle, 0 disconnected',
        expect.stringMatching(/^\d\d:\d\d Holdfast started\.$/),
        'Confirm files…',
        'Pause notifications for 1 hour',
        'Open Holdfast',
        'Quit Holdfast',
      ]);
    const opened = app.waitForEvent('window');
    panel.click('Confirm files…');
    const window = await opened;
    await expect(window.getByRole('heading', { level: 1 })).toHaveText('Servers');
    expect(new URL(window.url()).hash).toBe('#/servers/files');

    // What changes is shown, without a window's help.
    writeFileSync(file, JSON.stringify({ mcpServers: {} }), { mode: 0o600 });
    await expect.poll(panel.menu, { timeout: 15_000 }).toContain('No client is connected yet.');
    panel.click('Quit Holdfast');
    await gone;
    expect(process.exitCode).toBe(0);
  } finally {
    if (process.exitCode === null) process.kill('SIGKILL');
    await gone;
    await panel.close();
  }
});

test('the first time that the window is closed, a notification says that Holdfast goes on', async ({ folder }) => {
  const panel = await panelOrSkip('the notification');
  const title = 'Holdfast is still running';
  const { app } = await launchHoldfast({ folder, env: panel.env });
  const process = app.process();
  const gone = once(process, 'exit');
  try {
    if (!(await app.evaluate(({ Notification }) => Notification.isSupported()))) {
      const reason = 'Electron finds no libnotify (Debian: libnotify4).';
      console.warn(`NOT TESTED: the notification. ${reason}`);
      test.skip(true, reason);
    }
    await closeWindow(app);
    await expect.poll(panel.notifications).toEqual([title]);
    expect(panel.notificationBodies()[0]).toContain('“Quit Holdfast” is in its menu');
    const opened = app.waitForEvent('window');
    panel.clickNotification();
    await (await opened).locator('[data-connection="live"]').waitFor();
    await closeWindow(app);
    expect(await runCommand(folder, 'quit')).toMatchObject({ code: 0 });
    await gone;

    const next = await launchHoldfast({ folder, env: panel.env });
    await closeWindow(next.app);
    await next.close();
    expect(panel.notifications()).toEqual([title]);
  } finally {
    if (process.exitCode === null) process.kill('SIGKILL');
    await gone;
    await panel.close();
  }
});

/** Skips the test, loudly, on a machine that cannot have a panel. */
async function panelOrSkip(what: string): Promise<Panel> {
  try {
    return await startPanel();
  } catch (error) {
    console.warn(`NOT TESTED: ${what}. ${reasonOf(error)}`);
    test.skip(true, reasonOf(error));
    throw error;
  }
}
