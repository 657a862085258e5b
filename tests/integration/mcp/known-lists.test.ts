import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect } from 'vitest';
import { createVisibilityHandlers } from '#src/main/window-api/visibility-handlers';
import { chat, toolNames } from '#tests/support/clients/chat';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { type McpHost, mcpTest } from '#tests/support/hosts/mcp-host';
import { counter, endServers, ListedConfigs, listing } from '#tests/support/servers/configs';

/** Lists come from memory: real servers write down each start. */

const test = mcpTest
  .extend('startsOf', ({ folder }) => (name: string): number => {
    const file = join(folder, `starts-${name}`);
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length : 0;
  })
  .extend(
    'config',
    ({ folder }) =>
      (name: string, env: Record<string, string> = {}) =>
        counter(name, { env: { COUNTER_STARTS: join(folder, `starts-${name}`), ...env } }),
  );

async function serversOf(client: McpHttp): Promise<string[]> {
  const names = await toolNames(client);
  return [...new Set(names.flatMap((name) => (name.includes('__') ? name.split('__', 1) : [])))];
}

const running = (host: McpHost, names: readonly string[]): number =>
  names.flatMap((name) => host.services.servers.stateOf(name)?.instances ?? []).length;

test('five chats list eight servers and use one each: eight short starts to learn, then five processes', async ({
  startHost,
  config,
  startsOf,
}) => {
  const names = Array.from({ length: 8 }, (_, index) => `s${index}`);
  const host = await startHost({ servers: new ListedConfigs(...names.map((name) => config(name))) });
  const chats = await Promise.all(Array.from({ length: 5 }, () => chat(host)));
  const [first] = chats;
  if (!first) throw new Error('there is no chat');
  await expect.poll(() => serversOf(first), { timeout: 15_000 }).toEqual(names);
  await expect.poll(() => running(host, names), { timeout: 15_000 }).toBe(0);
  for (const one of chats) expect(await serversOf(one)).toEqual(names);
  expect(names.map(startsOf), 'one start each for all chats').toEqual(names.map(() => 1));
  for (const [index, one] of chats.entries()) await one.call(`s${index}__count`);
  expect(running(host, names)).toBe(5);
});

test('after a restart of Holdfast lists are there at once, and start nothing', async ({
  startHost,
  config,
  startsOf,
}) => {
  const servers = new ListedConfigs(config('one'));
  const before = await startHost({ servers });
  const client = await chat(before);
  await expect.poll(() => serversOf(client), { timeout: 10_000 }).toEqual(['one']);
  await before.stop();
  await endServers(before.folder);
  const after = await startHost({ servers, folder: before.folder });
  expect(await serversOf(await chat(after))).toEqual(['one']);
  expect(startsOf('one')).toBe(1);
  servers.set({ ...config('one'), trusted: false });
  expect(await serversOf(await chat(after)), 'it keeps its tools, from memory').toEqual(['one']);
  const late = await chat(after);
  expect(JSON.stringify(await late.call('one__count')), 'a call says what is wrong').toContain('confirm');
  servers.set({ ...config('one'), enabled: false });
  expect(await serversOf(await chat(after)), 'gone at once').toEqual([]);
  servers.set();
  expect(await serversOf(await chat(after))).toEqual([]);
  servers.set(config('one'));
  expect(await serversOf(await chat(after)), 'what comes back is known').toEqual(['one']);
  expect(startsOf('one')).toBe(1);
});

test('a server that came up late is announced to a chat that listed without it', async ({ startHost, config }) => {
  const host = await startHost({
    servers: new ListedConfigs(config('fast'), config('slow', { COUNTER_DELAY: '2500' })),
  });
  const client = await chat(host);
  const { stream } = await client.get();
  const since = performance.now();
  expect(await serversOf(client)).not.toContain('slow');
  expect(performance.now() - since).toBeLessThan(1_500);
  let told = await stream?.message();
  while (told?.message.method !== 'notifications/tools/list_changed') told = await stream?.message();
  await expect.poll(() => serversOf(client)).toContain('slow');
  stream?.cut();
});

test('a server that never was confirmed is not listed', async ({ startHost, config }) => {
  const host = await startHost({ servers: new ListedConfigs({ ...config('one'), trusted: false }) });
  const client = await chat(host);
  expect(await serversOf(client)).toEqual([]);
});

