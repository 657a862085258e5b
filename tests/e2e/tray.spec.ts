import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../../scripts/runtime/terminal/errors.mjs';
import { launchHidden } from './support/background';
import { expect, test } from './support/holdfast';
import { type Panel, startPanel } from './support/panel';

test('the tray says how Holdfast is, opens the card of a server that needs something, and quits', async ({
  folder,
}) => {
  let panel: Panel;
  try {
    panel = await startPanel();
  } catch (error) {
    console.warn(`NOT TESTED: the tray. ${reasonOf(error)}`);
    test.skip(true, reasonOf(error));
    return;
  }
  const file = join(folder, 'servers.json');
  writeFileSync(file, JSON.stringify({ mcpServers: { files: { command: 'true' } } }), { mode: 0o600 });
  const app = await launchHidden(folder, panel.env);
  const process = app.process();
  const gone = once(process, 'exit');
  try {
    await expect
      .poll(panel.menu, { timeout: 15_000 })
      .toEqual([
        'The server files is waiting for you.',
        'Sessions: 0 active, 0 idle, 0 disconnected',
        'Confirm files…',
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
