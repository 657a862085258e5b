import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect } from 'vitest';
import { errorWords } from '#src/renderer/format/error-words';
import { EN } from '#src/shared/messages/en';
import { type Catalogue, setLanguage } from '#src/shared/messages/language';
import { piecesOf } from '#src/shared/messages/said';
import { whatWasSaid } from '#src/shared/messages/what-was-said';
import { PSEUDO } from '#tests/renderer/harness/pseudo';
import { Home } from './home-folders';
import { windowTest, write } from './support';

const test = windowTest
  .extend('home', ({}, { onCleanup }) => {
    const home = new Home(process.platform);
    onCleanup(() => home.remove());
    return home;
  })
  .extend('web', async ({}, { onCleanup }) => {
    const web = createServer(({ url = '' }, answer) => {
      const status = Number(url.slice(1));
      answer.writeHead(Number.isNaN(status) ? 200 : status, { 'content-type': 'application/json' });
      answer.end('this is no JSON');
    });
    await new Promise<void>((resolve) => void web.listen(0, '127.0.0.1', resolve));
    onCleanup(() => stop(web));
    return (path: string) => `http://127.0.0.1:${(web.address() as AddressInfo).port}/${path}`;
  })
  .extend('hostOptions', ({ home }) => ({ home: home.folder, trustServers: true }));

/** A file is read anew soon after it was written. */
const SOON = { timeout: 20_000 };

const stop = (web: HttpServer): Promise<void> =>
  new Promise((resolve) => {
    web.close(() => resolve());
    web.closeAllConnections();
  });

/** What people read of an answer, by the names of its fields. */
const SAID = new Set(['problem', 'problems', 'remark', 'detail', 'remedy', 'how', 'note', 'protection']);

function sentencesIn(value: unknown, name = ''): string[] {
  if (typeof value === 'string') return SAID.has(name) && value !== '' ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => sentencesIn(part, Array.isArray(value) ? name : key));
}

const SENTENCES = Object.entries(EN).filter(([id]) => /^(said|errors)\./.test(id));
/** What does not depend on values, in parts that are too long to be anybody else's. */
const OWN_PARTS = SENTENCES.flatMap(([, text]) =>
  piecesOf(text).flatMap((piece) => (typeof piece === 'string' && /\w+(\W+\w+){3}/.test(piece) ? [piece] : [])),
);
/** A language without letters, in marks: what has any is a value, or was not found again. */
const MARKED: Catalogue = {
  ...PSEUDO,
  ...Object.fromEntries(
    SENTENCES.map(([id, text]) => [
      id,
      `⟦${text.replaceAll(/\{\w+\}|\p{L}/gu, (part) => (part.startsWith('{') ? part : '·'))}⟧`,
    ]),
  ),
};

/**
 * Words of a sentence that are in no catalogue: what is left of it outside of the marks, without places in files, and sentences
 * that were taken for a value.
 */
function unsaid(sentence: string, words: (sentence: string) => string | null = whatWasSaid): string {
  const told = words(sentence) ?? sentence;
  let depth = 0;
  let left = '';
  for (const char of told) {
    if (char === '⟦') depth += 1;
    else if (char === '⟧') depth -= 1;
    else if (depth === 0) left += char;
  }
  const swallowed = OWN_PARTS.some((part) => told.includes(part));
  return swallowed || /\p{L}+ \p{L}+/u.test(left) ? `${sentence} → ${told}` : '';
}

const expectSaid = (sentences: readonly string[], words?: (sentence: string) => string | null) => {
  expect(sentences.length).toBeGreaterThan(0);
  setLanguage('en', MARKED);
  expect(sentences.map((sentence) => unsaid(sentence, words)).filter(Boolean)).toEqual([]);
};

afterEach(() => setLanguage('en', EN));

