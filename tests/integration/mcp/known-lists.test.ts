import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { type McpHost, mcpTest } from '#tests/support/hosts/mcp-host';
import { counter, endServers, ListedConfigs } from '#tests/support/servers/configs';

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

async function chat(host: McpHost): Promise<McpHttp> {
  const client = new McpHttp(host, host.newClient().key);
  await client.initialize();
  return client;
}

async function serversOf(client: McpHttp): Promise<string[]> {
  const { json, stream } = await client.request('tools/list');
  const answer = json ?? (await stream?.message())?.message;
  const { tools } = answer.result;
  const names: string[] = tools.map(({ name }: { name: string }) => name);
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
  expect(await serversOf(await chat(after)), 'gone at once').toEqual([]);
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
