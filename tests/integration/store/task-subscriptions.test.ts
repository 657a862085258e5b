import { describe, expect, onTestFinished } from 'vitest';
import { BridgedTasks } from '#src/main/endpoint/mcp/stateless/bridged-tasks';
import { NumberMarks } from '#src/main/endpoint/mcp/stateless/number-marks';
import type { StatelessCall } from '#src/main/endpoint/mcp/stateless/stateless-call';
import { TaskSubscriptions, type TaskSubscriptionsDeps } from '#src/main/endpoint/mcp/stateless/task-subscriptions';
import type { Params } from '#src/main/mcp/json-rpc';
import { MINUTE, type Ms, SECOND } from '#src/shared/model/units';
import type { Json } from '#tests/support/clients/mcp-http';
import { longCall, longCallTest, settled } from './long-call-support';
import { newClient, START } from './samples';
import { openBeside, silent } from './support';

/** What a client hears of its tasks, on a real database, in time that the test moves. */

const TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
const owner = newClient('c_1', { policy: 'stateless' });
const call = { ...longCall, shown_as: 'task' } as const;
const ANSWER = { text: '{"jsonrpc":"2.0","id":7,"result":{"content":[]}}', ok: true };
/** So many in a row that no time can have passed between them. */
const FAR_TOO_MANY = 50;

/** The answer of the SDK to a stream on which nothing but tasks is wanted. */
function served(): Response {
  const messages = [
    { method: 'notifications/subscriptions/acknowledged', params: { notifications: {} } },
    { id: 'mine', result: { resultType: 'complete' } },
  ];
  const text = messages.map((one) => `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', ...one })}\n\n`);
  return new Response(text.join(''), { headers: { 'content-type': 'text/event-stream' } });
}

const test = longCallTest
  /** The server `one`, whose tasks are looked at by the test. */
  .extend('one', () => ({ isUp: true, isSilent: false, says: null as Params | null, looks: 0 }))
  .extend('subscriptions', ({ store, clock, longCalls, one }) => {
    store.clients.insert(owner, 'hash');
    const tasks = new BridgedTasks({ longCalls });
    const servers = { runsForAll: () => one.isUp, serversKey: (key: string) => key, stateOf: () => null };
    const services = {
      ...{ timers: clock, clock, longCalls, store, log: silent },
      servers: { ...servers, capabilitiesOf: () => null },
      manager: { isSharing: () => false },
    } as unknown as TaskSubscriptionsDeps['services'];
    return new TaskSubscriptions({
      services,
      look: (of, taskId, signal) => {
        one.looks += 1;
        if (one.looks > FAR_TOO_MANY) return new Promise(() => {});
        if (one.isSilent) return new Promise((resolve) => signal.addEventListener('abort', () => resolve(null)));
        return Promise.resolve(tasks.look(of, taskId) ?? one.says);
      },
    });
  })
  .extend('pass', ({ clock }) => async (time: Ms) => {
    for (let passed = 0; passed < time; passed += SECOND) {
      await settled();
      clock.advance(SECOND);
    }
    await settled();
  })
  .extend('listen', ({ subscriptions }) => async (...taskIds: string[]) => {
    const of = {
      ...{ id: 'mine', method: 'subscriptions/listen', params: { notifications: { taskIds } }, capabilities: TASKS },
      ...{ client: owner, server: null, sessionId: 's_1', marks: new NumberMarks('secret') },
    } as unknown as StatelessCall;
    const response = await subscriptions.join(served(), of);
    const heard: Json[] = [];
    const reader = response.body?.pipeThrough(new TextDecoderStream() as never).getReader();
    const leave = async () => reader?.cancel();
    onTestFinished(leave);
    void (async () => {
      for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
        for (const [, data] of String(read.value).matchAll(/^(?:data: )?(\{.*)$/gm)) heard.push(JSON.parse(data ?? ''));
      }
    })();
    await settled();
    return { heard, leave, told: () => heard.filter(({ method }) => method === 'notifications/tasks') };
  });

