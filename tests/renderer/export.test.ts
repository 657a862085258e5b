import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { violations } from '#tests/support/violations';
import { sessionId } from './harness/worlds';
import { STARTUP_MS, labTest as test } from './support/browser';

/** What is on the screen, as files: downloads of a real browser. */

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

async function exported(page: Page, format: RegExp, button = page.getByRole('button', { name: 'Export…' })) {
  await button.click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: format }).click();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

const records = (bytes: Buffer): Record<string, string>[] => parse(bytes, { columns: true, bom: true });
const NAME = /^holdfast-[\w-]+-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.\w+$/;

describe('export', () => {
  test('of sessions is what is listed, in its order', async ({ open }) => {
    const page = await open({ hash: '#/sessions?q=status%3Aactive&sort=session:asc' });
    const listed = page.getByRole('grid').locator('[role="row"][id]');
    await listed.first().waitFor();
    const { name, bytes } = await exported(page, /^CSV/);
    expect(name).toMatch(NAME);
    const found = records(bytes);
    expect(found.length).toBe(await listed.count());
    expect(new Set(found.map(({ status }) => status))).toEqual(new Set(['active']));
    const ids = await listed.evaluateAll((rows) => rows.map(({ id }) => id));
    expect(found.map(({ session_id }) => ids.some((id) => id.includes(session_id ?? '?')))).not.toContain(false);
    expect(found[0]?.created_at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const drawn = await page.evaluate(
      (id) => window.world.sessions.get(id ?? '')?.recent_latencies,
      found[0]?.session_id,
    );
    expect(found[0]?.recent_latencies_ms?.split(' ').map(Number), 'what its line is drawn from').toEqual(drawn);
  });

  test('of activity is all that the filter fits, in each format', async ({ open }) => {
    const page = await open({ hash: '#/activity?failed=1' });
    await page.evaluate(() => window.world.activity.add(2_400, {}));
    await page.getByRole('grid').locator('[data-outcome]').first().waitFor();
    const csv = records((await exported(page, /^CSV/)).bytes);
    expect(csv.length).toBeGreaterThan(300);
    expect(csv.every(({ outcome }) => outcome !== 'ok')).toBe(true);
    const json = JSON.parse((await exported(page, /^JSON$/)).bytes.toString());
    expect(json.activity).toHaveLength(csv.length);
    expect((await exported(page, /^JSON Lines/)).bytes.toString().trim().split('\n')).toHaveLength(csv.length);
    const har = await exported(page, /^HAR/);
    expect(har.name).toMatch(/\.har$/);
    expect(JSON.parse(har.bytes.toString()).log.entries).toHaveLength(csv.length);
  });

  test('of servers and of a timeline', async ({ open }) => {
    const servers = await open({ world: 'servers', hash: '#/servers' });
    const button = servers.getByRole('button', { name: 'Export…' });
    await button.waitFor();
    const found = JSON.parse((await exported(servers, /^JSON/, button)).bytes.toString());
    expect(found.length).toBeGreaterThan(0);
    expect(Object.keys(found[0])).not.toContain('command');
    await servers.close();

    const page = await open({ hash: `#/sessions/${sessionId(0)}?show=all` });
    const pane = page.getByRole('complementary', { name: 'Session' });
    const events = pane.locator('li[data-event]');
    await events.first().waitFor();
    const { bytes } = await exported(page, /^CSV/, pane.getByRole('button', { name: 'Export…' }));
    const rows = records(bytes);
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.map(({ session_id }) => session_id))).toEqual(new Set([sessionId(0)]));
    expect(rows[0]?.kind).toBe(await events.first().getAttribute('data-event'));
  });

  test('of clients, of what is kept, of a server’s tools, and of sessions on the overview', async ({ open }) => {
    const go = async (hash: string) => page.evaluate((to) => location.assign(to), hash);
    const page = await open({ world: 'servers', hash: '#/connect' });
    const clients = page.getByRole('region', { name: 'Clients with a key' });
    const names = await page.evaluate(() => window.world.clients.map(({ name }) => name));
    await clients.getByRole('rowheader').first().waitFor();
    const csv = await exported(page, /^CSV/, clients.getByRole('button', { name: 'Export…' }));
    expect(csv.name).toMatch(/^holdfast-clients-/);
    expect(records(csv.bytes).map(({ name }) => name)).toEqual(names);
    expect(csv.bytes.toString()).not.toMatch(/hf_|key/);

    await go('#/settings');
    await page.locator('[data-area="events"]').waitFor();
    const kept = JSON.parse((await exported(page, /^JSON/)).bytes.toString());
    expect(kept).toContainEqual({ area: 'events', days: 30, bytes: 18_400_000, limit_bytes: 1_073_741_824 });

    await go('#/servers/files');
    const tools = page.getByRole('region', { name: 'Tools', exact: true });
    await tools.locator('[data-item]').first().waitFor();
    const items = records(
      (await exported(page, /^CSV/, tools.getByRole('button', { name: 'Export the list…' }))).bytes,
    );
    expect(items.length).toBe(await tools.locator('[data-item]').count());
    expect(items[0]).toMatchObject({ server: 'files', kind: 'tool', shown_to_all: 'true', client: '' });

    const word = items[1]?.name ?? '';
    await tools.getByRole('searchbox').fill(word);
    await tools.getByRole('combobox').selectOption({ label: names[0] ?? '' });
    await expect.poll(() => tools.locator('[data-item]').count()).toBeLessThan(items.length);
    const found = records(
      (await exported(page, /^CSV/, tools.getByRole('button', { name: 'Export the list…' }))).bytes,
    );
    expect(found.length).toBe(await tools.locator('[data-item]').count());
    expect(found[0]).toMatchObject({ name: word, client: names[0], shown_to_client: 'true' });

    const overview = await open({ hash: '#/overview' });
    const live = overview.getByRole('region', { name: 'Open sessions' });
    await live.locator('tr[data-session-id]').first().waitFor();
    const rows = records((await exported(overview, /^CSV/, live.getByRole('button', { name: 'Export…' }))).bytes);
    expect(rows.length).toBeGreaterThanOrEqual(await live.locator('tr[data-session-id]').count());
    expect(rows[0]?.session_id).toBe(await live.locator('tr[data-session-id]').first().getAttribute('data-session-id'));
  });

  test('of failures by kind', async ({ open }) => {
    const page = await open({ hash: '#/activity' });
    await page.evaluate(() => {
      const failed = { server: 'tickets', name: 'search', outcome: 'error', error: 'Timed out after 30 s' } as const;
      window.world.activity.add(4, failed);
      window.world.activity.add(2, { ...failed, name: '=cmd|calc' });
      return window.bridge.resync();
    });
    await page.getByRole('button', { name: /^6 failed, 2 kinds/ }).click();
    const button = page.getByRole('button', { name: 'Export the kinds of failures…' });
    const kinds = records((await exported(page, /^CSV/, button)).bytes);
    expect(kinds.map(({ count, name }) => [count, name])).toEqual([
      ['4', 'search'],
      ['2', "'=cmd|calc"],
    ]);
    await page.evaluate(() => {
      for (let n = 0; n < 30; n += 1) window.world.activity.add(1, { outcome: 'error', error: 'x', name: `tool_${n}` });
      return window.bridge.resync();
    });
    await page.getByRole('button', { name: /^36 failed, 32 kinds/ }).waitFor();
    expect(records((await exported(page, /^CSV/, button)).bytes)).toHaveLength(32);
    expect(await violations(page)).toEqual([]);
  });

  test('of the history is what is in view, the newest first in the table', async ({ open }) => {
    const page = await open({ hash: '#/history?range=24h' });
    await page.getByRole('slider').first().waitFor();
    const button = page.getByRole('button', { name: 'Export…' }).first();
    const oldest = records((await exported(page, /^CSV/, button)).bytes);
    await page
      .getByRole('radio', { name: 'Table' })
      .or(page.getByRole('button', { name: 'Table' }))
      .click();
    await page.getByRole('table').waitFor();
    const newest = records((await exported(page, /^CSV/, button)).bytes);
    expect(newest.map(({ from }) => from)).toEqual(oldest.map(({ from }) => from).reverse());
    expect(oldest.length).toBeGreaterThan(10);
  });

  test('says so when it fails', async ({ open }) => {
    const page = await open({ hash: '#/activity' });
    await page.evaluate(() => window.world.activity.add(3, {}));
    await page.getByRole('grid').locator('[data-outcome]').first().waitFor();
    await page.evaluate(() => {
      URL.createObjectURL = () => {
        throw new Error('no room');
      };
    });
    await page.getByRole('button', { name: 'Export…' }).click();
    await page.getByRole('menuitem', { name: /^CSV/ }).click();
    await page.getByRole('alert').getByText('Not exported').waitFor();
    expect(await page.getByRole('button', { name: 'Export…' }).isEnabled()).toBe(true);
  });
});

