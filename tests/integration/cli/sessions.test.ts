import { describe, expect } from 'vitest';
import { Api } from '#tests/support/clients/api';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { configureServers, counterEntry, readEndpoint, cliTest as test } from './support';

/** Bundling may take longer than a test. */
test.beforeAll(({ command, program }) => void [command, program], 60_000);

test('lists sessions, names one and pins it', { timeout: 90_000 }, async ({ folder, start, run }) => {
  configureServers(folder, { one: counterEntry() });
  await start();
  const { url, admin_key } = readEndpoint(folder);
  const admin = new Api({ url }, admin_key);
  expect((await run('sessions')).stdout).toBe('There is no session that has not ended.\n');
  const { client_key } = (await admin.post('/api/mcp/clients', { name: 'Mine' })).body;
  const mcp = new McpHttp({ url: `${url}/mcp` }, client_key);
  await mcp.initialize();
  await mcp.request('tools/list');
  const [{ session_id }] = (await admin.get('/api/mcp/sessions')).body.sessions;

  expect((await run('sessions', 'name', session_id, 'Nightly')).stdout).toContain('"Nightly"');
  expect((await run('sessions', 'pin', 'Nightly')).stdout).toMatch(/pinned$/m);
  expect((await run('sessions', 'list')).stdout).toMatch(/active +s_\S{6} +"Nightly" +pinned$/m);
  expect(JSON.parse((await run('sessions', '--json')).stdout)).toMatchObject({
    ok: true,
    sessions: [{ session_id, pinned: true }],
    names: { [session_id]: 'Nightly' },
  });
  expect((await run('sessions', 'unpin', session_id.slice(0, 8))).stdout).not.toContain('pinned');
  expect((await run('sessions', 'name', 'Nightly')).stdout).not.toContain('Nightly');
  const unknown = await run('sessions', 'pin', 'Nightly');
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('No session is named "Nightly"')]);
});

test('shares a session, and hands it over, by an invitation', { timeout: 90_000 }, async ({ folder, start, run }) => {
  configureServers(folder, {});
  await start();
  const { url, admin_key } = readEndpoint(folder);
  const admin = new Api({ url }, admin_key);
  const connect = async (name: string) => {
    const { client_key } = (await admin.post('/api/mcp/clients', { name })).body;
    const mcp = new McpHttp({ url: `${url}/mcp` }, client_key);
    await mcp.initialize();
    return mcp;
  };
  const old = await connect('Claude');
  await old.request('tools/list');
  const [{ session_id }] = (await admin.get('/api/mcp/sessions')).body.sessions;
  const taker = await connect('Cursor');
  const refused = await run('sessions', 'handoff', session_id, '--to', 'Cursor');
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('may not take sessions over')]);
  expect((await run('clients', 'take-over', 'Cursor', 'on')).stdout).toContain('may take sessions over');
  const shared = await run('sessions', 'share', session_id, '--to', 'Cursor', '--invite');
  expect(shared.stdout).toMatch(/no chat comes along.*\n\nShare the servers of a session: /);
  const token = /reconnect_token "([^"]+)"/.exec(shared.stdout)?.[1];
  const joined = await taker.call('reconnect_session', { session_id, reconnect_token: token });
  expect(joined.structuredContent).toMatchObject({ success: true, message: expect.stringMatching(/^Servers shared/) });
  expect((await run('sessions')).stdout.match(/shares its servers with test-client$/gm)).toHaveLength(2);
  expect((await run('sessions', 'share', session_id, '--asks', 'guest')).stdout).toContain('to the guest now');
  expect(JSON.parse((await run('sessions', 'share', session_id, '--stop', '--json')).stdout)).toMatchObject({
    session: { session_id, sharing: null },
  });
  const plain = await run('sessions', 'handoff', session_id, '--to', 'Cursor');
  expect(plain.stdout).toMatch(/^Connect Cursor within five minutes.*\n.*its chat does not/);
  expect((await run('sessions')).stdout).toMatch(/offered to Cursor$/m);
  expect((await run('sessions', 'handoff', session_id, '--cancel')).stdout).toContain('offered to nobody');

  const { stdout } = await run('sessions', 'handoff', session_id, '--to', 'Cursor', '--invite');
  const reconnect_token = /reconnect_token "([^"]+)"/.exec(stdout)?.[1];
  const answer = await taker.call('reconnect_session', { session_id, reconnect_token });
  expect(answer.structuredContent).toMatchObject({ success: true, session_id, reconnect_count: 1 });
  const { sessions } = (await admin.get('/api/mcp/sessions?status=active')).body;
  expect(sessions).toMatchObject([{ session_id, last_reconnect_cause: 'taken_over', offer: null }]);
});

describe('wrong usage needs no Holdfast to be told', () => {
  test.for([
    [['sessions', 'pin'], 'Name the session'],
    [['sessions', 'pin', 'a', 'b'], '"b" is one word too many.'],
    [['sessions', 'handoff', 'a'], 'Say --to CLIENT, or --cancel.'],
    [['sessions', 'share', 'a', '--stop', '--to', 'b'], 'Say --to CLIENT, --asks host or guest, --stop, or --cancel.'],
    [['sessions', 'share', 'a', '--asks', 'both'], 'Say --asks host or --asks guest.'],
    [['clients', 'take-over', 'a', 'maybe'], 'Name the client and say on or off.'],
    [['sessions', 'lose', 'a'], 'There is no "sessions lose".'],
  ] as const)('%j', async ([args, sentence], { run }) => {
    const { code, stderr } = await run(...args);
    expect([code, stderr.includes(sentence)]).toEqual([2, true]);
  });
});
