import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  Client,
  ClientCredentialsProvider,
  type OAuthClientProvider,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { test as base, expect } from 'vitest';
import {
  AUTH_SCENARIOS,
  loginSettingsOf,
  MACHINE_AUTH_SCENARIOS,
  OLD_AUTH_SCENARIOS,
} from '#tests/support/conformance/auth-scenarios';
import { ConformanceSuite, problemsOf, type Told } from '#tests/support/conformance/conformance-suite';
import { LoginClient } from '#tests/support/login/login-client';
import { CONFORMANCE_SUITE } from '#tests/support/paths';

/** Whether the suite's scenarios of logins run as they should, tried with the SDK's own login in place of Holdfast. */

const REDIRECT = 'http://127.0.0.1:41999/callback';

const test = base.extend('suite', { scope: 'file' }, async ({}, { onCleanup }) => {
  const suite = await ConformanceSuite.start();
  onCleanup(() => suite.close());
  return suite;
});

/** Names in a list that the suite prints, without those that it prints further in, as optional. */
async function listed(...filter: string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [CONFORMANCE_SUITE, 'list', '--client', ...filter]);
  return [...stdout.matchAll(/^ {2}- (auth\/[\w-]+)/gm)].map(([, name]) => name ?? '');
}

test.for(['2025-11-25', '2026-07-28'] as const)(
  'the scenarios of %s are those that the suite requires',
  async (revision) => {
    expect(await listed('--requirements', revision)).toEqual(AUTH_SCENARIOS[revision]);
  },
);

test('the scenarios that no revision requires are known to the suite', async () => {
  expect(await listed()).toEqual(expect.arrayContaining([...OLD_AUTH_SCENARIOS, ...MACHINE_AUTH_SCENARIOS]));
});

/** Uses the server with the SDK's login, once nobody has to log in any more. */
async function useWithSdk(told: Told): Promise<void> {
  const settings = loginSettingsOf(told);
  const { clientId, clientSecret } = settings;
  const person = new LoginClient(REDIRECT, { token_endpoint_auth_method: undefined });
  if (settings.clientMetadataUrl !== null) person.clientMetadataUrl = settings.clientMetadataUrl;
  if (clientId !== null)
    person.saveClientInformation({ client_id: clientId, client_secret: clientSecret ?? undefined });
  if (settings.who === 'machine') {
    await callWith(told, new ClientCredentialsProvider({ clientId: clientId ?? '', clientSecret: clientSecret ?? '' }));
    return;
  }
  await callWith(told, person).catch(async (error) => {
    const url = person.visited[0];
    if (!(error instanceof UnauthorizedError) || !url) throw error;
    const response = await fetch(url, { redirect: 'manual' });
    await person.finish(told.server, new URL(response.headers.get('location') ?? '').searchParams);
    await callWith(told, person);
  });
}

async function callWith({ server, protocolVersion }: Told, authProvider: OAuthClientProvider): Promise<void> {
  const isStateless = protocolVersion === '2026-07-28';
  const versionNegotiation = { mode: isStateless ? ({ pin: protocolVersion } as const) : ('legacy' as const) };
  const client = new Client({ name: 'client', version: '1' }, { versionNegotiation });
  try {
    await client.connect(new StreamableHTTPClientTransport(new URL(server), { authProvider }));
    const { tools } = await client.listTools();
    await client.callTool({ name: tools[0]?.name ?? '', arguments: {} });
  } finally {
    await client.close();
  }
}

test.for([
  ['auth/metadata-var2', '2025-11-25'],
  ['auth/basic-cimd', '2026-07-28'],
  ['auth/pre-registration', '2026-07-28'],
  ['auth/client-credentials-basic', undefined],
] as const)('%s runs to its end', async ([scenario, revision], { suite }) => {
  const report = await suite.run(scenario, useWithSdk, revision);
  expect(report.clientError).toBeNull();
  expect(problemsOf(report)).toEqual([]);
  expect(report.checks.filter(({ status }) => status === 'SUCCESS').length).toBeGreaterThan(3);
});

test('a client that must give up is told apart from one that went on', async ({ suite }) => {
  const report = await suite.run('auth/iss-wrong-issuer', useWithSdk);
  expect(String(report.clientError)).toContain('RFC 9207');
  expect(problemsOf(report)).toEqual([]);
  const silent = await suite.run('auth/iss-wrong-issuer', async () => {});
  expect(problemsOf(silent)).not.toEqual([]);
});
