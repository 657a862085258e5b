import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Json } from '#tests/support/clients/mcp-http';
import { startRawBridge } from './raw-bridge';
import { bridgeTest, INFO, STDIO_CLIENTS, type StdioClient, v1 } from './stdio-clients';
import { environment, readEndpoint, runHoldfast } from './support';

const test = bridgeTest.extend('ask', ({ folder }) => async (path: string, method = 'GET'): Promise<Json> => {
  const { url, admin_key } = readEndpoint(folder);
  const response = await fetch(url + path, { method, headers: { authorization: `Bearer ${admin_key}` } });
  return response.json();
});

const sessionOf = async (client: StdioClient): Promise<string> =>
  (await client.call('session_info')).structuredContent.session_id;

const keyFiles = (folder: string) =>
  readdirSync(join(folder, 'bridge-keys')).map((name) => join(folder, 'bridge-keys', name));

/** Bundling may take longer than a test. */
test.beforeAll(({ command, program }) => void [command, program], 60_000);

describe.each(STDIO_CLIENTS)('a stdio client of %s', (_, connect) => {
  test('stays in one session when Holdfast is killed while it is idle', { timeout: 60_000 }, async ({
    start,
    open,
    ask,
  }) => {
    const { url, kill } = await start();
    const client = await open(connect);
    const session = await sessionOf(client);
    await kill();
    await start(Number(new URL(url).port));
    expect(await sessionOf(client)).toBe(session);
    const { sessions } = await ask('/api/mcp/sessions');
    expect(sessions).toMatchObject([{ session_id: session, client_name: INFO.name, last_reconnect_cause: 'restored' }]);
  });

  test('learns at once that Holdfast is not running, and goes on when it is back', { timeout: 60_000 }, async ({
    start,
    open,
  }) => {
    const { url, kill } = await start();
    const client = await open(connect);
    const session = await sessionOf(client);
    await kill();
    await expect(client.call('session_info')).rejects.toThrow('Holdfast is not running. Start it with');
    const begin = performance.now();
    await expect(client.call('session_info')).rejects.toThrow('Holdfast is not running');
    expect(performance.now() - begin).toBeLessThan(1_000);
    await start(Number(new URL(url).port));
    expect(await sessionOf(client)).toBe(session);
    expect(client.stderr().trim().split('\n')).toHaveLength(2);
  });

  test('gets a new session when its own was ended in Holdfast', { timeout: 60_000 }, async ({ start, open, ask }) => {
    await start();
    const client = await open(connect);
    const session = await sessionOf(client);
    await ask(`/api/mcp/sessions/${session}`, 'DELETE');
    const next = await sessionOf(client);
    expect(next).not.toBe(session);
    expect(await sessionOf(client)).toBe(next);
  });

  test('is refused within a set time when it starts without Holdfast', async ({ open }) => {
    await expect(open(connect, '--wait', '0.5')).rejects.toThrow('Holdfast is not running. Start it with');
  });

  test('may be started before Holdfast', { timeout: 60_000 }, async ({ start, open }) => {
    const client = open(connect, '--wait', '60');
    await start();
    expect(await sessionOf(await client)).toMatch(/^s_/);
  });
});

