import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Activity, type ActivityPage, type ActivityQuery, activitySchema } from '#src/shared/contract/activity';
import { type ActivityExport, type ActivityFormat, activityFile } from '#src/shared/export/activity-file';
import { withoutFormulas } from '#src/shared/export/csv';
import { harEntry } from '#src/shared/export/har';

/** With halves of surrogate pairs, as a name cut off in the middle of a sign has. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('\uD83D', '\uDE42', 'a', '.', '/'), maxLength: 6 }),
);
const n = fc.nat(100_000);
const row = fc.record<Omit<Activity, 'activity_id'>>({
  at: fc.integer({ min: 0, max: 4e12 }),
  session_id: fc.option(fc.constantFrom('s_1', 's_2')),
  transport_id: fc.option(fc.constant('t_1')),
  client_id: fc.option(fc.constant('c_1')),
  direction: fc.constantFrom('to_server', 'to_client'),
  kind: fc.constantFrom('request', 'notification'),
  method: fc.oneof(fc.constant('tools/call'), text),
  name: fc.option(text),
  server: fc.option(text),
  instance_id: fc.option(fc.constant('i_1')),
  pid: fc.option(n),
  duration_ms: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
  first_ms: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
  bytes_in: n,
  bytes_out: n,
  outcome: fc.constantFrom('ok', 'tool_error', 'error', 'cancelled', 'lost', 'sent'),
  error: fc.option(text),
  error_code: fc.option(fc.integer({ min: -40_000, max: 40_000 })),
  held_ms: n,
  repeated: fc.boolean(),
});
/** The newest first, as the table gives them. */
const rows = fc
  .array(row, { maxLength: 12 })
  .map((found) => found.map((one, index): Activity => ({ ...one, activity_id: found.length - index })));

/** What the table of activity would answer, in pages of at most so many. */
const pagesOf =
  (all: readonly Activity[], most = 1_000) =>
  async ({ before = Number.POSITIVE_INFINITY, limit = 200 }: Partial<ActivityQuery>): Promise<ActivityPage> => {
    const fit = all.filter(({ activity_id }) => activity_id < before);
    const activity = fit.slice(0, Math.min(limit, most));
    return { activity, has_more: fit.length > activity.length, last_id: all[0]?.activity_id ?? 0 };
  };

async function whole(format: ActivityFormat, all: readonly Activity[], more: Partial<ActivityExport> = {}) {
  const pieces = activityFile({ format, filter: {}, version: '1.0.0', read: pagesOf(all, 5), ...more });
  let file = '';
  for (;;) {
    const next = await pieces.next();
    if (next.done) return { file, ...next.value };
    file += next.value;
  }
}

/** UTF-8 has no half pairs. */
const asWritten = (value: string) => value.replace(/\p{Cs}/gu, '\uFFFD');
const iso = (all: readonly Activity[]) => all.map((one) => ({ ...one, at: new Date(one.at).toISOString() }));

const record = <T extends z.ZodRawShape>(shape: T) => z.strictObject({ ...shape, comment: z.string().optional() });
const time = z.iso.datetime();
const address = z.string().refine((value) => URL.canParse(value) && new URL(value).hash === '');
const none = z.array(z.never());
const duration = z.number().min(0);
const size = z.number().int().min(-1);

/** HAR 1.2, with every member that the specification requires, and no other unless it begins with a line. */
const har = z.strictObject({
  log: record({
    version: z.literal('1.2'),
    creator: record({ name: z.string(), version: z.string() }),
    pages: z.array(
      record({
        startedDateTime: time,
        id: z.string(),
        title: z.string(),
        pageTimings: record({ onContentLoad: z.number().min(-1).optional(), onLoad: z.number().min(-1).optional() }),
      }),
    ),
    entries: z.array(
      record({
        pageref: z.string(),
        _resourceType: z.literal('fetch'),
        startedDateTime: time,
        time: z.number().positive(),
        request: record({
          method: z.string(),
          url: address,
          httpVersion: z.string(),
          cookies: none,
          headers: none,
          queryString: none,
          postData: record({ mimeType: z.string(), params: none, text: z.string() }).optional(),
          headersSize: size,
          bodySize: size,
        }),
        response: record({
          status: z.number().int(),
          statusText: z.string(),
          httpVersion: z.string(),
          cookies: none,
          headers: none,
          content: record({ size: z.number().int(), mimeType: z.string(), text: z.string().optional() }),
          redirectURL: z.string(),
          headersSize: size,
          bodySize: size,
        }),
        cache: z.strictObject({}),
        timings: record({
          blocked: duration,
          dns: z.literal(-1),
          connect: z.literal(-1),
          ssl: z.literal(-1),
          send: duration,
          wait: duration,
          receive: duration,
        }),
        _mcp: z.record(z.string(), z.unknown()),
      }),
    ),
  }),
});

