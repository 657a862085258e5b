import { writeFileSync } from 'node:fs';
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CallToolResultSchema,
  CreateTaskResultSchema,
  ElicitRequestSchema,
  TaskStatusNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { describe, expect } from 'vitest';
import { BOTH, type Json, McpHttp } from '#tests/support/clients/mcp-http';
import { statelessRequest } from '#tests/support/clients/stateless-request';
import { disposing } from '#tests/support/fixtures';
import { type Holder, sharedMcpTest } from '#tests/support/hosts/mcp-host';
import { counter, ListedConfigs, taskServer } from '#tests/support/servers/configs';
import { startFixtureOverHttp } from '#tests/support/servers/fixture-server';

/** Tasks of servers, as clients that know them meet them through Holdfast. */

const INVALID_PARAMS = -32602;
const METHOD_NOT_FOUND = -32601;
const MISSING_CAPABILITY = -32021;
const TASKS = 'io.modelcontextprotocol/tasks';
const PREFIX = 'io.modelcontextprotocol/';

const test = sharedMcpTest
  .extend('modern', { scope: 'file' }, async ({}, { onCleanup }) => {
    const modern = await startFixtureOverHttp('modern', 'modern');
    onCleanup(modern.stop);
    return modern.config;
  })
  .extend('hostOptions', { scope: 'file' }, ({ modern }) => ({
    servers: new ListedConfigs(taskServer('mine'), taskServer('all', { policy: 'shared' }), modern, counter('none')),
  }))
  .extend('connect', ({ host }, { onCleanup }) =>
    disposing(
      onCleanup,
      async (path: string, { key }: Pick<Holder, 'key'> = host.newClient()) => {
        const client = new Client(
          { name: 'with tasks', version: '1' },
          { capabilities: { elicitation: {}, tasks: { cancel: {} } } },
        );
        client.setRequestHandler(ElicitRequestSchema, async () => ({ action: 'accept', content: { name: 'Ada' } }));
        const requestInit = { headers: { Authorization: `Bearer ${key}` } };
        await client.connect(new StreamableHTTPClientTransport(new URL(`${host.url}${path}`), { requestInit }));
        return client;
      },
      (client) => client.close(),
    ),
  )
  /** One request of the revision without sessions, by a client that knows tasks unless it says otherwise. */
  .extend(
    'ask',
    ({ host }) =>
      async (path: string, { key }: Holder, method: string, params: Json, extensions: Json = { [TASKS]: {} }) => {
        const request = statelessRequest(method, params, { capabilities: { elicitation: {}, extensions } });
        const answer = await new McpHttp({ url: `${host.url}${path}` }, key).post(...request);
        if (!answer.stream) return answer.json;
        return JSON.parse((await answer.stream.rest()).findLast(({ data }) => data)?.data ?? 'null');
      },
  );

const textOf = ({ content }: Json): string => content[0].text;

const WAYS = [
  ['/mcp/all', '/all', ''],
  ['/mcp/mine', '/mine', ''],
  ['/mcp, of a shared server', '', 'all__'],
  ['/mcp, of a server for each session', '', 'mine__'],
];

describe.each(WAYS)('a client of 2025-11-25 at %s', (_, path, prefix) => {
  test('begins a task, hears of it and gets its result', async ({ connect }) => {
    const client = await connect(path);
    await client.listTools();
    const text = path + prefix;
    const call = { name: `${prefix}work`, arguments: { text } };
    const seen: string[] = [];
    let result: Json = null;
    for await (const message of client.experimental.tasks.callToolStream(call, CallToolResultSchema, { task: {} })) {
      seen.push(message.type);
      if (message.type === 'taskCreated') {
        await client.callTool({ name: `${prefix}finish`, arguments: { text } });
      } else if (message.type === 'result') result = message.result;
    }
    expect(seen).toEqual(['taskCreated', ...seen.filter((type) => type === 'taskStatus'), 'result']);
    expect(textOf(result)).toBe(text);
  });
});

test('all servers together have tasks, and each of their tools can be called as one', async ({ connect }) => {
  const client = await connect('');
  expect(client.getServerCapabilities()?.tasks).toEqual({ list: {}, cancel: {}, requests: { tools: { call: {} } } });
  const { tools } = await client.listTools();
  const support = Object.fromEntries(tools.map(({ name, execution }) => [name, execution?.taskSupport]));
  expect(support).toMatchObject({ none__slow: 'optional', mine__work: 'optional', mine__must: 'required' });
  expect(support.get_result, 'waits by itself').toBeUndefined();
});

