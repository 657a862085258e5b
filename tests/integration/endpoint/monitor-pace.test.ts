import { describe, expect } from 'vitest';
import { NO_TOKEN } from '#src/main/sessions/session-ports';
import type { NewEvent } from '#src/shared/contract/event';
import type { MonitorMessage } from '#src/shared/contract/monitor-messages';
import type { Session } from '#src/shared/contract/session';
import { SECOND } from '#src/shared/model/units';
import { monitorTest } from '#tests/support/clients/monitor-client';
import { openRaw, rawRequest, readAnswer } from '#tests/support/clients/raw-http';

/** What the kernel takes for a reader that does not read, on both ends, is below this. */
const MORE_THAN_THE_KERNEL_HOLDS = 24 * 1024 * 1024;
const BIG_NAME = 'x'.repeat(30_000);

const test = monitorTest
  .extend('hostOptions', ({ clock }) => ({ clock }))
  /** A session whose frames are big, so that not too many of them fill every buffer on the way. */
  .extend('bigSession', ({ host, holder }) => (): string => {
    const { manager } = host.services;
    const { transport_id } = manager.openTransport({
      client: holder.client,
      server: null,
      era: 'sessionful',
      protocol_version: '2025-11-25',
      initialize_params: {},
      client_name: BIG_NAME,
      client_version: '1',
    });
    return manager.enter(transport_id, true, holder.client).session.session_id;
  })
  .extend('publish', ({ host }) => (events: NewEvent[]): void => {
    const { store, bus } = host.services;
    bus.publish(store.repository.commit({ events }));
  })
  .extend('flood', ({ clock, publish }) => async (sessionId: string): Promise<number> => {
    const count = Math.ceil(MORE_THAN_THE_KERNEL_HOLDS / BIG_NAME.length);
    for (let i = 0; i < count; i += 1) {
      publish([{ at: clock.now(), session_id: sessionId, kind: 'stream_opened', payload: {} }]);
      await turn();
    }
    return count;
  });

const turn = () => new Promise(setImmediate);

const changesOf = (messages: MonitorMessage[], sessionId: string) =>
  messages.filter(
    (message) => message.type.startsWith('session_') && (message as { session_id: string }).session_id === sessionId,
  ) as Extract<MonitorMessage, { data: { session: Session } }>[];

