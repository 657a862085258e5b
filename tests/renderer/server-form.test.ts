import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readArguments, writeArguments } from '#src/renderer/features/servers/form/arguments';
import {
  EMPTY_FIELDS,
  type FormFields,
  fieldsOf,
  readForm,
  secretRow,
} from '#src/renderer/features/servers/form/form-model';
import { EMPTY_LOGIN, type LoginFields } from '#src/renderer/features/servers/form/login-model';
import { fittingName, readPasted } from '#src/renderer/features/servers/form/paste';
import { type Server, serverInputSchema } from '#src/shared/contract/server';
import { makeServer } from './support/make-server';

describe('arguments', () => {
  test.each<[string, string[]]>([
    ['', []],
    ['  \n ', []],
    ['-y @modelcontextprotocol/server-everything', ['-y', '@modelcontextprotocol/server-everything']],
    [`--dir "My Documents" 'it is' plain`, ['--dir', 'My Documents', 'it is', 'plain']],
    ['C:\\Users\\me\\x.js', ['C:\\Users\\me\\x.js']],
    ['a\\ b', ['a b']],
    ['--empty ""', ['--empty', '']],
    ['"unclosed word', ['unclosed word']],
    ['-y\nserver\n\n--name two words', ['-y', 'server', '--name two words']],
    ['one\r\ntwo\r\n', ['one', 'two']],
    ['$(rm -rf) ; `id`', ['$(rm', '-rf)', ';', '`id`']],
  ])('reads %j', (text, args) => {
    expect(readArguments(text)).toEqual(args);
  });

  test('reads back what it wrote, whatever the arguments', () => {
    const arg = fc.oneof(
      fc.string(),
      fc.constantFrom('', ' ', '"', '""', '"a"', 'a b', '\\', '\\n', 'x\ny', '\r', "it's", '"a\\'),
    );
    fc.assert(
      fc.property(fc.array(arg, { maxLength: 6 }), (args) => {
        expect(readArguments(writeArguments(args))).toEqual(args);
      }),
      { numRuns: 500 },
    );
  });
});

const fields = (change: Partial<FormFields>): FormFields => ({
  ...EMPTY_FIELDS,
  name: 'files',
  command: 'npx',
  ...change,
});
const problems = (change: Partial<FormFields>, taken: string[] = []) => {
  const result = readForm(fields(change), taken);
  return result.ok ? {} : result.problems;
};

const EMPTY: NonNullable<Server['oauth']> = {
  needed: null,
  client_id: null,
  secret_names: [],
  secret_values: {},
  private_key_file: null,
  algorithm: null,
  scopes: [],
  resource: null,
  authorization_server: null,
  client_metadata_url: null,
  grant: 'authorization_code',
  accepts_other_issuer: false,
};
const web = (login: Partial<LoginFields>): Partial<FormFields> => ({
  transport: 'http',
  url: 'http://h',
  login: { ...EMPTY_LOGIN, ...login },
});
const LOGIN: NonNullable<Server['oauth']> = {
  ...EMPTY,
  client_id: 'c',
  secret_names: ['client_secret'],
  scopes: ['read', '$' + '{MORE:-a b}'],
  resource: 'https://x.example',
  authorization_server: 'https://$' + '{HOST}',
  grant: 'client_credentials',
  accepts_other_issuer: true,
};

describe('the form of a login', () => {
  const saved = (oauth: Server['oauth'], change: Partial<LoginFields> = {}) => {
    const opened = fieldsOf(makeServer({ transport: 'http', command: null, url: 'http://h', oauth }));
    const result = readForm({ ...opened, login: { ...opened.login, ...change } }, []);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return serverInputSchema.parse(result.server).oauth;
  };
  const { scopes, resource, grant, authorization_server } = LOGIN;
  const withoutSecret = { client_id: 'c', scopes, resource, authorization_server };
  const same = { ...withoutSecret, client_secret: null, grant };

  test.each<[string, Server['oauth'], Partial<LoginFields>, object | undefined]>([
    ['nothing', null, {}, undefined],
    ['what was there', LOGIN, {}, same],
    ['a new secret', LOGIN, { clientSecret: 'new' }, { ...same, client_secret: 'new' }],
    ['no secret', { ...LOGIN, grant: 'authorization_code' }, { clientSecret: '' }, withoutSecret],
    [
      'a key that is kept',
      { ...LOGIN, secret_names: ['private_key'] },
      {},
      { ...withoutSecret, private_key: null, grant },
    ],
    ['that it always needs one', { ...EMPTY, needed: true }, {}, { needed: true }],
    ['that it never gets one', { ...EMPTY, needed: false }, {}, { needed: false }],
    ['a client in place of that', { ...EMPTY, needed: false }, { clientId: 'c' }, { client_id: 'c' }],
    ['no more of it', { ...EMPTY, client_id: 'c' }, { clientId: '' }, {}],
  ])('says %s', (_what, oauth, change, expected) => {
    expect(saved(oauth, change)).toEqual(expected);
  });
});

