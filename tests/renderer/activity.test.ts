import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { violations, violationsInBothThemes } from '#tests/support/violations';
import { sessionId } from './harness/worlds';
import { STARTUP_MS, labTest as test } from './support/browser';

const CLAUDE = sessionId(0);

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

const rows = (page: Page) => page.getByRole('grid', { name: 'Messages, newest first' }).locator('[data-outcome]');
const add = (page: Page, count: number, of: object = {}) =>
  page.evaluate(([n, some]) => window.world.activity.add(n, some), [count, of] as const);

/** The view with so many calls in it. */
async function shown(page: Page, count: number, hash = '#/activity'): Promise<Page> {
  await add(page, count);
  await page.evaluate((to) => {
    window.location.hash = to;
  }, hash);
  await rows(page).first().waitFor();
  return page;
}

describe('the activity view', () => {
  test('says that nothing was called, and follows what is', async ({ open }) => {
    const page = await open({ hash: '#/activity' });
    await page.getByText('Nothing was called yet').waitFor();
    await add(page, 3);
    await expect.poll(() => rows(page).count()).toBe(3);
    await add(page, 1, { name: 'the_newest' });
    await page.getByText('the_newest').waitFor();
    expect(await rows(page).first().textContent()).toContain('the_newest');
  });

  test('shows a single call at once, without waiting for the clock', async ({ open }) => {
    const page = await shown(await open(), 3);
    const timeOf = (name: string) =>
      page.evaluate(
        ([what, id]) =>
          new Promise<number>((resolve) => {
            const { store, world } = window;
            const main = document.querySelector('main') as HTMLElement;
            const add = () => {
              const begin = performance.now();
              const observer = new MutationObserver(() => {
                if (!main.textContent?.includes(what)) return;
                observer.disconnect();
                resolve(performance.now() - begin);
              });
              observer.observe(main, { childList: true, subtree: true, characterData: true });
              world.activity.add(1, { name: what });
              const payload = { method: 'tools/call', name: what, ok: true, latency_ms: 3 };
              world.append({ kind: 'call_completed', at: Date.now(), session_id: id, payload });
            };
            const unsubscribe = store.subscribe((state, before) => {
              if (state.now === before.now) return;
              unsubscribe();
              // The clock has just ticked, and ticks again in two thirds of a second.
              setTimeout(add, 300);
            });
          }),
        [name, CLAUDE] as const,
      );
    // A machine that is busy with other things may be late once or twice.
    const times = [await timeOf('first_call'), await timeOf('second_call'), await timeOf('third_call')];
    expect(Math.min(...times), 'before the next tick').toBeLessThan(650);
  });

  test('holds still while it is paused, and goes on after', async ({ open }) => {
    const page = await shown(await open(), 5);
    await page.getByRole('button', { name: 'Pause' }).click();
    await add(page, 1, { name: 'late' });
    const before = await page.evaluate(() => window.store.getState().now);
    await page.waitForFunction((at) => window.store.getState().now > at + 1_500, before);
    expect(await page.getByText('late').count()).toBe(0);
    await page.getByRole('button', { name: 'Follow' }).click();
    await page.getByText('late').waitFor();
  });

  test('shows failures alone, finds text, and keeps both in the address', async ({ open }) => {
    const page = await shown(await open(), 70);
    await page.getByRole('switch', { name: 'Failed only' }).click();
    await expect.poll(() => rows(page).count()).toBe(10);
    await page.getByRole('searchbox', { name: 'Filter activity' }).fill('no such TICKET');
    await expect.poll(() => page.url()).toContain('failed=1');
    await expect.poll(() => rows(page).count()).toBe(10);
    await page.getByRole('searchbox', { name: 'Filter activity' }).fill('nothing like it');
    await page.getByText('Nothing matches this filter').waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Clear the filter' }).last().click();
    await expect.poll(() => rows(page).count()).toBeGreaterThan(10);
  });

  test('understands the words of the filter, and explains what it does not', async ({ open }) => {
    const page = await open({ hash: '#/activity' });
    await add(page, 4, { server: 'tickets', outcome: 'ok', error: null, duration_ms: 900 });
    await add(page, 3, { server: 'files', outcome: 'error', error: 'Timed out', duration_ms: 20 });
    const box = page.getByRole('searchbox', { name: 'Filter activity' });
    for (const [text, count] of [
      ['server:files', 3],
      ['-server:files', 4],
      ['slower:500ms', 4],
      ['timed -is:held', 3],
      ['is:failed slower:500ms', 0],
      ['server:files server:tickets', 7],
    ] as const) {
      await box.fill(text);
      await expect.poll(() => rows(page).count(), { message: text }).toBe(count);
    }
    await box.fill('colour:red server:files');
    await page.getByRole('status').getByText('There is no “colour:”').waitFor();
    await expect.poll(() => rows(page).count()).toBe(3);
    await page.getByRole('button', { name: 'Filter help' }).click();
    await page.getByText('took longer than half a second').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test('draws the visible part of thousands of rows, and loads what is older as one scrolls', async ({ open }) => {
    const page = await shown(await open(), 2_000);
    expect(await rows(page).count()).toBeLessThan(60);
    const grid = page.getByRole('grid', { name: 'Messages, newest first' });
    await grid.focus();
    for (let round = 0; round < 8; round += 1) {
      const known = Number(await grid.getAttribute('aria-rowcount'));
      if (known === 2_001) break;
      await page.keyboard.press('End');
      await page.waitForFunction(
        (count) => Number(document.querySelector('[role=grid]')?.getAttribute('aria-rowcount')) > count,
        known,
      );
    }
    expect(await grid.getAttribute('aria-rowcount')).toBe('2001');
  });

  test('opens a message by keyboard and says what is known of it', async ({ open }) => {
    const page = await shown(await open(), 7);
    await page.getByRole('grid', { name: 'Messages, newest first' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const detail = page.getByRole('region', { name: 'Details' });
    await detail.waitFor();
    for (const text of ['Tool error', 'No such ticket: 4711', 'tools/call', '4711']) {
      expect(await detail.textContent(), text).toContain(text);
    }
    await page.keyboard.press('Escape');
    await detail.waitFor({ state: 'hidden' });
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid');
  });

  test('shows what happened around a message, on one line of time, with ways on', async ({ open }) => {
    const page = await open({ hash: '#/activity' });
    await add(page, 1, { session_id: CLAUDE, server: 'files', duration_ms: 200 });
    await page.evaluate((id) => {
      const { activity } = window.world;
      const at = activity.rows[0]?.at ?? 0;
      activity.output = [
        { at: at + 50, text: 'out of memory', pid: 4711 },
        { at: at + 60, text: 'giving up', pid: 4711 },
      ];
      window.world.append({ kind: 'stream_lost', at: at - 3_000, session_id: id, payload: {} });
      const lost = window.world.log.slice(-1);
      activity.events = () => lost;
    }, CLAUDE);
    await rows(page).first().click();
    const moment = page.getByRole('region', { name: 'Around this moment' });
    await expect
      .poll(() => moment.getByRole('listitem').allTextContents())
      .toEqual([
        expect.stringMatching(/^−3 s.*Session/),
        expect.stringMatching(/^\+0 ms ?Called/),
        expect.stringMatching(/^\+50 ms ?Process 4711 wrote:out of memory\ngiving up$/),
        expect.stringMatching(/^\+200 ms ?Ended: OK/),
      ]);
    expect(await violations(page)).toEqual([]);
    await moment.getByRole('link', { name: 'Session' }).focus();
    await page.keyboard.press('Enter');
    const entry = page.locator('[data-event="stream_lost"][aria-current]');
    await entry.waitFor();
    expect(page.url()).toContain(`#/sessions/${CLAUDE}?`);
  });

  test('opens the message that was pressed, though another one has taken its place meanwhile', async ({ open }) => {
    const page = await shown(await open(), 600);
    const pressed = rows(page).nth(3);
    const id = (await pressed.getAttribute('id'))?.replace('activity-row-', '');
    await pressed.hover();
    await page.mouse.down();
    await add(page, 2_000, { name: 'the_newest' });
    await page.getByText('the_newest').first().waitFor();
    await page.mouse.up();
    await page.getByRole('region', { name: 'Details' }).waitFor();
    expect(page.url()).toMatch(new RegExp(`#/activity/${id}\\b`));
  });

  test('opens a message that is older than the rows that are loaded', async ({ open }) => {
    const page = await open({ hash: '#/overview' });
    await add(page, 600);
    await page.evaluate(() => {
      window.location.hash = '#/activity/14';
    });
    const detail = page.getByRole('region', { name: 'Details' });
    await detail.waitFor();
    expect(await detail.textContent()).toContain('No such ticket');
  });

  test('is reached from a session, for that session alone', async ({ open }) => {
    const page = await open({ hash: `#/sessions/${CLAUDE}` });
    await add(page, 3, { session_id: CLAUDE });
    await add(page, 20);
    await page.getByRole('link', { name: 'Show each' }).click();
    await expect.poll(() => rows(page).count()).toBe(3);
    await page.getByRole('button', { name: 'Show all again: Session' }).click();
    await expect.poll(() => rows(page).count()).toBe(23);
  });

  test('counts failures by kind, and shows those of one', async ({ open }) => {
    const page = await open({ hash: '#/activity' });
    await page.getByText('No failures', { exact: true }).waitFor();
    const top = () => page.getByRole('main').locator('[role="grid"]').boundingBox();
    await add(page, 5, { outcome: 'ok', error: null });
    await rows(page).first().waitFor();
    const before = await top();
    const slow = {
      server: 'tickets',
      name: 'search',
      outcome: 'error',
      error: 'Timed out after 30 s',
      error_code: -32001,
    };
    await add(page, 4, slow);
    await add(page, 2, { server: 'files', name: 'read', outcome: 'tool_error', error: 'No such file' });
    await page.evaluate(() => window.bridge.resync());
    const line = page.getByRole('button', {
      name: '6 failed, 2 kinds 4 × search of tickets: Timed out after # s (-32001)',
    });
    await line.waitFor();
    expect(await top()).toEqual(before);
    await line.click();
    await page.getByRole('button', { name: /read of files/ }).click();
    await expect.poll(() => rows(page).count()).toBe(2);
    expect(await page.getByRole('button', { name: /read of files/ }).getAttribute('aria-pressed')).toBe('true');
    await page.getByText('read of files: No such file').waitFor();
    await page.getByRole('button', { name: 'Show all again: Failure' }).click();
    await expect.poll(() => rows(page).count()).toBe(11);
    expect(await violations(page)).toEqual([]);
  });

  test('says that it could not be loaded', async ({ open }) => {
    const page = await open({ hash: '#/overview' });
    await page.evaluate(() => window.bridge.fail('storage_unavailable'));
    await page.evaluate(() => {
      window.location.hash = '#/activity';
    });
    await page.getByRole('alert').waitFor();
    await page.evaluate(() => window.bridge.fail(null));
    await add(page, 2);
    await expect.poll(() => rows(page).count()).toBe(2);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test.for([
    [1280, 800],
    [720, 480],
  ] as const)('axe finds nothing at %d×%d, light and dark', async ([width, height], { open }) => {
    const page = await shown(await open({ viewport: { width, height } }), 30);
    await rows(page).first().click();
    await page.getByRole('region', { name: 'Details' }).waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
  });
});

describe('running now', () => {
  test('shows what runs and what became a handle, and cancels it, without anything that moves', async ({ open }) => {
    const page = await shown(await open(), 5);
    await page.getByText('No long-running calls').waitFor();
    const top = () =>
      rows(page)
        .first()
        .evaluate((row) => row.getBoundingClientRect().top);
    const before = await top();
    await page.evaluate(() => {
      const at = Date.now() - 65_000;
      const client_id = window.store.getState().clients?.[0]?.client_id ?? 'c_1';
      const of = { client_id, session_id: 's_1', started_at: at };
      const progress = { progress: 3, total: 10, message: 'compiling' };
      window.world.calls.running = [
        { ...of, call_id: 7, server: 'shop', method: 'tools/call', name: 'shop__build', progress },
        {
          ...of,
          call_id: 8,
          server: 'shop',
          method: 'tools/call',
          name: 'shop__quick',
          progress: null,
          started_at: Date.now() + 60_000,
        },
      ];
      const ended = { ended_at: at + 30_000, fetched_at: null, bytes: 12, progress: null };
      const handed = { ...of, server: 'shop', tool: 'crawl', handed_at: at, ...ended };
      window.world.calls.handedOut = [
        { ...handed, call_id: 6, state: 'running', ended_at: null, ok: null },
        { ...handed, call_id: 5, state: 'answered', ok: false },
      ];
    });
    const line = page.getByRole('button', { name: 'Running now' });
    await line.waitFor();
    expect(await line.textContent()).toMatch(/2 calls · 2 handles · 1 answer waits/);
    expect(await top(), 'nothing has moved').toBe(before);
    await line.click();
    const list = page.getByRole('region', { name: 'Calls that run now, and those that became a handle' });
    await list.getByText('3 of 10').waitFor();
    expect(await list.getByRole('listitem').allTextContents()).toEqual([
      expect.stringMatching(/1 min .*shop__build.*Client waits.*3 of 10 compiling/),
      expect.stringMatching(/1 min .*shop__crawl.*Handle, server works on it/),
      expect.stringMatching(/30 s.*shop__crawl.*Handle, answer waits.*with an error/),
    ]);
    expect(await violations(page)).toEqual([]);
    await list.getByRole('button', { name: 'Cancel shop__build' }).click();
    await list.getByRole('button', { name: 'Cancel shop__crawl' }).click();
    await list.getByText('Cancelled').waitFor();
    expect(await page.evaluate(() => window.world.calls.cancelled)).toEqual([7, 6]);
    expect(await page.getByText('shop__quick').count(), 'it is too young to be shown').toBe(0);
  });
});
