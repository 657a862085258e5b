import { SignJWT } from 'jose';
import { describe, expect } from 'vitest';
import { RECONNECT_FAILURES, type ReconnectFailure } from '#src/shared/errors';
import { MINUTE, SECOND } from '#src/shared/model/units';
import { Api } from '#tests/support/clients/api';
import { hostTest } from '#tests/support/hosts/test-host';

const test = hostTest
  .extend('hostOptions', ({ clock }) => ({ clock }))
  .extend('sessionId', ({ host, holder }) => host.newSession(holder).session.session_id)
  .extend('path', ({ sessionId }) => `/api/mcp/sessions/${sessionId}`)
  .extend(
    'issue',
    ({ api, path }) =>
      async (from = api): Promise<string> =>
        (await from.get(`${path}/token`)).body.reconnect_token,
  )
  .extend(
    'reconnect',
    ({ api, path }) =>
      (token: string, as = api) =>
        as.post(`${path}/reconnect`, { token }),
  );

function expectFailure({ status, body }: { status: number; body: unknown }, code: ReconnectFailure) {
  expect(body).toEqual({ detail: `Reconnection failed: ${code}` });
  expect(status).toBe(RECONNECT_FAILURES[code].status);
}

describe('a reconnect token', () => {
  test('is issued in the documented shape', async ({ api, sessionId, path }) => {
    const { status, body } = await api.get(`${path}/token`);
    expect([status, body]).toEqual([
      200,
      { session_id: sessionId, reconnect_token: expect.stringMatching(/^eyJ/), expires_in_minutes: 15 },
    ]);
  });

  test('is handed out only to the right key', async ({ host, sessionId, path }) => {
    expect((await new Api(host, null).get(`${path}/token`)).status).toBe(401);
    expect((await new Api(host, 'hf_wrong').get(`${path}/token`)).status).toBe(401);
    expect((await new Api(host, host.newClient().key).get(`${path}/token`)).status).toBe(404);
    expect(host.eventsOf(sessionId).map((event) => event.kind)).toEqual(['session_created']);
    expect((await new Api(host, host.adminKey).get(`${path}/token`)).status).toBe(200);
  });

  test('is not issued by a HEAD, which would throw it away', async ({ host, api, sessionId, path }) => {
    const { status, headers } = await api.send('HEAD', `${path}/token`);
    expect([status, headers.get('allow')]).toEqual([405, 'GET']);
    expect(host.eventsOf(sessionId)).toHaveLength(1);
  });

  test('is not issued for a session that is not active', async ({ host, api, sessionId, path }) => {
    host.services.manager.disconnect(sessionId, { kind: 'admin' });
    const dropped = await api.get(`${path}/token`);
    expect([dropped.status, dropped.body.detail]).toEqual([400, expect.stringContaining('not active')]);
    await api.delete(path);
    expect((await api.get(`${path}/token`)).status).toBe(400);
  });
});