test('tools, prompts, resources and templates stay through crashes, silence and restarts; calls say what is wrong', async ({
  startHost,
  folder,
}) => {
  const file = join(folder, 'says.json');
  const all = {
    tools: [{ name: 't', inputSchema: { type: 'object' } }],
    prompts: [{ name: 'p' }],
    resources: [{ uri: 'x:r', name: 'r' }],
    resourceTemplates: [{ uriTemplate: 'x:{r}', name: 'rt' }],
  };
  writeFileSync(file, JSON.stringify(all));
  const servers = new ListedConfigs(listing('one', file));
  const everything = async (client: McpHttp) => {
    const lists = [];
    for (const method of ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list']) {
      lists.push(await client.ask(method));
    }
    return JSON.stringify(lists);
  };
  const host = await startHost({ servers });
  const client = await chat(host);
  await expect.poll(() => everything(client), { timeout: 10_000 }).toContain('x:{r}');
  const known = await everything(client);
  expect(known).toMatch(/one__t.*one__p.*x:r.*x:\{r\}/);

  writeFileSync(file, JSON.stringify({ ...all, crash: true }));
  const other = await chat(host);
  expect(JSON.stringify(await other.call('one__t')), 'it cannot start').toContain('isError');
  expect(await everything(other)).toBe(known);

  await host.stop();
  await endServers(host.folder);
  writeFileSync(file, JSON.stringify({ ...all, silent: true }));
  const next = await startHost({ servers, folder: host.folder });
  const late = await chat(next);
  expect(await everything(late), 'after a restart of both').toBe(known);
  expect(JSON.stringify(await late.call('one__t')), 'it runs, and never answers a list').toContain('called t');
  expect(await everything(late)).toBe(known);
  expect(next.services.store.serverLists.ages()).toMatchObject([{ server: 'one', is_complete: true }]);
}, 30_000);

test('at its own address, a server is introduced and listed from memory while it is down, silent or not confirmed', async ({
  startHost,
  folder,
}) => {
  const file = join(folder, 'says.json');
  const all = {
    tools: [{ name: 't', inputSchema: { type: 'object' } }],
    prompts: [{ name: 'p' }],
    resources: [{ uri: 'x:r', name: 'r' }],
    resourceTemplates: [{ uriTemplate: 'x:{r}', name: 'rt' }],
  };
  const say = (more: object) => writeFileSync(file, JSON.stringify({ ...all, ...more }));
  const KINDS = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'];
  const alone = async (host: McpHost) => {
    const client = new McpHttp({ url: `${host.url}/one` }, host.newClient().key);
    const { json } = await client.initialize();
    expect(json.result.serverInfo.name).toBe('listing');
    return client;
  };
  const read = async (client: McpHttp, kinds = KINDS) => {
    const lists: unknown[] = [];
    for (const method of kinds) {
      lists.push(await client.ask(method));
    }
    return lists;
  };
  say({});
  const one = listing('one', file);
  const servers = new ListedConfigs(one);
  const host = await startHost({ servers });
  const known = await read(await alone(host));
  expect(known).toEqual([
    { tools: all.tools },
    { prompts: all.prompts },
    { resources: all.resources },
    { resourceTemplates: all.resourceTemplates },
  ]);
  await host.stop();
  await endServers(host.folder);

  say({ crash: true });
  const next = await startHost({ servers, folder: host.folder });
  const down = await alone(next);
  expect(await read(down), 'it cannot start').toEqual(known);
  expect(JSON.stringify(await down.call('t')), 'a call says why').toMatch(/ended with code 3.*isError/);

  servers.set({ ...one, trusted: false, fingerprint: 'another' });
  const waiting = await alone(next);
  expect(await read(waiting), 'it waits to be confirmed').toEqual(known);
  expect(JSON.stringify(await waiting.call('t'))).toMatch(/confirm/);

  say({ silent: true, tools: [...all.tools, { name: 'u', inputSchema: { type: 'object' } }] });
  servers.set({ ...one, fingerprint: 'another' });
  expect((await waiting.call('t')).content[0].text, 'confirmed, it runs').toBe('called t');
  expect(await read(waiting, ['tools/list']), 'it answers no list').toEqual([known[0]]);
}, 60_000);

