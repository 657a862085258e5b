import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WindowLab } from './support/browser';

const STARTUP_MS = 90_000;
/** The key that the scripted world hands out. */
const KEY = `hf_${'k'.repeat(43)}`;

let lab: WindowLab;
let page: Page;

beforeAll(async () => {
  lab = await WindowLab.start();
}, STARTUP_MS);
afterAll(() => lab?.stop());
afterEach(async () => {
  await page.context().close();
  expect(lab.complaints.splice(0), 'nothing in the console').toEqual([]);
});

const open = async (hash: string, world = 'typical') => {
  page = await lab.open({ hash, world, permissions: ['clipboard-read', 'clipboard-write'] });
};
const chart = (name = 'Reconnects over time') => page.getByRole('slider', { name });
const range = (name: string) => page.getByRole('group', { name: 'Range' }).getByRole('button', { name });
const zoom = (name: string) => page.getByRole('group', { name: 'Zoom' }).getByRole('button', { name, exact: true });
const params = () => new URLSearchParams(new URL(page.url()).hash.split('?')[1] ?? '');
const happened = () => page.getByRole('region', { name: 'What happened' });
const drawn = () => chart().locator('canvas').waitFor();

describe('history', () => {
  test('draws the three charts and keeps range, zoom, table and bucket in the URL', async () => {
    await open('#/history');
    await drawn();
    expect(await page.getByRole('slider').count()).toBe(3);
    await range('7d').click();
    await zoom('Zoom in').click();
    await page.getByRole('button', { name: 'Table' }).click();
    await expect.poll(() => params().get('show')).toBe('table');
    expect(params().get('range')).toBe('7d');
    const rows = page.getByRole('table').getByRole('row');
    const count = await rows.count();
    await rows.nth(3).getByRole('button').click();
    await expect.poll(() => params().get('at')).not.toBeNull();
    const place = page.url();
    await page.reload();
    await page.getByRole('table').waitFor();
    expect(page.url()).toBe(place);
    expect(await rows.count()).toBe(count);
    expect(await rows.nth(3).getByRole('button').getAttribute('aria-pressed')).toBe('true');
  });

  test('moves through time by keyboard, says the values, and lists the events of a bucket on Enter', async () => {
    await open('#/history?range=1h');
    await drawn();
    await page.evaluate(() => {
      const at = (window.store.getState().history['1h']?.to ?? 0) - 1;
      window.world.append({
        kind: 'client_removed',
        at,
        session_id: null,
        payload: { client_id: 'c', name: 'canary' },
      });
    });
    await chart().focus();
    await page.keyboard.press('End');
    const said = await chart().getAttribute('aria-valuetext');
    expect(said).toMatch(/: Resumed \d+, Restored \d+, Re-initialized \d+, By token \d+, Server stops \d+$/);
    await page.keyboard.press('Home');
    expect(await chart().getAttribute('aria-valuenow')).toBe('0');
    await page.keyboard.press('ArrowRight');
    expect(await chart().getAttribute('aria-valuenow')).toBe('1');
    expect(await chart().getAttribute('aria-valuetext')).not.toBe(said);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await happened().getByText('Client canary removed').waitFor();
    expect(await happened().getByRole('status').textContent()).toContain(said?.split(': ')[0]);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await happened().getByText('Client canary removed').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Show all' }).click();
    await happened().getByText('Client canary removed').waitFor();
    expect(params().has('at')).toBe(false);
  });

  test('shows the values under the pointer without moving anything, in all charts at once', async () => {
    await open('#/history');
    await drawn();
    const before = await chart('Call latency over time').boundingBox();
    const box = await chart().boundingBox();
    if (!box) throw new Error('no chart');
    const words = () => chart('Live sessions over time').getAttribute('aria-valuetext');
    const total = await words();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await expect.poll(words).not.toBe(total);
    expect(await chart('Call latency over time').boundingBox()).toEqual(before);
    await page.mouse.move(5, 5);
    await expect.poll(words).toBe(total);
  });

  test('picks by a click, zooms by dragging, and does both by buttons', async () => {
    await open('#/history');
    await drawn();
    const box = await chart().boundingBox();
    if (!box) throw new Error('no chart');
    const y = box.y + box.height / 2;
    await page.mouse.click(box.x + box.width / 2, y);
    await expect.poll(() => params().get('at')).not.toBeNull();
    const picked = params().get('at');

    await page.mouse.move(box.x + box.width / 3, y);
    await page.mouse.down();
    await page.mouse.move(box.x + (2 * box.width) / 3, y, { steps: 5 });
    await page.mouse.up();
    await expect.poll(() => params().get('from')).not.toBeNull();
    expect(params().get('at'), 'a drag is no click').toBe(picked);
    const from = Number(params().get('from'));
    await zoom('Earlier').click();
    await expect.poll(() => Number(params().get('from'))).toBeLessThan(from);
    await zoom('Zoom out').click();
    await zoom('Zoom out').click();
    await expect.poll(() => params().has('from')).toBe(false);
    expect(await zoom('Zoom out').getAttribute('aria-disabled')).toBe('true');
  });

  test('says plainly when Holdfast was not running', async () => {
    await open('#/history?range=7d');
    await drawn();
    await page.getByText(/^Holdfast was not running for .* of this time\.$/).waitFor();
    await page.getByRole('button', { name: 'Table' }).click();
    await page
      .getByRole('rowheader', { name: /· Holdfast was not running$/ })
      .first()
      .waitFor();
  });

  test('works with no client, and when the answer does not come', async () => {
    await open('#/history', 'empty');
    await drawn();
    await page.evaluate(() => window.bridge.fail('storage_unavailable'));
    await range('30d').click();
    await page.getByRole('alert').first().waitFor();
    await page.evaluate(() => window.bridge.fail(null));
    await range('24h').click();
    await page.getByRole('alert').first().waitFor({ state: 'hidden' });
  });

  test('draws anew in the other theme', async () => {
    await open('#/history');
    await drawn();
    const pixels = () =>
      chart()
        .locator('canvas')
        .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const light = await pixels();
    await page.getByRole('button', { name: /^Theme/ }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    await expect.poll(pixels).not.toBe(light);
  });
});

describe('connect', () => {
  const create = async (type: string, name: string) => {
    await page.getByRole('radio', { name: type }).check();
    await page.getByRole('textbox', { name: 'Name' }).fill(name);
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByText(`Waiting for the first request from ${name}…`).waitFor();
  };
  const everything = () => page.evaluate(() => `${document.documentElement.outerHTML} ${JSON.stringify(localStorage)}`);
  const inStore = (text: string) =>
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

  test('hides the key until asked, copies it whole, keeps it out of the store and drops it on leaving', async () => {
    await open('#/connect', 'empty');
    await create('Claude Code', 'laptop');
    expect(await everything()).not.toContain(KEY);
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `claude mcp add --transport http --scope user holdfast http://127.0.0.1:8181/mcp --header "Authorization: Bearer ${KEY}"`,
    );
    await page.getByRole('button', { name: 'Show the key' }).click();
    expect(await page.locator('[data-secret]').textContent()).toContain(KEY);
    expect(await inStore('laptop'), 'the search itself works').toBe(true);
    expect(await inStore(KEY)).toBe(false);

    await page.getByRole('navigation').getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('navigation').getByRole('link', { name: 'Connect' }).click();
    await page.getByRole('button', { name: 'Create key' }).waitFor();
    expect(await everything()).not.toContain(KEY);
  });

  test('offers the file as well, and only the file where the client has no command', async () => {
    await open('#/connect', 'empty');
    await create('VS Code', 'editor');
    await page.getByRole('group', { name: 'Format' }).getByRole('button', { name: 'File' }).click();
    await page.getByText('mcp.json of your profile').waitFor();
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    const file = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    expect(Object.keys(file)).toEqual(['servers']);
    await page.getByRole('button', { name: 'Done' }).click();
    await create('Cursor', 'other editor');
    expect(await page.getByRole('group', { name: 'Format' }).count()).toBe(0);
    await page.getByText('~/.cursor/mcp.json').waitFor();
  });

  test('turns to connected with the first session of the client', async () => {
    await open('#/connect', 'empty');
    await create('Codex', 'terminal');
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
    await page.getByRole('link', { name: 'Open its session' }).click();
    await expect.poll(() => page.url()).toContain('#/sessions/s_connect');
  });

  test('asks for a name, and says what went wrong', async () => {
    await open('#/connect');
    await page.getByRole('textbox', { name: 'Name' }).fill('  ');
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByText('Give the client a name.').waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill('x');
    await page.evaluate(() => window.bridge.fail('storage_unavailable'));
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByRole('alert').first().waitFor();
    await page.evaluate(() => window.bridge.fail(null));
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByText('Waiting for the first request from x…').waitFor();
  });

  test('changes the protocol of a client and removes it after a named question', async () => {
    await open('#/connect');
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
