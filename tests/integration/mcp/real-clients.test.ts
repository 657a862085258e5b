import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Session } from '#src/shared/contract/session';
import { FakeClock } from '#tests/support/fake-clock';
import { type CuttingProxy, startCuttingProxy } from '#tests/support/mcp-cutting-proxy';
import { type Holder, type McpHost, removeFolder, startMcpHost } from '#tests/support/mcp-host';
import { REAL_CLIENTS, type RealClient, statelessClient } from '#tests/support/mcp-real-clients';
import { type ScriptedServer, scriptedServer } from '#tests/support/mcp-servers';

/** Longer than the client is waited for after its stream was lost. */
const GRACE = 21_000;
/** Longer than a new transport of the same program is taken for the session that dropped. */
const LONG = 3 * 60_000;

/** The host's time moves by hand, so that the grace periods cost nothing; the clients live in real time. */
let clock: FakeClock;
let server: ScriptedServer;
let host: McpHost;
let owner: Holder;
let proxy: CuttingProxy;
let clients: RealClient[];

beforeEach(async () => {
  clock = new FakeClock();
  clients = [];
  await startHost();
  owner = host.newClient();
  proxy = await startCuttingProxy(host.port);
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.vanish()));
  await proxy.close();
  await host.stop();
  removeFolder(host.folder);
});

async function startHost(folder?: string): Promise<void> {
  server = scriptedServer();
  host = await startMcpHost({ clock, folder, front: (services) => ({ connect: server.connect(services) }) });
}

async function connect(kind: (typeof REAL_CLIENTS)[number]): Promise<RealClient> {
  const client = await kind.connect(proxy.url, owner.key);
  clients.push(client);
  return client;
}

/** Lets the host's time pass, with a tick every second: a gap without any would count as sleep. */
function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed += 1_000) {
    clock.advance(1_000);
    host.services.manager.tick();
  }
}

/** Sessions that were used, oldest first. */
function sessions(): Session[] {
  const query = { include_probes: false, sort: 'created_at', order: 'asc', limit: 20, offset: 0 } as const;
  return host.services.store.sessions.page(query).sessions;
}

const infoOf = async (client: RealClient) => (await client.call('session_info')).structuredContent;
const countOf = async (client: RealClient) => (await client.call('counter')).content[0].text;

/** Calls again when the call failed because the client had not noticed that its connection was gone, as its user would. */
async function insist<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!/fetch failed/.test(String(error))) throw error;
    return call();
  }
}

/** Cuts the client off, or lets it vanish, and lets the time pass after which the host takes it for gone. */
async function loseContact(sessionId: string, how: () => unknown): Promise<void> {
  const session = () => host.services.manager.get(sessionId, { kind: 'admin' });
  const lost = new Promise<void>((resolve) => {
    const stop = host.services.bus.subscribe(() => {
      if (!session().degraded) return;
      stop();
      resolve();
    });
  });
  await how();
  await lost;
  pass(GRACE);
  expect(session()).toMatchObject({ status: 'disconnected', degraded: false });
}

describe.each(REAL_CLIENTS)('$title', (kind) => {
  test('connects, calls a tool, loses its socket and comes back to its session by its id', async () => {
    const client = await connect(kind);
    expect(await countOf(client)).toBe('1');
    const { session_id } = await infoOf(client);
    expect(sessions()).toMatchObject([{ session_id, status: 'active', reconnect_count: 0, era: 'sessionful' }]);
    expect(sessions()[0]?.client_name).toContain(kind.clientName);
    await loseContact(session_id, () => proxy.cut());
    expect(await insist(() => countOf(client)), 'the same server channel').toBe('2');
    expect(sessions()).toMatchObject([
      { session_id, status: 'active', reconnect_count: 1, last_reconnect_cause: 'resumed' },
    ]);
  });

  test('gets the answer to a call during which its socket was cut', async () => {
    const client = await connect(kind);
    await countOf(client);
    const answer = client.call('slow', { name: 'a' });
    await server.gate.arrived('a');
    const primed = proxy.sent('id: ');
    clock.advance(50);
    await primed;
    const gone = host.answerClosed('POST');
    proxy.cut();
    await gone;
    server.gate.open('a', 'the answer');
    expect((await answer).content[0].text).toBe('the answer');
    expect(server.gate.cancelled).toEqual([]);
  });

  test('comes back as a new program with the reconnect token', async () => {
    const before = await connect(kind);
    expect(await countOf(before)).toBe('1');
    const { session_id, reconnect_token } = await infoOf(before);
    await loseContact(session_id, () => before.vanish());
    pass(LONG);
    const client = await connect(kind);
    const result = (await client.call('reconnect_session', { session_id, reconnect_token })).structuredContent;
    expect(result).toMatchObject({ success: true, session_id, reconnect_count: 1 });
    expect(await countOf(client), 'the old server channel').toBe('2');
    const [session, ...others] = sessions();
    expect(session).toMatchObject({ session_id, status: 'active', reconnect_count: 1, last_reconnect_cause: 'token' });
    expect(others.filter(({ status }) => status !== 'closed')).toEqual([]);
  });

  test('comes back as a new program soon after, without any token', async () => {
    const before = await connect(kind);
    await countOf(before);
    const { session_id } = await infoOf(before);
    await loseContact(session_id, () => before.vanish());
    const client = await connect(kind);
    expect(await countOf(client)).toBe('2');
    expect(sessions()).toMatchObject([
      { session_id, status: 'active', reconnect_count: 1, last_reconnect_cause: 'reinitialized' },
    ]);
  });

  test('goes on with its session after a restart of Holdfast', async () => {
    const client = await connect(kind);
    const { session_id } = await infoOf(client);
    await host.kill();
    await startHost(host.folder);
    proxy.target = host.port;
    expect(await insist(() => countOf(client)), 'a new server channel').toBe('1');
    expect(sessions()).toMatchObject([
      { session_id, status: 'active', reconnect_count: 1, last_reconnect_cause: 'restored' },
    ]);
  });
});

test('SDK v2 in the newest era: its session lasts over cut sockets, and is found again by handle and token', async () => {
  owner = host.newClient('stateless');
  const client = await statelessClient(proxy.url, owner.key);
  clients.push(client);
  const { session_id, reconnect_token } = await infoOf(client);
  expect(sessions()).toMatchObject([{ session_id, era: 'stateless', client_name: 'real-client' }]);
  proxy.cut();
  host.services.manager.disconnect(session_id, { kind: 'admin' });
  expect((await insist(() => infoOf(client))).session_id).toBe(session_id);
  expect(sessions()).toMatchObject([{ status: 'active', reconnect_count: 1, last_reconnect_cause: 'resumed' }]);
  const used = (await client.call('reconnect_session', { session_id, reconnect_token })).structuredContent;
  expect(used).toMatchObject({ success: false, code: 'token_mismatch' });
  const fresh = (await infoOf(client)).reconnect_token;
  const result = (await client.call('reconnect_session', { session_id, reconnect_token: fresh })).structuredContent;
  expect(result).toMatchObject({ success: true, reconnect_count: 2 });
});