test.for([
  ['/mine', ''],
  ['', 'mine__'],
])('a task that asks is answered by its client, at /mcp%s', async ([path = '', prefix = ''], { connect }) => {
  const client = await connect(path);
  await client.listTools();
  const call = { name: `${prefix}ask`, arguments: { question: 'Who?' } };
  const results: Json[] = [];
  for await (const message of client.experimental.tasks.callToolStream(call, CallToolResultSchema, { task: {} })) {
    if (message.type === 'result') results.push(message.result);
  }
  expect(results.map(textOf)).toEqual(['Ada']);
});

test.for([
  ['/all', ''],
  ['', 'all__'],
])(
  'a task of a shared process is unknown to all other clients, at /mcp%s',
  async ([path = '', prefix = ''], { host, connect }) => {
    const [owner, other] = [await connect(path), await connect(path)];
    const call = { method: 'tools/call', params: { name: `${prefix}work`, arguments: { text: 'own' }, task: {} } };
    const { task } = await owner.request(call, CreateTaskResultSchema);
    const { taskId } = task;
    expect(taskId.startsWith(prefix)).toBe(true);
    expect(await owner.experimental.tasks.getTask(taskId)).toMatchObject({ taskId, status: 'working' });
    expect((await owner.experimental.tasks.listTasks()).tasks).toMatchObject([{ taskId }]);

    const unknown = expect.objectContaining({ code: INVALID_PARAMS });
    expect((await other.experimental.tasks.listTasks()).tasks).toEqual([]);
    await expect(other.experimental.tasks.getTask(taskId)).rejects.toEqual(unknown);
    await expect(other.experimental.tasks.getTaskResult(taskId, CallToolResultSchema)).rejects.toEqual(unknown);
    await expect(other.experimental.tasks.cancelTask(taskId)).rejects.toEqual(unknown);

    const parts = [{ server: 'all', kind: null, name: null }];
    host.services.visibility.setShown({ client_id: null, parts, shown: false });
    await expect(owner.experimental.tasks.getTask(taskId), 'its server was hidden').rejects.toEqual(unknown);
    host.services.visibility.setShown({ client_id: null, parts, shown: true });

    const heard: string[] = [];
    other.setNotificationHandler(TaskStatusNotificationSchema, ({ params }) => void heard.push(params.taskId));
    expect(await owner.experimental.tasks.cancelTask(taskId)).toMatchObject({ taskId, status: 'cancelled' });
    // What comes later on the same stream has not overtaken anything.
    await other.ping();
    expect(heard).toEqual([]);
  },
);

test.for([
  ['/mine', ''],
  ['', 'mine__'],
])('a server without the extension gets nothing of it, at /mcp%s', async ([path = '', prefix = ''], { host, ask }) => {
  const call = { name: `${prefix}plain`, arguments: {} };
  const { result } = await ask(path, host.newClient('stateless'), 'tools/call', call);
  expect(JSON.parse(textOf(result)).meta).not.toHaveProperty(`${PREFIX}clientCapabilities`);
});

test.for([
  ['/mine', '', true],
  ['', 'mine__', false],
] as const)('tasks that a client runs are for one server: at /mcp%s', async ([path, prefix, isTold], { connect }) => {
  const client = await connect(path);
  const { capabilities } = JSON.parse(textOf(await client.callTool({ name: `${prefix}plain`, arguments: {} })));
  expect(capabilities.elicitation).toBeDefined();
  expect(capabilities.tasks !== undefined).toBe(isTold);
});

