import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { COUNTER } from '#tests/support/paths';
import { configured, Window, windowTest, write } from './support';

const test = windowTest.extend('hostOptions', { environment: { FROM_OUTSIDE: 'outside' } });

test('a server gets its values, stored or looked up, and the window hears what it offers', async ({ host, window }) => {
  const server = { name: 'counter', command: process.execPath, args: [COUNTER] };
  await window.call('servers.save', {
    server: {
      ...server,
      env: { STORED: 'kept apart', REFERRED: '$' + '{FROM_OUTSIDE}', MIXED: 'a $' + '{env:FROM_OUTSIDE} b' },
    },
  });
  const tested = await window.call('servers.test', { name: 'counter' });
  expect(tested).toMatchObject({ ok: true, error: null });
  expect(tested.tools).toContain('count');

  const mcp = new McpHttp({ url: `${host.url}/mcp/counter` }, host.newClient().key);
  await mcp.initialize();
  const envOf = async (name: string) => JSON.parse((await mcp.call('env', { name })).content[0].text).value;
  expect(await envOf('STORED')).toBe('kept apart');
  expect(await envOf('REFERRED')).toBe('outside');
  expect(await envOf('MIXED')).toBe('a outside b');
  const [shown] = (await window.call('servers.list', {})).servers;
  expect(shown).toMatchObject({ state: 'running', sessions_using: 1, server_info: { name: expect.any(String) } });
  expect(shown?.instances).toHaveLength(1);
});

test('a command from the file is not run before it was confirmed, whoever asks', async ({ host, window }) => {
  const starts = join(host.folder, 'starts');
  const added = configured(host, { server: 'counter' });
  write(
    host,
    JSON.stringify({
      mcpServers: {
        counter: { command: process.execPath, args: [COUNTER], env: { COUNTER_STARTS: starts }, policy: 'shared' },
      },
    }),
  );
  await added;
  const mcp = new McpHttp({ url: `${host.url}/mcp` }, host.newClient().key);
  await mcp.initialize();
  await mcp.request('tools/list');
  await window.refusal('servers.test', { name: 'counter' });
  await window.refusal('servers.retry', { name: 'counter' });
  expect(existsSync(starts)).toBe(false);
  const [shown] = (await window.call('servers.list', {})).servers;
  await window.call('servers.trust', { name: 'counter', fingerprint: shown?.fingerprint ?? '' });
  expect(await window.call('servers.test', { name: 'counter' })).toMatchObject({ ok: true });
  expect(existsSync(starts)).toBe(true);
});

test('what a server listed is known while it is stopped, and it starts again at its next use', async ({
  startHost,
}) => {
  const host = await startHost();
  const window = await Window.of(host);
  await window.call('servers.save', {
    server: { name: 'counter', command: process.execPath, args: [COUNTER] },
  });
  expect(await window.call('servers.tools', { name: 'counter' })).toEqual({ tools: [], more: 0, changed_at: null });
  const mcp = new McpHttp({ url: `${host.url}/mcp` }, host.newClient().key);
  await mcp.initialize();
  expect((await mcp.call('counter__count')).isError).toBeFalsy();
  // Asking what it lists is a use, too, so it must be over.
  for (const kind of ['tools', 'resources', 'prompts']) await (await mcp.request(`${kind}/list`)).stream?.rest();

  expect(await window.call('servers.stop', { name: 'counter' })).toMatchObject({ state: 'stopped', sessions_using: 1 });
  const { tools, more, changed_at } = await window.call('servers.tools', { name: 'counter' });
  expect(tools.map(({ name }) => name)).toContain('count');
  expect([more, typeof changed_at]).toEqual([0, 'number']);

  expect((await mcp.call('counter__count')).isError).toBeFalsy();
  const [running] = (await window.call('servers.list', {})).servers;
  expect(running).toMatchObject({ state: 'running' });

  // One process of it, over REST; that it is gone already is no error.
  const one = running?.instances[0]?.instance_id ?? '';
  for (let time = 0; time < 2; time += 1) {
    const stopped = await fetch(`${host.url}/api/mcp/servers/counter/stop?instance_id=${one}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${host.adminKey}` },
    });
    expect(await stopped.json()).toMatchObject({ state: 'stopped', instances: [{ instance_id: one }] });
  }
});
