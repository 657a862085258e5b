import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import { reasonOf } from '../../scripts/runtime/terminal/errors.mjs';
import { launchHidden, runCommand } from './support/background';
import { expect, test } from './support/holdfast';
import { type Panel, startPanel } from './support/panel';

const PATIENCE = { timeout: 20_000 };

test('what needs the user is a notification that opens its place, and goes away when it is over', async ({
  folder,
}) => {
  const panel = await panelOrSkip();
  const configure = (...names: string[]) => {
    const mcpServers = Object.fromEntries(names.map((name) => [name, { command: 'true' }]));
    writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers }), { mode: 0o600 });
  };
  configure('files');
  const app = await launchHidden(folder, panel.env);
  const process = app.process();
  const gone = once(process, 'exit');
  try {
    await requireNotifications(app);
    const sentence = (name: string) => `Server “${name}” is waiting for your approval.`;
    await expect.poll(panel.notificationBodies, PATIENCE).toEqual([sentence('files')]);
    const opened = app.waitForEvent('window');
    panel.clickNotification();
    const window = await opened;
    await expect(window.getByRole('heading', { level: 1 })).toHaveText('Servers');
    expect(new URL(window.url()).hash).toBe('#/servers/files');

    // Several at once are one, which stays until all of them are over.
    configure('files', 'a', 'b', 'c');
    await expect.poll(panel.notifications, PATIENCE).toEqual(['Holdfast', 'Holdfast: 3 things need attention']);
    expect(panel.notificationBodies()[1]).toBe(['a', 'b', 'c'].map(sentence).join('\n'));
    configure('c');
    await expect.poll(panel.menu, PATIENCE).not.toContain('Confirm a…');
    expect(panel.closedNotifications()).toBe(0);
    configure();
    await expect.poll(panel.closedNotifications, PATIENCE).toBe(1);

    // A pause holds back what comes.
    panel.click('Pause notifications for 1 hour');
    await expect.poll(panel.menu, PATIENCE).toContain('Resume notifications');
    configure('d');
    await expect.poll(panel.menu, PATIENCE).toContain('Confirm d…');
    panel.click('Resume notifications');
    await expect.poll(() => panel.notificationBodies().at(-1), PATIENCE).toBe(sentence('d'));
    expect(panel.notifications()).toHaveLength(3);
    panel.click('Quit Holdfast');
    await gone;
  } finally {
    if (process.exitCode === null) process.kill('SIGKILL');
    await gone;
    await panel.close();
  }
});

test('a test is shown, and the command line says so', async ({ folder }) => {
  const panel = await panelOrSkip();
  const app = await launchHidden(folder, panel.env);
  const process = app.process();
  const gone = once(process, 'exit');
  try {
    await requireNotifications(app);
    // The panel asks the icon for its menu and answers nothing else meanwhile.
    await expect.poll(panel.menu, PATIENCE).toContain('Quit Holdfast');
    const { stdout } = await runCommand(folder, 'notifications', 'test', '--json');
    expect(JSON.parse(stdout)).toEqual({ ok: true, test: { notification: 'shown', webhook: null } });
    expect(panel.notificationBodies()).toEqual([expect.stringContaining('This is a test.')]);
    expect(await runCommand(folder, 'quit')).toMatchObject({ code: 0 });
  } finally {
    if (process.exitCode === null) process.kill('SIGKILL');
    await gone;
    await panel.close();
  }
});

/** Skips the test, loudly, on a machine that cannot have a panel. */
async function panelOrSkip(): Promise<Panel> {
  return startPanel().catch((error: unknown) => {
    console.warn(`NOT TESTED: notifications. ${reasonOf(error)}`);
    test.skip(true, reasonOf(error));
    throw error;
  });
}

/** Skips the test, loudly, where Electron cannot show notifications. */
async function requireNotifications(app: ElectronApplication): Promise<void> {
  if (await app.evaluate(({ Notification }) => Notification.isSupported())) return;
  const reason = 'Electron finds no libnotify (Debian: libnotify4).';
  console.warn(`NOT TESTED: notifications. ${reason}`);
  test.skip(true, reason);
}
