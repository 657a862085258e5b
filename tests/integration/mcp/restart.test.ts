import { describe, expect } from 'vitest';
import { type Json, McpHttp, type SseReader } from '#tests/support/clients/mcp-http';
import { type Holder, type McpHost, mcpTest } from '#tests/support/hosts/mcp-host';
import { type ScriptedServer, scriptedServer } from '#tests/support/servers/scripted-tools';

const test = mcpTest
  .extend(
    'start',
    ({ startHost, clock }) =>
      (server: ScriptedServer, folder?: string): Promise<McpHost> =>
        startHost({ clock, folder, front: (services) => ({ connect: server.connect(services) }) }),
  )
  /** A client with a running call, whose stream has begun. */
  .extend('interrupted', async ({ start, clock }): Promise<Interrupted> => {
    const server = scriptedServer();
    const host = await start(server);
    const owner = host.newClient();
    const mcp = new McpHttp(host, owner.key);
    await mcp.initialize();
    await mcp.call('counter');
    const answer = mcp.request('tools/call', { name: 'slow', arguments: { name: 'a' } });
    await server.gate.arrived('a');
    clock.advance(50);
    const { stream } = await answer;
    if (!stream) throw new Error('the reply is no stream');
    await stream.next();
    const last = (await stream.next())?.id ?? '';
    return { host, mcp, owner, sessionId: sessionOf(host, mcp, owner), last, stream };
  });

const sessionOf = (host: McpHost, mcp: McpHttp, holder: Holder): string =>
  host.services.manager.findTransport(mcp.transportId ?? '', holder.client.client_id)?.session_id ?? '';

interface Interrupted {
  readonly host: McpHost;
  readonly mcp: McpHttp;
  readonly owner: Holder;
  readonly sessionId: string;
  /** Event id that the client saw last on the stream of its running call. */
  readonly last: string;
  readonly stream: SseReader;
}

/** The same client after a restart: same key, same id. */
function again(host: McpHost, { mcp, owner }: Pick<Interrupted, 'mcp' | 'owner'>): McpHttp {
  const back = new McpHttp(host, owner.key);
  back.transportId = mcp.transportId;
  return back;
}

