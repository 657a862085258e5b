import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import type { Command } from '#src/main/cli/command';
import { type Json, McpHttp } from '#tests/support/clients/mcp-http';
import { visibleErrors } from '#tests/support/visible-errors';
import {
  cliTest,
  configureServers,
  counterEntry,
  environment,
  type Outcome,
  readEndpoint,
  runHoldfast,
  startOtherProgram,
  writeEndpoint,
} from './support';

const test = cliTest
  .extend('outputs', (): string[] => [])
  .extend('run', ({ folder, command, outputs }) => async (...args: string[]): Promise<Outcome> => {
    const outcome = await runHoldfast(command, folder, ...args);
    outputs.push(outcome.stdout, outcome.stderr);
    return outcome;
  })
  .extend(
    'startTail',
    ({ command, folder, outputs }) =>
      (...args: string[]) =>
        follow(command, folder, outputs, ...args),
  );

/** Bundling may take longer than a test. */
test.beforeAll(({ command, program }) => void [command, program], 60_000);

test.afterEach(({ outputs }) => {
  for (const text of outputs) expect(text).not.toMatch(/hfa?_[\w-]{20}/);
});

describe('help and wrong usage', () => {
  test('--help lists the commands, of which each says how it is called and what its exit codes mean', async ({
    run,
  }) => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    const listed = Array.from(stdout.matchAll(/^ {2}([a-z]+) {2,}/gm), ([, name]) => name);
    const files = import.meta.glob<Record<string, Command>>('../../../src/main/cli/**/*command.ts');
    const modules = await Promise.all(Object.values(files).map((load) => load()));
    const help = Object.fromEntries(
      modules.flatMap((module) => Object.entries(module)).map(([name, command]) => [name, command.help]),
    );
    expect(
      Object.keys(help)
        .filter((name) => help[name])
        .toSorted(),
    ).toEqual(listed.toSorted());
    for (const name of listed) {
      expect(help[name ?? '']).toMatch(new RegExp(`^Usage: holdfast ${name}`));
      expect(help[name ?? '']).toMatch(/^Exit codes: 0 /m);
    }
    expect(await run('quit', '--help')).toEqual({ code: 0, stdout: `${help.quit}\n`, stderr: '' });
  });

  test('is a program of its own', ({ command }) => {
    expect(readFileSync(command, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test.for([
    [[], 'Usage: holdfast <command>'],
    [['stats'], 'there is no command "stats"'],
    [['status', 'now'], '"now" is one word too many'],
    [['status', '--fast'], "holdfast: Unknown option '--fast'.\n"],
    [['tail', '--since', '3'], "Unknown option '--since'"],
    [['clients', 'new-process', 'Editor', 'old'], 'Name the client and say new or last'],
    [['servers', 'start'], 'There is no "servers start"'],
    [['servers', 'trust'], 'Name the server'],
    [['servers', 'list', 'counter'], '"counter" is one word too many'],
  ] as const)('%j is wrong usage, code 2', async ([args, explanation], { run }) => {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(explanation);
    expect(stderr).toContain('Usage: holdfast');
  });
});

test('the program without a window says in a sentence why it cannot start', async ({ folder, program }) => {
  const inTheWay = join(folder, 'a file');
  writeFileSync(inTheWay, '');
  const env = { ...environment(folder), HOLDFAST_PORT: '0', HOLDFAST_DATA_DIR: inTheWay };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  expect(said).toMatch(
    /^Holdfast cannot start: The data folder .*a file cannot be used: there is a file at this path\. .*\n$/,
  );
});

describe.each(['status', 'clients', 'servers', 'tail'])('%s without Holdfast', (name) => {
  test('says how to start it, code 3', async ({ run }) => {
    const { code, stderr } = await run(name);
    expect(code).toBe(3);
    expect(stderr).toContain('No Holdfast is running');
    expect(stderr).toContain('npm start');
  });

  test('notices that a killed one left its endpoint.json', async ({ folder, run }) => {
    const gone = await startOtherProgram(() => undefined);
    gone.stop();
    writeEndpoint(folder, { url: gone.url });
    const { code, stderr } = await run(name);
    expect(code).toBe(3);
    expect(stderr).toContain('Holdfast is not running');
  });

  test('gives its key to no other program on the port', async ({ folder, run }) => {
    const other = await startOtherProgram((_, res) => res.end('{"status":"ok"}'));
    writeEndpoint(folder, { url: other.url });
    const { code, stderr } = await run(name);
    other.stop();
    expect(code).toBe(3);
    expect(stderr).toContain('something else answers');
    expect(other.seen.map((req) => req.headers.authorization)).toEqual([undefined]);
  });
});

test('reports a failure to programs in JSON', async ({ run }) => {
  const { code, stdout } = await run('status', '--json');
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, code: 'unreachable', retryable: true });
});

test('clients names who is connected, and says what a new process gets', { timeout: 60_000 }, async ({
  start,
  run,
}) => {
  const { url, admin_key } = await start();
  const ask = async (body: object): Promise<string> => {
    const headers = { Authorization: `Bearer ${admin_key}`, 'Content-Type': 'application/json' };
    const answer = await fetch(`${url}/api/mcp/clients`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as { client_key: string }).client_key;
  };
  const mcp = new McpHttp({ url: `${url}/mcp` }, await ask({ name: 'Laptop', type: 'claude-code' }));
  await mcp.initialize('2025-11-25', 'claude-code');
  await mcp.call('session_info');
  await ask({ name: 'Editor', type: 'zed' });
  const here = `Claude Code in ${process.cwd()}, process ${process.pid}`;
  for (const name of ['clients', 'status']) {
    expect((await run(name)).stdout).toContain(`
  ${here}  active  s_`);
  }
  expect((await run('clients')).stdout).toContain('Editor, zed, a new process starts a new session');
  const changed = await run('clients', 'new-process', 'Editor', 'last');
  expect(changed).toMatchObject({ code: 0, stdout: expect.stringContaining('goes on with the last session') });
  const { clients, sessions } = JSON.parse((await run('clients', '--json')).stdout);
  const editor = clients.find(({ name }: { name: string }) => name === 'Editor');
  expect(editor).toMatchObject({ type: 'other', type_name: 'zed', new_process: 'last_session' });
  expect(sessions).toMatchObject([{ client_process: { pid: process.pid, folder: process.cwd() } }]);
  expect(await run('clients', 'new-process', 'Nobody', 'new')).toMatchObject({ code: 1 });
});

describe('status and servers', () => {
  test('are well without servers', { timeout: 60_000 }, async ({ folder, start, run }) => {
    await start();
    const status = await run('status');
    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(status.stdout).toMatch(/^Holdfast \d+\.\d+\.\d+ at http:\/\/127\.0\.0\.1:\d+, up for .+, process \d+$/m);
    expect(status.stdout).toContain('Sessions: 0 active, 0 idle, 0 disconnected; 0 reconnects in 24 h');
    const { url, pid } = readEndpoint(folder);
    const told = JSON.parse((await run('status', '--json')).stdout);
    expect(told).toMatchObject({ ok: true, url, pid, servers: [], sessions: { status_breakdown: { active: 0 } } });
    expect((await run('servers')).stdout).toContain('No servers are configured');
  });

  test('name a server whose command nobody confirmed; trust confirms what it shows', { timeout: 60_000 }, async ({
    folder,
    start,
    run,
  }) => {
    configureServers(folder, { counter: counterEntry({ env: { API_KEY: 'hf_'.padEnd(40, 'x') } }) });
    await start();
    const status = await run('status');
    expect(status.code).toBe(1);
    expect(status.stdout).toMatch(/counter +NOT CONFIRMED .*counter-server\.mjs/);
    expect(status.stdout).toContain('holdfast servers trust counter');
    expect(await run('servers', 'list')).toMatchObject({ code: 1 });

    const trust = await run('servers', 'trust', 'counter');
    expect(trust.code).toBe(0);
    expect(trust.stdout).toMatch(/^counter runs: .*counter-server\.mjs$/m);
    expect(trust.stdout).toContain('API_KEY');
    expect(trust.stdout).toContain('Confirmed');
    expect((await run('status')).code).toBe(0);
    const { ok, servers } = JSON.parse((await run('servers', '--json')).stdout);
    expect(ok).toBe(true);
    expect(servers).toMatchObject([{ name: 'counter', trusted: true }]);

    writeFileSync(join(folder, 'servers.json'), '{ "mcpServers": {');
    const said = async () => (await run('servers')).stdout;
    await expect
      .poll(said, { timeout: 20_000 })
      .toMatch(/^The servers file has an error\..*\n {2}servers\.json:1: .*\ncounter /);
    const after = await run('status');
    expect(after).toMatchObject({ code: 1, stdout: expect.stringContaining('The servers file has an error.') });
  });

  test('know when a server is down, and retry it', { timeout: 60_000 }, async ({ folder, start, run }) => {
    const broken = join(folder, 'broken');
    writeFileSync(broken, '');
    configureServers(folder, { counter: counterEntry({ policy: 'shared', env: { COUNTER_FAIL_WHILE: broken } }) });
    await start(0, { HOLDFAST_TRUST_SERVERS: '1' });
    const isDown = async () => (await run('status', '--json')).code === 1;
    while (!(await isDown()));
    let stdout = '';
    // It is tried again by itself, and is starting then.
    const listed = async () => {
      ({ stdout } = await run('servers'));
      return stdout;
    };
    await expect.poll(listed, { timeout: 20_000 }).toMatch(/counter +(RETRYING|PAUSED)/);
    expect(stdout).toContain('holdfast servers retry counter');
    expect(stdout).toMatch(/ended with code 3.*\n {4}\| the counter cannot start$/m);
    rmSync(broken);
    const retry = await run('servers', 'retry', 'counter', '--json');
    expect(JSON.parse(retry.stdout)).toMatchObject({ ok: true, server: { name: 'counter' } });
    expect(retry.code).toBe(0);
    const restart = await run('servers', 'restart', 'counter', '--json');
    expect(JSON.parse(restart.stdout)).toMatchObject({ ok: true, server: { name: 'counter' } });
    const stop = await run('servers', 'stop', 'counter', '--json');
    expect(JSON.parse(stop.stdout)).toMatchObject({ ok: true, server: { name: 'counter', state: 'stopped' } });
  });

  test('say which servers there are when one is not', { timeout: 60_000 }, async ({ folder, start, run }) => {
    configureServers(folder, { counter: counterEntry() });
    await start();
    for (const action of ['trust', 'retry']) {
      const { code, stderr } = await run('servers', action, 'conter');
      expect(code).toBe(1);
      expect(stderr).toContain('There is no server named "conter". There are: counter.');
    }
  });
});

describe('open', () => {
  test('prints a fresh link that signs a browser in, once', { timeout: 60_000 }, async ({ start, run }) => {
    const { url } = await start();
    const first = JSON.parse((await run('open', '--print', '--json')).stdout);
    const { code, stdout } = await run('open', '--print');
    expect([code, first.opened]).toEqual([0, false]);
    const [link = ''] = stdout.split('\n');
    expect(link).toMatch(/\/ui\/#ticket=[\w-]{20,}$/);
    expect(link).not.toBe(first.url);
    const signIn = async () => {
      const body = JSON.stringify({ ticket: link.split('#ticket=')[1] });
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`${url}/api/ui/sign-in`, { method: 'POST', headers, body })).status;
    };
    expect([await signIn(), await signIn()]).toEqual([200, 401]);
  });

  test('opens the browser without showing the link to others', { timeout: 60_000 }, async ({
    command,
    folder,
    start,
  }) => {
    await start();
    const browser = join(folder, 'xdg-open');
    writeFileSync(browser, '#!/bin/sh\nprintf %s "$1" > "$HOME/opened"\n', { mode: 0o700 });
    const env = { ...environment(folder), PATH: `${folder}:${process.env.PATH}`, DISPLAY: ':9' };
    const child = visibleErrors(
      spawn(process.execPath, [command, 'open', '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    let stdout = '';
    child.stdout.on('data', (text) => (stdout += text));
    expect((await once(child, 'close'))[0]).toBe(0);
    const { url, opened } = JSON.parse(stdout);
    expect(opened).toBe(true);
    const read = () => (existsSync(join(folder, 'opened')) ? readFileSync(join(folder, 'opened'), 'utf8') : '');
    await expect.poll(read).toMatch(/^file:.*\/open\.html$/);
    const page = fileURLToPath(read());
    expect(readFileSync(page, 'utf8')).toContain(`url=${url}`);
    expect(statSync(page).mode & 0o777).toBe(0o600);
  });

  test('needs a Holdfast that runs', async ({ run }) => {
    expect((await run('open')).code).toBe(3);
  });
});

test('quit ends a Holdfast without a window, and waits until it is gone', { timeout: 60_000 }, async ({
  folder,
  start,
  run,
}) => {
  const { pid } = await start();
  const { code, stdout } = await run('quit', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ ok: true, pid });
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  // It ended in order.
  expect(existsSync(join(folder, 'endpoint.json'))).toBe(false);
  expect((await run('quit')).code).toBe(3);
});

describe('tail', () => {
  const createClient = async (folder: string, name: string) => {
    const { url, admin_key } = readEndpoint(folder);
    const headers = { authorization: `Bearer ${admin_key}`, 'content-type': 'application/json' };
    await fetch(`${url}/api/mcp/clients`, { method: 'POST', headers, body: JSON.stringify({ name }) });
  };

  test('shows what happens, and what happened while Holdfast was away, each once', { timeout: 60_000 }, async ({
    folder,
    start,
    startTail,
  }) => {
    const { url, kill } = await start();
    const tail = startTail();
    await tail.until(() => tail.stderr().includes('following'));
    await createClient(folder, 'First');
    await tail.until(() => tail.stdout().includes('client created: First'));
    const port = Number(new URL(url).port);
    await kill();
    await tail.until(() => tail.stderr().includes('Holdfast is gone'));
    await start(port);
    await createClient(folder, 'Second');
    await tail.until(() => tail.stdout().includes('client created: Second'));
    expect(tail.stderr()).toContain('Holdfast is back; nothing was missed');
    expect(tail.stdout()).toContain('the stop before was killed');
    for (const name of ['First', 'Second']) expect(tail.stdout().split(`client created: ${name}`)).toHaveLength(2);
    expect(await tail.interrupt()).toBe(0);
  });

  /** Waits until this is among the alerts again. */
  const listed = async (folder: string, text: string) => {
    const { url, admin_key } = readEndpoint(folder);
    const headers = { authorization: `Bearer ${admin_key}` };
    await expect
      .poll(async () => (await fetch(`${url}/api/mcp/alerts`, { headers })).text(), { timeout: 10_000 })
      .toContain(text);
  };

  test('--alerts shows one line when something is broken, and one when that is over', { timeout: 60_000 }, async ({
    folder,
    start,
    startTail,
  }) => {
    configureServers(folder, { counter: counterEntry() });
    const { kill, url } = await start();
    const tail = startTail('--alerts');
    await tail.until(() => tail.stdout().includes('Server “counter” is waiting for your approval.'));
    await kill();
    await tail.until(() => tail.stderr().includes('Holdfast is gone'));
    await start(Number(new URL(url).port));
    await tail.until(() => tail.stdout().includes('Holdfast was killed and is back. 0 sessions and 0 running servers'));
    await listed(folder, '“counter”');
    configureServers(folder, {});
    await tail.until(() => tail.stdout().includes('Over: Server “counter”'));
    // Once, although Holdfast was away in between.
    expect(tail.stdout().split('Server “counter” is waiting for your approval.')).toHaveLength(3);
    expect(await tail.interrupt()).toBe(0);
  });

  test('speaks JSON to programs, one message a line', { timeout: 60_000 }, async ({ folder, start, startTail }) => {
    await start();
    const tail = startTail('--json');
    await tail.until(() => tail.stderr().includes('following') && tail.stdout().includes('"snapshot"'));
    await createClient(folder, 'A program');
    await tail.until(() => tail.stdout().includes('"client_created"'));
    const types = tail.messages().map(({ type }) => type);
    expect(types.slice(0, 2)).toEqual(['hello', 'snapshot']);
    const notice = tail.messages().find(({ type }) => type === 'notice');
    expect(notice.data.event).toMatchObject({ kind: 'client_created', payload: { name: 'A program' } });
    expect(await tail.interrupt()).toBe(0);
  });
});

function follow(command: string, folder: string, outputs: string[], ...args: string[]) {
  const child = spawn(process.execPath, [command, 'tail', ...args], { env: environment(folder) });
  let stdout = '';
  let stderr = '';
  let look = () => {};
  const said = (add: (text: string) => void) => (text: Buffer) => {
    add(String(text));
    look();
  };
  child.stdout.on(
    'data',
    said((text) => (stdout += text)),
  );
  child.stderr.on(
    'data',
    said((text) => (stderr += text)),
  );
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      look = () => {
        if (holds()) resolve();
      };
      look();
    });
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    messages: (): Json[] =>
      stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    until,
    async interrupt(): Promise<number | null> {
      child.kill('SIGINT');
      const [code] = await once(child, 'exit');
      outputs.push(stdout, stderr);
      return code;
    },
  };
}
