import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import type { FoundClient } from '#src/shared/contract/connect';
import { WEB } from '#src/shared/contract/web';
import { isClientLink } from '#src/shared/model/client-link';
import { Window, windowTest } from '#tests/integration/servers-api/support';
import { FakeClock } from '#tests/support/fake-clock';

const BEFORE = `{
  // mine
  "mcpServers": {
    "docs": { "command": "npx", "env": { "API_KEY": "s3cret" } }
  }
}
`;

/** A home folder with Cursor in it, which is also the data folder. */
const test = windowTest.extend('file', ({ host }) => writeFileOf(host.folder, BEFORE));

function writeFileOf(home: string, text: string): string {
  const file = join(home, '.cursor', 'mcp.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const found = async (window: Window, id = 'cursor'): Promise<FoundClient> => {
  const { clients } = await window.call('connect.found', {});
  return clients.find((one) => one.id === id) as FoundClient;
};

async function connectCursor(window: Window): Promise<FoundClient> {
  const { fingerprint } = await window.call('connect.preview', { id: 'cursor', what: 'apply' });
  return window.call('connect.apply', { id: 'cursor', fingerprint });
}

const entryIn = (file: string) => JSON.parse(readFileSync(file, 'utf8').replace(/\/\/.*$/m, '')).mcpServers.holdfast;

/** Does what Cursor does with what stands in its file, and stays. */
async function comeAsCursor(file: string): Promise<Client> {
  const { url, headers } = entryIn(file);
  const client = new Client({ name: 'cursor-vscode', version: '1.14.2' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }) as Transport);
  return client;
}

test('a click shows the change, writes it, and says connected only once the client was really here', async ({
  startHost,
}) => {
  const clock = new FakeClock();
  const host = await startHost({ clock });
  const window = await Window.of(host);
  const file = writeFileOf(host.folder, BEFORE);
  expect(await found(window)).toEqual({
    id: 'cursor',
    name: 'Cursor',
    file: '~/.cursor/mcp.json',
    state: 'not_connected',
    problem: null,
    client_id: null,
    last_seen_at: null,
    key_ends_at: null,
    taken: [],
  });
  expect((await found(window, 'zed')).state).toBe('not_found');

  const preview = await window.call('connect.preview', { id: 'cursor', what: 'apply' });
  expect(preview.file).toBe(file);
  expect(preview.difference).toContain('+        "Authorization": "Bearer hf_(a new key)"');
  expect(preview.difference).not.toContain('s3cret');
  expect(readFileSync(file, 'utf8')).toBe(BEFORE);
  expect((await window.call('clients.list', {})).clients).toEqual([]);

  const written = await window.call('connect.apply', { id: 'cursor', fingerprint: preview.fingerprint });
  expect(written).toMatchObject({ state: 'waiting', last_seen_at: null });
  expect(JSON.stringify(written)).not.toMatch(/hf_/);
  expect(await found(window)).toMatchObject({ state: 'waiting' });

  const client = await comeAsCursor(file);
  try {
    const at = host.services.clock.now();
    expect(await found(window)).toMatchObject({ state: 'connected', last_seen_at: at, client_id: written.client_id });
    clock.advance(3_000);
    expect(await found(window), 'looking is no sign of life').toMatchObject({ last_seen_at: at });
    await client.listTools();
    expect(await found(window)).toMatchObject({ last_seen_at: host.services.clock.now() });
  } finally {
    await client.close();
  }
});

test('undo restores each byte, takes the key away and ends its sessions', async ({ host, window, file }) => {
  await connectCursor(window);
  const client = await comeAsCursor(file);
  await client.callTool({ name: 'health_check', arguments: {} });
  const { difference, fingerprint } = await window.call('connect.preview', { id: 'cursor', what: 'undo' });
  expect(difference).toContain('-        "Authorization": "Bearer hf_…"');
  const after = await window.call('connect.undo', { id: 'cursor', fingerprint });
  expect(after).toMatchObject({ state: 'not_connected', client_id: null });
  expect(readFileSync(file, 'utf8')).toBe(BEFORE);
  expect(existsSync(`${file}.holdfast-backup`)).toBe(false);
  expect(host.services.clients.list()).toEqual([]);
  await expect(client.listTools()).rejects.toThrow();
  const { message } = await window.refusal('connect.preview', { id: 'cursor', what: 'undo' });
  expect(message).toBe('Cursor is not connected. There is nothing to take back.');
});

