import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { notificationForClient, requestForClient, serverId } from '#src/main/endpoint/mcp/aggregate/foreign-ids';
import { decodeCursor, encodeCursor } from '#src/main/endpoint/mcp/aggregate/lists/cursor';
import { listOf } from '#src/main/endpoint/mcp/aggregate/lists/list-kinds';
import { clientName, clientUri, serverName, serverUri } from '#src/main/endpoint/mcp/aggregate/names';
import { renameNotification, renameRequest, renameResult } from '#src/main/endpoint/mcp/aggregate/renaming';
import { routeOf, routeOfCall } from '#src/main/endpoint/mcp/aggregate/routing';
import { OWN_TOOLS } from '#src/main/mcp/own-tools';
import { serverNameSchema } from '#src/shared/contract/server';

const servers = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,39}$/);
const texts = fc.oneof(
  fc.string(),
  fc.string().map((rest) => `ui://${rest}`),
  fc.string({ unit: fc.constantFrom('_', '+', ':', 'a', '/') }),
);

describe('names', () => {
  test('come back as they were, whatever the server calls its things', () => {
    fc.assert(
      fc.property(servers, texts, (server, name) => {
        expect(serverNameSchema.safeParse(server).success).toBe(true);
        expect(serverName(clientName(server, name))).toEqual({ server, name });
        expect(serverUri(clientUri(server, name))).toEqual({ server, name });
      }),
    );
  });

  test('never collide between servers, nor with own tools', () => {
    fc.assert(
      fc.property(servers, texts, servers, texts, (a, x, b, y) => {
        const same = a === b && x === y;
        expect(clientName(a, x) === clientName(b, y)).toBe(same);
        expect(clientUri(a, x) === clientUri(b, y)).toBe(same);
        expect(Object.values(OWN_TOOLS)).not.toContain(clientName(a, x));
      }),
    );
  });

  test('a URI stays one that the platform can parse', () => {
    fc.assert(
      fc.property(servers, fc.webUrl(), (server, uri) => {
        expect(new URL(clientUri(server, uri)).protocol).toBe(`${server.toLowerCase()}+${new URL(uri).protocol}`);
      }),
    );
  });

  test('a URI of an app keeps the scheme by which clients know it', () => {
    fc.assert(
      fc.property(servers, fc.string(), (server, rest) => clientUri(server, `ui://${rest}`).startsWith('ui://')),
    );
    expect(clientUri('a', 'ui://board/app.html')).toBe('ui://a+board/app.html');
    expect(new URL('ui://a+board/app.html').host).toBe('a+board');
    // A session may know it by the name that it had before.
    expect(serverUri('a+ui://board/app.html')).toEqual({ server: 'a', name: 'ui://board/app.html' });
  });

  test.each(Object.values(OWN_TOOLS))('the own tool %s is nobody else’s', (name) => {
    expect(serverName(name)).toBeNull();
    expect(routeOf('tools/call', { name })).toEqual({ to: 'own' });
  });
});

