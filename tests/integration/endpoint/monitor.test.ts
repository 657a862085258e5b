import { describe, expect, vi } from 'vitest';
import type { MonitorCommand, MonitorMessage } from '#src/shared/contract/monitor-messages';
import { DAY, MINUTE, SECOND } from '#src/shared/model/units';
import type { MonitorDial } from '#tests/support/clients/monitor-client';
import { MonitorClient, monitorTest } from '#tests/support/clients/monitor-client';
import { openRaw, rawRequest, readAnswer } from '#tests/support/clients/raw-http';
import type { TestHost, TestHostOptions } from '#tests/support/hosts/test-host';
import { seededRandom } from '#tests/support/seeded-random';

const test = monitorTest.extend('hostOptions', ({ clock }) => ({ clock }));

const seqsOf = (messages: MonitorMessage[]) =>
  messages.flatMap((m) => ('seq' in m && m.type !== 'hello' ? [m.seq] : []));
const ofType = <T extends MonitorMessage['type']>(messages: MonitorMessage[], type: T) =>
  messages.filter((message): message is Extract<MonitorMessage, { type: T }> => message.type === type);
const newestSeq = (host: TestHost) => host.services.store.events.newestSeq();
const ADMIN = { kind: 'admin' } as const;

const limitedTest = (limits: TestHostOptions['limits']) =>
  test.extend('hostOptions', ({ clock }) => ({ clock, limits }));

interface Position {
  epoch: string;
  seq: number;
}

describe('a monitor that comes for the first time', () => {
  test('gets a hello and every session', async ({ clock, host, holder, open }) => {
    const { session } = host.newSession(holder);
    const client = await open();
    client.send({ type: 'snapshot' });
    const { epoch } = host.services.info();
    expect(await client.next('hello')).toEqual({
      type: 'hello',
      recovered: false,
      version: '0.0.0-test',
      epoch,
      seq: newestSeq(host),
    });
    expect(await client.next('snapshot')).toEqual({
      type: 'snapshot',
      sessions: [session],
      timestamp: clock.now(),
      epoch,
      seq: newestSeq(host),
    });
    expect(await client.settled()).toEqual([]);
  });

  test('gets them by itself when it says nothing', async ({ clock, open }) => {
    const client = await open();
    clock.advance(100);
    await client.next('hello');
    await client.next('snapshot');
  });
});

describe('events', () => {
  test('arrive at once, with the session after them', async ({ clock, host, holder, api, watch }) => {
    const client = await watch();
    const { session, transportId } = host.newSession(holder);
    const id = session.session_id;
    const created = await client.next('session_created');
    expect(created).toMatchObject({ session_id: id, epoch: host.services.info().epoch, seq: newestSeq(host) });
    expect(created.data).toEqual({ session, event: host.eventsOf(id)[0] });

    await api.get(`/api/mcp/sessions/${id}/token`);
    const updated = await client.next('session_updated');
    expect(updated.data).toMatchObject({ event: { kind: 'token_issued' }, session: { status: 'active' } });

    host.services.manager.disconnect(id, ADMIN);
    const disconnected = await client.next('session_disconnected');
    expect(disconnected.data).toMatchObject({
      event: { kind: 'session_disconnected' },
      session: { status: 'disconnected' },
    });

    clock.advance(3 * SECOND);
    host.services.manager.enter(transportId, true, holder.client);
    const reconnected = await client.next('session_reconnected');
    expect(reconnected.data).toMatchObject({
      event: { kind: 'session_reconnected', payload: { cause: 'resumed', downtime_ms: 3 * SECOND } },
      session: { status: 'active', reconnect_count: 1 },
    });

    await api.delete(`/api/mcp/sessions/${id}`);
    const closed = await client.next('session_updated');
    expect(closed.data).toMatchObject({ event: { kind: 'session_closed' }, session: { status: 'closed' } });
    expect([created, updated, disconnected, reconnected, closed].map(({ seq }) => seq)).toEqual(
      host.eventsOf(id).map(({ seq }) => seq),
    );
  });

  test('of no session are notices', async ({ host, watch }) => {
    const client = await watch();
    const { client: made } = host.newClient('new');
    const { data } = await client.next('notice');
    expect(data.event).toMatchObject({ kind: 'client_created', payload: { client_id: made.client_id, name: 'new' } });
  });

  test('are the same frame for everybody who may see them', async ({ host, holder, watch }) => {
    const all = await Promise.all([watch(), watch(), watch({ key: holder.key })]);
    const frames: string[] = [];
    const arrived = all.map(
      (client) =>
        new Promise<void>((resolve) =>
          client.socket.once('message', (data) => {
            frames.push(String(data));
            resolve();
          }),
        ),
    );
    host.newSession(holder);
    await Promise.all(arrived);
    expect(new Set(frames).size).toBe(1);
  });
});

