import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { STARTUP_MS, labTest as test } from './support/browser';

/** The view with 100,000 messages: what is drawn and held stays bounded, and rows stay where they are. */

const ALL = 100_000;
const MOST = 3_001;

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

const grid = (page: Page) => page.getByRole('grid', { name: 'Messages, newest first' });
const rows = (page: Page) => grid(page).locator('[data-outcome]');
const add = (page: Page, count: number, of: object = {}) =>
  page.evaluate(([n, some]) => window.world.activity.add(n, some), [count, of] as const);
const held = async (page: Page) => Number(await grid(page).getAttribute('aria-rowcount'));
const drawn = (page: Page) =>
  rows(page).evaluateAll((all) =>
    all
      .map((one) => ({ id: Number(one.id.replace('activity-row-', '')), y: one.getBoundingClientRect().y }))
      .sort((a, b) => a.y - b.y),
  );
const inSight = async (page: Page) => (await drawn(page)).find(({ y }) => y > 250);

async function opened(open: (to: { hash: string }) => Promise<Page>): Promise<Page> {
  const page = await open({ hash: '#/overview' });
  await add(page, ALL);
  await page.evaluate(() => {
    window.location.hash = '#/activity';
  });
  await rows(page).first().waitFor();
  return page;
}

/** Scrolls as fast as pages come, until the row with this id is drawn, and notes the longest time between two frames. */
const scrollTo = (page: Page, wanted: number) =>
  page.evaluate(async (id) => {
    const scroller = document.querySelector('[role="grid"]') as HTMLElement;
    let longest = 0;
    let last = performance.now();
    const until = last + 60_000;
    for (;;) {
      await new Promise((done) => requestAnimationFrame(done));
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      if (document.getElementById(`activity-row-${id}`)) return longest;
      const first = Number(document.querySelector('[data-outcome]')?.id.replace('activity-row-', ''));
      if (now > until)
        throw new Error(`the row did not come: ${first} at ${scroller.scrollTop} of ${scroller.scrollHeight}`);
      scroller.scrollTop += first > id ? 2_000 : -2_000;
    }
  }, wanted);

describe('a hundred thousand messages', () => {
  test('are scrolled through both ways with a bounded number of rows', { timeout: 150_000 }, async ({ open }) => {
    const page = await opened(open);
    expect(await held(page)).toBeLessThanOrEqual(MOST);
    const down = await scrollTo(page, ALL - 4_200);
    expect(await held(page)).toBe(MOST);
    const ids = (await drawn(page)).map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, index) => (ids[0] ?? 0) - index));
    expect(await rows(page).count()).toBeLessThan(80);
    const up = await scrollTo(page, ALL);
    expect(await held(page)).toBeLessThanOrEqual(MOST);
    expect(Math.max(down, up)).toBeLessThan(2_000);
  });

  test('keep their place while new ones come, and say how many; a click leads there', async ({ open }) => {
    const page = await opened(open);
    await grid(page).evaluate((one) => {
      one.scrollTop = 4_000;
    });
    await expect.poll(async () => (await inSight(page))?.id ?? ALL).toBeLessThan(ALL - 100);
    const before = await inSight(page);
    await add(page, 12, { name: 'the_newest' });
    const fresh = page.getByRole('button', { name: '12 new' });
    await fresh.waitFor();
    expect(await inSight(page)).toEqual(before);
    await fresh.click();
    await page.getByText('the_newest').first().waitFor();
    await fresh.waitFor({ state: 'hidden' });
    // At the top, it follows.
    await add(page, 1, { name: 'still_newer' });
    await page.getByText('still_newer').waitFor();
  });

  test('are followed however many come at once, at the newest', async ({ open }) => {
    const page = await opened(open);
    for (let round = 0; round < 4; round += 1) {
      await add(page, 1_000);
      await add(page, 1, { name: `round_${round}` });
      await page.getByText(`round_${round}`).waitFor();
      expect(await held(page)).toBeLessThanOrEqual(MOST);
    }
    await page.getByRole('button', { name: 'Pause' }).click();
    await add(page, 5_000);
    await page.getByRole('button', { name: '1,000 or more new' }).click();
    await page.locator(`#activity-row-${ALL + 4 * 1_001 + 5_000}`).waitFor();
  });
});
