import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { startClient } from '#tests/e2e/support/client';
import { expect, type Holdfast, launchHoldfast, test } from '#tests/e2e/support/holdfast';
import { inRepository } from '#tests/support/paths';
import { failFile, writeServers } from './servers';
import { shoot } from './shoot';

const FOLDER = inRepository('docs/images');
const env = (folder: string) => ({ HOLDFAST_TRUST_SERVERS: '1', HOME: folder });

const card = (window: Page) => window.getByRole('region', { name: 'counter', exact: true });

/** Kills Holdfast itself and starts it again where it was. */
async function killAndStart(holdfast: Holdfast): Promise<Holdfast> {
  const ended = once(holdfast.app.process(), 'exit');
  holdfast.app.process().kill('SIGKILL');
  await ended;
  return launchHoldfast({
    folder: holdfast.folder,
    env: { ...env(holdfast.folder), HOLDFAST_PORT: new URL(holdfast.url).port },
  });
}

test('a server is killed, then Holdfast itself, and the session goes on', async ({ folder }) => {
  mkdirSync(FOLDER, { recursive: true });
  writeServers(folder);
  const cwd = join(folder, 'shop');
  mkdirSync(cwd);
  let holdfast = await launchHoldfast({ folder, env: env(folder) });
  const key = await holdfast
    .admin<{ client_key: string }>('/api/mcp/clients', {
      method: 'POST',
      body: { name: 'Claude Code', type: 'claude-code' },
    })
    .then(({ client_key }) => client_key);
  const client = await startClient({
    url: `${holdfast.url}/mcp`,
    key,
    name: 'claude-code',
    version: '2.1.330',
    cwd,
  });
  const count = async (): Promise<{ n: number; pid: number }> => {
    const { content } = (await client.call('counter__count')) as unknown as { content: { text: string }[] };
    return JSON.parse(content[0]?.text ?? '') as { n: number; pid: number };
  };
  const picture = (name: string) => shoot(holdfast.window, folder, join(FOLDER, `series-${name}.png`));
  try {
    let { window } = holdfast;
    await holdfast.open('Servers');
    const first = await count();
    await expect(card(window).locator(`[data-pid="${first.pid}"]`)).toBeVisible();
    await picture('1-server');

    // The server is killed and cannot start for a while: it is tried again and again, later each time.
    writeFileSync(failFile(folder), '');
    process.kill(first.pid, 'SIGKILL');
    // A pause of seconds may pass between two looks on a slow machine; the last one, half a minute long, cannot.
    await expect(card(window).locator('[data-countdown]')).toHaveText(/^[3-9] s$/, { timeout: 60_000 });
    await picture('2-killed');
    rmSync(failFile(folder));
    // It may be starting just now, for the last time in vain, or for the first time with success.
    const state = card(window).locator('[data-server-state]');
    await expect(async () => {
      await holdfast.admin('/api/mcp/servers/counter/retry', { method: 'POST' });
      await expect(state).toHaveAttribute('data-server-state', 'running', { timeout: 3_000 });
    }).toPass({ timeout: 60_000 });
    const second = await count();
    expect(second.n).toBe(1);

    // What is measured is written a moment later; the picture shall not depend on whether the kill was faster.
    const calls = async () =>
      (await holdfast.admin<{ sessions: { calls: number }[] }>('/api/mcp/sessions')).sessions[0]?.calls;
    await expect.poll(calls).toBe(2);

    // Holdfast itself is killed: its keeper and the server live on, and the client's next call finds both.
    holdfast = await killAndStart(holdfast);
    window = holdfast.window;
    const third = await count();
    expect(third).toEqual({ n: 2, pid: second.pid });

    await holdfast.open('Sessions');
    await window.locator('[role=row][data-session-id]').click();
    const pane = window.getByRole('complementary', { name: 'Session' });
    await pane.getByRole('button', { name: 'Whole life' }).click();
    await expect(pane.locator('[data-segment="away"]')).toHaveCount(1);
    await pane.getByRole('heading', { name: 'Life' }).scrollIntoViewIfNeeded();
    await pane.locator('[data-segment="away"]').hover();
    await expect(pane.locator('[data-strip-words]')).toContainText('Holdfast restarted');
    await picture('3-gap');

    await window.mouse.move(0, 0);
    await pane
      .getByText(/^Reconnected after/)
      .first()
      .scrollIntoViewIfNeeded();
    await picture('4-reconnect');
  } finally {
    client.kill();
    await holdfast.close();
  }
});
