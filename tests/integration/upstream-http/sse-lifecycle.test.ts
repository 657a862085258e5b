import { describe, expect } from 'vitest';
import { FakeClock } from '#tests/support/fake-clock';
import { disposing } from '#tests/support/fixtures';
import { counter } from '#tests/support/servers/configs';
import { initializeResult } from '#tests/support/servers/scripted-http';
import { openStream, type ScriptedSse, type SseScript, startScriptedSse } from '#tests/support/servers/scripted-sse';
import { SdkSse } from '#tests/support/servers/sdk-sse';
import { type TestChannel, upstreamTest } from '../upstream/support';

/** Older servers over HTTP+SSE as Holdfast supervises them: what ends, what comes back, and who is told. */

const SESSION = `s_${'a'.repeat(22)}`;
const OTHER = `s_${'b'.repeat(22)}`;
const MINUTE = 60_000;

const test = upstreamTest
  .extend('remote', async ({}, { onCleanup }) => {
    const remote = await SdkSse.start();
    onCleanup(() => remote.kill());
    return remote;
  })
  .extend('serveSse', ({}, { onCleanup }) => disposing(onCleanup, startScriptedSse, (server) => server.stop()));

const textsOf = async (end: TestChannel, name: string) => {
  const { result: said } = await end.request('tools/call', { name, arguments: {} });
  return (said as { content: { text: string }[] }).content.map(({ text }) => text);
};

const scripted = (server: ScriptedSse, policy: 'shared' | 'per-session' = 'per-session') => ({
  ...counter('far', { policy }),
  target: { kind: 'http', url: server.url, headers: {}, sse: true } as const,
  fingerprint: server.url,
});

describe('a server over HTTP+SSE', () => {
  test('has a stream for each session, which ends with it', async ({ remote, startWith }) => {
    const upstream = await startWith(remote.config('far'));
    const [end, other] = [await upstream.use('far', SESSION), await upstream.use('far', OTHER)];
    expect(await end.call('count')).toEqual({ n: 1 });
    expect(await end.call('count')).toEqual({ n: 2 });
    expect(await other.call('count')).toEqual({ n: 1 });
    expect(remote.transports.size).toBe(2);
    const { payload } = await upstream.event('server_started', 2);
    expect(payload).toMatchObject({ pid: null, cause: 'use', state_lost: false });
    upstream.publish({ seq: 1, at: 0, session_id: SESSION, kind: 'session_expired', payload: {} });
    await expect.poll(() => remote.transports.size).toBe(1);
    expect(upstream.keeper.keeper).toBeNull();
  });

  test('that is killed fails the call that ran, says that its state is gone, and is used again', async ({
    remote,
    startWith,
  }) => {
    const upstream = await startWith(remote.config('far'));
    const end = await upstream.use('far', SESSION, true);
    await textsOf(end, 'count');
    const running = end.request('tools/call', { name: 'wait', arguments: {} });
    await expect.poll(() => remote.held).toBe(1);
    await remote.kill();
    expect((await running).error?.message).toBe(
      'The server "far" closed its event stream. The outcome of the call is unknown.',
    );
    expect((await upstream.event('server_stopped')).payload).toMatchObject({ reason: 'crashed', calls_lost: 1 });
    await remote.listen();
    expect((await upstream.event('server_started', 2)).payload).toMatchObject({ state_lost: true });
    expect(await textsOf(end, 'count')).toEqual([
      '{"n":1}',
      expect.stringMatching(/^\[Holdfast\] At .* the server "far" began anew: it closed its event stream\./),
    ]);
    expect(remote.counted).toBe(2);
  });

  test('that forgot the session gets another, and the call goes through once', async ({ remote, startWith }) => {
    const upstream = await startWith(remote.config('far'));
    const end = await upstream.use('far', SESSION);
    await end.call('count');
    remote.transports.clear();
    expect(await end.call('count')).toEqual({ n: 1 });
    const { payload } = await upstream.event('server_session_renewed');
    expect(payload).toMatchObject({ server: 'far', reason: 'does not know the session any more' });
    expect([remote.opened, remote.counted]).toEqual([2, 2]);
    expect(upstream.eventsOf('server_stopped')).toEqual([]);
  });

  test('is initialized anew after a restart of Holdfast, and what ran is not promised', async ({ remote, start }) => {
    const configs = [remote.config('far')];
    let upstream = await start({ configs });
    const before = await upstream.use('far', SESSION);
    await before.call('count');
    const id = before.nextId;
    void before.request('tools/call', { name: 'wait', arguments: {} });
    await expect.poll(() => remote.held).toBe(1);
    const { folder } = upstream;
    await upstream.release();
    await expect.poll(() => remote.transports.size).toBe(0);
    upstream = await start({ folder, configs });
    upstream.servers.open();
    const end = await upstream.channel('far', SESSION);
    expect(end.channel.resume?.([{ id } as never])).toEqual([id]);
    await end.initialize();
    expect(await end.call('count')).toEqual({ n: 1 });
    expect((await upstream.event('server_started')).payload).toMatchObject({ state_lost: true });
    expect(upstream.eventsOf('server_adopted')).toEqual([]);
    expect(remote.opened).toBe(2);
  });

  test('says what has changed', async ({ remote, startWith }) => {
    const upstream = await startWith(remote.config('far'));
    const end = await upstream.use('far', SESSION);
    await textsOf(end, 'grow');
    await end.message('notifications/tools/list_changed');
    const { result: listed } = await end.request('tools/list');
    expect((listed as { tools: { name: string }[] }).tools.map(({ name }) => name)).toContain('grown');
  });

  test('is tested like any other', async ({ remote, startWith }) => {
    const upstream = await startWith(remote.config('far'));
    expect(await upstream.servers.test(remote.config('far'))).toMatchObject({
      ok: true,
      server_info: { name: 'older' },
      tools: expect.arrayContaining(['count', 'wait']),
      stderr_tail: [],
    });
    await expect.poll(() => remote.transports.size).toBe(0);
  });

  test('is asked for no session-less use', async ({ remote, startWith }) => {
    const upstream = await startWith(remote.config('far'));
    expect(upstream.servers.httpTargetOf('far')).toBeNull();
  });
});