describe('a reconnect', () => {
  test('brings the session back, counts one and hands out the next token', async ({
    clock,
    host,
    api,
    sessionId,
    path,
    issue,
    reconnect,
  }) => {
    const token = await issue();
    host.services.manager.disconnect(sessionId, { kind: 'admin' });
    clock.advance(5 * SECOND);
    const { status, body } = await reconnect(token);
    expect([status, body]).toEqual([
      200,
      {
        success: true,
        session_id: sessionId,
        message: 'Session reconnected',
        reconnect_count: 1,
        reconnect_token: expect.stringMatching(/^eyJ/),
        expires_in_minutes: 15,
      },
    ]);
    expect(body.reconnect_token).not.toBe(token);
    expect((await api.get(path)).body).toMatchObject({ status: 'active', reconnect_count: 1 });
    const event = host.eventsOf(sessionId).findLast(({ kind }) => kind === 'session_reconnected');
    expect(event?.payload).toMatchObject({ cause: 'token', door: 'rest', downtime_ms: 5 * SECOND });
    expect((await reconnect(body.reconnect_token)).body.reconnect_count).toBe(2);
  });

  test('whose answer got lost may be repeated, and is not counted twice', async ({
    clock,
    api,
    path,
    issue,
    reconnect,
  }) => {
    const token = await issue();
    const first = await reconnect(token);
    clock.advance(9 * SECOND);
    const again = await reconnect(token);
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect((await api.get(path)).body.reconnect_count).toBe(1);
  });

  test('by 200 callers at once happens exactly once', async ({ api, path, issue, reconnect }) => {
    const token = await issue();
    const answers = await Promise.all(Array.from({ length: 200 }, () => reconnect(token)));
    const tokens = new Set(answers.filter(({ status }) => status === 200).map(({ body }) => body.reconnect_token));
    expect(tokens.size).toBe(1);
    expect((await api.get(path)).body.reconnect_count).toBe(1);
  });

  test('with a token that was used before ends the whole family', async ({
    clock,
    host,
    sessionId,
    issue,
    reconnect,
  }) => {
    const token = await issue();
    const { body } = await reconnect(token);
    clock.advance(11 * SECOND);
    expectFailure(await reconnect(token), 'token_reused');
    expectFailure(await reconnect(body.reconnect_token), 'token_reused');
    expect(host.eventsOf(sessionId).map(({ kind }) => kind)).toContain('token_reuse_detected');
  });

  test('with a token that a newer one replaced is refused', async ({ issue, reconnect }) => {
    const old = await issue();
    await issue();
    expectFailure(await reconnect(old), 'token_mismatch');
  });

  test('with a token that is too old is refused', async ({ clock, issue, reconnect }) => {
    const token = await issue();
    clock.advance(15 * MINUTE + SECOND);
    expectFailure(await reconnect(token), 'token_expired');
  });

  test('with a token of another session is refused', async ({ host, holder, api, reconnect }) => {
    const other = host.newSession(holder).session.session_id;
    const { body } = await api.get(`/api/mcp/sessions/${other}/token`);
    expectFailure(await reconnect(body.reconnect_token), 'session_id_mismatch');
  });

  test('of a session that has ended is refused', async ({ api, path, issue, reconnect }) => {
    const token = await issue();
    await api.delete(path);
    expectFailure(await reconnect(token), 'session_already_disconnected');
  });

  test('with a stolen token is refused like one of an unknown session, and its owner can go on', async ({
    host,
    issue,
    reconnect,
  }) => {
    const token = await issue();
    const stranger = new Api(host, host.newClient().key);
    expectFailure(await reconnect(token, stranger), 'session_not_found');
    expectFailure(
      await stranger.post('/api/mcp/sessions/s_AAAAAAAAAAAAAAAAAAAAAA/reconnect', { token }),
      'session_not_found',
    );
    expect((await reconnect(token)).status).toBe(200);
  });

  test.for<[string, (token: string, id: string, now: number) => string | Promise<string>, ReconnectFailure]>([
    ['cut short', (token) => token.slice(0, -3), 'invalid_token'],
    ['no JWT', () => 'hello', 'invalid_token'],
    ['without a signature', (token) => token.replace(/[^.]*$/, ''), 'invalid_token'],
    ['alg none', (token) => token.replace(/^[^.]*/, encode({ alg: 'none', typ: TYP })), 'invalid_token'],
    ['other claims', (token) => swapClaims(token, { gen: 9 }), 'invalid_token'],
    ['HS384', (_, id, now) => forge(id, now, { alg: 'HS384' }), 'invalid_token'],
    ['another type', (_, id, now) => forge(id, now, { typ: 'JWT' }), 'invalid_token'],
    ['another audience', (_, id, now) => forge(id, now, { aud: 'somebody' }), 'invalid_token'],
    ['another issuer', (_, id, now) => forge(id, now, { iss: 'somebody' }), 'invalid_token'],
    ['another secret', (_, id, now) => forge(id, now, { secret: new Uint8Array(32).fill(8) }), 'invalid_token'],
    ['another purpose', (_, id, now) => forge(id, now, { purpose: 'monitor' }), 'invalid_token_purpose'],
  ])('with a forged token (%s) is refused', async ([_what, forged, code], { clock, sessionId, issue, reconnect }) => {
    const token = await issue();
    expectFailure(await reconnect(await forged(token, sessionId, clock.now())), code);
    expect((await reconnect(token)).status).toBe(200);
  });

  test.for([
    ['{}', {}, /^token: /],
    ['a number', { token: 1 }, /^token: /],
    ['an empty token', { token: '' }, /^token: must not be empty/],
    ['an endless token', { token: 'x'.repeat(5_000) }, /^token: /],
    ['another field', { token: 'x', session: 'y' }, /Unrecognized key: "session"/],
  ] as const)('with a body of %s says what to send', async ([_what, body, reason], { api, path }) => {
    const answer = await api.post(`${path}/reconnect`, body);
    expect([answer.status, answer.body.detail]).toEqual([400, expect.stringMatching(reason)]);
  });

  const TYP = 'mcp-reconnect+jwt';
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const swapClaims = (token: string, claims: object) => {
    const [head, body = '', signature] = token.split('.');
    const changed = { ...JSON.parse(Buffer.from(body, 'base64url').toString()), ...claims };
    return `${head}.${encode(changed)}.${signature}`;
  };
  /** A token like ours, signed with the very secret of the host, that differs in one thing. */
  const forge = (
    sessionId: string,
    at: number,
    other: {
      alg?: string;
      typ?: string;
      aud?: string;
      iss?: string;
      purpose?: string;
      secret?: Uint8Array;
    },
  ) => {
    const now = Math.floor(at / 1000);
    return new SignJWT({ session_id: sessionId, purpose: other.purpose ?? 'session_reconnect', gen: 1 })
      .setProtectedHeader({ alg: other.alg ?? 'HS256', typ: other.typ ?? TYP })
      .setIssuer(other.iss ?? 'holdfast')
      .setAudience(other.aud ?? 'holdfast:reconnect')
      .setJti('forged')
      .setIssuedAt(now)
      .setExpirationTime(now + 600)
      .sign(other.secret ?? new Uint8Array(32).fill(7));
  };
});

