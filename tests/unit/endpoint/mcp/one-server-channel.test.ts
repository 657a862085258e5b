import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { KnownLists } from '#src/main/endpoint/mcp/aggregate/lists/known-lists';
import { OneServerChannel } from '#src/main/endpoint/mcp/one-server-channel';
import { ToldLists } from '#src/main/endpoint/mcp/told-lists';
import { CallIds } from '#src/main/mcp/call-ids';
import type { JsonRpcMessage } from '#src/main/mcp/json-rpc';
import type { Caller, OpenCall, ServerChannel } from '#src/main/mcp/server-channel';
import type { ServerSource } from '#src/main/mcp/server-source';
import { MINUTE, SECOND } from '#src/shared/model/units';
import type { Item } from '#src/shared/model/visibility';
import { FakeClock } from '#tests/support/fake-clock';
import { ScriptedServer } from '#tests/support/servers/scripted-channels';

const CALLER = { client: {}, transport_id: 't_1' } as Caller;
const PARAMS = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } };
const TOOLS = [{ name: 't', inputSchema: { type: 'object' } }];

let clock: FakeClock;
let server: ScriptedServer;
let channel: ServerChannel;
let received: JsonRpcMessage[];
/** Opens another channel of the session, as after a restart of Holdfast if it is continued. */
let open: (isContinued: boolean, told?: ToldLists) => Promise<ServerChannel>;

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
    runsForAll: () => true,
  } as Partial<ServerSource> as ServerSource;
  const services = {
    clock,
    timers: clock,
    callIds: new CallIds({ read: () => null, write: () => {} }, () => {}),
    log: pino({ level: 'silent' }),
  };
  const isSeen = ({ name }: Item) => name !== 'hidden';
  open = async (isContinued, told = new ToldLists()) => {
    const deps = { services, source, known, server: 'a', sessionKey: 's_1', isContinued, told };
    const opened = await OneServerChannel.open({ ...deps, sight: { listsTo: () => isSeen } });
    opened.onmessage = (message) => received.push(message);
    return opened;
  };
  channel = await open(false);
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

describe('an announcement of the server', () => {
  const CHANGED = 'notifications/tools/list_changed';
  const says = (...tools: object[]) => {
    server.answers['tools/list'] = () => ({ result: { tools } });
  };
  const told = (): number => received.filter((message) => 'method' in message && message.method === CHANGED).length;
  const announce = async (): Promise<number> => {
    received.length = 0;
    server.channel.onmessage({ jsonrpc: '2.0', method: CHANGED }, null);
    clock.advance(SECOND);
    await settled();
    return told();
  };
  const listed = async () => {
    list('1', 'tools/list');
    await settled();
  };
  const T = { name: 't', description: 'one' };

  test('is passed on if the list is not as it was sent, the first one included', async () => {
    says(T);
    await channel.initialize(PARAMS, CALLER);
    await listed();
    expect(await announce(), 'nothing has changed').toBe(0);
    says({ ...T, description: 'two' });
    expect(await announce()).toBe(1);
    expect(await announce(), 'told already').toBe(0);
    says({ ...T, description: 'two' }, { name: 'hidden' });
    expect(await announce(), 'of what is hidden').toBe(0);
  });

  test('is nothing to a session that was never sent a list', async () => {
    says(T);
    await channel.initialize(PARAMS, CALLER);
    expect(await announce()).toBe(0);
    says({ ...T, description: 'two' });
    expect(await announce()).toBe(1);
  });

  test('is passed on once to a session of which nobody knows any more what it was sent', async () => {
    says(T);
    channel = await open(true);
    await channel.initialize(PARAMS, CALLER);
    expect([await announce(), await announce()]).toEqual([1, 0]);
  });

  test('is compared with what another channel of the session sent', async () => {
    const told = new ToldLists();
    says(T);
    channel = await open(false, told);
    await channel.initialize(PARAMS, CALLER);
    await listed();
    await channel.close();
    channel = await open(false, told);
    await channel.initialize(PARAMS, CALLER);
    expect(await announce()).toBe(0);
    says({ ...T, description: 'two' });
    expect(await announce()).toBe(1);
  });

  const pass = async (minutes: number) => {
    for (let passed = 0; passed < minutes * MINUTE; passed += SECOND) {
      clock.advance(SECOND);
      await settled();
    }
  };

  test.for([
    ['is not answered', null],
    ['is refused', { error: { code: -32603, message: 'not now' } }],
  ] as const)('whose list %s is judged once it can be read, or else passed on in the end', async ([, fails]) => {
    says(T);
    await channel.initialize(PARAMS, CALLER);
    await listed();
    server.answers['tools/list'] = () => fails;
    expect(await announce()).toBe(0);
    await pass(2);
    says({ ...T, description: 'two' });
    await pass(2);
    expect(told(), 'it is another one').toBe(1);
    server.answers['tools/list'] = () => fails;
    expect(await announce()).toBe(0);
    await pass(2);
    says({ ...T, description: 'two' });
    await pass(20);
    expect(told(), 'it is the same').toBe(0);
    server.answers['tools/list'] = () => fails;
    await announce();
    await pass(30);
    expect(told(), 'nobody knows').toBe(1);
    const asked = server.channel.of('tools/list').length;
    await pass(30);
    expect(server.channel.of('tools/list')).toHaveLength(asked);
  });

  test('of a list that was read only in part is passed on', async () => {
    server.answers['tools/list'] = ({ params }) =>
      params?.cursor === undefined
        ? { result: { tools: [T], nextCursor: '2' } }
        : { result: { tools: [{ name: 'u' }] } };
    await channel.initialize(PARAMS, CALLER);
    await listed();
    expect(await announce()).toBe(1);
    expect(await announce()).toBe(0);
  });
});
