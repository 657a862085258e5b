import { afterEach, describe, expect, vi } from 'vitest';
import { WEB } from '#src/shared/contract/web';
import { HoldfastError } from '#src/shared/errors';
import { Api } from '#tests/support/clients/api';
import { MonitorClient } from '#tests/support/clients/monitor-client';
import { hostTest, type TestHost } from '#tests/support/hosts/test-host';

const test = hostTest
  /** Makes every write of events fail, as the store does when the disk is full. */
  .extend('fillDisk', ({ host }) => () => {
    const fail = () => {
      throw new HoldfastError('storage_unavailable');
    };
    const { store } = host.services;
    vi.spyOn(store.repository, 'commit').mockImplementation(fail);
    vi.spyOn(store.uiTokens, 'insert').mockImplementation(fail);
  });

afterEach(() => void vi.restoreAllMocks());

describe('while the database cannot be written', () => {
  test('writes are answered 503 with a time to come back, reads go on, and all is well again by itself', async ({
    host,
    admin,
    fillDisk,
  }) => {
    const holder = host.newClient();
    const { session } = host.newSession(holder);
    const api = new Api(host, holder.key);
    const path = `/api/mcp/sessions/${session.session_id}`;
    const token = (await api.get(`${path}/token`)).body.reconnect_token;
    const monitor = await MonitorClient.live(host, { key: host.adminKey });
    const ticket = new URL(host.createSignInLink()).hash.replace('#ticket=', '');
    const writes = [
      () => admin.post('/api/mcp/clients', { name: 'x' }),
      () => api.get(`${path}/token`),
      () => api.post(`${path}/reconnect`, { token }),
      () => api.delete(path),
      () => new Api(host, null).post(WEB.signIn, { ticket }),
    ];
    fillDisk();
    for (const write of writes) {
      const { status, headers, body } = await write();
      expect([status, body.detail]).toEqual([503, expect.stringContaining('Free some space')]);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    for (const read of [path, '/api/mcp/sessions', '/api/mcp/sessions/health', `${path}/events`, '/api/mcp/health']) {
      expect((await api.get(read)).status, read).toBe(200);
    }
    monitor.send({ type: 'reconnect', session_id: session.session_id, reconnect_token: token });
    expect(await monitor.next('reconnect_result')).toMatchObject({
      success: false,
      detail: expect.stringMatching(/space/),
    });
    vi.restoreAllMocks();
    expect((await api.post(`${path}/reconnect`, { token })).body.reconnect_count).toBe(1);
    expect((await new Api(host, null).post(WEB.signIn, { ticket })).status).toBe(200);
    await monitor.next('session_reconnected');
    monitor.close();
  });
});

describe('a defect', () => {
  const INNER = 'something nobody should read: hf_secret';
  const breakIt = (host: TestHost) => {
    const fail = () => {
      throw new Error(INNER);
    };
    const { store, manager } = host.services;
    vi.spyOn(store.sessions, 'page').mockImplementation(fail);
    vi.spyOn(store.sessions, 'health').mockImplementation(fail);
    vi.spyOn(store.sessions, 'snapshot').mockImplementation(fail);
    vi.spyOn(manager, 'issueReconnectToken').mockImplementation(fail);
    vi.spyOn(manager, 'reconnectSession').mockImplementation(fail);
  };

  test('is answered 500 without its inner text, and is in the log', async ({ host, admin }) => {
    breakIt(host);
    const one = '/api/mcp/sessions/s_AAAAAAAAAAAAAAAAAAAAAA';
    for (const [answer, detail] of [
      [await admin.get('/api/mcp/sessions'), /Check its log/],
      [await admin.get(`${one}/token`), /Check its log/],
      [await admin.post(`${one}/reconnect`, { token: 'x' }), /^Reconnection failed: internal_error$/],
    ] as const) {
      expect([answer.status, answer.body.detail]).toEqual([500, expect.stringMatching(detail)]);
    }
    expect(host.log().split(INNER).length - 1).toBeGreaterThanOrEqual(3);
  });

  test('in a method of the window is an envelope', async ({ host, admin }) => {
    breakIt(host);
    const { status, body } = await admin.post(`${WEB.rpc}/sessions.list`, {});
    expect([status, body]).toEqual([
      200,
      { ok: false, error: { code: 'internal_error', message: expect.not.stringContaining('hf_'), retryable: true } },
    ]);
    expect(host.log()).toContain(INNER);
  });

  test('ends the monitor that met it with 1011, and Holdfast goes on', async ({ host }) => {
    breakIt(host);
    const client = await MonitorClient.open(host, { key: host.adminKey });
    client.send({ type: 'snapshot' });
    expect((await client.closed).code).toBe(1011);
    const silent = await MonitorClient.open(host, { key: host.adminKey });
    expect((await silent.closed).code).toBe(1011);
    vi.restoreAllMocks();
    (await MonitorClient.live(host, { key: host.adminKey })).close();
    expect(host.log()).toContain(INNER);
  });

  test('in the MCP front is answered, and the connection goes on', async ({ host, admin }) => {
    const { key } = host.newClient();
    vi.spyOn(host.services.manager, 'openTransport').mockImplementation(() => {
      throw new Error(INNER);
    });
    const initialize = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
    };
    const headers = { Accept: 'application/json, text/event-stream' };
    const answer = await new Api(host, key).send('POST', '/mcp', initialize, headers);
    expect(answer.body).toMatchObject({ jsonrpc: '2.0', error: { code: expect.any(Number) } });
    expect(JSON.stringify(answer.body)).not.toContain(INNER);
    expect(host.log()).toContain(INNER);
    expect((await admin.get('/api/mcp/health')).status).toBe(200);
  });
});
