import type { ServerResponse } from 'node:http';
import { describe, expect } from 'vitest';
import { activityQuerySchema } from '#src/shared/contract/activity';
import { sessionQuerySchema } from '#src/shared/contract/session';
import { type Answer, type Json, McpHttp, type SseReader } from '#tests/support/clients/mcp-http';
import { statelessRequest } from '#tests/support/clients/stateless-request';
import { type Holder, type McpHost, mcpTest, sharedMcpTest } from '#tests/support/hosts/mcp-host';
import { counter, echo, ListedConfigs } from '#tests/support/servers/configs';
import { sendEvent, sendJson, startEvents, startScripted } from '#tests/support/servers/scripted-http';

/** Clients of the revision without sessions, and servers of both kinds behind Holdfast. */

const VERSION = '2026-07-28';
const PREFIX = 'io.modelcontextprotocol/';
const ABLE = { elicitation: {} };

const test = sharedMcpTest
  .extend('modern', { scope: 'file' }, async ({}, { onCleanup }) => {
    const modern = await startModern();
    onCleanup(modern.stop);
    return modern;
  })
  .extend('hostOptions', { scope: 'file' }, ({ modern }) => ({
    servers: new ListedConfigs(
      counter('counter'),
      echo('echo'),
      counter('broken', { env: { COUNTER_FAIL_WHILE: import.meta.filename } }),
      {
        ...counter('modern'),
        target: { kind: 'http', url: modern.url, headers: { 'X-Secret': 'hush' } },
        fingerprint: 'modern',
      },
    ),
  }))
  .extend('owner', { scope: 'file' }, ({ host }) => host.newClient('stateless'))
  /** One request, to one server or, with null, to all. */
  .extend(
    'ask',
    ({ host, owner }) =>
      (server: string | null, method: string, params: Json = {}, options: Ask = {}): Promise<Answer> => {
        const { holder = owner, capabilities = ABLE, meta = {} } = options;
        const url = server === null ? host.url : `${host.url}/${server}`;
        return new McpHttp({ url }, holder.key).post(...statelessRequest(method, params, { capabilities, meta }));
      },
  )
  .extend(
    'call',
    ({ ask }) =>
      async (server: string | null, name: string, args: object = {}, more: Json = {}, options: Ask = {}) =>
        answerOf(await ask(server, 'tools/call', { name, arguments: args, ...more }, options)),
  );

/** What the modern server does with a call. */
let onCall: (body: Json, res: ServerResponse) => void = () => {};

const startModern = () =>
  startScripted(({ body }, res) => {
    if (body?.method === 'server/discover') {
      const result = { resultType: 'complete', supportedVersions: [VERSION], capabilities: {}, ttlMs: 0 };
      sendJson(res, 200, { jsonrpc: '2.0', id: body.id, result });
    } else onCall(body, res);
  });

interface Ask {
  readonly holder?: Holder;
  readonly capabilities?: object;
  readonly meta?: object;
}

/** The answer, however it is sent. */
async function answerOf(answer: Answer): Promise<Json> {
  if (!answer.stream) return answer.json;
  const messages = (await answer.stream.rest()).filter(({ data }) => data).map(({ data }) => JSON.parse(data ?? ''));
  return messages.findLast((message) => !message.method);
}

/** What the session of a client counts, beside what the view behind its count of failures shows. */
async function failuresOf({ services: { manager, activity, store } }: McpHost, { client: { client_id } }: Holder) {
  manager.flush();
  activity.flush();
  const { sessions } = store.sessions.page(sessionQuerySchema.parse({ client_id, include_probes: true }));
  const page = (failed: boolean) => store.activity.page(activityQuerySchema.parse({ client_id, failed }));
  return {
    calls: sessions.reduce((sum, { calls }) => sum + calls, 0),
    errors: sessions.reduce((sum, { errors }) => sum + errors, 0),
    outcomes: (await page(false)).activity.map(({ outcome }) => outcome),
    failed: (await page(true)).activity.length,
  };
}

const saidBy = ({ result }: Json) => JSON.parse(result.content[0].text);

