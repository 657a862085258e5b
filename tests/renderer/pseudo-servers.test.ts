import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { networkFailure } from '#src/main/http-client/failures';
import { whyNotStarted } from '#src/main/upstream/failure-text';
import type { Server } from '#src/shared/contract/server';
import { HoldfastError } from '#src/shared/errors';
import { said } from '#src/shared/messages/said';
import { STARTUP_MS, labTest as test } from './support/browser';
import { expectFocus } from './support/focus';
import { untranslated } from './support/untranslated';

const SEVERAL_DIALOGS_MS = 60_000;

const pseudo = { language: 'pseudo', reducedMotion: 'reduce' } as const;
const button = (page: Page, name: string) => page.getByRole('button', { name }).first();

/** Opens something, says what of it is in no catalogue, and closes it; the focus goes back to the page. */
async function within(
  page: Page,
  role: 'dialog' | 'alertdialog' | 'menu',
  open: () => Promise<unknown>,
): Promise<void> {
  await open();
  await page.getByRole(role).first().waitFor();
  await expect.poll(() => untranslated(page)).toEqual([]);
  // Before it has the focus, Escape would be that of what lies below.
  await expect
    .poll(() =>
      page
        .getByRole(role)
        .first()
        .evaluate((one) => one.contains(document.activeElement)),
    )
    .toBe(true);
  await page.keyboard.press('Escape');
  await page.getByRole(role).first().waitFor({ state: 'detached' });
  await expectFocus(page, `after a ${role}`);
}

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

describe('every text is in the catalogue', () => {
  test(
    'of what can be done to a server',
    async ({ open }) => {
      const page = await open({ world: 'servers', hash: '#/servers/files', ...pseudo });
      await within(page, 'dialog', () => button(page, 'Test').click());
      await within(page, 'alertdialog', () => button(page, 'Stop').click());
      await within(page, 'menu', () => button(page, 'More actions').click());
      await within(page, 'dialog', async () => {
        await button(page, 'More actions').click();
        await page.getByRole('menuitem', { name: 'Show all output' }).click();
      });
      await within(page, 'dialog', () => button(page, 'Edit').click());
      await page.evaluate(() => {
        window.location.hash = '#/servers/notes';
      });
      await within(page, 'dialog', () => button(page, 'Review the command').click());
      await page.evaluate(() => {
        window.location.hash = '#/servers/search';
      });
      await page.evaluate(() => window.world.servers.change('search', { running_calls: 2 }));
      await expect
        .poll(() => page.evaluate(() => window.store.getState().servers?.servers.map((one) => one.running_calls)))
        .toContain(2);
      await within(page, 'alertdialog', async () => {
        await page.getByRole('region', { name: 'search', exact: true }).getByRole('switch').click();
      });
    },
    SEVERAL_DIALOGS_MS,
  );

  test(
    'of adding and importing servers',
    async ({ open }) => {
      const page = await open({ world: 'servers', hash: '#/servers', ...pseudo });
      const dialog = page.locator('[data-dialog]');
      await within(page, 'dialog', () => button(page, 'Import').click());
      await button(page, 'Add server').click();
      await dialog.getByText('Fill in from').click();
      await dialog.getByRole('textbox', { name: 'Configuration' }).fill('nothing');
      await dialog.getByRole('textbox', { name: 'Arguments' }).fill('a "b c"');
      await dialog.getByRole('button', { name: 'Add variable' }).click();
      await dialog.getByRole('button', { name: '⟦Add⟧', exact: true }).click();
      await expect.poll(() => untranslated(page)).toEqual([]);
      await dialog.getByText('An address').click();
      await dialog.getByText('⟦Login⟧', { exact: true }).click();
      await dialog.getByRole('textbox', { name: 'Scopes' }).fill('"');
      await expect.poll(() => untranslated(page)).toEqual([]);
      await within(page, 'alertdialog', () => page.keyboard.press('Escape'));
    },
    SEVERAL_DIALOGS_MS,
  );

  test(
    'of logins',
    async ({ open }) => {
      const page = await open({ world: 'logins', hash: '#/servers', ...pseudo });
      await within(page, 'dialog', () => button(page, '⟦Log in⟧').click());
      const card = page.getByRole('region', { name: 'calendar', exact: true });
      for (const item of ['Log out', 'Remove']) {
        await within(page, item === 'Remove' ? 'dialog' : 'alertdialog', async () => {
          await card.getByRole('button', { name: 'More actions' }).click();
          await page.getByRole('menuitem', { name: item }).click();
        });
      }
    },
    SEVERAL_DIALOGS_MS,
  );

  test('of the palette and the keys', async ({ open }) => {
    const page = await open({ world: 'servers', ...pseudo });
    await within(page, 'dialog', async () => {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox').fill('files');
    });
    await within(page, 'dialog', () => page.keyboard.press('?'));
  });

  test('of the checks of Holdfast itself', async ({ open }) => {
    const page = await open({ hash: '#/diagnostics', ...pseudo });
    await button(page, 'Run the checks').click();
    await button(page, 'Check again').waitFor();
    await page.getByText('All other checks').click();
    expect(await untranslated(page)).toEqual([]);
  });
});

