import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClientPolicy } from '#src/shared/contract/client';
import { removeFolder } from '#tests/support/fixtures';
import { type McpHost, startMcpHost } from '#tests/support/hosts/mcp-host';
import { CONFORMANCE_CLIENT, CONFORMANCE_SUITE } from '#tests/support/paths';
import { counter, ListedConfigs } from '#tests/support/servers/configs';

/** The suite's own servers, which look at what their client sends: here that client is Holdfast, with a real one behind it. */

const LIMIT_MS = 20_000;
const run = promisify(execFile);

interface Told {
  readonly server: string;
  readonly context: { toolCalls?: { name: string; arguments: Record<string, unknown> }[] };
}

type Use = (client: Client, told: Told) => Promise<unknown>;

const configs = new ListedConfigs();
let host: McpHost;
let control: Server;
let use: Use = async () => {};
let policy: ClientPolicy = 'sessionful';
let runs = 0;

beforeAll(async () => {
  host = await startMcpHost({ servers: configs });
  control = createServer(async (req, res) => {
    try {
      let body = '';
      for await (const chunk of req) body += chunk;
      await through(JSON.parse(body));
      res.end();
    } catch (error) {
      res.writeHead(500).end(error instanceof Error ? error.stack : String(error));
    }
  });
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  control.close();
  await host.stop();
  removeFolder(host.folder);
});

async function through(told: Told): Promise<void> {
  runs += 1;
  const name = `suite${runs}`;
  const target = { kind: 'http', url: told.server, headers: {} } as const;
  configs.set({ ...counter(name), target, fingerprint: told.server });
  const { key } = host.newClient(policy);
  const versionNegotiation = { mode: policy === 'stateless' ? ({ pin: '2026-07-28' } as const) : ('legacy' as const) };
  const client = new Client({ name: 'client', version: '1' }, { versionNegotiation });
  const requestInit = { headers: { Authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${host.url}/${name}`), { requestInit }));
  try {
    await use(client, told);
  } finally {
    await client.close();
    // The suite waits until nobody is connected.
    configs.set();
  }
}

async function scenario(name: string): Promise<{ id: string; status: string; errorMessage?: string }[]> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-conformance-'));
  const at = `http://127.0.0.1:${(control.address() as AddressInfo).port}`;
  const command = `${process.execPath} ${CONFORMANCE_CLIENT} ${at}`;
  try {
    const args = [CONFORMANCE_SUITE, 'client', '--command', command, '--scenario', name, '-o', folder];
    const out = await run(process.execPath, args, { timeout: LIMIT_MS }).catch((error) => error);
    const [report] = readdirSync(folder);
    if (report === undefined) throw new Error(`no report: ${out.stdout} ${out.stderr}`);
    const path = readdirSync(join(folder, report)).includes('checks.json')
      ? report
      : join(report, readdirSync(join(folder, report))[0] ?? '');
    return JSON.parse(readFileSync(join(folder, path, 'checks.json'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

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
    'sessionful',
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
  async (name, as, what) => {
    use = what;
    policy = as;
    const checks = await scenario(name);
    expect(checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING')).toEqual([]);
    expect(checks.filter(({ status }) => status === 'SUCCESS').length).toBeGreaterThan(0);
  },
  LIMIT_MS,
);
