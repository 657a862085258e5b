import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { Relay, type ReplyTo } from '#src/main/endpoint/mcp/relay/relay';
import { CallIds } from '#src/main/mcp/call-ids';
import type {
  JsonRpcMessage,
  JsonRpcNotification,
  JsonRpcRequest,
  JsonRpcResponse,
  Params,
  RequestId,
} from '#src/main/mcp/json-rpc';
import type { Caller, InitializeResult, ServerChannel } from '#src/main/mcp/server-channel';
import type { Services } from '#src/main/services';
import { MINUTE } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';
import { seededRandom } from '#tests/support/seeded-random';

/** A server channel that does only what the test tells it. */
class ScriptedChannel implements ServerChannel {
  resume?: ServerChannel['resume'];
  readonly idleAfter = 30_000;
  /** Parameters of each `initialize`. */
  readonly initialized: Params[] = [];
  readonly sent: JsonRpcMessage[] = [];
  isClosed = false;
  answersInitialize = true;
  onmessage: ServerChannel['onmessage'] = () => {};
  onclose = () => {};

  initialize(params: Params): Promise<InitializeResult> {
    this.initialized.push(params);
    if (!this.answersInitialize) return new Promise(() => {});
    const serverInfo = { name: 's', version: '1' };
    return Promise.resolve({ protocolVersion: '2025-11-25', capabilities: {}, serverInfo });
  }

  send(message: JsonRpcMessage): void {
    if (this.initialized.length === 0) throw new Error('nothing may be sent before it is initialized');
    this.sent.push(message);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  get requests(): JsonRpcRequest[] {
    return this.sent.filter((message): message is JsonRpcRequest => 'id' in message && 'method' in message);
  }

  answer(id: JsonRpcRequest['id'], result: unknown): void {
    this.onmessage({ jsonrpc: '2.0', id, result }, null);
  }
}

class Recorder implements ReplyTo {
  readonly replies: JsonRpcResponse[] = [];
  readonly relatedMessages: JsonRpcMessage[] = [];
  readonly ids: RequestId[] = [];
  cancelled = false;

  sentAs(id: RequestId): void {
    this.ids.push(id);
  }

  canBeLeft = false;
  /** Its client was answered with a handle. */
  isHandedOut = false;
  ofCall?: RequestId;

  isLeft(): boolean {
    return this.isHandedOut;
  }

  leave(): boolean {
    return this.canBeLeft;
  }

  reply(response: JsonRpcResponse, cancelled: boolean): void {
    this.replies.push(response);
    this.cancelled = cancelled;
  }

  related(message: JsonRpcMessage): void {
    this.relatedMessages.push(message);
  }
}

const PARAMS = { protocolVersion: '2025-11-25' };
const callerOn = (transport_id: string) => ({ client: {}, transport_id }) as Caller;
const request = (id: JsonRpcRequest['id'], params?: JsonRpcRequest['params']): JsonRpcRequest => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  ...(params ? { params } : {}),
});
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** The id of a question of the server with the id 7, which an earlier run asked. */
const ASKED_BEFORE = `h_AAAAAAAAAAAA.${Buffer.from('7').toString('base64url')}`;

let clock: FakeClock;
let channels: ScriptedChannel[];
let pushed: JsonRpcMessage[];
/** The calls that those belong to. */
let owners: (RequestId | null)[];
let relay: Relay;
/** Calls and how many questions wait in them, as that changes. */
let asked: [call: number, waiting: number][];
let prepare: (channel: ScriptedChannel) => void;
/** Awaited before a channel is there. */
let open: () => Promise<void>;

