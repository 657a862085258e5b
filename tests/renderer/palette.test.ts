import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { violationsInBothThemes } from '#tests/support/violations';
import { sessionId } from './harness/worlds';
import { STARTUP_MS, labTest as test } from './support/browser';

const CLAUDE = sessionId(0);
const box = (page: Page) => page.getByRole('combobox', { name: /^Find a view/ });
const options = (page: Page) => page.getByRole('listbox', { name: 'Found' }).getByRole('option');
const chosen = (page: Page) => page.getByRole('option', { selected: true });

async function openPalette(page: Page, query = ''): Promise<void> {
  await page.keyboard.press('Control+k');
  await box(page).waitFor();
  await expect.poll(() => box(page).evaluate((element) => element === document.activeElement)).toBe(true);
  if (query !== '') await page.keyboard.type(query);
}

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

describe('the palette', () => {
  test('is a combobox whose option is named to a screen reader, and moves by keys alone', async ({ open }) => {
    const page = await open();
    await openPalette(page);
    expect(await box(page).getAttribute('aria-expanded')).toBe('true');
    const named = async () => {
      const id = await box(page).getAttribute('aria-activedescendant');
      return page.locator(`#${id}`).textContent();
    };
    const first = await chosen(page).textContent();
    expect(await named()).toBe(first);
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => chosen(page).textContent()).not.toBe(first);
    expect(await named()).toBe(await chosen(page).textContent());
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => options(page).last().getAttribute('aria-selected')).toBe('true');
    await page.keyboard.type('history');
    await expect.poll(() => chosen(page).textContent()).toMatch(/^History/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'History' }).waitFor();
    await box(page).waitFor({ state: 'hidden' });
  });

  test('jumps to a session, and offers it first the next time', async ({ open }) => {
    const page = await open();
    await openPalette(page, CLAUDE.slice(0, 8));
    await expect.poll(() => chosen(page).textContent()).toContain(CLAUDE);
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: 'Session' }).waitFor();
    expect(new URL(page.url()).hash).toBe(`#/sessions/${CLAUDE}`);
    await box(page).waitFor({ state: 'hidden' });
    await openPalette(page);
    expect(await chosen(page).textContent()).toContain(CLAUDE);
  });

  test('asks before it ends a session, as the session itself does', async ({ open }) => {
    const page = await open({ hash: '#/history' });
    await openPalette(page, `end session ${CLAUDE}`);
    await expect.poll(() => chosen(page).textContent()).toMatch(/^End session of/);
    await page.keyboard.press('Enter');
    const question = page.getByRole('alertdialog', { name: /^End the session of/ });
    await question.waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Cancel');
    expect(await page.evaluate(() => window.bridge.invoked.includes('sessions.close'))).toBe(false);
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'hidden' });
    // What was asked once does not come back with the view.
    await page.reload();
    await page.getByRole('complementary', { name: 'Session' }).waitFor();
    expect(await question.count()).toBe(0);
  });

  test('opens the dialogs of servers', async ({ open }) => {
    const page = await open({ world: 'servers' });
    await openPalette(page, 'add server');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: /^Add/ }).waitFor();
    // A question is open: the palette waits.
    await page.keyboard.press('Control+k');
    expect(await box(page).count()).toBe(0);
  });

  test('has what the buttons and menus of sessions, servers and clients have', { timeout: 60_000 }, async ({
    open,
  }) => {
    const page = await open({ world: 'servers' });
    const finds = async (query: string, first: RegExp) => {
      await openPalette(page, query);
      await expect.poll(() => chosen(page).textContent()).toMatch(first);
      await page.keyboard.press('Enter');
      await box(page).waitFor({ state: 'hidden' });
    };
    // A message is a dialog to assistive technology, too.
    const dialog = page.locator('[data-dialog]');
    const closed = async () => {
      await page.keyboard.press('Escape');
      await page.locator('[data-dialog], [role="alertdialog"]').waitFor({ state: 'hidden' });
    };
    await finds(`pin ${CLAUDE}`, /^Pin /);
    await expect.poll(() => page.evaluate((id) => window.world.sessions.get(id)?.pinned, CLAUDE)).toBe(true);
    await finds(`name the session ${CLAUDE}`, /^Name the session of/);
    await dialog.getByRole('textbox', { name: 'Name' }).waitFor();
    await closed();
    await finds(`continue in another client ${CLAUDE}`, /^Continue /);
    await dialog.filter({ hasText: 'Continue' }).waitFor();
    await closed();
    await finds('stop files', /^Stop files/);
    await page.getByRole('alertdialog', { name: 'Stop files?' }).waitFor();
    await closed();
    await finds('restart files', /^Restart files/);
    await expect.poll(() => page.evaluate(() => window.bridge.invoked.includes('servers.restart'))).toBe(true);
    await finds('tools of files', /^Show the tools of files/);
    await dialog.waitFor();
    await closed();
    await finds('sets', /^Sets/);
    await dialog.getByText('No sets yet.').waitFor();
    await closed();
    await finds('new key for', /^New key for/);
    await page.locator('[data-dialog], [role="alertdialog"]').filter({ hasText: 'key' }).waitFor();
    await closed();
    await finds('bundle for a bug report', /^Bundle for a bug report…/);
    await dialog.getByText('Diagnosis for a bug report').waitFor();
    await closed();
    await finds('run the checks', /^Run the checks/);
    await expect.poll(() => page.evaluate(() => window.bridge.invoked.includes('doctor.start'))).toBe(true);
  });

  test('removes a client only after it has asked', async ({ open }) => {
    const page = await open();
    await openPalette(page, 'remove client');
    await expect.poll(() => chosen(page).textContent()).toMatch(/^Remove client/);
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog', { name: /^Remove/ }).waitFor();
    expect(await page.evaluate(() => window.bridge.invoked.includes('clients.remove'))).toBe(false);
  });

  test('finds one of ten thousand sessions while it is typed, and does not move while they change', async ({
    open,
  }) => {
    const page = await open({ world: 'many' });
    await openPalette(page, 's_0');
    const texts = () => options(page).allTextContents();
    const before = await texts();
    expect(before).toHaveLength(50);
    await page.evaluate(() => {
      for (const session_id of [...window.world.sessions.keys()].slice(-20)) {
        window.world.append({ kind: 'session_active', at: Date.now(), session_id, payload: {} });
      }
    });
    await page.waitForFunction(() => window.store.getState().seq === window.world.seq);
    expect(await texts()).toEqual(before);
    const id = await page.evaluate(() => [...window.world.sessions.keys()].at(-1) ?? '');
    await box(page).fill(id);
    await expect.poll(() => chosen(page).textContent()).toContain(id);
  });

  test('says when nothing matches, and closes with Esc', async ({ open }) => {
    const page = await open();
    await openPalette(page, 'zzzzqqqq');
    await page.getByRole('status').filter({ hasText: 'Nothing matches' }).waitFor();
    expect(await options(page).count()).toBe(0);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await box(page).waitFor({ state: 'hidden' });
  });
});

