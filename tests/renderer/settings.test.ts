import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { SETTING_NAMES } from '#src/shared/model/setting-definitions';
import { settingHelp, settingLabel } from '#src/shared/model/setting-words';
import { violationsInBothThemes } from '#tests/support/violations';
import { labTest, type OpenOptions, STARTUP_MS } from './support/browser';
import { expectFocusOn } from './support/focus';

const test = labTest.extend(
  'openSettings',
  ({ open }) =>
    (options: OpenOptions = {}) =>
      open({ hash: '#/settings', reducedMotion: 'reduce', ...options }),
);

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

const RETENTION = settingLabel('retention_hours');
const control = (page: Page, label: string) => page.getByLabel(label, { exact: true });
const kept = (page: Page) => page.evaluate(() => Object.fromEntries(window.world.settings.kept));
const toast = (page: Page, title: string) => page.getByRole('dialog').filter({ hasText: title });

describe('axe finds nothing, light and dark', () => {
  test('with an error, a change that waits, and each dialog', { timeout: 60_000 }, async ({ openSettings }) => {
    const page = await openSettings();
    const audit = async (what: string) => expect(await violationsInBothThemes(page), what).toEqual([]);
    await control(page, settingLabel('secrets')).selectOption('file');
    await control(page, RETENTION).fill('much');
    await control(page, RETENTION).press('Enter');
    await page.getByRole('alert').filter({ hasText: 'from 1 to 720' }).waitFor();
    await audit('view');
    await page.getByRole('button', { name: 'Restart Holdfast' }).click();
    await page.getByRole('alertdialog', { name: 'Restart Holdfast?' }).waitFor();
    await audit('restart');
    await page.keyboard.press('Escape');
    await control(page, 'Port').fill('9000');
    await control(page, 'Port').press('Enter');
    await page.getByRole('alertdialog', { name: 'Change the port to 9000?' }).waitFor();
    await audit('port');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Delete history…' }).click();
    await page.getByRole('alertdialog', { name: 'Delete the history?' }).waitFor();
    await audit('delete');
  });
});

test('every setting is there, with what it does', async ({ openSettings }) => {
  const page = await openSettings();
  for (const name of SETTING_NAMES) {
    await control(page, settingLabel(name)).waitFor();
    await page.getByText(settingHelp(name), { exact: true }).waitFor();
  }
  await page.getByText('From the installed package').waitFor();
  await page.getByText('/home/dev/.local/share/holdfast/holdfast.log', { exact: true }).waitFor();
  await page.getByRole('region', { name: 'Servers' }).getByText('with a key in the keychain of the system.').waitFor();
});