describe('a server whose streams end at once is asked less and less', () => {
  const scripts: [string, SseScript][] = [
    ['before anything', { open: (res) => void res.writeHead(200, { 'content-type': 'text/event-stream' }).end() }],
    [
      'with retry: 0',
      { open: (res) => void res.writeHead(200, { 'content-type': 'text/event-stream' }).end('retry: 0\n\n') },
    ],
    [
      'after the endpoint event',
      {
        open: (res) => {
          openStream(res);
          res.end();
        },
      },
    ],
    [
      'after it is initialized',
      {
        post: ({ body }, res, sse) => {
          res.writeHead(202).end();
          if (body.method === 'initialize') sse.say(initializeResult(body.id, '2024-11-05'));
          else sse.streams.at(-1)?.end();
        },
      },
    ],
    [
      'by not knowing its own session',
      {
        post: ({ body }, res, sse) => {
          if (body.method !== 'initialize') return res.writeHead(404).end();
          res.writeHead(202).end();
          sse.say(initializeResult(body.id, '2024-11-05'));
        },
      },
    ],
    ['with 503', { open: (res) => void res.writeHead(503, { 'retry-after': '0' }).end() }],
  ];

  test.for(scripts)('%s', async ([_, script], { serveSse, start }) => {
    const clock = new FakeClock();
    const server = await serveSse(script);
    const upstream = await start({ configs: [scripted(server, 'shared')], clock });
    upstream.servers.open();
    upstream.servers.warmUp();
    const pass = async () => {
      for (let ms = 0; ms < MINUTE; ms += 500) {
        clock.advance(500);
        for (let turn = 0; turn < 12; turn += 1) await new Promise(setImmediate);
      }
      return server.streams.length;
    };
    const first = await pass();
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(8);
    expect((await pass()) - first).toBeLessThanOrEqual(4);
  });
});

test('a server that floods is read no faster than others can be served', async ({ serveSse, start }) => {
  let written = 0;
  const server = await serveSse({
    post: ({ body }, res, sse) => {
      if (body.method !== 'tools/call') return false;
      res.writeHead(202).end();
      const hint = `data: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info' } })}\n\n`;
      const stream = sse.streams.at(-1);
      const more = () => {
        if (stream?.destroyed !== false) return;
        written += 100;
        if (stream.write(hint.repeat(100))) setImmediate(more);
        else stream.once('drain', more);
      };
      more();
    },
  });
  const upstream = await start({ configs: [scripted(server), counter('good')] });
  const good = await upstream.use('good', OTHER);
  await good.call('peek');
  const bad = await upstream.use('far', SESSION);
  void bad.request('tools/call', { name: 'flood', arguments: {} });
  for (let n = 1; n <= 100; n += 1) expect(await good.call('count')).toMatchObject({ n });
  // What is not read waits on its way. All of it is read where there are no turns.
  expect(bad.heard.length).toBeGreaterThan(0);
  expect(bad.heard.length).toBeLessThan(written / 10);
});
