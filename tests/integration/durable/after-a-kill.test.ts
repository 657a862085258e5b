import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { INTERRUPTED } from '#src/main/endpoint/mcp/relay/relay';
import { type Bundle, bundleForNode } from '#tests/support/bundle';
import { type Answer, initializeRequest, type Json, McpHttp, type SseReader } from '#tests/support/clients/mcp-http';
import { statelessRequest } from '#tests/support/clients/stateless-request';
import { COUNTER, TASK_SERVER } from '#tests/support/paths';
import { endServers } from '#tests/support/servers/configs';
import { MatrixHost } from './support/host';

/*
 * What runs when Holdfast is killed, with a real keeper and a real server behind it: answers, progress, questions and
 * announcements reach the client that comes back, and what nobody will answer now fails at once.
 */

/** A lost call fails within this time after its client is back. */
const AT_ONCE = 1_000;

let bundle: Bundle;
let folder: string;
let host: MatrixHost;
let gates = 0;

beforeAll(async () => {
  bundle = await bundleForNode(join(import.meta.dirname, 'programs/jumping-host.ts'));
  folder = mkdtempSync(join(tmpdir(), 'holdfast-killed-'));
  const entry = { command: process.execPath, args: [COUNTER] };
  writeFileSync(
    join(folder, 'servers.json'),
    JSON.stringify({
      mcpServers: {
        counter: entry,
        all: { ...entry, policy: 'shared' },
        tasks: { command: process.execPath, args: [TASK_SERVER], policy: 'shared' },
        'refuses-at-once': { ...entry, env: { COUNTER_NEEDS_TASKS: '1' } },
        'refuses-late': { ...entry, env: { COUNTER_NEEDS_TASKS: '300' } },
        'refuses-after-a-handle': { ...entry, env: { COUNTER_NEEDS_TASKS: '3000' }, longCalls: 'on' },
      },
    }),
  );
  host = new MatrixHost(bundle.file, folder);
  await host.start();
}, 60_000);
afterAll(async () => {
  await host.quit();
  await endServers(folder);
  rmSync(folder, { recursive: true, force: true });
  bundle.remove();
});

const counted = (message: Json): Json => JSON.parse(message.result.content[0].text);
const prefixOf = (path: string): string => (path === '/mcp' ? 'counter__' : '');

