import { violationsInBothThemes } from '#tests/support/violations';
import { expect, test } from './support/holdfast';

const VIEWS = ['overview', 'sessions', 'servers', 'history', 'activity', 'connect', 'settings', 'diagnostics'] as const;

test('axe finds nothing on any view, light and dark', async ({ holdfast, connect }) => {
  test.slow();
  const { window } = holdfast;
  const client = await connect({ key: await holdfast.newKey('laptop') });
  await client.call('health_check');

  const audit = async (what: string) => expect(await violationsInBothThemes(window), what).toEqual([]);
  for (const view of VIEWS) {
    await window.evaluate((name) => {
      location.hash = `#/${name}`;
    }, view);
    await expect(window.getByRole('heading', { level: 1 })).toHaveText(new RegExp(view, 'i'));
    await audit(view);
  }
  await window.getByRole('link', { name: /^Connect/ }).click();
  await window.getByRole('button', { name: /^Sees everything/ }).click();
  await expect(window.getByRole('dialog')).toBeVisible();
  await audit('what a client sees');
  await window.keyboard.press('Escape');
  await expect(window.getByRole('dialog')).toBeHidden();
  await window.getByRole('link', { name: /^Servers/ }).click();
  await window.getByRole('button', { name: 'Sets' }).click();
  await expect(window.getByRole('dialog')).toBeVisible();
  await audit('sets');
  await window.keyboard.press('Escape');

  await holdfast.open('Sessions');
  await window.getByRole('switch', { name: 'Group by client' }).click();
  await window.getByRole('checkbox', { name: 'Select all', exact: true }).click();
  await expect(window.getByRole('group', { name: 'Selected sessions' })).toBeVisible();
  await audit('sessions by client, selected');
  await window.keyboard.press('Escape');
  await window.locator('[data-session-id]').first().click();
  await expect(window.getByRole('complementary')).toBeVisible();
  await audit('session detail');
  await window.getByRole('button', { name: 'Issue token' }).click();
  await expect(window.getByRole('dialog')).toBeVisible();
  await audit('dialog');
  await window.keyboard.press('Escape');

  await window.getByRole('link', { name: /^Activity/ }).click();
  const newest = window.getByRole('grid').locator('[data-outcome]').first();
  await newest.click();
  await window.getByRole('button', { name: /^Record contents for/ }).click();
  await expect(window.getByRole('banner').getByText('Recording contents')).toBeVisible();
  await client.call('list_sessions');
  await expect(newest).toContainText('list_sessions');
  await newest.click();
  await expect(window.getByRole('tree').first()).toBeVisible();
  await audit('contents of a message');
});
