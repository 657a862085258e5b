import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import type { NewEvent } from '#src/shared/contract/event';
import { violationsInBothThemes } from '#tests/support/violations';
import { labTest, type OpenOptions, STARTUP_MS } from './support/browser';

const SEVERAL_AUDITS_MS = 90_000;

const test = labTest.extend('openView', ({ open }) => async (hash = '#/servers', options: OpenOptions = {}) => {
  const page = await open({ world: 'logins', hash, permissions: ['clipboard-read', 'clipboard-write'], ...options });
  await page.context().route('https://*.example.com/**', (route) => route.fulfill({ body: 'log in here' }));
  return page;
});

const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const dialog = (page: Page) => page.locator('[data-dialog]');
const phase = (page: Page) => dialog(page).locator('[data-login-phase]').getAttribute('data-login-phase');
const invoked = (page: Page) =>
  page.evaluate(() => window.bridge.invoked.filter((name) => /log_?(in|out)$/.test(name)));
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '');
const menu = async (page: Page, name: string, item: string) => {
  await card(page, name)
    .getByRole('button', { name: `More actions for ${name}` })
    .click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
};
const begin = async (page: Page, name = 'issues') => {
  await card(page, name).getByRole('button', { name: 'Log in', exact: true }).click();
  await dialog(page).getByRole('link', { name: 'Open in browser' }).waitFor();
};
/** Goes to the browser and comes back to the window at once. */
const openBrowser = async (page: Page) => {
  const opened = page.context().waitForEvent('page');
  await dialog(page)
    .getByRole('link', { name: /^Open (in browser|again)$/ })
    .click();
  const other = await opened;
  await other.waitForURL(/.+/);
  const url = other.url();
  const opener = await other.evaluate(() => window.opener === null && document.referrer === '');
  await other.close();
  return { url, isCutOff: opener };
};

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

