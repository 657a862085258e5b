import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect } from 'vitest';
import type { ServerPart } from '#src/shared/model/visibility';
import { type Json, McpHttp } from '#tests/support/clients/mcp-http';
import { REAL_CLIENTS, type RealClient, statelessClient } from '#tests/support/clients/real-clients';
import { statelessRequest } from '#tests/support/clients/stateless-request';
import { disposing } from '#tests/support/fixtures';
import { type Holder, type McpHost, mcpTest } from '#tests/support/hosts/mcp-host';
import { counter, echo, ListedConfigs } from '#tests/support/servers/configs';

/** What is hidden from a client is neither listed nor served, at every address and in both eras. */

const test = mcpTest
  .extend('hostOptions', { servers: new ListedConfigs(counter('one'), counter('two')) })
  .extend('connect', ({}, { onCleanup }) => disposing(onCleanup, connect, (client) => client.vanish()))
  .extend('hide', ({ host }) => (client_id: string | null, ...parts: ServerPart[]) => {
    return host.services.visibility.setShown({ client_id, parts, shown: false });
  });

function connect(host: McpHost, { key, client }: Holder, path = ''): Promise<RealClient> {
  const [sdk] = REAL_CLIENTS;
  if (!sdk) throw new Error('there is no client');
  const url = host.url + path;
  return client.policy === 'stateless' ? statelessClient(url, key) : sdk.connect(url, key);
}

/** Servers start while other tests run. */
const LOADED = { timeout: 10_000 };
const tool = (server: string, name: string): ServerPart => ({ server, kind: 'tool', name });
const whole = (server: string): ServerPart => ({ server, kind: null, name: null });
const refusal = async (asked: Promise<Json>) => {
  const error = await asked.then(
    () => null,
    (problem) => problem,
  );
  return { code: error?.code, message: String(error?.message) };
};

describe.for([
  ['with sessions', 'sessionful'],
  ['without sessions', 'stateless'],
] as const)('a client %s', ([, policy]) => {
  test('neither sees nor reaches what is hidden, wherever it asks', async ({ host, connect, hide }) => {
    const owner = host.newClient(policy);
    hide(
      null,
      tool('one', 'count'),
      { server: 'one', kind: 'prompt', name: 'greet' },
      { server: 'one', kind: 'resource', name: 'counter://n' },
      { server: 'one', kind: 'resource', name: 'counter://{name}' },
    );
    for (const [path, prefix, scheme] of [
      ['', 'one__', 'one+'],
      ['/one', '', ''],
    ] as const) {
      const client = await connect(host, owner, path);
      await expect.poll(() => client.names('tools/list'), LOADED).toContain(`${prefix}peek`);
      expect(await client.names('tools/list')).not.toContain(`${prefix}count`);
      expect(await client.names('prompts/list')).not.toContain(`${prefix}greet`);
      const resources = await client.names('resources/list');
      expect(resources).toContain(`${scheme}counter://other`);
      expect(resources).not.toContain(`${scheme}counter://n`);
      expect(await client.names('resources/templates/list')).not.toContain(`${scheme}counter://{name}`);
      expect(await refusal(client.call(`${prefix}count`))).toEqual({
        code: -32602,
        message: expect.stringMatching(/Unknown tool: "[^"]*count" is hidden.*holdfast tools show "one\/count"/),
      });
      expect(
        await refusal(client.request('prompts/get', { name: `${prefix}greet`, arguments: { name: 'A' } })),
      ).toEqual({ code: -32602, message: expect.stringContaining('tools show --kind prompt "one/greet"') });
      const uri = `${scheme}counter://n`;
      expect((await refusal(client.request('resources/read', { uri }))).message).toContain('is hidden');
      const ref = { type: 'ref/prompt', name: `${prefix}greet` };
      const argument = { name: 'name', value: 'A' };
      expect((await refusal(client.request('completion/complete', { ref, argument }))).message).toContain('is hidden');
      expect((await client.json(`${prefix}peek`)).n, 'the hidden call reached nobody').toBe(0);
    }
    const other = await connect(host, owner);
    expect(await other.names('tools/list')).toContain('two__count');
  });
});

