import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ServerConfig } from '#src/main/upstream/upstream-ports';
import { MINUTE, SECOND } from '#src/shared/model/units';
import { FakeClock, passTime } from '#tests/support/fake-clock';
import { counter } from '#tests/support/servers/configs';
import { eventually, upstreamTest } from './support';

const FIRST = `s_${'a'.repeat(22)}`;
const SECOND_ONE = `s_${'b'.repeat(22)}`;

const test = upstreamTest
  /** A counter that answers `initialize` when the test says. */
  .extend('slow', ({ folder }) => {
    const gate = join(folder, 'gate');
    const starts = join(folder, 'starts');
    return {
      config: (entry: Partial<ServerConfig> = {}) =>
        counter('one', { ...entry, env: { COUNTER_GATE: gate, COUNTER_STARTS: starts } }),
      /** Resolves when it was asked to initialize. */
      asked: () => eventually(() => existsSync(`${gate}.here`)).toBe(true),
      go: () => writeFileSync(`${gate}.go`, ''),
      starts: () => readFileSync(starts, 'utf8').trim().split('\n').length,
    };
  });

test.for(['per-session', 'shared', 'lazy'] as const)(
  'who waited too long is told so, and the next one finds the same process ready: %s',
  async (policy, { slow, start }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs: [slow.config({ policy })], clock });
    upstream.reserve(FIRST);
    const first = await upstream.channel('one', FIRST);
    const { error } = await passTime(clock, first.initialize());
    expect(error?.message).toMatch(/^The server "one" has been starting for \d+ s\. Try again in a moment\.$/);
    expect(upstream.servers.stateOf('one')).toMatchObject({
      state: 'starting',
      last_error: expect.stringMatching(/has been starting for \d+ s\.$/),
    });
    await first.channel.close();
    clock.advance(40 * SECOND);
    await slow.asked();
    upstream.reserve(SECOND_ONE);
    const second = await upstream.channel('one', SECOND_ONE);
    const initialized = second.initialize();
    slow.go();
    expect((await initialized).error).toBeUndefined();
    upstream.make(SECOND_ONE);
    expect(await second.call('count')).toMatchObject({ n: 1 });
    expect(slow.starts()).toBe(1);
    expect(upstream.servers.stateOf('one')).toMatchObject({ state: 'running', last_error: null, sessions_using: 1 });
    if (policy === 'per-session') {
      expect(upstream.store.instances.all()).toMatchObject([{ session_key: SECOND_ONE }]);
    }
  },
);

test('a client that says something else of itself gets a process of its own', async ({ slow, start }) => {
  const clock = new FakeClock();
  const upstream = await start({ configs: [slow.config()], clock });
  upstream.reserve(FIRST);
  const first = await upstream.channel('one', FIRST);
  await passTime(clock, first.initialize());
  await first.channel.close();
  slow.go();
  const second = await upstream.channel('one', SECOND_ONE);
  await second.initialize({ capabilities: {} });
  expect((await second.call('state')).initialize.capabilities).toEqual({});
  expect(slow.starts()).toBe(2);
});

test('a process that nobody comes back for is ended', async ({ slow, start }) => {
  const clock = new FakeClock();
  const upstream = await start({ configs: [slow.config()], clock });
  upstream.reserve(FIRST);
  const first = await upstream.channel('one', FIRST);
  await passTime(clock, first.initialize());
  await first.channel.close();
  slow.go();
  await eventually(() => upstream.servers.stateOf('one')?.state).toBe('running');
  expect(upstream.servers.stateOf('one')?.sessions_using).toBe(0);
  clock.advance(6 * MINUTE);
  await eventually(() => upstream.servers.stateOf('one')?.instances).toEqual([]);
  expect(upstream.store.instances.all()).toEqual([]);
});

test('a start takes no longer than the server is given', async ({ slow, start }) => {
  const clock = new FakeClock();
  const upstream = await start({ configs: [slow.config({ startLimit: 10 * SECOND })], clock });
  const channel = await upstream.channel('one', FIRST);
  const { error } = await passTime(clock, channel.initialize());
  expect(error?.message).toContain('did not answer initialize in time');
});
