import {
  brotliCompressSync,
  constants,
  createGzip,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { describe, expect } from 'vitest';
import { handshake, result, sendJson, startEvents, wireTest as test } from '#tests/support/servers/scripted-http';

/** How servers and what stands in front of them dress up their answers. */

const textOf = (id: string) => JSON.stringify(result(id));

describe('a compressed answer', () => {
  const codings: [string, (text: string) => Buffer][] = [
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['GZIP, br', (text) => brotliCompressSync(gzipSync(text))],
    ['identity', (text) => Buffer.from(text)],
  ];

  test.for(codings)('in %s is read, though none was asked for', async ([coding, pack], { serve, connect }) => {
    const server = await serve((asked, res) => {
      if (handshake(asked, res)) return;
      const { id, params } = asked.body;
      const type = params.stream ? 'text/event-stream' : 'application/json';
      res.writeHead(200, { 'content-type': type, 'content-encoding': coding });
      res.end(pack(params.stream ? `data: ${textOf(id)}\n\n` : textOf(id)));
    });
    const wire = connect(server.url);
    await wire.initialize();
    expect(await wire.call('a')).toMatchObject({ result: {} });
    expect(await wire.call('b', { stream: true })).toMatchObject({ result: {} });
    expect(server.asked[0]?.headers['accept-encoding']).toBe('identity');
  });

  test('on a stream is read event by event', async ({ serve, connect }) => {
    const server = await serve((asked, res) => {
      if (handshake(asked, res)) return;
      startEvents(res.setHeader('content-encoding', 'gzip') as typeof res);
      const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
      gzip.pipe(res);
      // Never ended: what was flushed is all there is.
      gzip.write(`data: ${textOf(asked.body.id)}\n\n`);
      gzip.flush();
    });
    const wire = connect(server.url);
    await wire.initialize();
    expect(await wire.call('a')).toMatchObject({ result: {} });
  });

  test('that grows beyond all bounds is refused', async ({ serve, connect }) => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(200 * 1024 * 1024, ' '), { level: 1 }), { level: 1 });
    const server = await serve((asked, res) => {
      if (handshake(asked, res)) return;
      res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip, gzip' });
      res.end(bomb);
    });
    const wire = connect(server.url);
    await wire.initialize();
    expect((await wire.call('a')).error?.message).toContain('more than 64 MB');
  });

  test('in a coding that nobody here knows is told', async ({ serve, connect }) => {
    const server = await serve((asked, res) => {
      if (handshake(asked, res)) return;
      res.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'compress' });
      res.end(`data: ${textOf(asked.body.id)}\n\n`);
    });
    const wire = connect(server.url);
    await wire.initialize();
    expect((await wire.call('a')).error?.message).toContain('compressed its answer as "compress"');
  });
});

test('a byte order mark is skipped, in front of a body, a stream or a message', async ({ serve, connect }) => {
  const server = await serve((asked, res) => {
    if (handshake(asked, res)) return;
    const { id, params } = asked.body;
    res.writeHead(200, { 'content-type': params.stream ? 'text/event-stream' : 'application/json' });
    res.end(params.stream ? `\uFEFFdata: \uFEFF${textOf(id)}\n\n` : `\uFEFF${textOf(id)}`);
  });
  const wire = connect(server.url);
  await wire.initialize();
  expect(await wire.call('a')).toMatchObject({ result: {} });
  expect(await wire.call('b', { stream: true })).toMatchObject({ result: {} });
});

test.for([1, 1_025, 8_192])('a session id of %s characters comes back', async (length, { serve, connect }) => {
  const id = `${'!~'.repeat(length)}`.slice(0, length);
  const server = await serve((asked, res) => {
    if (!handshake(asked, res, id)) sendJson(res, 200, result(asked.body.id));
  });
  const wire = connect(server.url);
  await wire.initialize();
  await wire.call('a');
  expect(server.asked.at(-1)?.headers['mcp-session-id']).toHaveLength(length);
});
