import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { MINUTE } from '#src/shared/model/units';
import { violations } from '#tests/support/violations';
import { labTest, type OpenOptions, STARTUP_MS } from './support/browser';

const test = labTest.extend(
  'openSettings',
  ({ open }) =>
    (options: OpenOptions = {}) =>
      open({ hash: '#/settings', reducedMotion: 'reduce', clock: true, ...options }),
);

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const alertSettings = (page: Page) => page.evaluate(() => window.world.told.settings);

describe('notifications', () => {
  test('are switched off and on by kind', async ({ openSettings }) => {
    const page = await openSettings();
    const down = section(page, 'Notifications').getByRole('switch', { name: 'A server is down' });
    expect(await down.isChecked()).toBe(true);
    await down.click();
    await expect.poll(() => down.isChecked()).toBe(false);
    expect((await alertSettings(page)).off).toEqual(['server_down']);
    await section(page, 'Notifications').getByRole('switch', { name: 'A session lost its client' }).click();
    await expect.poll(async () => (await alertSettings(page)).off).toEqual(['server_down', 'session_dropped']);
    await down.click();
    await expect.poll(async () => (await alertSettings(page)).off).toEqual(['session_dropped']);
  });

  test('show what holds, and why it could not be changed', async ({ openSettings }) => {
    const page = await openSettings();
    const down = section(page, 'Notifications').getByRole('switch', { name: 'A server is down' });
    await down.waitFor();
    await page.evaluate(() => window.bridge.fail('storage_unavailable'));
    await down.click();
    await section(page, 'Notifications').getByRole('alert').first().waitFor();
    expect(await down.isChecked()).toBe(true);
  });

  test('pause for an hour, and go on', async ({ openSettings }) => {
    const page = await openSettings();
    await page.getByRole('button', { name: 'Pause for 1 hour' }).click();
    await page.getByText(/^Paused until \d\d:\d\d\.$/).waitFor();
    const { paused_until } = await alertSettings(page);
    expect(Math.abs((paused_until ?? 0) - Date.now() - 60 * MINUTE)).toBeLessThan(MINUTE);
    await page.getByRole('button', { name: 'Resume notifications' }).click();
    await page.getByText('Not paused').waitFor();
    expect((await alertSettings(page)).paused_until).toBeNull();
  });

  test('are quiet at hours of the day, which can be typed', async ({ openSettings }) => {
    const page = await openSettings();
    await page.getByRole('switch', { name: 'Quiet every day' }).click();
    await page.getByLabel('Quiet from', { exact: true }).waitFor();
    expect((await alertSettings(page)).quiet_hours).toEqual({ from: '22:00', to: '07:00' });
    await page.getByLabel('Quiet from', { exact: true }).fill('23:15');
    await page.getByLabel('Quiet from', { exact: true }).press('Enter');
    await expect.poll(async () => (await alertSettings(page)).quiet_hours).toEqual({ from: '23:15', to: '07:00' });
    await page.getByLabel('Quiet until', { exact: true }).fill('6:45');
    await page.getByLabel('Quiet until', { exact: true }).blur();
    await expect.poll(async () => (await alertSettings(page)).quiet_hours).toEqual({ from: '23:15', to: '06:45' });
    await page.getByLabel('Quiet until', { exact: true }).fill('late');
    await page.getByLabel('Quiet until', { exact: true }).blur();
    await page.getByRole('alert').filter({ hasText: 'Enter both times, such as 22:30 and 07:00.' }).waitFor();
    expect((await alertSettings(page)).quiet_hours).toEqual({ from: '23:15', to: '06:45' });
    await page.getByRole('switch', { name: 'Quiet every day' }).click();
    await expect.poll(async () => (await alertSettings(page)).quiet_hours).toBeNull();
  });

  test('go to a webhook, of which only the host is shown', async ({ openSettings }) => {
    const page = await openSettings();
    const address = page.getByLabel('Webhook', { exact: true });
    await address.fill('ftp://example.com/x');
    await address.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'Enter an https:// address' }).waitFor();
    expect(await address.inputValue()).toBe('ftp://example.com/x');
    await address.fill('https://hooks.example.com/secret-part');
    await page.getByRole('button', { name: 'Save webhook' }).click();
    await page.getByText('Posts to hooks.example.com.').waitFor();
    expect(await page.content()).not.toContain('secret-part');
    await page.getByRole('button', { name: 'Remove webhook' }).click();
    await address.waitFor();
    expect(await address.inputValue()).toBe('');
  });

  test('are tested, and say what came of it', async ({ openSettings }) => {
    const page = await openSettings();
    const test = page.getByRole('button', { name: 'Send a test' });
    await test.click();
    await page.getByText('The system showed a notification.').waitFor();
    await page.evaluate(() => {
      window.world.told.tested = { notification: 'no_window', webhook: { problem: 'answered 404' } };
    });
    await test.click();
    await page.getByText('This Holdfast runs without a window, so it shows no notifications.').waitFor();
    await page.getByText('The webhook failed: it answered 404.').waitFor();
  });

  test('name the latest problems, and whether the user was notified', async ({ openSettings }) => {
    const page = await openSettings();
    await page.getByText('None since Holdfast started').waitFor();
    await page.evaluate(() => {
      const values = { name: 'files', reason: 'failed' };
      const alert = { kind: 'server_down', about: { server: 'files' }, values, sentence: 'Not shown.' } as const;
      const since = Date.now() - 90_000;
      window.world.told.alerts = [
        { ...alert, id: 'a', since, told_at: since, ended_at: since + 9 },
        { ...alert, id: 'b', since, told_at: null, ended_at: null },
      ];
    });
    const items = page.getByRole('list', { name: 'Latest problems' }).getByRole('listitem');
    await page.clock.fastForward(5_000);
    await items.first().waitFor();
    expect(await items.nth(0).textContent()).toMatch(/Server “files” is down and [\s\S]*open · not notified/);
    expect(await items.nth(1).textContent()).toMatch(/over · notified \d\d:\d\d/);
  });
});

