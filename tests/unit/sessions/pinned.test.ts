import { expect } from 'vitest';
import { MOST_PINNED } from '#src/shared/model/policy';
import { MINUTE, SECOND } from '#src/shared/model/units';
import { ADMIN, codeOf, harnessTest, makeProcess } from './harness';

/** Short, so that a test can live through it second by second. */
const RETENTION = 5 * MINUTE;
const test = harnessTest.extend('house', ({ open }) => open({ policy: { retention: RETENTION } }));
const pin = true;

test('a pinned session outlives its retention, and its client comes back to it long after', async ({ house }) => {
  const client = house.client();
  const { transport, session } = house.connect(client);
  const other = house.connect(client, { name: 'other program', process: makeProcess(2000) }).session;
  house.manager.setPinned(session.session_id, ADMIN, pin, 'window');
  house.manager.disconnect(session.session_id, ADMIN);
  house.manager.disconnect(other.session_id, ADMIN);
  house.clock.advance(RETENTION + MINUTE);
  house.manager.tick();
  expect(house.session(session.session_id)).toMatchObject({ status: 'disconnected', pinned: true });
  expect(house.session(other.session_id).status).toBe('expired');
  await house.restart('kill', 3 * SECOND);
  expect(house.manager.enter(transport, true, client).session).toMatchObject({ status: 'active', pinned: true });
});

test('a pinned session is found again by its process after its retention', ({ house }) => {
  const client = house.client();
  const { session } = house.connect(client);
  house.manager.setPinned(session.session_id, ADMIN, pin, 'window');
  house.manager.disconnect(session.session_id, ADMIN);
  house.clock.advance(3 * RETENTION);
  expect(house.connect(client).session.session_id).toBe(session.session_id);
});

test('an unpinned session gets its whole retention anew', ({ house }) => {
  const { session_id } = house.connect(house.client()).session;
  house.manager.setPinned(session_id, ADMIN, pin, 'window');
  house.manager.disconnect(session_id, ADMIN);
  house.clock.advance(3 * RETENTION);
  house.manager.setPinned(session_id, ADMIN, false, 'rest');
  house.manager.tick();
  expect(house.session(session_id)).toMatchObject({ status: 'disconnected', pinned: false });
  house.clock.advance(RETENTION + SECOND);
  house.manager.tick();
  expect(house.session(session_id).status).toBe('expired');
});

test('a client that deletes its last transport leaves a pinned session, and ends any other', ({ house }) => {
  const client = house.client();
  const kept = house.connect(client);
  house.manager.setPinned(kept.session.session_id, ADMIN, pin, 'window');
  house.manager.endTransport(kept.transport);
  expect(house.session(kept.session.session_id)).toMatchObject({ status: 'disconnected', pinned: true });
  expect(house.kinds(kept.session.session_id)).toEqual(['session_created', 'session_pinned', 'session_disconnected']);
  expect(house.effects).toEqual([{ effect: 'ended', transport: kept.transport }]);
  const ended = house.connect(client, { process: makeProcess(2000) });
  house.manager.endTransport(ended.transport);
  expect(house.session(ended.session.session_id).status).toBe('closed');
});

test('a connection that goes over to another session leaves a pinned one, which is not closed', async ({ house }) => {
  const client = house.client();
  const kept = house.connect(client);
  const other = house.connect(client, { process: makeProcess(2000) }).session.session_id;
  house.manager.setPinned(kept.session.session_id, ADMIN, pin, 'window');
  await house.reconnect(other, await house.issue(other, client), client, kept.transport);
  expect(house.session(kept.session.session_id)).toMatchObject({ status: 'disconnected', pinned: true });
  const next = house.connect(client, { process: makeProcess(3000) });
  await house.reconnect(other, await house.issue(other, client), client, next.transport);
  expect(house.session(next.session.session_id).status).toBe('closed');
});

test('so many can be pinned and no more, and only what has not ended', async ({ house }) => {
  const client = house.client();
  const make = (pid: number) => house.connect(client, { process: makeProcess(pid) }).session.session_id;
  const ids = Array.from({ length: MOST_PINNED + 1 }, (_, i) => make(5000 + i));
  const [first = '', ...others] = ids;
  const last = others.pop() ?? '';
  for (const id of [first, ...others]) house.manager.setPinned(id, ADMIN, pin, 'rest');
  expect(await codeOf(() => house.manager.setPinned(last, ADMIN, pin, 'rest'))).toBe('too_many_pinned');
  expect(house.manager.setPinned(first, ADMIN, pin, 'rest').pinned).toBe(true);
  house.manager.close(first, ADMIN, 'user');
  expect(house.manager.setPinned(last, ADMIN, pin, 'rest').pinned).toBe(true);
  expect(await codeOf(() => house.manager.setPinned(first, ADMIN, pin, 'rest'))).toBe('session_over');
});

test('too many sessions that wait for one client end, those away longest first, but for pinned and busy ones', async ({
  open,
}) => {
  const house = await open({ policy: { mostLost: { ofClient: 2, inAll: 100 } } });
  const [client, other] = [house.client(), house.client()];
  const lost = (index: number, of = client) => {
    const { session } = house.connect(of, { name: `program ${index}`, process: makeProcess(1000 + index) });
    house.clock.advance(SECOND);
    house.manager.disconnect(session.session_id, ADMIN);
    return session.session_id;
  };
  const [first, pinned, busy, second, third, fourth] = [1, 2, 3, 4, 5, 6].map((index) => lost(index)) as string[];
  const elsewhere = lost(7, other);
  const here = house.connect(client, { name: 'here', process: makeProcess(2000) }).session.session_id;
  house.manager.setPinned(String(pinned), ADMIN, pin, 'window');
  expect(house.manager.endSurplus([String(busy)])).toBe(2);
  const statuses = [first, second, pinned, busy, third, fourth, elsewhere].map(
    (id) => house.session(String(id)).status,
  );
  expect(statuses).toEqual(['expired', 'expired', ...Array(5).fill('disconnected')]);
  expect(house.session(here).status).toBe('active');
  expect(house.kinds(String(first)).at(-1)).toBe('session_expired');
  expect(house.manager.endSurplus([String(busy)]), 'and no more than that').toBe(0);
});
