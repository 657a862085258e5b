import { describe, expect } from 'vitest';
import type { Client } from '#src/shared/contract/client';
import type { EventOf } from '#src/shared/contract/event';
import { isSessionId } from '#src/shared/model/ids';
import { HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { codeOf, type Harness, harnessTest as test } from './harness';

const status = (house: Harness, sessionId: string) => house.session(sessionId).status;
const disconnection = (house: Harness, sessionId: string) =>
  house
    .timeline(sessionId)
    .findLast((event) => event.kind === 'session_disconnected') as EventOf<'session_disconnected'>;

describe('idle', () => {
  test('falls idle after a minute without traffic and is active again with the next request', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    house.clock.advance(MINUTE - SECOND);
    expect(status(house, session.session_id)).toBe('active');
    house.clock.advance(2 * SECOND);
    expect(status(house, session.session_id)).toBe('idle');
    const before = house.session(session.session_id).last_activity;
    house.manager.enter(transport, true, client);
    expect(house.session(session.session_id)).toMatchObject({ status: 'active', last_activity: house.clock.now() });
    expect(house.clock.now()).toBeGreaterThan(before);
    expect(house.session(session.session_id).reconnect_count).toBe(0);
  });

  test('stays idle, not disconnected, for as long as its stream is open', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    house.manager.enter(transport, false, client);
    house.manager.streamOpened(transport);
    house.clock.advance(3 * HOUR);
    expect(status(house, session.session_id)).toBe('idle');
    expect(house.kinds(session.session_id)).toEqual(['session_created', 'session_idle']);
  });

  test('an opening stream is no use of the session: an idle one stays idle', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    house.clock.advance(2 * MINUTE);
    house.manager.enter(transport, false, client);
    expect(status(house, session.session_id)).toBe('idle');
  });
});

describe('a lost stream', () => {
  test('is degraded at once and disconnected only after the grace time', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    const closed = house.manager.streamOpened(transport);
    house.clock.advance(10 * SECOND);
    const lostAt = house.clock.now();
    closed();
    expect(house.session(session.session_id)).toMatchObject({ status: 'active', degraded: true });
    house.clock.advance(19 * SECOND);
    expect(status(house, session.session_id)).toBe('active');
    house.clock.advance(2 * SECOND);
    expect(house.session(session.session_id)).toMatchObject({
      status: 'disconnected',
      degraded: false,
      disconnected_at: lostAt,
    });
    expect(disconnection(house, session.session_id).payload).toEqual({
      reason: 'stream_lost',
      contact_lost_at: lostAt,
    });
  });

  test('that comes back within the grace time is well again, without a reconnect', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    house.manager.streamOpened(transport)();
    house.clock.advance(15 * SECOND);
    house.manager.enter(transport, false, client);
    house.manager.streamOpened(transport);
    house.clock.advance(MINUTE);
    expect(house.session(session.session_id)).toMatchObject({ degraded: false, reconnect_count: 0, status: 'idle' });
  });

  test('does not end a client that goes on calling: it stays attached and degraded', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    house.manager.streamOpened(transport)();
    for (let i = 0; i < 20; i++) {
      house.clock.advance(10 * SECOND);
      house.call(transport, client, 5);
    }
    house.clock.advance(50 * SECOND);
    expect(house.session(session.session_id)).toMatchObject({ status: 'active', degraded: true, reconnect_count: 0 });
  });

  test('is not lost while another stream of the session is open', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    const first = house.manager.streamOpened(transport);
    const second = house.manager.streamOpened(transport);
    first();
    house.clock.advance(MINUTE);
    expect(house.session(session.session_id)).toMatchObject({ degraded: false, status: 'idle' });
    second();
    expect(house.session(session.session_id).degraded).toBe(true);
  });

  test('counts once however often its end is reported', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    const first = house.manager.streamOpened(transport);
    house.manager.streamOpened(transport);
    first();
    first();
    expect(house.session(session.session_id).degraded).toBe(false);
  });

  test('of a client that died within a call ends the grace time after the call’s end, not after the quiet time', ({
    house,
    client,
  }) => {
    const { transport, session } = house.connect(client);
    const closed = house.manager.streamOpened(transport);
    house.manager.enter(transport, true, client);
    const done = house.manager.requestStarted(transport);
    house.clock.advance(SECOND);
    closed();
    house.clock.advance(3 * SECOND);
    done({ method: 'tools/call', name: 'slow', ok: true });
    const answeredAt = house.clock.now();
    house.clock.advance(19 * SECOND);
    expect(status(house, session.session_id)).toBe('active');
    house.clock.advance(2 * SECOND);
    expect(disconnection(house, session.session_id)?.payload).toEqual({
      reason: 'stream_lost',
      contact_lost_at: answeredAt,
    });
  });

  test('of a client whose connection broke within a call ends while the call still runs', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    const closed = house.manager.streamOpened(transport);
    house.manager.enter(transport, true, client);
    const done = house.manager.requestStarted(transport);
    house.clock.advance(SECOND);
    const lostAt = house.clock.now();
    closed();
    done.left();
    house.clock.advance(21 * SECOND);
    expect(disconnection(house, session.session_id)?.payload).toEqual({
      reason: 'stream_lost',
      contact_lost_at: lostAt,
    });
    done({ method: 'tools/call', name: 'slow', ok: true });
    done.left();
    house.manager.flush();
    expect(house.session(session.session_id)).toMatchObject({ status: 'disconnected', calls: 1 });
  });
});

