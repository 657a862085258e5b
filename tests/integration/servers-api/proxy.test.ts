import type { ServerResponse } from 'node:http';
import { expect } from 'vitest';
import { disposing } from '#tests/support/fixtures';
import { startTestHost } from '#tests/support/hosts/test-host';
import { startHttpProxy } from '#tests/support/proxies/http-proxy';
import { type Asked, handshake, result, sendJson, startScripted } from '#tests/support/servers/scripted-http';
import { Window, windowTest } from './support';

const PASSWORD = 'pr0xy-s3cret';
const ENTRY = { name: 'far', url: 'http://mcp.far.test/mcp' };

const answering = (asked: Asked, res: ServerResponse) => {
  if (!handshake(asked, res)) sendJson(res, 200, result(asked.body?.id, { tools: [] }));
};

const test = windowTest
  .extend('proxy', ({}, { onCleanup }) => disposing(onCleanup, startHttpProxy, (proxy) => proxy.stop()))
  .extend('server', ({}, { onCleanup }) =>
    disposing(
      onCleanup,
      () => startScripted(answering),
      (server) => server.stop(),
    ),
  )
  .extend('behind', ({}, { onCleanup }) =>
    disposing(
      onCleanup,
      (port: number, password: string) =>
        startTestHost({ environment: { http_proxy: `http://ann:${password}@127.0.0.1:${port}` } }),
      (host) => host.remove(),
    ),
  );

test('the proxy of the environment leads to a server, and its password stays with it', async ({
  proxy,
  server,
  behind,
}) => {
  const { port } = await server();
  const between = await proxy({ hosts: { 'mcp.far.test:80': port }, login: `ann:${PASSWORD}` });
  const host = await behind(between.port, PASSWORD);
  const window = await Window.of(host);
  await window.call('servers.save', { server: ENTRY });
  expect(await window.call('servers.test', { name: 'far' })).toMatchObject({ ok: true, error: null });
  expect(between.headers[0]?.['proxy-authorization']).toBe(`Basic ${btoa(`ann:${PASSWORD}`)}`);
  expect(host.log()).not.toContain(PASSWORD);
});

test('a proxy that refuses is said, without its password', async ({ proxy, behind }) => {
  const between = await proxy({ login: 'ann:another' });
  const host = await behind(between.port, PASSWORD);
  const window = await Window.of(host);
  await window.call('servers.save', { server: ENTRY });
  const tested = await window.call('servers.test', { name: 'far' });
  expect(tested.ok).toBe(false);
  expect(tested.error).toContain(
    `at mcp.far.test is asked through the proxy 127.0.0.1:${between.port}, which did not take the user name and password in http_proxy (407); correct them`,
  );
  const said = JSON.stringify([
    tested,
    await window.call('servers.list', {}),
    host.services.store.events.readAfter(0, 500),
  ]);
  for (const secret of [PASSWORD, btoa(`ann:${PASSWORD}`)]) {
    expect(said).not.toContain(secret);
    expect(host.log()).not.toContain(secret);
  }
});
