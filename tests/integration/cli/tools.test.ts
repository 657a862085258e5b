import { describe, expect } from 'vitest';
import { Api } from '#tests/support/clients/api';
import { toolNames } from '#tests/support/clients/chat';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { configureServers, counterEntry, readEndpoint, cliTest as test } from './support';

/** Bundling may take longer than a test. */
test.beforeAll(({ command, program }) => void [command, program], 60_000);

test('lists, hides and shows what a client really lists, and keeps sets', { timeout: 60_000 }, async ({
  folder,
  start,
  run,
}) => {
  configureServers(folder, { one: counterEntry() });
  await start();
  const { url, admin_key } = readEndpoint(folder);
  const admin = new Api({ url }, admin_key);
  const { fingerprint } = (await admin.get('/api/mcp/servers/one')).body;
  await admin.post('/api/mcp/servers/one/trust', { fingerprint });
  const { client_key } = (await admin.post('/api/mcp/clients', { name: 'Claude Code' })).body;
  const mcp = new McpHttp({ url: `${url}/mcp` }, client_key);
  await mcp.initialize();
  const listed = () => toolNames(mcp);
  await expect.poll(listed, { timeout: 10_000 }).toContain('one__count');

  expect((await run('tools')).stdout).toMatch(/^shown +tool +one\/count$/m);
  expect((await run('tools', 'hide', '--client', 'Claude Code', 'one/count', 'one/peek')).stdout).toBe(
    'one/count, one/peek: hidden from Claude Code.\n',
  );
  expect(await listed()).not.toContain('one__count');
  const list = await run('tools', 'list', 'one', '--client', 'Claude Code');
  expect(list.stdout).toMatch(/^hidden +tool +one\/count +hidden from this client$/m);
  expect(list.stdout).toMatch(/^\d+ of \d+ tools, prompts and resources shown\. All listed: about [\d,.]+ tokens/m);
  expect((await run('tools', 'show', '--client', 'Claude Code', 'one/count')).code).toBe(0);
  expect(await listed()).toContain('one__count');
  await run('tools', 'hide', '--kind', 'prompt', 'one/greet');
  const view = JSON.parse((await run('tools', '--json')).stdout).view;
  expect(view.servers[0].items).toContainEqual({ kind: 'prompt', name: 'greet', hidden: 'for_all' });

  expect((await run('sets', 'choose', 'Claude Code', '--search')).stdout).toBe(
    'Claude Code finds everything by search at /mcp.\n',
  );
  expect((await listed()).slice(-2), 'after its own tools, and nothing else').toEqual(['search_tools', 'call_tool']);
  expect((await run('tools', '--client', 'Claude Code')).stdout).toContain('Found by search: about ');
  expect((await run('sets', '--search')).stderr).toContain('--search goes with "sets choose CLIENT".');

  expect((await run('sets')).stdout).toContain('There is no set.');
  expect((await run('sets', 'save', 'work', 'one/slow')).stdout).toMatch(/^work +\/mcp\/set\/work +one\/slow$/m);
  expect((await run('sets', 'choose', 'Claude Code', 'work')).stdout).toBe(
    'Claude Code sees the set "work" at /mcp.\n',
  );
  expect((await listed()).filter((name) => name.startsWith('one__'))).toEqual(['one__slow']);
  expect((await run('sets', 'rename', 'work', 'job')).stdout).toMatch(/^job +\/mcp\/set\/job/m);
  expect((await listed()).filter((name) => name.startsWith('one__'))).toEqual(['one__slow']);
  await run('sets', 'delete', 'job');
  expect(await listed()).toContain('one__hang');
  const unknown = await run('tools', 'hide', '--client', 'Nobody', 'one');
  expect(unknown).toMatchObject({ code: 1, stdout: '' });
  expect(unknown.stderr).toContain('There is no client named "Nobody"');
});

describe('wrong usage needs no Holdfast to be told', () => {
  test.for([
    [['tools', 'hide'], 'Name what to hide'],
    [['tools', 'hide', '/x'], '"/x" names nothing'],
    [['tools', 'hide', 'a/b', '--kind', 'thing'], '--kind is tool, prompt, resource.'],
    [['tools', 'lose', 'a'], 'There is no "tools lose".'],
    [['sets', 'save', 'work'], 'Name the set, and what is in it'],
    [['sets', 'delete', 'a', 'b'], '"b" is one word too many.'],
    [['sets', 'burn'], 'There is no "sets burn".'],
  ] as const)('%j', async ([args, sentence], { run }) => {
    const { code, stderr } = await run(...args);
    expect([code, stderr.includes(sentence)]).toEqual([2, true]);
  });
});