describe('lists', () => {
  test.each([
    ['tools/list', { name: 'echo' }, { name: 'a__echo', title: 'a: echo' }],
    ['tools/list', { name: 'echo', title: 'Echo' }, { name: 'a__echo', title: 'a: Echo' }],
    [
      'tools/list',
      { name: 'echo', annotations: { title: 'Echo it' }, _meta: { x: 1 } },
      { name: 'a__echo', title: 'a: Echo it', annotations: { title: 'Echo it' }, _meta: { x: 1 } },
    ],
    [
      'prompts/list',
      { name: 'greet', arguments: [{ name: 'who' }] },
      { name: 'a__greet', title: 'a: greet', arguments: [{ name: 'who' }] },
    ],
    [
      'resources/list',
      { uri: 'test://x', name: 'x', size: 1 },
      { uri: 'a+test://x', name: 'x', title: 'a: x', size: 1 },
    ],
    [
      'resources/templates/list',
      { uriTemplate: 'test://{id}', name: 'x', title: 'X' },
      { uriTemplate: 'a+test://{id}', name: 'x', title: 'a: X' },
    ],
  ])('%s renames what must be told apart, and nothing else', (method, item, renamed) => {
    expect(listOf(method)?.rename('a', item)).toEqual(renamed);
  });

  test.each(['toString', 'constructor', 'tools/call', ''])('%j is no list', (method) => {
    expect(listOf(method)).toBeNull();
  });

  const meta = {
    ui: { resourceUri: 'ui://board', visibility: ['app'], more: [{ uri: 'ui://board/2' }] },
    'ui/resourceUri': 'ui://board',
    'openai/outputTemplate': 'app:x',
    'example.com/free': 'app:x',
  };
  const clientMeta = {
    ui: { resourceUri: 'ui://a+board', visibility: ['app'], more: [{ uri: 'ui://a+board/2' }] },
    'ui/resourceUri': 'ui://a+board',
    'openai/outputTemplate': 'a+app:x',
    'example.com/free': 'app:x',
  };

  test.each([
    ['tools/list', { name: 'x', title: 'X' }],
    ['prompts/list', { name: 'x', title: 'X' }],
    ['resources/list', { uri: 'ui://x', name: 'x', title: 'X' }],
    ['resources/templates/list', { uriTemplate: 'ui://{x}', name: 'x', title: 'X' }],
  ])('%s renames what extensions name in _meta', (method, item) => {
    expect(listOf(method)?.rename('a', { ...item, _meta: meta })).toMatchObject({ _meta: clientMeta });
  });

  test('so do results, their parts, notifications and requests, and clients are understood', () => {
    const renamed = (method: string, result: object) => JSON.stringify(renameResult('a', method, result));
    const resource = { uri: 'ui://x', _meta: meta };
    const content = { type: 'resource', resource, _meta: meta };
    const known = { uri: 'ui://a+x', _meta: clientMeta };
    const shown = { ...content, _meta: clientMeta, resource: known };
    const message = { role: 'user', content };
    expect(renamed('tools/call', { content: [content, { type: 'resource_link', ...resource }], _meta: meta })).toBe(
      JSON.stringify({ content: [shown, { type: 'resource_link', ...known }], _meta: clientMeta }),
    );
    expect(renamed('resources/read', { contents: [resource], _meta: meta })).toBe(
      JSON.stringify({ contents: [known], _meta: clientMeta }),
    );
    expect(renamed('prompts/get', { messages: [message], _meta: meta })).toBe(
      JSON.stringify({ messages: [{ ...message, content: shown }], _meta: clientMeta }),
    );
    const said = { jsonrpc: '2.0' as const, params: { messages: [message], _meta: meta } };
    expect(renameNotification('a', { ...said, method: 'notifications/x' }).params).toMatchObject({ _meta: clientMeta });
    expect(renameRequest('a', { ...said, id: 1, method: 'sampling/createMessage' }).params).toEqual({
      messages: [{ ...message, content: shown }],
      _meta: clientMeta,
    });
    expect(routeOf('tools/call', { name: 'a__x', _meta: clientMeta })).toMatchObject({ params: { _meta: meta } });
    const ofAnother = { ui: { resourceUri: 'ui://b+board' } };
    expect(routeOf('tools/call', { name: 'a__x', _meta: ofAnother })).toMatchObject({ params: { _meta: ofAnother } });
  });

  test('what is no item is left alone', () => {
    for (const item of [null, 'x', 1, {}, { name: 1 }]) expect(listOf('tools/list')?.rename('a', item)).toEqual(item);
  });
});