describe('single keys', () => {
  test('open the list of keys and the filter, but not while somebody types', async ({ open }) => {
    const page = await open({ hash: '#/sessions' });
    await page.getByRole('grid').waitFor();
    await page.keyboard.press('/');
    const filter = page.getByRole('searchbox');
    await expect.poll(() => filter.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.type('a/?');
    expect(await filter.inputValue()).toBe('a/?');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await filter.fill('');
    await page.getByRole('link', { name: 'Overview' }).focus();
    await page.keyboard.press('Control+f');
    await expect.poll(() => filter.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.getByRole('link', { name: 'Overview' }).focus();
    await page.setViewportSize({ width: 720, height: 480 });
    await page.keyboard.press('?');
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await expect.poll(() => sheet.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await sheet.locator('.scroll-area').evaluate(({ scrollTop }) => scrollTop), 'its first keys are seen').toBe(
      0,
    );
  });

  test('can be switched off, and stay off', async ({ open }) => {
    const page = await open();
    await page.keyboard.press('?');
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await sheet.getByRole('switch', { name: 'Single-key shortcuts' }).click();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'hidden' });
    await page.reload();
    await page.getByRole('main').locator('*').first().waitFor();
    await page.keyboard.press('?');
    await openPalette(page, 'keyboard shortcuts');
    expect(await sheet.count()).toBe(0);
    await page.keyboard.press('Enter');
    await sheet.waitFor();
    expect(await sheet.getByText('?', { exact: true }).count()).toBe(0);
    expect(await sheet.getByText('J', { exact: true }).count(), 'letters in lists').toBe(0);
    await sheet.getByText('↓', { exact: true }).waitFor();
  });
});

describe('axe finds nothing, light and dark', () => {
  test('in the palette and in the list of keys', { timeout: 60_000 }, async ({ open }) => {
    const page = await open({ world: 'servers', reducedMotion: 'reduce' });
    await openPalette(page, 's');
    await options(page).first().waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await box(page).waitFor({ state: 'hidden' });
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
  });
});
