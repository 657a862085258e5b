import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect } from 'vitest';
import type { ClientPolicy } from '#src/shared/contract/client';
import { SECOND } from '#src/shared/model/units';
import { type Json, McpHttp } from '#tests/support/clients/mcp-http';
import { removeFolder } from '#tests/support/fixtures';
import { type McpHost, sharedMcpTest, startMcpHost } from '#tests/support/hosts/mcp-host';
import { counter, endServers, ListedConfigs } from '#tests/support/servers/configs';

/** Calls that last longer than their clients wait. The clients are those of the SDKs, with a timeout of their own. */

/** Clients give up after this long, and Holdfast knows. */
const PATIENCE = 3_000;
/** With room for a machine that is busy. */
const TIMEOUT = 6_000;
/** What the tool takes. */
const LONG = 7_000;
const SOON = { timeout: 8_000 };
const HANDLE = /^h_[\w-]{22}$/;

type Speaker = {
  callTool(params: Json, schema?: undefined, options?: Json): Promise<Json>;
  listTools(): Promise<Json>;
  close(): Promise<void>;
};

interface Kind {
  readonly title: string;
  readonly policy: ClientPolicy;
  connect(url: string, key: string): Promise<Speaker>;
}

const INFO = { name: 'impatient', version: '1' };
const authorized = (key: string) => ({ requestInit: { headers: { Authorization: `Bearer ${key}` } } });

const KINDS: readonly Kind[] = [
  {
    title: 'SDK v1',
    policy: 'sessionful',
    async connect(url, key) {
      const client = new ClientV1(INFO);
      await client.connect(new HttpV1(new URL(url), authorized(key)));
      return client as never;
    },
  },
  {
    title: 'SDK v2',
    policy: 'sessionful',
    async connect(url, key) {
      const client = new ClientV2(INFO);
      await client.connect(new HttpV2(new URL(url), authorized(key)));
      return v2(client);
    },
  },
  {
    title: 'SDK v2 without sessions',
    policy: 'stateless',
    async connect(url, key) {
      const client = new ClientV2(INFO, { versionNegotiation: { mode: 'auto' } });
      await client.connect(new HttpV2(new URL(url), authorized(key)));
      return v2(client);
    },
  },
];

/** The second SDK has no schema among its parameters. */
const v2 = (client: ClientV2): Speaker => ({
  callTool: (params, _, options) => client.callTool(params as never, options as never) as Promise<Json>,
  listTools: () => client.listTools() as Promise<Json>,
  close: () => client.close(),
});

const test = sharedMcpTest
  .extend('hostOptions', { scope: 'file' }, () => ({
    servers: new ListedConfigs(
      counter('on', { longCalls: { '*': 'on', peek: 'off' } }),
      counter('auto'),
      counter('off', { longCalls: { '*': 'off' } }),
    ),
  }))
  .extend('join', ({ host }, { onCleanup }) => {
    const joined: Speaker[] = [];
    onCleanup(async () => {
      for (const client of joined) await client.close().catch(() => {});
    });
    return async (kind: Kind, patience: number | null = PATIENCE) => {
      const owner = host.newClient(kind.policy);
      if (patience !== null) host.services.longCalls.setPatience(owner.client.client_id, patience);
      const client = await kind.connect(host.url, owner.key);
      joined.push(client);
      return { owner, client, call: callsOf(client) };
    };
  });

const callsOf =
  (client: Speaker, usual: Json = { timeout: TIMEOUT }) =>
  (name: string, args: Json = {}, options: Json = {}) =>
    client.callTool({ name, arguments: args }, undefined, { ...usual, ...options });

const textOf = (result: Json): string => result.content[0].text;
const handleIn = (result: Json): string => /handle "(h_[^"]+)"/.exec(textOf(result))?.[1] ?? textOf(result);
const [SDK_V1, , STATELESS] = KINDS as [Kind, Kind, Kind];
const stateOf = (host: McpHost, clientId: string) => host.services.longCalls.ofClient(clientId)[0]?.state;

/** Stops a host of a test and what it left running. */
async function removeHost(host: McpHost): Promise<void> {
  await host.stop();
  await endServers(host.folder);
  removeFolder(host.folder);
}

/** Asks for a result until it is there, as a model would. */
async function fetched(call: (name: string, args: Json) => Promise<Json>, handle: string): Promise<Json> {
  for (let turn = 0; turn < 5; turn += 1) {
    const result = await call('get_result', { handle });
    if (!/^Still running/.test(textOf(result))) return result;
  }
  throw new Error('the result did not come');
}