beforeEach(() => {
  clock = new FakeClock();
  channels = [];
  pushed = [];
  owners = [];
  asked = [];
  prepare = () => {};
  open = async () => {};
  relay = new Relay({
    services: {
      clock,
      timers: clock,
      random: seededRandom(),
      callIds: new CallIds({ read: () => null, write: () => {} }, () => {}),
      log: pino({ level: 'silent' }),
      longCalls: { asks: (call: number, waiting: number) => void asked.push([call, waiting]) },
    } as unknown as Services,
    push: (message, ofCall) => {
      pushed.push(message);
      owners.push(ofCall);
    },
    wasAsked: (id) => id === ASKED_BEFORE,
    connect: async () => {
      await open();
      const channel = new ScriptedChannel();
      prepare(channel);
      channels.push(channel);
      return channel;
    },
  });
});

async function sent(id: JsonRpcRequest['id'], transport = 't_1', params?: JsonRpcRequest['params']): Promise<Recorder> {
  const recorder = new Recorder();
  relay.request(request(id, params), callerOn(transport), PARAMS, recorder);
  await turn();
  return recorder;
}

describe('a relay', () => {
  test("initializes the server channel with the client's own parameters, once for requests that come together", async () => {
    const both = [sent(1), sent(2)];
    await Promise.all(both);
    expect(channels).toHaveLength(1);
    expect(channels[0]?.initialized).toEqual([PARAMS]);
    expect(channels[0]?.sent).toHaveLength(2);
  });

  test('keeps apart the same id of two transports, and gives each back its own', async () => {
    const [one, two] = [await sent('a', 't_1'), await sent('a', 't_2')];
    const [first, second] = channels[0]?.requests ?? [];
    expect(first?.id).not.toBe(second?.id);
    channels[0]?.answer(second?.id ?? 0, 'for two');
    channels[0]?.answer(first?.id ?? 0, 'for one');
    expect(one.replies).toEqual([{ jsonrpc: '2.0', id: 'a', result: 'for one' }]);
    expect(two.replies).toEqual([{ jsonrpc: '2.0', id: 'a', result: 'for two' }]);
  });

  test('hands a reply on once, and drops one that nobody waits for', async () => {
    const one = await sent(1);
    const inner = channels[0]?.requests[0]?.id ?? 0;
    channels[0]?.answer(inner, 'once');
    channels[0]?.answer(inner, 'twice');
    channels[0]?.answer(999, 'never asked');
    expect(one.replies.map(({ result }) => result)).toEqual(['once']);
  });

  test('translates progress tokens, of any type, and drops progress of what is over', async () => {
    for (const progressToken of ['text', 0]) {
      const recorder = await sent(1, 't_1', { _meta: { progressToken, other: 1 } });
      const inner = channels[0]?.requests.at(-1);
      expect(inner?.params?._meta).toEqual({ progressToken: inner?.id, other: 1 });
      const progress = {
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken: inner?.id, progress: 1 },
      };
      channels[0]?.onmessage(progress as JsonRpcNotification, null);
      channels[0]?.answer(inner?.id ?? 0, {});
      channels[0]?.onmessage(progress as JsonRpcNotification, null);
      expect(recorder.relatedMessages).toEqual([{ ...progress, params: { progressToken, progress: 1 } }]);
    }
    expect(pushed).toEqual([]);
  });

  test("translates a cancellation, for the transport that asked only, and answers in the server's place", async () => {
    const [one, two] = [await sent(7, 't_1'), await sent(7, 't_2')];
    const cancel: JsonRpcNotification = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } };
    relay.notify(cancel, callerOn('t_2'));
    const inner = channels[0]?.requests[1]?.id;
    expect(channels[0]?.sent.at(-1)).toEqual({ ...cancel, params: { requestId: inner } });
    expect([one.replies.length, two.replies[0]?.error?.code, two.cancelled]).toEqual([0, -32000, true]);
    relay.notify({ ...cancel, params: { requestId: 'unknown' } }, callerOn('t_1'));
    expect(one.replies).toEqual([]);
  });

  test('sends what belongs to a request on its way, all else to the session', async () => {
    const one = await sent(1);
    const note = (text: string): JsonRpcNotification => ({
      jsonrpc: '2.0',
      method: 'notifications/message',
      params: { text },
    });
    const inner = channels[0]?.requests[0]?.id ?? 0;
    channels[0]?.onmessage(note('related'), inner);
    channels[0]?.onmessage(note('alone'), null);
    channels[0]?.answer(inner, {});
    channels[0]?.onmessage(note('too late'), inner);
    expect(one.relatedMessages).toEqual([note('related')]);
    expect(pushed).toEqual([note('alone'), note('too late')]);
  });

  test("gives the server's requests ids of its own and brings the answers back, once", async () => {
    const one = await sent(1);
    const ask = { jsonrpc: '2.0', id: 5, method: 'roots/list' } as const;
    channels[0]?.onmessage(ask, channels[0].requests[0]?.id ?? 0);
    const asked = one.relatedMessages[0] as JsonRpcRequest;
    expect(asked).toMatchObject({ method: 'roots/list', id: expect.stringMatching(/^h_/) });
    for (const _ of [1, 2]) relay.respond({ jsonrpc: '2.0', id: asked.id, result: { roots: [] } }, callerOn('t_2'));
    relay.respond({ jsonrpc: '2.0', id: 5, result: 'guessed' }, callerOn('t_2'));
    const answers = channels[0]?.sent.filter((message) => 'result' in message);
    expect(answers).toEqual([{ jsonrpc: '2.0', id: 5, result: { roots: [] } }]);
  });

  test('ends a question after ten minutes, unless a client still waits for the call that asks it', async () => {
    const [left, awaited] = [await sent(1), await sent(2)];
    left.isHandedOut = true;
    const [channel] = channels;
    if (!channel) throw new Error('it was opened');
    const ask = (id: string, call: Recorder) =>
      channel.onmessage({ jsonrpc: '2.0', id, method: 'elicitation/create', params: {} }, call.ids[0] ?? null);
    const answerTo = (id: string) => channel.sent.filter((message) => 'id' in message && message.id === id);
    ask('of left', left);
    ask('of awaited', awaited);
    expect(asked).toEqual([
      [left.ids[0], 1],
      [awaited.ids[0], 1],
    ]);
    const shown = pushed.at(-1) as JsonRpcRequest;
    clock.advance(9 * MINUTE);
    expect(answerTo('of left')).toEqual([]);
    clock.advance(2 * MINUTE);
    const error = { message: expect.stringContaining('10 minutes') };
    expect(answerTo('of left')).toMatchObject([{ error }]);
    expect(pushed.at(-1)).toMatchObject({ method: 'notifications/cancelled', params: { requestId: shown.id } });
    expect(asked.at(-1)).toEqual([left.ids[0], 0]);
    relay.respond({ jsonrpc: '2.0', id: shown.id, result: { action: 'accept' } }, callerOn('t_1'));
    expect(answerTo('of left'), 'who answers too late is not heard').toHaveLength(1);

    clock.advance(60 * MINUTE);
    expect(answerTo('of awaited')).toEqual([]);
    channel.answer(awaited.ids[0] ?? 0, {});
    clock.advance(MINUTE);
    expect(answerTo('of awaited')).toMatchObject([{ error }]);
  });

  test('counts what is asked by a request that works for another call there, and says whose it is', async () => {
    const [call, follower] = [await sent(1), await sent(2)];
    const [id, second] = [call.ids[0] ?? 0, follower.ids[0] ?? 0];
    follower.isHandedOut = true;
    follower.ofCall = id;
    channels[0]?.onmessage({ jsonrpc: '2.0', id: 5, method: 'elicitation/create' }, second);
    expect(asked).toEqual([[id, 1]]);
    expect(owners).toEqual([id]);
    channels[0]?.answer(second, {});
    relay.respond({ jsonrpc: '2.0', id: (pushed[0] as JsonRpcRequest).id, result: {} }, callerOn('t_1'));
    expect(asked.at(-1), 'also when that request is over').toEqual([id, 0]);
  });

  test('passes on the answer to a question that an earlier run asked outside any call, once', async () => {
    await sent(1);
    const guessed = ASKED_BEFORE.replace('AAAA', 'BBBB');
    for (const id of [guessed, ASKED_BEFORE, ASKED_BEFORE]) {
      relay.respond({ jsonrpc: '2.0', id, result: { roots: [] } }, callerOn('t_2'));
    }
    const answers = channels[0]?.sent.filter((message) => 'result' in message);
    expect(answers).toEqual([{ jsonrpc: '2.0', id: 7, result: { roots: [] } }]);
  });

  test('keeps an old answer from a new question of the same id', async () => {
    await sent(1);
    channels[0]?.onmessage({ jsonrpc: '2.0', id: 7, method: 'roots/list' }, null);
    relay.respond({ jsonrpc: '2.0', id: ASKED_BEFORE, result: { roots: [] } }, callerOn('t_2'));
    expect(channels[0]?.sent.filter((message) => 'result' in message)).toEqual([]);
  });

  test('tells the client when the server takes its question back', async () => {
    await sent(1);
    channels[0]?.onmessage({ jsonrpc: '2.0', id: 5, method: 'roots/list' }, null);
    channels[0]?.onmessage({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 5 } }, null);
    const [asked, taken] = pushed as [JsonRpcRequest, JsonRpcNotification];
    expect(taken.params?.requestId).toBe(asked.id);
  });
});

