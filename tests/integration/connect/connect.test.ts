import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { expect } from 'vitest';
import { isClientLink } from '#src/shared/model/client-link';
import { cliTest, environment, runHoldfast } from '../cli/support';

const KILLER = join(import.meta.dirname, 'programs', 'kill-at-step.mjs');
const BEFORE = '{\n  // mine\n  "mcpServers": {}\n}\n';

const test = cliTest
  .extend('run', ({ command, folder }) => async (...args: string[]) => {
    const outcome = await runHoldfast(command, folder, 'connect', ...args);
    expect(outcome.stdout + outcome.stderr).not.toMatch(/hfa?_[\w-]{20}/);
    return outcome;
  })
  /** Cursor's file. The data folder is the home folder, too. */
  .extend('file', ({ folder }) => {
    mkdirSync(join(folder, '.cursor'));
    const file = join(folder, '.cursor', 'mcp.json');
    writeFileSync(file, BEFORE);
    return file;
  });

/** Bundling may take longer than a test. */
test.beforeAll(({ command, program }) => void [command, program], 60_000);

const entryIn = (file: string) => JSON.parse(readFileSync(file, 'utf8').replace(/\/\/.*$/m, '')).mcpServers.holdfast;

async function toolsOver(transport: Transport): Promise<string[]> {
  const client = new Client({ name: 'cursor', version: '1' });
  await client.connect(transport);
  try {
    return (await client.listTools()).tools.map(({ name }) => name);
  } finally {
    await client.close();
  }
}

async function clientsOf({ url, admin_key }: { url: string; admin_key: string }): Promise<{ name: string }[]> {
  const answer = await fetch(`${url}/api/mcp/clients`, { headers: { authorization: `Bearer ${admin_key}` } });
  return (await answer.json()).clients;
}

test('shows the change, makes it, waits for the client, and takes it back', async ({ run, file, start }) => {
  const running = await start();
  const preview = await run('cursor', '--dry-run');
  expect(preview.code).toBe(0);
  expect(preview.stdout).toContain('+        "Authorization": "Bearer hf_(a new key)"');
  expect(readFileSync(file, 'utf8')).toBe(BEFORE);
  expect(await clientsOf(running)).toEqual([]);

  const written = await run('cursor', '--wait', '0');
  expect(written.code).toBe(0);
  expect(written.stdout).toContain('Cursor has not come yet. If Cursor runs');
  expect((await run()).stdout).toMatch(/^cursor +set up in the file, Cursor was not here yet +\//m);
  const { url, headers } = entryIn(file);
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
  expect(await toolsOver(transport as Transport)).toContain('session_info');

  const again = await run('cursor');
  expect(again.stdout).toMatch(/names Holdfast already\.\nCursor was here [\d.]+ s ago\.\n$/);
  expect((await clientsOf(running)).map(({ name }) => name)).toEqual(['Cursor']);
  expect((await run()).stdout).toMatch(/^cursor +connected, was here [\d.]+ s ago +\/.*mcp\.json$/m);

  const back = await run('cursor', '--undo');
  expect(back.code).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(BEFORE);
  expect(await clientsOf(running)).toEqual([]);
  expect((await run('cursor', '--undo')).stdout).toContain('is not connected. Nothing was changed.');
});

test('rotate writes the new key into the file of a client, or prints it where there is none', async ({
  command,
  folder,
  run,
  file,
  start,
}) => {
  const { url, admin_key } = await start();
  await run('cursor', '--wait', '0');
  const before = entryIn(file).headers.Authorization;
  const written = await runHoldfast(command, folder, 'clients', 'rotate', 'Cursor');
  expect(written.stdout).toMatch(/^Cursor: .*mcp\.json has a new key\. /);
  expect(written.stdout).toContain('The old key works until ');
  expect(written.stdout + written.stderr).not.toMatch(/hfa?_[\w-]{20}/);
  const now = entryIn(file).headers.Authorization;
  expect(now).not.toBe(before);
  const comes = (authorization: string) =>
    toolsOver(
      new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
        requestInit: { headers: { Authorization: authorization } },
      }) as Transport,
    );
  for (const one of [before, now]) expect(await comes(one)).toContain('session_info');
  expect((await runHoldfast(command, folder, 'clients', 'list')).stdout).toMatch(
    /an old key works until .*, last used /,
  );
  expect((await runHoldfast(command, folder, 'clients', 'end-old-key', 'Cursor')).stdout).toBe(
    'The old key of Cursor has ended.\n',
  );
  await expect(comes(before)).rejects.toThrow(/not known here/);

  const made = await fetch(`${url}/api/mcp/clients`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin_key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'A script' }),
  });
  const { client_id, client_key } = await made.json();
  const forbidden = await fetch(`${url}/api/mcp/clients/${client_id}/rotate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${client_key}`, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(forbidden.status).toBe(403);
  const printed = await runHoldfast(command, folder, 'clients', 'rotate', 'A script', '--json');
  const { client_key: next, file: none } = JSON.parse(printed.stdout);
  expect(none).toBeNull();
  expect(await comes(`Bearer ${next}`)).toContain('session_info');
  expect((await runHoldfast(command, folder, 'clients', 'rotate', 'Nobody')).code).not.toBe(0);
});

