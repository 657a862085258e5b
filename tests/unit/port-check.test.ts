import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { checkPort } from '#src/main/platform/port-check';

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await new Promise((closed) => server.close(closed));
});

async function listenOn(host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, host, listening));
  open.push(server);
  return (server.address() as { port: number }).port;
}

test.each(['127.0.0.1', '::1', '0.0.0.0'])('a port that another program has on %s is taken', async (host) => {
  const port = await listenOn(host);
  expect(await checkPort(port, 1)).toEqual({
    free: false,
    sentence: `Port ${port} is taken by another program. Choose another port, or stop that program.`,
  });
});

test('a free port is free, and is still free after the look', async () => {
  const port = await listenOn('127.0.0.1');
  for (const server of open.splice(0)) await new Promise((closed) => server.close(closed));
  expect(await checkPort(port, 1)).toMatchObject({ free: true });
  expect(await checkPort(port, 1)).toMatchObject({ free: true });
});

test('its own port is not somebody else', async () => {
  const port = await listenOn('127.0.0.1');
  expect(await checkPort(port, port)).toMatchObject({ free: true, sentence: expect.stringContaining('has now') });
});