describe('the form', () => {
  test.each<[string, Partial<FormFields>, string, RegExp]>([
    ['no name', { name: ' ' }, 'name', /^Give the server a name\.$/],
    ['a name with a space', { name: 'my files' }, 'name', /^A server name starts with a letter and has letters/],
    ['a name with __', { name: 'a__b' }, 'name', /letters, digits and "-" only\.$/],
    ['a long name', { name: 'a'.repeat(41) }, 'name', /at most 40 characters\.$/],
    ['a taken name', { name: 'taken' }, 'name', /already/],
    ['no command', { command: '' }, 'command', /which program/],
    ['no address', { transport: 'http' }, 'url', /where the server listens/],
    ['no real address', { transport: 'http', url: 'localhost' }, 'url', /begin with http/],
    ['another protocol', { transport: 'http', url: 'ftp://x/' }, 'url', /http:\/\/ or https:\/\//],
    ['a password in the address', { transport: 'http', url: 'http://me:x@h/' }, 'url', /header/],
    ['no minutes', { idleMinutes: 'soon', policy: 'lazy' }, 'idleMinutes', /from 1 to 1,440/],
    ['too few minutes', { idleMinutes: '0' }, 'idleMinutes', /from 1 to 1,440/],
    ['a value without a name', { env: [secretRow('', 'x')] }, 'env', /a name/],
    ['a name that cannot be', { env: [secretRow('A=B', 'x')] }, 'env', /“A=B”/],
    ['a name twice', { env: [secretRow('A', 'x'), secretRow('A', 'y')] }, 'env', /twice/],
    [
      'a header twice',
      { transport: 'http', url: 'http://h', headers: [secretRow('X', '1'), secretRow('x', '2')] },
      'headers',
      /twice/,
    ],
    ['a secret of nobody', web({ clientSecret: 'x' }), 'clientId', /id of the client/],
    ['a scope in quotes', web({ scopes: 'read "write"' }), 'scopes', /“"write"” is not a valid scope/],
    ['too many scopes', web({ scopes: 'a '.repeat(101) }), 'scopes', /At most 100/],
    ['no address of a login', web({ authorizationServer: 'login.example.com' }), 'authorizationServer', /https:/],
    ['a login over http', web({ authorizationServer: 'http://x.example' }), 'authorizationServer', /https:/],
    ['a query in it', web({ authorizationServer: 'https://x.example/?a=b' }), 'authorizationServer', /without/],
    [
      'a login beside its header',
      { ...web({ clientId: 'c' }), headers: [secretRow('authorization', 'x')] },
      'headers',
      /sends the Authorization header itself/,
    ],
    [
      'a header that cannot be',
      { transport: 'http', url: 'http://h', headers: [secretRow('a b', '1')] },
      'headers',
      /header/,
    ],
  ])('refuses %s', (_, change, field, sentence) => {
    expect(problems(change, ['taken'])).toEqual({ [field]: expect.stringMatching(sentence) });
  });

  test.each([
    ['a name that cannot be', [secretRow('GOOD', '1'), secretRow('A=B', '2')]],
    ['a name that is missing', [secretRow('GOOD', '1'), secretRow('', '2')]],
    ['a name that is there twice', [secretRow('GOOD', '1'), secretRow('GOOD', '2')]],
  ])('says which variable has %s', (_, env) => {
    const result = readForm(fields({ env }), []);
    expect(result.ok ? null : result.wrongRow).toBe(env[1]?.id);
  });

  test('gives what the contract takes', () => {
    const result = readForm(
      fields({
        args: '-y x',
        cwd: ' /srv ',
        env: [secretRow('TOKEN', 'canary'), secretRow('', ''), secretRow('OLD', null)],
      }),
      [],
    );
    if (!result.ok) throw new Error('refused');
    expect(serverInputSchema.parse(result.server)).toEqual({
      name: 'files',
      command: 'npx',
      args: ['-y', 'x'],
      cwd: '/srv',
      env: { TOKEN: 'canary', OLD: null },
      policy: 'per-session',
    });
  });

  test('agrees with the contract on every name and number of minutes', () => {
    const name = fc.oneof(fc.string({ maxLength: 45 }), fc.stringMatching(/^[A-Za-z-][A-Za-z0-9_-]{0,42}$/));
    const idleMinutes = fc.oneof(fc.integer({ min: -2, max: 1_445 }).map(String), fc.string({ maxLength: 4 }));
    fc.assert(
      fc.property(name, idleMinutes, (typed, minutes) => {
        const result = readForm(fields({ name: typed, idleMinutes: minutes, policy: 'lazy' }), []);
        const trimmed = minutes.trim();
        const contract = serverInputSchema.safeParse({
          name: typed.trim(),
          command: 'npx',
          ...(trimmed !== '' && { idle_stop_minutes: /^\d+$/.test(trimmed) ? Number(trimmed) : Number.NaN }),
        });
        expect(result.ok).toBe(contract.success && typed.trim() !== '');
      }),
      { numRuns: 500 },
    );
  });

  test('opens with what is there, keeps stored values and never has them', () => {
    const server = makeServer({ args: ['a b'], env_names: ['TOKEN'], cwd: '/srv', idle_stop_minutes: 30 });
    const opened = fieldsOf(server);
    expect(opened.env).toEqual([{ id: expect.any(Number), name: 'TOKEN', value: null }]);
    const result = readForm(opened, []);
    expect(result).toEqual({
      ok: true,
      server: {
        name: 'counter',
        command: 'node',
        args: ['a b'],
        cwd: '/srv',
        env: { TOKEN: null },
        policy: 'per-session',
        idle_stop_minutes: 30,
      },
    });
  });
});

describe('what is pasted', () => {
  const entry = { command: 'npx', args: ['-y', 'x y'], env: { KEY: 'canary' } };
  test.each<[string, unknown]>([
    ['the whole block', { mcpServers: { files: entry } }],
    ['the form of VS Code', { servers: { files: { type: 'stdio', ...entry } } }],
    ['the inside of the block', { files: entry }],
  ])('is taken as %s', (_, json) => {
    const pasted = readPasted(JSON.stringify(json, null, 2));
    expect(pasted?.fields).toMatchObject({ name: 'files', transport: 'stdio', command: 'npx' });
    expect(readArguments(pasted?.fields.args ?? '')).toEqual(['-y', 'x y']);
    expect(pasted?.fields.env).toMatchObject([{ name: 'KEY', value: 'canary' }]);
    expect(pasted?.others).toEqual([]);
  });

  test('is taken as a line torn out of a file, and as an entry alone', () => {
    expect(readPasted(`"files": ${JSON.stringify(entry)},`)?.fields).toMatchObject({ name: 'files', command: 'npx' });
    expect(readPasted(JSON.stringify(entry))?.fields).toMatchObject({ name: '', command: 'npx' });
  });

  test('knows servers by address, whatever the client calls it', () => {
    for (const key of ['url', 'httpUrl', 'serverUrl']) {
      const pasted = readPasted(
        JSON.stringify({ mcpServers: { docs: { [key]: 'http://h/mcp', headers: { A: 'b' } } } }),
      );
      expect(pasted?.fields).toMatchObject({ name: 'docs', transport: 'http', url: 'http://h/mcp' });
      expect(pasted?.fields.headers).toMatchObject([{ name: 'A', value: 'b' }]);
    }
  });

  test('knows the login of an address, and the older transport', () => {
    const expected = { clientId: 'c', clientSecret: 's', scopes: 'a b', before: null };
    for (const login of [
      { oauth: { clientId: 'c', clientSecret: 's', scopes: 'a b' } },
      { oauth: { client_id: 'c', client_secret: 's', scope: 'a b' } },
      { auth: { CLIENT_ID: 'c', CLIENT_SECRET: 's', scopes: ['a', 'b'] } },
    ]) {
      const pasted = readPasted(JSON.stringify({ docs: { type: 'sse', url: 'http://h/sse', ...login } }));
      expect(pasted?.fields).toMatchObject({ older: true, login: expected });
    }
  });

  test('takes the first of several and names the others', () => {
    const pasted = readPasted(JSON.stringify({ mcpServers: { one: entry, two: entry, bad: 7 } }));
    expect([pasted?.fields.name, pasted?.others]).toEqual(['one', ['two']]);
  });

  test.each(['', 'files', '{"a": 1}', '[]', '{"mcpServers": {}}', '{ broken', 'null'])('is nothing: %j', (text) => {
    expect(readPasted(text)).toBeNull();
  });

  test.each([
    ['my_files.v2', 'my-files-v2'],
    ['@scope/server', 'scope-server'],
    ['3d', 'd'],
    ['__', ''],
  ])('names %s as %s', (name, fitting) => {
    expect(fittingName(name)).toBe(fitting);
  });
});
