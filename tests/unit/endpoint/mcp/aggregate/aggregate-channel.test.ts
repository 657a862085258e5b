import fc from 'fast-check';
import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { AggregateChannel, type AggregateDeps } from '#src/main/endpoint/mcp/aggregate/aggregate-channel';
import { KnownLists } from '#src/main/endpoint/mcp/aggregate/lists/known-lists';
import { LearnLists } from '#src/main/endpoint/mcp/aggregate/lists/learn-lists';
import { CallIds } from '#src/main/mcp/call-ids';
import type { JsonRpcMessage, JsonRpcResponse, Params, RequestId } from '#src/main/mcp/json-rpc';
import type { Caller, InitializeResult } from '#src/main/mcp/server-channel';
import type { ServerSource } from '#src/main/mcp/server-source';
import type { Services } from '#src/main/services';
import { EventBus } from '#src/main/sessions/event-bus';
import { HoldfastError } from '#src/shared/errors';
import type { Json } from '#tests/support/clients/mcp-http';
import { FakeClock } from '#tests/support/fake-clock';
import { seededRandom } from '#tests/support/seeded-random';
import { ScriptedServer } from '#tests/support/servers/scripted-channels';

const CALLER = { client: {}, transport_id: 't_1' } as Caller;
const PARAMS = { protocolVersion: '2025-11-25', capabilities: { roots: {} }, clientInfo: { name: 'c', version: '1' } };

let clock: FakeClock;
let known: KnownLists;
let bus: EventBus;
/** Session that a server runs for already. */
let runsIn: Record<string, string>;
let own: ScriptedServer;
let servers: Record<string, ScriptedServer>;
let offered: string[];
/** What is known of the extensions of servers. */
let extensions: Record<string, Record<string, Params>>;
let listeners: Set<() => void>;
let received: { message: Json; relatedTo: RequestId | null }[];
let channel: AggregateChannel;
/** The answer to its initialization. */
let initialized: Promise<InitializeResult>;
let lastId: number;

const tool = (name: string) => ({ name, inputSchema: { type: 'object' } });

/** Lets everything happen that can without time passing. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

function makeChannel(): AggregateChannel {
  const services = {
    clock,
    timers: clock,
    random: seededRandom(),
    callIds: new CallIds({ read: () => null, write: () => {} }, () => {}),
    log: pino({ level: 'silent' }),
    bus,
    info: () => ({ version: '1.2.3' }),
  } as unknown as Services;
  const source: ServerSource = {
    offered: () => offered,
    enabled: () => offered,
    fingerprintOf: (name) => (servers[name] ? 'same' : null),
    runsForAll: () => false,
    serversKey: (sessionId: string) => sessionId,
    announcedInVain: () => {},
    timesStopped: () => 0,
    heldBack: () => false,
    onHeld: () => () => {},
    isMinded: () => false,
    stateOf: (name) => (servers[name] ? { instances: [{ session_id: runsIn[name] ?? null, state: 'running' }] } : null),
    extensionsOf: (name) => extensions[name] ?? null,
    capabilitiesOf: () => null,
    connect: (name, key) => servers[name]?.connect(key) ?? Promise.reject(new HoldfastError('server_not_found')),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const learn = new LearnLists({ services, source, known });
  const sight = { shows: () => true, showsServer: () => true, searches: false, listsTo: () => () => true };
  const tasks: AggregateDeps['tasks'] = {
    own: (_, channel) => channel,
    servers: () => [],
    present: (taskId) => taskId,
  };
  const connectOwn = () => own.connect();
  const made = new AggregateChannel({ services, known, learn, connectOwn, source, sight, tasks }, 's_1');
  made.onmessage = (message, relatedTo) => received.push({ message, relatedTo });
  return made;
}

const newKnownLists = () =>
  new KnownLists({
    repository: { all: () => [], heard: () => {}, save: () => {}, remove: () => {} },
    clock,
    source: { fingerprintOf: (name) => (servers[name] ? 'same' : null) },
  });

beforeEach(() => {
  clock = new FakeClock();
  known = newKnownLists();
  bus = new EventBus((error) => {
    throw error;
  });
  runsIn = {};
  own = new ScriptedServer().tools('own_tool');
  own.capabilities = { tools: {} };
  own.idleAfter = 30_000;
  servers = { a: new ScriptedServer().tools('echo', 'add'), b: new ScriptedServer().tools('echo') };
  offered = ['a', 'b'];
  extensions = {};
  listeners = new Set();
  received = [];
  lastId = 0;
  channel = makeChannel();
  initialize();
});

function initialize(): void {
  initialized = channel.initialize(PARAMS, CALLER);
}

function send(method: string, params?: Params): string {
  lastId += 1;
  const id = `run-${lastId}`;
  channel.send({ jsonrpc: '2.0', id, method, ...(params ? { params } : {}) }, CALLER);
  return id;
}

const answerTo = (id: string): JsonRpcResponse & { result?: Json } =>
  received.find(({ message }) => message.id === id && message.method === undefined)?.message;

async function ask(method: string, params?: Params): Promise<JsonRpcResponse & { result?: Json }> {
  const id = send(method, params);
  await settled();
  return answerTo(id);
}

const toolNames = async () => (await ask('tools/list')).result?.tools.map(({ name }: { name: string }) => name);
/** What changes in what is known of lists from now on. */
function watchKnown(): string[] {
  const changes: string[] = [];
  known.onChange((name, changed) => changes.push(`${name} ${changed.join()}`));
  return changes;
}
/** Starts both servers for the session itself. */
async function bothUp(): Promise<void> {
  for (const name of ['a', 'b']) await ask('prompts/get', { name: `${name}__p` });
}
const notifications = () => received.flatMap(({ message }) => (message.id === undefined ? [message.method] : []));
const server = (name: string): ScriptedServer => servers[name] as ScriptedServer;
const never = () => new Promise<void>(() => {});

