import { describe, expect } from 'vitest';
import { type Answer, type Json, McpHttp, type Special } from '#tests/support/clients/mcp-http';
import { statelessRequest } from '#tests/support/clients/stateless-request';
import { type McpHost, mcpTest } from '#tests/support/hosts/mcp-host';

const test = mcpTest
  .extend('owner', ({ host }) => host.newClient('stateless'))
  .extend(
    'ask',
    ({ host, owner }) =>
      (method: string, params: Json = {}, special: Special = {}, holder = owner): Promise<Answer> =>
        new McpHttp(host, holder.key).post(...request(method, params, special)),
  )
  .extend('call', ({ owner, ask }) => async (name: string, args: object = {}, holder = owner): Promise<Json> => {
    const { json } = await ask('tools/call', { name, arguments: args }, {}, holder);
    return json.result.structuredContent;
  });

const VERSION = '2026-07-28';
const META = { 'io.modelcontextprotocol/clientInfo': { name: 'modern-client', version: '3.1' } };

/** A request of the stateless era. */
function request(method: string, params: Json = {}, special: Special = {}): [message: Json, special: Special] {
  const [message, { headers }] = statelessRequest(method, params, { meta: META });
  return [message, { ...special, headers: { ...headers, ...special.headers } }];
}

const sessions = (host: McpHost) =>
  host.services.store.sessions.page({ include_probes: true, sort: 'created_at', order: 'asc', limit: 10, offset: 0 })
    .sessions;

describe('a client of the stateless era', () => {
  test('discovers the revision, which alone makes no session', async ({ host, ask }) => {
    const { status, json } = await ask('server/discover');
    expect(status).toBe(200);
    expect(json.result.supportedVersions).toContain(VERSION);
    expect(sessions(host)).toEqual([]);
  });

  test('has one session for all its requests, with its name and its calls', async ({ host, ask, call }) => {
    await ask('tools/list');
    await call('health_check');
    await call('session_info', { session_id: 's_AAAAAAAAAAAAAAAAAAAAAA' });
    host.services.manager.flush();
    expect(sessions(host)).toMatchObject([
      { era: 'stateless', client_name: 'modern-client', client_version: '3.1', status: 'active', calls: 3, errors: 1 },
    ]);
  });

  test('comes back to an earlier session by handle and token', async ({ host, call }) => {
    const first = await call('session_info');
    expect(first.session_id).toBe(sessions(host)[0]?.session_id);
    await host.services.manager.close(first.session_id, { kind: 'admin' }, 'user');
    const second = await call('session_info');
    expect(second.session_id, 'a session that ended is followed by another').not.toBe(first.session_id);
    const token = { session_id: second.session_id, reconnect_token: second.reconnect_token };
    expect(await call('reconnect_session', token)).toMatchObject({ success: true, reconnect_count: 1 });
    const stranger = host.newClient('stateless');
    expect(await call('reconnect_session', token, stranger)).toMatchObject({
      success: false,
      code: 'session_not_found',
    });
    expect((await call('list_sessions')).total).toBe(2);
    expect(await call('end_session', { session_id: second.session_id })).toMatchObject({ success: true });
  });

  test('has a push stream while it listens', async ({ host, ask }) => {
    const params = { notifications: { toolsListChanged: true } };
    const { stream } = await ask('subscriptions/listen', params);
    expect((await stream?.message())?.message.method).toBe('notifications/subscriptions/acknowledged');
    await ask('tools/list');
    const [session] = sessions(host);
    expect(session).toMatchObject({ degraded: false, probe: false });
    const degraded = new Promise<void>((resolve) => {
      const stop = host.services.bus.subscribe((events) => {
        if (!events.some(({ kind }) => kind === 'stream_lost')) return;
        stop();
        resolve();
      });
    });
    stream?.cut();
    await degraded;
    expect(sessions(host)[0]).toMatchObject({ degraded: true, status: 'active' });
  });

  test('keeps its session over a restart of Holdfast', async ({ host, owner, startHost, call }) => {
    await call('health_check');
    const [before] = sessions(host);
    await host.kill();
    const again = await startHost({ folder: host.folder });
    await new McpHttp(again, owner.key).post(...request('tools/call', { name: 'health_check', arguments: {} }));
    expect(sessions(again)).toMatchObject([
      { session_id: before?.session_id, status: 'active', reconnect_count: 1, last_reconnect_cause: 'restored' },
    ]);
  });

  test.for<[string, Special, number, number]>([
    ['a header that differs from the body', { headers: { 'Mcp-Method': 'tools/call' } }, 400, -32020],
    ['no method header', { headers: { 'Mcp-Method': null } }, 400, -32020],
  ])('with %s is refused and leaves no trace', async ([_, special, status, code], { host, ask }) => {
    const answer = await ask('tools/list', {}, special);
    expect([answer.status, answer.json.error.code]).toEqual([status, code]);
    expect(sessions(host)).toEqual([]);
  });

  test('learns which versions there are when it asks for another era without a session', async ({ host, owner }) => {
    const mcp = new McpHttp(host, owner.key);
    expect((await mcp.request('tools/list')).json.error).toMatchObject({
      code: -32022,
      data: { supported: [VERSION] },
    });
    expect((await mcp.get()).status).toBe(405);
    expect((await mcp.delete()).status).toBe(405);
  });
});

test('a client of the sessionful policy is never answered in the stateless era', async ({ host, ask }) => {
  const sessionful = host.newClient('sessionful');
  for (const method of ['server/discover', 'tools/list', 'subscriptions/listen']) {
    const { status, json } = await ask(method, {}, {}, sessionful);
    expect([status, json.error.code]).toEqual([400, -32000]);
  }
  expect(sessions(host)).toEqual([]);
});
