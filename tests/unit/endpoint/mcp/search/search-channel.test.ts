import { pino } from 'pino';
import { expect, test } from 'vitest';
import { SearchChannel, type SearchDeps } from '#src/main/endpoint/mcp/search/search-channel';
import { CallIds } from '#src/main/mcp/call-ids';
import type { JsonRpcMessage } from '#src/main/mcp/json-rpc';
import type { Caller, ServerChannel } from '#src/main/mcp/server-channel';

const CALLER = { client: {}, transport_id: 't_1' } as Caller;

test('a list that fails is answered with an error, and a search with a result that says so', async () => {
  const inner = {
    send: () => {
      throw new Error('no channel');
    },
  } as unknown as ServerChannel;
  const services = {
    callIds: new CallIds({ read: () => null, write: () => {} }, () => {}),
    log: pino({ level: 'silent' }),
  };
  const deps = { services, known: { noteListed: () => {} }, sight: { searches: true }, sessionKey: 's_1' };
  const channel = new SearchChannel(inner, deps as unknown as SearchDeps);
  const answered = () =>
    new Promise<JsonRpcMessage>((resolve) => {
      channel.onmessage = resolve;
    });
  const listed = answered();
  channel.send({ jsonrpc: '2.0', id: 1, method: 'tools/list' }, CALLER);
  expect(await listed).toEqual({
    jsonrpc: '2.0',
    id: 1,
    error: expect.objectContaining({ code: -32_603, message: 'The tools could not be listed. Try again.' }),
  });
  const searched = answered();
  const params = { name: 'search_tools', arguments: { query: 'sum' } };
  channel.send({ jsonrpc: '2.0', id: 2, method: 'tools/call', params }, CALLER);
  expect(await searched).toMatchObject({ id: 2, result: { isError: true } });
});
