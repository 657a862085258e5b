import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { violationsInBothThemes } from '#tests/support/violations';
import { STARTUP_MS, labTest as test } from './support/browser';
import { expectFocusOn } from './support/focus';
import { settled } from './support/settled';

/** Where a person says what clients see: in the pane of a server, at a client, and in the sets. */

const SEVERAL_VIEWS_MS = 60_000;

const pane = (page: Page) => page.getByRole('region', { name: 'files', exact: true });
const item = (page: Page, name: string) => page.locator(`[data-item="${name}"]`).getByRole('switch');
const rules = (page: Page) => page.evaluate(() => window.world.visibility.state.rules);
const shot = async (page: Page, name: string) => {
  const folder = process.env.SHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
};

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

describe('the pane of a server', () => {
  test('hides a tool from all clients, which can be undone', async ({ open }) => {
    const page = await open({ world: 'servers', hash: '#/servers/files' });
    await item(page, 'write_file').click();
    await expect
      .poll(() => rules(page))
      .toEqual([{ client_id: null, server: 'files', kind: 'tool', name: 'write_file', shown: false }]);
    expect(await item(page, 'write_file').getAttribute('aria-checked')).toBe('false');
    await pane(page).getByText('1 hidden').waitFor();
    await page.getByText('Hidden: write_file').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => rules(page)).toEqual([]);
    await expect.poll(() => item(page, 'write_file').getAttribute('aria-checked')).toBe('true');
  });

  test('hides what a filter found, from one client', async ({ open }) => {
    const page = await open({ world: 'servers', hash: '#/servers/files' });
    const client = (await page.evaluate(() => window.world.clients[0])) ?? { client_id: '', name: '' };
    await pane(page).getByLabel('Shown to').selectOption(client.client_id);
    await pane(page).getByRole('searchbox', { name: 'Filter tools' }).fill('file');
    await pane(page)
      .getByRole('button', { name: /^Hide these/ })
      .click();
    await expect.poll(async () => (await rules(page)).length).toBeGreaterThan(2);
    expect((await rules(page)).every((rule) => rule.client_id === client.client_id && !rule.shown)).toBe(true);
    await page.getByText(`${client.name} no longer lists or calls them.`).waitFor();
    await pane(page).getByLabel('Shown to').selectOption('');
    await expect.poll(() => item(page, 'write_file').getAttribute('aria-checked')).toBe('true');
  });

  test('hides the whole server, and shows one tool of it all the same', async ({ open }) => {
    const page = await open({ world: 'servers', hash: '#/servers/files' });
    await pane(page).getByRole('switch', { name: 'Show files' }).click();
    await pane(page)
      .getByText(/Server is hidden from all clients/)
      .first()
      .waitFor();
    expect(await item(page, 'write_file').getAttribute('aria-checked')).toBe('false');
    await item(page, 'write_file').click();
    await expect.poll(() => item(page, 'write_file').getAttribute('aria-checked')).toBe('true');
    expect(await item(page, 'move_file').getAttribute('aria-checked')).toBe('false');
  });
});

test('tools that nobody calls are shown with what they cost, and hidden after a look', async ({ open }) => {
  const page = await open({ world: 'servers', hash: '#/servers' });
  await page.evaluate(() => {
    window.world.visibility.days = 12;
    window.world.visibility.calls.set('read_text_file', 4);
    window.location.hash = '#/servers/files';
  });
  await pane(page)
    .getByText(/^About [\d,]+ tokens in every chat, by estimate$/)
    .waitFor();
  const note = pane(page).locator('[data-advice="files"]');
  await note.getByText(/^5 of 6 tools were not called on the 12 days/).waitFor();
  await shot(page, 'advice');
  await note.getByRole('button', { name: 'Hide them…' }).click();
  const dialog = page.locator('[data-dialog]');
  await dialog.getByText('1,400 tokens').waitFor();
  await shot(page, 'advice-preview');
  await dialog.getByRole('button', { name: 'Hide 5 tools' }).click();
  await expect.poll(async () => (await rules(page)).length).toBe(5);
  await page.getByText('Hidden: 5 of files').waitFor();
  await note.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => rules(page)).toEqual([]);
});

