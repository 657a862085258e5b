#!/usr/bin/env node
// A server with every fixture that the official conformance suite asks for, by the SDK.
//   main.mjs stdio                     with sessions, over stdio
//   main.mjs http [port] [both|modern] over HTTP: with sessions and, as 2026-07-28 has it, without; prints its address
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import {
  localhostHostValidation,
  localhostOriginValidation,
  NodeStreamableHTTPServerTransport,
  toNodeHandler,
} from '@modelcontextprotocol/node';
import { createMcpHandler, createRequestStateCodec, McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { MemoryEvents } from './memory-events.mjs';
import { withOldTasks } from './old-tasks.mjs';
import { registerPrompts, registerResources } from './resources-and-prompts.mjs';
import { refusalOf, registerTaskMethods, TASKS } from './tasks.mjs';
import { registerTools } from './tools.mjs';

/** @import { IncomingMessage } from 'node:http' */
/** @import { AddressInfo } from 'node:net' */
/** @import { TellChange } from './tools.mjs' */

const codec = createRequestStateCodec({ key: randomBytes(32) });

/**
 * Changes a list whenever it is to be told that it has changed: one more, one less, and so on. The SDK tells it.
 *
 * @param {McpServer} server
 * @returns {TellChange}
 */
function changesOf(server) {
  /** @type {Map<string, { remove(): void }>} */
  const added = new Map();
  return (what) => {
    const one = added.get(what);
    if (one) {
      one.remove();
      added.delete(what);
    } else added.set(what, addOne(server, what));
  };
}

/** @param {McpServer} server @param {'tools' | 'prompts'} what */
const addOne = (server, what) =>
  what === 'tools'
    ? server.registerTool('test_added', { description: 'Was added.' }, () => ({ content: [] }))
    : server.registerPrompt('test_added', { description: 'Was added.' }, () => ({ messages: [] }));

/**
 * @param {TellChange} [changes]
 * @param {boolean} [isModern] - for the newest revision, which has tasks as an extension
 */
function makeServer(changes, isModern = false) {
  const server = new McpServer(
    { name: 'conformance-fixture', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        logging: {},
        completions: {},
        ...(isModern ? { extensions: { [TASKS]: {} } } : {}),
      },
      requestState: { verify: codec.verify },
    },
  );
  registerTools(server, codec, changes ?? changesOf(server));
  registerResources(server);
  registerPrompts(server);
  if (isModern) registerTaskMethods(server);
  return server;
}

const [mode = 'stdio', port = '0', eras = 'both'] = process.argv.slice(2);
if (mode === 'stdio') await makeServer().connect(withOldTasks(new StdioServerTransport()));
else await serveHttp(Number(port), eras);

/**
 * @param {number} at
 * @param {string} served
 */
async function serveHttp(at, served) {
  /** By session id. @type {Map<string, NodeStreamableHTTPServerTransport>} */
  const transports = new Map();
  /** Each request has a server of its own, so what was added is kept here. @type {Set<'tools' | 'prompts'>} */
  const added = new Set();
  const modern = createMcpHandler(
    () => {
      const made = makeServer((what) => {
        if (!added.delete(what)) added.add(what);
        if (what === 'tools') modern.notify.toolsChanged();
        else modern.notify.promptsChanged();
      }, true);
      for (const what of added) addOne(made, what);
      return made;
    },
    { legacy: 'reject' },
  );
  const serveModern = toNodeHandler(modern);
  const isLocalHost = localhostHostValidation();
  const isLocalOrigin = localhostOriginValidation();

  const server = createServer(async (req, res) => {
    if (!isLocalHost(req, res) || !isLocalOrigin(req, res)) return;
    const id = req.headers['mcp-session-id']?.toString();
    const body = req.method === 'POST' ? await bodyOf(req) : undefined;
    const known = id === undefined ? undefined : transports.get(id);
    if (known) await known.handleRequest(req, res, body);
    else if (served === 'both' && opensSession(body)) await (await open()).handleRequest(req, res, body);
    else if (id !== undefined) res.writeHead(404).end();
    else if (refusalOf(body))
      res.writeHead(400, { 'Content-Type': 'application/json' }).end(JSON.stringify(refusalOf(body)));
    else await serveModern(req, res, body);
  });

  async function open() {
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: new MemoryEvents(),
      retryInterval: 100,
      onsessioninitialized: (id) => void transports.set(id, transport),
      onsessionclosed: (id) => void transports.delete(id),
    });
    await makeServer().connect(transport);
    return transport;
  }

  server.listen(at, '127.0.0.1', () => {
    const { port } = /** @type {AddressInfo} */ (server.address());
    console.log(`http://127.0.0.1:${port}/mcp`);
  });
}

/**
 * An `initialize` of an older revision; the newest one has no such method.
 * @param {{ method?: unknown, params?: { _meta?: Record<string, unknown> } } | undefined} body
 */
const opensSession = (body) =>
  body?.method === 'initialize' && body.params?._meta?.['io.modelcontextprotocol/protocolVersion'] === undefined;

/** @param {IncomingMessage} req */
async function bodyOf(req) {
  let body = '';
  for await (const chunk of req) body += chunk;
  return JSON.parse(body);
}
