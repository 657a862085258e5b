import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { OWN_TOOLS } from '#src/main/mcp/own-tools';
import type { Activity } from '#src/shared/contract/activity';
import type { ServerPart } from '#src/shared/model/visibility';
import type { Json } from '#tests/support/clients/mcp-http';
import { REAL_CLIENTS, type RealClient, statelessClient } from '#tests/support/clients/real-clients';
import { disposing } from '#tests/support/fixtures';
import { type Holder, type McpHost, mcpTest, sharedMcpTest } from '#tests/support/hosts/mcp-host';
import { startCuttingProxy } from '#tests/support/proxies/cutting-proxy';
import { counter, everything, ListedConfigs, listing } from '#tests/support/servers/configs';
import { REALISTIC_TOOLS } from '#tests/support/tools/realistic-tools';

/** A client with a search is listed two tools in place of all, finds the others, and calls them as if they were listed. */

/** Servers start while other tests run. */
const LOADED = { timeout: 10_000 };
const OWN: readonly string[] = Object.values(OWN_TOOLS);
const WITH_SEARCH = [...OWN, 'search_tools', 'call_tool'];
const CHANGED = 'notifications/tools/list_changed';

const shared = sharedMcpTest
  .extend('hostOptions', { scope: 'file' }, { servers: new ListedConfigs(counter('one'), everything('ref')) })
  .extend('connect', ({}, { onCleanup }) => disposing(onCleanup, connect, (client) => client.vanish()));
const test = mcpTest.extend('connect', ({}, { onCleanup }) =>
  disposing(onCleanup, connect, (client) => client.vanish()),
);

type Open = (url: string, key: string) => Promise<RealClient>;
const SDKS = REAL_CLIENTS.filter(({ title }) => title.startsWith('SDK'));
const CLIENTS = [
  ...SDKS.map(({ title, connect: open }) => [title, 'sessionful', open] as const),
  ['SDK v2 without sessions', 'stateless', statelessClient] as const,
];
const [[, , sdkV1]] = CLIENTS as [(typeof CLIENTS)[number]];

const connect = (url: string, { key }: Holder, open: Open = sdkV1): Promise<RealClient> => open(url, key);

/** A client that finds tools by search from its first request on. */
function searcher(host: McpHost, policy: 'sessionful' | 'stateless' = 'sessionful', set: string | null = null): Holder {
  const owner = host.newClient(policy);
  host.services.visibility.choose(owner.client.client_id, set, true);
  return owner;
}

const search = async (client: RealClient, query: string, limit?: number): Promise<Json> =>
  (await client.call('search_tools', { query, ...(limit === undefined ? {} : { limit }) })).structuredContent;
const found = async (client: RealClient, query: string, limit?: number): Promise<string[]> =>
  (await search(client, query, limit)).tools.map(({ name }: Json) => name);
const call = (client: RealClient, name: string, args: Json = {}, options = {}): Promise<Json> =>
  client.call('call_tool', { name, arguments: args }, options);
const jsonOf = (result: Json): Json => JSON.parse(result.content[0].text);

