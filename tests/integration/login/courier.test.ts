import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { CourierLink } from '#src/main/upstream/login/courier/courier-link';
import { FakeClock, passTime } from '#tests/support/fake-clock';
import { folderTest } from '#tests/support/fixtures';
import { FaultyHttp, send } from '#tests/support/login/faulty-http';
import { courierProgram } from '#tests/support/login/test-logins';

/* The process that sends what must not be lost sends it once. */

const KEY = Buffer.alloc(32, 7).toString('base64url');
const IDLE_MS = 20_000;

const test = folderTest
  .extend('http', async ({}, { onCleanup }) => {
    const http = await FaultyHttp.start(() => 'token');
    http.handle((_, res) => send(res, { status: 200, body: { n: http.arrivals.length } }));
    onCleanup(() => http.close());
    return http;
  })
  .extend('clock', () => new FakeClock())
  .extend('courier', ({ folder, clock }, { onCleanup }) => {
    const courier = new CourierLink(folder, clock, courierProgram);
    onCleanup(async () => courier.close());
    return courier;
  })
  .extend('post', ({ courier, clock, http }) => async (id: string, key = KEY): Promise<unknown> => {
    const answer = courier.fetchFor(id, key, true)(`${http.origin}/token`, { method: 'POST', body: 'a=b' });
    return (await passTime(clock, answer)).json();
  });

test('a request that was made under an id is not made again', async ({ post, http, courier, folder }) => {
  expect(await post('one')).toEqual({ n: 1 });
  expect(await post('one')).toEqual({ n: 1 });
  expect(http.arrivals).toHaveLength(1);
  await courier.forget('one');
  expect(readdirSync(join(folder, 'secrets'))).toEqual([]);
});

test('two who ask for the same get the same answer, and the first may forget it', async ({ http, courier, clock }) => {
  const ask = () => courier.fetchFor('one', KEY, true)(`${http.origin}/token`, { method: 'POST', body: 'a=b' });
  http.fault('token', 'hold', 1);
  const first = ask();
  await http.nth('token', 0);
  const second = ask();
  http.release();
  // No time passes yet: the second does not look before the answer is gone.
  expect(await (await first).json()).toEqual({ n: 1 });
  await courier.forget('one');
  expect(await (await passTime(clock, second)).json()).toEqual({ n: 1 });
  expect(http.arrivals).toHaveLength(1);
});

test('what is asked while an idle process ends is asked once, by the next', async ({ post, http, clock }) => {
  await post('one');
  for (let round = 0; round < 3; round += 1) {
    clock.advance(IDLE_MS);
    expect(await post(`next ${round}`)).toEqual({ n: round + 2 });
  }
  expect(http.arrivals).toHaveLength(4);
});

test.for([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['deflate', deflateSync],
] as const)('an answer that comes as %s is read', async ([coding, compress], { post, http }) => {
  http.handle((req, res) => {
    expect(req.headers['accept-encoding']).toBe('identity');
    res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': coding });
    res.end(compress('{"access_token":"a","token_type":"Bearer"}'));
  });
  expect(await post('one')).toEqual({ access_token: 'a', token_type: 'Bearer' });
});

test('addresses that are not allowed are not asked', async ({ courier, http }) => {
  const ask = (url: string, allowsLoopback: boolean) =>
    courier.fetchFor('one', KEY, allowsLoopback)(url, { method: 'POST' });
  await expect(ask(`${http.origin}/token`, false)).rejects.toThrow(/an address on this machine/);
  await expect(ask('http://elsewhere.example/token', true)).rejects.toThrow(/neither https/);
  await expect(ask('file:///etc/passwd', true)).rejects.toThrow(/neither https/);
  expect(http.arrivals).toEqual([]);
});
