import { describe, expect } from 'vitest';
import { isRequest, isResponse, type JsonRpcMessage } from '#src/main/mcp/json-rpc';
import type { HoldfastEvent } from '#src/shared/contract/event';
import { type Json, McpHttp, type SseReader } from '#tests/support/clients/mcp-http';
import { mcpTest } from '#tests/support/hosts/mcp-host';
import { SurvivingServer } from '#tests/support/servers/surviving-server';

const test = mcpTest
  .extend('server', () => new SurvivingServer())
  .extend(
    'start',
    ({ startHost, clock, server }) =>
      (folder?: string) =>
        startHost({ clock, folder, front: () => ({ connect: server.connect }) }),
  )
  /** The Holdfast that is running now, and the client with its newest id. */
  .extend('run', async ({ start }) => {
    const host = await start();
    const owner = host.newClient();
    const mcp = new McpHttp(host, owner.key);
    await mcp.initialize();
    expect(textOf(await mcp.call('counter'))).toBe('1');
    return { host, owner, mcp };
  })
  .extend('owner', ({ run }) => run.owner)
  /** Kills Holdfast; `meanwhile` happens while it is away; then it is there again, and so is the client, with its id. */
  .extend(
    'killed',
    ({ clock, server, start, run, owner }) =>
      async (meanwhile: () => void = () => {}): Promise<McpHttp> => {
        await run.host.kill();
        server.detach();
        meanwhile();
        clock.advance(3_000);
        run.host = await start(run.host.folder);
        const back = new McpHttp(run.host, owner.key);
        back.transportId = run.mcp.transportId;
        return back;
      },
  )
  /** A running call whose stream has begun; the id of its first event. */
  .extend('running', ({ clock, server, run }) => async (tool: string, meta: object = {}): Promise<string> => {
    const answer = run.mcp.request('tools/call', { name: tool, arguments: {}, ...meta });
    await server.arrived(tool);
    clock.advance(50);
    const { stream } = await answer;
    await stream?.next();
    return (await stream?.next())?.id ?? '';
  })
  .extend('calls', ({ run, owner }) => (): HoldfastEvent[] => {
    run.host.services.manager.flush();
    const sessionId = run.host.services.manager.findTransport(
      run.mcp.transportId ?? '',
      owner.client.client_id,
    )?.session_id;
    return run.host.eventsOf(sessionId ?? '').filter(({ kind }) => kind === 'call_completed');
  })
  .extend('runningOn', ({ clock, server }) => async (client: McpHttp, tool: string): Promise<SseReader | null> => {
    const answer = client.request('tools/call', { name: tool, arguments: {} });
    await server.arrived(tool);
    clock.advance(50);
    return (await answer).stream;
  })
  .extend('runningInNewSession', ({ run, owner, running }) => async (tool: string): Promise<string> => {
    run.mcp = new McpHttp(run.host, owner.key);
    await run.mcp.initialize();
    return running(tool);
  });

const textOf = (result: Json): string => result.content[0].text;

const messages = async (stream: SseReader | null): Promise<Json[]> =>
  ((await stream?.rest()) ?? []).flatMap(({ data }) => (data ? [JSON.parse(data)] : []));