describe('a relay whose server channel', () => {
  test('cannot be made answers with an error and tries again with the next request', async () => {
    let failures = 1;
    prepare = () => {
      failures -= 1;
      if (failures === 0) throw new Error('no such program');
    };
    expect((await sent(1)).replies[0]?.error?.code).toBe(-32603);
    const second = await sent(2);
    channels[0]?.answer(channels[0].requests[0]?.id ?? 0, 'ok');
    expect(second.replies[0]?.result).toBe('ok');
  });

  test('does not answer initialize is abandoned after 30 s', async () => {
    prepare = (channel) => {
      channel.answersInitialize = false;
    };
    const one = await sent(1);
    clock.advance(29_999);
    await turn();
    expect(one.replies).toEqual([]);
    clock.advance(1);
    await turn();
    expect(one.replies[0]?.error?.code).toBe(-32603);
    expect([channels[0]?.isClosed, clock.pending]).toEqual([true, 0]);
  });

  test('dies while it is initialized fails at once', async () => {
    prepare = (channel) => {
      channel.answersInitialize = false;
    };
    const one = await sent(1);
    channels[0]?.onclose();
    await turn();
    expect(one.replies[0]?.error?.code).toBe(-32603);
    expect(clock.pending).toBe(0);
  });

  test('dies answers what was running with an error, and the next request makes another', async () => {
    const one = await sent(1);
    channels[0]?.onclose();
    expect(one.replies[0]?.error).toMatchObject({ code: -32000, message: expect.stringContaining('unknown') });
    await sent(2);
    expect(channels).toHaveLength(2);
    expect(channels[1]?.requests).toHaveLength(1);
  });

  test('is unused becomes idle after its time, but not while anything runs or waits for the client', async () => {
    await sent(1);
    clock.advance(60_000);
    expect(relay.isIdle()).toBe(false);
    channels[0]?.answer(channels[0].requests[0]?.id ?? 0, {});
    expect(relay.isIdle()).toBe(false);
    clock.advance(30_001);
    expect(relay.isIdle()).toBe(true);
    channels[0]?.onmessage({ jsonrpc: '2.0', id: 1, method: 'ping' }, null);
    expect([relay.isIdle(), relay.isSpare()]).toEqual([false, false]);
  });
});

