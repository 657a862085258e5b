import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { Store } from '#src/main/store/store';
import { DAY } from '#src/shared/model/units';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { COUNTER, LISTING } from '#tests/support/paths';
import { expect, launchHoldfast, test } from './support/holdfast';

/**
 * What a developer comes for, walked from the overview in the real window. Each click counts as a step; docs/activity.md has
 * the numbers.
 */

const FAILURES = 6;
const SAID = 'cannot reach the ticket database';

/** The client had the tools on the days before, and called one of them. */
function useBefore(folder: string): void {
  const store = Store.open({ folder, now: Date.now, log: pino({ enabled: false }) });
  const today = Math.floor(Date.now() / DAY);
  const days = [1, 2, 3, 4].map((ago) => today - ago);
  store.toolUse.add(
    days.flatMap((day) => ['', 'tool_0'].map((tool) => ({ server: 'wide', tool, day, calls: 5 }))),
    0,
  );
  store.close();
}

test('a failed call, what its server wrote, a file for a bug report, and what nobody uses are a few clicks away', async ({
  folder,
  connect,
}) => {
  useBefore(folder);
  const tools = Array.from({ length: 20 }, (_, n) => ({
    name: `tool_${n}`,
    description: 'What it does, for whom, and when to use it. '.repeat(8),
    inputSchema: { type: 'object' },
  }));
  writeFileSync(join(folder, 'listed.json'), JSON.stringify({ tools }));
  const command = process.execPath;
  const mcpServers = {
    tickets: { command, args: [COUNTER] },
    wide: { command, args: [LISTING], env: { LISTING_FILE: join(folder, 'listed.json') } },
  };
  writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers }));
  const holdfast = await launchHoldfast({ folder, env: { HOLDFAST_TRUST_SERVERS: '1' } });
  try {
    const { window, app } = holdfast;
    const key = await holdfast.newKey('laptop');
    const lister = new McpHttp({ url: `${holdfast.url}/mcp/wide` }, key);
    await lister.initialize();
    await lister.request('tools/list');
    const client = await connect({ key });
    await client.call('tickets__count');
    await client.call('tickets__say', { text: SAID });
    for (let times = 0; times < FAILURES; times += 1) await client.call('tickets__nope').catch(() => {});

    const steps: Record<string, number> = {};
    const doing = (task: string) => async (what: { click(): Promise<void> }) => {
      steps[task] = (steps[task] ?? 0) + 1;
      await what.click();
    };
    const link = (name: string) => window.getByRole('navigation').getByRole('link', { name: new RegExp(`^${name}`) });
    const failed = window.locator('[data-outcome="error"]');
    const detail = window.getByRole('region', { name: 'Details' });

    let click = doing('which tool failed, and why');
    await click(link('Activity'));
    await click(failed.first());
    await expect(window.getByRole('heading', { name: /nope/ })).toBeVisible();
    await expect(detail.getByText(/unknown tool|nope/i).first()).toBeVisible();

    // Nothing to click: it stands below.
    await expect(detail.getByRole('region', { name: 'Around this moment' })).toContainText(SAID);

    click = doing('export this for a bug report');
    const bundle = join(folder, 'bundle.zip');
    const saved = app.evaluate(
      ({ session }, to) =>
        new Promise<string>((resolve) => {
          session.defaultSession.prependOnceListener('will-download', (_event, item) => {
            item.setSavePath(to);
            item.once('done', (_done: unknown, state: string) => resolve(state));
          });
        }),
      bundle,
    );
    await click(window.getByRole('button', { name: 'Bundle for a bug report…' }));
    const dialog = window.getByRole('dialog');
    await expect(dialog.getByText(/within ten minutes of this message/)).toBeVisible();
    await click(dialog.getByRole('button', { name: /^Save/ }));
    expect(await saved).toBe('completed');
    expect(readFileSync(bundle, 'latin1').slice(0, 2)).toBe('PK');

    click = doing('hide what I never use');
    await click(link('Servers'));
    await click(window.getByRole('region', { name: 'wide', exact: true }).getByRole('button', { name: 'Tools' }));
    await click(window.getByRole('button', { name: 'Hide them…' }));
    await click(window.getByRole('button', { name: 'Hide 19 tools' }));
    await expect(window.getByRole('button', { name: 'Hide them…' })).toHaveCount(0);
    await window.keyboard.press('Escape');

    click = doing('from the health sentence to the calls that fail');
    await holdfast.open('Overview');
    const health = window.getByRole('region', { name: 'Health' });
    await expect(health).toContainText(`${FAILURES} calls of nope of tickets failed in the last hour.`, {
      timeout: 40_000,
    });
    await click(health.getByRole('button', { name: 'Show the calls' }));
    await expect(failed).toHaveCount(FAILURES);

    expect(steps).toEqual({
      'which tool failed, and why': 2,
      'export this for a bug report': 2,
      'hide what I never use': 4,
      'from the health sentence to the calls that fail': 1,
    });
  } finally {
    await holdfast.close();
  }
});
