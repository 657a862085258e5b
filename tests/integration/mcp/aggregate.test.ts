import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { ServerConfig } from '#src/main/upstream/upstream-ports';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { REAL_CLIENTS, type RealClient } from '#tests/support/clients/real-clients';
import { disposing } from '#tests/support/fixtures';
import { type McpHost, mcpTest } from '#tests/support/hosts/mcp-host';
import { counter, ListedConfigs } from '#tests/support/servers/configs';

/** Several servers at one address: who is kept apart from whom, who waits for whom, and who comes and goes. */

async function connect(host: McpHost): Promise<RealClient> {
  const [sdk] = REAL_CLIENTS;
  if (!sdk) throw new Error('there is no client');
  return sdk.connect(host.url, host.newClient().key);
}

/** A host's time moves by hand, so that what is answered without it moving was answered without waiting. */
const test = mcpTest
  .extend('connect', ({}, { onCleanup }) => disposing(onCleanup, connect, (client) => client.vanish()))
  .extend('start', ({ startHost, clock, connect }) => async (...servers: ServerConfig[]) => {
    const configs = new ListedConfigs(...servers);
    const host = await startHost({ clock, servers: configs });
    return { configs, host, client: await connect(host) };
  });

const stateOf = (host: McpHost, server: string) => host.services.servers.stateOf(server)?.state;
/** Resolves when the process that was started to learn the server's lists has ended, and only the session's own is left. */
const learned = (host: McpHost, server: string) =>
  expect.poll(() => host.services.servers.stateOf(server)?.instances.length).toBe(1);

const LISTS = ['tools', 'resources', 'prompts'];
const heardOfLists = (client: RealClient) =>
  Promise.all(LISTS.map((list) => client.heardOf(`notifications/${list}/list_changed`)));
/** Servers whose tools are listed, in that order; Holdfast's own tools have no prefix. */
const serversIn = (tools: string[]): string[] => [
  ...new Set(tools.flatMap((name) => (name.includes('__') ? name.split('__', 1) : []))),
];

describe('two servers that call everything the same', () => {
  const pairTest = test.extend('client', async ({ start }) => (await start(counter('one'), counter('two'))).client);

  pairTest('each have a tool, a resource and a prompt of every name', async ({ client }) => {
    const tools = await client.names('tools/list');
    expect(new Set(tools).size).toBe(tools.length);
    expect(tools).toEqual(expect.arrayContaining(['session_info', 'one__count', 'two__count']));
    expect(await client.names('resources/list')).toEqual([
      ...['one+counter://n', 'one+counter://other'],
      ...['two+counter://n', 'two+counter://other'],
    ]);
    expect(await client.names('resources/templates/list')).toEqual(['one+counter://{name}', 'two+counter://{name}']);
    expect(await client.names('prompts/list')).toEqual(['one__greet', 'two__greet']);
  });

  pairTest('have separate states', async ({ client }) => {
    for (const n of [1, 2]) expect((await client.json('one__count')).n).toBe(n);
    const read = async (uri: string) => (await client.request('resources/read', { uri })).contents[0];
    expect(await read('one+counter://n')).toMatchObject({ uri: 'one+counter://n', text: '2' });
    expect(await read('two+counter://n')).toMatchObject({ uri: 'two+counter://n', text: '0' });
    expect((await client.json('two__count')).n).toBe(1);
  });

  pairTest('can be asked, and ask, at the same time', async ({ client }) => {
    const [one, two] = await Promise.all([
      client.json('one__ask', { message: 'A?' }),
      client.json('two__ask', { message: 'B?' }),
    ]);
    expect([one.action, two.action]).toEqual(['accept', 'accept']);
    expect(client.asked.map(({ params }) => params.message).sort()).toEqual(['A?', 'B?']);
  });

  pairTest('update the resource that was subscribed to, not the other server’s', async ({ client }) => {
    await client.request('resources/subscribe', { uri: 'two+counter://n' });
    expect(await client.json('one__touch')).toEqual({ sent: false });
    expect(await client.json('two__touch')).toEqual({ sent: true });
    expect(await client.heardOf('notifications/resources/updated')).toEqual({ uri: 'two+counter://n' });
  });

  pairTest('log under their own names, at one level for both', async ({ client }) => {
    await client.json('one__peek');
    await client.request('logging/setLevel', { level: 'error' });
    for (const name of ['one', 'two']) {
      expect(await client.json(`${name}__log`, { level: 'info' })).toEqual({ sent: false });
      await client.json(`${name}__log`, { level: 'critical' });
      expect((await client.heardOf('notifications/message')).logger).toBe(`${name}/counter`);
    }
  });
});

