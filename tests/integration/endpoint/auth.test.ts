import { describe, expect } from 'vitest';
import { WEB } from '#src/shared/contract/web';
import { Api } from '#tests/support/clients/api';
import { hostTest } from '#tests/support/hosts/test-host';

const test = hostTest.extend('hostOptions', { limits: { badKeys: 20, requests: 600 } });

const PRIVATE: [string, string][] = [
  ['GET', '/api/mcp/sessions'],
  ['GET', '/api/mcp/sessions/health'],
  ['GET', '/api/mcp/sessions/s_x'],
  ['GET', '/api/mcp/sessions/s_x/events'],
  ['GET', '/api/mcp/sessions/s_x/token'],
  ['POST', '/api/mcp/sessions/s_x/reconnect'],
  ['DELETE', '/api/mcp/sessions/s_x'],
  ['GET', '/api/mcp/clients'],
  ['POST', '/api/mcp/clients'],
  ['DELETE', '/api/mcp/clients/c_x'],
  ['GET', '/api/mcp/history'],
  ['POST', '/api/mcp/monitor-token'],
  ['POST', '/api/mcp/quit'],
  ['POST', '/api/mcp/sign-in-link'],
  ['POST', '/api/ui/sign-out'],
  ['POST', '/api/ui/rpc/app.info'],
  ['GET', '/api/ui/snapshot'],
  ['POST', '/mcp'],
  ['GET', '/mcp'],
  ['DELETE', '/mcp'],
  ['POST', '/mcp/some-server'],
];

describe('without a key', () => {
  test.for(PRIVATE)('%s %s is not answered', async ([method, path], { host }) => {
    const { status, headers, body } = await new Api(host, null).send(method, path);
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="holdfast"']);
    expect(body).toEqual({ detail: expect.stringContaining('"Authorization: Bearer <client key>"') });
  });

  test('what everybody may see is answered', async ({ host }) => {
    const nobody = new Api(host, null);
    for (const path of ['/api/mcp/health', '/api/openapi.json', '/api/docs', '/api/docs/style.css']) {
      expect((await nobody.get(path)).status, path).toBe(200);
    }
  });

  test('the challenge names no authorization server', async ({ host }) => {
    const { headers } = await new Api(host, null).get('/mcp');
    expect(headers.get('www-authenticate')).not.toMatch(/resource_metadata|authorization_uri/);
  });
});

