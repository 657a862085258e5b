import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { labTest, type OpenOptions, STARTUP_MS } from './support/browser';
import { expectFocusOn } from './support/focus';

/** The key that the scripted world hands out. */
const KEY = `hf_${'k'.repeat(43)}`;

const test = labTest.extend(
  'openView',
  ({ open }) =>
    (hash: string, world = 'typical', options: OpenOptions = {}) =>
      open({ hash, world, permissions: ['clipboard-read', 'clipboard-write'], ...options }),
);

const chart = (page: Page, name = 'Reconnects and disconnects over time') => page.getByRole('slider', { name });
const range = (page: Page, name: string) => page.getByRole('group', { name: 'Range' }).getByRole('button', { name });
const zoom = (page: Page, name: string) =>
  page.getByRole('group', { name: 'Zoom' }).getByRole('button', { name, exact: true });
const params = (page: Page) => new URLSearchParams(new URL(page.url()).hash.split('?')[1] ?? '');
const happened = (page: Page) => page.getByRole('region', { name: 'What happened' });
const drawn = (page: Page) => chart(page).locator('canvas').waitFor();

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

describe('the events of History', () => {
  const fail = (page: Page, count: number) =>
    page.evaluate((times) => {
      const now = Date.now();
      for (let index = 0; index < times; index += 1) {
        const payload = { server: 'docs', error: 'no', attempt: 1, next_try_at: null, circuit_open: false };
        const at = now - (times - index) * 1_000;
        window.world.append({ kind: 'server_unavailable', at, session_id: null, payload });
        window.world.append({
          kind: 'session_disconnected',
          at,
          session_id: `s_${index}`,
          payload: { reason: 'quiet', contact_lost_at: at },
        });
      }
    }, count);

  test('fold what repeats, can be limited to a kind, and go on to older pages', async ({ openView }) => {
    const page = await openView('#/history');
    await happened(page).getByRole('listitem').first().waitFor();
    await fail(page, 240);
    await page.evaluate(() => window.bridge.resync());
    await happened(page)
      .getByText(/^Latest 200 events · /)
      .waitFor();
    // A colour of a legend that no token has would be black.
    const fills = page.locator('svg rect').evaluateAll((marks) => marks.map((mark) => getComputedStyle(mark).fill));
    expect((await fills).length).toBeGreaterThan(9);
    expect(await fills).not.toContain('rgb(0, 0, 0)');
    await happened(page)
      .getByText(/^Server docs could not start \d+×$/)
      .waitFor();
    await happened(page).getByRole('button', { name: 'Servers' }).click();
    await happened(page).getByText('Server docs could not start 200×').waitFor();
    await happened(page).getByRole('button', { name: 'Show older' }).click();
    await happened(page).getByText('Server docs could not start 240×').waitFor();
    expect(await happened(page).getByText('Disconnected').count()).toBe(0);
    await happened(page).getByRole('button', { name: 'All' }).click();
    await happened(page).getByText('Server docs could not start', { exact: true }).first().waitFor();
  });
});

