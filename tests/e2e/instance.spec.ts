import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { electronLaunchOptions } from '../../scripts/runtime/electron/electron.mjs';
import { expect, launchHoldfast, test } from './support/holdfast';

test('a second start brings the first window to the front and ends', async ({ holdfast, folder }) => {
  const { app } = holdfast;
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
  const { executablePath, args } = electronLaunchOptions();
  const second = spawn(executablePath, args, {
    env: { ...process.env, HOLDFAST_DATA_DIR: folder, HOLDFAST_PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  second.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const [code] = await once(second, 'exit');
  expect(code).toBe(0);
  expect(printed).toContain('already running');
  await expect
    .poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized()))
    .toBe(false);
});

test('a port that another program holds is named, with the setting, and never replaced', async ({ folder }) => {
  const foreign = createServer((_request, response) => response.end('hello'));
  foreign.listen(0, '127.0.0.1');
  await once(foreign, 'listening');
  const { port } = foreign.address() as AddressInfo;
  const { executablePath, args } = electronLaunchOptions();
  const child = spawn(executablePath, args, {
    env: { ...process.env, HOLDFAST_DATA_DIR: folder, HOLDFAST_PORT: String(port), HOLDFAST_SECRETS: 'file' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const message = await new Promise<string>((resolve) => {
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('cannot start')) resolve(text);
    });
  });
  expect(message).toContain(String(port));
  expect(message).toContain('HOLDFAST_PORT');
  child.kill('SIGKILL');
  await once(child, 'exit');
  foreign.close();
});

test('everything is shown under LANG=C', async ({ folder }) => {
  const holdfast = await launchHoldfast({ folder, env: { LANG: 'C', LC_ALL: 'C', LANGUAGE: 'C' } });
  try {
    const { window } = holdfast;
    const failures: string[] = [];
    window.on('pageerror', (error) => failures.push(error.message));
    await holdfast.open('History');
    await expect(window.getByRole('slider', { name: /reconnects/i })).toBeVisible();
    await expect(window.locator('canvas').first()).toBeVisible();
    await holdfast.open('Sessions');
    await expect(window.getByRole('heading', { level: 1 })).toHaveText('Sessions');
    expect(failures).toEqual([]);
  } finally {
    await holdfast.close();
  }
});

test('a crashed window comes back and the sessions never noticed', async ({ holdfast, connect }) => {
  const client = await connect({ key: await holdfast.newKey('laptop') });
  await client.call('health_check');
  const before = await holdfast.admin<{ sessions: { reconnect_count: number }[] }>('/api/mcp/sessions');
  await holdfast.app.evaluate(
    ({ BrowserWindow }) =>
      new Promise<void>((resolve) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents;
        contents?.once('did-finish-load', () => resolve());
        contents?.forcefullyCrashRenderer();
      }),
  );
  await expect
    .poll(() =>
      holdfast.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
          'document.querySelector("[data-connection]")?.dataset.connection',
        ),
      ),
    )
    .toBe('live');
  await client.call('health_check');
  const after = await holdfast.admin<{ sessions: { reconnect_count: number; status: string }[] }>('/api/mcp/sessions');
  expect(after.sessions).toHaveLength(1);
  expect(after.sessions[0]).toMatchObject({ status: 'active', reconnect_count: before.sessions[0]?.reconnect_count });
});
