import { describe, expect, test } from 'vitest';
import type { JsonRpcRequest, JsonRpcResponse, Params } from '#src/main/mcp/json-rpc';
import { TaskResults, type TaskServer } from '#src/main/upstream/http/task-results';

const MARK = { 'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } } };
const request: JsonRpcRequest = { jsonrpc: '2.0', id: 7, method: 'tasks/result', params: { taskId: 't' } };
const nobody: TaskServer['ask'] = () => Promise.reject(new Error('nobody is asked'));
const task = (status: string, more: Params = {}) => ({ result: { status, ...more } });
const error = (code: number, message: string) => ({ error: { code, message } });

/** A server with the extension that answers `tasks/get` so, one after the other, the last of them forever; and what it saw. */
function scripted(answers: Pick<JsonRpcResponse, 'result' | 'error'>[], ask = nobody) {
  const sent: string[] = [];
  const pauses: number[] = [];
  const results = new TaskResults({
    send: async ({ id, method, params }) => {
      const { _meta, taskId, ...rest } = params ?? {};
      expect([taskId, _meta]).toEqual(['t', MARK]);
      sent.push(Object.keys(rest).length === 0 ? method : `${method} ${JSON.stringify(rest)}`);
      if (method !== 'tasks/get') return { jsonrpc: '2.0', id, result: {} };
      const next = answers.length > 1 ? answers.shift() : answers[0];
      return { jsonrpc: '2.0', id, ...next };
    },
    ask,
    pause: async (delay) => void pauses.push(delay),
  });
  return { sent, pauses, results };
}

describe('the result of a task', () => {
  test('is asked for as often as its server says, within reason', async () => {
    const { results, pauses } = scripted([
      task('working', { pollIntervalMs: 500 }),
      task('working', { pollIntervalMs: 1 }),
      task('working', { pollIntervalMs: 1e9 }),
      task('working'),
      task('completed', { result: { content: [] } }),
    ]);
    expect(await results.answer(request)).toEqual({ jsonrpc: '2.0', id: 7, result: { content: [] } });
    expect(pauses).toEqual([500, 100, 60_000, 1_000]);
  });

  test.each([
    [task('failed', error(-32603, 'broke')), error(-32603, 'broke')],
    [task('failed'), error(-32000, 'The task failed.')],
    [task('cancelled'), error(-32000, 'The task was cancelled.')],
  ])('is an error after %j', async (ended, expected) => {
    expect(await scripted([ended]).results.answer(request)).toEqual({ jsonrpc: '2.0', id: 7, ...expected });
  });

  test('asks the client each thing once, and tells the server what it said', async () => {
    const asking = task('input_required', { inputRequests: { one: { method: 'elicitation/create', params: {} } } });
    let times = 0;
    const ask: TaskServer['ask'] = async (_, asked) => {
      times += 1;
      return { responses: Object.fromEntries(Object.keys(asked).map((key) => [key, { action: 'accept' }])) };
    };
    const { results, sent } = scripted([asking, asking, task('working'), task('completed', { result: {} })], ask);
    await results.answer(request);
    expect(times).toBe(1);
    const updates = sent.filter((one) => one !== 'tasks/get');
    expect(updates).toEqual(['tasks/update {"inputResponses":{"one":{"action":"accept"}}}']);
  });

  test('is none when the client refuses to be asked: the task is cancelled', async () => {
    const asking = task('input_required', { inputRequests: { one: { method: 'roots/list' } } });
    const { results, sent } = scripted([asking], async () => error(-32601, 'not here'));
    expect(await results.answer(request)).toEqual({ jsonrpc: '2.0', id: 7, ...error(-32601, 'not here') });
    expect(sent.at(-1)).toBe('tasks/cancel');
  });

  test('survives a server that cannot be reached for a while, but not one that does not know the task', async () => {
    const away = error(-32000, 'away');
    const { results, pauses } = scripted([away, away, task('completed', { result: {} })]);
    expect((await results.answer(request)).result).toEqual({});
    expect(pauses).toEqual([2_000, 4_000]);
    expect(await scripted([away]).results.answer(request)).toMatchObject(away);
    const unknown = error(-32602, 'unknown');
    expect(await scripted([unknown]).results.answer(request)).toMatchObject(unknown);
  });

  test('is not waited for any more when the request is cancelled', async () => {
    const { results } = scripted([task('working')]);
    const answer = results.answer(request);
    results.cancel(7);
    expect((await answer).error?.message).toBe('The request was cancelled.');
  });
});
