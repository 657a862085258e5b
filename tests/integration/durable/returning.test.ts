import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Api } from '#tests/support/clients/api';
import { type Json, McpHttp } from '#tests/support/clients/mcp-http';
import { statelessClient } from '#tests/support/clients/real-clients';
import { type KeyHolder, startTestHost, type TestHost } from '#tests/support/hosts/test-host';
import { COUNTER } from '#tests/support/paths';

let host: TestHost;
let owner: KeyHolder;

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-returning-'));
  const entry = { command: process.execPath, args: [COUNTER] };
  writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers: { counter: entry } }));
  host = await startTestHost({ folder, trustServers: true });
  owner = host.newClient();
});
afterEach(() => host.remove());

/** Stops Holdfast in order and starts it again, on the same port. Its servers run on. */
async function restart(): Promise<void> {
  const { folder, port } = host;
  await host.stop();
  host = await startTestHost({ folder, port, trustServers: true });
}

const ADDRESSES = [
  { path: '/mcp', tool: 'counter__count' },
  { path: '/mcp/counter', tool: 'count' },
];

async function connect(path: string): Promise<McpHttp> {
  const mcp = new McpHttp({ url: `${host.url}${path}` }, owner.key);
  await mcp.initialize();
  return mcp;
}

const counted = (result: Json): Json => JSON.parse(result.content[0].text);
const sessions = () => host.services.store.sessions.ofClient(owner.client.client_id).map(({ session }) => session);
const processes = () => host.services.servers?.stateOf('counter')?.instances.filter(({ pid }) => pid !== null) ?? [];

describe.each(ADDRESSES)('at $path', ({ path, tool }) => {
  test('a client that initializes anew after a restart goes on in the process of its session', async () => {
    const before = await connect(path);
    const first = counted(await before.call(tool));
    expect(first.n).toBe(1);
    await restart();
    const anew = await connect(path);
    expect(counted(await anew.call(tool))).toEqual({ n: 2, pid: first.pid });
    expect(sessions()).toMatchObject([{ reconnect_count: 1, last_reconnect_cause: 'reinitialized' }]);
    expect((await before.request('ping')).status, 'its old id').toBe(404);
    await expect.poll(() => processes().map(({ pid }) => pid)).toEqual([first.pid]);
  });

  test('a call that runs while Holdfast is stopped and started again is answered', async () => {
    const mcp = await connect(path);
    const { pid } = counted(await mcp.call(tool));
    const gate = join(host.folder, 'gate');
    const answer = mcp.request('tools/call', { name: tool, arguments: { gate } });
    await expect.poll(() => existsSync(`${gate}.here`)).toBe(true);
    await restart();
    const { stream } = await answer;
    await stream?.next();
    const last = (await stream?.next())?.id ?? '';
    expect(await stream?.rest(), 'what the stop said of it').toEqual([{ retry: '10000' }]);
    const resumed = await mcp.get(last);
    writeFileSync(`${gate}.go`, '');
    expect(counted((await resumed.stream?.message())?.message.result)).toEqual({ n: 2, pid });
  });

  test('a client that initializes several times at once comes back once, and all of them serve its session', async () => {
    const before = await connect(path);
    const first = counted(await before.call(tool));
    await restart();
    const several = await Promise.all([connect(path), connect(path), connect(path)]);
    const values = await Promise.all(several.map(async (mcp) => counted(await mcp.call(tool))));
    expect(values.map(({ n }) => n).sort()).toEqual([2, 3, 4]);
    expect(new Set(values.map(({ pid }) => pid))).toEqual(new Set([first.pid]));
    expect(sessions()).toMatchObject([{ reconnect_count: 1, last_reconnect_cause: 'reinitialized' }]);
    expect((await before.request('ping')).status, 'its old id').toBe(404);
    await expect.poll(() => processes().map(({ pid }) => pid)).toEqual([first.pid]);
  });

  test('a client that uses its old id after a restart goes on in the process of its session', async () => {
    const mcp = await connect(path);
    const first = counted(await mcp.call(tool));
    for (let time = 2; time <= 3; time += 1) {
      await restart();
      const back = new McpHttp({ url: `${host.url}${path}` }, owner.key);
      back.transportId = mcp.transportId;
      expect(counted(await back.call(tool))).toEqual({ n: time, pid: first.pid });
    }
    expect(sessions()).toMatchObject([{ reconnect_count: 2, last_reconnect_cause: 'restored' }]);
  });
});

test('a client that only shook hands before a restart begins its session with the process that answered it', async () => {
  const mcp = await connect('/mcp/counter');
  const [begun] = processes();
  const reserved = host.services.store.transports.get(mcp.transportId ?? '')?.reserved_session_id ?? '';
  await restart();
  expect(processes()).toMatchObject([{ pid: begun?.pid, session_id: null }]);
  const back = new McpHttp({ url: `${host.url}/mcp/counter` }, owner.key);
  back.transportId = mcp.transportId;
  expect(counted(await back.call('count'))).toEqual({ n: 1, pid: begun?.pid });
  expect(sessions()).toMatchObject([{ session_id: reserved, reconnect_count: 0 }]);
  expect(processes()).toMatchObject([{ pid: begun?.pid, session_id: reserved }]);
});

test('the id that is reserved for a session is nobody’s until there is one', async () => {
  const mcp = await connect('/mcp/counter');
  const { store, manager } = host.services;
  const reserved = store.transports.get(mcp.transportId ?? '')?.reserved_session_id ?? '';
  expect(manager.sessionExists(reserved)).toBe(false);
  const api = new Api(host, host.adminKey);
  expect((await api.get(`/api/mcp/sessions/${reserved}`)).status).toBe(404);
  expect((await api.get('/api/mcp/sessions?include_probes=true')).body.sessions).toEqual([]);
  for (const path of ['/api/servers', '/api/mcp/sessions/health', '/api/status']) {
    expect(JSON.stringify((await api.get(path)).body), path).not.toContain(reserved);
  }
  expect(JSON.stringify(store.events.readAfter(0, 100))).not.toContain(reserved);
  expect(store.streams.waiting(reserved)).toBeNull();
  await mcp.call('count');
  expect((await api.get(`/api/mcp/sessions/${reserved}`)).body).toMatchObject({
    session_id: reserved,
    status: 'active',
  });
});

test('a client without sessions of its own finds its session again by its key after a restart', async () => {
  owner = host.newClient('stateless', 'stateless');
  const client = await statelessClient(`${host.url}/mcp`, owner.key);
  const { session_id } = (await client.call('session_info')).structuredContent;
  await restart();
  const found = await Promise.all([client.call('session_info'), client.call('session_info')]);
  expect(found.map(({ structuredContent }) => structuredContent.session_id)).toEqual([session_id, session_id]);
  expect(sessions()).toMatchObject([{ session_id, reconnect_count: 1, last_reconnect_cause: 'restored' }]);
  await client.vanish();
});
