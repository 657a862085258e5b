import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { violations } from '#tests/support/violations';
import { startClient } from './support/client';
import { expect, launchHoldfast, test } from './support/holdfast';

test('an empty Holdfast leads to the first connected client', async ({ holdfast, connect }) => {
  const { window } = holdfast;
  await window.getByRole('button', { name: 'Connect a client' }).click();
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('Connect');

  await window.getByRole('radio', { name: 'Other or script' }).click();
  await window.getByRole('textbox', { name: 'Name' }).fill('My script');
  await window.getByRole('button', { name: 'Create key' }).click();
  await expect(window.getByText('Waiting for the first request from My script…')).toBeVisible();
  // What a person sees is masked; what a person copies is the key.
  expect(await window.locator('main').textContent()).not.toMatch(/hf_[\w-]{43}/);
  await window.getByRole('button', { name: 'Copy just the key' }).click();
  const clipboard = () => holdfast.app.evaluate(({ clipboard }) => clipboard.readText());
  await expect.poll(clipboard).toMatch(/^hf_[\w-]{43}$/);
  const key = await clipboard();

  const client = await connect({ key });
  await client.call('health_check');
  await expect(window.getByText('My script is connected')).toBeVisible();

  await window.getByRole('button', { name: 'Done' }).click();
  expect(await window.content()).not.toContain(key);
  await expect(window.locator('[data-client-id]').filter({ hasText: 'My script' })).toBeVisible();
});

test('a client that is removed loses its sessions and its key', async ({ holdfast, connect }) => {
  const { window } = holdfast;
  const client = await connect({ key: await holdfast.newKey('old laptop') });
  await client.call('health_check');
  await holdfast.open('Connect');
  const row = window.locator('[data-client-id]').filter({ hasText: 'old laptop' });
  await row.getByRole('button', { name: /remove/i }).click();
  const dialog = window.getByRole('dialog').or(window.getByRole('alertdialog'));
  await dialog.getByRole('button', { name: /remove/i }).click();
  await expect(row).toHaveCount(0);
  await expect(client.call('health_check')).rejects.toThrow(/key is not known/);
});

test('what Claude Desktop is told to start works as it is copied', async ({ holdfast }) => {
  const { window } = holdfast;
  await holdfast.open('Connect');
  await window.getByRole('radio', { name: 'Claude Desktop' }).click();
  await window.getByRole('button', { name: 'Create key' }).click();
  await window.getByRole('button', { name: 'Copy', exact: true }).click();
  const copied = await holdfast.app.evaluate(({ clipboard }) => clipboard.readText());
  const { command, args, env } = JSON.parse(copied).mcpServers.holdfast;

  const client = new Client({ name: 'desktop', version: '1.0.0' });
  // As little environment as a program has that was started from a menu.
  await client.connect(new StdioClientTransport({ command, args, env: { PATH: '/usr/bin:/bin', ...env } }));
  try {
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('session_info');
    await expect(window.getByText(/ is connected$/)).toBeVisible();
  } finally {
    await client.close();
  }
});

test('from an empty Holdfast to a connected client by clicking alone', async ({ folder }) => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-home-'));
  const file = join(home, '.cursor', 'mcp.json');
  const before = '{\n  // mine\n  "mcpServers": {}\n}\n';
  mkdirSync(dirname(file));
  writeFileSync(file, before);
  const holdfast = await launchHoldfast({ folder, env: { HOME: home, XDG_CONFIG_HOME: join(home, '.config') } });
  const { window } = holdfast;
  try {
    const steps = window.getByRole('region', { name: 'First steps' });
    const audit = () => violations(window);
    await expect(steps.getByText('Use a tool in your client.')).toBeVisible();
    expect(await audit()).toEqual([]);
    const row = window.getByRole('listitem', { name: 'Cursor', exact: true });
    await row.getByRole('button', { name: 'Connect Cursor' }).click();
    const dialog = window.getByRole('dialog');
    await expect(dialog.getByText('"Authorization": "Bearer hf_(a new key)"')).toBeVisible();
    expect(await audit()).toEqual([]);
    await dialog.getByRole('button', { name: 'Write and connect' }).click();
    await expect(dialog.getByText('Waiting for Cursor…')).toBeVisible();
    expect(await audit()).toEqual([]);

    // The client knows no more than what stands in its file.
    const { url, headers } = JSON.parse(readFileSync(file, 'utf8').replace('// mine', '')).mcpServers.holdfast;
    const client = await startClient({
      url,
      key: headers.Authorization.replace('Bearer ', ''),
      name: 'cursor-vscode',
      version: '1.14.2',
    });
    try {
      await client.call('health_check');
      await expect(dialog.getByText('Cursor is connected')).toBeVisible();
      await dialog.getByRole('button', { name: 'Done' }).click();
      await expect(row.getByText(/^Cursor (was here .* ago|is here now)$/)).toBeVisible();
      await expect(row.getByText('1.14.2')).toBeVisible();
      expect(await window.content()).not.toMatch(/hf_[\w-]{20}/);
      await expect(steps.getByText('Session of Cursor: Active.')).toBeVisible();
      await steps.getByRole('button', { name: 'Done' }).click();
      await expect(steps).toHaveCount(0);
    } finally {
      client.kill();
    }

    await holdfast.open('Connect');

    await row.getByRole('button', { name: 'Undo the connection of Cursor' }).click();
    await dialog.getByRole('button', { name: 'Undo', exact: true }).click();
    await expect(row.getByText('Not connected')).toBeVisible();
    expect(readFileSync(file, 'utf8')).toBe(before);
  } finally {
    await holdfast.close();
    rmSync(home, { recursive: true, force: true });
  }
});

test('the demo client comes, is killed, comes back, and leaves nothing behind', async ({ holdfast }) => {
  const { window } = holdfast;
  const steps = window.getByRole('region', { name: 'First steps' });
  await steps.getByRole('button', { name: 'See it work' }).click();
  const patient = { timeout: 30_000 };
  await expect(steps.getByText('The demo client is connected.')).toBeVisible(patient);
  const sessions = window.getByRole('region', { name: 'Open sessions' });
  await expect(sessions.getByText('holdfast-demo')).toBeVisible();
  await expect(steps.getByText('The session waits for it.')).toBeVisible(patient);
  await expect(steps.getByText('A new process is back in the same session.')).toBeVisible(patient);
  await expect(steps.getByText('The demo is over.')).toBeVisible(patient);
  await expect(sessions.getByText('holdfast-demo')).toHaveCount(0);
  expect(await holdfast.admin('/api/mcp/clients')).toMatchObject({ clients: [] });
});
