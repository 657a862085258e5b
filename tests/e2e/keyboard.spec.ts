import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingLabel } from '#src/shared/model/setting-words';
import { startProtectedServer } from '#tests/support/login/protected-mcp-server';
import { startRotatingServer } from '#tests/support/login/rotating-server';
import { COUNTER } from '#tests/support/paths';
import { expect, test } from './support/holdfast';
import { Keyboard } from './support/keyboard';

test('sessions are found, filtered, opened and named by keyboard alone', async ({ holdfast, connect }) => {
  const { app, window } = holdfast;
  const client = await connect({ key: await holdfast.newKey('laptop') });
  await client.call('health_check');
  const { sessions } = await holdfast.admin<{ sessions: { session_id: string }[] }>('/api/mcp/sessions');
  const id = sessions[0]?.session_id ?? '';
  const keys = new Keyboard(window);
  const pane = window.getByRole('complementary', { name: 'Session' });
  const row = window.locator(`[role=row][data-session-id="${id}"]`);

  // The palette goes to a session.
  await keys.find(id.slice(0, 8), id);
  await expect(pane).toBeVisible();
  await keys.press('Escape');

  // The filter; what fits no session says so, and Escape clears it.
  await keys.find('Sessions', 'Sessions');
  await keys.press('Control+f');
  await expect(window.getByRole('searchbox', { name: 'Filter sessions' })).toBeFocused();
  await keys.type('status:expired');
  await expect(row).toHaveCount(0);
  await keys.press('Escape');
  await keys.type('status:active');
  await expect(row).toBeVisible();
  await keys.press('Enter');

  // Details, and the id on the clipboard.
  await keys.press('ArrowDown', 'Enter');
  await expect(pane).toBeVisible();
  await keys.tabTo(pane.getByRole('button', { name: 'Copy id' }));
  await keys.press('Enter');
  await expect.poll(() => app.evaluate(({ clipboard }) => clipboard.readText())).toBe(id);

  // A name.
  await keys.tabTo(pane.getByRole('button', { name: 'More actions' }));
  await keys.press('Enter');
  await keys.pick('Name this session…');
  await expect(window.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await keys.type('Nightly');
  await keys.press('Enter');
  await expect(window.locator('[data-dialog]')).toHaveCount(0);
  await expect(pane.getByRole('heading', { level: 2 })).toContainText('Nightly');
  await keys.expectFocus('after naming');
  // The tooltip of the button that has the focus takes the first one.
  await keys.press('Escape', 'Escape');
  await expect(pane).toBeHidden();

  // All that is listed is selected, and ended after one question.
  await expect(window.getByRole('grid', { name: 'Sessions' })).toBeFocused();
  await keys.press('Control+a');
  const chosen = window.getByRole('group', { name: 'Selected sessions' });
  await expect(chosen).toContainText('1 selected');
  await keys.tabTo(chosen.getByRole('button', { name: 'End sessions' }), 'Shift+Tab');
  await keys.press('Enter');
  const question = window.getByRole('alertdialog', { name: 'End 1 session?' });
  await keys.tabTo(question.getByRole('button', { name: 'End sessions' }));
  await keys.press('Enter');
  await expect(question).toHaveCount(0);
  await keys.expectFocus('after ending what was selected');
  await expect(row).toHaveCount(0);
});

test('a server is added, confirmed, restarted and logged in to by keyboard alone', async ({
  holdfast,
  folder,
  connect,
}) => {
  const { window } = holdfast;
  const keys = new Keyboard(window);
  const dialog = window.locator('[data-dialog]');
  const detail = (name: string) => window.getByRole('region', { name, exact: true });

  await keys.find('Add server');
  await expect(dialog).toBeVisible();
  await keys.tabTo(dialog.getByRole('textbox', { name: 'Name', exact: true }));
  await keys.type('counter');
  await keys.tabTo(dialog.getByRole('textbox', { name: 'Command' }));
  await keys.type(process.execPath);
  await keys.tabTo(dialog.getByRole('textbox', { name: 'Arguments' }));
  await keys.type(`"${COUNTER}"`);
  await keys.tabTo(dialog.getByRole('button', { name: 'Add', exact: true }));
  await keys.press('Enter');
  await expect(dialog.getByText('Allow Holdfast to run counter?')).toBeVisible();
  await keys.tabTo(dialog.getByRole('button', { name: 'Allow and run' }));
  await keys.press('Enter');
  await expect(dialog).toHaveCount(0);
  await keys.expectFocus('after confirming');

  // A command that came in by the file is confirmed by the palette.
  const authorization = await startRotatingServer();
  const issues = await startProtectedServer({ authorization: [authorization] });
  try {
    const counter = { command: process.execPath, args: [COUNTER] };
    const mcpServers = { counter, second: counter, issues: { url: issues.url } };
    writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers }));
    await keys.find('Servers', 'Servers');
    await expect(detail('issues')).toBeVisible();
    await keys.find('Review the command of second');
    await expect(dialog).toBeVisible();
    await keys.tabTo(dialog.getByRole('button', { name: 'Allow and run' }));
    await keys.press('Enter');
    await expect(dialog).toHaveCount(0);
    await keys.expectFocus('after confirming what is in the file');

    const client = await connect({ key: await holdfast.newKey('laptop') });
    await client.call('counter__count');
    await keys.tabTo(detail('counter').getByRole('button', { name: 'Restart' }));
    await keys.press('Enter');
    // It asks while the list still shows the call that has just ended.
    const isRestarting = window.getByText('counter is restarting');
    const question = window.getByRole('alertdialog', { name: 'Restart counter?' });
    await expect(isRestarting.or(question)).toBeVisible();
    if (await question.isVisible()) {
      await keys.tabTo(question.getByRole('button', { name: 'Restart' }));
      await keys.press('Enter');
    }
    await expect(isRestarting).toBeVisible();
    await keys.expectFocus('after restarting');

    await keys.find('Log in to issues');
    await expect(dialog).toContainText('Log in to issues at');
    await keys.tabTo(dialog.getByRole('link', { name: 'Open in browser' }));
    await keys.press('Escape');
    await expect(dialog).toHaveCount(0);
    await keys.expectFocus('after the login was begun');
  } finally {
    await issues.close();
    await authorization.close();
  }
});