describe('a server that knows only sessions', () => {
  test('says what it is, and is used like one without', async ({ ask }) => {
    const discovered = await answerOf(await ask('counter', 'server/discover'));
    expect(discovered.result).toMatchObject({ supportedVersions: [VERSION], capabilities: { tools: {} } });
    const listed = await answerOf(await ask('counter', 'tools/list'));
    expect(listed.result).toMatchObject({ resultType: 'complete', ttlMs: 0, cacheScope: 'private' });
    expect(listed.result.tools.map(({ name }: Json) => name)).toContain('count');
  });

  test('keeps its state from request to request, for each client its own', async ({ host, call }) => {
    const [first, second] = [host.newClient('stateless'), host.newClient('stateless')];
    const count = async (holder: Holder) => saidBy(await call('counter', 'count', {}, {}, { holder }));
    const one = await count(first);
    expect(await count(first)).toEqual({ n: one.n + 1, pid: one.pid });
    const other = await count(second);
    expect(other.n).toBe(1);
    expect(other.pid).not.toBe(one.pid);
    const { state } = { state: saidBy(await call('counter', 'state', {}, {}, { holder: first })) };
    expect(state.initialize).toMatchObject({ protocolVersion: '2025-11-25', capabilities: ABLE });
  });

  test('asks the client in its result, and goes on with the answer', async ({ call }) => {
    const asked = await call('counter', 'ask', { message: 'Which?' });
    expect(asked.result.resultType).toBe('input_required');
    const [[key, question]] = Object.entries<Json>(asked.result.inputRequests) as [[string, Json]];
    expect(question).toMatchObject({ method: 'elicitation/create', params: { message: 'Which?' } });
    const { requestState } = asked.result;

    const unanswered = await call(
      'counter',
      'ask',
      {},
      { requestState, inputResponses: { other: { action: 'accept' } } },
    );
    expect(Object.keys(unanswered.result.inputRequests), 'it asks again').toEqual([key]);

    const inputResponses = { [key]: { action: 'accept', content: { colour: 'red' } } };
    const again = { requestState: unanswered.result.requestState, inputResponses };
    expect(saidBy(await call('counter', 'ask', {}, again))).toEqual({ action: 'accept', content: { colour: 'red' } });
    const { error } = await call('counter', 'ask', {}, again);
    expect(error.message, 'an answer counts once').toBe('The call that this answers is over. Make the call again.');
  });

  test('asks within a call_tool as well, of a client that finds tools by search', async ({ host, call }) => {
    const holder = host.newClient('stateless');
    host.services.visibility.choose(holder.client.client_id, null, true);
    const args = { name: 'counter__ask', arguments: { message: 'Which?' } };
    const asked = await call(null, 'call_tool', args, {}, { holder });
    const [key = ''] = Object.keys(asked.result.inputRequests);
    const inputResponses = { [key]: { action: 'accept', content: { colour: 'red' } } };
    const again = { requestState: asked.result.requestState, inputResponses };
    expect(saidBy(await call(null, 'call_tool', args, again, { holder }))).toMatchObject({
      content: { colour: 'red' },
    });
  });

  test('lets nobody else answer, and nobody change what is to be answered', async ({ host, call }) => {
    const asked = await call('counter', 'ask', { message: 'Which?' });
    const [key = ''] = Object.keys(asked.result.inputRequests);
    const more = { requestState: asked.result.requestState, inputResponses: { [key]: { action: 'accept' } } };
    const stranger = await call('counter', 'ask', {}, more, { holder: host.newClient('stateless') });
    expect(stranger.error).toMatchObject({ code: -32602, data: { reason: 'invalid_request_state' } });
    const changed = await call('counter', 'ask', {}, { ...more, requestState: `${more.requestState}x` });
    expect(changed.error.code).toBe(-32602);
    expect(saidBy(await call('counter', 'ask', {}, more)).action).toBe('accept');
  });

  test('that needs what the client cannot do is reported by its own code', async ({ ask }) => {
    const answer = await ask('counter', 'tools/call', { name: 'ask', arguments: {} }, { capabilities: {} });
    const { error } = await answerOf(answer);
    expect(error).toMatchObject({ code: -32021, data: { requiredCapabilities: { elicitation: {} } } });
  });

  test('fails with the code and the data of the server', async ({ ask }) => {
    const { error } = await answerOf(await ask('echo', 'tools/call', { name: 'fail', arguments: { why: 'so' } }));
    expect(error).toMatchObject({ code: -32042, message: 'as you wish', data: { arguments: { why: 'so' } } });
  });

  test('reports progress and, to those who asked, its log', async ({ ask }) => {
    const steps = await ask(
      'counter',
      'tools/call',
      { name: 'slow', arguments: { ms: 30, steps: 2 } },
      { meta: { progressToken: 'p' } },
    );
    const events = (await steps.stream?.rest())?.filter(({ data }) => data).map(({ data }) => JSON.parse(data ?? ''));
    expect(
      events?.filter(({ method }) => method === 'notifications/progress').map(({ params }) => params.progressToken),
    ).toEqual(['p', 'p']);
    const silent = await ask('counter', 'tools/call', { name: 'log', arguments: { level: 'error', data: 'x' } });
    expect(silent.stream, 'no log without a level').toBeNull();
    const loud = await ask(
      'counter',
      'tools/call',
      { name: 'log', arguments: { level: 'error', data: 'x' } },
      { meta: { [`${PREFIX}logLevel`]: 'warning' } },
    );
    expect((await loud.stream?.message())?.message).toMatchObject({
      method: 'notifications/message',
      params: { data: 'x' },
    });
  });

  test('tells listeners of changes, and of the resources that they named', async ({ ask, call }) => {
    const notifications = { toolsListChanged: true, resourceSubscriptions: ['counter://n'] };
    const { stream } = await ask('counter', 'subscriptions/listen', { notifications });
    const reader = stream as SseReader;
    expect((await reader.message())?.message.method).toBe('notifications/subscriptions/acknowledged');
    await call('counter', 'announce');
    expect((await reader.message())?.message.method).toBe('notifications/tools/list_changed');
    await call('counter', 'touch', { uri: 'counter://n' });
    expect((await reader.message())?.message).toMatchObject({
      method: 'notifications/resources/updated',
      params: { uri: 'counter://n' },
    });
    reader.cut();
  });

  test('that is down is explained in words', async ({ ask }) => {
    const { error } = await answerOf(await ask('broken', 'tools/list'));
    expect(error.message).toContain('broken');
    expect(error.message).not.toContain('Internal');
  });

  test('is one of all at the common address, under names that tell whose they are', async ({ ask, call }) => {
    const listed = await answerOf(await ask(null, 'tools/list'));
    const names = listed.result.tools.map(({ name }: Json) => name);
    expect(names).toEqual(expect.arrayContaining(['session_info', 'counter__count']));
    const [first, second] = [await call(null, 'counter__count'), await call(null, 'counter__count')];
    expect(saidBy(second).n).toBe(saidBy(first).n + 1);
  });
});