describe('a number', () => {
  test('is saved with Enter, can be undone, and has a way back to its default', async ({ openSettings }) => {
    const page = await openSettings();
    await control(page, RETENTION).fill('48');
    await control(page, RETENTION).press('Enter');
    await toast(page, `${RETENTION}: 48 hours`).waitFor();
    expect(await kept(page)).toEqual({ retention_hours: 48 });
    await toast(page, RETENTION).getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => control(page, RETENTION).inputValue()).toBe('24');
    expect(await kept(page)).toEqual({});

    await control(page, RETENTION).fill('72');
    await page.getByRole('button', { name: `Save ${RETENTION}` }).click();
    await page.getByRole('button', { name: `${RETENTION}: back to default, 24 hours` }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Shorten' }).click();
    await expect.poll(() => control(page, RETENTION).inputValue()).toBe('24');
    expect(await kept(page)).toEqual({});
  });

  test('that is wrong is said beside the field, and what was typed stays', async ({ openSettings }) => {
    const page = await openSettings();
    await control(page, RETENTION).fill('9000');
    await control(page, RETENTION).press('Enter');
    await page
      .getByRole('alert')
      .filter({ hasText: `${RETENTION}: enter a whole number from 1 to 720 (hours).` })
      .waitFor();
    expect(await control(page, RETENTION).inputValue()).toBe('9000');
    expect(await control(page, RETENTION).getAttribute('aria-invalid')).toBe('true');
    // A reload of the list takes nothing away either.
    await page.evaluate(() => window.store.getState().actions.loadSettings());
    expect(await control(page, RETENTION).inputValue()).toBe('9000');
    await control(page, RETENTION).press('Escape');
    expect(await control(page, RETENTION).inputValue()).toBe('24');
    // Whoever is told by a button goes on in the field.
    await control(page, RETENTION).fill('0');
    await page.getByRole('button', { name: `Save ${RETENTION}` }).click();
    await expectFocusOn(control(page, RETENTION), 'after a wrong value');
    await control(page, RETENTION).press('Escape');
    expect(await kept(page)).toEqual({});
  });

  test('that does not fit another one, or that cannot be saved, stays with the sentence', async ({ openSettings }) => {
    const page = await openSettings();
    const token = settingLabel('token_life_minutes');
    await control(page, token).fill('1440');
    await control(page, token).press('Enter');
    await control(page, RETENTION).fill('5');
    await control(page, RETENTION).press('Enter');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Shorten' }).click();
    await page.getByRole('alert').filter({ hasText: 'A reconnect token must not outlive its session' }).waitFor();
    await page.evaluate(() => window.bridge.fail('unreachable'));
    await control(page, RETENTION).fill('48');
    await control(page, RETENTION).press('Enter');
    await expect.poll(() => control(page, RETENTION).getAttribute('aria-invalid')).toBe('true');
    expect(await control(page, RETENTION).inputValue()).toBe('48');
    await page.evaluate(() => window.bridge.fail(null));
    await control(page, RETENTION).press('Enter');
    await toast(page, `${RETENTION}: 48 hours`).waitFor();
  });

  test('that takes something away for good says so first', async ({ openSettings }) => {
    const page = await openSettings();
    const dialog = page.getByRole('alertdialog', { name: `${RETENTION}: only 1 hour?` });
    await control(page, RETENTION).fill('1');
    await control(page, RETENTION).press('Enter');
    await dialog.getByText('Sessions whose client has been away for more than 1 hour expire at once.').waitFor();
    // Before the dialog has the focus, Escape would be the field's.
    await expect.poll(() => dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await kept(page)).toEqual({});
    expect(await control(page, RETENTION).inputValue()).toBe('1');
    await control(page, RETENTION).press('Enter');
    await dialog.getByRole('button', { name: 'Shorten' }).click();
    await toast(page, `${RETENTION}: 1 hour`).waitFor();
    expect(await kept(page)).toEqual({ retention_hours: 1 });
  });

  test('shows what somebody else saved, within seconds', async ({ openSettings }) => {
    const page = await openSettings({ clock: true });
    await control(page, RETENTION).waitFor();
    await page.evaluate(() => window.bridge.invoke('settings.change', { changes: { retention_hours: 30 } }));
    await page.clock.fastForward(5_000);
    await expect.poll(() => control(page, RETENTION).inputValue()).toBe('30');
  });
});

test('what the environment sets cannot be changed, and says where it can', async ({ openSettings }) => {
  const page = await openSettings();
  const field = control(page, settingLabel('processes'));
  expect(await field.inputValue()).toBe('48');
  expect(await field.getAttribute('readonly')).not.toBeNull();
  await page.getByText('Set by HOLDFAST_PROCESSES; change it there.').waitFor();
  expect(await control(page, settingLabel('trust_servers')).isDisabled()).toBe(true);
  await page.getByText('Only HOLDFAST_TRUST_SERVERS can set it').waitFor();
});

test('what is saved beneath a variable can be forgotten', async ({ openSettings }) => {
  const page = await openSettings();
  await page.evaluate(() => {
    window.world.settings.kept.set('processes', 9);
    window.world.settings.restart();
    return window.store.getState().actions.loadSettings();
  });
  await page.getByRole('button', { name: `${settingLabel('processes')}: forget the saved 9` }).click();
  await toast(page, `${settingLabel('processes')}: nothing is saved any more`).waitFor();
  expect(await kept(page)).toEqual({});
  expect(await control(page, settingLabel('processes')).inputValue()).toBe('48');
});