describe('events that are asked for in batches', () => {
  test('come together, all of them and without gaps, and others get a message for each as before', async ({
    host,
    holder,
    watch,
  }) => {
    const { session_id } = host.newSession(holder).session;
    const batched = await watch({ key: host.adminKey, query: '?events=batched' });
    const single = await watch({ key: host.adminKey });
    const own = await watch({ key: holder.key, query: '?events=batched' });
    const before = newestSeq(host);
    const calls = Array.from({ length: 450 }, (_, index) => ({
      at: index,
      session_id,
      kind: 'call_completed' as const,
      payload: { method: 'tools/call', name: 't', ok: true, latency_ms: 1 },
    }));
    host.services.bus.publish(host.services.store.repository.commit({ events: calls }));
    const messages = ofType(await batched.settled(), 'events');
    expect(messages.map(({ seq, data }) => [seq, data.events.length])).toEqual([
      [before + 200, 200],
      [before + 400, 200],
      [before + 450, 50],
    ]);
    const seqs = messages.flatMap(({ data }) => data.events.map(({ seq }) => seq));
    expect(seqs).toEqual(Array.from({ length: 450 }, (_, index) => before + 1 + index));
    expect(messages[0]?.data.events[0]).toMatchObject(calls[0] as object);
    expect(ofType(await single.settled(), 'session_updated')).toHaveLength(450);
    const seen = await own.settled();
    expect([ofType(seen, 'session_updated').length, ofType(seen, 'events').length], 'who sees a part').toEqual([
      450, 0,
    ]);
  });
});

describe('health updates', () => {
  test('come every five seconds with the counts, all sessions that live and a time', async ({
    clock,
    host,
    holder,
    watch,
  }) => {
    const live = host.newSession(holder).session.session_id;
    const gone = host.newSession(holder).session.session_id;
    const ended = host.newSession(holder).session.session_id;
    host.services.manager.disconnect(gone, ADMIN);
    host.services.manager.close(ended, ADMIN, 'user');
    const client = await watch();
    for (let i = 0; i < 2; i += 1) {
      clock.advance(5 * SECOND);
      const update = await client.next('health_update');
      expect(update).toMatchObject({ epoch: host.services.info().epoch, seq: newestSeq(host) });
      expect(update.data).toMatchObject({
        status_breakdown: { active: 1, idle: 0, disconnected: 1, expired: 0, closed: 1 },
        reconnects: { total: 0, last_hour: 0, last_24h: 0 },
        timestamp: clock.now(),
      });
      expect(update.data.sessions.map(({ session_id }) => session_id).sort()).toEqual([live, gone].sort());
    }
    expect(await client.settled()).toEqual([]);
  });

  test('list no probes', async ({ clock, host, holder, watch }) => {
    const { transport_id } = host.services.manager.openTransport({
      client: holder.client,
      server: null,
      era: 'sessionful',
      protocol_version: '2025-11-25',
      initialize_params: {},
      client_name: 'prober',
      client_version: '',
    });
    host.services.manager.enter(transport_id, false, holder.client);
    const client = await watch();
    clock.advance(5 * SECOND);
    const { data } = await client.next('health_update');
    expect([data.sessions, data.probes]).toEqual([[], 1]);
  });

  test('list only what changed for those who want that', async ({ clock, host, holder, api, watch }) => {
    const quiet = host.newSession(holder).session.session_id;
    const busy = host.newSession(holder).session.session_id;
    const client = await watch({ key: host.adminKey, query: '?health=changes' });
    const everything = await watch();
    clock.advance(5 * SECOND);
    expect((await client.next('health_update')).data.sessions).toEqual([]);
    await api.get(`/api/mcp/sessions/${busy}/token`);
    await client.next('session_updated');
    clock.advance(5 * SECOND);
    const { data } = await client.next('health_update');
    expect(data.sessions.map(({ session_id }) => session_id)).toEqual([busy]);
    expect(data.status_breakdown.active).toBe(2);
    clock.advance(5 * SECOND);
    expect((await client.next('health_update')).data.sessions).toEqual([]);
    const full = ofType(await everything.settled(), 'health_update');
    expect(full).toHaveLength(3);
    expect(
      full
        .at(-1)
        ?.data.sessions.map(({ session_id }) => session_id)
        .sort(),
    ).toEqual([quiet, busy].sort());
  });

  test('are read from the database once, for 100 monitors as for one, and not at all for none', async ({
    clock,
    host,
    holder,
    watch,
  }) => {
    host.newSession(holder);
    const { sessions } = host.services.store;
    const page = vi.spyOn(sessions, 'page');
    const health = vi.spyOn(sessions, 'health');
    const healthOf = vi.spyOn(sessions, 'healthOf');
    const snapshot = vi.spyOn(sessions, 'snapshot');
    const timeline = vi.spyOn(host.services.store.events, 'timeline');
    clock.advance(MINUTE);
    for (const spy of [page, health, healthOf, snapshot, timeline]) expect(spy).not.toHaveBeenCalled();

    const session_id = host.newSession(holder).session.session_id;
    const dials = Array.from({ length: 100 }, (_, i) =>
      i % 4 === 0
        ? { key: holder.key }
        : { key: host.adminKey, query: ['', '?health=changes', `?session_id=${session_id}`][i % 3] },
    );
    const all = await Promise.all(dials.map((dial) => watch(dial)));
    for (const spy of [page, health, healthOf, snapshot, timeline]) spy.mockClear();
    clock.advance(5 * SECOND);
    for (const client of all) expect((await client.settled()).map(({ type }) => type)).toEqual(['health_update']);
    expect([page, health, healthOf, snapshot, timeline].map((spy) => spy.mock.calls.length)).toEqual([1, 1, 1, 0, 0]);

    for (const client of all) client.close();
    await Promise.all(all.map(({ closed }) => closed));
    await vi.waitFor(async () => {
      for (const spy of [page, health]) spy.mockClear();
      clock.advance(MINUTE);
      expect(page).not.toHaveBeenCalled();
      expect(health).not.toHaveBeenCalled();
    });
  });
});

