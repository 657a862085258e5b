import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { clientLink } from '#src/shared/model/client-link';
import { labTest, STARTUP_MS } from './support/browser';
import { untranslated } from './support/untranslated';

const test = labTest.extend('view', ({ open }) => open({ hash: '#/connect', world: 'typical', clock: true }));
test.beforeAll(({ lab }) => void lab, STARTUP_MS);

const row = (page: Page, name: string) => page.getByRole('listitem', { name, exact: true });
/** Changes what is found there, and lets the time pass after which the page looks again. */
const set = async (page: Page, id: 'cursor', change: object) => {
  await page.evaluate(([which, what]) => void window.world.connect.set(which, what), [id, change] as const);
  await page.clock.fastForward(2_000);
};

describe('the clients of this machine', () => {
  test('are listed with their file and state; those that are not here are only named', async ({ view }) => {
    await row(view, 'Cursor').getByText('~/.cursor/mcp.json').waitFor();
    await row(view, 'Cursor').getByText('Not connected').waitFor();
    await view.getByText(/^Not found: Claude Desktop, Codex, .* Start one once, and it appears here\.$/).waitFor();
    expect(await row(view, 'Codex').count()).toBe(0);
  });

  test('a click shows the change, writes it, and says when the client was really here', async ({ view }) => {
    await row(view, 'Cursor').getByRole('button', { name: 'Connect Cursor' }).click();
    const dialog = view.getByRole('dialog');
    await dialog.getByRole('heading', { name: 'Connect Cursor?' }).waitFor();
    const added = dialog.getByRole('region', { name: 'Changes in the file' }).getByText('"holdfast"');
    expect(await added.textContent()).toBe('Added: +     "holdfast": {');
    await dialog.getByRole('button', { name: 'Write and connect' }).click();
    await dialog.getByRole('status').getByText('Waiting for Cursor…').waitFor();
    await dialog.getByText('If Cursor runs, turn on holdfast').waitFor();
    await set(view, 'cursor', { state: 'connected', last_seen_at: Date.now() });
    await dialog.getByRole('status').getByText('Cursor is connected').waitFor();
    await dialog.getByText(/^Cursor (was here .* ago|is here now)$/).waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await row(view, 'Cursor')
      .getByText(/^Cursor (was here .* ago|is here now)$/)
      .waitFor();
    expect(await row(view, 'Cursor').getByRole('button').allTextContents()).toEqual(['Its servers', 'Undo']);
  });

  test('a change that is out of date is refused with a sentence, and can be looked at again', async ({ view }) => {
    await row(view, 'Cursor').getByRole('button', { name: 'Connect Cursor' }).click();
    const dialog = view.getByRole('dialog');
    await dialog.getByText('"holdfast"').waitFor();
    await view.evaluate(() => {
      window.world.connect.edits += 1;
    });
    await dialog.getByRole('button', { name: 'Write and connect' }).click();
    await dialog.getByRole('alert').getByText('has changed since it was shown').waitFor();
    await dialog.getByRole('button', { name: 'Show it again' }).click();
    await dialog.getByRole('button', { name: 'Write and connect' }).click();
    await dialog.getByText('Waiting for Cursor…').waitFor();
  });

  test('can be undone with the keyboard alone, and the focus stays at its row', async ({ view }) => {
    await set(view, 'cursor', { state: 'connected', client_id: 'c_cursor', last_seen_at: Date.now() });
    const undo = row(view, 'Cursor').getByRole('button', { name: 'Undo the connection of Cursor' });
    await undo.focus();
    await view.keyboard.press('Enter');
    const dialog = view.getByRole('dialog', { name: 'Take Holdfast out of Cursor?' });
    await dialog.getByText('"holdfast"').waitFor();
    await dialog.getByRole('button', { name: 'Undo' }).focus();
    await view.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await view.getByText('Holdfast is no longer in Cursor').waitFor();
    await expect
      .poll(() => view.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Connect Cursor');
  });

  test('a new key is written after a look at the change', async ({ view }) => {
    const client_id = await view.evaluate(() => window.world.clients[0]?.client_id ?? '');
    const name = await view.evaluate(() => window.world.clients[0]?.name ?? '');
    await set(view, 'cursor', { state: 'old_key', client_id, key_ends_at: Date.now() + 60_000 });
    await row(view, 'Cursor')
      .getByText(/^Old key, works until .* Connect again\.$/)
      .waitFor();
    await view.getByRole('button', { name: `New key for ${name}`, exact: true }).click();
    const dialog = view.getByRole('dialog', { name: 'New key for Cursor?' });
    await dialog.getByText('"holdfast"').waitFor();
    await dialog.getByRole('button', { name: 'Write the new key' }).click();
    await view.getByRole('dialog', { name: 'Cursor: Holdfast is written' }).getByText('Waiting for Cursor…').waitFor();
  });

  test('the key can be referred to, and what is to be set is shown once', async ({ view }) => {
    await row(view, 'Cursor').getByRole('button', { name: 'Connect Cursor' }).click();
    await view.getByText('in plain text, also in copies').waitFor();
    await view.getByRole('group', { name: 'Key' }).getByRole('button', { name: 'Refer to it' }).click();
    await view.getByText('The file names a variable.').waitFor();
    await view.getByRole('button', { name: 'Write and connect' }).click();
    const dialog = view.getByRole('dialog', { name: 'Cursor: Holdfast is written' });
    await dialog.getByText(/^export HOLDFAST_KEY_CURSOR=hf_•+$/).waitFor();
    expect(await view.evaluate(() => JSON.stringify(window.store.getState().found))).not.toContain('hf_vvv');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await row(view, 'Claude Code').getByRole('button', { name: 'Connect Claude Code' }).click();
    await view.getByText(/^The key is kept in .*keys\/claude-code, which only you can read\.$/).waitFor();
  });

  test('Cursor and VS Code can be opened by a link, which has no key in it', async ({ view }) => {
    expect(
      await row(view, 'Claude Code')
        .getByRole('button', { name: /^By a link/ })
        .count(),
    ).toBe(0);
    await row(view, 'Cursor').getByRole('button', { name: 'By a link: Cursor' }).click();
    const dialog = view.getByRole('dialog', { name: 'Connect Cursor by a link?' });
    await dialog.getByText(/^export HOLDFAST_KEY_CURSOR=hf_•+$/).waitFor();
    const href = await dialog.getByRole('link', { name: 'Open Cursor' }).getAttribute('href');
    expect(href).toBe(clientLink('cursor', 'http://127.0.0.1:8181/mcp'));
    await dialog.getByText('Waiting for Cursor…').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await row(view, 'VS Code').getByRole('button', { name: 'By a link: VS Code' }).click();
    await view.getByText('VS Code asks for it when it starts Holdfast').waitFor();
    expect(await view.getByRole('link', { name: 'Open VS Code' }).getAttribute('href')).toMatch(
      /^vscode:mcp\/install\?/,
    );
  });

  test('say what is wrong with a file, a key or an address', async ({ view }) => {
    await set(view, 'cursor', { state: 'unreadable', problem: '/home/dev/.cursor/mcp.json:3: A comma is missing.' });
    await row(view, 'Cursor').getByText('/home/dev/.cursor/mcp.json:3: A comma is missing.').waitFor();
    expect(await row(view, 'Cursor').getByRole('button').count()).toBe(0);
    await set(view, 'cursor', { state: 'other_key', problem: null });
    await row(view, 'Cursor').getByText('Key no longer valid. Connect again.').waitFor();
    await row(view, 'Cursor').getByRole('button', { name: 'Connect Cursor' }).waitFor();
    await set(view, 'cursor', { state: 'other_address' });
    await row(view, 'Cursor').getByText('Old address. Connect again.').waitFor();
  });
});

describe('the own servers of a client', () => {
  test('are taken over, then come out of its file, and one undo is named', async ({ view }) => {
    await view.evaluate(() => {
      const own = {
        source: 'cursor' as const,
        file: '/home/dev/.cursor/mcp.json',
        transport: 'stdio' as const,
        command: 'npx',
        args: ['-y', 'some-server'],
        url: null,
        env_names: ['API_KEY'],
        header_names: [],
        older_transport: false,
        verdict: 'new' as const,
        remark: '',
      };
      const named = (name: string) => ({ ...own, id: name, name, original_name: name });
      window.world.servers.preview = { candidates: [named('docs'), named('shop')], looked_at: [] };
    });
    await row(view, 'Cursor').getByRole('button', { name: 'Connect Cursor' }).click();
    const dialog = view.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Write and connect' }).click();
    await dialog.getByRole('checkbox', { name: 'Import shop' }).uncheck();
    await view.evaluate(() => {
      window.world.connect.served = ['docs'];
    });
    await dialog.getByRole('button', { name: 'Take over 1 server' }).click();
    await dialog.getByRole('status').getByText('1 server is in Holdfast now.').waitFor();
    await dialog.getByText('1 command waits for your review before the first run.').waitFor();
    await dialog.getByText('Still in the file of Cursor too, so Cursor runs them a second time: docs').waitFor();
    await dialog.getByRole('button', { name: 'Take out of the file' }).click();
    await dialog.getByText('Taken out of the file: docs. Undo puts everything back.').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await row(view, 'Cursor').getByRole('button', { name: 'Servers of Cursor' }).click();
    await dialog.getByText('Taken out of the file: docs. Undo puts everything back.').waitFor();
    await dialog.getByRole('checkbox', { name: 'Import shop' }).waitFor();
  });
});

test('every text of the dialogs is in the catalogue', async ({ open }) => {
  const page = await open({ hash: '#/connect', world: 'connected', language: 'pseudo', reducedMotion: 'reduce' });
  const close = async () => {
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  };
  for (const [id, words] of [
    ['claude-code', /Servers of Claude Code/],
    ['cursor', /Undo the connection of Cursor/],
    ['codex', /Connect Codex/],
  ] as const) {
    await page.locator(`[data-found="${id}"]`).getByRole('button', { name: words }).click();
    await page.getByRole('dialog').waitFor();
    await page
      .getByText(/⟦(?:Added|Removed):⟧|has no servers of its own|Taken out/)
      .first()
      .waitFor();
    expect(await untranslated(page), id).toEqual([]);
    await close();
  }
  for (const id of ['cursor', 'vscode'] as const) {
    await page.evaluate((which) => void window.world.connect.set(which, { state: 'not_connected' }), id);
    await page
      .locator(`[data-found="${id}"]`)
      .getByRole('button', { name: /By a link/ })
      .click();
    await page.getByRole('dialog').getByRole('figure').waitFor();
    expect(await untranslated(page), `the link of ${id}`).toEqual([]);
    await close();
  }
  await page
    .getByRole('button', { name: /New key for/ })
    .first()
    .click();
  await page
    .getByRole('dialog')
    .getByText(/⟦Added:⟧/)
    .first()
    .waitFor();
  expect(await untranslated(page), 'a new key').toEqual([]);
  await close();
  await page.evaluate(() => {
    const [client] = window.world.clients;
    const old_key = { valid_until: Date.now() + 60_000, last_used_at: Date.now() - 3_000 };
    if (!client) return;
    const { client_id, name } = client;
    window.world.clients[0] = { ...client, old_key };
    const payload = { client_id, name, old_key_until: old_key.valid_until };
    window.world.append({ kind: 'client_key_renewed', at: Date.now(), session_id: null, payload });
  });
  await page
    .getByText(/works until/)
    .first()
    .waitFor();
  expect(await untranslated(page), 'an old key').toEqual([]);
});
