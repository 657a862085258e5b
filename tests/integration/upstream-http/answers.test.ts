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
import { messagesIn } from '#src/main/http-client/answer-body';
import { textOf } from '#src/main/mcp/message-text';
import { handshake, result, sendJson, startEvents, wireTest as test } from '#tests/support/servers/scripted-http';

/** How servers and what stands in front of them dress up their answers. */

const resultText = (id: string) => JSON.stringify(result(id));

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
      res.end(pack(params.stream ? `data: ${resultText(id)}\n\n` : resultText(id)));
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
      gzip.write(`data: ${resultText(asked.body.id)}\n\n`);
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
      res.end(`data: ${resultText(asked.body.id)}\n\n`);
    });
    const wire = connect(server.url);
    await wire.initialize();
    expect((await wire.call('a')).error?.message).toContain('compressed its answer as "compress"');
  });
});

test('parameters and results go over HTTP to the letter, on both kinds of answers', async ({ serve, connect }) => {
  const sample = '{ "id":1917043659912705297,"n":[1.0,-0,1e400],"a":1,"a":2,"s":"\\u00e9" }';
  const bodies: string[] = [];
  const server = await serve((asked, res) => {
    if (handshake(asked, res)) return;
    const { id, params } = asked.body;
    const text = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},\n"result":{"structuredContent":${sample}}}`;
    bodies.push(asked.text);
    res.writeHead(200, { 'content-type': params.stream ? 'text/event-stream' : 'application/json' });
    res.end(params.stream ? `data: ${text.replace('\n', '\ndata: ')}\n\n` : text);
  });
  const wire = connect(server.url);
  await wire.initialize();
  for (const stream of [false, true]) {
    const params = `{"stream":${stream},"arguments":${sample}}`;
    const sent = `{"jsonrpc":"2.0","id":"${stream}","method":"tools/call","params":${params}}`;
    const [message] = messagesIn(sent);
    if (message) wire.connection.send(message);
    const answer = await wire.answerTo(String(stream));
    expect(textOf(answer)).toBe(`{"jsonrpc":"2.0","id":"${stream}","result":{"structuredContent":${sample}}}`);
    expect(bodies.at(-1)).toBe(sent);
  }
});

test('a byte order mark is skipped, in front of a body, a stream or a message', async ({ serve, connect }) => {
  const server = await serve((asked, res) => {
    if (handshake(asked, res)) return;
    const { id, params } = asked.body;
    res.writeHead(200, { 'content-type': params.stream ? 'text/event-stream' : 'application/json' });
    res.end(params.stream ? `\uFEFFdata: \uFEFF${resultText(id)}\n\n` : `\uFEFF${resultText(id)}`);
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