describe('handshake', () => {
  test('is answered without starting anything, and names the servers', async () => {
    const result = await initialized;
    expect(result).toMatchObject({
      protocolVersion: '2025-11-25',
      serverInfo: { name: 'holdfast', version: '1.2.3' },
      capabilities: { tools: { listChanged: true }, resources: { subscribe: true }, completions: {}, logging: {} },
    });
    expect(result.instructions).toContain('a, b');
    expect([own, server('a'), server('b')].map(({ channels }) => channels.length)).toEqual([0, 0, 0]);
    expect(channel.idleAfter).toBe(30_000);
  });

  test('announces the extensions of its servers, and of the client while a server has not been seen yet', async () => {
    const ui = 'io.modelcontextprotocol/ui';
    const told = async (capabilities: Params) => {
      const { capabilities: all } = await channel.initialize({ ...PARAMS, capabilities }, CALLER);
      return all.extensions;
    };
    const client = { extensions: { [ui]: { mimeTypes: ['text/html'] }, 'example.com/other': {} } };
    expect([await told({}), await told(client)]).toEqual([undefined, { [ui]: {} }]);
    extensions = { a: {}, b: {} };
    expect([await told({}), await told(client)]).toEqual([undefined, undefined]);
    extensions = { a: { [ui]: { mimeTypes: ['x'] } }, b: { [ui]: { mimeTypes: ['x', 'y'], z: 1 } } };
    expect(await told({})).toEqual({ [ui]: { mimeTypes: ['x', 'y'], z: 1 } });
  });

  test('a server is initialized as the client itself, once, and only the one that is needed', async () => {
    await ask('tools/call', { name: 'a__echo' });
    await ask('tools/call', { name: 'a__echo' });
    expect(server('a').channels.length).toBe(1);
    expect(server('a').channel.sent.map((message) => 'method' in message && message.method)).toEqual([
      'tools/call',
      'tools/call',
    ]);
    expect(server('a').channel.initialized).toEqual([PARAMS]);
    expect(server('b').channels).toEqual([]);
    expect(channel.idleAfter, 'the server keeps state').toBeNull();
  });

  test('a server without state does not keep the session’s channel', async () => {
    server('a').idleAfter = 60_000;
    await ask('tools/call', { name: 'a__echo' });
    expect(channel.idleAfter).toBe(30_000);
  });

  test('servers are those of its session', async () => {
    await ask('tools/call', { name: 'a__echo' });
    send('tools/call', { name: 'b__echo' });
    await settled();
    expect([server('a').channel.sessionKey, server('b').channel.sessionKey]).toEqual(['s_1', 's_1']);
  });

  test('closing closes all', async () => {
    await ask('tools/list');
    await channel.close();
    expect([own, server('a'), server('b')].map((one) => one.channel.isClosed)).toEqual([true, true, true]);
    expect(listeners.size, 'of whoever learns lists, for all sessions').toBe(1);
  });
});

