import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { toolNames } from '#tests/support/clients/chat';
import { type Json, McpHttp } from '#tests/support/clients/mcp-http';
import { LISTING } from '#tests/support/paths';
import { configureServers, cliTest as test } from './support';

/** Bundling may take longer than a test. */
test.beforeAll(({ command, program }) => void [command, program], 60_000);

const tool = (description: string) => ({ name: 'search', description, inputSchema: { type: 'object' } });

test('changed tools are shown, held back and accepted from the command line', { timeout: 60_000 }, async ({
  folder,
  run,
  start,
}) => {
  const file = join(folder, 'says.json');
  const say = (description: string) => writeFileSync(file, JSON.stringify({ tools: [tool(description)] }));
  say('Finds tickets.');
  const entry = { command: process.execPath, args: [LISTING], env: { LISTING_FILE: file } };
  configureServers(folder, { tickets: entry });
  const { url, admin_key } = await start(0, { HOLDFAST_TRUST_SERVERS: '1' });
  const headers = { Authorization: `Bearer ${admin_key}`, 'Content-Type': 'application/json' };
  const body = JSON.stringify({ name: 'Laptop', type: 'claude-code' });
  const made = await fetch(`${url}/api/mcp/clients`, { method: 'POST', headers, body });
  const mcp = new McpHttp({ url: `${url}/mcp/tickets` }, ((await made.json()) as Json).client_key);
  await mcp.initialize();
  const list = () => toolNames(mcp);
  expect(await list()).toEqual(['search']);
  await mcp.call('search');
  expect(await run('servers', 'changes')).toMatchObject({ code: 0, stdout: 'Nothing has changed that was used.\n' });

  say('Finds \u202eeverything.');
  expect((await run('settings', 'set', 'hold_changed_tools', 'on')).code).toBe(0);
  await list();
  expect(await list()).toEqual([]);
  expect((await run('servers')).stdout).toContain('a tool changed after it was used and is held back');
  const { code, stdout } = await run('servers', 'changes', 'tickets');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^tickets search, changed .* ago, HELD BACK$/m);
  expect(stdout).toContain('    - Finds tickets.\n    + Finds \\u202eeverything.');

  expect(await run('servers', 'accept', 'tickets', 'serch')).toMatchObject({ code: 1 });
  expect((await run('servers', 'accept', 'tickets', 'search')).stdout).toContain('The change of search is accepted.');
  expect(await list()).toEqual(['search']);
  expect(JSON.parse((await run('servers', 'changes', '--json')).stdout)).toEqual({ ok: true, servers: [] });
  expect((await run('servers', 'retry', 'tickets', 'search')).code, 'wrong usage').toBe(2);
});