describe('a card', () => {
  test('says how its login is, for how long and what it allows', async ({ openView }) => {
    const page = await openView();
    const calendar = card(page, 'calendar');
    await calendar.getByText('Logged in as me@example.com; refreshed automatically').waitFor();
    await calendar.getByText('Last refreshed 12 min ago').waitFor();
    await calendar.getByText('5 scopes').click();
    await calendar
      .getByRole('list', { name: 'What the login to calendar allows' })
      .getByText('calendar.write')
      .waitFor();
    await card(page, 'wiki')
      .getByText(/^Logged in as .* until (.* )?\d\d:\d\d$/)
      .waitFor();
    expect(await card(page, 'weather').locator('[data-login]').count()).toBe(0);
  });

  test('says who waits for a login, where it is and what is wrong', async ({ openView }) => {
    const page = await openView('#/servers', { world: 'failed logins' });
    const issues = card(page, 'issues');
    await issues.getByText('Log in at login.example.com to use it. 2 calls are waiting for it.').waitFor();
    await issues.getByText(/^Needs a login at login\.example\.com \(3 min ago\)$/).waitFor();
    await issues.getByText('The server asks for a login.').waitFor();
    const reports = card(page, 'reports');
    await reports.getByText('Automatic login failed. Check the entry.').waitFor();
    await reports.getByText(/Look at "oauth" in the entry/).waitFor();
    expect(await reports.getByRole('button', { name: 'Log in', exact: true }).count(), 'nobody can').toBe(0);
  });

  test('shows markup in an account as text and keeps long names inside', async ({ openView }) => {
    const page = await openView('#/servers', { viewport: { width: 720, height: 700 } });
    const wiki = card(page, 'wiki');
    await wiki.getByText('<img src=x onerror=alert(1)>').waitFor();
    expect(await wiki.locator('img').count()).toBe(0);
    expect(await wiki.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
    expect(sideways).toBe(true);
  });
});

describe('logging in', () => {
  test('opens nothing before the host was shown and the user said so, and closes by itself', async ({ openView }) => {
    const page = await openView();
    await begin(page);
    await dialog(page).getByText('Log in to issues at login.example.com').waitFor();
    await dialog(page).getByText('mcp:use, offline_access').waitFor();
    expect(page.context().pages(), 'nothing was opened').toHaveLength(1);
    expect(await phase(page)).toBe('ready');

    const { url, isCutOff } = await openBrowser(page);
    expect(url).toBe('https://login.example.com/authorize?scope=mcp%3Ause+offline_access&state=s');
    expect(isCutOff, 'it learns nothing of this page').toBe(true);
    await dialog(page).getByText('Waiting for you in the browser.').waitFor();
    expect(await focused(page), 'focus stays on the link').toBe('Open again');
    await page.evaluate(() => window.world.servers.finishLogin('issues'));
    await dialog(page).waitFor({ state: 'hidden' });
    await page.getByText('Logged in to issues').waitFor();
    await card(page, 'issues').getByText('Logged in as me@example.com; refreshed automatically').waitFor();
    const kept = await page.evaluate(() => JSON.stringify(window.store.getState()));
    expect(kept, 'the address is not in the store').not.toContain('state=s');
  });

  test('works by keyboard alone', async ({ openView }) => {
    const page = await openView();
    const button = card(page, 'issues').getByRole('button', { name: 'Log in', exact: true });
    await button.focus();
    await page.keyboard.press('Enter');
    await dialog(page).getByRole('link', { name: 'Open in browser' }).waitFor();
    for (let presses = 0; (await focused(page)) !== 'Open in browser'; presses += 1) {
      expect(presses, 'the link can be reached').toBeLessThan(12);
      await page.keyboard.press('Tab');
    }
    const opened = page.context().waitForEvent('page');
    await page.keyboard.press('Enter');
    await (await opened).close();
    await expect.poll(() => phase(page)).toBe('waiting');
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'hidden' });
    expect(await invoked(page), 'it goes on without the dialog').not.toContain('servers.cancel_login');
    await card(page, 'issues').getByText('Waiting for you in the browser').waitFor();
  });

  test('copies the address as well, for another browser', async ({ openView }) => {
    const page = await openView();
    await begin(page);
    await dialog(page).getByRole('button', { name: 'Copy address' }).click();
    await expect.poll(() => phase(page)).toBe('waiting');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
      /^https:\/\/login\.example\.com\/authorize\?/,
    );
  });

  test('closed before anybody went there, it is taken back', async ({ openView }) => {
    const page = await openView();
    await begin(page);
    await page.keyboard.press('Escape');
    await expect.poll(() => invoked(page)).toEqual(['servers.log_in', 'servers.cancel_login']);
    await card(page, 'issues').getByRole('button', { name: 'Log in', exact: true }).waitFor();
  });

  test('can be cancelled at the card and begun again', async ({ openView }) => {
    const page = await openView();
    await begin(page);
    await openBrowser(page);
    await page.keyboard.press('Escape');
    await card(page, 'issues').getByRole('button', { name: 'Cancel login' }).click();
    await begin(page);
    expect(await invoked(page)).toEqual(['servers.log_in', 'servers.cancel_login', 'servers.log_in']);
  });

  test('says why it ended badly and begins again in the same place', async ({ openView }) => {
    const page = await openView();
    await begin(page);
    await openBrowser(page);
    await page.evaluate(() =>
      window.world.servers.login('issues', { state: 'needed', problem: 'login.example.com did not agree.' }),
    );
    await dialog(page).getByText('The login was not finished.').waitFor();
    await dialog(page).getByText('login.example.com did not agree.').waitFor();
    await dialog(page).getByRole('button', { name: 'Try again' }).click();
    await dialog(page).getByRole('link', { name: 'Open in browser' }).waitFor();
    expect(await phase(page)).toBe('ready');
  });

  test('says that its time is over', async ({ openView }) => {
    const page = await openView();
    await page.clock.install();
    await begin(page);
    await openBrowser(page);
    await page.clock.fastForward(601_000);
    await page.evaluate(() => window.world.servers.login('issues', { state: 'needed' }));
    await page.clock.fastForward(5_000);
    await dialog(page).getByText('The login was not finished in time.').waitFor();
  });

  test('shows a long host whole, in a small window', async ({ openView }) => {
    const page = await openView('#/servers', { viewport: { width: 720, height: 480 } });
    const host = `${'a-very-long-department.'.repeat(6)}example.com`;
    await page.evaluate((name) => {
      window.world.servers.loginUrl = `https://${name}/authorize?scope=${'one.long.scope.after.another:'.repeat(8)}`;
    }, host);
    await begin(page);
    const shown = dialog(page).locator('[data-login-host]');
    expect(await shown.textContent()).toBe(host);
    expect(await dialog(page).evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
  });

  test('says why it cannot begin', async ({ openView }) => {
    const page = await openView();
    const button = card(page, 'issues').getByRole('button', { name: 'Log in', exact: true });
    await button.waitFor();
    await page.evaluate(() => window.bridge.fail('login_impossible'));
    await button.click();
    await dialog(page).getByRole('alert').waitFor();
    await page.evaluate(() => window.bridge.fail(null));
    await dialog(page).getByRole('button', { name: 'Try again' }).click();
    await dialog(page).getByRole('link', { name: 'Open in browser' }).waitFor();
  });

  test.for(['javascript:alert(document.domain)', 'http://evil.example/', 'file:///etc/passwd'])(
    'opens no %s',
    async (url, { openView }) => {
      const page = await openView();
      await page.evaluate((address) => {
        window.world.servers.loginUrl = address;
      }, url);
      await card(page, 'issues').getByRole('button', { name: 'Log in', exact: true }).click();
      await dialog(page)
        .getByText(/is neither https nor on this machine/)
        .waitFor();
      expect(await dialog(page).getByRole('link').count()).toBe(0);
      expect(await dialog(page).locator('a').count()).toBe(0);
    },
  );

  test('of a server that is removed meanwhile ends with it', async ({ openView }) => {
    const page = await openView();
    await begin(page);
    await page.evaluate(() => {
      const { list } = window.world.servers;
      list.splice(
        list.findIndex(({ name }) => name === 'issues'),
        1,
      );
      window.world.servers.change('weather', {});
    });
    await dialog(page).waitFor({ state: 'hidden' });
  });

  test('as somebody else keeps the old login until the new one is done', async ({ openView }) => {
    const page = await openView();
    await menu(page, 'calendar', 'Log in again');
    await openBrowser(page);
    await page.evaluate(() => window.world.servers.finishLogin('calendar', 'you@example.com'));
    await dialog(page).waitFor({ state: 'hidden' });
    await card(page, 'calendar').getByText('Logged in as you@example.com; refreshed automatically').waitFor();
  });
});

