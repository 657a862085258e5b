import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect } from 'vitest';
import { type Json, McpHttp } from '#tests/support/clients/mcp-http';
import { sharedMcpTest } from '#tests/support/hosts/mcp-host';
import { ListedConfigs, oddLists } from '#tests/support/servers/configs';

/** A server whose lists break the rules, at both addresses, with clients that check what they get. */

const PAGES = ['empty', 'same', 'circle', 'endless'] as const;

const test = sharedMcpTest
  .extend(
    'hostOptions',
    { scope: 'file' },
    { servers: new ListedConfigs(oddLists('odd'), ...PAGES.map((pages) => oddLists(pages, pages))) },
  )
  .extend('at', ({ host, owner }) => async (server: string | null): Promise<McpHttp> => {
    const mcp = new McpHttp({ url: server === null ? host.url : `${host.url}/${server}` }, owner.key);
    await mcp.initialize();
    return mcp;
  })
  .extend(
    'remarksOn',
    ({ host }) =>
      (server: string) =>
        host.services.servers.stateOf(server)?.list_remarks.shown ?? [],
  );

/** The answer, however it is sent. */
async function answerTo(mcp: McpHttp, method: string, params: object = {}): Promise<Json> {
  const { json, stream } = await mcp.request(method, params);
  for (let event = await stream?.message(); event; event = await stream?.message()) {
    if (event.message.method === undefined) return event.message;
  }
  return json;
}

const DOORS = [
  ['/mcp/odd', '/odd', ''],
  ['/mcp', '', 'odd__'],
] as const;
const TOOLS = ['first', 'nulls', 'hints', 'no_type', 'unreadable', 'show', 'last'];

describe.for(DOORS)('at %s', ([, path, prefix]) => {
  const own = (items: Json[]) => items.filter(({ name }) => name.startsWith(prefix));

  test.for([1, 2])('a client of generation %i lists all that can be saved', async (generation, { host, owner }) => {
    const url = new URL(host.url + path);
    const requestInit = { headers: { Authorization: `Bearer ${owner.key}` } };
    const info = { name: 'strict', version: '1' };
    const client = generation === 1 ? new ClientV1(info) : new ClientV2(info);
    await (client as ClientV1).connect(
      (generation === 1 ? new HttpV1(url, { requestInit }) : new HttpV2(url, { requestInit })) as never,
    );
    const { tools } = await client.listTools();
    expect(own(tools).map(({ name }) => name)).toEqual(TOOLS.map((name) => prefix + name));
    expect(own(tools)[2]).toMatchObject({ annotations: { idempotentHint: true }, icons: [{ src: 'x:y' }] });
    const { resources } = await client.listResources();
    expect(resources.map(({ name }) => name)).toEqual(expect.arrayContaining(['board', 'x:nameless']));
    const { prompts } = await client.listPrompts();
    expect(own(prompts)[0]?.arguments).toEqual([{ name: 'a' }]);
    expect((await client.listResourceTemplates()).resourceTemplates).toEqual([]);
    await client.close();
  });

  test.for(PAGES)('a list with %s cursors ends', async (pages, { at, remarksOn }) => {
    const mcp = await at(path === '' ? null : pages);
    let cursor: string | undefined;
    let asked = 0;
    const names: string[] = [];
    do {
      const { result } = await answerTo(mcp, 'tools/list', cursor === undefined ? {} : { cursor });
      names.push(...result.tools.map(({ name }: Json) => name));
      cursor = result.nextCursor;
      asked += 1;
    } while (cursor !== undefined && asked < 100);
    expect(asked).toBeLessThanOrEqual(64);
    expect(new Set(names).size).toBe(names.length);
    expect(remarksOn(pages)).toContainEqual(expect.objectContaining({ kind: 'list', done: 'The list ends there.' }));
  });
});

test('what was done is said with the name of the item', async ({ at, remarksOn }) => {
  const mcp = await at('odd');
  for (const method of ['tools/list', 'resources/list', 'prompts/list']) await answerTo(mcp, method);
  const about = (name: string) => remarksOn('odd').filter((remark) => remark.name === name);
  expect(about('nulls')).toEqual([
    {
      kind: 'tool',
      name: 'nulls',
      problem: '"title" is null. "description" is null. "outputSchema" is null. "annotations.readOnlyHint" is null.',
      done: 'These fields are left out.',
    },
  ]);
  expect(about('first')).toMatchObject([{ kind: 'tool', done: 'Left out.' }]);
  expect(about('no_type')).toMatchObject([{ kind: 'tool', done: 'Put right.' }]);
  expect(about('x:nameless').map(({ kind, done }) => [kind, done])).toEqual([
    ['resource', 'These fields are left out.'],
    ['resource', 'Put right.'],
  ]);
  expect(about('p')).toMatchObject([{ kind: 'prompt' }]);
});

describe('an app', () => {
  test('is announced, and read by the address that its tool and its results name', async ({ host, owner, at }) => {
    const mcp = await at(null);
    const { tools } = (await answerTo(mcp, 'tools/list')).result;
    const { _meta } = tools.find(({ name }: Json) => name === 'odd__show');
    const uri = 'ui://odd+board/app.html';
    expect(_meta).toEqual({ ui: { resourceUri: uri }, 'openai/outputTemplate': uri });
    expect((await answerTo(mcp, 'resources/read', { uri })).result.contents).toEqual([{ uri, text: '<p>hi</p>' }]);
    const called = (await answerTo(mcp, 'tools/call', { name: 'odd__show', arguments: {} })).result;
    expect(called._meta).toEqual({ ui: { resourceUri: uri } });
    // The app itself knows only the names that its server gave.
    const byApp = await answerTo(mcp, 'tools/call', { name: 'show', arguments: {} });
    expect(byApp.result?._meta).toEqual({ ui: { resourceUri: uri } });
    const readByApp = await answerTo(mcp, 'resources/read', { uri: 'ui://board/app.html' });
    expect(readByApp.result?.contents).toEqual([{ uri, text: '<p>hi</p>' }]);
    expect((await answerTo(mcp, 'resources/read', { uri: 'ui://nothing' })).error.code).toBe(-32002);
    const { json } = await new McpHttp(host, owner.key).initialize();
    expect(json.result.capabilities.extensions).toEqual({ 'io.modelcontextprotocol/ui': {} });
  });
});