describe('the start at login', () => {
  test('is switched on, and says that there is no tray', async ({ openSettings }) => {
    const page = await openSettings();
    const start = page.getByRole('switch', { name: 'Start at login' });
    await start.click();
    await expect.poll(() => start.isChecked()).toBe(true);
    expect(await page.getByText('This desktop shows no tray icons').count()).toBe(0);
    await page.evaluate(() => {
      window.world.told.startup.tray = false;
    });
    await page.clock.fastForward(5_000);
    await page.getByText('This desktop shows no tray icons').waitFor();
  });

  test('that is not possible is off and says why', async ({ openSettings }) => {
    const page = await openSettings();
    await page.evaluate(() => {
      window.world.told.startup = { enabled: false, possible: false, note: 'Use a service.', tray: null };
    });
    await page.clock.fastForward(5_000);
    await section(page, 'Start at login').getByText('Use a service.').waitFor();
    expect(await page.getByRole('switch', { name: 'Start at login' }).isDisabled()).toBe(true);
  });
});

describe('updates', () => {
  test('of a build without a key are off, and it says so', async ({ openSettings }) => {
    const page = await openSettings();
    await page.evaluate(() => {
      window.world.told.updates = { ...window.world.told.updates, possible: false };
    });
    await page.clock.fastForward(5_000);
    await page.getByText('This build checks for no updates: it has no release key.').waitFor();
    const look = page.getByRole('switch', { name: 'Look for updates once a day' });
    expect([await look.isDisabled(), await look.isChecked()]).toEqual([true, false]);
    expect(await page.getByLabel('Address for updates').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Check now' }).count()).toBe(0);
    await section(page, 'Updates').getByText('Run "git pull" and').waitFor();
  });

  test('need an address, then say what is new and how to get it', async ({ openSettings }) => {
    const page = await openSettings();
    const look = page.getByRole('switch', { name: 'Look for updates once a day' });
    await page.getByText('Enter an address first.').waitFor();
    expect(await look.isDisabled()).toBe(true);
    await page.getByLabel('Address for updates', { exact: true }).fill('https://example.com/updates.json');
    await page.getByRole('button', { name: 'Save address' }).click();
    await expect.poll(() => look.isEnabled()).toBe(true);
    await look.click();
    await expect.poll(() => look.isChecked()).toBe(true);
    await page.evaluate(() => {
      window.world.told.found = { checked: { at: Date.now(), problem: 'The server of updates did not answer.' } };
    });
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('The server of updates did not answer.').waitFor();
    await page.evaluate(() => {
      const newer = { version: '9.0.0', changes: ['Sessions survive this, too.'] };
      window.world.told.found = { checked: { at: Date.now(), problem: null }, newer };
    });
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('Holdfast 9.0.0 is available; this is 0.1.0.').waitFor();
    await page.getByRole('listitem').filter({ hasText: 'Sessions survive this, too.' }).waitFor();
  });
});

describe.each([
  ['light', 'en-US', 1280, 800],
  ['dark', 'de-DE', 720, 480],
  ['dark', 'en-US', 720, 480],
  ['light', 'de-DE', 1280, 800],
] as const)('%s, %s, %i × %i', (colorScheme, locale, width, height) => {
  test('axe finds nothing in any section, and nothing is cut off', { timeout: 60_000 }, async ({ openSettings }) => {
    const page = await openSettings({ colorScheme, locale, viewport: { width, height } });
    await page.evaluate(() => {
      const { told } = window.world;
      told.settings = {
        off: ['call_held'],
        quiet_hours: { from: '22:00', to: '07:00' },
        paused_until: null,
        webhook_host: null,
      };
      told.startup = {
        ...told.startup,
        tray: false,
        note: 'It is switched off in /home/dev/.config/autostart/holdfast.desktop.',
      };
      told.updates = { ...told.updates, address: 'https://example.com/updates.json' };
    });
    await page.clock.fastForward(5_000);
    await page.getByLabel(/^(Quiet from|Ruhe ab)$/).waitFor();
    await page.locator('[data-area="total"]').waitFor();
    expect(await violations(page)).toEqual([]);
    const tooWide = await page.evaluate(() =>
      [...document.querySelectorAll('main *')]
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible')
        .map((one) => one.outerHTML.slice(0, 200)),
    );
    expect(tooWide.filter((html) => !html.includes('truncate') && !html.startsWith('<input'))).toEqual([]);
  });
});

describe('telemetry', () => {
  test('is off, needs a receiver, and says what was sent and why it was not', async ({ openSettings }) => {
    const page = await openSettings();
    const telemetry = section(page, 'Telemetry');
    const send = telemetry.getByRole('switch', { name: 'Send to the receiver' });
    await telemetry.getByText('Enter the address of the receiver first.').waitFor();
    expect(await send.isDisabled()).toBe(true);
    await telemetry.getByLabel('Receiver', { exact: true }).fill('ftp://nowhere');
    await telemetry.getByRole('button', { name: 'Save receiver' }).click();
    await telemetry.getByText('Enter an https:// address').waitFor();
    await telemetry.getByLabel('Receiver', { exact: true }).fill('http://127.0.0.1:4318');
    await telemetry.getByRole('button', { name: 'Save receiver' }).click();
    await expect.poll(() => send.isEnabled()).toBe(true);
    await send.click();
    await expect.poll(() => send.isChecked()).toBe(true);
    await page.evaluate(() => {
      window.world.told.telemetry.otlp.sent = { at: Date.now(), spans: 3 };
    });
    await page.clock.fastForward(5_000);
    await telemetry.getByText(/^3 spans sent, the last /).waitFor();
    await page.evaluate(() => {
      window.world.told.telemetry.otlp.problem = { at: Date.now(), sentence: 'The receiver answered 500.' };
    });
    await page.clock.fastForward(5_000);
    await telemetry.getByText('The receiver answered 500.').waitFor();
  });

  test('asks the receiver', async ({ openSettings }) => {
    const page = await openSettings();
    await page.evaluate(() => {
      window.world.told.telemetry.otlp.address = 'http://127.0.0.1:4318';
    });
    const ask = section(page, 'Telemetry').getByRole('button', { name: 'Ask now' });
    await page.clock.fastForward(5_000);
    await ask.click();
    await page.getByText('The receiver takes spans.', { exact: true }).waitFor();
    await page.evaluate(() => {
      window.world.told.receiverProblem = 'The receiver answered 404.';
    });
    await ask.click();
    await page.getByText('The receiver answered 404.').waitFor();
    expect(await page.getByText('The receiver takes spans.', { exact: true }).count()).toBe(0);
  });

  test('shows the key of metrics once', async ({ openSettings }) => {
    const page = await openSettings();
    const metrics = section(page, 'Telemetry').getByRole('switch', { name: 'Let Prometheus read metrics' });
    await metrics.click();
    await page.getByText('hfm_made-by-the-test').waitFor();
    await metrics.click();
    await expect.poll(() => page.getByText('hfm_made-by-the-test').count()).toBe(0);
  });
});