test('sets are made, chosen for a client, and deleted', { timeout: SEVERAL_VIEWS_MS }, async ({ open }) => {
  const page = await open({ world: 'servers', hash: '#/servers' });
  const dialog = page.locator('[data-dialog]');
  await page.getByRole('button', { name: 'Sets' }).click();
  await dialog.getByText('No sets yet.').waitFor();
  await dialog.getByRole('button', { name: 'New set' }).click();
  await dialog.getByLabel('Name').fill('a b');
  await dialog.getByText('Starts with a letter').waitFor();
  for (const wrong of ['a b', '']) {
    await dialog.getByLabel('Name').fill(wrong);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expectFocusOn(dialog.getByLabel('Name'), `after the name "${wrong}"`);
  }
  await dialog.getByText('Give the set a name.').waitFor();
  await dialog.getByLabel('Name').fill('work');
  await dialog.getByText('/mcp/set/work').waitFor();
  const share = (server: string, of: string) =>
    dialog.locator(`[data-server-in-set="${server}"]`).getByRole('button', { name: of, exact: true }).click();
  await share('browser', 'All');
  await share('files', 'Some tools');
  await item(page, 'read_text_file').click();
  await shot(page, 'set-form');
  const asked = page.getByRole('alertdialog');
  for (const leave of [
    () => page.keyboard.press('Escape'),
    () => dialog.getByRole('button', { name: 'Back' }).click(),
  ]) {
    await leave();
    await asked.getByText('Discard your changes?').waitFor();
    await asked.getByRole('button', { name: 'Cancel' }).click();
  }
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('2 servers').waitFor();
  await shot(page, 'sets');
  expect(await page.evaluate(() => window.world.visibility.state.sets)).toEqual([
    {
      name: 'work',
      parts: [
        { server: 'browser', kind: null, name: null },
        { server: 'files', kind: 'tool', name: 'read_text_file' },
      ],
    },
  ]);
  await page.keyboard.press('Escape');

  await page.evaluate(() => {
    window.location.hash = '#/connect';
  });
  const client = (await page.evaluate(() => window.world.clients[0])) ?? { client_id: '', name: '' };
  const row = page.locator(`[data-client-id="${client.client_id}"]`);
  await row.getByRole('button', { name: /^Sees everything/ }).click();
  await dialog.getByLabel('At the address of all servers').selectOption('work');
  await dialog.getByText('1 of 6 tools, prompts and resources').waitFor();
  await dialog.locator('summary').filter({ hasText: 'files' }).click();
  await dialog.getByText('Not in its set').first().waitFor();
  await shot(page, 'client-sees');
  const how = dialog.getByRole('group', { name: /^How .* gets its tools$/ });
  await dialog.getByText(/^Every tool is in every chat: about [\d,]+ tokens/).waitFor();
  await how.getByRole('button', { name: 'By search' }).click();
  await dialog
    .getByText(/^Two tools in place of the list.* About 210 tokens in every chat instead of [\d,]+/)
    .waitFor();
  expect(await page.evaluate(() => window.world.visibility.state)).toMatchObject({
    chosen: [{ client_id: client.client_id, set: 'work' }],
    searching: [client.client_id],
  });
  await shot(page, 'client-searches');
  await page.keyboard.press('Escape');
  await row.getByRole('button', { name: /^Sees work, by search/ }).waitFor();

  await page.evaluate(() => {
    window.location.hash = '#/servers';
  });
  await page.getByRole('button', { name: 'Sets' }).click();
  await dialog.getByText(`Seen by ${client.name}`).waitFor();
  await dialog.getByRole('button', { name: 'Delete work' }).click();
  const question = page.getByRole('alertdialog');
  await question.getByText('1 client that has chosen it sees everything again.').waitFor();
  await question.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByText('No sets yet.').waitFor();
});

