import { describe, expect } from 'vitest';
import { type Answer, BOTH, initializeRequest, McpHttp, type Special } from '#tests/support/clients/mcp-http';
import { sharedMcpTest } from '#tests/support/hosts/mcp-host';

const test = sharedMcpTest
  .extend('stranger', { scope: 'file' }, ({ host }) => host.newClient())
  .extend('stateless', { scope: 'file' }, ({ host }) => host.newClient('stateless'))
  .extend('connected', ({ host, owner }) => async (version?: string): Promise<McpHttp> => {
    const mcp = new McpHttp(host, owner.key);
    await mcp.initialize(version);
    return mcp;
  });

/** A POST as it should be, but for what a row changes. */
const PING = { jsonrpc: '2.0', id: 'p', method: 'ping' };
const post = (special: Special, message: unknown = PING) => ({ message, special });

describe('a POST is answered', () => {
  const rows: [what: string, row: ReturnType<typeof post>, status: number, code: number | null][] = [
    ['a ping', post({}), 200, null],
    ['a notification', post({}, { jsonrpc: '2.0', method: 'notifications/roots/list_changed' }), 202, null],
    ['a response nobody waits for', post({}, { jsonrpc: '2.0', id: 'h_1', result: {} }), 202, null],
    ['Accept with wildcards', post({ headers: { Accept: 'application/*;q=0.5, text/*' } }), 200, null],
    ['Accept of anything', post({ headers: { Accept: '*/*' } }), 200, null],
    ['Accept of JSON only', post({ headers: { Accept: 'application/json' } }), 406, -32000],
    ['Accept of streams only', post({ headers: { Accept: 'text/event-stream' } }), 406, -32000],
    ['Accept that rules streams out', post({ headers: { Accept: '*/*, text/event-stream;q=0' } }), 406, -32000],
    ['an older version', post({ headers: { 'MCP-Protocol-Version': '2025-06-18' } }), 200, null],
    ['an unknown version', post({ headers: { 'MCP-Protocol-Version': '1999-01-01' } }), 400, -32000],
    ['no JSON', post({ body: '{"jsonrpc":' }), 400, -32700],
    ['an empty body', post({ body: '' }), 400, -32700],
    ['text that is not UTF-8', post({ body: Uint8Array.of(0x22, 0xff, 0x22) }), 400, -32700],
    ['JSON nested too deep', post({ body: `${'['.repeat(5_000)}${']'.repeat(5_000)}` }), 400, -32700],
    ['a body of 5 MB', post({ body: JSON.stringify('x'.repeat(5_000_000)) }), 413, -32000],
    ['a number', post({ body: '1' }), 400, -32600],
    ['null', post({ body: 'null' }), 400, -32600],
    ['an array under 2025-11-25', post({}, [PING]), 400, -32600],
    ['JSON-RPC 1.0', post({}, { ...PING, jsonrpc: '1.0' }), 400, -32600],
    ['an id that is null', post({}, { ...PING, id: null }), 400, -32600],
    ['an id that is a fraction', post({}, { ...PING, id: 1.5 }), 400, -32600],
    ['params that are an array', post({}, { ...PING, params: [1] }), 400, -32600],
    ['params that are an empty array', post({}, { ...PING, params: [] }), 200, null],
    ['params that are null', post({}, { ...PING, params: null }), 200, null],
    ['a notification with null for its id', post({}, { ...PING, id: null, method: 'notifications/x' }), 202, null],
    [
      'a response with result and error',
      post({}, { jsonrpc: '2.0', id: 1, result: {}, error: { code: 1 } }),
      400,
      -32600,
    ],
    ['no id', post({ headers: { 'Mcp-Session-Id': null } }), 400, -32000],
    ['an id never told', post({ headers: { 'Mcp-Session-Id': 't_AAAAAAAAAAAAAAAAAAAAAA' } }), 404, -32001],
    ['an id of another form', post({ headers: { 'Mcp-Session-Id': 'x/../y' } }), 404, -32001],
    ['the probe of the stateless era', post({}, { jsonrpc: '2.0', id: 1, method: 'server/discover' }), 400, -32000],
    ['an envelope of the stateless era', post({}, envelope('tools/list')), 400, -32000],
    ['the version of the stateless era', post({ headers: { 'MCP-Protocol-Version': '2026-07-28' } }), 400, -32000],
    ['an unknown method', post({}, { jsonrpc: '2.0', id: 1, method: 'no/such' }), 200, -32601],
    ['an unknown tool', post({}, { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'no' } }), 200, -32602],
  ];
  test.for(rows)('%s', async ([_, { message, special }, status, code], { connected }) => {
    const mcp = await connected();
    const answer = await mcp.post(message, special);
    expect([answer.status, answer.json?.error?.code ?? null]).toEqual([status, code]);
    if (status >= 400) expect(answer.json.error.message).toMatch(/\w{3,} \w+/);
    expect((await mcp.request('ping')).status, 'the transport goes on').toBe(200);
  });
});

