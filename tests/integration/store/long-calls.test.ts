import { describe, expect } from 'vitest';
import { resumedCall } from '#src/main/endpoint/mcp/long-calls/resumed-call';
import { watched } from '#src/main/endpoint/mcp/long-calls/watched-call';
import { ResultTools } from '#src/main/endpoint/mcp/own-tools/result-tools';
import type { ReplyTo } from '#src/main/endpoint/mcp/relay/relay';
import { FollowedTask, type TaskPlace } from '#src/main/endpoint/mcp/tasks/followed-task';
import { MadeTasksChannel } from '#src/main/endpoint/mcp/tasks/made-tasks-channel';
import type { LongCalls } from '#src/main/long-calls/long-calls';
import type { JsonRpcRequest, JsonRpcResponse, RequestId } from '#src/main/mcp/json-rpc';
import type { ServerChannel } from '#src/main/mcp/server-channel';
import type { Client, ClientType } from '#src/shared/contract/client';
import { DAY, MINUTE, SECOND } from '#src/shared/model/units';
import type { FakeClock } from '#tests/support/fake-clock';
import { longCall as call, settled, longCallTest as test } from './long-call-support';
import { newClient, START } from './samples';
import { openBeside, silent } from './support';

/** Long calls on a real database, in time that the test moves. */

const client = (type: ClientType = 'cursor'): Client => newClient('c_1', { type });

/** A channel with nothing behind it. */
const nowhere = (): ServerChannel => ({
  ...{ idleAfter: null, send: () => {}, onmessage: () => {}, onclose: () => {} },
  ...{ close: async () => {}, initialize: () => Promise.reject(new Error('not here')) },
});

/** The tool `get_result`, as the client c_1 calls it with request 8. What it answers goes into the list. */
function resultTools(longCalls: LongCalls, clock: FakeClock) {
  const tools = new ResultTools(nowhere(), { longCalls, timers: clock, log: silent });
  const answers: string[] = [];
  tools.onmessage = (message) => answers.push(JSON.stringify(message));
  const ask = (handle: string) =>
    tools.send(
      { jsonrpc: '2.0', id: 8, method: 'tools/call', params: { name: 'get_result', arguments: { handle } } },
      { client: client(), transport_id: 't_1' },
    );
  return { answers, ask };
}

