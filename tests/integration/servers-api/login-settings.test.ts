import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { SECRET_MARK } from '#src/main/upstream/config/file/entry';
import type { OAuthInput } from '#src/shared/contract/server';
import { Api } from '#tests/support/clients/api';
import type { TestHost } from '#tests/support/hosts/test-host';
import { configured, contentsOf, windowTest as test, textOf, Window, write } from './support';

const SECRET = 'a-very-secret-value-0001';
const OTHER = 'another-secret-value-0002';
const url = 'http://127.0.0.1:1/mcp';
const file = (servers: object) => JSON.stringify({ mcpServers: servers }, null, 2);
const one = async (window: Window) => {
  const [server] = (await window.call('servers.list', {})).servers;
  if (!server) throw new Error('there is no server');
  return server;
};
const blobOf = (host: TestHost) => join(host.folder, 'secrets', 'server-values.json');
const kept = (host: TestHost) => JSON.parse(readFileSync(blobOf(host), 'utf8'));
const entryOf = (host: TestHost) => JSON.parse(textOf(host)).mcpServers.web;
describe('a login that is entered in the window', () => {
  test('stands in the file without its secrets, is confirmed, and is nowhere to be read', async ({ host, window }) => {
    const oauth: OAuthInput = {
      client_id: 'c',
      client_secret: SECRET,
      scopes: ['read', 'write'],
      authorization_server: 'https://login.example.com',
    };
    const server = await window.call('servers.save', { server: { name: 'web', url, sse: true, oauth } });
    expect(server).toMatchObject({
      problem: null,
      trusted: true,
      older_transport: true,
      oauth: {
        needed: null,
        client_id: 'c',
        secret_names: ['client_secret'],
        secret_values: {},
        scopes: ['read', 'write'],
        authorization_server: 'https://login.example.com',
        grant: 'authorization_code',
      },
    });
    expect(entryOf(host)).toEqual({
      type: 'sse',
      url,
      oauth: {
        clientId: 'c',
        clientSecret: SECRET_MARK,
        scopes: ['read', 'write'],
        authorizationServer: 'https://login.example.com',
      },
    });
    for (const { path, text } of contentsOf(host.folder)) expect(text.includes(SECRET), path).toBe(false);
    expect(JSON.stringify(server)).not.toContain(SECRET);
  });

  test('keeps what the window does not know: comments, keys, a list in one text', async ({ host, window }) => {
    await window.call('servers.save', {
      server: { name: 'web', url, oauth: { client_id: 'c', client_secret: SECRET } },
    });
    const changed = configured(host, { server: 'web' });
    write(
      host,
      `{ "mcpServers": { "web": {
        "transport": "sse", // old
        "url": "${url}",
        "oauth": {
          "clientId": "c", // mine
          "clientSecret": "${SECRET_MARK}",
          "scopes": "read write",
          "acceptsOtherIssuer": true,
          "note": 1
        } } } }`,
    );
    await changed;
    const before = textOf(host);
    const oauth: OAuthInput = { client_id: 'c', client_secret: null, scopes: ['read', 'write'] };
    await window.call('servers.save', { server: { name: 'web', url, sse: true, oauth }, replaces: 'web' });
    expect(textOf(host)).toBe(before);
    await window.call('servers.save', { server: { name: 'web', url }, replaces: 'web' });
    expect(textOf(host)).toBe(before);
    expect(kept(host).web.oauth).toEqual({ clientSecret: SECRET });

    const more: OAuthInput = { client_id: 'd', client_secret: OTHER, resource: 'https://x.example' };
    await window.call('servers.save', { server: { name: 'web', url, sse: false, oauth: more }, replaces: 'web' });
    const text = textOf(host);
    for (const line of ['"clientId": "d", // mine', '"acceptsOtherIssuer": true', '"note": 1']) {
      expect(text).toContain(line);
    }
    expect(text).not.toMatch(/scopes|"sse"/);
    expect(kept(host).web.oauth).toEqual({ clientSecret: OTHER });
  });

  test('ends with what it was made of: an empty one, another kind of server, a removal', async ({ host, window }) => {
    const save = (server: object) =>
      window.call('servers.save', { server: { name: 'web', ...server }, replaces: 'web' });
    const login = { client_id: 'c', client_secret: SECRET };
    await window.call('servers.save', { server: { name: 'web', url, oauth: login } });
    await save({ url, oauth: {} });
    expect(entryOf(host)).toEqual({ url });
    expect(kept(host)).toEqual({});
    await save({ url, oauth: { needed: true } });
    expect(entryOf(host)).toEqual({ url, oauth: true });
    await save({ url, oauth: login });
    expect(entryOf(host)).toEqual({ url, oauth: { clientId: 'c', clientSecret: SECRET_MARK } });
    const { undo_id } = await window.call('servers.remove', { name: 'web' });
    expect(kept(host)).toEqual({});
    expect(await window.call('servers.undo_remove', { undo_id })).toMatchObject({ trusted: true, problem: null });
    expect(kept(host).web.oauth).toEqual({ clientSecret: SECRET });
    await save({ command: 'node' });
    expect(entryOf(host)).toEqual({ command: 'node' });
    expect(kept(host)).toEqual({});
  });

  test.for<[string, object, RegExp]>([
    ['for a command', { command: 'x', oauth: {} }, /^oauth: A command has no login\. Leave it out|^oauth: A command/],
    ['by a command over SSE', { command: 'x', sse: true }, /^sse: A command speaks over its standard input/],
    [
      'always and with a client',
      { url, oauth: { needed: true, client_id: 'c' } },
      /^oauth: "needed": true stands alone/,
    ],
    [
      'with a secret that is not there',
      { url, oauth: { client_id: 'c', client_secret: null } },
      /no client_secret yet/,
    ],
    [
      'without the id of its secret',
      { url, oauth: { client_secret: SECRET } },
      /^web: "clientSecret" belongs to a client/,
    ],
    ['beside a header', { url, headers: { Authorization: 'x' }, oauth: { needed: true } }, /exclude each other/],
    [
      'with a key that is none',
      { url, oauth: { client_id: 'c', private_key: SECRET } },
      /not a private key in PEM form/,
    ],
    ['with fields of the file', { url, oauth: { clientId: 'c' } }, /clientId/],
  ])('is refused %s, and nothing changes', async ([_what, input, message], { window }) => {
    const server = { name: 'web', ...input };
    const refusal = await window.refusal('servers.save', { server });
    expect(refusal).toEqual({ code: 'invalid_input', message: expect.stringMatching(message) });
    expect(refusal.message).not.toContain(SECRET);
    expect((await window.call('servers.list', {})).servers).toEqual([]);
  });
});