describe.for(CLIENTS)('%s', ([, policy, open]) => {
  shared('lists, searches, lists again, and calls what it found as if it were listed', async ({ host, connect }) => {
    const owner = searcher(host, policy);
    const client = await connect(host.url, owner, open);
    expect(await client.names('tools/list')).toEqual(WITH_SEARCH);
    await expect.poll(() => found(client, 'structured content', 1), LOADED).toEqual(['ref__get-structured-content']);
    expect(await client.names('tools/list')).toEqual([...WITH_SEARCH, 'ref__get-structured-content']);
    expect(await search(client, 'sum of numbers', 1)).toEqual({
      tools: [
        {
          name: 'ref__get-sum',
          description: expect.any(String),
          inputSchema: expect.objectContaining({ type: 'object', properties: expect.any(Object) }),
        },
      ],
      message: expect.stringContaining('call_tool'),
    });
    expect((await call(client, 'ref__get-structured-content', { location: 'Chicago' })).structuredContent).toEqual(
      expect.objectContaining({ temperature: expect.any(Number) }),
    );
    expect((await call(client, 'ref__get-tiny-image')).content).toContainEqual(
      expect.objectContaining({ type: 'image', mimeType: 'image/png' }),
    );
    expect((await client.call('ref__get-sum', { a: 1, b: 2 })).content[0].text).toContain('3');
    expect((await call(client, 'session_info')).structuredContent, 'own tools, too').toMatchObject({ success: true });
  });

  shared('gets progress and questions within a call_tool, and can give it up', async ({ host, connect }) => {
    const owner = searcher(host, policy);
    const client = await connect(host.url, owner, open);
    const progress: Json[] = [];
    const onprogress = (one: Json) => progress.push(one);
    expect(jsonOf(await call(client, 'one__slow', { ms: 60, steps: 3 }, { onprogress }))).toMatchObject({ done: true });
    expect(progress).toHaveLength(3);
    if (policy === 'sessionful') {
      const asked = await call(client, 'one__ask', { message: 'Which colour?' });
      expect(jsonOf(asked)).toMatchObject({ action: 'accept', content: { colour: 'blue' } });
    }
    const abort = new AbortController();
    const hanging = call(client, 'one__hang', {}, { signal: abort.signal });
    const { activity, store } = host.services;
    const rows = async (): Promise<Activity[]> => {
      activity.flush();
      const { client_id } = owner.client;
      return (await store.activity.page({ client_id, failed: false, text: 'tools/call', limit: 50 })).activity;
    };
    // It is answered behind the one that hangs, which has reached its server by then.
    await call(client, 'one__slow', { ms: 1 });
    abort.abort();
    await expect(hanging).rejects.toThrow();
    await expect.poll(async () => (await rows())[0]?.outcome, LOADED).toBe('cancelled');
    const calls = await rows();
    expect(calls.map(({ name }) => name)).toEqual(expect.arrayContaining(['one__hang', 'one__slow']));
    expect(calls.map(({ name }) => name)).not.toContain('call_tool');
    expect(new Set(calls.map(({ server }) => server)), 'the real server').toEqual(new Set(['one']));
  });
});

describe.for(CLIENTS)('over a kill of Holdfast, %s', ([, policy, open]) => {
  test('has what it found, and the call that runs', async ({ startHost, connect, folder, onTestFinished }) => {
    const servers = new ListedConfigs(counter('one'));
    const host = await startHost({ servers });
    const owner = searcher(host, policy);
    const proxy = await startCuttingProxy(host.port);
    onTestFinished(() => proxy.close());
    const client = await connect(proxy.url, owner, open);
    await expect.poll(() => found(client, 'count', 1), LOADED).toEqual(['one__count']);
    expect(await found(client, 'peek', 1)).toEqual(['one__peek']);
    const before = await client.request('tools/list');
    const gate = join(folder, 'gate');
    const begun = proxy.sent('.1\ndata: \n');
    const running = policy === 'sessionful' ? call(client, 'one__count', { gate }) : null;
    if (running) {
      await expect.poll(() => existsSync(`${gate}.here`), LOADED).toBe(true);
      await begun;
    }
    await host.kill();
    const next = await startHost({ servers, folder: host.folder });
    proxy.target = next.port;
    writeFileSync(`${gate}.go`, '');
    if (running) expect(jsonOf(await running).n).toBe(1);
    const listed = () => client.request('tools/list').catch(() => null);
    await expect.poll(listed, LOADED).not.toBeNull();
    expect(JSON.stringify(await listed()), 'byte for byte').toBe(JSON.stringify(before));
    expect(before.tools.map(({ name }: Json) => name)).toEqual([...WITH_SEARCH, 'one__count', 'one__peek']);
    expect(jsonOf(await call(client, 'one__count')).n).toBe(running ? 2 : 1);
  });
});

