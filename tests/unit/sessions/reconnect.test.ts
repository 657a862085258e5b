import { describe, expect } from 'vitest';
import type { EventOf } from '#src/shared/contract/event';
import { ERRORS, RECONNECT_FAILURES } from '#src/shared/errors';
import { HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { seededRandom } from '#tests/support/seeded-random';
import { type Claims, genuineClaims, genuineHeader, sign } from './forge';
import { ADMIN, codeOf, sessionTest } from './harness';

type Forge = (header: object, claims: Partial<Claims>) => string;

const test = sessionTest
  .extend(
    'count',
    ({ house, sessionId }) =>
      () =>
        house.session(sessionId).reconnect_count,
  )
  .extend(
    'stored',
    ({ house, sessionId }) =>
      () =>
        house.store.sessions.get(sessionId),
  )
  .extend(
    'rejections',
    ({ house, sessionId }) =>
      (id = sessionId) =>
        house
          .timeline(id)
          .filter((event) => event.kind === 'reconnect_rejected')
          .map((event) => (event as EventOf<'reconnect_rejected'>).payload.code),
  )
  .extend(
    'forged',
    ({ house, sessionId }) =>
      (header: object, claims: Partial<Claims>): string =>
        sign(
          { ...genuineHeader(house.secret), ...header },
          { ...genuineClaims(sessionId, Math.floor(house.clock.now() / SECOND)), ...claims },
          house.secret,
        ),
  );

describe('a token', () => {
  test('is issued for an attached session to its own client or the admin', async ({ house, client, sessionId }) => {
    const issued = await house.manager.issueReconnectToken(sessionId, { kind: 'client', client }, 'tool');
    expect(issued).toEqual({ session_id: sessionId, reconnect_token: expect.any(String), expires_in_minutes: 15 });
    expect(house.session(sessionId).reconnect_expires_at).toBe(house.clock.now() + 15 * MINUTE);
    await house.manager.issueReconnectToken(sessionId, ADMIN, 'window');
    house.clock.advance(2 * MINUTE);
    expect(house.session(sessionId).status).toBe('idle');
    await house.manager.issueReconnectToken(sessionId, ADMIN, 'window');
    expect(house.kinds(sessionId).filter((kind) => kind === 'token_issued')).toHaveLength(3);
  });

  test('is not issued for a session that is not attached, unknown or another client’s', async ({
    house,
    client,
    sessionId,
  }) => {
    const other = house.client('Other');
    expect(await codeOf(() => house.issue(sessionId, other))).toBe('session_not_found');
    expect(await codeOf(() => house.issue('s_0000000000000000000000', client))).toBe('session_not_found');
    house.manager.disconnect(sessionId, ADMIN);
    expect(await codeOf(() => house.issue(sessionId, client))).toBe('session_not_active');
    house.manager.close(sessionId, ADMIN, 'user');
    expect(await codeOf(() => house.issue(sessionId, client))).toBe('session_not_active');
  });

  test('brings its session back: active, counted, with a successor', async ({ house, client, sessionId }) => {
    const token = await house.issue(sessionId, client);
    house.manager.disconnect(sessionId, ADMIN);
    house.clock.advance(5 * MINUTE);
    const back = await house.reconnect(sessionId, token, client);
    expect(back).toEqual({
      session_id: sessionId,
      reconnect_token: expect.any(String),
      expires_in_minutes: 15,
      reconnect_count: 1,
      replayed: false,
      taken_over: false,
    });
    expect(back.reconnect_token).not.toBe(token);
    expect(house.session(sessionId)).toMatchObject({
      status: 'active',
      reconnect_count: 1,
      last_reconnect_cause: 'token',
      last_activity: house.clock.now(),
      reconnect_expires_at: house.clock.now() + 15 * MINUTE,
    });
    expect(house.timeline(sessionId).slice(-2)).toMatchObject([
      {
        kind: 'session_reconnected',
        payload: { cause: 'token', door: 'rest', downtime_ms: 5 * MINUTE, reconnect_count: 1, transport_id: null },
      },
      { kind: 'token_issued', payload: { generation: 2, door: 'rest' } },
    ]);
  });

  test('can be used over and over through its successors', async ({ house, client, sessionId }) => {
    let token = await house.issue(sessionId, client);
    for (let n = 1; n <= 20; n++) {
      house.clock.advance(MINUTE);
      const back = await house.reconnect(sessionId, token, client);
      expect(back.reconnect_count).toBe(n);
      token = back.reconnect_token;
    }
    expect(house.session(sessionId).recent_reconnects).toHaveLength(5);
  });

  test('issued a thousand times at once: each supersedes the one before, the last one is good', async ({
    house,
    client,
    sessionId,
    stored,
  }) => {
    const all = await Promise.all(Array.from({ length: 1_000 }, () => house.issue(sessionId, client)));
    expect(stored()?.token.generation).toBe(1_000);
    expect(new Set(all).size).toBe(1_000);
    expect(await codeOf(() => house.reconnect(sessionId, all[998] ?? '', client))).toBe('token_mismatch');
    expect(await house.reconnect(sessionId, all[999] ?? '', client)).toMatchObject({ reconnect_count: 1 });
  });

  test('that could not be issued does not hold up the next', async ({ house, client, sessionId }) => {
    const [refused, issued] = await Promise.allSettled([
      house.issue('s_0000000000000000000000', client),
      house.issue(sessionId, client),
    ]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'session_not_found' } });
    expect(issued.status).toBe('fulfilled');
  });

  test('is kept as its hash and claims alone', async ({ house, client, sessionId, stored }) => {
    const token = await house.issue(sessionId, client);
    const [, , signature] = token.split('.');
    const row = JSON.stringify(stored());
    expect(row).not.toContain(token);
    expect(row).not.toContain(signature);
    expect(stored()?.token.current?.hash).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('1,000 parallel uses of one token', () => {
  test('rotate it once, count once, and all get the same answer', async ({
    house,
    client,
    sessionId,
    count,
    stored,
  }) => {
    const token = await house.issue(sessionId, client);
    const before = house.timeline(sessionId).length;
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => house.reconnect(sessionId, token, client)));
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    const texts = new Set(answers.map(({ replayed: _, ...answer }) => JSON.stringify(answer)));
    expect(texts.size).toBe(1);
    expect(count()).toBe(1);
    expect(stored()).toMatchObject({ session: { reconnect_count: 1 }, token: { generation: 2, used_generation: 1 } });
    expect(
      house
        .timeline(sessionId)
        .slice(before)
        .map(({ kind }) => kind),
    ).toEqual(['session_reconnected', 'token_issued']);
    const [answer] = answers;
    expect(await house.reconnect(sessionId, answer?.reconnect_token ?? '', client)).toMatchObject({
      reconnect_count: 2,
    });
  });

  test('by two clients of which one is a stranger: the stranger gets nothing', async ({
    house,
    client,
    sessionId,
    count,
    rejections,
  }) => {
    const stranger = house.client('Stranger');
    const token = await house.issue(sessionId, client);
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, (_, i) => house.reconnect(sessionId, token, i % 2 === 0 ? client : stranger)),
    );
    for (const [i, result] of results.entries()) {
      if (i % 2 === 0) expect(result.status).toBe('fulfilled');
      else expect(result).toMatchObject({ status: 'rejected', reason: { code: 'session_not_found' } });
    }
    expect(count()).toBe(1);
    expect(rejections()).toEqual([]);
  });

  test('beside tokens being issued leave exactly one valid token', async ({
    house,
    client,
    sessionId,
    count,
    stored,
  }) => {
    const token = await house.issue(sessionId, client);
    const results = await Promise.allSettled([
      ...Array.from({ length: 20 }, () => house.issue(sessionId, client)),
      ...Array.from({ length: 20 }, () => house.reconnect(sessionId, token, client).then((b) => b.reconnect_token)),
    ]);
    const all = new Set(results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
    expect(count()).toBeLessThanOrEqual(1);
    const { generation, current } = stored()?.token ?? {};
    expect(generation).toBe(1 + 20 + count());
    let valid = 0;
    for (const one of all) {
      const verified = await house.tokens.verify(one);
      if (typeof verified !== 'string' && verified.hash === current?.hash) valid += 1;
    }
    expect(valid).toBe(1);
  });
});

