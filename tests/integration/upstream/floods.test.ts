import { describe, expect } from 'vitest';
import { FLOOD_SERVER } from '#tests/support/paths';
import { counter } from '#tests/support/servers/configs';
import { type TestChannel, upstreamTest as test } from './support';

const BAD = `s_${'b'.repeat(22)}`;
const GOOD = `s_${'g'.repeat(22)}`;

const flooding = (kind: string) =>
  counter('flood', {
    target: { kind: 'stdio', command: process.execPath, args: [FLOOD_SERVER, kind], cwd: null, env: {} },
  });

/** Calls that a well-behaved session makes meanwhile, one after the other. */
async function callOften(good: TestChannel): Promise<void> {
  for (let n = 1; n <= 200; n += 1) expect(await good.call('count')).toMatchObject({ n });
}

describe('a server that floods', () => {
  test.for(['list', 'updated', 'log', 'progress', 'ping', 'answers', 'noise'])(
    'with %s is read no faster than others can be served',
    async (kind, { startWith }) => {
      const upstream = await startWith(flooding(kind), counter('good'));
      const good = await upstream.use('good', GOOD);
      await good.call('peek');
      const bad = await upstream.use('flood', BAD);
      void bad.request('tools/call', { name: 'flood', arguments: {}, _meta: { progressToken: bad.nextId } });
      await callOften(good);
      // All that it wrote meanwhile comes first, so a server that was read without a break would have written far more.
      const { written } = await bad.call('stop');
      expect(written).toBeGreaterThan(64);
      const heard = bad.heard.length;
      expect(heard).toBeLessThanOrEqual(written);
      if (kind === 'list' || kind === 'updated') expect(heard).toBeLessThan(written / 10);
    },
  );

  test('with messages that all matter loses none, in order', async ({ startWith }) => {
    const upstream = await startWith(flooding('log'));
    const bad = await upstream.use('flood', BAD);
    await bad.call('flood');
    const { written } = await bad.call('stop');
    const numbers = bad.heard.map(({ message }) => (message as { params?: { data?: number } }).params?.data);
    expect(numbers).toEqual(Array.from({ length: written }, (_, index) => index + 1));
  });

  test('with hints says the last one too', async ({ startWith }) => {
    const upstream = await startWith(flooding('list'));
    const bad = await upstream.use('flood', BAD);
    await bad.call('flood');
    await bad.call('stop');
    const heard = bad.heard.length;
    expect(heard).toBeGreaterThan(0);
    await bad.message('notifications/tools/list_changed', heard + 1);
  });
});