describe('the port', () => {
  test('that is taken is not saved', async ({ openSettings }) => {
    const page = await openSettings();
    await control(page, 'Port').fill('9999');
    await control(page, 'Port').press('Enter');
    await page.getByRole('alert').filter({ hasText: 'Port 9999 is taken by another program.' }).waitFor();
    expect(await kept(page)).toEqual({});
  });

  test('is saved once it was said which clients have to be changed, and waits for a restart', async ({
    openSettings,
  }) => {
    const page = await openSettings();
    await control(page, 'Port').fill('9000');
    await control(page, 'Port').press('Enter');
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('Port 9000 is free.').waitFor();
    await dialog.getByText('http://127.0.0.1:9000/mcp').waitFor();
    await dialog.getByText(/there: .* on this laptop, .* on this laptop/).waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(await kept(page)).toEqual({});
    expect(await control(page, 'Port').inputValue()).toBe('9000');

    const before = await control(page, 'Port').boundingBox();
    await control(page, 'Port').press('Enter');
    await dialog.getByRole('button', { name: 'Change the port' }).click();
    await page.getByText('After the next start; 8181 until then.').waitFor();
    expect(await kept(page)).toEqual({ port: 9_000 });
    expect(await control(page, 'Port').boundingBox()).toEqual(before);

    await page.getByRole('button', { name: 'Restart Holdfast' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Restart Holdfast' }).click();
    await expect.poll(() => page.evaluate(() => window.world.settings.restarts)).toBe(1);
  });
});

test('without a window, Holdfast says how it comes to a restart', async ({ openSettings }) => {
  const page = await openSettings();
  await page.evaluate(() => {
    window.world.settings.canRestart = false;
  });
  await control(page, settingLabel('secrets')).selectOption('file');
  await page.getByText('Quit Holdfast and start it again; without a window it cannot do so itself.').waitFor();
  expect(await page.getByRole('button', { name: 'Restart Holdfast' }).count()).toBe(0);
});

describe('what is kept', () => {
  test('is listed with its time, its limit and its bytes', async ({ openSettings }) => {
    const page = await openSettings();
    await page.locator('[data-area="events"]').getByText('18 MB').waitFor();
    await page.locator('[data-area="events"]').getByText('1024 MiB', { exact: true }).waitFor();
    await page.locator('[data-area="total"]').getByText('125 MB').waitFor();
  });

  test('is deleted once it was said what goes', async ({ openSettings }) => {
    const page = await openSettings();
    const dialog = page.getByRole('alertdialog');
    const deleted = () => page.evaluate(() => window.world.privacy.deleted);
    await page.getByRole('button', { name: 'Delete ended sessions…' }).click();
    await dialog.getByText('Deletes 31 ended sessions, 12,400 events, 4,100 messages for good.').waitFor();
    await dialog.getByText('Sessions that have not ended stay.').waitFor();
    await dialog.getByText('Backups keep a copy').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(await deleted()).toEqual([]);

    await page.getByRole('button', { name: 'Delete history…' }).click();
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await toast(page, '8,200 rows of history').waitFor();
    expect(await deleted()).toEqual([{ what: 'history' }]);
    await page.getByRole('button', { name: 'Delete history…' }).click();
    await dialog.getByText('Nothing to delete.').waitFor();
  });

  test('has a limit in bytes that says what there is, and what goes when it is lowered', async ({ openSettings }) => {
    const page = await openSettings();
    const label = settingLabel('activity_mib');
    await page.getByText('5 MB today').waitFor();
    await control(page, label).fill('64');
    await control(page, label).press('Enter');
    const dialog = page.getByRole('alertdialog', { name: `${label}: only 64 MiB?` });
    await dialog.getByText('Activity beyond 64 MiB is removed within minutes, the oldest first.').waitFor();
    await dialog.getByRole('button', { name: 'Lower' }).click();
    await toast(page, `${label}: 64 MiB`).waitFor();
    expect(await kept(page)).toEqual({ activity_mib: 64 });
  });

  test('that is older than some days needs a number of days', async ({ openSettings }) => {
    const page = await openSettings();
    await control(page, 'Delete older data').fill('a week');
    await page.getByRole('button', { name: 'Delete older data…' }).click();
    await page.getByRole('alert').filter({ hasText: 'Enter a whole number of days from 1 to 400.' }).waitFor();
    await control(page, 'Delete older data').fill('14');
    await control(page, 'Delete older data').press('Enter');
    await page.getByRole('alertdialog', { name: 'Delete everything older than 14 days?' }).waitFor();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await expect.poll(() => page.evaluate(() => window.world.privacy.deleted)).toEqual([{ what: 'older', days: 14 }]);
  });
});

test('the theme is the one of the header', async ({ openSettings }) => {
  const page = await openSettings({ colorScheme: 'light' });
  await page.getByRole('group', { name: 'Theme' }).getByRole('button', { name: 'Dark' }).click();
  await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('dark');
  await page.getByRole('button', { name: 'Theme: Dark' }).waitFor();
});

test('nothing is cut off in the smallest window', async ({ openSettings }) => {
  const page = await openSettings({ viewport: { width: 720, height: 480 } });
  await control(page, RETENTION).fill('48');
  const wide = await page
    .getByRole('region', { name: 'Settings' })
    .evaluate((region) => region.scrollWidth - region.clientWidth);
  expect(wide).toBe(0);
});
