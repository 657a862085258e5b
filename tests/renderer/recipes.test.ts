import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHECKED_ON, quote, RECIPES, type Snippet } from '#src/renderer/features/connect/recipes';
import { type ClientType, clientTypeSchema } from '#src/shared/contract/client';

const URL = 'http://127.0.0.1:8181/mcp';
const KEY = 'hf_A-b_c0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_';
const CLI = {
  command: '/opt/holdfast/electron',
  args: ['/opt/holdfast/out/main/holdfast.js'],
  env: { ELECTRON_RUN_AS_NODE: '1' },
};
const TARGET = { url: URL, key: KEY, server: null, cli: CLI };
const BEARER = `Bearer ${KEY}`;
const PROGRAMS = ['claude', 'code', 'codex', 'gemini', 'curl'];

const types = clientTypeSchema.options;
const snippetsOf = (type: ClientType): [string, Snippet][] => {
  const { command, file } = RECIPES[type];
  return [...(command ? [['command', command(TARGET)] as [string, Snippet]] : []), ['file', file(TARGET)]];
};
const all = types.flatMap((type) => snippetsOf(type).map(([form, snippet]) => ({ type, form, snippet })));

describe('every form', () => {
  test('exists for every kind of client, and was checked on a day', () => {
    expect(Object.keys(RECIPES).sort()).toEqual([...types].sort());
    expect(new Date(CHECKED_ON).toISOString().slice(0, 10)).toBe(CHECKED_ON);
  });

  test.each(all)('of $type as $form holds key and address once', ({ type, snippet }) => {
    expect(snippet.text.split(KEY)).toHaveLength(2);
    if (type !== 'claude-desktop') expect(snippet.text.split(URL)).toHaveLength(2);
    expect(snippet.place).not.toBe('');
  });
});

