import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SECRET_MARK } from '#src/main/upstream/config/file/entry';
import { parseFile } from '#src/main/upstream/config/file/file-text';
import { readKeyFile } from '#src/main/upstream/config/login-key';
import { resolveEntry } from '#src/main/upstream/config/resolve';
import { NO_VALUES } from '#src/main/upstream/config/server-values';
import { viewOf } from '#src/main/upstream/config/server-view';
import { NO_LOGIN_SETTINGS } from '#src/main/upstream/login/login-settings';
import { withoutSecrets } from '#src/main/upstream/redaction';
import { makeFolder, removeFolder } from '#tests/support/fixtures';

interface Around {
  readonly environment?: Record<string, string>;
  readonly stored?: Record<string, string>;
  readonly more?: object;
}

function resolved(oauth: unknown, { environment = {}, stored = {}, more = {} }: Around = {}) {
  const text = JSON.stringify({ mcpServers: { a: { url: 'https://x.example/mcp', ...more, oauth } } });
  const parsed = parseFile(text, 'f');
  const [entry] = parsed.ok ? parsed.file.entries : [];
  if (!entry) throw new Error('no entry');
  const server = resolveEntry(entry, {
    environment,
    valuesOf: () => ({ ...NO_VALUES, oauth: stored }),
    isTrusted: () => false,
    changedSince: () => [],
    isOwn: () => false,
    isLocked: () => false,
    readKey: readKeyFile,
  });
  const target = server.config?.target;
  const web = target?.kind === 'http' ? target : null;
  return { server, target: web, login: web?.login, problems: server.problems.map(({ sentence }) => sentence) };
}

const pemOf = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8') =>
  key.export({ type: type as 'pkcs8', format: 'pem' }).toString();
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const RSA = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
const ED = generateKeyPairSync('ed25519').privateKey;

describe('what an entry says about its login', () => {
  test('is nothing where it says nothing, and is never or always with one word', () => {
    expect(resolved(undefined).target).toEqual({ kind: 'http', url: 'https://x.example/mcp', headers: {} });
    expect(resolved(true).login).toEqual({ ...NO_LOGIN_SETTINGS, isNeeded: true });
    expect(resolved(false).login).toEqual({ ...NO_LOGIN_SETTINGS, isNeeded: false });
    expect(resolved({}).login).toEqual(NO_LOGIN_SETTINGS);
  });

  test('is looked up as a whole: variables and secrets that are kept', () => {
    const oauth = {
      clientId: '$' + '{ID}',
      clientSecret: SECRET_MARK,
      scopes: 'read $' + '{MORE:-a b}',
      resource: 'api://$' + '{ID}',
      authorizationServer: 'https://login.example.com/$' + '{env:TENANT}',
      acceptsOtherIssuer: true,
    };
    const environment = { ID: 'c', TENANT: 't' };
    expect(resolved(oauth, { environment, stored: { clientSecret: 'sesame' } }).login).toEqual({
      ...NO_LOGIN_SETTINGS,
      clientId: 'c',
      clientSecret: 'sesame',
      scopes: ['read', 'a', 'b'],
      resource: 'api://c',
      authorizationServer: 'https://login.example.com/t',
      acceptsOtherIssuer: true,
    });
  });

  test('marks a server of the older transport', () => {
    expect(resolved(undefined, { more: { type: 'sse' } }).target?.sse).toBe(true);
    expect(viewOf(resolved(undefined, { more: { type: 'sse' } }).server, null).older_transport).toBe(true);
    expect(viewOf(resolved(undefined).server, null).older_transport).toBe(false);
  });

  test.each<[string, object, RegExp, Around?]>([
    ['a variable that is not set', { clientId: '$' + '{NONE}' }, /NONE is not set/],
    [
      'a secret that is not kept',
      { clientId: 'c', clientSecret: SECRET_MARK },
      /^no value is stored for clientSecret\. Enter it/,
    ],
    [
      'a secret with a line break',
      { clientId: 'c', clientSecret: '$' + '{S}' },
      /^the clientSecret has a line break/,
      { environment: { S: 'sesame\n' } },
    ],
    ['a scope with a quote', { scopes: ['"read"'] }, /^a scope has a quote/],
    ['a resource that is no address', { resource: 'example.com' }, /^"resource" must be a whole address/],
    ['a resource with a fragment', { resource: 'https://x.example/#a' }, /^"resource" must be .* without "#"/],
    [
      'an authorization server without https',
      { authorizationServer: 'http://x.example' },
      /^"authorizationServer" must/,
    ],
    ['an authorization server with a query', { authorizationServer: 'https://x.example/?a' }, /^"authorizationServer"/],
    ['a password in its address', { authorizationServer: 'https://a:b@x.example' }, /^"authorizationServer" must/],
    ['a blank in its address', { authorizationServer: 'https://x.example ' }, /^"authorizationServer" must/],
    ['a document without a path', { clientMetadataUrl: 'https://x.example' }, /^"clientMetadataUrl" must be .* a path/],
    ['a document without https', { clientMetadataUrl: 'http://127.0.0.1/c' }, /^"clientMetadataUrl" must be an https/],
    ['a document above its folder', { clientMetadataUrl: 'https://x.example/a/../c' }, /^"clientMetadataUrl" must/],
    ['a relative path of a key', { clientId: 'c', privateKeyFile: 'k.pem' }, /^"privateKeyFile" must be a whole path/],
    [
      'a key that is not there',
      { clientId: 'c', privateKeyFile: '/none/k.pem' },
      /^"privateKeyFile": there is no such/,
    ],
    ['a key that is a folder', { clientId: 'c', privateKeyFile: '/' }, /^"privateKeyFile": this is not a file/],
    ['no key at all', { clientId: 'c', privateKey: 'sesame' }, /^"privateKey": it is not a private key in PEM form/],
    [
      'a damaged key',
      { clientId: 'c', privateKey: '-----BEGIN PRIVATE KEY-----\nsesame\n-----END PRIVATE KEY-----' },
      /^"privateKey": it cannot be read as one/,
    ],
    [
      'a locked key',
      {
        clientId: 'c',
        privateKey: EC.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
      },
      /^"privateKey": it is locked with a password/,
    ],
    [
      'a key of another kind',
      { clientId: 'c', privateKey: pemOf(EC), algorithm: 'RS256' },
      /cannot sign with RS256\. .*ES256/,
    ],
    [
      'a short key',
      { clientId: 'c', privateKey: pemOf(generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey) },
      /of a kind that no algorithm takes/,
    ],
  ])('is broken by %s, and nothing secret is told', (_what, oauth, sentence, around) => {
    const { login, problems } = resolved(oauth, around);
    expect(login).toBeUndefined();
    expect(problems).toEqual([expect.stringMatching(sentence)]);
    expect(problems.join()).not.toContain('sesame');
  });

  test('holds a key in the form that signs, whatever form it had', () => {
    const key = (privateKey: string, more: object = {}) => resolved({ clientId: 'c', privateKey, ...more }).login;
    expect(key(pemOf(EC, 'sec1'))).toMatchObject({ privateKey: pemOf(EC), algorithm: 'ES256' });
    expect(key(pemOf(RSA, 'pkcs1'))).toMatchObject({ privateKey: pemOf(RSA), algorithm: 'RS256' });
    expect(key(pemOf(RSA), { algorithm: 'PS512' })).toMatchObject({ algorithm: 'PS512' });
    expect(key(pemOf(ED))).toMatchObject({ privateKey: pemOf(ED), algorithm: 'EdDSA' });
    expect(key(pemOf(EC).replaceAll('\n', '\\n'))).toMatchObject({ privateKey: pemOf(EC) });
    const machine = { grant: 'client_credentials', privateKey: SECRET_MARK, clientId: 'c' };
    expect(resolved(machine, { stored: { privateKey: pemOf(EC) } }).login).toMatchObject({
      who: 'machine',
      privateKey: pemOf(EC),
    });
  });

  test('reads a key out of a file of its own', ({ onTestFinished }) => {
    const folder = makeFolder();
    onTestFinished(() => removeFolder(folder));
    const privateKeyFile = join(folder, 'k.pem');
    writeFileSync(privateKeyFile, pemOf(EC));
    expect(resolved({ clientId: 'c', privateKeyFile }).login).toMatchObject({ privateKey: pemOf(EC) });
    writeFileSync(privateKeyFile, ' '.repeat(64 * 1024 + 1));
    expect(resolved({ clientId: 'c', privateKeyFile }).problems).toEqual([expect.stringMatching(/far too large/)]);
  });
});