describe('a server that speaks the revision itself', () => {
  test('gets the request as it is, with the headers of MCP and of its entry, and no key', async ({ modern, ask }) => {
    onCall = (body, res) =>
      sendJson(res, 200, { jsonrpc: '2.0', id: body.id, result: { resultType: 'complete', odd: [1] } });
    const params = { name: 'x', arguments: { a: 1 }, requestState: 'theirs' };
    const answer = await ask('modern', 'tools/call', params, { meta: { 'com.example/x': true } });
    expect(answer.json).toEqual({ jsonrpc: '2.0', id: 1, result: { resultType: 'complete', odd: [1] } });
    const got = modern.asked.at(-1);
    expect(got?.body.params).toMatchObject({
      ...params,
      _meta: { 'com.example/x': true, [`${PREFIX}protocolVersion`]: VERSION },
    });
    expect(got?.headers).toMatchObject({
      'mcp-method': 'tools/call',
      'mcp-name': 'x',
      'mcp-protocol-version': VERSION,
      'x-secret': 'hush',
    });
    expect(got?.headers).not.toHaveProperty('authorization');
  });

  test('has its lists put right, however they are sent, and only where clients would refuse them', async ({
    host,
    ask,
  }) => {
    const sound = { name: 'y', inputSchema: { type: 'object' }, odd: null };
    const page = { tools: [{ name: 'x', title: null }, sound], nextCursor: '', ttlMs: 5 };
    onCall = (body, res) => sendJson(res, 200, { jsonrpc: '2.0', id: body.id, result: page });
    const right = { tools: [{ name: 'x', inputSchema: { type: 'object' } }, sound], ttlMs: 5 };
    expect((await ask('modern', 'tools/list')).json.result).toEqual(right);
    onCall = (body, res) => {
      startEvents(res);
      sendEvent(res, '', { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 1 } });
      sendEvent(res, '', { jsonrpc: '2.0', id: body.id, result: page });
      res.end();
    };
    expect((await answerOf(await ask('modern', 'tools/list'))).result).toEqual(right);
    expect(host.services.servers.stateOf('modern')?.list_remarks.shown.map(({ name }) => name)).toEqual([
      ...['tools', 'x', 'x'],
    ]);
  });

  test('passes its refusals on with their status', async ({ ask }) => {
    onCall = (body, res) => sendJson(res, 404, { jsonrpc: '2.0', id: body.id, error: { code: -32601, message: 'no' } });
    const answer = await ask('modern', 'tools/unknown');
    expect([answer.status, answer.json.error.code]).toEqual([404, -32601]);
  });

  test('streams through, and sees that the client went away, which is no failure', async ({ host, ask }) => {
    const holder = host.newClient('stateless');
    let closed: () => void = () => {};
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    onCall = (_, res) => {
      res.once('close', closed);
      startEvents(res);
      sendEvent(res, null, { jsonrpc: '2.0', method: 'notifications/progress', params: { progress: 1 } });
    };
    const { stream } = await ask('modern', 'tools/call', { name: 'x' }, { holder });
    expect((await stream?.message())?.message.params).toEqual({ progress: 1 });
    stream?.cut();
    await isClosed;
    expect(await failuresOf(host, holder)).toEqual({ calls: 0, errors: 0, outcomes: ['cancelled'], failed: 0 });
  });

  test('that breaks off in the middle is seen to have broken off, and has failed', async ({ host, ask }) => {
    const holder = host.newClient('stateless');
    onCall = (_, res) => {
      startEvents(res);
      sendEvent(res, null, { jsonrpc: '2.0', method: 'notifications/progress', params: {} });
      res.write('data: {"half', () => res.destroy());
    };
    const { stream } = await ask('modern', 'tools/call', { name: 'x' }, { holder });
    expect(await stream?.message()).not.toBeNull();
    expect(await stream?.next()).toBeNull();
    expect(await failuresOf(host, holder)).toEqual({ calls: 1, errors: 1, outcomes: ['error'], failed: 1 });
  });

  test('neither lists nor is asked for what is hidden from the client', async ({ host, ask }) => {
    const holder = host.newClient('stateless');
    const part = { server: 'modern', kind: 'tool', name: 'y' } as const;
    host.services.visibility.setShown({ client_id: holder.client.client_id, parts: [part], shown: false });
    const asked: string[] = [];
    onCall = (body, res) => {
      asked.push(body.method);
      const tools = ['x', 'y'].map((name) => ({ name, inputSchema: { type: 'object' } }));
      const result = body.method === 'tools/list' ? { resultType: 'complete', tools } : { content: [] };
      sendJson(res, 200, { jsonrpc: '2.0', id: body.id, result });
    };
    const names = async (of: Holder) => {
      const { result } = await answerOf(await ask('modern', 'tools/list', {}, { holder: of }));
      return result.tools.map(({ name }: Json) => name);
    };
    expect(await names(holder)).toEqual(['x']);
    expect(await names(host.newClient('stateless'))).toEqual(['x', 'y']);
    const { error } = await answerOf(await ask('modern', 'tools/call', { name: 'y' }, { holder }));
    expect(error).toMatchObject({ code: -32602, message: expect.stringContaining('hidden from this client') });
    await ask('modern', 'tools/call', { name: 'x' }, { holder });
    expect(asked).toEqual(['tools/list', 'tools/list', 'tools/call']);
  });

  test('gets no array of messages, in which nobody looks for what is hidden', async ({ host, modern }) => {
    const before = modern.asked.length;
    const { key } = host.newClient('stateless');
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'y' } };
    const headers = { 'MCP-Protocol-Version': VERSION, 'Mcp-Method': 'tools/call', 'Mcp-Name': 'y' };
    const { status, json } = await new McpHttp({ url: `${host.url}/modern` }, key).post([message], { headers });
    expect([status, json.error.code]).toEqual([400, -32600]);
    expect(modern.asked.slice(before).filter(({ body }) => Array.isArray(body))).toEqual([]);
  });

  test.for([
    ['no id', {}],
    ['an id that is none', { id: { a: 1 } }],
    ['an id of null', { id: null }],
  ] as const)('gets no call with %s, in which nobody looks for what is hidden', async ([, id], { host, modern }) => {
    const before = modern.asked.length;
    const { key } = host.newClient('stateless');
    const message = { jsonrpc: '2.0', ...id, method: 'tools/call', params: { name: 'y' } };
    const headers = { 'MCP-Protocol-Version': VERSION, 'Mcp-Method': 'tools/call', 'Mcp-Name': 'y' };
    const { status, json } = await new McpHttp({ url: `${host.url}/modern` }, key).post(message, { headers });
    expect([status, json.error.code]).toEqual([400, -32600]);
    expect(modern.asked.slice(before).filter(({ body }) => body.method === 'tools/call')).toEqual([]);
  });

  test('is heard of a resource that somebody listens for, until it is hidden', async ({ host, ask }) => {
    const holder = host.newClient('stateless');
    let say: (uri: string) => void = () => {};
    onCall = (_body, res) => {
      startEvents(res);
      say = (uri) =>
        sendEvent(res, null, { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } });
      say('x:first');
    };
    const notifications = { resourceSubscriptions: ['x:first', 'x:later'] };
    const { stream } = await ask('modern', 'subscriptions/listen', { notifications }, { holder });
    const heard = async () => (await stream?.message())?.message.params.uri;
    expect(await heard()).toBe('x:first');
    const part = { server: 'modern', kind: 'resource', name: 'x:first' } as const;
    host.services.visibility.setShown({ client_id: holder.client.client_id, parts: [part], shown: false });
    say('x:first');
    say('x:later');
    expect(await heard()).toBe('x:later');
    host.services.visibility.setShown({ client_id: holder.client.client_id, parts: [part], shown: true });
    say('x:first');
    expect(await heard()).toBe('x:first');
    stream?.cut();
  });

  test('is not asked for news of a hidden resource', async ({ host, modern, ask }) => {
    const holder = host.newClient('stateless');
    const part = { server: 'modern', kind: 'resource', name: 'x:hidden' } as const;
    host.services.visibility.setShown({ client_id: holder.client.client_id, parts: [part], shown: false });
    onCall = (body, res) => sendJson(res, 200, { jsonrpc: '2.0', id: body.id, result: {} });
    const notifications = { toolsListChanged: true, resourceSubscriptions: ['x:hidden', 'x:seen'] };
    await ask('modern', 'subscriptions/listen', { notifications }, { holder });
    const seen = { toolsListChanged: true, resourceSubscriptions: ['x:seen'] };
    expect(modern.asked.at(-1)?.body.params.notifications).toEqual(seen);
  });

  test('a call of a tool that is held back counts as one that failed; one that is hidden is not a use', async ({
    host,
    modern,
    ask,
  }) => {
    const holder = host.newClient('stateless');
    const { visibility, servers, manager, store } = host.services;
    const says = (description: string) =>
      servers.tools.listed(
        'modern',
        ['h', 'k'].map((name) => ({ name, description, inputSchema: {} })),
      );
    onCall = (body, res) => sendJson(res, 200, { jsonrpc: '2.0', id: body.id, result: { content: [] } });
    const client_id = holder.client.client_id;
    visibility.setShown({ client_id, parts: [{ server: 'modern', kind: 'tool', name: 'k' }], shown: false });
    servers.tools.hold(true);
    says('one');
    for (const name of ['h', 'k']) await ask('modern', 'tools/call', { name }, { holder });
    says('two');
    expect([servers.tools.isHeld('modern', 'h'), servers.tools.isHeld('modern', 'k')]).toEqual([true, false]);
    const asked = modern.asked.length;
    const { json } = await ask('modern', 'tools/call', { name: 'h' }, { holder });
    expect(json.result.isError).toBe(true);
    expect(modern.asked.length).toBe(asked);
    servers.tools.hold(false);
    manager.flush();
    expect(store.sessions.snapshot(50).find((one) => one.client_id === client_id)).toMatchObject({
      calls: 3,
      errors: 2,
    });
  });

  test('counts as a call of the client’s session', async ({ host, ask }) => {
    onCall = (body, res) => sendJson(res, 200, { jsonrpc: '2.0', id: body.id, result: { isError: true, content: [] } });
    const holder = host.newClient('stateless');
    await ask('modern', 'tools/call', { name: 'x' }, { holder });
    host.services.manager.flush();
    const { sessions } = host.services.store.sessions.page({
      include_probes: true,
      sort: 'created_at',
      order: 'desc',
      limit: 1,
      offset: 0,
    });
    expect(sessions).toMatchObject([{ era: 'stateless', calls: 1, errors: 1 }]);
  });
});

