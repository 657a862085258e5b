import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bundle, bundleForNode } from '#tests/support/bundle';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { COUNTER } from '#tests/support/paths';
import { endServers } from '#tests/support/servers/configs';
import { MatrixHost } from './support/host';

let bundle: Bundle;
let host: MatrixHost;
let folder: string;

beforeAll(async () => {
  bundle = await bundleForNode(join(import.meta.dirname, 'programs/jumping-host.ts'));
  folder = mkdtempSync(join(tmpdir(), 'holdfast-door-'));
  const entry = { command: process.execPath, args: [COUNTER] };
  writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers: { counter: entry } }));
  host = new MatrixHost(bundle.file, folder);
  await host.start();
}, 60_000);
afterAll(async () => {
  await host.quit();
  await endServers(folder);
  rmSync(folder, { recursive: true, force: true });
  bundle.remove();
});

/** Status of a request that says for which host it is. */
const statusFor = (said: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: host.port, path: '/api/mcp/health', headers: { host: said } });
    sent.on('response', (answer) => resolve(answer.resume().statusCode ?? 0)).on('error', reject);
    sent.end();
  });

test.for(['kill', 'quit'] as const)('a call made after a %s of Holdfast waits for the next one', async (way) => {
  const mcp = new McpHttp({ url: `${host.url}/mcp/counter` }, await host.newKey(`client of a ${way}`));
  await mcp.initialize();
  const { pid } = JSON.parse((await mcp.call('count')).content[0].text);
  await host[way]();
  // The keeper notices a kill within milliseconds.
  while (!(await fetch(host.url, { signal: AbortSignal.timeout(100) }).catch(({ name }) => name === 'TimeoutError'))) {
    await delay(5);
  }
  const held = mcp.call('count');
  const refused = [
    new McpHttp({ url: `${host.url}/mcp/counter` }, 'hfk_nobody').request('ping'),
    statusFor('evil.example'),
  ];
  await delay(200);
  await host.start();
  expect(JSON.parse((await held).content[0].text)).toEqual({ n: 2, pid });
  const [stranger, foreign] = await Promise.all(refused);
  expect(stranger).toMatchObject({ status: 401 });
  expect(foreign).toBe(403);
});