test('a file that changed since it was shown is left alone, and no key is left over', async ({
  host,
  window,
  file,
}) => {
  const { fingerprint } = await window.call('connect.preview', { id: 'cursor', what: 'apply' });
  const mine = BEFORE.replace('// mine', '// mine, changed');
  writeFileSync(file, mine);
  const { code, message } = await window.refusal('connect.apply', { id: 'cursor', fingerprint });
  expect(code).toBe('settings_left_alone');
  expect(message).toContain(`${file} has changed since it was shown`);
  expect(readFileSync(file, 'utf8')).toBe(mine);
  expect(host.services.clients.list()).toEqual([]);

  await connectCursor(window);
  const undo = await window.call('connect.preview', { id: 'cursor', what: 'undo' });
  const later = readFileSync(file, 'utf8').replace('// mine', '// later');
  writeFileSync(file, later);
  expect((await window.refusal('connect.undo', { id: 'cursor', fingerprint: undo.fingerprint })).message).toContain(
    'has changed since it was shown',
  );
  expect(readFileSync(file, 'utf8')).toBe(later);
  expect(host.services.clients.list()).toHaveLength(1);
});

test('connecting again keeps the key, and asks for a new sign of life', async ({ host, window, file }) => {
  const { client_id } = await connectCursor(window);
  await (await comeAsCursor(file)).close();
  expect((await found(window)).state).toBe('connected');
  const old = readFileSync(file, 'utf8');
  writeFileSync(file, old.replace(host.url, 'http://127.0.0.1:9'));
  expect((await found(window)).state).toBe('other_address');
  expect(await connectCursor(window)).toMatchObject({ state: 'waiting', client_id });
  expect(readFileSync(file, 'utf8')).toBe(old);
  await (await comeAsCursor(file)).close();
  expect((await found(window)).state).toBe('connected');
});

test('a key that was removed is said, and replaced', async ({ host, window, file }) => {
  const { client_id } = await connectCursor(window);
  await window.call('clients.remove', { client_id: client_id as string });
  expect(await found(window)).toMatchObject({ state: 'other_key', client_id: null });
  const { state, client_id: next } = await connectCursor(window);
  expect(state).toBe('waiting');
  expect(next).not.toBe(client_id);
  await (await comeAsCursor(file)).close();
  expect(host.services.clients.list()).toHaveLength(1);
});

test('a file that cannot be read is said with its line, again and again, and once it is repaired no longer', async ({
  window,
  file,
}) => {
  writeFileSync(file, '{ "mcpServers": ');
  for (let time = 0; time < 2; time += 1) {
    const { state, problem } = await found(window);
    expect(state).toBe('unreadable');
    expect(problem).toContain(`${file}:1: `);
  }
  expect((await window.refusal('connect.preview', { id: 'cursor', what: 'apply' })).message).toContain(`${file}:1: `);
  writeFileSync(file, '{}');
  expect((await found(window)).state).toBe('not_connected');
});

test('a new key is written into the file, and the old one works until it is ended, which cuts what it had opened', async ({
  host,
  window,
  file,
}) => {
  const { client_id } = await connectCursor(window);
  const before = entryIn(file).headers.Authorization.replace('Bearer ', '');
  const running = await comeAsCursor(file);

  const preview = await window.call('connect.preview', { id: 'cursor', what: 'renew' });
  expect(preview.difference).toContain('-        "Authorization": "Bearer hf_…"');
  expect(preview.difference).toContain('+        "Authorization": "Bearer hf_(a new key)"');
  const shown = { id: 'cursor' as const, fingerprint: preview.fingerprint };
  expect(await window.call('connect.renew', shown)).toMatchObject({ state: 'waiting', client_id, last_seen_at: null });
  const now = entryIn(file).headers.Authorization.replace('Bearer ', '');
  expect(now).not.toBe(before);
  await running.listTools();
  expect(await found(window), 'the old key is no sign that the new one works').toMatchObject({ state: 'waiting' });
  await (await comeAsCursor(file)).close();
  expect(await found(window)).toMatchObject({ state: 'connected', key_ends_at: null });

  const { clients } = await window.call('clients.list', {});
  expect(clients).toMatchObject([{ client_id, old_key: { valid_until: expect.any(Number) } }]);
  const monitor = new WebSocket(`${host.url.replace('http', 'ws')}/api/mcp/ws/sessions`, {
    headers: { authorization: `Bearer ${before}` },
  });
  await once(monitor, 'message');
  const cut = once(monitor, 'close');
  expect(await window.call('clients.end_old_key', { client_id: client_id as string })).toMatchObject({ old_key: null });
  await cut;
  await expect(running.listTools()).rejects.toThrow(/not known here/);
  await running.close();
});