describe('lists', () => {
  test('are merged in the order of the configuration, own tools first', async () => {
    expect(await toolNames()).toEqual(['own_tool', 'a__echo', 'a__add', 'b__echo']);
  });

  test('are asked of those only that have them', async () => {
    server('a').capabilities = { tools: {} };
    server('b').answers['prompts/list'] = () => ({ result: { prompts: [{ name: 'p' }] } });
    expect((await ask('prompts/list')).result).toEqual({ prompts: [{ name: 'b__p', title: 'b: p' }] });
    expect(server('a').channel.of('prompts/list')).toEqual([]);
  });

  test('page by page, each server at its own pace, until all is told once', async () => {
    const paged = (pages: string[][]) => (request: { params?: Params }) => {
      const at = Number(request.params?.cursor ?? 0);
      const tools = pages[at]?.map(tool);
      return { result: { tools, ...(at + 1 < pages.length ? { nextCursor: String(at + 1) } : {}) } };
    };
    server('a').answers['tools/list'] = paged([['1', '2'], ['3'], ['4']]);
    server('b').answers['tools/list'] = paged([['1'], ['2']]);
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const { result } = await ask('tools/list', {
        ...(cursor ? { cursor } : {}),
        _meta: { x: 1, progressToken: 'p' },
      });
      pages.push(result.tools.map(({ name }: { name: string }) => name));
      cursor = result.nextCursor;
    } while (cursor);
    expect(pages).toEqual([['own_tool', 'a__1', 'a__2', 'b__1'], ['a__3', 'b__2'], ['a__4']]);
    expect(
      server('a')
        .channel.of('tools/list')
        .map(({ params }) => params),
    ).toEqual([{}, { cursor: '1' }, { cursor: '2' }]);
    expect(
      server('a').channels.map(({ isClosed }) => isClosed),
      'once, apart from the session',
    ).toEqual([true]);
  });

  test('whatever servers have, on whatever pages: each item is told once, in the order of its server', async () => {
    const tools = fc.array(fc.uniqueArray(fc.stringMatching(/^[a-z_]{1,6}$/), { maxLength: 3 }), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(tools, tools, async (ofA, ofB) => {
        known = newKnownLists();
        channel = makeChannel();
        initialize();
        for (const [name, pages] of [
          ['a', ofA],
          ['b', ofB],
        ] as const) {
          server(name).answers['tools/list'] = ({ params }) => {
            const at = Number(params?.cursor ?? 0);
            const next = at + 1 < pages.length ? { nextCursor: String(at + 1) } : {};
            return { result: { tools: pages[at]?.map(tool), ...next } };
          };
        }
        const told: string[] = [];
        let cursor: string | undefined;
        let pages = 0;
        do {
          const { result } = await ask('tools/list', cursor === undefined ? {} : { cursor });
          told.push(...result.tools.map(({ name }: Json) => name));
          cursor = result.nextCursor;
          pages += 1;
        } while (cursor !== undefined);
        const of = (name: string) => told.filter((one) => one.startsWith(`${name}__`));
        expect(of('a')).toEqual(ofA.flat().map((one) => `a__${one}`));
        expect(of('b')).toEqual(ofB.flat().map((tool) => `b__${tool}`));
        expect(told.length).toBe(1 + ofA.flat().length + ofB.flat().length);
        expect(pages).toBe(Math.max(ofA.length, ofB.length));
      }),
      { numRuns: 50 },
    );
  });

  test('a server whose page names itself as the next one is listed to its end', async () => {
    server('a').answers['tools/list'] = () => ({ result: { tools: [tool('x')], nextCursor: 'same' } });
    const { nextCursor } = (await ask('tools/list')).result;
    const next = (await ask('tools/list', { cursor: nextCursor })).result;
    expect([next.tools.length, next.nextCursor]).toEqual([1, undefined]);
  });

  test('what clients refuse is put right or left out: for one bad item they would refuse the tools of all servers', async () => {
    const { name: _, ...nameless } = tool('x');
    const bad = [null, 5, nameless, { ...tool('x'), description: 7 }, { ...tool('y'), inputSchema: [] }];
    server('a').answers['tools/list'] = () => ({ result: { tools: [...bad, tool('good')], nextCursor: 'n' } });
    server('b').answers['tools/list'] = () => ({ result: { tools: 'none' } });
    await bothUp();
    expect(await toolNames()).toEqual(['own_tool', 'a__x', 'a__y', 'a__good']);
    server('a').answers['prompts/list'] = () => ({
      result: { prompts: [{ name: 'p', arguments: [{}] }, { name: 'q' }] },
    });
    expect((await ask('prompts/list')).result.prompts).toEqual([
      { name: 'a__p', title: 'a: p', arguments: [] },
      { name: 'a__q', title: 'a: q' },
    ]);
    server('a').answers['resources/list'] = () => ({
      result: { resources: [{ name: 'y' }, { uri: 'x:z', name: 'z' }] },
    });
    expect((await ask('resources/list')).result.resources).toEqual([{ uri: 'a+x:z', name: 'z', title: 'a: z' }]);
  });

  test('a cursor that is none is refused, one of a server that is gone lists the rest', async () => {
    expect((await ask('tools/list', { cursor: 'x' })).error).toMatchObject({ code: -32602 });
    server('a').answers['tools/list'] = () => ({ result: { tools: [], nextCursor: 'n' } });
    const { nextCursor } = (await ask('tools/list')).result;
    offered = [];
    expect((await ask('tools/list', { cursor: nextCursor })).result).toEqual({ tools: [] });
  });

  test('a server that hangs at its start is left out within a second, at once from then on, and told when it is there', async () => {
    let connected = () => {};
    server('a').beforeConnect = () => new Promise((resolve) => (connected = resolve));
    const changes = watchKnown();
    const id = send('tools/list');
    await settled();
    clock.advance(850);
    await settled();
    expect(answerTo(id)).toBeUndefined();
    clock.advance(50);
    await settled();
    expect(answerTo(id).result.tools.length, 'own_tool and b__echo').toBe(2);
    expect(await toolNames()).toEqual(['own_tool', 'b__echo']);
    changes.length = 0;
    connected();
    await settled();
    expect(changes).toEqual(['a tools']);
    expect(await toolNames()).toEqual(['own_tool', 'a__echo', 'a__add', 'b__echo']);
  });

  test('a server that cannot be started costs nothing but itself, and is tried again by itself', async () => {
    server('a').beforeConnect = () => Promise.reject(new HoldfastError('server_unavailable'));
    expect(await toolNames()).toEqual(['own_tool', 'b__echo']);
    expect(await toolNames(), 'no second attempt').toEqual(['own_tool', 'b__echo']);
    const changes = watchKnown();
    server('a').beforeConnect = async () => {};
    clock.advance(15_000);
    await settled();
    expect(changes).toEqual(['a tools']);
    expect(await toolNames()).toContain('a__echo');
  });

  test('a server that could not be asked is known as soon as any session has it', async () => {
    server('a').beforeConnect = () => Promise.reject(new HoldfastError('server_unavailable'));
    await toolNames();
    server('a').beforeConnect = async () => {};
    const changes = watchKnown();
    await ask('tools/call', { name: 'a__echo' });
    await settled();
    expect(changes).toEqual(['a tools']);
    expect(server('a').channels.length, 'and not started for its lists alone').toBe(1);
  });

  test('what a server listed last stands in for it, in every session', async () => {
    await toolNames();
    channel = makeChannel();
    initialize();
    server('a').beforeConnect = never;
    const id = send('tools/list');
    await settled();
    clock.advance(1_000);
    await settled();
    expect(answerTo(id).result.tools.map(({ name }: Json) => name)).toContain('a__add');
  });

  test('a server that answers late is announced only if it says something new', async () => {
    await toolNames();
    await bothUp();
    let late: { id: RequestId }[] = [];
    server('a').answers['tools/list'] = (request) => {
      late.push(request);
      return null;
    };
    const answer = (tools: object[]) => {
      for (const { id } of late) server('a').channel.onmessage({ jsonrpc: '2.0', id, result: { tools } }, null);
      late = [];
    };
    for (const [tools, told] of [
      [[tool('echo'), tool('add')], 0],
      [[tool('new')], 1],
    ] as const) {
      const id = send('tools/list');
      await settled();
      clock.advance(1_000);
      await settled();
      expect(answerTo(id).result.tools.length).toBe(4);
      answer([...tools]);
      await settled();
      expect(notifications().length).toBe(told);
    }
  });

  test('an error of one server is nobody else’s', async () => {
    server('a').answers['tools/list'] = () => ({ error: { code: -32603, message: 'broken' } });
    expect(await toolNames()).toEqual(['own_tool', 'b__echo']);
  });
});

