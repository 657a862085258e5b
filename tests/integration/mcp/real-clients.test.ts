import { describe, expect } from 'vitest';
import type { Session } from '#src/shared/contract/session';
import {
  REAL_CLIENTS,
  type RealClient,
  type RealClientKind,
  statelessClient,
} from '#tests/support/clients/real-clients';
import { disposing } from '#tests/support/fixtures';
import { mcpTest } from '#tests/support/hosts/mcp-host';
import { startCuttingProxy } from '#tests/support/proxies/cutting-proxy';
import { scriptedServer } from '#tests/support/servers/scripted-tools';

/** Longer than the client is waited for after its stream was lost. */
const GRACE = 21_000;
/** Longer than a new transport of the same program is taken for the session that dropped. */
const LONG = 3 * 60_000;

const test = mcpTest
  .extend('start', ({ startHost, clock }) => async (folder?: string) => {
    const server = scriptedServer();
    const host = await startHost({ clock, folder, front: (services) => ({ connect: server.connect(services) }) });
    return { host, server };
  })
  /** The Holdfast that is running now, and its server. */
  .extend('run', ({ start }) => start())
  .extend('owner', ({ run }) => run.host.newClient())
  .extend('proxy', async ({ run }, { onCleanup }) => {
    const proxy = await startCuttingProxy(run.host.port);
    onCleanup(() => proxy.close());
    return proxy;
  })
  .extend('connect', ({ proxy, owner }, { onCleanup }) =>
    disposing(
      onCleanup,
      (kind: Pick<RealClientKind, 'connect'>, key: string = owner.key) => kind.connect(proxy.url, key),
      (client) => client.vanish(),
    ),
  )
  /** Lets the host's time pass, with a tick every second: a gap without any would count as sleep. */
  .extend('pass', ({ clock, run }) => (ms: number): void => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      clock.advance(1_000);
      run.host.services.manager.tick();
    }
  })
  /** Sessions that were used, oldest first. */
  .extend('sessions', ({ run }) => (): Session[] => {
    const query = { include_probes: false, sort: 'created_at', order: 'asc', limit: 20, offset: 0 } as const;
    return run.host.services.store.sessions.page(query).sessions;
  })
  /** Cuts the client off, or lets it vanish, and lets the time pass after which the host takes it for gone. */
  .extend('loseContact', ({ run, pass }) => async (sessionId: string, how: () => unknown): Promise<void> => {
    const session = () => run.host.services.manager.get(sessionId, { kind: 'admin' });
    const lost = new Promise<void>((resolve) => {
      const stop = run.host.services.bus.subscribe(() => {
        if (!session().degraded) return;
        stop();
        resolve();
      });
    });
    await how();
    await lost;
    pass(GRACE);
    expect(session()).toMatchObject({ status: 'disconnected', degraded: false });
  });

const infoOf = async (client: RealClient) => (await client.call('session_info')).structuredContent;
const countOf = async (client: RealClient) => (await client.call('counter')).content[0].text;

/** Calls again, as a user would, when the call failed because the client had not noticed that its connection was gone. */
async function insist<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!/fetch failed/.test(String(error))) throw error;
    return call();
  }
}

describe.each(REAL_CLIENTS)('$title', (kind) => {
  test('connects, calls a tool, loses its socket and comes back to its session by its id', async ({
    proxy,
    connect,
    sessions,
    loseContact,
  }) => {
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

  test('gets the answer to a call during which its socket was cut', async ({ clock, run, proxy, connect }) => {
    const client = await connect(kind);
    await countOf(client);
    const answer = client.call('slow', { name: 'a' });
    await run.server.gate.arrived('a');
    const primed = proxy.sent('id: ');
    clock.advance(50);
    await primed;
    const gone = run.host.answerClosed('POST');
    proxy.cut();
    await gone;
    run.server.gate.open('a', 'the answer');
    expect((await answer).content[0].text).toBe('the answer');
    expect(run.server.gate.cancelled).toEqual([]);
  });

  test('comes back as a new program with the reconnect token', async ({ connect, pass, sessions, loseContact }) => {
    const before = await connect(kind);
    expect(await countOf(before)).toBe('1');
    const { session_id, reconnect_token } = await infoOf(before);
    await loseContact(session_id, () => before.vanish());
    pass(LONG);
    const client = await connect(kind);
    // One chat a process: any request brings it back, and the token does so once more.
    if (kind.isOneChat) {
      await client.call('health_check');
      expect(sessions()).toMatchObject([{ session_id, reconnect_count: 1 }]);
    }
    const reconnect_count = kind.isOneChat ? 2 : 1;
    const result = (await client.call('reconnect_session', { session_id, reconnect_token })).structuredContent;
    expect(result).toMatchObject({ success: true, session_id, reconnect_count });
    expect(await countOf(client), 'the old server channel').toBe('2');
    const [session, ...others] = sessions();
    expect(session).toMatchObject({ session_id, status: 'active', reconnect_count, last_reconnect_cause: 'token' });
    expect(others.filter(({ status }) => status !== 'closed')).toEqual([]);
  });

  test('initializes anew after it vanished: the same chat, or a new one of a process that may hold several', async ({
    connect,
    sessions,
    loseContact,
  }) => {
    const before = await connect(kind);
    await countOf(before);
    const { session_id } = await infoOf(before);
    await loseContact(session_id, () => before.vanish());
    const client = await connect(kind);
    expect(await countOf(client)).toBe(kind.isOneChat ? '2' : '1');
    const back = { session_id, status: 'active', reconnect_count: 1, last_reconnect_cause: 'reinitialized' };
    const left = { session_id, status: 'disconnected', reconnect_count: 0 };
    expect(sessions()).toMatchObject(kind.isOneChat ? [back] : [left, { status: 'active', reconnect_count: 0 }]);
  });

  test('goes on with its session after a restart of Holdfast', async ({ start, run, proxy, connect, sessions }) => {
    const client = await connect(kind);
    const { session_id } = await infoOf(client);
    await run.host.kill();
    Object.assign(run, await start(run.host.folder));
    proxy.target = run.host.port;
    expect(await insist(() => countOf(client)), 'a new server channel').toBe('1');
    expect(sessions()).toMatchObject([
      { session_id, status: 'active', reconnect_count: 1, last_reconnect_cause: 'restored' },
    ]);
  });
});

test('SDK v2 in the newest era: its session lasts over cut sockets, and is found again by handle and token', async ({
  run,
  proxy,
  connect,
  sessions,
}) => {
  const client = await connect({ connect: statelessClient }, run.host.newClient('stateless').key);
  const { session_id, reconnect_token } = await infoOf(client);
  expect(sessions()).toMatchObject([{ session_id, era: 'stateless', client_name: 'real-client' }]);
  proxy.cut();
  run.host.services.manager.disconnect(session_id, { kind: 'admin' });
  expect((await insist(() => infoOf(client))).session_id).toBe(session_id);
  expect(sessions()).toMatchObject([{ status: 'active', reconnect_count: 1, last_reconnect_cause: 'resumed' }]);
  const used = (await client.call('reconnect_session', { session_id, reconnect_token })).structuredContent;
  expect(used).toMatchObject({ success: false, code: 'token_mismatch' });
  const fresh = (await infoOf(client)).reconnect_token;
  const result = (await client.call('reconnect_session', { session_id, reconnect_token: fresh })).structuredContent;
  expect(result).toMatchObject({ success: true, reconnect_count: 2 });
});