describe('quiet', () => {
  test('disconnects a client without any stream after half an hour, and counts the gap from then', ({
    house,
    client,
  }) => {
    const { transport, session } = house.connect(client);
    house.clock.advance(30 * MINUTE - 2 * SECOND);
    expect(status(house, session.session_id)).toBe('idle');
    house.clock.advance(3 * SECOND);
    expect(status(house, session.session_id)).toBe('disconnected');
    const { reason, contact_lost_at } = disconnection(house, session.session_id).payload;
    expect(reason).toBe('quiet');
    expect(house.clock.now() - contact_lost_at).toBeLessThan(2 * SECOND);
    house.clock.advance(10 * SECOND);
    house.manager.enter(transport, true, client);
    const back = house.timeline(session.session_id).at(-1) as EventOf<'session_reconnected'>;
    expect(back.payload).toMatchObject({ cause: 'resumed', reconnect_count: 1, door: 'mcp', transport_id: transport });
    expect(back.payload.downtime_ms).toBeLessThan(12 * SECOND);
  });

  test('a request in flight keeps the session active, however long it takes', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    house.manager.streamOpened(transport)();
    const done = house.manager.requestStarted(transport);
    house.clock.advance(2 * HOUR);
    expect(status(house, session.session_id)).toBe('active');
    done({ method: 'tools/call', name: 'build', ok: true });
    house.manager.flush();
    expect(house.session(session.session_id)).toMatchObject({ calls: 1, last_activity: house.clock.now() });
  });

  test('forgets quiet transports in memory only: their ids stay good', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    house.clock.advance(2 * HOUR);
    expect(house.manager.findTransport(transport, client.client_id)?.session_id).toBe(session.session_id);
    expect(house.manager.enter(transport, true, client).session).toMatchObject({
      status: 'active',
      reconnect_count: 1,
    });
  });

  test('holds for longer than transports are remembered', async ({ open }) => {
    const patient = await open({ policy: { quietAfter: 3 * HOUR } });
    const someone = patient.client();
    patient.clock.advance(4 * HOUR);
    const { session } = patient.connect(someone);
    patient.clock.advance(2 * HOUR);
    expect(patient.session(session.session_id).status).toBe('idle');
    patient.clock.advance(HOUR + 2 * SECOND);
    expect(patient.session(session.session_id).status).toBe('disconnected');
  });
});