describe('a client with a search', () => {
  shared('is told once that its list is longer, and of nothing that it is not listed', async ({ host, connect }) => {
    const owner = host.newClient();
    const { visibility } = host.services;
    const client = await connect(host.url, owner);
    await expect.poll(() => client.names('tools/list'), LOADED).toContain('ref__get-sum');
    client.forget();
    visibility.choose(owner.client.client_id, null, true);
    await client.heardOf(CHANGED);
    expect(await client.names('tools/list')).toEqual(WITH_SEARCH);
    const heard: string[] = [];
    void client.heardOf(CHANGED).then(() => heard.push('told'));
    visibility.setShown({ client_id: null, parts: [{ server: 'one', kind: 'tool', name: 'hang' }], shown: false });
    await client.call('health_check');
    expect(heard, 'a tool is hidden that it is not listed').toEqual([]);
    expect(await found(client, 'sum', 1)).toEqual(['ref__get-sum']);
    await expect.poll(() => heard).toEqual(['told']);
    void client.heardOf(CHANGED).then(() => heard.push('told again'));
    expect(await found(client, 'sum', 1)).toEqual(['ref__get-sum']);
    expect(heard, 'nothing new was found').toEqual(['told']);
    visibility.choose(owner.client.client_id, null, false);
    await expect.poll(() => heard).toEqual(['told', 'told again']);
    expect(await client.names('tools/list')).toContain('ref__echo');
    for (const name of ['search_tools', 'call_tool']) {
      expect(await client.call(name, { query: 'sum' })).toMatchObject({
        isError: true,
        content: [{ text: expect.stringContaining('has no search') }],
      });
    }
    visibility.setShown({ client_id: null, parts: [{ server: 'one', kind: 'tool', name: 'hang' }], shown: true });
  });

  shared('neither finds nor calls what is hidden from it, or is not in its set', async ({ host, connect }) => {
    const { visibility } = host.services;
    const tool = (server: string, name: string): ServerPart => ({ server, kind: 'tool', name });
    visibility.saveSet('sums', [tool('ref', 'get-sum'), tool('ref', 'echo')], null);
    const owner = searcher(host, 'sessionful', 'sums');
    const { client_id } = owner.client;
    visibility.setShown({ client_id, parts: [tool('ref', 'echo')], shown: false });
    const client = await connect(host.url, owner);
    await expect.poll(() => found(client, 'sum'), LOADED).toEqual(['ref__get-sum']);
    expect(await found(client, 'ref', 20)).toEqual(['ref__get-sum']);
    expect(await found(client, 'ref__echo'), 'not even by its name').not.toContain('ref__echo');
    await expect(call(client, 'ref__echo', { message: 'hi' })).rejects.toThrow(/hidden from this client/);
    await expect(call(client, 'one__count')).rejects.toThrow(/not in the set "sums"/);
    visibility.setShown({ client_id, parts: [tool('ref', 'get-sum')], shown: false });
    expect(await client.names('tools/list'), 'found before, and hidden now').toEqual(WITH_SEARCH);
    const whole = await connect(`${host.url}/set/sums`, owner);
    expect(await whole.names('tools/list'), 'the address of a set is listed as ever').toEqual(OWN);
  });

  shared('is told what to do when a call says too little', async ({ host, connect }) => {
    const client = await connect(host.url, searcher(host));
    const told = async (name: string, args: Json) => {
      const { isError, content } = await client.call(name, args);
      return [isError ?? false, content[0].text];
    };
    expect(await told('search_tools', { query: '  ' })).toEqual([true, expect.stringContaining('The query is empty.')]);
    expect(await told('search_tools', {})).toEqual([true, expect.stringContaining('The query is empty.')]);
    expect(await told('search_tools', { query: 'a', limit: 0 })).toEqual([true, expect.stringContaining('1 to 20')]);
    expect(await told('search_tools', { query: 'xylophone' })).toEqual([
      false,
      expect.stringMatching(/No tool fits .*xylophone.* Servers here: one, ref\./),
    ]);
    for (const args of [{}, { name: 7 }, { name: 'one__peek', arguments: [] }, { name: 'one__peek', arguments: 'x' }]) {
      expect(await told('call_tool', args)).toEqual([true, expect.stringContaining('the exact name of a tool')]);
    }
    expect(await told('call_tool', { name: 'call_tool' })).toEqual([true, expect.stringContaining('exact name')]);
    const asText = await client.call('call_tool', { name: 'ref__get-sum', arguments: '{"a": 2, "b": 3}' });
    expect(asText.content[0].text, 'arguments as text, as some models write them').toContain('5');
  });
});