describe('history', () => {
  test('draws the three charts and keeps range, zoom, table and bucket in the URL', async ({ openView }) => {
    const page = await openView('#/history');
    await drawn(page);
    expect(await page.getByRole('slider').count()).toBe(3);
    await range(page, '7d').click();
    await zoom(page, 'Zoom in').click();
    await page.getByRole('button', { name: 'Table' }).click();
    await expect.poll(() => params(page).get('show')).toBe('table');
    expect(params(page).get('range')).toBe('7d');
    const rows = page.getByRole('table').getByRole('row');
    const count = await rows.count();
    await rows.nth(3).getByRole('button').click();
    await expect.poll(() => params(page).get('at')).not.toBeNull();
    const place = page.url();
    await page.reload();
    await page.getByRole('table').waitFor();
    expect(page.url()).toBe(place);
    expect(await rows.count()).toBe(count);
    expect(await rows.nth(3).getByRole('button').getAttribute('aria-pressed')).toBe('true');
  });

  test('moves through time by keyboard, says the values, and lists the events of a bucket on Enter', async ({
    openView,
  }) => {
    const page = await openView('#/history?range=1h');
    await drawn(page);
    await page.evaluate(() => {
      const at = (window.store.getState().history['1h']?.to ?? 0) - 1;
      window.world.append({
        kind: 'client_removed',
        at,
        session_id: null,
        payload: { client_id: 'c', name: 'canary' },
      });
    });
    await chart(page).focus();
    await page.keyboard.press('End');
    const said = await chart(page).getAttribute('aria-valuetext');
    expect(said).toMatch(
      /: Came back \d+, Holdfast restarted \d+, Client started over \d+, By token \d+, Taken over \d+, Client ended \d+, Connection lost \d+, Holdfast stopped \d+, By you \d+, Server stops \d+$/,
    );
    await page.keyboard.press('Home');
    expect(await chart(page).getAttribute('aria-valuenow')).toBe('0');
    await page.keyboard.press('ArrowRight');
    expect(await chart(page).getAttribute('aria-valuenow')).toBe('1');
    expect(await chart(page).getAttribute('aria-valuetext')).not.toBe(said);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await happened(page).getByText('Client canary removed').waitFor();
    expect(await happened(page).getByRole('status').textContent()).toContain(said?.split(': ')[0]);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await happened(page).getByText('Client canary removed').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Show all' }).click();
    await happened(page).getByText('Client canary removed').waitFor();
    expect(params(page).has('at')).toBe(false);
  });

  test('shows the values under the pointer without moving anything, in all charts at once', async ({ openView }) => {
    const page = await openView('#/history');
    await drawn(page);
    const before = await chart(page, 'Call latency over time').boundingBox();
    const box = await chart(page).boundingBox();
    if (!box) throw new Error('no chart');
    const words = () => chart(page, 'Connected sessions over time').getAttribute('aria-valuetext');
    const total = await words();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await expect.poll(words).not.toBe(total);
    expect(await chart(page, 'Call latency over time').boundingBox()).toEqual(before);
    await page.mouse.move(5, 5);
    await expect.poll(words).toBe(total);
  });

  test('picks by a click, zooms by dragging, and does both by buttons', async ({ openView }) => {
    const page = await openView('#/history');
    await drawn(page);
    const box = await chart(page).boundingBox();
    if (!box) throw new Error('no chart');
    const y = box.y + box.height / 2;
    await page.mouse.click(box.x + box.width / 2, y);
    await expect.poll(() => params(page).get('at')).not.toBeNull();
    const picked = params(page).get('at');

    await page.mouse.move(box.x + box.width / 3, y);
    await page.mouse.down();
    await page.mouse.move(box.x + (2 * box.width) / 3, y, { steps: 5 });
    await page.mouse.up();
    await expect.poll(() => params(page).get('from')).not.toBeNull();
    expect(params(page).get('at'), 'a drag is no click').toBe(picked);
    const from = Number(params(page).get('from'));
    await zoom(page, 'Earlier').click();
    await expect.poll(() => Number(params(page).get('from'))).toBeLessThan(from);
    await zoom(page, 'Zoom out').click();
    await zoom(page, 'Zoom out').click();
    await expect.poll(() => params(page).has('from')).toBe(false);
    expect(await zoom(page, 'Zoom out').getAttribute('aria-disabled')).toBe('true');
  });

  test('says plainly when Holdfast was not running', async ({ openView }) => {
    const page = await openView('#/history?range=7d');
    await drawn(page);
    await page.getByText(/^Holdfast was not running for .* of this time\.$/).waitFor();
    await page.getByRole('button', { name: 'Table' }).click();
    await page
      .getByRole('rowheader', { name: /· Holdfast was not running$/ })
      .first()
      .waitFor();
  });

  test('works with no client, and when the answer does not come', async ({ openView }) => {
    const page = await openView('#/history', 'empty');
    await drawn(page);
    await page.evaluate(() => window.bridge.fail('storage_unavailable'));
    await range(page, '30d').click();
    await page.getByRole('alert').first().waitFor();
    await page.evaluate(() => window.bridge.fail(null));
    await range(page, '24h').click();
    await page.getByRole('alert').first().waitFor({ state: 'hidden' });
  });

  test('redraws in the other theme', async ({ openView }) => {
    const page = await openView('#/history');
    await drawn(page);
    const pixels = () =>
      chart(page)
        .locator('canvas')
        .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const light = await pixels();
    await page.getByRole('button', { name: /^Theme/ }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    await expect.poll(pixels).not.toBe(light);
  });
});

describe('connect', () => {
  const create = async (page: Page, type: string, name: string) => {
    await page.getByRole('radio', { name: type }).check();
    await page.getByRole('textbox', { name: 'Name' }).fill(name);
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByText(`Waiting for the first request from ${name}…`).waitFor();
  };
  const everything = (page: Page) =>
    page.evaluate(() => `${document.documentElement.outerHTML} ${JSON.stringify(localStorage)}`);
  const inStore = (page: Page, text: string) =>
    page.evaluate((needle) => {
      const seen = new Set<unknown>();
      const holds = (value: unknown): boolean => {
        if (typeof value === 'string') return value.includes(needle);
        if (typeof value !== 'object' || value === null || seen.has(value)) return false;
        seen.add(value);
        return [...(value instanceof Map ? value.values() : Object.values(value))].some(holds);
      };
      return holds(window.store.getState());
    }, text);

  test('hides the key until asked, copies it whole, keeps it out of the store and drops it on leaving', async ({
    openView,
  }) => {
    const page = await openView('#/connect', 'empty');
    await create(page, 'Claude Code', 'laptop');
    expect(await everything(page)).not.toContain(KEY);
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `claude mcp add --transport http --scope user holdfast http://127.0.0.1:8181/mcp --header "Authorization: Bearer ${KEY}"`,
    );
    await page.getByRole('button', { name: 'Show the key' }).click();
    expect(await page.locator('[data-secret]').textContent()).toContain(KEY);
    expect(await inStore(page, 'laptop'), 'the search itself works').toBe(true);
    expect(await inStore(page, KEY)).toBe(false);

    await page.getByRole('navigation').getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('navigation').getByRole('link', { name: 'Connect' }).click();
    await page.getByRole('button', { name: 'Create key' }).waitFor();
    expect(await everything(page)).not.toContain(KEY);
  });

  test('says that an unknown key arrived while it waits', async ({ openView }) => {
    const page = await openView('#/connect', 'empty', { clock: true });
    await create(page, 'Cursor', 'laptop');
    const warning = page.getByText(/^A request with an unknown key arrived .* ago\. Check/);
    expect(await warning.count()).toBe(0);
    await page.evaluate(() => {
      window.world.unknownKeyAt = Date.now() - 5_000;
    });
    await page.clock.fastForward(5_000);
    await warning.waitFor();
  });

  test('offers the file as well, and only the file where the client has no command', async ({ openView }) => {
    const page = await openView('#/connect', 'empty');
    await create(page, 'VS Code', 'editor');
    await page.getByRole('group', { name: 'Format' }).getByRole('button', { name: 'File' }).click();
    await page.getByText('mcp.json of your profile').waitFor();
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    const file = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    expect(Object.keys(file)).toEqual(['servers']);
    await page.getByRole('button', { name: 'Done' }).click();
    await create(page, 'Cursor', 'other editor');
    expect(await page.getByRole('group', { name: 'Format' }).count()).toBe(0);
    await page.getByRole('figure').getByText('~/.cursor/mcp.json').waitFor();
  });

  test('turns to connected with the first session of the client', async ({ openView }) => {
    const page = await openView('#/connect', 'empty');
    await create(page, 'Codex', 'terminal');
    expect(await page.locator('[data-connected]').getAttribute('data-connected')).toBe('false');
    await page.evaluate(() => {
      const client_id = window.world.clients.at(-1)?.client_id ?? '';
      const payload = { client_id, client_type: 'codex', client_name: 'codex', client_version: '1', transport_id: 't' };
      const more = { server: null, era: 'sessionful', protocol_version: '2025-06-18', probe: false } as const;
      const session_id = 's_connect';
      window.world.append({ kind: 'session_created', at: Date.now(), session_id, payload: { ...payload, ...more } });
    });
    await page.locator('[data-connected="true"]').waitFor();
    await page.getByText('terminal is connected').waitFor();
    // A tick alone would hide that the client can do nothing yet.
    await page.getByText('No server is set up, so terminal has no tools yet.').waitFor();
    expect(await page.getByRole('link', { name: 'Add servers' }).getAttribute('href')).toBe('#/servers');
    await page.getByRole('link', { name: 'Open its session' }).click();
    await expect.poll(() => page.url()).toContain('#/sessions/s_connect');
  });

  test('asks for a name, and says what went wrong', async ({ openView }) => {
    const page = await openView('#/connect');
    await page.getByRole('textbox', { name: 'Name' }).fill('  ');
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByText('Give the client a name.').waitFor();
    await expectFocusOn(page.getByRole('textbox', { name: 'Name' }), 'after an empty name');
    await page.getByRole('textbox', { name: 'Name' }).fill('x');
    await page.evaluate(() => window.bridge.fail('storage_unavailable'));
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByRole('alert').first().waitFor();
    await page.evaluate(() => window.bridge.fail(null));
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByText('Waiting for the first request from x…').waitFor();
  });

  test('renews a key after a named question, shows it once, and ends the old one', async ({ openView }) => {
    const page = await openView('#/connect', 'empty');
    await create(page, 'Other or script', 'a script');
    await page.evaluate(() => {
      const [client] = window.world.clients;
      if (client) window.world.clients[0] = { ...client, first_seen_at: 1, last_seen_at: 1, key_used_at: 1 };
    });
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'New key for a script' }).click();
    const dialog = page.getByRole('alertdialog', { name: 'New key for a script?' });
    await dialog.getByText('The old key works for another 15 minutes').waitFor();
    await dialog.getByRole('button', { name: 'Make a new key' }).click();
    await page.getByRole('heading', { name: 'New key for a script', exact: true }).waitFor();
    await page.getByText('Waiting for the first request from a script…').waitFor();
    const fresh = `hf_${'n'.repeat(43)}`;
    expect(await everything(page)).not.toContain(fresh);
    expect(await inStore(page, fresh)).toBe(false);
    await page.getByText(/^Old key of a script: works until /).waitFor();
    await page.evaluate(() => {
      const [client] = window.world.clients;
      if (client) window.world.clients[0] = { ...client, key_used_at: Date.now() };
    });
    await page.getByText('a script is connected').waitFor();
    await page.getByRole('button', { name: 'End the old key of a script now' }).click();
    await page.getByText(/^Old key of a script/).waitFor({ state: 'hidden' });
  });

  test('changes the protocol of a client and removes it after a named question', async ({ openView }) => {
    const page = await openView('#/connect');
    const name = await page.evaluate(() => window.world.clients[0]?.name ?? '');
    const row = page.locator('[data-client-id]').filter({ has: page.getByRole('rowheader', { name, exact: true }) });
    await row.getByRole('button', { name: 'Stateless' }).click();
    await expect.poll(() => page.evaluate(() => window.world.clients[0]?.policy)).toBe('stateless');
    await row.getByRole('button', { name: `Remove ${name}` }).click();
    const question = page.getByRole('alertdialog', { name: `Remove ${name}?` });
    await question.getByText(/key stops working at once/).waitFor();
    await question.getByRole('button', { name: 'Cancel' }).click();
    await row.waitFor();
    await row.getByRole('button', { name: `Remove ${name}` }).click();
    await question.getByRole('button', { name: 'Remove client' }).click();
    await row.waitFor({ state: 'hidden' });
  });
});