describe('a session with a transport that was not heard in this run', () => {
  /** Two transports of one session; after a restart and a quiet time only the first one is back. */
  async function halfBack(house: Harness, client: Client) {
    const { transport, session } = house.connect(client);
    house.manager.streamOpened(transport)();
    house.clock.advance(25 * SECOND);
    const first = house.connect(client).transport;
    const second = house.connect(client).transport;
    await house.restart('kill', SECOND);
    house.clock.advance(HOUR);
    expect(house.manager.enter(first, true, client).session.session_id).toBe(session.session_id);
    return { first, second, sessionId: session.session_id };
  }

  test('is as present as the one that came back: looking it up is no sign of life', async ({ house, client }) => {
    const { second, sessionId } = await halfBack(house, client);
    house.clock.advance(50 * SECOND);
    expect(house.manager.findTransport(second, client.client_id)?.session_id).toBe(sessionId);
    house.clock.advance(12 * SECOND);
    expect(status(house, sessionId)).toBe('idle');
  });

  test('does not vanish when the one that came back ends', async ({ house, client }) => {
    const { first, sessionId } = await halfBack(house, client);
    house.manager.endTransport(first);
    house.clock.advance(2 * SECOND);
    expect(status(house, sessionId)).toBe('active');
    house.clock.advance(30 * MINUTE);
    expect(status(house, sessionId)).toBe('disconnected');
  });

  test('does not vanish when the one that came back moves to another session', async ({ house, client }) => {
    const { first, sessionId } = await halfBack(house, client);
    const other = house.connect(client, { name: 'another program' }).session.session_id;
    await house.reconnect(other, await house.issue(other, client), client, first);
    house.clock.advance(2 * SECOND);
    expect(status(house, sessionId)).toBe('active');
  });
});

describe('sleep', () => {
  test('is nobody’s absence: a session asleep for a night is as it was', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    const closed = house.manager.streamOpened(transport);
    house.clock.advance(5 * SECOND);
    closed();
    house.clock.advance(5 * SECOND);
    house.clock.sleep(8 * HOUR);
    expect(house.session(session.session_id)).toMatchObject({ status: 'active', degraded: true });
    house.clock.advance(10 * SECOND);
    expect(status(house, session.session_id)).toBe('active');
    house.clock.advance(10 * SECOND);
    expect(status(house, session.session_id)).toBe('disconnected');
    const downtime = house.clock.now() - disconnection(house, session.session_id).payload.contact_lost_at;
    expect(downtime).toBeLessThan(30 * SECOND);
  });

  test('that is noticed by a request before the next tick does not keep a quiet session active for a night', ({
    house,
    client,
  }) => {
    const { transport, session } = house.connect(client);
    house.clock.advance(10 * SECOND);
    wakeWith(house, 8 * HOUR, () => house.manager.enter(transport, true, client));
    house.clock.advance(2 * MINUTE);
    expect(status(house, session.session_id)).toBe('idle');
    house.clock.advance(HOUR);
    expect(status(house, session.session_id)).toBe('disconnected');
  });

  test('that is noticed by a closing stream before the next tick does not put off the grace time', ({
    house,
    client,
  }) => {
    const { transport, session } = house.connect(client);
    const closed = house.manager.streamOpened(transport);
    house.clock.advance(10 * SECOND);
    wakeWith(house, 8 * HOUR, closed);
    house.clock.advance(25 * SECOND);
    expect(status(house, session.session_id)).toBe('disconnected');
  });

  test('does not use up the time in which a client may come back', async ({ house, client }) => {
    const { session } = house.connect(client);
    const token = await house.issue(session.session_id, client);
    await house.reconnect(session.session_id, token, client);
    house.clock.advance(MINUTE);
    house.clock.sleep(8 * HOUR);
    house.clock.advance(30 * SECOND);
    expect(house.connect(client).session.session_id).toBe(session.session_id);
  });

  /** On waking, `first` comes in before any timer runs. */
  function wakeWith(house: Harness, asleep: number, first: () => void): void {
    const cancel = house.clock.after(0, first);
    house.clock.sleep(asleep);
    cancel();
  }
});

