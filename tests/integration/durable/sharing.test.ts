import { describe, expect } from 'vitest';
import type { SharingRole } from '#src/shared/contract/session';
import type { Json, McpHttp } from '#tests/support/clients/mcp-http';
import type { RealClient } from '#tests/support/clients/real-clients';
import { askable, beginOf, json, messagesOf, runs, takeUp, takingOverTest, textOf } from './support/taking-over';

/* Two clients use the servers of one session. */

const test = takingOverTest.override('servers', ['counter', 'tasks']);

/** On a busy machine. */
const SOON = { timeout: 15_000 };

describe('servers that two clients share', () => {
  test.for(['/mcp/counter', '/mcp'])(
    'at %s: both use one process, and each gets what is meant for it',
    { timeout: 60_000 },
    async (path, { host, owner, heir, share, connect, gate }) => {
      const name = (tool: string) => (path === '/mcp' ? `counter__${tool}` : tool);
      const first = await connect('v1', owner, path);
      const { pid } = await first.json(name('count'));
      await share();
      expect(await first.json(name('count')), 'until the other one comes nothing changes').toEqual({ n: 2, pid });
      const second = await connect('v2', heir, path);
      expect(await second.json(name('count'))).toEqual({ n: 3, pid });
      expect(await first.json(name('count'))).toEqual({ n: 4, pid });

      const steps: number[][] = [[], []];
      const slow = (client: RealClient, at: number, count: number) =>
        client.call(name('slow'), { ms: 100, steps: count }, { onprogress: ({ total }) => steps[at]?.push(total) });
      await Promise.all([slow(first, 0, 3), slow(second, 1, 2)]);
      expect(steps).toEqual([
        [3, 3, 3],
        [2, 2],
      ]);

      const hold = gate(`shared${path.replaceAll('/', '-')}`);
      const kept = second.json(name('count'), { gate: hold.path });
      const stop = new AbortController();
      const given = first.call(name('slow'), { ms: 60_000 }, { signal: stop.signal });
      given.catch(() => {});
      await hold.reached();
      stop.abort();
      await expect(given).rejects.toThrow();
      hold.open();
      expect(await kept).toEqual({ n: 5, pid });

      await first.json(name('log'), { data: 'to both' });
      // Whoever has listed something is told when it changes.
      for (const client of [first, second]) await client.names('tools/list');
      await first.json(name('announce'));
      for (const client of [first, second]) {
        expect(await client.heardOf('notifications/message')).toMatchObject({ data: 'to both' });
        await client.heardOf('notifications/tools/list_changed');
      }
      const [one] = await host.sessions(owner.key);
      const [other] = await host.sessions(heir.key);
      expect(one?.sharing).toMatchObject({ session_id: other?.session_id, role: 'host', client_id: heir.id });
      expect(other?.sharing).toMatchObject({ session_id: one?.session_id, role: 'guest', client_id: owner.id });

      await host.fetch(`/api/mcp/sessions/${one?.session_id}`, owner.key, { method: 'DELETE' });
      expect(await second.json(name('count')), 'the one that stays has the servers').toEqual({ n: 6, pid });
      expect((await host.sessions(heir.key))[0]).toMatchObject({ sharing: null, status: 'active' });
      await host.fetch(`/api/mcp/sessions/${other?.session_id}`, heir.key, { method: 'DELETE' });
      await expect.poll(() => runs(pid), SOON).toBe(false);
    },
  );

  test('ask one of the two, chosen, and the other when that one has left', async ({
    host,
    owner,
    heir,
    share,
    raw,
    connect,
  }) => {
    const first = await askable(host, owner);
    await first.call('peek');
    await share();
    const second = await connect('v2', heir);
    const stream = (await first.get()).stream;
    const asking = second.json('ask');
    const question = (await stream?.message())?.message;
    expect(question, 'the host is asked for the call of the guest').toMatchObject({ method: 'elicitation/create' });
    await first.post({ jsonrpc: '2.0', id: question.id, result: { action: 'decline' } });
    expect(await asking).toEqual({ action: 'decline' });
    const roots = await second.json('request', { method: 'roots/list' });
    expect(roots.error.message, 'it has said that it has none').toContain('does not answer roots/list');

    const [{ session_id } = { session_id: '' }] = await host.sessions(owner.key);
    const patch = (asks: SharingRole) =>
      host.fetch(`/api/mcp/sessions/${session_id}`, host.adminKey, { method: 'PATCH', body: JSON.stringify({ asks }) });
    await patch('guest');
    expect(json(await first.call('ask'))).toMatchObject({ action: 'accept' });
    expect(second.asked.map(({ method }) => method)).toEqual(['elicitation/create']);
    await patch('host');
    const again = second.json('ask');
    await stream?.message();
    await first.delete();
    expect(await again, 'what is open is asked again').toMatchObject({ action: 'accept' });
    expect(second.asked).toHaveLength(2);
    stream?.cut();
    await (await raw(owner)).delete();
  }, 60_000);

  test('updates of a resource go to whoever subscribed, and stopping leaves the servers where they were', async ({
    host,
    owner,
    heir,
    share,
    raw,
    connect,
    gate,
  }) => {
    const first = await connect('v1', owner, '/mcp/counter');
    const { pid } = await first.json('count');
    await share();
    const second = await raw(heir);
    await second.call('peek');
    const stream = (await second.get()).stream;
    await first.request('resources/subscribe', { uri: 'counter://n' });
    await second.request('resources/subscribe', { uri: 'counter://other' });
    for (const uri of ['counter://n', 'counter://other']) {
      expect(await first.json('touch', { uri })).toEqual({ sent: true });
    }
    expect(await first.heardOf('notifications/resources/updated')).toEqual({ uri: 'counter://n' });
    expect((await stream?.message())?.message.params).toEqual({ uri: 'counter://other' });

    const hold = gate('stopped');
    const running = second.call('count', { gate: hold.path });
    await hold.reached();
    // On the page of the host.
    const [{ session_id } = { session_id: '' }] = await host.sessions(owner.key);
    const stop = () => host.fetch(`/api/mcp/sessions/${session_id}/sharing`, host.adminKey, { method: 'DELETE' });
    expect(await stop()).toMatchObject({ sharing: null });
    expect((await running).message).toContain('its outcome is unknown');
    await hold.pass();
    const fresh = json(await second.call('count'));
    expect([fresh.n, fresh.pid === pid]).toEqual([1, false]);
    expect(json(await second.call('state')), 'what it wanted it still has').toMatchObject({
      subscriptions: ['counter://other'],
    });
    expect(await first.json('peek')).toEqual({ n: 2, pid });
    expect(await first.json('state'), 'what only the other one wanted is undone').toMatchObject({
      subscriptions: ['counter://n'],
    });
    expect(await stop(), 'without sharing, nothing changes').toMatchObject({ sharing: null });
    stream?.cut();
  }, 60_000);

  test('by an invitation, which works once; what the connection had before is given up', async ({
    host,
    owner,
    heir,
    share,
    raw,
  }) => {
    const first = await raw(owner, '/mcp');
    const { pid } = json(await first.call('counter__count'));
    const second = await raw(heir, '/mcp');
    const before = json(await second.call('counter__count'));
    const invitation = await share('host', true);
    const { structuredContent: joined } = await takeUp(second, invitation);
    expect(joined).toMatchObject({ success: true, message: expect.stringContaining('shared') });
    const [own] = await host.sessions(heir.key);
    expect(joined.session_id).toBe(own?.session_id);
    const count = await second.call('counter__count');
    expect(json(count)).toEqual({ n: 2, pid });
    expect(count.content[1].text, 'a model that has left a state behind is told').toContain('because sharing began');
    await expect.poll(() => runs(before.pid), SOON).toBe(false);
    expect(textOf(await takeUp(second, invitation))).toMatch(/^token_reused/);
    const back = await second.call('reconnect_session', {
      session_id: joined.session_id,
      reconnect_token: joined.reconnect_token,
    });
    expect(back.structuredContent.success).toBe(true);
    await host.fetch(`/api/mcp/sessions/${invitation.session.session_id}/sharing`, host.adminKey, { method: 'DELETE' });
    const alone = await second.call('counter__count');
    expect(json(alone).n).toBe(1);
    expect(alone.content[1].text, 'also when it is stopped on the page of the host').toContain('because sharing');
  }, 60_000);

  test('while Holdfast is killed in the middle: the sharing is there again, and each gets its answer once', async ({
    host,
    owner,
    heir,
    share,
    raw,
    gate,
  }) => {
    const first = await askable(host, owner);
    const { pid } = json(await first.call('count'));
    await share();
    const second = await raw(heir);
    await second.call('peek');
    const holds = [gate('killed-first'), gate('killed-second')] as const;
    const begun: [McpHttp, string | null][] = [];
    for (const [at, client] of [first, second].entries()) {
      const { stream } = await client.request('tools/call', { name: 'count', arguments: { gate: holds[at]?.path } });
      begun.push([client, await beginOf(stream)]);
      await holds[at]?.reached();
    }
    await host.kill();
    for (const hold of holds) await hold.pass();
    await host.start();
    const answers: Json[] = [];
    for (const [client, id] of begun) {
      answers.push(...(await messagesOf((await client.get(id)).stream)).map(({ result }) => json(result)));
    }
    expect(answers, 'in the order of the gates').toEqual([
      { n: 2, pid },
      { n: 3, pid },
    ]);
    for (const client of [first, second]) expect(json(await client.call('peek'))).toEqual({ n: 3, pid });

    const stream = (await first.get()).stream;
    const asking = (await second.request('tools/call', { name: 'ask', arguments: {} })).stream;
    const begin = await beginOf(asking);
    const question = await stream?.message();
    await host.kill();
    await host.start();
    const goesOn = (await first.get(question?.id)).stream;
    const answer = { jsonrpc: '2.0', id: question?.message.id, result: { action: 'accept', content: {} } };
    for (const _ of ['once', 'and again, which is too much']) await first.post(answer);
    const asked = (await messagesOf((await second.get(begin)).stream)).at(-1);
    expect(json(asked?.result)).toEqual(answer.result);
    goesOn?.cut();

    await first.delete();
    await host.kill();
    await host.start();
    expect(json(await second.call('count')), 'who stays has the servers, also after that').toEqual({ n: 4, pid });
  }, 60_000);

  test('while Holdfast is killed: what its server made a task for the guest goes on', async ({
    host,
    owner,
    heir,
    share,
    raw,
  }) => {
    const first = await raw(owner, '/mcp');
    await first.call('tasks__plain');
    await share();
    const second = await raw(heir, '/mcp');
    // What it says of itself has to be known before it is called.
    const listed = async () => JSON.stringify(await second.ask('tools/list'));
    await expect.poll(listed, SOON).toContain('tasks__must');
    const { stream } = await second.request('tools/call', { name: 'tasks__must', arguments: { text: 'guest' } });
    const begin = await beginOf(stream);
    await expect.poll(async () => textOf(await first.call('tasks__statuses')), SOON).toContain('working');
    await host.kill();
    await host.start();
    const said = (await messagesOf((await second.get(begin)).stream)).at(-1);
    const [, handle] = /handle "(h_[^"]+)"/.exec(textOf(said?.result)) ?? [];
    const waiting = second.call('get_result', { handle });
    await expect.poll(async () => textOf(await first.call('tasks__finish', { text: 'guest' })), SOON).toBe('1');
    expect(textOf(await waiting)).toBe('guest');
  }, 60_000);
});