describe.each([
  ['/mcp/modern', '/modern', ''],
  ['/mcp', '', 'modern__'],
])('a client without sessions, of a server without, at %s', (_, path, prefix) => {
  test('is told that there are tasks', async ({ host, ask }) => {
    const { result } = await ask(path, host.newClient('stateless'), 'server/discover', {});
    expect(result.capabilities.extensions).toEqual({ [TASKS]: {} });
    expect(result.capabilities.tasks).toBeUndefined();
  });

  test('answers what its task asks, and gets the result', async ({ host, ask }) => {
    const owner = host.newClient('stateless');
    const own = (method: string, params: Json) => ask(path, owner, method, params);
    const { taskId } = (await own('tools/call', { name: `${prefix}confirm_delete`, arguments: { filename: 'x' } }))
      .result;
    expect(taskId.startsWith(prefix)).toBe(true);
    const { inputRequests } = await endedAs(own, taskId, 'input_required');
    expect(inputRequests).toMatchObject({ confirm: { method: 'elicitation/create' } });
    const inputResponses = { confirm: { action: 'accept', content: {} } };
    expect((await own('tasks/update', { taskId, inputResponses })).result).toMatchObject({ resultType: 'complete' });
    expect(await endedAs(own, taskId, 'completed')).toMatchObject({
      taskId,
      result: { content: [{ text: 'Deleted x.' }] },
    });
  });

  test('answers a question first, and then has a task', async ({ host, ask }) => {
    const owner = host.newClient('stateless');
    const own = (method: string, params: Json) => ask(path, owner, method, params);
    const call = { name: `${prefix}test_tool_with_task`, arguments: {} };
    const { inputRequests, requestState } = (await own('tools/call', call)).result;
    const [key = ''] = Object.keys(inputRequests);
    const inputResponses = { [key]: { action: 'accept', content: { name: 'Ada' } } };
    const begun = (await own('tools/call', { ...call, inputResponses, requestState })).result;
    expect(begun).toMatchObject({ resultType: 'task', ttlMs: 600_000 });
    expect(await endedAs(own, begun.taskId, 'completed')).toMatchObject({
      result: { content: [{ text: 'Hello, Ada!' }] },
    });
  });

  test('that does not say it knows tasks gets the result', async ({ host, ask }) => {
    const call = { name: `${prefix}slow_compute`, arguments: { seconds: 0, label: 'x' } };
    const { result } = await ask(path, host.newClient('stateless'), 'tools/call', call, {});
    expect(result).toMatchObject({ resultType: 'complete', content: [{ text: 'Computed x for 0 s.' }] });
  });

  test('meets its own tasks alone', async ({ host, ask }) => {
    const [owner, other] = [host.newClient('stateless'), host.newClient('stateless')];
    const call = { name: `${prefix}slow_compute`, arguments: { seconds: 60 } };
    const { taskId } = (await ask(path, owner, 'tools/call', call)).result;
    expect((await ask(path, owner, 'tasks/get', { taskId })).result).toMatchObject({ taskId, status: 'working' });
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
      const { error } = await ask(path, other, method, { taskId });
      expect(error.code, method).toBe(INVALID_PARAMS);
      expect((await ask(path, other, method, { taskId }, {})).error.code, method).toBe(MISSING_CAPABILITY);
    }
    // Some decoders take the last of these for the id.
    const twice = (await ask(path, owner, 'tasks/get', { taskId, TaskID: 'of-somebody-else' })).error;
    expect(twice).toMatchObject({ code: INVALID_PARAMS, message: expect.stringContaining('Name the task once') });
    const show = (shown: boolean) => {
      const parts = [{ server: 'modern', kind: null, name: null }];
      host.services.visibility.setShown({ client_id: owner.client.client_id, parts, shown });
    };
    show(false);
    const hidden = (await ask(path, owner, 'tasks/get', { taskId })).error;
    // Where no other server has tasks, there is no such method any more.
    expect([INVALID_PARAMS, METHOD_NOT_FOUND], 'of a server that was hidden since').toContain(hidden.code);
    show(true);
    const { result } = await ask(path, owner, 'tasks/cancel', { taskId });
    expect(result).toMatchObject({ resultType: 'complete' });
    expect(result.taskId).toBeUndefined();
    expect((await ask(path, owner, 'tasks/get', { taskId })).result.status).toBe('cancelled');
  });
});

test('a task goes along when another client takes its session over', async ({ host, connect }) => {
  const [owner, heir] = [host.newClient(), host.newClient()];
  host.services.clients.setMayTakeOver(heir.client.client_id, true);
  const old = await connect('', owner);
  const call = { method: 'tools/call', params: { name: 'all__work', arguments: { text: 'goes along' }, task: {} } };
  const { taskId } = (await old.request(call, CreateTaskResultSchema)).task;
  const [state] = host.services.store.sessions.ofClient(owner.client.client_id);
  const allowed = host.services.clients.get(heir.client.client_id);
  await host.services.manager.offerSession(state?.session.session_id ?? '', allowed, false, 'window');

  const taker = await connect('', heir);
  expect((await taker.experimental.tasks.listTasks()).tasks).toMatchObject([{ taskId }]);
  const again = await connect('', owner);
  const unknown = expect.objectContaining({ code: INVALID_PARAMS });
  await expect(again.experimental.tasks.getTask(taskId)).rejects.toEqual(unknown);
  await taker.callTool({ name: 'all__finish', arguments: { text: 'goes along' } });
  expect(textOf(await taker.experimental.tasks.getTaskResult(taskId, CallToolResultSchema))).toBe('goes along');
});

