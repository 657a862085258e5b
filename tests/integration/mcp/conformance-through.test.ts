import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import type { ClientPolicy } from '#src/shared/contract/client';
import { disposing } from '#tests/support/fixtures';
import { sharedMcpTest } from '#tests/support/hosts/mcp-host';
import { CONFORMANCE_SUITE } from '#tests/support/paths';
import { startKeyProxy } from '#tests/support/proxies/key-proxy';
import { ListedConfigs } from '#tests/support/servers/configs';
import { fixtureOverStdio, startFixtureOverHttp } from '#tests/support/servers/fixture-server';

/** The official conformance suite against a server that has all its fixtures, with Holdfast in between. */

const BASELINE = join(import.meta.dirname, 'conformance-baseline.yml');
const BRIDGED = join(import.meta.dirname, 'conformance-baseline-bridged.yml');
const LIMIT_MS = 120_000;

interface Leg {
  readonly policy: ClientPolicy;
  readonly requirements: string;
  readonly server: string;
  /** This many must run, so that a suite that runs next to nothing fails. */
  readonly scenarios: number;
  readonly baseline: string;
}

const LEGS: readonly Leg[] = [
  { policy: 'sessionful', requirements: '2025-11-25', server: 'stdio', scenarios: 33, baseline: BASELINE },
  { policy: 'sessionful', requirements: '2025-11-25', server: 'http', scenarios: 33, baseline: BASELINE },
  { policy: 'stateless', requirements: '2026-07-28', server: 'http', scenarios: 50, baseline: BASELINE },
  { policy: 'stateless', requirements: '2026-07-28', server: 'stdio', scenarios: 50, baseline: BRIDGED },
  { policy: 'sessionful', requirements: '2025-11-25', server: 'modern', scenarios: 33, baseline: BASELINE },
];

const run = promisify(execFile);

const test = sharedMcpTest
  .extend('startFixture', { scope: 'file' }, ({}, { onCleanup }) =>
    disposing(onCleanup, startFixtureOverHttp, (server) => server.stop()),
  )
  .extend('hostOptions', { scope: 'file' }, async ({ startFixture }) => {
    const http = await startFixture('http');
    const modern = await startFixture('modern', 'modern');
    return { servers: new ListedConfigs(fixtureOverStdio('stdio'), http.config, modern.config) };
  });

describe.each(LEGS)('a $policy client of a server over $server', (leg) => {
  const { policy, requirements, server, scenarios, baseline } = leg;
  const proxyTest = test.extend('proxy', async ({ host }, { onCleanup }) => {
    const proxy = await startKeyProxy(host.url.replace(/\/mcp$/, ''), host.newClient(policy).key);
    onCleanup(() => proxy.close());
    return proxy;
  });

  proxyTest(
    `meets the requirements of ${requirements}`,
    async ({ proxy }) => {
      const url = `${proxy.url}/mcp/${server}`;
      if (policy === 'stateless') await introduceAsAble(url);
      const args = [
        CONFORMANCE_SUITE,
        'server',
        '--url',
        url,
        '--requirements',
        requirements,
        '--expected-failures',
        baseline,
      ];
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

/**
 * The suite plays many clients with one key. A server that knows sessions alone is told once what its client can do: here by
 * one that can do everything.
 */
async function introduceAsAble(url: string): Promise<void> {
  const able = { elicitation: {}, sampling: {}, roots: {} };
  const prefix = 'io.modelcontextprotocol/';
  const _meta = { [`${prefix}protocolVersion`]: '2026-07-28', [`${prefix}clientCapabilities`]: able };
  const headers = {
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': '2026-07-28',
    'Mcp-Method': 'tools/list',
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta } });
  const answer = await fetch(url, { method: 'POST', headers, body });
  expect(answer.status).toBe(200);
  await answer.text();
}

test.each([BASELINE, BRIDGED])('each line of a baseline says why', (file) => {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('  - '));
  expect(lines.filter((line) => !/^ {2}- \S+ # \S.{10,}$/.test(line))).toEqual([]);
});
