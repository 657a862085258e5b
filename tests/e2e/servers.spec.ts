import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { COUNTER } from '#tests/support/paths';
import type { RealClient } from './support/client';
import { expect, keeperOf, launchHoldfast, test } from './support/holdfast';

interface Count {
  /** What the process has counted to. */
  readonly n: number;
  readonly pid: number;
}

/** Counts up by a tool of the counter; it answers with JSON as text. */
async function count(client: RealClient, tool = 'counter__count'): Promise<Count> {
  const { content } = (await client.call(tool)) as unknown as { content: { text: string }[] };
  return JSON.parse(content[0]?.text ?? '') as Count;
}

const card = (window: Page) => window.getByRole('region', { name: 'counter', exact: true });

/** Adds the counter as a person does: form, then the look at its command. */
async function addCounter(window: Page): Promise<void> {
  const dialog = window.locator('[data-dialog]');
  await window.getByRole('button', { name: 'Add server' }).click();
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('counter');
  await dialog.getByRole('textbox', { name: 'Command' }).fill(process.execPath);
  await dialog.getByRole('textbox', { name: 'Arguments' }).fill(`"${COUNTER}"`);
  await dialog.getByRole('button', { name: 'Add variable' }).click();
  await dialog.getByRole('textbox', { name: 'Name of variable 1' }).fill('CANARY_KEY');
  await dialog.getByLabel('Value of CANARY_KEY').fill('canary-value-42');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog.getByText('Allow Holdfast to run counter?')).toBeVisible();
  await expect(dialog.locator('[data-exact]')).toHaveText([process.execPath, COUNTER]);
  await expect(card(window), 'nothing is there before it was looked at').toHaveCount(0);
  await dialog.getByRole('button', { name: 'Allow and run' }).click();
  await expect(dialog).toHaveCount(0);
}

test('a server that is added in the window serves a client, is killed and comes back, and the session tells it', async ({
  holdfast,
  connect,
}) => {
  const { window } = holdfast;
  await holdfast.open('Servers');
  await expect(window.getByText('No servers yet')).toBeVisible();
  await addCounter(window);
  expect(await window.content(), 'a value is not shown again').not.toContain('canary-value-42');

  const client = await connect({ key: await holdfast.newKey('laptop') });
  const first = await count(client);
  expect(first.n).toBe(1);
  expect((await count(client)).n).toBe(2);
  await expect(card(window).locator('[data-server-state]')).toHaveAttribute('data-server-state', 'running');
  await expect(card(window).locator(`[data-pid="${first.pid}"]`)).toBeVisible();
  await expect(card(window).getByRole('link', { name: '1 session uses it' })).toBeVisible();
  await expect(card(window).getByText(/^\d+ MB$/)).toBeVisible({ timeout: 15_000 });

  process.kill(first.pid, 'SIGKILL');
  await expect(card(window)).toContainText('SIGKILL');
  await expect(card(window).locator(`[data-pid="${first.pid}"]`)).toHaveCount(0);
  const again = await count(client);
  expect(again.n, 'what it remembered is gone').toBe(1);
  expect(again.pid).not.toBe(first.pid);
  await expect(card(window).locator(`[data-pid="${again.pid}"]`)).toBeVisible();
  await expect(card(window).locator('[data-server-state]')).toHaveAttribute('data-server-state', 'running');

  await card(window).getByRole('link', { name: '1 session uses it' }).click();
  await window.locator('[role=row][data-session-id]').click();
  const pane = window.getByRole('complementary', { name: 'Session' });
  await expect(pane.locator('[data-mark="server_stopped"]')).toHaveCount(1);
  await expect(pane.getByRole('slider', { name: 'Life of the session' })).toHaveAttribute(
    'aria-valuetext',
    /Never away\. 1 server stop\.$/,
  );
  await expect(pane.getByText('Server counter ended')).toBeVisible();
  await expect(pane.getByText('Server counter started again')).toBeVisible();
  await expect(pane.getByText(new RegExp(`Process ${first.pid}\\. Ended on its own, by SIGKILL`))).toBeVisible();

  await holdfast.open('History');
  await window.getByRole('button', { name: '1h' }).click();
  await expect(window.getByRole('slider', { name: /reconnects/i })).toHaveAttribute(
    'aria-valuetext',
    /Server stops 1/,
    { timeout: 15_000 },
  );
});