describe('a client without sessions', () => {
  test('that hangs up once it has a task cancels nothing', async ({ host, ask }) => {
    const owner = host.newClient('stateless');
    const [message, special] = statelessRequest(
      'tools/call',
      { name: 'slow_compute', arguments: { seconds: 60 } },
      { capabilities: { extensions: { [TASKS]: {} } } },
    );
    const taskId = await new Promise<string>((resolve, reject) => {
      const headers = {
        Authorization: `Bearer ${owner.key}`,
        'Content-Type': 'application/json',
        Accept: BOTH,
        ...(special.headers as OutgoingHttpHeaders),
      };
      const sent = httpRequest(`${host.url}/modern`, { method: 'POST', headers }, (res) => {
        let text = '';
        res.on('data', (chunk) => {
          text += chunk;
          const [, id] = /"taskId":"([^"]+)"/.exec(text) ?? [];
          if (id === undefined) return;
          res.destroy();
          resolve(id);
        });
        res.on('error', () => {});
      });
      sent.on('error', reject);
      sent.end(JSON.stringify(message));
    });
    expect((await ask('/modern', owner, 'tasks/get', { taskId })).result).toMatchObject({ taskId, status: 'working' });
    await ask('/modern', owner, 'tasks/cancel', { taskId });
  });
});

/** What is shown of a call that Holdfast keeps. */
const HANDLE = /^h_[\w-]{22}$/;

describe('a tool of a server without tasks, called at /mcp', () => {
  test('is a task to a client of 2025-11-25 that asks for one', async ({ host, connect }) => {
    const [client, other] = [await connect(''), await connect('')];
    await client.listTools();
    const heard: Json[] = [];
    client.setNotificationHandler(TaskStatusNotificationSchema, ({ params }) => void heard.push(params));
    const call = { name: 'none__slow', arguments: { ms: 1_200, steps: 4 } };
    const seen: string[] = [];
    let taskId = '';
    let result: Json = null;
    for await (const message of client.experimental.tasks.callToolStream(call, CallToolResultSchema, { task: {} })) {
      seen.push(message.type);
      if (message.type === 'taskCreated') {
        taskId = message.task.taskId;
        const unknown = expect.objectContaining({ code: INVALID_PARAMS });
        await expect(other.experimental.tasks.getTask(taskId)).rejects.toEqual(unknown);
        expect((await client.experimental.tasks.listTasks()).tasks).toMatchObject([{ taskId, status: 'working' }]);
      } else if (message.type === 'result') result = message.result;
    }
    expect(seen[0]).toBe('taskCreated');
    expect(seen.at(-1)).toBe('result');
    expect(taskId).toMatch(HANDLE);
    expect(JSON.parse(textOf(result))).toMatchObject({ done: true });
    expect(result._meta['io.modelcontextprotocol/related-task']).toEqual({ taskId });
    await expect.poll(() => heard).toMatchObject([{ taskId, status: 'completed', ttl: 86_400_000 }]);
    expect((await client.experimental.tasks.getTask(taskId)).status).toBe('completed');
    expect(host.services.longCalls.inFlight.list()).toEqual([]);
  });

  test('is cancelled with its task, and fails as its task', async ({ connect }) => {
    const client = await connect('');
    const begin = async (name: string, args: Json) => {
      const call = { method: 'tools/call', params: { name, arguments: args, task: {} } };
      return (await client.request(call, CreateTaskResultSchema)).task.taskId;
    };
    const taskId = await begin('none__slow', { ms: 60_000 });
    const waiting = client.experimental.tasks.getTaskResult(taskId, CallToolResultSchema);
    const over = expect(waiting).rejects.toThrow(/was cancelled/);
    expect(await client.experimental.tasks.cancelTask(taskId)).toMatchObject({ taskId, status: 'cancelled' });
    await over;
    const again = client.experimental.tasks.cancelTask(taskId);
    await expect(again).rejects.toEqual(expect.objectContaining({ code: INVALID_PARAMS }));
    const failing = await begin('none__crash', {});
    await expect(client.experimental.tasks.getTaskResult(failing, CallToolResultSchema)).rejects.toThrow(
      /outcome of the call is unknown/,
    );
    expect((await client.experimental.tasks.getTask(failing)).status).toBe('failed');
  });

  test('becomes a task when a client with the extension would not wait for it', async ({ host, ask }) => {
    const owner = host.newClient('stateless');
    host.services.longCalls.setPatience(owner.client.client_id, 2_000);
    const own = (method: string, params: Json) => ask('', owner, method, params);
    expect((await own('server/discover', {})).result.capabilities.extensions).toEqual({ [TASKS]: {} });
    const short = await own('tools/call', { name: 'none__count', arguments: {} });
    expect(short.result).toMatchObject({ resultType: 'complete', content: [{ type: 'text' }] });
    const { result: begun } = await own('tools/call', { name: 'none__slow', arguments: { ms: 2_500 } });
    expect(begun).toMatchObject({ resultType: 'task', status: 'working', ttlMs: 86_400_000, pollIntervalMs: 1_000 });
    const { taskId } = begun;
    expect(taskId).toMatch(HANDLE);
    expect((await ask('', host.newClient('stateless'), 'tasks/get', { taskId })).error.code).toBe(INVALID_PARAMS);
    const task = await endedAs(own, taskId, 'completed');
    expect(JSON.parse(textOf(task.result))).toMatchObject({ done: true });
    // It is the same call by its other name.
    const fetched = await own('tools/call', { name: 'get_result', arguments: { handle: taskId } });
    expect(fetched.result.content).toEqual(task.result.content);
    const long = (await own('tools/call', { name: 'none__slow', arguments: { ms: 60_000 } })).result;
    expect((await own('tasks/cancel', { taskId: long.taskId })).result.resultType).toBe('complete');
    expect((await own('tasks/get', { taskId: long.taskId })).result).toMatchObject({ status: 'cancelled' });
  });
});

