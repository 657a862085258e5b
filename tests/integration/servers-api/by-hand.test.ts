import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { SECRET_MARK } from '#src/main/upstream/config/file/entry';
import { Api } from '#tests/support/clients/api';
import { changesOf, configured, fileChanged, fileOf, windowTest as test, textOf, Window, write } from './support';

const list = (window: Window) => window.call('servers.list', {});
const names = async (window: Window) => (await list(window)).servers.map(({ name }) => name);
const file = (servers: object) => JSON.stringify({ mcpServers: servers }, null, 2);

describe('an edit by hand', () => {
  test('is picked up, and every change is reported once', async ({ host, window }) => {
    const added = configured(host, { server: 'a', change: 'added' });
    write(host, file({ a: { command: 'x' }, b: { url: 'http://127.0.0.1:1/mcp' } }));
    await added;
    expect(await names(window)).toEqual(['a', 'b']);
    const disabled = configured(host, { server: 'b', change: 'disabled' });
    write(host, file({ a: { command: 'y' }, b: { url: 'http://127.0.0.1:1/mcp', disabled: true } }));
    await disabled;
    const removed = configured(host, { server: 'b', change: 'removed' });
    write(host, file({ a: { command: 'y' } }));
    await removed;
    expect(changesOf(host)).toEqual(['a added', 'b added', 'a changed', 'b disabled', 'b removed']);
  });

  test('is picked up when the editor puts a new file in the place of the old one, again and again', async ({
    host,
    window,
  }) => {
    for (const name of ['a', 'b', 'c']) {
      const added = configured(host, { server: name });
      const temporary = join(host.folder, `.servers.json.${name}.swp`);
      writeFileSync(temporary, file({ [name]: { command: 'x' } }));
      renameSync(temporary, fileOf(host));
      await added;
      expect(await names(window)).toEqual([name]);
    }
  });

  test('that leaves no JSON changes nothing, is never written over, and is reported with its line', async ({
    host,
    window,
  }) => {
    await window.call('servers.save', { server: { name: 'a', command: 'x' } });
    const broken = `${textOf(host).trimEnd().slice(0, -1)}\n  "more": \n}`;
    write(host, broken);
    const refusal = await window.refusal('servers.save', { server: { name: 'b', command: 'x' } });
    expect(refusal.code).toBe('invalid_input');
    expect(refusal.message).toMatch(/^servers\.json:\d+: .*Nothing was changed: correct the file first\.$/);
    expect(textOf(host)).toBe(broken);
    const { servers, problems } = await list(window);
    expect(servers.map(({ name, state }) => [name, state])).toEqual([['a', 'stopped']]);
    expect(problems).toEqual([expect.stringMatching(/^servers\.json:\d+: /)]);
    const repaired = configured(host, { server: 'c', change: 'added' });
    write(host, file({ a: { command: 'x' }, c: { command: 'x' } }));
    await repaired;
    expect((await list(window)).problems).toEqual([]);
    expect(changesOf(host)).toEqual(['a added', 'c added']);
  });

  test('that breaks the file is reported when it happens, and so is one that mends it', async ({ host, window }) => {
    await window.call('servers.save', { server: { name: 'a', command: 'x' } });
    const good = textOf(host);
    const broken = fileChanged(host);
    write(host, `${good} }`);
    expect(await broken).toEqual({ usable: false });
    expect((await list(window)).problems).toHaveLength(1);
    const mended = fileChanged(host);
    write(host, good);
    expect(await mended).toEqual({ usable: true });
    expect((await list(window)).problems).toEqual([]);
    expect(changesOf(host)).toEqual(['a added']);
  });

  test('that empties the file is taken for a half-written file', async ({ host, window }) => {
    await window.call('servers.save', { server: { name: 'a', command: 'x' } });
    write(host, '');
    // A change by the window looks at the file first, and may begin an empty one anew.
    await window.call('servers.save', { server: { name: 'b', command: 'x' } });
    expect(await names(window)).toEqual(['b']);
  });

  test('removes all servers with the file', async ({ host, window }) => {
    await window.call('servers.save', { server: { name: 'a', command: 'x' } });
    const removed = configured(host, { server: 'a', change: 'removed' });
    rmSync(fileOf(host));
    await removed;
    expect(await list(window)).toMatchObject({ servers: [], problems: [] });
  });

  test('reports broken entries with file, line and remedy, and the others work', async ({ host, window }) => {
    const seen = configured(host, { server: 'good' });
    write(
      host,
      '{\n  "mcpServers": {\n    "bad": {\n      "command": "x",\n      "args": "-y"\n    },\n    "b d": {"command": "x"},\n    "good": {"command": "x"}\n  }\n}\n',
    );
    await seen;
    const { servers, problems } = await list(window);
    expect(problems).toEqual([]);
    expect(servers.map(({ name, state, problem }) => [name, state, problem])).toEqual([
      ['bad', 'broken', 'servers.json:5: bad: "args" must be a list like ["-y", "package"].'],
      [
        'b d',
        'broken',
        expect.stringMatching(/^servers\.json:7: b d: a server name starts with a letter.*Rename it, to "b-d"/),
      ],
      ['good', 'untrusted', null],
    ]);
    for (const method of ['servers.test', 'servers.retry'] as const) {
      expect(await window.refusal(method, { name: 'bad' })).toEqual({
        code: 'invalid_input',
        message: expect.stringMatching(/^servers\.json:5: bad: /),
      });
    }
    // Who disables a broken server has heard of it.
    const disabled = configured(host, { server: 'bad', change: 'disabled' });
    write(host, textOf(host).replace('"args": "-y"', '"args": "-y", "disabled": true'));
    await disabled;
    const [bad] = (await list(window)).servers;
    expect([bad?.state, bad?.problem]).toEqual(['disabled', expect.stringMatching(/^servers\.json:5: bad: /)]);
    // The window repairs what a hand has broken.
    expect(await window.call('servers.save', { server: { name: 'b-d', command: 'x' }, replaces: 'b d' })).toMatchObject(
      { problem: null },
    );
    await window.call('servers.remove', { name: 'bad' });
    expect(await names(window)).toEqual(['b-d', 'good']);
  });

  test('is not lost when programs change the file at the same time', async ({ host, window }) => {
    const people = Array.from({ length: 5 }, (_, index) => `hand${index}`);
    const programs = Array.from({ length: 5 }, (_, index) => `program${index}`);
    const done = programs.map((name) => window.call('servers.save', { server: { name, command: 'x' } }));
    for (const [index, name] of people.entries()) {
      await done[index];
      const now = JSON.parse(textOf(host));
      now.mcpServers[name] = { command: 'x' };
      write(host, JSON.stringify(now));
    }
    await Promise.all(done);
    await window.call('servers.save', { server: { name: 'last', command: 'x' } });
    expect((await names(window)).sort()).toEqual([...people, ...programs, 'last'].sort());
    expect(changesOf(host).sort()).toEqual([...people, ...programs, 'last'].map((name) => `${name} added`).sort());
  });

  test('reaches a file that is a link, and the link stays one', async ({ newFolder, startHost }) => {
    const elsewhere = newFolder();
    const real = join(elsewhere, 'servers.json');
    writeFileSync(real, file({ a: { command: 'x' } }));
    const folder = newFolder();
    symlinkSync(real, join(folder, 'servers.json'));
    const host = await startHost({ folder });
    const window = await Window.of(host);
    await window.call('servers.save', { server: { name: 'b', command: 'x' } });
    expect(readlinkSync(fileOf(host))).toBe(real);
    expect(Object.keys(JSON.parse(readFileSync(real, 'utf8')).mcpServers)).toEqual(['a', 'b']);
    const added = configured(host, { server: 'c' });
    writeFileSync(real, file({ c: { command: 'x' } }));
    await added;
    expect(await names(window)).toEqual(['c']);
  });
});