describe('after a restart on the same data folder', () => {
  test('the old id goes on with the same session, which counts as restored', async ({
    clock,
    start,
    interrupted: before,
  }) => {
    let { host } = before;
    await host.kill();
    clock.advance(3_000);
    const server = scriptedServer();
    host = await start(server, host.folder);
    const mcp = again(host, before);
    expect((await mcp.call('counter')).content[0].text, 'a new server channel').toBe('1');
    expect(server.made).toBe(1);
    const session = host.services.manager.get(before.sessionId, { kind: 'admin' });
    expect(session).toMatchObject({ status: 'active', reconnect_count: 1, last_reconnect_cause: 'restored' });
    expect(sessionOf(host, mcp, before.owner)).toBe(before.sessionId);
  });

  test('the call that was lost gets an error at once, and the same one when asked again', async ({
    start,
    interrupted: before,
  }) => {
    let { host } = before;
    await host.kill();
    host = await start(scriptedServer(), host.folder);
    const mcp = again(host, before);
    const replies: Json[] = [];
    for (let round = 0; round < 2; round += 1) {
      const { stream } = await mcp.get(before.last);
      replies.push((await stream?.message())?.message);
      expect(await stream?.next()).toBeNull();
    }
    expect(replies[0]).toEqual({
      jsonrpc: '2.0',
      id: 3,
      error: { code: -32000, message: expect.stringMatching(/interrupted.*outcome is unknown/) },
    });
    expect(replies[1]).toEqual(replies[0]);
  });

  test('a reply that was stored before is sent, not the error', async ({ clock, start }) => {
    const server = scriptedServer();
    let host = await start(server);
    const owner = host.newClient();
    const mcp = new McpHttp(host, owner.key);
    await mcp.initialize();
    const answer = mcp.request('tools/call', { name: 'slow', arguments: { name: 'a' } });
    await server.gate.arrived('a');
    clock.advance(50);
    const { stream } = await answer;
    await stream?.next();
    const last = (await stream?.next())?.id ?? '';
    const gone = host.answerClosed('POST');
    stream?.cut();
    await gone;
    server.gate.open('a', 'kept');
    // The reply takes no turn of the event loop, so it is stored before this round trip is over.
    await mcp.request('ping');
    await host.kill();
    host = await start(scriptedServer(), host.folder);
    const back = again(host, { mcp, owner });
    const replay = (await back.get(last)).stream;
    expect((await replay?.message())?.message.result.content[0].text).toBe('kept');
    expect(await replay?.next()).toBeNull();
  });

  test('an orderly stop answers the running call itself', async ({ start, interrupted: before }) => {
    let { host } = before;
    await host.stop();
    expect((await before.stream.message())?.message.error.message).toContain('Holdfast stopped');
    host = await start(scriptedServer(), host.folder);
    const replay = (await again(host, before).get(before.last)).stream;
    expect((await replay?.message())?.message.error.message).toContain('Holdfast stopped');
  });

  test('an id that only shook hands is good as well', async ({ start }) => {
    let host = await start(scriptedServer());
    const owner = host.newClient();
    const mcp = new McpHttp(host, owner.key);
    await mcp.initialize();
    await host.kill();
    host = await start(scriptedServer(), host.folder);
    const back = again(host, { mcp, owner });
    expect((await back.request('tools/list')).json.result.tools.length).toBeGreaterThan(5);
  });

  test('what the standalone stream sent before is still there for whoever missed it', async ({ start }) => {
    const server = scriptedServer();
    let host = await start(server);
    const owner = host.newClient();
    const mcp = new McpHttp(host, owner.key);
    await mcp.initialize();
    await mcp.call('counter');
    const { stream } = await mcp.get();
    await server.announce('seen');
    const last = (await stream?.message())?.id ?? '';
    await server.announce('missed');
    await host.kill();
    host = await start(scriptedServer(), host.folder);
    const replay = (await again(host, { mcp, owner }).get(last)).stream;
    expect((await replay?.message())?.message.params.data).toBe('missed');
  });

  test('what waited for a standalone stream is sent on the next one, once', async ({ start }) => {
    const server = scriptedServer();
    let host = await start(server);
    const owner = host.newClient();
    const mcp = new McpHttp(host, owner.key);
    await mcp.initialize();
    await mcp.call('counter');
    await server.announce('one');
    await host.kill();
    host = await start(scriptedServer(), host.folder);
    await host.kill();
    const next = scriptedServer();
    host = await start(next, host.folder);
    const back = again(host, { mcp, owner });
    await back.call('counter');
    await next.announce('two');
    const { stream } = await back.get();
    const got = [await stream?.message(), await stream?.message()];
    expect(got.map((event) => event?.message.params.data)).toEqual(['one', 'two']);
    await host.kill();

    const last = scriptedServer();
    host = await start(last, host.folder);
    const later = again(host, { mcp, owner });
    await later.call('counter');
    const without = (await later.get()).stream;
    await last.announce('three');
    expect((await without?.message())?.message.params.data, 'to a client without an event id').toBe('three');
    const from = (await later.get(got[0]?.id)).stream;
    expect((await from?.message())?.message.params.data, 'to a client with one').toBe('two');
  });

  test('two requests at once on an id without a session make one, as do its return and a new transport', async ({
    start,
  }) => {
    let host = await start(scriptedServer());
    const owner = host.newClient();
    const mcp = new McpHttp(host, owner.key);
    await mcp.initialize('2025-11-25', 'claude-code');
    await host.kill();
    host = await start(scriptedServer(), host.folder);
    const back = again(host, { mcp, owner });
    const statuses = await Promise.all([
      back.request('tools/list'),
      back.get(),
      back.request('tools/call', { name: 'counter', arguments: {} }),
      back.request('prompts/list'),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const sessionId = sessionOf(host, back, owner);
    expect(sessions(host)).toEqual([sessionId]);
    await host.kill();

    host = await start(scriptedServer(), host.folder);
    const old = again(host, { mcp, owner });
    const anew = new McpHttp(host, owner.key);
    await anew.initialize('2025-11-25', 'claude-code');
    await Promise.all([old.request('tools/list'), anew.request('tools/list'), old.get()]);
    expect(sessions(host)).toEqual([sessionId]);
    expect(sessionOf(host, anew, owner)).toBe(sessionId);
  });

  const sessions = (host: McpHost): string[] => {
    const query = { include_probes: true, sort: 'created_at', order: 'asc', limit: 20, offset: 0 } as const;
    return host.services.store.sessions.page(query).sessions.map(({ session_id }) => session_id);
  };

  test('a session that ended stays ended', async ({ clock, start, interrupted: before }) => {
    let { host } = before;
    await before.mcp.delete();
    clock.advance(2_000);
    await host.kill();
    host = await start(scriptedServer(), host.folder);
    expect((await again(host, before).request('tools/list')).status).toBe(404);
    expect((await again(host, before).get(before.last)).status).toBe(404);
  });
});