describe('the bundle for a bug report', () => {
  test('shows what is in it, file by file, before it is saved', async ({ open }) => {
    const page = await open({ hash: '#/diagnostics' });
    await page.getByRole('button', { name: 'Bundle for a bug report…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Diagnosis for a bug report' });
    await dialog.getByRole('listitem').first().waitFor();
    expect(await dialog.getByRole('listitem').allTextContents()).toEqual([
      'README.txtThe contents, in words1 kB',
      'diagnosis.mdVersions, folders, checks, servers, crashes and the end of the log9 kB',
      'log.jsonlThe end of the log (older ones left out)4 MB',
    ]);
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Show log.jsonl' }).click();
    await dialog.getByText('The text of log.jsonl').waitFor();
    await dialog.getByRole('button', { name: 'Back to the list' }).click();
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save (18 kB)…' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('holdfast-bundle-2026-11-26T05-53-46Z.zip');
    expect(readFileSync(await file.path(), 'latin1').slice(0, 2)).toBe('PK');
    await dialog.waitFor({ state: 'hidden' });
  });

  test('is offered for a session, too', async ({ open }) => {
    const page = await open({ hash: `#/sessions/${sessionId(0)}` });
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Bundle for a bug report…' }).click();
    await page.getByText('What concerns this session').waitFor();
  });
});

