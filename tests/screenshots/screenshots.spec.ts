import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { launchHoldfast, test } from '../e2e/support/holdfast';
import { liveThroughAWeek, PROGRAMS } from './past';

const FOLDER = join(import.meta.dirname, '../../docs/images');
const VIEWS = [
  ['overview', '#/overview'],
  ['sessions', '#/sessions'],
  ['history', '#/history?range=7d'],
  ['connect', '#/connect'],
] as const;

test('the four views in both themes', async ({ folder, connect }) => {
  mkdirSync(FOLDER, { recursive: true });
  const keys = await liveThroughAWeek(folder, Date.now());
  const holdfast = await launchHoldfast({ folder, env: { HOLDFAST_PORT: '8181' } });
  const { window } = holdfast;
  for (const [index, { name, version }] of PROGRAMS.slice(0, 3).entries()) {
    const client = await connect({ key: keys[index] ?? '', name, version });
    for (let call = 0; call < 9; call += 1) await client.call(call % 3 ? 'health_check' : 'list_sessions');
  }
  await expect(window.locator('[data-connection="live"]')).toBeVisible();

  for (const theme of ['Light', 'Dark'] as const) {
    await window.evaluate((choice) => localStorage.setItem('holdfast.theme', choice), theme.toLowerCase());
    await window.reload();
    await expect(window.locator('[data-connection="live"]')).toBeVisible();
    await expect(window.locator('html')).toHaveAttribute('data-theme', theme.toLowerCase());
    for (const [view, hash] of VIEWS) {
      await window.evaluate((to) => {
        location.hash = to;
      }, hash);
      await expect(window.getByRole('heading', { level: 1 })).toHaveText(new RegExp(view, 'i'));
      if (view === 'sessions') {
        const reconnected = window.locator('[data-session-id]').filter({ hasText: 'Claude Code' }).first();
        await reconnected.click();
        await expect(window.getByRole('complementary')).toContainText('Reconnected');
      }
      if (view === 'connect') await expect(window.getByRole('row').filter({ hasText: 'Codex' })).toBeVisible();
      if (view === 'overview' || view === 'history') await expect(window.locator('canvas').first()).toBeVisible();
      await window.screenshot({ path: join(FOLDER, `${view}-${theme.toLowerCase()}.png`), animations: 'disabled' });
    }
  }
  await holdfast.close();
});