describe('a login is confirmed', () => {
  const login = { clientId: '$' + '{ID:-c}', clientSecret: '$' + '{NONE:-value}' };

  test('when its secret is looked up, and again when it goes somewhere else', async ({ host, window }) => {
    const added = configured(host, { server: 'web' });
    write(host, file({ web: { url, oauth: login } }));
    await added;
    const server = await one(window);
    expect(server).toMatchObject({
      state: 'untrusted',
      oauth: { client_id: login.clientId, secret_values: { client_secret: login.clientSecret } },
    });
    expect((await window.refusal('servers.test', { name: 'web' })).code).toBe('server_untrusted');
    await window.call('servers.trust', { name: 'web', fingerprint: server.fingerprint });
    expect((await one(window)).trusted).toBe(true);
    const moved = configured(host, { server: 'web', change: 'changed' });
    write(host, file({ web: { url, oauth: { ...login, authorizationServer: 'https://stranger.example' } } }));
    await moved;
    expect(await one(window)).toMatchObject({
      state: 'untrusted',
      changed_since_confirmed: ['authorization server'],
    });
  });

  test('when a save keeps what its form does not show, and not when all of it was entered', async ({
    host,
    window,
  }) => {
    const added = configured(host, { server: 'web' });
    write(host, file({ web: { url, oauth: login } }));
    await added;
    const save = (oauth: OAuthInput) =>
      window.call('servers.save', { server: { name: 'web', url, oauth }, replaces: 'web' });
    expect(await save({ client_id: 'c', client_secret: null })).toMatchObject({ trusted: false });
    expect(await save({ client_id: 'c', client_secret: SECRET })).toMatchObject({ trusted: true });
    const other = configured(host, { server: 'web', change: 'changed' });
    write(host, textOf(host).replace('"clientId"', '"acceptsOtherIssuer": true, "clientId"'));
    await other;
    expect(await one(window)).toMatchObject({ state: 'untrusted', changed_since_confirmed: ['other issuers'] });
    expect(await save({ client_id: 'c', client_secret: null })).toMatchObject({ trusted: false });
  });

  test('over REST only when address and secret come together', async ({ host, window }) => {
    const api = new Api(host, host.adminKey);
    const put = async (body: object) => (await api.send('PUT', '/api/mcp/servers/web', body)).body.trusted;
    expect(await put({ url, oauth: { client_id: 'c', client_secret: SECRET } })).toBe(true);
    const elsewhere = 'http://127.0.0.1:2/mcp';
    expect(await put({ url: elsewhere, oauth: { client_id: 'c', client_secret: null } })).toBe(false);
    expect(await put({ url: elsewhere })).toBe(false);
    expect(await put({ url: elsewhere, oauth: { client_id: '$' + '{ID:-c}' } })).toBe(false);
    expect(await put({ url: elsewhere, oauth: { client_id: 'c' } })).toBe(true);
    expect(await put({ url: elsewhere, headers: { 'X-Key': SECRET }, oauth: {} })).toBe(true);
    // A header that is kept goes to the new address as well.
    expect(await put({ url })).toBe(false);
    expect((await one(window)).header_names).toEqual(['X-Key']);
  });
});

test('values that were stored before there were logins are still read', async ({ startHost, host, window }) => {
  await window.call('servers.save', { server: { name: 'web', url, headers: { 'X-Key': SECRET } } });
  await host.stop();
  writeFileSync(blobOf(host), JSON.stringify({ web: { env: {}, headers: { 'X-Key': SECRET } } }));
  host = await startHost({ folder: host.folder });
  window = await Window.of(host);
  expect(await one(window)).toMatchObject({ problem: null, trusted: true, header_names: ['X-Key'], oauth: null });
  const oauth = { client_id: 'c', client_secret: OTHER };
  await window.call('servers.save', { server: { name: 'web', url, oauth }, replaces: 'web' });
  expect(kept(host)).toEqual({ web: { env: {}, headers: { 'X-Key': SECRET }, oauth: { clientSecret: OTHER } } });
});
