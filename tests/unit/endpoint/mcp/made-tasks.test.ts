import { describe, expect, test } from 'vitest';
import { createdTask, endedTask, ofNoTask, ofTask, outcomeOf, taskOf } from '#src/main/endpoint/mcp/tasks/made-tasks';
import {
  needsTasks,
  type PlanServices,
  planWithoutSession,
  planWithSession,
} from '#src/main/endpoint/mcp/tasks/task-plan';
import { asMessage, type JsonRpcRequest, type JsonRpcResponse, type Params } from '#src/main/mcp/json-rpc';
import { textOf, valuesIn } from '#src/main/mcp/message-text';

const EXTENSION = 'io.modelcontextprotocol/tasks';
const KNOWING = { extensions: { [EXTENSION]: {} } };

describe('what a client reads of a task', () => {
  const row = {
    handle: 'h_AAAAAAAAAAAAAAAAAAAAAA',
    started_at: 1_000,
    handed_at: 2_000,
    ended_at: null,
    state: 'running',
    ok: null,
    bytes: 0,
  } as const;
  const idle = { progress: null, isAsking: false };
  const times = { createdAt: '1970-01-01T00:00:01.000Z', lastUpdatedAt: '1970-01-01T00:00:02.000Z' };

  test('is in the form that it knows', () => {
    const task = { taskId: row.handle, status: 'working', ...times };
    expect(createdTask(7, row, 'augmented')).toEqual({
      jsonrpc: '2.0',
      id: 7,
      result: { task: { ...task, ttl: 86_400_000, pollInterval: 1_000 } },
    });
    expect(createdTask(7, row, 'extension').result).toEqual({
      resultType: 'task',
      ...task,
      ttlMs: 86_400_000,
      pollIntervalMs: 1_000,
    });
  });

  test.each([
    [{}, { augmented: 'working', extension: 'working' }],
    [{ isAsking: true }, { augmented: 'input_required', extension: 'input_required' }],
    [
      { state: 'answered', ok: true },
      { augmented: 'completed', extension: 'completed' },
    ],
    [
      { state: 'fetched', ok: false },
      { augmented: 'failed', extension: 'completed' },
    ],
    [
      { state: 'gone', ok: true },
      { augmented: 'completed', extension: 'completed' },
    ],
    [{ state: 'cancelled' }, { augmented: 'cancelled', extension: 'cancelled' }],
  ] as const)('has the status that its revision means: %j', (change, status) => {
    for (const form of ['augmented', 'extension'] as const)
      expect(taskOf({ ...row, ...change } as never, form, { ...idle, ...change })).toMatchObject({
        status: status[form],
      });
  });

  test('tells how far it is, while it runs', () => {
    const progress = { progress: 3, total: 4, message: 'linking' };
    const now = { progress, isAsking: false };
    expect(taskOf(row, 'augmented', now).statusMessage).toBe('Progress: 3 of 4, linking.');
    expect(taskOf({ ...row, state: 'answered', ok: true }, 'augmented', now).statusMessage).toBeUndefined();
  });

  test('ends with the result, an error of the protocol, or the word that there is none', () => {
    const over = { ...row, state: 'answered', ok: false, ended_at: 3_000 } as const;
    const failed = { jsonrpc: '2.0', id: 7, result: { content: [], isError: true } } as const;
    expect(endedTask(over, outcomeOf(7, over, failed))).toMatchObject({ status: 'completed', result: failed.result });
    const broken = { jsonrpc: '2.0', id: 7, error: { code: -32603, message: 'no' } } as const;
    const task = endedTask(over, outcomeOf(7, over, broken));
    expect(task).toMatchObject({ status: 'failed', error: broken.error, lastUpdatedAt: '1970-01-01T00:00:03.000Z' });
    const gone = { ...over, state: 'gone' } as const;
    expect(JSON.stringify(endedTask(gone, outcomeOf(7, gone, null)))).toContain('The result is gone');
    const cancelled = { ...over, state: 'cancelled' } as const;
    expect(endedTask(cancelled, outcomeOf(7, cancelled, null))).not.toHaveProperty('error');
    expect(outcomeOf(7, cancelled, null).error?.message).toMatch(/cancelled/);
  });

  test('keeps every number to the letter, with the name of the task and without', () => {
    const text =
      '{"jsonrpc":"2.0","id":7,"result":{"content":[],"structuredContent":{"n":1.10e+2},"_meta":{"big":12345678901234567890}}}';
    const response = asMessage(valuesIn(text)[0]) as JsonRpcResponse;
    const named = ofTask(response, 'x');
    expect(textOf(named)).toContain('"n":1.10e+2');
    expect(textOf(named)).toContain('"big":12345678901234567890');
    expect(textOf(named)).toContain('"io.modelcontextprotocol/related-task":{"taskId":"x"}');
    expect(JSON.parse(textOf(ofNoTask(named)))).toEqual(JSON.parse(text));
    expect(textOf(ofNoTask(named))).toContain('"n":1.10e+2');
  });
});

