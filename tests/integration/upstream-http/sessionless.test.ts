import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { isRequest } from '#src/main/mcp/json-rpc';
import type { Timers } from '#src/main/platform/ports';
import { MINUTE } from '#src/shared/model/units';
import { FakeClock, passTime } from '#tests/support/fake-clock';
import {
  type Asked,
  result,
  type ScriptedServer,
  sendEvent,
  sendJson,
  startEvents,
  startScripted,
  Wire,
} from '#tests/support/servers/scripted-http';

/** A server of the revision without sessions, spoken to as if it had sessions. */

const VERSION = '2026-07-28';
const PREFIX = 'io.modelcontextprotocol/';
let server: ScriptedServer;
let wire: Wire;
let listening: ServerResponse[];

afterEach(async () => {
  wire.connection.release();
  await server.stop();
});

async function start(onRequest: (asked: Asked, res: ServerResponse) => void, timers?: Timers): Promise<void> {
  listening = [];
  server = await startScripted((asked, res) => {
    const { body } = asked;
    if (body.method === 'initialize') {
      const error = { code: -32022, message: 'Unsupported protocol version', data: { supported: [VERSION] } };
      sendJson(res, 400, { jsonrpc: '2.0', id: body.id, error });
    } else if (body.method === 'server/discover') {
      const _meta = { [`${PREFIX}serverInfo`]: { name: 'modern', version: '7' } };
      const capabilities = { tools: { listChanged: true }, resources: { subscribe: true } };
      sendJson(res, 200, result(body.id, { supportedVersions: [VERSION], capabilities, instructions: 'Hi', _meta }));
    } else if (body.method === 'subscriptions/listen') {
      startEvents(res);
      sendEvent(res, null, { jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params: {} });
      listening.push(res);
    } else onRequest(asked, res);
  });
  wire = new Wire(server.url, null, {}, timers);
  const response = await wire.initialize('2025-11-25', { elicitation: {} });
  expect(response.result).toEqual({
    protocolVersion: '2025-11-25',
    capabilities: { tools: { listChanged: true }, resources: { subscribe: true } },
    serverInfo: { name: 'modern', version: '7' },
    instructions: 'Hi',
  });
}

const ofMethod = (method: string) => server.asked.filter(({ body }) => body?.method === method);

test('each request says what a session would remember, and no answer shows that it did', async () => {
  await start(({ body }, res) =>
    sendJson(res, 200, result(body.id, { resultType: 'complete', ttlMs: 1, cacheScope: 'private', tools: [] })),
  );
  expect((await wire.call('ping')).result).toEqual({});
  expect((await wire.call('logging/setLevel', { level: 'info' })).result).toEqual({});
  expect((await wire.call('tools/list', { _meta: { mine: 1 } })).result).toEqual({ tools: [] });
  const [asked] = ofMethod('tools/list');
  expect(asked?.body.params._meta).toEqual({
    mine: 1,
    [`${PREFIX}protocolVersion`]: VERSION,
    [`${PREFIX}clientCapabilities`]: { elicitation: {} },
    [`${PREFIX}clientInfo`]: { name: 'test', version: '1' },
    [`${PREFIX}logLevel`]: 'info',
  });
  expect(asked?.headers).toMatchObject({ 'mcp-protocol-version': VERSION, 'mcp-method': 'tools/list' });
  expect([...ofMethod('ping'), ...ofMethod('logging/setLevel'), ...ofMethod('notifications/initialized')]).toEqual([]);
});

test('what it asks in a result is asked by a request, and the call goes on with the answer', async () => {
  await start(({ body }, res) => {
    const { params } = body;
    if (params.inputResponses)
      sendJson(
        res,
        200,
        result(body.id, { resultType: 'complete', got: params.inputResponses, state: params.requestState }),
      );
    else {
      const inputRequests = { who: { method: 'elicitation/create', params: { message: 'Who?' } } };
      sendJson(res, 200, result(body.id, { resultType: 'input_required', inputRequests, requestState: 's1' }));
    }
  });
  const id = wire.begin('tools/call', { name: 'x' });
  const question = await wire.until(() => wire.heard.find(({ message }) => isRequest(message)), 'a question');
  expect(question).toMatchObject({
    relatedTo: id,
    message: { method: 'elicitation/create', params: { message: 'Who?' } },
  });
  const answer = { action: 'accept', content: { name: 'Ann' } };
  if (isRequest(question.message)) wire.connection.send({ jsonrpc: '2.0', id: question.message.id, result: answer });
  expect((await wire.answerTo(id)).result).toEqual({ got: { who: answer }, state: 's1' });
});