test('--key reference prints the variable once, and --key file needs none', async ({
  command,
  folder,
  run,
  file,
  start,
}) => {
  const { url } = await start();
  const { stdout, code } = await runHoldfast(command, folder, 'connect', 'cursor', '--key', 'reference', '--wait', '0');
  expect(code).toBe(0);
  const [, key] = /^ {2}export HOLDFAST_KEY_CURSOR=(hf_[\w-]{43})$/m.exec(stdout) ?? [];
  expect(entryIn(file).headers.Authorization).toBe(`Bearer \${env:HOLDFAST_KEY_CURSOR}`);
  const requestInit = { headers: { Authorization: `Bearer ${key}` } };
  const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit });
  expect(await toolsOver(transport as Transport)).toContain('session_info');
  expect((await run('cursor')).stdout).toMatch(/names Holdfast already\.\nCursor was here [\d.]+ s ago\.\n$/);
  expect((await run('cursor', '--key', 'file', '--wait', '0')).stdout).toContain('+');
  expect(entryIn(file).headers.Authorization).toMatch(/^Bearer hf_/);
  expect((await run('cursor', '--undo')).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(BEFORE);
  expect((await run('cursor', '--key', 'keychain')).code).toBe(2);
});

test('prints the renewed key if it cannot be written', async ({ command, folder, file, start }) => {
  const running = await start();
  await runHoldfast(command, folder, 'connect', 'cursor', '--key', 'file', '--wait', '0');
  const old = readFileSync(file, 'utf8');
  const [client] = await clientsOf(running);
  await runHoldfast(command, folder, 'clients', 'rotate', client?.name ?? '', '--print');
  // No record can be written, which comes before the file.
  const record = join(folder, 'connections', 'cursor.json');
  rmSync(record);
  mkdirSync(record);
  const failed = await runHoldfast(command, folder, 'connect', 'cursor', '--wait', '0');
  expect(failed.code).not.toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(old);
  expect(failed.stdout).toMatch(/^hf_[\w-]{43}\n$/);
  const answer = await fetch(`${running.url}/api/mcp/sessions`, {
    headers: { authorization: `Bearer ${failed.stdout.trim()}` },
  });
  expect(answer.status).toBe(200);
});

test('--link prints a link without the key, and the key once', async ({ command, folder, run, file, start }) => {
  const running = await start();
  const { stdout } = await runHoldfast(command, folder, 'connect', 'cursor', '--link');
  const [link = '', , set] = stdout.split('\n');
  expect(isClientLink(link)).toBe(true);
  expect(set).toMatch(/^ {2}export HOLDFAST_KEY_CURSOR=hf_[\w-]{43}$/);
  expect(readFileSync(file, 'utf8')).toBe(BEFORE);
  const again = await runHoldfast(command, folder, 'connect', 'cursor', '--link');
  expect(again.code).toBe(0);
  expect(await clientsOf(running), 'the key that nobody used is gone').toHaveLength(1);
  // What VS Code has in its file after a link: it asked its user for the key.
  const entry = {
    type: 'http',
    url: `${running.url}/mcp`,
    headers: { Authorization: `Bearer \${input:holdfast-key}` },
  };
  mkdirSync(join(folder, '.config', 'Code', 'User'), { recursive: true });
  const codes = join(folder, '.config', 'Code', 'User', 'mcp.json');
  writeFileSync(codes, '{}');
  await runHoldfast(command, folder, 'connect', 'vscode', '--link');
  writeFileSync(codes, JSON.stringify({ servers: { holdfast: entry } }));
  expect((await run()).stdout).toMatch(/^vscode +set up in the file, .* was not here yet/m);
  expect((await run('zed', '--link')).stderr).toContain('Zed takes no links');
});

test('says when the client has come while it waits', async ({ command, folder, file, start }) => {
  await start();
  const child = spawn(process.execPath, [command, 'connect', 'cursor', '--wait', '60'], { env: environment(folder) });
  // It may end before the client has closed its connection.
  const closed = once(child, 'close');
  let said = '';
  await new Promise<void>((written) => {
    child.stdout.on('data', (text) => {
      said += text;
      if (said.includes('now names Holdfast')) written();
    });
  });
  const { url, headers } = entryIn(file);
  await toolsOver(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }) as Transport);
  const [code] = await closed;
  expect(code).toBe(0);
  expect(said).toMatch(/Cursor was here [\d.]+ s ago\.\n$/);
});

test('stops to wait at Ctrl+C', async ({ command, folder, file, start }) => {
  await start();
  const child = spawn(process.execPath, [command, 'connect', 'cursor', '--wait', '600'], { env: environment(folder) });
  let said = '';
  child.stdout.on('data', (text) => {
    const before = said;
    said += text;
    if (!before.includes('now names') && said.includes('now names')) child.kill('SIGINT');
  });
  const [code, signal] = await once(child, 'close');
  expect({ code, signal, said }).toMatchObject({
    signal: null,
    code: 0,
    said: expect.stringContaining('has not come'),
  });
  expect(entryIn(file).url).toMatch(/\/mcp$/);
});

