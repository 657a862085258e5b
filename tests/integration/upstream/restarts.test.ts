import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { ServerConfig } from '#src/main/upstream/upstream-ports';
import { MINUTE } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';
import { counter } from '#tests/support/servers/configs';
import { eventually, isAlive, upstreamTest } from './support';

const SESSION = `s_${'a'.repeat(22)}`;
const OTHER = `s_${'b'.repeat(22)}`;

const test = upstreamTest
  .extend(
    'file',
    ({ folder }) =>
      (name: string): string =>
        join(folder, name),
  )
  /** How often the counter was started. */
  .extend(
    'starts',
    ({ file }) =>
      (): number =>
        existsSync(file('starts')) ? readFileSync(file('starts'), 'utf8').split('\n').length - 1 : 0,
  )
  /** A counter that says when it starts, and cannot while a file is there. */
  .extend(
    'fallible',
    ({ file }) =>
      (entry: Partial<ServerConfig> = {}): ServerConfig =>
        counter('one', { ...entry, env: { COUNTER_STARTS: file('starts'), COUNTER_FAIL_WHILE: file('fail') } }),
  );

describe('a server that dies in the middle of a call', () => {
  test('answers it at once with an error, says so and is started again', async ({ fallible, startWith }) => {
    const upstream = await startWith(fallible());
    const end = await upstream.use('one', SESSION);
    const { pid } = await end.call('count');
    const running = end.request('tools/call', { name: 'hang' });
    const { error } = await end.request('tools/call', { name: 'crash', arguments: { code: 7 } });
    const sentence = 'The server "one" ended with code 7. The outcome of the call is unknown.';
    expect(error).toEqual({ code: -32000, message: sentence });
    expect((await running).error).toEqual({ code: -32000, message: sentence });
    expect((await upstream.event('server_stopped')).payload).toEqual({
      server: 'one',
      instance_id: expect.any(String),
      pid,
      reason: 'crashed',
      code: 7,
      signal: null,
      calls_lost: 2,
    });
    const { payload, session_id } = await upstream.event('server_started', 2);
    expect(payload).toMatchObject({ cause: 'restart', state_lost: true });
    expect(session_id).toBe(SESSION);
    expect(upstream.servers.stateOf('one')).toMatchObject({
      state: 'running',
      restarts: 1,
      last_error: 'The server "one" ended with code 7.',
      instances: [{ restarts: 1, state: 'running', session_id: SESSION }],
    });
    const peek = await end.call('peek');
    expect(peek.n).toBe(0);
    expect(peek.pid).not.toBe(pid);
  });

  test('passes what it knew on to its successor: initialize, log level, subscriptions; then lists are announced', async ({
    fallible,
    startWith,
  }) => {
    const upstream = await startWith(fallible());
    const end = await upstream.use('one', SESSION);
    await end.request('logging/setLevel', { level: 'warning' });
    await end.request('resources/subscribe', { uri: 'counter://n' });
    await end.request('resources/subscribe', { uri: 'counter://other' });
    await end.request('resources/unsubscribe', { uri: 'counter://other' });
    const before = await end.call('state');
    await expect(end.call('crash')).rejects.toThrow('ended with code 1');
    await upstream.event('server_started', 2);
    for (const kind of ['tools', 'resources', 'prompts']) await end.message(`notifications/${kind}/list_changed`);
    const after = await end.call('state');
    expect(after).toEqual({ ...before, pid: after.pid });
    expect(after).toMatchObject({ initialized: 1, level: 'warning', subscriptions: ['counter://n'] });
    expect(after.pid).not.toBe(before.pid);
  });

  test('learns what the client says of itself by now, which a running process cannot learn', async ({
    fallible,
    startWith,
  }) => {
    const upstream = await startWith(fallible());
    const first = await upstream.use('one', SESSION);
    const before = await first.call('state');
    expect(before.initialize.capabilities).toEqual({ elicitation: {} });
    const again = await upstream.channel('one', SESSION);
    await again.initialize({ capabilities: { roots: {} } });
    expect(await again.call('state'), 'it goes on').toEqual(before);
    await expect(again.call('crash')).rejects.toThrow('ended with code 1');
    await upstream.event('server_started', 2);
    expect((await again.call('state')).initialize.capabilities).toEqual({ roots: {} });

    // A new transport that comes to the session brings what it was initialized with.
    const other = await upstream.channel('one', SESSION);
    await other.initialize({ capabilities: { sampling: {} } });
    await expect(other.call('crash')).rejects.toThrow('ended with code 1');
    expect((await other.call('state')).initialize.capabilities).toEqual({ sampling: {} });
  });

  test('is not told again what it refused', async ({ fallible, startWith }) => {
    const upstream = await startWith(fallible());
    const end = await upstream.use('one', SESSION);
    await end.request('resources/subscribe', { uri: 1 as unknown as string });
    expect(upstream.store.instances.all()[0]?.client_settings).toEqual({});
  });

  test('has only calls that change nothing repeated, once', async ({ file, fallible, startWith }) => {
    const upstream = await startWith(fallible());
    const end = await upstream.use('one', SESSION);
    await end.request('tools/list');
    const { pid } = await end.call('peek');
    const safe = await end.call('fragile', { file: file('once') });
    expect(safe.pid).not.toBe(pid);
    expect(readFileSync(file('once'), 'utf8')).toBe(String(pid));
    expect((await upstream.event('server_stopped')).payload).toMatchObject({ calls_lost: 0 });
    await expect(end.call('fragile_write', { file: file('write') })).rejects.toThrow('outcome of the call is unknown');
    expect(upstream.eventsOf('server_stopped').at(-1)?.payload).toMatchObject({ calls_lost: 1 });
  });

  test('does not have a call repeated that nothing is known about', async ({ file, fallible, startWith }) => {
    const upstream = await startWith(fallible());
    const end = await upstream.use('one', SESSION);
    await expect(end.call('fragile', { file: file('once') })).rejects.toThrow('outcome of the call is unknown');
  });

  test('leaves the process of another session alone', async ({ fallible, startWith }) => {
    const upstream = await startWith(fallible());
    const [end, other] = await Promise.all([upstream.use('one', SESSION), upstream.use('one', OTHER)]);
    const { pid } = await other.call('count');
    await expect(end.call('crash')).rejects.toThrow();
    expect(await other.call('count')).toEqual({ n: 2, pid });
  });

  test('withdraws what it asked its client', async ({ fallible, startWith }) => {
    const upstream = await startWith(fallible());
    const end = await upstream.use('one', SESSION);
    void end.call('ask').catch(() => {});
    const { message } = await end.message('elicitation/create');
    await expect(end.call('crash')).rejects.toThrow();
    const { message: cancelled } = await end.message('notifications/cancelled');
    expect(cancelled.params.requestId).toBe(message.id);
    // An answer that comes late is not for the next process.
    end.respond(message.id, { action: 'accept' });
    expect(await end.call('peek')).toMatchObject({ n: 0 });
  });
});

