import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { activityQuery } from '#src/main/endpoint/rest/schemas';
import { activityQuerySchema } from '#src/shared/contract/activity';
import { alertChangeSchema } from '#src/shared/contract/alert';
import { newBundleSchema } from '#src/shared/contract/bundle';
import { historyEventsQuerySchema } from '#src/shared/contract/history';

/** Everywhere that a time comes in. */
const WAYS: readonly (readonly [
  string,
  { safeParse(value: unknown): { success: boolean } },
  (at: number) => object,
])[] = [
  ['the start of a bundle', newBundleSchema, (from) => ({ from })],
  ['the end of a bundle', newBundleSchema, (to) => ({ to })],
  ['the start of activity', activityQuerySchema, (from) => ({ from })],
  ['the end of activity', activityQuerySchema, (to) => ({ to })],
  ['the start of activity in an address', activityQuery, (from) => ({ from: String(from) })],
  ['the end of activity in an address', activityQuery, (to) => ({ to: String(to) })],
  ['the start of events', historyEventsQuerySchema, (from) => ({ from, to: 1 })],
  ['the end of events', historyEventsQuerySchema, (to) => ({ from: 0, to })],
  ['a page of events', historyEventsQuerySchema, (at) => ({ from: 0, to: 1, before: { at, seq: 1 } })],
  ['the end of a pause', alertChangeSchema, (paused_until) => ({ paused_until })],
];

describe('a time that comes in', () => {
  test.for(WAYS)('%s passes only if it can be written as text', ([, schema, order]) => {
    const time = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 8.64e15, 8.64e15 + 1, Number.MAX_SAFE_INTEGER));
    fc.assert(
      fc.property(time, (at) => {
        expect(schema.safeParse(order(at)).success).toBe(!Number.isNaN(new Date(at).getTime()));
      }),
    );
  });
});
