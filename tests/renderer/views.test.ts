import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { violations, violationsInBothThemes } from '#tests/support/violations';
import { sessionId } from './harness/worlds';
import { keepToOneself, STARTUP_MS, labTest as test } from './support/browser';
import { settled } from './support/settled';

const SEVERAL_AUDITS_MS = 90_000;
const CLAUDE = sessionId(0);
const GONE = sessionId(2);

const row = (page: Page, id: string) => page.getByRole('grid').locator(`[data-session-id="${id}"]`);
const pane = (page: Page) => page.getByRole('complementary', { name: 'Session' });
const grid = (page: Page) => page.getByRole('grid', { name: 'Sessions' });

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

test('with forced colours, shapes have the colour of their words, and the row where the keys start is outlined', async ({
  open,
}) => {
  const page = await open({ hash: `#/sessions/${CLAUDE}` });
  await page.emulateMedia({ forcedColors: 'active' });
  const listed = row(page, CLAUDE);
  const colours = () =>
    listed.locator('[data-status]').evaluate((mark) => {
      const shape = mark.querySelector('svg');
      return [mark, shape].map((one) => one && getComputedStyle(one).color);
    });
  const [word, shape] = await colours();
  expect(shape).toBe(word);
  expect(await listed.evaluate((one) => getComputedStyle(one).outlineStyle)).toBe('solid');
});