describe('what goes to one server', () => {
  test('is renamed on the way there and back, under the id it came with', async () => {
    server('b').answers['resources/read'] = ({ params }) => ({
      result: { contents: [{ uri: params?.uri, text: 't' }] },
    });
    const id = send('resources/read', { uri: 'b+test://x', _meta: { progressToken: 'run-2' } });
    await settled();
    expect(server('b').channel.of('resources/read')).toEqual([
      { jsonrpc: '2.0', id, method: 'resources/read', params: { uri: 'test://x', _meta: { progressToken: 'run-2' } } },
    ]);
    expect(answerTo(id).result).toEqual({ contents: [{ uri: 'b+test://x', text: 't' }] });
  });

  test('names of servers count in any case in URIs, where it is clear', async () => {
    servers.Big = new ScriptedServer();
    offered.push('Big');
    await ask('resources/read', { uri: 'big+test://x' });
    expect(server('Big').channel.of('resources/read')).toHaveLength(1);
  });

  test.each([
    ['tools/call', { name: 'gone__x' }, -32602],
    ['prompts/get', { name: 'x' }, -32602],
    ['resources/read', { uri: 'test://x' }, -32002],
    ['completion/complete', { ref: {} }, -32602],
    ['tasks/get', { taskId: 'x' }, -32602],
    ['tasks/other', {}, -32601],
  ])('%s %j is refused with %d, in words', async (method, params, code) => {
    const { error } = await ask(method, params);
    expect(error?.code).toBe(code);
    expect(error?.message.length).toBeGreaterThan(20);
  });

  test('a tool of a server that is not available answers in words for the model, anything else with an error', async () => {
    const sentence = 'The command of "a" is not there.';
    server('a').beforeConnect = () => Promise.reject(new HoldfastError('server_unavailable', sentence));
    expect((await ask('tools/call', { name: 'a__echo' })).result).toEqual({
      content: [{ type: 'text', text: sentence }],
      isError: true,
    });
    const { error } = await ask('prompts/get', { name: 'a__p' });
    expect(error).toEqual({ code: -32000, message: sentence, data: { code: 'server_unavailable' } });
  });

  test('a tool whose server is down for the moment says so in words for the model as well', async () => {
    const error = { code: -32000, message: 'The server "a" was killed.' };
    const data = { code: 'server_unavailable' };
    server('a').answers['tools/call'] = () => ({ error: { ...error, data } });
    expect((await ask('tools/call', { name: 'a__echo' })).result).toMatchObject({ isError: true });
    server('a').answers['tools/call'] = () => ({ error });
    expect((await ask('tools/call', { name: 'a__echo' })).error, 'its own errors stay').toEqual(error);
  });

  test('a server that never answers initialize is abandoned after 30 s', async () => {
    server('a').answersInitialize = false;
    const id = send('tools/call', { name: 'a__echo' });
    await settled();
    clock.advance(30_000);
    await settled();
    expect(answerTo(id).result).toMatchObject({ isError: true });
    expect(answerTo(id).result.content[0].text).toMatch(/"a".*30 seconds/);
    expect(server('a').channel.isClosed).toBe(true);
  });

  test('a call that runs when its server is gone gets an error at once; the next one makes it anew', async () => {
    server('a').answers['tools/call'] = () => null;
    const id = send('tools/call', { name: 'a__echo' });
    const other = send('tools/call', { name: 'b__echo' });
    await settled();
    server('a').channel.onclose();
    expect(answerTo(id).error?.message).toMatch(/outcome is unknown/);
    expect(answerTo(other).error).toBeUndefined();
    server('a').answers = {};
    expect((await ask('tools/call', { name: 'a__echo' })).result).toEqual({});
    expect(server('a').channels.length).toBe(2);
  });

  test('completions of a server that has none are empty', async () => {
    server('a').capabilities = { prompts: {} };
    const { result } = await ask('completion/complete', { ref: { type: 'ref/prompt', name: 'a__p' } });
    expect(result.completion.values).toEqual([]);
    expect(server('a').channel.of('completion/complete')).toEqual([]);
  });
});