describe('activityFile', () => {
  it('writes CSV that a parser reads as what was shown', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        const { file } = await whole('csv', all);
        const found = parse(file, { columns: true, bom: true, record_delimiter: '\r\n' });
        expect(found).toHaveLength(all.length);
        iso(all).forEach((one, index) => {
          const cells = Object.entries(one).map(([name, value]) => [
            name,
            value === null ? '' : typeof value === 'string' ? asWritten(withoutFormulas(value)) : String(value),
          ]);
          expect(found[index]).toEqual(Object.fromEntries(cells));
        });
      }),
    );
  });

  it('has a column for everything that a row holds', async () => {
    const { file } = await whole('csv', []);
    expect(file.replace('\uFEFF', '').trim().split(',')).toEqual(Object.keys(activitySchema.shape));
  });

  it('writes JSON and JSON Lines that hold the rows whole', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        const { file } = await whole('json', all);
        expect(JSON.parse(file)).toEqual({ activity: JSON.parse(JSON.stringify(iso(all))), is_cut: false });
        const lines = (await whole('jsonl', all)).file.split('\n');
        expect(lines.pop()).toBe('');
        expect(lines.map((line) => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(iso(all))));
      }),
    );
  });

  it('writes HAR 1.2 with a page for each session and times that add up', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        const { log } = har.parse(JSON.parse((await whole('har', all)).file));
        expect(log.entries).toHaveLength(all.length);
        expect(new Set(log.pages.map(({ id }) => id))).toEqual(new Set(log.entries.map(({ pageref }) => pageref)));
        for (const { time: total, timings, pageref, startedDateTime } of log.entries) {
          const { blocked, send, wait, receive } = timings;
          expect(blocked + send + wait + receive).toBeCloseTo(total, 6);
          const page = log.pages.find(({ id }) => id === pageref);
          expect(Date.parse(page?.startedDateTime ?? '')).toBeLessThanOrEqual(Date.parse(startedDateTime));
        }
      }),
    );
  });

  it('ends at the bound and says so', async () => {
    const [one] = fc.sample(row, 1);
    if (!one) throw new Error('no row');
    const all = Array.from({ length: 12 }, (_, index): Activity => ({ ...one, activity_id: 12 - index }));
    const json = await whole('json', all, { most: 7 });
    expect(json).toMatchObject({ rows: 7, isCut: true });
    expect(JSON.parse(json.file)).toMatchObject({ is_cut: true });
    const cut = har.parse(JSON.parse((await whole('har', all, { most: 7 })).file));
    expect(cut.log.comment).toBe('Only the newest 7 messages that fit are in this file.');
    expect(await whole('csv', all, { most: 12 })).toMatchObject({ rows: 12, isCut: false });
  });

  it('asks for what the filter says, and goes on where the last page ended', async () => {
    const asked: Partial<ActivityQuery>[] = [];
    const [one] = fc.sample(row, 1);
    if (!one) throw new Error('no row');
    const all = Array.from({ length: 7 }, (_, index): Activity => ({ ...one, activity_id: 7 - index }));
    const read = pagesOf(all, 5);
    await whole('csv', all, {
      filter: { server: 'files', before: 7 },
      read: (query) => {
        asked.push(query);
        return read(query);
      },
    });
    expect(asked).toEqual([
      { server: 'files', before: 7, limit: 1_000 },
      { server: 'files', before: 2, limit: 1_000 },
    ]);
  });
});

describe('harEntry', () => {
  it('has the contents of each message that has any, asked for a hundred at a time', async () => {
    const [one] = fc.sample(row, 1);
    if (!one) throw new Error('no row');
    const all = Array.from({ length: 250 }, (_, index): Activity => ({ ...one, activity_id: 250 - index }));
    const asked: number[] = [];
    const contents = async (ids: readonly number[]) => {
      asked.push(ids.length);
      return new Map(ids.filter((id) => id % 2 === 0).map((id) => [id, { request: `{"id":${id}}` }]));
    };
    const { file } = await whole('har', all, { read: pagesOf(all), contents });
    const { log } = har.parse(JSON.parse(file));
    expect(asked).toEqual([100, 100, 50]);
    expect(log.entries.map(({ request }) => request.postData?.text ?? null)).toEqual(
      all.map(({ activity_id: id }) => (id % 2 === 0 ? `{"id":${id}}` : null)),
    );
    await whole('csv', all, { contents });
    expect(asked).toHaveLength(3);
  });

  it('never takes no time at all, which Chromium shows as pending', () => {
    const [one] = fc.sample(row, 1);
    if (!one) throw new Error('no row');
    const entry = harEntry({ ...one, activity_id: 1, duration_ms: null, first_ms: null, held_ms: 0 });
    expect(entry).toMatchObject({ time: 0.001, timings: { blocked: 0, wait: 0.001, receive: 0 } });
  });

  it('has a place for contents where they were recorded', () => {
    const [one] = fc.sample(row, 1);
    if (!one) throw new Error('no row');
    const entry = harEntry({ ...one, activity_id: 1 }, { request: '{"a":1}', response: '{"b":2}' });
    expect(entry).toMatchObject({
      request: { postData: { mimeType: 'application/json', text: '{"a":1}' } },
      response: { content: { mimeType: 'application/json', text: '{"b":2}' } },
    });
  });
});
