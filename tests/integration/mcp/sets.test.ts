import { describe, expect } from 'vitest';
import type { ServerPart } from '#src/shared/model/visibility';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { REAL_CLIENTS, type RealClient, statelessClient } from '#tests/support/clients/real-clients';
import { disposing } from '#tests/support/fixtures';
import { type Holder, type McpHost, mcpTest } from '#tests/support/hosts/mcp-host';
import { counter, ListedConfigs } from '#tests/support/servers/configs';

/** Sets of servers and tools, each at an address of its own or chosen for a client. */

/** Servers start while other tests run. */
const LOADED = { timeout: 10_000 };
const tool = (server: string, name: string): ServerPart => ({ server, kind: 'tool', name });
const whole = (server: string): ServerPart => ({ server, kind: null, name: null });
const WORK = [whole('one'), tool('two', 'peek')];
const serversIn = (names: readonly string[]) => names.filter((name) => name.includes('__'));

const test = mcpTest
  .extend('servers', () => new ListedConfigs(counter('one'), counter('two'), counter('three')))
  .extend('hostOptions', ({ servers }) => ({ servers }))
  .extend('connect', ({}, { onCleanup }) => disposing(onCleanup, connect, (client) => client.vanish()));

function connect(host: McpHost, { key, client }: Holder, path = ''): Promise<RealClient> {
  const [sdk] = REAL_CLIENTS;
  if (!sdk) throw new Error('there is no client');
  const url = host.url + path;
  return client.policy === 'stateless' ? statelessClient(url, key) : sdk.connect(url, key);
}

describe.for(['sessionful', 'stateless'] as const)('a client of the policy "%s"', (policy) => {
  test('gets a set at its address, with Holdfast’s own tools, and nothing else', async ({ host, connect }) => {
    host.services.visibility.saveSet('work', WORK, null);
    const client = await connect(host, host.newClient(policy), '/set/work');
    await expect.poll(() => client.names('tools/list'), LOADED).toContain('two__peek');
    const names = await client.names('tools/list');
    expect(names).toEqual(expect.arrayContaining(['session_info', 'one__count', 'one__peek']));
    expect(names.filter((name) => name.startsWith('two__') || name.startsWith('three__'))).toEqual(['two__peek']);
    expect((await client.json('one__count')).n).toBe(1);
    await expect(client.call('two__count')).rejects.toThrow(/not in the set "work"/);
    expect((await client.request('tools/call', { name: 'session_info' })).structuredContent).toMatchObject({
      session: { server: 'set/work' },
    });
    expect(host.services.servers.stateOf('three')?.instances).toEqual([]);
  });
});

test('a set that was chosen for a client is what it sees at /mcp, from then on', async ({ host, connect }) => {
  const { visibility } = host.services;
  const owner = host.newClient();
  visibility.saveSet('work', WORK, null);
  const client = await connect(host, owner);
  for (const name of ['one__count', 'two__count', 'three__count']) {
    await expect.poll(() => client.names('tools/list'), LOADED).toContain(name);
  }
  client.forget();
  visibility.choose(owner.client.client_id, 'work');
  await client.heardOf('notifications/tools/list_changed');
  expect(new Set(serversIn(await client.names('tools/list')).map((name) => name.split('__')[0]))).toEqual(
    new Set(['one', 'two']),
  );
  client.forget();
  visibility.saveSet('job', [whole('two')], 'work');
  await client.heardOf('notifications/tools/list_changed');
  expect(serversIn(await client.names('tools/list')), 'a renamed set stays chosen').toContain('two__count');
  client.forget();
  visibility.removeSet('job');
  await client.heardOf('notifications/tools/list_changed');
  await expect.poll(() => client.names('tools/list'), LOADED).toContain('three__count');
});

test('an unknown, a renamed and a deleted set answer 404 and say why, also to sessions that are open', async ({
  host,
}) => {
  const { visibility } = host.services;
  visibility.saveSet('work', WORK, null);
  const mcp = new McpHttp({ url: `${host.url}/set/work` }, host.newClient().key);
  expect((await mcp.initialize()).status).toBe(200);
  expect((await mcp.request('tools/list')).status).toBe(200);
  visibility.saveSet('job', WORK, 'work');
  const refused = await mcp.request('tools/list');
  expect(refused.status).toBe(404);
  expect(refused.json.error.message).toMatch(/no set named "work".*renamed or deleted/);
  visibility.saveSet('work', WORK, 'job');
  expect((await mcp.request('tools/list')).status, 'the session is still there').toBe(200);
  visibility.removeSet('work');
  expect((await mcp.request('tools/list')).status).toBe(404);
  const stranger = new McpHttp({ url: `${host.url}/set/nothing` }, host.newClient().key);
  expect((await stranger.initialize()).status).toBe(404);
});

test('a session at the address of a set outlives a kill of Holdfast, and is known by that address', async ({
  startHost,
  servers,
}) => {
  const before = await startHost({ servers });
  before.services.visibility.saveSet('work', WORK, null);
  const owner = before.newClient();
  const url = (host: McpHost) => ({ url: `${host.url}/set/work` });
  const mcp = new McpHttp(url(before), owner.key);
  await mcp.initialize();
  await mcp.call('one__count');
  const [session] = before.services.store.repository.sessions.ofClient(owner.client.client_id);
  expect(session?.session.server).toBe('set/work');
  const elsewhere = new McpHttp(before, owner.key);
  elsewhere.transportId = mcp.transportId;
  expect((await elsewhere.request('tools/list')).status, 'an id is valid only at its address').toBe(404);
  await before.kill();

  const after = await startHost({ servers, folder: before.folder });
  const again = new McpHttp(url(after), owner.key);
  again.transportId = mcp.transportId;
  expect(JSON.parse((await again.call('one__count')).content[0].text).n, 'the same process').toBe(2);
  const next = new McpHttp(url(after), owner.key);
  await next.initialize();
  await next.call('one__peek');
  const all = after.services.store.repository.sessions.ofClient(owner.client.client_id);
  expect(all.map((one) => one.session.server)).toEqual(all.map(() => 'set/work'));
});
