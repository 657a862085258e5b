import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { HoldfastEvent } from '#src/shared/contract/event';
import { bundled } from '#tests/support/bundle';
import { Api } from '#tests/support/clients/api';
import { type Json, McpHttp } from '#tests/support/clients/mcp-http';
import { statelessRequest } from '#tests/support/clients/stateless-request';
import type { TestHost } from '#tests/support/hosts/test-host';
import { COUNTER, HOLDFAST } from '#tests/support/paths';
import { OtlpReceiver } from '#tests/support/telemetry/otlp-receiver';
import { runHoldfast, startOtherProgram } from '../cli/support';
import { type Window, windowTest } from '../servers-api/support';

/** What is recorded of contents, through a whole Holdfast with real servers and clients. */

const SECRET = 'canary-configured-77d1';
/** Each in a place of its own. */
const CANARIES = {
  argument: 'canary-argument-1b9e',
  key: 'ghp_canaryKeyOfGithub0123456789abcd',
  nested: 'canary-nested-94fe',
  url: 'canary-elicitation-01ab',
  answer: 'canary-answer-5d5d',
  stderr: 'canary-stderr-77aa',
};
const HEADER = 'canary of a header 3c3c';
const ALL = [SECRET, ...Object.values(CANARIES)];

const test = windowTest
  .extend('hostOptions', { trustServers: true, environment: { OUTSIDE_TOKEN: SECRET } })
  .extend('client', async ({ host, window }) => {
    await window.call('servers.save', {
      server: {
        name: 'counter',
        command: process.execPath,
        args: [COUNTER],
        // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in servers.json
        env: { API_TOKEN: '${env:OUTSIDE_TOKEN}' },
      },
    });
    const client = new McpHttp({ url: `${host.url}/mcp` }, host.newClient().key);
    const capabilities = { elicitation: { form: {}, url: {} }, sampling: {} };
    const params = { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'c', version: '1' } };
    const { headers } = await client.post({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
    client.transportId = headers.get('mcp-session-id');
    await client.post({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return client;
  })
  .extend('api', ({ host }) => new Api(host, host.adminKey))
  .extend('command', { scope: 'file' }, bundled(HOLDFAST))
  .extend('receiver', async ({}, { onCleanup }) => {
    const receiver = await OtlpReceiver.start();
    onCleanup(() => receiver.close());
    return receiver;
  })
  /** A server over HTTP that says in its errors what it was sent. */
  .extend('remote', async ({}, { onCleanup }) => {
    const remote = await startOtherProgram((req, res) => {
      res.writeHead(500, { 'Content-Type': 'text/plain' });
      res.end(`no ${JSON.stringify(req.headers)}`);
    });
    onCleanup(() => remote.stop());
    return remote;
  });

/** The newest rows first, each with its contents. */
async function contentsOf(window: Window) {
  const { activity } = await window.call('activity.list', {});
  return Promise.all(activity.map(({ activity_id }) => window.call('activity.get', { activity_id })));
}

/** Files below the data folder that hold one of the texts, but for the secrets themselves. */
const filesWith = (host: TestHost, texts: readonly string[]): string[] =>
  readdirSync(host.folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(host.folder, name);
    if (!statSync(path).isFile() || name.startsWith('secrets')) return false;
    const bytes = readFileSync(path);
    return texts.some((text) => bytes.includes(text));
  });

/** Reads a stream until a request of the server comes, and answers it. */
async function answerQuestion(client: McpHttp, name: string, args: object, result: object): Promise<void> {
  const { stream } = await client.request('tools/call', { name, arguments: args });
  for (let event = await stream?.message(); event; event = await stream?.message()) {
    const message: Json = event.message;
    if (!message.method || message.id === undefined) continue;
    await client.post({ jsonrpc: '2.0', id: message.id, result });
    await stream?.rest();
    return;
  }
  throw new Error('the stream ended without a question');
}

/** Sends the canaries in arguments, results, an elicitation and its answer, and to stderr. */
async function sendAll(client: McpHttp): Promise<void> {
  await client.call('counter__count', {
    password: CANARIES.argument,
    note: `use ${CANARIES.key} for it`,
    deep: [{ text: JSON.stringify({ headers: { Authorization: CANARIES.nested } }) }],
  });
  await client.call('counter__env', { name: 'API_TOKEN' });
  // A name and an error that hold what Holdfast keeps as a secret.
  await client.call(`counter__no ${SECRET}`);
  const where = `https://example.com/go/${CANARIES.url}?x=1`;
  const params = { mode: 'url', message: 'Log in', elicitationId: 'e1', url: where };
  await answerQuestion(
    client,
    'counter__request',
    { method: 'elicitation/create', params: { ...params } },
    {
      action: 'accept',
      content: { token: CANARIES.answer },
    },
  );
  await client.call('counter__say', { text: `api_key=${CANARIES.stderr}` });
}

describe('contents of calls', () => {
  test('are recorded while that is switched on, and not before or after', async ({ window, client, api }) => {
    await client.call('counter__count', { ms: 1 });
    expect((await api.send('PUT', '/api/mcp/activity/recording', { minutes: 15 })).body).toMatchObject({
      servers: [],
      everything_left_ms: expect.any(Number),
    });
    const answer = await client.call('counter__count', { ms: 2, note: 'grüße' });
    await api.send('PUT', '/api/mcp/activity/recording', { minutes: 0 });
    await client.call('counter__count', { ms: 3 });
    const [after, during, before] = await contentsOf(window);
    expect([after?.contents, before?.contents]).toEqual([null, null]);
    const { params, result, error } = during?.contents ?? {};
    expect(params).toEqual({
      json: '{"name":"counter__count","arguments":{"ms":2,"note":"grüße"}}',
      bytes: 63,
      cut: false,
      masked: 0,
    });
    expect(JSON.parse(result?.json ?? '')).toEqual(answer);
    expect(error).toBeNull();
    const { body } = await api.get(`/api/mcp/activity/${during?.activity.activity_id}`);
    expect(body).toEqual(during);
    const { log } = (await api.get('/api/mcp/activity?format=har')).body;
    const texts = (log.entries as Json[]).map(({ request, response }) => [
      request.postData?.text,
      response.content.text && JSON.parse(response.content.text),
    ]);
    expect(texts.filter(([request]) => request !== undefined)).toEqual([[params?.json, answer]]);
  });

  test('of one server are recorded alone, until that is switched off', async ({ window, client, api }) => {
    expect((await api.send('PUT', '/api/mcp/activity/recording', { servers: { counter: true } })).body).toEqual({
      servers: ['counter'],
      everything_left_ms: null,
    });
    await client.call('counter__count', { ms: 1 });
    await client.call('health_check');
    const [own, counted] = await contentsOf(window);
    expect([own?.contents, counted?.contents?.params?.json]).toEqual([null, expect.stringContaining('"ms":1')]);
    expect((await api.send('PUT', '/api/mcp/activity/recording', { servers: { nobody: true } })).status).toBe(404);
    await api.send('PUT', '/api/mcp/activity/recording', { servers: { counter: false } });
    expect(await window.call('activity.recording', {})).toEqual({ servers: [], everything_left_ms: null });
  });

  test('are not recorded of a server that was removed and came again, nor after what was switched off last', async ({
    window,
    client,
  }) => {
    await client.call('counter__count', { ms: 1 });
    const on = { servers: { counter: true } };
    const off = { servers: { counter: false } };
    await Promise.all([window.call('activity.set_recording', on), window.call('activity.set_recording', off)]);
    expect((await window.call('activity.recording', {})).servers).toEqual([]);
    await window.call('activity.set_recording', on);
    expect((await window.call('activity.recording', {})).servers).toEqual(['counter']);
    await window.call('servers.remove', { name: 'counter' });
    expect((await window.call('activity.recording', {})).servers).toEqual([]);
  });

  test('are cut at 64 KiB, and say how much there was', async ({ window, client }) => {
    await window.call('activity.set_recording', { minutes: 1 });
    await client.call('counter__count', { size: 300_000, note: '😀'.repeat(40_000) });
    const [big] = await contentsOf(window);
    for (const part of [big?.contents?.params, big?.contents?.result]) {
      expect(part?.cut).toBe(true);
      expect(part?.bytes).toBeGreaterThan(150_000);
      expect(Buffer.byteLength(part?.json ?? '')).toBeLessThanOrEqual(64 * 1024);
      expect(() => JSON.parse(part?.json ?? '')).not.toThrow();
    }
  });

  test('of what a server asks, and of errors, are recorded as well', async ({ window, client }) => {
    await window.call('activity.set_recording', { minutes: 1 });
    await answerQuestion(client, 'counter__ask', {}, { action: 'accept', content: { colour: 'red' } });
    await client.call('counter__no_such_tool');
    const rows = await contentsOf(window);
    const asked = rows.find(({ activity }) => activity.method === 'elicitation/create');
    expect(asked?.contents?.params?.json).toContain('colour');
    expect(JSON.parse(asked?.contents?.result?.json ?? '')).toEqual({ action: 'accept', content: { colour: 'red' } });
    const failed = rows.find(({ activity }) => activity.outcome === 'error');
    expect(JSON.parse(failed?.contents?.error?.json ?? '').message).toEqual(expect.any(String));
  });

  test('of the stateless era are recorded', async ({ host, window, client }) => {
    await client.call('counter__peek');
    await window.call('activity.set_recording', { minutes: 1 });
    const name = 'counter__count';
    const meta = { 'io.modelcontextprotocol/clientInfo': { name: 'modern', version: '1' } };
    await new McpHttp({ url: `${host.url}/mcp` }, host.newClient('modern', 'stateless').key).post(
      ...statelessRequest('tools/call', { name, arguments: { note: 'x1' } }, { meta }),
    );
    const [row] = await contentsOf(window);
    expect(row?.contents?.params?.json).toContain('"note":"x1"');
    expect(row?.contents?.result?.json).toContain('content');
  });

  test('need the admin key', async ({ host }) => {
    const client = new Api(host, host.newClient().key);
    expect((await client.get('/api/mcp/activity/recording')).status).toBe(403);
    expect((await client.send('PUT', '/api/mcp/activity/recording', { minutes: 1 })).status).toBe(403);
    expect((await client.get('/api/mcp/activity/1')).status).toBe(403);
    const admin = new Api(host, host.adminKey);
    expect((await admin.get('/api/mcp/activity/999')).status).toBe(404);
    expect((await admin.send('PUT', '/api/mcp/activity/recording', { minutes: 241 })).status).toBe(400);
  });
});

describe('canaries', () => {
  /** Everything that was published, as text. */
  const published = (host: TestHost) => {
    const all: (readonly HoldfastEvent[])[] = [];
    host.services.bus.subscribe((events) => void all.push(events));
    return () => JSON.stringify(all);
  };

  test('are nowhere while contents are not recorded', async ({ host, window, client }) => {
    const events = published(host);
    await sendAll(client);
    const rows = JSON.stringify(await contentsOf(window));
    for (const canary of ALL) {
      expect(rows).not.toContain(canary);
      expect(events()).not.toContain(canary);
    }
    expect(filesWith(host, [SECRET, CANARIES.argument, CANARIES.nested, CANARIES.key, CANARIES.stderr])).toEqual([]);
  });

  test('are masked before anything is stored while contents are recorded', async ({ host, window, client }) => {
    await window.call('activity.set_recording', { minutes: 5 });
    const events = published(host);
    await sendAll(client);
    const rows = await contentsOf(window);
    expect(rows.filter(({ contents }) => contents !== null).length).toBeGreaterThanOrEqual(5);
    const text = JSON.stringify(rows);
    for (const canary of ALL) {
      expect(text).not.toContain(canary);
      expect(events()).not.toContain(canary);
    }
    expect(rows.reduce((sum, { contents }) => sum + (contents?.params?.masked ?? 0), 0)).toBeGreaterThanOrEqual(4);
    expect(filesWith(host, [SECRET, CANARIES.argument, CANARIES.nested, CANARIES.key, CANARIES.stderr])).toEqual([]);
  });

  test('are in nothing that leaves, recorded or not: exports, bundle, metrics, telemetry, the command line', async ({
    host,
    window,
    client,
    api,
    receiver,
    remote,
    command,
  }) => {
    const headers = { 'X-Tenant': HEADER };
    await window.call('servers.save', { server: { name: 'remote', url: `${remote.url}/mcp`, headers } });
    await window.call('telemetry.set_otlp', { enabled: true, address: receiver.url });
    await window.call('telemetry.set_metrics', { enabled: true });
    const secrets = [...ALL, HEADER];
    for (const minutes of [0, 5]) {
      await window.call('activity.set_recording', { minutes });
      await sendAll(client);
      await client.call('remote__anything', { api_key: CANARIES.argument });
      const texts = new Map<string, string>();
      for (const format of ['har', 'jsonl', 'csv', 'json']) {
        const answer = await fetch(`${host.url}/api/mcp/activity?format=${format}`, {
          headers: { Authorization: `Bearer ${host.adminKey}` },
        });
        texts.set(format, await answer.text());
      }
      const { bundle_id, files } = await window.call('bundle.prepare', {});
      for (const { name } of files) {
        texts.set(name, (await window.call('bundle.file', { bundle_id, name })).text);
      }
      texts.set('metrics', String((await api.get('/metrics')).body));
      const printed = await runHoldfast(command, host.folder, 'activity', '--json');
      texts.set('command line', printed.stdout + printed.stderr);
      await receiver.span(({ name }) => name === 'tools/call counter__say');
      texts.set('telemetry', receiver.text);
      for (const [where, text] of texts) {
        for (const secret of secrets) expect(text.includes(secret), `${secret} in ${where}`).toBe(false);
      }
      for (const where of ['har', 'jsonl', 'csv', 'json', 'activity.jsonl', 'command line', 'metrics', 'telemetry']) {
        expect(texts.get(where), `${where} says something`).toContain('counter__');
      }
      const { entries } = JSON.parse(texts.get('har') ?? '').log;
      const contents = (entries as Json[]).flatMap(({ request }) => request.postData?.text ?? []).join();
      expect(contents.includes('•••'), 'contents, masked, or none').toBe(minutes > 0);
    }
    expect(remote.seen.length, 'the header was sent').toBeGreaterThan(0);
    expect(remote.seen.every(({ headers: sent }) => sent['x-tenant'] === HEADER)).toBe(true);
    expect(filesWith(host, [HEADER]), 'kept as a secret').toEqual([]);
  }, 60_000);
});
