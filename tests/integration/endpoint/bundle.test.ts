import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { MOST_BUNDLE_BYTES } from '#src/main/diagnostics/bundle/files';
import type { PreparedBundle } from '#src/shared/contract/bundle';
import { Api } from '#tests/support/clients/api';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { hostTest, type TestHost } from '#tests/support/hosts/test-host';
import { COUNTER } from '#tests/support/paths';
import { unzip } from '../../../scripts/runtime/downloads/unzip.mjs';

/** Secrets that nothing about their looks gives away, and one that only its looks give away. */
const CANARIES = {
  env: 'canary of an environment',
  key: 'canary of a key variable',
  header: 'canary of a header',
  argument: 'canary of an argument',
  inFlag: 'canary of a flag',
  password: 'canary-of-an-address',
  parameter: 'canary-of-a-parameter',
  unknown: 'ghp_CanaryThatNobodyKnows0123456789',
};

const test = hostTest
  .extend('host', ({ startHost, newFolder }) => {
    const folder = newFolder();
    const { env, key, header, argument, inFlag, password, parameter } = CANARIES;
    const mcpServers = {
      counter: {
        command: process.execPath,
        args: [COUNTER, '--api-key', argument, `--password=${inFlag}`],
        env: { MODE: env, API_KEY: key },
      },
      remote: { url: `http://me:${password}@127.0.0.1:9/mcp?tenant=${parameter}`, headers: { 'X-Tenant': header } },
    };
    writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers }));
    return startHost({ folder, trustServers: true });
  })
  .extend('prepare', ({ admin }) => async (order: object = {}): Promise<PreparedBundle> => {
    const { status, body } = await admin.post('/api/mcp/bundle', order);
    expect(status, JSON.stringify(body)).toBe(200);
    return body;
  })
  .extend('unpack', ({ host, newFolder }) => async ({ bundle_id }: PreparedBundle): Promise<Map<string, string>> => {
    const answer = await fetch(`${host.url}/api/mcp/bundle/${bundle_id}`, {
      headers: { Authorization: `Bearer ${host.adminKey}` },
    });
    expect(answer.headers.get('content-type')).toBe('application/zip');
    const folder = newFolder();
    const archive = join(folder, 'bundle.zip');
    writeFileSync(archive, Buffer.from(await answer.arrayBuffer()));
    await unzip(archive, join(folder, 'out'), (name) => name);
    const names = readdirSync(join(folder, 'out'));
    return new Map(names.map((name) => [name, readFileSync(join(folder, 'out', name), 'utf8')]));
  });

async function connect({ url }: TestHost, key: string, path = '/mcp'): Promise<McpHttp> {
  const client = new McpHttp({ url: `${url}${path}` }, key);
  await client.initialize();
  return client;
}

/** Lets every secret be said wherever something is kept: in the error output of a server, in errors and in the log. */
async function leak(host: TestHost, key: string): Promise<string[]> {
  const client = await connect(host, key, '/mcp/counter');
  const all = [...Object.values(CANARIES), host.adminKey, key];
  await client.call('say', { text: `I was started with ${all.join(' and ')}` });
  await client.call(`no ${all.join(' ')}`, {});
  host.services.log.warn(
    { all, err: new Error(all.join(' ')), home: join(homedir(), 'work') },
    `said ${all.join(' ')}`,
  );
  await (await connect(host, key, '/mcp/remote').catch(() => null))?.call('nothing', {});
  const list = async () => {
    const { body } = await new Api(host, host.adminKey).get('/api/mcp/servers/counter/stderr');
    expect(body.lines.join()).toContain('I was started');
  };
  await vi.waitFor(list, { timeout: 5_000 });
  return all;
}

