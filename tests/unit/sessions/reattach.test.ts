import { describe, expect } from 'vitest';
import type { Client } from '#src/shared/contract/client';
import type { EventOf } from '#src/shared/contract/event';
import { HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { codeOf, type Harness, harnessTest } from './harness';

const test = harnessTest
  /** A session whose client is gone: its stream was lost and the grace time is over. */
  .extend('dropped', ({ house, client }) => (more: { name?: string; to?: Client } = {}) => {
    const connected = house.connect(more.to ?? client, more);
    house.manager.streamOpened(connected.transport)();
    house.clock.advance(21 * SECOND);
    expect(house.session(connected.session.session_id).status).toBe('disconnected');
    return connected;
  });

const reconnections = (house: Harness, sessionId: string) =>
  house.timeline(sessionId).filter((event) => event.kind === 'session_reconnected') as EventOf<'session_reconnected'>[];

describe('the old id', () => {
  test('brings the client back to its session, as long as that is kept', ({ house, client, dropped }) => {
    const { transport, session } = dropped();
    house.clock.advance(5 * MINUTE);
    const back = house.manager.enter(transport, true, client).session;
    expect(back).toMatchObject({
      session_id: session.session_id,
      status: 'active',
      reconnect_count: 1,
      last_reconnect_cause: 'resumed',
      last_activity: house.clock.now(),
      disconnected_at: null,
    });
    const [event] = reconnections(house, session.session_id);
    expect(event?.payload.downtime_ms).toBeGreaterThanOrEqual(5 * MINUTE + 20 * SECOND);
    expect(event?.payload.downtime_ms).toBeLessThanOrEqual(5 * MINUTE + 22 * SECOND);
  });

  test('counts once, though stream and request come back together', ({ house, client, dropped }) => {
    const { transport, session } = dropped();
    house.manager.enter(transport, false, client);
    house.manager.streamOpened(transport);
    house.manager.enter(transport, true, client);
    expect(house.session(session.session_id).reconnect_count).toBe(1);
  });
});

describe('the old id and a new transport at once', () => {
  test('are one return: the new one serves the same session, and the old one still does', ({
    house,
    client,
    dropped,
  }) => {
    const { transport, session } = dropped();
    house.manager.enter(transport, false, client);
    house.clock.advance(2 * SECOND);
    const anew = house.connect(client);
    expect(anew.session).toMatchObject({ session_id: session.session_id, reconnect_count: 1 });
    expect(house.manager.enter(transport, true, client).session.session_id).toBe(session.session_id);
  });

  test('are two sessions after five seconds, or when the client has another one', ({ house, client, dropped }) => {
    const { transport, session } = dropped();
    house.manager.enter(transport, true, client);
    house.clock.advance(6 * SECOND);
    const second = house.connect(client);
    expect(second.session.session_id).not.toBe(session.session_id);
    house.manager.disconnect(session.session_id, { kind: 'admin' });
    house.manager.enter(transport, true, client);
    expect([session.session_id, second.session.session_id]).not.toContain(house.connect(client).session.session_id);
  });
});

describe('initializing anew', () => {
  test('within the re-attach window comes back to the dropped session and supersedes its old transport', async ({
    house,
    client,
    dropped,
  }) => {
    const { transport, session } = dropped();
    house.clock.advance(MINUTE);
    const again = house.connect(client, { version: '1.1.0' });
    expect(again.session).toMatchObject({
      session_id: session.session_id,
      reconnect_count: 1,
      last_reconnect_cause: 'reinitialized',
      client_version: '1.1.0',
      status: 'active',
    });
    expect(house.effects).toContainEqual({ effect: 'ended', transport });
    expect(house.effects).toContainEqual({
      effect: 'moved',
      transport: again.transport,
      from: null,
      to: session.session_id,
    });
    expect(await codeOf(() => house.manager.enter(transport, true, client))).toBe('session_not_found');
    expect(house.store.transports.openOf(session.session_id).map(({ transport_id }) => transport_id)).toEqual([
      again.transport,
    ]);
  });

  test('before the grace time is over records the drop and the return, with the true downtime', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    const closed = house.manager.streamOpened(transport);
    house.clock.advance(MINUTE);
    closed();
    const lostAt = house.clock.now();
    house.clock.advance(4 * SECOND);
    const again = house.connect(client);
    expect(again.session).toMatchObject({ session_id: session.session_id, reconnect_count: 1 });
    expect(house.timeline(session.session_id).slice(-2)).toMatchObject([
      { kind: 'session_disconnected', payload: { reason: 'stream_lost', contact_lost_at: lostAt } },
      { kind: 'session_reconnected', payload: { cause: 'reinitialized', downtime_ms: 4 * SECOND } },
    ]);
  });

  test('finds a session whose client died within a call, once the call is over', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    const closed = house.manager.streamOpened(transport);
    house.manager.enter(transport, true, client);
    const done = house.manager.requestStarted(transport);
    house.clock.advance(SECOND);
    closed();
    house.clock.advance(2 * SECOND);
    done({ method: 'tools/call', name: 'slow', ok: true });
    house.clock.advance(SECOND);
    expect(house.connect(client).session.session_id).toBe(session.session_id);
  });

  test('finds a session whose client broke off a call that still runs', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    const closed = house.manager.streamOpened(transport);
    house.manager.enter(transport, true, client);
    const done = house.manager.requestStarted(transport);
    house.clock.advance(SECOND);
    closed();
    done.left();
    house.clock.advance(SECOND);
    expect(house.connect(client).session.session_id).toBe(session.session_id);
  });

  test('with another protocol version makes that the session’s, also after a restart', async ({
    house,
    client,
    dropped,
  }) => {
    const { session } = dropped();
    expect(house.connect(client, { protocol: '2025-06-18' }).session.session_id).toBe(session.session_id);
    expect(house.session(session.session_id).protocol_version).toBe('2025-06-18');
    await house.restart('kill');
    expect(house.session(session.session_id).protocol_version).toBe('2025-06-18');
  });

  test('comes back for as long as the session is kept', ({ house, client, dropped }) => {
    const { session } = dropped();
    house.clock.elapse(23 * HOUR);
    expect(house.connect(client).session.session_id).toBe(session.session_id);
    house.manager.disconnect(session.session_id, { kind: 'admin' });
    house.clock.elapse(house.policy.retention + SECOND);
    expect(house.connect(client).session.session_id).not.toBe(session.session_id);
  });

  test('starts a new session while the old one has its client', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    house.manager.streamOpened(transport);
    house.clock.advance(10 * SECOND);
    expect(house.connect(client).session.session_id).not.toBe(session.session_id);
  });

  test('starts a new session when there is more than one to choose from', ({ house, client }) => {
    const first = house.connect(client);
    const second = house.connect(client);
    house.manager.streamOpened(first.transport)();
    house.manager.streamOpened(second.transport)();
    house.clock.advance(30 * SECOND);
    const third = house.connect(client).session;
    expect([first.session.session_id, second.session.session_id]).not.toContain(third.session_id);
    expect(house.session(first.session.session_id).reconnect_count).toBe(0);
  });

  test('never comes to another client’s session, another program’s or a probe', ({ house, client, dropped }) => {
    const other = house.client('Other');
    const theirs = dropped({ to: other });
    const named = dropped({ name: 'another program' });
    const probe = house.open(client);
    const { session_id } = house.manager.enter(probe, false, client).session;
    house.manager.streamOpened(probe)();
    house.clock.advance(30 * SECOND);
    const fresh = house.connect(client).session;
    for (const id of [theirs.session.session_id, named.session.session_id, session_id]) {
      expect(fresh.session_id).not.toBe(id);
      expect(house.session(id).status).toBe('disconnected');
    }
  });

  test('never brings back what was closed', ({ house, client, dropped }) => {
    const { session } = dropped();
    house.manager.close(session.session_id, { kind: 'admin' }, 'user');
    expect(house.connect(client).session.session_id).not.toBe(session.session_id);
    expect(house.session(session.session_id).status).toBe('closed');
  });

  test('several times within five seconds is one reconnect; all of them serve the session', ({
    house,
    client,
    dropped,
  }) => {
    const { session } = dropped();
    const first = house.connect(client);
    house.clock.advance(2 * SECOND);
    const second = house.open(client);
    house.manager.enter(second, false, client);
    house.clock.advance(2 * SECOND);
    const third = house.connect(client);
    expect(third.session.session_id).toBe(session.session_id);
    expect(house.session(session.session_id).reconnect_count).toBe(1);
    expect(reconnections(house, session.session_id)).toHaveLength(1);
    for (const id of [first.transport, second, third.transport]) {
      expect(house.manager.findTransport(id, client.client_id)?.session_id).toBe(session.session_id);
    }
    house.clock.advance(2 * SECOND);
    expect(house.connect(client).session.session_id).not.toBe(session.session_id);
  });

  test('by another program within five seconds is not the same return', ({ house, client, dropped }) => {
    const { session } = dropped();
    house.connect(client);
    expect(house.connect(client, { name: 'another program' }).session.session_id).not.toBe(session.session_id);
    expect(house.connect(house.client('Other')).session.session_id).not.toBe(session.session_id);
  });
});

