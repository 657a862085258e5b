import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { describe, expect } from 'vitest';
import { HoldfastError } from '#src/shared/errors';
import { Api } from '#tests/support/clients/api';
import { openRaw, rawRequest, readAnswer } from '#tests/support/clients/raw-http';
import { disposing } from '#tests/support/fixtures';
import { hostTest } from '#tests/support/hosts/test-host';

const test = hostTest
  /** Lets another program listen; resolves with the port. */
  .extend('occupy', ({}, { onCleanup }) => {
    const listen = disposing(
      onCleanup,
      (server: Server, address: string) =>
        new Promise<Server>((resolve, reject) => {
          server.once('error', reject).listen(0, address, () => resolve(server));
        }),
      (server) => new Promise((resolve) => server.close(resolve)),
    );
    return async (server: Server, address = '127.0.0.1') =>
      ((await listen(server, address)).address() as AddressInfo).port;
  })
  /** Why a Holdfast does not start on a port. */
  .extend(
    'failureAt',
    ({ startHost }) =>
      (port: number): Promise<HoldfastError> =>
        startHost({ port }).then(
          () => Promise.reject(),
          (error) => error,
        ),
  );

const says = (body: string) => createHttpServer((_req, res) => res.end(body));

describe('a stop', () => {
  test('does not wait for a connection on which nothing ever came', async ({ host }) => {
    const spare = connect(Number(new URL(host.url).port), '127.0.0.1');
    await once(spare, 'connect');
    // One answer on another connection shows that the server has taken the earlier one too.
    await fetch(`${host.url}/api/mcp/health`);
    const cut = once(spare, 'close').then(() => 'cut');
    const deadline = new Promise((resolve) => setTimeout(resolve, 1_000, 'deadline'));
    const stopped = host.stop();
    expect(await Promise.race([cut, deadline])).toBe('cut');
    await stopped;
  });
});

describe('a port that is taken', () => {
  test.for<[string, () => Server]>([
    ['a web server', () => says('hello')],
    ['a web server with JSON', () => says('{"name":"something else"}')],
    ['a web server with null', () => says('null')],
    [
      'a web server with an endless answer',
      () =>
        createHttpServer((_req, res) => {
          const more = () => {
            while (res.writable && res.write('x'.repeat(10_000)));
          };
          res.on('drain', more);
          more();
        }),
    ],
    ['something that hangs up', () => createServer((socket) => socket.destroy())],
    [
      'something that says no HTTP',
      () =>
        createServer((socket) =>
          socket
            .on('error', () => {})
            .resume()
            .end('SSH-2.0-nothing\r\n'),
        ),
    ],
  ])('by %s is named, with the setting', async ([_what, make], { occupy, failureAt }) => {
    const port = await occupy(make());
    const error = await failureAt(port);
    expect(error).toBeInstanceOf(HoldfastError);
    expect(error.code).toBe('port_in_use');
    expect(error.message).toContain(`Port ${port}`);
    expect(error.message).toContain('HOLDFAST_PORT');
  });

  test('by something that never answers is named within three seconds', async ({ occupy, failureAt }) => {
    const sockets: { destroy(): void }[] = [];
    const port = await occupy(createServer((socket) => void sockets.push(socket.on('error', () => {}))));
    const before = performance.now();
    expect((await failureAt(port)).code).toBe('port_in_use');
    expect(performance.now() - before).toBeLessThan(3_000);
    for (const socket of sockets) socket.destroy();
  });

  test('on IPv6 alone is taken too: "localhost" would lead to the other program', async ({ occupy, failureAt }) => {
    const port = await occupy(createServer(), '::1').catch(() => null);
    if (port === null) {
      console.log('SKIPPED: this machine has no IPv6 loopback address');
      return;
    }
    expect((await failureAt(port)).code).toBe('port_in_use');
    // Nothing is left listening on the half that was free.
    await expect(openRaw(port)).rejects.toThrow('ECONNREFUSED');
  });

  test('by Holdfast says that it is running already', async ({ host, failureAt }) => {
    const { port } = host;
    expect((await failureAt(port)).code).toBe('already_running');
    expect((await fetch(`http://127.0.0.1:${port}/api/mcp/health`)).status).toBe(200);
  });

  test('is free again when Holdfast has stopped', async ({ host, startHost }) => {
    await host.stop();
    expect((await startHost({ port: host.port })).port).toBe(host.port);
  });
});

describe('a stop with work in flight', () => {
  test('lets a request in flight finish and takes no more', async ({ host }) => {
    const headers = [`Host: 127.0.0.1:${host.port}`, `Authorization: Bearer ${host.adminKey}`];
    const body = JSON.stringify({ name: 'in flight' });
    const busy = await openRaw(host.port);
    busy.write(
      rawRequest('POST /api/mcp/clients', [
        ...headers,
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
      ]),
    );
    const idle = await openRaw(host.port);
    idle.write(rawRequest('GET /api/mcp/health', headers));
    await readAnswer(idle);
    const idleEnded = new Promise<void>((resolve) => idle.once('close', () => resolve()));
    const stopped = host.stop();
    await idleEnded;
    busy.write(body);
    expect((await readAnswer(busy)).status).toBe(201);
    await stopped;
    await expect(openRaw(host.port)).rejects.toThrow('ECONNREFUSED');
  });

  test('cuts what does not end by itself', async ({ host }) => {
    const hanging = await openRaw(host.port);
    const ended = new Promise<void>((resolve) => hanging.once('close', () => resolve()));
    hanging.write('POST /api/mcp/clients HTTP/1.1\r\nHost: 127.0.0.1');
    const before = performance.now();
    await host.stop();
    await ended;
    expect(performance.now() - before).toBeLessThan(3_000);
  });

  test('may be requested twice', async ({ host }) => {
    await Promise.all([host.stop(), host.stop()]);
  });
});

describe('the first moment', () => {
  test('has an answer for whoever comes before everything is loaded', async ({ host }) => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => new Api(host, host.adminKey).get('/api/mcp/sessions')),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  });
});