describe('the key of the bridge', () => {
  test('is made once for each name, is readable by the user alone, and is never shown', { timeout: 60_000 }, async ({
    folder,
    start,
    open,
    ask,
  }) => {
    await start();
    const both = await Promise.all([open(v1), open(v1)]);
    await Promise.all(both.map(sessionOf));
    const third = await open(v1, '--name', 'Another');
    await sessionOf(third);
    const { clients: known } = await ask('/api/mcp/clients');
    expect(known.map((client: Json) => client.name).sort()).toEqual(['Another', INFO.name]);
    expect(keyFiles(folder)).toHaveLength(2);
    expect(statSync(join(folder, 'bridge-keys')).mode & 0o777).toBe(0o700);
    for (const file of keyFiles(folder)) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const { client_key } = JSON.parse(readFileSync(file, 'utf8'));
      expect(client_key).toMatch(/^hf_/);
      for (const client of [...both, third]) expect(client.stderr()).not.toContain(client_key);
    }
  });

  test('may be given by hand; a wrong one is named, not shown', { timeout: 60_000 }, async ({
    folder,
    command,
    start,
  }) => {
    await start();
    const refused = v1({
      args: [command, 'bridge'],
      env: { ...environment(folder), HOLDFAST_KEY: 'hf_nobody-has-this-one' },
    });
    const problem = await refused.then(
      () => null,
      (error) => error,
    );
    expect(problem?.message).toContain('HOLDFAST_KEY is wrong');
    expect(problem?.message).not.toContain('nobody-has-this-one');
    expect(readdirSync(folder)).not.toContain('bridge-keys');
  });

  test('that was removed in Holdfast stays removed, and the client learns what to do', {
    timeout: 60_000,
  }, async ({ start, open, ask }) => {
    await start();
    const client = await open(v1);
    await sessionOf(client);
    const { clients: known } = await ask('/api/mcp/clients');
    await ask(`/api/mcp/clients/${known[0].client_id}`, 'DELETE');
    await expect(client.call('session_info')).rejects.toThrow('delete its file in "bridge-keys"');
    expect((await ask('/api/mcp/clients')).clients).toEqual([]);
  });
});

describe('the end of the input', () => {
  test('leaves the session: a client that starts again comes back to it', { timeout: 60_000 }, async ({
    start,
    open,
    ask,
  }) => {
    await start();
    const first = await open(v1);
    const session = await sessionOf(first);
    await first.close();
    expect(await sessionOf(await open(v1))).toBe(session);
    const { sessions } = await ask('/api/mcp/sessions');
    expect(sessions).toMatchObject([
      { session_id: session, reconnect_count: 1, last_reconnect_cause: 'reinitialized' },
    ]);
  });

  test('ends the session when asked to, and the bridge with code 0', { timeout: 60_000 }, async ({
    folder,
    command,
    start,
    ask,
  }) => {
    await start();
    const bridge = startRawBridge(command, folder, ['--end-session']);
    await bridge.initialize();
    const { result } = await bridge.request('tools/call', { name: 'session_info', arguments: {} });
    expect(await bridge.end()).toBe(0);
    const { session_id } = result.structuredContent;
    expect(await ask(`/api/mcp/sessions/${session_id}`)).toMatchObject({ status: 'closed' });
  });

  test('comes after the answers to what was asked before', { timeout: 60_000 }, async ({ folder, command, start }) => {
    await start();
    const bridge = startRawBridge(command, folder);
    await bridge.initialize();
    bridge.send({ id: 'last', method: 'tools/list' });
    expect(await bridge.end()).toBe(0);
    expect(JSON.parse(bridge.lines().at(-1) ?? '')).toMatchObject({ id: 'last', result: { tools: expect.any(Array) } });
  });
});

describe('wrong usage', () => {
  test.for([
    [['--server', 'a b'], 'cannot be the name of a server'],
    [['--wait', 'long'], '--wait takes'],
    [['--fast'], "Unknown option '--fast'"],
    [['now'], 'one word too many'],
  ] as const)(
    'of %j is explained with code 2 and nothing on standard output',
    async ([args, explanation], { folder, command }) => {
      const { code, stdout, stderr } = await runHoldfast(command, folder, 'bridge', ...args);
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toContain(explanation);
      expect(stderr).toContain('Usage: holdfast bridge');
    },
  );

  test('of a server that Holdfast does not have is reported to the client', { timeout: 60_000 }, async ({
    start,
    open,
  }) => {
    await start();
    await expect(open(v1, '--server', 'nowhere')).rejects.toThrow('There is no server named "nowhere"');
  });
});
