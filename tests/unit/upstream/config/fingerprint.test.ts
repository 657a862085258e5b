import { describe, expect, test } from 'vitest';
import { readEntry, SECRET_MARK } from '#src/main/upstream/config/file/entry';
import {
  commandFingerprint,
  confirmedParts,
  needsConfirmation,
  shownVariables,
  targetFingerprint,
} from '#src/main/upstream/config/fingerprint';

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

test.each([
  ['any command', true, ENTRY],
  ['an address with a looked-up header', true, WEB],
  ['an address with a default for one', true, { url: 'https://x.example', headers: { A: '$' + '{NONE:-d}' } }],
  ['an address that holds a looked-up value', true, { url: 'https://$' + '{HOST}/mcp' }],
  ['an address that gets a secret kept here', true, { url: 'https://x.example', headers: { A: SECRET_MARK } }],
  ['an address with values of its own', false, { url: 'https://x.example', headers: { A: 'Bearer abc' } }],
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
});
