import { describe, expect, test } from 'vitest';
import { readEntry, SECRET_MARK } from '#src/main/upstream/config/file/entry';
import {
  commandFingerprint,
  confirmedParts,
  needsConfirmation,
  shownVariables,
  targetFingerprint,
} from '#src/main/upstream/config/fingerprint';
import { type LoginSettings, NO_LOGIN_SETTINGS } from '#src/main/upstream/login/login-settings';

const NOTHING = { env: {}, headers: {}, oauth: {} };
const form = (entry: object) => readEntry(entry).form;
const fingerprint = (entry: object, env: Record<string, string> = {}) =>
  commandFingerprint(form(entry), { ...NOTHING, env });
const ENTRY = { command: 'npx', args: ['-y', 'x'], cwd: '/tmp', env: { A: '1', B: '2', API_KEY: SECRET_MARK } };
const WEB = { url: 'https://example.com/mcp', headers: { Authorization: 'Bearer $' + '{TOKEN}' } };
const TARGET = { kind: 'stdio', command: 'npx', args: [], cwd: null, env: { A: '1', B: '2' } } as const;

describe('the fingerprint of what a person confirms', () => {
  test.each([
    ['the order of its environment', { ...ENTRY, env: { API_KEY: SECRET_MARK, B: '2', A: '1' } }],
    ['the policy', { ...ENTRY, policy: 'shared', idleStopMinutes: 5, disabled: true }],
    ['a key that nobody knows', { ...ENTRY, note: 1 }],
  ])('stays the same when %s changes', (_what, other) => {
    expect(fingerprint(other)).toBe(fingerprint(ENTRY));
  });

  test('stays the same when Holdfast keeps another secret under the same name', () => {
    expect(fingerprint(ENTRY, { API_KEY: 'one' })).toBe(fingerprint(ENTRY, { API_KEY: 'two' }));
  });

  test.each([
    ['program', { ...ENTRY, command: 'npm' }],
    ['arguments', { ...ENTRY, args: ['-y x'] }],
    ['folder', { ...ENTRY, cwd: '/' }],
    ['variables', { ...ENTRY, env: { ...ENTRY.env, C: '' } }],
    ['values', { ...ENTRY, env: { ...ENTRY.env, A: 'other' } }],
    ['secrets, where the file holds them', { ...ENTRY, env: { ...ENTRY.env, API_KEY: 'in the file' } }],
  ])('changes with its %s', (_what, other) => {
    expect(fingerprint(other)).not.toBe(fingerprint(ENTRY));
  });

  test.each([
    'npm_config_node_options',
    'npm_config_registry',
    'PYTHONUSERBASE',
    'HOME',
    'DOTNET_STARTUP_HOOKS',
    'UV_INDEX_URL',
    'GIT_CONFIG_KEY_0',
    'GIT_ASKPASS',
    'NODE_OPTIONS',
    'LD_PRELOAD',
  ])('changes with the value of %s, which is shown, wherever it is kept', (name) => {
    const of = (value: string) => ({ command: 'x', env: { [name]: value } });
    const kept = { command: 'x', env: { [name]: SECRET_MARK } };
    expect(fingerprint(of('/a'))).not.toBe(fingerprint(of('/b')));
    expect(fingerprint(kept, { [name]: '/a' })).not.toBe(fingerprint(kept, { [name]: '/b' }));
    expect(shownVariables(form(of('/a --b')), NOTHING)).toEqual({ [name]: '/a --b' });
    expect(shownVariables(form(kept), { ...NOTHING, env: { [name]: '/a' } })).toEqual({ [name]: '/a' });
  });

  test('changes with the address and with what is looked up for it', () => {
    const all = [
      WEB,
      { ...WEB, url: 'https://stranger.example/mcp' },
      { ...WEB, headers: { Authorization: 'Bearer $' + '{AWS_SECRET_ACCESS_KEY}' } },
      { ...WEB, headers: { ...WEB.headers, 'X-More': 'plain' } },
    ];
    expect(new Set(all.map((entry) => fingerprint(entry))).size).toBe(all.length);
  });
});