test('what a call asks that became a task is asked for that task, whatever else runs', async ({
  host,
  connect,
  ask,
}) => {
  await (await connect('')).listTools();
  const owner = host.newClient('stateless');
  host.services.longCalls.setPatience(owner.client.client_id, 1_000);
  const own = (method: string, params: Json) => ask('', owner, method, params);
  const gate = join(host.folder, 'asks');
  const asks = (await own('tools/call', { name: 'none__ask', arguments: { gate } })).result;
  const other = (await own('tools/call', { name: 'mine__work', arguments: { text: 'other' } })).result;
  writeFileSync(`${gate}.go`, '');
  const { inputRequests } = await endedAs(own, asks.taskId, 'input_required');
  expect((await own('tasks/get', { taskId: other.taskId })).result).toMatchObject({ status: 'working' });
  const inputResponses = { [Object.keys(inputRequests)[0] ?? '']: { action: 'decline' } };
  await own('tasks/update', { taskId: asks.taskId, inputResponses });
  await endedAs(own, asks.taskId, 'completed');
  await own('tasks/cancel', { taskId: other.taskId });
});

test('a task that was followed for a client that waited is none of its tasks, also when it is over', async ({
  connect,
}) => {
  const client = await connect('');
  await client.listTools();
  // The SDK would not make such a call, as its client knows tasks.
  const params = { name: 'mine__must', arguments: { text: 'followed' } };
  const waiting = client.request({ method: 'tools/call', params }, CallToolResultSchema);
  await expect
    .poll(async () => textOf(await client.callTool({ name: 'mine__finish', arguments: { text: 'followed' } })))
    .toBe('1');
  expect(textOf(await waiting)).toBe('followed');
  expect((await client.experimental.tasks.listTasks()).tasks).toEqual([]);
});

