import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect } from 'vitest';
import { NO_LOGIN_SETTINGS } from '#src/main/upstream/login/login-settings';
import type { ServerConfig } from '#src/main/upstream/upstream-ports';
import type { HoldfastEvent } from '#src/shared/contract/event';
import { disposing } from '#tests/support/fixtures';
import { type Holder, type McpHost, mcpTest } from '#tests/support/hosts/mcp-host';
import { followLogin } from '#tests/support/login/follow-login';
import { type ProtectedServer, startProtectedServer } from '#tests/support/login/protected-mcp-server';
import { startRotatingServer } from '#tests/support/login/rotating-server';
import { counter, ListedConfigs } from '#tests/support/servers/configs';

export const NAME = 'notes';

/** The configuration of a protected server. */
export const protectedConfig = (
  server: Pick<ProtectedServer, 'url'>,
  change: Partial<ServerConfig> = {},
): ServerConfig => ({
  ...counter(NAME),
  target: { kind: 'http', url: server.url, headers: {}, login: NO_LOGIN_SETTINGS },
  fingerprint: server.url,
  ...change,
});

/** A client of the SDK, at the address of all servers or of one. */
export async function connectClient(
  host: McpHost,
  { key }: Holder,
  { path = '', capabilities = {} }: { path?: string; capabilities?: object } = {},
): Promise<Client> {
  const client = new Client(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode: 'legacy' }, capabilities: capabilities as never },
  );
  const requestInit = { headers: { Authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${host.url}${path}`), { requestInit }));
  return client;
}

/** The JSON in the first text of a tool's result. */
export async function callTool(client: Client, name: string, args: Record<string, unknown> = {}): Promise<unknown> {
  const { content, isError } = await client.callTool({ name, arguments: args });
  const [first] = content as { text: string }[];
  const text = first?.text ?? '';
  if (isError) throw new Error(text);
  return JSON.parse(text);
}

/** Logs in without a browser. Resolves when the page of Holdfast says so. */
export async function logIn(host: McpHost, server = NAME): Promise<void> {
  const { url } = await host.logins.begin(server);
  expect(await followLogin(url)).toMatchObject({ status: 200, text: expect.stringContaining('You are logged in') });
}

/** Resolves with the next event of this kind. */
export function nextEvent<K extends HoldfastEvent['kind']>(host: McpHost, kind: K): Promise<HoldfastEvent> {
  return new Promise((resolve) => {
    const stop = host.services.bus.subscribe((events) => {
      const found = events.find((event) => event.kind === kind);
      if (!found) return;
      stop();
      resolve(found);
    });
  });
}

const close = (one: { close(): Promise<void> }) => one.close();

/** Tests with a protected server behind a host. */
export const loginTest = mcpTest
  .extend('authorization', async ({}, { onCleanup }) => {
    const server = await startRotatingServer();
    onCleanup(() => server.close());
    return server;
  })
  .extend('protected', async ({ authorization }, { onCleanup }) => {
    const server = await startProtectedServer({ authorization: [authorization] });
    onCleanup(() => server.close());
    return server;
  })
  .extend('configs', ({ protected: server }) => new ListedConfigs(protectedConfig(server)))
  .extend('hostOptions', ({ configs }) => ({ servers: configs }))
  .extend('connect', ({ host, owner }, { onCleanup }) =>
    disposing(onCleanup, (how?: Parameters<typeof connectClient>[2]) => connectClient(host, owner, how), close),
  );