describe('a token that was used behind our back', () => {
  test('is caught by the database’s own compare-and-set: nothing is counted, nothing is written', async ({
    house,
    client,
    sessionId,
    stored,
  }) => {
    const token = await house.issue(sessionId, client);
    const stale = house.manager;
    house.session(sessionId);
    // Another writer of the same file, as a second process would be without the owner lock.
    await house.anotherManager();
    expect(await house.reconnect(sessionId, token, client)).toMatchObject({ reconnect_count: 1 });
    const row = stored();
    const request = { session_id: sessionId, token, principal: ADMIN, door: 'rest' as const, transport_id: null };
    expect(await codeOf(() => stale.reconnectSession(request))).toBe('token_mismatch');
    expect(stored()).toEqual(row);
    expect(house.kinds(sessionId).filter((kind) => kind === 'session_reconnected')).toHaveLength(1);
  });
});

describe('a lost answer', () => {
  test('is given again, byte for byte, for ten seconds, and counts nothing', async ({
    house,
    client,
    sessionId,
    count,
  }) => {
    const token = await house.issue(sessionId, client);
    const first = await house.reconnect(sessionId, token, client);
    const events = house.events.length;
    for (const wait of [0, 1, 4_000, 5_999]) {
      house.clock.advance(wait);
      const again = await house.reconnect(sessionId, token, client);
      expect(again).toEqual({ ...first, replayed: true });
    }
    expect(count()).toBe(1);
    expect(house.events).toHaveLength(events);
  });

  test('is given again after a restart of Holdfast', async ({ house, client, sessionId }) => {
    const token = await house.issue(sessionId, client);
    const first = await house.reconnect(sessionId, token, client);
    await house.restart('kill', 2 * SECOND);
    expect(await house.reconnect(sessionId, token, client)).toEqual({ ...first, replayed: true });
  });

  test('is given again though the token’s own time ended in between', async ({ house, client, sessionId }) => {
    const token = await house.issue(sessionId, client);
    house.clock.advance(15 * MINUTE - 2 * SECOND);
    const first = await house.reconnect(sessionId, token, client);
    house.clock.advance(5 * SECOND);
    expect(await house.reconnect(sessionId, token, client)).toEqual({ ...first, replayed: true });
    house.clock.advance(6 * SECOND);
    expect(await codeOf(() => house.reconnect(sessionId, token, client))).toBe('token_expired');
  });

  test('attaches the new transport that asks again', async ({ house, client, sessionId, count }) => {
    const token = await house.issue(sessionId, client);
    const first = house.connect(client, { name: 'a new start' });
    await house.reconnect(sessionId, token, client, first.transport);
    const second = house.connect(client, { name: 'a new start' });
    expect(second.session.session_id).not.toBe(sessionId);
    const again = await house.reconnect(sessionId, token, client, second.transport);
    expect(again.replayed).toBe(true);
    expect(house.manager.enter(second.transport, true, client).session.session_id).toBe(sessionId);
    expect(house.session(second.session.session_id)).toMatchObject({ status: 'closed' });
    expect(house.effects).toContainEqual({
      effect: 'moved',
      transport: second.transport,
      from: second.session.session_id,
      to: sessionId,
    });
    expect(count()).toBe(1);
  });

  test('after more than ten seconds is reuse: the family is revoked', async ({
    house,
    client,
    sessionId,
    rejections,
  }) => {
    const token = await house.issue(sessionId, client);
    const { reconnect_token } = await house.reconnect(sessionId, token, client);
    house.clock.advance(10 * SECOND + 1);
    expect(await codeOf(() => house.reconnect(sessionId, token, client))).toBe('token_reused');
    expect(await codeOf(() => house.reconnect(sessionId, reconnect_token, client))).toBe('token_reused');
    expect(house.session(sessionId)).toMatchObject({ reconnect_count: 1, reconnect_expires_at: null });
    expect(house.kinds(sessionId).filter((kind) => kind === 'token_reuse_detected')).toHaveLength(1);
    expect(rejections()).toEqual(['token_reused', 'token_reused']);
  });

  test('after its successor was used is reuse, even within ten seconds', async ({
    house,
    client,
    sessionId,
    count,
  }) => {
    const token = await house.issue(sessionId, client);
    const second = await house.reconnect(sessionId, token, client);
    const third = await house.reconnect(sessionId, second.reconnect_token, client);
    house.clock.advance(SECOND);
    expect(await codeOf(() => house.reconnect(sessionId, token, client))).toBe('token_reused');
    for (const { reconnect_token } of [second, third]) {
      expect(await codeOf(() => house.reconnect(sessionId, reconnect_token, client))).toBe('token_reused');
    }
    expect(count()).toBe(2);
  });

  test('once reused, the session goes on and a new token is worth something again', async ({
    house,
    client,
    transport,
    sessionId,
  }) => {
    const token = await house.issue(sessionId, client);
    await house.reconnect(sessionId, token, client);
    house.clock.advance(11 * SECOND);
    expect(await codeOf(() => house.reconnect(sessionId, token, client))).toBe('token_reused');
    await house.restart('kill', SECOND);
    expect(await codeOf(() => house.reconnect(sessionId, token, client))).toBe('token_reused');
    expect(house.manager.enter(transport, true, client).session.status).toBe('active');
    const fresh = await house.issue(sessionId, client);
    expect(await house.reconnect(sessionId, fresh, client)).toMatchObject({ reconnect_count: 3 });
    expect(await codeOf(() => house.reconnect(sessionId, token, client))).toBe('token_reused');
  });
});

