import { expect } from 'vitest';
import { createActivityHandlers } from '#src/main/window-api/activity-handlers';
import { activityQuerySchema } from '#src/shared/contract/activity';
import { sharedMcpTest as test } from '#tests/support/hosts/mcp-host';

/** A thousand messages a second for four seconds, and a window that follows them with a filter. */

const RATE = 1_000;
const SECONDS = 4;
const TICK = 20;

test('a follower with a filter misses nothing of a flood, and holds nothing up', { timeout: 30_000 }, async ({
  host,
}) => {
  const { activity } = host.services;
  const handlers = createActivityHandlers(host.services);
  const arrival = {
    session_id: 's_1',
    transport_id: null,
    client_id: null,
    direction: 'to_server' as const,
    method: 'tools/call',
    bytes_in: 10,
  };
  let sent = 0;
  const began = performance.now();
  const flood = setInterval(() => {
    const due = Math.min(RATE * SECONDS, Math.floor(((performance.now() - began) / 1_000) * RATE));
    for (; sent < due; sent += 1) {
      const name = sent % 4 === 0 ? 'wanted' : 'other';
      activity.begin({ ...arrival, name }).end({ outcome: sent % 10 === 0 ? 'error' : 'ok', error: `No ${sent}` });
    }
  }, TICK);
  const found: number[] = [];
  let after = 0;
  let slowest = 0;
  try {
    while (sent < RATE * SECONDS || found.length < (RATE * SECONDS) / 4) {
      const started = performance.now();
      const page = await handlers['activity.list'](activityQuerySchema.parse({ q: 'tool:wanted', after, limit: 300 }));
      const { count } = await handlers['activity.news']({ failed: false, q: 'tool:wanted', after });
      slowest = Math.max(slowest, performance.now() - started);
      expect(count).toBeGreaterThanOrEqual(page.activity.length);
      found.push(...page.activity.map(({ activity_id }) => activity_id));
      after = page.has_more ? (page.activity.at(-1)?.activity_id ?? after) : Math.max(page.last_id, after);
      await new Promise((done) => setTimeout(done, 100));
    }
  } finally {
    clearInterval(flood);
  }
  expect(found).toHaveLength((RATE * SECONDS) / 4);
  expect(found).toEqual([...new Set(found)].toSorted((a, b) => a - b));
  expect(slowest).toBeLessThan(1_000);
  const { groups, failed } = await handlers['activity.failures']({ failed: true, limit: 5 });
  expect([failed, groups.length]).toEqual([(RATE * SECONDS) / 10, 2]);
});
