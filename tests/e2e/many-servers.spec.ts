import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { Server } from '#src/shared/contract/server';
import { COUNTER } from '#tests/support/paths';
import type { RealClient } from './support/client';
import { test as base, expect, type Holdfast, launchHoldfast } from './support/holdfast';

/** Servers that work and are not used, beside the seven others. */
const UNUSED = 23;
const SIZES = [
  { width: 1280, height: 800 },
  { width: 720, height: 480 },
] as const;

const entry = (more: object = {}) => ({ command: process.execPath, args: [COUNTER], ...more });
const unusedName = (index: number): string => `tool-${String(index + 1).padStart(2, '0')}`;

/** Thirty servers: most of them not started, some broken, one that waits to be confirmed. */
function writeServers(folder: string): void {
  const failWhile = join(folder, 'failing');
  writeFileSync(failWhile, '');
  const servers = {
    ...Object.fromEntries(Array.from({ length: UNUSED }, (_, index) => [unusedName(index), entry()])),
    counter: entry(),
    always: entry({ policy: 'shared' }),
    off: entry({ disabled: true }),
    wrong: { command: 7 },
    failing: entry({ policy: 'shared', env: { COUNTER_FAIL_WHILE: failWhile } }),
    missing: { command: 'no-such-program-at-all', policy: 'shared' },
    stranger: entry(),
  };
  writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers: servers }, null, 2));
}

async function trustAllBut(name: string, { admin }: Holdfast): Promise<void> {
  const { servers } = await admin<{ servers: Server[] }>('/api/mcp/servers');
  for (const server of servers) {
    if (server.name === name || server.state === 'broken') continue;
    const body = { fingerprint: server.fingerprint };
    await admin(`/api/mcp/servers/${server.name}/trust`, { method: 'POST', body });
  }
}

const test = base.extend<{ holdfast: Holdfast }>({
  holdfast: async ({ folder }, use) => {
    writeServers(folder);
    const holdfast = await launchHoldfast({ folder });
    await trustAllBut('stranger', holdfast);
    await holdfast.open('Servers');
    await use(holdfast);
    await holdfast.close();
  },
});

const names = (window: Page): Promise<(string | null)[]> =>
  window.locator('[data-server-row]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-server-row')));
const stateOf = (window: Page, name: string) =>
  window.locator(`[data-server-row="${name}"] [data-server-state]`).getAttribute('data-server-state');
const pane = (window: Page, name: string) => window.getByRole('region', { name, exact: true });

async function count(client: RealClient): Promise<{ n: number; pid: number }> {
  const { content } = (await client.call('counter__count')) as unknown as { content: { text: string }[] };
  return JSON.parse(content[0]?.text ?? '');
}

/** What can be used and is beside the window or wider than its box; nothing may scroll but the regions that are made for it. */
const outside = (window: Page): Promise<string[]> =>
  window.evaluate(() => {
    const page = document.documentElement;
    const found =
      page.scrollWidth > innerWidth || page.scrollHeight > innerHeight
        ? [`the page is ${page.scrollWidth} × ${page.scrollHeight}`]
        : [];
    for (const element of document.querySelectorAll('main button, main input, main [role=row], main dd, main p')) {
      const { left, right, width } = element.getBoundingClientRect();
      if (width > 1 && element.checkVisibility() && (left < 0 || right > innerWidth + 0.5)) {
        found.push(`${element.localName} "${element.textContent?.slice(0, 40)}" from ${left} to ${right}`);
      }
    }
    return found;
  });