describe('a server that is not there', () => {
  test('that hangs at its start holds nobody up: the others answer at once, lists within a second, and later lists at once', async ({
    clock,
    start,
  }) => {
    const { client, host } = await start(counter('good'), counter('hangs', { env: { COUNTER_SILENT: '1' } }));
    const list = client.names('tools/list');
    await expect.poll(() => stateOf(host, 'hangs')).toBe('starting');
    // Not a tick of the host's clock passes while these are answered.
    expect((await client.json('good__count')).n).toBe(1);
    const stuck = client.call('hangs__count');
    expect((await client.json('good__count')).n).toBe(2);
    await learned(host, 'good');
    clock.advance(5_000);
    expect(serversIn(await list)).toEqual(['good']);
    expect(serversIn(await client.names('tools/list'))).toEqual(['good']);
    expect(await client.names('prompts/list')).toEqual(['good__greet']);
    clock.advance(30_000);
    const { isError, content } = await stuck;
    expect(isError).toBe(true);
    expect(content[0].text).toContain('hangs');
    expect((await client.json('good__count')).n).toBe(3);
  });

  test('that starts slowly is announced once it is up', async ({ clock, start }) => {
    const { client, host } = await start(counter('good'), counter('slow', { env: { COUNTER_DELAY: '1500' } }));
    const list = client.names('tools/list');
    await expect.poll(() => stateOf(host, 'slow')).toBe('starting');
    await client.json('good__peek');
    await learned(host, 'good');
    clock.advance(5_000);
    expect(serversIn(await list)).toEqual(['good']);
    const passing = setInterval(() => clock.advance(100), 50);
    let told = client.heardOf('notifications/tools/list_changed');
    let listed = ['good'];
    // What is learned about the other server may be announced as well, before or with it.
    while (!listed.includes('slow')) {
      await told;
      told = client.heardOf('notifications/tools/list_changed');
      listed = serversIn(await client.names('tools/list'));
    }
    clearInterval(passing);
    expect(listed).toEqual(['good', 'slow']);
  });

  test('that crashes at its start is left out, tells models why, and comes back by itself', async ({
    clock,
    folder,
    start,
  }) => {
    const obstacle = join(folder, 'obstacle');
    writeFileSync(obstacle, '');
    const { client } = await start(counter('good'), counter('crashes', { env: { COUNTER_FAIL_WHILE: obstacle } }));
    expect(serversIn(await client.names('tools/list'))).toEqual(['good']);
    const { isError, content } = await client.call('crashes__count');
    expect([isError, content[0].text]).toEqual([true, expect.stringMatching(/"crashes"/)]);
    await expect(client.request('resources/read', { uri: 'crashes+counter://n' })).rejects.toThrow(/"crashes"/);
    rmSync(obstacle);
    const back = client.heardOf('notifications/tools/list_changed');
    const passing = setInterval(() => clock.advance(1_000), 5);
    await back.finally(() => clearInterval(passing));
    expect(serversIn(await client.names('tools/list'))).toEqual(['good', 'crashes']);
    expect((await client.json('crashes__count')).n).toBe(1);
  });

  test('that dies during a call fails only that call, and is back for the next', async ({ start }) => {
    const { client } = await start(counter('good'), counter('dies'));
    expect((await client.json('dies__count')).n).toBe(1);
    const running = client.call('good__slow', { ms: 300 });
    await expect(client.call('dies__crash')).rejects.toThrow(/"dies" ended.*unknown/);
    expect(JSON.parse((await running).content[0].text).done).toBe(true);
    expect((await client.json('dies__count')).n, 'a new process').toBe(1);
  });
});

