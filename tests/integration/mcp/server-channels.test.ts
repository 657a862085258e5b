import { expect } from 'vitest';
import { ownTools } from '#src/main/endpoint/mcp/own-tools/own-tools';
import type { ServerChannel } from '#src/main/mcp/server-channel';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { mcpTest } from '#tests/support/hosts/mcp-host';

const test = mcpTest
  .extend('open', () => new Set<ServerChannel>())
  .extend('made', () => ({ count: 0 }))
  .extend('hostOptions', ({ clock, open, made }) => ({
    clock,
    front: (services) => ({
      connect: async () => {
        const channel = await ownTools(services)();
        const close = channel.close.bind(channel);
        channel.close = () => {
          open.delete(channel);
          return close();
        };
        made.count += 1;
        open.add(channel);
        return channel;
      },
    }),
  }));

test.afterEach(async ({ host, open }) => {
  await host.stop();
  expect(open.size, 'server channels that were left open').toBe(0);
});

const isWell = async (mcp: McpHttp) => (await mcp.call('health_check')).structuredContent?.status === 'ok';

test('the handshake and the first session share one server channel', async ({ host, open, made }) => {
  const mcp = new McpHttp(host, host.newClient().key);
  await mcp.initialize();
  await mcp.get();
  expect(await isWell(mcp)).toBe(true);
  expect([made.count, open.size]).toEqual([1, 1]);
});

test('an unused server channel is closed after half a minute and made again, unnoticed', async ({
  clock,
  host,
  open,
  made,
}) => {
  const mcp = new McpHttp(host, host.newClient().key);
  await mcp.initialize();
  expect(await isWell(mcp)).toBe(true);
  clock.advance(25_000);
  expect(open.size).toBe(1);
  clock.advance(15_000);
  expect(open.size).toBe(0);
  expect(await isWell(mcp)).toBe(true);
  expect(made.count).toBe(2);
});

test('pings keep a client alive without a server channel', async ({ clock, host, open }) => {
  const mcp = new McpHttp(host, host.newClient().key);
  await mcp.initialize();
  clock.advance(60_000);
  expect((await mcp.request('ping')).json.result).toEqual({});
  expect(open.size).toBe(0);
});

test('two hundred sessions do not hold two hundred server channels, and all go on', async ({ host, open }) => {
  const { key } = host.newClient();
  const sessions = Array.from({ length: 200 }, () => new McpHttp(host, key));
  for (const [n, mcp] of sessions.entries()) {
    await mcp.initialize('2025-11-25', `window ${n}`);
    expect(await isWell(mcp)).toBe(true);
  }
  expect(host.services.manager.attachedCount()).toBe(200);
  expect(open.size).toBeLessThanOrEqual(64);
  for (const mcp of sessions) expect(await isWell(mcp)).toBe(true);
});

test('the end of a session closes its server channel', async ({ host, open }) => {
  const mcp = new McpHttp(host, host.newClient().key);
  await mcp.initialize();
  await mcp.request('tools/list');
  await mcp.delete();
  expect(open.size).toBe(0);
  const unused = new McpHttp(host, host.newClient().key);
  await unused.initialize();
  await unused.delete();
  expect(open.size).toBe(0);
});
