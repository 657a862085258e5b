import { pino } from 'pino';
import { describe, expect } from 'vitest';
import { OwnTasks } from '#src/main/endpoint/mcp/tasks/own-tasks';
import { storedSessionKeys } from '#src/main/upstream/session-keys';
import type { Client } from '#src/shared/contract/client';
import type { EventOf } from '#src/shared/contract/event';
import { DAY, MINUTE, SECOND } from '#src/shared/model/units';
import { ADMIN, codeOf, type Harness, harnessTest, makeProcess } from './harness';

const THERE = makeProcess(3000);

const test = harnessTest
  .extend('heir', ({ house }) => allowed(house, 'Cursor'))
  .extend('owned', ({ house, client }) => house.connect(client));

function allowed(house: Harness, name: string): Client & { key: string } {
  const client = house.client(name);
  return { ...client, ...house.clients.setMayTakeOver(client.client_id, true) };
}

const invite = async (house: Harness, sessionId: string, to: Client): Promise<string> =>
  (await house.manager.offerSession(sessionId, to, true, 'window')).invitation ?? '';
const offer = (house: Harness, sessionId: string, to: Client) =>
  house.manager.offerSession(sessionId, to, false, 'window');
const came = (house: Harness, sessionId: string) =>
  house
    .timeline(sessionId)
    .filter((event) => event.kind === 'session_reconnected')
    .map(({ payload }) => payload as EventOf<'session_reconnected'>['payload']);

/** The client comes back, and what its next call is answered with. */
function again(house: Harness, client: Client) {
  const { transport } = house.connect(client);
  const record = house.manager.findTransport(transport, client.client_id);
  if (!record) throw new Error('it is there');
  return { news: () => house.manager.takeNews(record, client) };
}

