import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClientPolicy } from '#src/shared/contract/client';
import { ConformanceSuite, problemsOf, type Told } from '#tests/support/conformance/conformance-suite';
import { throughHoldfast } from '#tests/support/conformance/through-holdfast';
import { removeFolder } from '#tests/support/fixtures';
import { type McpHost, startMcpHost } from '#tests/support/hosts/mcp-host';
import { ListedConfigs } from '#tests/support/servers/configs';

/** The suite's own servers, which look at what their client sends: here that client is Holdfast, with a real one behind it. */

const LIMIT_MS = 20_000;

type Use = (client: Client, told: Told) => Promise<unknown>;

const configs = new ListedConfigs();
let host: McpHost;
let suite: ConformanceSuite;

beforeAll(async () => {
  host = await startMcpHost({ servers: configs });
  suite = await ConformanceSuite.start();
});
afterAll(async () => {
  await suite.close();
  await host.stop();
  removeFolder(host.folder);
});

const callAll: Use = async (client, { context }) => {
  await client.listTools();
  for (const call of context.toolCalls ?? []) await client.callTool(call);
};

const SCENARIOS: readonly [string, ClientPolicy, Use][] = [
  ['initialize', 'sessionful', (client) => client.listTools()],
  [
    'tools_call',
    'sessionful',
    async (client) => {
      await client.listTools();
      await client.callTool({ name: 'add_numbers', arguments: { a: 5, b: 3 } });
    },
  ],
  [
    'sse-retry',
    'sessionful',
    async (client) => {
      await client.listTools();
      await client.callTool({ name: 'test_reconnection', arguments: {} });
    },
  ],
  [
    'http-standard-headers',
    'stateless',
    async (client) => {
      const { tools } = await client.listTools();
      await client.callTool({ name: tools[0]?.name ?? '', arguments: {} });
      const { resources } = await client.listResources();
      await client.readResource({ uri: resources[0]?.uri ?? '' });
      const { prompts } = await client.listPrompts();
      await client.getPrompt({ name: prompts[0]?.name ?? '' });
    },
  ],
  ['http-custom-headers', 'stateless', callAll],
];

test.each(SCENARIOS)(
  '%s, by a %s client',
  async (name, policy, use) => {
    const report = await suite.run(name, (told) => throughHoldfast({ host, configs, policy }, told, use));
    expect(problemsOf(report)).toEqual([]);
    expect(report.clientError).toBeNull();
    expect(report.checks.filter(({ status }) => status === 'SUCCESS').length).toBeGreaterThan(0);
  },
  LIMIT_MS,
);
