import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { violations, violationsInBothThemes } from '#tests/support/violations';
import { sessionId } from './harness/worlds';
import { labTest, type OpenOptions, STARTUP_MS } from './support/browser';
import { expectFocus } from './support/focus';

const SEVERAL_AUDITS_MS = 150_000;

const test = labTest.extend(
  'openView',
  ({ open }) =>
    (hash = '#/servers', options: OpenOptions = {}) =>
      open({ world: 'servers', hash, permissions: ['clipboard-read', 'clipboard-write'], ...options }),
);

const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
/** Opens one server of the list beside it. */
async function show(page: Page, name: string) {
  const row = page.locator(`[data-server-row="${name}"]`);
  if ((await row.getAttribute('aria-selected')) !== 'true') await row.click();
  await card(page, name).waitFor();
  return card(page, name);
}
const state = (page: Page, name: string) =>
  page.locator(`[data-server-row="${name}"] [data-server-state]`).getAttribute('data-server-state');
/** The modal one; toasts are dialogs, too. */
const dialog = (page: Page) => page.locator('[data-dialog]');
const names = (page: Page) => page.evaluate(() => window.world.servers.list.map(({ name }) => name));
/** Waits until a dialog and everything it faded in stands still. */
const settled = (page: Page) =>
  page.waitForFunction(() => document.getAnimations().every((animation) => animation.playState === 'finished'));

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

describe('axe finds nothing, light and dark', () => {
  test(
    'in cards and dialogs',
    async ({ openView }) => {
      const page = await openView('#/servers', { reducedMotion: 'reduce' });
      await (await show(page, 'database')).getByText(/lines of output$/).click();
      const audit = async (what: string) => expect(await violationsInBothThemes(page), what).toEqual([]);
      await audit('cards');
      await (await show(page, 'files')).getByRole('button', { name: 'Stop', exact: true }).click();
      await page.getByRole('alertdialog').waitFor();
      await audit('stopping');
      await page.keyboard.press('Escape');
      await page.getByRole('alertdialog').waitFor({ state: 'detached' });
      const dialogs: [string, () => Promise<void>][] = [
        ['add', () => page.getByRole('button', { name: 'Add server' }).click()],
        ['edit', async () => (await show(page, 'search')).getByRole('button', { name: 'Edit' }).click()],
        [
          'login',
          async () => {
            await (await show(page, 'tickets')).getByRole('button', { name: 'Edit' }).click();
            await dialog(page).getByText('Login', { exact: true }).click();
            await dialog(page).getByLabel('Client secret', { exact: true }).fill('canary');
            await dialog(page).getByRole('button', { name: 'Save' }).click();
            await dialog(page).getByText('Enter the id of the client').waitFor();
          },
        ],
        ['import', () => page.getByRole('button', { name: 'Import' }).click()],
        [
          'confirm',
          async () => (await show(page, 'notes')).getByRole('button', { name: 'Review the command' }).click(),
        ],
        ['test', async () => (await show(page, 'files')).getByRole('button', { name: 'Test' }).click()],
        ['all lines', async () => (await show(page, 'database')).getByRole('button', { name: 'All lines' }).click()],
      ];
      for (const [what, show] of dialogs) {
        await show();
        await dialog(page).waitFor();
        if (what === 'add') await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
        await audit(what);
        await page.keyboard.press('Escape');
        if (what === 'login') {
          await page.getByRole('alertdialog').getByText('Discard your changes?').waitFor();
          await audit('discarding');
          await page.getByRole('button', { name: 'Discard' }).click();
        }
        await dialog(page).waitFor({ state: 'hidden' });
      }
    },
    SEVERAL_AUDITS_MS,
  );
});

describe('secrets that cannot be read', () => {
  test('are said above the cards, and where they are below', async ({ openView }) => {
    const page = await openView('#/servers', { reducedMotion: 'reduce' });
    await page.locator('[data-protection]').getByText('with a key in the keychain of the system.').waitFor();
    await page.evaluate(() => {
      const { secrets } = window.world.servers;
      window.world.servers.secrets = { ...secrets, problem: 'The stored values of servers cannot be read now.' };
      window.world.servers.change('files', {});
    });
    await page.getByRole('status').getByText('The stored values of servers cannot be read now.').waitFor();
    await settled(page);
    expect(await violationsInBothThemes(page)).toEqual([]);
  });
});