describe('subscriptions/listen of a client with the extension', () => {
  /** The messages of such a stream, one after the other. */
  const listening = test.extend('listen', ({ host }, { onCleanup }) =>
    disposing(
      onCleanup,
      async (path: string, { key }: Holder, notifications: Json, extensions: Json = { [TASKS]: {} }) => {
        const said = { id: 'mine', capabilities: { elicitation: {}, extensions } };
        const request = statelessRequest('subscriptions/listen', { notifications }, said);
        const answer = await new McpHttp({ url: `${host.url}${path}` }, key).post(...request);
        return { answer, next: async (): Promise<Json> => (await answer.stream?.message())?.message };
      },
      ({ answer }) => answer.stream?.cut(),
    ),
  );
  const ofMine = { [`${PREFIX}subscriptionId`]: 'mine' };

  listening.for([
    ['/mine', ''],
    ['', 'mine__'],
  ])('hears what becomes of its tasks, at /mcp%s', async ([path = '', prefix = ''], { host, connect, ask, listen }) => {
    await (await connect(path)).listTools();
    const owner = host.newClient('stateless');
    const own = (method: string, params: Json) => ask(path, owner, method, params);
    const { taskId } = (await own('tools/call', { name: `${prefix}ask`, arguments: { question: 'Who?' } })).result;
    const { next } = await listen(path, owner, { taskIds: [taskId, 'h_of_nobody'], toolsListChanged: true });
    const acknowledged = await next();
    expect(acknowledged.method).toBe('notifications/subscriptions/acknowledged');
    expect(acknowledged.params).toMatchObject({ notifications: { taskIds: [taskId] }, _meta: ofMine });
    const asks = await next();
    expect(asks).toMatchObject({
      method: 'notifications/tasks',
      params: { taskId, status: 'input_required', _meta: ofMine },
    });
    const [key = ''] = Object.keys(asks.params.inputRequests);
    await own('tasks/update', { taskId, inputResponses: { [key]: { action: 'accept', content: { name: 'Ada' } } } });
    let ended = await next();
    while (ended.params.status === 'working' || ended.method !== 'notifications/tasks') ended = await next();
    const { _meta, ...task } = ended.params;
    expect(_meta).toEqual(ofMine);
    const { resultType: _, _meta: __, ...now } = (await own('tasks/get', { taskId })).result;
    expect(task, 'the same as tasks/get').toEqual(now);
    expect(task).toMatchObject({ status: 'completed', result: { content: [{ text: 'Ada' }] } });
  });

  listening(
    'hears of a task of a server’s own, and of nothing else, until it leaves',
    async ({ host, ask, listen }) => {
      const owner = host.newClient('stateless');
      const own = (method: string, params: Json) => ask('', owner, method, params);
      const call = { name: 'modern__confirm_delete', arguments: { filename: 'x' } };
      // Which tasks a server has is known once it runs.
      await own('tools/call', { name: 'modern__greet', arguments: { name: 'Ada' } });
      const { taskId } = (await own('tools/call', call)).result;
      expect(taskId).toMatch(/^modern__/);
      const { next, answer } = await listen('', owner, { taskIds: [taskId] });
      expect((await next()).params.notifications).toEqual({ taskIds: [taskId] });
      const asks = await next();
      expect(asks.params).toMatchObject({ taskId, status: 'input_required', inputRequests: { confirm: {} } });
      const inputResponses = { confirm: { action: 'accept', content: {} } };
      await own('tasks/update', { taskId, inputResponses });
      expect((await next()).params).toMatchObject({
        status: 'completed',
        result: { content: [{ text: 'Deleted x.' }] },
      });
      answer.stream?.cut();

      const stranger = await listen('', host.newClient('stateless'), { taskIds: [taskId] });
      expect((await stranger.next()).params.notifications, 'it is nobody else’s').toEqual({});
      expect(await stranger.next()).toMatchObject({ id: 'mine', result: { resultType: 'complete' } });
    },
  );

  listening('is refused to a client that does not say that it knows tasks', async ({ host, listen }) => {
    const { answer } = await listen('', host.newClient('stateless'), { taskIds: ['h_1'] }, {});
    expect([answer.status, answer.json]).toMatchObject([
      400,
      {
        id: 'mine',
        error: { code: MISSING_CAPABILITY, data: { requiredCapabilities: { extensions: { [TASKS]: {} } } } },
      },
    ]);
  });
});

/** Asks for a task until it has this status. */
async function endedAs(ask: (method: string, params: Json) => Promise<Json>, taskId: string, status: string) {
  for (let times = 0; times < 200; times += 1) {
    const { result } = await ask('tasks/get', { taskId });
    if (result.status === status) return result;
    await delay(25);
  }
  throw new Error(`it never was ${status}`);
}