describe('a start', () => {
  test('with a file that cannot be read or understood is a start all the same', async ({ startHost, host, window }) => {
    await host.stop();
    write(host, '{"mcpServers": {');
    host = await startHost({ folder: host.folder });
    window = await Window.of(host);
    expect(await list(window)).toMatchObject({ servers: [], problems: [expect.stringMatching(/^servers\.json:1: /)] });
    await host.stop();
    write(host, `{"mcpServers": ${'['.repeat(200_000)}`);
    host = await startHost({ folder: host.folder });
    window = await Window.of(host);
    expect((await list(window)).problems).toEqual(['servers.json:1: the file is nested too deeply. Correct it.']);
    expect((await window.refusal('servers.save', { server: { name: 'a', command: 'x' } })).code).toBe('invalid_input');
    await host.stop();
    rmSync(fileOf(host));
    mkdirSync(fileOf(host));
    host = await startHost({ folder: host.folder });
    window = await Window.of(host);
    expect(await list(window)).toMatchObject({
      problems: ['servers.json:1: this is not a file. Put a file in its place.'],
    });
    rmSync(fileOf(host), { recursive: true });
  });

  test('reads a file with a mark of its encoding, comments and the line breaks of Windows', async ({
    startHost,
    host,
    window,
  }) => {
    await host.stop();
    write(host, '\uFEFF{\r\n  // mine\r\n  "mcpServers": {\r\n    "a": {"command": "x",},\r\n  },\r\n}\r\n');
    host = await startHost({ folder: host.folder });
    window = await Window.of(host);
    expect(await names(window)).toEqual(['a']);
    expect(changesOf(host)).toEqual([]);
    await window.call('servers.set_enabled', { name: 'a', enabled: false });
    expect(textOf(host)).toContain('// mine\r\n');
  });
});