describe.concurrent('a call that lasts longer than its client waits', () => {
  describe.each(KINDS)('$title', (kind) => {
    test('becomes a handle, and its result is the very one', async ({ host, join }) => {
      const { owner, call } = await join(kind);
      const given = await call('on__slow', { ms: LONG });
      expect(textOf(given)).toMatch(/^Still running after \d s\. The call goes on; do not make it again\./);
      expect(handleIn(given)).toMatch(HANDLE);
      expect(stateOf(host, owner.client.client_id)).toBe('running');
      const result = await fetched(call, handleIn(given));
      expect(JSON.parse(textOf(result))).toMatchObject({ done: true });
      expect(stateOf(host, owner.client.client_id)).toBe('fetched');
      // Asked again, the answer is the same: it may have been lost on its way.
      expect(textOf(await call('get_result', { handle: handleIn(given) }))).toBe(textOf(result));
      expect(textOf(await call('list_results'))).toContain(handleIn(given));
    });

    test('outlives a kill of Holdfast, and is answered once', async ({ onTestFinished }) => {
      const servers = new ListedConfigs(counter('on', { longCalls: { '*': 'on' } }));
      const before = await startMcpHost({ servers });
      const { folder } = before;
      const owner = before.newClient(kind.policy);
      before.services.longCalls.setPatience(owner.client.client_id, PATIENCE);
      const first = await kind.connect(before.url, owner.key);
      const handle = handleIn(await callsOf(first)('on__slow', { ms: LONG }));
      await before.kill();
      await first.close().catch(() => {});
      const after = await startMcpHost({ folder, servers });
      onTestFinished(() => removeHost(after));
      const again = await kind.connect(after.url, owner.key);
      onTestFinished(() => again.close().catch(() => {}));
      // Its first request waits until it is decided which session it belongs to.
      const { done, pid } = JSON.parse(textOf(await fetched(callsOf(again, {}), handle)));
      expect(done).toBe(true);
      expect(after.services.longCalls.ofClient(owner.client.client_id)).toHaveLength(1);
      expect(() => process.kill(pid, 0), 'the process that began the call').not.toThrow();
    });
  });

  test('is answered with its handle at the next start if Holdfast was killed before it said so', async ({
    expect,
    onTestFinished,
  }) => {
    const servers = new ListedConfigs(counter('on', { longCalls: { '*': 'on' } }));
    const before = await startMcpHost({ servers });
    const owner = before.newClient();
    const { longCalls } = before.services;
    longCalls.setPatience(owner.client.client_id, PATIENCE);
    const mcp = new McpHttp(before, owner.key);
    await mcp.initialize();
    const handOut = longCalls.handOut.bind(longCalls);
    const killed = new Promise<void>((resolve) => {
      longCalls.handOut = (...args) => {
        const long = handOut(...args);
        void before.kill().then(resolve);
        return long;
      };
    });
    const { stream } = await mcp.request('tools/call', { name: 'on__slow', arguments: { ms: LONG } });
    let begun = await stream?.next();
    while (begun && begun.id === undefined) begun = await stream?.next();
    await killed;
    const after = await startMcpHost({ folder: before.folder, servers });
    onTestFinished(() => removeHost(after));
    const again = new McpHttp(after, owner.key);
    again.transportId = mcp.transportId;
    const { stream: resumed } = await again.get(begun?.id ?? '');
    const handle = handleIn((await resumed?.message())?.message.result);
    expect(handle).toMatch(HANDLE);
    const result = await fetched((name, args) => again.call(name, args), handle);
    expect(JSON.parse(textOf(result))).toMatchObject({ done: true });
  });

  test('is asked for again after a kill of Holdfast in which somebody waited for it', async ({
    expect,
    onTestFinished,
  }) => {
    const servers = new ListedConfigs(counter('on', { longCalls: { '*': 'on' } }));
    const before = await startMcpHost({ servers });
    const owner = before.newClient();
    before.services.longCalls.setPatience(owner.client.client_id, PATIENCE);
    const mcp = new McpHttp(before, owner.key);
    await mcp.initialize();
    const handle = handleIn(await mcp.call('on__slow', { ms: LONG }));
    before.services.longCalls.setPatience(owner.client.client_id, 60 * SECOND);
    const { stream } = await mcp.request('tools/call', { name: 'get_result', arguments: { handle } });
    let begun = await stream?.next();
    while (begun && begun.id === undefined) begun = await stream?.next();
    await before.kill();
    const after = await startMcpHost({ folder: before.folder, servers });
    onTestFinished(() => removeHost(after));
    const again = new McpHttp(after, owner.key);
    again.transportId = mcp.transportId;
    const { stream: resumed } = await again.get(begun?.id ?? '');
    const said = (await resumed?.message())?.message.result;
    expect(textOf(said)).toBe('Holdfast was restarted. Call get_result again with the same handle.');
    expect(said.isError).toBe(true);
    const result = await fetched((name, args) => again.call(name, args), handle);
    expect(JSON.parse(textOf(result))).toMatchObject({ done: true });
  });

  test('becomes one by itself if its tool took longer before', async ({ join }) => {
    const { call } = await join(SDK_V1);
    await expect(call('auto__slow', { ms: LONG })).rejects.toThrow(/timed out/i);
    expect(handleIn(await call('auto__slow', { ms: LONG }))).toMatch(HANDLE);
    // Another tool of the server is still answered as always.
    expect(JSON.parse(textOf(await call('auto__count'))).n).toBe(1);
  });

  test('teaches how long the client waits, by the one time that it gave up', async ({ expect, host, join }) => {
    const { owner, call } = await join(SDK_V1, null);
    await expect(call('on__slow', { ms: 60_000 }, { timeout: 4_000 })).rejects.toThrow(/timed out/i);
    await expect.poll(() => host.services.longCalls.patienceOf(owner.client).from, SOON).toBe('learned');
    expect(handleIn(await call('on__slow', { ms: LONG }))).toMatch(HANDLE);
  });

  test('is answered as always where nothing is handed out, and at the address of one server', async ({
    host,
    join,
  }) => {
    const { owner, call } = await join(SDK_V1);
    const patient = { timeout: 20 * SECOND };
    const off = call('off__slow', { ms: 4_000 }, patient);
    const one = await SDK_V1.connect(`${host.url}/on`, owner.key);
    const answer = await callsOf(one, patient)('slow', { ms: 4_000 });
    expect(JSON.parse(textOf(answer))).toMatchObject({ done: true });
    expect(JSON.parse(textOf(await off))).toMatchObject({ done: true });
    await one.close();
  });

  test('has a handle that is of no use to anybody else', async ({ join }) => {
    const mine = await join(SDK_V1);
    const other = await join(STATELESS);
    const handle = handleIn(await mine.call('on__slow', { ms: LONG }));
    expect(await other.call('get_result', { handle })).toMatchObject({ isError: true });
    expect(textOf(await other.call('list_results'))).not.toContain(handle);
    expect(await mine.call('get_result', { handle: 'h_AAAAAAAAAAAAAAAAAAAAAA' })).toMatchObject({ isError: true });
    expect(await mine.call('get_result', { handle, wait_seconds: 'long' })).toMatchObject({ isError: true });
  });

  test('is answered itself, with signs of life before, where those renew the client’s time', async ({ host, join }) => {
    const { call, owner } = await join(SDK_V1, 3_600 * SECOND);
    const heard: Json[] = [];
    const onprogress = (progress: Json) => heard.push(progress);
    const options = { timeout: 12_000, resetTimeoutOnProgress: true, onprogress };
    const answer = await call('on__slow', { ms: 13_000 }, options);
    expect(JSON.parse(textOf(answer))).toMatchObject({ done: true });
    expect(heard.map(({ message }) => message).join()).toMatch(/Still running after \d+ s\./);
    expect(stateOf(host, owner.client.client_id)).toBeUndefined();
  });

  test('survives a stream that drops, without sessions, once it became a handle and not before', async ({
    expect,
    host,
    join,
  }) => {
    const { owner, call } = await join(STATELESS);
    const { longCalls } = host.services;
    const running = () => longCalls.inFlight.list().filter(({ client_id }) => client_id === owner.client.client_id);
    const leaving = new AbortController();
    const left = call('on__slow', { ms: 60_000 }, { signal: leaving.signal }).catch(() => {});
    await expect.poll(running, SOON).toHaveLength(1);
    leaving.abort();
    await left;
    await expect.poll(running, SOON).toHaveLength(0);
    const handle = handleIn(await call('on__slow', { ms: LONG }));
    const waiting = new AbortController();
    const gone = call('get_result', { handle }, { signal: waiting.signal }).catch(() => {});
    waiting.abort();
    await gone;
    expect(stateOf(host, owner.client.client_id)).toBe('running');
    expect(JSON.parse(textOf(await fetched(call, handle)))).toMatchObject({ done: true });
  });

  test('keeps its time while a person thinks about a question and no request is open', async ({
    expect,
    host,
    onTestFinished,
  }) => {
    const owner = host.newClient('stateless');
    host.services.longCalls.setPatience(owner.client.client_id, PATIENCE);
    const capabilities = { elicitation: { form: {} } };
    const client = new ClientV2(INFO, { capabilities, versionNegotiation: { mode: 'auto' } });
    client.setRequestHandler('elicitation/create', async () => {
      await new Promise((resolve) => setTimeout(resolve, PATIENCE + 1_000));
      return { action: 'accept' as const, content: { colour: 'red' } };
    });
    await client.connect(new HttpV2(new URL(host.url), authorized(owner.key)));
    onTestFinished(() => client.close());
    const call = callsOf(v2(client), { timeout: 60 * SECOND });
    // One after the other: over stdio a question belongs to the newest call.
    expect(JSON.parse(textOf(await call('on__ask')))).toMatchObject({ action: 'accept' });
    expect(host.services.longCalls.longest('on', 'ask'), 'the thinking is not the tool’s').toBe(0);
    // The time begins anew with the request that brings the answer.
    const handle = handleIn(await call('on__ask', { ms: PATIENCE + 2_000 }));
    expect(handle).toMatch(HANDLE);
    expect(JSON.parse(textOf(await fetched(call, handle)))).toMatchObject({ action: 'accept' });
  });

  test('can be cancelled while its client waits, and after it became a handle', async ({ expect, host, join }) => {
    const { owner, call } = await join(SDK_V1);
    const { longCalls } = host.services;
    const running = () => longCalls.inFlight.list().filter(({ client_id }) => client_id === owner.client.client_id);
    const waiting = call('on__slow', { ms: 60_000 });
    const refused = expect(waiting).rejects.toThrow(/cancelled in Holdfast/);
    await expect.poll(running, SOON).toHaveLength(1);
    const [first] = running();
    expect(first).toMatchObject({ server: 'on', name: 'on__slow' });
    const rest = async (key: string, path = '', method = 'GET') => {
      const headers = { Authorization: `Bearer ${key}` };
      const answer = await fetch(`http://127.0.0.1:${host.port}/api/mcp/calls${path}`, { method, headers });
      return { status: answer.status, body: (await answer.json()) as Json };
    };
    const stranger = host.newClient().key;
    expect((await rest(stranger)).body).toMatchObject({ running: [], handed_out: [] });
    expect(await rest(stranger, `/${first?.call_id}/cancel`, 'POST')).toMatchObject({ status: 404 });
    expect((await rest(owner.key)).body.running).toEqual([first]);
    expect(await rest(owner.key, `/${first?.call_id}/cancel`, 'POST')).toMatchObject({ status: 200 });
    await refused;
    const handle = handleIn(await call('on__slow', { ms: 60_000 }));
    const { body } = await rest(owner.key);
    expect(JSON.stringify(body), 'a handle is for the client alone').not.toContain(handle);
    const [handed] = body.handed_out;
    expect(handed).toMatchObject({ state: 'running', tool: 'slow', server: 'on', fetched_at: null });
    expect(await rest('hfa_test', `/${handed.call_id}/cancel`, 'POST')).toMatchObject({ status: 200 });
    expect(await rest('hfa_test', `/${handed.call_id}/cancel`, 'POST')).toMatchObject({ status: 404 });
    expect(textOf(await call('get_result', { handle }))).toMatch(/was cancelled/);
    expect(JSON.parse(textOf(await call('on__count'))).n).toBe(1);
  });

  test('tells its progress to whoever asks for the result', async ({ expect, host, join }) => {
    const { owner, call } = await join(SDK_V1);
    const handle = handleIn(await call('on__slow', { ms: 40_000, steps: 40 }));
    const { longCalls } = host.services;
    const [long] = longCalls.ofClient(owner.client.client_id);
    await expect.poll(() => longCalls.progressOf(long?.call_id ?? 0)?.progress ?? 0, SOON).toBeGreaterThan(3);
    expect(textOf(await call('get_result', { handle, wait_seconds: 0 }))).toMatch(/Progress: \d of 40, step \d\./);
  });
});