describe('a reconnect without a transport', () => {
  const returnedTest = test.extend('returned', async ({ house, client, dropped }) => {
    const connected = dropped();
    // Back by its old id, so that there is a token, and gone again.
    house.manager.enter(connected.transport, true, client);
    const token = await house.issue(connected.session.session_id, client);
    house.manager.streamOpened(connected.transport)();
    house.clock.advance(21 * SECOND);
    const { reconnect_count } = await house.reconnect(connected.session.session_id, token, client);
    return { ...connected, reconnect_count };
  });

  returnedTest(
    'makes the session active, and what its client opens next belongs to it',
    async ({ house, client, returned }) => {
      const { transport, session, reconnect_count } = returned;
      expect(house.session(session.session_id)).toMatchObject({ status: 'active', last_reconnect_cause: 'token' });
      house.clock.advance(MINUTE);
      const next = house.connect(client, { name: 'whatever it calls itself' });
      expect(next.session.session_id).toBe(session.session_id);
      expect(house.session(session.session_id).reconnect_count).toBe(reconnect_count);
      expect(house.effects).toContainEqual({ effect: 'ended', transport });
      expect(house.kinds(session.session_id)).toContain('transport_attached');
    },
  );

  returnedTest(
    'takes what its client opens in parallel as well, and nothing that comes later',
    async ({ house, client, returned }) => {
      const { session } = returned;
      expect(house.connect(client).session.session_id).toBe(session.session_id);
      house.clock.advance(3 * SECOND);
      expect(house.connect(client).session.session_id).toBe(session.session_id);
      house.clock.advance(3 * SECOND);
      expect(house.connect(client).session.session_id).not.toBe(session.session_id);
    },
  );

  returnedTest('waits for two minutes and no longer', async ({ house, client, returned }) => {
    const { session } = returned;
    house.clock.advance(2 * MINUTE + SECOND);
    expect(house.connect(client).session.session_id).not.toBe(session.session_id);
  });

  returnedTest('waits no longer once its old transport is used again', async ({ house, client, returned }) => {
    const { transport, session } = returned;
    house.manager.enter(transport, true, client);
    expect(house.connect(client).session.session_id).not.toBe(session.session_id);
    expect(house.manager.findTransport(transport, client.client_id)).not.toBeNull();
  });

  test('of two sessions at once gives a new transport to neither: it could be the wrong one', async ({
    house,
    client,
  }) => {
    const a = house.connect(client);
    const b = house.connect(client);
    const tokens = [
      await house.issue(a.session.session_id, client),
      await house.issue(b.session.session_id, client),
    ] as const;
    await house.reconnect(a.session.session_id, tokens[0], client);
    await house.reconnect(b.session.session_id, tokens[1], client);
    const next = house.connect(client).session.session_id;
    expect([a.session.session_id, b.session.session_id]).not.toContain(next);
  });

  test('of a session whose client is connected does not catch another window of that client', async ({
    house,
    client,
  }) => {
    const { transport, session } = house.connect(client);
    house.manager.streamOpened(transport);
    await house.reconnect(session.session_id, await house.issue(session.session_id, client), client);
    expect(house.connect(client).session.session_id).not.toBe(session.session_id);
    expect(house.manager.findTransport(transport, client.client_id)).not.toBeNull();
  });

  returnedTest('does not catch another client', async ({ house, returned }) => {
    const { session } = returned;
    expect(house.connect(house.client('Other')).session.session_id).not.toBe(session.session_id);
  });

  returnedTest('waits for nobody once the session was closed', async ({ house, client, returned }) => {
    const { session } = returned;
    house.manager.close(session.session_id, { kind: 'admin' }, 'user');
    expect(house.connect(client).session.session_id).not.toBe(session.session_id);
  });
});

