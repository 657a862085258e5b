import { describe, expect } from 'vitest';
import { initializeRequest, type Json, McpHttp } from '#tests/support/clients/mcp-http';
import { sharedMcpTest } from '#tests/support/hosts/mcp-host';
import { counter, echo, ListedConfigs } from '#tests/support/servers/configs';

/** The address of one server, message by message. */

const test = sharedMcpTest
  .extend(
    'hostOptions',
    { scope: 'file' },
    {
      servers: new ListedConfigs(
        echo('echo'),
        echo('old', '2025-03-26'),
        echo('draft', '2024-10-07'),
        echo('odd', '1999-01-01'),
        { ...echo('off'), enabled: false },
        { ...echo('unconfirmed'), trusted: false },
        counter('broken', { env: { COUNTER_FAIL_WHILE: import.meta.filename } }),
      ),
    },
  )
  .extend(
    'at',
    ({ host, owner }) =>
      (server: string) =>
        new McpHttp({ url: `${host.url}/${server}` }, owner.key),
  )
  .extend('connected', ({ at }) => async (server: string, version?: string): Promise<McpHttp> => {
    const mcp = at(server);
    await mcp.initialize(version);
    return mcp;
  });

/** Messages of a stream until the answer to a request. */
async function until(stream: { message(): Promise<{ message: Json } | null> } | null, id: unknown): Promise<Json[]> {
  const messages: Json[] = [];
  for (let event = await stream?.message(); event; event = await stream?.message()) {
    messages.push(event.message);
    if (event.message.id === id && !event.message.method) break;
  }
  return messages;
}

describe('the handshake', () => {
  test('is the server’s own, word for word', async ({ at }) => {
    const { status, headers, json } = await at('echo').initialize();
    expect([status, headers.get('mcp-session-id')]).toEqual([200, expect.stringMatching(/^t_/)]);
    expect(json.result).toEqual({
      protocolVersion: '2025-11-25',
      capabilities: { tools: {}, experimental: { echo: { x: 1 } }, tasks: { list: {} } },
      serverInfo: { name: 'echo', version: '1', title: 'Echo' },
      instructions: 'Says what it hears.',
      _meta: { of: 'the result' },
    });
  });

  test.for([
    ['echo', '2025-06-18', '2025-06-18'],
    ['echo', '2099-01-01', '2025-11-25'],
    ['old', '2025-11-25', '2025-03-26'],
    ['old', '2024-11-05', '2024-11-05'],
    ['draft', '2025-11-25', '2025-11-25'],
  ] as const)('%s, asked for %s, is spoken to in %s', async ([server, asked, version], { at }) => {
    expect((await at(server).initialize(asked)).json.result.protocolVersion).toBe(version);
  });

  test('a server of a revision that nobody knows is refused with a sentence', async ({ at }) => {
    const { error } = (await at('odd').initialize()).json;
    // The version comes from its environment, none of whose values is shown.
    expect(error.message).toBe(
      'The server "odd" answered initialize with the protocol version "•••"; ' +
        'Holdfast knows 2025-11-25, 2025-06-18, 2025-03-26, 2024-11-05.',
    );
  });

  test('an older server makes the older rules count: arrays are taken apart and put together again', async ({
    connected,
  }) => {
    const mcp = await connected('old');
    const { status, json } = await mcp.post([
      { jsonrpc: '2.0', id: 'a', method: 'x/1' },
      { jsonrpc: '2.0', method: 'notifications/x' },
      { jsonrpc: '2.0', id: 2, method: 'x/2' },
    ]);
    expect(status).toBe(200);
    expect(json.map(({ id, result }: Json) => [id, result.method]).sort()).toEqual([
      [2, 'x/2'],
      ['a', 'x/1'],
    ]);
    expect((await (await connected('echo')).post([])).status).toBe(400);
  });
});

