import { describe, expect } from 'vitest';
import {
  expectGone,
  expectTaken,
  json,
  messagesOf,
  takeUp,
  takingOverTest,
  textOf,
  WHERE,
} from './support/taking-over';

/* A session goes from a client with MCP sessions to one without, and back. */

const test = takingOverTest
  .extend('modernOwner', ({ party }) => party('Modern', false, 'stateless'))
  .extend('modernHeir', ({ party }) => party('Cursor', true, 'stateless'));

describe('between a client with MCP sessions and one without', () => {
  test('it goes from the one without: its call is cut off, it is told once, and it starts afresh', async ({
    modernOwner,
    heir,
    offerOf,
    raw,
    connect,
    gate,
  }) => {
    const old = await connect('modern', modernOwner);
    const { pid } = await old.json('count');
    const hold = gate('modern-call');
    const running = old.call('count', { gate: hold.path });
    running.catch(() => {});
    await hold.reached();
    await offerOf(modernOwner);

    const taker = await raw(heir);
    expect(json(await taker.call('peek'))).toEqual({ n: 1, pid });
    await expect(running).rejects.toThrow(WHERE);
    await hold.pass();
    for (const told of await Promise.all([old.call('count'), old.call('peek')])) {
      expect([told.isError, textOf(told)]).toEqual([true, expect.stringMatching(WHERE)]);
    }
    const fresh = await old.json('count');
    expect(fresh.n).toBe(1);
    expect(fresh.pid).not.toBe(pid);
    expect(json(await taker.call('count'))).toEqual({ n: 3, pid });
  }, 60_000);

  test('it goes to the one without, by its next request or by an invitation, and stays there after a kill', async ({
    host,
    owner,
    modernHeir,
    offer,
    raw,
    connect,
  }) => {
    const old = await raw(owner, '/mcp');
    const { pid } = json(await old.call('counter__count'));
    const { session } = await offer({ to: modernHeir });
    const taker = await connect('modern', modernHeir, '/mcp');
    expect(await taker.json('counter__count')).toEqual({ n: 2, pid });
    const gone = await old.request('tools/call', { name: 'counter__peek', arguments: {} });
    expect([gone.status, gone.json.error.message]).toEqual([404, expect.stringMatching(WHERE)]);
    await host.kill();
    await host.start();
    expect(await taker.json('counter__count')).toEqual({ n: 3, pid });

    // What comes next is another session of the first client; the one without sessions uses its own now.
    const again = await raw(owner, '/mcp');
    expect(textOf(await again.call('counter__peek'))).toMatch(WHERE);
    const other = json(await again.call('counter__count'));
    await expect(offer({ to: modernHeir })).rejects.toThrow(/Make an invitation/);
    const answer = await takeUp(taker, await offer({ to: modernHeir, invited: true }));
    const message = expect.stringContaining('What they had before is kept');
    expect(answer.structuredContent).toMatchObject({ success: true, message });
    expect(await taker.json('counter__count')).toEqual({ n: 2, pid: other.pid });
    expect((await again.get()).status).toBe(404);
    const kept = (await host.sessions(modernHeir.key)).find(({ session_id }) => session_id === session.session_id);
    expect(kept, 'what its other chats had is kept').toMatchObject({ status: 'disconnected' });
  }, 60_000);

  test('it goes to the one without while its chats ask at once: all of them have it, and it went over once', async ({
    host,
    owner,
    modernHeir,
    offer,
    raw,
    connect,
  }) => {
    const old = await raw(owner);
    const { pid } = json(await old.call('count'));
    const chats = [await connect('modern', modernHeir), await connect('modern', modernHeir)];
    const { session } = await offer({ to: modernHeir });
    const counts = await Promise.all([...chats, ...chats].map((chat) => chat.json('count')));
    expect(counts.map(({ n }) => n).sort()).toEqual([2, 3, 4, 5]);
    expect(new Set(counts.map((count) => count.pid))).toEqual(new Set([pid]));
    expect(await host.sessions(modernHeir.key)).toMatchObject([{ reconnect_count: 1 }]);
    await expectTaken(host, modernHeir, session.session_id, owner);
    await expectGone(old);
  }, 60_000);

  test('it goes from the one without to one of several connections, while its chats call: each call is made once or not at all', async ({
    host,
    modernOwner,
    heir,
    offerOf,
    raw,
    connect,
  }) => {
    const chats = [await connect('modern', modernOwner), await connect('modern', modernOwner)];
    const [{ pid }] = await Promise.all(chats.map((chat) => chat.json('count')));
    const { session } = await offerOf(modernOwner);
    const takers = await Promise.all([raw(heir), raw(heir)]);
    const calling = chats.map((chat) =>
      chat.call('count').then(
        (result) => result,
        (error: Error) => error,
      ),
    );
    const taken = (await Promise.all(takers.map((taker) => taker.call('count')))).map(json);
    const old = await Promise.all(calling);
    await expectTaken(host, heir, session.session_id, modernOwner);
    const [here, ...others] = taken.filter((count) => count.pid === pid);
    expect(others, 'one of the two has it').toEqual([]);
    // Whoever came first was served there; later ones are told, and served nowhere.
    const made = old.filter((result) => !(result instanceof Error) && !result.isError).map(json);
    for (const count of made) expect(count.pid).toBe(pid);
    const told = old.filter((result) => result instanceof Error || result.isError);
    for (const result of told) expect(result instanceof Error ? result.message : textOf(result)).toMatch(WHERE);
    const winner = takers[taken.indexOf(here)];
    const { n } = json((await winner?.call('peek')) ?? null);
    // A call that was cut off may have been made.
    const cut = told.filter((result) => result instanceof Error).length;
    expect(n).toBeGreaterThanOrEqual(3 + made.length);
    expect(n).toBeLessThanOrEqual(3 + made.length + cut);
  }, 60_000);

  test('an invitation that two chats of the one without take up at once works once', async ({
    host,
    owner,
    modernHeir,
    offer,
    raw,
    connect,
  }) => {
    const old = await raw(owner, '/mcp');
    const { pid } = json(await old.call('counter__count'));
    const chats = [await connect('modern', modernHeir, '/mcp'), await connect('modern', modernHeir, '/mcp')];
    const own = await chats[0]?.json('counter__count');
    expect(own.pid).not.toBe(pid);
    const invitation = await offer({ to: modernHeir, invited: true });
    const answers = await Promise.all(chats.map((chat) => takeUp(chat, invitation)));
    expect(answers.filter((answer) => answer.structuredContent.success)).toHaveLength(1);
    for (const chat of chats) expect((await chat.json('counter__peek')).pid).toBe(pid);
    await expectTaken(host, modernHeir, invitation.session.session_id, owner);
    await expectGone(old);
  }, 60_000);

  test('with a stream open on the side without: it ends, and what it asked for is forgotten', async ({
    modernOwner,
    heir,
    offerOf,
    raw,
    connect,
  }) => {
    const old = await connect('modern', modernOwner);
    const { pid } = await old.json('count');
    const { closed } = await old.listen({ resourceSubscriptions: ['counter://n'] });
    await expect.poll(async () => (await old.json('touch')).sent).toBe(true);
    await offerOf(modernOwner);
    const taker = await raw(heir);
    expect(json(await taker.call('peek'))).toEqual({ n: 1, pid });
    expect(await closed).toBe('remote');
    expect(json(await taker.call('touch')), 'what the old one subscribed to').toEqual({ sent: false });
    expect(textOf(await old.call('count'))).toMatch(WHERE);
    const again = await old.listen({ resourceSubscriptions: ['counter://n'] });
    await expect.poll(async () => (await old.json('touch')).sent, { message: 'in its new session' }).toBe(true);
    expect((await old.json('peek')).pid).not.toBe(pid);
    expect(await Promise.race([again.closed, old.json('peek').then(() => 'open')])).toBe('open');
  }, 60_000);

  test('with a stream open on each side, by an invitation: both end, and news of the session go to whoever has it', async ({
    owner,
    modernHeir,
    offer,
    raw,
    connect,
  }) => {
    const old = await raw(owner, '/mcp');
    const { pid } = json(await old.call('counter__count'));
    const news = (await old.get()).stream;
    const taker = await connect('modern', modernHeir, '/mcp');
    const own = await taker.json('counter__count');
    const { closed } = await taker.listen({ resourceSubscriptions: ['counter+counter://n'] });
    const answer = await takeUp(taker, await offer({ to: modernHeir, invited: true }));
    expect(answer.structuredContent).toMatchObject({ success: true });
    expect(await closed).toBe('remote');
    expect(
      (await messagesOf(news)).filter(({ id }) => id !== undefined),
      'no answer, and no question',
    ).toEqual([]);
    expect((await taker.json('counter__peek')).pid).toBe(pid);
    expect(own.pid).not.toBe(pid);
    await taker.listen({ resourceSubscriptions: ['counter+counter://n'] });
    await expect.poll(async () => (await taker.json('counter__touch', { uri: 'counter://n' })).sent).toBe(true);
    expect(await taker.heardOf('notifications/resources/updated')).toMatchObject({ uri: 'counter+counter://n' });
    await expectGone(old);
  }, 60_000);
});