describe('the plan for a call', () => {
  const tasks = { requests: { tools: { call: {} } } };
  const capabilities: Record<string, Params | null> = {
    old: { tasks },
    new: KNOWING,
    none: { tools: {} },
    unseen: null,
  };
  const tool = (name: string, taskSupport: string) => ({ name, inputSchema: {}, execution: { taskSupport } });
  const listed = { tools: [tool('must', 'required'), tool('may', 'optional'), tool('never', 'forbidden')] };
  const pages = JSON.stringify([[JSON.stringify(['tools/list', null]), JSON.stringify(listed)]]);
  const services = {
    servers: { capabilitiesOf: (server: string) => capabilities[server] ?? null },
    store: { serverLists: { of: () => ({ pages }) } },
  } as unknown as PlanServices;
  const call = (name: string, more: Params = {}): JsonRpcRequest => ({
    jsonrpc: '2.0',
    id: 7,
    method: 'tools/call',
    params: { name, ...more },
  });

  test.each([
    ['old__must', {}, { form: null, atOnce: false, follows: true }, { task: {} }],
    ['old__may', {}, { form: null, atOnce: false, follows: true }, {}],
    ['old__may', { task: { ttl: 5 } }, { form: null, atOnce: false, follows: false }, { task: { ttl: 5 } }],
    ['old__never', { task: {} }, { form: 'augmented', atOnce: true, follows: true }, {}],
    ['none__must', { task: {} }, { form: 'augmented', atOnce: true, follows: true }, {}],
    ['unseen__must', {}, { form: null, atOnce: false, follows: true }, {}],
    ['get_result', { task: {} }, { form: null, atOnce: false, follows: false }, { task: {} }],
  ])('with sessions: %s %j', (name, given, plan, sent) => {
    expect(planWithSession(services, call(name, given), null)).toEqual({ ...plan, request: call(name, sent) });
  });

  test('asks a server with the extension for a task, if the client has asked for one', () => {
    const { request, atOnce } = planWithSession(services, call('new__any', { task: {} }), null);
    expect(atOnce).toBe(true);
    expect(request.params).toEqual({
      name: 'new__any',
      _meta: { 'io.modelcontextprotocol/clientCapabilities': KNOWING },
    });
  });

  test('leaves messages as they are at the address of one server, with sessions', () => {
    const said = call('must', { task: {} });
    expect(planWithSession(services, said, 'old')).toEqual({
      request: said,
      form: null,
      atOnce: false,
      follows: false,
    });
  });

  test.each([
    ['old', 'may', KNOWING, { form: 'extension', follows: true }, { task: {} }],
    ['old', 'must', {}, { form: null, follows: true }, { task: {} }],
    ['old', 'may', {}, { form: null, follows: true }, {}],
    ['none', 'may', KNOWING, { form: 'extension', follows: true }, {}],
    ['new', 'any', KNOWING, { form: 'extension', follows: false }, {}],
    ['new', 'any', {}, { form: null, follows: true }, {}],
  ])('without sessions: %s %s %j', (server, name, declared, plan, sent) => {
    // What only 2025-11-25 has is left out.
    const said = call(name, { task: { ttl: 5 } });
    const expected = { ...plan, atOnce: false, request: call(name, sent) };
    expect(planWithoutSession(services, said, server, declared)).toEqual(expected);
    const many = planWithoutSession(services, call(`${server}__${name}`), null, declared);
    expect(many).toEqual({ ...expected, request: call(`${server}__${name}`, sent) });
  });

  test('is another one only for a refusal that says what is missing', () => {
    const refused = (code: number, data?: unknown) =>
      needsTasks({ jsonrpc: '2.0', id: 7, error: { code, message: 'no', data } });
    expect(refused(-32021, { requiredCapabilities: KNOWING })).toBe(true);
    expect(refused(-32021, { requiredCapabilities: { elicitation: {} } })).toBe(false);
    expect(refused(-32602, { requiredCapabilities: KNOWING })).toBe(false);
    expect(refused(-32021)).toBe(false);
  });
});
