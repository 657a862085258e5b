import { randomUUID } from 'node:crypto';
import { ProtocolError } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { form, result, text } from './content.mjs';

/** @import { CallToolResult, ClientCapabilities, McpServer, ServerContext } from '@modelcontextprotocol/server' */
/** @import { Add } from './tools.mjs' */

/** The extension's name (SEP-2663). */
export const TASKS = 'io.modelcontextprotocol/tasks';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
const INVALID_PARAMS = -32602;
const MISSING_CAPABILITY = -32021;
const LIVES_MS = 600_000;
/** Tools that are never a plain call. */
export const REQUIRED = ['failing_job', 'test_tool_with_task'];

/**
 * A tool's work: it ends with a result or throws a protocol error. `ask` puts a question into `tasks/get` and resolves with
 * what `tasks/update` brings.
 * @typedef {{ ask(key: string, message: string): Promise<Record<string, any>>, signal: AbortSignal }} Work
 */
/**
 * @typedef {object} Task
 * @property {string} status
 * @property {string} createdAt
 * @property {string} lastUpdatedAt
 * @property {CallToolResult} [result]
 * @property {{ code: number, message: string }} [error]
 * @property {Record<string, object>} asked
 * @property {Map<string, (answer: Record<string, any>) => void>} answers
 * @property {AbortController} abort
 */

/** By id, for as long as the process lives. @type {Map<string, Task>} */
export const tasks = new Map();
/** What tools do that become tasks, by their names. @type {Map<string, (args: any, work: Work) => Promise<CallToolResult>>} */
export const RUNS = new Map();

/** @param {ServerContext} ctx */
function knowsTasks(ctx) {
  const envelope = /** @type {Record<string, ClientCapabilities> | undefined} */ (ctx.mcpReq.envelope);
  return envelope?.[CAPABILITIES]?.extensions?.[TASKS] !== undefined;
}

/**
 * Begins a task and answers the call with it.
 * @param {(work: Work) => Promise<CallToolResult>} run
 * @param {(taskId: string, key: string, question: Record<string, any>) => void} [asks] - called with each question
 * @returns {any}
 */
export function begin(run, asks = () => {}) {
  const now = new Date().toISOString();
  const taskId = randomUUID();
  /** @type {Task} */
  const task = {
    status: 'working',
    createdAt: now,
    lastUpdatedAt: now,
    asked: {},
    answers: new Map(),
    abort: new AbortController(),
  };
  tasks.set(taskId, task);
  /** @param {Partial<Task>} change */
  const settle = (change) => {
    if (!task.abort.signal.aborted) Object.assign(task, change, { lastUpdatedAt: new Date().toISOString() });
  };
  /** @type {Work['ask']} */
  const ask = (key, message) =>
    new Promise((resolve) => {
      task.asked[key] = { method: 'elicitation/create', params: form(message, 'name') };
      settle({ status: 'input_required' });
      task.answers.set(key, (answer) => {
        delete task.asked[key];
        task.answers.delete(key);
        if (task.answers.size === 0) settle({ status: 'working' });
        resolve(answer);
      });
      asks(taskId, key, task.asked[key]);
    });
  const began = { resultType: 'task', ...seen(taskId, task) };
  run({ ask, signal: task.abort.signal }).then(
    (value) => settle({ status: 'completed', result: value }),
    ({ code = -32603, message }) => settle({ status: 'failed', error: { code, message } }),
  );
  return began;
}

/**
 * @param {string} taskId
 * @param {Task} task
 */
const seen = (taskId, { status, createdAt, lastUpdatedAt }) => ({
  taskId,
  status,
  createdAt,
  lastUpdatedAt,
  ttlMs: LIVES_MS,
  pollIntervalMs: 50,
});

/**
 * The methods of the extension.
 * @param {McpServer} server
 */
