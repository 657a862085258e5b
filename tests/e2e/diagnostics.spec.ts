import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readCrashNotes } from '#src/main/platform/crash-notes';
import { readEndpointFile } from '#src/main/platform/endpoint-file';
import { expect, launchHoldfast, test } from './support/holdfast';

/** Found nowhere but where the test puts it. */
const CANARY = 'cAnArY7Tq2Vx9Lm4Rw8Kp3Zs6Nb1';

test('the palette jumps to a session and asks before it ends it', async ({ holdfast, connect }) => {
  const { window } = holdfast;
  const client = await connect({ key: await holdfast.newKey('laptop') });
  await client.call('health_check');
  const { sessions } = await holdfast.admin<{ sessions: { session_id: string }[] }>('/api/mcp/sessions');
  const id = sessions[0]?.session_id ?? '';
  const box = window.getByRole('combobox', { name: /^Find a view/ });
  const chosen = window.getByRole('option', { selected: true });

  await window.keyboard.press('Control+k');
  await expect(box).toBeFocused();
  await window.keyboard.type(id.slice(0, 14));
  await expect(chosen).toContainText(id);
  await window.keyboard.press('Enter');
  await expect(window.getByRole('complementary', { name: 'Session' })).toBeVisible();
  expect(new URL(window.url()).hash).toBe(`#/sessions/${id}`);

  await window.keyboard.press('Control+k');
  await expect(box).toBeFocused();
  await window.keyboard.type('end session');
  await expect(chosen).toContainText('End session of');
  await window.keyboard.press('Enter');
  const question = window.getByRole('alertdialog');
  await expect(question).toBeVisible();
  await question.getByRole('button', { name: 'End session' }).click();
  await expect
    .poll(async () => (await holdfast.admin<{ status: string }>(`/api/mcp/sessions/${id}`)).status)
    .toBe('closed');
});

test('Diagnostics names the server that hangs, and what is copied holds no secret', async ({ folder }) => {
  test.setTimeout(120_000);
  const silent = {
    command: process.execPath,
    args: ['-e', `console.error("token ${CANARY}"); process.stdin.resume()`],
    env: { API_TOKEN: CANARY },
    policy: 'shared',
  };
  writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers: { silent } }), { mode: 0o600 });
  writeFileSync(
    join(folder, 'crashes.json'),
    JSON.stringify([{ at: 1, kind: 'holdfast', what: `Error: refused\n  Authorization: Bearer ${CANARY}` }]),
    { mode: 0o600 },
  );
  const line = {
    level: 50,
    time: Date.now(),
    msg: `refused Bearer ${CANARY}`,
    url: `https://x.example/?token=${CANARY}`,
  };
  writeFileSync(join(folder, 'holdfast.log'), `${JSON.stringify(line)}\n`, { mode: 0o600 });
  const holdfast = await launchHoldfast({ folder });
  try {
    const { app, window } = holdfast;
    const key = await holdfast.newKey('laptop');
    const { servers } = await holdfast.admin<{ servers: { fingerprint: string }[] }>('/api/mcp/servers');
    const body = { fingerprint: servers[0]?.fingerprint };
    await holdfast.admin('/api/mcp/servers/silent/trust', { method: 'POST', body });

    await holdfast.open('Diagnostics');
    await expect(window.getByText(join(folder, 'servers.json'), { exact: true })).toBeVisible();
    await window.getByRole('button', { name: 'Run the checks' }).click();
    const failed = window.getByRole('list', { name: 'Failed checks' }).getByRole('listitem');
    await expect(failed).toContainText('Server silent: ', { timeout: 60_000 });
    await expect(failed).toContainText('Open Servers');
    await expect(window.getByRole('button', { name: 'Check again' })).toBeVisible({ timeout: 60_000 });
    await expect(window.getByText(/Process \d+ with 1 server process/)).toBeVisible({ timeout: 70_000 });

    await window.getByRole('button', { name: 'Copy diagnosis' }).click();
    await expect(window.getByText('Diagnosis copied')).toBeVisible();
    const copied = await app.evaluate(({ clipboard }) => clipboard.readText());
    expect(copied).toContain('# Holdfast diagnosis');
    expect(copied).toContain('**FAILED**');
    expect(copied).toContain('silent: ');
    const shown = await window.locator('body').textContent();
    for (const text of [copied, shown]) {
      expect(text).not.toContain(CANARY);
      expect(text).not.toContain(key);
      expect(text).not.toContain(readEndpointFile(folder)?.admin_key ?? 'no key');
      expect(text).not.toMatch(/hfa?_[\w-]{20}|eyJ/);
    }
    expect(copied).not.toMatch(new RegExp(`${homedir()}(?![\\w.-])`));
  } finally {
    await holdfast.close();
  }
});

test('a crash of the window is noted, and shown by the window that comes after it', async ({ holdfast }) => {
  const { app, folder, window } = holdfast;
  const gone = window.waitForEvent('crash');
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
  await gone;
  await expect.poll(() => readCrashNotes(folder).map(({ kind }) => kind)).toEqual(['window']);
  const shown = () =>
    app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
        "location.hash = '#/diagnostics'; document.body.textContent",
      ),
    );
  await expect.poll(shown, { timeout: 20_000 }).toContain('The window crashed');
});