describe('POST /api/mcp/bundle', () => {
  test('holds no secret of configuration, headers, arguments, environment, errors, error output or log', async ({
    host,
    holder,
    prepare,
    unpack,
  }) => {
    const secrets = await leak(host, holder.key);
    // The file exists where it is about a crash, too, and the log is written behind.
    await vi.waitFor(() => expect(host.log()).toContain('said'), { timeout: 5_000 });
    const files = await unpack(await prepare());
    const all = [...files].map(([name, text]) => `${name}\n${text}`).join('\n');
    for (const secret of secrets) {
      expect(all.includes(secret), secret).toBe(false);
      expect(all.includes(JSON.stringify(secret).slice(1, -1)), secret).toBe(false);
    }
    expect(all).not.toContain(homedir());
    // It is all there, without them.
    expect(files.get('servers-state.json')).toContain('I was started with •••');
    expect(files.get('log.jsonl')).toContain('said •••');
    expect(files.get('log.jsonl')).toContain('~/work');
    expect(files.get('activity.jsonl')).toContain('"name":"say"');
    expect(JSON.parse(files.get('servers-shape.json') ?? '').mcpServers.counter).toMatchObject({
      command: '•••',
      args: ['•••', '•••', '•••', '•••'],
      env: { MODE: '•••', API_KEY: '•••' },
    });
  });

  test('holds no secret of logins, telemetry or the webhook, nor former ones, cut off, encoded or formatted', async ({
    host,
    admin,
    prepare,
    unpack,
  }) => {
    const webhook = 'http://127.0.0.1:9/canary-of-the-path/AbCdEfGhIjKl';
    const header = 'canary | of "telemetry" \\ with\ta tab';
    const former = 'canary of a former header';
    for (const value of [former, header]) {
      const otlp = { enabled: false, address: 'http://127.0.0.1:9', headers: { 'x-scope-orgid': value } };
      expect((await admin.send('PUT', '/api/mcp/telemetry/otlp', otlp)).status).toBe(200);
    }
    expect((await admin.send('PATCH', '/api/mcp/notifications', { webhook })).status).toBe(200);
    const { log } = host.services;
    for (const secret of [webhook, new URL(webhook).pathname, former, header, host.adminKey]) {
      log.warn({ deep: [{ secret }], url: encodeURIComponent(secret) }, `plain ${secret}`);
      log.warn(`base64 ${Buffer.from(secret).toString('base64')}`);
      // The cut at 500 characters falls into it, and the one at 1,000.
      log.warn({ long: `${'x '.repeat(490)}${secret}` }, `${'x '.repeat(245)}${secret}`);
    }
    log.warn('the last one');
    await vi.waitFor(() => expect(host.log()).toContain('the last one'), { timeout: 5_000 });
    const files = await unpack(await prepare());
    const all = [...files.values()].join('\n');
    expect(files.get('log.jsonl')).toContain('plain •••');
    expect(files.get('diagnosis.md')).toContain('plain •••');
    expect(all).not.toMatch(/canar|AbCdEf|Y2FuYXJ5/i);
    expect(all).not.toContain(host.adminKey.slice(0, 12));
  });

  test('says what is in it, and each file is what it says', async ({ prepare, unpack, admin }) => {
    const prepared = await prepare();
    expect(prepared.file_name).toMatch(/^holdfast-bundle-.*\.zip$/);
    const files = await unpack(prepared);
    expect([...files.keys()].sort()).toEqual(prepared.files.map(({ name }) => name).sort());
    for (const { name, bytes } of prepared.files) {
      expect(Buffer.byteLength(files.get(name) ?? ''), name).toBe(bytes);
      expect(files.get('README.txt')).toMatch(new RegExp(`^${name.replace('.', '\\.')} +${bytes} bytes  \\w`, 'm'));
    }
    expect(files.get('diagnosis.md')).toContain('# Holdfast diagnosis');
    for (const name of ['doctor.json', 'settings.json', 'servers-state.json', 'servers-shape.json']) {
      expect(() => JSON.parse(files.get(name) ?? ''), name).not.toThrow();
    }
    expect((await admin.post('/api/mcp/bundle', { from: 2, to: 1 })).status).toBe(400);
    const late = await admin.post('/api/mcp/bundle', { from: Number.MAX_SAFE_INTEGER });
    expect(late).toMatchObject({ status: 400, body: { detail: expect.stringContaining('before the year 275760') } });
  });

  test('is about one session where that is asked for', async ({ host, prepare, unpack, admin }) => {
    const one = host.newSession(host.newClient('one')).session.session_id;
    const other = host.newSession(host.newClient('other')).session.session_id;
    const files = await unpack(await prepare({ session_id: one }));
    const ids = (name: string) =>
      (files.get(name) ?? '')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).session_id);
    expect(ids('sessions.jsonl')).toEqual([one]);
    expect(new Set(ids('timeline.jsonl'))).toEqual(new Set([one]));
    expect(files.get('README.txt')).toContain(`about the session ${one}`);
    expect(files.get('timeline.jsonl')).not.toContain(other);
    expect((await admin.post('/api/mcp/bundle', { session_id: 's_none' })).status).toBe(404);
  });

  test('is about a stretch of time where that is asked for', async ({ host, prepare, unpack }) => {
    host.newSession(host.newClient('now'));
    const files = await unpack(await prepare({ from: 0, to: 1_000 }));
    expect(files.get('sessions.jsonl')).toBe('');
    expect(files.get('timeline.jsonl')).toBe('');
  });

  test('stays small, and says what was left out', async ({ host, prepare }) => {
    const row = {
      at: host.services.clock.now(),
      session_id: 's_1',
      transport_id: null,
      client_id: null,
      direction: 'to_server',
      kind: 'request',
      method: 'tools/call',
      name: 'x',
      server: 'counter',
      instance_id: null,
      pid: null,
      duration_ms: 1,
      first_ms: 1,
      bytes_in: 1,
      bytes_out: 1,
      outcome: 'error',
      error: 'all words are long '.repeat(26).slice(0, 500),
      error_code: null,
      held_ms: 0,
      repeated: false,
    } as const;
    for (let part = 0; part < 6; part += 1) host.services.store.activity.add(Array.from({ length: 1_000 }, () => row));
    const { files } = await prepare();
    expect(files.find(({ kind }) => kind === 'activity')).toMatchObject({ is_cut: true });
    expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(MOST_BUNDLE_BYTES);
  });

  test('is for the administrator alone, and gone when another one is made', async ({ api, admin, prepare }) => {
    expect((await api.post('/api/mcp/bundle', {})).status).toBe(403);
    const { bundle_id } = await prepare();
    expect((await api.get(`/api/mcp/bundle/${bundle_id}`)).status).toBe(403);
    await prepare();
    const { status, body } = await admin.get(`/api/mcp/bundle/${bundle_id}`);
    expect(status).toBe(404);
    expect(body.detail).toContain('Make it again.');
  });
});