describe('results and notifications', () => {
  const link = { type: 'resource_link', uri: 'test://x', name: 'x' };
  const embedded = { type: 'resource', resource: { uri: 'test://x', text: 't' } };
  const text = { type: 'text', text: 'test://x' };
  const renamedLink = { ...link, uri: 'a+test://x' };
  const renamedEmbedded = { type: 'resource', resource: { uri: 'a+test://x', text: 't' } };

  test.each([
    [
      'resources/read',
      { contents: [{ uri: 'test://x', text: 't' }], _meta: { y: 1 } },
      { contents: [{ uri: 'a+test://x', text: 't' }], _meta: { y: 1 } },
    ],
    [
      'tools/call',
      { content: [text, link, embedded], structuredContent: { uri: 'test://x' }, isError: true },
      { content: [text, renamedLink, renamedEmbedded], structuredContent: { uri: 'test://x' }, isError: true },
    ],
    [
      'prompts/get',
      {
        description: 'd',
        messages: [
          { role: 'user', content: embedded },
          { role: 'user', content: [link, text] },
        ],
      },
      {
        description: 'd',
        messages: [
          { role: 'user', content: renamedEmbedded },
          { role: 'user', content: [renamedLink, text] },
        ],
      },
    ],
    ['completion/complete', { completion: { values: ['test://x'] } }, { completion: { values: ['test://x'] } }],
    ['tools/call', { task: { taskId: 'x', status: 'working' } }, { task: { taskId: 'a__x', status: 'working' } }],
    ['tools/call', { resultType: 'task', taskId: 'x' }, { resultType: 'task', taskId: 'a__x' }],
    ['tools/call', { resultType: 'complete', taskId: 'x' }, { resultType: 'complete', taskId: 'x' }],
    ['tasks/cancel', { taskId: 'x', status: 'cancelled' }, { taskId: 'a__x', status: 'cancelled' }],
    [
      'tasks/get',
      { taskId: 'x', result: { content: [{ type: 'resource_link', uri: 'test://x' }] } },
      { taskId: 'a__x', result: { content: [{ type: 'resource_link', uri: 'a+test://x' }] } },
    ],
    [
      'tasks/get',
      { taskId: 'x', inputRequests: { k: { method: 'elicitation/create', params: { message: 'Go on?' } } } },
      { taskId: 'a__x', inputRequests: { k: { method: 'elicitation/create', params: { message: 'Go on?' } } } },
    ],
    [
      'tasks/result',
      { content: [], _meta: { 'io.modelcontextprotocol/related-task': { taskId: 'x' } } },
      { content: [], _meta: { 'io.modelcontextprotocol/related-task': { taskId: 'a__x' } } },
    ],
  ])('%s names resources so that they can be read back', (method, result, renamed) => {
    expect(renameResult('a', method, result)).toEqual(renamed);
  });

  test('whatever a server answers, no method makes it fail', () => {
    const methods = fc.constantFrom('resources/read', 'tools/call', 'prompts/get', 'tasks/get', 'tasks/result');
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.record({
        taskId: fc.string(),
        result: fc.jsonValue(),
        inputRequests: fc.dictionary(fc.string(), fc.jsonValue()),
      }),
      fc.record({ task: fc.jsonValue(), resultType: fc.constantFrom('task', 'complete') }),
      fc.record({ content: fc.jsonValue(), contents: fc.jsonValue(), messages: fc.jsonValue() }),
      fc.record({ content: fc.array(fc.jsonValue()), contents: fc.array(fc.jsonValue()) }),
    );
    fc.assert(
      fc.property(methods, anything, (method, result) => {
        const before = JSON.stringify(result);
        renameResult('a', method, result);
        expect(JSON.stringify(result), 'the original is left alone').toBe(before);
      }),
    );
  });

  test.each([
    ['notifications/resources/updated', { uri: 'test://x' }, { uri: 'a+test://x' }],
    ['notifications/message', { level: 'info', data: 1 }, { level: 'info', data: 1, logger: 'a' }],
    ['notifications/message', { level: 'info', logger: 'db' }, { level: 'info', logger: 'a/db' }],
    ['notifications/progress', { progressToken: 't', progress: 1 }, { progressToken: 't', progress: 1 }],
    ['notifications/tasks/status', { taskId: 'x', status: 'working' }, { taskId: 'a__x', status: 'working' }],
    ['notifications/future', { uri: 'test://x' }, { uri: 'test://x' }],
  ])('%s', (method, params, renamed) => {
    expect(renameNotification('a', { jsonrpc: '2.0', method, params })).toEqual({
      jsonrpc: '2.0',
      method,
      params: renamed,
    });
  });
});

