import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { launchHoldfast, test } from '#tests/e2e/support/holdfast';
import { inRepository } from '#tests/support/paths';
import { liveThroughAWeek, PROGRAMS } from './past';
import { writeServers } from './servers';
import { shoot } from './shoot';

const FOLDER = inRepository('docs/images');
const VIEWS = [
  ['overview', '#/overview'],
  ['sessions', '#/sessions'],
  ['servers', '#/servers'],
  ['history', '#/history?range=7d'],
  ['activity', '#/activity'],
  ['connect', '#/connect'],
  ['settings', '#/settings'],
  ['diagnostics', '#/diagnostics'],
] as const;

const PROJECTS = ['shop', 'blog', 'notes'];
const CALLS: readonly (readonly [tool: string, args: Record<string, unknown>])[] = [
  ['list_sessions', {}],
  ['counter__count', {}],
  ['everything__echo', { message: 'hello' }],
];

test('every view in both themes', async ({ folder, connect }) => {
  mkdirSync(FOLDER, { recursive: true });
  const keys = await liveThroughAWeek(folder, Date.now());
  writeServers(folder);
  // Clients that are found, as on a developer's machine.
  mkdirSync(join(folder, '.cursor'), { recursive: true });
  writeFileSync(join(folder, '.claude.json'), '{}\n');
  const holdfast = await launchHoldfast({
    folder,
    env: { HOLDFAST_PORT: '8181', HOLDFAST_TRUST_SERVERS: '1', HOME: folder },
  });
  const { window } = holdfast;
  for (const [index, { name, version }] of PROGRAMS.slice(0, 3).entries()) {
    const cwd = join(folder, PROJECTS[index] ?? '');
    mkdirSync(cwd);
    const client = await connect({ key: keys[index] ?? '', name, version, cwd, lists: true });
    for (let round = 0; round < 3; round += 1) for (const [tool, args] of CALLS) await client.call(tool, args);
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
        const reconnected = window.locator('[data-session-id]').filter({ hasText: 'Codex' }).first();
        await reconnected.click();
        await expect(window.getByRole('complementary')).toContainText('Reconnected');
      }
      if (view === 'connect')
        await expect(window.locator('[data-client-id]').filter({ hasText: 'Codex' })).toBeVisible();
      if (view === 'activity') await expect(window.locator('[data-outcome]').first()).toBeVisible();
      if (view === 'settings') await expect(window.getByRole('switch').first()).toBeVisible();
      if (view === 'diagnostics') {
        await window.getByRole('button', { name: /^(Run the checks|Check again)$/ }).click();
        await expect(window.getByRole('button', { name: 'Check again' })).toBeEnabled({ timeout: 60_000 });
      }
      if (view === 'overview' || view === 'history') await expect(window.locator('canvas').first()).toBeVisible();
      if (view === 'servers') {
        await expect(window.locator('[data-pid]').first()).toBeVisible();
        // One that cannot start belongs in this picture only.
        await window.getByRole('switch', { name: /tickets$/ }).click();
        await expect(window.locator('[data-server="tickets"] [data-countdown]')).toBeVisible();
      }
      const picture = (name: string) => shoot(window, folder, join(FOLDER, `${name}-${theme.toLowerCase()}.png`));
      await picture(view);
      if (view === 'activity') {
        await window.locator('[data-outcome]').filter({ hasText: 'echo' }).first().click();
        await expect(window.getByRole('region', { name: /echo/ })).toBeVisible();
        await picture('activity-call');
        await window.getByRole('button', { name: 'Close' }).click();
      }
      if (view === 'connect') {
        await window.getByRole('button', { name: /What Codex sees/ }).click();
        await expect(window.getByRole('dialog')).toContainText(/[1-9]\d* of [1-9]/);
        await picture('client-tools');
        await window.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
      }
      if (view === 'servers') {
        await window.getByRole('switch', { name: /tickets$/ }).click();
        // To assistive technology it exists only while the messages have the focus.
        await window.locator('[aria-label="Dismiss"]').first().click();
      }
    }
  }
  await holdfast.close();
});
