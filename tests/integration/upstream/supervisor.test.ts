import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { hostTest, type TestHost } from '#tests/support/hosts/test-host';
import { COUNTER } from '#tests/support/paths';
import { eventually, isAlive } from './support';

const test = hostTest
  /** Starts a whole Holdfast on the folder with counters of these policies. */
  .extend('start', ({ startHost, folder }) => (policies: Record<string, string>) => {
    const mcpServers = Object.fromEntries(
      Object.entries(policies).map(([name, policy]) => [name, { command: process.execPath, args: [COUNTER], policy }]),
    );
    writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers }));
    return startHost({ folder, trustServers: true });
  });

const kinds = (host: TestHost) => host.services.store.events.readAfter(0, 1_000).map(({ kind }) => kind);

describe('a whole Holdfast', () => {
  test('hands its servers to the next one when it stops: same client, same session, same process, count and all', async ({
    start,
    startHost,
    folder,
  }) => {
    let host = await start({ one: 'per-session' });
    const holder = host.newClient();
    const client = new McpHttp({ url: `${host.url}/mcp/one` }, holder.key);
    await client.initialize();
    const { pid } = JSON.parse((await client.call('count')).content[0].text);
    const sessionId = host.services.manager.findTransport(
      client.transportId ?? '',
      holder.client.client_id,
    )?.session_id;
    await host.stop();
    expect(isAlive(pid)).toBe(true);

    host = await startHost({ folder, trustServers: true });
    const again = new McpHttp({ url: `${host.url}/mcp/one` }, holder.key);
    again.transportId = client.transportId;
    expect(JSON.parse((await again.call('count')).content[0].text)).toEqual({ n: 2, pid });
    const told = host.eventsOf(sessionId ?? '').map(({ kind }) => kind);
    expect(told).toContain('server_adopted');
    expect(told).not.toContain('server_stopped');
    expect((await host.services.servers.states(['one'])).get('one')).toMatchObject({ state: 'running', restarts: 0 });
  });

  test('starts shared servers once it listens, and no other', async ({ start }) => {
    const host = await start({ shared: 'shared', lazy: 'lazy', own: 'per-session' });
    await eventually(() => host.services.servers.stateOf('shared')?.state).toBe('running');
    expect(host.services.servers.stateOf('lazy')?.state).toBe('stopped');
    expect(host.services.servers.stateOf('own')?.state).toBe('stopped');
    expect(kinds(host).filter((kind) => kind === 'server_started')).toHaveLength(1);
  });

  test('has no keeper when it has no server', async ({ start }) => {
    const host = await start({});
    expect(host.services.servers.keeper).toBeNull();
    expect(kinds(host)).not.toContain('keeper_started');
  });
});
