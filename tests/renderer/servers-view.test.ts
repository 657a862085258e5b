import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sessionId } from './harness/worlds';
import { WindowLab } from './support/browser';

const STARTUP_MS = 90_000;
const SEVERAL_AUDITS_MS = 90_000;

let lab: WindowLab;
let page: Page;

beforeAll(async () => {
  lab = await WindowLab.start();
}, STARTUP_MS);
afterAll(() => lab?.stop());
afterEach(async () => {
  await page.context().close();
  expect(lab.complaints.splice(0), 'nothing in the console').toEqual([]);
});

const open = async (hash = '#/servers', options: Parameters<WindowLab['open']>[0] = {}) => {
  page = await lab.open({ world: 'servers', hash, permissions: ['clipboard-read', 'clipboard-write'], ...options });
};
const card = (name: string) => page.getByRole('region', { name, exact: true });
const state = (name: string) => card(name).locator('[data-server-state]').getAttribute('data-server-state');
/** The modal one; toasts are dialogs, too. */
const dialog = () => page.locator('[data-dialog]');
const names = () => page.evaluate(() => window.world.servers.list.map(({ name }) => name));
const violations = async () => {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
  );
};
/** Waits until a dialog and everything it faded in stands still. */
const settled = () =>
  page.waitForFunction(() => document.getAnimations().every((animation) => animation.playState === 'finished'));

describe.each(['light', 'dark'] as const)('axe finds nothing in the %s theme', (colorScheme) => {
  test(
    'in cards and dialogs',
    async () => {
      await open('#/servers', { colorScheme, reducedMotion: 'reduce' });
      await card('database')
        .getByText(/lines of output$/)
        .click();
      const audit = async (what: string) => {
        await settled();
        expect(await violations(), what).toEqual([]);
      };
      await audit('cards');
      const dialogs: [string, () => Promise<void>][] = [
        ['add', () => page.getByRole('button', { name: 'Add server' }).click()],
        ['edit', () => card('search').getByRole('button', { name: 'Edit' }).click()],
        ['import', () => page.getByRole('button', { name: 'Import' }).click()],
        ['confirm', () => card('notes').getByRole('button', { name: 'Review the command' }).click()],
        ['test', () => card('files').getByRole('button', { name: 'Test' }).click()],
        ['all lines', () => card('database').getByRole('button', { name: 'All lines' }).click()],
      ];
      for (const [what, show] of dialogs) {
        await show();
        await dialog().waitFor();
        if (what === 'add') await dialog().getByRole('button', { name: 'Add', exact: true }).click();
        await audit(what);
        await page.keyboard.press('Escape');
        await dialog().waitFor({ state: 'hidden' });
      }
    },
    SEVERAL_AUDITS_MS,
  );
});