describe('routes', () => {
  test.each([
    ['tools/call', { name: 'a__x', arguments: { y: 1 } }, { name: 'x', arguments: { y: 1 } }],
    ['prompts/get', { name: 'a__x__y' }, { name: 'x__y' }],
    ['resources/read', { uri: 'a+test://x', _meta: { z: 1 } }, { uri: 'test://x', _meta: { z: 1 } }],
    ['resources/subscribe', { uri: 'a+git+ssh://x' }, { uri: 'git+ssh://x' }],
    ['resources/unsubscribe', { uri: 'a+x' }, { uri: 'x' }],
    ['tasks/get', { taskId: 'a__x' }, { taskId: 'x' }],
    ['tasks/update', { taskId: 'a__x__y', inputResponses: {} }, { taskId: 'x__y', inputResponses: {} }],
    [
      'completion/complete',
      { ref: { type: 'ref/prompt', name: 'a__x' }, argument: { name: 'n', value: 'v' } },
      { ref: { type: 'ref/prompt', name: 'x' }, argument: { name: 'n', value: 'v' } },
    ],
    [
      'completion/complete',
      { ref: { type: 'ref/resource', uri: 'a+test://{id}' } },
      { ref: { type: 'ref/resource', uri: 'test://{id}' } },
    ],
  ])('%s %j goes to its server, in its words', (method, params, inner) => {
    expect(routeOf(method, params)).toEqual({ to: 'server', server: 'a', params: inner });
  });

  test.each([
    ['tools/call', {}, 'own'],
    ['tools/call', { name: 7 }, 'own'],
    ['prompts/get', { name: 'x' }, 'nobody'],
    ['resources/read', { uri: 'test://x' }, 'nobody'],
    ['completion/complete', {}, 'nobody'],
    ['completion/complete', { ref: { type: 'ref/prompt', name: 'x' } }, 'nobody'],
    ['tasks/get', { taskId: 'x' }, 'nobody'],
    ['tasks/list', {}, 'unknown'],
  ])('%s %j goes to %s', (method, params, to) => {
    expect(routeOf(method, params)).toEqual({ to });
  });

  test('calls made before a restart are routed by their names alone', () => {
    expect(routeOfCall('tools/call', 'a__x')).toMatchObject({ server: 'a', params: { name: 'x' } });
    expect(routeOfCall('resources/read', 'a+test://x')).toMatchObject({ server: 'a', params: { uri: 'test://x' } });
    expect(routeOfCall('tasks/result', 'a__x')).toMatchObject({ server: 'a', params: { taskId: 'x' } });
    expect(routeOfCall('tools/call', OWN_TOOLS.list)).toEqual({ to: 'own' });
    expect(routeOfCall('tools/list', null)).toEqual({ to: 'unknown' });
  });
});

describe('ids that servers give', () => {
  const ids = fc.oneof(fc.maxSafeInteger(), fc.string());
  const origins = fc.record({ server: fc.oneof(servers, fc.constant('')), generation: fc.nat() });

  test('come back as they were, with whose they are', () => {
    fc.assert(
      fc.property(origins, ids, ids, (origin, id, progressToken) => {
        const request = requestForClient(origin, {
          jsonrpc: '2.0',
          id,
          method: 'sampling/createMessage',
          params: { _meta: { progressToken, x: 1 }, y: 2 },
        });
        expect(serverId(request.id)).toEqual({ ...origin, id });
        const meta = request.params?._meta as { progressToken: unknown };
        expect(serverId(meta.progressToken)).toEqual({ ...origin, id: progressToken });
        expect(request).toMatchObject({ params: { _meta: { x: 1 }, y: 2 } });
        const cancelled = { jsonrpc: '2.0' as const, method: 'notifications/cancelled', params: { requestId: id } };
        expect(notificationForClient(origin, cancelled).params?.requestId).toBe(request.id);
      }),
    );
  });

  test.each(['a:1:{}', 'a:1:null', 'a:x:1', 'a', '', 'a:1:1.5', 'a:1:', 7, null, {}])('%j is none', (value) => {
    expect(serverId(value)).toBeNull();
  });
});

describe('cursors', () => {
  test('hold all that is needed, and look like nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(servers, fc.string()), { minLength: 1 }), (rest) => {
        const cursor = encodeCursor(rest);
        expect(cursor).toMatch(/^[\w-]+$/);
        expect(decodeCursor(cursor)).toEqual(rest);
      }),
    );
    expect(encodeCursor([])).toBeUndefined();
  });

  test.each([undefined, null, 7, '', 'x', '!!', [['a', 'b']]])('%j is none', (value) => {
    expect(decodeCursor(value)).toBeNull();
  });

  test.each([null, [], {}, { rest: 1 }, { rest: [1] }, { rest: [['a']] }, { rest: [['a', 1]] }])(
    'nor is %j',
    (value) => {
      expect(decodeCursor(Buffer.from(JSON.stringify(value)).toString('base64url'))).toBeNull();
    },
  );
});