describe('too many reconnects', () => {
  const limitedTest = (reconnectsPerPrincipal: number) =>
    test.extend('hostOptions', ({ clock }) => ({
      clock,
      limits: { reconnectsPerSession: 10, reconnectsPerPrincipal },
    }));

  limitedTest(120)(
    'of one session have to wait, whatever their outcome; other sessions and principals do not',
    async ({ host, holder, api, issue, reconnect }) => {
      const token = await issue();
      const stranger = new Api(host, host.newClient().key);
      // A stranger who knows the id must not be able to use up its owner's tries.
      for (let i = 0; i < 12; i += 1) await reconnect(token, stranger);
      for (let i = 0; i < 10; i += 1) expectFailure(await reconnect('wrong'), 'invalid_token');
      const refused = await reconnect(token);
      expectFailure(refused, 'rate_limited');
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);

      const other = host.newSession(holder).session.session_id;
      const { body } = await api.get(`/api/mcp/sessions/${other}/token`);
      expect((await api.post(`/api/mcp/sessions/${other}/reconnect`, { token: body.reconnect_token })).status).toBe(
        200,
      );
      expect((await reconnect(token, new Api(host, host.adminKey))).status).toBe(200);
    },
  );

  limitedTest(20)('of one principal have to wait, over however many sessions', async ({ api }) => {
    const tryAny = (i: number) => api.post(`/api/mcp/sessions/s_${i}/reconnect`, { token: 'x' });
    for (let i = 0; i < 20; i += 1) expectFailure(await tryAny(i), 'invalid_token');
    expectFailure(await tryAny(20), 'rate_limited');
  });
});