describe('trust', () => {
  const SECRET = 'a-very-secret-value-0001';
  const stored = async (window: Window) =>
    (await list(window)).servers.map(({ name, trusted, state }) => [name, trusted, state]);

  test('is needed for a command that stands in the file, and given for the command that was shown', async ({
    host,
    window,
  }) => {
    const added = configured(host, { server: 'a' });
    write(host, file({ a: { command: 'x', env: { KEY: '1' } }, web: { url: 'http://127.0.0.1:1/mcp' } }));
    await added;
    expect(await stored(window)).toEqual([
      ['a', false, 'untrusted'],
      ['web', true, 'stopped'],
    ]);
    for (const method of ['servers.test', 'servers.retry'] as const) {
      expect((await window.refusal(method, { name: 'a' })).code).toBe('server_untrusted');
    }
    const shown = (await list(window)).servers[0]?.fingerprint ?? '';
    expect((await window.refusal('servers.trust', { name: 'a', fingerprint: 'other' })).code).toBe('server_changed');
    expect((await window.refusal('servers.trust', { name: 'none', fingerprint: shown })).code).toBe('server_not_found');
    expect(await window.call('servers.trust', { name: 'a', fingerprint: shown })).toMatchObject({
      trusted: true,
      state: 'stopped',
    });
    await window.call('servers.trust', { name: 'a', fingerprint: shown });
    expect(changesOf(host)).toEqual(['a added', 'web added', 'a confirmed']);

    const valueChanged = configured(host, { server: 'a', change: 'changed' });
    write(host, file({ a: { command: 'x', env: { KEY: '2' } } }));
    await valueChanged;
    expect((await list(window)).servers).toMatchObject([
      { trusted: false, state: 'untrusted', changed_since_confirmed: ['KEY'], env_values: {} },
    ]);
    expect(JSON.stringify(await list(window))).not.toContain('"2"');
    const commandChanged = configured(host, { server: 'a', change: 'changed' });
    write(host, file({ a: { command: 'x', args: ['--evil'], env: { KEY: '2' } } }));
    await commandChanged;
    expect(await stored(window)).toEqual([['a', false, 'untrusted']]);
    expect((await window.refusal('servers.trust', { name: 'a', fingerprint: shown })).code).toBe('server_changed');
  });

  test('is needed for an address that would be sent a value kept elsewhere, and ends with another address', async ({
    host,
    window,
  }) => {
    const added = configured(host, { server: 'web' });
    const web = { url: 'http://127.0.0.1:1/mcp', headers: { Authorization: 'Bearer $' + '{NONE:-key}' } };
    write(host, file({ web }));
    await added;
    const [server] = (await list(window)).servers;
    expect(server).toMatchObject({
      trusted: false,
      state: 'untrusted',
      header_values: { Authorization: 'Bearer $' + '{NONE:-key}' },
    });
    expect((await window.refusal('servers.test', { name: 'web' })).code).toBe('server_untrusted');
    await window.call('servers.trust', { name: 'web', fingerprint: server?.fingerprint ?? '' });
    expect(await stored(window)).toEqual([['web', true, 'stopped']]);
    const moved = configured(host, { server: 'web', change: 'changed' });
    write(host, file({ web: { ...web, url: 'http://127.0.0.1:2/mcp' } }));
    await moved;
    expect((await list(window)).servers).toMatchObject([{ state: 'untrusted', changed_since_confirmed: ['address'] }]);
  });

  test('is kept with a secret that the window stored, until a file sends it elsewhere', async ({ host, window }) => {
    await window.call('servers.save', {
      server: { name: 'web', url: 'http://127.0.0.1:1/mcp', headers: { 'X-Key': SECRET } },
    });
    expect(await stored(window)).toEqual([['web', true, 'stopped']]);
    const moved = configured(host, { server: 'web', change: 'changed' });
    write(host, textOf(host).replace('127.0.0.1:1', '127.0.0.1:2'));
    await moved;
    expect(await stored(window)).toEqual([['web', false, 'untrusted']]);
    const api = new Api(host, host.adminKey);
    await api.send('PUT', '/api/mcp/servers/web', { url: 'http://127.0.0.1:3/mcp', headers: { 'X-Key': null } });
    expect(await stored(window)).toEqual([['web', false, 'untrusted']]);
  });

  test('is needed for any value that is no secret, wherever it came from', async ({ host, window }) => {
    const api = new Api(host, host.adminKey);
    const env = { npm_config_node_options: '--require /tmp/x.js', API_KEY: SECRET };
    await api.send('PUT', '/api/mcp/servers/a', { command: 'npx', env });
    const [server] = (await list(window)).servers;
    expect(server).toMatchObject({
      state: 'untrusted',
      env_values: { npm_config_node_options: '--require /tmp/x.js' },
    });
    expect(JSON.parse(textOf(host)).mcpServers.a.env).toEqual({ ...env, API_KEY: SECRET_MARK });
    await window.call('servers.trust', { name: 'a', fingerprint: server?.fingerprint ?? '' });
    const changed = configured(host, { server: 'a', change: 'changed' });
    write(host, textOf(host).replace('x.js', 'y.js'));
    await changed;
    expect((await list(window)).servers).toMatchObject([
      { state: 'untrusted', changed_since_confirmed: ['npm_config_node_options'] },
    ]);
  });

  test('ends where another value of PATH makes the command another program, whoever writes it', async ({
    host,
    window,
  }) => {
    const api = new Api(host, host.adminKey);
    await window.call('servers.save', { server: { name: 'a', command: 'x', env: { PATH: '/bin', KEY: 'k' } } });
    expect(await stored(window)).toEqual([['a', true, 'stopped']]);
    expect(JSON.parse(textOf(host)).mcpServers.a.env).toEqual({ PATH: '/bin', KEY: SECRET_MARK });
    await api.send('PUT', '/api/mcp/servers/a', { command: 'x', env: { PATH: '/tmp/evil', KEY: null } });
    expect(await stored(window)).toEqual([['a', false, 'untrusted']]);
    await api.send('PUT', '/api/mcp/servers/a', { command: 'x', env: { PATH: '/bin', KEY: 'other' } });
    expect(await stored(window)).toEqual([['a', true, 'stopped']]);
    const changed = configured(host, { server: 'a', change: 'changed' });
    write(host, textOf(host).replace('/bin', '/tmp/evil'));
    await changed;
    expect(await stored(window)).toEqual([['a', false, 'untrusted']]);
  });

  test('is not given by a save that keeps a PATH which nobody has seen: it is asked for with the value', async ({
    host,
    window,
  }) => {
    await window.call('servers.save', { server: { name: 'a', command: 'x', env: { PATH: '/bin', KEY: 'k' } } });
    const keep = { name: 'a', command: 'x', args: ['more'], env: { PATH: null, KEY: null } };
    // What was confirmed once may be kept.
    expect(await window.call('servers.save', { server: keep, replaces: 'a' })).toMatchObject({ trusted: true });
    for (const env of [{ PATH: null, KEY: null }, undefined]) {
      const changed = configured(host, { server: 'a', change: 'changed' });
      const evil = env ? '/tmp/evil' : '/tmp/worse';
      write(host, textOf(host).replace(/"PATH": "[^"]*"/, `"PATH": "${evil}"`));
      await changed;
      const server = { ...keep, args: [evil], ...(env ? { env } : { env: undefined }) };
      const saved = await window.call('servers.save', { server, replaces: 'a' });
      expect(saved).toMatchObject({ trusted: false, state: 'untrusted', env_values: { PATH: evil } });
      await window.call('servers.trust', { name: 'a', fingerprint: saved.fingerprint });
      expect(await stored(window)).toEqual([['a', true, 'stopped']]);
    }
    const changed = configured(host, { server: 'a', change: 'changed' });
    write(host, textOf(host).replace('"PATH": "/tmp/worse"', '"PATH": "/tmp/gone"'));
    await changed;
    const without = { ...keep, env: { KEY: null } };
    expect(await window.call('servers.save', { server: without, replaces: 'a' })).toMatchObject({ trusted: true });
  });

  test('of a command that changes between the look and the click is refused', async ({ host, window }) => {
    await window.call('servers.save', { server: { name: 'b', command: 'x' } });
    const [b] = (await list(window)).servers;
    // Nobody has picked this up yet when the click comes.
    write(host, file({ b: { command: 'rm' } }));
    expect((await window.refusal('servers.trust', { name: 'b', fingerprint: b?.fingerprint ?? '' })).code).toBe(
      'server_changed',
    );
  });

  test('outlives a restart, moves with another name, and ends with the entry', async ({ startHost, host, window }) => {
    await window.call('servers.save', { server: { name: 'a', command: 'x' } });
    await host.stop();
    host = await startHost({ folder: host.folder });
    window = await Window.of(host);
    expect(await stored(window)).toEqual([['a', true, 'stopped']]);
    await window.call('servers.save', { server: { name: 'b', command: 'x' }, replaces: 'a' });
    await window.call('servers.remove', { name: 'b' });
    const added = configured(host, { server: 'b', change: 'added' });
    write(host, file({ a: { command: 'x' }, b: { command: 'x' } }));
    await added;
    expect(await stored(window)).toEqual([
      ['a', false, 'untrusted'],
      ['b', false, 'untrusted'],
    ]);
  });

  test('is given to the whole file by whoever starts Holdfast that way', async ({ startHost, host, window }) => {
    await host.stop();
    write(host, file({ a: { command: 'x' } }));
    host = await startHost({ folder: host.folder, trustServers: true });
    window = await Window.of(host);
    expect(await stored(window)).toEqual([['a', true, 'stopped']]);
    await host.stop();
    host = await startHost({ folder: host.folder });
    window = await Window.of(host);
    expect(await stored(window)).toEqual([['a', false, 'untrusted']]);
  });

  test('is not given by saving over REST, where no person was asked', async ({ host }) => {
    const api = new Api(host, host.adminKey);
    const { body } = await api.send('PUT', '/api/mcp/servers/a', { command: 'x' });
    expect(body).toMatchObject({ trusted: false, state: 'untrusted' });
  });
});

test('what is no file, or far too large, is reported and holds nothing up', async ({ startHost, host, window }) => {
  await window.call('servers.save', { server: { name: 'a', command: 'x' } });
  await host.stop();
  const start = async () => {
    host = await startHost({ folder: host.folder });
    window = await Window.of(host);
    const { servers, problems } = await list(window);
    const refusal = await window.refusal('servers.save', { server: { name: 'b', command: 'x' } });
    await host.stop();
    expect([servers, refusal.code]).toEqual([[], 'invalid_input']);
    expect(refusal.message).toBe(`${problems[0]} Nothing was changed: correct the file first.`);
    return problems;
  };
  const path = fileOf(host);
  rmSync(path);
  mkdirSync(path);
  expect(await start()).toEqual(['servers.json:1: this is not a file. Put a file in its place.']);
  rmSync(path, { recursive: true });
  writeFileSync(path, ' '.repeat(8 * 1024 * 1024 + 1));
  expect(await start()).toEqual(['servers.json:1: the file is larger than 8 MiB. Shorten it.']);
  rmSync(path);
  if (process.platform !== 'win32') {
    // Reading it would wait until somebody writes into it.
    execFileSync('mkfifo', [path]);
    expect(await start()).toEqual(['servers.json:1: this is not a file. Put a file in its place.']);
    rmSync(path);
  }
  host = await startHost({ folder: host.folder });
});

test('a file that cannot be written is reported, and nothing has changed, not even values', async ({
  host,
  window,
}) => {
  await window.call('servers.save', { server: { name: 'a', command: 'x', env: { KEY: 'before' } } });
  const before = textOf(host);
  // A folder in the place of the file that is written first: not even root gets past it.
  const inTheWay = join(host.folder, `.servers.json.${process.pid}`);
  mkdirSync(inTheWay);
  for (const server of [
    { name: 'b', command: 'x' },
    { name: 'c', command: 'x', env: { KEY: 'lost' } },
  ]) {
    expect(await window.refusal('servers.save', { server })).toEqual({
      code: 'storage_unavailable',
      message: expect.stringMatching(/^servers\.json cannot be written \(\w+\)\. .*then try again\.$/),
    });
  }
  expect((await window.refusal('servers.remove', { name: 'a' })).code).toBe('storage_unavailable');
  expect(textOf(host)).toBe(before);
  expect(readFileSync(join(host.folder, 'secrets', 'server-values.json'), 'utf8')).toContain('before');
  rmSync(inTheWay, { recursive: true });
  expect(await names(window)).toEqual(['a']);
  expect(await window.call('servers.save', { server: { name: 'b', command: 'x' } })).toMatchObject({ name: 'b' });
});