const envelope = (method: string) => ({
  jsonrpc: '2.0',
  id: 1,
  method,
  params: { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } },
});

describe('initialize', () => {
  test.for([
    ['2024-11-05', '2024-11-05'],
    ['2025-03-26', '2025-03-26'],
    ['2025-06-18', '2025-06-18'],
    ['2025-11-25', '2025-11-25'],
    ['2026-07-28', '2025-11-25'],
    ['1.0', '2025-11-25'],
  ] as const)('of %s goes on with %s', async ([asked, negotiated], { host, owner }) => {
    const answer = await new McpHttp(host, owner.key).initialize(asked);
    expect(answer.status).toBe(200);
    expect(answer.json.result).toMatchObject({ protocolVersion: negotiated, serverInfo: { name: 'holdfast' } });
    expect(answer.headers.get('mcp-session-id')).toMatch(/^t_[A-Za-z0-9_-]{22}$/);
  });

  test.for(['t_AAAAAAAAAAAAAAAAAAAAAA', 'anything'])(
    'with the stale id %s opens a new transport',
    async (stale, { host, owner }) => {
      const mcp = new McpHttp(host, owner.key);
      mcp.transportId = stale;
      const answer = await mcp.post({ ...initializeRequest('2025-11-25'), id: 1 });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('mcp-session-id')).not.toBe(stale);
    },
  );

  test.for([
    ['no version', { capabilities: {}, clientInfo: { name: 'a', version: '1' } }],
    ['no capabilities', { protocolVersion: '2025-11-25', clientInfo: { name: 'a', version: '1' } }],
    ['no client', { protocolVersion: '2025-11-25', capabilities: {} }],
    ['a client without a name', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { version: '1' } }],
    [
      'far too much',
      {
        protocolVersion: '2025-11-25',
        capabilities: { experimental: { x: 'x'.repeat(70_000) } },
        clientInfo: { name: 'a', version: '1' },
      },
    ],
  ] as const)('with %s is refused and opens nothing', async ([_, params], { host, owner }) => {
    const mcp = new McpHttp(host, owner.key);
    const answer = await mcp.post({ jsonrpc: '2.0', id: 7, method: 'initialize', params });
    expect(answer.json).toMatchObject({ id: 7, error: { code: -32602 } });
    expect([answer.status, answer.headers.get('mcp-session-id')]).toEqual([400, null]);
  });

  test.for([[[], {}] as const, [null, {}] as const, [{ roots: [], sampling: null }, { roots: {} }] as const])(
    'with %j for capabilities counts as %j',
    async ([capabilities, expected], { host, owner }) => {
      const mcp = new McpHttp(host, owner.key);
      const params = { ...initializeRequest('2025-11-25').params, capabilities };
      const answer = await mcp.post({ jsonrpc: '2.0', id: 7, method: 'initialize', params });
      const stored = host.services.store.transports.get(answer.headers.get('mcp-session-id') ?? '');
      expect(stored?.initialize_params).toMatchObject({ capabilities: expected });
    },
  );

  test('works for a client of the stateless policy too', async ({ host, stateless }) => {
    const mcp = new McpHttp(host, stateless.key);
    await mcp.initialize();
    expect(await mcp.call('health_check')).toMatchObject({ structuredContent: { status: 'ok' } });
    expect((await mcp.delete()).status).toBe(204);
  });
});

