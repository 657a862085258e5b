import { describe, expect } from 'vitest';
import { MINUTE } from '#src/shared/model/units';
import { FakeClock, passTime } from '#tests/support/fake-clock';
import { counter } from '#tests/support/servers/configs';
import { HttpCounter } from '#tests/support/servers/http-counter';
import { eventually, upstreamTest } from './support';

const SESSION = `s_${'a'.repeat(22)}`;
const OTHER = `s_${'b'.repeat(22)}`;

const test = upstreamTest
  .extend('remote', async ({}, { onCleanup }) => {
    const remote = await HttpCounter.start();
    onCleanup(() => remote.close());
    return remote;
  })
  .extend('configs', ({ remote }) => [counter('far', { target: remote.target, fingerprint: 'f' })]);

const methodsOf = (remote: HttpCounter, id: string): string[] =>
  remote.sessions.get(id)?.said.map(({ method }) => method) ?? [];
const newest = (remote: HttpCounter): string => [...remote.sessions.keys()].at(-1) ?? '';

describe('a server over HTTP', () => {
  test('has a session for each of ours, which ends with ours', async ({ remote, configs, start }) => {
    const upstream = await start({ configs });
    const [end, other] = await Promise.all([upstream.use('far', SESSION), upstream.use('far', OTHER)]);
    expect(await end.call('count')).toEqual({ n: 1 });
    expect(await end.call('count')).toEqual({ n: 2 });
    expect(await other.call('count')).toEqual({ n: 1 });
    const { payload } = await upstream.event('server_started', 2);
    expect(payload).toMatchObject({ pid: null, cause: 'use' });
    upstream.publish({ seq: 1, at: 0, session_id: SESSION, kind: 'session_expired', payload: {} });
    await eventually(() => remote.deleted).toHaveLength(1);
    expect(remote.sessions.size).toBe(1);
    expect(upstream.keeper.keeper).toBeNull();
  });

  test('goes on in its session after a restart of Holdfast', async ({ remote, configs, start }) => {
    let upstream = await start({ configs });
    const before = await upstream.use('far', SESSION);
    await before.call('count');
    const { folder } = upstream;
    await upstream.release();
    upstream = await start({ folder, configs });
    upstream.servers.open();
    expect((await upstream.event('server_adopted')).payload).toMatchObject({ pid: null });
    const end = await upstream.use('far', SESSION);
    expect(await end.call('count')).toEqual({ n: 2 });
    expect(remote.initialized).toBe(1);
  });

  test('that forgot the session gets one new one, is told what the old one knew, and the call goes through', async ({
    remote,
    configs,
    start,
  }) => {
    const upstream = await start({ configs });
    const end = await upstream.use('far', SESSION);
    await end.request('logging/setLevel', { level: 'error' });
    await end.request('resources/subscribe', { uri: 'counter://n' });
    await end.call('count');
    remote.sessions.clear();
    expect(await end.call('count')).toEqual({ n: 1 });
    const { payload, session_id } = await upstream.event('server_session_renewed');
    expect(payload).toMatchObject({ server: 'far', pid: null, reason: 'does not know the session any more' });
    expect(session_id).toBe(SESSION);
    expect(methodsOf(remote, newest(remote))).toEqual([
      'initialize',
      'logging/setLevel',
      'resources/subscribe',
      'tools/call',
    ]);
    await end.message('notifications/tools/list_changed');
    expect(remote.initialized).toBe(2);
    expect(upstream.eventsOf('server_stopped')).toEqual([]);
  });

  test('that forgot the session while Holdfast was away is initialized anew as well', async ({
    remote,
    configs,
    start,
  }) => {
    let upstream = await start({ configs });
    await (await upstream.use('far', SESSION)).call('count');
    const { folder } = upstream;
    await upstream.release();
    remote.sessions.clear();
    upstream = await start({ folder, configs });
    upstream.servers.open();
    const end = await upstream.use('far', SESSION);
    expect(await end.call('count')).toEqual({ n: 1 });
    await upstream.event('server_session_renewed');
  });

  test('that could not be reached for a while goes on in its session', async ({ remote, configs, start }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs, clock });
    const end = await upstream.use('far', SESSION);
    await end.call('count');
    await remote.close();
    // The first calls find their connections cut, one of the next finds nobody.
    const untilDown = async () => {
      while (upstream.eventsOf('server_stopped').length === 0) await end.request('tools/call', { name: 'count' });
    };
    await passTime(clock, untilDown());
    expect((await passTime(clock, end.request('tools/call', { name: 'count' }))).error?.message).toContain('"far"');
    await remote.listen();
    await passTime(clock, upstream.event('server_started', 2));
    expect(await end.call('count')).toEqual({ n: 2 });
    expect(remote.initialized).toBe(1);
    expect(upstream.eventsOf('server_stopped').map(({ payload }) => payload.reason)).toEqual(['crashed']);
    expect(upstream.eventsOf('server_started').at(-1)?.payload).toMatchObject({ state_lost: false });
  });

  test('is asked after a sleep whether it still knows the session', async ({ remote, configs, start }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs, clock });
    const end = await upstream.use('far', SESSION);
    await end.call('count');
    clock.advance(MINUTE);
    clock.sleep(60 * MINUTE);
    upstream.servers.wake();
    await eventually(() => methodsOf(remote, newest(remote))).toEqual(['initialize', 'tools/call', 'ping']);
    remote.sessions.clear();
    clock.sleep(60 * MINUTE);
    upstream.servers.wake();
    expect((await upstream.event('server_session_renewed')).payload.reason).toBe('does not know the session any more');
  });

  test('tells nobody its secrets', async ({ remote, configs, start }) => {
    const upstream = await start({ configs });
    const end = await upstream.use('far', SESSION);
    await end.call('count');
    remote.sessions.clear();
    await end.call('count');
    await remote.close();
    const { error } = await end.request('tools/call', { name: 'count' });
    expect(error).toBeDefined();
    expect(JSON.stringify([upstream.events, upstream.store.instances.all(), error])).not.toContain('sesame');
    await remote.listen();
  });
});