describe('a result that is asked for', () => {
  test('is waited for from when the request came', async ({ store, clock, longCalls }) => {
    store.clients.insert(client(), 'hash');
    longCalls.setPatience('c_1', 10_000);
    const handle = longCalls.handOut(call, null, () => {})?.handle ?? '';
    const { answers, ask } = resultTools(longCalls, clock);
    const begun = { client_id: 'c_1', session_id: 's_1', server: null, method: 'tools/call', name: 'get_result' };
    longCalls.inFlight.begin(8, { ...begun, since: clock.now() - 4_000, cancel: () => {} });
    ask(handle);
    clock.advance(4_900);
    await settled();
    expect(answers).toEqual([]);
    clock.advance(200);
    await settled();
    expect(answers).toEqual([expect.stringContaining('Still running')]);
    longCalls.asks(7, 2);
    ask(handle);
    clock.advance(10_000);
    await settled();
    expect(answers.at(-1)).toContain('The server asks 2 things and waits for the answer');
    longCalls.asks(7, 0);
    expect(longCalls.questionsOf(7)).toBe(0);
  });

  test('says how long it runs after a restart, whatever was done to the clock', ({ store, clock, longCalls }) => {
    store.clients.insert(client(), 'hash');
    store.longCalls.add({ ...call, handle: 'h_left', handed_at: START });
    longCalls.resume(7, () => {});
    const running = longCalls.runningFor(call);
    clock.setBy(-DAY);
    clock.advance(5_000);
    expect(longCalls.runningFor(call) - running).toBe(5_000);
  });

  test('is said to be lost when nobody works on it any more, and its call ends', async ({
    store,
    clock,
    longCalls,
  }) => {
    store.clients.insert(client(), 'hash');
    store.longCalls.add({ ...call, handle: 'h_lost', handed_at: START });
    const { answers, ask } = resultTools(longCalls, clock);
    for (const _ of [1, 2]) ask('h_lost');
    await settled();
    const lost = expect.stringContaining('The result is lost; its outcome is unknown.');
    expect(answers).toEqual([lost, lost]);
    expect(store.longCalls.get(7)).toMatchObject({ state: 'fetched', ok: false });
    store.longCalls.add({ ...call, call_id: 9, handle: 'h_9', handed_at: START });
    expect([longCalls.cancel(9), longCalls.cancel(9)]).toEqual([true, false]);
  });

  test.for(['tasks/get', 'tasks/result'])(
    'is said to be lost as a task, too: %s',
    async (method, { store, longCalls }) => {
      store.clients.insert(client(), 'hash');
      store.longCalls.add({ ...call, handle: 'h_lost', handed_at: START, shown_as: 'task' });
      const services = { longCalls, log: silent, manager: { findTransport: () => null } };
      const tasks = new MadeTasksChannel(nowhere(), services, 'c_1');
      const answers: unknown[] = [];
      tasks.onmessage = (message) => answers.push(message);
      tasks.send(
        { jsonrpc: '2.0', id: 8, method, params: { taskId: 'h_lost' } },
        { client: client(), transport_id: 't_1' },
      );
      await settled();
      const lost = { content: [{ text: 'The result is lost; its outcome is unknown.' }], isError: true };
      expect(answers).toMatchObject([{ id: 8, result: method === 'tasks/get' ? { status: 'failed' } : lost }]);
    },
  );

  test('is told to have been too long to keep', async ({ store, clock, longCalls }) => {
    store.clients.insert(client(), 'hash');
    const handle = longCalls.handOut(call, null, () => {})?.handle ?? '';
    longCalls.answered(7, { text: `"${'x'.repeat(33 * 1024 * 1024)}"`, ok: true });
    const { answers, ask } = resultTools(longCalls, clock);
    ask(handle);
    await settled();
    expect(answers.join()).toContain('The result was 33 MiB; with a handle Holdfast keeps 32 MiB at most.');
  });

  test('that could not be written is written when Holdfast stops', ({ folder, store, longCalls }) => {
    store.clients.insert(client(), 'hash');
    longCalls.handOut(call, null, () => {});
    const beside = openBeside(folder);
    beside.exec(
      `CREATE TRIGGER full BEFORE UPDATE ON long_calls BEGIN SELECT raise(ABORT, 'database or disk is full'); END`,
    );
    longCalls.answered(7, { text: '{"n":1}', ok: true });
    expect(store.longCalls.get(7)?.state).toBe('running');
    beside.exec('DROP TRIGGER full');
    longCalls.close();
    expect(store.longCalls.fetch(7, START)).toBe('{"n":1}');
  });
});

