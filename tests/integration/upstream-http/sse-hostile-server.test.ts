import { createGzip, constants as zlib } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { messagesIn } from '#src/main/http-client/answer-body';
import { isNotification } from '#src/main/mcp/json-rpc';
import { textOf } from '#src/main/mcp/message-text';
import { NO_LOGIN_SETTINGS } from '#src/main/upstream/login/login-settings';
import { FakeClock, passTime } from '#tests/support/fake-clock';
import { disposing, makeFolder, removeFolder } from '#tests/support/fixtures';
import { testLogins } from '#tests/support/login/test-logins';
import { SilentProxy } from '#tests/support/proxies/silent-proxy';
import { result, sendJson } from '#tests/support/servers/scripted-http';
import {
  MESSAGES,
  openStream,
  type ScriptedSse,
  type SseScript,
  type SseWire,
  sseTest,
} from '#tests/support/servers/scripted-sse';

const test = sseTest
  .extend('silent', ({}, { onCleanup }) => disposing(onCleanup, SilentProxy.start, (proxy) => proxy.close()))
  /** A connection that is initialized, to a server that does what the script says with calls. */
  .extend(
    'initialized',
    ({ serveSse, connectSse }) =>
      async (post: NonNullable<SseScript['post']>, clock?: FakeClock) => {
        const server = await serveSse({
          post: (asked, res, sse) => {
            const { method } = asked.body;
            return method === 'initialize' || method === 'notifications/initialized' ? false : post(asked, res, sse);
          },
        });
        const wire = connectSse(server.url, { Authorization: 'Bearer hush-hush' }, clock);
        await wire.initialize('2024-11-05');
        await server.nth(2);
        return { server, wire };
      },
  );

const errorOf = ({ error }: { error?: { message: string } }) => error?.message;
const MINUTE = 60_000;
const REMEDY = 'check its address, or remove "type": "sse" from its entry if it speaks Streamable HTTP';
const hint = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' };
const hints = ({ heard }: SseWire) => heard.filter(({ message }) => isNotification(message)).length;

/** Lets time pass until a ping is sent, and waits until its answer is heard. */
const pinged = async (wire: SseWire, server: ScriptedSse, clock: FakeClock): Promise<void> => {
  const before = server.asked.length;
  clock.advance(50_000);
  expect((await server.nth(before)).body.method).toBe('ping');
  // Answers come in order.
  const marks = hints(wire);
  server.say(hint);
  await wire.until(() => hints(wire) > marks, 'what is said after the answer');
};

/** Notes every delay that is waited for. */
class NotingClock extends FakeClock {
  readonly asked: number[] = [];

  override after(delay: number, work: () => void): () => void {
    this.asked.push(delay);
    return super.after(delay, work);
  }
}