describe('who sees what', () => {
  test('a client sees its own sessions and no notices', async ({ clock, host, holder, watch, open }) => {
    const mine = await watch({ key: holder.key });
    const other = host.newClient();
    host.newSession(other);
    const { session } = host.newSession(holder);
    clock.advance(5 * SECOND);
    const seen = await mine.settled();
    expect(seen.map(({ type }) => type)).toEqual(['session_created', 'health_update']);
    expect(ofType(seen, 'session_created')[0]?.session_id).toBe(session.session_id);
    const update = ofType(seen, 'health_update')[0]?.data;
    expect(update?.sessions.map(({ session_id }) => session_id)).toEqual([session.session_id]);
    expect(update?.status_breakdown.active).toBe(1);

    const late = await open({ key: other.key });
    late.send({ type: 'snapshot' });
    await late.next('hello');
    const { sessions } = await late.next('snapshot');
    expect(sessions.map(({ client_id }) => client_id)).toEqual([other.client.client_id]);
  });

  test('a session that another client took over is in sight of that one alone', async ({
    clock,
    host,
    holder,
    watch,
    open,
  }) => {
    const { session_id } = host.newSession(holder).session;
    const wide = await watch({ key: holder.key });
    const one = await watch({ key: holder.key, query: `?session_id=${session_id}` });
    const epochAndSeq = `${host.services.info().epoch}:${newestSeq(host)}`;
    const heir = host.newClient();
    const { client_id } = heir.client;
    const allowed = host.services.clients.setMayTakeOver(client_id, true);
    await host.services.manager.offerSession(session_id, allowed, false, 'window');
    await wide.next('session_updated');
    await one.next('session_updated');
    host.newSession({ ...heir, client: allowed });
    expect(host.services.manager.get(session_id, ADMIN).client_id).toBe(client_id);
    expect((await wide.next('snapshot')).sessions).toEqual([]);
    expect(await one.closed).toMatchObject({ code: 4404 });
    const late = await open({ key: holder.key, query: `?since=${epochAndSeq}` });
    const seen = await late.upTo('snapshot');
    expect(seen.at(-1)).toMatchObject({ sessions: [] });
    clock.advance(5 * SECOND);
    expect((await wide.next('health_update')).data.sessions).toEqual([]);
    expect(JSON.stringify(await wide.settled())).not.toContain(session_id);
  });

  test.for(['query', 'token'])(
    'a connection for one session (by its %s) sees that one',
    async (how, { clock, host, holder, api, open }) => {
      const one = host.newSession(holder).session.session_id;
      const two = host.newSession(holder).session.session_id;
      const { body } = await api.post('/api/mcp/monitor-token', { session_id: one });
      const dial = how === 'query' ? { key: holder.key, query: `?session_id=${one}` } : { key: body.monitor_token };
      const client = await open(dial);
      client.send({ type: 'snapshot' });
      await client.next('hello');
      expect((await client.next('snapshot')).sessions.map(({ session_id }) => session_id)).toEqual([one]);
      for (const id of [two, one]) host.services.manager.disconnect(id, ADMIN);
      expect((await client.next('session_disconnected')).session_id).toBe(one);
      clock.advance(5 * SECOND);
      const { data } = await client.next('health_update');
      expect(data.sessions.map(({ session_id }) => session_id)).toEqual([one]);
      expect(data.status_breakdown).toEqual({ active: 0, idle: 0, disconnected: 1, expired: 0, closed: 0 });
      expect(await client.settled()).toEqual([]);
    },
  );
});

