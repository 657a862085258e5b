#!/usr/bin/env node
// A stateful MCP server over stdio, without dependencies, so that it starts in no time and every byte it says is known.
//
// Tools (each answers with JSON as text):
//   count {ms?, gate?, size?} counts up, after `ms`, or after making `<gate>.here` once there is `<gate>.go`, and makes
//                             `<gate>.done`; {n, pid, pad}
//   peek {}                   reads the count; {n, pid}. Marked readOnlyHint
//   state {}                  what it remembers of its client: {pid, initialize, initialized, level, subscriptions}. readOnlyHint
//   slow {ms, steps?, say?}   answers after `ms`, with `steps` progress notifications on the way when a token was given; {done}.
//                             `say` is written to stderr after the answer
//   hang {}                   never answers
//   crash {code?}             exits at once, without an answer
//   fragile {file}            exits when `file` is not there, after making it; else {n, pid}. readOnlyHint: may be repeated
//   fragile_write {file}      the same without a hint: may not be repeated
//   ask {message?, ms?, gate?}  elicits `colour`, and answers `ms` after the answer; {action, content}. With a gate as count,
//                             says `asking` before, and writes the answer into `<gate>.done`
//   request {method, params?} sends any request to its client; the answer as it came
//   log {level?, data?}       a notifications/message, when its log level lets it through; {sent}
//   remind {ms, uri}          answers at once; after `ms` a notifications/resources/updated, subscribed or not; {}
//   touch {uri?}              a notifications/resources/updated, when the uri is subscribed; {sent}
//   announce {ms?}            a notifications/tools/list_changed, `ms` after the answer, which stderr then tells; {}
//   say {text}                writes a line to stderr; {}
//   junk {text}               writes a line that is not JSON-RPC to stdout; {}
//   env {name}                a value of its environment; {value}
// Resources: counter://n (the count) and counter://other. Prompt: greet {name}. One page of tools, so no cursor.
//
// Environment: COUNTER_DELAY ms before initialize is answered, COUNTER_LIST_DELAY ms before tools/list is · COUNTER_SILENT=1 never answers initialize ·
// COUNTER_NEEDS_TASKS=<ms> refuses, after so long, every call that does not say that its client knows tasks as an extension ·
// COUNTER_GATE=<gate> answers initialize once there is `<gate>.go`, and makes `<gate>.here` before · COUNTER_LIST_GATE=<gate>
// does the same with tools/list ·
// COUNTER_FAIL_WHILE=<file> exits with 3 at its start while the file exists · COUNTER_STARTS=<file> gets a line with the
// pid at each start · COUNTER_IGNORE_TERM=1 ignores SIGTERM and the end of stdin
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const { env, pid } = process;
if (env.COUNTER_STARTS) appendFileSync(env.COUNTER_STARTS, `${pid}\n`);
if (env.COUNTER_FAIL_WHILE && existsSync(env.COUNTER_FAIL_WHILE)) {
  process.stderr.write('the counter cannot start\n');
  process.exit(3);
}

const TASKS = { 'io.modelcontextprotocol/tasks': {} };
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];
const RESOURCES = ['counter://n', 'counter://other'];

/**
 * What tools take: each reads its own, and the tests know what it needs.
 * @typedef {object} Arguments
 * @property {number} ms
 * @property {string} [gate]
 * @property {number} [size]
 * @property {number} [steps]
 * @property {string} [say]
 * @property {number} [code]
 * @property {string} file
 * @property {string} [message]
 * @property {string} method
 * @property {object} [params]
 * @property {string} [level]
 * @property {unknown} [data]
 * @property {string} uri
 * @property {string} text
 * @property {string} name
 */
/** @typedef {{ id: unknown, progressToken: unknown }} Call */
/** @typedef {[run: (args: Arguments, call: Call) => unknown, properties?: object, annotations?: object]} Tool */
/**
 * What methods take.
 * @typedef {object} Params
 * @property {string} [protocolVersion]
 * @property {string} name
 * @property {Arguments} [arguments]
 * @property {{ progressToken?: unknown, 'io.modelcontextprotocol/clientCapabilities'?: { extensions?: object } }} [_meta]
 * @property {string} uri
 * @property {{ value?: string }} [argument]
 * @property {string} level
 * @property {unknown} requestId
 */
/** @typedef {{ result?: unknown, error?: unknown }} Response */

const NO_PARAMS = /** @type {Params} */ ({});
const NO_ARGUMENTS = /** @type {Arguments} */ ({});

let n = 0;
let announced = 0;
let level = 'info';
let levelSet = false;
/** @type {Params | null} */
let initialize = null;
let initialized = 0;
let lastRequest = 0;
/** @type {Set<string>} */
const subscriptions = new Set();
/** @type {Map<unknown, (response: Response) => void>} */
const asked = new Map();
/** How to cancel calls, by their id. @type {Map<unknown, () => void>} */
const running = new Map();

/** @param {object} message */
const write = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
/** @param {string} method */
const notify = (method, params = {}) => write({ method, params });
/**
 * @param {string} method
 * @param {object} params
 * @returns {Promise<Response>}
 */