describe.each(['/mcp', '/mcp/counter', '/mcp/all'])('at %s', (path) => {
  const prefix = prefixOf(path);
  /** One process serves all sessions. It asks nobody anything, and announces only what was subscribed to. */
  const isShared = path === '/mcp/all';

  async function connect(): Promise<{ mcp: McpHttp; key: string; pid: number; n: number }> {
    const key = await host.newKey('a client');
    const mcp = new McpHttp({ url: `${host.url}${path}` }, key);
    const initialize = initializeRequest('2025-11-25');
    const params = { ...initialize.params, capabilities: { elicitation: {}, roots: {} } };
    const opened = await mcp.post({ ...initialize, params, id: 'first' });
    mcp.transportId = opened.headers.get('mcp-session-id');
    await mcp.post({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return { mcp, key, ...counted({ result: await mcp.call(`${prefix}count`) }) };
  }

  /** A call whose stream has begun; the id to come back with, and what is read from it so far. */
  async function call(mcp: McpHttp, name: string, args: object): Promise<{ last: string; stream: SseReader }> {
    const params = { name: `${prefix}${name}`, arguments: args, _meta: { progressToken: 'mine' } };
    const { stream } = await mcp.request('tools/call', params);
    await stream?.next();
    return { last: (await stream?.next())?.id ?? '', stream: stream as SseReader };
  }

  async function gated(mcp: McpHttp): Promise<{ last: string; gate: string }> {
    gates += 1;
    const gate = join(folder, `gate-${gates}`);
    const { last } = await call(mcp, 'count', { gate });
    while (!existsSync(`${gate}.here`)) await delay(10);
    return { last, gate };
  }

  const rest = async (mcp: McpHttp, last: string): Promise<Json[]> => {
    const events = (await (await mcp.get(last)).stream?.rest()) ?? [];
    return events.flatMap(({ data }) => (data ? [JSON.parse(data)] : []));
  };

  test('the answer that came while nobody was there, and the one that comes later, reach the client', async () => {
    const { mcp, pid, n } = await connect();
    const [early, late] = [await gated(mcp), await gated(mcp)];
    await host.kill();
    writeFileSync(`${early.gate}.go`, '');
    while (!existsSync(`${early.gate}.done`)) await delay(10);
    await host.start();
    expect((await rest(mcp, early.last)).map(counted)).toEqual([{ n: n + 1, pid }]);
    const waiting = rest(mcp, late.last);
    writeFileSync(`${late.gate}.go`, '');
    expect((await waiting).map(counted)).toEqual([{ n: n + 2, pid }]);
  });

  test('an answer is not lost by kills one after the other, however soon they come', async () => {
    const { mcp, pid, n } = await connect();
    const [early, late] = [await gated(mcp), await gated(mcp)];
    await host.kill();
    writeFileSync(`${early.gate}.go`, '');
    while (!existsSync(`${early.gate}.done`)) await delay(10);
    // At every stage of a start, which takes about a third of a second.
    for (const after of [60, 120, 180, 220, 260, 300, 340, 380]) {
      const starting = host.start().catch(() => {});
      await delay(after);
      await host.kill();
      await starting;
    }
    for (let time = 0; time < 2; time += 1) {
      await host.start();
      await host.kill();
    }
    await host.start();
    writeFileSync(`${late.gate}.go`, '');
    expect((await rest(mcp, early.last)).map(counted)).toEqual([{ n: n + 1, pid }]);
    expect((await rest(mcp, late.last)).map(counted)).toEqual([{ n: n + 2, pid }]);
  });

  test('progress goes on where it was, each step once', async () => {
    const { mcp } = await connect();
    const { last, stream } = await call(mcp, 'slow', { ms: 1_500, steps: 6 });
    const first = await stream.message();
    await host.kill();
    await host.start();
    const after = await rest(mcp, first?.id ?? last);
    const seen = [first?.message, ...after.slice(0, -1)].map(({ params }) => [params.progressToken, params.progress]);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6].map((step) => ['mine', step]));
    expect(counted(after.at(-1))).toMatchObject({ done: true });
  });

  test.each(['its server died meanwhile', 'the keeper died as well'])('a call fails at once when %s', async (how) => {
    const { mcp, pid, key } = await connect();
    const { last } = await gated(mcp);
    const [before] = await host.sessions(key);
    await host.kill();
    if (how.includes('keeper')) await endServers(folder);
    else process.kill(pid, 'SIGKILL');
    await host.start();
    const began = performance.now();
    const [answer, ...others] = await rest(mcp, last);
    expect(performance.now() - began).toBeLessThan(AT_ONCE);
    expect([answer.error?.code, others]).toEqual([-32000, []]);
    expect(answer.error.message).toMatch(/outcome.*is unknown/);
    const next = counted({ result: await mcp.call(`${prefix}count`) });
    expect([next.n, next.pid === pid], 'a new process').toEqual([1, false]);
    expect((await host.sessions(key)).map(({ session_id }) => session_id)).toEqual([before?.session_id]);
  });

  if (isShared) return;

  test('a question that was asked before is answered after', async () => {
    const { mcp } = await connect();
    const { last, stream } = await call(mcp, 'ask', { message: 'Which colour?' });
    const question = (await stream.message())?.message;
    expect(question).toMatchObject({ method: 'elicitation/create', params: { message: 'Which colour?' } });
    await host.kill();
    await host.start();
    const answer = { action: 'accept', content: { colour: 'red' } };
    expect((await mcp.post({ jsonrpc: '2.0', id: question.id, result: answer })).status).toBe(202);
    expect(counted((await rest(mcp, last)).at(-1))).toEqual(answer);
  });

  test('what the server announced while nobody was there is on the next standalone stream', async () => {
    const { mcp } = await connect();
    const before = (await mcp.get()).stream;
    await before?.next();
    const id = (await before?.next())?.id;
    await mcp.call(`${prefix}remind`, { ms: 200, uri: 'counter://n' });
    await host.kill();
    await delay(400);
    await host.start();
    const { stream } = await mcp.get(id);
    expect((await stream?.message())?.message).toMatchObject({ method: 'notifications/resources/updated' });
    stream?.cut();
  });
});