describe('a monitor that comes back', () => {
  const positionAfter = async (host: TestHost, work: () => void) => {
    const client = await MonitorClient.live(host, { key: host.adminKey });
    const seq = newestSeq(host);
    client.close();
    work();
    return { epoch: host.services.info().epoch, seq };
  };
  const ways: [string, (host: TestHost, since: Position) => [dial: MonitorDial, first: MonitorCommand | null]][] = [
    ['with a command', ({ adminKey }, since) => [{ key: adminKey }, { type: 'since', ...since }]],
    ['in the first message', ({ adminKey }, since) => [{}, { type: 'auth', key: adminKey, since }]],
    ['in the address', ({ adminKey }, { epoch, seq }) => [{ key: adminKey, query: `?since=${epoch}:${seq}` }, null]],
  ];

  test.for(ways)('%s gets what it missed and goes on live', async ([_way, comeBack], { host, holder, open }) => {
    const since = await positionAfter(host, () => {
      host.newSession(holder);
      host.newClient();
      host.newSession(holder);
    });
    const [dial, first] = comeBack(host, since);
    const client = await open(dial);
    if (first) client.send(first);
    expect((await client.next('hello')).recovered).toBe(true);
    const missed = await client.settled();
    expect(missed.map(({ type }) => type)).toEqual(['session_created', 'notice', 'session_created']);
    host.newSession(holder);
    missed.push(await client.next('session_created'));
    expect(seqsOf(missed)).toEqual([1, 2, 3, 4].map((n) => since.seq + n));
  });

  test('is recovered when it missed nothing', async ({ host, open }) => {
    const client = await open();
    client.send({ type: 'since', epoch: host.services.info().epoch, seq: newestSeq(host) });
    expect((await client.next('hello')).recovered).toBe(true);
    expect(await client.settled()).toEqual([]);
  });

  test('sees no foreign events among those it missed', async ({ host, holder, open }) => {
    const since = await positionAfter(host, () => {
      host.newSession(host.newClient());
      host.newSession(holder);
    });
    const client = await open({ key: holder.key });
    client.send({ type: 'since', ...since });
    await client.next('hello');
    expect((await client.settled()).map(({ type }) => type)).toEqual(['session_created']);
  });

  test.for<[string, (host: TestHost) => Position]>([
    ['another epoch', (host) => ({ epoch: 'another', seq: newestSeq(host) })],
    ['no epoch', () => ({ epoch: '', seq: 0 })],
    ['a position of the future', (host) => ({ epoch: host.services.info().epoch, seq: newestSeq(host) + 1 })],
  ])('with %s gets a snapshot', async ([_what, since], { host, holder, open }) => {
    host.newSession(holder);
    const client = await open();
    client.send({ type: 'since', ...since(host) });
    expect((await client.next('hello')).recovered).toBe(false);
    expect((await client.next('snapshot')).sessions).toHaveLength(1);
    expect(await client.settled()).toEqual([]);
  });

  test.for(['?since=', '?since=nonsense', '?since=:', '?since=e:-1', '?since=e:1.5', '?since=e:1e99'])(
    'with the address %s gets a snapshot',
    async (query, { host, open }) => {
      const client = await open({ key: host.adminKey, query });
      expect((await client.next('hello')).recovered).toBe(false);
      await client.next('snapshot');
    },
  );

  test('after retention removed what it missed gets a snapshot', async ({ clock, host, holder, open }) => {
    const since = await positionAfter(host, () => host.newSession(holder));
    clock.sleep(31 * DAY);
    host.services.store.maintain(clock.now());
    host.newSession(holder);
    const client = await open();
    client.send({ type: 'since', ...since });
    expect((await client.next('hello')).recovered).toBe(false);
    await client.next('snapshot');
  });

  test('over a restart of Holdfast gets what it missed too', async ({ clock, host, holder, startHost }) => {
    const since = await positionAfter(host, () => host.newSession(holder));
    const { folder } = host;
    await host.stop();
    const again = await startHost({ folder, clock });
    const client = await MonitorClient.open(again, { key: again.adminKey });
    client.send({ type: 'since', ...since });
    expect((await client.next('hello')).recovered).toBe(true);
    const kinds = (await client.settled()).map((m) => ('data' in m && 'event' in m.data ? m.data.event?.kind : null));
    expect(kinds).toEqual(['session_created', 'session_disconnected', 'supervisor_stopped', 'supervisor_started']);
  });

  test('gets all of 10,000 missed events; with one more, it gets a snapshot', async ({ clock, host, holder, open }) => {
    const { session } = host.newSession(holder);
    const since = { epoch: host.services.info().epoch, seq: newestSeq(host) };
    const { store } = host.services;
    const event = { at: clock.now(), session_id: session.session_id, kind: 'stream_opened', payload: {} } as const;
    store.repository.commit({ events: Array.from({ length: 10_000 }, () => event) });
    const back = await open();
    back.send({ type: 'since', ...since });
    expect((await back.next('hello')).recovered).toBe(true);
    const missed: MonitorMessage[] = [];
    while (missed.length < 10_000) missed.push(await back.next('session_updated'));
    expect(seqsOf(missed)).toEqual(missed.map((_, i) => since.seq + i + 1));
    expect(await back.settled()).toEqual([]);

    store.repository.commit({ events: [event] });
    const late = await open();
    late.send({ type: 'since', ...since });
    expect((await late.next('hello')).recovered).toBe(false);
    await late.next('snapshot');
  });

  test('at any moment, again and again, misses nothing and gets nothing twice', async ({ host, holder, open }) => {
    const first = newestSeq(host);
    const { epoch } = host.services.info();
    const seen: number[] = [];
    let position = first;
    const random = seededRandom('cuts');
    const upTo = (n: number) => (random.bytes(1)[0] ?? 0) % n;
    for (let round = 0; round < 60; round += 1) {
      for (let i = upTo(4); i > 0; i -= 1) host.newSession(holder);
      const client = await MonitorClient.open(host, { key: host.adminKey });
      client.send({ type: 'since', epoch, seq: position });
      for (let i = upTo(8); i > 0; i -= 1) {
        host.newSession(holder);
        if (upTo(2) === 0) await new Promise(setImmediate);
      }
      if (upTo(2) === 0) await client.settled().then((messages) => client.received.unshift(...messages));
      client.close();
      await client.closed;
      const got = seqsOf(client.received);
      seen.push(...got);
      position = got.at(-1) ?? position;
    }
    const last = await open();
    last.send({ type: 'since', epoch, seq: position });
    expect((await last.next('hello')).recovered).toBe(true);
    seen.push(...seqsOf(await last.settled()));
    expect(seen).toEqual(Array.from({ length: newestSeq(host) - first }, (_, i) => first + i + 1));
    expect(seen.length).toBeGreaterThan(200);
  });
});