describe('the cards', () => {
  test('say how each server is, what it takes and which sessions use it', async () => {
    await open();
    await card('files').getByText('It answers: 2 processes, one per session.').waitFor();
    await card('files').getByText('125 MB').waitFor();
    await card('files').locator('[data-pid="4812"]').waitFor();
    await card('search').getByText('Shared by all chats').waitFor();
    await card('search')
      .getByText(/What one chat leaves in it, every other chat sees/)
      .waitFor();
    await card('broken')
      .getByText(/^servers\.json:31: “args” is no list\./)
      .waitFor();
    await page.getByText('Sharing saves about').waitFor();
    await card('files').getByRole('link', { name: '2 sessions use it' }).click();
    await expect.poll(() => page.locator('[role=row][data-session-id]').count()).toBe(2);
  });

  test('count down without moving, then say that it is tried', async () => {
    await open();
    const countdown = card('database').locator('[data-countdown]');
    const first = await countdown.textContent();
    expect(first).toMatch(/^1[0-4] s$/);
    const before = await card('database').boundingBox();
    await expect.poll(() => countdown.textContent()).not.toBe(first);
    expect(await card('database').boundingBox()).toEqual(before);
    await card('database')
      .getByText(/Waiting to try again in .* \(3rd try\): it ended with code 1\./)
      .waitFor();
    await page.evaluate(() => window.world.servers.change('database', { next_try_at: Date.now() - 1 }));
    await card('database').getByText('Trying again now (3rd try): it ended with code 1.').waitFor();
  });

  test('follow what happens at once, and memory every few seconds', async () => {
    await open();
    await card('files').waitFor();
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
    await expect.poll(() => state('files')).toBe('waiting');
    await page.evaluate(() => {
      const [grown] = window.world.servers.list.filter(({ name }) => name === 'search');
      const [instance] = grown?.instances ?? [];
      if (!grown || !instance) throw new Error('search runs');
      // No event tells of it: only asking does.
      window.world.servers.list.splice(1, 1, { ...grown, instances: [{ ...instance, rss_bytes: 777_000_000 }] });
    });
    await card('search').getByText('777 MB').waitFor();
  });

  test('show the newest lines of output in a box that keeps its height, and all of them on demand', async () => {
    await open();
    await card('database').getByText('Its last 20 lines of output').click();
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
    await card('database').getByRole('button', { name: 'All lines' }).click();
    await dialog().getByText('line 120 of database').waitFor();
  });

  test('retry, switch off and on, and say when that fails', async () => {
    await open();
    await card('browser').getByRole('button', { name: 'Retry now' }).click();
    await expect.poll(() => state('browser')).toBe('starting');
    const onOff = card('search').getByRole('switch', { name: /search$/ });
    await onOff.click();
    await expect.poll(() => state('search')).toBe('disabled');
    await onOff.click();
    await expect.poll(() => state('search')).toBe('stopped');
    await page.evaluate(() => window.bridge.fail('storage_unavailable'));
    await onOff.click();
    await page.getByRole('region', { name: 'Notifications' }).getByText('Could not switch search off').waitFor();
    expect(await onOff.getAttribute('aria-checked')).toBe('true');
    // The view itself says so, too, until it loads again.
    await page.evaluate(() => window.bridge.fail(null));
  });

  test('remove, and really put back', async () => {
    await open();
    const before = await names();
    await card('search').getByRole('button', { name: 'More actions for search' }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await card('search').waitFor({ state: 'hidden' });
    expect(await names()).not.toContain('search');
    await page.getByText('search was removed').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await card('search').waitFor();
    expect(await names()).toEqual(before);
    expect(await page.evaluate(() => window.bridge.invoked)).toContain('servers.undo_remove');
  });

  test('are marked in the navigation, also from another view', async () => {
    await open('#/overview');
    const link = page.getByRole('navigation').getByRole('link', { name: /^Servers/ });
    await expect.poll(() => link.textContent()).toMatch(/4 things to look at/);
    await page.getByText('3 servers are down.').waitFor();
    await page.evaluate(() => {
      for (const name of ['database', 'browser', 'broken']) window.world.servers.change(name, { state: 'running' });
    });
    await page.getByText('The server notes is waiting for you.').waitFor();
    await page.getByRole('button', { name: 'Open the server' }).click();
    await expect.poll(() => page.url()).toContain('#/servers/notes');
    await page.evaluate(() => window.world.servers.change('notes', { state: 'stopped', trusted: true }));
    await expect.poll(() => link.locator('[data-attention]').count()).toBe(0);
  });

  test('lead to Add and Import when there is none, and name the file and its faults', async () => {
    await open('#/servers', { world: 'empty' });
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
    await page.getByRole('button', { name: 'Add server' }).click();
    await dialog().waitFor();
  });
});

describe('adding and editing', () => {
  const field = (name: string) => dialog().getByRole('textbox', { name, exact: true });
  const add = () => dialog().getByRole('button', { name: 'Add', exact: true });
  const saved = () => page.evaluate(() => window.world.servers.saved.at(-1));

  test('says at the field what is wrong, and goes there', async () => {
    await open();
    await page.getByRole('button', { name: 'Add server' }).click();
    await add().click();
    await dialog().getByText('Give the server a name.').waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-invalid'))).toBe('true');
    await field('Name').fill('files');
    await dialog().getByText('There is already a server with that name.').waitFor();
    await field('Name').fill('a b');
    await dialog()
      .getByText(/starts with a letter and has letters, digits/)
      .waitFor();
  });

  test('adds a program, keeps its values out of sight and store, and asks for its command', async () => {
    await open();
    await page.getByRole('button', { name: 'Add server' }).click();
    await field('Name').fill('counter');
    await field('Command').fill('node');
    await field('Arguments').fill('server.mjs --name "two words"');
    await dialog().getByText('two words', { exact: true }).waitFor();
    await dialog().getByRole('button', { name: 'Add variable' }).click();
    await dialog().getByRole('textbox', { name: 'Name of variable 1' }).fill('TOKEN');
    const value = dialog().getByLabel('Value of TOKEN');
    expect(await value.getAttribute('type')).toBe('password');
    await value.fill('canary-7');
    await dialog()
      .getByRole('radio', { name: /^On demand/ })
      .check();
    await dialog().getByRole('textbox', { name: 'Minutes without use before it stops' }).fill('5');
    await add().click();
    await dialog().getByText('May Holdfast run this for counter?').waitFor();
    expect(await saved(), 'nothing is saved before it was looked at').toBeUndefined();
    const exact = await dialog().locator('[data-exact]').allTextContents();
    expect(exact).toEqual(['node', 'server.mjs', '--name', 'two words']);
    await dialog().getByText('TOKEN').waitFor();
    await dialog().getByRole('button', { name: 'Back' }).click();
    expect(await field('Arguments').inputValue()).toBe('server.mjs --name "two words"');
    await add().click();
    await dialog().getByRole('button', { name: 'Run this' }).click();
    await dialog().waitFor({ state: 'hidden' });
    await expect.poll(() => state('counter')).toBe('stopped');
    expect(await saved()).toEqual({
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

  test('fills itself in from a block pasted into the name', async () => {
    await open();
    await page.getByRole('button', { name: 'Add server' }).click();
    const block = {
      mcpServers: { docs: { url: 'http://127.0.0.1:3000/mcp', headers: { Authorization: 'canary-8' } } },
    };
    await page.evaluate((text) => navigator.clipboard.writeText(text), JSON.stringify(block));
    await field('Name').focus();
    await page.keyboard.press('ControlOrMeta+v');
    await dialog().getByText('Filled in from what you pasted.').waitFor();
    expect(await field('Name').inputValue()).toBe('docs');
    expect(await field('Address').inputValue()).toBe('http://127.0.0.1:3000/mcp');
    expect(await dialog().textContent()).not.toContain('canary-8');
    await add().click();
    await dialog().waitFor({ state: 'hidden' });
    expect(await saved()).toMatchObject({ url: 'http://127.0.0.1:3000/mcp', headers: { Authorization: 'canary-8' } });
  });

  test('takes a block in the box for it, and says what is none', async () => {
    await open();
    await page.getByRole('button', { name: 'Add server' }).click();
    await dialog().getByText('Fill in from a pasted configuration').click();
    await field('Configuration').fill('{"a": 1}');
    await dialog()
      .getByText(/This is not a server’s JSON/)
      .waitFor();
    await field('Configuration').fill('{"files-3": {"command": "npx", "args": ["-y", "x"]}, "more": {"command": "y"}}');
    await dialog().getByText('Filled in from what you pasted. Paste more separately.').waitFor();
    expect(await field('Configuration').inputValue()).toBe('');
    expect(await field('Arguments').inputValue()).toBe('-y\nx');
  });

  test('keeps, replaces and removes stored values', async () => {
    await open();
    await card('search').getByRole('button', { name: 'Edit' }).click();
    await dialog().getByText('Kept').waitFor();
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().waitFor({ state: 'hidden' });
    expect(await saved()).toMatchObject({ name: 'search', env: { SEARCH_API_KEY: null } });
    await card('search').getByRole('button', { name: 'Edit' }).click();
    await dialog().getByRole('button', { name: 'Replace SEARCH_API_KEY' }).click();
    await dialog().getByLabel('Value of SEARCH_API_KEY').fill('new');
    await field('Arguments').fill('-y other');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().getByRole('button', { name: 'Leave it off' }).click();
    await expect.poll(() => state('search')).toBe('disabled');
    expect(await saved()).toMatchObject({ args: ['-y', 'other'], env: { SEARCH_API_KEY: 'new' }, enabled: false });
    await card('search').getByRole('button', { name: 'Edit' }).click();
    await dialog().getByRole('button', { name: 'Remove SEARCH_API_KEY' }).click();
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().getByRole('button', { name: 'Run this' }).click();
    await expect.poll(async () => (await saved())?.env).toEqual({});
  });

  test('keeps the dialog open with the reason when it does not work', async () => {
    await open();
    await card('search').getByRole('button', { name: 'Edit' }).click();
    await page.evaluate(() => window.bridge.fail('storage_unavailable'));
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog()
      .getByRole('alert')
      .getByText(/database cannot be written/)
      .waitFor();
    await page.evaluate(() => window.bridge.fail(null));
  });
});

describe('confirming', () => {
  test('shows every argument whole, with nothing hidden in it', async () => {
    await open();
    const long = `--${'x'.repeat(400)}`;
    await page.evaluate(
      (args) =>
        window.world.servers.change('notes', {
          args,
          cwd: '/srv/notes',
          env_names: ['TOKEN', 'PATH'],
          code_env: { PATH: '/tmp/\u202ebin' },
        }),
      [long, 'a\u202eb', '', 'two\nlines'],
    );
    await card('notes').getByRole('button', { name: 'Review the command' }).click();
    await expect
      .poll(() => dialog().locator('[data-exact]').allTextContents())
      .toEqual(['npx', long, 'a\\u202eb', '(empty)', 'two\\nlines', '/srv/notes', '/tmp/\\u202ebin']);
    const cut = await dialog()
      .locator('[data-exact]')
      .evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).length);
    expect(cut).toBe(0);
  });

  test('is asked on a card with nothing hidden in what the file or the server says either', async () => {
    await open();
    await page.evaluate(() => {
      const { servers } = window.world;
      servers.change('broken', { name: 'a\u202ecod', problem: 'servers.json:3: a\u202ecod: no\u0007.' });
      servers.change('database', { last_error: 'said \u2066no\u200b.' });
    });
    const broken = page.locator('[data-server="a\u202ecod"]');
    expect(await broken.getByRole('heading').textContent()).toBe('a\\u202ecod');
    expect(await broken.textContent()).toContain('servers.json:3: a\\u202ecod: no\\u0007.');
    expect(await card('database').textContent()).toContain('said \\u2066no\\u200b.');
    expect(await broken.textContent()).not.toContain('\u202e');
  });

  test('is refused when the entry changed since it was shown, and shows what it is now', async () => {
    await open();
    await card('notes').getByRole('button', { name: 'Review the command' }).click();
    await dialog().getByText('two words').waitFor();
    await page.evaluate(() => {
      const index = window.world.servers.list.findIndex(({ name }) => name === 'notes');
      const notes = window.world.servers.list[index];
      // Without an event, as between two looks.
      if (notes) window.world.servers.list[index] = { ...notes, args: ['--evil'], fingerprint: 'other' };
    });
    await dialog().getByRole('button', { name: 'Run this' }).click();
    await dialog().getByText('--evil').waitFor();
    expect(await page.evaluate(() => window.world.servers.list.find(({ name }) => name === 'notes')?.trusted)).toBe(
      false,
    );
  });
});

describe('testing', () => {
  test('tells what a server offers, or the error with its last lines', async () => {
    await open();
    await card('files').getByRole('button', { name: 'Test' }).click();
    await dialog().getByText('It answered after 412 ms.').waitFor();
    await dialog().getByText('2 tools, 2 resources, 1 prompt.').waitFor();
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
    await card('files').getByRole('button', { name: 'Test' }).click();
    await dialog().getByText('It ended with code 3.').waitFor();
    await dialog().getByText('no such table').waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    await expect.poll(focused).toBe('Test');
  });
});

describe('importing', () => {
  test('shows what would be taken and why not, takes what is chosen and asks for each command', async () => {
    await open();
    await page.getByRole('button', { name: 'Import' }).click();
    await dialog().getByText('There is another server called files.').waitFor();
    await dialog().getByText('originally files').waitFor();
    expect(await dialog().getByRole('checkbox', { name: 'Import strange' }).isDisabled()).toBe(true);
    await dialog()
      .getByText(/could not be read: line 4 is no JSON/)
      .waitFor();
    expect(await dialog().getByRole('button', { name: 'Import 2 servers' }).isEnabled()).toBe(true);
    await dialog().getByRole('checkbox', { name: 'Import github' }).uncheck();
    await dialog().getByRole('button', { name: 'Import 1 server' }).waitFor();
    await dialog().getByRole('checkbox', { name: 'Import github' }).check();
    await dialog().getByRole('button', { name: 'Import 2 servers' }).click();
    await dialog().getByText('May Holdfast run this for github?').waitFor();
    await dialog()
      .getByText(/^Command 1 of 2\./)
      .waitFor();
    await dialog().getByRole('button', { name: 'Leave it off' }).click();
    await dialog().getByText('May Holdfast run this for files-2?').waitFor();
    await dialog().getByRole('button', { name: 'Run this' }).click();
    await dialog().waitFor({ state: 'hidden' });
    await expect.poll(() => state('github')).toBe('disabled');
    await expect.poll(() => state('files-2')).toBe('stopped');
  });
});

describe('the strip of a session', () => {
  const strip = () => page.getByRole('slider', { name: 'Life of the session' });
  const said = () => strip().getAttribute('aria-valuetext');

  test('says each thing that happened to the keyboard, and all of it in a sentence', async () => {
    await open(`#/sessions/${sessionId(0)}`);
    await expect.poll(said).toBe('Connected 1 h, never away, 1 server stop.');
    await strip().focus();
    await page.keyboard.press('End');
    expect(await said()).toMatch(/Server files kept running\. Process 4812 ran for 3 s without Holdfast/);
    await page.keyboard.press('ArrowLeft');
    expect(await said()).toMatch(
      /started again\. Process 4812\. What it remembered is gone\. Before that, process 4790\./,
    );
    await page.keyboard.press('ArrowLeft');
    expect(await said()).toMatch(/Server files ended\. Process 4790\. It ended on its own, by SIGKILL/);
    await page.keyboard.press('Escape');
    expect(await said()).toBe('Connected 1 h, never away, 1 server stop.');
    expect(await page.getByRole('complementary', { name: 'Session' }).count(), 'Escape left the pane open').toBe(1);
    await page.getByRole('button', { name: 'Whole life' }).click();
    await expect.poll(said).toMatch(/away 10 s in 2 gaps, the longest 9 s/);
  });

  test('tells of a server that it shares with other sessions', async () => {
    await open(`#/sessions/${sessionId(0)}`);
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
    await expect.poll(said).toMatch(/^Connected .*never away\.$/);
    await page.evaluate(() => {
      const instance = { server: 'search', instance_id: 'i_3', pid: 4_830 };
      const payload = { ...instance, reason: 'crashed', code: 1, signal: null, calls_lost: 0 } as const;
      window.world.append({ kind: 'server_stopped', at: Date.now(), session_id: null, payload });
    });
    await expect.poll(said).toMatch(/1 server stop\.$/);
    await page.getByRole('region', { name: 'Timeline' }).getByText('Server search ended').waitFor();
  });

  test('follows the stream and the pointer', async () => {
    await open(`#/sessions/${sessionId(0)}`);
    await expect.poll(said).toMatch(/never away/);
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
  test('offers the way to one server, and the bridge for Claude Desktop', async () => {
    await open('#/connect');
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
