import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
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