describe('a server that is down', () => {
  test('is started by its next use, before the next try is due', async ({ fallible, start }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs: [fallible()], clock });
    const end = await upstream.use('one', SESSION);
    await expect(end.call('crash')).rejects.toThrow();
    expect(upstream.servers.stateOf('one')).toMatchObject({
      state: 'waiting',
      instances: [{ state: 'waiting', pid: null }],
    });
    expect(upstream.servers.stateOf('one')?.next_try_at).toBeGreaterThan(clock.now());
    expect(await end.call('count')).toMatchObject({ n: 1 });
    expect((await upstream.event('server_started', 2)).payload).toMatchObject({ cause: 'use', state_lost: true });
    expect(upstream.servers.stateOf('one')?.next_try_at).toBeNull();
  });

  test('is tried again by itself after the delay', async ({ fallible, start }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs: [fallible()], clock });
    const end = await upstream.use('one', SESSION);
    await expect(end.call('crash')).rejects.toThrow();
    clock.advance(600);
    expect((await upstream.event('server_started', 2)).payload).toMatchObject({ cause: 'restart' });
  });

  test('is waited for 5 s at most, and the error says what to do', async ({ fallible, start }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs: [fallible()], clock });
    const end = await upstream.use('one', SESSION);
    upstream.configs.set(counter('one', { env: { COUNTER_SILENT: '1' } }));
    const waiting = end.request('tools/call', { name: 'count' });
    clock.advance(5_000);
    expect((await waiting).error?.message).toMatch(/^The server "one" has been starting for \d+ s\. /);
    expect(upstream.servers.stateOf('one')?.state).toBe('starting');
  });

  test('opens its circuit at the fifth failure, then answers at once, and lets one try through later', async ({
    file,
    starts,
    fallible,
    start,
  }) => {
    const clock = new FakeClock();
    writeFileSync(file('fail'), '');
    const upstream = await start({ configs: [fallible()], clock });
    const end = await upstream.channel('one', SESSION);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      expect((await end.initialize()).error?.message).toMatch(/^The server "one" ended with code 3\./);
      expect(upstream.servers.stateOf('one')?.attempt).toBe(attempt);
    }
    expect(starts()).toBe(5);
    expect(upstream.servers.stateOf('one')).toMatchObject({ state: 'circuit_open', attempt: 5 });
    expect(upstream.eventsOf('server_unavailable').map(({ payload }) => payload.circuit_open)).toEqual([
      ...[false, false, false, false, true],
    ]);
    expect((await end.initialize()).error).toMatchObject({ code: 'server_unavailable' });
    const other = await upstream.channel('one', OTHER);
    expect((await other.initialize()).error).toMatchObject({ code: 'server_unavailable' });
    expect(starts()).toBe(5);

    clock.advance(30_000);
    expect((await end.initialize()).error).toMatchObject({ code: 'server_unavailable' });
    expect(starts()).toBe(6);
    expect((await end.initialize()).error).toMatchObject({ code: 'server_unavailable' });
    expect(starts()).toBe(6);

    rmSync(file('fail'));
    clock.advance(30_000);
    expect((await end.initialize()).result).toBeDefined();
    expect(upstream.servers.stateOf('one')).toMatchObject({ state: 'running', attempt: 0 });
  });

  test('is tried at once when a person wants it', async ({ file, fallible, start }) => {
    const clock = new FakeClock();
    writeFileSync(file('fail'), '');
    const upstream = await start({ configs: [fallible({ policy: 'shared' })], clock });
    const end = await upstream.channel('one', SESSION);
    for (let attempt = 1; attempt <= 5; attempt += 1) await end.initialize();
    rmSync(file('fail'));
    await upstream.servers.retry('one');
    expect((await upstream.event('server_started')).payload).toMatchObject({ cause: 'retry' });
    expect(upstream.servers.stateOf('one')).toMatchObject({ state: 'running', attempt: 0 });
    await expect(upstream.servers.retry('two')).rejects.toMatchObject({ code: 'server_not_found' });
  });

  test('that crashes again and again is left alone as well, but not for other sessions', async ({
    fallible,
    start,
  }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs: [fallible()], clock });
    const [end, other] = await Promise.all([upstream.use('one', SESSION), upstream.use('one', OTHER)]);
    for (let crash = 1; crash <= 5; crash += 1) await expect(end.call('crash')).rejects.toThrow('ended with code 1');
    await expect(end.call('count')).rejects.toThrow(/Holdfast tries again in \d+ s\.$/);
    expect(await other.call('count')).toMatchObject({ n: 1 });
    clock.advance(30_000);
    expect((await upstream.event('server_started', 7)).payload).toMatchObject({ cause: 'restart' });
  });

  test('has its failures forgotten when it ran for 30 s', async ({ fallible, start }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs: [fallible()], clock });
    const end = await upstream.use('one', SESSION);
    for (let crash = 1; crash <= 4; crash += 1) await expect(end.call('crash')).rejects.toThrow();
    await end.call('peek');
    clock.advance(30_000);
    await expect(end.call('crash')).rejects.toThrow();
    expect(upstream.servers.stateOf('one')).toMatchObject({ state: 'waiting' });
    expect(await end.call('count')).toMatchObject({ n: 1 });
  });

  test('is not started again for a session that only tried to use it, and stays down until a start succeeds', async ({
    file,
    starts,
    fallible,
    start,
  }) => {
    const clock = new FakeClock();
    writeFileSync(file('fail'), '');
    const upstream = await start({ configs: [fallible()], clock });
    await (await upstream.channel('one', SESSION)).initialize();
    const down = { state: 'waiting', attempt: 1, next_try_at: null };
    expect(upstream.servers.stateOf('one')).toMatchObject({ ...down, instances: [{ state: 'waiting' }] });
    clock.advance(60_000);
    expect(starts()).toBe(1);
    upstream.sessions.set(SESSION, { isMade: true, isOver: true, lostAt: null });
    clock.advance(10_000);
    expect(upstream.servers.stateOf('one')).toMatchObject({ ...down, instances: [] });
    await upstream.servers.retry('one');
    expect(upstream.servers.stateOf('one')).toMatchObject(down);
    rmSync(file('fail'));
    expect((await (await upstream.channel('one', OTHER)).initialize()).result).toBeDefined();
    expect(upstream.servers.stateOf('one')).toMatchObject({ state: 'running', attempt: 0 });
  });

  test('is restarted for every session that it runs for, and starts for nobody else', async ({ fallible, start }) => {
    const upstream = await start({ configs: [fallible()] });
    const [end, other] = await Promise.all([upstream.use('one', SESSION), upstream.use('one', OTHER)]);
    await end.call('count');
    expect(await end.call('count')).toMatchObject({ n: 2 });
    await upstream.servers.restart('one');
    const stops = [await upstream.event('server_stopped'), await upstream.event('server_stopped', 2)];
    expect(stops.map(({ payload }) => payload)).toEqual([
      expect.objectContaining({ reason: 'restarted' }),
      expect.objectContaining({ reason: 'restarted' }),
    ]);
    expect(await end.call('count'), 'a new process').toMatchObject({ n: 1 });
    expect(await other.call('count')).toMatchObject({ n: 1 });
    expect(upstream.servers.stateOf('one')?.instances).toHaveLength(2);
    await expect(upstream.servers.restart('two')).rejects.toMatchObject({ code: 'server_not_found' });
  });

  test('is stopped for every session that it runs for, and starts at the next use', async ({ fallible, start }) => {
    const upstream = await start({ configs: [fallible()] });
    const [own, other] = await Promise.all([upstream.use('one', SESSION), upstream.use('one', OTHER)]);
    await own.call('count');
    expect(await own.call('count')).toMatchObject({ n: 2 });
    await upstream.servers.stopServer('one');
    const stops = [await upstream.event('server_stopped'), await upstream.event('server_stopped', 2)];
    expect(stops.map(({ payload }) => payload)).toEqual([
      expect.objectContaining({ reason: 'stopped' }),
      expect.objectContaining({ reason: 'stopped' }),
    ]);
    expect(upstream.servers.stateOf('one')).toMatchObject({ state: 'stopped', next_try_at: null });
    expect(await own.call('count'), 'a new process').toMatchObject({ n: 1 });
    expect(upstream.servers.stateOf('one')?.instances.filter(({ state }) => state === 'running')).toHaveLength(1);
    expect(await other.call('count')).toMatchObject({ n: 1 });
    await expect(upstream.servers.stopServer('two')).rejects.toMatchObject({ code: 'server_not_found' });
  });

  test('is stopped for one session, and goes on for the others', async ({ fallible, start }) => {
    const upstream = await start({ configs: [fallible()] });
    const [own, other] = await Promise.all([upstream.use('one', SESSION), upstream.use('one', OTHER)]);
    await own.call('count');
    expect(await other.call('count')).toMatchObject({ n: 1 });
    const { servers } = upstream;
    const instances = () => servers.stateOf('one')?.instances ?? [];
    const mine = instances().find(({ session_id }) => session_id === SESSION)?.instance_id ?? '';
    await servers.stopServer('one', mine);
    await servers.stopServer('one', 'i_unknown');
    expect(instances().map(({ session_id, state }) => [session_id, state])).toEqual([
      [SESSION, 'stopped'],
      [OTHER, 'running'],
    ]);
    expect(servers.timesStopped('one', SESSION)).toBe(1);
    expect(servers.timesStopped('one', OTHER)).toBe(0);
    expect(await other.call('count')).toMatchObject({ n: 2 });
    expect(await own.call('count'), 'a new process').toMatchObject({ n: 1 });
  });

  test('stays stopped, though it always runs otherwise, until it is used', async ({ fallible, start }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs: [fallible({ policy: 'shared' })], clock });
    const own = await upstream.use('one', SESSION);
    await upstream.servers.stopServer('one');
    await upstream.event('server_stopped');
    clock.advance(10 * MINUTE);
    expect(upstream.servers.stateOf('one')).toMatchObject({ state: 'stopped' });
    expect(await own.call('count')).toMatchObject({ n: 1 });
  });

  test('is tried by a restart, too, when it is down', async ({ file, fallible, start }) => {
    writeFileSync(file('fail'), '');
    const upstream = await start({ configs: [fallible({ policy: 'shared' })], clock: new FakeClock() });
    await (await upstream.channel('one', SESSION)).initialize();
    rmSync(file('fail'));
    await upstream.servers.restart('one');
    await upstream.event('server_started');
    expect(upstream.servers.stateOf('one')).toMatchObject({ state: 'running', attempt: 0 });
  });

  test('is known to be down after Holdfast was restarted, until it starts or its entry changes', async ({
    file,
    fallible,
    start,
  }) => {
    writeFileSync(file('fail'), '');
    const first = await start({ configs: [fallible()], clock: new FakeClock() });
    await (await first.channel('one', SESSION)).initialize();
    const { last_error } = first.servers.stateOf('one') ?? {};
    await first.release();

    const again = (configs: readonly ServerConfig[]) =>
      start({ folder: first.folder, configs, clock: new FakeClock() });
    const other = await again([fallible({ fingerprint: 'f'.repeat(64) })]);
    expect(other.servers.stateOf('one'), 'another entry').toMatchObject({ state: 'stopped', last_error: null });
    await other.release();

    const failing = await again([fallible()]);
    expect(failing.servers.stateOf('one')?.state, 'forgotten with the other entry').toBe('stopped');
    await (await failing.channel('one', SESSION)).initialize();
    await failing.release();

    const second = await again([fallible()]);
    const down = { state: 'waiting', next_try_at: null, last_error, instances: [] };
    expect(second.servers.stateOf('one')).toMatchObject(down);
    rmSync(file('fail'));
    await second.use('one', OTHER);
    expect(second.servers.stateOf('one')).toMatchObject({ state: 'running', attempt: 0 });
    expect(second.store.serverFailures.all()).toEqual([]);
  });

  test('of one session is tried at once when a person wants it', async ({ file, fallible, start }) => {
    writeFileSync(file('fail'), '');
    const upstream = await start({ configs: [fallible()], clock: new FakeClock() });
    await (await upstream.channel('one', SESSION)).initialize();
    rmSync(file('fail'));
    await upstream.servers.retry('one');
    expect((await upstream.event('server_started')).payload).toMatchObject({ cause: 'retry' });
  });

  test('leaves nothing behind for a session that never used it', async ({ file, fallible, start }) => {
    writeFileSync(file('fail'), '');
    const upstream = await start({ configs: [fallible()], clock: new FakeClock() });
    await (await upstream.channel('one', SESSION)).initialize();
    expect(upstream.store.instances.all()).toEqual([]);
  });

  test('does not wait forever for a start: after its limit the process is ended', async ({ file, starts, start }) => {
    const clock = new FakeClock();
    const upstream = await start({
      configs: [counter('one', { env: { COUNTER_SILENT: '1', COUNTER_STARTS: file('starts') } })],
      clock,
    });
    const end = await upstream.channel('one', SESSION);
    const answer = end.initialize();
    await eventually(starts).toBe(1);
    const pid = Number(readFileSync(file('starts'), 'utf8'));
    clock.advance(30_000);
    expect((await answer).error).toBeDefined();
    expect(isAlive(pid)).toBe(true);
    clock.advance(counter('one').startLimit);
    await eventually(() => isAlive(pid)).toBe(false);
  });
});