describe('the list', () => {
  const rows = (page: Page) =>
    page.locator('[data-server-row]').evaluateAll((all) => all.map((row) => row.getAttribute('data-server-row')));

  test('is cards while there are at most four servers', async ({ openView }) => {
    const page = await openView();
    await page.locator('[data-server-row]').first().waitFor();
    await page.evaluate(() => {
      window.world.servers.list.splice(4);
      window.world.servers.change('files', {});
    });
    await card(page, 'files').waitFor();
    await card(page, 'browser').waitFor();
    expect(await page.getByRole('grid').count()).toBe(0);
  });

  test('puts what needs the user first, sorts by any column and keeps that in the address', async ({ openView }) => {
    const page = await openView();
    await expect.poll(async () => (await rows(page)).slice(0, 4)).toEqual(['notes', 'broken', 'browser', 'database']);
    await page.getByRole('button', { name: 'Name' }).click();
    await expect.poll(async () => (await rows(page)).slice(0, 2)).toEqual(['broken', 'browser']);
    await page.getByRole('button', { name: 'Name' }).click();
    await expect.poll(async () => (await rows(page)).slice(0, 2)).toEqual(['weather', 'tickets']);
    expect(page.url()).toContain('sort=name%3Adesc');
  });

  test('is filtered by words, which Esc clears', async ({ openView }) => {
    const page = await openView();
    const box = page.getByRole('searchbox', { name: 'Filter servers' });
    await box.fill('retrying pg-mcp');
    await expect.poll(() => rows(page)).toEqual(['database']);
    await box.fill('no such thing');
    await page.getByText('No servers match').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(async () => (await rows(page)).length).toBe(9);
  });

  test('is used by the keyboard alone', async ({ openView }) => {
    const page = await openView();
    await page.locator('[data-server-row]').first().waitFor();
    await page.getByRole('grid', { name: 'Servers' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await card(page, 'broken').waitFor();
    expect(page.url()).toContain('#/servers/broken');
    await page.keyboard.press('ArrowDown');
    await card(page, 'browser').waitFor();
    await page.keyboard.press('Escape');
    await card(page, 'browser').waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('search');
  });

  test('keeps its rows where they are while the pointer is on it', async ({ openView }) => {
    const page = await openView();
    await page.locator('[data-server-row="files"]').hover();
    const before = await rows(page);
    await page.evaluate(() => window.world.servers.change('weather', { state: 'needs_login' }));
    await expect.poll(() => state(page, 'weather')).toBe('needs_login');
    expect(await rows(page)).toEqual(before);
    await page.getByRole('button', { name: 'Sort again' }).click();
    await expect.poll(async () => (await rows(page))[0]).toBe('weather');
  });

  test('tells in the pane what happened to the server', async ({ openView }) => {
    const page = await openView('#/servers/files');
    const events = card(page, 'files').getByRole('region', { name: 'Recent events' });
    await events.getByText('Server files started again').waitFor();
    await events.getByText('Server files kept running').waitFor();
  });

  test('shows in the pane what the server listed last, and filters it', async ({ openView }) => {
    const page = await openView('#/servers/files');
    const tools = card(page, 'files').getByRole('region', { name: 'Tools' });
    await tools.getByText('Tools (6)').waitFor();
    await tools.getByText('last changed 5 min ago').waitFor();
    await tools.getByText('odd\\u202ename').waitFor();
    const names = () => tools.getByRole('listitem').locator('code').allTextContents();
    await tools.getByRole('searchbox', { name: 'Filter tools' }).fill('overwrite FILE');
    await expect.poll(names).toEqual(['write_file']);
    await tools.getByRole('searchbox').fill('nothing like it');
    await tools.getByText('No tool matches.').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(async () => (await names()).length).toBe(6);
    await page.evaluate(() => {
      window.location.hash = '#/servers/weather';
    });
    await card(page, 'weather').getByText('Not known yet: no client has asked for them.').waitFor();
  });

  test('stops one process of a server, says whose it is, and leaves the others', async ({ openView }) => {
    const page = await openView();
    await page.evaluate(
      (ids) => {
        const files = window.world.servers.list.find(({ name }) => name === 'files');
        const [one] = files?.instances ?? [];
        if (!one) throw new Error('files runs');
        const instances = ids.map((session_id, at) => ({
          ...one,
          instance_id: `i_${at}`,
          session_id,
          pid: 5_000 + at,
          cpu_percent: at * 30.5,
        }));
        window.world.servers.change('files', { instances });
      },
      [sessionId(0), sessionId(1)],
    );
    const files = await show(page, 'files');
    const processes = files.getByRole('region', { name: 'Processes' });
    await processes.getByText('Process 5001, 64 MB, 31% of one core').waitFor();
    expect(await page.locator('[data-server-row="files"] [data-column="processor"]').textContent()).toBe('31%');
    const stop = processes.getByRole('button', { name: 'Stop for Claude Code in ~/shop' });
    await stop.press('Enter');
    const question = page.getByRole('alertdialog', { name: 'Stop files for Claude Code in ~/shop?' });
    await question.getByText('Other sessions keep their processes.').waitFor();
    await settled(page);
    expect(await violations(page)).toEqual([]);
    await question.getByRole('button', { name: 'Stop' }).press('Enter');
    await question.waitFor({ state: 'detached' });
    await processes.locator('[data-pid="5000"]').waitFor({ state: 'detached' });
    expect(await processes.locator('[data-pid]').count()).toBe(1);
    await expectFocus(page, 'after one of them was stopped');

    await page.evaluate(() => {
      const files = window.world.servers.list.find(({ name }) => name === 'files');
      const [one] = files?.instances ?? [];
      if (!one) throw new Error('files runs');
      const ready = { ...one, instance_id: 'i_ready', session_id: null, pid: 6_000 };
      window.world.servers.change('files', { instances: [one, ready] });
    });
    await processes.getByRole('button', { name: 'Stop process 6000' }).press('Enter');
    const other = page.getByRole('alertdialog', { name: 'Stop process 6000 of files?' });
    await other.getByText('Other sessions keep their processes.').waitFor();
    await other.getByRole('button', { name: 'Stop' }).press('Enter');
    await page.getByText('Process 6000 of files is stopped').waitFor();
  });

  test('stops what runs of a server, and says before what that means', async ({ openView }) => {
    const page = await openView('#/servers/files');
    await card(page, 'files').getByRole('button', { name: 'Stop', exact: true }).click();
    const asked = page.getByRole('alertdialog');
    await asked.getByText('Stop files?').waitFor();
    await asked.getByText('Sessions stay. The next call starts it again.').waitFor();
    await asked.getByText('their state in memory is lost').waitFor();
    expect(await state(page, 'files')).toBe('running');
    await asked.getByRole('button', { name: 'Stop', exact: true }).click();
    await asked.waitFor({ state: 'detached' });
    await page.getByText('files is stopped').waitFor();
    expect(await state(page, 'files')).toBe('stopped');
    expect(await card(page, 'files').getByRole('button', { name: 'Stop', exact: true }).count()).toBe(0);
    const focused = () =>
      page.evaluate(() => document.activeElement?.closest('[data-server]')?.getAttribute('data-server'));
    await expect.poll(focused, { message: 'the focus stays at the server' }).toBe('files');
  });
});

describe('the cards', () => {
  test('say how each server is, what it takes and which sessions use it', async ({ openView }) => {
    const page = await openView();
    await (await show(page, 'files')).getByText('Responding: 2 processes, one per session.').waitFor();
    await (await show(page, 'files')).getByText('125 MB').waitFor();
    await (await show(page, 'files')).locator('[data-pid="4812"]').waitFor();
    await (await show(page, 'search')).getByText('Shared by all chats').waitFor();
    await (await show(page, 'search')).getByText(/Chats share its state/).waitFor();
    await (await show(page, 'broken')).getByText(/^servers\.json:31: "args" must be a list/).waitFor();
    await page.getByText('Sharing saves about').waitFor();
    await (await show(page, 'files')).getByRole('link', { name: '2 sessions use it' }).click();
    await expect.poll(() => page.locator('[role=row][data-session-id]').count()).toBe(2);
  });

  test('count down without moving, then say that it is tried', async ({ openView }) => {
    const page = await openView();
    const countdown = (await show(page, 'database')).locator('[data-countdown]');
    const first = await countdown.textContent();
    expect(first).toMatch(/^1[0-4] s$/);
    const before = await (await show(page, 'database')).boundingBox();
    await expect.poll(() => countdown.textContent()).not.toBe(first);
    expect(await (await show(page, 'database')).boundingBox()).toEqual(before);
    await (await show(page, 'database')).getByText(/Ended with code 1\. Retrying in .* \(3rd try\)\./).waitFor();
    await page.evaluate(() => window.world.servers.change('database', { next_try_at: Date.now() - 1 }));
    await (await show(page, 'database')).getByText('Ended with code 1. Retrying now (3rd try).').waitFor();
  });

  test('follow what happens at once, and memory every few seconds', async ({ openView }) => {
    const page = await openView('#/servers', { clock: true });
    await (await show(page, 'files')).waitFor();
    await page.evaluate(() => {
      const instance = { server: 'files', instance_id: 'i_1', pid: 4_812 };
      const payload = { ...instance, reason: 'crashed', code: null, signal: 'SIGKILL', calls_lost: 0 } as const;
      const change = {
        state: 'waiting',
        attempt: 1,
        next_try_at: Date.now() + 60_000,
        last_error: 'was killed',
      } as const;
      const event = { kind: 'server_stopped', at: Date.now(), session_id: null, payload } as const;
      window.world.servers.change('files', change, event);
    });
    await expect.poll(() => state(page, 'files')).toBe('waiting');
    await page.evaluate(() => {
      const [grown] = window.world.servers.list.filter(({ name }) => name === 'search');
      const [instance] = grown?.instances ?? [];
      if (!grown || !instance) throw new Error('search runs');
      // No event tells of it: only asking does.
      window.world.servers.list.splice(1, 1, { ...grown, instances: [{ ...instance, rss_bytes: 777_000_000 }] });
    });
    const search = await show(page, 'search');
    await page.clock.fastForward(5_000);
    await search.getByText('777 MB').waitFor();
  });

  test('show the newest lines of output in a box that keeps its height, and all of them on demand', async ({
    openView,
  }) => {
    const page = await openView();
    // The pane shows it at once.
    await (await show(page, 'database')).getByText('Last 20 lines of output').waitFor();
    const box = page.getByRole('region', { name: 'Output of database' });
    await box.getByText('error: connection refused (20)').waitFor();
    expect(await box.textContent(), 'without the colours of a terminal').not.toContain('[31m');
    const atEnd = () => box.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight < 2);
    expect(await atEnd()).toBe(true);
    const height = (await box.boundingBox())?.height;
    await page.evaluate(() => {
      window.world.servers.change('database', { stderr_tail: ['one', 'two'] });
    });
    await box.getByText('two').waitFor();
    expect((await box.boundingBox())?.height).toBe(height);
    await (await show(page, 'database')).getByRole('button', { name: 'All lines' }).click();
    await dialog(page).getByText('line 120 of database').waitFor();
  });

  test('say what is odd about what a server lists', async ({ openView }) => {
    const page = await openView();
    await page.evaluate(() => {
      const remark = {
        kind: 'tool' as const,
        name: 'open_db',
        problem: 'title is null.',
        done: 'This field is left out.',
      };
      window.world.servers.change('database', { list_remarks: { shown: [remark], more: 14 } });
    });
    await (await show(page, 'database')).getByText('15 remarks on its lists').click();
    const list = page.getByRole('list', { name: 'Remarks on what database lists' });
    await list.getByText('tool "open_db": title is null. This field is left out.').waitFor();
    await list.getByText('and 14 more').waitFor();
  });

  test('retry, switch off and on, and say when that fails', async ({ openView }) => {
    const page = await openView();
    await (await show(page, 'browser')).getByRole('button', { name: 'Retry now' }).click();
    await expect.poll(() => state(page, 'browser')).toBe('starting');
    const onOff = (await show(page, 'search')).getByRole('switch', { name: /search$/ });
    await onOff.click();
    await expect.poll(() => state(page, 'search')).toBe('disabled');
    await onOff.click();
    await expect.poll(() => state(page, 'search')).toBe('stopped');
    await page.evaluate(() => window.bridge.fail('storage_unavailable'));
    await onOff.click();
    await page.getByRole('region', { name: 'Messages' }).getByText('Could not switch search off').waitFor();
    expect(await onOff.getAttribute('aria-checked')).toBe('true');
    // The view itself says so, too, until it loads again.
    await page.evaluate(() => window.bridge.fail(null));
  });

  test('ask before they interrupt calls, and offer to undo it', async ({ openView }) => {
    const page = await openView();
    await page.evaluate(() => window.world.servers.change('search', { running_calls: 2 }));
    const search = await show(page, 'search');
    await search.getByRole('button', { name: 'Restart' }).click();
    const asked = page.getByRole('alertdialog');
    await asked.getByText('2 running calls will fail.').waitFor();
    // They may end while the question is open.
    await page.evaluate(() => window.world.servers.change('search', { running_calls: 0 }));
    await asked.getByText('running call').waitFor({ state: 'hidden' });
    await page.evaluate(() => window.world.servers.change('search', { running_calls: 2 }));
    await asked.getByText('2 running calls will fail.').waitFor();
    await asked.getByRole('button', { name: 'Restart' }).click();
    await expect.poll(() => state(page, 'search')).toBe('starting');
    await search.getByRole('switch', { name: /search$/ }).click();
    await asked.getByText('2 running calls will fail.').waitFor();
    await asked.getByRole('button', { name: 'Cancel' }).click();
    expect(await state(page, 'search')).toBe('starting');
    await search.getByRole('switch', { name: /search$/ }).click();
    await asked.getByRole('button', { name: 'Switch off' }).click();
    await expect.poll(() => state(page, 'search')).toBe('disabled');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => state(page, 'search')).toBe('stopped');
  });

  test('always offer to edit, also a broken entry and a command that does not exist', async ({ openView }) => {
    const page = await openView();
    await (await show(page, 'broken')).getByRole('button', { name: 'Edit', exact: true }).waitFor();
    await page.evaluate(() => {
      const last_error = 'The server "browser" could not be started. The command "nope" was not found. Install it.';
      window.world.servers.change('browser', { state: 'waiting', last_error });
    });
    const browser = await show(page, 'browser');
    await browser.getByText('Failed', { exact: true }).waitFor();
    expect(await browser.getByText(/The command "nope" was not found/).count(), 'said once').toBe(1);
    await browser.getByRole('button', { name: 'Edit command' }).click();
    await dialog(page).getByRole('textbox', { name: 'Command' }).waitFor();
  });

  test('remove, and really put back', async ({ openView }) => {
    const page = await openView();
    const before = await names(page);
    await (await show(page, 'search')).getByRole('button', { name: 'More actions for search' }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await page.locator('[data-server-row="search"]').waitFor({ state: 'detached' });
    expect(await names(page)).not.toContain('search');
    await page.getByText('search was removed').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await (await show(page, 'search')).waitFor();
    expect(await names(page)).toEqual(before);
    expect(await page.evaluate(() => window.bridge.invoked)).toContain('servers.undo_remove');
  });

  test('are marked in the navigation, also from another view', async ({ openView }) => {
    const page = await openView('#/overview');
    const link = page.getByRole('navigation').getByRole('link', { name: /^Servers/ });
    await expect.poll(() => link.textContent()).toMatch(/4 things to look at/);
    await page.getByText('3 servers are down.').waitFor();
    await page.evaluate(() => {
      for (const name of ['database', 'browser', 'broken']) window.world.servers.change(name, { state: 'running' });
    });
    await page.getByText('Server “notes” is waiting for your approval.').waitFor();
    await page.getByRole('button', { name: 'Open the server' }).click();
    await expect.poll(() => page.url()).toContain('#/servers/notes');
    await page.evaluate(() => window.world.servers.change('notes', { state: 'stopped', trusted: true }));
    await expect.poll(() => link.locator('[data-attention]').count()).toBe(0);
  });

  test('lead to Add and Import when there is none, and name the file and its faults', async ({ openView }) => {
    const page = await openView('#/servers', { world: 'empty' });
    await page.getByText('No servers yet').waitFor();
    await page.evaluate(() => {
      window.world.servers.problems.push('servers.json:12: a comma is missing. Put one after the closing brace.');
      window.world.append({
        kind: 'servers_file_changed',
        at: Date.now(),
        session_id: null,
        payload: { usable: false },
      });
    });
    // At once: by itself it would be asked for 5 s after the last time.
    await page.getByText('servers.json:12: a comma is missing.').waitFor({ timeout: 2_500 });
    await page.getByText('/home/dev/.config/holdfast/servers.json').waitFor();
    await page.locator('[data-protection]').getByText('with a key in the keychain of the system.').waitFor();
    await page.evaluate(() => window.location.assign('#/overview'));
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.getByText('servers.json:12: a comma is missing.').waitFor();
    await page.evaluate(() => window.location.assign('#/servers'));
    await page.getByRole('button', { name: 'Add server' }).click();
    await dialog(page).waitFor();
  });
});

describe('adding and editing', () => {
  const field = (page: Page, name: string) => dialog(page).getByRole('textbox', { name, exact: true });
  const add = (page: Page) => dialog(page).getByRole('button', { name: 'Add', exact: true });
  const saved = (page: Page) => page.evaluate(() => window.world.servers.saved.at(-1));

  test('says at the field what is wrong, and goes there', async ({ openView }) => {
    const page = await openView();
    await page.getByRole('button', { name: 'Add server' }).click();
    await add(page).click();
    await dialog(page).getByText('Give the server a name.').waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-invalid'))).toBe('true');
    await field(page, 'Name').fill('files');
    await dialog(page).getByText('There is already a server with that name.').waitFor();
    await field(page, 'Name').fill('a b');
    await dialog(page)
      .getByText(/starts with a letter and has letters, digits/)
      .waitFor();
  });

  test('adds a program, keeps its values out of sight and store, and asks for its command', async ({ openView }) => {
    const page = await openView();
    await page.getByRole('button', { name: 'Add server' }).click();
    await field(page, 'Name').fill('counter');
    await field(page, 'Command').fill('node');
    await field(page, 'Arguments').fill('server.mjs --name "two words"');
    await dialog(page).getByText('two words', { exact: true }).waitFor();
    await dialog(page).getByRole('button', { name: 'Add variable' }).click();
    await dialog(page).getByRole('textbox', { name: 'Name of variable 1' }).fill('TOKEN');
    const value = dialog(page).getByLabel('Value of TOKEN');
    expect(await value.getAttribute('type')).toBe('password');
    await value.fill('canary-7');
    await dialog(page)
      .getByRole('radio', { name: /^On demand/ })
      .check();
    await dialog(page).getByRole('textbox', { name: 'Minutes without use before it stops' }).fill('5');
    await add(page).click();
    await dialog(page).getByText('Allow Holdfast to run counter?').waitFor();
    expect(await saved(page), 'nothing is saved before it was looked at').toBeUndefined();
    const exact = await dialog(page).locator('[data-exact]').allTextContents();
    expect(exact).toEqual(['node', 'server.mjs', '--name', 'two words']);
    await dialog(page).getByText('TOKEN').waitFor();
    await dialog(page).getByRole('button', { name: 'Back' }).click();
    expect(await field(page, 'Arguments').inputValue()).toBe('server.mjs --name "two words"');
    await add(page).click();
    await dialog(page).getByRole('button', { name: 'Allow and run' }).click();
    await dialog(page).waitFor({ state: 'hidden' });
    await expect.poll(() => state(page, 'counter')).toBe('stopped');
    expect(await saved(page)).toEqual({
      name: 'counter',
      command: 'node',
      args: ['server.mjs', '--name', 'two words'],
      env: { TOKEN: 'canary-7' },
      policy: 'lazy',
      idle_stop_minutes: 5,
    });
    const found = await page.evaluate(() => ({
      page: document.documentElement.outerHTML.includes('canary-7'),
      store: JSON.stringify(window.store.getState()).includes('canary-7'),
    }));
    expect(found).toEqual({ page: false, store: false });
  });

  test('fills itself in from a block pasted into the name', async ({ openView }) => {
    const page = await openView();
    await page.getByRole('button', { name: 'Add server' }).click();
    const block = {
      mcpServers: { docs: { url: 'http://127.0.0.1:3000/mcp', headers: { Authorization: 'canary-8' } } },
    };
    await page.evaluate((text) => navigator.clipboard.writeText(text), JSON.stringify(block));
    await field(page, 'Name').focus();
    await page.keyboard.press('ControlOrMeta+v');
    await dialog(page).getByText('Filled in from the pasted text.').waitFor();
    expect(await field(page, 'Name').inputValue()).toBe('docs');
    expect(await field(page, 'Address').inputValue()).toBe('http://127.0.0.1:3000/mcp');
    expect(await dialog(page).textContent()).not.toContain('canary-8');
    await add(page).click();
    await dialog(page).waitFor({ state: 'hidden' });
    expect(await saved(page)).toMatchObject({
      url: 'http://127.0.0.1:3000/mcp',
      headers: { Authorization: 'canary-8' },
    });
  });

  test('takes a block in the box for it, and says what is none', async ({ openView }) => {
    const page = await openView();
    await page.getByRole('button', { name: 'Add server' }).click();
    await dialog(page).getByText('Fill in from a pasted configuration or command').click();
    await field(page, 'Configuration').fill('{"a": 1}');
    await dialog(page)
      .getByText(/Neither a “claude mcp add” command nor/)
      .waitFor();
    await field(page, 'Configuration').fill(
      '{"files-3": {"command": "npx", "args": ["-y", "x"]}, "more": {"command": "y"}}',
    );
    await dialog(page).getByText('Filled in from the pasted text. Paste more separately.').waitFor();
    expect(await field(page, 'Configuration').inputValue()).toBe('');
    expect(await field(page, 'Arguments').inputValue()).toBe('-y\nx');
  });

  test('takes a claude mcp add command, and splits a whole command line', async ({ openView }) => {
    const page = await openView();
    await page.getByRole('button', { name: 'Add server' }).click();
    await dialog(page).getByText('Fill in from a pasted configuration or command').click();
    await field(page, 'Configuration').fill('claude mcp add --env KEY=canary-7 air-table -- npx -y "air table"');
    await dialog(page).getByText('Filled in from the pasted text.').waitFor();
    expect(await field(page, 'Name').inputValue()).toBe('air-table');
    expect(await field(page, 'Arguments').inputValue()).toBe('-y\nair table');
    await field(page, 'Arguments').fill('');
    await field(page, 'Command').fill('npx -y "air table"');
    await dialog(page).getByText('Read as:').waitFor();
    await add(page).click();
    await expect.poll(() => dialog(page).locator('[data-exact]').allTextContents()).toEqual(['npx', '-y', 'air table']);
  });

  test('asks before Esc or Cancel discards what was entered, and keeps its buttons in sight', async ({ openView }) => {
    for (const [width, height, how] of [
      [720, 480, 'Esc'],
      [1280, 800, 'Cancel'],
    ] as const) {
      const page = await openView('#/servers', { viewport: { width, height } });
      const leave = () =>
        how === 'Esc'
          ? page.keyboard.press('Escape')
          : dialog(page).getByRole('button', { name: 'Cancel', exact: true }).click();
      await page.getByRole('button', { name: 'Add server' }).click();
      const button = await add(page).boundingBox();
      expect(button && button.y + button.height < height).toBe(true);
      await leave();
      await dialog(page).waitFor({ state: 'hidden' });
      await page.getByRole('button', { name: 'Add server' }).click();
      await field(page, 'Name').fill('counter');
      await leave();
      const asked = page.getByRole('alertdialog');
      await asked.getByText('Discard your changes?').waitFor();
      await asked.getByRole('button', { name: 'Cancel' }).click();
      expect(await field(page, 'Name').inputValue()).toBe('counter');
      await leave();
      await asked.getByRole('button', { name: 'Discard' }).click();
      await dialog(page).waitFor({ state: 'hidden' });
    }
  });

  test('keeps, replaces and removes stored values', async ({ openView }) => {
    const page = await openView();
    await (await show(page, 'search')).getByRole('button', { name: 'Edit' }).click();
    await dialog(page).getByText('Stored', { exact: true }).waitFor();
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).waitFor({ state: 'hidden' });
    expect(await saved(page)).toMatchObject({ name: 'search', env: { SEARCH_API_KEY: null } });
    await (await show(page, 'search')).getByRole('button', { name: 'Edit' }).click();
    await dialog(page).getByRole('button', { name: 'Replace SEARCH_API_KEY' }).click();
    await dialog(page).getByLabel('Value of SEARCH_API_KEY').fill('new');
    await field(page, 'Arguments').fill('-y other');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).getByRole('button', { name: 'Keep off' }).click();
    await expect.poll(() => state(page, 'search')).toBe('disabled');
    expect(await saved(page)).toMatchObject({ args: ['-y', 'other'], env: { SEARCH_API_KEY: 'new' }, enabled: false });
    await (await show(page, 'search')).getByRole('button', { name: 'Edit' }).click();
    await dialog(page).getByRole('button', { name: 'Remove SEARCH_API_KEY' }).click();
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).getByRole('button', { name: 'Allow and run' }).click();
    await expect.poll(async () => (await saved(page))?.env).toEqual({});
  });

  test('takes a login in a folded part, says what is wrong there, and keeps its secret out of sight', async ({
    openView,
  }) => {
    const page = await openView();
    await page.getByRole('button', { name: 'Add server' }).click();
    await field(page, 'Name').fill('web');
    await dialog(page).getByText('An address', { exact: true }).click();
    await field(page, 'Address').fill('https://web.example/mcp');
    await dialog(page).getByRole('checkbox', { name: 'Uses the older HTTP+SSE transport' }).check();
    expect(await field(page, 'Client id').isVisible(), 'most servers need none of it').toBe(false);
    await dialog(page).locator('summary', { hasText: 'Login' }).focus();
    await page.keyboard.press('Enter');
    await dialog(page).getByText('http://127.0.0.1:8181/oauth/callback').waitFor();
    const secret = dialog(page).getByLabel('Client secret', { exact: true });
    expect(await secret.getAttribute('type')).toBe('password');
    await secret.fill('canary-9');
    await field(page, 'Scopes').fill('read  write');
    await field(page, 'Authorization server').fill('login.example.com');
    // Folded away again, it opens where something is wrong.
    await dialog(page).locator('summary', { hasText: 'Login' }).click();
    await add(page).click();
    await dialog(page).getByText('Enter a whole address that begins with https://.').waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-invalid'))).toBe('true');
    await field(page, 'Client id').fill('my-client');
    await field(page, 'Authorization server').fill('https://login.example.com');
    await add(page).click();
    await dialog(page).waitFor({ state: 'hidden' });
    await (await show(page, 'web')).getByText('older transport (SSE)').waitFor();
    expect(await saved(page)).toMatchObject({
      url: 'https://web.example/mcp',
      sse: true,
      oauth: {
        client_id: 'my-client',
        client_secret: 'canary-9',
        scopes: ['read', 'write'],
        authorization_server: 'https://login.example.com',
      },
    });
    const found = await page.evaluate(() => ({
      page: document.documentElement.outerHTML.includes('canary-9'),
      store: JSON.stringify(window.store.getState()).includes('canary-9'),
    }));
    expect(found).toEqual({ page: false, store: false });
  });

  test('keeps the secret of a login until it is replaced', async ({ openView }) => {
    const page = await openView();
    const oauth = {
      needed: null,
      client_id: 'c',
      secret_names: ['client_secret' as const],
      secret_values: {},
      private_key_file: null,
      algorithm: null,
      scopes: ['read'],
      resource: 'https://tickets.example',
      authorization_server: null,
      client_metadata_url: null,
      grant: 'client_credentials' as const,
      accepts_other_issuer: false,
    };
    await page.evaluate((login) => window.world.servers.change('tickets', { oauth: login, header_names: [] }), oauth);
    await page.waitForFunction(() =>
      window.store.getState().servers?.servers.some(({ oauth: shown }) => shown?.client_id === 'c'),
    );
    const edit = async () => (await show(page, 'tickets')).getByRole('button', { name: 'Edit' }).click();
    await edit();
    await dialog(page).getByText('Stored', { exact: true }).waitFor();
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).waitFor({ state: 'hidden' });
    const { resource, grant } = oauth;
    const same = { client_id: 'c', client_secret: null, scopes: ['read'], resource, grant };
    expect(await saved(page)).toMatchObject({ oauth: same, sse: true });
    await edit();
    await dialog(page).getByRole('button', { name: 'Replace the client secret' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('password');
    await page.keyboard.type('new');
    await page.keyboard.press('Enter');
    await dialog(page).waitFor({ state: 'hidden' });
    expect(await saved(page)).toMatchObject({ oauth: { ...same, client_secret: 'new' } });
  });

  test('keeps the dialog open with the reason when it does not work', async ({ openView }) => {
    const page = await openView();
    await (await show(page, 'search')).getByRole('button', { name: 'Edit' }).click();
    await page.evaluate(() => window.bridge.fail('storage_unavailable'));
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page)
      .getByRole('alert')
      .getByText(/database cannot be written/)
      .waitFor();
    await page.evaluate(() => window.bridge.fail(null));
  });
});