describe('headers', () => {
  test('of the entry go with the stream and with each message, to the address that the server named', async ({
    serveSse,
    connectSse,
  }) => {
    const urls: unknown[] = [];
    const server = await serveSse({
      post: (_, res) => {
        urls.push(res.req.url);
        return false;
      },
    });
    const wire = connectSse(server.url, { 'X-Team': 'blue', Authorization: 'Bearer hush' });
    await wire.initialize();
    const [get, post, told] = [server.asked[0], await server.nth(1), await server.nth(2)];
    for (const asked of [get, post, told]) {
      expect(asked?.headers).toMatchObject({
        authorization: 'Bearer hush',
        'x-team': 'blue',
        'user-agent': 'holdfast',
      });
      expect(asked?.headers).not.toHaveProperty('mcp-session-id');
    }
    expect(get?.headers.accept).toBe('text/event-stream');
    expect(post.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(urls).toEqual([MESSAGES, MESSAGES]);
  });

  test('do not go where the stream is sent on to', async ({ serveSse, connectSse }) => {
    const elsewhere = await serveSse();
    const server = await serveSse({ open: (res) => res.writeHead(307, { location: elsewhere.url }).end() });
    const wire = connectSse(server.url, { Authorization: 'Bearer hush' });
    const id = wire.begin('initialize');
    const { sentence, notTaken } = await wire.ended();
    expect(sentence).toContain(`sends on to http://127.0.0.1:${elsewhere.port}`);
    expect(notTaken).toEqual([id]);
    expect(elsewhere.asked).toEqual([]);
  });

  test('do not go where a message is sent on to', async ({ serveSse, initialized }) => {
    const elsewhere = await serveSse();
    const { wire } = await initialized((_, res) => res.writeHead(307, { location: elsewhere.url }).end());
    expect(errorOf(await wire.call('tools/call'))).toContain(`sends on to http://127.0.0.1:${elsewhere.port}`);
    expect(elsewhere.asked).toEqual([]);
    expect(wire.end).toBeNull();
  });

  test('do not go where the endpoint event points', async ({ serveSse, connectSse }) => {
    const elsewhere = await serveSse();
    const server = await serveSse({ open: (res) => openStream(res, `http://127.0.0.1:${elsewhere.port}/messages`) });
    const wire = connectSse(server.url, { Authorization: 'Bearer hush' });
    const id = wire.begin('initialize');
    expect(await wire.ended()).toMatchObject({
      sentence: expect.stringContaining(`wants its messages at http://127.0.0.1:${elsewhere.port}, where the headers`),
      notTaken: [id],
    });
    expect(elsewhere.asked).toEqual([]);
    expect(server.posted).toEqual([]);
  });

  test('follow within the origin', async ({ serveSse, connectSse }) => {
    const server = await serveSse({
      open: (res) => {
        if (res.req.url === '/mcp') res.writeHead(301, { location: '/mcp/' }).end();
        else openStream(res, 'messages');
      },
      post: (_, res) => {
        if (res.req.url !== '/messages') return false;
        res.writeHead(307, { location: '/messages/' }).end();
      },
    });
    const wire = connectSse(server.url, { Authorization: 'Bearer hush' });
    // Relative to the address of the entry, as every client has it.
    expect((await wire.initialize()).result).toMatchObject({ serverInfo: { name: 'scripted' } });
    expect(server.asked.every(({ headers }) => headers.authorization === 'Bearer hush')).toBe(true);
  });
});

describe('a server that offers no stream', () => {
  const none = 'it offers no event stream at its address';
  test.for([
    [401, '', 'answered 401: it wants a key or a token; check the headers of its entry'],
    [404, '', `answered 404: ${none}; ${REMEDY}`],
    [405, '', `answered 405: ${none}; ${REMEDY}`],
    [204, '', `answered 204: ${none}; ${REMEDY}`],
    [503, '', 'answered 503: it failed by itself, or what is in front of it did'],
    [200, 'text/html', `answered with text/html, which is not an event stream; ${REMEDY}`],
    [200, '', `answered with no content type, which is not an event stream; ${REMEDY}`],
  ] as const)('but %i %s is told what to do', async ([status, type, sentence], { serveSse, connectSse }) => {
    const server = await serveSse({
      open: (res) => res.writeHead(status, type ? { 'content-type': type } : {}).end('Bearer hush is no good'),
    });
    const wire = connectSse(server.url, { Authorization: 'Bearer hush' });
    const id = wire.begin('initialize');
    expect(await wire.ended()).toMatchObject({ sentence, notTaken: [id] });
    expect(server.asked).toHaveLength(1);
  });

  test('nor listens, is told', async ({ serveSse, connectSse }) => {
    const server = await serveSse();
    await server.stop();
    const wire = connectSse(server.url);
    wire.connection.listen();
    expect((await wire.ended()).sentence).toContain('refuses connections: nothing listens there');
  });

  test('that leads anywhere within a minute, is told', async ({ serveSse, connectSse }) => {
    const clock = new FakeClock();
    const server = await serveSse({
      open: (res) => void res.writeHead(200, { 'content-type': 'text/event-stream' }).write(': welcome\n\n'),
    });
    const wire = connectSse(server.url, {}, clock);
    const id = wire.begin('initialize');
    expect(await passTime(clock, wire.ended())).toMatchObject({
      sentence: 'named no address for messages within a minute',
      notTaken: [id],
    });
    expect(clock.pending).toBe(0);
  });

  test('of an unknown coding is told', async ({ serveSse, connectSse }) => {
    const server = await serveSse({ open: (res) => openStream(res, MESSAGES, { 'content-encoding': 'compress' }) });
    const wire = connectSse(server.url);
    wire.connection.listen();
    expect((await wire.ended()).sentence).toContain('compressed its answer as "compress"');
  });
});

describe('a stream', () => {
  const dressed: [string, (text: string) => string][] = [
    ['a byte order mark', (text) => `\uFEFF${text}`],
    ['CRLF', (text) => text.replaceAll('\n', '\r\n')],
    [
      'comments and fields that nobody knows',
      (text) => text.replaceAll(/^(?=event)/gm, ': ping - now\nx: y\nid: 7\nretry: 0\n'),
    ],
    ['no space after colons', (text) => text.replaceAll(': ', ':')],
    ['data over several lines', (text) => text.replaceAll('"jsonrpc"', '\ndata: "jsonrpc"')],
  ];

  test.for(dressed)('with %s is understood', async ([_, dress], { serveSse, connectSse }) => {
    const server = await serveSse({
      open: (res) => {
        res.writeHead(200, { 'content-type': 'Text/Event-Stream; charset=utf-8' });
        res.write(dress(`event: endpoint\ndata: ${MESSAGES}\n\n`));
      },
      post: ({ body }, res, sse) => {
        res.writeHead(202).end();
        if (body.id !== undefined)
          sse.write(dress(`event: message\ndata: ${JSON.stringify(result(body.id))}\n\n`).replace('\uFEFF', ''));
      },
    });
    const wire = connectSse(server.url);
    expect(await wire.call('ping')).toMatchObject({ result: {} });
    expect(await wire.call('ping')).toMatchObject({ result: {} });
  });

  test('that is compressed is read event by event', async ({ serveSse, connectSse }) => {
    const gzip = createGzip({ flush: zlib.Z_SYNC_FLUSH });
    const say = (text: string) => {
      gzip.write(text);
      gzip.flush();
    };
    const server = await serveSse({
      open: (res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
        gzip.pipe(res);
        say(`event: endpoint\ndata: ${MESSAGES}\n\n`);
      },
      post: ({ body }, res) => {
        res.writeHead(202).end();
        say(`data: ${JSON.stringify(result(body.id))}\n\n`);
      },
    });
    const wire = connectSse(server.url);
    expect(await wire.call('ping')).toMatchObject({ result: {} });
  });

  test('is understood wherever it is cut into pieces', async ({ serveSse, connectSse }) => {
    const text = `event: endpoint\r\ndata: ${MESSAGES}\r\n\r\n:x\r\ndata: {"jsonrpc":"2.0","method":"é→😀"}\r\n\r\n`;
    const bytes = Buffer.from(text);
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        const ends = [...at.toSorted((a, b) => a - b), bytes.length];
        const server = await serveSse({
          open: async (res) => {
            res.writeHead(200, { 'content-type': 'text/event-stream' });
            res.socket?.setNoDelay();
            for (const [index, end] of ends.entries()) {
              res.write(bytes.subarray(ends[index - 1] ?? 0, end));
              await new Promise(setImmediate);
            }
          },
        });
        const wire = connectSse(server.url);
        wire.connection.listen();
        await wire.until(() => wire.heard.length === 1, 'the message');
        expect(wire.heard).toMatchObject([{ message: { method: 'é→😀' }, relatedTo: null }]);
        wire.connection.release();
        await server.stop();
      }),
      { numRuns: 25 },
    );
  });

  test('with things that are no messages goes on', async ({ initialized }) => {
    const { server, wire } = await initialized((_asked, res) => res.writeHead(202).end());
    for (const junk of [
      'data: hello',
      'data: {"a":',
      'data: []',
      'event: error\ndata: {"jsonrpc":"2.0","method":"no"}',
    ]) {
      server.write(`${junk}\n\n`);
    }
    server.write(`event: endpoint\ndata: http://127.0.0.1:1/elsewhere\n\n`);
    server.say({ jsonrpc: '2.0', id: 'nobody asked', result: {} });
    server.say(hint);
    const { message } = await wire.until(() => wire.heard.find((one) => isNotification(one.message)), 'the hint');
    expect(message).toMatchObject(hint);
    expect(wire.heard).toHaveLength(2);
    wire.begin('tools/call');
    expect((await server.nth(3)).body.method).toBe('tools/call');
  });

  test('with a batch is understood, and what is answered twice is heard once', async ({ initialized }) => {
    const { wire } = await initialized(({ body }, res, sse) => {
      res.writeHead(202).end();
      sse.say([hint, result(body.id, { n: 1 }), result(body.id, { n: 2 })]);
      sse.say(result(body.id, { n: 3 }));
    });
    expect(await wire.call('tools/call')).toMatchObject({ result: { n: 1 } });
    const id = wire.begin('tools/call');
    await wire.answerTo(id);
    expect(wire.responsesTo('test-2')).toHaveLength(1);
    expect(hints(wire)).toBe(2);
  });

  test('with a malformed answer fails its call', async ({ initialized }) => {
    const { wire } = await initialized(({ body }, res, sse) => {
      res.writeHead(202).end();
      sse.say({ jsonrpc: '2.0', id: body.id, result: 'text' });
    });
    expect(errorOf(await wire.call('tools/call'))).toContain('an invalid JSON-RPC response');
  });

  test('with a message without end is cut off', async ({ initialized }) => {
    const { wire } = await initialized((_, res, sse) => {
      res.writeHead(202).end();
      const piece = 'x'.repeat(1024 * 1024);
      sse.write('data: ');
      const stream = sse.streams.at(-1);
      const more = () => {
        if (stream && !stream.destroyed) stream.write(piece, more);
      };
      more();
    });
    wire.begin('tools/call');
    expect((await wire.ended()).sentence).toBe('sent a message of more than 64 MB');
  });

  test('on which nothing happens gets a ping, so that no proxy cuts it', async ({ initialized }) => {
    const clock = new FakeClock();
    const { server, wire } = await initialized(({ body }, res, sse) => {
      res.writeHead(202).end();
      sse.say(result(body.id));
    }, clock);
    const before = server.asked.length;
    // The answer to `initialize` counts as something until the first look.
    clock.advance(25_000);
    clock.advance(25_000);
    expect((await server.nth(before)).body).toEqual({ jsonrpc: '2.0', id: expect.any(Number), method: 'ping' });
    expect(wire.heard).toHaveLength(1);
  });

  test('on which pings were answered, and are no longer, is taken for dead after ten minutes', async ({
    initialized,
  }) => {
    const clock = new FakeClock();
    let answers = true;
    const { server, wire } = await initialized(({ body }, res, sse) => {
      res.writeHead(202).end();
      if (answers) sse.say(result(body.id));
    }, clock);
    await pinged(wire, server, clock);
    answers = false;
    clock.advance(9 * MINUTE);
    expect(wire.end).toBeNull();
    clock.advance(2 * MINUTE);
    expect(await wire.ended()).toMatchObject({ sentence: 'said nothing for too long' });
  });

  test('on which pings are never answered may be silent for ever', async ({ initialized }) => {
    const clock = new FakeClock();
    const { server, wire } = await initialized((_, res) => res.writeHead(202).end(), clock);
    clock.advance(MINUTE);
    await server.nth(3);
    for (let minute = 0; minute < 60; minute += 1) clock.advance(MINUTE);
    expect(wire.end).toBeNull();
  });

  test('that leads nowhere after the machine slept ends soon, and one that leads on stays', async ({
    serveSse,
    connectSse,
    silent,
  }) => {
    const clock = new FakeClock();
    const server = await serveSse({
      post: ({ body }, res, sse) => {
        if (body.method !== 'ping') return false;
        res.writeHead(202).end();
        sse.say(result(body.id));
      },
    });
    const proxy = await silent(server.port);
    const wire = connectSse(proxy.url, {}, clock);
    await wire.initialize();
    await server.nth(2);
    await pinged(wire, server, clock);
    wire.connection.wake();
    await server.nth(4);
    expect(await wire.call('ping')).toMatchObject({ result: {} });
    clock.advance(MINUTE);
    expect(wire.end).toBeNull();
    await proxy.silence();
    await proxy.network();
    const before = server.asked.length;
    wire.connection.wake();
    expect((await server.nth(before)).body.method).toBe('ping');
    clock.advance(100_000);
    expect(await wire.ended()).toMatchObject({ sentence: 'said nothing for too long' });
    await expect.poll(() => clock.pending).toBe(0);
  });

  test('that is cut ends the connection; what was not sent is known', async ({ initialized }) => {
    const { server, wire } = await initialized((_, res) => res.writeHead(202).end());
    const id = wire.begin('tools/call');
    await server.nth(3);
    server.streams[0]?.destroy();
    expect(await wire.ended()).toMatchObject({ sentence: 'closed its event stream', notTaken: [] });
    expect(wire.end?.sessionGone).toBeUndefined();
    expect(wire.responsesTo(id)).toEqual([]);
  });
});