test('a search that finds nothing waits for a server that has said hello and not listed its tools yet', async ({
  startHost,
  connect,
}) => {
  const host = await startHost({
    servers: new ListedConfigs(
      counter('late', { env: { COUNTER_LIST_DELAY: '2000' } }),
      counter('never', { env: { COUNTER_FAIL_WHILE: import.meta.filename } }),
    ),
  });
  const client = await connect(host.url, searcher(host));
  await client.names('tools/list');
  const { serverLists } = host.services.store;
  await expect.poll(() => serverLists.all().map(({ server }) => server), LOADED).toContain('late');
  expect(await found(client, 'peek', 1)).toEqual(['late__peek']);
  const { message } = await search(client, 'xylophone');
  expect(message).toMatch(/Servers here: late, never\. never cannot be reached now\.$/);
});

test('while what was found cannot be read, a client lists the two tools, searches, calls and is told of others', async ({
  startHost,
  connect,
}) => {
  const servers = new ListedConfigs(counter('one'));
  const host = await startHost({ servers });
  const owner = searcher(host);
  const client = await connect(host.url, owner);
  await expect.poll(() => found(client, 'peek', 1), LOADED).toEqual(['one__peek']);
  const db = new SqliteDatabase(join(host.folder, 'holdfast.db'), { fileMustExist: true });
  db.exec('DROP TABLE found_tools');
  db.close();
  expect(await client.names('tools/list')).toEqual(WITH_SEARCH);
  expect(await found(client, 'peek', 1)).toEqual(['one__peek']);
  expect(jsonOf(await call(client, 'one__count')).n).toBe(1);
  const whole = await connect(host.url, host.newClient());
  await expect.poll(() => whole.names('tools/list'), LOADED).toContain('one__peek');
  whole.forget();
  servers.set(counter('one'), counter('two'));
  await whole.heardOf(CHANGED);
  expect(await client.names('tools/list')).toEqual(WITH_SEARCH);
});

describe('what a search finds', () => {
  const LISTED = { files: 10, github: 18 } as const;

  test('is listed in the order in which it was found, bounded, and goes along when its server is renamed', async ({
    startHost,
    connect,
    folder,
  }) => {
    const configs = Object.keys(LISTED).map((name) => {
      const file = join(folder, `${name}.json`);
      writeFileSync(file, JSON.stringify({ tools: REALISTIC_TOOLS[name] }));
      return listing(name, file);
    });
    const many = Array.from({ length: 60 }, (_, index) => ({
      name: `gadget_${index}`,
      description: 'A gadget.',
      inputSchema: { type: 'object', properties: { text: { type: 'string', description: 'x'.repeat(9_000) } } },
    }));
    const file = join(folder, 'many.json');
    writeFileSync(file, JSON.stringify({ tools: many }));
    const host = await startHost({ servers: new ListedConfigs(...configs, listing('many', file)) });
    const client = await connect(host.url, searcher(host));
    await expect.poll(() => found(client, 'merge pull request', 1), LOADED).toEqual(['github__merge_pull_request']);
    expect(await found(client, 'move file', 1)).toEqual(['files__move_file']);
    expect(
      (await client.names('tools/list')).slice(WITH_SEARCH.length),
      'appended, so that what was listed stays where it was',
    ).toEqual(['github__merge_pull_request', 'files__move_file']);
    host.services.store.foundTools.rename('files', 'many');
    expect((await client.names('tools/list')).slice(WITH_SEARCH.length)).toEqual(['github__merge_pull_request']);
    const gadgets = await search(client, 'gadget', 100);
    expect(gadgets.tools).toHaveLength(20);
    expect(gadgets.tools.filter(({ inputSchema }: Json) => inputSchema !== undefined)).toHaveLength(6);
    expect(gadgets.message).toMatch(/too long for here are in tools\/list: many__gadget_\d+/);
    expect(JSON.stringify(gadgets).length).toBeLessThan(80_000);
    for (let index = 0; index < 60; index += 1) await found(client, `gadget_${index}`, 1);
    const names = (await client.names('tools/list')).slice(WITH_SEARCH.length);
    expect(names).toHaveLength(50);
    expect(names.at(-1)).toBe('many__gadget_59');
    expect(names).not.toContain('github__merge_pull_request');
    await expect(call(client, 'github__merge_pull_request'), 'and can be called').resolves.toBeDefined();
  });
});