describe('a relay that takes up calls from before a restart', () => {
  const earlier = (id: number, recorder: Recorder) => ({
    caller: callerOn('t_1'),
    clientId: id,
    progressToken: undefined,
    replyTo: recorder,
    open: { id: 40_000 + id, method: 'tools/call', name: 'slow' },
    reached: Number.NEGATIVE_INFINITY,
    questions: [],
  });
  const cancel = (requestId: number): void =>
    relay.notify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } }, callerOn('t_1'));

  test.each(['is made', 'resumes them', 'is initialized'])(
    'passes on that its client cancels one while its channel %s',
    async (when) => {
      let goOn = () => {};
      const reached = new Promise<void>((resolve) => {
        const stop = () => {
          resolve();
          return new Promise<void>((go) => {
            goOn = go;
          });
        };
        if (when === 'is made') open = stop;
        prepare = (channel) => {
          const initialize = channel.initialize.bind(channel);
          channel.resume = (calls) => {
            resumed.push(...calls.map(({ id }) => id));
            return when === 'resumes them' ? stop().then(() => []) : [];
          };
          if (when === 'is initialized') channel.initialize = (params) => stop().then(() => initialize(params));
        };
      });
      const resumed: RequestId[] = [];
      const [given, other] = [new Recorder(), new Recorder()];
      const restoring = relay.restore([earlier(1, given), earlier(2, other)], PARAMS);
      await reached;
      cancel(1);
      expect(given.replies, 'it is answered at once').toMatchObject([
        { error: { message: expect.stringContaining('cancelled') } },
      ]);
      goOn();
      await restoring;
      await turn();
      expect(resumed, 'who is to be told of the end of a call must know of it').toEqual([40_001, 40_002]);
      expect(channels[0]?.sent).toMatchObject([{ method: 'notifications/cancelled', params: { requestId: 40_001 } }]);
      channels[0]?.answer(40_002, 'late');
      expect(other.replies).toMatchObject([{ id: 2, result: 'late' }]);
      expect(given.replies).toHaveLength(1);
    },
  );
});