describe('servers that come and go while a client is connected', () => {
  test('are announced, listed and removed', async ({ start }) => {
    const { client, configs } = await start(counter('one'));
    expect(serversIn(await client.names('tools/list'))).toEqual(['one']);
    configs.set(counter('one'), counter('two'));
    await heardOfLists(client);
    expect(serversIn(await client.names('tools/list'))).toEqual(['one', 'two']);
    expect((await client.json('two__count')).n).toBe(1);
    configs.set({ ...counter('one'), enabled: false }, counter('two'));
    await heardOfLists(client);
    expect(serversIn(await client.names('tools/list'))).toEqual(['two']);
    await expect(client.call('one__count')).rejects.toThrow(/disabled or removed/);
    configs.set(counter('one'), counter('two'));
    await heardOfLists(client);
    expect((await client.json('one__count')).n, 'a new process').toBe(1);
    expect((await client.json('two__count')).n, 'the old one').toBe(2);
    configs.set();
    await heardOfLists(client);
    expect(serversIn(await client.names('tools/list'))).toEqual([]);
  });

  test('are announced even to a client that has been quiet since before there were any', async ({ clock, start }) => {
    const { client, configs } = await start();
    await client.names('tools/list');
    for (let second = 0; second < 60; second += 1) clock.advance(1_000);
    configs.set(counter('one'));
    await heardOfLists(client);
    expect(serversIn(await client.names('tools/list'))).toEqual(['one']);
  });

  test('are announced to a client that was away', async ({ start }) => {
    const { host, configs, client } = await start(counter('one'));
    const away = new McpHttp(host, host.newClient().key);
    await away.initialize();
    await away.call('session_info');
    expect(serversIn(await client.names('tools/list'))).toEqual(['one']);
    // What was never listed is no loss.
    for (const list of LISTS) await away.request(`${list}/list`);
    configs.set();
    const { stream } = await away.get();
    const told = [await stream?.message(), await stream?.message(), await stream?.message()];
    expect(told.map((one) => one?.message.method)).toEqual(LISTS.map((list) => `notifications/${list}/list_changed`));
    stream?.cut();
  });

  test('a changed command takes effect under the same name', async ({ start }) => {
    const { client, configs } = await start(counter('one', { env: { FLAVOUR: 'plain' } }));
    expect(await client.json('one__env', { name: 'FLAVOUR' })).toEqual({ value: 'plain' });
    configs.set(counter('one', { env: { FLAVOUR: 'hot' } }));
    const flavour = () => client.json('one__env', { name: 'FLAVOUR' }).catch(() => null);
    await expect.poll(flavour, { timeout: 10_000 }).toEqual({ value: 'hot' });
  });
});

describe('sessions', () => {
  test('have servers of their own, unless these are shared', async ({ start, connect }) => {
    const { client, host } = await start(counter('own'), counter('all', { policy: 'shared' }));
    const other = await connect(host);
    expect([(await client.json('own__count')).n, (await other.json('own__count')).n]).toEqual([1, 1]);
    expect([(await client.json('all__count')).n, (await other.json('all__count')).n]).toEqual([1, 2]);
    expect((await client.json('all__peek')).pid).toBe((await other.json('all__peek')).pid);
  });

  test('start no server by a handshake, and none but the one that is called', async ({ start }) => {
    const { client, host } = await start(counter('one'), counter('two'));
    expect(running(host)).toEqual([]);
    await client.json('one__count');
    expect(running(host)).toEqual(['one']);
  });
});

const running = (host: McpHost): string[] => ['one', 'two'].filter((name) => stateOf(host, name) === 'running');
