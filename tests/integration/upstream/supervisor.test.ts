import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { McpHttp } from '#tests/support/mcp-http';
import { COUNTER } from '#tests/support/paths';
import { startTestHost, type TestHost } from '#tests/support/test-host';
import { eventually, isAlive, newFolder, removeFolder } from './support';

let folder: string;
let host: TestHost;
beforeEach(() => {
  folder = newFolder();
});
afterEach(async () => {
  await host.remove();
  removeFolder(folder);
});

/** Starts a whole Holdfast on the folder with counters of these policies. */
async function start(policies: Record<string, string>): Promise<void> {
  const mcpServers = Object.fromEntries(
    Object.entries(policies).map(([name, policy]) => [name, { command: process.execPath, args: [COUNTER], policy }]),
  );
  writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers }));
  host = await startTestHost({ folder, trustServers: true });
}

const kinds = () => host.services.store.events.readAfter(0, 1_000).map(({ kind }) => kind);

describe('a whole Holdfast', () => {
  test('leaves a server to the next one at its stop: same client, same session, same process, count and all', async () => {
    await start({ one: 'per-session' });
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

    host = await startTestHost({ folder, trustServers: true });
    const again = new McpHttp({ url: `${host.url}/mcp/one` }, holder.key);
    again.transportId = client.transportId;
    expect(JSON.parse((await again.call('count')).content[0].text)).toEqual({ n: 2, pid });
    const told = host.eventsOf(sessionId ?? '').map(({ kind }) => kind);
    expect(told).toContain('server_adopted');
    expect(told).not.toContain('server_stopped');
    expect((await host.services.servers.states(['one'])).get('one')).toMatchObject({ state: 'running', restarts: 0 });
  });

  test('starts shared servers once it listens, and no other', async () => {
    await start({ shared: 'shared', lazy: 'lazy', own: 'per-session' });
    await eventually(() => host.services.servers.stateOf('shared')?.state).toBe('running');
    expect(host.services.servers.stateOf('lazy')?.state).toBe('stopped');
    expect(host.services.servers.stateOf('own')?.state).toBe('stopped');
    expect(kinds().filter((kind) => kind === 'server_started')).toHaveLength(1);
  });

  test('has no keeper when it has no server', async () => {
    await start({});
    expect(host.services.servers.keeper).toBeNull();
    expect(kinds()).not.toContain('keeper_started');
  });
});
