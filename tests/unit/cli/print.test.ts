import { describe, expect, test } from 'vitest';
import { confirmationLines, remarkLines, serverRow } from '#src/main/cli/servers/words';
import type { Server } from '#src/shared/contract/server';
import { visible } from '#src/shared/visible-text';

describe('text for a terminal', () => {
  test('keeps words of any language, line breaks and tabs', () => {
    const text = 'Zoë, 東京, 👩‍👧\n\tβ';
    expect(visible(text)).toBe(text);
  });

  test('has nothing in it that makes the terminal show something else', () => {
    expect(visible('a\u001b[2Kb\rc\u0007')).toBe('a\\u001b[2Kb\\u000dc\\u0007');
    expect(visible('npx\u202egnp\u2066\u200b\u009b1m')).toBe('npx\\u202egnp\\u2066\\u200b\\u009b1m');
    expect(visible('\u{e0001}')).toBe('\\udb40\\udc01');
  });

  test('stays the same JSON', () => {
    const value = { name: 'a\u202eb\u009b\u{e0001}\u2028' };
    expect(JSON.parse(visible(JSON.stringify(value)))).toEqual(value);
  });
});

test('what is confirmed is shown word by word, and no word can look like another line', () => {
  const server = {
    name: 'a',
    url: null,
    command: 'sh',
    args: ['-c', 'rm -rf ~\nin /safe'],
    cwd: '/tmp/a b',
    env_names: ['KEY', 'X\nin /safe', 'PATH'],
    env_values: { PATH: '/tmp/evil\n' },
    header_names: [],
    header_values: {},
    oauth: null,
    changed_since_confirmed: ['arguments', 'X\nin /safe'],
  } as unknown as Server;
  expect(confirmationLines(server)).toEqual([
    'a runs: sh -c "rm -rf ~\\nin /safe"',
    'in "/tmp/a b"',
    'with KEY, "X\\nin /safe", PATH="/tmp/evil\\n" in its environment',
    'changed since it was last confirmed: arguments, "X\\nin /safe"',
  ]);
});

test('a command without a folder of its own says where it works', () => {
  const server = {
    name: 'a',
    url: null,
    command: 'sh',
    args: [],
    cwd: null,
    env_names: [],
    env_values: {},
    header_names: [],
    header_values: {},
    oauth: null,
    changed_since_confirmed: [],
  } as unknown as Server;
  expect(confirmationLines(server)).toEqual(['a runs: sh', 'in your home folder']);
});

test('an address that is confirmed is shown with what is sent there', () => {
  const server = {
    name: 'a',
    url: 'https://example.com/mcp',
    env_names: [],
    env_values: {},
    header_names: ['Authorization', 'X-Key'],
    header_values: { Authorization: 'Bearer $' + '{TOKEN}' },
    oauth: {
      needed: null,
      client_id: 'c\nis at: https://good.example',
      secret_names: ['client_secret', 'private_key'],
      secret_values: { client_secret: '$' + '{SECRET}' },
      private_key_file: null,
      algorithm: null,
      scopes: ['read', 'write'],
      resource: null,
      authorization_server: 'https://login.example.com',
      client_metadata_url: null,
      grant: 'client_credentials',
      accepts_other_issuer: true,
    },
    changed_since_confirmed: [],
  } as unknown as Server;
  expect(confirmationLines(server)).toEqual([
    'a is at: https://example.com/mcp',
    'and is sent Authorization="Bearer $' + '{TOKEN}", X-Key',
    'and logs in with client id "c\\nis at: https://good.example", authorization server https://login.example.com, scopes "read write", grant client_credentials, other issuers accepted, client secret "$' +
      '{SECRET}", a private key',
  ]);
});

test('what is odd about what a server lists is told line by line', () => {
  const odd = { kind: 'tool', name: 'x\ny', problem: 'title is null.', done: 'This field is left out.' };
  const list = { kind: 'list', name: 'tools', problem: 'Its pages lead in a circle.', done: 'The list ends there.' };
  const server = { name: 'a', list_remarks: { shown: [odd, list], more: 14 } } as unknown as Server;
  expect(remarkLines(server)).toEqual([
    'a: tool "x\\ny": title is null. This field is left out.',
    'a: list of tools: Its pages lead in a circle. The list ends there.',
    'a: and 14 more',
  ]);
});

test('a server that is stopped says what went wrong last', () => {
  const stopped = { name: 'a', state: 'stopped', last_error: null } as unknown as Server;
  expect(serverRow(stopped)).toEqual(['a', 'not running', '']);
  expect(serverRow({ ...stopped, older_transport: true })).toEqual(['a', 'not running', 'older transport (SSE)']);
  expect(serverRow({ ...stopped, last_error: 'It ended.' })).toEqual(['a', 'not running', 'last error: It ended.']);
});

test('a server that is down says when it is tried again, and counts nothing down that nobody planned', () => {
  const down = { name: 'a', state: 'waiting', last_error: 'It ended.', next_try_at: null } as unknown as Server;
  const retry = '  (holdfast servers retry a)';
  expect(serverRow(down)).toEqual(['a', 'FAILED', `It ended, tried again with its next use${retry}`]);
  expect(serverRow({ ...down, state: 'circuit_open' })[2]).toBe(
    `It ended, left alone for up to 30 s, then tried again with its next use${retry}`,
  );
  expect(serverRow({ ...down, next_try_at: Date.now() + 3_600_000 })[2]).toBe(`It ended, next try in 60 min${retry}`);
});