describe('messages that Holdfast does not know', () => {
  test('requests, with all that is in them, and results', async ({ connected }) => {
    const mcp = await connected('echo');
    const params = { a: [1, { b: null }], _meta: { progressToken: 7, 'x.y/z': { deep: true } } };
    const { json } = await mcp.request('acme/search', params);
    expect(json.result).toEqual({
      method: 'acme/search',
      params: expect.objectContaining({ a: params.a }),
      _meta: { of: 'the result' },
    });
    expect(json.result.params._meta['x.y/z']).toEqual({ deep: true });
  });

  test('errors, with code and data', async ({ connected }) => {
    const { json } = await (await connected('echo')).request('any/fail', { why: 'so' });
    expect(json.error).toEqual({ code: -32042, message: 'as you wish', data: { why: 'so' } });
  });

  test('notifications, both ways', async ({ connected }) => {
    const mcp = await connected('echo');
    await mcp.request('x/work');
    const { stream } = await mcp.get();
    await mcp.post({ jsonrpc: '2.0', method: 'notifications/acme', params: { y: 1 } });
    expect((await stream?.message())?.message).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/acme/heard',
      params: { y: 1 },
    });
    stream?.cut();
  });

  test('requests of the server, on the stream of the call, and their answers', async ({ connected }) => {
    const mcp = await connected('echo');
    const { stream } = await mcp.request('any/ask', { method: 'acme/confirm', params: { z: 1 } });
    const question = (await stream?.message())?.message;
    expect(question).toMatchObject({ method: 'acme/confirm', params: { z: 1 } });
    await mcp.post({ jsonrpc: '2.0', id: question.id, error: { code: -1, message: 'no' } });
    const [answer] = await until(stream, undefined);
    expect(answer.result).toEqual({ error: { code: -1, message: 'no' } });
  });

  test('tools that are called as Holdfast’s own are the server’s', async ({ host, connected }) => {
    const mcp = await connected('echo');
    const { json } = await mcp.request('tools/call', { name: 'reconnect_session' });
    expect(json.result.params).toEqual({ name: 'reconnect_session' });
    const [session] = host.services.store.sessions.snapshot(1);
    expect(session).toMatchObject({ server: 'echo', probe: false });
  });
});

describe('addresses', () => {
  test.for(['nobody', 'Echo', 'echo/x', 'a%20b'])(
    '/mcp/%s does not exist: 404 says what to do',
    async (name, { at }) => {
      const { status, json } = await at(name).post({ ...initializeRequest('2025-11-25'), id: 1 });
      expect(status).toBe(404);
      expect(json).toMatchObject({ jsonrpc: '2.0', error: { code: -32000, message: expect.stringContaining('/mcp') } });
      expect((await at(name).get()).status).toBe(404);
    },
  );

  test('an id is good at its own address only', async ({ host, owner, at, connected }) => {
    const mcp = await connected('echo');
    const others = [new McpHttp(host, owner.key), at('old')];
    for (const other of others) {
      other.transportId = mcp.transportId;
      for (const answer of [await other.request('ping'), await other.get(), await other.delete()]) {
        expect([answer.status, answer.json.error.code]).toEqual([404, -32001]);
      }
    }
    expect((await mcp.request('ping')).status).toBe(200);
  });

  test.for([
    ['off', /disabled/],
    ['unconfirmed', /[Cc]onfirm/],
    ['broken', /"broken".*code 3/],
  ] as const)(
    'the server %s cannot be used: an error says why, and no session is made',
    async ([server, why], { host, at }) => {
      const before = host.services.store.sessions.snapshot(100).length;
      const { status, headers, json } = await at(server).post({ ...initializeRequest('2025-11-25'), id: 'i' });
      expect([status, headers.get('mcp-session-id'), json.id]).toEqual([200, null, 'i']);
      expect(json.error.message).toMatch(why);
      expect(json.error.code).toBe(-32603);
      expect(host.services.store.sessions.snapshot(100).length).toBe(before);
    },
  );

  test('a client of the newest revision is sent to the older one', async ({ at }) => {
    const { status, json } = await at('echo').request('server/discover', {
      _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' },
    });
    expect([status, json.error.code]).toEqual([400, -32000]);
  });
});
