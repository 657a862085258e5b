import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { describe, expect } from 'vitest';
import type { Session } from '#src/shared/contract/session';
import type { Json } from '#tests/support/clients/mcp-http';
import {
  beginOf,
  expectGone,
  expectTaken,
  json,
  messagesOf,
  takeUp,
  takingOverTest,
  textOf,
  WHERE,
} from './support/taking-over';

/* A session goes from one client to another, in whatever state it is. */

const test = takingOverTest.override('servers', ['counter', 'slow']);

describe('a session that is handed over', () => {
  test('while nothing runs: the other client finds its state, the old one is told, and starts afresh', async ({
    host,
    owner,
    heir,
    offer,
    connect,
  }) => {
    const old = await connect('v1', owner);
    const { pid } = await old.json('count');
    await old.json('count');
    const { session } = await offer();
    expect(await old.json('peek'), 'until the other one comes nothing changes').toEqual({ n: 2, pid });

    const taker = await connect('v2', heir);
    expect(await taker.json('count')).toEqual({ n: 3, pid });
    await expect(old.call('count')).rejects.toThrow(WHERE);

    const again = await connect('v1', owner);
    // What it calls at once must not happen by halves.
    for (const told of await Promise.all([again.call('count'), again.call('count'), again.call('peek')])) {
      expect([told.isError, textOf(told)]).toEqual([true, expect.stringMatching(WHERE)]);
      expect(textOf(told)).toContain('this call was not made');
    }
    const fresh = await again.json('count');
    expect(fresh.n).toBe(1);
    expect(fresh.pid).not.toBe(pid);
    expect(await taker.json('count')).toEqual({ n: 4, pid });
    expect(await host.sessions(heir.key)).toMatchObject([{ reconnect_count: 1 }]);
    await expectTaken(host, heir, session.session_id, owner);
  }, 60_000);

  test('while a call runs: its client gets an error, and nobody gets its result', async ({
    owner,
    heir,
    offer,
    raw,
    connect,
    gate,
  }) => {
    const old = await connect('v1', owner, '/mcp');
    const hold = gate('in-a-call');
    const running = old.call('counter__count', { gate: hold.path });
    running.catch(() => {});
    await hold.reached();
    const invitation = await offer({ invited: true });

    const taker = await raw(heir, '/mcp');
    const answer = await takeUp(taker, invitation);
    expect(answer.structuredContent).toMatchObject({ success: true, message: expect.stringContaining('chat') });
    await expect(running).rejects.toThrow(WHERE);
    await hold.pass();
    const stream = (await taker.get()).stream;
    expect(json(await taker.call('counter__count'))).toMatchObject({ n: 2 });
    await taker.call('counter__remind', { ms: 50, uri: 'counter://n' });
    const pushed: Json[] = [];
    while (pushed.at(-1)?.method !== 'notifications/resources/updated') pushed.push((await stream?.message())?.message);
    expect(
      pushed.filter(({ id }) => id !== undefined),
      'no answer of the old call',
    ).toEqual([]);
    stream?.cut();
    expect(textOf(await takeUp(taker, invitation))).toMatch(/^token_reused/);
  }, 60_000);

  test('while a person is asked: the question is taken back, and the server goes on', async ({
    owner,
    heir,
    offer,
    raw,
    connect,
  }) => {
    const old = await raw(owner);
    const { stream } = await old.request('tools/call', { name: 'ask', arguments: {} });
    const question = (await stream?.message())?.message;
    expect(question.method).toBe('elicitation/create');
    await offer();

    const taker = await connect('v2', heir);
    await taker.json('peek');
    const rest = await messagesOf(stream);
    expect(rest[0]).toMatchObject({ method: 'notifications/cancelled', params: { requestId: question.id } });
    expect(rest[1].error.message).toMatch(WHERE);
    expect(rest).toHaveLength(2);
    const late = await old.post({ jsonrpc: '2.0', id: question.id, result: { action: 'accept', content: {} } });
    expect([late.status, late.json.error.message]).toEqual([404, expect.stringMatching(WHERE)]);
    expect(await taker.json('ask'), 'whoever has it now is asked').toMatchObject({ action: 'accept' });
    expect(taker.asked).toHaveLength(1);
  }, 60_000);

  test('while a call runs that asks and logs later: the other client hears nothing of it', async ({
    owner,
    heir,
    offer,
    raw,
    connect,
    gate,
  }) => {
    const old = await raw(owner);
    const hold = gate('asks-later');
    const { stream } = await old.request('tools/call', { name: 'ask', arguments: { gate: hold.path } });
    await hold.reached();
    await offer();
    const taker = await connect('v2', heir);
    await taker.json('peek');
    await stream?.rest();
    await hold.pass();
    await expect.poll(() => readFileSync(`${hold.path}.done`, 'utf8')).toBe('{"action":"cancel"}');
    await taker.json('touch');
    expect(taker.asked).toEqual([]);
  }, 60_000);

  test('with a stream open: it ends, and what the server says goes to the other client', async ({
    owner,
    heir,
    offer,
    raw,
    connect,
  }) => {
    const old = await raw(owner);
    await old.call('count');
    await old.request('resources/subscribe', { uri: 'counter://n' });
    const stream = (await old.get()).stream;
    await offer();
    const taker = await connect('v1', heir);
    await taker.json('count');
    expect(await messagesOf(stream)).toEqual([]);
    await taker.request('resources/subscribe', { uri: 'counter://other' });
    expect(await taker.json('touch', { uri: 'counter://n' }), 'what the old one subscribed to is forgotten').toEqual({
      sent: false,
    });
    await taker.json('touch', { uri: 'counter://other' });
    expect(await taker.heardOf('notifications/resources/updated')).toMatchObject({ uri: 'counter://other' });
    await expectGone(old);
  }, 60_000);

  test('to two connections at once: one has it', async ({ host, owner, heir, offer, raw }) => {
    const old = await raw(owner);
    const { pid } = json(await old.call('count'));
    await offer();
    const takers = await Promise.all([raw(heir), raw(heir), raw(heir)]);
    const counts = await Promise.all(takers.map((taker) => taker.call('count')));
    const withState = counts.map(json).filter((count) => count.pid === pid);
    expect(withState).toEqual([{ n: 2, pid }]);
    const taken = (await host.sessions(heir.key)).filter((one: Session) => one.last_reconnect_cause === 'taken_over');
    expect(taken).toHaveLength(1);
  }, 60_000);

  test('while Holdfast is killed, before and after: the offer holds, the old client is told once', async ({
    host,
    owner,
    heir,
    offer,
    raw,
    gate,
  }) => {
    const old = await raw(owner);
    const { pid } = json(await old.call('count'));
    const hold = gate('killed');
    const { stream } = await old.request('tools/call', { name: 'count', arguments: { gate: hold.path } });
    const begun = await beginOf(stream);
    await hold.reached();
    await offer();
    await host.kill();
    await host.start();
    const taker = await raw(heir);
    expect(json(await taker.call('peek'))).toEqual({ n: 1, pid });
    await host.kill();
    await hold.pass();
    await host.start();
    expect(json(await taker.call('peek'))).toEqual({ n: 2, pid });

    // Many clients would take a 404 here for nothing at all, and wait for their call.
    const [answer, ...more] = await messagesOf((await old.get(begun)).stream);
    expect([answer.error.message, more]).toEqual([expect.stringMatching(WHERE), []]);
    await expectGone(old);
    expect((await taker.get(begun)).status, 'nobody else reads it').not.toBe(200);
    const again = await raw(owner);
    expect(textOf(await again.call('peek'))).toMatch(WHERE);
    expect(json(await again.call('peek')).pid).not.toBe(pid);
  }, 60_000);
});

