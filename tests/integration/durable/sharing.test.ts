import { describe, expect } from 'vitest';
import { clientUri } from '#src/main/endpoint/mcp/aggregate/names';
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

  test.for([
    ['before anything was moved', false],
    ['when all was moved, and nobody told', true],
  ] as const)(
    'killed in the moment in which the other one joined, %s: what that one had called fails at once',
    { timeout: 60_000 },
    async ([when, heard], { host, owner, heir, share, raw, gate }) => {
      const first = await raw(owner, '/mcp');
      const { pid } = json(await first.call('counter__count'));
      const second = await raw(heir, '/mcp');
      const before = json(await second.call('counter__count'));
      await second.request('resources/subscribe', { uri: clientUri('counter', 'counter://other') });
      const hold = gate(`joined ${when}`);
      const { stream } = await second.request('tools/call', { name: 'counter__count', arguments: { gate: hold.path } });
      const begin = await beginOf(stream);
      await hold.reached();
      const { invitation, session } = await share('host', true);
      await host.dieAt('sharing_started', heard);
      const token = { session_id: session.session_id, reconnect_token: invitation };
      await second.call('reconnect_session', token).catch(() => {});
      await host.died();
      await host.start();

      const since = performance.now();
      const [answer, ...more] = await messagesOf((await second.get(begin)).stream);
      expect([answer.error?.message, more]).toEqual([expect.stringMatching(/outcome (of the call )?is unknown/), []]);
      expect(performance.now() - since).toBeLessThan(5_000);
      await expect.poll(() => runs(before.pid), SOON).toBe(false);
      const next = await second.call('counter__count');
      expect(json(next)).toEqual({ n: 2, pid });
      expect(json(await second.call('counter__state')), 'what it wanted it still has').toMatchObject({
        subscriptions: ['counter://other'],
      });
    },
  );

  test('killed while one is asked: the other one is asked when that one has left', async ({
    host,
    owner,
    heir,
    share,
  }) => {
    const first = await askable(host, owner);
    await first.call('peek');
    await share();
    const second = await askable(host, heir);
    await second.call('peek');
    const asked = (await first.get()).stream;
    const asking = (await second.request('tools/call', { name: 'ask', arguments: {} })).stream;
    const begin = await beginOf(asking);
    expect((await asked?.message())?.message).toMatchObject({ method: 'elicitation/create' });
    await host.kill();
    await host.start();
    const stream = (await second.get()).stream;
    await first.delete();
    const again = (await stream?.message())?.message;
    expect(again).toMatchObject({ method: 'elicitation/create', params: { message: 'Which colour?' } });
    const answer = { action: 'accept', content: { colour: 'red' } };
    await second.post({ jsonrpc: '2.0', id: again.id, result: answer });
    expect(json((await messagesOf((await second.get(begin)).stream)).at(-1).result)).toEqual(answer);
    stream?.cut();
  }, 60_000);

  test('killed as one leaves that is asked: the other one is asked after the start', async ({
    host,
    owner,
    heir,
    share,
  }) => {
    const first = await askable(host, owner);
    await first.call('peek');
    await share();
    const second = await askable(host, heir);
    await second.call('peek');
    const asked = (await first.get()).stream;
    const begin = await beginOf((await second.request('tools/call', { name: 'ask', arguments: {} })).stream);
    expect((await asked?.message())?.message).toMatchObject({ method: 'elicitation/create' });
    await host.dieAt('sharing_ended', false);
    await first.delete().catch(() => {});
    await host.died();
    await host.start();
    const stream = (await second.get()).stream;
    const again = (await stream?.message())?.message;
    await second.post({ jsonrpc: '2.0', id: again.id, result: { action: 'decline' } });
    expect(json((await messagesOf((await second.get(begin)).stream)).at(-1).result)).toEqual({ action: 'decline' });
    stream?.cut();
  }, 60_000);

  test.for([
    ['while Holdfast runs', false],
    ['in the moment of a kill', true],
  ] as const)(
    'stopped %s, while the guest has no connection: what it wanted is kept, and it is told at its next call',
    { timeout: 60_000 },
    async ([, isKilled], { host, owner, heir, share, raw }) => {
      const first = await raw(owner, '/mcp');
      const { pid } = json(await first.call('counter__count'));
      await share();
      const second = await raw(heir, '/mcp');
      expect(json(await second.call('counter__peek')).pid).toBe(pid);
      await second.request('resources/subscribe', { uri: clientUri('counter', 'counter://other') });
      await host.kill();
      await host.start();

      const [{ session_id } = { session_id: '' }] = await host.sessions(owner.key);
      const stop = () => host.fetch(`/api/mcp/sessions/${session_id}/sharing`, host.adminKey, { method: 'DELETE' });
      if (isKilled) {
        await host.dieAt('sharing_ended', false);
        await stop().catch(() => {});
        await host.died();
        await host.start();
      } else await stop();
      const next = await second.call('counter__count');
      expect(json(next).n).toBe(1);
      expect(next.content[1]?.text, 'its model is told').toContain('because sharing began or ended');
      expect(json(await second.call('counter__state'))).toMatchObject({ subscriptions: ['counter://other'] });
      await first.call('counter__peek');
      expect(json(await first.call('counter__state')), 'what only the guest wanted').toMatchObject({
        subscriptions: [],
      });
    },
  );
});
