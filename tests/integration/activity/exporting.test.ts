import { parse } from 'csv-parse/sync';
import { describe, expect } from 'vitest';
import { ACTIVITY_ROW } from '#tests/support/activity-row';
import { Api } from '#tests/support/clients/api';
import { sharedMcpTest } from '#tests/support/hosts/mcp-host';

/** Everything that fits as one file, over the API. */

/** More than two pages. */
const MANY = 2_300;

const test = sharedMcpTest
  .extend('own', { scope: 'file' }, ({ host, owner }) => {
    const { activity } = host.services.store;
    activity.add(Array.from({ length: MANY }, (_, index) => ({ ...ACTIVITY_ROW, at: 1_000 + index })));
    activity.add([
      { ...ACTIVITY_ROW, at: 10_000, server: 'files', outcome: 'error', error: '=cmd|calc' },
      { ...ACTIVITY_ROW, at: 11_000, client_id: owner.client.client_id },
    ]);
    return owner.client.client_id;
  })
  .extend('file', ({ host, own }) => async (query: string, key = 'hfa_test') => {
    expect(own).toMatch(/^c_/);
    const url = `${new URL(host.url).origin}/api/mcp/activity?${query}`;
    const answer = await fetch(url, {
      headers: { Authorization: `Bearer ${key}` },
    });
    return { answer, text: await answer.text() };
  });

const REFUSED = [
  ...['format=xls', 'format=csv&after=1', 'format=csv&limit=100001', 'format=csv&limit=0', 'limit=1001'],
  ...['constructor:x', 'server:', 'outcome:nonsense:', 'tol:search:'].map((q) => `format=csv&q=${q}`),
];

const records = (csv: string): Record<string, string>[] => parse(csv, { columns: true, bom: true });

describe('GET /api/mcp/activity?format=', () => {
  test('csv is a file of all rows, over as many pages as it takes', async ({ file }) => {
    const { answer, text } = await file('format=csv');
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="holdfast-activity-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.csv"$/,
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('holdfast-is-cut')).toBe('false');
    const found = records(text);
    expect(found).toHaveLength(MANY + 2);
    expect(found[1]).toMatchObject({ at: '1970-01-01T00:00:10.000Z', server: 'files', error: "'=cmd|calc" });
    expect(new Set(found.map(({ activity_id }) => activity_id)).size).toBe(MANY + 2);
  });

  test('jsonl has a line for each row that fits', async ({ file }) => {
    const { answer, text } = await file('format=jsonl&server=files');
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ server: 'files', name: 'search' }]);
  });

  test('har is an archive', async ({ file }) => {
    const { log } = JSON.parse((await file('format=har&failed=true')).text);
    expect(log).toMatchObject({ version: '1.2', creator: { name: 'Holdfast' } });
    expect(log.entries).toMatchObject([{ pageref: 's_1', response: { status: 500, comment: '=cmd|calc' } }]);
  });

  test('json says whether it is cut', async ({ file }) => {
    expect(JSON.parse((await file('format=json&from=10000')).text)).toMatchObject({
      activity: [{}, {}],
      is_cut: false,
    });
  });

  test('a client gets what it did itself', async ({ file, owner }) => {
    expect(records((await file('format=csv', owner.key)).text).map(({ at }) => at)).toEqual([
      '1970-01-01T00:00:11.000Z',
    ]);
    expect(records((await file('format=csv&client_id=c_other', owner.key)).text)).toEqual([]);
  });

  test.for(['csv', 'jsonl'])(
    '%s has no more rows than asked for, and its header says whether more fit',
    async (format, { file, owner }) => {
      const lines = ({ text }: { text: string }) => text.trim().split('\n').length - (format === 'csv' ? 1 : 0);
      const cut = (answered: { answer: Response }) => answered.answer.headers.get('holdfast-is-cut');
      for (const [query, rows, isCut] of [
        ['limit=3', 3, 'true'],
        ['limit=1500', 1_500, 'true'],
        [`limit=${MANY + 2}`, MANY + 2, 'false'],
        ['limit=1&failed=true', 1, 'false'],
        ['limit=2&before=4&q=tool:search', 2, 'true'],
      ] as const) {
        const found = await file(`format=${format}&${query}`);
        expect([query, lines(found), cut(found)]).toEqual([query, rows, isCut]);
      }
      const own = await file(`format=${format}&limit=1`, owner.key);
      expect([lines(own), cut(own)]).toEqual([1, 'false']);
      expect(JSON.parse((await file('format=json&limit=1')).text)).toMatchObject({ activity: [{}], is_cut: true });
    },
  );

  test('follows older rows by `before`', async ({ file }) => {
    expect(records((await file('format=csv&before=3')).text).map(({ activity_id }) => activity_id)).toEqual(['2', '1']);
  });

  test.for(REFUSED)('%s is refused with a sentence', async (query, { host, own }) => {
    expect(own).toBeTruthy();
    const { status, body } = await new Api({ url: new URL(host.url).origin }, 'hfa_test').get(
      `/api/mcp/activity?${query}`,
    );
    expect(status).toBe(400);
    expect(body.detail).toMatch(/\w+ \w+/);
  });
});