test('a server that waits to be confirmed is seen and hidden like any other, and learned anew once it is', async ({
  startHost,
  folder,
}) => {
  const file = join(folder, 'says.json');
  const tools = (...names: string[]) => names.map((name) => ({ name, inputSchema: { type: 'object' } }));
  writeFileSync(file, JSON.stringify({ tools: tools('t'), prompts: [{ name: 'p' }] }));
  const one = listing('one', file);
  const servers = new ListedConfigs(one);
  const host = await startHost({ servers });
  const holder = host.newClient();
  const client = new McpHttp(host, holder.key);
  await client.initialize();
  await expect.poll(() => serversOf(client), { timeout: 15_000 }).toEqual(['one']);
  servers.set({ ...one, trusted: false, fingerprint: 'another' });
  const { stream } = await client.get();
  const told = async (method: string) => {
    let said = await stream?.message();
    while (said && said.message.method !== method) said = await stream?.message();
    return said !== null && said !== undefined;
  };
  const handlers = createVisibilityHandlers(host.services);
  const client_id = holder.client.client_id;
  expect(await handlers['tools.of_client']({ client_id })).toMatchObject({ all: 2, servers: [{ server: 'one' }] });
  host.services.visibility.setShown({
    client_id: null,
    parts: [{ server: 'one', kind: 'prompt', name: 'p' }],
    shown: false,
  });
  expect(await told('notifications/prompts/list_changed')).toBe(true);

  writeFileSync(file, JSON.stringify({ tools: tools('t', 'u'), prompts: [{ name: 'p' }] }));
  servers.set({ ...one, fingerprint: 'another' });
  expect(await told('notifications/tools/list_changed'), 'nobody has listed meanwhile').toBe(true);
  expect(host.services.store.serverLists.of('one')?.pages).toContain('\\"u\\"');
  stream?.cut();
}, 40_000);

test('for a client without sessions, too, a server that is down is listed from memory', async ({
  startHost,
  folder,
}) => {
  const file = join(folder, 'says.json');
  const tools = [{ name: 't', inputSchema: { type: 'object' } }];
  writeFileSync(file, JSON.stringify({ tools }));
  const host = await startHost({ servers: new ListedConfigs(listing('one', file)) });
  const { key } = host.newClient('stateless');
  const names = async (path: string) => {
    const client = new Client(
      { name: 'newest', version: '1' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    const requestInit = { headers: { Authorization: `Bearer ${key}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(`${host.url}${path}`), { requestInit }));
    try {
      const listed = await client.listTools();
      return listed.tools.map(({ name }) => name).filter((name) => name === 't' || name === 'one__t');
    } finally {
      await client.close();
    }
  };
  await expect.poll(() => names(''), { timeout: 10_000 }).toEqual(['one__t']);
  expect(await names('/one')).toEqual(['t']);
  writeFileSync(file, JSON.stringify({ tools, crash: true }));
  await host.services.servers.stopServer('one');
  expect(await names('')).toEqual(['one__t']);
  expect(await names('/one')).toEqual(['t']);
}, 60_000);

test('a server that is stopped while its lists are learned stays stopped until somebody lists again', async ({
  startHost,
  folder,
}) => {
  const file = join(folder, 'says.json');
  const lines = (what: 'asked' | 'starts'): string[] =>
    existsSync(`${file}.${what}`) ? readFileSync(`${file}.${what}`, 'utf8').trim().split('\n') : [];
  const tools = [{ name: 't', inputSchema: { type: 'object' } }];
  writeFileSync(file, JSON.stringify({ tools, silent: true }));
  const host = await startHost({ servers: new ListedConfigs(listing('one', file)) });
  const client = await chat(host);
  expect(await serversOf(client)).toEqual([]);
  await expect.poll(() => lines('asked'), { timeout: 10_000 }).toEqual(['tools/list']);
  await host.services.servers.stopServer('one');
  expect(host.services.servers.stateOf('one')).toMatchObject({ state: 'stopped', next_try_at: null });
  writeFileSync(file, JSON.stringify({ tools }));
  await expect.poll(() => serversOf(client), { timeout: 10_000 }).toEqual(['one']);
  // Had it gone on, the next list would have been asked for before anybody wanted it.
  expect(lines('asked').slice(0, 3)).toEqual(['tools/list', 'tools/list', 'prompts/list']);
  expect(lines('starts')).toHaveLength(2);
}, 40_000);
