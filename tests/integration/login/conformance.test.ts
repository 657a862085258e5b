import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AUTH_SCENARIOS, loginSettingsOf, MACHINE_AUTH_SCENARIOS } from '#tests/support/conformance/auth-scenarios';
import { ConformanceSuite } from '#tests/support/conformance/conformance-suite';
import { throughHoldfast } from '#tests/support/conformance/through-holdfast';
import { removeFolder } from '#tests/support/fixtures';
import { type McpHost, startMcpHost } from '#tests/support/hosts/mcp-host';
import { followLogin } from '#tests/support/login/follow-login';
import { ListedConfigs } from '#tests/support/servers/configs';

/* The official suite's scenarios for clients that log in: the client is Holdfast, and somebody logs in whenever it asks. */

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

const REVISIONS = Object.entries({ ...AUTH_SCENARIOS, extension: MACHINE_AUTH_SCENARIOS });

describe.each(REVISIONS)('%s', (revision, scenarios) => {
  test.each(scenarios)('%s', async (scenario) => {
    const login = async (server: string) => {
      const { status, text } = await followLogin((await host.logins.begin(server)).url);
      if (status !== 200) throw new Error(text);
    };
    const use = async (client: Client) => {
      await client.listTools();
      await client.callTool({ name: 'test-tool', arguments: {} });
    };
    const { checks } = await suite.run(
      scenario,
      (told) =>
        throughHoldfast({ host, configs, policy: 'sessionful', settings: loginSettingsOf(told), login }, told, use),
      revision === 'extension' ? undefined : revision,
    );
    expect(checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING')).toEqual([]);
    expect(checks.filter(({ status }) => status === 'SUCCESS').length).toBeGreaterThan(0);
  });
});
