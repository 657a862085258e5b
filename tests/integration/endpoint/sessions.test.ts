import { describe, expect } from 'vitest';
import { sessionPageSchema, sessionSchema, sessionsHealthSchema } from '#src/shared/contract/session';
import { DAY, MINUTE, SECOND } from '#src/shared/model/units';
import { Api } from '#tests/support/clients/api';
import { hostTest, type TestHost } from '#tests/support/hosts/test-host';

const test = hostTest
  .extend('hostOptions', ({ clock }) => ({ clock }))
  .extend('mine', ({ host }) => host.newClient('mine'))
  .extend('theirs', ({ host }) => host.newClient('theirs'))
  .extend('api', ({ host, mine }) => new Api(host, mine.key))
  .extend('stranger', ({ host, theirs }) => new Api(host, theirs.key));

const idsOf = ({ body }: { body: { sessions: { session_id: string }[] } }) => body.sessions.map((s) => s.session_id);
const disconnect = (host: TestHost, id: string) => host.services.manager.disconnect(id, { kind: 'admin' });

describe('the list of sessions', () => {
  test('has the documented shape, in milliseconds', async ({ clock, host, api, mine }) => {
    const { session } = host.newSession(mine);
    const { status, body } = await api.get('/api/mcp/sessions');
    expect(status).toBe(200);
    expect(sessionPageSchema.strict().parse(body)).toEqual({ sessions: [session], total: 1 });
    expect(body.sessions[0]).toMatchObject({
      client_type: 'other',
      status: 'active',
      reconnect_count: 0,
      created_at: clock.now(),
      last_activity: clock.now(),
    });
  });

  test('shows a client its own and the admin all', async ({ host, api, admin, mine, theirs }) => {
    const own = host.newSession(mine).session.session_id;
    const foreign = host.newSession(theirs).session.session_id;
    expect(idsOf(await api.get('/api/mcp/sessions'))).toEqual([own]);
    expect(idsOf(await api.get(`/api/mcp/sessions?client_id=${mine.client.client_id}`))).toEqual([own]);
    expect((await api.get(`/api/mcp/sessions?client_id=${theirs.client.client_id}`)).body).toEqual({
      sessions: [],
      total: 0,
    });
    expect(idsOf(await admin.get('/api/mcp/sessions')).sort()).toEqual([own, foreign].sort());
    expect(idsOf(await admin.get(`/api/mcp/sessions?client_id=${theirs.client.client_id}`))).toEqual([foreign]);
  });

  test('is filtered, sorted and paged', async ({ clock, host, api, mine }) => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      clock.advance(1_000);
      ids.push(host.newSession(mine).session.session_id);
    }
    const [first = '', second = ''] = ids;
    disconnect(host, first);
    await api.delete(`/api/mcp/sessions/${second}`);
    const list = async (query: string) => idsOf(await api.get(`/api/mcp/sessions?${query}`));
    expect(await list('status=disconnected')).toEqual([first]);
    expect((await list('status=disconnected,closed')).sort()).toEqual([first, second].sort());
    expect((await list('status=disconnected&status=closed')).sort()).toEqual([first, second].sort());
    expect(await list('sort=created_at&order=asc')).toEqual(ids);
    expect(await list('sort=created_at&order=asc&limit=2&offset=1')).toEqual(ids.slice(1, 3));
    expect(await list(`text=${first}`)).toEqual([first]);
    expect(await list('text=%25')).toEqual([]);
    expect((await api.get('/api/mcp/sessions?limit=1')).body.total).toBe(5);
  });

  test('hides probes unless they are asked for', async ({ host, api, mine }) => {
    const { services } = host;
    const { transport_id } = services.manager.openTransport({
      client: mine.client,
      server: null,
      era: 'sessionful',
      protocol_version: '2025-11-25',
      initialize_params: {},
      client_name: 'prober',
      client_version: '',
    });
    const { session_id } = services.manager.enter(transport_id, false, mine.client).session;
    expect(idsOf(await api.get('/api/mcp/sessions'))).toEqual([]);
    expect(idsOf(await api.get('/api/mcp/sessions?include_probes=true'))).toEqual([session_id]);
  });

  test.for([
    ['limit=0', /^limit: /],
    ['limit=1001', /^limit: /],
    ['limit=ten', /^limit: must be a whole number/],
    ['limit=', /^limit: must be a whole number/],
    ['limit=1&limit=2', /^limit: /],
    ['offset=-1', /^offset: must be a whole number/],
    ['offset=1.5', /^offset: must be a whole number/],
    ['offset=99999999999999999999', /^offset: /],
    ['status=dead', /^status\.0: .*"active"/],
    ['status=', /^status\.0: /],
    ['sort=password', /^sort: .*"last_activity"/],
    ['order=up', /^order: /],
    ['include_probes=maybe', /^include_probes: /],
    [`text=${'x'.repeat(201)}`, /^text: /],
    ['statsu=active', /Unrecognized key: "statsu"/],
    ['__proto__=1', /Unrecognized key|__proto__/],
  ] as const)('says what is wrong with "%s"', async ([query, reason], { api }) => {
    const { status, body } = await api.get(`/api/mcp/sessions?${query}`);
    expect([status, body.detail]).toEqual([400, expect.stringMatching(reason)]);
  });
});

