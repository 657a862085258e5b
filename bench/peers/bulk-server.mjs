// An MCP server over stdio with one tool, `bulk`, whose result is a text of as many megabytes as it is asked for.
import { createInterface } from 'node:readline';

/** @type {Map<number, string>} */
const texts = new Map();
/** Lines as of a log: mostly plain, with some quotes and line breaks to escape. */
function textOf(/** @type {number} */ megabytes) {
  const line = '2026-01-01T00:00:00.000Z info "worker 17" handled request 4711 in 3.5 ms, 200 rows, all good\n';
  const text = texts.get(megabytes) ?? JSON.stringify(line.repeat((megabytes * 1e6) / line.length));
  texts.set(megabytes, text);
  return text;
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const say = (/** @type {string} */ result) =>
    process.stdout.write(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}\n`);
  if (method === 'initialize') {
    const serverInfo = { name: 'bulk', version: '1' };
    say(JSON.stringify({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo }));
  } else if (method === 'tools/list') {
    say(JSON.stringify({ tools: [{ name: 'bulk', inputSchema: { type: 'object' } }] }));
  } else if (method === 'tools/call') {
    say(`{"content":[{"type":"text","text":${textOf(params.arguments.megabytes)}}]}`);
  } else say('{}');
});
