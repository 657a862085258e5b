#!/usr/bin/env node
// An MCP server over stdio that lists what a file says at that moment.
//
// Environment: LISTING_FILE JSON with these members, read anew for each request:
//   tools, prompts, resources, resourceTemplates   what it lists; none of a kind is an empty list
//   version        of its serverInfo
//   pageSize       items a page; cursors differ at each listing with `freshCursors`
//   turned         true: writes the members of each item the other way round at every second listing
//   silent         true: never answers a list request
//   crash          true: exits with 3 at its start
// Tools: whatever it lists; `announce {times, every, what}` says that its tools, or what it is given, have changed, as often
// LISTING_ASKED=<file> gets a line with the method of each list request, LISTING_STARTS=<file> one at each start
import { appendFileSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const { LISTING_FILE = '', LISTING_ASKED, LISTING_STARTS } = process.env;
const said = () => JSON.parse(readFileSync(LISTING_FILE, 'utf8'));
if (LISTING_STARTS) appendFileSync(LISTING_STARTS, `${process.pid}\n`);
if (said().crash) {
  process.stderr.write('the server cannot start\n');
  process.exit(3);
}

/** @param {object} message */
const write = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

/** @param {unknown} value @returns {unknown} */
function turned(value) {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, one]) => [key, turned(one)]),
  );
}

let listings = 0;

/** @param {string} key @param {string | undefined} cursor */
function page(key, cursor) {
  const all = said();
  const items = all[key] ?? [];
  const size = all.pageSize ?? items.length;
  const from = cursor === undefined ? 0 : Number(cursor.split('-')[0]);
  listings += 1;
  const shown = items.slice(from, from + size);
  const next = from + size < items.length ? `${from + size}${all.freshCursors ? `-${listings}` : ''}` : undefined;
  return { [key]: all.turned && listings % 2 === 0 ? turned(shown) : shown, nextCursor: next };
}

/** @type {Record<string, string>} */
const KEYS = {
  'tools/list': 'tools',
  'prompts/list': 'prompts',
  'resources/list': 'resources',
  'resources/templates/list': 'resourceTemplates',
};

/** @param {{ name: string, arguments?: { times?: number, every?: number, what?: string } }} params */
function call({ name, arguments: { times = 1, every = 0, what = 'tools' } = {} }) {
  if (name === 'announce') {
    for (let at = 0; at < times; at += 1) {
      setTimeout(() => write({ method: `notifications/${what}/list_changed` }), at * every);
    }
  }
  return { content: [{ type: 'text', text: `called ${name}` }] };
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { id, method, params } = JSON.parse(line);
    if (id === undefined || method === undefined) return;
    const key = KEYS[method];
    if (key && LISTING_ASKED) appendFileSync(LISTING_ASKED, `${method}\n`);
    if (key && said().silent) return;
    if (key) write({ id, result: page(key, params?.cursor) });
    else if (method === 'tools/call') write({ id, result: call(params) });
    else if (method === 'initialize') {
      const listChanged = { listChanged: true };
      const capabilities = { tools: listChanged, prompts: listChanged, resources: listChanged };
      const { protocolVersion } = params;
      write({
        id,
        result: { protocolVersion, capabilities, serverInfo: { name: 'listing', version: said().version ?? '1' } },
      });
    } else if (method === 'ping') write({ id, result: {} });
    else write({ id, error: { code: -32601, message: 'no' } });
  })
  .on('close', () => process.exit(0));