describe('what servers say', () => {
  test('requests of two servers with the same id are kept apart, and answers find their way', async () => {
    await bothUp();
    for (const name of ['a', 'b']) {
      const params = { _meta: { progressToken: 1 } };
      server(name).channel.onmessage({ jsonrpc: '2.0', id: 1, method: 'sampling/createMessage', params }, 'run-9');
    }
    const asked = received.filter(({ message }) => message.method === 'sampling/createMessage');
    expect(asked.map(({ relatedTo }) => relatedTo)).toEqual(['run-9', 'run-9']);
    const [first, second] = asked.map(({ message }) => message);
    expect(first.id).not.toBe(second.id);
    channel.send({ jsonrpc: '2.0', id: second.id, result: { x: 2 } }, CALLER);
    const progressToken = first.params._meta.progressToken;
    channel.send({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress: 1 } }, CALLER);
    expect(server('b').channel.sent.at(-1)).toEqual({ jsonrpc: '2.0', id: 1, result: { x: 2 } });
    expect(server('a').channel.sent.at(-1)).toMatchObject({ params: { progressToken: 1, progress: 1 } });
    server('a').channel.onmessage(
      { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
      null,
    );
    expect(received.at(-1)?.message.params).toEqual({ requestId: first.id });
  });

  test('an answer to a server’s earlier channel never reaches the next one', async () => {
    await bothUp();
    server('a').channel.onmessage({ jsonrpc: '2.0', id: 1, method: 'roots/list' }, null);
    const { id } = received.at(-1)?.message ?? {};
    server('a').channel.onclose();
    await bothUp();
    channel.send({ jsonrpc: '2.0', id, result: { roots: [] } }, CALLER);
    await settled();
    expect(server('a').channel.sent.filter((message) => 'result' in message)).toEqual([]);
  });

  test('updates carry the URI that the client subscribed to, and progress comes through', async () => {
    await bothUp();
    const say = (method: string, params?: Params) =>
      server('a').channel.onmessage({ jsonrpc: '2.0', method, params }, 'run-3');
    say('notifications/resources/updated', { uri: 'test://x' });
    say('notifications/progress', { progressToken: 'run-3', progress: 1 });
    expect(received.slice(-2).map(({ message, relatedTo }) => [message.params, relatedTo])).toEqual([
      [{ uri: 'a+test://x' }, 'run-3'],
      [{ progressToken: 'run-3', progress: 1 }, 'run-3'],
    ]);
  });

  test('a change of lists is announced if it is one', async () => {
    runsIn.a = 's_1';
    await ask('tools/list');
    await bothUp();
    const announce = async () => {
      received = [];
      server('a').channel.onmessage({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }, null);
      // The more often in vain, the later it is asked.
      clock.advance(5_000);
      await settled();
      return notifications();
    };
    expect(await announce()).toEqual([]);
    server('a').tools('echo', 'other');
    expect(await announce()).toEqual(['notifications/tools/list_changed']);
    expect(await announce()).toEqual([]);
    // An error in place of a list says nothing of what is in it.
    server('a').answers['tools/list'] = () => ({ error: { code: -32603, message: 'broken' } });
    expect(await announce()).toEqual([]);
    expect(known.get('a', 'tools/list', undefined)?.tools).toHaveLength(2);
    server('a').tools('echo');
    clock.advance(10_000);
    await settled();
    expect(notifications(), 'it is read again').toEqual(['notifications/tools/list_changed']);
    server('a').answers['tools/list'] = () => ({ error: { code: -32601, message: 'no' } });
    expect(await announce()).toEqual(['notifications/tools/list_changed']);
    expect(known.get('a', 'tools/list', undefined)).toEqual({});
  });
});

