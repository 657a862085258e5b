import { randomUUID } from 'node:crypto';
import { form, result, text, wait } from './content.mjs';
import { begin, REQUIRED, RUNS, tasks } from './tasks.mjs';

/** @import { JSONRPCMessage, Transport } from '@modelcontextprotocol/server' */
/** @import { Task } from './tasks.mjs' */
/** @typedef {Record<string, any>} Json */

const RELATED = 'io.modelcontextprotocol/related-task';
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
/** What asks before it begins a task. */
const ASKING = 'test_tool_with_task';

/** @param {Task} task */
const statusOf = ({ status, result }) => (status === 'completed' && result?.isError ? 'failed' : status);
/** @param {Task} task */
const isOver = (task) => ['completed', 'failed', 'cancelled'].includes(task.status);
/**
 * @param {string} taskId
 * @param {Task} task
 */
const seen = (taskId, task) => {
  const { createdAt, lastUpdatedAt } = task;
  return { taskId, status: statusOf(task), createdAt, lastUpdatedAt, ttl: 600_000, pollInterval: 50 };
};

/** @param {Json[]} tools */
const withSupport = (tools) =>
  tools.map((tool) => {
    if (!RUNS.has(tool.name) && tool.name !== ASKING) return tool;
    return { ...tool, execution: { taskSupport: REQUIRED.includes(tool.name) ? 'required' : 'optional' } };
  });

/**
 * Gives a server tasks as 2025-11-25 has them, which its SDK has not.
 * @param {Transport} inner
 * @returns {Transport}
 */
export function withOldTasks(inner) {
  /** By the ids of what the client is asked. @type {Map<unknown, (answer: Json) => void>} */
  const asked = new Map();
  /** @param {Json} message */
  const say = (message) => void inner.send(/** @type {JSONRPCMessage} */ ({ jsonrpc: '2.0', ...message }));
  /**
   * @param {Json} params
   * @returns {Promise<Json>}
   */
  const elicit = (params) =>
    new Promise((resolve) => {
      const id = randomUUID();
      asked.set(id, resolve);
      say({ id, method: 'elicitation/create', params });
    });
  /** @param {(work: import('./tasks.mjs').Work) => Promise<any>} run */
  const created = (run) => {
    const { taskId } = begin(run, (id, key, { params }) => {
      const related = { ...params, _meta: { [RELATED]: { taskId: id } } };
      elicit(related).then((answer) => tasks.get(id)?.answers.get(key)?.(answer));
    });
    return { task: seen(taskId, /** @type {Task} */ (tasks.get(taskId))) };
  };

  /**
   * @param {Json} params
   * @returns {Promise<Json>}
   */
  async function called({ name, arguments: args = {} }) {
    if (name === ASKING) {
      const { content } = await elicit(form('What is your name?', 'name'));
      return { result: created(async () => result(text(`Hello, ${content?.name}!`))) };
    }
    const run = RUNS.get(name);
    if (!run) return { error: { code: METHOD_NOT_FOUND, message: `${name} cannot be a task.` } };
    return { result: created((work) => run(args, work)) };
  }

  /**
   * @param {string} method
   * @param {string} taskId
   * @returns {Promise<Json>}
   */
  async function ofTask(method, taskId) {
    const task = tasks.get(taskId);
    if (!task) return { error: { code: INVALID_PARAMS, message: `Unknown task: ${taskId}` } };
    if (method === 'tasks/cancel') {
      if (isOver(task)) return { error: { code: INVALID_PARAMS, message: 'It is over.' } };
      task.status = 'cancelled';
      task.abort.abort();
    }
    if (method !== 'tasks/result') return { result: seen(taskId, task) };
    while (!isOver(task)) await wait(20);
    if (task.error) return { error: task.error };
    if (!task.result) return { error: { code: INVALID_PARAMS, message: 'It was cancelled.' } };
    return { result: { ...task.result, _meta: { [RELATED]: { taskId } } } };
  }

  /**
   * @param {Json} message
   * @returns {Promise<Json> | null}
   */
  function answered({ method, params = {} }) {
    if (method === 'tools/call' && params.task !== undefined) return called(params);
    if (method === 'tools/call' && REQUIRED.includes(params.name))
      return Promise.resolve({ error: { code: METHOD_NOT_FOUND, message: `${params.name} is always a task.` } });
    if (method === 'tasks/list')
      return Promise.resolve({ result: { tasks: [...tasks].map(([id, task]) => seen(id, task)) } });
    return ['tasks/get', 'tasks/result', 'tasks/cancel'].includes(method) ? ofTask(method, params.taskId) : null;
  }

  /** @param {Json} message */
  function changed(message) {
    const { result } = message;
    if (result?.serverInfo) {
      const own = { list: {}, cancel: {}, requests: { tools: { call: {} } } };
      return { ...message, result: { ...result, capabilities: { ...result.capabilities, tasks: own } } };
    }
    return result?.tools ? { ...message, result: { ...result, tools: withSupport(result.tools) } } : message;
  }

  /** @type {Transport} */
  const outer = {
    start: () => inner.start(),
    send: (message, options) => inner.send(/** @type {JSONRPCMessage} */ (changed(message)), options),
    close: () => inner.close(),
  };
  inner.onmessage = (/** @type {Json} */ message, extra) => {
    const take = message.method === undefined ? asked.get(message.id) : undefined;
    asked.delete(message.id);
    const answer = message.id === undefined || take ? null : answered(message);
    if (take) take(message.result ?? { action: 'cancel' });
    else if (answer) answer.then((said) => say({ id: message.id, ...said }));
    else outer.onmessage?.(/** @type {JSONRPCMessage} */ (message), extra);
  };
  inner.onclose = () => outer.onclose?.();
  inner.onerror = (error) => outer.onerror?.(error);
  return outer;
}