test('a call that the client refuses to help with fails with the client’s words', async () => {
  await start(({ body }, res) => {
    const inputRequests = { who: { method: 'sampling/createMessage', params: {} } };
    sendJson(res, 200, result(body.id, { resultType: 'input_required', inputRequests }));
  });
  const id = wire.begin('tools/call', { name: 'x' });
  const { message } = await wire.until(() => wire.heard.find(({ message }) => isRequest(message)), 'a question');
  const error = { code: -1, message: 'User rejected' };
  if (isRequest(message)) wire.connection.send({ jsonrpc: '2.0', id: message.id, error });
  expect((await wire.answerTo(id)).error).toEqual(error);
  expect(ofMethod('tools/call')).toHaveLength(1);
});

test('cancelling closes the stream of the call', async () => {
  let closed: () => void = () => {};
  const isClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  await start((_, res) => {
    startEvents(res);
    res.once('close', closed);
    sendEvent(res, null, { jsonrpc: '2.0', method: 'notifications/progress', params: { progress: 1 } });
  });
  const id = wire.begin('tools/call', { name: 'x' });
  await wire.until(
    () => wire.heard.find(({ relatedTo, message }) => relatedTo === id && 'method' in message),
    'progress',
  );
  wire.connection.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } });
  await isClosed;
  expect((await wire.answerTo(id)).error?.message).toBe('The request was cancelled.');
});

test('a look at a task that is not answered is given up, and another one follows', async () => {
  const clock = new FakeClock();
  await start(({ body }, res) => {
    if (ofMethod('tasks/get').length === 1) startEvents(res);
    else sendJson(res, 200, result(body.id, { status: 'completed', result: { content: [] } }));
  }, clock);
  const began = clock.monotonic();
  expect((await passTime(clock, wire.call('tasks/result', { taskId: 't' }))).result).toEqual({ content: [] });
  expect(clock.monotonic() - began).toBeLessThan(MINUTE);
});

test('changes come on a stream of their own, which follows the subscriptions', async () => {
  await start(() => {});
  while (ofMethod('subscriptions/listen').length < 1) await server.nth(server.asked.length);
  const heard = () =>
    wire.heard
      .filter(({ relatedTo }) => relatedTo === null)
      .map(({ message }) => 'method' in message && message.method);
  await wire.call('resources/subscribe', { uri: 'a://b' });
  while (ofMethod('subscriptions/listen').length < 2) await server.nth(server.asked.length);
  const [before, after] = ofMethod('subscriptions/listen').map(
    ({ body }) => body.params.notifications.resourceSubscriptions,
  );
  expect([before, after]).toEqual([[], ['a://b']]);
  const stream = listening.at(-1);
  if (stream)
    sendEvent(stream, null, { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: 'a://b' } });
  await wire.until(() => heard().includes('notifications/resources/updated'), 'an update');
  expect(heard()).toEqual(['notifications/resources/updated']);
});

test('arguments that it wants as headers are sent as such, as HTTP allows them', async () => {
  await start(({ body }, res) => {
    const properties = {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      n: { type: 'number', 'x-mcp-header': 'N' },
      plain: {},
    };
    sendJson(res, 200, result(body.id, { tools: [{ name: 'x', inputSchema: { type: 'object', properties } }] }));
  });
  await wire.call('tools/list');
  await wire.call('tools/call', { name: 'x', arguments: { region: 'Zürich', n: 4, plain: 'p' } });
  const headers = ofMethod('tools/call')[0]?.headers;
  expect(headers).toMatchObject({ 'mcp-param-region': '=?base64?WsO8cmljaA==?=', 'mcp-param-n': '4', 'mcp-name': 'x' });
  expect(headers).not.toHaveProperty('mcp-param-plain');
});
