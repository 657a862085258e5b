import { describe, expect } from 'vitest';
import { Api } from '#tests/support/clients/api';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { cliTest, configureServers, counterEntry, type Outcome, readEndpoint, runHoldfast } from './support';

const test = cliTest.extend(
  'run',
  ({ folder, command }) =>
    (...args: string[]): Promise<Outcome> =>
      runHoldfast(command, folder, ...args),
);

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

describe('wrong usage needs no Holdfast to be told', () => {
  test.for([
    [['sessions', 'pin'], 'Name the session'],
    [['sessions', 'pin', 'a', 'b'], '"b" is one word too many.'],
    [['sessions', 'lose', 'a'], 'There is no "sessions lose".'],
  ] as const)('%j', async ([args, sentence], { run }) => {
    const { code, stderr } = await run(...args);
    expect([code, stderr.includes(sentence)]).toEqual([2, true]);
  });
});
