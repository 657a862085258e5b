#!/usr/bin/env node
// An MCP server over stdio that never parses parameters: what it got goes back to the letter.
//
// The tool that is called (its name is all it looks for) decides how:
//   plain  in the result
//   slow   in a progress notification, and after 100 ms in the result
//   fails  in the data of an error
//   asks   as the parameters of a question to the client; the client's answer goes into the result
//   heard  the parameters of the last notification, in the result
import { createInterface } from 'node:readline';

const write = (/** @type {string} */ message) => process.stdout.write(`{"jsonrpc":"2.0",${message}}\n`);
/** The text of the member that ends a message. */
const last = (/** @type {string} */ line, /** @type {string} */ key) =>
  line.slice(line.indexOf(`"${key}":`) + key.length + 3, -1);
let heard = 'null';
let asking = '';

createInterface({ input: process.stdin }).on('line', (line) => {
  const [, id] = /^\{"jsonrpc":"2\.0","id":("[^"]*"|[^,]*),/.exec(line) ?? [];
  if (line.includes('"method":"notifications/')) {
    if (line.includes('"params":')) heard = last(line, 'params');
  } else if (line.includes('"method":"initialize"')) {
    const result = '{"protocolVersion":"2025-11-25","capabilities":{"tools":{},"experimental":{"x":{"n":1.0}}}';
    write(`"id":${id},"result":${result},"serverInfo":{"name":"verbatim","version":"1"}}`);
  } else if (line.includes('"method":"tools/call"')) call(String(id), last(line, 'params'));
  else if (line.includes('"result":')) seen(asking, last(line, 'result'));
  else write(`"id":${id},"result":{}`);
});

const seen = (/** @type {string} */ id, /** @type {string} */ text) =>
  write(`"id":${id},"result":{"content":[],"structuredContent":{"seen":${text}}}`);

function call(/** @type {string} */ id, /** @type {string} */ params) {
  if (params.includes('"name":"slow"')) {
    write(`"method":"notifications/progress","params":{"progressToken":${id},"progress":1.0,"data":${params}}`);
    setTimeout(() => seen(id, params), 100);
  } else if (params.includes('"name":"fails"')) write(`"id":${id},"error":{"code":-1,"message":"m","data":${params}}`);
  else if (params.includes('"name":"asks"')) {
    asking = id;
    write(`"id":7,"method":"elicitation/create","params":${params}`);
  } else if (params.includes('"name":"heard"')) seen(id, heard);
  else seen(id, params);
}