describe('no secret of a login', () => {
  const SECRET = 'sesame-open/0001';

  test('is in what anyone may see', () => {
    const { server } = resolved({ clientId: 'c', clientSecret: SECRET });
    expect(viewOf(server, null).oauth).toMatchObject({ secret_names: ['client_secret'], secret_values: {} });
    expect(JSON.stringify(viewOf(server, null))).not.toContain(SECRET);
    const kept = resolved({ clientId: 'c', clientSecret: SECRET_MARK }, { stored: { clientSecret: SECRET } }).server;
    expect(JSON.stringify(viewOf(kept, null))).not.toContain(SECRET);
    const looked = resolved({ clientId: 'c', clientSecret: '$' + '{S}' }, { environment: { S: SECRET } }).server;
    expect(viewOf(looked, null).oauth?.secret_values).toEqual({ client_secret: '$' + '{S}' });
    expect(JSON.stringify(viewOf(looked, null))).not.toContain(SECRET);
  });

  test('is repeated in what a server said, in any form in which it was sent', () => {
    const { target } = resolved({ clientId: 'my client', clientSecret: SECRET });
    if (!target) throw new Error('no target');
    const basic = Buffer.from(`my%20client:${encodeURIComponent(SECRET)}`).toString('base64');
    for (const said of [SECRET, encodeURIComponent(SECRET), basic]) {
      expect(withoutSecrets(`wrong: ${said}!`, target)).toBe('wrong: •••!');
    }
    const { target: signed } = resolved({ clientId: 'c', privateKey: pemOf(RSA) });
    if (!signed) throw new Error('no target');
    const [, line = ''] = pemOf(RSA).split('\n');
    expect(withoutSecrets(`wrong: ${line}`, signed)).toBe('wrong: •••');
    expect(withoutSecrets(pemOf(RSA), signed)).not.toMatch(/\w{20}/);
  });

  test('is left, whatever the texts of an entry are: reading them never throws', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('$' + '{A}', 'https://x', '-----BEGIN PRIVATE KEY-----', SECRET_MARK),
    );
    const any = fc.oneof(text, fc.boolean(), fc.array(text), fc.constant(null), fc.integer());
    const oauth = fc.record(
      Object.fromEntries(
        ['clientId', 'clientSecret', 'privateKey', 'privateKeyFile', 'algorithm', 'scopes', 'resource'].map((it) => [
          it,
          any,
        ]),
      ),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(oauth, (it) => {
        const { login, problems } = resolved(it);
        expect(login === undefined).toBe(problems.length > 0);
      }),
    );
  });
});
