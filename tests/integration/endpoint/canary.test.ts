import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { WEB } from '#src/shared/contract/web';
import { Api } from '#tests/support/clients/api';
import { BOTH, McpHttp } from '#tests/support/clients/mcp-http';
import { MonitorClient } from '#tests/support/clients/monitor-client';
import { rawRequest, sendRaw } from '#tests/support/clients/raw-http';
import { type KeyHolder, type TestHost, hostTest as test } from '#tests/support/hosts/test-host';

const secrets = new Map<string, string>();

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

/** Uses every secret in every way that it can come in by, rightly and wrongly. */
async function useEverything(host: TestHost, { key, client: { client_id } }: KeyHolder): Promise<void> {
  const admin = new Api(host, host.adminKey);
  const api = new Api(host, key);
  secrets.set('client key', key);
  secrets.set('admin key', host.adminKey);

  const mcp = new McpHttp({ url: `${host.url}/mcp` }, key);
  await mcp.initialize();
  await mcp.request('tools/list');
  const { sessions } = (await api.get('/api/mcp/sessions')).body;
  const one = `/api/mcp/sessions/${sessions[0].session_id}`;
  const token: string = (await api.get(`${one}/token`)).body.reconnect_token;
  secrets.set('reconnect token', token);
  const next: string = (await api.post(`${one}/reconnect`, { token })).body.reconnect_token;
  secrets.set('successor', next);
  await mcp.call('reconnect_session', { session_id: sessions[0].session_id, reconnect_token: next });
  await mcp.call('reconnect_session', { session_id: sessions[0].session_id, reconnect_token: `${next}x` });

  const link = host.createSignInLink();
  const ticket = new URL(link).hash.replace('#ticket=', '');
  secrets.set('ticket', ticket);
  const browser: string = (await new Api(host, null).post(WEB.signIn, { ticket })).body.token;
  secrets.set('browser token', browser);
  await new Api(host, null).post(WEB.signIn, { ticket });
  const created = (await new Api(host, browser).post(`${WEB.rpc}/clients.create`, { name: 'x' })).body.value;
  secrets.set('created key', created.client_key);
  const monitorToken: string = (await admin.post('/api/mcp/monitor-token')).body.monitor_token;
  secrets.set('monitor token', monitorToken);

  for (const secret of [...secrets.values()]) {
    const nobody = new Api(host, `${secret}x`);
    await nobody.get('/api/mcp/sessions');
    await nobody.get(`/api/mcp/sessions/${secret}`);
    await nobody.get(`/api/mcp/sessions?key=${secret}`);
    await nobody.get(`/${secret}?${secret}`);
    await admin.get(`/api/mcp/sessions/${secret}/${secret}`);
    await admin.post(`/api/mcp/sessions/${secret}/reconnect`, { token: secret });
    await admin.post('/api/mcp/clients', { name: 1, [secret]: secret });
    await admin.send('POST', '/api/mcp/clients', `{"name": ${secret}`);
    await admin.post(`${WEB.rpc}/${secret}`, { [secret]: secret });
    await fetch(`${host.url}/mcp/${secret}`, { method: 'POST', headers: { Authorization: secret, Accept: BOTH } });
    for (const dial of [{ key: `${secret}x` }, { protocols: [`holdfast.${secret}x`] }, { query: `?since=${secret}` }]) {
      const client = await MonitorClient.open(host, dial).catch(() => null);
      client?.socket.send(JSON.stringify({ type: 'auth', key: `${secret}x` }));
      await client?.closed;
    }
    await sendRaw(
      host.port,
      rawRequest('GET /mcp', [`Host: ${secret}`, `Origin: ${secret}`, `Cookie: ${secret}`, 'Connection: close']),
    );
    await sendRaw(host.port, `GET / HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\n${secret}\r\n\r\n`);
  }
  const monitor = await MonitorClient.live(host, { protocols: ['holdfast', `holdfast.${browser}`] });
  monitor.send({ type: 'reconnect', session_id: sessions[0].session_id, reconnect_token: `${next}y` });
  await monitor.upTo('reconnect_result');
  monitor.close();
  await new Api(host, browser).post(WEB.signOut);
  await admin.delete(`/api/mcp/clients/${client_id}`);
}

test('no key, token or ticket gets into the database or the log, however it is used', async ({ host, holder }) => {
  await useEverything(host, holder);
  expect([...secrets.keys()]).toHaveLength(8);
  for (const secret of secrets.values()) expect(secret.length).toBeGreaterThan(40);

  const beforeStop = filesBelow(host.folder);
  expect(beforeStop.some((path) => path.endsWith('-wal'))).toBe(true);
  const contents = () =>
    filesBelow(host.folder)
      // The one file that is there to hold the admin key, for the user's eyes only.
      .filter((path) => !path.endsWith('endpoint.json'))
      .map((path) => ({ path, text: readFileSync(path, 'latin1') }));
  const found = [...contents()];
  await host.stop();
  found.push(...contents());
  expect(found.map(({ text }) => text).join()).toContain('a request was refused');
  expect(found.map(({ text }) => text).join()).toContain('session_reconnected');
  for (const { path, text } of found) {
    for (const [name, secret] of secrets) expect(text.includes(secret), `${name} in ${path}`).toBe(false);
  }
});