describe('a session that is offered to a client', () => {
  test('is its next connection’s, and the old client is told where it went', async ({ house, client, heir, owned }) => {
    const { session_id } = owned.session;
    const token = await house.issue(session_id, client);
    await offer(house, session_id, heir);
    expect(house.session(session_id)).toMatchObject({ client_id: client.client_id, status: 'active' });
    expect(house.call(owned.transport, client).session_id).toBe(session_id);

    const taken = house.connect(heir, { name: 'cursor', process: THERE });
    expect(taken.session).toMatchObject({
      session_id,
      client_id: heir.client_id,
      client_name: 'cursor',
      offer: null,
      last_reconnect_cause: 'taken_over',
      reconnect_count: 1,
    });
    expect(house.manager.findTransport(owned.transport, client.client_id)).toBeNull();
    expect(house.manager.wentTo(owned.transport, client.client_id)).toMatchObject({ client: 'Cursor', told: false });
    expect(house.manager.wentTo(owned.transport, heir.client_id)).toBeNull();
    const [first, second, third] = house.effects;
    expect(first).toMatchObject({ effect: 'taken', session: session_id, sentence: expect.stringContaining('Cursor') });
    expect(second).toMatchObject({ effect: 'moved', transport: taken.transport, to: session_id });
    expect(third).toEqual({ effect: 'ended', transport: owned.transport });
    expect(await codeOf(() => house.reconnect(session_id, token, client, null))).toBe('session_not_found');
    expect(await codeOf(() => house.reconnect(session_id, token, heir, taken.transport))).toBe('token_reused');
    expect(came(house, session_id)[0]).toMatchObject({ from: { client_id: client.client_id }, door: 'mcp' });
  });

  test('goes over after a kill, too, and the old client is told once', async ({ house, client, heir, owned }) => {
    const { session_id } = owned.session;
    await offer(house, session_id, heir);
    await house.restart('kill', 5 * SECOND);
    house.connect(heir, { process: THERE });
    await house.restart('kill', 5 * SECOND);
    expect(house.session(session_id).client_id).toBe(heir.client_id);
    expect(await codeOf(() => house.manager.enter(owned.transport, true, client))).toBe('session_not_found');

    const again = house.connect(client);
    expect(again.session.session_id).not.toBe(session_id);
    const record = house.manager.findTransport(again.transport, client.client_id);
    if (!record) throw new Error('it is there');
    expect(house.manager.takeNews(record, client)).toMatchObject({ went: { client: 'Cursor' } });
    house.clock.advance(SECOND);
    expect(house.manager.takeNews(record, client)).toBeNull();
    await house.restart('kill', SECOND);
    expect(house.manager.takeNews(record, client)).toBeNull();
  });

  test('goes over with its tasks and without what waits for the old client, in one transaction', async ({
    house,
    client,
    heir,
    owned,
  }) => {
    const { session_id } = owned.session;
    const { streams, tasks } = house.store;
    streams.open({ stream_id: 'q', session_id, kind: 'get', request_ids: [], created_at: 1 });
    streams.append('q', '{"method":"notifications/resources/updated"}', 1);
    tasks.give({ server: 'a', task_id: '1', client_id: client.client_id, session_id, given_at: 1 }, false);
    const has = ({ client_id }: Client) => tasks.isGiven('a', '1', client_id);
    await offer(house, session_id, heir);
    house.diskIsFull = true;
    expect(await codeOf(() => house.connect(heir, { process: THERE }))).toBe('storage_unavailable');
    expect([streams.unsent(session_id).length, has(client), has(heir)]).toEqual([1, true, false]);
    house.diskIsFull = false;
    house.connect(heir, { process: THERE });
    // Nothing of the front has happened here: as if Holdfast was killed right after the commit.
    expect([streams.unsent(session_id), streams.waiting(session_id), has(client), has(heir)]).toEqual([
      [],
      null,
      false,
      true,
    ]);
  });

  test('holds back all that the old client calls at once, and nothing after it has been told', async ({
    house,
    client,
    heir,
    owned,
  }) => {
    const { session_id } = owned.session;
    await offer(house, session_id, heir);
    house.connect(heir, { process: THERE });
    const { news } = again(house, client);
    expect(news()).toMatchObject({ went: { client: 'Cursor' }, in: SECOND });
    house.clock.advance(SECOND / 4);
    expect(news()?.in).toBeCloseTo(SECOND - SECOND / 4, -1);
    house.clock.advance(SECOND);
    expect(news()).toBeNull();
  });

  test('is handed back: its first client is told nothing, as its servers are here', async ({
    house,
    client,
    owned,
  }) => {
    const { session_id } = owned.session;
    const heir = allowed(house, 'Cursor');
    await offer(house, session_id, heir);
    house.connect(heir, { process: THERE });
    const first = { ...client, ...house.clients.setMayTakeOver(client.client_id, true) };
    await offer(house, session_id, first);
    expect(again(house, first).news(), 'on the connection that has it').toBeNull();
    expect(house.session(session_id).client_id).toBe(client.client_id);
    expect(again(house, first).news(), 'nor on another').toBeNull();
  });

  test('is forgotten by whoever comes back more than a day later', async ({ house, client, heir, owned }) => {
    await offer(house, owned.session.session_id, heir);
    house.connect(heir, { process: THERE });
    await house.restart('kill', DAY + SECOND);
    expect(again(house, client).news()).toBeNull();
  });

  test('is told of even while nothing can be written', async ({ house, client, heir, owned }) => {
    await offer(house, owned.session.session_id, heir);
    house.connect(heir, { process: THERE });
    const { news } = again(house, client);
    house.diskIsFull = true;
    expect(news()).toMatchObject({ went: { client: 'Cursor' } });
    house.clock.advance(SECOND);
    expect(news()).toBeNull();
  });

  test('is nobody else’s: not of another process of the old client, another client or another address', async ({
    house,
    client,
    heir,
    owned,
  }) => {
    const { session_id } = owned.session;
    await offer(house, session_id, heir);
    const others = [
      house.connect(client, { process: makeProcess(4000) }),
      house.connect(house.client('Third'), { process: makeProcess(5000) }),
    ];
    for (const { session } of others) expect(session.session_id).not.toBe(session_id);
    const elsewhere = house.open(heir, { server: 'files', process: THERE });
    expect(house.manager.enter(elsewhere, true, heir).session.session_id).not.toBe(session_id);
    const other = house.manager.findTransport(others[0]?.transport ?? '', client.client_id);
    house.connect(heir, { process: THERE });
    expect(other && house.manager.takeNews(other, client), 'another chat lost nothing').toBeNull();
  });

  test('goes to another process of its own client, not back to the same', async ({ house, client, owned }) => {
    const { session_id } = owned.session;
    house.manager.setPinned(session_id, ADMIN, true, 'window');
    await offer(house, session_id, client);
    const same = house.open(client);
    house.manager.enter(same, false, client);
    expect(house.session(session_id).offer).not.toBeNull();
    const next = house.connect(client, { process: THERE });
    expect(next.session).toMatchObject({ session_id, pinned: true, last_reconnect_cause: 'taken_over' });
  });

  test('takes the place of a session that was only looked at', async ({ house, heir, owned }) => {
    const looking = house.open(heir, { process: THERE });
    const probe = house.manager.enter(looking, false, heir).session;
    await offer(house, owned.session.session_id, heir);
    expect(house.manager.enter(looking, true, heir).session.session_id).toBe(owned.session.session_id);
    expect(house.session(probe.session_id)).toMatchObject({ status: 'closed' });
  });

  test('waits for the other client when its own one quits for good, and its processes are kept', async ({
    house,
    client,
    heir,
    owned,
  }) => {
    const { session_id } = owned.session;
    await offer(house, session_id, heir);
    house.manager.endTransport(owned.transport);
    expect(house.session(session_id)).toMatchObject({ status: 'disconnected', client_id: client.client_id });
    const keys = storedSessionKeys(house.store.repository);
    expect(keys(session_id)).toMatchObject({ isOver: false, isPinned: true });
    expect(house.connect(heir, { process: THERE }).session.session_id).toBe(session_id);
    expect(keys(session_id)).toMatchObject({ isPinned: false });
  });

  test('waits for five minutes, and can be taken back', async ({ house, client, heir, owned }) => {
    const { session_id } = owned.session;
    await offer(house, session_id, heir);
    house.clock.advance(5 * MINUTE + 2 * SECOND);
    expect(house.session(session_id).offer).toBeNull();
    expect(house.kinds(session_id)).toContain('handover_ended');
    await offer(house, session_id, heir);
    house.manager.withdrawOffer(session_id);
    expect(house.connect(heir, { process: THERE }).session.session_id).not.toBe(session_id);
    expect(house.session(session_id)).toMatchObject({ client_id: client.client_id, offer: null });
  });

  test('is refused to whoever may not, and lapses with the permission', async ({ house, client, heir, owned }) => {
    const { session_id } = owned.session;
    const stranger = house.client('Stranger');
    expect(await codeOf(() => offer(house, session_id, stranger))).toBe('may_not_take_over');
    await offer(house, session_id, heir);
    const other = house.connect(client, { process: makeProcess(4000) }).session.session_id;
    expect(await codeOf(() => offer(house, other, heir))).toBe('handover_pending');
    await invite(house, other, heir);
    const without = { ...heir, ...house.clients.setMayTakeOver(heir.client_id, false) };
    expect(house.connect(without, { process: THERE }).session.session_id).not.toBe(session_id);
    house.manager.close(session_id, ADMIN, 'user');
    expect(await codeOf(() => offer(house, session_id, heir))).toBe('session_over');
    expect(await codeOf(() => offer(house, 's_none', heir))).toBe('session_not_found');
  });
});