test('a setting is changed, kept data is deleted and the diagnosis is copied by keyboard alone', async ({
  holdfast,
  connect,
}) => {
  test.setTimeout(120_000);
  const { app, window } = holdfast;
  const client = await connect({ key: await holdfast.newKey('laptop') });
  await client.call('health_check');
  const { sessions } = await holdfast.admin<{ sessions: { session_id: string }[] }>('/api/mcp/sessions');
  await holdfast.admin(`/api/mcp/sessions/${sessions[0]?.session_id}`, { method: 'DELETE' });
  const keys = new Keyboard(window);

  await keys.find('Settings', 'Settings');
  const retention = window.getByLabel(settingLabel('retention_hours'), { exact: true });
  await keys.tabTo(retention);
  await keys.press('Control+a');
  await keys.type('48');
  await keys.tabTo(window.getByRole('button', { name: `Save ${settingLabel('retention_hours')}` }));
  await keys.press('Enter');
  await expect(window.getByText(`${settingLabel('retention_hours')}: 48 hours`)).toBeVisible();
  await keys.expectFocus('after saving');
  await expect(retention).toBeFocused();
  await keys.tabTo(window.getByRole('button', { name: /back to default, 24 hours$/ }));
  await keys.press('Enter');
  await keys.tabTo(window.getByRole('alertdialog').getByRole('button', { name: 'Shorten' }));
  await keys.press('Enter');
  await expect(retention).toHaveValue('24');
  await keys.expectFocus('after the default was put back');

  await keys.tabTo(window.getByRole('switch', { name: 'A server is down' }));
  await keys.press('Space');
  await expect(window.getByRole('switch', { name: 'A server is down' })).not.toBeChecked();

  await keys.tabTo(window.getByRole('button', { name: 'Delete ended sessions…' }));
  await keys.press('Enter');
  const question = window.getByRole('alertdialog', { name: 'Delete all ended sessions?' });
  await expect(question).toContainText('1 ended session');
  await keys.tabTo(question.getByRole('button', { name: 'Delete', exact: true }));
  await keys.press('Enter');
  await expect(question).toHaveCount(0);
  await keys.expectFocus('after deleting');
  await expect(window.getByRole('button', { name: 'Delete ended sessions…' })).toBeFocused();
  expect((await holdfast.admin<{ total: number }>('/api/mcp/sessions')).total).toBe(0);

  await keys.find('Diagnostics', 'Diagnostics');
  await keys.tabTo(window.getByRole('button', { name: 'Run the checks' }));
  await keys.press('Enter');
  await keys.expectFocus('while it checks');
  await expect(window.getByRole('button', { name: 'Check again' })).toBeVisible({ timeout: 60_000 });
  await keys.expectFocus('after the checks');
  await keys.tabTo(window.getByRole('button', { name: /^Copy/ }).first(), 'Shift+Tab');
  await keys.press('Enter');
  await expect.poll(() => app.evaluate(({ clipboard }) => clipboard.readText())).toContain('# Holdfast');
  await keys.expectFocus('after copying');
});