test('thirty servers: what needs somebody first, found by filter and keys, and each with its actions', async ({
  holdfast,
  connect,
}) => {
  const { window, app } = holdfast;
  await expect.poll(() => stateOf(window, 'failing')).toMatch(/^(waiting|circuit_open)$/);
  await expect.poll(() => stateOf(window, 'missing')).toMatch(/^(waiting|circuit_open)$/);
  await expect.poll(() => stateOf(window, 'always')).toBe('running');
  const client = await connect({ key: await holdfast.newKey('laptop') });
  expect((await count(client)).n).toBe(1);
  await window.reload();
  await expect.poll(async () => (await names(window)).length).toBe(UNUSED + 7);
  const order = await names(window);
  expect(order.slice(0, 2)).toEqual(['stranger', 'wrong']);
  expect(order.slice(2, 4).sort()).toEqual(['failing', 'missing']);
  expect(order.slice(4, 6).sort()).toEqual(['always', 'counter']);
  expect(order.slice(6, 8)).toEqual(['tool-01', 'tool-02']);
  expect(order.at(-1)).toBe('off');

  await test.step('the filter finds by name and by state', async () => {
    const box = window.getByRole('searchbox', { name: 'Filter servers' });
    await box.fill('tool-1');
    await expect.poll(async () => (await names(window)).length).toBe(10);
    await box.fill('not confirmed');
    await expect.poll(() => names(window)).toEqual(['stranger']);
    await box.press('Escape');
    await expect.poll(async () => (await names(window)).length).toBe(UNUSED + 7);
  });

  await test.step('arrow keys walk, Enter opens, the pane follows, Escape closes', async () => {
    await window.getByRole('grid', { name: 'Servers' }).focus();
    for (const key of ['Home', 'ArrowDown', 'Enter']) await window.keyboard.press(key);
    await expect(pane(window, 'wrong').getByText(/servers\.json:\d+/)).toBeVisible();
    await window.keyboard.press('ArrowUp');
    await expect(pane(window, 'stranger').getByRole('button', { name: 'Review the command' })).toBeVisible();
    await window.keyboard.press('End');
    await expect(pane(window, 'off')).toBeVisible();
    await expect(window.locator('[data-server-row="off"]')).toBeInViewport({ ratio: 1 });
    await window.keyboard.press('Escape');
    await expect(pane(window, 'off')).toHaveCount(0);
  });

  await test.step('the pane restarts a server, and stops it until its next use', async () => {
    await window.locator('[data-server-row="counter"]').click();
    const counter = pane(window, 'counter');
    const { pid } = await count(client);
    await counter.getByRole('button', { name: 'Restart' }).click();
    await expect(counter.locator(`[data-pid="${pid}"]`)).toHaveCount(0);
    await expect.poll(() => stateOf(window, 'counter')).toBe('running');
    const again = await count(client);
    expect([again.n, again.pid === pid]).toEqual([1, false]);

    await counter.getByRole('button', { name: 'Stop', exact: true }).click();
    await window.getByRole('alertdialog').getByRole('button', { name: 'Stop', exact: true }).click();
    await expect.poll(() => stateOf(window, 'counter')).toBe('stopped');
    expect(() => process.kill(again.pid, 0), 'its process is gone').toThrow(/ESRCH/);
    expect((await count(client)).n).toBe(1);
    await expect.poll(() => stateOf(window, 'counter')).toBe('running');
  });

  for (const { width, height } of SIZES) {
    await test.step(`nothing is outside of the window at ${width} × ${height}`, async () => {
      await app.evaluate(
        ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
        { width, height },
      );
      await expect.poll(() => window.evaluate(() => [innerWidth, innerHeight])).toEqual([width, height]);
      for (const name of ['counter', 'missing', 'wrong', 'stranger']) {
        await window.evaluate((server) => {
          location.hash = `#/servers/${server}`;
        }, name);
        await expect(pane(window, name)).toBeVisible();
        await expect(window.locator(`[data-server-row="${name}"]`)).toBeInViewport({ ratio: 1 });
        expect(await outside(window), name).toEqual([]);
        await expect(pane(window, name).getByRole('button', { name: 'Edit' })).toBeInViewport({ ratio: 1 });
      }
      await window.getByRole('button', { name: 'Close' }).click();
      expect(await outside(window)).toEqual([]);
    });
  }
});