describe('confirming', () => {
  test('shows every argument whole, with nothing hidden in it', async ({ openView }) => {
    const page = await openView();
    const long = `--${'x'.repeat(400)}`;
    await page.evaluate(
      (args) =>
        window.world.servers.change('notes', {
          args,
          cwd: '/srv/notes',
          env_names: ['TOKEN', 'PATH'],
          env_values: { PATH: '/tmp/\u202ebin' },
        }),
      [long, 'a\u202eb', '', 'two\nlines'],
    );
    await (await show(page, 'notes')).getByRole('button', { name: 'Review the command' }).click();
    await expect
      .poll(() => dialog(page).locator('[data-exact]').allTextContents())
      .toEqual(['npx', long, 'a\\u202eb', '(empty)', 'two\\nlines', '/srv/notes', '/tmp/\\u202ebin']);
    const cut = await dialog(page)
      .locator('[data-exact]')
      .evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).length);
    expect(cut).toBe(0);
  });

  test('shows what the login of an address says, and names its secrets', async ({ openView }) => {
    const page = await openView();
    await page.evaluate(() =>
      window.world.servers.change('tickets', {
        trusted: false,
        state: 'untrusted',
        oauth: {
          needed: null,
          client_id: 'my\u202eclient',
          secret_names: ['client_secret', 'private_key'],
          secret_values: { client_secret: '$'.concat('{SECRET}') },
          private_key_file: null,
          algorithm: null,
          scopes: [],
          resource: null,
          authorization_server: 'https://login.example.com',
          client_metadata_url: null,
          grant: 'authorization_code',
          accepts_other_issuer: true,
        },
      }),
    );
    await (await show(page, 'tickets')).getByRole('button', { name: 'Review the address' }).click();
    const exact = await dialog(page).locator('[data-exact]').allTextContents();
    expect(exact).toEqual([
      'https://tickets.example/mcp',
      expect.not.stringContaining('\u202e'),
      'https://login.example.com',
      'accepted',
      '$'.concat('{SECRET}'),
    ]);
    await dialog(page).getByText('Stored, and stays hidden').waitFor();
  });

  test('is asked on a card with nothing hidden in what the file or the server says either', async ({ openView }) => {
    const page = await openView();
    await page.evaluate(() => {
      const { servers } = window.world;
      servers.change('broken', { name: 'a\u202ecod', problem: 'servers.json:3: a\u202ecod: no\u0007.' });
      servers.change('database', { last_error: 'said \u2066no\u200b.' });
    });
    await page.locator('[data-server-row="a\u202ecod"]').click();
    const broken = page.locator('[data-server="a\u202ecod"]');
    expect(await broken.getByRole('heading', { level: 2 }).textContent()).toBe('a\\u202ecod');
    expect(await broken.textContent()).toContain('servers.json:3: a\\u202ecod: no\\u0007.');
    expect(await page.locator('main').textContent()).not.toContain('\u202e');
    expect(await (await show(page, 'database')).textContent()).toContain('Said \\u2066no\\u200b.');
  });

  test('leaves the focus where the button was that is gone, and on the view when all of that is gone', async ({
    openView,
  }) => {
    const page = await openView();
    const review = (await show(page, 'notes')).getByRole('button', { name: 'Review the command' });
    await review.press('Enter');
    await dialog(page).getByRole('button', { name: 'Allow and run' }).press('Enter');
    await dialog(page).waitFor({ state: 'detached' });
    await review.waitFor({ state: 'detached' });
    await expectFocus(page, 'after confirming');
    expect(await card(page, 'notes').evaluate((one) => one.contains(document.activeElement))).toBe(true);

    const files = await show(page, 'files');
    await files.getByRole('button', { name: 'Test' }).press('Enter');
    await dialog(page).waitFor();
    await page.evaluate(() => {
      window.location.hash = '#/history';
    });
    await dialog(page).waitFor({ state: 'detached' });
    await expectFocus(page, 'after leaving a view with an open dialog');
  });

  test('is refused when the entry changed since it was shown, and shows what it is now', async ({ openView }) => {
    const page = await openView();
    await (await show(page, 'notes')).getByRole('button', { name: 'Review the command' }).click();
    await dialog(page).getByText('two words').waitFor();
    await page.evaluate(() => {
      const index = window.world.servers.list.findIndex(({ name }) => name === 'notes');
      const notes = window.world.servers.list[index];
      // Without an event, as between two looks.
      if (notes) window.world.servers.list[index] = { ...notes, args: ['--evil'], fingerprint: 'other' };
    });
    await dialog(page).getByRole('button', { name: 'Allow and run' }).click();
    await dialog(page).getByText('--evil').waitFor();
    expect(await page.evaluate(() => window.world.servers.list.find(({ name }) => name === 'notes')?.trusted)).toBe(
      false,
    );
  });
});

