import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { disposing } from '#tests/support/fixtures';
import { ask, connectRaw, keeperAddress } from './raw-supervisor';
import { Heard, keeperTest, nodeTarget } from './support';

const MANY = 256;
const MEBIBYTE = 1024 * 1024;

async function listening(server: Server, port = 0): Promise<number> {
  server.listen({ host: '127.0.0.1', port, exclusive: true });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether somebody accepts connections there. */
async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const [event] = await Promise.race([once(socket, 'connect').then(() => ['open']), once(socket, 'error')]).catch(
    () => [null],
  );
  socket.destroy();
  return event === 'open';
}

/** Resolves when the socket is closed, whatever it has not read. */
const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.resume().once('close', () => resolve());
    if (socket.destroyed) resolve();
  });

/** Waits until the door is open. */
async function opened(port: number): Promise<void> {
  while (!(await isOpen(port))) await delay(2);
}

const test = keeperTest
  .extend('port', () => freePort())
  .extend('newClient', ({ port }, { onCleanup }) =>
    disposing(
      onCleanup,
      async () => {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => {});
        await once(socket, 'connect');
        return socket;
      },
      (socket: Socket) => socket.destroy(),
    ),
  )
  /** A supervisor that says which port is to be minded, and is gone. */
  .extend('vanish', ({ folder, openLink }) => async (port: number, ...orders: object[]): Promise<void> => {
    const link = openLink();
    await link.spawn('a', nodeTarget('process.stdin.resume()'), new Heard());
    await link.release();
    const socket = await connectRaw(folder);
    // Of a process that is dead.
    const { pid } = spawnSync('true');
    const { secret } = keeperAddress(folder);
    expect(await ask(socket, { do: 'hello', version: 1, secret, pid })).not.toHaveProperty('error');
    socket.removeAllListeners();
    for (const order of [{ do: 'mind', port }, ...orders]) {
      await ask(socket, order);
      socket.removeAllListeners();
    }
    socket.destroy();
  })
  .extend('endpoint', ({}, { onCleanup }) => {
    const server = createServer((socket) => socket.on('error', () => {}));
    onCleanup(() => void server.close());
    return server;
  });

describe('while no supervisor is there, the keeper', () => {
  test('holds what comes in, and passes it on to the next one, which learns first from whom it comes', async ({
    port,
    vanish,
    newClient,
    openLink,
    endpoint,
  }) => {
    await vanish(port);
    await opened(port);
    const client = await newClient();
    client.write('request');
    const silent = await newClient();
    const link = openLink();
    await link.attach();
    await link.freePort();
    await listening(endpoint, port);
    const seen: string[] = [];
    const sawFirst = new Promise<void>((resolve) =>
      endpoint.on('connection', (socket) =>
        socket.on('data', (bytes) => {
          seen.push(`${bytes}`);
          socket.end(`answer to ${bytes}`);
          resolve();
        }),
      ),
    );
    await link.mindPort(port, (passed) => {
      seen.push(...passed.map(({ peer_port, peer_address }) => `${peer_address} ${peer_port}`));
    });
    await sawFirst;
    const peers = [client, silent].map(({ localPort }) => `127.0.0.1 ${localPort}`);
    expect(seen).toEqual([...peers, 'request']);
    expect(await text(client)).toBe('answer to request');
    silent.end('later');
    expect(await text(silent)).toBe('answer to later');
  });

  test('minds no port after a quit by a person', async ({ port, vanish }) => {
    await vanish(port, { do: 'mind', port: 0 });
    await delay(200);
    expect(await isOpen(port)).toBe(false);
  });

  test('leaves a port alone that another program has, even when it is free later', async ({
    port,
    vanish,
    endpoint,
  }) => {
    await listening(endpoint, port);
    await vanish(port);
    await delay(200);
    endpoint.close();
    await once(endpoint, 'close');
    await delay(200);
    expect(await isOpen(port)).toBe(false);
  });

  test('holds a bounded number of connections and of bytes', async ({ port, vanish, newClient }) => {
    await vanish(port);
    await opened(port);
    const clients = await Promise.all(Array.from({ length: MANY }, () => newClient()));
    const oneTooMany = await newClient();
    await closed(oneTooMany);
    const [first, second] = clients;
    first?.write(Buffer.alloc(6 * MEBIBYTE));
    second?.write(Buffer.alloc(3 * MEBIBYTE));
    await Promise.race([first, second].map((client) => client && closed(client)));
    expect(clients.filter(({ destroyed }) => destroyed)).toHaveLength(1);
  });

  test('closes what it holds when the next one listens elsewhere', async ({ port, vanish, newClient, openLink }) => {
    await vanish(port);
    await opened(port);
    const client = await newClient();
    const link = openLink();
    await link.attach();
    await link.mindPort(await freePort(), () => expect.unreachable('nothing is passed on'));
    await closed(client);
    expect(await isOpen(port)).toBe(false);
  });
});