describe('probes', () => {
  test('a bare stream makes no more than a probe, which no count shows until it is used', ({ house, client }) => {
    const transport = house.open(client);
    expect(house.store.sessions.snapshot(10)).toEqual([]);
    const probe = house.manager.enter(transport, false, client).session;
    house.manager.streamOpened(transport);
    expect(probe.probe).toBe(true);
    expect(house.manager.attachedCount()).toBe(0);
    expect(house.store.sessions.health(house.clock.now()).status_breakdown.active).toBe(0);
    expect(house.store.sessions.health(house.clock.now()).probes).toBe(1);
    const used = house.manager.enter(transport, true, client).session;
    expect(used).toMatchObject({ session_id: probe.session_id, probe: false });
    expect(house.manager.attachedCount()).toBe(1);
    expect(house.store.sessions.health(house.clock.now()).status_breakdown.active).toBe(1);
    expect(house.kinds(probe.session_id)).toEqual(['session_created', 'session_used']);
  });

  test('a bare handshake makes no session at all, and is forgotten after a day: its client may be in no hurry', ({
    house,
    client,
  }) => {
    const transport = house.open(client);
    house.clock.advance(24 * HOUR - MINUTE);
    house.manager.sweep();
    expect(house.manager.findTransport(transport, client.client_id)).not.toBeNull();
    house.clock.advance(2 * MINUTE);
    house.manager.sweep();
    expect(house.store.transports.get(transport)).toBeNull();
    expect(house.manager.findTransport(transport, client.client_id)).toBeNull();
    expect(house.events.filter((event) => event.session_id !== null)).toEqual([]);
  });

  test('of 300 bare handshakes of one client the newest 200 are kept; another client and what is used stay', ({
    house,
    client,
  }) => {
    const [used, foreign] = [house.connect(client).transport, house.open(house.client('Other'))];
    const all = Array.from({ length: 300 }, () => house.open(client));
    const isKept = (transport: string) => house.store.transports.get(transport) !== null;
    expect(all.map(isKept)).toEqual(all.map((_, n) => n >= 100));
    expect(all.map((transport) => house.manager.findTransport(transport, client.client_id) !== null)).toEqual(
      all.map((_, n) => n >= 100),
    );
    expect([used, foreign].every(isKept)).toBe(true);
    expect(house.effects.filter(({ effect }) => effect === 'ended')).toHaveLength(100);
  });
});

describe('the id of a session', () => {
  const reservedBy = (house: Harness, client: Client, transport: string) =>
    house.manager.findTransport(transport, client.client_id)?.reserved_session_id ?? '';

  test('is reserved when its transport opens, also over a restart, and is no session until then', async ({
    house,
    client,
  }) => {
    const transport = house.open(client);
    const reserved = reservedBy(house, client, transport);
    expect(isSessionId(reserved)).toBe(true);
    expect(house.manager.sessionExists(reserved)).toBe(false);
    await house.restart('kill', SECOND);
    expect(reservedBy(house, client, transport)).toBe(reserved);
    expect(house.manager.sessionExists(reserved)).toBe(false);
    expect(house.manager.enter(transport, true, client)).toMatchObject({
      session: { session_id: reserved },
      transport: { session_id: reserved },
    });
    expect(house.effects, 'everything is kept under it already').toEqual([]);
  });

  test('is no other’s than that transport’s, and is nobody’s when the transport comes to another session', ({
    house,
    client,
  }) => {
    const { transport, session } = house.connect(client);
    house.manager.streamOpened(transport)();
    house.clock.advance(21 * SECOND);
    const anew = house.open(client);
    const reserved = reservedBy(house, client, anew);
    expect(house.manager.enter(anew, true, client).session.session_id).toBe(session.session_id);
    expect(house.effects).toContainEqual({ effect: 'moved', transport: anew, from: null, to: session.session_id });
    expect(house.manager.sessionExists(reserved)).toBe(false);
    expect(house.store.transports.reserves(reserved)).toBe(false);
  });

  test('is kept when the session could not be made at first', async ({ house, client }) => {
    const transport = house.open(client);
    house.diskIsFull = true;
    expect(await codeOf(() => house.manager.enter(transport, true, client))).toBe('storage_unavailable');
    house.diskIsFull = false;
    expect(house.manager.enter(transport, true, client).session.session_id).toBe(reservedBy(house, client, transport));
  });
});

