// The limit: the least that a front of a stdio server has to do. Node's HTTP, one child, the ids of requests swapped, and
// nothing else: no keys, no sessions, no checks, nothing that survives anything.
// Usage: node bare-front.mjs PORT COMMAND [ARGUMENT ...]
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';

const [port = '0', command = '', ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
/** @type {Map<number, { id: unknown, res: import('node:http').ServerResponse }>} */
const waiting = new Map();
let lastId = 0;

/** @type {Buffer[]} */
let parts = [];
child.stdout.on('data', (/** @type {Buffer} */ chunk) => {
  let from = 0;
  for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
    const line = Buffer.concat([...parts, chunk.subarray(from, end)]).toString();
    parts = [];
    from = end + 1;
    answer(JSON.parse(line));
  }
  parts.push(chunk.subarray(from));
});

/** @param {{ id?: unknown, method?: string }} message */
function answer(message) {
  const call = message.method === undefined ? waiting.get(Number(message.id)) : undefined;
  if (!call) return;
  waiting.delete(Number(message.id));
  message.id = call.id;
  const text = JSON.stringify(message);
  call.res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  call.res.end(text);
}

const server = createServer((req, res) => {
  if (req.method !== 'POST') {
    res.writeHead(req.method === 'DELETE' ? 200 : 405).end();
    return;
  }
  /** @type {Buffer[]} */
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    const message = JSON.parse(Buffer.concat(chunks).toString());
    if (message.id === undefined) res.writeHead(202).end();
    else {
      lastId += 1;
      waiting.set(lastId, { id: message.id, res });
      message.id = lastId;
    }
    child.stdin.write(`${JSON.stringify(message)}\n`);
  });
});
server.listen(Number(port), '127.0.0.1');
child.once('exit', () => process.exit(1));
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    child.kill();
    process.exit(0);
  });
}