describe('what the window is told is in its catalogue', () => {
  test('of servers that fail, each in its way', { timeout: 60_000 }, async ({ host, window, web }) => {
    const node = (code: string) => ({ command: process.execPath, args: ['-e', code], policy: 'shared' });
    const at = (path: string) => ({ url: web(path), policy: 'shared' });
    const failing = {
      missing: { command: 'no-such-command', policy: 'shared' },
      folder: { command: process.execPath, cwd: '/no/such/folder', policy: 'shared' },
      ending: node('process.exit(3)'),
      chatty: node('console.log("no message"); process.exit(0)'),
      nobody: { url: 'http://127.0.0.1:9/mcp', policy: 'shared' },
      unknown: { url: 'http://no-such-host.invalid/mcp', policy: 'shared' },
      key: at('401'),
      forbidden: at('403'),
      elsewhere: at('404'),
      broken: at('500'),
      nonsense: at('nonsense'),
      sse: { ...at('404'), type: 'sse' },
    };
    const wrong = {
      both: { command: 'x', url: 'http://x' },
      neither: {},
      list: { command: ['x'] },
      line: { command: 'npx -y x' },
      type: { type: 'pipe', command: 'x' },
      cwd: { command: 'x', cwd: 'relative' },
      variable: { command: 'x', args: ['$' + '{NO_SUCH_VARIABLE}'] },
      login: { url: 'https://x.example', oauth: { clientID: 'x' } },
      own: { url: `${host.url}/mcp` },
      'a.b': { command: 'x' },
    };
    write(host, JSON.stringify({ mcpServers: { ...failing, ...wrong } }));
    const list = async () => (await window.call('servers.list', {})).servers;
    const errors = async () =>
      (await list()).flatMap(({ name, last_error }) => (name in failing && last_error !== null ? [last_error] : []));
    await expect.poll(async () => (await errors()).length, { timeout: 50_000 }).toBe(Object.keys(failing).length);
    const servers = await list();
    const told = await errors();
    const remarks = servers.flatMap(({ list_remarks }) =>
      list_remarks.shown.flatMap(({ problem, done }) => [problem, done]),
    );
    const problems = sentencesIn(await window.call('servers.list', {}));
    expect(problems.length).toBeGreaterThanOrEqual(Object.keys(wrong).length);
    expectSaid(told, errorWords);
    expectSaid([...problems, ...remarks]);
  });

  test('of a file that is no JSON', async ({ host, window }) => {
    for (const text of [
      '{',
      '{"mcpServers": []}',
      '{"servers": {"a": {"command": "x"}}}',
      '[]',
      '{"mcpServers": {"a": {"x" 1}}}',
    ]) {
      write(host, text);
      await expect.poll(async () => (await window.call('servers.list', {})).problems.length, SOON).toBeGreaterThan(0);
      expectSaid((await window.call('servers.list', {})).problems);
      setLanguage('en', EN);
      write(host, '{}');
      await expect.poll(async () => (await window.call('servers.list', {})).problems.length, SOON).toBe(0);
    }
  });

  test('of servers and settings of other programs', async ({ window, home, host }) => {
    home.write('.claude.json', {
      mcpServers: {
        files: { command: 'npx', timeout: 5, alwaysAllow: ['x'], odd: 1, envFile: '/no/such/file' },
        'a b': { command: 'x', env: { A: {} }, args: 'x' },
        web: { url: 'https://x.example', oauth: { clientId: 'x', callbackPort: 3, tokenUrl: 'y' } },
        strange: { tcp: 'localhost:1' },
        project: { command: 'x', cwd: '$' + '{workspaceFolder}' },
        empty: {},
        holdfast: { url: `${host.url}/mcp` },
      },
      projects: { '/p': { mcpServers: { more: { command: 'x' } }, disabledMcpServers: ['files', 'more'] } },
    });
    home.write('.cursor/mcp.json', '{ "mcpServers": ');
    home.write('.codex/config.toml', '[mcp_servers.a]\ncommand = \n');
    home.write('.gemini/settings.json', {
      mcpServers: { limited: { httpUrl: 'https://y.example', includeTools: ['a'], excludeTools: ['b'], trust: true } },
    });
    const preview = await window.call('servers.import_preview', {});
    expect(preview.candidates.length).toBeGreaterThan(6);
    expectSaid(sentencesIn(preview));
    setLanguage('en', EN);
    expectSaid(sentencesIn(await window.call('connect.found', {})));
  });

  test('of Holdfast itself: checks, updates, start at login, secrets', { timeout: 60_000 }, async ({
    host,
    window,
    web,
  }) => {
    write(host, JSON.stringify({ mcpServers: { down: { url: web('500') }, off: { command: 'x', disabled: true } } }));
    await window.call('doctor.start', {});
    await expect.poll(async () => (await window.call('doctor.report', {})).running, { timeout: 50_000 }).toBe(false);
    const { checks } = await window.call('doctor.report', {});
    expect(checks.map(({ name }) => name).filter((name) => !(`check.${name}` in EN))).toEqual([]);
    expect(checks.find(({ name }) => name === 'servers')?.result).toBe('failed');
    const answers = [
      checks,
      await window.call('updates.get', {}),
      await window.call('startup.get', {}),
      await window.call('diagnostics.get', {}),
    ];
    expectSaid(answers.flatMap((answer) => sentencesIn(answer)));
  });

  test('of what is refused', async ({ window, host }) => {
    write(host, JSON.stringify({ mcpServers: { off: { command: 'x', disabled: true } } }));
    await expect.poll(async () => (await window.call('servers.list', {})).servers.length, SOON).toBe(1);
    const refused = [
      await window.refusal('servers.save', { server: { name: 'x y', command: 'x' } }),
      await window.refusal('servers.save', { server: { name: 'x' } }),
      await window.refusal('servers.save', { server: { name: 'x', command: 'x', headers: { A: 'b' } } }),
      await window.refusal('servers.save', { server: { name: 'x', url: 'nowhere' } }),
      await window.refusal('servers.restart', { name: 'off' }),
      await window.refusal('servers.test', { name: 'none' }),
      await window.refusal('updates.check', {}),
      await window.refusal('updates.set', { enabled: true, address: 'ftp://x' }),
      await window.refusal('telemetry.set_otlp', { enabled: true, address: null }),
      await window.refusal('telemetry.set_otlp', { enabled: true, address: 'x' }),
      await window.refusal('telemetry.test', {}),
      await window.refusal('alerts.change', { webhook: 'http://elsewhere.example' }),
      await window.refusal('connect.preview', { id: 'codex', what: 'undo' }),
      await window.refusal('clients.create', { name: ' ', type: 'other' }),
      await window.refusal('sets.save', { name: '1', parts: [] }),
      await window.refusal('app.restart', {}),
    ];
    expectSaid(refused.map(({ message }) => message));
  });
});
