#!/usr/bin/env node
// An MCP server over stdio that knows no method: it answers each request with what it got, and each notification with one
// of the same parameters, so that a test sees what reached it and what comes back.
//
// Request `any/fail`, or the tool `fail`: an error with the parameters as its data.
// Request `any/ask {method, params?}`: sends that request to its client; the answer as it came.
// Environment: ECHO_VERSION the protocol revision it answers with, whatever it is asked
import { createInterface } from 'node:readline';

const { env } = process;
/** @type {Map<string, unknown>} */
const asked = new Map();
/** @param {object} message */
const write = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

/** @param {{ protocolVersion: string }} params */
const initialized = ({ protocolVersion }) => ({
  protocolVersion: env.ECHO_VERSION ?? protocolVersion,
  capabilities: { tools: {}, experimental: { echo: { x: 1 } }, tasks: { list: {} } },
  serverInfo: { name: 'echo', version: '1', title: 'Echo' },
  instructions: 'Says what it hears.',
  _meta: { of: 'the result' },
});

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { id, method, params } = JSON.parse(line);
    if (method === undefined) {
      const { jsonrpc: _, id: __, ...answer } = JSON.parse(line);
      write({ id: asked.get(id), result: answer });
    } else if (id === undefined) {
      if (method !== 'notifications/initialized') write({ method: `${method}/heard`, params });
    } else if (method === 'initialize') write({ id, result: initialized(params) });
    else if (method === 'any/ask') {
      asked.set('question', id);
      write({ id: 'question', method: params.method, params: params.params });
    } else if (method === 'any/fail' || params?.name === 'fail') {
      write({ id, error: { code: -32042, message: 'as you wish', data: params } });
    } else write({ id, result: { method, params, _meta: { of: 'the result' } } });
  })
  .on('close', () => process.exit(0));
