import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { EventOf, HoldfastEvent } from '#src/shared/contract/event';
import type { History } from '#src/shared/contract/history';
import { DAY, HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { bundled } from '#tests/support/bundle';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { MonitorClient } from '#tests/support/clients/monitor-client';
import { disposing, folderTest } from '#tests/support/fixtures';
import { SilentProxy } from '#tests/support/proxies/silent-proxy';
import { HttpCounter } from '#tests/support/servers/http-counter';
import { MatrixHost } from './support/host';

/*
 * A machine that sleeps and wakes, in a real process whose clocks say so as Linux does: nobody was down for it, and what
 * was open before is not trusted. The server is reached through a proxy whose connections go silent without a sign.
 */

const test = folderTest
  .extend('program', { scope: 'file' }, bundled(join(import.meta.dirname, 'programs/jumping-host.ts')))
  .extend('remote', async ({}, { onCleanup }) => {
    const remote = await HttpCounter.start();
    const proxy = await SilentProxy.start(Number(new URL(remote.target.url).port));
    onCleanup(async () => {
      proxy.close();
      await remote.close();
    });
    return { server: remote, proxy };
  })
  .extend('host', async ({ folder, program, remote }, { onCleanup }) => {
    const make = disposing(
      onCleanup,
      () => new MatrixHost(program, folder),
      (host) => host.quit(),
    );
    const servers = { mcpServers: { far: { type: 'http', url: remote.proxy.url } } };
    writeFileSync(join(folder, 'servers.json'), JSON.stringify(servers), { mode: 0o600 });
    const host = make();
    await host.start({ HOLDFAST_STREAM_GRACE: '1' });
    return host;
  })
  .extend('key', ({ host }) => host.newKey('a client'))
  .extend('client', async ({ host, key }) => {
    const mcp = new McpHttp({ url: `${host.url}/mcp` }, key);
    await mcp.initialize();
    await mcp.call('health_check');
    const [session] = await host.sessions(key);
    return { mcp, id: session?.session_id ?? '' };
  })
  .extend('monitor', async ({ host }, { onCleanup }) => {
    const monitor = await MonitorClient.live(host, { key: host.adminKey });
    onCleanup(() => monitor.close());
    return monitor;
  });

/** Waits until a monitor has been told that the machine slept; a second is what that may take, and a bit. */
const told = (monitor: MonitorClient) =>
  expect.poll(() => sleepsIn(monitor).length, { interval: 20, timeout: 1_500 }).toBe(1);

const noticesIn = (monitor: MonitorClient): HoldfastEvent[] =>
  monitor.received.flatMap((message) => (message.type === 'notice' ? [message.data.event] : []));
const sleepsIn = (monitor: MonitorClient) => noticesIn(monitor).filter((event) => event.kind === 'machine_slept');

async function lastReturn(host: MatrixHost, id: string): Promise<EventOf<'session_reconnected'> | undefined> {
  const path = `/api/mcp/sessions/${id}/events?kinds=session_reconnected`;
  return ((await host.fetch(path, host.adminKey)) as { events: EventOf<'session_reconnected'>[] }).events[0];
}

test('its servers are called on new connections within moments, and its sleep is told', async ({
  host,
  client: { mcp },
  monitor,
  remote: { server, proxy },
}) => {
  expect(await mcp.call('far__count')).toMatchObject({ content: [{ text: '{"n":1}' }] });
  await proxy.silence();
  await host.sleep(8 * HOUR);
  await told(monitor);
  await proxy.network();
  const back = performance.now();
  expect(await mcp.call('far__count')).toMatchObject({ content: [{ text: '{"n":2}' }] });
  expect(performance.now() - back).toBeLessThan(3 * SECOND);
  expect(server.initialized).toBe(1);
  const [slept] = sleepsIn(monitor);
  const { from = 0, to = 0 } = slept?.payload ?? {};
  expect(Math.abs(to - from - 8 * HOUR)).toBeLessThan(2 * SECOND);
});

test('a server that cannot be reached for longer than usual after a sleep has neither crashed nor been left alone', async ({
  host,
  client: { mcp },
  monitor,
  remote: { proxy },
}) => {
  await mcp.call('far__count');
  await proxy.silence();
  await host.sleep(8 * HOUR);
  await told(monitor);
  await delay(7 * SECOND);
  await proxy.network();
  const back = performance.now();
  expect(await mcp.call('far__count')).toMatchObject({ content: [{ text: '{"n":2}' }] });
  expect(performance.now() - back).toBeLessThan(3 * SECOND);
  expect(
    noticesIn(monitor)
      .map(({ kind }) => kind)
      .filter((kind) => /server_(stopped|unavailable)/.test(kind)),
  ).toEqual([]);
});

test('a client whose stream broke before a long sleep finds its session, and was not away for it', async ({
  host,
  key,
  monitor,
  client: { mcp, id },
}) => {
  const { stream } = await mcp.get();
  stream?.cut();
  await expect.poll(async () => (await host.sessions(key))[0]?.status, { timeout: 5 * SECOND }).toBe('disconnected');
  // Longer than a session is kept for.
  await host.sleep(30 * DAY);
  await told(monitor);
  await delay(1_500);
  expect((await host.sessions(key)).map(({ status }) => status)).toEqual(['disconnected']);
  await mcp.call('health_check');
  expect(await host.sessions(key)).toMatchObject([{ session_id: id, status: 'active', reconnect_count: 1 }]);
  expect((await lastReturn(host, id))?.payload.downtime_ms).toBeLessThan(MINUTE);
});

test('a session that was connected is as it was, neither idle nor quiet, and history counts nothing as down', async ({
  host,
  key,
  monitor,
  client: { mcp, id },
}) => {
  await mcp.get();
  await host.sleep(8 * HOUR);
  await told(monitor);
  await delay(2_500);
  expect(await host.sessions(key)).toMatchObject([{ session_id: id, status: 'active' }]);
  const history = (await host.fetch('/api/mcp/history?range=24h', host.adminKey)) as History;
  const asleep = history.buckets.reduce((sum, bucket) => sum + bucket.asleep_ms, 0);
  expect(Math.abs(asleep - 8 * HOUR)).toBeLessThan(2 * SECOND);
  for (const { availability } of history.buckets) expect(availability ?? 1).toBe(1);
});

test('a process that was stopped did not sleep, nor does a set clock look like it', async ({
  host,
  key,
  monitor,
  client,
}) => {
  await host.stopAndSkip(20 * MINUTE, () => delay(1_200));
  await host.setWall(3 * HOUR);
  await delay(1_500);
  expect(sleepsIn(monitor)).toEqual([]);
  expect(await host.sessions(key)).toMatchObject([{ session_id: client.id, status: 'active' }]);
});

test('the sleep of an earlier run is nobody’s downtime either', async ({ host, key, monitor, client: { mcp, id } }) => {
  const { stream } = await mcp.get();
  stream?.cut();
  await expect.poll(async () => (await host.sessions(key))[0]?.status, { timeout: 5 * SECOND }).toBe('disconnected');
  await host.sleep(8 * HOUR);
  await told(monitor);
  await host.quit();
  await host.start({ WALL: String(8 * HOUR) });
  await mcp.call('health_check');
  expect((await lastReturn(host, id))?.payload.downtime_ms).toBeLessThan(MINUTE);
});