describe('logging out', () => {
  test('says what it does, and does it only when confirmed', async ({ openView }) => {
    const page = await openView();
    await menu(page, 'calendar', 'Log out');
    const question = page.getByRole('alertdialog', { name: 'Log out of calendar?' });
    await question.getByText(/revoked at login\.example\.com where that is possible, and forgotten here/).waitFor();
    await question.getByText(/wait until somebody logs in again/).waitFor();
    await question.getByRole('button', { name: 'Cancel' }).click();
    expect(await invoked(page)).toEqual([]);
    await menu(page, 'calendar', 'Log out');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Log out' }).click();
    await card(page, 'calendar').getByRole('button', { name: 'Log in', exact: true }).waitFor();
    expect(await invoked(page)).toEqual(['servers.log_out']);
  });

  test('says why it did not work and stays open', async ({ openView }) => {
    const page = await openView();
    await menu(page, 'calendar', 'Log out');
    await page.evaluate(() => window.bridge.fail('storage_unavailable'));
    await page.getByRole('alertdialog').getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('alertdialog').getByRole('alert').waitFor();
    await page.evaluate(() => window.bridge.fail(null));
  });

  test('is not offered where there is nothing to log out of', async ({ openView }) => {
    const page = await openView();
    await card(page, 'weather').getByRole('button', { name: 'More actions for weather' }).click();
    await page.getByRole('menuitem', { name: 'Log in', exact: true }).waitFor();
    expect(await page.getByRole('menuitem', { name: 'Log out' }).count()).toBe(0);
  });
});