test('a rule for one client leaves the others alone', async ({ host, connect, hide }) => {
  const [mine, theirs] = [host.newClient(), host.newClient()];
  hide(mine.client.client_id, tool('one', 'count'));
  const [me, them] = [await connect(host, mine, '/one'), await connect(host, theirs, '/one')];
  expect(await me.names('tools/list')).not.toContain('count');
  expect(await them.names('tools/list')).toContain('count');
  expect((await refusal(me.call('count'))).message).toContain('hidden from this client');
  expect((await refusal(me.call('count'))).message).toContain('--client "test"');
});

test('a server that is hidden as a whole is not even started for a list, and shows again what is shown of it', async ({
  host,
  connect,
  hide,
}) => {
  const owner = host.newClient();
  hide(owner.client.client_id, whole('one'));
  const client = await connect(host, owner);
  await expect.poll(() => client.names('tools/list'), LOADED).toContain('two__count');
  expect((await client.names('tools/list')).filter((name) => name.startsWith('one__'))).toEqual([]);
  expect(host.services.servers.stateOf('one')?.instances).toEqual([]);
  expect((await refusal(client.call('one__count'))).message).toContain('tools show --client "test" "one"');
  host.services.visibility.setShown({ client_id: owner.client.client_id, parts: [tool('one', 'peek')], shown: true });
  await expect.poll(() => client.names('tools/list'), LOADED).toContain('one__peek');
  expect(await client.names('tools/list')).not.toContain('one__count');
});

test('the sessions whose lists changed are told at once, of those lists, and no others', async ({ host, hide }) => {
  const [mine, theirs] = [host.newClient(), host.newClient()];
  const session = async (holder: Holder, path: string) => {
    const mcp = new McpHttp({ url: host.url + path }, holder.key);
    await mcp.initialize();
    await mcp.request('tools/list');
    const { stream } = await mcp.get();
    return { mcp, stream };
  };
  // At these addresses nothing else is announced: the servers themselves say nothing of their lists.
  const alone = await session(mine, '/one');
  const elsewhere = await session(mine, '/two');
  const others = await session(theirs, '/one');
  hide(mine.client.client_id, { server: 'one', kind: 'prompt', name: 'greet' });
  hide(null, tool('one', 'count'));
  hide(null, tool('two', 'peek'));
  const next = async ({ stream }: typeof alone) => (await stream?.message())?.message.method;
  expect(await next(alone)).toBe('notifications/prompts/list_changed');
  expect(await next(alone)).toBe('notifications/tools/list_changed');
  expect(await next(others)).toBe('notifications/tools/list_changed');
  expect(await next(elsewhere)).toBe('notifications/tools/list_changed');
  hide(null, { server: 'one', kind: 'prompt', name: 'greet' }, { server: 'two', kind: 'prompt', name: 'greet' });
  expect(await next(others), 'and no second one for tools').toBe('notifications/prompts/list_changed');
  expect(await next(elsewhere)).toBe('notifications/prompts/list_changed');
});

test('a session at the address of all servers is told, too', async ({ host, connect, hide }) => {
  const client = await connect(host, host.newClient());
  await expect.poll(() => client.names('prompts/list'), LOADED).toContain('one__greet');
  await expect.poll(() => client.names('prompts/list'), LOADED).toContain('two__greet');
  client.forget();
  hide(null, { server: 'one', kind: 'prompt', name: 'greet' });
  await client.heardOf('notifications/prompts/list_changed');
  expect(await client.names('prompts/list')).not.toContain('one__greet');
});

/** The stream of a client without sessions that listens for changes of tools. */
async function listen(host: McpHost, { key }: Holder, path = '') {
  const request = statelessRequest('subscriptions/listen', { notifications: { toolsListChanged: true } });
  const { stream } = await new McpHttp({ url: host.url + path }, key).post(...request);
  expect((await stream?.message())?.message.method).toBe('notifications/subscriptions/acknowledged');
  return stream;
}

test('a client without sessions that listens is told as well', async ({ host, connect, hide }) => {
  const owner = host.newClient('stateless');
  const client = await connect(host, owner, '/one');
  await client.names('tools/list');
  const stream = await listen(host, owner, '/one');
  hide(owner.client.client_id, tool('one', 'count'));
  expect((await stream?.message())?.message.method).toBe('notifications/tools/list_changed');
  stream?.cut();
});

