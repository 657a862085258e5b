import { describe, expect } from 'vitest';
import { MINUTE } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';
import { counter } from '#tests/support/servers/configs';
import { eventually, isAlive, upstreamTest as test } from './support';

const FIRST = `s_${'a'.repeat(22)}`;
const SECOND = `s_${'b'.repeat(22)}`;
const THIRD = `s_${'c'.repeat(22)}`;

const ended = (session_id: string) => ({ seq: 1, at: 0, session_id, kind: 'session_expired', payload: {} }) as const;

describe('a shared server', () => {
  test('is started before anybody needs it, with Holdfast as its client', async ({ startWith }) => {
    const upstream = await startWith(counter('one', { policy: 'shared' }));
    expect(upstream.events).toEqual([]);
    upstream.servers.warmUp();
    const { payload, session_id } = await upstream.event('server_started');
    expect(payload).toMatchObject({ cause: 'policy', state_lost: false });
    expect(session_id).toBeNull();
    const end = await upstream.use('one', FIRST);
    const { initialize, initialized } = await end.call('state');
    expect(initialize).toEqual({
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'Holdfast', version: '0.0.0-test' },
    });
    expect(initialized).toBe(1);
  });

  test('is one process for all sessions, whose ids never mix', async ({ startWith }) => {
    const upstream = await startWith(counter('one', { policy: 'shared' }));
    const ends = await Promise.all([FIRST, SECOND, THIRD].map((session) => upstream.use('one', session)));
    const answers = await Promise.all(ends.flatMap((end) => [end.call('count'), end.call('count')]));
    expect(new Set(answers.map(({ n }) => n))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(1);
    expect(upstream.servers.stateOf('one')).toMatchObject({ sessions_using: 3, instances: [{ session_id: null }] });
  });

  test('gives progress to who waits for it', async ({ startWith }) => {
    const upstream = await startWith(counter('one', { policy: 'shared' }));
    const [first, second] = await Promise.all([upstream.use('one', FIRST), upstream.use('one', SECOND)]);
    const ids = [first.nextId, second.nextId];
    await Promise.all([
      first.call('slow', { ms: 40, steps: 2 }, { progressToken: ids[0] }),
      second.call('slow', { ms: 40, steps: 3 }, { progressToken: ids[1] }),
    ]);
    expect(first.heard.map(({ relatedTo }) => relatedTo)).toEqual([ids[0], ids[0]]);
    expect(second.heard.map(({ relatedTo }) => relatedTo)).toEqual([ids[1], ids[1], ids[1]]);
  });

  test('is subscribed to once for all, tells those who asked of updates, and is unsubscribed from by the last', async ({
    startWith,
  }) => {
    const upstream = await startWith(counter('one', { policy: 'shared' }));
    const use = (session: string) => upstream.use('one', session);
    const [first, second, third] = await Promise.all([use(FIRST), use(SECOND), use(THIRD)]);
    const uri = 'counter://n';
    for (const end of [first, second]) expect((await end.request('resources/subscribe', { uri })).result).toEqual({});
    await third.call('touch', { uri });
    for (const end of [first, second]) await end.message('notifications/resources/updated');
    expect(third.heardOf('notifications/resources/updated')).toEqual([]);

    expect((await first.request('resources/unsubscribe', { uri })).result).toEqual({});
    expect((await third.call('state')).subscriptions).toEqual([uri]);
    await third.call('touch', { uri });
    await second.message('notifications/resources/updated', 2);
    expect(first.heardOf('notifications/resources/updated')).toHaveLength(1);

    await second.channel.close();
    upstream.publish(ended(SECOND));
    await eventually(async () => (await third.call('state')).subscriptions).toEqual([]);
  });

  test('gets the level of whoever wants most; others get what they asked for', async ({ startWith }) => {
    const upstream = await startWith(counter('one', { policy: 'shared' }));
    const [first, second] = await Promise.all([upstream.use('one', FIRST), upstream.use('one', SECOND)]);
    await first.request('logging/setLevel', { level: 'error' });
    await second.request('logging/setLevel', { level: 'debug' });
    await first.request('logging/setLevel', { level: 'warning' });
    expect((await first.call('state')).level).toBe('debug');
    const busy = [first.request('tools/call', { name: 'hang' }), second.request('tools/call', { name: 'hang' })];
    await first.call('log', { level: 'info', data: 'for the second' });
    await first.call('log', { level: 'error', data: 'for both' });
    await second.message('notifications/message', 2);
    const data = first
      .heardOf('notifications/message')
      .map(({ message }) => 'params' in message && message.params?.data);
    expect(data).toEqual(['for both']);
    expect(busy).toHaveLength(2);
  });

  test('cannot ask a client anything', async ({ startWith }) => {
    const upstream = await startWith(counter('one', { policy: 'shared' }));
    const end = await upstream.use('one', FIRST);
    expect(await end.call('ask')).toMatchObject({ error: { code: -32601 } });
    expect(await end.call('request', { method: 'ping' })).toEqual({ result: {} });
  });

  test('sees the calls of a session that ends cancelled, and no others', async ({ startWith }) => {
    const upstream = await startWith(counter('one', { policy: 'shared' }));
    const [first, second] = await Promise.all([upstream.use('one', FIRST), upstream.use('one', SECOND)]);
    void first.request('tools/call', { name: 'slow', arguments: { ms: 60_000 } });
    const other = second.call('slow', { ms: 50 });
    await first.channel.close();
    expect(await other).toMatchObject({ done: true });
    const id = second.nextId;
    await second.call('log');
    // The cancelled call no longer runs, so this one is alone.
    expect(await second.message('notifications/message')).toMatchObject({ relatedTo: id });
  });

  test('restarts by itself and is told what everybody had set', async ({ startWith }) => {
    const upstream = await startWith(counter('one', { policy: 'shared' }));
    const [first, second] = await Promise.all([upstream.use('one', FIRST), upstream.use('one', SECOND)]);
    await first.request('resources/subscribe', { uri: 'counter://n' });
    await second.request('resources/subscribe', { uri: 'counter://other' });
    await expect(first.call('crash')).rejects.toThrow('ended with code 1');
    for (const end of [first, second]) await end.message('notifications/tools/list_changed');
    expect((await second.call('state')).subscriptions).toEqual(['counter://n', 'counter://other']);
  });

  test('is not stopped because nobody uses it', async ({ start }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs: [counter('one', { policy: 'shared', idleStop: MINUTE })], clock });
    const end = await upstream.use('one', FIRST);
    const { pid } = await end.call('peek');
    await end.channel.close();
    clock.advance(60 * MINUTE);
    expect(isAlive(pid)).toBe(true);
  });
});