mcpTest(
  'a server that knows only sessions keeps its state when Holdfast is killed, for a client without any',
  async ({ startHost }) => {
    const servers = () => new ListedConfigs(counter('counter'));
    const before = await startHost({ servers: servers() });
    const holder = before.newClient('stateless');
    const at = (url: string) => new McpHttp({ url: `${url}/counter` }, holder.key);
    const count = async (url: string): Promise<Json> => {
      const { json } = await at(url).post(...statelessRequest('tools/call', { name: 'count', arguments: {} }));
      return saidBy(json);
    };
    const first = await count(before.url);
    await before.kill();
    const after = await startHost({ servers: servers(), folder: before.folder });
    expect(await count(after.url)).toEqual({ n: first.n + 1, pid: first.pid });
  },
);

test('a server without sessions gets no call of a tool that has changed, whether or not anybody lists it', async ({
  host,
  ask,
  call,
}) => {
  let says = 'one';
  let listen: ServerResponse | null = null;
  const reached: string[] = [];
  onCall = (body, res) => {
    const answer = (result: object) => sendJson(res, 200, { jsonrpc: '2.0', id: body.id, result });
    if (body.method === 'tools/list') {
      const isFirst = body.params.cursor === undefined;
      const tools = [{ name: isFirst ? 'beside' : 'look_up', description: says, inputSchema: { type: 'object' } }];
      answer({ resultType: 'complete', tools, ...(isFirst ? { nextCursor: '2' } : {}) });
    } else if (body.method === 'subscriptions/listen') {
      startEvents(res);
      listen = res;
    } else {
      reached.push(`${body.params.name} ${says}`);
      answer({ resultType: 'complete', content: [] });
    }
  };
  const { tools } = host.services.servers;
  tools.accept('modern', null);
  tools.hold(true);
  try {
    const { stream } = await ask('modern', 'subscriptions/listen', { notifications: { toolsListChanged: true } });
    await expect.poll(() => listen).not.toBeNull();
    const announce = async () => {
      sendEvent(listen as never, null, { jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
      expect((await stream?.message())?.message.method).toBe('notifications/tools/list_changed');
    };
    // What the server said of its tools in the tests before was something else.
    for (const params of [{}, { cursor: '2' }]) await answerOf(await ask('modern', 'tools/list', params));
    expect((await call('modern', 'look_up')).result.isError).toBeUndefined();
    says = 'two';
    await announce();
    const held = await call('modern', 'look_up');
    expect(held.result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('has changed') }] });
    expect(tools.count('modern')).toMatchObject({ changed: 1, held: 1 });
    expect(reached).toEqual(['look_up one']);
    stream?.cut();
  } finally {
    tools.hold(false);
    tools.accept('modern', null);
  }
});
