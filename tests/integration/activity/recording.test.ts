import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { type Activity, activityQuerySchema } from '#src/shared/contract/activity';
import { type Json, McpHttp } from '#tests/support/clients/mcp-http';
import { statelessRequest } from '#tests/support/clients/stateless-request';
import { type McpHost, mcpTest } from '#tests/support/hosts/mcp-host';
import { counter, ListedConfigs } from '#tests/support/servers/configs';

/** What is recorded of calls that real clients make to real servers. */

const ELICITS = {
  protocolVersion: '2025-11-25',
  capabilities: { elicitation: {} },
  clientInfo: { name: 'c', version: '1' },
};

const rowsOf = async (host: McpHost, query: object = {}): Promise<Activity[]> => {
  host.services.activity.flush();
  const { activity } = await host.services.store.activity.page(activityQuerySchema.parse(query));
  return activity.toReversed();
};

const test = mcpTest
  .extend('hostOptions', { servers: new ListedConfigs(counter('counter'), counter('common', { policy: 'shared' })) })
  .extend('client', async ({ host, owner }) => {
    const client = new McpHttp(host, owner.key);
    await client.initialize();
    return client;
  });

/** Reads a stream until a request of the server comes. */
async function question(stream: { message(): Promise<{ message: Json } | null> } | null): Promise<Json> {
  for (let event = await stream?.message(); event; event = await stream?.message()) {
    if (event.message.method && event.message.id !== undefined) return event.message;
  }
  throw new Error('the stream ended without a question');
}

describe('a call', () => {
  test('is recorded with its client, session, server, process, times and sizes', async ({ host, owner, client }) => {
    const { structuredContent, content } = await client.call('counter__count', { ms: 20 });
    const { pid } = structuredContent ?? JSON.parse(content[0].text);
    const [row] = await rowsOf(host, { text: 'counter__count' });
    const session = host.services.store.sessions.page({
      sort: 'created_at',
      order: 'asc',
      limit: 1,
      offset: 0,
      include_probes: true,
    }).sessions[0];
    expect(row).toMatchObject({
      client_id: owner.client.client_id,
      session_id: session?.session_id,
      transport_id: client.transportId,
      direction: 'to_server',
      kind: 'request',
      method: 'tools/call',
      name: 'counter__count',
      server: 'counter',
      pid,
      outcome: 'ok',
      error: null,
      repeated: false,
    });
    expect(row?.duration_ms).toBeGreaterThanOrEqual(20);
    expect(row?.first_ms).toBeLessThanOrEqual(row?.duration_ms ?? 0);
    expect(row?.bytes_in).toBe(JSON.stringify({ name: 'counter__count', arguments: { ms: 20 } }).length);
    expect(row?.bytes_out).toBeGreaterThan(20);
  });

  test('that Holdfast answers itself names no server', async ({ host, client }) => {
    await (await client.request('tools/list')).stream?.rest();
    await client.call('health_check');
    expect((await rowsOf(host)).map(({ method, server, outcome }) => [method, server, outcome])).toEqual([
      ['tools/list', null, 'ok'],
      ['tools/call', null, 'ok'],
    ]);
  });

  test('that fails says why: an error of the tool, one of the protocol, and a process that ended', async ({
    host,
    client,
  }) => {
    await client.call('session_info', { session_id: 's_AAAAAAAAAAAAAAAAAAAAAA' });
    await client.call('counter__no_such_tool');
    await client.call('counter__crash', { code: 3 });
    const rows = await rowsOf(host, { failed: true });
    expect(rows.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['session_info', 'tool_error'],
      ['counter__no_such_tool', 'error'],
      ['counter__crash', 'lost'],
    ]);
    for (const row of rows) expect(row.error).toMatch(/\w+ \w+/);
    expect(rows[1]?.error_code).toBeLessThan(0);
    expect(rows[2]?.error).toContain('outcome of the call is unknown');
  });

  test('that a second process answered is marked', async ({ host, client, folder }) => {
    await client.request('tools/list');
    await client.call('common__peek');
    await client.call('common__fragile', { file: join(folder, 'here') });
    const [row] = await rowsOf(host, { text: 'fragile' });
    expect(row).toMatchObject({ outcome: 'ok', repeated: true, server: 'common' });
  });

  test('that its client gives up is cancelled', async ({ host, client }) => {
    await client.call('counter__count');
    const { stream } = await client.post({
      jsonrpc: '2.0',
      id: 'h',
      method: 'tools/call',
      params: { name: 'counter__hang', arguments: {} },
    });
    await client.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'h' } });
    await stream?.rest();
    expect(await rowsOf(host, { text: 'hang' })).toMatchObject([{ outcome: 'cancelled', server: 'counter' }]);
    expect(await rowsOf(host, { text: 'cancelled' })).toMatchObject([{ kind: 'notification', direction: 'to_server' }]);
  });

  test('at the address of one server is recorded as well', async ({ host, owner }) => {
    const client = new McpHttp({ url: `${host.url}/common` }, owner.key);
    await client.initialize();
    await client.call('peek');
    expect(await rowsOf(host, { server: 'common' })).toMatchObject([
      { method: 'tools/call', name: 'peek', outcome: 'ok' },
    ]);
  });

  test('of the stateless era is recorded with its session and its server', async ({ host }) => {
    const { key, client } = host.newClient('stateless');
    const name = 'counter__count';
    const meta = { 'io.modelcontextprotocol/clientInfo': { name: 'modern', version: '1' } };
    await new McpHttp(host, key).post(...statelessRequest('tools/call', { name, arguments: {} }, { meta }));
    expect(await rowsOf(host, { client_id: client.client_id })).toMatchObject([
      { name, server: 'counter', outcome: 'ok', session_id: expect.stringMatching(/^s_/), pid: expect.any(Number) },
    ]);
  });
});

