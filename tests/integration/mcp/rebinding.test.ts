import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { type Json, McpHttp } from '#tests/support/clients/mcp-http';
import type { McpHost } from '#tests/support/hosts/mcp-host';
import { scriptedServerTest } from '#tests/support/servers/scripted-tools';

/** Longer than a new transport may join a return. */
const LONG_AGO = 3 * 60_000;

const test = scriptedServerTest
  .extend('connected', ({ host, owner }) => async (holder = owner, name = 'test-client'): Promise<McpHttp> => {
    const mcp = new McpHttp(host, holder.key);
    await mcp.initialize('2025-11-25', name);
    return mcp;
  })
  .extend(
    'sessionOf',
    ({ host, owner }) =>
      (mcp: McpHttp, holder = owner): string | null =>
        host.services.manager.findTransport(mcp.transportId ?? '', holder.client.client_id)?.session_id ?? null,
  )
  /** A session that was used, whose client then vanished, long ago. */
  .extend('dropped', ({ clock, host, connected }) => async (): Promise<Dropped> => {
    // Every client here is in the process of the test, so the program that comes back has another name.
    const old = await connected(undefined, `program ${host.newClient().client.client_id}`);
    expect(textOf(await old.call('counter'))).toBe('1');
    const info = (await old.call('session_info')).structuredContent;
    host.services.manager.disconnect(info.session_id, { kind: 'admin' });
    clock.advance(LONG_AGO);
    return { old, sessionId: info.session_id, token: info.reconnect_token };
  });

const stateOf = (host: McpHost, sessionId: string) => host.services.manager.get(sessionId, { kind: 'admin' });
const kindsOf = (host: McpHost, sessionId: string) => host.eventsOf(sessionId).map(({ kind }) => kind);
const textOf = (result: Json): string => result.content[0].text;

interface Dropped {
  readonly old: McpHttp;
  readonly sessionId: string;
  readonly token: string;
}

const reconnect = (mcp: McpHttp, { sessionId, token }: Dropped) =>
  mcp.call('reconnect_session', { session_id: sessionId, reconnect_token: token });