describe('a monitor that does not keep up', () => {
  test('gets the latest state of what changed, then goes on live; the others get everything', async ({
    clock,
    host,
    holder,
    watch,
    bigSession,
    publish,
    flood,
  }) => {
    const busy = bigSession();
    const other = host.newSession(holder).session.session_id;
    const slow = await watch();
    const fast = await watch();
    slow.socket.pause();
    const count = await flood(busy);
    for (const id of [other, busy]) host.services.manager.disconnect(id, { kind: 'admin' });
    const all = await fast.settled();
    expect(changesOf(all, busy)).toHaveLength(count + 1);

    slow.socket.resume();
    for (const [id, kind] of [
      [busy, null],
      [other, null],
    ] as const) {
      let change = await slow.next('session_updated');
      while (change.session_id !== id || change.data.event !== kind) change = await slow.next('session_updated');
      expect(change.data.session.status, id).toBe('disconnected');
      // Whoever breaks off before the last merged change has not read up to the newest event.
      const isLast = id === other;
      if (isLast) expect(change.seq).toBe(host.services.store.events.newestSeq());
      else expect(change.seq).toBeLessThan(host.services.store.events.newestSeq());
    }
    expect(await slow.settled()).toEqual([]);
    publish([{ at: clock.now(), session_id: other, kind: 'stream_opened', payload: {} }]);
    const live = await slow.next('session_updated');
    expect(live).toMatchObject({ session_id: other, data: { event: { kind: 'stream_opened' } } });
  });

  test('is left out of health updates meanwhile', async ({ clock, watch, bigSession, flood }) => {
    const busy = bigSession();
    const slow = await watch();
    slow.socket.pause();
    await flood(busy);
    clock.advance(5 * SECOND);
    slow.socket.resume();
    const seen = (await slow.upTo('session_updated')).concat(await slow.settled());
    expect(seen.filter(({ type }) => type === 'health_update')).toEqual([]);
  });

  test('is closed with 1013 after ten seconds', async ({ clock, watch, bigSession, flood }) => {
    const busy = bigSession();
    const slow = await watch();
    const fast = await watch();
    slow.socket.pause();
    await flood(busy);
    clock.advance(5 * SECOND);
    await fast.settled();
    clock.advance(5 * SECOND);
    slow.socket.resume();
    expect((await slow.closed).code).toBe(1013);
    expect(await fast.settled()).not.toEqual([]);
  });

  test('that lets answers pile up is closed with 1013 at once', async ({ watch }) => {
    const greedy = await watch();
    greedy.socket.pause();
    const session_id = 'x'.repeat(60_000);
    for (let sent = 0; sent < 2 * MORE_THAN_THE_KERNEL_HOLDS; sent += session_id.length) {
      greedy.send({ type: 'reconnect', session_id, reconnect_token: 'x' });
    }
    while (greedy.socket.bufferedAmount > 0) await turn();
    greedy.socket.resume();
    expect((await greedy.closed).code).toBe(1013);
  });

  test('is also closed when catching up takes more than ten seconds', async ({
    clock,
    host,
    watch,
    bigSession,
    flood,
    open,
  }) => {
    const busy = bigSession();
    const { epoch } = host.services.info();
    const seq = host.services.store.events.newestSeq();
    await flood(busy);
    const slow = await open();
    slow.socket.pause();
    slow.send({ type: 'since', epoch, seq });
    const fast = await watch();
    await fast.settled();
    clock.advance(5 * SECOND);
    await fast.settled();
    clock.advance(5 * SECOND);
    slow.socket.resume();
    expect((await slow.closed).code).toBe(1013);
  });
});

describe('a monitor that reads', () => {
  test('gets a replay of many megabytes whole', async ({ host, bigSession, flood, open }) => {
    const busy = bigSession();
    const { epoch } = host.services.info();
    const seq = host.services.store.events.newestSeq();
    const count = await flood(busy);
    const client = await open();
    client.send({ type: 'since', epoch, seq });
    await client.next('hello');
    for (let i = 1; i <= count; i += 1) expect((await client.next('session_updated')).seq).toBe(seq + i);
    expect(await client.settled()).toEqual([]);
  });

  test('gets 10,000 sessions, in the snapshot and in every health update', async ({ clock, host, holder, open }) => {
    const { session } = host.newSession(holder);
    const sessions = Array.from({ length: 9_999 }, (_, i) => ({
      session: { ...session, session_id: `s_${String(i).padStart(22, '0')}` },
      token: NO_TOKEN,
      offer_hash: null,
      disconnect_reason: null,
      lost_lived: null,
    }));
    host.services.store.repository.commit({ events: [], sessions });
    const client = await open();
    client.send({ type: 'snapshot' });
    await client.next('hello');
    expect((await client.next('snapshot')).sessions).toHaveLength(10_000);
    for (let i = 0; i < 3; i += 1) {
      clock.advance(5 * SECOND);
      expect((await client.next('health_update')).data.sessions).toHaveLength(10_000);
    }
  });
});

describe('a dead monitor', () => {
  test('is removed when it answers no ping; one that lives is not', async ({ clock, host, watch }) => {
    const alive = await watch();
    const dead = await openRaw(host.port);
    dead.write(
      rawRequest('GET /api/mcp/ws/sessions', [
        ...[`Host: 127.0.0.1:${host.port}`, `Authorization: Bearer ${host.adminKey}`],
        ...['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ]),
    );
    expect((await readAnswer(dead)).status).toBe(101);
    const cut = new Promise<void>((resolve) => dead.once('close', () => resolve()));
    dead.resume();
    for (let i = 0; i < 2; i += 1) {
      clock.advance(15 * SECOND);
      await alive.settled();
    }
    await cut;
    clock.advance(15 * SECOND);
    expect(await alive.settled()).not.toEqual([]);
  });
});
