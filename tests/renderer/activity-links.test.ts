import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { activityHash, readFilter } from '#src/renderer/features/activity/activity-place';
import { parseRoute } from '#src/renderer/store/route';
import { sessionId } from './harness/worlds';
import { STARTUP_MS, labTest as test } from './support/browser';

const CLAUDE = sessionId(0);
const MINUTE = 60_000;

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

const rows = (page: Page) => page.getByRole('grid', { name: 'Messages, newest first' }).locator('[data-outcome]');
const add = (page: Page, count: number, of: object = {}) =>
  page.evaluate(([n, some]) => window.world.activity.add(n, some), [count, of] as const);
const FAILED = { outcome: 'error', error: 'No' } as const;

describe('links to what was called', () => {
  test('a filter is the same after a way through the address', () => {
    const filter = { text: 'a b&c', failed: true, session: 's_1', server: 'x/y', group: 'a1', from: 5, to: 9 };
    expect(readFilter(parseRoute(activityHash(filter)).params)).toEqual(filter);
    expect(activityHash({})).toBe('#/activity');
    expect(readFilter({ from: 'x', to: '-3', failed: 'yes' })).toEqual(readFilter({}));
  });

  test('lead from the failed calls of a session to those alone', async ({ open }) => {
    const page = await open({ hash: `#/sessions/${CLAUDE}` });
    await add(page, 3, { session_id: CLAUDE, ...FAILED });
    await add(page, 3, { session_id: CLAUDE, outcome: 'ok' });
    await add(page, 3, FAILED);
    await page.evaluate((id) => {
      const payload = { method: 'tools/call', name: 'search', latency_ms: 3, ok: false };
      window.world.append({ kind: 'call_completed', at: Date.now(), session_id: id, payload });
    }, CLAUDE);
    const facts = page.locator('dl').filter({ hasText: 'Reconnects' });
    await facts.getByRole('link', { name: /^\d+ failed$/ }).click();
    await expect.poll(() => rows(page).count()).toBe(3);
    expect(new URL(page.url()).hash).toBe(activityHash({ session: CLAUDE, failed: true }));
  });

  test('lead from a server to its calls, and to those of them that failed', async ({ open }) => {
    const page = await open({ world: 'servers', hash: '#/servers/tickets' });
    await add(page, 4, { server: 'tickets', outcome: 'ok' });
    await add(page, 2, { server: 'tickets', ...FAILED });
    await add(page, 2, { server: 'files', ...FAILED });
    const card = page.locator('[data-server="tickets"]');
    await card.getByRole('link', { name: 'Failed only' }).click();
    await expect.poll(() => rows(page).count()).toBe(2);
    await page.goBack();
    await card.getByRole('link', { name: 'Show each' }).click();
    await expect.poll(() => rows(page).count()).toBe(6);
    await page.getByRole('button', { name: 'Show all again: Server' }).click();
    await expect.poll(() => rows(page).count()).toBe(8);
  });

  test('lead from a time in History to the calls of that time, with a way out', async ({ open }) => {
    const page = await open({ hash: '#/history?show=table' });
    await page.getByRole('table').getByRole('button').nth(2).click();
    const at = Number(new URLSearchParams(new URL(page.url()).hash.split('?')[1]).get('at'));
    await add(page, 2, { at });
    await add(page, 3, { at: at - 1 });
    await add(page, 4);
    const words = await page.getByRole('region', { name: 'What happened' }).getByRole('status').textContent();
    await page.getByRole('link', { name: 'Calls of this time' }).click();
    await expect.poll(() => rows(page).count()).toBe(2);
    const chip = page.getByRole('button', { name: 'Show all again: Time' });
    const span = await chip.locator('..').textContent();
    expect(words).toContain(span?.replace('Time', ''));
    await chip.click();
    await expect.poll(() => rows(page).count()).toBe(9);
  });

  test('say from when and until when a half-open time reaches', async ({ open }) => {
    const page = await open({ hash: activityHash({ from: Date.now() - MINUTE }) });
    await page.getByText(/^since \w/).waitFor();
    await page.evaluate(
      (hash) => {
        window.location.hash = hash;
      },
      activityHash({ to: 1 }),
    );
    await page.getByText(/^until \w/).waitFor();
    await page.getByText('Nothing matches this filter').waitFor();
  });
});
