import { describe, expect } from 'vitest';
import { FakeClock } from '#tests/support/fake-clock';
import { counter, NO_PROCESS_LIMITS } from '#tests/support/servers/configs';
import { eventually, isAlive, upstreamTest as test } from './support';

const key = (letter: string): string => `s_${letter.repeat(22)}`;
const [A, B, C] = [key('a'), key('b'), key('c')];
const LOST = { isMade: true, isOver: false, lostAt: 0, client: 'me' };
const THERE = { ...LOST, lostAt: null };

describe('at a limit of processes', () => {
  test('the next start ends that of a client that is gone; its session gets another one later', async ({ start }) => {
    const limits = { ...NO_PROCESS_LIMITS, perClient: 2 };
    const upstream = await start({ configs: [counter('one')], limits });
    for (const session of [A, B, C]) upstream.sessions.set(session, THERE);
    const [a, b] = [await upstream.use('one', A), await upstream.use('one', B)];
    const { pid } = await a.call('count');
    const kept = await b.call('count');
    upstream.sessions.set(A, { ...LOST, lostAt: Date.now() });
    const c = await upstream.use('one', C);
    expect(await c.call('count')).toMatchObject({ n: 1 });
    expect((await upstream.event('server_stopped')).payload).toMatchObject({ reason: 'limit', pid });
    await eventually(() => isAlive(pid)).toBe(false);
    expect(await b.call('count')).toEqual({ n: 2, pid: kept.pid });
    upstream.sessions.set(A, THERE);
    upstream.sessions.set(C, { ...LOST, lostAt: Date.now() });
    expect(await a.call('count')).toMatchObject({ n: 1 });
  });

  test('a start fails with a sentence that says what to do when all are at work', async ({ start }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs: [counter('one')], limits: { ...NO_PROCESS_LIMITS, inAll: 1 }, clock });
    for (const session of [A, B]) upstream.sessions.set(session, THERE);
    const a = await upstream.use('one', A);
    void a.request('tools/call', { name: 'hang', arguments: {} });
    const b = await upstream.channel('one', B);
    const answer = b.initialize();
    for (let waited = 0; waited <= 25; waited += 1) {
      clock.advance(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await answer).error?.message).toMatch(
      /was not started: all processes of servers are at work, and 1 is the limit\..* or raise "Processes in all" in the settings/,
    );
  });

  test('many starts at once share what there is', async ({ start }) => {
    const upstream = await start({ configs: [counter('one')], limits: { ...NO_PROCESS_LIMITS, perServer: 3 } });
    const sessions = Array.from('abcdefghij', key);
    const counts = await Promise.all(
      sessions.map(async (session) => {
        upstream.sessions.set(session, { ...LOST, lostAt: Date.now() });
        const end = await upstream.use('one', session);
        return (await end.call('count')).n;
      }),
    );
    expect(counts).toEqual(sessions.map(() => 1));
    await eventually(() => upstream.servers.stateOf('one')?.instances.filter(({ pid }) => pid !== null).length).toBe(3);
  });
});

test('a session that made one call and never came back gives up its process within minutes', async ({ start }) => {
  const clock = new FakeClock();
  const upstream = await start({ configs: [counter('one')], clock });
  upstream.sessions.set(A, THERE);
  const end = await upstream.use('one', A);
  const { pid } = await end.call('count');
  upstream.sessions.set(A, { ...LOST, lostAt: clock.now() });
  for (let minutes = 0; minutes < 4; minutes += 1) clock.advance(60_000);
  await eventually(() => isAlive(pid)).toBe(false);
  expect((await upstream.event('server_stopped')).payload).toMatchObject({ reason: 'idle', pid });
});
