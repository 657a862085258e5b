import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { KnownLists } from '#src/main/endpoint/mcp/aggregate/lists/known-lists';
import { OneServerChannel } from '#src/main/endpoint/mcp/one-server-channel';
import { CallIds } from '#src/main/mcp/call-ids';
import type { JsonRpcMessage } from '#src/main/mcp/json-rpc';
import type { Caller, OpenCall, ServerChannel } from '#src/main/mcp/server-channel';
import type { ServerSource } from '#src/main/mcp/server-source';
import { SECOND } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';
import { ScriptedServer } from '#tests/support/servers/scripted-channels';

const CALLER = { client: {}, transport_id: 't_1' } as Caller;
const PARAMS = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } };
const TOOLS = [{ name: 't', inputSchema: { type: 'object' } }];

let clock: FakeClock;
let server: ScriptedServer;
let channel: ServerChannel;
let received: JsonRpcMessage[];

/** Lets everything happen that can without time passing. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const list = (id: string, method: string) => channel.send({ jsonrpc: '2.0', id, method }, CALLER);

beforeEach(async () => {
  clock = new FakeClock();
  server = new ScriptedServer();
  received = [];
  const known = new KnownLists({
    repository: { all: () => [], heard: () => {}, save: () => {}, remove: () => {} },
    clock,
    source: { fingerprintOf: () => 'same' },
  });
  known.introduce('a', { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'a', version: '1' } });
  known.replace('a', [
    { method: 'tools/list', cursor: undefined, result: { tools: TOOLS } },
    { method: 'prompts/list', cursor: undefined, result: {} },
  ]);
  const source = {
    connect: () => server.connect(),
    heldBack: () => false,
    announcedInVain: () => {},
    timesStopped: () => 0,
  } as Partial<ServerSource> as ServerSource;
  const services = {
    clock,
    timers: clock,
    callIds: new CallIds({ read: () => null, write: () => {} }, () => {}),
    log: pino({ level: 'silent' }),
  };
  channel = await OneServerChannel.open({ services, source, known, server: 'a', sessionKey: 's_1' });
  channel.onmessage = (message) => received.push(message);
});

describe('what is remembered of a server', () => {
  test('is no answer for a list that it does not have', async () => {
    server.answersInitialize = false;
    const initialized = channel.initialize(PARAMS, CALLER);
    await settled();
    clock.advance(5 * SECOND);
    await initialized;
    list('1', 'prompts/list');
    list('2', 'tools/list');
    await settled();
    expect(received).toEqual([{ jsonrpc: '2.0', id: '2', result: { tools: TOOLS } }]);
  });
});

describe('a call that a restart of Holdfast left running', () => {
  const cancel = (requestId: number) =>
    channel.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } }, CALLER);
  const given = () => server.channel.of('notifications/cancelled').map(({ params }) => params?.requestId);

  test('is cancelled once the server is initialized again; one that was not sent is not sent', async () => {
    server.answersInitialize = false;
    const initialized = channel.initialize(PARAMS, CALLER);
    await channel.resume?.([{ id: 7, method: 'tools/call', name: 't' } as OpenCall]);
    channel.send({ jsonrpc: '2.0', id: 8, method: 'tools/call', params: { name: 't' } }, CALLER);
    await settled();
    cancel(7);
    cancel(8);
    expect(given()).toEqual([]);
    server.finishInitialize();
    await initialized;
    await settled();
    expect(given()).toEqual([7]);
    expect(server.channel.of('tools/call')).toEqual([]);
  });
});

describe('a server that is late', () => {
  test('is told that nobody waits for its list any more', async () => {
    await channel.initialize(PARAMS, CALLER);
    server.answers['tools/list'] = () => null;
    list('1', 'tools/list');
    clock.advance(5 * SECOND);
    expect(received).toEqual([{ jsonrpc: '2.0', id: '1', result: { tools: TOOLS } }]);
    const given = () => server.channel.of('notifications/cancelled').map(({ params }) => params?.requestId);
    clock.advance(29 * SECOND);
    expect(given()).toEqual([]);
    clock.advance(2 * SECOND);
    expect(given()).toEqual(['1']);
  });

  test('is told the same of what Holdfast asked itself', async () => {
    await channel.initialize(PARAMS, CALLER);
    server.answers['tools/list'] = () => null;
    server.channel.onmessage({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }, null);
    clock.advance(SECOND);
    await settled();
    const [asked] = server.channel.of('tools/list');
    clock.advance(31 * SECOND);
    await settled();
    const given = server.channel.of('notifications/cancelled').map(({ params }) => params?.requestId);
    expect(given).toEqual([asked?.id]);
  });
});