describe('a refused reconnect has its own code', () => {
  test('expired', async ({ house, client, sessionId, rejections }) => {
    const token = await house.issue(sessionId, client);
    house.clock.advance(15 * MINUTE);
    expect(await codeOf(() => house.reconnect(sessionId, token, client))).toBe('token_expired');
    expect(rejections()).toEqual(['token_expired']);
  });

  test.for<[string, (forged: Forge) => string, string]>([
    ['alg none', (forged) => `${forged({ alg: 'none' }, {}).split('.').slice(0, 2).join('.')}.`, 'invalid_token'],
    ['HS384', (forged) => forged({ alg: 'HS384' }, {}), 'invalid_token'],
    ['another typ', (forged) => forged({ typ: 'JWT' }, {}), 'invalid_token'],
    ['another aud', (forged) => forged({}, { aud: 'holdfast:monitor' }), 'invalid_token'],
    ['another iss', (forged) => forged({}, { iss: 'archon' }), 'invalid_token'],
    ['another purpose', (forged) => forged({}, { purpose: 'session_monitor' }), 'invalid_token_purpose'],
    ['forged with the right secret, but never issued', (forged) => forged({}, {}), 'token_mismatch'],
  ])('%s', async ([_name, forge, code], { house, client, sessionId, count, rejections, forged }) => {
    await house.issue(sessionId, client);
    expect(await codeOf(() => house.reconnect(sessionId, forge(forged), client))).toBe(code);
    expect(rejections()).toEqual([code]);
    expect(count()).toBe(0);
  });

  test('truncated', async ({ house, client, sessionId }) => {
    const token = await house.issue(sessionId, client);
    for (const cut of [0, 1, 40, token.length - 1]) {
      expect(await codeOf(() => house.reconnect(sessionId, token.slice(0, cut), client))).toBe('invalid_token');
    }
    expect(await house.reconnect(sessionId, token, client)).toMatchObject({ reconnect_count: 1 });
  });

  test('another client’s session looks like an unknown one, and leaves no trace in its timeline', async ({
    house,
    client,
    sessionId,
  }) => {
    const stranger = house.client('Stranger');
    const token = await house.issue(sessionId, client);
    const events = house.timeline(sessionId).length;
    expect(await codeOf(() => house.reconnect(sessionId, token, stranger))).toBe('session_not_found');
    expect(await codeOf(() => house.reconnect('s_0000000000000000000000', token, stranger))).toBe('session_not_found');
    expect(house.timeline(sessionId)).toHaveLength(events);
    expect(await house.reconnect(sessionId, token, client)).toMatchObject({ reconnect_count: 1 });
  });

  test('another session of the same client', async ({ house, client, sessionId, rejections }) => {
    const token = await house.issue(sessionId, client);
    const other = house.connect(client);
    expect(await codeOf(() => house.reconnect(other.session.session_id, token, client))).toBe('session_id_mismatch');
    expect(rejections(other.session.session_id)).toEqual(['session_id_mismatch']);
    expect(await house.reconnect(sessionId, token, client)).toMatchObject({ reconnect_count: 1 });
  });

  test('closed', async ({ house, client, sessionId }) => {
    const token = await house.issue(sessionId, client);
    house.manager.close(sessionId, ADMIN, 'user');
    expect(await codeOf(() => house.reconnect(sessionId, token, client))).toBe('session_already_disconnected');
    expect(house.session(sessionId).status).toBe('closed');
  });

  test('expired session, swept or not', async ({ open }) => {
    const long = await open({ policy: { tokenLife: HOUR, retention: 30 * MINUTE } });
    const someone = long.client();
    const { session } = long.connect(someone);
    const token = await long.issue(session.session_id, someone);
    long.manager.disconnect(session.session_id, ADMIN);
    long.clock.elapse(30 * MINUTE);
    expect(await codeOf(() => long.reconnect(session.session_id, token, someone))).toBe('session_already_disconnected');
    expect(long.session(session.session_id).status).toBe('disconnected');
    long.clock.advance(2 * SECOND);
    expect(long.session(session.session_id).status).toBe('expired');
    expect(await codeOf(() => long.reconnect(session.session_id, token, someone))).toBe('session_already_disconnected');
  });

  test('superseded by a newer one before it was used', async ({ house, client, sessionId }) => {
    const first = await house.issue(sessionId, client);
    const second = await house.issue(sessionId, client);
    expect(await codeOf(() => house.reconnect(sessionId, first, client))).toBe('token_mismatch');
    expect(await house.reconnect(sessionId, second, client)).toMatchObject({ reconnect_count: 1 });
  });

  test('signed with a secret that was changed; the same secret verifies over restarts', async ({
    house,
    client,
    sessionId,
  }) => {
    const token = await house.issue(sessionId, client);
    const kept = house.secret;
    house.secret = seededRandom('another').bytes(32);
    await house.restart('stop');
    expect(await codeOf(() => house.reconnect(sessionId, token, client))).toBe('invalid_token');
    house.secret = kept;
    await house.restart('stop');
    expect(await house.reconnect(sessionId, token, client)).toMatchObject({ reconnect_count: 1 });
  });

  test('rate limited, before anything is looked at', async ({ open }) => {
    let wait: number | null = 1_500;
    const limited = await open({ limiter: { take: () => Promise.resolve(wait) } });
    const someone = limited.client();
    const { session } = limited.connect(someone);
    const token = await limited.issue(session.session_id, someone);
    const refused = limited.reconnect(session.session_id, token, someone);
    await expect(refused).rejects.toMatchObject({ code: 'rate_limited', retryAfter: 1_500 });
    wait = null;
    expect(await limited.reconnect(session.session_id, token, someone)).toMatchObject({ reconnect_count: 1 });
  });

  test('and every code says what to do, with a status of its own kind', () => {
    for (const [code, { status, sentence }] of Object.entries(RECONNECT_FAILURES)) {
      expect(ERRORS, code).toHaveProperty(code);
      expect(status, code).toBeGreaterThanOrEqual(400);
      expect(sentence, code).toMatch(/^[A-Z].*\. [A-Z].*\.$/);
    }
  });
});

