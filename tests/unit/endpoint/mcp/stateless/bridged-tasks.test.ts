import { expect, test } from 'vitest';
import type { Relay, ReplyTo } from '#src/main/endpoint/mcp/relay/relay';
import { BridgedCall } from '#src/main/endpoint/mcp/stateless/bridged-call';
import { BridgedTasks } from '#src/main/endpoint/mcp/stateless/bridged-tasks';
import type { StatelessCall } from '#src/main/endpoint/mcp/stateless/stateless-call';
import type { LongCall } from '#src/main/long-calls/long-call-ports';
import type { JsonRpcRequest } from '#src/main/mcp/json-rpc';
import type { Caller } from '#src/main/mcp/server-channel';
import type { Services } from '#src/main/services';

const question: JsonRpcRequest = { jsonrpc: '2.0', id: 'h_1', method: 'elicitation/create', params: {} };
const takenBack = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'h_1' } } as const;

/** Tasks of calls that all run until the test says otherwise, by the ids of the calls. */
function tasksOf(...ids: number[]) {
  const rows = new Map(
    ids.map((call_id) => [call_id, { call_id, handle: `h_${call_id}`, task_id: null, state: 'running' } as LongCall]),
  );
  const longCalls = {
    find: (handle: string) => [...rows.values()].find((row) => row.handle === handle) ?? null,
    ofCall: (id: number) => rows.get(id) ?? null,
  };
  const tasks = new BridgedTasks({ longCalls } as unknown as Pick<Services, 'longCalls'>);
  const calls = ids.map((id) => {
    let replyTo: ReplyTo | undefined;
    const relay = {
      request: (_: unknown, __: unknown, ___: unknown, to: ReplyTo) => {
        replyTo = to;
      },
    };
    const call = new BridgedCall(relay as unknown as Relay, {} as Caller);
    call.start('tools/call', {}, {});
    replyTo?.sentAs(id);
    const of = { client: { client_id: 'c_1' }, capabilities: { elicitation: {} } } as unknown as StatelessCall;
    tasks.begun(of, call, { jsonrpc: '2.0', id, result: { resultType: 'task', taskId: `h_${id}` } });
    return { call, replyTo };
  });
  const end = (id: number) => rows.set(id, { ...rows.get(id), state: 'answered' } as LongCall);
  return { tasks, calls, end };
}

test('a question is one of the task whose call asks it, and of none that is over', () => {
  const { tasks, calls, end } = tasksOf(1, 2);
  expect(tasks.asked(question, 1)).toBe(true);
  expect(calls.map(({ call }) => call.questions.size)).toEqual([1, 0]);
  expect(tasks.asked(question, 3)).toBe(false);
  end(2);
  expect(tasks.asked({ ...question, id: 'h_2' }, 2)).toBe(false);
  expect(tasks.askedByAny({ ...question, id: 'h_3' })).toBe(true);
  expect(calls.map(({ call }) => call.questions.size)).toEqual([2, 0]);
});

test('a question that its server takes back waits no longer, whichever way that is said', () => {
  const { tasks, calls } = tasksOf(1);
  const [one] = calls;
  const heard: unknown[] = [];
  if (one) one.call.onnotification = (message) => heard.push(message);
  tasks.asked(question, 1);
  tasks.takenBack('h_1');
  expect(one?.call.questions.size).toBe(0);
  one?.replyTo?.related(question);
  expect(one?.call.questions.size).toBe(1);
  one?.replyTo?.related(takenBack);
  expect(one?.call.questions.size).toBe(0);
  expect(heard, 'its client never knew the id').toEqual([]);
});
