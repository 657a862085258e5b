import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { chat } from '#tests/support/clients/chat';
import { McpHttp, type SseReader } from '#tests/support/clients/mcp-http';
import { mcpTest } from '#tests/support/hosts/mcp-host';
import { endServers, ListedConfigs, listing } from '#tests/support/servers/configs';

/** What clients cache stays valid: the same list has the same bytes, and is announced only when it is another one. */

const tool = (name: string, more: object = {}) => ({
  name,
  description: `The tool ${name}.`,
  inputSchema: { type: 'object', properties: { z: { type: 'number', maximum: 1.5 }, a: { type: 'string' } } },
  ...more,
});
const PATIENT = { timeout: 10_000 };
const ANNOUNCE = tool('announce');

const test = mcpTest.extend('lists', ({ folder }) => (name: string, says: object) => {
  const file = join(folder, `${name}.json`);
  const say = (now: object) => writeFileSync(file, JSON.stringify(now));
  say(says);
  const asked = () => (existsSync(`${file}.asked`) ? readFileSync(`${file}.asked`, 'utf8').split('\n').length - 1 : 0);
  return { say, asked, config: listing(name, file) };
});

/** The items of a whole list, as text. */
async function listed(client: McpHttp, method = 'tools/list', key = 'tools'): Promise<string> {
  const items: unknown[] = [];
  for (let cursor: string | undefined, page = 0; page < 20; page += 1) {
    const result = await client.ask(method, cursor === undefined ? {} : { cursor });
    items.push(...result[key]);
    cursor = result.nextCursor;
    if (cursor === undefined) break;
  }
  return JSON.stringify(items);
}

/** Counts what a session is told of its lists from now on. */
function count(stream: SseReader | null): { told: number } {
  const seen = { told: 0 };
  void (async () => {
    for (let said = await stream?.message(); said; said = await stream?.message()) {
      if (String(said.message.method).endsWith('/list_changed')) seen.told += 1;
    }
  })().catch(() => {});
  return seen;
}

/** Without Holdfast's own tools. */
const names = (text: string): string[] =>
  JSON.parse(text).flatMap(({ name }: { name: string }) => (name.includes('__') ? [name] : []));

test('a list has the same bytes from memory, from the server, for another session and after restarts', async ({
  startHost,
  lists,
}) => {
  const b = lists('b', { tools: [tool('two'), tool('one')], turned: true });
  const a = lists('a', {
    tools: [1, 2, 3, 4, 5].map((n) => tool(`t${n}`)),
    prompts: [{ name: 'p', arguments: [{ name: 'x', required: true }] }],
    pageSize: 2,
    freshCursors: true,
    turned: true,
  });
  const servers = new ListedConfigs(b.config, a.config);
  const before = await startHost({ servers });
  const client = await chat(before);
  await expect.poll(async () => names(await listed(client)).length, PATIENT).toBe(7);
  const first = await listed(client);
  const order = ['b__two', 'b__one', 'a__t1', 'a__t2', 'a__t3', 'a__t4', 'a__t5'];
  expect(names(first), "as in servers.json, and in the server's own order").toEqual(order);
  // Its own processes answer now, with their keys the other way round every second time.
  await client.call('a__t1');
  await client.call('b__one');
  for (let time = 0; time < 3; time += 1) expect(await listed(client)).toBe(first);
  expect(await listed(await chat(before)), 'of a session without processes').toBe(first);
  await before.stop();
  await endServers(before.folder);
  const after = await startHost({ servers, folder: before.folder });
  const next = await chat(after);
  expect(await listed(next), 'after a restart of Holdfast').toBe(first);
  await next.call('a__t2');
  await next.call('b__two');
  for (let time = 0; time < 3; time += 1) expect(await listed(next), 'from new processes').toBe(first);
});

test('only a list that did change is announced: a burst once, and a loop without a change never', async ({
  startHost,
  lists,
}) => {
  const one = lists('one', { tools: [ANNOUNCE, tool('t')] });
  const host = await startHost({ servers: new ListedConfigs(one.config) });
  const client = await chat(host);
  await expect.poll(async () => names(await listed(client)), PATIENT).toContain('one__t');
  await client.call('one__t');
  await expect.poll(one.asked, PATIENT).toBeGreaterThanOrEqual(8);
  const { stream } = await client.get();
  const seen = count(stream);
  await client.call('one__announce', { times: 60, every: 50 });
  const remark = async () => (await host.services.servers.states(['one'])).get('one')?.list_remarks.shown[0]?.problem;
  const asked = one.asked();
  await client.call('one__announce', { times: 400, every: 50 });
  await expect.poll(remark, { timeout: 20_000 }).toMatch(/^Announced as changed \d+ times/);
  expect(seen.told, 'nothing has changed').toBe(0);
  expect(one.asked() - asked, 'the more often in vain, the later').toBeLessThan(40);
  stream?.cut();
}, 40_000);

test('a change is announced once, and a server that announces nothing new stays silent after it', async ({
  startHost,
  lists,
}) => {
  const one = lists('one', { tools: [ANNOUNCE, tool('t')] });
  const host = await startHost({ servers: new ListedConfigs(one.config) });
  const client = await chat(host);
  await expect.poll(async () => names(await listed(client)), PATIENT).toContain('one__t');
  await client.call('one__t');
  const { stream } = await client.get();
  one.say({ tools: [ANNOUNCE, tool('t'), tool('u')] });
  await client.call('one__announce', { times: 10, every: 10 });
  const said = await stream?.message();
  expect(said?.message.method).toBe('notifications/tools/list_changed');
  expect(names(await listed(client))).toContain('one__u');
  const seen = count(stream);
  await client.call('one__announce', { times: 3, every: 300 });
  await expect.poll(one.asked, PATIENT).toBeGreaterThan(12);
  expect(seen.told).toBe(0);
  stream?.cut();
});