describe('an invitation', () => {
  test('works once, for the client that is invited, on a connection at the same address', async ({
    house,
    client,
    heir,
    owned,
  }) => {
    const { session_id } = owned.session;
    const invitation = await invite(house, session_id, heir);
    const attempt = (by: Client, transport: string | null) =>
      codeOf(() => house.reconnect(session_id, invitation, by, transport));
    const third = allowed(house, 'Third');
    const theirs = house.connect(third, { process: makeProcess(5000) }).transport;
    expect(await attempt(third, theirs)).toBe('session_not_found');
    expect(await attempt(client, owned.transport)).toBe('session_not_found');
    expect(await attempt(heir, null)).toBe('invalid_token_purpose');
    expect(await attempt(heir, house.open(heir, { server: 'files', process: THERE }))).toBe('session_not_found');
    expect(house.session(session_id).client_id).toBe(client.client_id);

    const own = house.connect(heir, { process: THERE });
    expect(own.session.session_id, 'an invitation waits for its token').not.toBe(session_id);
    const answer = await house.reconnect(session_id, invitation, heir, own.transport);
    expect(answer).toMatchObject({ taken_over: true, replayed: false, reconnect_count: 1 });
    expect(house.session(session_id)).toMatchObject({ client_id: heir.client_id, offer: null });
    expect(house.session(own.session.session_id)).toMatchObject({ status: 'closed' });
    expect(await attempt(heir, own.transport)).toBe('token_reused');
    const next = await house.reconnect(session_id, answer.reconnect_token, heir, own.transport);
    expect(next).toMatchObject({ taken_over: false, reconnect_count: 2 });
  });

  test('is refused in the very chat that has the session, which goes on, and is still good for another', async ({
    house,
    client,
    owned,
  }) => {
    const { session_id } = owned.session;
    const invitation = await invite(house, session_id, client);
    const attempt = (transport: string) => codeOf(() => house.reconnect(session_id, invitation, client, transport));
    expect(await attempt(owned.transport)).toBe('handover_impossible');
    expect(await attempt(house.open(client)), 'another connection of its process').toBe('handover_impossible');
    expect(house.call(owned.transport, client).session_id).toBe(session_id);
    const other = house.connect(client, { process: THERE }).transport;
    expect(await house.reconnect(session_id, invitation, client, other)).toMatchObject({ taken_over: true });
  });

  test('of two at once, one wins', async ({ house, heir, owned }) => {
    const { session_id } = owned.session;
    const invitation = await invite(house, session_id, heir);
    const transports = [1, 2, 3].map((n) => house.connect(heir, { process: makeProcess(3000 + n) }).transport);
    const results = await Promise.allSettled(
      transports.map((transport) => house.reconnect(session_id, invitation, heir, transport)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(came(house, session_id)).toHaveLength(1);
    expect(house.store.transports.openOf(session_id)).toHaveLength(1);
  });

  test('ends with a newer one, with its time and with what it was taken back for', async ({ house, heir, owned }) => {
    const { session_id } = owned.session;
    const transport = house.connect(heir, { process: THERE }).transport;
    const attempt = (invitation: string) => codeOf(() => house.reconnect(session_id, invitation, heir, transport));
    const old = await invite(house, session_id, heir);
    const newer = await invite(house, session_id, heir);
    expect(await attempt(old)).toBe('token_reused');
    house.manager.withdrawOffer(session_id);
    expect(await attempt(newer)).toBe('token_reused');
    const late = await invite(house, session_id, heir);
    house.clock.advance(5 * MINUTE + SECOND);
    expect(await attempt(late)).toBe('token_expired');
    const lapsed = await invite(house, session_id, heir);
    const without = { ...heir, ...house.clients.setMayTakeOver(heir.client_id, false) };
    expect(await codeOf(() => house.reconnect(session_id, lapsed, without, transport))).toBe('may_not_take_over');
  });

  test('is good for nothing if the disk is full, and then works', async ({ house, client, heir, owned }) => {
    const { session_id } = owned.session;
    const transport = house.connect(heir, { process: THERE }).transport;
    const invitation = await invite(house, session_id, heir);
    house.diskIsFull = true;
    expect(await codeOf(() => house.reconnect(session_id, invitation, heir, transport))).toBe('storage_unavailable');
    house.diskIsFull = false;
    expect(house.session(session_id).client_id).toBe(client.client_id);
    expect(house.call(owned.transport, client).session_id).toBe(session_id);
    expect(await house.reconnect(session_id, invitation, heir, transport)).toMatchObject({ taken_over: true });
  });
});

describe('a session whose servers are shared', () => {
  const share = (house: Harness, sessionId: string, to: Client, invited = false) =>
    house.manager.offerSession(sessionId, to, invited, 'window', 'host');

  test('is joined by the next connection of the other client, and each stays its own', async ({
    house,
    client,
    heir,
    owned,
  }) => {
    const { session_id } = owned.session;
    await share(house, session_id, heir);
    expect(house.call(owned.transport, client).session_id).toBe(session_id);
    const joined = house.connect(heir, { name: 'cursor', process: THERE });
    const guest = joined.session.session_id;
    expect(guest).not.toBe(session_id);
    const host = { session_id, client_id: client.client_id, role: 'guest', asks: 'host' };
    expect(joined.session).toMatchObject({ client_id: heir.client_id, sharing: host, reconnect_count: 0 });
    expect(house.session(session_id)).toMatchObject({
      client_id: client.client_id,
      status: 'active',
      offer: null,
      sharing: { session_id: guest, client_id: heir.client_id, client_name: 'cursor', role: 'host' },
    });
    expect(house.effects, 'nobody lost anything').toEqual([]);
    const keys = (id: string) => storedSessionKeys(house.store.repository)(id);
    expect(keys(guest)).toMatchObject({ host: session_id });
    expect(keys(session_id)).toMatchObject({ sharing: { session_id: guest }, isOver: false });

    await house.restart('kill', 5 * SECOND);
    expect(house.session(guest).sharing).toMatchObject(host);
    expect(keys(session_id)).toMatchObject({ isAway: true, lostAt: expect.any(Number) });
    house.call(joined.transport, heir);
    expect(keys(session_id), 'kept for whoever is there').toMatchObject({ isAway: true, lostAt: null });
    house.manager.setAsked(guest, 'guest', 'window');
    expect(house.session(session_id).sharing).toMatchObject({ asks: 'guest' });
    expect(house.kinds(session_id).filter((kind) => kind.startsWith('sharing'))).toEqual([
      'sharing_started',
      'sharing_changed',
    ]);
  });

  test('ends with either of the two, in the same moment, and who stays has the servers', async ({
    house,
    client,
    heir,
    owned,
  }) => {
    const { session_id } = owned.session;
    const keys = storedSessionKeys(house.store.repository);
    await share(house, session_id, heir);
    const first = house.connect(heir, { process: THERE });
    house.manager.endTransport(first.transport);
    expect(house.session(session_id).sharing).toBeNull();
    expect(keys(first.session.session_id)).toMatchObject({ isOver: true });

    await share(house, session_id, heir);
    const second = house.connect(heir, { process: THERE });
    const guest = second.session.session_id;
    house.manager.closeAllOf(client.client_id);
    expect(house.session(guest)).toMatchObject({ status: 'active', sharing: null });
    expect(keys(session_id)).toMatchObject({ isOver: false, heir: guest });
    const ended = house.timeline(guest).filter(({ kind }) => kind === 'sharing_ended');
    expect(ended.map(({ payload }) => payload)).toEqual([
      { reason: 'other_left', client_name: owned.session.client_name, keeps: true },
    ]);
    house.manager.close(guest, ADMIN, 'user');
    expect(keys(session_id)).toMatchObject({ isOver: true });
  });

  test('hears of its own tasks only, while it shares', async ({ house, client, heir, owned }) => {
    const { session_id } = owned.session;
    const { clock, store, manager } = house;
    const services = { clock, store, manager, log: pino({ enabled: false }), servers: { runsForAll: () => false } };
    const tasksOf = (of: Client, id: string) => new OwnTasks(services, 'a', of.client_id, id);
    const isOfOthers = (tasks: OwnTasks, taskId: string) =>
      tasks.isOfOthers({ jsonrpc: '2.0', method: 'notifications/tasks/status', params: { taskId } });
    const first = tasksOf(client, session_id);
    expect(isOfOthers(first, 'new'), 'it may hear of one before it has the answer').toBe(false);
    await share(house, session_id, heir);
    const { session } = house.connect(heir, { process: THERE });
    const second = tasksOf(heir, session.session_id);
    store.tasks.give({ server: 'a', task_id: '1', client_id: client.client_id, session_id, given_at: 1 }, false);
    expect([isOfOthers(first, '1'), isOfOthers(second, '1')]).toEqual([false, true]);
    house.manager.stopSharing(session_id);
    expect(isOfOthers(second, '1')).toBe(false);
  });

  test.for(['host', 'guest'] as const)(
    'of one client: going on with the %s in the chat of the other one ends that, and the sharing',
    async (kept, { house, client, owned }) => {
      const { invitation } = await share(house, owned.session.session_id, client, true);
      const second = house.connect(client, { process: THERE });
      const { session_id: host } = owned.session;
      const { session_id: guest } = second.session;
      expect(guest).not.toBe(host);
      const joined = await house.reconnect(host, invitation ?? '', client, second.transport);
      expect(joined).toMatchObject({ session_id: guest, shared: true });

      const [goesOn, left] = kept === 'host' ? [host, guest] : [guest, host];
      const token = await house.issue(goesOn, client);
      await house.reconnect(goesOn, token, client, kept === 'host' ? second.transport : owned.transport);
      expect(house.session(goesOn)).toMatchObject({ status: 'active', sharing: null, last_reconnect_cause: 'token' });
      expect(house.session(left)).toMatchObject({ status: 'closed' });
      const [over, ended] = (['session_closed', 'sharing_ended'] as const).map((kind) =>
        house.events.findLastIndex((event) => event.kind === kind),
      );
      expect(over, 'whoever follows them hands the servers on first').toBeLessThan(ended ?? 0);
      const keys = storedSessionKeys(house.store.repository);
      expect(keys(goesOn)).toMatchObject({ isOver: false, host: null, sharing: null });
      expect(keys(left)).toMatchObject(kept === 'host' ? { isOver: true } : { heir: guest });
    },
  );

  test('by an invitation, in a session that there is; and is stopped by either', async ({ house, heir, owned }) => {
    const { session_id } = owned.session;
    const own = house.connect(heir, { process: THERE });
    const guest = own.session.session_id;
    const { invitation } = await share(house, session_id, heir, true);
    const answer = await house.reconnect(session_id, invitation ?? '', heir, own.transport);
    expect(answer).toMatchObject({ session_id: guest, shared: true, taken_over: false, reconnect_count: 0 });
    expect(await codeOf(() => house.reconnect(session_id, invitation ?? '', heir, own.transport))).toBe('token_reused');
    const third = allowed(house, 'Third');
    for (const id of [session_id, guest]) {
      expect(await codeOf(() => share(house, id, third))).toBe('session_is_shared');
      expect(await codeOf(() => offer(house, id, third))).toBe('session_is_shared');
    }
    house.manager.stopSharing(guest);
    for (const id of [session_id, guest]) expect(house.session(id).sharing).toBeNull();
    expect(storedSessionKeys(house.store.repository)(guest)).toMatchObject({ host: null });
    expect(await codeOf(() => house.manager.setAsked(guest, 'guest', 'window'))).toBe('session_not_shared');
    expect(house.manager.stopSharing(guest).sharing).toBeNull();
    const next = await house.reconnect(guest, answer.reconnect_token, heir, own.transport);
    expect(next).toMatchObject({ reconnect_count: 1 });
  });

  test('is refused in the same cases as a take-over, and nothing has changed if the disk is full', async ({
    house,
    heir,
    owned,
  }) => {
    const { session_id } = owned.session;
    expect(await codeOf(() => share(house, session_id, house.client('Stranger')))).toBe('may_not_take_over');
    const stateless = { ...heir, policy: 'stateless' as const };
    expect(await codeOf(() => share(house, session_id, stateless))).toBe('handover_impossible');
    await share(house, session_id, heir);
    const transport = house.open(heir, { process: THERE });
    house.diskIsFull = true;
    expect(await codeOf(() => house.manager.enter(transport, true, heir))).toBe('storage_unavailable');
    house.diskIsFull = false;
    expect(house.session(session_id)).toMatchObject({ sharing: null, offer: { share: 'host' } });
    expect(house.manager.enter(transport, true, heir).session.sharing).toMatchObject({ session_id });
  });
});