describe('a chart', () => {
  test('is exported as a drawing and an image in the colours of the window, and as its numbers', async ({ open }) => {
    const page = await open({ hash: '#/history?range=24h' });
    await page.getByRole('slider').first().waitFor();
    await page.evaluate(() => window.store.getState().actions.setTheme('dark'));
    const button = page.getByRole('button', { name: 'Export the chart…' }).first();
    const svg = await exported(page, /^SVG/, button);
    expect(svg.name).toMatch(/^holdfast-reconnects-.*\.svg$/);
    const drawing = await page.evaluate((text) => {
      const { documentElement } = new DOMParser().parseFromString(text, 'image/svg+xml');
      const said = [...documentElement.querySelectorAll('text')].map(({ textContent }) => textContent);
      return {
        name: documentElement.nodeName,
        said,
        fill: documentElement.querySelector('rect[width="100%"]')?.getAttribute('fill'),
      };
    }, svg.bytes.toString());
    expect(drawing).toMatchObject({ name: 'svg', fill: '#161a20' });
    expect(drawing.said).toContain('Reconnects and disconnects over time');
    expect(drawing.said).toContain('Came back');

    const png = await exported(page, /^PNG/, button);
    expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(png.bytes.readUInt32BE(16)).toBe(1_920);
    const corner = await page.evaluate(
      async (data) => {
        const image = new Image();
        image.src = data;
        await image.decode();
        const pen = document.createElement('canvas').getContext('2d');
        pen?.drawImage(image, 0, 0);
        return [...(pen?.getImageData(2, 2, 1, 1).data ?? [])];
      },
      `data:image/png;base64,${png.bytes.toString('base64')}`,
    );
    expect(corner).toEqual([0x16, 0x1a, 0x20, 255]);

    const rows = records((await exported(page, /^CSV/, button)).bytes);
    expect(rows.length).toBeGreaterThan(10);
    expect(rows[0]).toHaveProperty('reconnects_resumed');
  });

  test('of a session’s life has its lanes, its marks and its words', async ({ open }) => {
    const page = await open({ world: 'servers', hash: `#/sessions/${sessionId(0)}` });
    const life = page.getByRole('region', { name: 'Life' });
    await life.locator('[data-mark]').first().waitFor();
    const shown = await life.locator('[data-strip-words]').textContent();
    const legend = await life.getByRole('list', { name: 'Legend' }).getByRole('listitem').allTextContents();
    const button = life.getByRole('button', { name: 'Export the chart…' });
    const svg = await exported(page, /^SVG/, button);
    expect(svg.name).toMatch(/^holdfast-life-s_.*\.svg$/);
    const said = await page.evaluate((text) => {
      const { documentElement } = new DOMParser().parseFromString(text, 'image/svg+xml');
      return [...documentElement.querySelectorAll('text')].map(({ textContent }) => textContent ?? '');
    }, svg.bytes.toString());
    expect(said).toEqual(expect.arrayContaining(['Client', 'files']));
    expect(said.join(' ')).toContain(shown);
    for (const one of legend) expect(said.join(' ')).toContain(one.replace(/ \d+$/, ''));
    expect(svg.bytes.toString()).not.toMatch(/NaN|undefined|var\(/);

    const png = await exported(page, /^PNG/, button);
    expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(png.bytes.readUInt32BE(16)).toBe(1_920);

    const rows = records((await exported(page, /^CSV/, button)).bytes);
    expect(new Set(rows.map(({ what }) => what))).toContain('restarted');
    expect(rows.filter(({ server }) => server === 'files').length).toBeGreaterThan(2);
  });

  test('has the menu in Overview, too', async ({ open }) => {
    const page = await open({ hash: '#/overview' });
    const { name } = await exported(page, /^SVG/, page.getByRole('button', { name: 'Export the chart…' }));
    expect(name).toMatch(/^holdfast-reconnects-/);
  });
});