describe('what a server says', () => {
  test('a question to the client is a row of its own, with its answer', async ({ host, owner }) => {
    const client = new McpHttp(host, owner.key);
    const { headers } = await client.post({ jsonrpc: '2.0', id: 0, method: 'initialize', params: ELICITS });
    client.transportId = headers.get('mcp-session-id');
    await client.post({ jsonrpc: '2.0', method: 'notifications/initialized' });
    const { stream } = await client.request('tools/call', { name: 'counter__ask', arguments: {} });
    const asked = await question(stream);
    await client.post({ jsonrpc: '2.0', id: asked.id, result: { action: 'accept', content: { colour: 'red' } } });
    await stream?.rest();
    const rows = (await rowsOf(host)).filter(({ direction }) => direction === 'to_client');
    expect(rows).toMatchObject([
      {
        kind: 'request',
        method: 'elicitation/create',
        server: 'counter',
        outcome: 'ok',
        session_id: expect.any(String),
      },
    ]);
    // The answer that was given is content.
    expect(JSON.stringify(rows)).not.toContain('red');
  });

  test('a notification is a row, progress is not', async ({ host, client }) => {
    await client.call('counter__log', { level: 'info', data: 'hello' });
    await client
      .post({
        jsonrpc: '2.0',
        id: 'p',
        method: 'tools/call',
        params: { name: 'counter__slow', arguments: { ms: 60, steps: 3 }, _meta: { progressToken: 'x' } },
      })
      .then(({ stream }) => stream?.rest());
    const rows = (await rowsOf(host)).filter(({ direction }) => direction === 'to_client');
    expect(rows.map(({ method, outcome }) => [method, outcome])).toEqual([['notifications/message', 'sent']]);
    const [slow] = await rowsOf(host, { text: 'slow' });
    expect(slow?.first_ms).toBeLessThan(slow?.duration_ms ?? 0);
  });
});

describe('over a kill of Holdfast', () => {
  test('a call that goes on has one row, from when it was made', async ({
    host,
    owner,
    client,
    startHost,
    hostOptions,
  }) => {
    await client.call('counter__count');
    const at = host.services.clock.now();
    const { stream } = await client.post({
      jsonrpc: '2.0',
      id: 'k',
      method: 'tools/call',
      params: { name: 'counter__slow', arguments: { ms: 1_500 }, _meta: { progressToken: 'x' } },
    });
    let first = await stream?.next();
    while (first && first.id === undefined) first = await stream?.next();
    await host.kill();
    const next = await startHost({ ...hostOptions, folder: host.folder });
    const again = new McpHttp(next, owner.key);
    again.transportId = client.transportId;
    const resumed = await again.get(first?.id ?? null);
    for (let event = await resumed.stream?.message(); event; event = await resumed.stream?.message()) {
      if (event.message.id === 'k') break;
    }
    const rows = await rowsOf(next, { text: 'slow' });
    expect(rows).toMatchObject([{ outcome: 'ok', session_id: expect.any(String) }]);
    expect(rows[0]?.at).toBeGreaterThanOrEqual(at);
    expect(rows[0]?.duration_ms).toBeGreaterThanOrEqual(1_400);
  });
});
