import { describe, expect } from 'vitest';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { REAL_CLIENTS, type RealClient, type RealClientKind } from '#tests/support/clients/real-clients';
import { disposing } from '#tests/support/fixtures';
import { mcpTest } from '#tests/support/hosts/mcp-host';
import { counter, echo, ListedConfigs } from '#tests/support/servers/configs';
import { OtlpReceiver } from '#tests/support/telemetry/otlp-receiver';

/** Spans and metrics of calls that clients make to real servers, at a receiver that reads them by the official definitions. */

/** Spans are sent every two seconds. */
const SOON = { timeout: 15_000 };
const PARENT = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const [SDK_V1] = REAL_CLIENTS as [RealClientKind];
const TRACEPARENT = `00-${PARENT.traceId}-${PARENT.spanId}-01`;

const test = mcpTest
  .extend('hostOptions', { servers: new ListedConfigs(counter('counter'), echo('echo')) })
  .extend('receive', ({ host: _ }, { onCleanup }) =>
    disposing(
      onCleanup,
      (port?: number) => OtlpReceiver.start(port),
      (receiver) => receiver.close(),
    ),
  )
  .extend('connect', ({ host: _ }, { onCleanup }) =>
    disposing(
      onCleanup,
      (url: string, key: string): Promise<RealClient> => SDK_V1.connect(url, key),
      (client) => client.vanish(),
    ),
  )
  .extend('receiver', ({ receive }) => receive())
  .extend('client', async ({ host, owner }) => {
    const client = new McpHttp(host, owner.key);
    await client.initialize();
    return client;
  });

describe('a call', () => {
  test('is a span by the conventions for MCP, with nothing of its contents', async ({ host, client, receiver }) => {
    await host.services.telemetry.setOtlp({ enabled: true, address: receiver.url });
    const before = Date.now();
    await client.call('counter__count', { ms: 20, canary: 'canary-argument' });
    const span = await receiver.span(({ name }) => name === 'tools/call counter__count');
    const session_id = host.services.store.sessions.page({
      sort: 'created_at',
      order: 'asc',
      limit: 1,
      offset: 0,
      include_probes: true,
    }).sessions[0]?.session_id;
    expect(span).toMatchObject({
      // SPAN_KIND_SERVER
      kind: 2,
      parentSpanId: '',
      attributes: {
        'mcp.method.name': 'tools/call',
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'counter__count',
        'holdfast.server': 'counter',
        'holdfast.outcome': 'ok',
        'mcp.session.id': session_id,
      },
    });
    expect(span.startMs).toBeGreaterThanOrEqual(before);
    expect(span.endMs - span.startMs).toBeGreaterThanOrEqual(20);
    expect(receiver.resources[0]).toMatchObject({ 'service.name': 'holdfast', 'service.version': '0.0.0-test' });
    expect(receiver.text).not.toContain('canary');
  });

  test('that fails is an error of its kind, without what the error says', async ({ host, client, receiver }) => {
    await host.services.telemetry.setOtlp({ enabled: true, address: receiver.url });
    await client.call('echo__fail', { secret: 'canary-error' });
    const { attributes, status } = await receiver.span(({ name }) => name === 'tools/call echo__fail');
    expect(attributes).toMatchObject({ 'error.type': '-32042', 'rpc.response.status_code': '-32042' });
    // STATUS_CODE_ERROR
    expect(status.code).toBe(2);
    expect(receiver.text).not.toContain('canary');
    expect(receiver.text).not.toContain('as you wish');
  });

  test.for(['/mcp', '/mcp/echo'])(
    'at %s belongs to the trace of its caller, which reaches the server',
    async (path, { host, owner, receiver, connect }) => {
      await host.services.telemetry.setOtlp({ enabled: true, address: receiver.url });
      const client = await connect(`${new URL(host.url).origin}${path}`, owner.key);
      const name = path === '/mcp' ? 'echo__say' : 'say';
      const answer = await client.request('tools/call', { name, arguments: {}, _meta: { traceparent: TRACEPARENT } });
      expect(answer.params._meta).toMatchObject({ traceparent: TRACEPARENT });
      const span = await receiver.span((one) => one.name === `tools/call ${name}`);
      expect(span).toMatchObject({ traceId: PARENT.traceId, parentSpanId: PARENT.spanId });
    },
  );
});

test('metrics count what was called and how long it took, and how sessions are', async ({ host, client, receiver }) => {
  const { telemetry } = host.services;
  await telemetry.setOtlp({ enabled: true, address: receiver.url });
  await client.call('counter__count');
  await client.call('counter__count');
  // What waits is sent when it is switched off.
  await telemetry.setOtlp({ enabled: false });
  const calls = await receiver.points('mcp.server.operation.duration');
  const counted = calls.find(({ attributes }) => attributes['gen_ai.tool.name'] === 'counter__count');
  expect(Number(counted?.count)).toBe(2);
  expect(receiver.metrics.get('mcp.server.operation.duration')?.unit).toBe('s');
  const sessions = await receiver.points('holdfast.sessions');
  expect(sessions.find(({ attributes }) => attributes.status === 'active')).toBeDefined();
});