describe('a transport that calls for its old session', () => {
  test('is attached to it: old transports are superseded, the session it leaves is closed', async ({
    house,
    client,
    transport,
    sessionId,
  }) => {
    const token = await house.issue(sessionId, client);
    house.manager.disconnect(sessionId, ADMIN);
    const next = house.connect(client, { name: 'another program', version: '2.0.0' });
    expect(next.session.session_id).not.toBe(sessionId);
    const closed = house.manager.streamOpened(next.transport);
    const back = await house.reconnect(sessionId, token, client, next.transport);
    expect(back).toMatchObject({ session_id: sessionId, reconnect_count: 1 });
    expect(house.session(sessionId)).toMatchObject({ status: 'active', client_version: '2.0.0' });
    expect(house.session(next.session.session_id).status).toBe('closed');
    expect(house.timeline(next.session.session_id).at(-1)).toMatchObject({
      kind: 'session_closed',
      payload: { reason: 'superseded', superseded_by: sessionId },
    });
    expect(house.effects).toContainEqual({ effect: 'ended', transport });
    expect(house.effects).toContainEqual({
      effect: 'moved',
      transport: next.transport,
      from: next.session.session_id,
      to: sessionId,
    });
    expect(house.manager.findTransport(next.transport, client.client_id)?.session_id).toBe(sessionId);
    closed();
    expect(house.session(sessionId).degraded).toBe(true);
  });

  test('leaves a session that still has another transport as it is', async ({ house, client, sessionId }) => {
    const token = await house.issue(sessionId, client);
    const other = house.connect(client, { name: 'cursor' });
    house.manager.streamOpened(other.transport)();
    house.clock.advance(25 * SECOND);
    const one = house.connect(client, { name: 'cursor' });
    const two = house.connect(client, { name: 'cursor' });
    expect(one.session.session_id).toBe(other.session.session_id);
    expect(two.session.session_id).toBe(other.session.session_id);
    await house.reconnect(sessionId, token, client, one.transport);
    expect(house.session(other.session.session_id).status).toBe('active');
    expect(house.manager.enter(two.transport, true, client).session.session_id).toBe(other.session.session_id);
    expect(house.manager.enter(one.transport, true, client).session.session_id).toBe(sessionId);
  });

  test('supersedes every transport that its session had', async ({ house, client, transport, sessionId }) => {
    house.manager.streamOpened(transport)();
    house.clock.advance(25 * SECOND);
    const one = house.connect(client);
    const two = house.connect(client);
    const token = await house.issue(sessionId, client);
    const other = house.connect(client, { name: 'another program' });
    await house.reconnect(sessionId, token, client, other.transport);
    for (const old of [transport, one.transport, two.transport]) {
      expect(await codeOf(() => house.manager.enter(old, true, client))).toBe('session_not_found');
      expect(house.effects).toContainEqual({ effect: 'ended', transport: old });
    }
  });

  test('may be the one that has it already: counted, nothing moves', async ({
    house,
    client,
    transport,
    sessionId,
    count,
  }) => {
    const token = await house.issue(sessionId, client);
    const effects = house.effects.length;
    await house.reconnect(sessionId, token, client, transport);
    expect(count()).toBe(1);
    expect(house.effects).toHaveLength(effects);
    expect(house.manager.enter(transport, true, client).session.session_id).toBe(sessionId);
  });

  test('has given a sign of life by that: a stream that it lost before does not end the session after', async ({
    house,
    client,
    sessionId,
  }) => {
    const token = await house.issue(sessionId, client);
    const other = house.connect(client, { name: 'another program' });
    house.manager.streamOpened(other.transport)();
    house.clock.advance(15 * SECOND);
    await house.reconnect(sessionId, token, client, other.transport);
    house.clock.advance(30 * SECOND);
    expect(house.session(sessionId).status).toBe('active');
  });

  test('asking again for a lost answer is a sign of life as well', async ({ house, client, transport, sessionId }) => {
    const token = await house.issue(sessionId, client);
    await house.reconnect(sessionId, token, client, transport);
    house.manager.streamOpened(transport)();
    house.clock.advance(SECOND);
    expect((await house.reconnect(sessionId, token, client, transport)).replayed).toBe(true);
    house.clock.advance(30 * SECOND);
    expect(house.session(sessionId).status).toBe('active');
  });

  test('may have no session yet: it makes none of its own', async ({ house, client, sessionId }) => {
    const token = await house.issue(sessionId, client);
    const bare = house.open(client);
    await house.reconnect(sessionId, token, client, bare);
    expect(house.manager.enter(bare, true, client).session.session_id).toBe(sessionId);
    expect(house.store.sessions.snapshot(10)).toHaveLength(1);
  });

  test('of another client is never attached, not even by the admin', async ({ house, client, sessionId, count }) => {
    const other = house.client('Other');
    const theirs = house.connect(other);
    const token = await house.issue(sessionId, client);
    const request = { session_id: sessionId, token, principal: ADMIN, door: 'rest' as const };
    expect(await codeOf(() => house.manager.reconnectSession({ ...request, transport_id: theirs.transport }))).toBe(
      'session_not_found',
    );
    expect(count()).toBe(0);
    expect(house.manager.findTransport(theirs.transport, other.client_id)?.session_id).toBe(theirs.session.session_id);
  });

  test('a refusal that cannot be written down keeps its own code', async ({ house, client, sessionId }) => {
    const superseded = await house.issue(sessionId, client);
    await house.issue(sessionId, client);
    house.diskIsFull = true;
    expect(await codeOf(() => house.reconnect(sessionId, superseded, client))).toBe('token_mismatch');
    expect(await codeOf(() => house.reconnect(sessionId, 'nonsense', client))).toBe('invalid_token');
    expect(house.problems).toHaveLength(2);
  });

  test('a commit that fails changes nothing: the same token works later', async ({ house, client, sessionId }) => {
    const token = await house.issue(sessionId, client);
    house.manager.disconnect(sessionId, ADMIN);
    house.diskIsFull = true;
    expect(await codeOf(() => house.reconnect(sessionId, token, client))).toBe('storage_unavailable');
    house.diskIsFull = false;
    expect(house.session(sessionId)).toMatchObject({ status: 'disconnected', reconnect_count: 0 });
    expect(await house.reconnect(sessionId, token, client)).toMatchObject({ reconnect_count: 1, replayed: false });
  });
});
