import { describe, expect } from 'vitest';
import { ERRORS } from '#src/shared/errors';
import { MINUTE, SECOND } from '#src/shared/model/units';
import { Api } from '#tests/support/clients/api';
import { MonitorClient, UpgradeRefused } from '#tests/support/clients/monitor-client';
import { detailOf, rawRequest, sendRaw } from '#tests/support/clients/raw-http';
import type { FakeClock } from '#tests/support/fake-clock';
import { hostTest, type KeyHolder, type TestHost } from '#tests/support/hosts/test-host';

const test = hostTest.extend('hostOptions', ({ clock }) => ({ clock }));

const monitorToken = async (host: TestHost, key: string, session_id?: string): Promise<string> =>
  (await new Api(host, key).post('/api/mcp/monitor-token', { session_id })).body.monitor_token;

const browserToken = async (host: TestHost): Promise<string> => {
  const ticket = new URL(host.createSignInLink()).hash.replace('#ticket=', '');
  return (await new Api(host, null).post('/api/ui/sign-in', { ticket })).body.token;
};

interface Scene {
  readonly host: TestHost;
  readonly clock: FakeClock;
  readonly holder: KeyHolder;
}

const keys: [string, (scene: Scene) => Promise<string>][] = [
  ["a client's key", async ({ holder }) => holder.key],
  ['the admin key', async ({ host }) => host.adminKey],
  ["a browser's token", ({ host }) => browserToken(host)],
  ["a client's monitor token", ({ host, holder }) => monitorToken(host, holder.key)],
  ["the admin's monitor token", ({ host }) => monitorToken(host, host.adminKey)],
];

async function expectRefusal(client: MonitorClient, reason: RegExp, code = 4401): Promise<void> {
  const { detail } = await client.next('error');
  expect(detail).toMatch(reason);
  expect((await client.closed).code).toBe(code);
}

describe.each(keys)('%s opens the monitor', (_what, keyOf) => {
  const keyTest = test.extend('key', ({ host, clock, holder }) => keyOf({ host, clock, holder }));

  keyTest('in the Authorization header', async ({ host, key }) => {
    const client = await MonitorClient.live(host, { key: key });
    expect(client.socket.protocol).toBe('');
    client.close();
  });

  keyTest(
    'as a subprotocol, of which the plain one is selected so that no answer repeats the key',
    async ({ host, key }) => {
      const client = await MonitorClient.live(host, { protocols: ['holdfast', `holdfast.${key}`] });
      expect(client.socket.protocol).toBe('holdfast');
      client.close();
    },
  );

  keyTest('as the only subprotocol', async ({ host, key }) => {
    const protocol = `holdfast.${key}`;
    const client = await MonitorClient.live(host, { protocols: [protocol] });
    expect(client.socket.protocol).toBe(protocol);
    client.close();
  });

  keyTest('in the first message', async ({ host, key }) => {
    const client = await MonitorClient.open(host);
    client.send({ type: 'auth', key: key });
    client.send({ type: 'snapshot' });
    await client.next('hello');
    await client.next('snapshot');
    client.close();
  });
});