describe('the stateless era', () => {
  const stateless = { era: 'stateless' } as const;

  test('that takes over a session by token finds it again after a restart', async ({ house, client }) => {
    const { transport, session } = house.connect(client);
    const token = await house.issue(session.session_id, client);
    house.manager.streamOpened(transport)();
    house.clock.advance(HOUR / 12);
    await house.reconnect(session.session_id, token, client, house.open(client, stateless));
    expect(house.session(session.session_id)).toMatchObject({ era: 'stateless', protocol_version: '2026-07-28' });
    await house.restart('kill');
    expect(house.connect(client, stateless).session).toMatchObject({
      session_id: session.session_id,
      last_reconnect_cause: 'restored',
    });
  });

  test('has one session a client, whatever transports come', ({ house, client }) => {
    const first = house.connect(client, stateless);
    const second = house.connect(client, stateless);
    expect(second.session.session_id).toBe(first.session.session_id);
    expect(house.session(first.session.session_id).reconnect_count).toBe(0);
    expect(house.connect(house.client('Other'), stateless).session.session_id).not.toBe(first.session.session_id);
  });

  test('comes back to it for as long as it is kept, and counts that', ({ house, client }) => {
    const first = house.connect(client, stateless);
    house.manager.disconnect(first.session.session_id, { kind: 'admin' });
    house.clock.advance(3 * HOUR);
    const again = house.connect(client, stateless);
    expect(again.session).toMatchObject({
      session_id: first.session.session_id,
      reconnect_count: 1,
      last_reconnect_cause: 'resumed',
      status: 'active',
    });
    house.manager.disconnect(first.session.session_id, { kind: 'admin' });
    house.clock.elapse(house.policy.retention);
    expect(house.connect(client, stateless).session.session_id).not.toBe(first.session.session_id);
  });
});