describe('a full disk', () => {
  test('refuses no stream that it could not record, and records it as soon as it can', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    house.manager.streamOpened(transport)();
    house.diskIsFull = true;
    const closed = house.manager.streamOpened(transport);
    expect(house.session(session.session_id).degraded).toBe(true);
    house.diskIsFull = false;
    house.clock.advance(25 * SECOND);
    expect(house.session(session.session_id)).toMatchObject({ status: 'active', degraded: false });
    closed();
    house.clock.advance(25 * SECOND);
    expect(status(house, session.session_id)).toBe('disconnected');
  });

  test('does not make a closing stream throw into its socket’s event', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    const closed = house.manager.streamOpened(transport);
    house.diskIsFull = true;
    closed();
    expect(house.problems).toHaveLength(1);
    house.diskIsFull = false;
    house.clock.advance(25 * SECOND);
    expect(status(house, session.session_id)).toBe('disconnected');
  });

  test('stops nobody who changes nothing: calls in an active session go on and are counted later', ({
    house,
    client,
  }) => {
    const { transport, session } = house.connect(client);
    house.diskIsFull = true;
    for (let i = 0; i < 3; i++) house.call(transport, client, 1_000);
    expect(house.session(session.session_id).calls).toBe(0);
    house.diskIsFull = false;
    house.clock.advance(3 * SECOND);
    expect(house.session(session.session_id)).toMatchObject({ calls: 3, status: 'active' });
  });

  test('leaves memory as the disk is: a change that was not written did not happen', async ({ house, client }) => {
    const { session } = house.connect(client);
    house.diskIsFull = true;
    expect(await codeOf(() => house.manager.disconnect(session.session_id, { kind: 'admin' }))).toBe(
      'storage_unavailable',
    );
    expect(await codeOf(() => house.connect(client))).toBe('storage_unavailable');
    expect(status(house, session.session_id)).toBe('active');
    house.diskIsFull = false;
    expect(house.store.sessions.get(session.session_id)?.session).toEqual(house.session(session.session_id));
    house.clock.advance(2 * MINUTE);
    expect(status(house, session.session_id)).toBe('idle');
  });
});

