import { describe, expect } from 'vitest';
import type { ServerConfig } from '#src/main/upstream/upstream-ports';
import { MINUTE } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';
import { counter } from '#tests/support/servers/configs';
import { Gate } from '#tests/support/servers/gate';
import { eventually, isAlive, type TestChannel, type Upstream, type UpstreamOptions, upstreamTest } from './support';

const SESSION = `s_${'a'.repeat(22)}`;
const OTHER = `s_${'b'.repeat(22)}`;
const RESERVED = `s_${'c'.repeat(22)}`;

const test = upstreamTest
  /** The next Holdfast on the same data folder. */
  .extend(
    'startNext',
    ({ start }) =>
      async (last: Upstream, configs: readonly ServerConfig[], before?: UpstreamOptions['before']) => {
        await last.release();
        return start({ folder: last.folder, configs, lostContactAt: Date.now() - 7_000, before });
      },
  );

const slowCall = (end: TestChannel, ms: number): string => {
  const id = end.nextId;
  void end.request('tools/call', { name: 'slow', arguments: { ms } });
  return id;
};

describe('the next Holdfast', () => {
  test('goes on with the same process and what it counted, without a word to it', async ({ startWith, startNext }) => {
    let upstream = await startWith(counter('one'));
    const before = await upstream.use('one', SESSION);
    const { pid } = await before.call('count');
    upstream = await startNext(upstream, [counter('one')]);
    expect(isAlive(pid)).toBe(true);
    const { payload, session_id } = await upstream.event('server_adopted');
    expect(payload).toMatchObject({ server: 'one', pid });
    expect(payload.away_ms).toBeGreaterThanOrEqual(7_000);
    expect(payload.away_ms).toBeLessThan(60_000);
    expect(session_id).toBe(SESSION);
    upstream.servers.open();
    const end = await upstream.channel('one', SESSION);
    expect((await end.initialize()).result).toMatchObject({ serverInfo: { name: 'counter' } });
    expect(await end.call('count')).toEqual({ n: 2, pid });
    expect(await end.call('state')).toMatchObject({ initialized: 1 });
    expect(upstream.events.map(({ kind }) => kind)).toEqual(['server_adopted']);
  });

  test('ends after ten minutes what one of two sessions was asked before, for a call of the other one', async ({
    start,
    startWith,
  }) => {
    const party = { client_id: 'c', client_name: 'other', asks: 'host' } as const;
    const both = ({ sessions }: Upstream): void => {
      const there = { isMade: true, isOver: false, lostAt: null };
      sessions.set(SESSION, { ...there, sharing: { ...party, role: 'host', session_id: OTHER } });
      sessions.set(OTHER, { ...there, host: SESSION });
    };
    let upstream = await startWith(counter('one'));
    both(upstream);
    const [host, guest] = [await upstream.use('one', SESSION), await upstream.use('one', OTHER)];
    const id = guest.nextId;
    void guest.request('tools/call', { name: 'ask', arguments: {} });
    await host.message('elicitation/create');
    expect(guest.heardOf('elicitation/create')).toEqual([]);
    await upstream.release();

    const clock = new FakeClock();
    upstream = await start({ folder: upstream.folder, configs: [counter('one')], clock, before: both });
    const [asked, waits] = [await upstream.use('one', SESSION), await upstream.channel('one', OTHER)];
    const answer = waits.answer(id);
    expect(await waits.resume({ id, method: 'tools/call', name: 'ask' })).toEqual([]);
    upstream.servers.open();
    clock.advance(9 * MINUTE);
    expect(upstream.store.instances.questions()).toMatchObject([{ session_key: SESSION, in_own_call: false }]);
    clock.advance(2 * MINUTE);
    const error = { message: expect.stringContaining('Nobody answered within 10 minutes') };
    expect(JSON.parse(((await answer).result as { content: [{ text: string }] }).content[0].text)).toMatchObject({
      error,
    });
    expect(asked.heardOf('notifications/cancelled')).toHaveLength(1);
    expect(upstream.store.instances.questions()).toEqual([]);
  });

  test('gives the answers that came meanwhile to whoever takes the calls up', async ({ startWith, startNext }) => {
    let upstream = await startWith(counter('one'));
    const before = await upstream.use('one', SESSION);
    const ids = [slowCall(before, 1), slowCall(before, 300)];
    const [quick = '', slow = ''] = ids;
    upstream = await startNext(upstream, [counter('one')]);
    const end = await upstream.channel('one', SESSION);
    const answers = [end.answer(quick), end.answer(slow)];
    expect(await end.resume(...ids.map((id) => ({ id, method: 'tools/call', name: 'slow' })))).toEqual([]);
    upstream.servers.open();
    await end.initialize();
    for (const answer of answers) expect((await answer).result).toMatchObject({ content: [{ type: 'text' }] });
  });

  test('makes the call that waited until it was known what its tool says', async ({ folder, start, startNext }) => {
    const gate = new Gate(folder, 'lists');
    const configs = [counter('one', { env: { COUNTER_LIST_GATE: gate.path } })];
    const before = ({ servers }: Upstream) => servers.tools.hold(true);
    let upstream = await start({ configs, before });
    const waiting = await upstream.use('one', SESSION);
    void waiting.request('tools/call', { name: 'count', arguments: {} }, 40_001);
    await gate.reached();
    upstream = await startNext(upstream, configs, before);
    const end = await upstream.channel('one', SESSION);
    const answer = end.answer(40_001);
    expect(await end.resume({ id: 40_001, method: 'tools/call', name: 'count' })).toEqual([]);
    upstream.servers.open();
    gate.open();
    expect((await answer).result).toMatchObject({ content: [{ text: expect.stringContaining('"n":1') }] });
    expect(upstream.store.heldCalls.all()).toEqual([]);
  });

  test('keeps an answer that comes before its call is taken up', async ({ startWith, startNext }) => {
    let upstream = await startWith(counter('one'));
    const before = await upstream.use('one', SESSION);
    const id = slowCall(before, 1);
    upstream = await startNext(upstream, [counter('one')]);
    upstream.servers.open();
    const other = await upstream.channel('one', SESSION);
    await other.call('peek');
    const end = await upstream.channel('one', SESSION);
    const answer = end.answer(id);
    expect(await end.resume({ id, method: 'tools/call', name: 'slow' })).toEqual([]);
    expect((await answer).result).toBeDefined();
  });

  test('takes up the progress of an earlier call, and the questions asked within it', async ({
    startWith,
    startNext,
  }) => {
    let upstream = await startWith(counter('one'));
    const before = await upstream.use('one', SESSION);
    const asking = before.nextId;
    void before.request('tools/call', { name: 'ask' });
    const { message } = await before.message('elicitation/create');
    upstream = await startNext(upstream, [counter('one')]);
    const end = await upstream.channel('one', SESSION);
    const answer = end.answer(asking);
    expect(await end.resume({ id: asking, method: 'tools/call', name: 'ask' })).toEqual([]);
    upstream.servers.open();
    end.respond(message.id, { action: 'accept', content: { colour: 'blue' } });
    expect(JSON.stringify((await answer).result)).toContain('blue');
  });

  test('says which calls nobody will answer', async ({ startWith, startNext }) => {
    let upstream = await startWith(counter('one'));
    await upstream.use('one', SESSION);
    upstream = await startNext(upstream, [counter('one')]);
    const stranger = await upstream.channel('one', OTHER);
    expect(await stranger.resume({ id: 'x-1', method: 'tools/call', name: 'slow' })).toEqual(['x-1']);
  });

  test('still knows what was set, for the next process', async ({ startWith, startNext }) => {
    let upstream = await startWith(counter('one', { policy: 'shared' }));
    const before = await upstream.use('one', SESSION);
    await before.request('logging/setLevel', { level: 'error' });
    await before.request('resources/subscribe', { uri: 'counter://n' });
    upstream = await startNext(upstream, [counter('one', { policy: 'shared' })]);
    upstream.servers.open();
    const end = await upstream.use('one', SESSION);
    const other = await upstream.use('one', OTHER);
    await other.call('touch');
    await end.message('notifications/resources/updated');
    expect(other.heardOf('notifications/resources/updated')).toEqual([]);
    await expect(end.call('crash')).rejects.toThrow();
    await upstream.event('server_started');
    expect(await end.call('state')).toMatchObject({ level: 'error', subscriptions: ['counter://n'] });
  });

  test('knows the session that a transport has joined meanwhile', async ({ startWith, startNext }) => {
    let upstream = await startWith(counter('one'));
    upstream.reserve(RESERVED);
    const before = await upstream.use('one', RESERVED);
    const { pid } = await before.call('count');
    upstream = await startNext(upstream, [counter('one')]);
    upstream.servers.open();
    expect(await (await upstream.use('one', RESERVED)).call('count')).toEqual({ n: 2, pid });
  });

  test('keeps what a transport began with for the session that it comes to later', async ({ startWith, startNext }) => {
    let upstream = await startWith(counter('one'));
    upstream.reserve(RESERVED);
    const { pid } = await (await upstream.use('one', RESERVED)).call('count');
    upstream = await startNext(upstream, [counter('one')], (next) => next.reserve(RESERVED));
    upstream.servers.open();
    expect(await upstream.event('server_adopted')).toMatchObject({ session_id: null, payload: { pid } });
    upstream.make(RESERVED);
    expect(await (await upstream.use('one', RESERVED)).call('count')).toEqual({ n: 2, pid });
    expect(upstream.servers.stateOf('one')?.instances).toMatchObject([{ session_id: RESERVED, pid }]);
  });

  test('gives a session what it had before, when its newest transport has one of its own', async ({
    startWith,
    startNext,
  }) => {
    let upstream = await startWith(counter('one'));
    upstream.reserve(RESERVED);
    const spare = await (await upstream.use('one', RESERVED)).call('count');
    const { pid } = await (await upstream.use('one', SESSION)).call('count');
    upstream = await startNext(upstream, [counter('one')], ({ sessions }) => {
      sessions.set(RESERVED, { isMade: false, isOver: true, lostAt: null });
    });
    upstream.servers.open();
    expect((await upstream.event('server_stopped')).payload).toMatchObject({ pid: spare.pid, reason: 'session_ended' });
    expect(await (await upstream.use('one', SESSION)).call('count')).toEqual({ n: 2, pid });
    await eventually(() => isAlive(spare.pid)).toBe(false);
  });

  test('notices that an adopted process ends', async ({ startWith, startNext }) => {
    let upstream = await startWith(counter('one'));
    const before = await upstream.use('one', SESSION);
    const { pid } = await before.call('count');
    upstream = await startNext(upstream, [counter('one')]);
    upstream.servers.open();
    process.kill(pid, 'SIGKILL');
    expect((await upstream.event('server_stopped')).payload).toMatchObject({
      pid,
      reason: 'crashed',
      signal: 'SIGKILL',
    });
    expect((await upstream.event('server_started')).payload).toMatchObject({ cause: 'restart', state_lost: true });
  });

  test('finds that a process ended while nobody was there', async ({ start, startWith }) => {
    let upstream = await startWith(counter('one'));
    const before = await upstream.use('one', SESSION);
    const { pid } = await before.call('count');
    const id = slowCall(before, 60_000);
    const { folder } = upstream;
    await upstream.release();
    process.kill(pid, 'SIGKILL');
    await eventually(() => isAlive(pid)).toBe(false);
    upstream = await start({ folder, configs: [counter('one')] });
    const end = await upstream.channel('one', SESSION);
    const answer = end.answer(id);
    expect(await end.resume({ id, method: 'tools/call', name: 'slow' })).toEqual([]);
    upstream.servers.open();
    expect((await answer).error?.message).toMatch(/was killed by SIGKILL\. The outcome of the call is unknown\.$/);
    expect((await upstream.event('server_stopped')).payload).toMatchObject({ pid, reason: 'crashed' });
    expect(await (await upstream.use('one', SESSION)).call('count')).toMatchObject({ n: 1 });
  });

  test('finds that the keeper died while nobody was there, ends what it left and starts anew when needed', async ({
    start,
    startWith,
  }) => {
    let upstream = await startWith(counter('one'));
    const before = await upstream.use('one', SESSION);
    await before.request('logging/setLevel', { level: 'error' });
    const { pid } = await before.call('count');
    const keeper = upstream.keeper.keeper?.pid ?? 0;
    const { folder } = upstream;
    await upstream.release();
    process.kill(keeper, 'SIGKILL');
    await eventually(() => isAlive(keeper)).toBe(false);
    upstream = await start({ folder, configs: [counter('one')] });
    const { payload, session_id } = await upstream.event('server_stopped');
    expect(payload).toMatchObject({ pid, reason: 'keeper_lost' });
    expect(session_id).toBe(SESSION);
    await eventually(() => isAlive(pid)).toBe(false);
    const end = await upstream.channel('one', SESSION);
    expect(await end.resume({ id: 'x-1', method: 'tools/call', name: 'slow' })).toEqual(['x-1']);
    await end.initialize();
    expect(await end.call('state')).toMatchObject({ level: 'error' });
    expect((await upstream.event('server_started')).payload).toMatchObject({ cause: 'use', state_lost: true });
  });
});