describe('names and pins', () => {
  test('are the admin’s to give and to take away', async ({ host, api, admin, mine }) => {
    const { session_id } = host.newSession(mine).session;
    const path = `/api/mcp/sessions/${session_id}`;
    const { status, body } = await admin.send('PATCH', path, { name: ' Nightly ', pinned: true });
    expect([status, body.name]).toEqual([200, 'Nightly']);
    expect(sessionSchema.strict().parse(body.session)).toMatchObject({ session_id, pinned: true });
    expect((await admin.get('/api/mcp/sessions/names')).body).toEqual({ names: { [session_id]: 'Nightly' } });
    expect((await api.get(path)).body.pinned).toBe(true);
    expect((await admin.send('PATCH', path, { name: '', pinned: false })).body).toMatchObject({
      name: null,
      session: { pinned: false },
    });
    expect((await api.send('PATCH', path, { pinned: true })).status).toBe(403);
    expect((await api.get('/api/mcp/sessions/names')).status).toBe(403);
  });

  test('say what is wrong with what they are given', async ({ host, admin, api, mine }) => {
    const { session_id } = host.newSession(mine).session;
    const path = `/api/mcp/sessions/${session_id}`;
    expect((await admin.send('PATCH', path, { name: 'x'.repeat(61) })).body.detail).toContain('at most 60 characters');
    expect((await admin.send('PATCH', path, { pined: true })).status).toBe(400);
    expect((await admin.send('PATCH', '/api/mcp/sessions/s_none', { pinned: true })).status).toBe(404);
    const alone = await admin.send('PATCH', path, { pinned: true, asks: 'guest' });
    expect([alone.status, (await api.get(path)).body.pinned], 'and do nothing by halves').toEqual([409, false]);
    await api.delete(path);
    const ended = await admin.send('PATCH', path, { pinned: true });
    expect([ended.status, ended.body.detail]).toEqual([409, expect.stringContaining('has ended')]);
  });
});

describe('the health of the sessions', () => {
  test('counts a client its own and the admin all', async ({ host, api, admin, mine, theirs }) => {
    const own = host.newSession(mine).session.session_id;
    host.newSession(mine);
    host.newSession(theirs);
    disconnect(host, own);
    const ofMine = await api.get('/api/mcp/sessions/health');
    expect(sessionsHealthSchema.strict().parse(ofMine.body)).toMatchObject({
      status_breakdown: { active: 1, idle: 0, disconnected: 1, expired: 0, closed: 0 },
      reconnects: { total: 0, last_hour: 0, last_24h: 0 },
    });
    const ofAll = await admin.get('/api/mcp/sessions/health');
    expect(sessionsHealthSchema.strict().parse(ofAll.body).status_breakdown).toMatchObject({
      active: 2,
      disconnected: 1,
    });
  });

  test('counts reconnects of the last hour and day alike for both', async ({
    clock,
    host,
    api,
    admin,
    mine,
    stranger,
  }) => {
    const { session, transportId } = host.newSession(mine);
    for (const wait of [2 * 60 * MINUTE, MINUTE]) {
      disconnect(host, session.session_id);
      clock.advance(wait);
      host.services.manager.enter(transportId, true, mine.client);
    }
    clock.advance(60 * MINUTE - 1_000);
    const expected = { total: 2, last_hour: 1, last_24h: 2 };
    expect((await api.get('/api/mcp/sessions/health')).body.reconnects).toEqual(expected);
    expect((await admin.get('/api/mcp/sessions/health')).body.reconnects).toEqual(expected);
    expect((await stranger.get('/api/mcp/sessions/health')).body.reconnects.total).toBe(0);
  });
});