describe.each(['/mcp', '/mcp/tasks'])('a task of a server, at %s', (path) => {
  const prefix = path === '/mcp' ? 'tasks__' : '';

  async function open(): Promise<McpHttp> {
    const mcp = new McpHttp({ url: `${host.url}${path}` }, await host.newKey('a client'));
    await mcp.initialize();
    return mcp;
  }

  test('is still its client’s after a kill, and so is the result that it waits for', async () => {
    const [mcp, other] = [await open(), await open()];
    // What its tools can do is known from its list.
    await messagesOf(await mcp.request('tools/list'));
    const begin = { name: `${prefix}work`, arguments: { text: path }, task: {} };
    const { taskId } = (await messagesOf(await mcp.request('tools/call', begin))).at(-1).result.task;
    const { stream } = await mcp.request('tasks/result', { taskId });
    await stream?.next();
    const last = (await stream?.next())?.id ?? '';
    await host.kill();
    await host.start();
    const waiting = mcp.get(last).then(messagesOf);
    expect((await messagesOf(await mcp.request('tasks/get', { taskId }))).at(-1).result).toMatchObject({
      taskId,
      status: 'working',
    });
    expect((await messagesOf(await other.request('tasks/get', { taskId }))).at(-1).error.code).toBe(-32602);
    expect(await mcp.call(`${prefix}finish`, { text: path })).toMatchObject({ content: [{ text: '1' }] });
    const [answer] = await waiting;
    expect(answer.result).toMatchObject({
      content: [{ text: path }],
      _meta: { 'io.modelcontextprotocol/related-task': { taskId } },
    });
    const listed = (await messagesOf(await mcp.request('tasks/list'))).at(-1).result.tasks;
    expect(listed).toMatchObject([{ taskId, status: 'completed' }]);
  });
});

/* Its server refuses it to a client that knows no tasks, so it is made again under another id. */
describe('a call that is made again', () => {
  async function open(name: string): Promise<McpHttp> {
    const mcp = new McpHttp({ url: `${host.url}/mcp` }, await host.newKey(name));
    await mcp.initialize();
    return mcp;
  }

  /** The call is made twice, and the second one waits for its gate. Resolves with the id from which its client goes on. */
  async function madeAgain(mcp: McpHttp, server: string, gate: string): Promise<string> {
    const { stream } = await mcp.request('tools/call', { name: `${server}__count`, arguments: { gate } });
    await stream?.next();
    const last = (await stream?.next())?.id ?? '';
    while (!existsSync(`${gate}.here`)) await delay(10);
    return last;
  }

  test.each(['refuses-at-once', 'refuses-late'])('has its answer once after a kill: %s', async (server) => {
    const mcp = await open('a client');
    const gate = join(folder, `gate-${server}`);
    const last = await madeAgain(mcp, server, gate);
    for (const before of [true, false]) {
      await host.kill();
      await host.start();
      if (before) continue;
      writeFileSync(`${gate}.go`, '');
    }
    const answers = await messagesOf(await mcp.get(last));
    expect(answers.map(counted)).toMatchObject([{ n: 1 }]);
    expect(counted({ result: await mcp.call(`${server}__count`) }).n, 'it was carried out once').toBe(2);
  });

  test.each([
    ['before', { error: { message: INTERRUPTED } }],
    ['after', { result: {} }],
  ] as const)('is over at once when the kill comes right %s its second id is on disk', async (when, answer) => {
    const mcp = await open('a client');
    await host.dieAtSecondId(when);
    const { stream } = await mcp.request('tools/call', { name: 'refuses-late__count', arguments: {} });
    await stream?.next();
    const last = (await stream?.next())?.id ?? '';
    await host.died();
    await host.start();
    const began = performance.now();
    expect(await messagesOf(await mcp.get(last))).toMatchObject([answer]);
    expect(performance.now() - began).toBeLessThan(AT_ONCE);
  });

  test('has its answer after a kill when its client has a handle by then, and can be cancelled', async () => {
    const mcp = await open('an impatient client');
    await host.setPatience('an impatient client', 2);
    const gates = ['kept', 'given-up'].map((what) => join(folder, `gate-${what}`));
    const handles: string[] = [];
    for (const gate of gates) {
      const said = await mcp.call('refuses-after-a-handle__count', { gate });
      handles.push(/handle "(h_[^"]+)"/.exec(said.content[0].text)?.[1] ?? '');
    }
    for (const gate of gates) while (!existsSync(`${gate}.here`)) await delay(10);
    await host.kill();
    await host.start();
    const waiting = mcp.call('get_result', { handle: handles[0] });
    writeFileSync(`${gates[0]}.go`, '');
    expect(counted({ result: await waiting })).toMatchObject({ n: 1 });
    const { task } = { task: await messagesOf(await mcp.request('tasks/cancel', { taskId: handles[1] })) };
    expect(task.at(-1).result).toMatchObject({ status: 'cancelled' });
  });
});

