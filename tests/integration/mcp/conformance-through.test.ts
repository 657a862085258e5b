import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClientPolicy } from '../../../src/shared/contract/client';
import { fixtureOverStdio, startFixtureOverHttp } from '../../support/fixture-server';
import { type KeyProxy, startKeyProxy } from '../../support/key-proxy';
import { type McpHost, removeFolder, startMcpHost } from '../../support/mcp-host';
import { endServers, ListedConfigs } from '../../support/servers';

/** The official conformance suite against a server that has all its fixtures, with Holdfast in between. */

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const SUITE = pathOf('../../../node_modules/@modelcontextprotocol/conformance/dist/index.js');
const BASELINE = pathOf('./conformance-baseline.yml');
const LIMIT_MS = 120_000;

/** Scenarios that must be among those that were run, so that a suite that runs next to nothing shows. */
const LEGS: readonly { policy: ClientPolicy; requirements: string; server: string; scenarios: number }[] = [
  { policy: 'sessionful', requirements: '2025-11-25', server: 'stdio', scenarios: 33 },
  { policy: 'sessionful', requirements: '2025-11-25', server: 'http', scenarios: 33 },
  { policy: 'stateless', requirements: '2026-07-28', server: 'http', scenarios: 50 },
];

const run = promisify(execFile);
let host: McpHost;
let stopFixture: () => Promise<void>;

beforeAll(async () => {
  const http = await startFixtureOverHttp('http');
  stopFixture = http.stop;
  host = await startMcpHost({ servers: new ListedConfigs(fixtureOverStdio('stdio'), http.config) });
});
afterAll(async () => {
  await host.stop();
  await endServers(host.folder);
  await stopFixture();
  removeFolder(host.folder);
});

describe.each(LEGS)('a $policy client of a server over $server', ({ policy, requirements, server, scenarios }) => {
  let proxy: KeyProxy;

  beforeAll(async () => {
    proxy = await startKeyProxy(host.url.replace(/\/mcp$/, ''), host.newClient(policy).key);
  });
  afterAll(() => proxy.close());

  test(
    `meets the requirements of ${requirements}`,
    async () => {
      const url = `${proxy.url}/mcp/${server}`;
      const args = [SUITE, 'server', '--url', url, '--requirements', requirements, '--expected-failures', BASELINE];
      const { stdout, code } = await run(process.execPath, args, { timeout: LIMIT_MS }).then(
        ({ stdout }) => ({ stdout, code: 0 }),
        (error: { stdout: string; code: number }) => error,
      );
      const lines = stdout.split('\n');
      expect(lines.filter((line) => line.startsWith('✓ ') || line.startsWith('✗ ')).length, stdout).toBe(scenarios);
      expect(code, stdout.slice(-3_000)).toBe(0);
    },
    LIMIT_MS,
  );
});

test('each line of the baseline says why', () => {
  const lines = readFileSync(BASELINE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('  - '));
  expect(lines.filter((line) => !/^ {2}- \S+ # \S.{10,}$/.test(line))).toEqual([]);
});