test('a client without sessions hears at the address of all what changes there, and nothing is stored for it', async ({
  startHost,
  connect,
}) => {
  const servers = new ListedConfigs(counter('one'), counter('other'));
  const host = await startHost({ servers });
  const owner = host.newClient('stateless');
  const client = await connect(host, owner);
  for (const name of ['one__count', 'other__count']) {
    await expect.poll(() => client.names('tools/list'), LOADED).toContain(name);
  }
  const stream = await listen(host, owner);
  const heard = async () => (await stream?.message())?.message.method;
  servers.set(counter('one'));
  expect(await heard(), 'a server is gone').toBe('notifications/tools/list_changed');
  const { tools } = host.services.servers;
  const says = (description: string) => tools.listed('one', [{ name: 'count', description, inputSchema: {} }]);
  tools.hold(true);
  says('one');
  tools.used('one', 'count');
  says('two');
  expect(await heard(), 'a tool is held back').toBe('notifications/tools/list_changed');
  stream?.cut();
  await host.stop();

  const next = await startHost({ servers, folder: host.folder });
  next.services.visibility.setShown({ client_id: null, parts: [whole('one')], shown: false });
  servers.set(counter('one'), counter('third'));
  await next.stop();
  const database = new SqliteDatabase(join(next.folder, 'holdfast.db'), { readonly: true });
  expect(database.prepare('SELECT count(*) FROM stream_messages').pluck().get(), 'nobody could get it').toBe(0);
  database.close();
});

test('a call that runs while its tool is hidden is answered', async ({ host, connect, hide }) => {
  const client = await connect(host, host.newClient());
  const running = client.json('one__slow', { ms: 500 });
  await expect.poll(() => host.services.servers.stateOf('one')?.state, LOADED).toBe('running');
  hide(null, whole('one'));
  expect(await running).toMatchObject({ done: true });
  expect((await refusal(client.call('one__slow'))).code).toBe(-32602);
});

test('what is hidden stays hidden over a restart, and is gone with its client', async ({ startHost }) => {
  const servers = new ListedConfigs(echo('echo'));
  const before = await startHost({ servers });
  const { client } = before.newClient();
  const { visibility } = before.services;
  visibility.setShown({ client_id: client.client_id, parts: [whole('echo')], shown: false });
  visibility.setShown({ client_id: null, parts: [tool('echo', 'echo')], shown: false });
  visibility.saveSet('work', [whole('echo')], null);
  visibility.choose(client.client_id, 'work', true);
  const kept = visibility.index.state;
  await before.kill();
  const after = await startHost({ servers, folder: before.folder });
  expect(after.services.visibility.index.state).toEqual(kept);
  after.services.clients.remove(client.client_id);
  const left = {
    rules: kept.rules.filter(({ client_id }) => client_id === null),
    sets: kept.sets,
    chosen: [],
    searching: [],
  };
  expect(after.services.visibility.index.state).toEqual(left);
  await after.kill();
  const last = await startHost({ servers, folder: before.folder });
  expect(last.services.visibility.index.state).toEqual(left);
});

describe.for(['sessionful', 'stateless'] as const)('what a client of the policy "%s" uses', (policy) => {
  test('is counted by tool, at every address, and only if it was answered', async ({ host, connect }) => {
    const owner = host.newClient(policy);
    const [merged, alone] = [await connect(host, owner), await connect(host, owner, '/one')];
    await expect.poll(() => merged.names('tools/list'), LOADED).toContain('one__count');
    await merged.json('one__count');
    await alone.json('count');
    await alone.json('peek');
    await refusal(alone.call('no_such_tool'));
    await merged.request('tools/call', { name: 'health_check' });
    const { days, tools } = host.services.toolUse.of('one');
    expect(days).toBe(1);
    expect([...tools].map(([name, { calls }]) => [name, calls]).sort()).toEqual([
      ['count', 2],
      ['peek', 1],
    ]);
    expect(host.services.toolUse.of('two').days, 'listed, and not used').toBe(1);
  });
});
