import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { startTestHost, type TestHost } from '#tests/support/hosts/test-host';
import { changesOf, fileOf, windowTest as test, textOf, Window, write } from './support';

const servers = async (window: Window) => (await window.call('servers.list', {})).servers;
const SECRET = 'a-very-secret-value-0001';

describe('adding a server in the window', () => {
  test('writes the entry in the form that clients use, readable by the user alone, and confirms it', async ({
    host,
    window,
  }) => {
    const server = await window.call('servers.save', {
      server: { name: 'files', command: 'node', args: ['x.js', '--deep'], cwd: host.folder, env: { KEY: SECRET } },
    });
    expect(server).toMatchObject({
      name: 'files',
      transport: 'stdio',
      command: 'node',
      args: ['x.js', '--deep'],
      cwd: host.folder,
      env_names: ['KEY'],
      policy: 'per-session',
      idle_stop_minutes: 60,
      enabled: true,
      trusted: true,
      state: 'stopped',
      problem: null,
      url: null,
    });
    expect(JSON.parse(textOf(host))).toEqual({
      mcpServers: {
        files: { command: 'node', args: ['x.js', '--deep'], cwd: host.folder, env: { KEY: '$' + '{secret}' } },
      },
    });
    expect(statSync(fileOf(host)).mode & 0o777).toBe(0o600);
    expect(changesOf(host)).toEqual(['files added']);
  });

  test('takes an address with headers, a policy and its idle stop', async ({ host, window }) => {
    const server = await window.call('servers.save', {
      server: {
        name: 'web',
        url: 'https://example.com/mcp',
        headers: { 'X-Key': SECRET },
        policy: 'lazy',
        idle_stop_minutes: 3,
      },
    });
    expect(server).toMatchObject({
      transport: 'http',
      header_names: ['X-Key'],
      policy: 'lazy',
      idle_stop_minutes: 3,
      trusted: true,
    });
    expect(JSON.parse(textOf(host)).mcpServers.web).toEqual({
      url: 'https://example.com/mcp',
      headers: { 'X-Key': '$' + '{secret}' },
      policy: 'lazy',
      idleStopMinutes: 3,
    });
  });

  test.for([
    ['neither command nor url', { name: 'x' }, 'invalid_input', /either a command or an address/],
    ['both', { name: 'x', command: 'a', url: 'http://x' }, 'invalid_input', /either a command or an address/],
    [
      'a name with a blank',
      { name: 'a b', command: 'x' },
      'invalid_input',
      /^server\.name: a server name starts with a letter/,
    ],
    ['an address that is none', { name: 'x', url: 'example' }, 'invalid_input', /^x: "url" must be a whole address/],
    [
      'an address with a password',
      { name: 'x', url: 'http://a:b@example.com' },
      'invalid_input',
      /Put it into "headers"/,
    ],
    [
      'headers for a command',
      { name: 'x', command: 'a', headers: { A: 'b' } },
      'invalid_input',
      /A command has no headers/,
    ],
    [
      'a folder that is not whole',
      { name: 'x', command: 'a', cwd: 'src' },
      'invalid_input',
      /"cwd" must be a whole path/,
    ],
    [
      'a header with a line break',
      { name: 'x', url: 'http://x', headers: { A: 'b\nc' } },
      'invalid_input',
      /line break/,
    ],
    [
      'a variable that is not set',
      { name: 'x', command: 'a', env: { A: '$' + '{NOT_SET}' } },
      'invalid_input',
      /NOT_SET is not set/,
    ],
    [
      'a value that is not stored',
      { name: 'x', command: 'a', env: { A: null } },
      'invalid_input',
      /no value for A yet/,
    ],
  ] as const)('refuses %s and changes nothing', async ([_what, server, code, message], { host, window }) => {
    expect(await window.refusal('servers.save', { server })).toEqual({ code, message: expect.stringMatching(message) });
    expect(await servers(window)).toEqual([]);
    expect(changesOf(host)).toEqual([]);
  });

  test('refuses the address of Holdfast itself, which would call itself forever', async ({ host, window }) => {
    for (const url of [`${host.url}/mcp`, `http://localhost:${host.port}/mcp/x`]) {
      const refusal = await window.refusal('servers.save', { server: { name: 'loop', url } });
      expect(refusal).toEqual({ code: 'invalid_input', message: expect.stringMatching(/address of Holdfast itself/) });
    }
  });

  test('accepts names that every object has', async ({ window }) => {
    for (const name of ['constructor', 'toString']) {
      const server = { name, command: 'x', env: { constructor: SECRET, valueOf: 'v' } };
      expect(await window.call('servers.save', { server })).toMatchObject({ name, trusted: true, problem: null });
    }
    const { undo_id } = await window.call('servers.remove', { name: 'constructor' });
    await window.call('servers.undo_remove', { undo_id });
    expect((await servers(window)).map(({ name, env_names }) => [name, env_names])).toEqual([
      ['constructor', ['constructor', 'valueOf']],
      ['toString', ['constructor', 'valueOf']],
    ]);
  });

  test('refuses a name that is taken, and to change a server that is not there', async ({ window }) => {
    await window.call('servers.save', { server: { name: 'a', command: 'x' } });
    await window.call('servers.save', { server: { name: 'b', command: 'x' } });
    const again = { name: 'a', command: 'y' };
    expect((await window.refusal('servers.save', { server: again })).code).toBe('server_exists');
    expect((await window.refusal('servers.save', { server: again, replaces: 'b' })).code).toBe('server_exists');
    expect((await window.refusal('servers.save', { server: again, replaces: 'none' })).code).toBe('server_not_found');
    expect((await servers(window)).map(({ name, command }) => [name, command])).toEqual([
      ['a', 'x'],
      ['b', 'x'],
    ]);
  });
});

