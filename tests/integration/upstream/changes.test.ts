import { describe, expect } from 'vitest';
import type { ServerConfig } from '#src/main/upstream/upstream-ports';
import { counter } from '#tests/support/servers/configs';
import { eventually, isAlive, upstreamTest } from './support';

const SESSION = `s_${'a'.repeat(22)}`;
const OTHER = `s_${'b'.repeat(22)}`;

const test = upstreamTest.extend('one', async ({ startWith }) => {
  const upstream = await startWith(counter('one'), counter('two'));
  const end = await upstream.use('one', SESSION);
  const { pid }: { pid: number } = await end.call('count');
  return { upstream, end, pid };
});

describe('a changed configuration', () => {
  test('that changes the command starts what runs anew, for the same sessions, and fails what runs', async ({
    one: { upstream, end, pid },
  }) => {
    const running = end.request('tools/call', { name: 'hang' });
    upstream.configs.set(counter('one', { env: { COLOUR: 'red' } }), counter('two'));
    expect((await running).error?.message).toMatch(/^The server "one" was stopped\./);
    expect((await upstream.event('server_stopped')).payload).toMatchObject({ pid, reason: 'changed', calls_lost: 1 });
    expect((await upstream.event('server_started', 2)).payload).toMatchObject({ cause: 'restart', state_lost: true });
    await end.message('notifications/tools/list_changed');
    expect(await end.call('env', { name: 'COLOUR' })).toEqual({ value: 'red' });
    expect(end.isClosed).toBe(false);
    await eventually(() => isAlive(pid)).toBe(false);
  });

  test('that changes nothing of it leaves it alone', async ({ one: { upstream, end, pid } }) => {
    upstream.configs.set(counter('two'), counter('one', { idleStop: 1 }));
    expect(await end.call('count')).toEqual({ n: 2, pid });
    expect(upstream.servers.offered()).toEqual(['two', 'one']);
  });

  test.for<[string, ServerConfig[], string]>([
    ['disabled', [counter('one', { enabled: false }), counter('two')], 'disabled'],
    ['removed', [counter('two')], 'removed'],
    ['not confirmed any more', [counter('one', { trusted: false })], 'changed'],
    ['shared from now on', [counter('one', { policy: 'shared' })], 'changed'],
  ])(
    'ends a server that is %s and lets go of those who used it',
    async ([_, configs, reason], { one: { upstream, end, pid } }) => {
      const running = end.request('tools/call', { name: 'hang' });
      upstream.configs.set(...configs);
      expect((await running).error?.message).toMatch(/^The server "one" was stopped\./);
      await end.closed();
      expect((await upstream.event('server_stopped')).payload).toMatchObject({ pid, reason, calls_lost: 1 });
      await eventually(() => isAlive(pid)).toBe(false);
      const rows = upstream.store.instances.all().filter(({ session_key }) => session_key !== null);
      expect(rows).toEqual([]);
    },
  );

  test('is announced to those who follow it, and a new server can be used', async ({ one: { upstream } }) => {
    let told = 0;
    const stop = upstream.servers.onChange(() => {
      told += 1;
    });
    upstream.configs.set(counter('one'), counter('three'));
    stop();
    upstream.configs.set(counter('one'), counter('three'), counter('four'));
    expect(told).toBe(1);
    expect(upstream.servers.offered()).toEqual(['one', 'three', 'four']);
    expect(await (await upstream.use('three', OTHER)).call('count')).toMatchObject({ n: 1 });
  });

  test('while a server starts counts for what is started', async ({ start }) => {
    const upstream = await start({ configs: [counter('one', { env: { COUNTER_SILENT: '1' } })] });
    const end = await upstream.channel('one', SESSION);
    const first = end.initialize();
    upstream.configs.set(counter('one'));
    expect((await first).error).toBeDefined();
    expect((await end.initialize()).result).toBeDefined();
  });

  test('that enables a shared server starts it', async ({ start }) => {
    const upstream = await start({ configs: [counter('one', { policy: 'shared', enabled: false })] });
    upstream.servers.warmUp();
    upstream.configs.set(counter('one', { policy: 'shared' }));
    expect((await upstream.event('server_started')).payload).toMatchObject({ cause: 'policy' });
  });
});