describe('a task that Holdfast made', () => {
  test('is told to be over at once, and does not count as fetched by that', async ({ store, longCalls, listen }) => {
    const handle = longCalls.handOut(call, null, () => {})?.handle ?? '';
    const { heard, told } = await listen(handle);
    expect(heard[0]?.params.notifications).toEqual({ taskIds: [handle] });
    longCalls.answered(7, ANSWER);
    await settled();
    expect(told()).toMatchObject([{ params: { status: 'completed', result: { content: [] } } }]);
    expect(store.longCalls.get(7)?.state).toBe('answered');
  });

  test('is looked at once a second while its answer cannot be written', async ({
    folder,
    longCalls,
    one,
    listen,
    pass,
  }) => {
    const handle = longCalls.handOut(call, null, () => {})?.handle ?? '';
    const beside = openBeside(folder);
    beside.exec(`CREATE TRIGGER full BEFORE UPDATE ON long_calls BEGIN SELECT raise(ABORT, 'disk is full'); END`);
    const { told } = await listen(handle);
    longCalls.answered(7, ANSWER);
    await pass(4 * SECOND);
    expect(one.looks).toBeLessThanOrEqual(6);
    expect(told()).toEqual([]);
    beside.exec('DROP TRIGGER full');
    await pass(10 * SECOND);
    expect(told()).toMatchObject([{ params: { status: 'completed', result: { content: [] } } }]);
  });

  test('is told to be lost when nobody works on it any more', async ({ store, one, listen, pass }) => {
    store.longCalls.add({ ...call, handle: 'h_lost', handed_at: START });
    const { told } = await listen('h_lost');
    await pass(3 * SECOND);
    expect(told()).toMatchObject([{ params: { status: 'completed', result: { isError: true } } }]);
    expect(one.looks).toBe(1);
    expect(store.longCalls.get(7)).toMatchObject({ state: 'answered', ok: false });
  });

  test('is looked at again when it could not be looked for', async ({ folder, longCalls, listen, pass }) => {
    const handle = longCalls.handOut(call, null, () => {})?.handle ?? '';
    const { told } = await listen(handle);
    const beside = openBeside(folder);
    beside.exec('ALTER TABLE long_calls RENAME TO away');
    await pass(3 * SECOND);
    beside.exec('ALTER TABLE away RENAME TO long_calls');
    longCalls.answered(7, ANSWER);
    await pass(10 * SECOND);
    expect(told()).toMatchObject([{ params: { status: 'completed' } }]);
  });
});

describe('a task of a server that nobody has initialized yet', () => {
  const listening = test.extend('task', ({ store }) => {
    // Whoever is told of it was given it before Holdfast started.
    const give = () =>
      store.tasks.give({ server: 'one', task_id: 'x', client_id: 'c_1', session_id: 's_1', given_at: START }, true);
    return { give, taskId: 'one__x' };
  });

  listening(
    'is looked at for its client once, and then only while the server is up',
    async ({ task, one, listen, pass }) => {
      task.give();
      one.isUp = false;
      const { heard, told } = await listen(task.taskId);
      expect(heard[0]?.params.notifications).toEqual({ taskIds: [task.taskId] });
      await pass(5 * MINUTE);
      expect(one.looks).toBe(1);
      one.isUp = true;
      one.says = { taskId: task.taskId, status: 'completed' };
      await pass(MINUTE);
      expect(told()).toMatchObject([{ params: { status: 'completed' } }]);
    },
  );

  listening(
    'is looked at for as long as the client listens, ever less often while that finds nothing',
    async ({ task, one, listen, pass }) => {
      task.give();
      const { leave, told } = await listen(task.taskId);
      await pass(20 * MINUTE);
      expect(one.looks).toBeGreaterThan(20);
      expect(one.looks).toBeLessThan(30);
      one.says = { taskId: task.taskId, status: 'input_required' };
      await pass(MINUTE);
      expect(told()).toMatchObject([{ params: { status: 'input_required' } }]);
      const before = one.looks;
      await leave();
      await pass(5 * MINUTE);
      expect(one.looks).toBe(before);
    },
  );

  listening('is looked at again when its server does not answer', async ({ task, one, listen, pass }) => {
    task.give();
    one.isSilent = true;
    const { told } = await listen(task.taskId);
    await pass(20 * SECOND);
    expect(one.looks).toBe(1);
    one.isSilent = false;
    one.says = { taskId: task.taskId, status: 'completed' };
    await pass(20 * SECOND);
    expect(told()).toMatchObject([{ params: { status: 'completed' } }]);
  });
});

test('one stream too many is refused, until another ends', async ({ longCalls, listen }) => {
  const handle = longCalls.handOut(call, null, () => {})?.handle ?? '';
  const streams = [];
  for (let open = 0; open < 64; open += 1) streams.push(await listen(handle));
  const refused = await listen(handle);
  expect(refused.heard).toMatchObject([
    { id: 'mine', error: { code: -32000, message: expect.stringContaining('End one of them first') } },
  ]);
  await streams[0]?.leave();
  expect((await listen(handle)).heard[0]?.params.notifications).toEqual({ taskIds: [handle] });
});