describe('the fingerprint of an address with a login', () => {
  const LOGIN = { url: 'https://x.example', oauth: { clientId: 'c', clientSecret: SECRET_MARK, scopes: ['a'] } };
  const with_ = (oauth: object) => ({ ...LOGIN, oauth: { ...LOGIN.oauth, ...oauth } });

  test('stays what it was where there is no login', () => {
    expect(fingerprint({ url: 'https://x.example', oauth: {} })).toBe(fingerprint({ url: 'https://x.example' }));
  });

  test('stays the same when the secret is another one, kept or written', () => {
    const of = (clientSecret: string) => commandFingerprint(form(LOGIN), { ...NOTHING, oauth: { clientSecret } });
    expect(of('one')).toBe(of('two'));
    expect(fingerprint(with_({ clientSecret: 'one' }))).toBe(fingerprint(with_({ clientSecret: 'two' })));
  });

  test('changes with everything that decides who gets the secret, and what for', () => {
    const all = [
      LOGIN,
      { ...LOGIN, url: 'https://stranger.example' },
      with_({ clientId: 'd' }),
      with_({ clientSecret: undefined }),
      with_({ clientSecret: '$' + '{AWS_SECRET_ACCESS_KEY}' }),
      with_({ authorizationServer: 'https://stranger.example' }),
      with_({ acceptsOtherIssuer: true }),
      with_({ resource: 'https://x.example' }),
      with_({ scopes: ['a', 'b'] }),
      with_({ grant: 'client_credentials' }),
      { ...LOGIN, oauth: true },
    ];
    expect(new Set(all.map((entry) => fingerprint(entry))).size).toBe(all.length);
  });

  test('names the parts that differ, and holds no secret', () => {
    const parts = (entry: object) => confirmedParts(form(entry), NOTHING);
    const now = parts(with_({ clientId: 'd', authorizationServer: 'https://y.example', clientSecret: 'sesame' }));
    const before = parts(LOGIN);
    expect(Object.keys(now).filter((part) => now[part] !== before[part])).toEqual([
      'client id',
      'authorization server',
    ]);
    expect(JSON.stringify(now)).not.toContain('sesame');
  });
});

test.each([
  ['any command', true, ENTRY],
  ['an address with a looked-up header', true, WEB],
  ['an address with a default for one', true, { url: 'https://x.example', headers: { A: '$' + '{NONE:-d}' } }],
  ['an address that holds a looked-up value', true, { url: 'https://$' + '{HOST}/mcp' }],
  ['an address that gets a secret kept here', true, { url: 'https://x.example', headers: { A: SECRET_MARK } }],
  ['an address with values of its own', false, { url: 'https://x.example', headers: { A: 'Bearer abc' } }],
  [
    'a client with a kept secret',
    true,
    { url: 'https://x.example', oauth: { clientId: 'c', clientSecret: SECRET_MARK } },
  ],
  ['a looked-up client id', true, { url: 'https://x.example', oauth: { clientId: '$' + '{AWS_SECRET_ACCESS_KEY}' } }],
  ['a looked-up scope', true, { url: 'https://x.example', oauth: { scopes: ['a', '$' + '{KEY}'] } }],
  ['a key out of a file', true, { url: 'https://x.example', oauth: { clientId: 'c', privateKeyFile: '/k' } }],
  ['a client of its own', false, { url: 'https://x.example', oauth: { clientId: 'c', clientSecret: 's' } }],
  ['a login alone', false, { url: 'https://x.example', oauth: true }],
  ['an address alone', false, { url: 'https://x.example/mcp' }],
])('whether %s is confirmed: %s', (_what, needs, entry) => {
  expect(needsConfirmation(form(entry))).toBe(needs);
});

test('names the parts that differ from what was confirmed', () => {
  const parts = (entry: object) => confirmedParts(form(entry), NOTHING);
  const now = parts({ ...ENTRY, args: ['-y', 'z'], env: { ...ENTRY.env, A: '9' } });
  const before = parts(ENTRY);
  expect(Object.keys(now).filter((part) => now[part] !== before[part])).toEqual(['arguments', 'A']);
  expect(JSON.stringify(parts({ ...ENTRY, env: { API_KEY: 'sesame' } }))).not.toContain('sesame');
});

describe('the fingerprint of what runs', () => {
  test('changes with a value of its environment or of a header, and not with their order', () => {
    expect(targetFingerprint({ ...TARGET, env: { B: '2', A: '1' } })).toBe(targetFingerprint(TARGET));
    expect(targetFingerprint({ ...TARGET, env: { A: '1', B: '3' } })).not.toBe(targetFingerprint(TARGET));
    const web = { kind: 'http', url: 'http://x/', headers: { K: '1' } } as const;
    expect(targetFingerprint({ ...web, headers: { K: '2' } })).not.toBe(targetFingerprint(web));
  });

  test('changes with who logs in and what for, and not with a new secret', () => {
    const web = { kind: 'http', url: 'http://x/', headers: {} } as const;
    const of = (login: Partial<LoginSettings>) =>
      targetFingerprint({ ...web, login: { ...NO_LOGIN_SETTINGS, ...login } });
    expect(of({ clientId: 'c', clientSecret: '1' })).toBe(of({ clientId: 'c', clientSecret: '2' }));
    const all = [
      targetFingerprint(web),
      targetFingerprint({ ...web, sse: true }),
      of({}),
      of({ clientId: 'c' }),
      of({ scopes: ['a'] }),
      of({ authorizationServer: 'https://x' }),
      of({ isNeeded: false }),
    ];
    expect(new Set(all).size).toBe(all.length);
    // An entry from before there were logins keeps its session.
    expect(targetFingerprint(web)).toBe('c93e710cca73aefab52fcef50fc64d3a2ac390f4690139d23351ba2b2f87f757');
  });
});
