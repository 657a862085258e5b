import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Home } from './home-folders';
import { changesOf, contentsOf, textOf, windowTest } from './support';

const SECRET = 'sk-imported-0123456789abcdef';
const test = windowTest
  .extend('home', ({}, { onCleanup }) => {
    const home = new Home(process.platform);
    onCleanup(() => home.remove());
    home.write('.claude.json', {
      mcpServers: {
        files: { command: 'npx', args: ['-y', 'files'], env: { TOKEN: SECRET } },
        web: { type: 'http', url: 'https://example.com/mcp', headers: { 'X-Key': SECRET } },
      },
    });
    home.write('.cursor/mcp.json', { mcpServers: { files: { command: 'other' } } });
    home.write(
      '.codex/config.toml',
      `[mcp_servers.off]\ncommand = "x"\nenabled = false\nenv = { KEY = "${SECRET}" }\n`,
    );
    return home;
  })
  .extend('hostOptions', ({ home }) => ({ home: home.folder }));

test('shows what would be taken, takes what was chosen, and runs nothing before it was confirmed', async ({
  host,
  window,
  home,
}) => {
  const before = ['.claude.json', '.cursor/mcp.json', '.codex/config.toml'].map((file) =>
    readFileSync(join(home.folder, file), 'utf8'),
  );
  const { candidates } = await window.call('servers.import_preview', {});
  expect(candidates.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([
    'files new',
    'web new',
    'files-cursor renamed',
    'off new',
  ]);
  expect(JSON.stringify(candidates)).not.toContain(SECRET);
  const ids = candidates.filter(({ name }) => name !== 'files-cursor').map(({ id }) => id);
  const { servers } = await window.call('servers.import', { ids });
  expect(servers.map(({ name, state, problem }) => [name, state, problem])).toEqual([
    ['files', 'untrusted', null],
    ['web', 'stopped', null],
    ['off', 'disabled', null],
  ]);
  expect(changesOf(host)).toEqual(['files added', 'web added', 'off added']);
  expect(JSON.parse(textOf(host)).mcpServers.files.env).toEqual({ TOKEN: '$' + '{secret}' });
  for (const { path, text } of contentsOf(host.folder)) {
    if (!path.endsWith('servers.json') && text.includes(SECRET)) expect(path).toBe('no file with the secret');
  }
  expect(textOf(host)).not.toContain(SECRET);
  const after = ['.claude.json', '.cursor/mcp.json', '.codex/config.toml'].map((file) =>
    readFileSync(join(home.folder, file), 'utf8'),
  );
  expect(after).toEqual(before);

  const again = (await window.call('servers.import_preview', {})).candidates;
  expect(again.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([
    'files same',
    'web same',
    'files-cursor renamed',
    'off same',
  ]);
  expect(await window.refusal('servers.import', { ids: [ids[0] ?? ''] })).toEqual({
    code: 'invalid_input',
    message: expect.stringMatching(/^"files" of Claude Code cannot be taken: Already here/),
  });
});

test('refuses a choice of what has changed since, and takes none of the others', async ({ window, home }) => {
  const { candidates } = await window.call('servers.import_preview', {});
  home.write('.cursor/mcp.json', { mcpServers: { files: { command: 'rm', args: ['-rf'] } } });
  const refusal = await window.refusal('servers.import', { ids: candidates.map(({ id }) => id) });
  expect(refusal).toEqual({
    code: 'invalid_input',
    message: expect.stringMatching(/changed since it was shown\. Look at the list again/),
  });
  expect((await window.call('servers.list', {})).servers).toEqual([]);
});

test('takes a server whose value VS Code asks for; it is broken until somebody enters it', async ({ window, home }) => {
  const place = (await window.call('servers.import_preview', {})).looked_at.find(({ file }) =>
    /User.mcp\.json$/.test(file),
  );
  const file = (place?.file ?? '').slice(home.folder.length + 1);
  home.write(file, { servers: { asks: { command: 'x', env: { KEY: '$' + '{input:key}' } } } });
  const { candidates } = await window.call('servers.import_preview', {});
  const id = candidates.find(({ name }) => name === 'asks')?.id ?? '';
  const { servers } = await window.call('servers.import', { ids: [id] });
  expect(servers).toEqual([
    expect.objectContaining({
      name: 'asks',
      state: 'broken',
      env_names: ['KEY'],
      problem: expect.stringMatching(
        /^servers\.json:6: asks: .*asked for by VS Code.*Edit the server and enter the value\.$/,
      ),
    }),
  ]);
  const entered = { name: 'asks', command: 'x', env: { KEY: SECRET } };
  expect(await window.call('servers.save', { server: entered, replaces: 'asks' })).toMatchObject({
    problem: null,
    trusted: true,
  });
});

test('takes limits on tools along, for the clients of the program that has them', async ({ host, window, home }) => {
  home.write(
    '.codex/config.toml',
    '[mcp_servers.git]\ncommand = "g"\nenabled_tools = ["push", "pull"]\ndisabled_tools = ["pull"]\n' +
      '[mcp_servers.docs]\ncommand = "d"\ndisabled_tools = ["delete"]\n',
  );
  home.write('.gemini/settings.json', { mcpServers: { web: { command: 'w', includeTools: 'all' } } });
  const { client_id } = await window.call('clients.create', { name: 'Codex', type: 'codex' });
  await window.call('clients.create', { name: 'Gemini', type: 'gemini' });
  const { candidates } = await window.call('servers.import_preview', {});
  const remarks = Object.fromEntries(candidates.map(({ original_name, remark }) => [original_name, remark]));
  expect(remarks.git).toMatch(/comes along for Codex.*Shown to it: push, pull\. Hidden from it: pull\./);
  expect(candidates.find(({ source }) => source === 'gemini')?.remark).toMatch(
    /limit on tools \(includeTools\) is not/,
  );
  const ids = candidates.filter(({ source }) => source === 'codex' || source === 'gemini').map(({ id }) => id);
  await window.call('servers.import', { ids });
  const { visibility } = host.services;
  const sees = (client: string, server: string, name: string) => {
    const viewer = visibility.index.viewer(client, null);
    return visibility.index.whyHidden(viewer, { server, kind: 'tool', name }) === null;
  };
  const tools = ['push', 'pull', 'fetch'];
  expect(tools.map((name) => sees(client_id, 'git', name))).toEqual([true, false, false]);
  expect(['read', 'delete'].map((name) => sees(client_id, 'docs', name))).toEqual([true, false]);
  expect(tools.map((name) => sees('c_another', 'git', name))).toEqual([true, true, true]);
  expect(visibility.index.state.rules.every((rule) => rule.client_id === client_id)).toBe(true);
});

test("takes Claude Code's deny rules along, of the user and of each project, for its clients", async ({
  host,
  window,
  home,
}) => {
  const project = join(home.folder, 'work');
  home.write('.claude.json', {
    mcpServers: { git: { command: 'g' }, web: { command: 'w' }, free: { command: 'f' } },
    projects: { [project]: { mcpServers: { local: { command: 'l' } } } },
  });
  home.write('work/.mcp.json', { mcpServers: { shared: { command: 's' } } });
  home.write('.claude/settings.json', {
    permissions: {
      deny: ['Bash(rm *)', 'mcp__git__push', 'mcp__git__get_*', 'mcp__web', 'mcp__shared__drop', 'mcp__free__x(y)', 7],
      allow: ['mcp__free__read'],
    },
  });
  home.write('work/.claude/settings.json', { permissions: { deny: ['mcp__local__*', 'mcp__git__pull'] } });
  home.write('work/.claude/settings.local.json', { permissions: { deny: ['mcp__shared__erase'] } });
  const { client_id } = await window.call('clients.create', { name: 'Claude', type: 'claude-code' });
  const { candidates } = await window.call('servers.import_preview', {});
  const ours = candidates.filter(({ source }) => source === 'claude-code');
  const remark = (name: string) => ours.find(({ original_name }) => original_name === name)?.remark;
  expect(remark('git')).toMatch(
    /the deny rule mcp__git__get_\*\. .*comes along for Claude Code.*Hidden from it: push\./,
  );
  expect(remark('web')).toMatch(/All of it is hidden from it\./);
  expect(remark('shared')).toMatch(/Hidden from it: drop, erase\./);
  expect(remark('free')).toBe('');
  await window.call('servers.import', { ids: ours.map(({ id }) => id) });
  const { visibility } = host.services;
  const sees = (server: string, name: string, client: string = client_id) =>
    visibility.index.whyHidden(visibility.index.viewer(client, null), { server, kind: 'tool', name }) === null;
  const hidden = ['git push', 'web any', 'shared drop', 'shared erase', 'local any'];
  const shown = ['git pull', 'git get_log', 'shared read', 'free read', 'free x', 'free other'];
  for (const both of [...hidden, ...shown]) {
    const [server = '', tool = ''] = both.split(' ');
    expect([both, sees(server, tool), sees(server, tool, 'c_another')]).toEqual([both, shown.includes(both), true]);
  }
});

test('takes no server without its limits: neither when there are too many, nor when the file cannot be written', async ({
  host,
  window,
  home,
}) => {
  const servers = Array.from({ length: 6 }, (_, n) => `s${n}`);
  const deny = servers.flatMap((server) => Array.from({ length: 500 }, (_, n) => `mcp__${server}__t${n}`));
  home.write('.claude.json', {
    mcpServers: Object.fromEntries(servers.map((server) => [server, { command: server }])),
  });
  home.write('.claude/settings.json', { permissions: { deny } });
  await window.call('clients.create', { name: 'Claude', type: 'claude-code' });
  await window.call('clients.create', { name: 'Claude too', type: 'claude-code' });
  const { candidates } = await window.call('servers.import_preview', {});
  const idsOf = (...names: string[]) => candidates.filter(({ name }) => names.includes(name)).map(({ id }) => id);
  const { visibility } = host.services;
  const rules = () => visibility.index.state.rules.length;
  const names = async () => (await window.call('servers.list', {})).servers.map(({ name }) => name);
  expect(await window.refusal('servers.import', { ids: idsOf(...servers) })).toEqual({
    code: 'invalid_input',
    message: expect.stringMatching(/^More than 5000 things/),
  });
  expect([await names(), rules()]).toEqual([[], 0]);
  await window.call('servers.import', { ids: idsOf('s0') });
  expect([await names(), rules()]).toEqual([['s0'], 1_000]);
  const inTheWay = join(host.folder, `.servers.json.${process.pid}`);
  mkdirSync(inTheWay);
  const seen: number[] = [];
  visibility.onChange((_before, after) => seen.push(after.state.rules.length));
  expect(await window.refusal('servers.import', { ids: idsOf('s1') })).toMatchObject({ code: 'storage_unavailable' });
  rmdirSync(inTheWay);
  expect([await names(), rules(), seen]).toEqual([['s0'], 1_000, [2_000, 1_000]]);
});