describe('with a wrong key', () => {
  test.for<[string, (key: string, id: string) => string, RegExp]>([
    ['another scheme', (key) => `Basic ${Buffer.from(`user:${key}`).toString('base64')}`, /not understood/],
    ['no scheme', (key) => key, /not understood/],
    ['no key', () => 'Bearer', /not understood/],
    ['two keys', (key) => `Bearer ${key} ${key}`, /not understood/],
    ['a quoted key', (key) => `Bearer "${key}"`, /not understood/],
    ['an unknown key', () => `Bearer hf_${'A'.repeat(43)}`, /not known here/],
    ['a key cut short', (key) => `Bearer ${key.slice(0, -1)}`, /not known here/],
    ['a key with something behind it', (key) => `Bearer ${key}A`, /not known here/],
    ['a key in capitals', (key) => `Bearer ${key.toUpperCase()}`, /not known here/],
    ['a client id', (_, id) => `Bearer ${id}`, /not known here/],
    ['a JWT without a signature', () => 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.', /not known here/],
    ['an endless key', () => `Bearer ${'a'.repeat(10_000)}`, /not known here/],
  ])('%s is refused', async ([_what, header, reason], { host, holder }) => {
    for (const [method, path] of [
      ['GET', '/api/mcp/sessions'],
      ['GET', '/mcp'],
    ] as const) {
      const { status, headers, body } = await new Api(host, null).send(method, path, undefined, {
        Authorization: header(holder.key, holder.client.client_id),
      });
      expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="holdfast"']);
      expect(body.detail).toMatch(reason);
    }
  });

  test('a key in the address counts for nothing', async ({ host, holder }) => {
    const { status } = await new Api(host, null).get(`/api/mcp/sessions?key=${holder.key}&access_token=${holder.key}`);
    expect(status).toBe(401);
  });

  test('the 21st try in a minute has to wait, over however many connections, while good keys go on', async ({
    host,
    holder,
  }) => {
    const wrong = new Api(host, `hf_${'B'.repeat(43)}`);
    for (let i = 0; i < 20; i += 1) expect((await wrong.get('/api/mcp/sessions')).status).toBe(401);
    for (const path of ['/api/mcp/sessions', '/mcp', '/api/mcp/clients']) {
      const { status, headers, body } = await wrong.send('GET', path, undefined, { Connection: 'close' });
      expect(status, path).toBe(429);
      expect(Number(headers.get('retry-after')), path).toBeGreaterThan(0);
      expect(Number(headers.get('retry-after')), path).toBeLessThanOrEqual(60);
      expect(body.detail, path).toMatch(/Wait \d+ s\..*Connect view/);
    }
    expect((await new Api(host, holder.key).get('/api/mcp/sessions')).status).toBe(200);
    expect((await new Api(host, host.adminKey).get('/api/mcp/sessions')).status).toBe(200);
    // Whoever forgot the key still learns that.
    expect((await new Api(host, null).get('/api/mcp/sessions')).status).toBe(401);
  });
});

describe("a client's key", () => {
  test.for(['/api/mcp/clients', '/api/mcp/history', '/api/ui/snapshot'])(
    'may not read %s',
    async (path, { host, holder }) => {
      const { status, body } = await new Api(host, holder.key).get(path);
      expect([status, body.detail]).toEqual([403, expect.stringContaining('Use the admin key')]);
    },
  );

  test.for<[string, string, unknown]>([
    ['POST', '/api/mcp/clients', { name: 'another' }],
    ['DELETE', '/api/mcp/clients/c_x', undefined],
    ['POST', `${WEB.rpc}/clients.create`, { name: 'another' }],
    ['POST', `${WEB.rpc}/sessions.list`, {}],
    ['POST', WEB.signOut, undefined],
    ['POST', '/api/mcp/quit', undefined],
    ['POST', '/api/mcp/sign-in-link', undefined],
  ])('may not %s %s', async ([method, path, body], { host, holder }) => {
    expect((await new Api(host, holder.key).send(method, path, body)).status).toBe(403);
    expect(host.services.clients.list()).toHaveLength(1);
  });

  test('is worth nothing from the moment its client is removed, and its sessions have ended', async ({
    host,
    holder,
  }) => {
    const { session } = host.newSession(holder);
    const api = new Api(host, holder.key);
    expect((await api.get('/api/mcp/sessions')).body.total).toBe(1);
    const admin = new Api(host, host.adminKey);
    const removed = await admin.delete(`/api/mcp/clients/${holder.client.client_id}`);
    expect([removed.status, removed.body]).toEqual([200, { client_id: holder.client.client_id }]);
    expect((await api.get('/api/mcp/sessions')).status).toBe(401);
    expect((await api.get('/mcp')).status).toBe(401);
    const after = await admin.get(`/api/mcp/sessions/${session.session_id}`);
    expect(after.body).toMatchObject({ status: 'closed' });
    expect((await admin.delete(`/api/mcp/clients/${holder.client.client_id}`)).status).toBe(404);
  });

  test('marks its client as seen', async ({ host, holder }) => {
    expect(host.services.clients.get(holder.client.client_id).first_seen_at).toBeNull();
    await new Api(host, holder.key).get('/api/mcp/sessions');
    expect(host.services.clients.get(holder.client.client_id).first_seen_at).toBeGreaterThan(0);
  });
});

describe('the admin key', () => {
  test('opens no MCP session: it is no client', async ({ host }) => {
    const { status, body } = await new Api(host, host.adminKey).post('/mcp', { jsonrpc: '2.0', id: 1, method: 'ping' });
    expect([status, body.detail]).toEqual([401, expect.stringContaining('Create a client in the Connect view')]);
  });

  test('of an earlier start is worth nothing', async ({ host, startHost }) => {
    const { adminKey, folder } = host;
    await host.stop();
    const again = await startHost({ folder });
    expect((await new Api(again, adminKey).get('/api/mcp/sessions')).status).toBe(401);
  });
});

describe('requests', () => {
  test('beyond 600 a minute have to wait, for that caller alone', async ({ host, holder }) => {
    const api = new Api(host, holder.key);
    for (let i = 0; i < 600; i += 50) {
      const batch = await Promise.all(Array.from({ length: 50 }, () => api.get('/api/mcp/sessions/health')));
      expect(batch.every(({ status }) => status === 200)).toBe(true);
    }
    const { status, headers, body } = await api.get('/api/mcp/sessions');
    expect([status, body.detail]).toEqual([429, expect.stringContaining('Retry-After')]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await new Api(host, host.adminKey).get('/api/mcp/sessions')).status).toBe(200);
    expect((await new Api(host, null).get('/api/mcp/health')).status).toBe(200);
  });
});