describe('a lazy server', () => {
  test('is started by its first use, stopped when it was unused, and started again by its next use', async ({
    start,
  }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs: [counter('one', { policy: 'lazy', idleStop: 10 * MINUTE })], clock });
    upstream.servers.warmUp();
    expect(upstream.servers.stateOf('one')?.state).toBe('stopped');
    const end = await upstream.use('one', FIRST);
    await end.request('resources/subscribe', { uri: 'counter://n' });
    const { pid } = await end.call('count');
    clock.advance(9 * MINUTE);
    await end.call('count');
    clock.advance(9 * MINUTE);
    expect(upstream.eventsOf('server_stopped')).toEqual([]);
    clock.advance(2 * MINUTE);
    expect((await upstream.event('server_stopped')).payload).toMatchObject({ pid, reason: 'idle', calls_lost: 0 });
    await eventually(() => isAlive(pid)).toBe(false);
    clock.advance(60 * MINUTE);
    expect(upstream.servers.stateOf('one')).toMatchObject({ state: 'stopped', next_try_at: null });
    expect(await end.call('state')).toMatchObject({ subscriptions: ['counter://n'] });
    expect((await upstream.event('server_started', 2)).payload).toMatchObject({ cause: 'use', state_lost: true });
  });

  test('is not stopped in the middle of a call', async ({ start }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs: [counter('one', { policy: 'lazy', idleStop: MINUTE })], clock });
    const end = await upstream.use('one', FIRST);
    const answer = end.call('slow', { ms: 300 });
    clock.advance(5 * MINUTE);
    expect(await answer).toMatchObject({ done: true });
  });

  test('that crashed stays down until its next use', async ({ start }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs: [counter('one', { policy: 'lazy' })], clock });
    const end = await upstream.use('one', FIRST);
    await expect(end.call('crash')).rejects.toThrow();
    clock.advance(MINUTE);
    expect(upstream.servers.stateOf('one')?.state).toBe('stopped');
    expect(await end.call('count')).toMatchObject({ n: 1 });
  });
});

