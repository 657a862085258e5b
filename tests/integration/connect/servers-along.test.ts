import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { FoundClient } from '#src/shared/contract/connect';
import { type Window, windowTest } from '#tests/integration/servers-api/support';

const SECRET = 'a-very-secret-value-0001';
const CURSOR = {
  mcpServers: {
    docs: { command: 'npx', args: ['docs-server'], env: { DOCS_KEY: SECRET } },
    shop: { url: 'https://shop.example/mcp' },
    pipe: { tcp: '127.0.0.1:99' },
  },
  theme: 'dark',
};

const test = windowTest
  .extend('write', ({ host }) => (file: string, value: object) => {
    const path = join(host.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(value, null, 2));
    return path;
  })
  .extend('file', ({ write }) => write('.cursor/mcp.json', CURSOR));

type Id = FoundClient['id'];

async function act(window: Window, id: Id, what: 'apply' | 'switch_off' | 'undo') {
  const { fingerprint, entries } = await window.call('connect.preview', { id, what });
  return { entries, client: await window.call(`connect.${what}`, { id, fingerprint }) };
}

async function takeOver(window: Window, names: readonly string[], source: Id = 'cursor'): Promise<void> {
  const { candidates } = await window.call('servers.import_preview', {});
  const ids = candidates.filter((it) => it.source === source && names.includes(it.original_name)).map(({ id }) => id);
  expect(ids).toHaveLength(names.length);
  await window.call('servers.import', { ids });
}

test('what runs behind Holdfast comes out of the file, the rest stays, and one undo restores each byte', async ({
  window,
  file,
}) => {
  const before = readFileSync(file, 'utf8');
  await act(window, 'cursor', 'apply');
  await takeOver(window, ['docs', 'shop']);
  const preview = await window.call('connect.preview', { id: 'cursor', what: 'switch_off' });
  expect(preview.entries).toEqual(['docs', 'shop']);
  expect(preview.difference).toContain('-    "docs": {');
  expect(JSON.stringify(preview)).not.toContain(SECRET);
  const { client } = await act(window, 'cursor', 'switch_off');
  expect(client.taken).toEqual(['docs', 'shop']);
  const after = JSON.parse(readFileSync(file, 'utf8'));
  expect(Object.keys(after.mcpServers)).toEqual(['pipe', 'holdfast']);
  expect(after.theme).toBe('dark');
  const undone = await act(window, 'cursor', 'undo');
  expect(undone.client).toMatchObject({ state: 'not_connected', taken: [] });
  expect(readFileSync(file, 'utf8')).toBe(before);
  // What was taken over stays: other clients may use it by now.
  expect((await window.call('servers.list', {})).servers.map(({ name }) => name)).toEqual(['docs', 'shop']);
});

test('what is not behind Holdfast stays in the file, also what differs in a value or is only a twin', async ({
  window,
  file,
  write,
}) => {
  await act(window, 'cursor', 'apply');
  const entries = async () => (await window.call('connect.preview', { id: 'cursor', what: 'switch_off' })).entries;
  expect(await entries()).toEqual([]);
  await takeOver(window, ['docs']);
  expect(await entries()).toEqual(['docs']);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(SECRET, 'another-value'));
  expect(await entries()).toEqual([]);
  writeFileSync(file, text);
  // The same server in another program: Cursor's own is only its twin, and neither is here.
  write('.claude.json', { mcpServers: { store: CURSOR.mcpServers.shop } });
  expect(await entries()).toEqual(['docs']);
});

test('an entry of a project does not stand for one of the same name that holds everywhere', async ({
  host,
  window,
  write,
}) => {
  const project = join(host.folder, 'shop');
  const file = write('.claude.json', {
    mcpServers: { docs: { command: 'everywhere' } },
    projects: { [project]: { mcpServers: { docs: { command: 'project' } } } },
  });
  await act(window, 'claude-code', 'apply');
  const { candidates } = await window.call('servers.import_preview', {});
  const ofProject = candidates.find(({ command }) => command === 'project');
  await window.call('servers.import', { ids: [ofProject?.id as string] });
  expect((await window.call('connect.preview', { id: 'claude-code', what: 'switch_off' })).entries).toEqual([]);
  const everywhere = candidates.find(({ command }) => command === 'everywhere');
  await window.call('servers.import', { ids: [everywhere?.id as string] });
  expect((await act(window, 'claude-code', 'switch_off')).entries).toEqual(['docs']);
  const { mcpServers, projects } = JSON.parse(readFileSync(file, 'utf8'));
  expect(Object.keys(mcpServers)).toEqual(['holdfast']);
  expect(projects[project].mcpServers.docs.command).toBe('project');
});

test('a change that is not the one that was shown is refused, and so is a file that is not connected', async ({
  window,
  file,
}) => {
  await takeOver(window, ['docs']);
  expect((await window.refusal('connect.preview', { id: 'cursor', what: 'switch_off' })).message).toContain(
    'Connect it first.',
  );
  await act(window, 'cursor', 'apply');
  const { fingerprint } = await window.call('connect.preview', { id: 'cursor', what: 'switch_off' });
  await takeOver(window, ['shop']);
  const text = readFileSync(file, 'utf8');
  expect((await window.refusal('connect.switch_off', { id: 'cursor', fingerprint })).message).toContain(
    'has changed since it was shown',
  );
  expect(readFileSync(file, 'utf8')).toBe(text);
});