describe('the receiver', () => {
  test('gets the headers that were set, whose values are shown nowhere', async ({ host, client, receiver }) => {
    const { telemetry } = host.services;
    const headers = { 'x-api-key': 'canary-of-the-receiver' };
    const state = await telemetry.setOtlp({ enabled: true, address: receiver.url, headers });
    expect(state.otlp.headers).toEqual(['x-api-key']);
    expect(JSON.stringify(state)).not.toContain('canary');
    await client.call('counter__count');
    await receiver.span(() => true);
    expect(receiver.headers).toContainEqual(expect.objectContaining(headers));
    expect(host.log()).not.toContain('canary');
    expect(JSON.stringify(host.services.store.settings.get('telemetry'))).not.toContain('canary');
  });

  test('of another address gets no header that was meant for one before', async ({ host, client, receive }) => {
    const { telemetry } = host.services;
    const first = await receive();
    await telemetry.setOtlp({ enabled: true, address: first.url, headers: { 'x-api-key': 'canary-of-the-first' } });
    // A new key of metrics changes nothing of it.
    await telemetry.setMetrics(true);
    expect((await telemetry.setOtlp({ enabled: true, address: `${first.url}/v1/traces` })).otlp.headers).toHaveLength(
      1,
    );
    await telemetry.setOtlp({ enabled: false });
    expect(JSON.stringify(first.headers)).toContain('canary');
    await first.close();
    // Receivers in one process hear each other's requests, so there is one at a time.
    const second = await receive();
    expect((await telemetry.setOtlp({ enabled: true, address: second.url })).otlp.headers).toEqual([]);
    await client.call('counter__count');
    await second.span(() => true);
    expect(JSON.stringify(second.headers)).not.toContain('canary');
    for (const value of ['line\nbreak', '€']) {
      const wrong = telemetry.setOtlp({ enabled: true, headers: { 'x-api-key': value } });
      await expect(wrong).rejects.toThrow(/value of x-api-key holds characters/);
    }
  });

  test('that is away costs no call anything, is told once, and gets what comes later', async ({
    host,
    client,
    receive,
  }) => {
    const { telemetry } = host.services;
    const gone = await receive();
    const { port } = gone;
    await gone.close();
    await telemetry.setOtlp({ enabled: true, address: `http://127.0.0.1:${port}` });
    expect((await client.call('counter__count')).content).toBeDefined();
    await expect.poll(() => host.log(), SOON).toContain('telemetry could not be sent');
    expect(telemetry.get().otlp.problem?.sentence).toMatch(/^The receiver at 127\.0\.0\.1:\d+ refuses connections/);
    const back = await receive(port);
    await client.call('counter__count');
    await back.span(() => true);
    await expect
      .poll(() => telemetry.get().otlp, SOON)
      .toMatchObject({ problem: null, sent: { spans: expect.any(Number) } });
  });

  test('is asked by a test, which says why not', async ({ host, receiver }) => {
    const { telemetry } = host.services;
    await telemetry.setOtlp({ enabled: false, address: receiver.url });
    expect(await telemetry.test()).toEqual({ problem: null });
    expect(receiver.spans).toEqual([]);
    await telemetry.setOtlp({ enabled: false, address: new URL(host.url).origin });
    expect((await telemetry.test()).problem).toMatch(/^The receiver answered 4\d\d\.$/);
  });

  test('has an address that may be: https, or http on this machine', async ({ host }) => {
    const { telemetry } = host.services;
    for (const address of [
      'ftp://127.0.0.1/',
      'http://example.com:4318',
      'https://user:pass@example.com',
      'nonsense',
    ]) {
      await expect(telemetry.setOtlp({ enabled: true, address })).rejects.toThrow(/begins with https:\/\//);
    }
    await expect(telemetry.setOtlp({ enabled: true })).rejects.toThrow(/to which address/);
    const { otlp } = await telemetry.setOtlp({ enabled: false, address: 'http://localhost:4318/v1/traces' });
    expect(otlp.address).toBe('http://localhost:4318');
  });

  test('gets nothing until it is switched on, and nothing after it is switched off', async ({
    host,
    client,
    receiver,
  }) => {
    const { telemetry } = host.services;
    await telemetry.setOtlp({ enabled: false, address: receiver.url });
    await client.call('counter__count');
    await telemetry.setOtlp({ enabled: true });
    await telemetry.setOtlp({ enabled: false });
    await client.call('counter__count');
    expect(receiver.spans).toEqual([]);
  });
});