describe('a tool that is only ever a task, called by a client that knows none', () => {
  const finish = (connect: (path: string) => Promise<Client>, text: string) =>
    expect.poll(async () => {
      const client = await connect('/all');
      return textOf(await client.callTool({ name: 'finish', arguments: { text } }));
    });

  test.for(['sessionful', 'stateless'] as const)(
    'is answered with the result: %s',
    async (policy, { host, connect }) => {
      await (await connect('')).listTools();
      const { key } = host.newClient(policy);
      const mode = policy === 'stateless' ? ({ pin: '2026-07-28' } as const) : ('legacy' as const);
      const client = new ClientV2({ name: 'without tasks', version: '1' }, { versionNegotiation: { mode } });
      const requestInit = { headers: { Authorization: `Bearer ${key}` } };
      await client.connect(new HttpV2(new URL(host.url), { requestInit }));
      const waiting = client.callTool({ name: 'all__must', arguments: { text: policy } });
      await finish(connect, policy).toBe('1');
      const result: Json = await waiting;
      expect(textOf(result)).toBe(policy);
      expect(result._meta?.['io.modelcontextprotocol/related-task'], 'the task is nothing to it').toBeUndefined();
      expect(host.services.longCalls.views()).not.toContainEqual(expect.objectContaining({ tool: 'must' }));
      await client.close();
    },
  );

  test('becomes a handle, and is cancelled with it', async ({ host, connect }) => {
    await (await connect('')).listTools();
    const owner = host.newClient();
    host.services.longCalls.setPatience(owner.client.client_id, 2_000);
    const mcp = new McpHttp(host, owner.key);
    await mcp.initialize();
    const handleIn = async (text: string) =>
      /handle "(h_[^"]+)"/.exec(textOf(await mcp.call('all__must', { text })))?.[1] ?? '';
    const [first, second] = [await handleIn('late'), await handleIn('never')];
    await finish(connect, 'late').toBe('1');
    expect(await mcp.call('get_result', { handle: first })).toMatchObject({ content: [{ text: 'late' }] });
    const never = host.services.longCalls.find(second, owner.client.client_id);
    host.services.longCalls.cancel(never?.call_id ?? 0);
    // The server's own task is cancelled too, and ends nobody's.
    await expect.poll(async () => JSON.stringify(await mcp.call('all__statuses'))).toContain('cancelled');
  });

  test.for(['sessionful', 'stateless'] as const)(
    'of a server with the extension: %s',
    async (policy, { host, ask }) => {
      const call = { name: 'modern__failing_job', arguments: {} };
      if (policy === 'stateless') {
        const { result } = await ask('', host.newClient('stateless'), 'tools/call', call, {});
        expect(result).toMatchObject({ resultType: 'complete', isError: true, content: [{ text: 'It failed.' }] });
        return;
      }
      const mcp = new McpHttp(host, host.newClient().key);
      await mcp.initialize();
      expect(await mcp.call(call.name)).toMatchObject({ isError: true, content: [{ text: 'It failed.' }] });
    },
  );
});

describe('a task of one form to a client of the other', () => {
  test('of a server with the extension: it asks, and its client of 2025-11-25 answers', async ({ connect }) => {
    const client = await connect('');
    await client.listTools();
    const call = { name: 'modern__confirm_delete', arguments: { filename: 'x' } };
    const seen: Json[] = [];
    for await (const message of client.experimental.tasks.callToolStream(call, CallToolResultSchema, { task: {} }))
      seen.push(message);
    expect(seen[0].task.taskId).toMatch(HANDLE);
    expect(textOf(seen.at(-1).result)).toBe('Deleted x.');
  });

  test.for([
    ['/mine', ''],
    ['', 'mine__'],
  ])(
    'of a server of 2025-11-25: its client with the extension answers, at /mcp%s',
    async ([path = '', prefix = ''], { host, connect, ask }) => {
      await (await connect(path)).listTools();
      const owner = host.newClient('stateless');
      const own = (method: string, params: Json) => ask(path, owner, method, params);
      const { taskId } = (await own('tools/call', { name: `${prefix}ask`, arguments: { question: 'Who?' } })).result;
      expect(taskId).toMatch(HANDLE);
      const { inputRequests } = await endedAs(own, taskId, 'input_required');
      const [key = ''] = Object.keys(inputRequests);
      expect(inputRequests[key]).toMatchObject({ method: 'elicitation/create', params: { message: 'Who?' } });
      const inputResponses = { [key]: { action: 'accept', content: { name: 'Ada' } } };
      expect((await own('tasks/update', { taskId, inputResponses })).result.resultType).toBe('complete');
      expect(await endedAs(own, taskId, 'completed')).toMatchObject({ result: { content: [{ text: 'Ada' }] } });
    },
  );
});