const ask = (method, params) =>
  new Promise((resolve) => {
    lastRequest += 1;
    const id = `counter-${pid}-${lastRequest}`;
    asked.set(id, resolve);
    write({ id, method, params });
  });
/** @param {string} file */
const exitUnless = (file) => {
  if (existsSync(file)) return { n, pid };
  writeFileSync(file, String(pid));
  process.exit(1);
};

/** @param {string} gate */
async function through(gate) {
  writeFileSync(`${gate}.here`, '');
  while (!existsSync(`${gate}.go`)) await new Promise((resolve) => setTimeout(resolve, 20));
}

/**
 * @param {Arguments} args
 * @param {Call} call
 */
async function slow({ ms, steps = 0, say }, { id, progressToken }) {
  let cancelled = false;
  let stop = () => {};
  running.set(id, () => {
    cancelled = true;
    stop();
  });
  for (let step = 1; step <= Math.max(steps, 1) && !cancelled; step += 1) {
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, ms / Math.max(steps, 1));
      stop = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
    if (cancelled || steps === 0 || progressToken === undefined) continue;
    notify('notifications/progress', { progressToken, progress: step, total: steps, message: `step ${step}` });
  }
  running.delete(id);
  if (say !== undefined) setTimeout(() => process.stderr.write(`${say}\n`), 1);
  return cancelled ? undefined : { done: true, pid };
}

const SAFE = { readOnlyHint: true };
/** @type {Record<string, Tool>} */
const TOOLS = {
  count: [
    async ({ ms = 0, gate, size = 0 }) => {
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
      if (gate !== undefined) await through(gate);
      n += 1;
      if (gate !== undefined) writeFileSync(`${gate}.done`, '');
      return { n, pid, ...(size > 0 ? { pad: 'x'.repeat(size) } : {}) };
    },
    { ms: { type: 'number' }, gate: { type: 'string' }, size: { type: 'number' } },
  ],
  peek: [() => ({ n, pid }), {}, SAFE],
  state: [
    () => ({ pid, initialize, initialized, level: levelSet ? level : null, subscriptions: [...subscriptions] }),
    {},
    SAFE,
  ],
  slow: [slow, { ms: { type: 'number' }, steps: { type: 'number' } }],
  hang: [() => undefined],
  crash: [({ code = 1 }) => process.exit(code), { code: { type: 'number' } }],
  fragile: [({ file }) => exitUnless(file), { file: { type: 'string' } }, SAFE],
  fragile_write: [({ file }) => exitUnless(file), { file: { type: 'string' } }],
  ask: [
    async ({ message = 'Which colour?', ms = 0, gate }) => {
      if (gate !== undefined) {
        await through(gate);
        notify('notifications/message', { level: 'info', data: 'asking' });
      }
      const requestedSchema = { type: 'object', properties: { colour: { type: 'string' } } };
      const { result, error } = await ask('elicitation/create', { message, requestedSchema });
      if (gate !== undefined) writeFileSync(`${gate}.done`, JSON.stringify(result ?? { error }));
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
      return result ?? { error };
    },
    { message: { type: 'string' }, ms: { type: 'number' }, gate: { type: 'string' } },
  ],
  request: [
    async ({ method, params = {} }) => {
      const { result, error } = await ask(method, params);
      return { result, error };
    },
    { method: { type: 'string' }, params: { type: 'object' } },
  ],
  log: [
    ({ level: at = 'info', data = 'something happened' }) => {
      const sent = LEVELS.indexOf(at) >= LEVELS.indexOf(level);
      if (sent) notify('notifications/message', { level: at, logger: 'counter', data });
      return { sent };
    },
    { level: { type: 'string' }, data: {} },
  ],
  remind: [
    ({ ms, uri }) => {
      setTimeout(() => notify('notifications/resources/updated', { uri }), ms);
      return {};
    },
    { ms: { type: 'number' }, uri: { type: 'string' } },
  ],
  touch: [
    ({ uri = 'counter://n' }) => {
      const sent = subscriptions.has(uri);
      if (sent) notify('notifications/resources/updated', { uri });
      return { sent };
    },
    { uri: { type: 'string' } },
  ],
  announce: [
    ({ ms }) => {
      const announce = () => {
        announced += 1;
        notify('notifications/tools/list_changed');
      };
      if (ms === undefined) announce();
      else {
        setTimeout(() => {
          announce();
          process.stderr.write('announced\n');
        }, ms);
      }
      return {};
    },
    { ms: { type: 'number' } },
  ],
  say: [
    ({ text }) => {
      process.stderr.write(`${text}\n`);
      return {};
    },
    { text: { type: 'string' } },
  ],
  junk: [
    ({ text }) => {
      process.stdout.write(`${text}\n`);
      return {};
    },
    { text: { type: 'string' } },
  ],
  env: [({ name }) => ({ value: env[name] ?? null }), { name: { type: 'string' } }],
};