describe('a reconnect over the monitor', () => {
  test('is one more door to the same session', async ({ host, holder, api, watch }) => {
    const { session } = host.newSession(holder);
    const id = session.session_id;
    const { body } = await api.get(`/api/mcp/sessions/${id}/token`);
    host.services.manager.disconnect(id, ADMIN);
    const client = await watch({ key: holder.key });
    client.send({ type: 'reconnect', session_id: id, reconnect_token: body.reconnect_token });
    const seen = await client.upTo('reconnect_result');
    seen.push(...(await client.settled()));
    const result = seen.find(({ type }) => type === 'reconnect_result');
    expect(result).toEqual({
      type: 'reconnect_result',
      session_id: id,
      success: true,
      detail: 'Session reconnected',
      reconnect_count: 1,
      expires_in_minutes: 15,
      reconnect_token: expect.stringMatching(/^eyJ/),
    });
    const event = seen.find(({ type }) => type === 'session_reconnected');
    expect(event).toMatchObject({ data: { event: { payload: { cause: 'token', door: 'websocket' } } } });
  });

  test('says with its code why it was refused', async ({ host, holder, api, watch }) => {
    const { session } = host.newSession(holder);
    const stranger = await watch({ key: host.newClient().key });
    const { body } = await api.get(`/api/mcp/sessions/${session.session_id}/token`);
    const bound = await watch({ key: holder.key, query: `?session_id=${host.newSession(holder).session.session_id}` });
    for (const [client, reconnect_token, code] of [
      [await watch({ key: holder.key }), 'nonsense', 'invalid_token'],
      [stranger, body.reconnect_token, 'session_not_found'],
      [bound, body.reconnect_token, 'session_not_found'],
    ] as const) {
      client.send({ type: 'reconnect', session_id: session.session_id, reconnect_token });
      const result = (await client.upTo('reconnect_result')).at(-1);
      expect(result).toEqual({
        type: 'reconnect_result',
        session_id: session.session_id,
        success: false,
        detail: `Reconnection failed: ${code}`,
      });
    }
  });

  limitedTest({ reconnectsPerSession: 2 })('too often learns when to come back', async ({ host, holder, watch }) => {
    const { session_id } = host.newSession(holder).session;
    const client = await watch({ key: holder.key });
    const attempt = async () => {
      client.send({ type: 'reconnect', session_id, reconnect_token: 'x' });
      return (await client.upTo('reconnect_result')).at(-1);
    };
    await attempt();
    await attempt();
    const refused = await attempt();
    expect(refused).toMatchObject({ success: false, detail: 'Reconnection failed: rate_limited' });
    expect((refused as { retry_after: number }).retry_after).toBeGreaterThan(0);
  });
});

