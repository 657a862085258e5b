import { describe, expect, vi } from 'vitest';
import { REAL_CLIENTS, type RealClient, type RealClientKind } from '#tests/support/clients/real-clients';
import { disposing } from '#tests/support/fixtures';
import { sharedMcpTest } from '#tests/support/hosts/mcp-host';
import { counter, everything, ListedConfigs, startEverythingOverHttp } from '#tests/support/servers/configs';

/** Every feature of MCP, through both addresses, with third-party clients and a third-party server. */

const test = sharedMcpTest
  .extend('web', { scope: 'file' }, async ({}, { onCleanup }) => {
    const { config, stop } = await startEverythingOverHttp('web');
    onCleanup(stop);
    return config;
  })
  .extend('older', { scope: 'file' }, async ({}, { onCleanup }) => {
    const { config, stop } = await startEverythingOverHttp('older', 'sse');
    onCleanup(stop);
    return config;
  })
  .extend('hostOptions', { scope: 'file' }, ({ web, older }) => ({
    servers: new ListedConfigs(everything('every'), web, older, counter('one')),
  }))
  .extend('connect', { scope: 'file' }, ({ host }, { onCleanup }) =>
    disposing(
      onCleanup,
      (kind: RealClientKind, path: string) => kind.connect(`${host.url}${path}`, host.newClient().key),
      (client) => client.vanish(),
    ),
  );

/** What a server's start may take on a busy machine. */
const START_MS = 15_000;

const WAYS = [
  {
    way: '/mcp',
    path: '',
    tool: (server: string, name: string) => `${server}__${name}`,
    uri: (server: string, uri: string) => `${server}+${uri}`,
  },
  { way: '/mcp/{server}', path: '/', tool: (_: string, name: string) => name, uri: (_: string, uri: string) => uri },
];

