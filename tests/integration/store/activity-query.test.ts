import fc from 'fast-check';
import { expect } from 'vitest';
import type { NewActivity } from '#src/main/activity/activity-ports';
import { activityQuerySchema } from '#src/shared/contract/activity';
import { parseActivityQuery } from '#src/shared/model/activity-query';
import { activityMatches } from '#tests/support/activity-match';
import { storeTest as test } from './support';

/** What a filter finds in the database is what its words say, for any words. */

const word = fc.constantFrom(
  'tickets',
  'files',
  'search',
  'Timed out',
  "it's 100%",
  'tools/call',
  '',
  'ÄRGER mit Öl',
  'журнал',
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const row: fc.Arbitrary<NewActivity> = fc.record({
  at: fc.nat(10_000),
  session_id: maybe(fc.constantFrom('s_1', 's_2')),
  transport_id: fc.constant(null),
  client_id: fc.constant(null),
  direction: fc.constantFrom('to_server' as const, 'to_client' as const),
  kind: fc.constant('request' as const),
  method: fc.constantFrom('tools/call', 'prompts/get'),
  name: maybe(word),
  server: maybe(fc.constantFrom('tickets', 'files')),
  instance_id: fc.constant(null),
  pid: fc.constant(null),
  duration_ms: maybe(fc.nat(2_000)),
  first_ms: fc.constant(null),
  bytes_in: fc.constant(1),
  bytes_out: fc.constant(1),
  outcome: fc.constantFrom('ok' as const, 'tool_error' as const, 'error' as const, 'lost' as const, 'sent' as const),
  error: maybe(word),
  error_code: fc.constant(null),
  held_ms: fc.constantFrom(0, 5),
  repeated: fc.boolean(),
});
const part = fc.constantFrom(
  ...['tickets', 'SEARCH', '"timed out"', '100%', 'server:tickets', 'server:files,holdfast', 'tool:search', 'error:it'],
  ...['method:prompts', 'session:s_1', 'outcome:ok,lost', 'direction:to_client', 'slower:1s', 'faster:500ms'],
  ...['ärger', 'ÖL', 'tool:Ärger', 'error:ЖУРНАЛ', 'name:Журнал', 'error:"ärger mit",it'],
  ...['is:failed', 'is:held', 'is:repeated', 'is:lost', 'colour:red'],
);
const text = fc
  .array(fc.tuple(fc.boolean(), part), { maxLength: 4 })
  .map((parts) => parts.map(([not, one]) => (not ? `-${one}` : one)).join(' '));

test('a filter finds exactly the rows that its words say', async ({ store }) => {
  store.activity.add(fc.sample(row, { numRuns: 300, seed: 1 }));
  const { activity: all } = await store.activity.page(activityQuerySchema.parse({ limit: 1_000 }));
  await fc.assert(
    fc.asyncProperty(text, async (q) => {
      const { activity } = await store.activity.page(activityQuerySchema.parse({ q, limit: 1_000 }));
      const { terms } = parseActivityQuery(q);
      expect(activity).toEqual(all.filter((one) => activityMatches(one, terms)));
    }),
    { numRuns: 40 },
  );
});

test('letters outside of ASCII are found in any case, by every read', async ({ store }) => {
  const [one] = fc.sample(row, 1);
  if (!one) throw new Error('no row');
  store.activity.add([
    { ...one, name: 'search', outcome: 'error', error: 'Fehler: ÄRGER' },
    { ...one, name: 'search', outcome: 'error', error: 'other' },
  ]);
  for (const asked of [{ q: 'error:ärger' }, { q: 'ÄRGER' }, { text: 'Ärger' }]) {
    // Without `after` in a worker, with it on the connection of the store.
    for (const from of [{}, { after: 0 }]) {
      const { activity } = await store.activity.page(activityQuerySchema.parse({ ...asked, ...from }));
      expect(activity.map(({ error }) => error)).toEqual(['Fehler: ÄRGER']);
    }
    expect(await store.activity.news({ failed: false, ...asked, after: 0 })).toBe(1);
    expect((await store.activity.failures({ failed: true, limit: 20, ...asked })).failed).toBe(1);
  }
});