/** Texts of elements that the page says are nobody's to translate. */
const asWritten = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => [...document.querySelectorAll('[translate="no"]')].map((element) => element.textContent ?? ''));

/** Fails unless all of these are said by the page as texts of the catalogue. */
async function expectSaid(page: Page, sentences: readonly string[]): Promise<void> {
  const told = sentences.map((sentence) => sentence.replace(/\.$/, ''));
  await expect
    .poll(() => page.evaluate(() => (document.body.textContent ?? '').toLowerCase()))
    .toContain(`⟦${told[0]?.toLowerCase()}`);
  const body = await page.evaluate(() => (document.body.textContent ?? '').toLowerCase());
  for (const sentence of told) expect(body).toContain(`⟦${sentence.toLowerCase()}`);
  const written = await asWritten(page);
  expect(written.filter((text) => told.some((sentence) => text.includes(sentence)))).toEqual([]);
  expect(await untranslated(page)).toEqual([]);
}

describe('what the main process says is in the catalogue', () => {
  const NOTHING_THERE = Object.assign(new Error(), { code: 'ECONNREFUSED' });
  const WAYS: readonly (readonly [what: string, change: Partial<Server>, ...sentences: string[]])[] = [
    [
      'an unknown command',
      {
        state: 'waiting',
        next_try_at: null,
        last_error: whyNotStarted(
          'files',
          new HoldfastError('server_unavailable', said('said.command.not_found', { command: 'nope' })),
        ),
      },
      said('said.command.not_found', { command: 'nope' }),
    ],
    [
      'an address where nothing listens',
      {
        state: 'waiting',
        next_try_at: null,
        last_error: whyNotStarted('files', new Error(networkFailure(NOTHING_THERE, 'files.example', false).message)),
      },
      said('said.net.refused'),
    ],
    [
      'a missing key',
      {
        state: 'circuit_open',
        next_try_at: null,
        last_error: whyNotStarted('files', new Error(said('said.status.401'))),
      },
      said('said.status.401'),
    ],
    [
      'a broken entry',
      { state: 'broken', problem: `servers.json:3: ${said('said.entry.both')}` },
      said('said.entry.both'),
    ],
    [
      'a list that is odd',
      {
        state: 'running',
        list_remarks: {
          shown: [
            { kind: 'tool', name: 'x', problem: said('said.list.same_name'), done: said('said.list.left_out') },
            { kind: 'list', name: 'tools', problem: said('said.list.circle'), done: said('said.list.ends') },
          ],
          more: 0,
        },
      },
      said('said.list.same_name'),
      said('said.list.circle'),
    ],
  ];

  test.for(WAYS)('of a server with %s', async ([, change, ...sentences], { open }) => {
    const page = await open({ world: 'servers', hash: '#/servers/files', ...pseudo });
    await page.evaluate(({ now, ...more }) => window.world.servers.change('files', { last_error_at: now, ...more }), {
      now: Date.now(),
      ...change,
    });
    await page.locator('details > summary').evaluateAll((all) => {
      for (const one of all) (one.parentElement as HTMLDetailsElement).open = true;
    });
    await expectSaid(page, sentences);
  });

  test('of the file of servers, and of the secrets', async ({ open }) => {
    const page = await open({ world: 'servers', hash: '#/servers', ...pseudo });
    const problem = `servers.json:1: ${said('said.json.brace')}`;
    await page.evaluate((text) => {
      window.world.servers.problems.push(text);
      window.world.servers.change('files', {});
    }, problem);
    await expectSaid(page, [said('said.json.brace'), said('said.secrets.keychain')]);
  });

  test('of an import, of updates and of the start at login', async ({ open }) => {
    const page = await open({ world: 'servers', hash: '#/servers', ...pseudo });
    await button(page, 'Import').click();
    await expectSaid(page, [said('said.import.taken_name'), said('said.entry.neither'), said('said.json.comma')]);
    await page.keyboard.press('Escape');
    await page.evaluate(
      ([problem, note]) => {
        window.world.told.updates = {
          ...window.world.told.updates,
          address: 'https://updates.example',
          checked: { at: Date.now(), problem },
        };
        window.world.told.startup = { ...window.world.told.startup, possible: false, note };
        window.location.hash = '#/settings';
      },
      [said('said.update.expired'), said('said.login_item.no_window')] as const,
    );
    await expectSaid(page, [
      said('said.update.source'),
      said('said.update.expired'),
      said('said.login_item.no_window'),
    ]);
  });

  test('of an error', async ({ open }) => {
    const page = await open({ hash: '#/settings', ...pseudo });
    const sentence = said('said.update.bad_address');
    await page.getByRole('switch', { name: 'Start at login' }).waitFor();
    await page.evaluate((text) => window.bridge.fail('invalid_input', text), sentence);
    await page.getByRole('switch', { name: 'Start at login' }).click();
    await expectSaid(page, [sentence]);
  });
});