describe('GET and DELETE are answered', () => {
  const rows: [string, Special, number][] = [
    ['GET without streams in Accept', { method: 'GET', headers: { Accept: 'application/json' } }, 406],
    ['GET without an id', { method: 'GET', headers: { Accept: BOTH, 'Mcp-Session-Id': null } }, 400],
    ['GET of an unknown version', { method: 'GET', headers: { Accept: BOTH, 'MCP-Protocol-Version': '3' } }, 400],
    [
      'GET after an unknown event',
      { method: 'GET', headers: { Accept: BOTH, 'Last-Event-ID': 'AAAAAAAAAAAAAAAA.1' } },
      400,
    ],
    ['GET after nonsense', { method: 'GET', headers: { Accept: BOTH, 'Last-Event-ID': '../1' } }, 400],
    ['DELETE without an id', { method: 'DELETE', headers: { 'Mcp-Session-Id': null } }, 400],
    ['PUT', { method: 'PUT', body: '{}' }, 405],
    ['HEAD', { method: 'HEAD' }, 405],
    ['an unknown server', { method: 'GET', path: '/other' }, 404],
    ['a form', { method: 'POST', body: 'a=b', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }, 415],
    ['a web page', { method: 'GET', headers: { Accept: BOTH, Origin: 'https://example.com' } }, 403],
  ];
  test.for(rows)('%s', async ([_, special, status], { connected }) => {
    const mcp = await connected();
    expect((await mcp.send(special)).status).toBe(status);
    expect((await mcp.request('ping')).status, 'the transport goes on').toBe(200);
  });

  test('a server that does not exist by its name', async ({ connected }) => {
    const mcp = await connected();
    expect((await mcp.send({ method: 'DELETE', path: '/weather/' })).json.error.message).toContain('"weather"');
  });
});

describe('an id that is no good gets the same 404 on POST, GET and DELETE', () => {
  const attempts = async (mcp: McpHttp): Promise<Answer[]> => [
    await mcp.request('tools/list'),
    await mcp.get(),
    await mcp.delete(),
  ];
  const expectNotFound = (answers: Answer[]) => {
    for (const { status, json } of answers) {
      expect(status).toBe(404);
      expect(json.error).toEqual({ code: -32001, message: 'Session not found' });
    }
  };

  test("another client's", async ({ host, stranger, connected }) => {
    const mine = await connected();
    await mine.request('tools/list');
    const theirs = new McpHttp(host, stranger.key);
    theirs.transportId = mine.transportId;
    expectNotFound(await attempts(theirs));
    expect((await mine.request('tools/list')).status).toBe(200);
  });

  test('one that was deleted, before or after its first use', async ({ connected }) => {
    for (const used of [false, true]) {
      const mcp = await connected();
      if (used) await mcp.request('tools/list');
      expect((await mcp.delete()).status).toBe(204);
      expectNotFound(await attempts(mcp));
    }
  });

  test('one whose session was ended by its own tool', async ({ connected }) => {
    const mcp = await connected();
    expect(await mcp.call('end_session')).toMatchObject({ structuredContent: { success: true } });
    expectNotFound(await attempts(mcp));
  });
});

describe('arrays under 2025-03-26', () => {
  test('are answered with an array', async ({ connected }) => {
    const mcp = await connected('2025-03-26');
    const { status, json } = await mcp.post([PING, { jsonrpc: '2.0', id: 2, method: 'tools/list' }]);
    expect(status).toBe(200);
    expect(json.map((reply: { id: unknown }) => reply.id).sort()).toEqual([2, 'p']);
  });

  test.for([
    ['nothing', []],
    ['initialize', [{ ...initializeRequest('2025-03-26'), id: 1 }]],
    ['an id twice', [PING, PING]],
    ['something else too', [PING, 1]],
  ] as const)('with %s are refused', async ([_, message], { connected }) => {
    const answer = await (await connected('2025-03-26')).post(message);
    expect([answer.status, answer.json.error.code]).toEqual([400, -32600]);
  });

  test('of notifications only are accepted', async ({ connected }) => {
    const answer = await (await connected('2025-03-26')).post([
      { jsonrpc: '2.0', method: 'notifications/initialized' },
    ]);
    expect(answer.status).toBe(202);
  });
});