describe('what is not a command', () => {
  test.for([
    ['nonsense', 'hello'],
    ['an empty message', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['no type', '{}'],
    ['an unknown type', '{"type":"shutdown"}'],
    ['a type that every object has', '{"type":"__proto__"}'],
    ['a since without a position', '{"type":"since"}'],
    ['a since before the beginning', '{"type":"since","epoch":"e","seq":-1}'],
    ['a reconnect without a token', '{"type":"reconnect","session_id":"s"}'],
    ['a message nested 10,000 deep', '['.repeat(10_000)],
  ] as const)('(%s) is answered and the connection goes on', async ([_what, text], { host, holder, watch }) => {
    const client = await watch();
    client.socket.send(text);
    expect((await client.next('error')).detail).toContain('not understood');
    host.newSession(holder);
    await client.next('session_created');
  });

  test('(a binary message) is answered', async ({ watch }) => {
    const client = await watch();
    client.socket.send(Buffer.from('{"type":"ping"}'), { binary: true });
    expect((await client.next('error')).detail).toContain('not understood');
  });

  test('(a second key) is answered', async ({ host, holder, watch }) => {
    const client = await watch({ key: holder.key });
    client.send({ type: 'auth', key: host.adminKey });
    expect((await client.next('error')).detail).toContain('authenticated already');
  });

  test('(a message of more than 64 KiB) ends the connection with 1009', async ({ watch }) => {
    const client = await watch();
    client.socket.send(JSON.stringify({ type: 'ping', filler: 'x'.repeat(64 * 1024) }));
    expect((await client.closed).code).toBe(1009);
  });

  limitedTest({ requests: 5 })('too often has to wait', async ({ host, watch }) => {
    const client = await watch({ key: host.adminKey });
    for (let i = 0; i < 5; i += 1) client.send({ type: 'since', epoch: '', seq: 0 });
    const seen = await client.settled();
    expect(ofType(seen, 'hello')).toHaveLength(4);
    expect(ofType(seen, 'error')).toEqual([{ type: 'error', detail: expect.stringContaining('Too many tries') }]);
  });
});

describe('the end', () => {
  test('of Holdfast is announced with 1001, to monitors and to those about to become one', async ({
    host,
    watch,
    open,
  }) => {
    const client = await watch();
    const waiting = await open({});
    await host.stop();
    for (const { closed } of [client, waiting]) expect((await closed).code).toBe(1001);
  });

  test('does not wait for a monitor that does not answer', async ({ host }) => {
    const socket = await openRaw(host.port);
    socket.write(
      rawRequest('GET /api/mcp/ws/sessions', [
        ...[`Host: 127.0.0.1:${host.port}`, `Authorization: Bearer ${host.adminKey}`],
        ...['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ]),
    );
    expect((await readAnswer(socket)).status).toBe(101);
    socket.pause();
    const before = performance.now();
    await host.stop();
    expect(performance.now() - before).toBeLessThan(3_000);
    socket.destroy();
  });
});