test('Claude Code is given a command that prints its key, which a new key does not change', async ({
  host,
  window,
}) => {
  const file = join(host.folder, '.claude.json');
  writeFileSync(file, '{\n  "numStartups": 3\n}\n');
  const shown = await window.call('connect.preview', { id: 'claude-code', what: 'apply' });
  expect(shown).toMatchObject({ key: 'reference', reference: 'own_file' });
  const applied = await window.call('connect.apply', { id: 'claude-code', fingerprint: shown.fingerprint });
  expect(applied).toMatchObject({ state: 'waiting', to_set: null });
  const text = readFileSync(file, 'utf8');
  expect(text).not.toMatch(/hf_/);
  expect(statSync(shown.key_file as string).mode & 0o777).toBe(0o600);

  /** Does what Claude Code does at every connect. */
  const come = async () => {
    const { url, headersHelper } = JSON.parse(readFileSync(file, 'utf8')).mcpServers.holdfast;
    const headers = JSON.parse(execFileSync('/bin/sh', ['-c', headersHelper], { encoding: 'utf8' }));
    const client = new Client({ name: 'claude-code', version: '2.1.0' });
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }) as Transport);
    await client.close();
    return headers.Authorization as string;
  };
  const before = await come();
  expect(await found(window, 'claude-code')).toMatchObject({ state: 'connected' });

  const renewal = await window.call('connect.preview', { id: 'claude-code', what: 'renew' });
  expect(renewal.difference).toBe('');
  await window.call('connect.renew', { id: 'claude-code', fingerprint: renewal.fingerprint });
  expect(await found(window, 'claude-code')).toMatchObject({ state: 'waiting' });
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect(await come()).not.toBe(before);
  expect(await found(window, 'claude-code')).toMatchObject({ state: 'connected' });

  const undo = await window.call('connect.preview', { id: 'claude-code', what: 'undo' });
  await window.call('connect.undo', { id: 'claude-code', fingerprint: undo.fingerprint });
  expect(readFileSync(file, 'utf8')).toBe('{\n  "numStartups": 3\n}\n');
  expect(existsSync(shown.key_file as string)).toBe(false);
});

test('a key for a variable is given once, and the client is known by it', async ({ host, window, file }) => {
  const { fingerprint } = await window.call('connect.preview', { id: 'cursor', what: 'apply', key: 'reference' });
  const { to_set, client_id } = await window.call('connect.apply', { id: 'cursor', fingerprint, key: 'reference' });
  expect(to_set?.variable).toBe('HOLDFAST_KEY_CURSOR');
  expect(JSON.stringify(await window.call('connect.found', {}))).not.toContain('hf_');
  expect(await found(window)).toMatchObject({ state: 'waiting', client_id });
  const { url, headers } = entryIn(file);
  const Authorization = headers.Authorization.replace(`\${env:HOLDFAST_KEY_CURSOR}`, to_set?.key);
  const client = new Client({ name: 'cursor-vscode', version: '1.14.2' });
  const requestInit = { headers: { Authorization } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }) as Transport);
  await client.close();
  expect(await found(window)).toMatchObject({ state: 'connected', client_id });
  const again = await window.call('connect.preview', { id: 'cursor', what: 'apply' });
  expect(again.difference).toBe('');
  expect(await window.call('connect.apply', { id: 'cursor', fingerprint: again.fingerprint })).toMatchObject({
    to_set: null,
    client_id,
  });
  // The key cannot be read from the variable, so the file gets a new one, of the same client.
  const other = await window.call('connect.preview', { id: 'cursor', what: 'apply', key: 'file' });
  await window.call('connect.apply', { id: 'cursor', fingerprint: other.fingerprint, key: 'file' });
  await (await comeAsCursor(file)).close();
  expect(await found(window)).toMatchObject({ state: 'connected', client_id });
  expect(host.services.clients.list()).toHaveLength(1);
});