describe('what is no longer wanted is ended by the next Holdfast', () => {
  test.for<[string, ServerConfig[], string]>([
    ['a server that was removed', [], 'removed'],
    ['one that was disabled', [counter('one', { enabled: false })], 'disabled'],
    ['one whose command changed', [counter('one', { env: { A: '1' } })], 'changed'],
    ['one whose command is no longer confirmed', [counter('one', { trusted: false })], 'changed'],
    ['one that is shared from now on', [counter('one', { policy: 'shared' })], 'changed'],
  ])('%s', async ([_, configs, reason], { startWith, startNext }) => {
    let upstream = await startWith(counter('one'));
    const { pid } = await (await upstream.use('one', SESSION)).call('count');
    upstream = await startNext(upstream, configs);
    expect((await upstream.event('server_stopped')).payload).toMatchObject({ pid, reason });
    await eventually(() => isAlive(pid)).toBe(false);
  });

  test('the process of a session that ended', async ({ startWith, startNext }) => {
    let upstream = await startWith(counter('one'));
    const { pid } = await (await upstream.use('one', SESSION)).call('count');
    upstream = await startNext(upstream, [counter('one')], ({ sessions }) =>
      sessions.set(SESSION, { isMade: true, isOver: true, lostAt: null }),
    );
    expect((await upstream.event('server_stopped')).payload).toMatchObject({ pid, reason: 'session_ended' });
    await eventually(() => isAlive(pid)).toBe(false);
    expect(upstream.store.instances.all()).toEqual([]);
  });

  test('a process that nothing is known of', async ({ startWith, startNext }) => {
    let upstream = await startWith(counter('one'));
    const { pid } = await (await upstream.use('one', SESSION)).call('count');
    for (const { instance_id } of upstream.store.instances.all()) upstream.store.instances.remove(instance_id);
    upstream = await startNext(upstream, [counter('one')]);
    await eventually(() => isAlive(pid)).toBe(false);
    expect(upstream.events).toEqual([]);
  });

  test('a process that was not initialized yet', async ({ startWith, startNext }) => {
    let upstream = await startWith(counter('one', { env: { COUNTER_SILENT: '1' }, fingerprint: 'f' }));
    void (await upstream.channel('one', SESSION)).initialize();
    await eventually(() => upstream.store.instances.all()[0]?.pid ?? null).not.toBeNull();
    const pid = upstream.store.instances.all()[0]?.pid ?? 0;
    upstream = await startNext(upstream, [counter('one', { fingerprint: 'f' })]);
    expect((await upstream.event('server_stopped')).payload).toMatchObject({ pid, reason: 'supervisor_stopped' });
    await eventually(() => isAlive(pid)).toBe(false);
    expect((await (await upstream.channel('one', SESSION)).initialize()).result).toBeDefined();
  });
});

describe('a stop', () => {
  test('leaves to the next Holdfast what servers say from then on', async ({ startWith, startNext }) => {
    let upstream = await startWith(counter('one', { policy: 'shared', idleStop: MINUTE }));
    const before = await upstream.use('one', SESSION);
    const id = before.nextId;
    void before.request('tools/call', { name: 'slow', arguments: { ms: 30, say: 'answered' } });
    upstream.servers.prepareStop();
    await before.channel.close();
    // The answer comes while this Holdfast is still there, but has nobody to give it to.
    const childId = upstream.keeper.found[0]?.child_id ?? '';
    await eventually(() => upstream.keeper.stderr(childId)).toMatchObject([{ text: 'answered' }]);
    upstream = await startNext(upstream, [counter('one', { policy: 'shared', idleStop: MINUTE })]);
    const end = await upstream.channel('one', SESSION);
    const answer = end.answer(id);
    expect(await end.resume({ id, method: 'tools/call', name: 'slow' })).toEqual([]);
    upstream.servers.open();
    expect((await answer).result).toBeDefined();
  });
});
