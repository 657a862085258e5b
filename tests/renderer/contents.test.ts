import fc from 'fast-check';
import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { parseExactly } from '#src/renderer/features/activity/contents/exact-json';
import { treeRows, valueText } from '#src/renderer/features/activity/contents/tree-rows';
import type { Contents, RecordedPart } from '#src/shared/contract/activity-contents';
import { violations } from '#tests/support/violations';
import { STARTUP_MS, labTest as test } from './support/browser';

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

const part = (value: unknown, of: Partial<RecordedPart> = {}): RecordedPart => {
  const json = JSON.stringify(value);
  return { json, bytes: json.length, cut: false, masked: 0, ...of };
};
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

/** The details of one call with these contents; none were recorded if they are left out. */
async function detailOf(page: Page, contents?: Contents) {
  await page.evaluate((some) => {
    window.world.activity.add(1);
    if (some) window.world.activity.contents.set(1, some);
    window.location.hash = '#/activity/1';
  }, contents);
  const section = page.getByRole('region', { name: 'Contents' });
  await section.waitFor();
  return section;
}

test('JSON keeps each number as it is written', () => {
  const number = fc.stringMatching(/^-?(0|[1-9]\d{0,30})(\.\d{1,20})?([eE][+-]?\d{1,3})?$/);
  fc.assert(
    fc.property(fc.array(number, { maxLength: 8 }), (numbers) => {
      const text = `{"a":[${numbers.join(',')}]}`;
      const rows = treeRows(parseExactly(text), { open: new Map(), shown: new Map([['["a"]', 50]]) });
      expect(JSON.stringify(parseExactly(text))).toBe(text);
      expect(
        rows.filter(({ path }) => path.length === 2).map((row) => row.kind === 'node' && valueText(row.value)),
      ).toEqual(numbers.length <= 10 ? numbers : []);
    }),
  );
});