test('how long a client waits is shown with where that is known from, set, refused and forgotten', async ({ open }) => {
  const page = await open({ world: 'servers', hash: '#/connect' });
  const client = (await page.evaluate(() => window.world.clients.find(({ type }) => type === 'claude-code'))) ?? {
    client_id: '',
    name: '',
  };
  await page.evaluate((id) => window.world.calls.patience.set(id, { seconds: 90, from: 'learned' }), client.client_id);
  await page.evaluate(() => window.bridge.resync());
  const row = page.locator(`[data-client-id="${client.client_id}"]`);
  const dialog = page.locator('[data-dialog]');
  await row.getByRole('button', { name: /^Waits 1 min 30 s/ }).click();
  await dialog.getByText(`1 min 30 s, when ${client.name} gave up`).waitFor();
  await dialog.getByText('5 min after the last sign of life, known of this program').waitFor();
  const field = dialog.getByLabel('Set by hand, in seconds');
  for (const wrong of ['', '1', '86401', '2.5', 'a minute']) {
    await field.fill(wrong);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Enter a whole number of seconds from 2 to 86,400.').waitFor();
    await expectFocusOn(field, `after "${wrong}"`);
    await field.fill('3');
    await dialog.getByText('A whole number from 2 to 86,400.').waitFor();
  }
  const set = () => page.evaluate((id) => window.world.calls.patience.get(id), client.client_id);
  expect(await set()).toEqual({ seconds: 90, from: 'learned' });
  await page.evaluate(() => {
    window.world.calls.patienceProblem = 'Nothing can be written now.';
  });
  await field.press('Enter');
  await dialog.getByText('Nothing can be written now.').waitFor();
  await page.evaluate(() => {
    window.world.calls.patienceProblem = null;
  });
  await field.fill(' 600 ');
  await field.press('Enter');
  await dialog.getByText('10 min in all, whatever it hears meanwhile').waitFor();
  expect(await set()).toEqual({ seconds: 600, from: 'set' });
  await shot(page, 'patience');
  await dialog.getByRole('button', { name: 'Back to what Holdfast finds out' }).click();
  await dialog.getByText('Nothing yet').waitFor();
  expect(await field.inputValue()).toBe('');
  expect(await set()).toBeUndefined();
  await page.keyboard.press('Escape');
  await row.getByRole('button', { name: /^Waits 5 min/ }).waitFor();
});

test('axe finds nothing, light and dark', { timeout: SEVERAL_VIEWS_MS }, async ({ open }) => {
  const page = await open({ world: 'servers', hash: '#/servers/files', reducedMotion: 'reduce' });
  const audit = async (what: string) => {
    await settled(page);
    await shot(page, what);
    expect(await violationsInBothThemes(page), what).toEqual([]);
  };
  await item(page, 'write_file').click();
  await pane(page).getByText('1 hidden').waitFor();
  await audit('pane');
  await page.getByRole('button', { name: 'Sets' }).click();
  await page.locator('[data-dialog]').getByText('No sets yet.').waitFor();
  await page.getByRole('button', { name: 'New set' }).click();
  await page.getByRole('button', { name: 'Some tools' }).nth(2).click();
  await audit('set form');
  await page.keyboard.press('Escape');
  await page.evaluate(() => {
    window.location.hash = '#/connect';
  });
  await page
    .getByRole('button', { name: /^Sees some/ })
    .first()
    .click();
  await page.locator('summary').filter({ hasText: 'files' }).click();
  await audit('client sees');
  await page.getByRole('button', { name: 'By search' }).click();
  await page.getByText(/^Two tools in place of the list/).waitFor();
  await audit('client searches');
  await page.keyboard.press('Escape');
  await page
    .getByRole('button', { name: /^Waits / })
    .first()
    .click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/^Enter a whole number/).waitFor();
  await audit('client waits');
});