test('gives Claude Desktop a bridge that works', async ({ run, folder, start }) => {
  await start();
  mkdirSync(join(folder, '.config', 'Claude'), { recursive: true });
  expect((await run('claude-desktop', '--wait', '0')).code).toBe(0);
  const { command, args, env } = entryIn(join(folder, '.config', 'Claude', 'claude_desktop_config.json'));
  expect(args.slice(1)).toEqual(['bridge']);
  const bridge = new StdioClientTransport({ command, args, env: { ...environment(folder), ...env }, stderr: 'ignore' });
  expect(await toolsOver(bridge)).toContain('session_info');
});

test('a file that cannot be changed costs no key', async ({ run, file, start }) => {
  const running = await start();
  writeFileSync(file, '{ "mcpServers": ');
  const { code, stderr } = await run('cursor');
  expect(code).toBe(1);
  expect(stderr).toContain(`${file}:1: `);
  expect(await clientsOf(running)).toEqual([]);
});

test('takes the servers of a client over and out of its file, and one undo restores it', async ({
  run,
  file,
  start,
}) => {
  const { url, admin_key } = await start();
  const docs = { command: 'npx', args: ['docs-server'], env: { DOCS_KEY: 'a-very-secret-value-0001' } };
  const mine = `${JSON.stringify({ mcpServers: { docs, pipe: { tcp: '127.0.0.1:9' } } }, null, 2)}\n`;
  writeFileSync(file, mine);
  const preview = await run('cursor', '--servers', '--dry-run');
  expect(preview.stdout).toContain('Would be taken over, and out of the file: docs.');
  expect(readFileSync(file, 'utf8')).toBe(mine);

  const moved = await run('cursor', '--servers', '--wait', '0');
  expect(moved.code).toBe(0);
  expect(moved.stdout).toContain('Taken over: docs.\nNot confirmed yet: docs.');
  expect(moved.stdout).toContain('Taken out of the file: docs. "holdfast connect cursor --undo" puts everything back.');
  expect(moved.stdout).not.toContain('a-very-secret');
  expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')).mcpServers)).toEqual(['pipe', 'holdfast']);
  const answer = await fetch(`${url}/api/mcp/servers`, { headers: { authorization: `Bearer ${admin_key}` } });
  expect((await answer.json()).servers).toMatchObject([{ name: 'docs', trusted: false }]);

  const again = JSON.parse((await run('cursor', '--servers', '--wait', '0', '--json')).stdout);
  expect(again).toMatchObject({ ok: true, taken_over: [], taken_out: [], to_confirm: [] });
  expect((await run('cursor', '--undo')).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(mine);
});

test.for([
  [['zed', '--servers'], 'The servers of Zed cannot be read'],
  [['cursor', '--servers', '--undo'], '--undo puts everything back'],
  [['notepad'], '"notepad" cannot be connected'],
  [['cursor', '--wait', 'long'], '--wait takes a number of seconds'],
  [['--undo'], 'Name the client'],
] as const)('%j is wrong usage, code 2', async ([args, sentence], { run }) => {
  const { code, stderr } = await run(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
});

test('needs Holdfast to connect, code 3, but not to undo', async ({ run, file, start }) => {
  expect((await run('cursor')).code).toBe(3);
  const { stop } = await start();
  await run('cursor', '--wait', '0');
  await stop();
  const listed = (await run()).stdout;
  expect(listed, 'what a file says is no visit').toMatch(/^cursor +set up in the file +\//m);
  expect(listed).toContain('Holdfast is not running, so nobody knows which of them were here.');
  const { code, stdout } = await run('cursor', '--undo');
  expect(code).toBe(0);
  expect(stdout).toContain('Its key was not removed.');
  expect(readFileSync(file, 'utf8')).toBe(BEFORE);
});

test('a kill at any step leaves the old or the new file, and undo leads back', { timeout: 60_000 }, async ({
  command,
  folder,
  file,
  start,
  run,
}) => {
  await start();
  const outcomes = new Set<string>();
  let step = 1;
  for (; step < 60; step += 1) {
    const child = spawn(process.execPath, ['--import', KILLER, command, 'connect', 'cursor', '--wait', '0'], {
      env: { ...environment(folder), KILL_AT: String(step) },
      stdio: 'ignore',
    });
    const [code] = await once(child, 'close');
    const text = readFileSync(file, 'utf8');
    if (text === BEFORE) outcomes.add('old');
    else {
      expect(entryIn(file).headers.Authorization).toMatch(/^Bearer hf_/);
      outcomes.add('new');
    }
    const { stdout } = await run('cursor', '--undo');
    expect(stdout).toContain(text === BEFORE ? 'is not connected' : 'is no longer in');
    expect(readFileSync(file, 'utf8')).toBe(BEFORE);
    if (code === 0) break;
  }
  expect(step).toBeGreaterThan(10);
  expect(step).toBeLessThan(60);
  expect(outcomes).toEqual(new Set(['old', 'new']));
  expect(existsSync(`${file}.holdfast-backup`)).toBe(false);
});