describe('the contents of a message', () => {
  test('show numbers as they are, also those that JavaScript cannot hold', async ({ open }) => {
    const page = await open();
    const json = '{"name":"search","arguments":{"id":9007199254740993,"price":1.50}}';
    const section = await detailOf(page, {
      params: { json, bytes: json.length, cut: false, masked: 0 },
      result: part({ content: [{ type: 'text', text: '{"next":12345678901234567890}' }] }),
      error: null,
    });
    const tree = section.getByRole('tree', { name: 'Arguments, as a tree' });
    await tree.waitFor();
    const items = (await tree.getByRole('treeitem').allTextContents()).map((text) => text.trim());
    expect(items).toEqual(expect.arrayContaining(['id: 9007199254740993', 'price: 1.50']));
    expect(await section.textContent()).toContain('next: 12345678901234567890');
  });

  test('are shown as text where the browser cannot keep a number in a tree', async ({ open }) => {
    const page = await open();
    await page.evaluate(() => {
      Object.assign(JSON, { rawJSON: undefined });
    });
    const json = '{"name":"search","arguments":{"id":9007199254740993}}';
    const section = await detailOf(page, {
      params: { json, bytes: json.length, cut: false, masked: 0 },
      result: part({ content: [{ type: 'text', text: 'ok' }] }),
      error: null,
    });
    await section.getByText('9007199254740993').waitFor();
    expect(await section.textContent()).not.toContain('9007199254740992');
    expect(await section.getByRole('tree', { name: 'Arguments, as a tree' }).count()).toBe(0);
  });

  test('are arguments and result; the tree opens and closes by keyboard', async ({ open }) => {
    const page = await open();
    const section = await detailOf(page, {
      params: part(
        { name: 'search', arguments: { query: 'x', deep: { list: [1, { a: null }], more: {} } } },
        { masked: 2 },
      ),
      result: part({ content: [{ type: 'text', text: 'plain words' }], structuredContent: { hits: 3 } }),
      error: null,
    });
    const tree = section.getByRole('tree', { name: 'Arguments, as a tree' });
    await tree.waitFor();
    expect(await section.textContent()).toContain('2 values masked');
    expect(await section.textContent()).toContain('plain words');
    expect(await section.getByRole('tree', { name: 'Structured content, as a tree' }).textContent()).toContain(
      'hits: 3',
    );
    const items = () => tree.getByRole('treeitem').allTextContents();
    const all = await items();
    expect(all.map((text) => text.trim())).toContain('query: "x"');
    await tree.focus();
    await page.keyboard.press('ArrowLeft');
    expect(await items()).toHaveLength(1);
    await page.keyboard.press('ArrowRight');
    expect(await items()).toEqual(all);
    await page.keyboard.press('End');
    const active = await tree.getAttribute('aria-activedescendant');
    expect(await page.locator(`[id="${active}"]`).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('ArrowUp');
    expect(await section.textContent()).toContain('deep.list[1]');
    expect(await violations(page)).toEqual([]);
  });

  test('say that they were cut, and draw the first of many', async ({ open }) => {
    const page = await open();
    const section = await detailOf(page, {
      params: part(
        { name: 'x', arguments: { list: Array.from({ length: 5_000 }, (_, n) => n) } },
        { cut: true, bytes: 90_000 },
      ),
      result: { json: null, bytes: 9_000_000, cut: true, masked: 0 },
      error: null,
    });
    await section.getByText('Cut off: there were 90 kB').waitFor();
    expect(await section.textContent()).toContain('Too long to be recorded: 9 MB');
    const tree = section.getByRole('tree');
    await tree.getByText('list').click();
    const more = tree.getByText('Show 4,950 more');
    await more.waitFor();
    expect(await tree.getByRole('treeitem').count()).toBe(53);
    await more.click();
    await tree.getByText('Show 4,750 more').waitFor();
  });

  test('show pictures and sounds, and nothing that runs', async ({ open }) => {
    const page = await open();
    const section = await detailOf(page, {
      params: null,
      result: part({
        content: [
          { type: 'image', mimeType: 'image/png', data: PNG },
          { type: 'image', mimeType: 'image/svg+xml', data: 'PHN2Zz48L3N2Zz4=' },
          { type: 'image', mimeType: 'image/png', data: `${PNG.slice(0, 20)}…` },
          { type: 'audio', mimeType: 'audio/wav', data: 'UklGRiQAAABXQVZF' },
          { type: 'resource_link', uri: 'javascript:alert(1)', name: 'evil' },
          { type: 'resource', resource: { uri: 'file:///x', text: '<b>bold</b>' } },
        ],
      }),
      error: null,
    });
    await section.getByRole('img', { name: /^Picture, image\/png, 70 B/ }).waitFor();
    expect(await section.getByRole('img').count()).toBe(1);
    expect(await section.locator('audio').count()).toBe(1);
    expect(await section.locator('a, b').count()).toBe(0);
    expect(await section.textContent()).toContain('image/png, cut off: it cannot be shown');
    expect(await section.textContent()).toContain('<b>bold</b>');
    expect(await violations(page)).toEqual([]);
  });
});

describe('the recording of contents', () => {
  test('is switched on where contents are missing, shown in the header, and stopped there', async ({ open }) => {
    const page = await open();
    const section = await detailOf(page);
    await section.getByText('were not recorded, or are gone').waitFor();
    const banner = page.getByRole('banner');
    expect(await banner.getByText('Recording contents').count()).toBe(0);
    await section.getByRole('button', { name: 'Record contents for 15 minutes' }).click();
    await section.getByText('Contents are recorded now').waitFor();
    await banner.getByRole('button', { name: /^Recording contents/ }).click();
    const popup = page.getByRole('dialog', { name: 'Recording contents' });
    await popup.getByText('Of everything, for 15 more minutes').waitFor();
    expect(await violations(page)).toEqual([]);
    await popup.getByRole('button', { name: 'Stop recording' }).click();
    await banner.getByText('Recording contents').waitFor({ state: 'detached' });
    await section.getByRole('button', { name: /^Record contents of / }).click();
    await banner.getByRole('button', { name: /^Recording contents/ }).waitFor();
    expect(await page.evaluate(() => window.world.activity.recording.servers)).toHaveLength(1);
  });

  test('shows what was switched on elsewhere', async ({ open }) => {
    const page = await open();
    await page.evaluate(() => {
      window.world.activity.recording = { servers: ['tickets'], everything_left_ms: null };
    });
    await page
      .getByRole('banner')
      .getByRole('button', { name: /^Recording contents/ })
      .click();
    await page.getByText('Of tickets, until it is switched off').waitFor();
  });
});

describe('a call that is made again', () => {
  const call = (): Contents => ({
    params: part({ name: 'search', arguments: { query: 'x' } }),
    result: part({}),
    error: null,
  });

  test('shows first what is sent, runs, and shows the result', async ({ open }) => {
    const page = await open();
    const section = await detailOf(page, call());
    await section.getByRole('button', { name: 'Call again…' }).click();
    const dialog = page.getByRole('dialog', { name: /^Call \w+ again\?$/ });
    await dialog.getByText('may change something').waitFor();
    await dialog.getByText('query: "x"').waitFor();
    expect(await page.evaluate(() => window.world.activity.repeated)).toBeNull();
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Call', exact: true }).click();
    await dialog.getByText('The call is running…').waitFor();
    await page.evaluate(
      (result) => {
        if (window.world.activity.repeated) {
          window.world.activity.repeated.state = { is_running: false, outcome: 'ok', result, error: null };
        }
      },
      part({ content: [{ type: 'text', text: 'the second answer' }] }),
    );
    await dialog.getByText('the second answer').waitFor();
    await dialog.getByText('Done').waitFor();
  });

  test('is made once, however often is clicked, and runs on when nothing is said of it', async ({ open }) => {
    const page = await open();
    const section = await detailOf(page, call());
    await section.getByRole('button', { name: 'Call again…' }).click();
    const dialog = page.getByRole('dialog');
    await page.evaluate(() => {
      window.world.activity.isAgainSilent = true;
    });
    const button = dialog.getByRole('button', { name: 'Call', exact: true });
    await button.dblclick();
    await dialog.getByText('Nothing is said of it').waitFor();
    expect(await page.evaluate(() => window.world.activity.repeatedTimes)).toBe(1);
    await dialog.getByText('The call is running…').waitFor();
    await button.click({ force: true });
    await page.evaluate(() => {
      window.world.activity.isAgainSilent = false;
    });
    await dialog.getByText('Nothing is said of it').waitFor({ state: 'detached' });
    await dialog.getByRole('button', { name: 'Cancel the call' }).click();
    await dialog.getByText('Cancelled').waitFor();
    expect(await page.evaluate(() => window.world.activity.repeatedTimes)).toBe(1);
  });

  test('is given up', async ({ open }) => {
    const page = await open();
    const section = await detailOf(page, call());
    await section.getByRole('button', { name: 'Call again…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Call', exact: true }).click();
    await dialog.getByRole('button', { name: 'Cancel the call' }).click();
    await dialog.getByText('Cancelled').waitFor();
  });

  test('says why it cannot be', async ({ open }) => {
    const page = await open();
    await page.evaluate(() => {
      window.world.activity.again = { refusal: 'masked', read_only: false };
    });
    const section = await detailOf(page, call());
    await section.getByText('something in its arguments was masked').waitFor();
    expect(await section.getByRole('button', { name: 'Call again…' }).count()).toBe(0);
  });
});