describe('reconnect_session', () => {
  test('attaches a new transport to the old session: timeline, server channel and answer', async ({
    host,
    connected,
    sessionOf,
    dropped,
  }) => {
    const before = await dropped();
    const mcp = await connected();
    const result = await reconnect(mcp, before);
    expect(result.isError).toBeUndefined();
    expect(result.structuredContent).toEqual({
      success: true,
      session_id: before.sessionId,
      message: 'Session reconnected',
      reconnect_count: 1,
      reconnect_token: expect.stringMatching(/^ey/),
      expires_in_minutes: 15,
    });
    expect(sessionOf(mcp)).toBe(before.sessionId);
    expect(textOf(await mcp.call('counter')), 'the old server channel goes on counting').toBe('2');
    host.services.manager.flush();
    const [, ...timeline] = kindsOf(host, before.sessionId);
    expect(timeline.filter((kind) => kind !== 'call_completed')).toEqual([
      'token_issued',
      'session_disconnected',
      'session_reconnected',
      'token_issued',
    ]);
    expect(host.eventsOf(before.sessionId).find(({ kind }) => kind === 'session_reconnected')?.payload).toMatchObject({
      cause: 'token',
      door: 'tool',
      transport_id: mcp.transportId,
      downtime_ms: LONG_AGO,
    });
    expect(
      host.services.store.sessions.page({ include_probes: true, sort: 'created_at', order: 'asc', limit: 9, offset: 0 })
        .total,
    ).toBe(1);
  });

  test('ends the transport that the session had', async ({ connected, dropped }) => {
    const before = await dropped();
    await reconnect(await connected(), before);
    expect((await before.old.request('ping')).status).toBe(404);
  });

  test("closes the session that the transport leaves, and its open stream goes on as the old one's", async ({
    server,
    host,
    connected,
    sessionOf,
    dropped,
  }) => {
    const before = await dropped();
    const mcp = await connected();
    const stream = (await mcp.get()).stream;
    const left = sessionOf(mcp) ?? '';
    expect(stateOf(host, left).probe).toBe(true);
    await reconnect(mcp, before);
    expect(host.eventsOf(left).at(-1)).toMatchObject({
      kind: 'session_closed',
      payload: { reason: 'superseded', superseded_by: before.sessionId },
    });
    expect(stateOf(host, before.sessionId)).toMatchObject({ status: 'active', degraded: false });
    await server.announce('hello again', 0);
    expect((await stream?.message())?.message.params.data).toBe('hello again');
  });

  test('makes the events of the old session available: those sent on the stream, and those of the lost calls', async ({
    clock,
    server,
    owner,
    connected,
  }) => {
    const old = await connected();
    const answer = old.request('tools/call', { name: 'slow', arguments: { name: 'a' } });
    await server.gate.arrived('a');
    clock.advance(50);
    const { stream } = await answer;
    await stream?.next();
    const last = (await stream?.next())?.id ?? '';
    const info = (await old.call('session_info')).structuredContent;
    stream?.cut();
    const mcp = await connected(owner, 'another-program');
    const standalone = (await mcp.get()).stream;
    await server.announce('before');
    const pushed = (await standalone?.message())?.id;
    await reconnect(mcp, { old, sessionId: info.session_id, token: info.reconnect_token });
    server.gate.open('a', 'the late answer');
    const replay = (await mcp.get(last)).stream;
    expect(textOf((await replay?.message())?.message.result)).toBe('the late answer');
    expect((await mcp.get(pushed)).status, 'the id from before the move').toBe(200);
  });

  test('of a client without a session makes none when it fails', async ({ connected, sessionOf, dropped }) => {
    const before = await dropped();
    const mcp = await connected();
    const result = await reconnect(mcp, { ...before, token: 'nonsense' });
    expect(result).toMatchObject({ isError: true, structuredContent: { success: false, code: 'invalid_token' } });
    expect(sessionOf(mcp)).toBeNull();
  });

  test('tells each failure by its code and what to do', async ({ clock, host, connected, dropped }) => {
    const before = await dropped();
    const mcp = await connected();
    const other = await dropped();
    const stranger = host.newClient();
    const theirs = await connected(stranger);
    const code = async (attempt: Promise<Json>) => {
      const { structuredContent, content, isError } = await attempt;
      expect(isError).toBe(true);
      expect(content[0].text).toBe(`${structuredContent.code}: ${structuredContent.detail}`);
      return structuredContent.code;
    };
    expect(await code(reconnect(mcp, { ...before, token: other.token }))).toBe('session_id_mismatch');
    expect(await code(reconnect(mcp, { ...before, sessionId: 's_AAAAAAAAAAAAAAAAAAAAAA' }))).toBe('session_not_found');
    expect(await code(reconnect(theirs, before))).toBe('session_not_found');
    expect(await code(reconnect(mcp, { ...before, token: `${before.token}x` }))).toBe('invalid_token');
    expect(await code(reconnect(mcp, { ...before, token: 'x'.repeat(100_000) }))).toBe('invalid_token');
    await reconnect(mcp, before);
    clock.advance(11_000);
    expect(await code(reconnect(mcp, before))).toBe('token_reused');
    const ended = await dropped();
    host.services.manager.close(ended.sessionId, { kind: 'admin' }, 'user');
    expect(await code(reconnect(mcp, ended))).toBe('session_already_disconnected');
    clock.advance(16 * 60_000);
    expect(await code(reconnect(mcp, other))).toBe('token_expired');
  });

  test('never leaves a token in the database file, however long the answer takes', async ({
    clock,
    host,
    owner,
    connected,
    dropped,
  }) => {
    const before = await dropped();
    const mcp = await connected();
    const answer = mcp.request('tools/call', {
      name: 'reconnect_session',
      arguments: { session_id: before.sessionId, reconnect_token: before.token },
    });
    clock.advance(60);
    const next = (await answer).json.result.structuredContent.reconnect_token;
    host.services.manager.flush();
    const files = ['holdfast.db', 'holdfast.db-wal']
      .map((name) => readFileSync(join(host.folder, name), 'latin1'))
      .join();
    expect(files).toContain(before.sessionId);
    for (const secret of [before.token, next, owner.key]) {
      expect(files.includes(secret)).toBe(false);
      expect(host.log().includes(secret)).toBe(false);
    }
  });
});