describe('axe finds nothing, light and dark', () => {
  test.for([
    ['overview', 'typical', '#/overview'],
    ['overview of a flapping session', 'flapping', '#/overview'],
    ['overview without a client', 'empty', '#/overview'],
    ['sessions', 'flapping', '#/sessions?probes=1'],
    ['one session', 'typical', `#/sessions/${CLAUDE}`],
    ['one session whose server was restarted', 'servers', `#/sessions/${CLAUDE}`],
    ['overview with servers that are down', 'servers', '#/overview'],
    ['servers', 'servers', '#/servers'],
    ['no servers', 'empty', '#/servers'],
    ['sessions with a filter that is wrong', 'typical', '#/sessions?q=status%3Aasleep'],
    ['no sessions', 'empty', '#/sessions'],
    ['history', 'typical', '#/history'],
    ['connect', 'typical', '#/connect'],
    ['settings', 'typical', '#/settings'],
    ['diagnostics', 'typical', '#/diagnostics'],
  ] as const)('%s', async ([_, world, hash], { visit }) => {
    const page = await visit({ world, hash });
    await settled(page);
    expect(await violationsInBothThemes(page)).toEqual([]);
  });

  test(
    'dialogs and menus',
    async ({ open }) => {
      const page = await open({ hash: `#/sessions/${CLAUDE}`, reducedMotion: 'reduce' });
      await page.getByRole('button', { name: 'Issue token' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Issue token' }).click();
      await page.locator('[data-secret]').waitFor();
      expect(await violationsInBothThemes(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await page.getByRole('button', { name: 'Disconnect', exact: true }).click();
      await page.getByRole('alertdialog').waitFor();
      expect(await violationsInBothThemes(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('alertdialog').waitFor({ state: 'hidden' });
      const popups = [
        ['menu', /^Connection/],
        ['dialog', 'Filter help'],
        ['menu', /^Theme/],
      ] as const;
      for (const [role, name] of popups) {
        await page.getByRole('button', { name }).click();
        await page.getByRole(role).waitFor();
        expect(await violationsInBothThemes(page)).toEqual([]);
        await page.keyboard.press('Escape');
        await page.getByRole(role).waitFor({ state: 'hidden' });
      }
    },
    SEVERAL_AUDITS_MS,
  );
});

test('axe finds what cannot be read in one of the themes alone', async ({ open }) => {
  const page = await open({ reducedMotion: 'reduce' });
  const heading = page.getByRole('main').getByRole('heading', { name: 'Open sessions' });
  await heading.evaluate((element) => {
    element.style.color = 'rgb(40, 40, 40)';
  });
  const found = [expect.stringMatching(/^dark: color-contrast: .*Open sessions/)];
  expect(await violationsInBothThemes(page)).toEqual(found);
  // The page stays in the dark theme, so the other way round, too.
  expect(await violationsInBothThemes(page)).toEqual(found);
});

describe('the overview', () => {
  test('shows the sentence, the counts and the live sessions, and follows the stream', async ({ open }) => {
    const page = await open();
    const health = page.getByRole('region', { name: 'Health' });
    await health.getByText('1 of 5 sessions is waiting for its client to return.').waitFor();
    expect(await page.locator('[data-count="active"]').textContent()).toMatch(/^3/);
    await page.evaluate((session_id) => {
      const payload = {
        cause: 'token',
        door: 'rest',
        downtime_ms: 5_000,
        reconnect_count: 1,
        transport_id: null,
        client_version: '',
      } as const;
      window.world.past.splice(0, Number.POSITIVE_INFINITY, ...Array.from({ length: 77 }, () => Date.now()));
      window.world.append({ kind: 'session_reconnected', at: Date.now(), session_id, payload });
    }, GONE);
    await health.getByText('Your client is connected but has no tools.').waitFor();
    await page.evaluate(() => {
      window.world.servers.handlers()['servers.save']({ server: { name: 'files', command: 'node' } });
    });
    await health.getByText('All 5 sessions are connected.').waitFor();
    // Counted with the event, not with the next minute.
    await health.getByText('77 reconnects in the last 24 hours').waitFor({ timeout: 6_000 });
    expect(await page.locator('[data-count="active"]').textContent()).toMatch(/^4/);
    const head = page.getByRole('columnheader', { name: 'Client' });
    expect(await head.evaluate((th) => getComputedStyle(th).textAlign), 'as its cells').toBe('start');
    const cells = page.locator(`[data-session-id="${GONE}"] td`);
    expect(await cells.nth(2).textContent()).toBe('Active');
    expect(await cells.nth(4).textContent()).toBe('1');
  });

  test('asks again after a snapshot and after events, but not for each of them', async ({ open }) => {
    const page = await open();
    const asked = () =>
      page.evaluate(() => window.bridge.invoked.filter((method) => method === 'history.query').length);
    await expect.poll(asked).toBe(1);
    await page.evaluate(async (session_id) => {
      for (let index = 0; index < 20; index += 1) {
        window.world.append({ kind: 'session_active', at: Date.now(), session_id, payload: {} });
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    }, CLAUDE);
    await page.waitForFunction(() => window.store.getState().seq === window.world.seq);
    // One more is due on a machine so slow that 10 s have passed.
    const times = await asked();
    expect(times).toBeLessThanOrEqual(2);
    await page.evaluate(() => window.bridge.resync());
    await expect.poll(asked).toBeGreaterThan(times);
  });

  test('leads to the session that asks for attention', async ({ open }) => {
    const page = await open({ world: 'flapping' });
    await page.getByRole('button', { name: 'Open the session' }).click();
    await pane(page).getByText('Flapping').waitFor();
    expect(new URL(page.url()).hash).toBe(`#/sessions/${sessionId(40)}`);
  });

  test('leads to Connect when there is nothing', async ({ open }) => {
    const page = await open({ world: 'empty' });
    await page.getByText('No sessions yet').waitFor();
    await page.getByRole('button', { name: 'Connect a client' }).click();
    expect(new URL(page.url()).hash).toBe('#/connect');
  });
});

describe('the list of sessions', () => {
  test('can be used with the keyboard alone', async ({ open }) => {
    const page = await open({ hash: '#/sessions' });
    await row(page, CLAUDE).waitFor();
    const selected = () => page.locator('[data-cursor]').getAttribute('data-session-id');
    const active = () => grid(page).getAttribute('aria-activedescendant');
    await grid(page).focus();
    await page.keyboard.press('j');
    const first = await selected();
    expect(await active()).toBe(`row-${first}`);
    await page.keyboard.press('ArrowDown');
    const second = await selected();
    expect(second).not.toBe(first);
    await page.keyboard.press('k');
    expect(await selected()).toBe(first);
    await page.keyboard.press('Enter');
    await pane(page).waitFor();
    expect(new URL(page.url()).hash).toBe(`#/sessions/${first}`);
    await page.keyboard.press('ArrowDown');
    await pane(page)
      .getByText(second ?? '')
      .waitFor();
    await page.keyboard.press('Escape');
    await pane(page).waitFor({ state: 'hidden' });
    expect(await selected(), 'the place is kept').toBe(second);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid');
    await page.keyboard.press('/');
    await page.keyboard.type('codex');
    await expect.poll(() => page.locator('[role=row][data-session-id]').count()).toBe(2);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('[role=row][data-session-id]').count()).toBe(8);
  });

  test('takes no single keys while they are switched off', async ({ open }) => {
    const page = await open({ hash: '#/sessions' });
    await page.evaluate(() => window.store.getState().actions.setSingleKeys(false));
    const grid = page.getByRole('grid', { name: 'Sessions' });
    await grid.focus();
    await page.keyboard.press('j');
    await page.keyboard.press('/');
    expect(await grid.getAttribute('aria-activedescendant'), 'no row is chosen').toBeNull();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => grid.getAttribute('aria-activedescendant')).toMatch(/^row-/);
  });

  test('closes the pane from inside it and gives the focus back', async ({ open }) => {
    const page = await open({ hash: `#/sessions/${CLAUDE}` });
    await pane(page).getByRole('button', { name: 'Issue token' }).focus();
    await page.keyboard.press('Escape');
    await pane(page).waitFor({ state: 'hidden' });
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid');
  });

  test('sorts by each column, both ways, and says so', async ({ open }) => {
    const page = await open({ hash: '#/sessions' });
    const header = (name: string) => page.getByRole('columnheader', { name });
    const sorted = (name: string) => header(name).getAttribute('aria-sort');
    const texts = (column: string) =>
      page.locator(`[role=row] [data-column="${column}"][role=gridcell]`).allInnerTexts();
    // The order follows the URL, so a click is on the screen a moment after it was made: what is awaited is that it says so.
    await header('Client').getByRole('button').click();
    await expect.poll(() => sorted('Client')).toBe('ascending');
    const ascending = await texts('client');
    expect(ascending.map((name) => name.toLowerCase())).toEqual(ascending.map((name) => name.toLowerCase()).sort());
    await header('Client').getByRole('button').click();
    await expect.poll(() => sorted('Client')).toBe('descending');
    expect((await texts('client'))[0]).toBe(ascending.at(-1));
    await header('Reconnects').getByRole('button').click();
    await expect.poll(() => sorted('Reconnects')).toBe('descending');
    const counts = (await texts('reconnects')).map(Number);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
  });

  test('keeps filter, order and place across a reload and a visit elsewhere', async ({ open }) => {
    const page = await open({ hash: '#/sessions' });
    await page.getByRole('searchbox').fill('status:active claude');
    await expect.poll(() => page.locator('[role=row][data-session-id]').count()).toBe(1);
    expect(await page.getByRole('button', { name: /^Active/ }).getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('columnheader', { name: 'Calls' }).getByRole('button').click();
    await row(page, CLAUDE).click();
    await page.reload();
    await pane(page).waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe('status:active claude');
    expect(await page.locator('[data-cursor]').getAttribute('data-session-id')).toBe(CLAUDE);
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('link', { name: /^Sessions/ }).click();
    expect(await page.getByRole('searchbox').inputValue()).toBe('status:active claude');
    await page.getByRole('button', { name: /^Active/ }).click();
    expect(await page.getByRole('searchbox').inputValue()).toBe('claude');
  });

  test('are grouped by client on request, and the keys step over the headings', async ({ open }) => {
    const page = await open({ hash: '#/sessions' });
    await row(page, CLAUDE).waitFor();
    const shown = await page.locator('[role=row][data-session-id]').count();
    await page.getByRole('switch', { name: 'Group by client' }).click();
    const groups = page.locator('[data-group]');
    await groups.first().waitFor();
    const names = await groups.evaluateAll((all) => all.map((one) => one.getAttribute('data-group') ?? ''));
    expect(names).toEqual([...names].sort((a, b) => a.toLowerCase().localeCompare(b.toLowerCase())));
    expect(await grid(page).getAttribute('aria-rowcount')).toBe(String(shown + names.length + 1));
    await grid(page).focus();
    for (let step = 0; step < shown; step += 1) {
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => page.locator('[data-cursor]').count(), { message: 'a session has the cursor' }).toBe(1);
    }
    expect(await violations(page)).toEqual([]);
    await page.reload();
    await groups.first().waitFor();
    const group = groups.filter({ hasText: /(?:[2-9]|\d\d) sessions/ }).first();
    await group.getByRole('checkbox').click();
    const text = await group.textContent();
    const chosen = () =>
      page.locator('[role=row][aria-selected="true"]').evaluateAll((all) => all.map(({ id }) => id.slice(4)));
    const inGroup = await chosen();
    expect(text).toContain(`${inGroup.length} sessions`);
    const cursor = () => page.locator('[data-cursor]').getAttribute('data-session-id');
    await page.keyboard.press('Escape');
    await expect.poll(chosen).toEqual([]);
    await page.keyboard.press('Home');
    for (let step = 0; step < shown && !inGroup.includes((await cursor()) ?? ''); step += 1) {
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Shift+Space');
    await expect.poll(chosen, { message: 'the group of the row, by a key' }).toEqual(inGroup);
    await page.keyboard.press('Shift+Space');
    await expect.poll(chosen).toEqual([]);
  });

  test('are chosen with the keyboard and the mouse, and end together after one question', async ({ open }) => {
    const page = await open({ hash: '#/sessions?sort=started:desc' });
    await row(page, CLAUDE).waitFor();
    const chosen = () =>
      page.locator('[role=row][aria-selected="true"]').evaluateAll((all) => all.map(({ id }) => id.slice(4)));
    const all = await page
      .locator('[role=row][data-session-id]')
      .evaluateAll((rows) => rows.map(({ id }) => id.slice(4)));
    const bar = page.getByRole('group', { name: 'Selected sessions' });
    const top = () => grid(page).boundingBox();
    const before = await top();
    await grid(page).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await expect.poll(chosen).toEqual(all.slice(0, 1));
    expect(await top(), 'the list stays where it is').toEqual(before);
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await expect.poll(chosen).toEqual(all.slice(0, 3));
    await page.keyboard.press('Space');
    await expect.poll(chosen).toEqual(all.slice(0, 2));
    await page.keyboard.press('Control+a');
    await expect.poll(chosen).toEqual(all);
    await page.keyboard.press('Escape');
    await expect.poll(chosen).toEqual([]);
    await row(page, all[1] ?? '').click({ modifiers: ['Control'] });
    await row(page, all[3] ?? '').click({ modifiers: ['Shift'] });
    await expect.poll(chosen).toEqual(all.slice(1, 4));
    expect(new URL(page.url()).hash, 'nothing was opened').not.toMatch(/sessions\/s_/);
    await row(page, all[0] ?? '')
      .getByRole('checkbox')
      .click();
    await expect.poll(chosen).toEqual(all.slice(0, 4));
    expect(await violations(page)).toEqual([]);

    // What the filter hides is not acted on.
    await page.getByRole('columnheader').getByRole('checkbox', { name: 'Select all' }).click();
    await expect.poll(chosen).toEqual(all);
    await page.getByRole('searchbox').fill('status:active,idle');
    await expect.poll(() => page.locator('[role=row][data-session-id]').count()).toBeLessThan(all.length);
    const open_ = await page.locator('[role=row][data-session-id]').count();
    await bar.getByText(`${open_} selected`).waitFor();
    await page.getByRole('searchbox').fill('');
    await bar.getByText(`${all.length} selected`).waitFor();
    const ends = () => page.evaluate(() => window.bridge.invoked.filter((one) => one === 'sessions.close').length);
    await bar.getByRole('button', { name: 'End sessions' }).click();
    const question = page.getByRole('alertdialog');
    const title = await question.getByRole('heading').textContent();
    const count = Number(/\d+/.exec(title ?? '')?.[0]);
    expect(count).toBeGreaterThan(1);
    await question.getByText('ended already').waitFor();
    expect(await violations(page)).toEqual([]);
    await question.getByRole('button', { name: 'End sessions' }).click();
    await question.waitFor({ state: 'hidden' });
    expect(await ends()).toBe(count);
    await bar.waitFor({ state: 'hidden' });
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid');
  });

  test('hides probes until asked', async ({ open }) => {
    const page = await open({ hash: '#/sessions' });
    const probe = row(page, sessionId(8));
    await row(page, CLAUDE).waitFor();
    expect(await probe.count()).toBe(0);
    await page.getByRole('switch', { name: 'Probes' }).click();
    await probe.getByText('Probe').waitFor();
  });

  test('shows a new session and a change at once', async ({ open }) => {
    const page = await open({ hash: '#/sessions' });
    await row(page, CLAUDE).waitFor();
    expect(await row(page, CLAUDE).locator('[data-status]').getAttribute('data-status')).toBe('active');
    await page.evaluate((session_id) => {
      const at = Date.now();
      const payload = { reason: 'stream_lost', contact_lost_at: at } as const;
      window.world.append({ kind: 'session_disconnected', at, session_id, payload });
    }, CLAUDE);
    await row(page, CLAUDE).locator('[data-status="disconnected"]').waitFor();
    await page.evaluate(() => {
      const [template] = window.world.log;
      if (template?.kind !== 'session_created') throw new Error('the log begins with a session');
      window.world.append({ ...template, at: Date.now(), session_id: 's_new' });
    });
    await row(page, 's_new').waitFor();
  });
});

describe('ten thousand sessions', () => {
  test('draws only the rows in sight, to the very last', async ({ open }) => {
    const page = await open({ world: 'many', hash: '#/sessions?sort=started:desc' });
    await page.locator('[role=row][data-session-id]').first().waitFor();
    expect(await grid(page).getAttribute('aria-rowcount')).toBe('10001');
    expect(await page.locator('[role=row]').count()).toBeLessThan(60);
    await grid(page).focus();
    await page.keyboard.press('End');
    await page.locator('[role=row][aria-rowindex="10001"]').waitFor();
    expect(await page.locator('[role=row]').count()).toBeLessThan(60);
  });

  test('keeps the rows where they are for who has scrolled, and says what is new', async ({ open }) => {
    const page = await open({ world: 'many', hash: '#/sessions?sort=started:desc' });
    await page.locator('[role=row][data-session-id]').first().waitFor();
    await grid(page).evaluate((element) => element.scrollTo({ top: 4_000 }));
    await page.locator('[role=row][aria-rowindex="110"]').waitFor();
    const id = await page.locator('[role=row][aria-rowindex="110"]').getAttribute('data-session-id');
    await page.evaluate(() => {
      const [template] = window.world.log;
      if (template?.kind !== 'session_created') throw new Error('the log begins with a session');
      for (const session_id of ['s_new1', 's_new2']) window.world.append({ ...template, at: Date.now(), session_id });
    });
    const pill = page.getByRole('button', { name: '2 new sessions' });
    await pill.waitFor();
    expect(await page.locator('[role=row][aria-rowindex="110"]').getAttribute('data-session-id')).toBe(id);
    await pill.click();
    await row(page, 's_new2').waitFor();
    await pill.waitFor({ state: 'hidden' });
  });
});

describe('the name of a session', () => {
  test('is given in the window, stands first, and is found by the filter', async ({ open }) => {
    const page = await open({ hash: `#/sessions/${CLAUDE}` });
    await pane(page).getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Name this session…' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Nightly cleanup');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await pane(page)
      .getByRole('heading', { name: /^Nightly cleanup/ })
      .waitFor();
    await row(page, CLAUDE).getByText('Nightly cleanup').waitFor();
    await page.getByRole('searchbox').fill('nightly clean');
    await page.getByRole('searchbox').fill('"nightly clean"');
    await expect.poll(() => page.locator('[role=row][data-session-id]').count()).toBe(1);
  });
});

describe('a pin', () => {
  test('is set and taken away in the window, and shown beside the status', async ({ open }) => {
    const page = await open({ hash: `#/sessions/${CLAUDE}` });
    await pane(page).getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Pin' }).click();
    await page.getByText('The session of Claude Code is pinned').waitFor();
    await row(page, CLAUDE).getByText('Pinned').waitFor();
    await pane(page).getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Unpin' }).click();
    await row(page, CLAUDE).getByText('Pinned').waitFor({ state: 'detached' });
  });
});

describe('continuing elsewhere', () => {
  test('is offered to clients that may take over: by their next connection, or by an invitation shown once', async ({
    open,
  }) => {
    const page = await open({ hash: '#/connect' });
    const name = /^May take over/;
    const switches = page.getByRole('switch', { name });
    await switches.first().waitFor();
    for (const one of await switches.all()) if (!(await one.isChecked())) await one.click();
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `#/sessions/${CLAUDE}`);
    const ask = async () => {
      await pane(page).getByRole('button', { name: 'More actions' }).click();
      await page.getByRole('menuitem', { name: 'Continue in…' }).click();
    };
    const dialog = page.getByRole('dialog', { name: /^Continue the session of Claude Code elsewhere/ });
    await ask();
    await dialog.getByText('Its chat does not').waitFor();
    expect(await dialog.getByRole('button', { name: 'Offer session' }).isDisabled()).toBe(true);
    await dialog.getByRole('radio').last().check();
    await dialog.getByRole('button', { name: 'Offer session' }).click();
    await pane(page)
      .getByRole('status')
      .getByText(/^Waits for the next connection of /)
      .waitFor();
    await pane(page).getByRole('button', { name: 'Cancel' }).click();
    await pane(page)
      .getByText(/^Waits for the next connection of /)
      .waitFor({ state: 'detached' });

    await page.evaluate(() => {
      Object.assign(window.world.clients.at(-1) ?? {}, { policy: 'stateless' });
    });
    await ask();
    await dialog.getByRole('radio').last().check();
    const byRequest = dialog.getByText(/its next request takes this over.* kept for 24 hours/);
    await byRequest.waitFor();
    await dialog.getByRole('button', { name: 'Invitation', exact: true }).click();
    await dialog.getByText(/all its chats share this from then on.* kept for 24 hours/).waitFor();
    expect(await byRequest.count(), 'an invitation is taken up by a chat').toBe(0);
    await dialog.getByRole('button', { name: 'Make invitation' }).click();
    await dialog.getByText(/reconnect_session.*canary/).waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await pane(page)
      .getByRole('status')
      .getByText(/has an invitation, valid until/)
      .waitFor();
    expect(await page.evaluate(() => document.body.innerHTML.includes('canary')), 'nowhere else').toBe(false);
  });
});

describe('sharing servers', () => {
  test('is offered with a word on who is asked; the page of the session says with whom, and stops it', async ({
    open,
  }) => {
    const page = await open({ hash: '#/connect' });
    const switches = page.getByRole('switch', { name: /^May take over/ });
    await switches.first().waitFor();
    for (const one of await switches.all()) if (!(await one.isChecked())) await one.click();
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `#/sessions/${CLAUDE}`);
    await pane(page).getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Share with…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Share the servers of Claude Code' });
    await dialog.getByText('The chats stay apart').waitFor();
    await dialog.getByRole('radio').last().check();
    await dialog.getByRole('button', { name: 'The other client' }).click();
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Offer to share' }).click();
    await pane(page)
      .getByText(/^Waits for the next connection of /)
      .waitFor();

    await page.evaluate(
      ([session_id, guest]) => {
        const other = { session_id: guest, client_id: 'c_cursor', client_name: 'cursor-vscode' };
        const payload = { ...other, role: 'host', asks: 'guest', door: 'mcp' } as const;
        window.world.append({ kind: 'sharing_started', at: Date.now(), session_id, payload });
      },
      [CLAUDE, sessionId(1)] as const,
    );
    await pane(page).getByText('Shares its servers with Cursor.').waitFor();
    await row(page, CLAUDE).getByText('Shared', { exact: true }).waitFor();
    const asked = pane(page).getByRole('group', { name: 'Servers ask' });
    const here = asked.getByRole('button', { name: 'This client' });
    expect(await here.getAttribute('aria-pressed')).toBe('false');
    await here.click();
    await expect.poll(() => here.getAttribute('aria-pressed')).toBe('true');
    expect(await violations(page)).toEqual([]);
    await pane(page).getByRole('button', { name: 'More actions' }).click();
    expect(await page.getByRole('menuitem', { name: 'Continue in…' }).getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Escape');
    await pane(page).getByRole('button', { name: 'Stop sharing' }).click();
    const confirm = page.getByRole('alertdialog');
    await confirm.getByText('The servers stay here, with what they hold.').waitFor();
    await confirm.getByRole('button', { name: 'Stop sharing' }).click();
    await pane(page).getByText('Shares its servers with').waitFor({ state: 'detached' });
    await page.getByRole('region', { name: 'Timeline' }).getByText('No longer shared with cursor-vscode').waitFor();
  });
});

describe('failed calls', () => {
  test('lead to what failed in Activity; the timeline of a session shows it, too', async ({ open }) => {
    const page = await open({ hash: '#/sessions?q=claude' });
    await row(page, CLAUDE).getByRole('link', { name: '2 failed' }).click();
    await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/^#\/activity\?.*session=/);
    await page.goBack();
    expect(await page.getByRole('searchbox').inputValue(), 'the filter stays').toBe('claude');
    await row(page, CLAUDE).click();
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline.getByText('Session started').waitFor();
    await timeline.getByRole('button', { name: 'Failed' }).click();
    await timeline
      .getByText(/^failed after/)
      .first()
      .waitFor();
    expect(await timeline.locator('[data-event]').count()).toBe(2);
  });
});

describe('one session', () => {
  test('tells what happened, with the gap it was away', async ({ open }) => {
    const page = await open({ hash: `#/sessions/${CLAUDE}` });
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline.getByText('Away for 9 s').waitFor();
    expect(await timeline.locator('[data-gap]').count()).toBe(2);
    await page.evaluate((session_id) => {
      const at = Date.now();
      const payload = { reason: 'stream_lost', contact_lost_at: at - 61_000 } as const;
      window.world.append({ kind: 'session_disconnected', at, session_id, payload });
    }, CLAUDE);
    await timeline.getByText(/^Away for 1 min.* so far$/).waitFor();
    await timeline.getByText('The push stream broke and no request followed.').first().waitFor();
    await page.evaluate((session_id) => {
      const payload = {
        cause: 'resumed',
        door: 'mcp',
        downtime_ms: 62_000,
        reconnect_count: 3,
        transport_id: null,
        client_version: '',
      } as const;
      window.world.append({ kind: 'session_reconnected', at: Date.now(), session_id, payload });
    }, CLAUDE);
    await timeline.getByText('Reconnected after 1 min 2 s').waitFor();
    expect(await timeline.locator('[data-gap="open"]').count()).toBe(0);
    expect(await row(page, CLAUDE).locator('[data-column="reconnects"]').textContent()).toBe('3');
  });

  test('shows calls on demand and goes on to older pages', async ({ open }) => {
    const page = await open({ hash: `#/sessions/${CLAUDE}` });
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline.getByText('Session started').waitFor();
    expect(await timeline.getByText('tools/call').count()).toBe(0);
    await timeline.getByRole('button', { name: 'Everything' }).click();
    await timeline.getByText('tools/call read_file').waitFor();
    await page.evaluate((session_id) => {
      for (let index = 0; index < 150; index += 1) {
        const payload = { method: 'tools/call', name: `tool_${index}`, ok: true, latency_ms: 1 };
        window.world.append({ kind: 'call_completed', at: Date.now(), session_id, payload });
      }
    }, CLAUDE);
    await timeline.getByText('tools/call tool_149').waitFor();
    await timeline.getByRole('button', { name: 'Changes' }).click();
    await timeline.getByRole('button', { name: 'Everything' }).click();
    await timeline.getByText('tools/call tool_149').waitFor();
    expect(await timeline.getByText('Session started').count()).toBe(0);
    await timeline.getByRole('button', { name: 'Show older' }).click();
    await timeline.getByText('tools/call tool_0', { exact: true }).waitFor();
    await timeline.getByRole('button', { name: 'Show older' }).click();
    await timeline.getByText('Session started').waitFor();
    const texts = await timeline.locator('[data-event] p:first-child').allInnerTexts();
    expect(texts.filter((text) => text === 'tools/call tool_75')).toHaveLength(1);
  });

  test('shows a token once and forgets it', async ({ open }) => {
    const page = await open({ hash: `#/sessions/${CLAUDE}` });
    const knows = () =>
      page.evaluate(() => {
        const { sessions, ...rest } = window.store.getState();
        const state = JSON.stringify([rest, [...sessions.values()]]);
        return { store: state.includes('canary'), page: document.documentElement.outerHTML.includes('canary') };
      });
    await page.getByRole('button', { name: 'Issue token' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Issue token' }).click();
    await page
      .locator('[data-secret]')
      .getByText(/^canary/)
      .waitFor();
    expect(await knows()).toEqual({ store: false, page: true });
    await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await knows()).toEqual({ store: false, page: false });
    await page.getByRole('button', { name: 'Issue token' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).waitFor();
    expect(await knows()).toEqual({ store: false, page: false });
  });

  test('asks before it disconnects and before it ends a session', async ({ open }) => {
    const page = await open({ hash: `#/sessions/${CLAUDE}` });
    const status = row(page, CLAUDE).locator('[data-status]');
    await page.getByRole('button', { name: 'Disconnect', exact: true }).click();
    await page.getByRole('alertdialog', { name: 'Disconnect Claude Code?' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Cancel');
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'hidden' });
    expect(await status.getAttribute('data-status')).toBe('active');
    await page.getByRole('button', { name: 'Disconnect', exact: true }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Disconnect' }).click();
    await row(page, CLAUDE).locator('[data-status="disconnected"]').waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Issue token' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: /End session/ }).click();
    await page.getByRole('alertdialog', { name: 'End the session of Claude Code?' }).waitFor();
    await page.getByRole('alertdialog').getByRole('button', { name: 'End session' }).click();
    await row(page, CLAUDE).locator('[data-status="closed"]').waitFor();
  });

  test('keeps the dialog open with the reason when it does not work', async ({ open }) => {
    const page = await open({ hash: `#/sessions/${CLAUDE}` });
    await page.getByRole('button', { name: 'Disconnect', exact: true }).click();
    await page.evaluate(() => window.bridge.fail('storage_unavailable'));
    await page.getByRole('alertdialog').getByRole('button', { name: 'Disconnect' }).click();
    await page
      .getByRole('alertdialog')
      .getByRole('alert')
      .getByText(/database cannot be written/)
      .waitFor();
    await page.evaluate(() => window.bridge.fail(null));
    await page.getByRole('alertdialog').getByRole('button', { name: 'Disconnect' }).click();
    await page.getByRole('alertdialog').waitFor({ state: 'hidden' });
  });

  test('says so when there is no such session', async ({ open }) => {
    const page = await open({ hash: '#/sessions/s_unknown' });
    await pane(page).getByText('No such session').waitFor();
  });
});

describe('the header', () => {
  const state = (page: Page) => page.locator('[data-connection]');

  test('says how fresh the data is and never better than that', async ({ open }) => {
    const page = await open();
    expect(await state(page).getAttribute('data-connection')).toBe('live');
    expect(await state(page).textContent()).toMatch(/Up to date/);
    await page.evaluate(() => {
      const heard_at = Date.now() - 130_000;
      window.bridge.connection({ state: 'reconnecting', heard_at, problem: 'Holdfast is not responding.' });
    });
    await state(page).getByText('data 2 min old').waitFor();
    await page.getByText('Connection to Holdfast lost.').waitFor();
    await page.evaluate(() => window.bridge.connection({ state: 'polling', heard_at: Date.now() - 8_000 }));
    await state(page)
      .getByText(/data \d+ s old/)
      .waitFor();
    expect(await state(page).getAttribute('data-connection')).toBe('polling');
    await state(page).click();
    await page.getByRole('menuitem', { name: 'Reconnect now' }).click();
    await expect.poll(() => state(page).getAttribute('data-connection')).toBe('live');
    await state(page).click();
    await page.getByRole('menuitem', { name: 'Pause updates' }).click();
    await expect.poll(() => state(page).getAttribute('data-connection')).toBe('offline');
    await state(page)
      .getByText(/data \d+ s old/)
      .waitFor();
  });

  test('switches the theme and keeps it', async ({ open }) => {
    const page = await open({ colorScheme: 'light' });
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    expect(await theme()).toBe('light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(theme).toBe('dark');
    await page.getByRole('button', { name: 'Theme: System' }).click();
    await page.getByRole('menuitemradio', { name: 'Light' }).click();
    await expect.poll(theme).toBe('light');
    await page.reload();
    await page.getByRole('button', { name: 'Theme: Light' }).waitFor();
    expect(await theme()).toBe('light');
  });

  test('announces changes to a screen reader, in one sentence', async ({ open }) => {
    const page = await open();
    await page.evaluate((session_id) => {
      const at = Date.now();
      const payload = { reason: 'stream_lost', contact_lost_at: at } as const;
      window.world.append({ kind: 'session_disconnected', at, session_id, payload });
    }, CLAUDE);
    await page.getByRole('status', { name: 'Changes' }).getByText('Claude Code disconnected.').waitFor();
  });
});

describe('where the browser’s language is one that Intl refuses, as under LANG=C', () => {
  test('opens every view', async ({ open }) => {
    const page = await open();
    keepToOneself(page);
    await page.context().addInitScript(() => {
      Object.defineProperty(Navigator.prototype, 'language', { get: () => 'en-US@posix', configurable: true });
    });
    await page.reload();
    const throws = () =>
      page.evaluate(() => {
        try {
          new Intl.DateTimeFormat(navigator.language);
          return false;
        } catch {
          return true;
        }
      });
    expect(await throws()).toBe(true);
    await page.getByRole('heading', { name: 'Open sessions' }).waitFor();
    await page.locator('canvas').first().waitFor();
    for (const name of ['Sessions', 'Servers', 'History', 'Connect', 'Overview']) {
      await page.getByRole('navigation').getByRole('link', { name }).click();
      await page.getByRole('heading', { name, level: 1 }).waitFor();
      await page.getByText('This view ran into an error').waitFor({ state: 'hidden' });
    }
    expect(await throws()).toBe(true);
  });
});