/** What the secrets port holds. It is not shown anywhere else. */
const kept = (host: TestHost): Record<string, { env: Record<string, string>; headers: Record<string, string> }> =>
  JSON.parse(readFileSync(join(host.folder, 'secrets', 'server-values.json'), 'utf8'));

describe('changing a server in the window', () => {
  const MARK = '$' + '{secret}';
  const MINE = `{
  // my servers
  "mcpServers": {
    "files": {
      "command": "node", // the runner
      "args": ["x.js", // the program
               "--deep"],
      "note": { "mine": true },
      "env": {
        "PLAIN": "p",
        "KEY": "${MARK}"
      }
    },
  }
}
`;
  test.beforeEach(async ({ host, window }) => {
    await window.call('servers.save', {
      server: { name: 'files', command: 'node', args: ['x.js', '--deep'], env: { KEY: SECRET } },
    });
    write(host, MINE);
  });

  test('keeps comments, unknown keys, formatting and values that were not touched', async ({ host, window }) => {
    const server = await window.call('servers.save', {
      server: {
        name: 'files',
        command: 'node',
        args: ['x.js', '--deep'],
        policy: 'shared',
        env: { KEY: null, PLAIN: null, MORE: 'more of it' },
      },
      replaces: 'files',
    });
    expect(server).toMatchObject({ env_names: ['PLAIN', 'KEY', 'MORE'], policy: 'shared', problem: null });
    const text = textOf(host);
    const lines = [
      '// my servers',
      '// the runner',
      '// the program\n               "--deep"',
      '"note": { "mine": true }',
      '"PLAIN": "p"',
    ];
    for (const line of lines) expect(text).toContain(line);
    expect(text).toContain('"MORE": "more of it"');
    expect(kept(host)).toEqual({ files: { env: { KEY: SECRET }, headers: {}, oauth: {} } });
  });

  test('removes values that were left out, and replaces the ones that were entered', async ({ host, window }) => {
    await window.call('servers.save', {
      server: { name: 'files', command: 'node', env: { KEY: 'new' } },
      replaces: 'files',
    });
    expect(JSON.parse(textOf(host).replaceAll(/\/\/.*|,(?=\s*[}\]])/g, '')).mcpServers.files).toEqual({
      command: 'node',
      note: { mine: true },
      env: { KEY: MARK },
    });
    expect(kept(host)).toEqual({ files: { env: { KEY: 'new' }, headers: {}, oauth: {} } });
  });

  test('takes values along to another name, and leaves none behind', async ({ host, window }) => {
    const server = await window.call('servers.save', {
      server: { name: 'docs', command: 'node', args: ['x.js', '--deep'] },
      replaces: 'files',
    });
    expect(server).toMatchObject({ name: 'docs', env_names: ['PLAIN', 'KEY'], problem: null });
    expect((await servers(window)).map(({ name }) => name)).toEqual(['docs']);
    expect(kept(host)).toEqual({ docs: { env: { KEY: SECRET }, headers: {}, oauth: {} } });
    expect(changesOf(host).slice(-2).sort()).toEqual(['docs added', 'files removed']);
  });

  test('makes an address of a command, and drops what belongs to a command', async ({ host, window }) => {
    await window.call('servers.save', { server: { name: 'files', url: 'http://127.0.0.1:1/mcp' }, replaces: 'files' });
    const [server] = await servers(window);
    expect(server).toMatchObject({ transport: 'http', command: null, args: [], env_names: [], problem: null });
    expect(textOf(host)).not.toMatch(/"command"|"args"|"env"/);
    expect(kept(host)).toEqual({});
  });

  test('enables and disables, once for each time that something changes', async ({ host, window }) => {
    expect(await window.call('servers.set_enabled', { name: 'files', enabled: false })).toMatchObject({
      enabled: false,
      state: 'disabled',
    });
    await window.call('servers.set_enabled', { name: 'files', enabled: false });
    expect(await window.call('servers.set_enabled', { name: 'files', enabled: true })).toMatchObject({
      enabled: true,
      // The edit by hand gave it another variable, which changed its command.
      state: 'untrusted',
    });
    expect(textOf(host)).toBe(MINE);
    expect(changesOf(host)).toEqual(['files added', 'files changed', 'files disabled', 'files enabled']);
    expect((await window.refusal('servers.set_enabled', { name: 'none', enabled: true })).code).toBe(
      'server_not_found',
    );
  });

  test('keeps a reference to the environment in the file, where it can be read', async ({ startHost }) => {
    const host = await startHost({ environment: { TOKEN: SECRET } });
    const window = await Window.of(host);
    const value = 'Bearer $' + '{TOKEN}';
    await window.call('servers.save', {
      server: { name: 'web', url: 'http://127.0.0.1:1/mcp', headers: { Authorization: value } },
    });
    expect(JSON.parse(textOf(host)).mcpServers.web.headers).toEqual({ Authorization: value });
  });
});

