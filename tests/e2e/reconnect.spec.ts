import { expect, launchHoldfast, test } from './support/holdfast';

interface SessionJson {
  session_id: string;
  status: string;
  reconnect_count: number;
  last_reconnect_cause: string | null;
}

test('a client connects, drops and returns, and the window shows it live and keeps it over a restart', async ({
  holdfast,
  connect,
  folder,
}) => {
  const { window } = holdfast;
  await expect(window.getByRole('heading', { name: 'Overview' })).toBeVisible();
  const key = await holdfast.newKey('laptop');

  const client = await connect({ key });
  const { session } = (await client.call('session_info')).structuredContent ?? {};
  const sessionId = (session as SessionJson).session_id;

  await holdfast.open('Sessions');
  const row = window.locator(`[data-session-id="${sessionId}"]`);
  await expect(row).toContainText('e2e-client');
  await expect(row.locator('[data-status="active"]')).toBeVisible();
  await expect(row.locator('[data-column="reconnects"]')).toHaveText('0');

  client.kill();
  await expect(row.locator('[data-status="disconnected"]')).toBeVisible();

  const again = await connect({ key, sessionId: client.transportId });
  await again.call('health_check');
  await expect(row.locator('[data-status="active"]')).toBeVisible();
  await expect(row.locator('[data-column="reconnects"]')).toHaveText('1');

  await row.click();
  const detail = window.getByRole('complementary');
  await expect(detail).toContainText('Reconnected');
  await expect(detail).toContainText('Disconnected');

  await holdfast.open('History');
  await window.getByRole('button', { name: '1h' }).click();
  const chart = window.getByRole('slider', { name: /reconnects/i });
  await expect(chart).toHaveAttribute('aria-valuetext', /Came back 1/, { timeout: 15_000 });

  again.kill();
  await holdfast.close();
  const restarted = await launchHoldfast({ folder });
  try {
    await restarted.window.evaluate(() => {
      location.hash = '#/history?range=1h';
    });
    const kept = restarted.window.getByRole('slider', { name: /reconnects/i });
    await expect(kept).toHaveAttribute('aria-valuetext', /Came back 1/);
    await restarted.open('Sessions');
    const keptRow = restarted.window.locator(`[data-session-id="${sessionId}"]`);
    await expect(keptRow.locator('[data-status="disconnected"]')).toBeVisible();
    await expect(keptRow.locator('[data-column="reconnects"]')).toHaveText('1');
  } finally {
    await restarted.close();
  }
});

test('a token brings a new process of the client back to the old session', async ({ holdfast, connect }) => {
  const { window } = holdfast;
  const key = await holdfast.newKey('laptop');
  const first = await connect({ key });
  const info = (await first.call('session_info')).structuredContent ?? {};
  const { session_id } = info.session as SessionJson;
  first.kill();
  await expect
    .poll(async () => (await holdfast.admin<SessionJson>(`/api/mcp/sessions/${session_id}`)).status)
    .toBe('disconnected');

  // Another process is another chat, which has a session of its own until it brings the token.
  const second = await connect({ key });
  const { reconnect_count: before } = await holdfast.admin<SessionJson>(`/api/mcp/sessions/${session_id}`);
  const back = await second.call('reconnect_session', { session_id, reconnect_token: info.reconnect_token });
  expect(back.structuredContent).toMatchObject({ success: true, session_id, reconnect_count: before + 1 });
  const now = (await second.call('session_info')).structuredContent ?? {};
  expect((now.session as SessionJson).session_id).toBe(session_id);

  await holdfast.open('Sessions');
  const row = window.locator(`[data-session-id="${session_id}"]`);
  await expect(row.locator('[data-status="active"]')).toBeVisible();
  await expect(row.locator('[data-column="reconnects"]')).toHaveText(String(before + 1));
});

test('what a person does in the window reaches the session', async ({ holdfast, connect }) => {
  const { window } = holdfast;
  const client = await connect({ key: await holdfast.newKey('laptop') });
  const { session } = (await client.call('session_info')).structuredContent ?? {};
  const { session_id } = session as SessionJson;
  await holdfast.open('Sessions');
  const row = window.locator(`[data-session-id="${session_id}"]`);
  await row.click();

  await window.getByRole('button', { name: 'Issue token' }).click();
  await window.getByRole('dialog').getByRole('button', { name: 'Issue token' }).click();
  const secret = window.locator('[data-secret]');
  await expect(secret).toHaveText(/^eyJ/);
  const token = await secret.textContent();
  await window.getByRole('button', { name: 'Done' }).click();
  await expect(secret).toHaveCount(0);
  expect(await window.content()).not.toContain(token);

  await window.getByRole('button', { name: 'More actions' }).click();
  await window.getByRole('menuitem', { name: 'End session…' }).click();
  await window
    .getByRole('dialog')
    .or(window.getByRole('alertdialog'))
    .getByRole('button', { name: 'End session' })
    .click();
  await expect(row.locator('[data-status="closed"]')).toBeVisible();
  await expect(client.call('health_check')).rejects.toThrow(/404|not found/i);
});