describe('removing a server', () => {
  const removals = (page: Page) => page.evaluate(() => window.world.servers.removals);

  test.for([
    ['Remove, keep the login', false],
    ['Log out and remove', true],
  ] as const)('that is logged in to asks about its login: %s', async ([choice, log_out], { openView }) => {
    const page = await openView();
    await menu(page, 'calendar', 'Remove');
    await dialog(page).getByText('You are logged in to it as me@example.com at login.example.com.').waitFor();
    expect(await removals(page), 'nothing happens before that').toEqual([]);
    await dialog(page).getByRole('button', { name: choice }).click();
    await card(page, 'calendar').waitFor({ state: 'hidden' });
    await expect.poll(() => removals(page)).toEqual([{ name: 'calendar', log_out }]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await card(page, 'calendar').waitFor();
  });

  test('without a login asks nothing', async ({ openView }) => {
    const page = await openView();
    await menu(page, 'issues', 'Remove');
    await card(page, 'issues').waitFor({ state: 'hidden' });
    await expect.poll(() => removals(page)).toEqual([{ name: 'issues', log_out: false }]);
  });
});

describe('elsewhere in the window', () => {
  test('the overview says which server needs a login and leads to its card', async ({ openView }) => {
    const page = await openView('#/overview', { world: 'failed logins' });
    await page.getByText('2 servers need a login.').waitFor();
    await page.evaluate(() => window.world.servers.finishLogin('reports', null));
    await page.getByText('issues needs a login.').waitFor();
    await page.getByText('Log in at login.example.com to use it. 2 calls are waiting for it.').waitFor();
    await page.getByRole('button', { name: 'Open the server' }).click();
    await expect.poll(() => page.url()).toContain('#/servers/issues');
  });

  test('history tells of logins, needed ones with where and why', async ({ openView }) => {
    const page = await openView('#/history');
    await page.evaluate(() => {
      const at = Date.now();
      const payload = { server: 'issues', host: 'login.example.com', reason: 'Its login is over.' };
      const needed: NewEvent = { kind: 'login_needed', at, session_id: null, payload };
      window.world.append(needed, { kind: 'login_refreshed', at, session_id: null, payload: { server: 'calendar' } });
    });
    const events = page.getByRole('region', { name: 'Events' });
    await events.getByText('Server issues needs a login').waitFor({ timeout: 15_000 });
    await events.getByText('Its login is over. Log in at login.example.com. Calls wait.').waitFor();
    await events.getByText('Login to server calendar refreshed').waitFor();
  });
});

describe('axe finds nothing, light and dark', () => {
  test(
    'in cards and dialogs of logins',
    async ({ openView }) => {
      const page = await openView('#/servers', { reducedMotion: 'reduce' });
      const audit = async (what: string) => expect(await violationsInBothThemes(page), what).toEqual([]);
      await card(page, 'calendar').getByText('5 scopes').click();
      await audit('cards');
      await begin(page);
      await audit('ready');
      await openBrowser(page);
      await audit('waiting');
      await page.evaluate(() => window.world.servers.login('issues', { state: 'needed', problem: 'It was refused.' }));
      await dialog(page).getByText('The login was not finished.').waitFor();
      await audit('over');
      await page.keyboard.press('Escape');
      await menu(page, 'calendar', 'Remove');
      await audit('remove');
    },
    SEVERAL_AUDITS_MS,
  );
});