describe('one session', () => {
  test('is shown to its owner and the admin; to anybody else it does not exist', async ({
    host,
    api,
    admin,
    mine,
    stranger,
  }) => {
    const { session } = host.newSession(mine);
    const path = `/api/mcp/sessions/${session.session_id}`;
    for (const owner of [api, admin])
      expect(sessionSchema.strict().parse((await owner.get(path)).body)).toEqual(session);
    const unknown = await stranger.get('/api/mcp/sessions/s_AAAAAAAAAAAAAAAAAAAAAA');
    for (const [method, to] of [
      ['GET', path],
      ['DELETE', path],
      ['GET', `${path}/events`],
      ['GET', `${path}/token`],
    ] as const) {
      const answer = await stranger.send(method, to);
      expect([answer.status, answer.body], `${method} ${to}`).toEqual([404, unknown.body]);
    }
    expect(host.services.manager.get(session.session_id, { kind: 'admin' }).status).toBe('active');
  });

  test('ends for good, once', async ({ clock, host, api, mine }) => {
    const { session } = host.newSession(mine);
    const path = `/api/mcp/sessions/${session.session_id}`;
    const ended = await api.delete(path);
    expect([ended.status, ended.body]).toEqual([
      200,
      expect.objectContaining({ status: 'closed', ended_at: clock.now() }),
    ]);
    clock.advance(MINUTE);
    const again = await api.delete(path);
    expect([again.status, again.body]).toEqual([200, ended.body]);
    const kinds = host.eventsOf(session.session_id).map((event) => event.kind);
    expect(kinds.filter((kind) => kind === 'session_closed')).toHaveLength(1);
    const { payload } = host.eventsOf(session.session_id).at(-1) ?? {};
    expect(payload).toMatchObject({ reason: 'client' });
  });

  test('ended by the admin says so in its timeline', async ({ host, admin, mine }) => {
    const { session } = host.newSession(mine);
    await admin.delete(`/api/mcp/sessions/${session.session_id}`);
    expect(host.eventsOf(session.session_id).at(-1)?.payload).toMatchObject({ reason: 'user' });
  });

  test('whose retention is over is not revived by any read', async ({ clock, host, api, mine }) => {
    const { session } = host.newSession(mine);
    const path = `/api/mcp/sessions/${session.session_id}`;
    disconnect(host, session.session_id);
    // Past its retention, but before the tick has seen it: the moment at which a read could do harm. Sleep is not lived.
    const step = 14 * SECOND;
    for (let lived = step; lived < DAY; lived += step) clock.sleep(step);
    clock.elapse(step);
    const before = host.services.store.events.newestSeq();
    const reads = [path, `${path}/events`, '/api/mcp/sessions', '/api/mcp/sessions/health', `${path}/token`];
    for (const read of reads) await api.get(read);
    const { body } = await api.get(path);
    expect(['disconnected', 'expired']).toContain(body.status);
    expect(body.last_activity).toBe(session.last_activity);
    const since = host.services.store.events.readAfter(before, 100).map((event) => event.kind);
    expect(since.filter((kind) => kind !== 'session_expired')).toEqual([]);
    clock.advance(2_000);
    expect((await api.get(path)).body).toMatchObject({ status: 'expired', last_activity: session.last_activity });
    for (const read of reads) await api.get(read);
    expect((await api.get(path)).body.status).toBe('expired');
  });
});

describe('the timeline of a session', () => {
  test('is paged by seq, newest first, and filtered by kind', async ({ host, api, mine }) => {
    const { session } = host.newSession(mine);
    for (let i = 0; i < 6; i += 1) await api.get(`/api/mcp/sessions/${session.session_id}/token`);
    const path = `/api/mcp/sessions/${session.session_id}/events`;
    const seen: number[] = [];
    let before = '';
    for (let more = true; more; ) {
      const { body } = await api.get(`${path}?limit=3${before}`);
      seen.push(...body.events.map((event: { seq: number }) => event.seq));
      more = body.has_more;
      before = `&before_seq=${seen.at(-1)}`;
    }
    expect(seen).toEqual(
      host
        .eventsOf(session.session_id)
        .map((event) => event.seq)
        .reverse(),
    );
    expect(seen).toHaveLength(7);
    const { body } = await api.get(`${path}?kinds=session_created`);
    expect(body).toMatchObject({ events: [{ kind: 'session_created' }], has_more: false });
  });
});

describe('history and clients', () => {
  test('are what the window shows', async ({ host, admin, mine, theirs }) => {
    host.newSession(mine);
    const { status, body } = await admin.get('/api/mcp/history?range=1h');
    expect([status, body.range, body.bucket_ms, body.buckets.length]).toEqual([200, '1h', MINUTE, 60]);
    expect(body.buckets.at(-1).created).toBe(1);
    expect((await admin.get('/api/mcp/history?range=1y')).body.detail).toMatch(/^range: /);
    expect((await admin.get('/api/mcp/history?range=1h&bucket=6h')).status).toBe(400);
    const clients = await admin.get('/api/mcp/clients');
    expect(clients.body.clients.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['mine', theirs.client.name]),
    );
  });

  test('a created client can connect at once, with the key that is shown this once', async ({ host, admin }) => {
    const { status, body } = await admin.post('/api/mcp/clients', { name: 'new', type: 'cursor' });
    expect([status, Object.keys(body).sort()]).toEqual([201, ['client_id', 'client_key']]);
    expect((await new Api(host, body.client_key).get('/api/mcp/sessions')).status).toBe(200);
    const listed = (await admin.get('/api/mcp/clients')).body;
    expect(JSON.stringify(listed)).not.toContain(body.client_key);
  });
});

describe('health', () => {
  test('says that Holdfast is there, which version, and since when', async ({ clock, host }) => {
    clock.advance(90_000);
    const { status, body } = await new Api(host, null).get('/api/mcp/health');
    expect([status, body]).toEqual([
      200,
      {
        status: 'ok',
        name: 'Holdfast',
        version: '0.0.0-test',
        started_at: clock.now() - 90_000,
        uptime_ms: 90_000,
      },
    ]);
  });
});
