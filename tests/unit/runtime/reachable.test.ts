import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { unreachable } from '../../../scripts/runtime/downloads/reachable.mjs';

async function serve(answer: RequestListener): Promise<{ url: string; close: () => void }> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

test('takes any answer for an answer', async () => {
  const { url } = await serve((_, response) => response.writeHead(404).end());
  expect(await unreachable(url, 5_000)).toBeUndefined();
});

test('waits only so long for a host that says nothing', async () => {
  const { url } = await serve(() => {});
  expect(await unreachable(url, 200)).toBe('no answer in 0.2 s');
});

test('says why a host cannot be reached', async () => {
  const { url, close } = await serve(() => {});
  close();
  expect(await unreachable(url, 5_000)).toBe('fetch failed (ECONNREFUSED)');
});
