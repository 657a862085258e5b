import { describe, expect } from 'vitest';
import type { EventOf } from '#src/shared/contract/event';
import { DAY, HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { type Harness, harnessTest as test } from './harness';

const last = (house: Harness, sessionId: string) => house.timeline(sessionId).at(-1);

describe('after a kill', () => {
  test('what was attached is disconnected by us, and its old id restores it', async ({ house, client }) => {
    const { transport, session } = house.connect(client);
    house.manager.streamOpened(transport);
    house.clock.advance(10 * SECOND);
    const diedAt = house.clock.now();
    await house.restart('kill', 3 * SECOND);
    expect(house.session(session.session_id)).toMatchObject({ status: 'disconnected', disconnected_at: diedAt });
    expect(last(house, session.session_id)).toMatchObject({
      kind: 'session_disconnected',
      payload: { reason: 'supervisor_killed', contact_lost_at: diedAt },
    });
    house.clock.advance(SECOND);
    const back = house.manager.enter(transport, true, client).session;
    expect(back).toMatchObject({
      session_id: session.session_id,
      status: 'active',
      reconnect_count: 1,
      last_reconnect_cause: 'restored',
      disconnected_at: null,
    });
    expect(last(house, session.session_id)).toMatchObject({
      kind: 'session_reconnected',
      payload: { cause: 'restored', downtime_ms: 4 * SECOND, door: 'mcp' },
    });
  });

  test('the gap begins no earlier than the session’s last activity', async ({ house, client }) => {
    const { session } = house.connect(client);
    house.clock.advance(MINUTE);
    const { last_activity } = house.session(session.session_id);
    const death = house.clock.now();
    house.store.close();
    // The last sign of life of the run was older than what the session did.
    await house.reopen();
    house.manager.recover(last_activity - HOUR);
    expect(house.session(session.session_id).disconnected_at).toBe(last_activity);
    expect(last_activity).toBeLessThan(death);
  });

  test('what was disconnected, expired or closed before is as it was', async ({ house, client }) => {
    const gone = house.connect(client);
    house.manager.disconnect(gone.session.session_id, { kind: 'admin' });
    const closed = house.connect(house.client('Other'));
    house.manager.close(closed.session.session_id, { kind: 'admin' }, 'user');
    const before = [gone, closed].map(({ session }) => house.session(session.session_id));
    await house.restart('kill', MINUTE);
    expect([gone, closed].map(({ session }) => house.session(session.session_id))).toEqual(before);
    expect(house.manager.enter(gone.transport, true, client).session.last_reconnect_cause).toBe('resumed');
  });

  test('a client that initializes anew comes back too: its time begins with our start', async ({ house, client }) => {
    const { session } = house.connect(client);
    await house.restart('kill', 30 * MINUTE);
    house.clock.advance(MINUTE);
    expect(house.connect(client).session).toMatchObject({
      session_id: session.session_id,
      last_reconnect_cause: 'reinitialized',
      reconnect_count: 1,
    });
  });

  test('two of a client that initialize anew get new sessions: nobody knows which is which', async ({
    house,
    client,
  }) => {
    const ids = [house.connect(client), house.connect(client)].map(({ session }) => session.session_id);
    await house.restart('kill', SECOND);
    expect(ids).not.toContain(house.connect(client).session.session_id);
  });

  test('the time in which Holdfast did not run uses up no retention', async ({ house, client }) => {
    const { session, transport } = house.connect(client);
    await house.restart('kill', 3 * house.policy.retention);
    house.clock.elapse(house.policy.retention - 10 * SECOND);
    house.clock.advance(2 * SECOND);
    expect(house.session(session.session_id).status).toBe('disconnected');
    house.clock.advance(10 * SECOND);
    expect(house.session(session.session_id).status).toBe('expired');
    expect(house.manager.findTransport(transport, client.client_id)).toBeNull();
  });

  test('a session that its killed run saw in the future is lost now', async ({ house, client }) => {
    house.clock.setBy(2 * DAY);
    const { session } = house.connect(client);
    await house.restart('kill', -2 * DAY);
    expect(house.session(session.session_id).disconnected_at).toBe(house.clock.now());
  });

  test('measurements that were not written yet are the only loss', async ({ house, client }) => {
    const { transport, session } = house.connect(client);
    house.call(transport, client);
    house.clock.advance(250);
    house.call(transport, client);
    await house.restart('kill');
    expect(house.session(session.session_id).calls).toBe(1);
  });

  test('a token that was issued before works', async ({ house, client }) => {
    const { session } = house.connect(client);
    const token = await house.issue(session.session_id, client);
    await house.restart('kill', 5 * MINUTE);
    expect(await house.reconnect(session.session_id, token, client)).toMatchObject({ reconnect_count: 1 });
    expect(last(house, session.session_id)?.kind).toBe('token_issued');
    const back = house.timeline(session.session_id).at(-2) as EventOf<'session_reconnected'>;
    expect(back.payload).toMatchObject({ cause: 'token', downtime_ms: 5 * MINUTE });
  });

  test('a probe stays a probe, a stream’s loss no loss', async ({ house, client }) => {
    const transport = house.open(client);
    const probe = house.manager.enter(transport, false, client).session;
    await house.restart('kill', SECOND);
    expect(house.session(probe.session_id)).toMatchObject({ probe: true, status: 'disconnected' });
    expect(house.manager.enter(transport, false, client).session).toMatchObject({ probe: true, status: 'active' });
  });

  test('many sessions are recovered in one transaction', async ({ house, client }) => {
    for (let i = 0; i < 50; i++) house.connect(client);
    house.store.close();
    await house.reopen();
    house.commits = 0;
    house.manager.recover(house.clock.now());
    expect(house.commits).toBe(1);
    expect(house.counts).toMatchObject({ active: 0, disconnected: 50 });
  });
});

describe('a stop', () => {
  test('disconnects what is attached, writes what waits and leaves nothing for the next start', async ({
    house,
    client,
  }) => {
    const { transport, session } = house.connect(client);
    const closed = house.manager.streamOpened(transport);
    house.call(transport, client);
    house.manager.prepareStop();
    closed();
    expect(house.session(session.session_id).degraded).toBe(false);
    house.manager.stop();
    expect(house.store.sessions.get(session.session_id)?.session).toMatchObject({
      status: 'disconnected',
      calls: 1,
      disconnected_at: house.clock.now(),
    });
    const events = house.events.length;
    await house.restart('stop', 10 * SECOND);
    expect(house.events).toHaveLength(events);
    expect(house.manager.enter(transport, true, client).session).toMatchObject({
      last_reconnect_cause: 'restored',
      reconnect_count: 1,
    });
    expect(last(house, session.session_id)).toMatchObject({ payload: { downtime_ms: 10 * SECOND } });
  });

  test('is one transaction, however many sessions there are', ({ house, client }) => {
    for (let i = 0; i < 50; i++) house.connect(client);
    house.commits = 0;
    house.manager.stop();
    expect(house.commits).toBe(1);
    expect(house.counts).toMatchObject({ active: 0, disconnected: 50 });
  });
});

describe('the end of many retentions at once', () => {
  test('is one transaction too', ({ house, client }) => {
    const all = Array.from({ length: 50 }, () => house.connect(client));
    for (const { session } of all) house.manager.disconnect(session.session_id, { kind: 'admin' });
    house.clock.elapse(house.policy.retention);
    house.commits = 0;
    house.clock.advance(SECOND);
    expect(house.commits).toBe(1);
    expect(house.counts).toMatchObject({ disconnected: 0, expired: 50 });
    for (const { transport } of all) expect(house.manager.findTransport(transport, client.client_id)).toBeNull();
  });
});