describe('a session that is handed over in an odd moment', () => {
  test('in the middle of an upload of its client: the call is not made, and says where the session went', async ({
    host,
    owner,
    heir,
    offer,
    raw,
  }) => {
    const old = await raw(owner);
    const { pid } = json(await old.call('count'));
    const message = { jsonrpc: '2.0', id: 99, method: 'tools/call', params: { name: 'count', arguments: {} } };
    const text = JSON.stringify(message);
    const headers = {
      Authorization: `Bearer ${owner.key}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'Mcp-Session-Id': old.transportId ?? '',
      'MCP-Protocol-Version': '2025-11-25',
    };
    const upload = httpRequest(`${host.url}/mcp/counter`, { method: 'POST', headers });
    const answered = once(upload, 'response') as Promise<[IncomingMessage]>;
    await new Promise((sent) => upload.write(text.slice(0, 20), sent));
    await offer();
    const taker = await raw(heir);
    expect(json(await taker.call('peek'))).toEqual({ n: 1, pid });
    upload.end(text.slice(20));
    const [answer] = await answered;
    const chunks: Buffer[] = [];
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
    expect([answer.statusCode, Buffer.concat(chunks).toString()]).toEqual([404, expect.stringMatching(WHERE)]);
    expect(json(await taker.call('count'))).toEqual({ n: 2, pid });
  }, 60_000);

  test('while its server starts: the first call is nobody’s, and the process is the new client’s', async ({
    owner,
    heir,
    offer,
    raw,
    gate,
  }) => {
    const old = await raw(owner, '/mcp');
    await old.request('tools/list', {});
    const starting = old.call('slow__count');
    const start = gate('slow-start');
    await start.reached();
    await offer();
    const taker = await raw(heir, '/mcp');
    const first = taker.call('slow__peek');
    expect((await starting).message).toMatch(WHERE);
    start.open();
    const { n, pid } = json(await first);
    expect(n, 'whether it was sent or not, it was not made twice').toBeLessThanOrEqual(1);
    expect(json(await taker.call('slow__count'))).toEqual({ n: n + 1, pid });
  }, 60_000);
});