describe("a session's own server", () => {
  test('ends when the session was disconnected for long, and comes back with it and with what it knew', async ({
    start,
  }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs: [counter('one', { idleStop: 60 * MINUTE })], clock });
    const end = await upstream.use('one', FIRST);
    await end.request('logging/setLevel', { level: 'error' });
    await end.call('peek');
    const { pid } = await end.call('count');
    clock.advance(120 * MINUTE);
    expect(isAlive(pid)).toBe(true);
    upstream.sessions.set(FIRST, { isMade: true, isOver: false, lostAt: clock.now() });
    clock.advance(59 * MINUTE);
    expect(upstream.eventsOf('server_stopped')).toEqual([]);
    clock.advance(2 * MINUTE);
    expect((await upstream.event('server_stopped')).payload).toMatchObject({ reason: 'idle' });
    expect(upstream.store.instances.all()).toMatchObject([{ session_key: FIRST, pid: null }]);
    expect(await end.call('state')).toMatchObject({ level: 'error' });
    expect((await upstream.event('server_started', 2)).payload).toMatchObject({ state_lost: true });
  });

  test('is not ended because the machine slept', async ({ start }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs: [counter('one', { idleStop: 60 * MINUTE })], clock });
    const end = await upstream.use('one', FIRST);
    await end.call('peek');
    const { pid } = await end.call('count');
    upstream.sessions.set(FIRST, { isMade: true, isOver: false, lostAt: clock.now() });
    clock.advance(MINUTE);
    clock.sleep(600 * MINUTE);
    clock.advance(30 * MINUTE);
    expect(await end.call('count')).toEqual({ n: 2, pid });
    clock.advance(60 * MINUTE);
    expect((await upstream.event('server_stopped')).payload).toMatchObject({ pid, reason: 'idle' });
    const rows = JSON.stringify(upstream.store.instances.all());
    clock.advance(60 * MINUTE);
    expect(upstream.eventsOf('server_stopped')).toHaveLength(1);
    expect(JSON.stringify(upstream.store.instances.all())).toBe(rows);
  });

  test('stays while its session is pinned, and is stopped once that is not so', async ({ start }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs: [counter('one', { idleStop: 60 * MINUTE })], clock });
    const end = await upstream.use('one', FIRST);
    await end.call('peek');
    const { pid } = await end.call('count');
    const away = { isMade: true, isOver: false, lostAt: clock.now() };
    upstream.sessions.set(FIRST, { ...away, isPinned: true });
    clock.advance(300 * MINUTE);
    expect(await end.call('count')).toEqual({ n: 2, pid });
    upstream.sessions.set(FIRST, { ...away, isPinned: false });
    clock.advance(MINUTE);
    expect((await upstream.event('server_stopped')).payload).toMatchObject({ pid, reason: 'idle' });
  });

  test('ends with a session that is over without having said so', async ({ start }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs: [counter('one')], clock });
    const end = await upstream.use('one', FIRST);
    const { pid } = await end.call('peek');
    upstream.sessions.set(FIRST, { isMade: true, isOver: true, lostAt: null });
    clock.advance(MINUTE);
    expect((await upstream.event('server_stopped')).payload).toMatchObject({ pid, reason: 'session_ended' });
  });
});