test('at its own address, too, a loop of announcements is silent, and a change is announced', async ({
  startHost,
  lists,
}) => {
  const one = lists('one', { tools: [ANNOUNCE, tool('t')] });
  const host = await startHost({ servers: new ListedConfigs(one.config) });
  const client = new McpHttp({ url: `${host.url}/one` }, host.newClient().key);
  await client.initialize();
  const first = await listed(client);
  expect(first, "the server's own bytes").toBe(JSON.stringify([ANNOUNCE, tool('t')]));
  const { stream } = await client.get();
  // The first announcement is compared like any other.
  const asked = one.asked();
  await client.call('announce', { times: 40, every: 50 });
  await expect.poll(() => one.asked() - asked, PATIENT).toBeGreaterThan(4);
  one.say({ tools: [ANNOUNCE, tool('u')] });
  await client.call('announce');
  const said = await stream?.message();
  expect(said?.message.method).toBe('notifications/tools/list_changed');
  const { json, stream: answer } = await client.request('tools/list');
  const tools = (json ?? (await answer?.message())?.message)?.result?.tools;
  expect(tools.map(({ name }: { name: string }) => name)).toEqual(['announce', 'u']);
  const seen = count(stream);
  await client.call('announce', { times: 3, every: 100 });
  await expect.poll(one.asked, PATIENT).toBeGreaterThan(asked + 8);
  expect(seen.told).toBe(0);
  stream?.cut();
});

test('a session is told of what it is listed: not of what is hidden from it, outside its set, or not found', async ({
  startHost,
  lists,
}) => {
  const says = (t: string, u: string) => ({
    tools: [ANNOUNCE, tool('t', { title: t }), tool('u', { title: u })],
    prompts: [{ name: 'p', title: t }],
  });
  const one = lists('one', says('1', '1'));
  const other = lists('other', { tools: [tool('w')] });
  const servers = new ListedConfigs(one.config, other.config);
  const host = await startHost({ servers });
  const { visibility } = host.services;
  visibility.saveSet('others', [{ server: 'other', kind: null, name: null }], null);
  const session = async (path = '', prepare: (clientId: string) => void = () => {}) => {
    const { key, client } = host.newClient();
    prepare(client.client_id);
    const mcp = new McpHttp({ url: `${host.url}${path}` }, key);
    await mcp.initialize();
    await expect.poll(async () => (await listed(mcp)).length, PATIENT).toBeGreaterThan(path === '' ? 900 : 100);
    await listed(mcp, 'prompts/list', 'prompts');
    const { stream } = await mcp.get();
    return { mcp, client_id: client.client_id, stream, seen: count(stream) };
  };
  const changer = await session();
  await changer.mcp.call('one__t');
  await expect.poll(async () => names(await listed(changer.mcp)), PATIENT).toContain('other__w');
  const hide =
    (name: string, kind: 'tool' | 'prompt' = 'tool') =>
    (client_id: string) =>
      visibility.setShown({ client_id, parts: [{ server: 'one', kind, name }], shown: false });
  const all = await session();
  const withoutT = await session('', hide('t'));
  const alone = await session('/one', hide('t'));
  const ofSet = await session('/set/others');
  const searching = await session('', (client_id) => visibility.choose(client_id, null, true));
  await searching.mcp.call('search_tools', { query: 'w', limit: 1 });
  const everybody = [all, withoutT, alone, ofSet, searching];
  await expect.poll(() => searching.seen.told, PATIENT).toBe(1);
  const before = await Promise.all(everybody.map(({ mcp }) => listed(mcp)));
  for (const { seen } of everybody) seen.told = 0;

  one.say({ ...says('2', '1'), prompts: [{ name: 'p', title: '1' }] });
  await changer.mcp.call('one__announce');
  await alone.mcp.call('announce');
  await expect.poll(() => all.seen.told, PATIENT).toBe(1);
  const after = await Promise.all(everybody.map(({ mcp }) => listed(mcp)));
  const isOther = after.map((text, at) => text !== before[at]);
  expect(isOther, 'what each would be answered').toEqual([true, false, false, false, false]);

  // What they are told next is the first that they are told.
  one.say({ ...says('2', '2'), prompts: [{ name: 'p', title: '1' }] });
  await changer.mcp.call('one__announce');
  await alone.mcp.call('announce');
  for (const { seen } of [withoutT, alone]) await expect.poll(() => seen.told, PATIENT).toBe(1);
  await expect.poll(() => all.seen.told, PATIENT).toBe(2);
  expect([ofSet.seen.told, searching.seen.told]).toEqual([0, 0]);

  visibility.setShown({ client_id: null, parts: [{ server: 'one', kind: 'tool', name: 'nobody' }], shown: false });
  visibility.setShown({ client_id: ofSet.client_id, parts: [{ server: 'one', kind: null, name: null }], shown: false });
  servers.set(one.config);
  for (const { seen } of [ofSet, searching]) await expect.poll(() => seen.told, PATIENT).toBe(1);
  expect(names(await listed(ofSet.mcp))).toEqual([]);
  expect([withoutT.seen.told, all.seen.told, alone.seen.told], 'the server that is gone').toEqual([2, 3, 1]);
  for (const { stream } of [changer, ...everybody]) stream?.cut();
}, 30_000);
