import { expect } from 'vitest';
import { type Json, McpHttp, type SseReader } from '#tests/support/clients/mcp-http';
import { mcpTest } from '#tests/support/hosts/mcp-host';
import { counter, endServers, ListedConfigs } from '#tests/support/servers/configs';

/** The address of all servers when Holdfast is killed: what runs at a server goes on, and its client gets what it says. */

const test = mcpTest
  .extend(
    'start',
    ({ startHost }) =>
      (folder?: string, servers = new ListedConfigs(counter('one'), counter('two'))) =>
        startHost({ folder, servers }),
  )
  /** The Holdfast that is running now, and the client with its newest connection. */
  .extend('run', async ({ start }) => {
    const host = await start();
    const owner = host.newClient();
    const mcp = new McpHttp(host, owner.key);
    await mcp.initialize();
    return { host, owner, mcp };
  })
  .extend('owner', ({ run }) => run.owner)
  /** Kills Holdfast and starts it again; the client goes on with its id. */
  .extend('restart', ({ run, owner, start }) => async (): Promise<void> => {
    await run.host.kill();
    run.host = await start(run.host.folder);
    const { transportId } = run.mcp;
    run.mcp = new McpHttp(run.host, owner.key);
    run.mcp.transportId = transportId;
  })
  .extend(
    'json',
    ({ run }) =>
      async (name: string, args = {}) =>
        jsonOf(await run.mcp.call(name, args)),
  );

const jsonOf = (result: Json) => JSON.parse(result.content[0].text);
const nextOf = async (stream: SseReader | null) => (await stream?.message()) ?? { id: '', message: null };

test('a call goes on, with its progress, and is answered in the client’s own terms', async ({ run, restart, json }) => {
  expect((await json('one__count')).n).toBe(1);
  const args = { ms: 2_500, steps: 5 };
  const { stream } = await run.mcp.request('tools/call', {
    name: 'one__slow',
    arguments: args,
    _meta: { progressToken: 'mine' },
  });
  const first = await nextOf(stream);
  expect(first.message.params).toMatchObject({ progressToken: 'mine', progress: 1 });
  await restart();
  const { stream: again } = await run.mcp.get(first.id ?? '');
  const messages: Json[] = [];
  for (let next = await nextOf(again); next.message; next = await nextOf(again)) messages.push(next.message);
  expect(messages.slice(0, -1).map(({ params }) => [params.progressToken, params.progress])).toEqual(
    [2, 3, 4, 5].map((step) => ['mine', step]),
  );
  expect(jsonOf(messages.at(-1).result)).toMatchObject({ done: true });
  expect((await json('one__count')).n, 'the same process').toBe(2);
});

test('a question that a server had asked is answered after the restart', async ({ run, restart }) => {
  const { stream } = await run.mcp.request('tools/call', { name: 'two__ask', arguments: {} });
  const { id, message: question } = await nextOf(stream);
  expect(question.method).toBe('elicitation/create');
  await restart();
  const { stream: again } = await run.mcp.get(id ?? '');
  await run.mcp.post({ jsonrpc: '2.0', id: question.id, result: { action: 'accept', content: { colour: 'red' } } });
  expect(jsonOf((await nextOf(again)).message.result)).toEqual({ action: 'accept', content: { colour: 'red' } });
});

test('a subscription lasts, and its updates still carry the client’s name for the resource', async ({
  run,
  restart,
  json,
}) => {
  await (await run.mcp.request('resources/subscribe', { uri: 'one+counter://n' })).stream?.rest();
  await restart();
  const { stream } = await run.mcp.get();
  expect(await json('one__touch')).toEqual({ sent: true });
  expect((await nextOf(stream)).message.params).toEqual({ uri: 'one+counter://n' });
  stream?.cut();
});

test('what a server says meanwhile, and later, reaches a client that only listens', async ({ run, restart }) => {
  await run.mcp.call('one__remind', { ms: 300, uri: 'counter://n' });
  await restart();
  const { stream } = await run.mcp.get();
  expect((await nextOf(stream)).message).toMatchObject({
    method: 'notifications/resources/updated',
    params: { uri: 'one+counter://n' },
  });
  stream?.cut();
});

test('a list that nobody finished is lost with a clear error', async ({ run, owner, restart, start }) => {
  await run.host.stop();
  await endServers(run.host.folder);
  const hangs = new ListedConfigs(counter('one', { env: { COUNTER_SILENT: '1' } }));
  run.host = await start(run.host.folder, hangs);
  const { transportId } = run.mcp;
  run.mcp = new McpHttp(run.host, owner.key);
  run.mcp.transportId = transportId;
  const { stream } = await run.mcp.request('tools/list');
  let begun = await stream?.next();
  while (begun && begun.id === undefined) begun = await stream?.next();
  await restart();
  const { stream: again } = await run.mcp.get(begun?.id ?? '');
  expect((await nextOf(again)).message.error.message).toMatch(/restart/);
});