describe('a call that ran when Holdfast was killed', () => {
  test('is answered, when its server answers, to the client that came back earlier', async ({
    server,
    killed,
    running,
    calls,
  }) => {
    const last = await running('slow');
    const back = await killed();
    const { stream } = await back.get(last);
    server.answer('slow', 'late');
    const got = await messages(stream);
    expect(got).toEqual([{ jsonrpc: '2.0', id: 3, result: { content: [{ type: 'text', text: 'late' }] } }]);
    expect(await messages((await back.get(last)).stream), 'when it is asked for again').toEqual(got);
    expect(textOf(await back.call('counter')), 'the same process').toBe('2');
    expect(calls().at(-2)?.payload).toMatchObject({ name: 'slow', ok: true, latency_ms: 3_000 });
  });

  test('is answered when its server answered before the client came back', async ({ server, killed, running }) => {
    const last = await running('slow');
    const back = await killed();
    server.answer('slow', 'early');
    const [answer] = await messages((await back.get(last)).stream);
    expect(textOf(answer.result)).toBe('early');
  });

  test('is answered when its server answered while Holdfast was away', async ({ server, killed, running }) => {
    const last = await running('slow');
    const back = await killed(() => server.answer('slow', 'meanwhile'));
    const [answer] = await messages((await back.get(last)).stream);
    expect(textOf(answer.result)).toBe('meanwhile');
  });

  test('is answered over any number of kills', async ({ server, killed, running }) => {
    const last = await running('slow');
    for (let kill = 0; kill < 3; kill += 1) await killed();
    const back = await killed();
    server.answer('slow', 'at last');
    expect(textOf((await messages((await back.get(last)).stream))[0].result)).toBe('at last');
  });

  test('is answered to the client that initialized anew, in the process that it had', async ({
    server,
    run,
    owner,
    killed,
    running,
  }) => {
    const last = await running('slow');
    await killed();
    const anew = new McpHttp(run.host, owner.key);
    await anew.initialize();
    expect(textOf(await anew.call('counter')), 'the process of the session').toBe('2');
    server.answer('slow', 'for the new one');
    expect(textOf((await messages((await anew.get(last)).stream))[0].result)).toBe('for the new one');
  });

  test('gets an error at once when its server is gone, before its client is back, and no server is started for it', async ({
    server,
    run,
    killed,
    running,
    calls,
  }) => {
    const last = await running('slow');
    const started = server.started.length;
    const back = await killed(() => {
      server.isDead = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(run.host.services.store.streams.unfinished()).toEqual([]);
    expect(server.started).toHaveLength(started);
    const [answer, ...others] = await messages((await back.get(last)).stream);
    expect(answer).toEqual({
      jsonrpc: '2.0',
      id: 3,
      error: { code: -32000, message: expect.stringMatching(/interrupted.*outcome is unknown/) },
    });
    expect(others).toEqual([]);
    expect(calls().at(-1)?.payload).toMatchObject({ name: 'slow', ok: false });
    expect(textOf(await back.call('counter')), 'a new process').toBe('1');
  });

  test('gets an error at once when nothing can be reached, or when its server dies later', async ({
    server,
    run,
    owner,
    killed,
    running,
    runningOn,
    runningInNewSession,
  }) => {
    const last = await running('slow');
    await killed();
    const waiting = new McpHttp(run.host, owner.key);
    waiting.transportId = run.mcp.transportId;
    const { stream } = await waiting.get(last);
    const other = await runningOn(waiting, 'other');
    server.crash();
    expect((await messages(stream))[0].error.message).toMatch(/outcome of the call is unknown/);
    expect((await messages(other))[0].error.message).toMatch(/outcome of the call is unknown/);

    const again = await runningInNewSession('slow');
    const back = await killed(() => {
      server.isUnreachable = true;
    });
    expect((await messages((await back.get(again)).stream))[0].error.message).toMatch(/interrupted/);
  });

  test('reports its progress under the token that its client chose', async ({ server, killed, running }) => {
    const last = await running('slow', { _meta: { progressToken: 'mine' } });
    const back = await killed();
    const { stream } = await back.get(last);
    server.while('slow', (progressToken) => ({
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken, progress: 1 },
    }));
    server.answer('slow', 'done');
    expect((await messages(stream)).map(({ params, result }) => params ?? textOf(result))).toEqual([
      { progressToken: 'mine', progress: 1 },
      'done',
    ]);
  });

  test('hears once what its server repeats because it could not know that it arrived', async ({
    server,
    killed,
    running,
  }) => {
    const last = await running('slow', { _meta: { progressToken: 'mine' } });
    const report = (progress: number) =>
      server.while('slow', (progressToken) => ({
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken, progress },
      }));
    const ask = (id: number) => server.while('slow', () => ({ jsonrpc: '2.0', id, method: 'roots/list' }));
    report(1);
    ask(7);
    const back = await killed(() => {
      report(1);
      ask(7);
      report(2);
      ask(8);
    });
    server.answer('slow', 'done');
    const told = (await messages((await back.get(last)).stream)).map(({ method, params, result }) => [
      method ?? textOf(result),
      params?.progress,
    ]);
    expect(told).toEqual([
      ['notifications/progress', 1],
      ['roots/list', undefined],
      ['notifications/progress', 2],
      ['roots/list', undefined],
      ['done', undefined],
    ]);
  });

  test('can be cancelled', async ({ server, killed, running }) => {
    const last = await running('slow');
    const back = await killed();
    const { stream } = await back.get(last);
    await back.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 3 } });
    expect((await messages(stream))[0].error.message).toBe('The request was cancelled.');
    const sent = server.got.filter(isRequest).find(({ params }) => params?.name === 'slow');
    expect(server.got.at(-1)).toMatchObject({ params: { requestId: sent?.id } });
  });

  test('goes on for nobody when its session was taken over in the moment of the kill', async ({
    server,
    run,
    owner,
    killed,
    running,
  }) => {
    const last = await running('slow');
    server.while('slow', () => ({ jsonrpc: '2.0', id: 7, method: 'roots/list' }));
    await (await run.mcp.get(last)).stream?.message();
    const { services } = run.host;
    const old = services.manager.findTransport(run.mcp.transportId ?? '', owner.client.client_id);
    if (!old?.session_id) throw new Error('it has a session');
    const heir = run.host.newClient();
    services.clients.setMayTakeOver(heir.client.client_id, true);
    await services.manager.offerSession(old.session_id, services.clients.get(heir.client.client_id), false, 'window');
    // Superseded before, so nothing on it says where the session went; and nothing after the commit happens any more.
    services.store.repository.commit({ events: [], transports: [{ ...old, ended_at: services.clock.now() }] });
    const nothing = () => {};
    services.manager.setTransportEffects({
      transportEnded: nothing,
      transportMoved: nothing,
      transportCut: nothing,
      sessionTakenOver: nothing,
    });
    const record = services.manager.openTransport({
      client: services.clients.get(heir.client.client_id),
      server: null,
      era: 'sessionful',
      client_name: 'heir',
      client_version: '1',
      protocol_version: '2025-11-25',
      initialize_params: {},
    });
    services.manager.enter(record.transport_id, true, services.clients.get(heir.client.client_id));
    await killed();
    // The server does not wait for whoever was asked.
    await expect
      .poll(() => server.got.filter(isResponse))
      .toMatchObject([{ id: 7, error: { message: expect.stringMatching(/This session went on in/) } }]);
    server.answer('slow', 'late');
    const stored = run.host.services.store.streams.after(old.session_id, last.slice(0, last.lastIndexOf('.')), 0);
    const answers = stored.map(({ message }) => JSON.parse(message)).filter(isResponse);
    expect(answers).toMatchObject([{ id: 3, error: { message: expect.stringMatching(/This session went on in/) } }]);
  });

  test('goes on with the answer to a question that was asked before', async ({ server, run, killed, running }) => {
    const last = await running('slow');
    server.while('slow', () => ({ jsonrpc: '2.0', id: 7, method: 'roots/list' }));
    const before = await run.mcp.get(last);
    const question = (await before.stream?.message())?.message;
    const back = await killed();
    await back.post({ jsonrpc: '2.0', id: question.id, result: { roots: [] } });
    expect(server.got.filter(isResponse)).toMatchObject([{ jsonrpc: '2.0', id: 7, result: { roots: [] } }]);
    const made: JsonRpcMessage = { jsonrpc: '2.0', id: `${question.id}x`, result: {} };
    await back.post(made);
    expect(server.got.filter(isResponse)).toHaveLength(1);
  });
});

test('no id that a server sees is used twice, over kills and sessions', async ({ server, run, owner, killed }) => {
  const other = new McpHttp(run.host, owner.key);
  await other.initialize('2025-11-25', 'other');
  await other.call('counter');
  for (let kill = 0; kill < 3; kill += 1) await (await killed()).call('counter');
  const ids = server.got.filter(isRequest).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every(Number.isSafeInteger)).toBe(true);
});
