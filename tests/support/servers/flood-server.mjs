// A server over stdio that writes without end once its tool `flood` was called. The tool `stop` ends that and tells how
// many messages were written. Argument: what it floods with. Plain JavaScript without packages: a benchmark runs it too.
import { createInterface } from 'node:readline';

const [, , kind = 'log'] = process.argv;

/** @type {unknown} */
let token;
/** @type {Record<string, (number: number) => object | string>} */
const KINDS = {
  list: () => ({ method: 'notifications/tools/list_changed' }),
  updated: (number) => ({ method: 'notifications/resources/updated', params: { uri: `flood://${number % 3}` } }),
  log: (number) => ({ method: 'notifications/message', params: { level: 'info', data: number } }),
  progress: (number) => ({ method: 'notifications/progress', params: { progressToken: token, progress: number } }),
  ping: (number) => ({ id: `ping ${number}`, method: 'ping' }),
  answers: (number) => ({ id: `nobody asked ${number}`, result: {} }),
  noise: (number) => `line ${number}`,
};
const make = /** @type {(number: number) => object | string} */ (KINDS[kind]);

let written = 0;
let isFlooding = false;

/** @param {object | string} message */
const write = (message) =>
  process.stdout.write(`${typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

function flood() {
  let hasRoom = true;
  for (let left = 200; left > 0 && hasRoom && isFlooding; left -= 1) {
    written += 1;
    hasRoom = write(make(written));
  }
  if (!isFlooding) return;
  if (hasRoom) setImmediate(flood);
  else process.stdout.once('drain', flood);
}

/** @param {string} name */
function call(name) {
  if (name === 'flood') {
    isFlooding = true;
    setImmediate(flood);
  }
  if (name === 'stop') isFlooding = false;
  return { content: [{ type: 'text', text: JSON.stringify({ written }) }] };
}

const tool = (/** @type {string} */ name) => ({ name, inputSchema: { type: 'object' } });

/** @param {any} message */
function resultOf({ method, params }) {
  switch (method) {
    case 'initialize':
      return {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: { listChanged: true }, logging: {}, resources: { subscribe: true } },
        serverInfo: { name: 'flood', version: '1' },
      };
    case 'tools/list':
      return { tools: ['flood', 'stop', 'echo'].map(tool) };
    case 'tools/call':
      token = params._meta?.progressToken ?? token;
      return call(params.name);
    default:
      return {};
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const message = JSON.parse(line);
    if (message.method === undefined || message.id === undefined) return;
    // A call that floods with its own progress runs until it is stopped.
    const isEndless = kind === 'progress' && message.params?.name === 'flood';
    const result = resultOf(message);
    if (!isEndless) write({ id: message.id, result });
  })
  .on('close', () => process.exit());