describe('testing', () => {
  test('tells what a server offers, or the error with its last lines', async ({ openView }) => {
    const page = await openView();
    await (await show(page, 'files')).getByRole('button', { name: 'Test' }).click();
    await dialog(page).getByText('Responded after 412 ms.').waitFor();
    await dialog(page).getByText('2 tools, 2 resources, 1 prompt.').waitFor();
    await page.keyboard.press('Escape');
    await page.evaluate(() => {
      const { test } = window.world.servers;
      const failed = {
        ok: false,
        error: 'ended with code 3',
        tools: [],
        server_info: null,
        stderr_tail: ['no such table'],
      };
      window.world.servers.test = { ...test, ...failed };
    });
    await (await show(page, 'files')).getByRole('button', { name: 'Test' }).click();
    await dialog(page).getByText('Ended with code 3.').waitFor();
    await dialog(page).getByText('no such table').waitFor();
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'hidden' });
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    await expect.poll(focused).toBe('Test');
  });
});

describe('importing', () => {
  test('shows what would be taken and why not, takes what is chosen and asks for each command', async ({
    openView,
  }) => {
    const page = await openView();
    await page.getByRole('button', { name: 'Import' }).click();
    await dialog(page).getByText('There is another one of this name.').waitFor();
    await dialog(page).getByText('originally files').waitFor();
    expect(await dialog(page).getByRole('checkbox', { name: 'Import strange' }).isDisabled()).toBe(true);
    await dialog(page)
      .getByText(/could not be read: .*a comma is missing/)
      .waitFor();
    expect(await dialog(page).getByRole('button', { name: 'Import 2 servers' }).isEnabled()).toBe(true);
    await dialog(page).getByRole('checkbox', { name: 'Import github' }).uncheck();
    await dialog(page).getByRole('button', { name: 'Import 1 server' }).waitFor();
    await dialog(page).getByRole('checkbox', { name: 'Import github' }).check();
    await dialog(page).getByRole('button', { name: 'Import 2 servers' }).click();
    const github = dialog(page).locator('[data-confirm="github"]');
    await github.getByText('@example/github').waitFor();
    expect(await dialog(page).locator('[data-confirm="files-2"] [data-exact]').allTextContents()).toEqual([
      'npx',
      '-y',
      '@example/files-2',
    ]);
    await settled(page);
    expect(await violations(page)).toEqual([]);
    await github.getByRole('checkbox', { name: 'github' }).uncheck();
    await dialog(page).getByRole('button', { name: 'Run 1 server' }).click();
    await dialog(page).waitFor({ state: 'hidden' });
    await expect.poll(() => state(page, 'github')).toBe('untrusted');
    await expect.poll(() => state(page, 'files-2')).toBe('stopped');
  });

  test('asks for a value that is missing, after the commands', async ({ openView }) => {
    const page = await openView();
    await page.evaluate(() => {
      const [first, second] = window.world.servers.preview.candidates;
      if (!first || !second) throw new Error('no candidates');
      window.world.servers.preview = { looked_at: [], candidates: [first, { ...second, args: ['$' + '{input:key}'] }] };
    });
    await page.getByRole('button', { name: 'Import' }).click();
    await dialog(page).getByRole('button', { name: 'Import 2 servers' }).click();
    await dialog(page).getByText('Allow Holdfast to run github?').waitFor();
    await dialog(page).getByRole('button', { name: 'Allow and run' }).click();
    await dialog(page).getByText('Edit files-2').waitFor();
    await dialog(page)
      .getByText(
        /is asked for by VS Code when it starts the server\. Holdfast cannot ask\. Edit the server and enter the value\.$/,
      )
      .waitFor();
  });
});

