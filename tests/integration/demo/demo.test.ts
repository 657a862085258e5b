import { expect } from 'vitest';
import { DEMO_CLIENT, type Demo } from '#src/shared/contract/demo';
import { HOUR } from '#src/shared/model/units';
import { windowTest as test, Window } from '#tests/integration/servers-api/support';

/** The demo pauses three times for somebody who reads. */
const WHOLE_DEMO = 60_000;

async function reaches(window: Window, phase: Demo['phase']): Promise<Demo> {
  let demo = await window.call('demo.get', {});
  const soon = { timeout: 30_000, interval: 50 };
  await expect
    .poll(async () => {
      demo = await window.call('demo.get', {});
      if (demo.phase === 'failed') throw new Error(demo.problem ?? '');
      return demo.phase;
    }, soon)
    .toBe(phase);
  return demo;
}

test('a real client connects, is killed, comes back to its session, and leaves nothing behind', {
  timeout: WHOLE_DEMO,
}, async ({ host, window }) => {
  expect(await window.call('demo.get', {})).toEqual({ phase: 'idle', session_id: null, problem: null });
  expect((await window.call('demo.start', {})).phase).toBe('starting');
  const { session_id } = await reaches(window, 'connected');
  const sessionNow = () => window.call('sessions.get', { session_id: session_id as string });
  expect(await sessionNow()).toMatchObject({ client_name: DEMO_CLIENT, probe: false });
  expect((await window.call('clients.list', {})).clients).toMatchObject([{ name: 'Demo', type_name: DEMO_CLIENT }]);
  // Another start does not start another one.
  expect((await window.call('demo.start', {})).session_id).toBe(session_id);

  expect((await reaches(window, 'dropped')).session_id).toBe(session_id);
  expect((await sessionNow()).status).toBe('disconnected');

  expect((await reaches(window, 'back')).session_id).toBe(session_id);
  expect(await sessionNow()).toMatchObject({ status: 'active', reconnect_count: 1 });

  expect(await reaches(window, 'over')).toEqual({ phase: 'over', session_id: null, problem: null });
  expect((await window.call('clients.list', {})).clients).toEqual([]);
  expect((await window.call('sessions.list', {})).sessions).toEqual([]);
  expect(host.eventsOf(session_id as string)).toEqual([]);
  // Nor does it count as anything that the user did.
  const { buckets } = await window.call('history.query', { range: '1h' });
  const counted = buckets.flatMap(({ created, disconnected, calls, errors, rejected, live_peak, reconnects }) => [
    ...[created, disconnected, calls, errors, rejected, live_peak ?? 0],
    ...Object.values(reconnects),
  ]);
  expect(counted.filter((count) => count !== 0)).toEqual([]);
  expect(new Set(buckets.map(({ availability }) => availability))).toEqual(new Set([null]));
  const { events } = await window.call('history.events', { from: 0, to: Date.now() + HOUR, limit: 100 });
  expect(events.map(({ kind }) => kind).filter((kind) => /^(client|session|reconnect|call)_/.test(kind))).toEqual([]);
  expect(host.log()).not.toMatch(/hf_[\w-]{20}/);
});

test('one that was cut off by a stop of Holdfast is gone at the next start', { timeout: WHOLE_DEMO }, async ({
  startHost,
}) => {
  const host = await startHost();
  const window = await Window.of(host);
  await window.call('demo.start', {});
  await reaches(window, 'connected');
  await host.stop();
  const again = await startHost({ folder: host.folder });
  const now = await Window.of(again);
  expect((await now.call('clients.list', {})).clients).toEqual([]);
  expect((await now.call('sessions.list', {})).sessions).toEqual([]);
  expect((await now.call('first_run.get', {})).open).toBe(true);
});