describe('commands, given to a real shell', () => {
  let folder: string;
  const calls = () => join(folder, 'calls');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-recipes-'));
    // Stand-ins that write down what the shell made of the command: one JSON array a call.
    const script = `#!${process.execPath}\nrequire('node:fs').appendFileSync(${JSON.stringify(calls())}, JSON.stringify({ name: require('node:path').basename(process.argv[1]), args: process.argv.slice(2), key: process.env.HOLDFAST_KEY }) + '\\n');\n`;
    await Promise.all(PROGRAMS.map((name) => writeFile(join(folder, name), script, { mode: 0o755 })));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function run(type: ClientType): Promise<{ name: string; args: string[]; key?: string }> {
    const text = RECIPES[type].command?.(TARGET).text ?? '';
    await writeFile(calls(), '');
    await promisify(execFile)('sh', ['-euc', text], { env: { PATH: `${folder}${delimiter}${process.env.PATH}` } });
    const lines = (await readFile(calls(), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(1);
    return JSON.parse(lines[0] ?? '');
  }

  test('adds Holdfast to Claude Code, with the header last: it takes every word after it', async () => {
    expect(await run('claude-code')).toMatchObject({
      name: 'claude',
      args: [
        'mcp',
        'add',
        '--transport',
        'http',
        '--scope',
        'user',
        'holdfast',
        URL,
        '--header',
        `Authorization: ${BEARER}`,
      ],
    });
  });

  test('adds it to VS Code as one JSON argument', async () => {
    const { name, args } = await run('vscode');
    expect([name, args[0], args.length]).toEqual(['code', '--add-mcp', 2]);
    expect(JSON.parse(args[1] ?? '')).toEqual({
      name: 'holdfast',
      type: 'http',
      url: URL,
      headers: { Authorization: BEARER },
    });
  });

  test('adds it to Codex with the key in the environment', async () => {
    expect(await run('codex')).toEqual({
      name: 'codex',
      args: ['mcp', 'add', 'holdfast', '--url', URL, '--bearer-token-env-var', 'HOLDFAST_KEY'],
      key: KEY,
    });
  });

  test('adds it to Gemini CLI', async () => {
    expect((await run('gemini')).args).toEqual([
      ...['mcp', 'add', '--scope', 'user', '--transport', 'http', '--header', `Authorization: ${BEARER}`],
      ...['holdfast', URL],
    ]);
  });

  test('sends a first request with curl that a server of this era takes', async () => {
    const { args } = await run('other');
    expect(args.slice(0, 2)).toEqual(['-sS', URL]);
    const headers = args.filter((_, index) => args[index - 1] === '-H');
    expect(headers).toContain(`Authorization: ${BEARER}`);
    expect(headers).toContain('Content-Type: application/json');
    expect(headers).toContain('Accept: application/json, text/event-stream');
    const body = JSON.parse(args[args.indexOf('-d') + 1] ?? '');
    expect(body).toMatchObject({ jsonrpc: '2.0', method: 'initialize' });
    expect(body.params.protocolVersion).toBe('2025-11-25');
  });

  test('has no command for Cursor, which knows none', () => {
    expect(RECIPES.cursor.command).toBeNull();
  });

  test.each(['plain', 'two words', `it's`, '"$HOME" `id` \\ !', '', '{"a":"b c"}', '100%'])(
    'quotes %j as one word',
    async (word) => {
      await promisify(execFile)('sh', ['-euc', `: > ${quote(calls())}; claude ${quote(word)}`], {
        env: { PATH: `${folder}${delimiter}${process.env.PATH}` },
      });
      expect(JSON.parse(await readFile(calls(), 'utf8')).args).toEqual([word]);
    },
  );
});

describe('files', () => {
  const parsed = (type: ClientType) => JSON.parse(RECIPES[type].file(TARGET).text);
  const headers = { Authorization: BEARER };

  test.each([
    ['claude-code', { mcpServers: { holdfast: { type: 'http', url: URL, headers } } }],
    ['cursor', { mcpServers: { holdfast: { url: URL, headers } } }],
    ['vscode', { servers: { holdfast: { type: 'http', url: URL, headers } } }],
    ['gemini', { mcpServers: { holdfast: { httpUrl: URL, headers } } }],
    ['other', { mcpServers: { holdfast: { type: 'http', url: URL, headers } } }],
  ] as const)('of %s is the JSON that it reads', (type, expected) => {
    expect(parsed(type)).toEqual(expected);
  });

  test('of Claude Desktop starts the bridge by whole paths, and that finds the address by itself', () => {
    expect(parsed('claude-desktop')).toEqual({
      mcpServers: {
        holdfast: {
          command: CLI.command,
          args: [...CLI.args, 'bridge'],
          env: { ELECTRON_RUN_AS_NODE: '1', HOLDFAST_KEY: KEY },
        },
      },
    });
    const one = JSON.parse(RECIPES['claude-desktop'].file({ ...TARGET, server: 'files' }).text);
    expect(one.mcpServers['holdfast-files'].args).toEqual([...CLI.args, 'bridge', '--server', 'files']);
  });

  test.each(types)('of %s for one server is listed beside the one for all', (type) => {
    const target = { ...TARGET, url: `${URL}/files`, server: 'files' };
    const { command, file } = RECIPES[type];
    for (const snippet of [file(target), ...(command ? [command(target)] : [])]) {
      expect(snippet.text).toContain(type === 'claude-desktop' ? '"files"' : `${URL}/files`);
      if (type !== 'other' || snippet.place !== 'a terminal') expect(snippet.text).toContain('holdfast-files');
    }
  });

  test('of Codex is TOML with http_headers: it ignores headers and refuses bearer_token', () => {
    expect(RECIPES.codex.file(TARGET).text.split('\n')).toEqual([
      '[mcp_servers.holdfast]',
      `url = "${URL}"`,
      `http_headers = { Authorization = "${BEARER}" }`,
    ]);
  });
});
