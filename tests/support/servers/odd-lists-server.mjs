#!/usr/bin/env node
// An MCP server over stdio that lists what many clients refuse.
//
// Environment: ODD_PAGES how its tools go on: `empty`, `same`, `circle` or `endless`; one page otherwise
import { createInterface } from 'node:readline';

const schema = { type: 'object' };
const { ODD_PAGES } = process.env;
let pages = 0;

const sound = (/** @type {string} */ name) => ({ name, inputSchema: schema });
const TOOLS = [
  sound('first'),
  { ...sound('nulls'), title: null, description: null, annotations: { readOnlyHint: null }, outputSchema: null },
  { ...sound('hints'), annotations: { readOnlyHint: 'yes', idempotentHint: true }, icons: [null, { src: 'x:y' }] },
  { name: 'no_type', inputSchema: { properties: {} } },
  { ...sound('unreadable'), outputSchema: { type: 'object', properties: { a: { $ref: '#/$defs/gone' } } } },
  null,
  sound('first'),
  {
    ...sound('show'),
    _meta: { ui: { resourceUri: 'ui://board/app.html' }, 'openai/outputTemplate': 'ui://board/app.html' },
  },
  sound('last'),
];

/** @param {string | undefined} cursor */
function tools(cursor) {
  pages += 1;
  if (ODD_PAGES === 'empty') return { tools: [sound('one')], nextCursor: '' };
  if (ODD_PAGES === 'same') return { tools: [sound(cursor === undefined ? 'one' : 'two')], nextCursor: 'p' };
  if (ODD_PAGES === 'circle')
    return { tools: [sound(cursor ?? 'one')], nextCursor: cursor === 'two' ? 'three' : 'two' };
  if (ODD_PAGES === 'endless') return { tools: [sound(`t${pages}`)], nextCursor: `p${pages}` };
  return { tools: TOOLS, nextCursor: null, _meta: null };
}

const RESULTS = {
  initialize: (/** @type {{ protocolVersion: string }} */ { protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {}, resources: {}, prompts: {}, extensions: { 'io.modelcontextprotocol/ui': {} } },
    serverInfo: { name: 'odd', version: '1' },
  }),
  ping: () => ({}),
  'tools/list': (/** @type {{ cursor?: string }} */ params) => tools(params?.cursor),
  'resources/list': () => ({
    resources: [
      { uri: 'ui://board/app.html', name: 'board', mimeType: 'text/html;profile=mcp-app', size: null },
      { uri: 'x:nameless', annotations: { audience: ['nobody', 'user'], priority: 7, lastModified: 'yesterday' } },
    ],
  }),
  'resources/templates/list': () => ({ resourceTemplates: null }),
  'prompts/list': () => ({ prompts: [{ name: 'p', arguments: [null, { name: 'a', required: 'no' }] }] }),
  'resources/read': (/** @type {{ uri: string }} */ { uri }) => ({ contents: [{ uri, text: '<p>hi</p>' }] }),
  'tools/call': () => ({ content: [], _meta: { ui: { resourceUri: 'ui://board/app.html' } } }),
};

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { id, method, params } = JSON.parse(line);
    if (id === undefined) return;
    const result = Object.entries(RESULTS).find(([name]) => name === method)?.[1](params);
    const answer = result === undefined ? { error: { code: -32601, message: 'no' } } : { result };
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer })}\n`);
  })
  .on('close', () => process.exit(0));