describe('the keeper', () => {
  test('that is killed takes its servers with it: calls fail clearly, and servers are started anew', async ({
    fallible,
    startWith,
  }) => {
    const upstream = await startWith(fallible());
    const [end, other] = await Promise.all([upstream.use('one', SESSION), upstream.use('one', OTHER)]);
    const pids = [(await end.call('count')).pid, (await other.call('count')).pid];
    const running = end.request('tools/call', { name: 'hang' });
    const keeper = upstream.keeper.keeper?.pid ?? 0;
    process.kill(keeper, 'SIGKILL');
    const lost = 'The server "one" was lost with the process that keeps servers. The outcome of the call is unknown.';
    expect((await running).error?.message).toBe(lost);
    expect((await upstream.event('keeper_lost')).payload).toEqual({ pid: keeper, children: 2 });
    const stopped = upstream.eventsOf('server_stopped');
    expect(stopped.map(({ payload }) => payload.reason)).toEqual(['keeper_lost', 'keeper_lost']);
    await upstream.event('server_started', 4);
    expect(upstream.eventsOf('keeper_started')).toHaveLength(2);
    expect(await end.call('count')).toMatchObject({ n: 1 });
    for (const pid of pids) await eventually(() => isAlive(pid)).toBe(false);
  });

  test('that is killed has its servers started again one by one within 5 s, and at once when they are needed', async ({
    fallible,
    start,
  }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs: [fallible()], clock });
    const sessions = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `s_${letter.repeat(22)}`);
    const [needed] = await Promise.all(sessions.map((session) => upstream.use('one', session)));
    process.kill(upstream.keeper.keeper?.pid ?? 0, 'SIGKILL');
    await upstream.event('server_stopped', sessions.length);
    const waiting = () => upstream.servers.stateOf('one')?.instances.filter(({ state }) => state === 'waiting').length;
    expect(waiting()).toBe(sessions.length);
    clock.advance(390);
    expect(waiting(), 'not at once').toBe(sessions.length);
    // Of six within 5 s, the chance that all are in the first 0.6 s is below one in a million.
    clock.advance(210);
    expect(waiting(), 'not all together').toBeGreaterThan(0);
    expect(await needed?.call('count')).toMatchObject({ n: 1 });
    clock.advance(4_400);
    expect(waiting()).toBe(0);
    await upstream.event('server_started', 2 * sessions.length);
  });
});