describe('what goes to all', () => {
  test('the log level reaches those that log, now and later', async () => {
    server('b').capabilities = { tools: {} };
    await ask('tools/call', { name: 'b__echo' });
    expect((await ask('logging/setLevel', { level: 'error' })).result).toEqual({});
    expect(server('b').channel.of('logging/setLevel')).toEqual([]);
    await ask('tools/call', { name: 'a__echo' });
    expect(server('a').channel.of('logging/setLevel')[0]?.params).toEqual({ level: 'error' });
    expect((await ask('logging/setLevel', { level: 'loud' })).error).toMatchObject({ code: -32602 });
  });

  test('a server that does not take the level over is waited for 5 s', async () => {
    await bothUp();
    server('a').answers['logging/setLevel'] = () => null;
    const id = send('logging/setLevel', { level: 'debug' });
    await settled();
    expect(answerTo(id)).toBeUndefined();
    clock.advance(5_000);
    await settled();
    expect(answerTo(id).result).toEqual({});
  });

  test('changed roots reach all that are up, a cancelled request only those that work on it', async () => {
    await toolNames();
    await bothUp();
    server('a').answers['tools/call'] = () => null;
    const id = send('tools/call', { name: 'a__echo' });
    const notify = (method: string, params?: Params) => channel.send({ jsonrpc: '2.0', method, params }, CALLER);
    notify('notifications/roots/list_changed');
    notify('notifications/cancelled', { requestId: id });
    expect(server('a').channel.of('notifications/roots/list_changed')).toHaveLength(1);
    expect(server('b').channel.of('notifications/roots/list_changed')).toHaveLength(1);
    expect(server('a').channel.of('notifications/cancelled')[0]?.params).toEqual({ requestId: id });
    expect(server('b').channel.of('notifications/cancelled')).toEqual([]);
    server('a').answers['tools/list'] = () => null;
    const list = send('tools/list');
    await settled();
    notify('notifications/cancelled', { requestId: list });
    expect(server('a').channel.of('notifications/cancelled')).toHaveLength(2);
    await settled();
    expect(answerTo(list).result.tools, 'with what it listed last').toHaveLength(4);
    notify('notifications/cancelled', { requestId: list });
    expect(server('a').channel.of('notifications/cancelled'), 'nothing is left to cancel').toHaveLength(2);
    expect(server('b').channel.of('notifications/cancelled')).toEqual([]);
  });
});

