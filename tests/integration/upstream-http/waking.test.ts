import type { ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, vi } from 'vitest';
import { MINUTE, SECOND } from '#src/shared/model/units';
import { FakeClock, passTime } from '#tests/support/fake-clock';
import { disposing } from '#tests/support/fixtures';
import { SilentProxy } from '#tests/support/proxies/silent-proxy';
import {
  type Asked,
  initializeResult,
  result,
  type Script,
  sendEvent,
  sendJson,
  startEvents,
  wireTest,
} from '#tests/support/servers/scripted-http';

const WAKING = { left: 30 * SECOND };

const test = wireTest.extend('silent', ({}, { onCleanup }) =>
  disposing(onCleanup, SilentProxy.start, (proxy) => proxy.close()),
);

/** Plain answers, and a standalone stream that stays open. */
const script =
  (streams: ServerResponse[] = [], special: (asked: Asked, res: ServerResponse) => boolean = () => false): Script =>
  (asked, res) => {
    if (special(asked, res)) return;
    const { method, body } = asked;
    if (method === 'GET') {
      startEvents(res);
      streams.push(res);
    } else if (body?.id === undefined) res.writeHead(202).end();
    else if (body.method === 'initialize') sendJson(res, 200, initializeResult(body.id), { 'mcp-session-id': 's1' });
    else sendJson(res, 200, result(body.id, { is: body.method }));
  };

const until = async (isSo: () => boolean) => expect.poll(isSo, { interval: 1, timeout: 5_000 }).toBe(true);
const gets = (asked: readonly Asked[]) => asked.filter(({ method }) => method === 'GET');

describe('a connection whose peer vanished while the machine slept', () => {
  test('is replaced: the stream is open again at once, and goes on after its last event', async ({
    serve,
    silent,
    connect,
  }) => {
    const streams: ServerResponse[] = [];
    const server = await serve(script(streams));
    const proxy = await silent(server.port);
    const wire = connect(proxy.url);
    await wire.initialize();
    await expect.poll(() => streams.length).toBe(1);
    if (streams[0]) sendEvent(streams[0], '7', { jsonrpc: '2.0', method: 'notifications/x' });
    await wire.until(() => wire.heard.some(({ message }) => 'method' in message), 'the event');
    await proxy.silence();
    await proxy.network();
    const before = performance.now();
    wire.connection.wake();
    await expect.poll(() => gets(server.asked).length).toBe(2);
    expect(performance.now() - before).toBeLessThan(SECOND);
    expect(gets(server.asked)[1]?.headers['last-event-id']).toBe('7');
    expect(await wire.call('tools/call')).toMatchObject({ result: { is: 'tools/call' } });
    expect(wire.end).toBeNull();
  });

  test('is not used for a call, though it was kept for the next one', async ({ serve, silent, connect }) => {
    const server = await serve(script());
    const proxy = await silent(server.port);
    const wire = connect(proxy.url);
    await wire.initialize();
    await wire.call('tools/call');
    await proxy.silence();
    await proxy.network();
    wire.connection.wake();
    const before = performance.now();
    await wire.call('tools/call');
    expect(performance.now() - before).toBeLessThan(SECOND);
  });

  test('is not used for a call that comes before anybody has noticed the sleep', async ({ serve, silent, connect }) => {
    const server = await serve(script());
    const proxy = await silent(server.port);
    const wire = connect(proxy.url);
    await wire.initialize();
    await wire.call('tools/call');
    await proxy.silence();
    await proxy.network();
    const now = Date.now() + 8 * 60 * MINUTE;
    const wall = vi.spyOn(Date, 'now').mockImplementation(() => now);
    onTestFinished(() => wall.mockRestore());
    expect(await wire.call('tools/call')).toMatchObject({ result: { is: 'tools/call' } });
  });

  test('does not keep a call from its answer, if the stream of that can be resumed', async ({
    serve,
    silent,
    connect,
  }) => {
    const server = await serve(
      script([], ({ method, headers, body }, res) => {
        if (body?.method === 'tools/call') {
          startEvents(res);
          sendEvent(res, 'c.1', { jsonrpc: '2.0', method: 'notifications/progress' });
          return true;
        }
        if (method !== 'GET' || headers['last-event-id'] !== 'c.1') return false;
        startEvents(res);
        sendEvent(res, 'c.2', result('test-2', { is: 'late' }));
        res.end();
        return true;
      }),
    );
    const proxy = await silent(server.port);
    const wire = connect(proxy.url);
    await wire.initialize();
    const id = wire.begin('tools/call');
    expect(id).toBe('test-2');
    await wire.until(() => wire.heard.some(({ message }) => 'method' in message), 'the first event');
    await proxy.silence();
    await proxy.network();
    wire.connection.wake();
    expect(await wire.answerTo(id)).toMatchObject({ result: { is: 'late' } });
  });

  test('a call whose answer may still come is not given up', async ({ serve, connect }) => {
    let answer = () => {};
    const server = await serve(
      script([], ({ body }, res) => {
        if (body?.method !== 'tools/call') return false;
        answer = () => sendJson(res, 200, result(body.id, { is: 'done' }));
        return true;
      }),
    );
    const wire = connect(server.url);
    await wire.initialize();
    const id = wire.begin('tools/call');
    await expect.poll(() => server.asked.some(({ body }) => body?.method === 'tools/call')).toBe(true);
    wire.connection.wake();
    answer();
    expect(await wire.answerTo(id)).toMatchObject({ result: { is: 'done' } });
  });
});

describe('a network that is not back yet', () => {
  test('is waited for in short steps, and the connection lasts', async ({ serve, silent, connect }) => {
    const clock = new FakeClock();
    const streams: ServerResponse[] = [];
    const server = await serve(script(streams));
    const proxy = await silent(server.port);
    const wire = connect(proxy.url, null, {}, clock, undefined, WAKING);
    await passTime(clock, wire.initialize());
    await passTime(
      clock,
      until(() => streams.length === 1),
    );
    await proxy.silence();
    wire.connection.wake();
    const id = wire.begin('tools/call');
    const end = clock.monotonic() + 25 * SECOND;
    while (clock.monotonic() < end) {
      clock.advance(100);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(wire.end).toBeNull();
    await proxy.network();
    const back = clock.monotonic();
    expect(await passTime(clock, wire.answerTo(id))).toMatchObject({ result: { is: 'tools/call' } });
    await passTime(
      clock,
      until(() => streams.length === 2),
    );
    expect(clock.monotonic() - back).toBeLessThan(3 * SECOND);
  });

  test('ends the connection in the end', async ({ serve, silent, connect }) => {
    const clock = new FakeClock();
    const server = await serve(script());
    const proxy = await silent(server.port);
    const wire = connect(proxy.url, null, {}, clock, undefined, WAKING);
    await passTime(clock, wire.initialize());
    await proxy.silence();
    wire.connection.wake();
    wire.begin('tools/call');
    const before = clock.monotonic();
    expect((await passTime(clock, wire.ended())).sentence).toContain('refuses connections');
    expect(clock.monotonic() - before).toBeGreaterThanOrEqual(29 * SECOND);
    expect(clock.monotonic() - before).toBeLessThan(MINUTE);
  });
});
