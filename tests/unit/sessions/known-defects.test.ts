import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { ReconnectTokens } from '#src/main/sessions/reconnect/reconnect-tokens';
import { DEFAULT_POLICY } from '#src/shared/model/policy';
import { HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { inRepository } from '#tests/support/paths';
import { ADMIN, codeOf, sessionTest as test } from './harness';

/*
 * Defects that the first system of this kind had, by their numbers; tests/support/known-defects.md lists all of them and
 * where the others are tested.
 */

describe('known defect 1: a reconnect that only bumps a counter and rebinds nothing', () => {
  test('after a reconnect the asking transport is the session’s: its next call is the session’s call', async ({
    house,
    client,
    sessionId,
  }) => {
    const token = await house.issue(sessionId, client);
    house.manager.disconnect(sessionId, ADMIN);
    house.clock.advance(MINUTE);
    const asking = house.open(client, { name: 'restarted program' });
    await house.reconnect(sessionId, token, client, asking);
    expect(house.call(asking, client, 5).session_id).toBe(sessionId);
    house.manager.flush();
    expect(house.session(sessionId)).toMatchObject({ status: 'active', calls: 1 });
    expect(house.manager.findTransport(asking, client.client_id)?.session_id).toBe(sessionId);
    expect(house.effects).toContainEqual({ effect: 'moved', transport: asking, from: null, to: sessionId });
  });

  test('after a restart the client’s own id works again: the session itself is restored', async ({
    house,
    client,
    transport,
    sessionId,
  }) => {
    await house.restart('kill', SECOND);
    expect(house.manager.enter(transport, true, client).session).toMatchObject({
      session_id: sessionId,
      status: 'active',
    });
  });
});

describe('known defect 2: an idle timeout shorter than the token’s life', () => {
  test('a token works to the end of its life, whatever became of the session meanwhile', async ({
    house,
    client,
    transport,
    sessionId,
  }) => {
    const token = await house.issue(sessionId, client);
    house.manager.streamOpened(transport)();
    house.clock.advance(15 * MINUTE - SECOND);
    expect(house.session(sessionId).status).toBe('disconnected');
    expect(await house.reconnect(sessionId, token, client)).toMatchObject({ reconnect_count: 1 });
  });

  test('nothing that ends a session by itself comes before the token’s end', () => {
    expect(DEFAULT_POLICY.retention).toBeGreaterThan(DEFAULT_POLICY.tokenLife);
    expect(DEFAULT_POLICY.quietAfter).toBeGreaterThan(DEFAULT_POLICY.tokenLife);
  });
});

describe('known defect 3: a signing secret that changes at restart', () => {
  test('a token outlives any number of restarts', async ({ house, client, sessionId }) => {
    const token = await house.issue(sessionId, client);
    for (const how of ['stop', 'kill', 'stop'] as const) await house.restart(how, MINUTE);
    expect(await house.reconnect(sessionId, token, client)).toMatchObject({ reconnect_count: 1 });
  });

  test('two processes with the same secret agree', async ({ house, sessionId }) => {
    const deps = { clock: house.clock, random: house.random, policy: house.policy };
    const [a, b] = [await ReconnectTokens.create(house.secret, deps), await ReconnectTokens.create(house.secret, deps)];
    const { token, claims } = await a.mint(sessionId, 1);
    expect(await b.verify(token)).toMatchObject({ session_id: sessionId, hash: claims.hash });
  });
});

describe('known defect 4: tokens that can be replayed until they expire', () => {
  test('a used token is worth nothing after its grace time, and showing it again takes its successors along', async ({
    house,
    client,
    sessionId,
  }) => {
    const token = await house.issue(sessionId, client);
    const { reconnect_token } = await house.reconnect(sessionId, token, client);
    house.clock.advance(MINUTE);
    for (let i = 0; i < 3; i++) {
      expect(await codeOf(() => house.reconnect(sessionId, token, client))).toBe('token_reused');
    }
    expect(await codeOf(() => house.reconnect(sessionId, reconnect_token, client))).toBe('token_reused');
    expect(house.session(sessionId).reconnect_count).toBe(1);
  });
});

describe('known defect 5: a token for whoever knows or lists an id', () => {
  test('only the session’s client and the admin get one, and only they can use it', async ({
    house,
    client,
    sessionId,
  }) => {
    const stranger = house.client('Stranger');
    expect(await codeOf(() => house.issue(sessionId, stranger))).toBe('session_not_found');
    const token = await house.issue(sessionId, client);
    expect(await codeOf(() => house.reconnect(sessionId, token, stranger))).toBe('session_not_found');
    expect(await codeOf(() => house.reconnect(sessionId, token, stranger, house.open(stranger)))).toBe(
      'session_not_found',
    );
    expect(house.session(sessionId).reconnect_count).toBe(0);
  });
});

describe('known defect 7: events that are never wired to the manager', () => {
  test('everything that changes a session is heard on the bus before the call returns', async ({
    house,
    client,
    transport,
    sessionId,
  }) => {
    const heard = (work: () => unknown) => {
      const before = house.events.length;
      const result = work();
      return { kinds: house.events.slice(before).map(({ kind }) => kind), result };
    };
    const next = heard(() => house.connect(house.client('Other')));
    expect(next.kinds).toEqual(['client_created', 'session_created']);
    expect(heard(() => house.manager.streamOpened(transport)()).kinds).toEqual(['stream_lost']);
    expect(heard(() => house.clock.advance(21 * SECOND)).kinds).toEqual(['session_disconnected']);
    expect(heard(() => house.manager.enter(transport, true, client)).kinds).toEqual(['session_reconnected']);
    expect(heard(() => house.clock.advance(61 * SECOND)).kinds).toContain('session_idle');
    expect(heard(() => house.manager.enter(transport, true, client)).kinds).toEqual(['session_active']);
    expect(heard(() => house.manager.disconnect(sessionId, ADMIN)).kinds).toEqual(['session_disconnected']);
    expect(heard(() => house.manager.close(sessionId, ADMIN, 'user')).kinds).toEqual(['session_closed']);
    const before = house.events.length;
    const { session, transport: other } = house.connect(client);
    await house.reconnect(session.session_id, await house.issue(session.session_id, client), client, other);
    expect(house.events.slice(before).map(({ kind }) => kind)).toEqual([
      'session_created',
      'token_issued',
      'session_reconnected',
      'token_issued',
    ]);
    expect(house.events.map(({ seq }) => seq)).toEqual(house.events.map((_, i) => i + 1));
  });
});

describe('known defect 10: a read that revives an expired session', () => {
  test('looking at a session, in every way there is, does not make it younger', async ({
    house,
    client,
    transport,
    sessionId,
  }) => {
    house.manager.disconnect(sessionId, ADMIN);
    const before = house.session(sessionId);
    const look = () => {
      house.session(sessionId);
      house.manager.sessionExists(sessionId);
      house.manager.findTransport(transport, client.client_id);
      house.store.sessions.get(sessionId);
      house.store.sessions.snapshot(10);
      house.store.sessions.health(house.clock.now());
    };
    for (let hours = 0; hours < 23; hours++) {
      house.clock.elapse(HOUR);
      look();
    }
    expect(house.session(sessionId)).toEqual(before);
    house.clock.elapse(HOUR);
    look();
    house.clock.advance(SECOND);
    look();
    expect(house.session(sessionId)).toMatchObject({ status: 'expired', last_activity: before.last_activity });
    await house.restart('kill');
    look();
    expect(house.session(sessionId).status).toBe('expired');
    expect(await codeOf(() => house.manager.enter(transport, true, client))).toBe('session_not_found');
  });

  test('a session loaded from the database is as old as it was', async ({ house, sessionId }) => {
    house.manager.disconnect(sessionId, ADMIN);
    const { last_activity, disconnected_at } = house.session(sessionId);
    house.clock.elapse(23 * HOUR);
    await house.restart('kill', 100 * HOUR);
    expect(house.session(sessionId)).toMatchObject({ status: 'disconnected', last_activity, disconnected_at });
    house.clock.elapse(HOUR);
    house.clock.advance(SECOND);
    expect(house.session(sessionId).status).toBe('expired');
  });
});

describe('known defect 11: a recovery that fails when there is something to recover', () => {
  test('sessions of every status are recovered, and each is one that can be worked with', async ({ house, client }) => {
    const states = ['active', 'idle', 'degraded', 'probe', 'disconnected', 'closed'] as const;
    const all = new Map(
      states.map((state) => {
        const transport = house.open(client, { name: state });
        return [state, { transport, session: house.manager.enter(transport, state !== 'probe', client).session }];
      }),
    );
    const of = (state: (typeof states)[number]) => {
      const found = all.get(state);
      if (!found) throw new Error(state);
      return found;
    };
    house.clock.advance(61 * SECOND);
    house.manager.enter(of('active').transport, true, client);
    house.manager.streamOpened(of('degraded').transport)();
    house.manager.disconnect(of('disconnected').session.session_id, ADMIN);
    house.manager.close(of('closed').session.session_id, ADMIN, 'user');
    await house.restart('kill', SECOND);
    const statuses = states.map((state) => house.session(of(state).session.session_id).status);
    expect(statuses).toEqual([...Array(5).fill('disconnected'), 'closed']);
    for (const state of states.slice(0, 5)) {
      expect(house.manager.enter(of(state).transport, true, client).session.status).toBe('active');
    }
    expect(house.problems).toEqual([]);
  });
});

describe('the list of known defects', () => {
  const rows = readFileSync(inRepository('tests/support/known-defects.md'), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, number, file, title] = /^\| (\d+) \|.*\| `(.+)`: "(.+)" \|$/.exec(line) ?? [];
      return number && file && title ? [{ number: Number(number), file, title }] : [];
    });

  test('has every number from 1 to 12', () => {
    expect([...new Set(rows.map(({ number }) => number))]).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  });

  test.each(rows)('$number: $file has “$title”', ({ file, title }) => {
    const isTitle = new RegExp(
      `(test|describe)(\\.\\w+(\\(\\w+\\))?)?\\(\\s*['"\`][^\\n]*${title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`,
    );
    expect(readFileSync(inRepository(file), 'utf8')).toMatch(isTitle);
  });
});