test('a server that is removed is gone for clients, and undo brings it back whole', async ({ holdfast, connect }) => {
  const { window } = holdfast;
  await holdfast.open('Servers');
  await addCounter(window);
  const client = await connect({ key: await holdfast.newKey('laptop') });
  const { pid } = await count(client);

  await card(window).getByRole('button', { name: 'More actions for counter' }).click();
  await window.getByRole('menuitem', { name: 'Remove' }).click();
  await expect(card(window)).toHaveCount(0);
  await expect
    .poll(() =>
      count(client).then(
        () => 'answered',
        () => 'refused',
      ),
    )
    .toBe('refused');
  await window.getByRole('button', { name: 'Undo' }).click();
  await expect(card(window)).toBeVisible();
  // It is trusted as before, and still has its secret, which nobody had to enter again.
  const { content } = (await client.call('counter__env', { name: 'CANARY_KEY' })) as unknown as {
    content: { text: string }[];
  };
  expect(JSON.parse(content[0]?.text ?? '')).toEqual({ value: 'canary-value-42' });
  expect((await count(client)).pid).not.toBe(pid);
});

test('a test tells what a server offers, and why one does not work', async ({ holdfast }) => {
  const { window } = holdfast;
  const dialog = window.locator('[data-dialog]');
  await holdfast.open('Servers');
  await addCounter(window);
  await card(window).getByRole('button', { name: 'Test' }).click();
  await expect(dialog.getByText(/^Responded after/)).toBeVisible({ timeout: 20_000 });
  await expect(dialog.getByText('peek', { exact: true })).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).last().click();

  await card(window).getByRole('button', { name: 'Edit' }).click();
  await dialog.getByRole('textbox', { name: 'Command' }).fill('/nowhere/at/all');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('button', { name: 'Allow and run' }).click();
  await card(window).getByRole('button', { name: 'Test' }).click();
  await expect(dialog.getByText('Test failed.')).toBeVisible({ timeout: 20_000 });
  await expect(dialog).toContainText(/ENOENT|not found|no such/i);
});

test('what a person writes into servers.json appears, faults with their line', async ({ holdfast, folder }) => {
  const { window } = holdfast;
  const file = join(folder, 'servers.json');
  await holdfast.open('Servers');
  await expect(window.getByText(file)).toBeVisible();
  const entry = { command: process.execPath, args: [COUNTER] };
  writeFileSync(file, JSON.stringify({ mcpServers: { counter: entry, wrong: { command: 7 } } }, null, 2));
  await expect(card(window).getByRole('button', { name: 'Review the command' })).toBeVisible();
  const wrong = window.getByRole('region', { name: 'wrong', exact: true });
  await expect(wrong.locator('[data-server-state]')).toHaveAttribute('data-server-state', 'broken');
  await expect(wrong).toContainText(/servers\.json:\d+/);
  writeFileSync(file, '{ "mcpServers": { ');
  // No event announces a file that cannot be read: the view asks every few seconds.
  await expect(window.getByText('The servers file has an error.')).toBeVisible({ timeout: 15_000 });
  await expect(card(window)).toBeVisible();
});

test('the app ends while its servers run on', async ({ folder, connect }) => {
  const holdfast = await launchHoldfast({ folder });
  await holdfast.open('Servers');
  await addCounter(holdfast.window);
  const key = await holdfast.newKey('laptop');
  const client = await connect({ key });
  const { pid } = await count(client);
  const keeper = await keeperOf(holdfast.admin);
  // Were a descriptor of the app still open in the keeper, this would take as long as the keeper lives.
  await holdfast.app.close();
  expect(() => process.kill(pid, 0)).not.toThrow();

  const restarted = await launchHoldfast({ folder });
  try {
    expect(await keeperOf(restarted.admin), 'the same keeper').toBe(keeper);
    const again = await connect({ key, sessionId: client.transportId });
    expect(await count(again)).toEqual({ n: 2, pid });
  } finally {
    await restarted.close();
  }
});