describe('a relay that is left when Holdfast stops', () => {
  test('answers everything, unless its server goes on and the client can come back', async () => {
    const one = await sent(1);
    one.canBeLeft = true;
    await relay.leave('over');
    expect([one.replies[0]?.error?.message, channels[0]?.isClosed]).toEqual(['over', true]);
  });

  test('leaves what its server goes on with, and takes the answer when it comes before the end', async () => {
    prepare = (channel) => {
      channel.resume = () => [];
    };
    const [left, other] = [await sent(1), await sent(2)];
    left.canBeLeft = true;
    await relay.leave('over');
    expect([left.replies, other.replies[0]?.error?.message, channels[0]?.isClosed]).toEqual([[], 'over', false]);
    channels[0]?.answer(left.ids[0] ?? '', 'in time');
    expect(left.replies[0]?.result).toBe('in time');
  });
});

describe('a relay that is retired', () => {
  test('lets running calls end, then closes', async () => {
    const one = await sent(1);
    relay.retire();
    expect(channels[0]?.isClosed).toBe(false);
    channels[0]?.answer(channels[0].requests[0]?.id ?? 0, 'last words');
    expect(one.replies[0]?.result).toBe('last words');
    expect([channels[0]?.isClosed, clock.pending]).toEqual([true, 0]);
  });

  test('waits no longer than 2 s', async () => {
    const one = await sent(1);
    relay.retire();
    clock.advance(2_000);
    expect(one.replies[0]?.error?.message).toBe('The session has ended.');
    expect(channels[0]?.isClosed).toBe(true);
  });

  test('while its server channel is being made closes that too', async () => {
    const recorder = new Recorder();
    relay.request(request(1), callerOn('t_1'), PARAMS, recorder);
    await relay.close('over');
    await turn();
    expect(recorder.replies.map(({ error }) => error?.message)).toEqual(['over']);
    expect(channels[0]?.isClosed).toBe(true);
  });
});