test('parameters and results arrive to the letter', async ({ serveSse, connectSse }) => {
  const sample = '{ "id":1917043659912705297,"n":[1.0,-0,1e400],"a":1,"a":2,"s":"\\u00e9" }';
  const server = await serveSse({
    post: ({ body }, res, sse) => {
      res.writeHead(202).end();
      sse.write(`event: message\ndata: {"jsonrpc":"2.0","id":"${body.id}",\ndata: "result":${sample}}\n\n`);
    },
  });
  const wire = connectSse(server.url);
  const sent = `{"jsonrpc":"2.0","id":"exact","method":"tools/call","params":${sample}}`;
  const [message] = messagesIn(sent);
  if (message) wire.connection.send(message);
  expect(textOf(await wire.answerTo('exact'))).toBe(`{"jsonrpc":"2.0","id":"exact","result":${sample}}`);
  expect(server.posted[0]?.text).toBe(sent);
});

describe('a message', () => {
  test('may be answered right there', async ({ initialized }) => {
    const { wire } = await initialized(({ body }, res) => sendJson(res, 200, result(body.id, { here: true })));
    expect(await wire.call('tools/call')).toMatchObject({ result: { here: true } });
  });

  test('may be answered before it is taken, and is not waited for then', async ({ initialized }) => {
    const left: Promise<void>[] = [];
    const { wire } = await initialized(({ body }, res, sse) => {
      left.push(new Promise((resolve) => res.once('close', resolve)));
      sse.say(result(body.id));
    });
    expect(await wire.call('tools/call')).toMatchObject({ result: {} });
    await left[0];
    expect(wire.end).toBeNull();
  });

  test.for([
    [400, 'Invalid message', 'answered 400 to the message'],
    [403, '', 'answered 403: what its headers say is not allowed to do this'],
    [413, '', 'answered 413: the message is larger than it allows'],
    [500, 'SSE connection not established', 'answered 500: it failed by itself, or what is in front of it did'],
    [502, '<html>Bad Gateway</html>', 'answered 502: it failed by itself, or what is in front of it did'],
    [422, '{"detail":"Bearer hush-hush is odd"}', 'answered 422 to the message; it says "••• is odd"'],
  ] as const)('refused with %i %s fails alone', async ([status, body, sentence], { initialized }) => {
    let refuses = true;
    const { wire } = await initialized((asked, res, sse) => {
      if (refuses && asked.body.method === 'tools/call') return res.writeHead(status).end(body);
      res.writeHead(202).end();
      sse.say(result(asked.body.id));
    });
    expect(errorOf(await wire.call('tools/call'))).toBe(`The server ${sentence}.`);
    refuses = false;
    expect(await wire.call('tools/call')).toMatchObject({ result: {} });
    expect(wire.end).toBeNull();
  });

  test('refused with an error of its own is answered by that', async ({ initialized }) => {
    const { wire } = await initialized(({ body }, res) =>
      sendJson(res, 400, { jsonrpc: '2.0', id: body.id, error: { code: -32602, message: 'no such tool' } }),
    );
    expect((await wire.call('tools/call')).error).toEqual({ code: -32602, message: 'no such tool' });
  });

  test('taken with a web page fails', async ({ initialized }) => {
    const { wire } = await initialized((_, res) =>
      res.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in</html>'),
    );
    expect(errorOf(await wire.call('tools/call'))).toBe(
      'The server answered the message with a web page; check its address.',
    );
  });

  test.for([
    [404, 'Session not found'],
    [404, ''],
    [400, 'No transport found for sessionId'],
    [410, ''],
  ] as const)(
    'refused with %i %s, like a ping: the session is gone, and the call not begun',
    async ([status, body], { initialized }) => {
      const { server, wire } = await initialized((_, res) => res.writeHead(status).end(body));
      const id = wire.begin('tools/call');
      expect(await wire.ended()).toMatchObject({ sessionGone: true, notTaken: [id] });
      expect(server.posted.at(-1)?.body.method).toBe('ping');
    },
  );

  test('refused with 404 while a ping is taken fails alone', async ({ initialized }) => {
    const { wire } = await initialized(({ body }, res) => res.writeHead(body.method === 'ping' ? 202 : 404).end());
    expect(errorOf(await wire.call('tools/call'))).toBe('The server answered 404 to the message.');
    expect(wire.end).toBeNull();
  });

  test('that a notification is, refused with 404, tells of the lost session too', async ({ initialized }) => {
    const { wire } = await initialized((_, res) => res.writeHead(404).end());
    wire.connection.send({ jsonrpc: '2.0', method: 'notifications/roots/list_changed' });
    expect(await wire.ended()).toMatchObject({ sessionGone: true, notTaken: [] });
  });

  test('whose connection is cut has an unknown outcome, and is sent once', async ({ initialized }) => {
    const { server, wire } = await initialized((_, res) => res.destroy());
    expect(errorOf(await wire.call('tools/call'))).toBe(
      'The server cut the connection (ECONNRESET); the outcome of the call is unknown.',
    );
    expect(server.posted.filter(({ body }) => body.method === 'tools/call')).toHaveLength(1);
    expect(wire.end).toBeNull();
  });

  test('that does not reach the server is sent again, once it can be reached', async ({ serveSse, connectSse }) => {
    const server = await serveSse({
      open: (res) => openStream(res),
      post: (_, res) => {
        res.shouldKeepAlive = false;
        return false;
      },
    });
    const wire = connectSse(server.url);
    await wire.initialize();
    await server.nth(2);
    await server.deafen();
    const id = wire.begin('tools/call');
    const again = await serveSse(
      {
        post: ({ body }, res) => {
          res.writeHead(202).end();
          server.say(result(body.id));
        },
      },
      server.port,
    );
    expect(await wire.answerTo(id)).toMatchObject({ result: {} });
    expect(again.posted).toHaveLength(1);
  });

  test('that never reaches the server fails, and is known not to be begun when the stream ends before', async ({
    serveSse,
    connectSse,
  }) => {
    const server = await serveSse({
      post: (_, res) => {
        res.shouldKeepAlive = false;
        return false;
      },
    });
    const clock = new NotingClock();
    const wire = connectSse(server.url, {}, clock);
    await wire.initialize();
    await server.nth(2);
    await server.deafen();
    const failed = await passTime(clock, wire.call('tools/call'));
    expect(errorOf(failed)).toContain('refuses connections');
    expect(errorOf(failed)).not.toContain('unknown');
    // With time standing still, the next one waits between two tries.
    clock.asked.length = 0;
    const id = wire.begin('tools/call');
    await expect.poll(() => clock.asked.some((delay) => delay < 500)).toBe(true);
    server.streams[0]?.destroy();
    expect(await wire.ended()).toMatchObject({ notTaken: [id] });
    expect(clock.pending).toBe(0);
  });
});