describe('a wrong key', () => {
  const wrong: [string, (scene: Scene) => string | Promise<string>][] = [
    ['unknown', () => `hf_${'A'.repeat(43)}`],
    ['empty', () => 'x'],
    [
      'a reconnect token',
      async ({ host, holder }) => {
        const { session } = host.newSession(holder);
        const { body } = await new Api(host, holder.key).get(`/api/mcp/sessions/${session.session_id}/token`);
        return body.reconnect_token;
      },
    ],
    [
      'a monitor token that is too old',
      async ({ host, clock, holder }) => {
        const token = await monitorToken(host, holder.key);
        clock.advance(5 * MINUTE + SECOND);
        return token;
      },
    ],
    [
      'a monitor token of a client that was removed',
      async ({ host, holder }) => {
        const token = await monitorToken(host, holder.key);
        await new Api(host, host.adminKey).delete(`/api/mcp/clients/${holder.client.client_id}`);
        return token;
      },
    ],
    [
      'a monitor token with other claims',
      async ({ host, holder }) => {
        const [head, , signature] = (await monitorToken(host, holder.key)).split('.');
        const claims = { purpose: 'monitor', client_id: null, session_id: null, iat: 1, exp: 9_999_999_999 };
        return `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
      },
    ],
    [
      "a browser's token that was signed out",
      async ({ host }) => {
        const token = await browserToken(host);
        await new Api(host, token).post('/api/ui/sign-out');
        return token;
      },
    ],
  ];

  test.for(wrong)('in the header is answered 401 (%s)', async ([_what, key], { host, clock, holder }) => {
    const refused = await MonitorClient.open(host, { key: await key({ host, clock, holder }) }).catch((error) => error);
    expect(refused).toBeInstanceOf(UpgradeRefused);
    expect(refused).toMatchObject({ status: 401, detail: expect.stringContaining('not known here') });
    expect(refused.headers['www-authenticate']).toBe('Bearer realm="holdfast"');
  });

  test.for(wrong)(
    'as a subprotocol closes with 4401, which a browser can see (%s)',
    async ([_what, key], { host, clock, holder }) => {
      const client = await MonitorClient.open(host, {
        protocols: ['holdfast', `holdfast.${await key({ host, clock, holder })}`],
      });
      await expectRefusal(client, /not known here/);
    },
  );

  test.for(wrong)('in the first message closes with 4401 (%s)', async ([_what, key], { host, clock, holder }) => {
    const wrongKey = await key({ host, clock, holder });
    const client = await MonitorClient.open(host);
    client.send({ type: 'auth', key: wrongKey });
    await expectRefusal(client, /not known here/);
  });

  test('in the header is refused even with a good one elsewhere', async ({ host, holder }) => {
    const dial = { key: 'hf_wrong', protocols: ['holdfast', `holdfast.${holder.key}`] };
    await expect(MonitorClient.open(host, dial)).rejects.toMatchObject({ status: 401 });
  });

  const limitedTest = test.extend('hostOptions', ({ clock }) => ({ clock, limits: { badKeys: 20 } }));

  limitedTest('too often has to wait, through every door, while good keys go on', async ({ host, holder }) => {
    for (let i = 0; i < 20; i += 1) {
      await expect(MonitorClient.open(host, { key: 'hf_wrong' })).rejects.toMatchObject({ status: 401 });
    }
    const refused = await MonitorClient.open(host, { key: 'hf_wrong' }).catch((error) => error);
    expect(refused).toMatchObject({ status: 429, detail: expect.stringMatching(/Wait \d+ s/) });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    const late = await MonitorClient.open(host);
    late.send({ type: 'auth', key: 'hf_wrong' });
    await expectRefusal(late, /Wait \d+ s/);
    (await MonitorClient.live(host, { key: holder.key })).close();
  });
});

describe('no key', () => {
  test('within two seconds ends the connection', async ({ clock, host }) => {
    const client = await MonitorClient.open(host);
    clock.advance(2 * SECOND);
    await expectRefusal(client, new RegExp(ERRORS.unauthorized.sentence.slice(0, 24)));
  });

  test.for([
    ['another command', '{"type":"snapshot"}'],
    ['nonsense', 'hello'],
    ['an auth without a key', '{"type":"auth"}'],
    ['an empty message', ''],
  ] as const)('but %s first ends the connection', async ([_what, message], { host }) => {
    const client = await MonitorClient.open(host);
    client.socket.send(message);
    await expectRefusal(client, /Send \{"type":"auth"/);
  });

  test('gives nothing away while Holdfast waits for it', async ({ clock, host, holder }) => {
    const client = await MonitorClient.open(host);
    host.newSession(holder);
    clock.advance(SECOND);
    client.send({ type: 'auth', key: host.adminKey });
    client.send({ type: 'snapshot' });
    await client.next('hello');
    client.close();
  });
});

describe('a monitor token', () => {
  test('is issued in the documented shape, only for a session of the caller', async ({ host, holder }) => {
    const { session } = host.newSession(holder);
    const api = new Api(host, holder.key);
    const { status, body } = await api.post('/api/mcp/monitor-token', { session_id: session.session_id });
    expect([status, body]).toEqual([200, { monitor_token: expect.stringMatching(/^eyJ/), expires_in_seconds: 300 }]);
    const stranger = new Api(host, host.newClient().key);
    expect((await stranger.post('/api/mcp/monitor-token', { session_id: session.session_id })).status).toBe(404);
    expect((await new Api(host, null).post('/api/mcp/monitor-token')).status).toBe(401);
  });

  test('opens nothing but the monitor', async ({ host, holder }) => {
    const token = await monitorToken(host, host.adminKey);
    for (const path of ['/api/mcp/sessions', '/mcp', '/api/ui/snapshot']) {
      expect((await new Api(host, token).get(path)).status, path).toBe(401);
    }
    const { session } = host.newSession(holder);
    const reconnect = await new Api(host, holder.key).post(`/api/mcp/sessions/${session.session_id}/reconnect`, {
      token,
    });
    expect(reconnect.body.detail).toBe('Reconnection failed: invalid_token');
  });

  test('is good for as long as the key that it was issued for, and so is what it opened', async ({ host, holder }) => {
    const token = await monitorToken(host, holder.key);
    const { client_id } = holder.client;
    host.services.clients.renewKey(client_id);
    const client = await MonitorClient.live(host, { key: token });
    host.services.clients.endOldKey(client_id);
    await client.closed;
    await expect(MonitorClient.live(host, { key: token })).rejects.toMatchObject({ status: 401 });
  });

  test('may end while its connection goes on', async ({ clock, host, holder }) => {
    const client = await MonitorClient.live(host, { key: await monitorToken(host, holder.key) });
    clock.advance(5 * SECOND);
    await client.next('health_update');
    clock.advance(6 * SECOND);
    expect((await client.settled()).map(({ type }) => type)).toEqual(['health_update']);
    client.close();
  });
});

describe('a connection for one session', () => {
  test('is refused with 4404 when there is no such session for its key', async ({ host, holder }) => {
    const foreign = host.newSession(host.newClient()).session.session_id;
    const own = host.newSession(holder).session.session_id;
    const bound = await monitorToken(host, holder.key, own);
    for (const dial of [
      { key: holder.key, query: '?session_id=s_AAAAAAAAAAAAAAAAAAAAAA' },
      { key: holder.key, query: `?session_id=${foreign}` },
      { key: host.adminKey, query: '?session_id=unknown' },
      { key: bound, query: `?session_id=${foreign}` },
      { protocols: [`holdfast.${bound}`], query: '?session_id=' },
    ]) {
      await expectRefusal(await MonitorClient.open(host, dial), /no such session/, 4404);
    }
  });
});

describe('an upgrade', () => {
  const upgrade = (host: TestHost, line: string, headers: string[] = []) =>
    sendRaw(
      host.port,
      rawRequest(line, [
        ...[`Host: 127.0.0.1:${host.port}`, 'Connection: Upgrade', 'Upgrade: websocket'],
        ...['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', ...headers],
      ]),
    );

  test.for([
    ['GET /', 404],
    ['GET /mcp', 404],
    ['GET /api/mcp/ws', 404],
    ['GET /api/mcp/ws/sessions/x', 404],
    ['GET /api/mcp/ws/../ws/sessions', 400],
    ['GET /api/mcp/ws/%zz', 400],
    ['POST /api/mcp/ws/sessions', 405],
  ] as const)('"%s" is answered with %i', async ([line, status], { host }) => {
    const answer = await upgrade(host, line);
    expect(answer.status).toBe(status);
    expect(detailOf(answer).length).toBeGreaterThan(20);
  });

  test('that is no proper WebSocket handshake is refused', async ({ host }) => {
    const bad = [['Sec-WebSocket-Version: 13'], ['Sec-WebSocket-Key: short', 'Sec-WebSocket-Version: 13']];
    for (const headers of bad) {
      const answer = await sendRaw(
        host.port,
        rawRequest('GET /api/mcp/ws/sessions', [
          ...[`Host: 127.0.0.1:${host.port}`, 'Connection: Upgrade', 'Upgrade: websocket', ...headers],
        ]),
      );
      expect(answer.status).toBe(400);
    }
  });

  test('agrees to no compression and to no protocol that it does not know', async ({ host }) => {
    const headers = ['Sec-WebSocket-Extensions: permessage-deflate', 'Sec-WebSocket-Protocol: chat, superchat'];
    const answer = await upgrade(host, 'GET /api/mcp/ws/sessions', headers);
    expect(answer.status).toBe(101);
    expect(answer.headers).not.toHaveProperty('sec-websocket-extensions');
    expect(answer.headers).not.toHaveProperty('sec-websocket-protocol');
  });
});

describe('a right that ends', () => {
  test("closes the client's monitors when its key is taken away, after the last news", async ({ host, holder }) => {
    const { session } = host.newSession(holder);
    const mine = await MonitorClient.live(host, { key: holder.key });
    const admin = await MonitorClient.live(host, { key: host.adminKey });
    await new Api(host, host.adminKey).delete(`/api/mcp/clients/${holder.client.client_id}`);
    expect((await mine.closed).code).toBe(4401);
    expect(mine.received).toMatchObject([{ type: 'session_updated', session_id: session.session_id }]);
    const seen = await admin.settled();
    expect(seen.map(({ type }) => type).sort()).toEqual(['notice', 'session_updated']);
    admin.close();
  });

  test('closes the monitors of a browser that signed out, and of no other', async ({ host }) => {
    const [one, other] = [await browserToken(host), await browserToken(host)];
    const gone = await MonitorClient.live(host, { key: one });
    const stays = await MonitorClient.live(host, { key: other });
    await new Api(host, one).post('/api/ui/sign-out');
    expect((await gone.closed).code).toBe(4401);
    expect(await stays.settled()).toEqual([]);
    stays.close();
  });
});