describe('the strip of a session', () => {
  const strip = (page: Page) => page.getByRole('slider', { name: 'Life of the session' });
  const said = (page: Page) => strip(page).getAttribute('aria-valuetext');

  test('says each thing that happened to the keyboard, and all of it in a sentence', async ({ openView }) => {
    const page = await openView(`#/sessions/${sessionId(0)}`);
    await expect.poll(() => said(page)).toBe('Connected 1 h. Never away. 1 server stop.');
    await strip(page).focus();
    await page.keyboard.press('End');
    expect(await said(page)).toMatch(/Server files kept running\. Process 4812 ran for 3 s without Holdfast/);
    await page.keyboard.press('ArrowLeft');
    expect(await said(page)).toMatch(
      /started again\. Process 4812\. Its memory of earlier calls is gone\. Before that, process 4790\./,
    );
    await page.keyboard.press('ArrowLeft');
    expect(await said(page)).toMatch(/Server files ended\. Process 4790\. Ended on its own, by SIGKILL/);
    await page.keyboard.press('Escape');
    expect(await said(page)).toBe('Connected 1 h. Never away. 1 server stop.');
    expect(await page.getByRole('complementary', { name: 'Session' }).count(), 'Escape left the pane open').toBe(1);
    await page.getByRole('button', { name: 'Whole life' }).click();
    await expect.poll(() => said(page)).toMatch(/Away 10 s in 2 gaps, the longest 9 s/);
  });

  test('shows a server that it shares with other sessions', async ({ openView }) => {
    const page = await openView(`#/sessions/${sessionId(0)}`);
    await page.evaluate(() => {
      const [template] = window.world.log;
      if (template?.kind !== 'session_created') throw new Error('the log begins with a session');
      const at = Date.now() - 60_000;
      window.world.append({
        ...template,
        at,
        session_id: 's_alone',
        payload: { ...template.payload, server: 'search' },
      });
    });
    await page.evaluate(() => {
      location.hash = '#/sessions/s_alone';
    });
    await expect.poll(() => said(page)).toMatch(/^Connected .*Never away\.$/);
    await page.evaluate(() => {
      const instance = { server: 'search', instance_id: 'i_3', pid: 4_830 };
      const payload = { ...instance, reason: 'crashed', code: 1, signal: null, calls_lost: 0 } as const;
      window.world.append({ kind: 'server_stopped', at: Date.now(), session_id: null, payload });
    });
    await expect.poll(() => said(page)).toMatch(/1 server stop\.$/);
    await page.getByRole('region', { name: 'Timeline' }).getByText('Server search ended').waitFor();
  });

  test('follows the stream and the pointer', async ({ openView }) => {
    const page = await openView(`#/sessions/${sessionId(0)}`);
    await expect.poll(() => said(page)).toMatch(/Never away/);
    await page.evaluate((session_id) => {
      const at = Date.now();
      const drop = { reason: 'supervisor_killed', contact_lost_at: at - 600_000 } as const;
      window.world.append({ kind: 'session_disconnected', at, session_id, payload: drop });
    }, sessionId(0));
    const gap = page.locator('[data-segment="away"]');
    await gap.hover();
    await page
      .locator('[data-strip-words]')
      .getByText(/away for 10 min.*Holdfast ended without warning/)
      .waitFor();
  });
});

describe('the connect view', () => {
  test('offers the way to one server, and the bridge for Claude Desktop', async ({ openView }) => {
    const page = await openView('#/connect');
    await page.getByRole('radio', { name: 'Claude Desktop' }).check();
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByRole('combobox', { name: 'Reaches' }).selectOption('files');
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    const copied = async () => JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    const entry = (await copied()).mcpServers['holdfast-files'];
    expect(entry.command).toBe('/opt/holdfast/electron');
    expect(entry.args).toEqual(['/opt/holdfast/out/main/holdfast.js', 'bridge', '--server', 'files']);
  });
});
