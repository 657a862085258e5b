import { once } from 'node:events';
import { renameSync } from 'node:fs';
import { readEndpointFile } from '#src/main/platform/endpoint-file';
import { boundsOf, closeWindow, launchHidden, rendererCount, runCommand, startAgain } from './support/background';
import { expect, launchHoldfast, test } from './support/holdfast';

test('closing the window ends its process and nothing else; a second start opens it again as it was', async ({
  holdfast,
  connect,
  folder,
}) => {
  const { app } = holdfast;
  const client = await connect({ key: await holdfast.newKey('laptop') });
  await client.call('health_check');
  await holdfast.open('History');
  expect(await rendererCount(app)).toBe(1);

  await closeWindow(app);
  await expect.poll(() => rendererCount(app)).toBe(0);
  await client.call('health_check');
  const { sessions } = await holdfast.admin<{ sessions: object[] }>('/api/mcp/sessions');
  expect(sessions).toHaveLength(1);
  expect(sessions[0]).toMatchObject({ status: 'active', reconnect_count: 0 });

  const again = app.waitForEvent('window');
  expect(await startAgain(folder)).toMatchObject({ code: 0, stdout: expect.stringContaining('already running') });
  const window = await again;
  await window.locator('[data-connection="live"]').waitFor();
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('History');
});

test('holdfast quit ends it without a window, and its sessions wait for the next start', async ({
  connect,
  folder,
}) => {
  const { app, newKey } = await launchHoldfast({ folder });
  const process = app.process();
  const gone = once(process, 'exit');
  const client = await connect({ key: await newKey('laptop') });
  await client.call('health_check');
  await closeWindow(app);
  expect(await runCommand(folder, 'quit')).toMatchObject({ code: 0, stdout: expect.stringContaining('has ended') });
  await gone;
  expect(process.exitCode).toBe(0);
  expect(readEndpointFile(folder)).toBeNull();
  expect(await runCommand(folder, 'quit')).toMatchObject({ code: 3 });

  const next = await launchHoldfast({ folder });
  try {
    const { sessions } = await next.admin<{ sessions: { session_id: string }[] }>('/api/mcp/sessions');
    expect(sessions).toHaveLength(1);
    const { events } = await next.admin<{ events: { kind: string; payload: object }[] }>(
      `/api/mcp/sessions/${sessions[0]?.session_id}/events`,
    );
    expect(events.find(({ kind }) => kind === 'session_disconnected')?.payload).toMatchObject({
      reason: 'supervisor_stopped',
    });
  } finally {
    await next.close();
  }
});

test('the window comes back where it was, after it was closed and after a restart', async ({ folder }) => {
  const place = { x: 140, y: 90, width: 900, height: 640 };
  const first = await launchHoldfast({ folder });
  try {
    await first.app.evaluate(({ BrowserWindow }, wanted) => BrowserWindow.getAllWindows()[0]?.setBounds(wanted), place);
    await expect.poll(() => boundsOf(first.app)).toEqual(place);
    await closeWindow(first.app);
    await startAgain(folder);
    await expect.poll(() => boundsOf(first.app)).toEqual(place);
  } finally {
    await first.close();
  }
  const next = await launchHoldfast({ folder });
  try {
    expect(await boundsOf(next.app)).toEqual(place);
  } finally {
    await next.close();
  }
});

test('--hidden starts without a window, which a plain start then opens', async ({ folder }) => {
  const app = await launchHidden(folder);
  try {
    await expect.poll(() => readEndpointFile(folder)?.url).toBeTruthy();
    expect(await startAgain(folder, ['--hidden'])).toMatchObject({ code: 0 });
    expect(app.windows()).toHaveLength(0);
    expect(await rendererCount(app)).toBe(0);
    const opened = app.waitForEvent('window');
    await startAgain(folder);
    await (await opened).locator('[data-connection="live"]').waitFor();
  } finally {
    await app.close();
  }
});

test('goes on while a dialog says that the data folder is gone', async ({ folder }) => {
  const { app, admin, close } = await launchHoldfast({ folder });
  try {
    let printed = '';
    app.process().stderr?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    renameSync(folder, `${folder}-away`);
    await expect.poll(() => printed, { timeout: 10_000 }).toContain('was deleted or replaced');
    // A dialog that holds up the process would hold up every client.
    expect(await admin('/api/mcp/health')).toMatchObject({ version: expect.anything() });
  } finally {
    try {
      renameSync(`${folder}-away`, folder);
    } finally {
      await close();
    }
  }
});
