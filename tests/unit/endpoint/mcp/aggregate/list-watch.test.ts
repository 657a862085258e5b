import { pino } from 'pino';
import { expect, test } from 'vitest';
import { untilStopped } from '#src/main/endpoint/mcp/aggregate/lists/learn-lists';
import { ListWatch } from '#src/main/endpoint/mcp/aggregate/lists/list-watch';
import type { JsonRpcResponse } from '#src/main/mcp/json-rpc';
import type { ServerSource } from '#src/main/mcp/server-source';
import { SECOND } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a stop while a list is read is not undone by what the server had announced before', async () => {
  const clock = new FakeClock();
  let stops = 0;
  const source = { timesStopped: () => stops } as unknown as ServerSource;
  /** Requests that have reached the server, which starts it if it does not run. */
  const asked: ((error: Error) => void)[] = [];
  const ask = () => new Promise<JsonRpcResponse>((_, fail) => asked.push(fail));
  const watch = new ListWatch({
    services: { timers: clock, clock, log: pino({ level: 'silent' }) },
    stops: () => stops,
    isUp: () => true,
    read: async (then) => {
      await untilStopped(source, 'one', 's_1', ask, then)('tools/list', {});
      return { pages: [], unread: [] };
    },
    found: () => {},
    unjudged: () => {},
  });
  watch.announced('tools');
  clock.advance(SECOND);
  expect(asked).toHaveLength(1);
  watch.announced('tools');
  stops += 1;
  asked[0]?.(new Error('it was stopped'));
  await turn();
  clock.advance(SECOND);
  await turn();
  expect(asked, 'nobody asks what was stopped').toHaveLength(1);
  // It runs again, as somebody needs it, and says so.
  watch.announced('tools');
  clock.advance(SECOND);
  expect(asked).toHaveLength(2);
});

test('a server that announces a list again and again, and refuses it, is asked ever later, and its client is told at last', async () => {
  const clock = new FakeClock();
  let readings = 0;
  const told: string[] = [];
  const watch: ListWatch = new ListWatch({
    services: { timers: clock, clock, log: pino({ level: 'silent' }) },
    stops: () => 0,
    isUp: () => true,
    read: async () => {
      readings += 1;
      watch.announced('tools');
      return { pages: [], unread: ['tools/list'] };
    },
    found: () => {},
    unjudged: (capabilities) => told.push(...capabilities),
  });
  watch.announced('tools');
  const pass = async (seconds: number) => {
    for (let left = seconds; left > 0; left -= 1) {
      clock.advance(SECOND);
      await turn();
    }
  };
  await pass(60);
  expect(readings).toBeLessThan(12);
  expect(told).toEqual([]);
  await pass(16 * 60);
  expect(told).toEqual(['tools']);
  expect(readings).toBeLessThan(40);
});

test('the first reading of a server that came up and refuses what it had given is repeated', async () => {
  const clock = new FakeClock();
  const found: number[] = [];
  const watch = new ListWatch({
    services: { timers: clock, clock, log: pino({ level: 'silent' }) },
    stops: () => 0,
    isUp: () => true,
    read: async () => ({ pages: [], unread: found.length === 0 ? ['tools/list'] : [] }),
    found: () => found.push(found.length),
    unjudged: () => {},
  });
  await watch.begin();
  clock.advance(6 * SECOND);
  await turn();
  expect(found).toHaveLength(2);
  clock.advance(3600 * SECOND);
  await turn();
  expect(found, 'and then no more').toHaveLength(2);
});
