import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { EventOf } from '#src/shared/contract/event';
import { HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { codeOf, sessionTest } from './harness';

const test = sessionTest
  .extend('connection', { auto: true }, ({ house, client }) => {
    const connection = house.connect(client);
    house.commits = 0;
    return connection;
  })
  .extend(
    'written',
    ({ house, sessionId }) =>
      () =>
        house.timeline(sessionId).filter((event) => event.kind === 'call_completed') as EventOf<'call_completed'>[],
  );

describe('measurements of calls', () => {
  test('are written together within 250 ms', ({ house, client, transport, sessionId, written }) => {
    for (let i = 0; i < 50; i++) house.call(transport, client);
    expect(written()).toHaveLength(0);
    expect(house.commits).toBe(0);
    house.clock.advance(249);
    expect(house.commits).toBe(0);
    house.clock.advance(1);
    expect(written()).toHaveLength(50);
    expect(house.commits).toBe(1);
    expect(house.session(sessionId)).toMatchObject({ calls: 50, errors: 0 });
  });

  test('are written as soon as 200 wait', ({ house, client, transport, written }) => {
    for (let i = 0; i < 399; i++) house.call(transport, client);
    expect(written()).toHaveLength(200);
    expect(house.commits).toBe(1);
    house.call(transport, client);
    expect(written()).toHaveLength(400);
  });

  test('are written before what comes after them, so that the log is in order', ({
    house,
    client,
    transport,
    sessionId,
  }) => {
    house.call(transport, client, 5);
    house.clock.advance(10);
    house.manager.disconnect(sessionId, { kind: 'admin' });
    expect(house.kinds(sessionId)).toEqual(['session_created', 'call_completed', 'session_disconnected']);
    const times = house.timeline(sessionId).map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('carry the method, the name, the outcome and the latency', ({
    house,
    client,
    transport,
    sessionId,
    written,
  }) => {
    house.manager.enter(transport, true, client);
    const done = house.manager.requestStarted(transport);
    house.clock.advance(40);
    done({ method: 'tools/call', name: 'search', ok: false });
    done({ method: 'tools/call', name: 'twice', ok: true });
    house.manager.flush();
    expect(written().map(({ payload }) => payload)).toEqual([
      { method: 'tools/call', name: 'search', ok: false, latency_ms: expect.any(Number) },
    ]);
    const { recent_latencies, ...session } = house.session(sessionId);
    expect(session).toMatchObject({ calls: 1, errors: 1, last_activity: house.clock.now() });
    expect(recent_latencies).toHaveLength(1);
    expect(Math.abs((recent_latencies[0] ?? 0) - 40)).toBeLessThan(1);
  });

  test('of a call over which the machine slept leave the sleep out', ({ house, transport, sessionId }) => {
    const done = house.manager.requestStarted(transport);
    house.clock.advance(2 * SECOND);
    house.clock.sleep(8 * HOUR);
    house.clock.advance(3 * SECOND);
    done({ method: 'tools/call', name: 'build', ok: true });
    house.manager.flush();
    const [latency = 0] = house.session(sessionId).recent_latencies;
    expect(Math.abs(latency - 5 * SECOND)).toBeLessThan(SECOND);
  });

  test('of a call so short that a sleep within it hides it has no negative latency', ({
    house,
    transport,
    sessionId,
  }) => {
    for (let i = 0; i < 20; i++) {
      house.clock.advance(i);
      const done = house.manager.requestStarted(transport);
      house.clock.sleep(MINUTE);
      done({ method: 'tools/call', name: 'short', ok: true });
    }
    house.manager.flush();
    for (const latency of house.session(sessionId).recent_latencies) {
      expect(latency).toBeGreaterThanOrEqual(0);
      expect(latency).toBeLessThan(1);
    }
  });

  test('are not taken of a request that is no call', ({ house, client, transport, written }) => {
    house.manager.enter(transport, true, client);
    house.manager.requestStarted(transport)(null);
    house.manager.flush();
    expect(written()).toEqual([]);
  });

  test('of a call that outlives its session are kept in the log and no longer change the session', ({
    house,
    transport,
    sessionId,
    written,
  }) => {
    const done = house.manager.requestStarted(transport);
    house.manager.close(sessionId, { kind: 'admin' }, 'user');
    const closed = house.session(sessionId);
    done({ method: 'tools/call', name: 'late', ok: true });
    house.manager.flush();
    expect(written()).toHaveLength(1);
    expect(house.session(sessionId)).toEqual(closed);
    expect(house.store.sessions.get(sessionId)?.session).toEqual(closed);
  });

  test('go with the transport to the session that it was moved to within the call', async ({
    house,
    client,
    sessionId,
    written,
  }) => {
    const token = await house.issue(sessionId, client);
    const next = house.connect(client, { name: 'another program' });
    const done = house.manager.requestStarted(next.transport);
    await house.reconnect(sessionId, token, client, next.transport);
    done({ method: 'tools/call', name: 'reconnect_session', ok: true });
    house.manager.flush();
    expect(written()).toHaveLength(1);
  });
});

describe('after the stop', () => {
  test('what is still being measured is dropped, and nothing is left running for it', ({
    house,
    client,
    transport,
    written,
  }) => {
    const done = house.manager.requestStarted(transport);
    house.call(transport, client);
    house.manager.stop();
    expect(written()).toHaveLength(1);
    const pending = house.clock.pending;
    done({ method: 'tools/call', name: 'late', ok: true });
    expect(house.clock.pending).toBe(pending);
    house.clock.advance(10 * SECOND);
    expect(written()).toHaveLength(1);
    expect(house.problems).toEqual([]);
  });

  test('nothing is tried again when the last try fails', async ({ house, client, transport }) => {
    house.call(transport, client);
    house.diskIsFull = true;
    expect(await codeOf(() => house.manager.stop())).toBe('storage_unavailable');
    expect(house.clock.pending).toBe(1);
  });
});

describe('a commit of measurements that fails', () => {
  test('is tried again by itself; nothing is lost and nothing is counted twice', ({
    house,
    client,
    transport,
    sessionId,
    written,
  }) => {
    for (let i = 0; i < 30; i++) house.call(transport, client);
    house.diskIsFull = true;
    house.clock.advance(250);
    expect(house.problems).toHaveLength(1);
    expect(house.session(sessionId).calls).toBe(0);
    for (let i = 0; i < 5; i++) house.call(transport, client);
    house.diskIsFull = false;
    house.clock.advance(2 * SECOND);
    expect(written()).toHaveLength(35);
    expect(house.session(sessionId).calls).toBe(35);
    const seqs = written().map(({ seq }) => seq);
    expect(new Set(seqs).size).toBe(35);
  });

  test('is tried again by itself after a command found it', async ({
    house,
    client,
    transport,
    sessionId,
    written,
  }) => {
    house.call(transport, client);
    house.diskIsFull = true;
    expect(await codeOf(() => house.manager.disconnect(sessionId, { kind: 'admin' }))).toBe('storage_unavailable');
    house.diskIsFull = false;
    house.clock.advance(2 * SECOND);
    expect(written()).toHaveLength(1);
    expect(house.clock.pending).toBe(1);
  });

  test('is not tried with every further call, however many come', ({ house, client, transport, sessionId }) => {
    house.diskIsFull = true;
    for (let i = 0; i < 5_000; i++) house.call(transport, client);
    expect(house.problems.length).toBeLessThanOrEqual(2);
    house.clock.advance(10 * SECOND);
    expect(house.problems.length).toBeLessThanOrEqual(7);
    house.diskIsFull = false;
    house.clock.advance(2 * SECOND);
    expect(house.session(sessionId).calls).toBe(5_000);
  });

  test('keeps no more than the newest 10,000', ({ house, transport, written }) => {
    house.diskIsFull = true;
    for (let i = 0; i < 10_050; i++) {
      const done = house.manager.requestStarted(transport);
      done({ method: 'tools/call', name: `n${i}`, ok: true });
    }
    house.diskIsFull = false;
    house.clock.advance(3 * SECOND);
    const names = written().map(({ payload }) => payload.name);
    expect(names).toHaveLength(10_000);
    expect(names[0]).toBe('n50');
    expect(names.at(-1)).toBe('n10049');
  });

  test('loses and doubles nothing, whenever the disk is full and whatever else is asked', ({
    house,
    client,
    transport,
    sessionId,
    written,
  }) => {
    const action = fc.oneof(
      { weight: 6, arbitrary: fc.constant('call' as const) },
      { weight: 2, arbitrary: fc.constant('wait' as const) },
      { weight: 1, arbitrary: fc.constant('fill' as const) },
      { weight: 1, arbitrary: fc.constant('free' as const) },
      { weight: 1, arbitrary: fc.constant('flush' as const) },
      { weight: 1, arbitrary: fc.constant('command' as const) },
    );
    let calls = 0;
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const quietly = (work: () => unknown) => {
          try {
            work();
          } catch (error) {
            if (!house.diskIsFull) throw error;
          }
        };
        for (const one of actions) {
          if (one === 'call') {
            quietly(() => {
              house.call(transport, client);
              calls += 1;
            });
          } else if (one === 'wait') house.clock.advance(200);
          else if (one === 'fill') house.diskIsFull = true;
          else if (one === 'free') house.diskIsFull = false;
          else if (one === 'flush') quietly(() => house.manager.flush());
          else quietly(() => house.manager.disconnect(sessionId, { kind: 'admin' }));
        }
        house.diskIsFull = false;
        house.clock.advance(3 * SECOND);
        expect(house.session(sessionId).calls).toBe(calls);
        expect(written()).toHaveLength(calls);
        expect(house.store.sessions.get(sessionId)?.session).toEqual(house.session(sessionId));
      }),
      { numRuns: 60 },
    );
  });
});