test('a program that was opened by a link is known by what it wrote, and undo takes it out', async ({
  host,
  window,
  file,
}) => {
  const lost = await window.call('connect.link', { id: 'cursor' });
  const made = await window.call('connect.link', { id: 'cursor' });
  expect(isClientLink(made.link)).toBe(true);
  expect(atob(decodeURIComponent(made.link.split('config=')[1] as string))).not.toContain('hf_');
  expect(
    host.services.clients.list().map(({ client_id }) => client_id),
    'the lost key is gone',
  ).toEqual([made.client_id]);
  expect(made.client_id).not.toBe(lost.client_id);
  // What Cursor writes once its user has agreed.
  const entry = JSON.parse(atob(decodeURIComponent(made.link.split('config=')[1] as string)));
  const before = JSON.parse(BEFORE.replace(/\/\/.*$/m, ''));
  writeFileSync(file, JSON.stringify({ mcpServers: { ...before.mcpServers, holdfast: entry } }, null, 2));
  expect(await found(window)).toMatchObject({ state: 'waiting', client_id: made.client_id });
  const client = new Client({ name: 'cursor-vscode', version: '1.14.2' });
  const requestInit = { headers: { Authorization: `Bearer ${made.key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(entry.url), { requestInit }) as Transport);
  await client.close();
  expect(await found(window)).toMatchObject({ state: 'connected' });
  expect((await window.refusal('connect.link', { id: 'cursor' })).message).toContain(
    'has Holdfast in its settings already',
  );
  const undo = await window.call('connect.preview', { id: 'cursor', what: 'undo' });
  await window.call('connect.undo', { id: 'cursor', fingerprint: undo.fingerprint });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(before);
  expect(host.services.clients.list()).toEqual([]);
});

test('an old key in the file is said, and connecting again replaces it', async ({ host, window, file }) => {
  const { client_id } = await connectCursor(window);
  await (await comeAsCursor(file)).close();
  const { old_key_until } = await window.call('clients.renew_key', { client_id: client_id as string });
  expect(await found(window)).toMatchObject({ state: 'old_key', client_id, key_ends_at: old_key_until });
  expect(await connectCursor(window)).toMatchObject({ state: 'waiting', client_id, key_ends_at: null });
  await (await comeAsCursor(file)).close();
  expect(await found(window)).toMatchObject({ state: 'connected' });
  expect(host.services.clients.list()).toHaveLength(1);
});

test('a new key that cannot be written changes nothing', async ({ host, window, file }) => {
  await connectCursor(window);
  const { fingerprint } = await window.call('connect.preview', { id: 'cursor', what: 'renew' });
  // Where the record of the connection is written stands a folder, so the change fails after the key was made.
  const record = join(host.folder, 'connections', 'cursor.json');
  rmSync(record);
  mkdirSync(record);
  expect((await window.refusal('connect.renew', { id: 'cursor', fingerprint })).code).toBe('settings_left_alone');
  const client = await comeAsCursor(file);
  expect(await found(window)).toMatchObject({ state: 'connected', key_ends_at: null });
  await client.close();
  expect(host.services.clients.list()).toMatchObject([{ old_key: null }]);
});

test('only the administrator gets this far, and nothing but a known client can be named', async ({ host, window }) => {
  const { key } = host.newClient();
  const answer = await fetch(`${host.url}${WEB.rpc}/connect.found`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(answer.ok).toBe(false);
  const input = { id: '../../.ssh/config' as 'cursor', what: 'apply' as const };
  expect((await window.refusal('connect.preview', input)).code).toBe('invalid_input');
});
