import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ElectronApplication } from '@playwright/test';
import { SilentProxy } from '#tests/support/proxies/silent-proxy';
import { HttpCounter } from '#tests/support/servers/http-counter';
import { reasonOf } from '../../scripts/runtime/terminal/errors.mjs';
import { startClient } from './support/client';
import { expect, launchHoldfast, test } from './support/holdfast';
import { type SleepingMachine, startSleepingMachine } from './support/sleeping-machine';

/** How long the machine sleeps. Electron says so; no clock jumps here. */
const SLEEP = 3_000;

test('when the machine wakes, servers are called on new connections, and the window says that it was asleep', async ({
  folder,
}) => {
  let machine: SleepingMachine;
  try {
    machine = await startSleepingMachine();
  } catch (error) {
    console.warn(`NOT TESTED: waking with Electron. ${reasonOf(error)}`);
    test.skip(true, reasonOf(error));
    return;
  }
  const server = await HttpCounter.start();
  const proxy = await SilentProxy.start(Number(new URL(server.target.url).port));
  const servers = { mcpServers: { far: { type: 'http', url: proxy.url } } };
  writeFileSync(join(folder, 'servers.json'), JSON.stringify(servers), { mode: 0o600 });
  const { app, window, url, newKey, open } = await launchHoldfast({ folder, env: machine.env });
  const client = await startClient({ url: `${url}/mcp`, key: await newKey('laptop') });
  try {
    const { session } = (await client.call('session_info')).structuredContent ?? {};
    await open('Sessions');
    await window.locator(`[data-session-id="${(session as { session_id: string }).session_id}"]`).click();
    await expect(window.getByRole('region', { name: 'Timeline' })).toBeVisible();

    // The connection is still kept for the next call when the machine falls asleep.
    await client.call('far__count');
    await machine.sleep();
    await proxy.silence();
    await delay(SLEEP);
    await proxy.network();
    await machine.wake();
    const woke = Date.now();
    const again = (await client.call('far__count')) as { content?: { text: string }[] };
    expect(again.content?.[0]?.text).toBe('{"n":2}');
    expect(Date.now() - woke).toBeLessThan(3_000);
    expect(server.initialized).toBe(1);

    await expect.poll(() => textOf(app, '[data-gap="asleep"]')).toMatch(/^Asleep for [345] s, until /);
    await expect.poll(() => textOf(app, '[data-strip-words]')).toMatch(/Never away\. The machine asleep [345] s\.$/);
    for (const theme of ['light', 'dark'] as const) {
      await app.evaluate(({ nativeTheme }, source) => {
        nativeTheme.themeSource = source;
      }, theme);
      const drawn = `getComputedStyle(document.querySelector('[data-segment="asleep"]')).backgroundImage`;
      await expect.poll(() => inWindow(app, drawn)).toContain('repeating-linear-gradient');
    }
  } finally {
    client.kill();
    // Chromium aborts when its system bus goes away.
    await quit(app);
    proxy.close();
    await server.close();
    await machine.close();
  }
});

/** Chromium closes its connections when the machine falls asleep, Playwright's to the page too: the app itself looks. */
const inWindow = (app: ElectronApplication, script: string): Promise<unknown> =>
  app.evaluate(
    ({ BrowserWindow }, code) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(code),
    script,
  );

const textOf = (app: ElectronApplication, selector: string): Promise<unknown> =>
  inWindow(app, `document.querySelector(${JSON.stringify(selector)})?.innerText ?? ''`);

async function quit(app: ElectronApplication): Promise<void> {
  const gone = once(app.process(), 'exit');
  await app.evaluate(({ app: electron }) => electron.quit()).catch(() => {});
  await gone;
}