describe('other own tools', () => {
  test("session_info is about the session of the call, or one of the client's own", async ({
    host,
    connected,
    sessionOf,
    dropped,
  }) => {
    const before = await dropped();
    const mcp = await connected();
    const own = (await mcp.call('session_info')).structuredContent;
    expect(own).toMatchObject({
      success: true,
      session_id: sessionOf(mcp),
      session: { status: 'active', client_version: '1.2.3' },
    });
    expect(own.reconnect_token).toMatch(/^ey/);
    const other = (await mcp.call('session_info', { session_id: before.sessionId })).structuredContent;
    expect(other).toMatchObject({ session: { status: 'disconnected' }, reconnect_token: null });
    const theirs = await connected(host.newClient());
    expect((await theirs.call('session_info', { session_id: before.sessionId })).structuredContent.code).toBe(
      'session_not_found',
    );
  });

  test("list_sessions lists nobody else's", async ({ host, connected, sessionOf, dropped }) => {
    const before = await dropped();
    const stranger = host.newClient();
    const theirs = await connected(stranger);
    const list = (await theirs.call('list_sessions')).structuredContent;
    expect(list.sessions.map((session: Json) => session.session_id)).toEqual([sessionOf(theirs, stranger)]);
    const mine = (await (await connected()).call('list_sessions', { status: ['disconnected'] })).structuredContent;
    expect(mine.sessions.map((session: Json) => session.session_id)).toEqual([before.sessionId]);
  });

  test("end_session ends one of the client's own for good, and nobody else's", async ({ host, connected, dropped }) => {
    const before = await dropped();
    const theirs = await connected(host.newClient());
    const refused = await theirs.call('end_session', { session_id: before.sessionId });
    expect(refused.structuredContent.code).toBe('session_not_found');
    expect(stateOf(host, before.sessionId).status).toBe('disconnected');
    await (await connected()).call('end_session', { session_id: before.sessionId });
    expect(stateOf(host, before.sessionId).status).toBe('closed');
  });

  test('health_check tells version, uptime and attached sessions', async ({ clock, connected }) => {
    const mcp = await connected();
    clock.advance(60_000);
    expect((await mcp.call('health_check')).structuredContent).toEqual({
      success: true,
      status: 'ok',
      version: '0.0.0-test',
      uptime_ms: 60_000,
      attached_sessions: 1,
    });
  });
});

describe('a session', () => {
  test('is made by the first request that matters, not by a handshake or pings', async ({
    host,
    connected,
    sessionOf,
  }) => {
    const mcp = await connected();
    await mcp.request('ping');
    await mcp.post({ jsonrpc: '2.0', method: 'notifications/roots/list_changed' });
    expect(sessionOf(mcp)).toBeNull();
    await mcp.request('tools/list');
    expect(stateOf(host, sessionOf(mcp) ?? '')).toMatchObject({
      probe: false,
      client_name: 'test-client',
      status: 'active',
    });
  });

  test('that a bare stream made is a probe until it is used', async ({ host, connected, sessionOf }) => {
    const mcp = await connected();
    await mcp.get();
    expect(stateOf(host, sessionOf(mcp) ?? '').probe).toBe(true);
    await mcp.request('tools/list');
    expect(stateOf(host, sessionOf(mcp) ?? '').probe).toBe(false);
  });

  test('counts its calls with name and outcome', async ({ host, connected, sessionOf }) => {
    const mcp = await connected();
    await mcp.call('counter');
    await mcp.call('session_info', { session_id: 's_AAAAAAAAAAAAAAAAAAAAAA' });
    await mcp.call('no_such_tool');
    host.services.manager.flush();
    const calls = host.eventsOf(sessionOf(mcp) ?? '').filter(({ kind }) => kind === 'call_completed');
    expect(calls.map(({ payload }) => payload)).toMatchObject([
      { method: 'tools/call', name: 'counter', ok: true },
      { method: 'tools/call', name: 'session_info', ok: false },
      { method: 'tools/call', name: 'no_such_tool', ok: false },
    ]);
    expect(stateOf(host, sessionOf(mcp) ?? '')).toMatchObject({ calls: 3, errors: 2 });
  });

  test('of a disconnected client comes back with the first sign of life, even a ping', async ({
    host,
    connected,
    sessionOf,
  }) => {
    const mcp = await connected();
    await mcp.request('tools/list');
    host.services.manager.disconnect(sessionOf(mcp) ?? '', { kind: 'admin' });
    await mcp.request('ping');
    expect(stateOf(host, sessionOf(mcp) ?? '')).toMatchObject({ status: 'active', last_reconnect_cause: 'resumed' });
  });

  test('cannot be reached by its old id once its retention is over', async ({ clock, dropped }) => {
    const { old } = await dropped();
    clock.advance(24 * 3_600_000);
    expect((await old.request('tools/list')).status).toBe(404);
  });
});
