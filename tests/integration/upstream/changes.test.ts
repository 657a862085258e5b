import { afterEach, describe, expect, test } from 'vitest';
import { counter } from '#tests/support/servers';
import { eventually, isAlive, type TestChannel, Upstream } from './support';

const SESSION = `s_${'a'.repeat(22)}`;
const OTHER = `s_${'b'.repeat(22)}`;

let upstream: Upstream;
let end: TestChannel;
let pid: number;
afterEach(() => upstream?.remove());

async function startOne(): Promise<void> {
  upstream = await Upstream.start({ configs: [counter('one'), counter('two')] });
  end = await upstream.use('one', SESSION);
  ({ pid } = await end.call('count'));
}

describe('a changed configuration', () => {
  test('that changes the command starts what runs anew, for the same sessions, and fails what runs', async () => {
    await startOne();
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

  test('that changes nothing of it leaves it alone', async () => {
    await startOne();
    upstream.configs.set(counter('two'), counter('one', { idleStop: 1 }));
    expect(await end.call('count')).toEqual({ n: 2, pid });
    expect(upstream.servers.offered()).toEqual(['two', 'one']);
  });

  test.each([
    ['disabled', () => upstream.configs.set(counter('one', { enabled: false }), counter('two')), 'disabled'],
    ['removed', () => upstream.configs.set(counter('two')), 'removed'],
    ['not confirmed any more', () => upstream.configs.set(counter('one', { trusted: false })), 'changed'],
    ['shared from now on', () => upstream.configs.set(counter('one', { policy: 'shared' })), 'changed'],
  ])('ends a server that is %s and lets go of those who used it', async (_, change, reason) => {
    await startOne();
    const running = end.request('tools/call', { name: 'hang' });
    change();
    expect((await running).error?.message).toMatch(/^The server "one" was stopped\./);
    await end.closed();
    expect((await upstream.event('server_stopped')).payload).toMatchObject({ pid, reason, calls_lost: 1 });
    await eventually(() => isAlive(pid)).toBe(false);
    const rows = upstream.store.instances.all().filter(({ session_key }) => session_key !== null);
    expect(rows).toEqual([]);
  });

  test('is told to those who follow it, and a new server can be used', async () => {
    await startOne();
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

  test('while a server starts counts for what is started', async () => {
    upstream = await Upstream.start({ configs: [counter('one', { env: { COUNTER_SILENT: '1' } })] });
    end = await upstream.channel('one', SESSION);
    const first = end.initialize();
    upstream.configs.set(counter('one'));
    expect((await first).error).toBeDefined();
    expect((await end.initialize()).result).toBeDefined();
  });

  test('that enables a shared server starts it', async () => {
    upstream = await Upstream.start({ configs: [counter('one', { policy: 'shared', enabled: false })] });
    upstream.servers.warmUp();
    upstream.configs.set(counter('one', { policy: 'shared' }));
    expect((await upstream.event('server_started')).payload).toMatchObject({ cause: 'policy' });
  });
});