describe('the end of a session', () => {
  test('DELETE of the last transport closes it; of one of two it does not', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    house.manager.streamOpened(transport)();
    house.clock.advance(25 * SECOND);
    const second = house.open(client);
    house.manager.enter(second, true, client);
    const third = house.open(client);
    house.manager.enter(third, true, client);
    expect(house.manager.findTransport(third, client.client_id)?.session_id).toBe(session.session_id);
    house.manager.endTransport(second);
    expect(status(house, session.session_id)).toBe('active');
    expect(house.manager.findTransport(second, client.client_id)).toBeNull();
    house.manager.endTransport(third);
    expect(house.session(session.session_id)).toMatchObject({ status: 'closed', ended_at: house.clock.now() });
  });

  test('an ended transport is unknown to everything, and ends once', async ({ house, client }) => {
    const { transport } = house.connect(client);
    house.manager.endTransport(transport);
    expect(house.manager.findTransport(transport, client.client_id)).toBeNull();
    expect(await codeOf(() => house.manager.enter(transport, true, client))).toBe('session_not_found');
    expect(await codeOf(() => house.manager.streamOpened(transport))).toBe('session_not_found');
    expect(await codeOf(() => house.manager.endTransport(transport))).toBe('session_not_found');
    expect(house.effects).toContainEqual({ effect: 'ended', transport });
  });

  test('closing twice changes nothing the second time', ({ house, client }) => {
    const { session } = house.connect(client);
    house.manager.close(session.session_id, { kind: 'admin' }, 'user');
    const events = house.events.length;
    house.clock.advance(SECOND);
    const again = house.manager.close(session.session_id, { kind: 'admin' }, 'user');
    expect(again.ended_at).toBe(house.clock.now() - SECOND);
    expect(house.events).toHaveLength(events);
  });

  test('expires after its retention, ends its transports, and neither a read nor its old transport revives it', async ({
    house,
    client,
  }) => {
    const { transport, session } = house.connect(client);
    house.manager.disconnect(session.session_id, { kind: 'admin' });
    house.clock.elapse(house.policy.retention - SECOND);
    expect(house.session(session.session_id).status).toBe('disconnected');
    house.clock.advance(3 * SECOND);
    expect(house.session(session.session_id)).toMatchObject({ status: 'expired' });
    expect(house.manager.findTransport(transport, client.client_id)).toBeNull();
    expect(await codeOf(() => house.manager.enter(transport, true, client))).toBe('session_not_found');
    expect(house.manager.sessionExists(session.session_id)).toBe(true);
    expect(house.store.sessions.get(session.session_id)?.session.status).toBe('expired');
    expect(house.effects).toContainEqual({ effect: 'ended', transport });
  });

  test('is over for its old transport as soon as its retention is, whether or not a tick has come', async ({
    house,
    client,
  }) => {
    const { transport, session } = house.connect(client);
    house.manager.disconnect(session.session_id, { kind: 'admin' });
    house.clock.elapse(house.policy.retention);
    expect(await codeOf(() => house.manager.enter(transport, true, client))).toBe('session_not_found');
    expect(status(house, session.session_id)).toBe('expired');
  });

  test('removing a client ends all its sessions and nobody else’s', ({ house, client }) => {
    const other = house.client('Other');
    const mine = [house.connect(client), house.connect(client)];
    const theirs = house.connect(other);
    house.clients.remove(client.client_id);
    house.manager.closeAllOf(client.client_id);
    for (const { session } of mine) {
      expect(house.session(session.session_id).status).toBe('closed');
      expect(house.timeline(session.session_id).at(-1)).toMatchObject({ payload: { reason: 'client_removed' } });
    }
    expect(status(house, theirs.session.session_id)).toBe('active');
    const events = house.events.length;
    house.manager.closeAllOf(client.client_id);
    expect(house.events).toHaveLength(events);
  });

  test('disconnecting by hand cuts the transports and leaves the session resumable', ({ house, client }) => {
    const { transport, session } = house.connect(client);
    house.manager.disconnect(session.session_id, { kind: 'admin' });
    expect(house.effects).toContainEqual({ effect: 'cut', transport });
    expect(status(house, session.session_id)).toBe('disconnected');
    house.clock.advance(HOUR);
    expect(house.manager.enter(transport, true, client).session).toMatchObject({
      session_id: session.session_id,
      status: 'active',
      reconnect_count: 1,
      last_reconnect_cause: 'resumed',
    });
  });
});

describe('whose it is', () => {
  test('another client’s transport and session look like unknown ones', async ({ house, client }) => {
    const other = house.client('Other');
    const { transport, session } = house.connect(client);
    expect(house.manager.findTransport(transport, other.client_id)).toBeNull();
    const principal = { kind: 'client' as const, client: other };
    for (const work of [
      () => house.manager.get(session.session_id, principal),
      () => house.manager.disconnect(session.session_id, principal),
      () => house.manager.close(session.session_id, principal, 'client'),
      () => house.manager.issueReconnectToken(session.session_id, principal, 'rest'),
      () => house.manager.get('s_0000000000000000000000', principal),
    ]) {
      expect(await codeOf(work)).toBe('session_not_found');
    }
    expect(status(house, session.session_id)).toBe('active');
  });
});