class Refusal extends Error {
  /**
   * @param {number} code
   * @param {string} message
   * @param {object} [data]
   */
  constructor(code, message, data) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** @type {Record<string, (params: Params, id: unknown) => unknown>} */
const METHODS = {
  async initialize(params) {
    initialize = params;
    if (env.COUNTER_SILENT) return undefined;
    if (env.COUNTER_GATE) await through(env.COUNTER_GATE);
    if (env.COUNTER_DELAY) await new Promise((resolve) => setTimeout(resolve, Number(env.COUNTER_DELAY)));
    return {
      protocolVersion: params.protocolVersion ?? '2025-11-25',
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        logging: {},
        completions: {},
        ...(env.COUNTER_NEEDS_TASKS ? { extensions: TASKS } : {}),
      },
      serverInfo: { name: 'counter', version: '1.0.0' },
      instructions: 'Counts.',
    };
  },
  ping: () => ({}),
  async 'tools/list'() {
    if (env.COUNTER_LIST_GATE) await through(env.COUNTER_LIST_GATE);
    if (env.COUNTER_LIST_DELAY) await new Promise((resolve) => setTimeout(resolve, Number(env.COUNTER_LIST_DELAY)));
    return {
      tools: Object.entries(TOOLS).map(([name, [, properties = {}, annotations]]) => ({
        name,
        // What is announced is true.
        description: `The tool ${name}.${name === 'announce' && announced > 0 ? ` Used ${announced} times.` : ''}`,
        inputSchema: { type: 'object', properties },
        ...(annotations ? { annotations } : {}),
      })),
    };
  },
  async 'tools/call'({ name, arguments: args = NO_ARGUMENTS, _meta = {} }, id) {
    const tool = Object.hasOwn(TOOLS, name) ? TOOLS[name] : null;
    if (!tool) throw new Refusal(-32602, `Unknown tool: ${name}`);
    if (env.COUNTER_NEEDS_TASKS && !_meta['io.modelcontextprotocol/clientCapabilities']?.extensions) {
      await new Promise((resolve) => setTimeout(resolve, Number(env.COUNTER_NEEDS_TASKS)));
      throw new Refusal(-32021, 'This needs a client that knows tasks.', {
        requiredCapabilities: { extensions: TASKS },
      });
    }
    const [run] = tool;
    const result = await run(args, { id, progressToken: _meta.progressToken });
    return result === undefined ? undefined : { content: [{ type: 'text', text: JSON.stringify(result) }] };
  },
  'resources/list': () => ({ resources: RESOURCES.map((uri) => ({ uri, name: uri, mimeType: 'text/plain' })) }),
  'resources/templates/list': () => ({ resourceTemplates: [{ uriTemplate: 'counter://{name}', name: 'any' }] }),
  'resources/read'({ uri }) {
    if (!RESOURCES.includes(uri)) throw new Refusal(-32002, 'Resource not found');
    return { contents: [{ uri, mimeType: 'text/plain', text: String(n) }] };
  },
  'resources/subscribe'({ uri }) {
    subscriptions.add(uri);
    return {};
  },
  'resources/unsubscribe'({ uri }) {
    subscriptions.delete(uri);
    return {};
  },
  'prompts/list': () => ({ prompts: [{ name: 'greet', arguments: [{ name: 'name', required: true }] }] }),
  'prompts/get'({ name, arguments: args = NO_ARGUMENTS }) {
    if (name !== 'greet') throw new Refusal(-32602, `Unknown prompt: ${name}`);
    return { messages: [{ role: 'user', content: { type: 'text', text: `Greet ${args.name}.` } }] };
  },
  'completion/complete': ({ argument }) => ({ completion: { values: [`${argument?.value ?? ''}!`], hasMore: false } }),
  'logging/setLevel'(params) {
    level = params.level;
    levelSet = true;
    return {};
  },
};

/** @type {Record<string, (params: Params) => void>} */
const NOTIFICATIONS = {
  'notifications/initialized': () => {
    initialized += 1;
  },
  'notifications/cancelled': ({ requestId }) => running.get(requestId)?.(),
};

/** @param {{ id: unknown, method: string, params?: Params }} request */
async function serve({ id, method, params = NO_PARAMS }) {
  try {
    const handler = Object.hasOwn(METHODS, method) ? METHODS[method] : null;
    if (!handler) throw new Refusal(-32601, `Method not found: ${method}`);
    const result = await handler(params, id);
    if (result !== undefined) write({ id, result });
  } catch (cause) {
    const { code = -32603, message, data } = /** @type {Refusal} */ (cause);
    write({ id, error: { code, message, ...(data ? { data } : {}) } });
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const message = JSON.parse(line);
    if (message.method === undefined) {
      asked.get(message.id)?.(message);
      asked.delete(message.id);
    } else if (message.id === undefined) {
      if (Object.hasOwn(NOTIFICATIONS, message.method)) NOTIFICATIONS[message.method]?.(message.params ?? {});
    } else void serve(message);
  })
  .on('close', () => {
    if (!env.COUNTER_IGNORE_TERM) process.exit(0);
    setInterval(() => {}, 60_000);
  });
process.on('SIGTERM', () => {
  if (!env.COUNTER_IGNORE_TERM) process.exit(0);
});