export function registerTaskMethods({ server }) {
  /**
   * @param {string} method
   * @param {(taskId: string, task: Task, answers: Record<string, any>) => Record<string, unknown>} serve
   */
  const add = (method, serve) => {
    const params = z.looseObject({ taskId: z.string() });
    server.setRequestHandler(method, { params }, (given, ctx) => {
      if (!knowsTasks(ctx)) throw needsTasks();
      const task = tasks.get(given.taskId);
      if (!task) throw new ProtocolError(INVALID_PARAMS, `Unknown task: ${given.taskId}`);
      return serve(given.taskId, task, ctx.mcpReq.inputResponses ?? {});
    });
  };
  add('tasks/get', (taskId, task) => ({
    ...seen(taskId, task),
    ...(task.status === 'input_required' ? { inputRequests: { ...task.asked } } : {}),
    ...(task.result ? { result: task.result } : {}),
    ...(task.error ? { error: task.error } : {}),
  }));
  add('tasks/update', (_, task, answers) => {
    for (const [key, answer] of Object.entries(answers)) task.answers.get(key)?.(answer);
    return {};
  });
  add('tasks/cancel', (_, task) => {
    if (!task.result && !task.error) {
      task.status = 'cancelled';
      task.abort.abort();
    }
    return {};
  });
}

const NEEDS_TASKS = {
  code: MISSING_CAPABILITY,
  message: 'This needs a client that knows tasks.',
  data: { requiredCapabilities: { extensions: { [TASKS]: {} } } },
};

const needsTasks = () => new ProtocolError(NEEDS_TASKS.code, NEEDS_TASKS.message, NEEDS_TASKS.data);

/**
 * The refusal of a call of what is always a task, by a client that knows none; undefined if there is nothing to refuse. What a
 * tool throws would become a result.
 * @param {{ id?: unknown, method?: unknown, params?: Record<string, any> } | undefined} body
 */
export function refusalOf(body) {
  const { name, _meta } = body?.params ?? {};
  if (body?.method !== 'tools/call' || !REQUIRED.includes(name)) return undefined;
  if (_meta?.[CAPABILITIES] === undefined || _meta[CAPABILITIES].extensions?.[TASKS] !== undefined) return undefined;
  return { jsonrpc: '2.0', id: body.id, error: NEEDS_TASKS };
}

/**
 * Ends early, without a result, when the task is cancelled.
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
const pause = (ms, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

/**
 * Tools that become tasks where the client knows them.
 * @param {Add} add
 * @param {(ctx: ServerContext, key: string) => Record<string, any> | undefined} answer - to a question in a result
 * @param {(key: string) => any} askName - a result that asks for a name under this key
 */
export function registerTaskTools(add, answer, askName) {
  /**
   * @param {string} name
   * @param {(args: any, work: Work) => Promise<CallToolResult>} run
   */
  const addTask = (name, run) => {
    RUNS.set(name, run);
    add(name, async (/** @type {any} */ args, ctx) => {
      if (knowsTasks(ctx)) return begin((work) => run(args, work));
      // Nobody waits a minute for a plain call.
      const patient = { ...args, seconds: Math.min(args.seconds ?? 0, 1) };
      return run(patient, { ask: async () => ({}), signal: ctx.mcpReq.signal });
    });
  };

  add('greet', (/** @type {{ name?: string }} */ { name }) => result(text(`Hello, ${name}!`)));
  addTask('slow_compute', async ({ seconds = 0, label = '' }, { signal }) => {
    await pause(seconds * 1000, signal);
    return result(text(`Computed ${label} for ${seconds} s.`));
  });
  addTask('failing_job', async (_, { signal }) => {
    await pause(300, signal);
    return { ...result(text('It failed.')), isError: true };
  });
  addTask('protocol_error_job', async () => {
    throw new ProtocolError(-32603, 'The job broke down.');
  });
  addTask('confirm_delete', async ({ filename }, { ask }) => {
    const { action } = await ask('confirm', `Delete ${filename}?`);
    return result(text(action === 'accept' ? `Deleted ${filename}.` : 'Kept.'));
  });
  addTask('multi_input', async (_, { ask }) => {
    const answers = await Promise.all([ask('first', 'The first?'), ask('second', 'The second?')]);
    return result(text(JSON.stringify(answers)));
  });
  add('test_tool_with_task', async (_, ctx) => {
    const given = answer(ctx, 'user_name');
    if (!given) return askName('user_name');
    const greeting = result(text(`Hello, ${given.content?.name}!`));
    return knowsTasks(ctx) ? begin(async () => greeting) : greeting;
  });
}