describe('a handed-out call of which its server makes a task only then', () => {
  const task = { jsonrpc: '2.0', id: 7, result: { resultType: 'task', taskId: 'late' } } as const;
  const answer = { jsonrpc: '2.0', id: 9, result: { content: [] } } as const;

  /** What follows tasks; its requests are answered by the test. */
  const following = () => {
    const asked: [JsonRpcRequest, ReplyTo][] = [];
    const ask: TaskPlace['ask'] = (request, replyTo) => void asked.push([request, replyTo]);
    const givenUp: RequestId[] = [];
    const place: TaskPlace = { relay: { cancel: (id) => void givenUp.push(id) }, ask };
    return { asked, givenUp, place };
  };

  test('is answered with what comes of it', ({ store, clock, longCalls }) => {
    store.clients.insert(client(), 'hash');
    longCalls.setPatience('c_1', 1_000);
    const { asked, place } = following();
    const services = {
      ...{ longCalls, clock, store, timers: clock },
      servers: { longCallsOf: () => 'on' },
      activity: {
        shownMethod: (method: string) => method,
        shownName: (name: string | null) => name,
        whenServed: () => {},
      },
    } as unknown as Parameters<typeof watched>[0];
    const replies: JsonRpcResponse[] = [];
    const inner: ReplyTo = { sentAs: () => {}, reply: (one) => void replies.push(one), related: () => {} };
    const meta = {
      'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } },
    };
    const request = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'one__build', _meta: meta },
    } as const;
    const call = watched(
      services,
      {
        ...{ client: client(), session_id: 's_1', transport_id: 't_1', address: null, arrived: clock.monotonic() },
        ...place,
        relay: { cancel: () => {}, tell: () => {} },
      },
      { request, form: 'extension', atOnce: false, follows: false },
      inner,
    );
    call.sentAs(7);
    clock.advance(1_000);
    expect(replies, 'its client has a task').toMatchObject([{ result: { resultType: 'task' } }]);
    call.reply(task, false);
    expect(asked.map(([{ method, params }]) => [method, params])).toEqual([['tasks/result', { taskId: 'late' }]]);
    expect(store.longCalls.get(7)).toMatchObject({ state: 'running', task_id: 'late' });
    asked[0]?.[1].reply(answer, false);
    expect(store.longCalls.get(7)).toMatchObject({ state: 'answered', ok: true });
  });

  test('also after a restart', ({ store, clock, longCalls }) => {
    store.clients.insert(client(), 'hash');
    store.longCalls.add({ ...call, handle: 'h_left', handed_at: START });
    const { asked, place } = following();
    const follow = (taskId: string) => new FollowedTask({ timers: clock }, place, 'handed-out-7', taskId);
    const resumed = resumedCall(
      { longCalls },
      { call_id: 7, isTold: false },
      () => ({ tell: () => {} }),
      () => {},
      follow,
    );
    resumed.reply(task, false);
    expect(store.longCalls.get(7)).toMatchObject({ state: 'running', task_id: 'late' });
    asked[0]?.[1].reply(answer, false);
    expect(store.longCalls.get(7)).toMatchObject({ state: 'answered', ok: true });
  });

  test('gives up the request that cancels the task, when its server does not answer that either', ({ clock }) => {
    const { asked, givenUp, place } = following();
    new FollowedTask({ timers: clock }, place, 'handed-out-7', 'late').begin({ reply: () => {}, related: () => {} });
    asked[0]?.[1].reply(answer, true);
    expect(asked[1]?.[0].method).toBe('tasks/cancel');
    asked[1]?.[1].sentAs(9);
    clock.advance(MINUTE);
    expect(givenUp).toEqual([9]);
  });
});

describe('how long a client waits', () => {
  const silent = (after: number) => ({ after, quiet: after, isTimeout: false });

  test('is not learned from two calls that were given up at once', ({ store, clock, longCalls }) => {
    const cursor = client();
    store.clients.insert(cursor, 'hash');
    clock.advance(MINUTE);
    longCalls.gaveUp(cursor, silent(7_000));
    clock.advance(10);
    longCalls.gaveUp(cursor, silent(7_010));
    expect(longCalls.patienceOf(cursor).from).toBe('usual');
    clock.advance(MINUTE);
    longCalls.gaveUp(cursor, silent(7_020));
    expect(longCalls.patienceOf(cursor)).toEqual({ limit: 7_000, isRenewed: false, from: 'learned' });
    longCalls.waited('c_1', 8_000);
    expect(longCalls.patienceOf(cursor).from).toBe('learned');
    longCalls.waited('c_1', MINUTE);
    expect(longCalls.patienceOf(cursor).from).toBe('usual');
  });

  test('is a limit in all if it gives up in spite of signs of life, and its program’s otherwise', ({
    store,
    clock,
    longCalls,
  }) => {
    const code = client('claude-code');
    store.clients.insert(code, 'hash');
    clock.advance(20 * MINUTE);
    const timeout = { after: 9 * MINUTE, isTimeout: true };
    longCalls.gaveUp(code, { ...timeout, quiet: 5 * MINUTE - SECOND });
    expect(longCalls.patienceOf(code)).toEqual({ limit: 5 * MINUTE, isRenewed: true, from: 'program' });
    longCalls.gaveUp(code, { ...timeout, quiet: 8_000 });
    expect(longCalls.patienceOf(code)).toEqual({ limit: 9 * MINUTE, isRenewed: false, from: 'learned' });
  });
});
