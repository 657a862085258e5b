import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Bundle, bundleForNode } from '#tests/support/bundle';
import type { Json } from '#tests/support/mcp-http';
import { HEADLESS, HOLDFAST } from '#tests/support/paths';
import { startRawBridge } from './raw-bridge';
import { type ConnectStdio, INFO, STDIO_CLIENTS, type StdioClient, v1 } from './stdio-clients';
import { environment, newFolder, readEndpoint, removeFolder, runHoldfast, startHeadless } from './support';

let command: Bundle;
let program: Bundle;
beforeAll(async () => {
  command = await bundleForNode(HOLDFAST);
  program = await bundleForNode(HEADLESS);
}, 60_000);
afterAll(() => {
  command.remove();
  program.remove();
});

let folder: string;
let holdfast: Awaited<ReturnType<typeof startHeadless>> | null;
const clients: StdioClient[] = [];
beforeEach(() => {
  folder = newFolder();
  holdfast = null;
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await holdfast?.stop();
  removeFolder(folder);
});

async function open(connect: ConnectStdio, ...args: string[]): Promise<StdioClient> {
  const client = await connect({ args: [command.file, 'bridge', ...args], env: environment(folder) });
  clients.push(client);
  return client;
}

const start = async (port?: number) => {
  holdfast = await startHeadless(program.file, folder, port);
  return readEndpoint(folder);
};

const sessionOf = async (client: StdioClient): Promise<string> =>
  (await client.call('session_info')).structuredContent.session_id;

const ask = async (path: string, method = 'GET'): Promise<Json> => {
  const { url, admin_key } = readEndpoint(folder);
  const response = await fetch(url + path, { method, headers: { authorization: `Bearer ${admin_key}` } });
  return response.json();
};

const keyFiles = () => readdirSync(join(folder, 'bridge-keys')).map((name) => join(folder, 'bridge-keys', name));

describe.each(STDIO_CLIENTS)('a stdio client of %s', (_, connect) => {
  test('is in one session, over a kill of Holdfast while it is idle', { timeout: 60_000 }, async () => {
    const { url } = await start();
    const client = await open(connect);
    const session = await sessionOf(client);
    await holdfast?.kill();
    await start(Number(new URL(url).port));
    expect(await sessionOf(client)).toBe(session);
    const { sessions } = await ask('/api/mcp/sessions');
    expect(sessions).toMatchObject([{ session_id: session, client_name: INFO.name, last_reconnect_cause: 'restored' }]);
  });

  test('is told at once when Holdfast is not running, and goes on when it is back', { timeout: 60_000 }, async () => {
    const { url } = await start();
    const client = await open(connect);
    const session = await sessionOf(client);
    await holdfast?.kill();
    await expect(client.call('session_info')).rejects.toThrow('Holdfast is not running. Start it with');
    const begin = performance.now();
    await expect(client.call('session_info')).rejects.toThrow('Holdfast is not running');
    expect(performance.now() - begin).toBeLessThan(1_000);
    await start(Number(new URL(url).port));
    expect(await sessionOf(client)).toBe(session);
    expect(client.stderr().trim().split('\n')).toHaveLength(2);
  });

  test('gets a new session when its own was ended in Holdfast', { timeout: 60_000 }, async () => {
    await start();
    const client = await open(connect);
    const session = await sessionOf(client);
    await ask(`/api/mcp/sessions/${session}`, 'DELETE');
    const next = await sessionOf(client);
    expect(next).not.toBe(session);
    expect(await sessionOf(client)).toBe(next);
  });

  test('is refused after a bounded time when it starts without Holdfast', async () => {
    await expect(open(connect, '--wait', '0.5')).rejects.toThrow('Holdfast is not running. Start it with');
  });

  test('may be started before Holdfast', { timeout: 60_000 }, async () => {
    const client = open(connect, '--wait', '60');
    await start();
    expect(await sessionOf(await client)).toMatch(/^s_/);
  });
});

describe('the key of the bridge', () => {
  test("is made once for each name, is the user's alone, and is never told", { timeout: 60_000 }, async () => {
    await start();
    const both = await Promise.all([open(v1), open(v1)]);
    await Promise.all(both.map(sessionOf));
    const third = await open(v1, '--name', 'Another');
    await sessionOf(third);
    const { clients: known } = await ask('/api/mcp/clients');
    expect(known.map((client: Json) => client.name).sort()).toEqual(['Another', INFO.name]);
    expect(keyFiles()).toHaveLength(2);
    expect(statSync(join(folder, 'bridge-keys')).mode & 0o777).toBe(0o700);
    for (const file of keyFiles()) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const { client_key } = JSON.parse(readFileSync(file, 'utf8'));
      expect(client_key).toMatch(/^hf_/);
      for (const client of [...both, third]) expect(client.stderr()).not.toContain(client_key);
    }
  });

  test('may be given by hand; a wrong one is named, not shown', { timeout: 60_000 }, async () => {
    await start();
    const refused = v1({
      args: [command.file, 'bridge'],
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

  test('that was removed in Holdfast stays removed, and the client is told what to do', {
    timeout: 60_000,
  }, async () => {
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
  test('leaves the session: a client that is started again comes back to it', { timeout: 60_000 }, async () => {
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

  test('ends the session when it is told to, and the bridge with code 0', { timeout: 60_000 }, async () => {
    await start();
    const bridge = startRawBridge(command.file, folder, ['--end-session']);
    await bridge.initialize();
    const { result } = await bridge.request('tools/call', { name: 'session_info', arguments: {} });
    expect(await bridge.end()).toBe(0);
    const { session_id } = result.structuredContent;
    expect(await ask(`/api/mcp/sessions/${session_id}`)).toMatchObject({ status: 'closed' });
  });

  test('comes after the answers to what was asked before', { timeout: 60_000 }, async () => {
    await start();
    const bridge = startRawBridge(command.file, folder);
    await bridge.initialize();
    bridge.send({ id: 'last', method: 'tools/list' });
    expect(await bridge.end()).toBe(0);
    expect(JSON.parse(bridge.lines().at(-1) ?? '')).toMatchObject({ id: 'last', result: { tools: expect.any(Array) } });
  });
});

describe('wrong usage', () => {
  test.each([
    [['--server', 'a b'], 'cannot be the name of a server'],
    [['--wait', 'long'], '--wait takes'],
    [['--fast'], "Unknown option '--fast'"],
    [['now'], 'one word too many'],
  ])('of %j is explained with code 2 and nothing on standard output', async (args, explanation) => {
    const { code, stdout, stderr } = await runHoldfast(command.file, folder, 'bridge', ...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(explanation);
    expect(stderr).toContain('Usage: holdfast bridge');
  });

  test('of a server that Holdfast does not have is told to the client', { timeout: 60_000 }, async () => {
    await start();
    await expect(open(v1, '--server', 'nowhere')).rejects.toThrow('There is no server named "nowhere"');
  });
});
