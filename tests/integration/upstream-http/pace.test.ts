import { describe, expect } from 'vitest';
import { FakeClock } from '#tests/support/fake-clock';
import {
  handshake,
  result,
  type Script,
  sendEvent,
  sendJson,
  startEvents,
  wireTest as test,
} from '#tests/support/servers/scripted-http';

const MINUTE = 60_000;
type Stream = (res: Parameters<Script>[1]) => void;

const write = (res: Parameters<Script>[1], text: string): void => {
  startEvents(res);
  res.write(text);
};

/** Streams of a server that ends them at once, in every way. */
const AT_ONCE: [string, Stream][] = [
  ['nothing', (res) => startEvents(res)],
  ['retry: 0', (res) => write(res, 'retry: 0\n\n')],
  ['a comment and retry: 1', (res) => write(res, ': hi\nretry: 1\n\n')],
  ['an event without data', (res) => write(res, 'id: p-1\nretry: 0\ndata: \n\n')],
  ['503 and Retry-After: 0', (res) => void res.writeHead(503, { 'retry-after': '0' })],
  [
    '429 and Retry-After in the past',
    (res) => void res.writeHead(429, { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }),
  ],
];

/** Lets a minute pass, in steps between which sockets get their turns, and counts the requests that it brings. */
async function aMinute(clock: FakeClock, count: () => number): Promise<number> {
  const before = count();
  for (let ms = 0; ms < MINUTE; ms += 500) {
    clock.advance(500);
    for (let turn = 0; turn < 8; turn += 1) await new Promise(setImmediate);
  }
  return count() - before;
}

describe('a server that ends its streams at once is asked less and less', () => {
  test.for(AT_ONCE)('on the standalone stream, with %s', async ([_, stream], { serve, connect }) => {
    const clock = new FakeClock();
    const server = await serve((asked, res) => {
      if (asked.method !== 'GET') return void handshake(asked, res);
      stream(res);
      res.end();
    });
    const wire = connect(server.url, null, {}, clock);
    await wire.initialize();
    await server.nth(2);
    const asked = await aMinute(clock, () => server.asked.length);
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(8);
  });

  test.for(AT_ONCE)('on the stream of a call, with %s', async ([_, stream], { serve, connect }) => {
    const clock = new FakeClock();
    const server = await serve((asked, res) => {
      if (asked.method === 'POST' && asked.body.method === 'tools/call') {
        startEvents(res);
        sendEvent(res, 'a-1', '', 0);
        res.end();
      } else if (!handshake(asked, res)) {
        stream(res);
        res.end();
      }
    });
    const wire = connect(server.url, null, {}, clock);
    await wire.initialize();
    await server.nth(2);
    wire.begin('tools/call');
    await server.nth(3);
    const asked = await aMinute(clock, () => server.asked.length);
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(14);
  });
});

test('streams that bring messages are opened again after 1 s', async ({ serve, connect }) => {
  const clock = new FakeClock();
  const server = await serve((asked, res) => {
    if (asked.method !== 'GET') return void handshake(asked, res);
    startEvents(res);
    sendEvent(res, null, { jsonrpc: '2.0', method: 'notifications/tools/list_changed' }, 0);
    res.end();
  });
  const wire = connect(server.url, null, {}, clock);
  await wire.initialize();
  await server.nth(2);
  const asked = await aMinute(clock, () => server.asked.length);
  expect(asked).toBeGreaterThan(20);
  expect(asked).toBeLessThanOrEqual(61);
});

test('a server that asks for a long pause gets it, and none without end', async ({ serve, connect }) => {
  const clock = new FakeClock();
  const server = await serve((asked, res) => {
    if (asked.method !== 'GET') return void handshake(asked, res);
    res.writeHead(503, { 'retry-after': '86400' }).end();
  });
  const wire = connect(server.url, null, {}, clock);
  await wire.initialize();
  await server.nth(2);
  for (let minute = 0; minute < 4; minute += 1) expect(await aMinute(clock, () => server.asked.length)).toBe(0);
  const more = [await aMinute(clock, () => server.asked.length), await aMinute(clock, () => server.asked.length)];
  expect(more.toSorted()).toEqual([0, 1]);
});

test('a call that is not asked anything is not sent again at once', async ({ serve, connect }) => {
  const clock = new FakeClock();
  const server = await serve((asked, res) => {
    const { id, method } = asked.body;
    if (method === 'server/discover') {
      sendJson(res, 200, result(id, { supportedVersions: ['2026-07-28'], capabilities: { tools: {} } }));
    } else if (method === 'tools/call')
      sendJson(res, 200, result(id, { resultType: 'input_required', requestState: 's' }));
    else sendJson(res, 400, { jsonrpc: '2.0', id: null, error: { code: -32600, message: 'no' } });
  });
  const wire = connect(server.url, null, {}, clock);
  await wire.initialize();
  wire.begin('tools/call', { name: 'x' });
  const calls = () => server.asked.filter(({ body }) => body.method === 'tools/call').length;
  expect(await aMinute(clock, calls)).toBeLessThanOrEqual(8);
});
