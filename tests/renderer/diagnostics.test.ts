import { describe, expect } from 'vitest';
import { violationsInBothThemes } from '#tests/support/violations';
import { STARTUP_MS, labTest as test } from './support/browser';

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

describe('the view Diagnostics', () => {
  test('runs the checks, and shows the one that failed with what to do about it', async ({ open }) => {
    const page = await open({ hash: '#/diagnostics' });
    await page.getByText('the events stay in History').waitFor();
    expect(await page.evaluate(() => window.bridge.invoked.includes('doctor.start'))).toBe(false);
    await page.getByRole('button', { name: 'Run the checks' }).click();
    const failed = page.getByRole('list', { name: 'Failed checks' }).getByRole('listitem');
    await failed.getByText('1 of 2 did not answer. Server slow').waitFor();
    await failed.getByText('Open Servers').waitFor();
    await page.getByText('1 of 3 checks failed.').waitFor();
    await page.getByRole('button', { name: 'Check again' }).waitFor();
    expect(await page.locator('[data-result="ok"]').isVisible()).toBe(false);
    await page.getByText('All other checks (2)').click();
    await page.locator('[data-result="ok"]').waitFor();
  });

  test('shows where things are, and who the keeper is', async ({ open }) => {
    const page = await open({ hash: '#/diagnostics' });
    await page.getByText('/home/dev/.config/Holdfast/servers.json', { exact: true }).waitFor();
    await page.getByText('Process 4712 with 3 server processes').waitFor();
    await page.getByText('The window ended: oom').waitFor();
  });

  test('scrolls on its own: the window around it stays where it is, with the palette open, too', async ({ open }) => {
    const page = await open({ hash: '#/diagnostics', viewport: { width: 720, height: 480 } });
    await page.getByText('Process 4712').waitFor();
    const overflow = () => page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
    expect(await overflow()).toBe(0);
    await page.getByRole('region', { name: 'Lines of the log' }).scrollIntoViewIfNeeded();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: /^Find/ }).waitFor();
    expect(
      await page
        .locator('header')
        .first()
        .evaluate((element) => element.getBoundingClientRect().top),
    ).toBe(0);
  });

  test('filters the log by level and by word, from the keyboard', async ({ open }) => {
    const page = await open({ hash: '#/diagnostics' });
    const lines = page.getByRole('region', { name: 'Lines of the log' }).getByRole('listitem');
    await expect.poll(() => lines.count()).toBe(40);
    expect(await lines.first().textContent()).toContain('number=39');
    await page
      .getByRole('radio', { name: 'Errors' })
      .or(page.getByRole('button', { name: 'Errors' }))
      .click();
    await expect.poll(() => lines.count()).toBe(5);
    await page.keyboard.press('Control+f');
    await page.keyboard.type('number=15');
    await expect.poll(() => lines.count()).toBe(1);
    await page.keyboard.type('x');
    await page.getByText('No line matches.').waitFor();
  });
});

test('axe finds nothing in Diagnostics once the checks have run, light and dark', async ({ open }) => {
  const page = await open({ hash: '#/diagnostics', reducedMotion: 'reduce' });
  await page.getByRole('button', { name: 'Run the checks' }).click();
  await page.getByRole('button', { name: 'Check again' }).waitFor();
  await page.getByText('All other checks (2)').click();
  await page.getByRole('region', { name: 'Lines of the log' }).getByRole('listitem').first().waitFor();
  expect(await violationsInBothThemes(page)).toEqual([]);
});