describe.each(REAL_CLIENTS)('$title', (kind) => {
  describe.each(WAYS)('through $way', ({ path, tool, uri }) => {
    let client: RealClient;
    const connectTo = (server: string, itsTool: string) =>
      test.beforeAll(async ({ connect }) => {
        client = await connect(kind, path && `/${server}`);
        // A server that is slow to start is left out of the first list and announced.
        await vi.waitFor(
          async () => expect(await client.names('tools/list')).toContain(tool(server, itsTool)),
          START_MS,
        );
      });

    // How a server is connected makes no difference, so one client is enough for the second way.
    const everywhere = kind === REAL_CLIENTS[0] ? ['every', 'web', 'older'] : ['every'];
    describe.each(everywhere)('server-everything, as %s', (server) => {
      const name = (of: string) => tool(server, of);
      connectTo(server, 'echo');

      test('tools: listed and called, results of all kinds', async () => {
        const tools = await client.names('tools/list');
        expect(tools).toEqual(expect.arrayContaining(['echo', 'get-sum', 'get-resource-links'].map(name)));
        expect(new Set(tools).size).toBe(tools.length);
        expect(await client.text(name('echo'), { message: 'hello' })).toBe('Echo: hello');
        const { structuredContent } = await client.call(name('get-structured-content'), { location: 'New York' });
        expect(structuredContent).toMatchObject({ conditions: expect.any(String) });
      });

      test('progress comes with the call, in order', async () => {
        const progress: number[] = [];
        const result = await client.call(
          name('trigger-long-running-operation'),
          { duration: 0.4, steps: 4 },
          { onprogress: (step) => progress.push(step.progress) },
        );
        expect(result.content[0].text).toContain('completed');
        // The SDK's client drops progress that it reads together with the answer, as it may the last.
        expect(progress.slice(0, 3)).toEqual([1, 2, 3]);
      });

      test('resources, in pages, with templates, and what links lead to', async () => {
        const resources = await client.names('resources/list');
        const [first = ''] = resources.filter((one) => one.startsWith(uri(server, 'demo://')));
        expect((await client.request('resources/read', { uri: first })).contents).toMatchObject([{ uri: first }]);
        const templates = await client.names('resources/templates/list');
        expect(templates).toContain(uri(server, 'demo://resource/dynamic/text/{resourceId}'));
        const { content } = await client.call(name('get-resource-links'), { count: 2 });
        const [link] = content.filter(({ type }: { type: string }) => type === 'resource_link');
        const read = await client.request('resources/read', { uri: link.uri });
        expect(read.contents[0]).toMatchObject({ uri: link.uri });
        const embedded = await client.call(name('get-resource-reference'), { resourceType: 'Text', resourceId: 1 });
        const [{ resource }] = embedded.content.filter(({ type }: { type: string }) => type === 'resource');
        expect((await client.request('resources/read', { uri: resource.uri })).contents[0].uri).toBe(resource.uri);
      });

      test('prompts and completions', async () => {
        expect(await client.names('prompts/list')).toContain(name('args-prompt'));
        const prompt = await client.request('prompts/get', { name: name('args-prompt'), arguments: { city: 'Oslo' } });
        expect(prompt.messages[0].content.text).toContain('Oslo');
        const { completion } = await client.request('completion/complete', {
          ref: { type: 'ref/prompt', name: name('completable-prompt') },
          argument: { name: 'department', value: 'E' },
        });
        expect(completion.values).toEqual(['Engineering']);
        const ofTemplate = await client.request('completion/complete', {
          ref: { type: 'ref/resource', uri: uri(server, 'demo://resource/dynamic/text/{resourceId}') },
          argument: { name: 'resourceId', value: '7' },
        });
        expect(ofTemplate.completion.values).toEqual(['7']);
      });

      test('sampling, elicitation and roots: the server asks, the client answers', async () => {
        expect(await client.text(name('trigger-sampling-request'), { prompt: 'p' })).toContain('sampled');
        expect((await client.call(name('trigger-elicitation-request'))).content[0].text).toMatch(/✅|provided/);
        expect(await client.text(name('get-roots-list'))).toContain('file:///project');
        const methods = client.asked.map(({ method }) => method);
        expect(methods).toEqual(expect.arrayContaining(['sampling/createMessage', 'elicitation/create', 'roots/list']));
      });

      test('a subscription brings updates, under the name it was made with', async () => {
        const subscribed = uri(server, 'demo://resource/dynamic/text/1');
        await client.request('resources/subscribe', { uri: subscribed });
        await client.call(name('toggle-subscriber-updates'));
        expect(await client.heardOf('notifications/resources/updated')).toMatchObject({ uri: subscribed });
        await client.call(name('toggle-subscriber-updates'));
        expect(await client.request('resources/unsubscribe', { uri: subscribed })).toEqual({});
      });
    });

    describe('a counter', () => {
      const name = (of: string) => tool('one', of);
      connectTo('one', 'count');

      test('keeps its state between calls', async () => {
        expect((await client.json(name('count'))).n).toBe(1);
        expect((await client.json(name('count'))).n).toBe(2);
      });

      test('a cancelled call stops at the server', async () => {
        const abort = new AbortController();
        const call = client.call(
          name('slow'),
          { ms: 60_000, steps: 60_000 },
          { signal: abort.signal, onprogress: () => abort.abort() },
        );
        await expect(call).rejects.toThrow();
        expect((await client.json(name('peek'))).n, 'the server goes on').toBe(2);
      });

      test('the log level reaches it, and what it logs comes back', async () => {
        await client.request('logging/setLevel', { level: 'warning' });
        expect(await client.json(name('log'), { level: 'info' })).toEqual({ sent: false });
        expect(await client.json(name('log'), { level: 'error', data: { x: 1 } })).toEqual({ sent: true });
        expect(await client.heardOf('notifications/message')).toMatchObject({
          level: 'error',
          data: { x: 1 },
          logger: expect.stringContaining('counter'),
        });
      });

      test('any request it makes of the client comes back answered, and its lists may change', async () => {
        expect(await client.json(name('request'), { method: 'roots/list' })).toMatchObject({
          result: { roots: [{ uri: 'file:///project' }] },
        });
        // Whoever never saw the list is not told that it is another one.
        await client.names('tools/list');
        await client.call(name('announce'));
        await client.heardOf('notifications/tools/list_changed');
      });

      test('sees the client as it is, and its roots change', async () => {
        const { initialize } = await client.json(name('state'));
        expect(initialize.capabilities).toMatchObject({ sampling: {}, elicitation: {}, roots: { listChanged: true } });
        expect(initialize.clientInfo.name).toContain('real-client');
        await client.notify('notifications/roots/list_changed');
      });
    });
  });
});