describe('calls', () => {
  test('are limited in number', async ({ initialized }) => {
    const { wire } = await initialized((_, res) => res.writeHead(202).end());
    for (let n = 0; n < 256; n += 1) wire.begin('tools/call');
    expect(errorOf(await wire.call('tools/call'))).toContain('has 256 calls to answer already');
  });

  test('are given up when nothing at all arrives for ten minutes', async ({ initialized }) => {
    const clock = new FakeClock();
    const { server, wire } = await initialized((_, res) => res.writeHead(202).end(), clock);
    const id = wire.begin('tools/call');
    await server.nth(3);
    for (let minute = 0; minute < 9; minute += 1) clock.advance(MINUTE);
    expect(wire.responsesTo(id)).toEqual([]);
    server.write(': still here\n\n');
    server.say(hint);
    await wire.until(() => hints(wire) === 1, 'a sign of life');
    for (let minute = 0; minute < 9; minute += 1) clock.advance(MINUTE);
    expect(wire.responsesTo(id)).toEqual([]);
    for (let minute = 0; minute < 2; minute += 1) clock.advance(MINUTE);
    expect(errorOf(await wire.answerTo(id))).toBe('The server said nothing for ten minutes.');
    expect(wire.end).toBeNull();
  });

  test('that are cancelled may be answered for five seconds', async ({ initialized }) => {
    const clock = new FakeClock();
    const { server, wire } = await initialized((_, res) => res.writeHead(202).end(), clock);
    const id = wire.begin('tools/call');
    await server.nth(3);
    wire.connection.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } });
    expect((await server.nth(4)).body.params).toEqual({ requestId: id });
    clock.advance(4_999);
    expect(wire.responsesTo(id)).toEqual([]);
    clock.advance(1);
    expect(errorOf(await wire.answerTo(id))).toBe('The server did not answer the call before it was cancelled.');
  });

  test('that wait for a login are given up as they are cancelled, and never sent', async ({
    serveSse,
    connectSse,
    onTestFinished,
  }) => {
    const clock = new FakeClock();
    const folder = makeFolder();
    onTestFinished(() => removeFolder(folder));
    const logins = await testLogins({ folder, clock, timers: clock, record: () => {} });
    onTestFinished(() => logins.close());
    const server = await serveSse({
      post: ({ body }, res) => {
        if (body.method !== 'tools/call') return false;
        res.writeHead(403, { 'www-authenticate': 'Bearer error="insufficient_scope", scope="more"' }).end();
      },
    });
    const target = { kind: 'http', url: server.url, headers: {}, sse: true, login: NO_LOGIN_SETTINGS } as const;
    const wire = connectSse(server.url, {}, clock, logins.of({ name: 'older', target }));
    await wire.initialize('2024-11-05');
    await server.nth(2);
    const turns: boolean[] = [];
    const changed = () =>
      new Promise<void>((resolve) => {
        wire.connection.onheld = (_, isHeld) => {
          turns.push(isHeld);
          resolve();
        };
      });
    const held = changed();
    const id = wire.begin('tools/call');
    await held;
    const released = changed();
    wire.connection.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } });
    expect(errorOf(await wire.answerTo(id))).toBe('The server did not get the call before it was cancelled.');
    await released;
    expect(turns).toEqual([true, false]);
    wire.connection.send({ jsonrpc: '2.0', method: 'notifications/roots/list_changed' });
    await server.nth(4);
    expect(server.posted.map(({ body }) => body.method)).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/call',
      'notifications/roots/list_changed',
    ]);
  });

  test('wait for the address that the server names late, in order', async ({ serveSse, connectSse }) => {
    const server = await serveSse({
      open: (res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        res.flushHeaders();
      },
      post: (_, res) => void res.writeHead(202).end(),
    });
    const wire = connectSse(server.url);
    const ids = [wire.begin('a'), wire.begin('b'), wire.begin('c')];
    await server.nth(0);
    server.write(`event: endpoint\ndata: ${MESSAGES}\n\n`);
    await server.nth(3);
    expect(server.posted.map(({ body }) => body.id).toSorted()).toEqual(ids);
  });

  test('come after the server has taken that it is initialized', async ({ serveSse, connectSse }) => {
    let take = () => {};
    const server = await serveSse({
      post: ({ body }, res, sse) => {
        if (body.method === 'initialize') return false;
        if (body.method === 'tools/call') sse.say(result(body.id));
        if (body.method !== 'notifications/initialized') res.writeHead(202).end();
        else take = () => res.writeHead(202).end();
      },
    });
    const wire = connectSse(server.url);
    await wire.initialize();
    const id = wire.begin('tools/call');
    await server.nth(2);
    // Long enough for a call that does not wait to arrive.
    for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
    expect(server.posted.map(({ body }) => body.method)).toEqual(['initialize', 'notifications/initialized']);
    take();
    await wire.answerTo(id);
  });
});

test('nothing is left when it is let go of', async ({ serveSse, connectSse }) => {
  const clock = new FakeClock();
  const server = await serveSse();
  const wire = connectSse(server.url, {}, clock);
  await wire.initialize();
  const id = wire.begin('tools/call');
  await server.nth(3);
  const closed = new Promise((resolve) => server.streams[0]?.once('close', resolve));
  wire.connection.release();
  await closed;
  expect([clock.pending, wire.end, wire.responsesTo(id)]).toEqual([0, null, []]);
  wire.connection.send({ jsonrpc: '2.0', id: 'late', method: 'ping' });
  wire.connection.listen();
  expect(server.streams).toHaveLength(1);
});