describe('a task that Holdfast made', () => {
  async function open(): Promise<McpHttp> {
    const mcp = new McpHttp({ url: `${host.url}/mcp` }, await host.newKey('a client'));
    await mcp.initialize();
    return mcp;
  }
  const only = async (answer: Promise<Answer>): Promise<Json> => (await messagesOf(await answer)).at(-1).result;

  test.each(['kill', 'quit'] as const)('goes on over a %s, and its result is whole, and there once', async (end) => {
    const mcp = await open();
    const { n, pid } = counted({ result: await mcp.call('counter__count') });
    gates += 1;
    const gate = join(folder, `gate-${gates}`);
    const begin = { name: 'counter__count', arguments: { gate, size: 100_000 }, task: {} };
    const { taskId } = (await only(mcp.request('tools/call', begin))).task;
    while (!existsSync(`${gate}.here`)) await delay(10);
    const { stream } = await mcp.request('tasks/result', { taskId });
    await stream?.next();
    const last = (await stream?.next())?.id ?? '';
    await host[end]();
    await host.start();
    const waiting = mcp.get(last).then(messagesOf);
    expect(await only(mcp.request('tasks/get', { taskId }))).toMatchObject({ taskId, status: 'working' });
    writeFileSync(`${gate}.go`, '');
    const [answer] = await waiting;
    expect(counted(answer)).toMatchObject({ n: n + 1, pid, pad: expect.stringMatching(/^.{100000}$/) });
    expect(await only(mcp.request('tasks/result', { taskId }))).toEqual(answer.result);
    expect(await only(mcp.request('tasks/list'))).toMatchObject({ tasks: [{ taskId, status: 'completed' }] });
    expect(counted({ result: await mcp.call('counter__count') }).n).toBe(n + 2);
  });

  /** One request without sessions, by a client that knows tasks. */
  async function ask(key: string, method: string, params: Json): Promise<Json> {
    const capabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
    const request = statelessRequest(method, params, { capabilities });
    return only(new McpHttp({ url: `${host.url}/mcp` }, key).post(...request));
  }

  test('follows the one of its server over a kill; and who waits without one finds a handle', async () => {
    const mcp = await open();
    await messagesOf(await mcp.request('tools/list'));
    const key = await host.newKey('without sessions', 'stateless');
    const { taskId } = await ask(key, 'tools/call', { name: 'tasks__work', arguments: { text: 'task' } });
    const { stream } = await mcp.request('tools/call', { name: 'tasks__must', arguments: { text: 'handle' } });
    await stream?.next();
    const last = (await stream?.next())?.id ?? '';
    await host.kill();
    await host.start();
    const [said] = await messagesOf(await mcp.get(last));
    const [, handle] = /handle "(h_[^"]+)"/.exec(said.result.content[0].text) ?? [];
    const waiting = mcp.call('get_result', { handle });
    expect(await mcp.call('tasks__finish', { text: 'handle' })).toMatchObject({ content: [{ text: '1' }] });
    expect(await waiting).toEqual({ content: [{ type: 'text', text: 'handle' }] });
    expect(await ask(key, 'tasks/get', { taskId })).toMatchObject({ taskId, status: 'working' });
    expect(await mcp.call('tasks__finish', { text: 'task' })).toMatchObject({ content: [{ text: '1' }] });
    await expect
      .poll(() => ask(key, 'tasks/get', { taskId }))
      .toMatchObject({ status: 'completed', result: { content: [{ text: 'task' }] } });
  });
});

/** All messages of an answer, however it is sent. */
async function messagesOf({ json, stream }: Answer): Promise<Json[]> {
  if (!stream) return [json];
  return (await stream.rest()).flatMap(({ data }) => (data ? [JSON.parse(data)] : []));
}
