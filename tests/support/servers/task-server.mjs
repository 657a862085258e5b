#!/usr/bin/env node
// A server with tasks of 2025-11-25 over stdio, by the SDK.
//
//   work    a task; ends with its text when somebody calls `finish` with the same text
//   must    the same, but never a plain call
//   ask     a task that asks its client for a name first, and ends with it
//   finish  a plain call: ends every `work` and `must` with this text
//   statuses a plain call: what became of all tasks, by JSON
//   plain   a plain call that says what its client can do, and what came in `_meta`
import {
  InMemoryTaskMessageQueue,
  InMemoryTaskStore,
} from '@modelcontextprotocol/sdk/experimental/tasks/stores/in-memory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { ElicitResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';

/** @typedef {import('@modelcontextprotocol/sdk/types.js').CallToolResult} Result */

const taskStore = new InMemoryTaskStore();
const server = new McpServer(
  { name: 'task-server', version: '1.0.0' },
  {
    capabilities: { tools: {}, tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } },
    taskStore,
    taskMessageQueue: new InMemoryTaskMessageQueue(),
  },
);
/** By text: what ends them. @type {Map<string, (() => void)[]>} */
const working = new Map();

/**
 * @param {string} text
 * @returns {Result}
 */
const said = (text) => ({ content: [{ type: 'text', text }] });

/**
 * @param {string} name
 * @param {string} argument
 * @param {(taskId: string, given: string, extra: any) => void} begin
 * @param {'optional' | 'required'} [taskSupport]
 */
function task(name, argument, begin, taskSupport = 'optional') {
  server.experimental.tasks.registerToolTask(
    name,
    { inputSchema: { [argument]: z.string() }, execution: { taskSupport } },
    {
      createTask: async (/** @type {any} */ args, /** @type {any} */ extra) => {
        const made = await extra.taskStore.createTask({ ttl: 600_000, pollInterval: 50 });
        begin(made.taskId, args[argument], extra);
        return { task: made };
      },
      getTask: async (/** @type {any} */ _, /** @type {any} */ extra) => extra.taskStore.getTask(extra.taskId),
      getTaskResult: async (/** @type {any} */ _, /** @type {any} */ extra) =>
        extra.taskStore.getTaskResult(extra.taskId),
    },
  );
}

for (const [name, support] of /** @type {const} */ ([
  ['work', 'optional'],
  ['must', 'required'],
])) {
  task(
    name,
    'text',
    (taskId, text, extra) => {
      const end = () => void extra.taskStore.storeTaskResult(taskId, 'completed', said(text)).catch(() => {});
      working.set(text, [...(working.get(text) ?? []), end]);
    },
    support,
  );
}
task('ask', 'question', async (taskId, question, extra) => {
  const requestedSchema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
  await extra.taskStore.updateTaskStatus(taskId, 'input_required');
  const params = { mode: 'form', message: question, requestedSchema };
  const answer = await extra.sendRequest({ method: 'elicitation/create', params }, ElicitResultSchema, {
    relatedTask: { taskId },
  });
  await extra.taskStore.storeTaskResult(taskId, 'completed', said(String(answer.content?.name)));
});
server.registerTool('finish', { inputSchema: { text: z.string() } }, ({ text }) => {
  const ends = working.get(text) ?? [];
  working.delete(text);
  for (const end of ends) end();
  return said(String(ends.length));
});
server.registerTool('statuses', {}, async () => said(JSON.stringify((await taskStore.listTasks()).tasks)));
server.registerTool('plain', {}, ({ _meta }) =>
  said(JSON.stringify({ capabilities: server.server.getClientCapabilities(), meta: _meta ?? {} })),
);

await server.connect(new StdioServerTransport());