describe('removing a server', () => {
  test('can be undone whole: place, comments, values and confirmation', async ({ host, window }) => {
    for (const name of ['a', 'b', 'c'])
      await window.call('servers.save', { server: { name, command: 'x', env: { KEY: SECRET } } });
    const before = textOf(host).replace('"b": {', '"b": { // second');
    write(host, before);
    const { undo_id } = await window.call('servers.remove', { name: 'b' });
    expect((await servers(window)).map(({ name }) => name)).toEqual(['a', 'c']);
    expect(Object.keys(kept(host))).toEqual(['a', 'c']);
    const server = await window.call('servers.undo_remove', { undo_id });
    expect(server).toMatchObject({ name: 'b', trusted: true, problem: null });
    expect((await servers(window)).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(textOf(host)).toContain('// second');
    expect(kept(host).b).toEqual({ env: { KEY: SECRET }, headers: {}, oauth: {} });
    expect(changesOf(host).slice(-2)).toEqual(['b removed', 'b restored']);
    expect((await window.refusal('servers.undo_remove', { undo_id })).code).toBe('not_found');
  });

  test('is not undone over another server of the name, and not after Holdfast has ended', async ({ host, window }) => {
    await window.call('servers.save', { server: { name: 'a', command: 'x' } });
    const { undo_id } = await window.call('servers.remove', { name: 'a' });
    await window.call('servers.save', { server: { name: 'a', command: 'y' } });
    expect((await window.refusal('servers.undo_remove', { undo_id })).code).toBe('server_exists');
    await window.call('servers.remove', { name: 'a' });
    await host.stop();
    const again = await startTestHost({ folder: host.folder });
    try {
      const refusal = await (await Window.of(again)).refusal('servers.undo_remove', { undo_id });
      expect(refusal).toEqual({ code: 'not_found', message: expect.stringMatching(/restarted since\. Add it again/) });
    } finally {
      await again.stop();
    }
  });

  test('is refused for one that is not there', async ({ window }) => {
    expect((await window.refusal('servers.remove', { name: 'none' })).code).toBe('server_not_found');
  });
});

describe('values that are kept beside the file', () => {
  test('outlive a restart, and end with an entry that was taken out meanwhile', async ({ host, window }) => {
    await window.call('servers.save', { server: { name: 'a', command: 'x', env: { KEY: SECRET } } });
    await window.call('servers.save', { server: { name: 'b', command: 'x', env: { KEY: SECRET } } });
    await host.stop();
    const { a } = JSON.parse(textOf(host)).mcpServers;
    write(host, JSON.stringify({ mcpServers: { a } }));
    const again = await startTestHost({ folder: host.folder });
    try {
      const { servers: found } = await (await Window.of(again)).call('servers.list', {});
      expect(found.map(({ name, problem, trusted }) => [name, problem, trusted])).toEqual([['a', null, true]]);
      expect(Object.keys(kept(host))).toEqual(['a']);
    } finally {
      await again.stop();
    }
  });

  test('that are damaged are put aside, and have to be entered again', async ({ host, window }) => {
    await window.call('servers.save', { server: { name: 'a', command: 'x', env: { KEY: SECRET } } });
    await host.stop();
    const blob = join(host.folder, 'secrets', 'server-values.json');
    writeFileSync(blob, '{"a": 7');
    const again = await startTestHost({ folder: host.folder });
    try {
      const next = await Window.of(again);
      const [server] = (await next.call('servers.list', {})).servers;
      expect(server).toMatchObject({
        state: 'broken',
        problem: expect.stringMatching(/^servers\.json:6: a: no value is stored for KEY/),
      });
      expect(readFileSync(`${blob}.damaged`, 'utf8')).toBe('{"a": 7');
      const repaired = await next.call('servers.save', {
        server: { name: 'a', command: 'x', env: { KEY: SECRET } },
        replaces: 'a',
      });
      expect(repaired.problem).toBeNull();
    } finally {
      await again.stop();
    }
  });
});
