import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { Api } from '#tests/support/clients/api';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { mcpTest } from '#tests/support/hosts/mcp-host';
import { counter, freePort, ListedConfigs } from '#tests/support/servers/configs';

/** What Prometheus reads at `/metrics`, and who may. */

const PROMETHEUS = '/usr/bin/prometheus';

const test = mcpTest
  .extend('hostOptions', { servers: new ListedConfigs(counter('counter')) })
  .extend('origin', ({ host }) => new URL(host.url).origin)
  .extend('client', async ({ host, owner }) => {
    const client = new McpHttp(host, owner.key);
    await client.initialize();
    return client;
  });

const read = (origin: string, key: string | null) => new Api({ url: origin }, key).get('/metrics');

test('nobody reads metrics until they are switched on, and then only the key of metrics and the admin do', async ({
  host,
  owner,
  origin,
}) => {
  const { telemetry } = host.services;
  expect(await read(origin, 'hfa_test')).toMatchObject({ status: 404, body: { detail: /switches them on/ } });
  const { key } = await telemetry.setMetrics(true);
  expect(key).toMatch(/^hfm_/);
  expect((await read(origin, key)).status).toBe(200);
  expect((await read(origin, 'hfa_test')).status).toBe(200);
  expect((await read(origin, owner.key)).status).toBe(401);
  expect((await read(origin, 'hfm_other')).status).toBe(401);
  expect((await read(origin, null)).status).toBe(401);
  // It opens nothing else.
  expect((await new Api({ url: origin }, key).get('/api/mcp/sessions')).status).toBe(401);
  const next = await telemetry.setMetrics(true);
  expect((await read(origin, key)).status).toBe(401);
  expect((await read(origin, next.key)).status).toBe(200);
  await telemetry.setMetrics(false);
  expect((await read(origin, next.key)).status).toBe(401);
  expect(JSON.stringify(host.services.store.settings.get('telemetry'))).not.toContain(String(key));
});

test('what is read counts calls, their errors and their time, and sessions by status', async ({
  host,
  origin,
  client,
}) => {
  const { key } = await host.services.telemetry.setMetrics(true);
  await client.call('counter__count');
  await client.call('counter__fail', { canary: 'canary-argument' });
  const { headers, body } = await read(origin, key);
  expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(body).toMatch(/^holdfast_info\{version="0\.0\.0-test"\} 1$/m);
  expect(body).toMatch(/^holdfast_sessions\{status="active"\} 1$/m);
  const labels = /^mcp_server_operation_duration_seconds_count\{(.*)\} (\d+)$/gm;
  const counts = [...body.matchAll(labels)].map(([, all = '', count]) => [
    /gen_ai_tool_name="([^"]*)"/.exec(all)?.[1],
    count,
  ]);
  expect(counts).toContainEqual(['counter__count', '1']);
  expect(body).toMatch(/gen_ai_tool_name="counter__fail",.*holdfast_server="counter",error_type="-32602"/);
  expect(body).not.toContain('canary');
});

test.runIf(existsSync(PROMETHEUS))(
  'a real Prometheus reads it with the key',
  { timeout: 60_000 },
  async ({ host, origin, client }) => {
    const { key } = await host.services.telemetry.setMetrics(true);
    await client.call('counter__count');
    const port = await freePort();
    const file = (name: string, text: string) => {
      writeFileSync(join(host.folder, name), text);
      return join(host.folder, name);
    };
    const config = file(
      'prometheus.yml',
      `scrape_configs:
- job_name: holdfast
  scrape_interval: 1s
  authorization: { credentials_file: ${file('metrics.key', String(key))} }
  static_configs: [{ targets: ['${new URL(origin).host}'] }]
`,
    );
    const args = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(host.folder, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    const prometheus = spawn(PROMETHEUS, args, { stdio: 'ignore' });
    onTestFinished(() => void prometheus.kill('SIGKILL'));
    const query = 'sum(mcp_server_operation_duration_seconds_count{gen_ai_tool_name="counter__count"})';
    const asked = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`;
    const answer = async () => {
      const response = await fetch(asked).catch(() => null);
      return response?.ok ? ((await response.json()).data.result[0]?.value[1] ?? null) : null;
    };
    await expect.poll(answer, { timeout: 45_000, interval: 250 }).toBe('1');
  },
);

if (!existsSync(PROMETHEUS)) console.log('NOT TESTED: Prometheus itself. It is not installed (Debian: prometheus).');
