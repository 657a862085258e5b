import { writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import type { TestHost } from '#tests/support/hosts/test-host';
import { fileOf, windowTest as test, Window } from './support';

/** What is kept under the name of a server goes with it. */

const tool = (description: string) => ({ name: 't', description, inputSchema: { type: 'object' } });
const hidden = (server: string) => ({ server, kind: 'tool', name: 't' }) as const;

/** Hides a tool of `a`, puts it into a set, uses it, and holds back what it has become. */
function prepare({ services }: TestHost): void {
  const { visibility, toolUse } = services;
  const { tools } = services.servers;
  visibility.setShown({ client_id: null, parts: [hidden('a')], shown: false });
  visibility.saveSet('work', [hidden('a')], null);
  toolUse.called('a', 't');
  tools.hold(true);
  tools.listed('a', [tool('one')]);
  tools.used('a', 't');
  tools.listed('a', [tool('two')]);
}

const rulesAndParts = ({ services }: TestHost) => {
  const { rules, sets } = services.visibility.index.state;
  return {
    rules: rules.map(({ server }) => server),
    parts: sets.flatMap(({ parts }) => parts.map((one) => one.server)),
  };
};

describe('a server that is renamed', () => {
  test('stays hidden, in sets, and held back, at every moment and after a restart', async ({ startHost }) => {
    const host = await startHost();
    const window = await Window.of(host);
    const { servers, visibility, toolUse } = host.services;
    await window.call('servers.save', { server: { name: 'a', command: 'node' } });
    prepare(host);
    // Left by a server that was removed: not the new one's.
    visibility.setShown({ client_id: null, parts: [{ server: 'b', kind: null, name: null }], shown: false });
    const atOnce: unknown[] = [];
    host.services.bus.subscribe((events) => {
      if (!events.some((event) => event.kind === 'server_configured')) return;
      const why = visibility.index.whyHidden({ client_id: '', set: null }, hidden('b'));
      atOnce.push(why, servers.tools.isHeld('b', 't'));
    });
    await window.call('activity.set_recording', { servers: { a: true } });
    await window.call('servers.save', { server: { name: 'b', command: 'node' }, replaces: 'a' });
    expect((await window.call('activity.recording', {})).servers).toEqual(['b']);
    expect(atOnce).toEqual([{ by: 'rule', client: false, whole: false }, true]);
    expect(rulesAndParts(host)).toEqual({ rules: ['b'], parts: ['b'] });
    expect([servers.tools.isHeld('a', 't'), servers.tools.isHeld('b', 't')]).toEqual([false, true]);
    expect([toolUse.of('a').tools.size, toolUse.of('b').tools.get('t')?.calls]).toEqual([0, 1]);
    await host.stop();
    const next = await startHost({ folder: host.folder });
    expect(rulesAndParts(next)).toEqual({ rules: ['b'], parts: ['b'] });
    expect(next.services.servers.tools.count('b').changed).toBe(1);
    expect(next.services.servers.tools.count('a').changed).toBe(0);
  });

  test('keeps all of it when the new name is taken or the entry is no good', async ({ host, window }) => {
    const { tools } = host.services.servers;
    for (const name of ['a', 'taken']) await window.call('servers.save', { server: { name, command: 'node' } });
    prepare(host);
    await window.call('activity.set_recording', { servers: { a: true } });
    const before = host.services.visibility.index.state;
    for (const name of ['taken', 'b']) {
      const server = name === 'b' ? { name } : { name, command: 'node' };
      await window.refusal('servers.save', { server, replaces: 'a' });
      expect(host.services.visibility.index.state).toEqual(before);
      expect([tools.isHeld('a', 't'), tools.isHeld(name, 't')]).toEqual([true, false]);
      expect((await window.call('activity.recording', {})).servers).toEqual(['a']);
    }
  });
});

test('a name that goes from servers.json and comes back finds what is hidden, in sets and held back, and no recording', async ({
  startHost,
}) => {
  const host = await startHost();
  const window = await Window.of(host);
  await window.call('servers.save', { server: { name: 'a', command: 'node' } });
  prepare(host);
  await window.call('activity.set_recording', { servers: { a: true } });
  const before = host.services.visibility.index.state;
  const write = (name: string) =>
    writeFileSync(fileOf(host), JSON.stringify({ mcpServers: { [name]: { command: 'node' } } }));
  const names = async () => (await window.call('servers.list', {})).servers.map(({ name }) => name);
  const why = (name: string) =>
    host.services.visibility.index.whyHidden({ client_id: '', set: null }, { server: name, kind: 'tool', name: 't' });

  write('b');
  await expect.poll(names, { timeout: 10_000 }).toEqual(['b']);
  expect(why('b'), 'a name of its own').toBeNull();
  expect(host.services.servers.tools.isHeld('b', 't')).toBe(false);
  await host.stop();

  const next = await startHost({ folder: host.folder });
  write('a');
  const later = await Window.of(next);
  await expect
    .poll(async () => (await later.call('servers.list', {})).servers.map(({ name }) => name), { timeout: 10_000 })
    .toEqual(['a']);
  expect(next.services.visibility.index.state).toEqual(before);
  expect(next.services.servers.tools.count('a').changed).toBe(1);
  // Something else may have this name now, and nobody has asked for what it says.
  expect((await later.call('activity.recording', {})).servers).toEqual([]);
});