describe('servers that come and go', () => {
  test('one that is disabled is closed, with what runs there', async () => {
    await bothUp();
    server('a').answers['tools/call'] = () => null;
    const id = send('tools/call', { name: 'a__echo' });
    offered = ['b'];
    for (const listener of listeners) listener();
    await settled();
    expect([server('a').channel.isClosed, server('b').channel.isClosed]).toEqual([true, false]);
    expect(answerTo(id).error?.message).toMatch(/outcome is unknown/);
    expect(await toolNames()).toEqual(['own_tool', 'b__echo']);
    expect((await ask('tools/call', { name: 'a__echo' })).error?.code).toBe(-32602);
  });

  test('one that was changed may be able to do something else', async () => {
    server('a').capabilities = { tools: {} };
    await bothUp();
    server('a').capabilities = { tools: {}, prompts: {} };
    server('a').answers['prompts/list'] = () => ({ result: { prompts: [{ name: 'p' }] } });
    expect((await ask('prompts/list')).result.prompts).toEqual([]);
    for (const listener of listeners) listener();
    await settled();
    expect((await ask('prompts/list')).result.prompts).toMatchObject([{ name: 'a__p' }]);
    expect(server('a').channels.length).toBe(1);
  });
});

describe('after a restart of Holdfast', () => {
  const call = (id: string, method: string, name: string | null) => ({ id, method, name });

  test('calls that servers still work on are answered, the others are told as lost', async () => {
    channel = makeChannel();
    server('b').lost = ([first]) => [first?.id ?? ''];
    const lost = await channel.resume([
      call('old-1', 'tools/call', 'a__echo'),
      call('old-2', 'resources/read', 'a+test://x'),
      call('old-3', 'tools/call', 'b__echo'),
      call('old-4', 'tools/call', 'b__echo'),
      call('old-5', 'tools/list', null),
      call('old-6', 'tools/call', 'own_tool'),
      call('old-7', 'tools/call', 'gone__x'),
    ]);
    expect(lost).toEqual(['old-5', 'old-6', 'old-7', 'old-3']);
    expect(server('a').channel.resumed.map(({ name }) => name)).toEqual(['echo', 'test://x']);
    // Its answer had waited and comes before anybody has initialized anything.
    const say = (message: Omit<JsonRpcMessage, 'jsonrpc'>) =>
      server('a').channel.onmessage({ jsonrpc: '2.0', ...message } as JsonRpcMessage, null);
    say({ id: 'old-2', result: { contents: [{ uri: 'test://x' }] } });
    expect(answerTo('old-2').result.contents[0].uri).toBe('a+test://x');
    initialize();
    await settled();
    expect(server('a').channel.initialized).toHaveLength(1);
    say({ id: 'old-1', result: { content: [] } });
    expect(answerTo('old-1').result).toEqual({ content: [] });
    expect(server('a').channels.length).toBe(1);
    // A question of the server that the client was asked before the restart.
    channel.send({ jsonrpc: '2.0', id: 'a:1:7', result: {} }, CALLER);
    expect(server('a').channel.sent.at(-1)).toEqual({ jsonrpc: '2.0', id: 7, result: {} });
  });

  test('a call that goes on is cancelled once its server is initialized again', async () => {
    channel = makeChannel();
    server('a').answersInitialize = false;
    await channel.resume([call('old-1', 'tools/call', 'a__echo')]);
    initialize();
    await settled();
    const given = () =>
      server('a')
        .channel.of('notifications/cancelled')
        .map(({ params }) => params?.requestId);
    channel.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'old-1' } }, CALLER);
    expect(given()).toEqual([]);
    server('a').finishInitialize();
    await settled();
    expect(given()).toEqual(['old-1']);
  });

  test('servers that run for the session are heard without being asked', async () => {
    runsIn.b = 's_1';
    channel = makeChannel();
    initialize();
    await settled();
    expect([server('a').channels.length, server('b').channels.length]).toEqual([0, 1]);
    server('b').channel.onmessage({ jsonrpc: '2.0', method: 'notifications/message', params: {} }, null);
    expect(notifications()).toEqual(['notifications/message']);
  });

  test('a server that is no longer available loses its calls', async () => {
    channel = makeChannel();
    server('a').beforeConnect = () => Promise.reject(new HoldfastError('server_untrusted'));
    expect(await channel.resume([call('old-1', 'tools/call', 'a__echo')])).toEqual(['old-1']);
  });
});
