import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { describe, expect } from 'vitest';
import { FakeClock, passTime } from '#tests/support/fake-clock';
import {
  handshake,
  initializeResult,
  result,
  type Script,
  type ScriptedServer,
  sendEvent,
  sendJson,
  startEvents,
  type Wire,
  wireTest,
} from '#tests/support/servers/scripted-http';

const test = wireTest
  /** A connection that is initialized, to a server that does what the script says with everything else. */
  .extend(
    'initialized',
    ({ serve, connect }) =>
      async (script: Script, clock?: FakeClock): Promise<{ wire: Wire; server: ScriptedServer }> => {
        const server = await serve((asked, res, req) => {
          if (!handshake(asked, res)) script(asked, res, req);
        });
        const wire = connect(server.url, null, {}, clock);
        await wire.initialize();
        await server.nth(2);
        return { wire, server };
      },
  );

/** Answers the handshake on connections that are not kept: whether a request meets the end of one cannot be known. */
const unkept: Script = (asked, res) => {
  res.shouldKeepAlive = false;
  handshake(asked, res);
};

const OLDER = 'if it is an older SSE server, write "type": "sse" into its entry';

const errorOf = ({ error }: { error?: { message: string } }) => error?.message;

describe('headers', () => {
  test('of the entry, the session and the revision go with each request', async ({ serve, connect }) => {
    const server = await serve((asked, res) => {
      if (!handshake(asked, res)) sendJson(res, 200, result(asked.body.id));
    });
    const wire = connect(server.url, null, { 'X-Team': 'blue', Authorization: 'Bearer hush' });
    await wire.initialize('2025-06-18');
    await wire.call('ping');
    const [first, second] = server.asked;
    expect(first?.headers).toMatchObject({
      authorization: 'Bearer hush',
      'x-team': 'blue',
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
    });
    expect(first?.headers).not.toHaveProperty('mcp-session-id');
    expect(first?.headers).not.toHaveProperty('mcp-protocol-version');
    expect(second?.body.method).toBe('notifications/initialized');
    for (const { headers } of server.asked.slice(1)) {
      expect(headers).toMatchObject({
        authorization: 'Bearer hush',
        'mcp-session-id': 'session-1',
        'mcp-protocol-version': '2025-11-25',
      });
    }
  });

  test('that HTTP does not allow are reported without their values', async ({ serve, connect }) => {
    const server = await serve(() => {});
    const wire = connect(server.url, null, { Authorization: 'Bearer hush\n' });
    wire.begin('ping');
    const { sentence } = await wire.ended();
    expect(sentence).toBe('cannot be asked: a header of its entry holds characters that HTTP does not allow');
    expect(server.asked).toEqual([]);
  });

  test('do not follow a redirect to another host', async ({ serve, connect }) => {
    const elsewhere = await serve((_, res) => res.writeHead(200).end());
    const server = await serve((_, res) => res.writeHead(307, { location: elsewhere.url }).end());
    const wire = connect(server.url, null, { Authorization: 'Bearer hush' });
    wire.begin('ping');
    const { sentence } = await wire.ended();
    expect(sentence).toContain(`sends on to http://127.0.0.1:${elsewhere.port}`);
    expect(elsewhere.asked).toEqual([]);
  });

  test('say so where a redirect leads to no address', async ({ serve, connect }) => {
    const server = await serve((_, res) => res.writeHead(307, { location: 'http://[' }).end());
    const wire = connect(server.url);
    wire.begin('ping');
    expect((await wire.ended()).sentence).toBe('sends on to an address that is none');
  });

  test('follow a redirect on the same host', async ({ serve, connect }) => {
    const server = await serve((asked, res, req) => {
      if (req.url === '/mcp') res.writeHead(307, { location: '/mcp/' }).end();
      else sendJson(res, 200, result(asked.body.id, { at: req.url }));
    });
    const wire = connect(server.url, null, { Authorization: 'Bearer hush' });
    expect(await wire.call('ping')).toMatchObject({ result: { at: '/mcp/' } });
    expect(await wire.call('ping')).toMatchObject({ result: { at: '/mcp/' } });
    expect(server.asked).toHaveLength(3);
    expect(server.asked[1]?.headers.authorization).toBe('Bearer hush');
  });

  test('are not sent round in circles', async ({ serve, connect }) => {
    const server = await serve((_, res) => res.writeHead(307, { location: '/mcp' }).end());
    const wire = connect(server.url);
    wire.begin('ping');
    expect((await wire.ended()).sentence).toBe('sends from address to address without end');
    expect(server.asked.length).toBeLessThan(6);
  });
});

describe('a server that is not reached', () => {
  test('at the first message ends the connection, with what was surely not begun', async ({ serve, connect }) => {
    const server = await serve(() => {});
    await server.stop();
    const wire = connect(server.url);
    const id = wire.begin('initialize');
    expect(await wire.ended()).toMatchObject({
      sentence: `at 127.0.0.1:${server.port} refuses connections: nothing listens there`,
      notTaken: [id],
    });
  });

  test('by its name is reported', async ({ connect }) => {
    const wire = connect('http://no-such-host.invalid/mcp');
    wire.begin('initialize');
    expect((await wire.ended()).sentence).toMatch(/^at no-such-host.invalid could not be found\. Check the address/);
  });

  test('has an address that is none', ({ connect }) => {
    expect(() => connect('ftp://127.0.0.1/mcp')).toThrow('has an address that does not begin with http:// or https://');
  });

  test('speaks no TLS where it should', async ({ serve, connect }) => {
    const server = await serve(() => {});
    const wire = connect(server.url.replace('http:', 'https:'));
    wire.begin('initialize');
    expect((await wire.ended()).sentence).toContain('it does not speak TLS there');
  });

  test('for a moment is tried again, and the call is sent once', async ({ serve, connect }) => {
    const server = await serve(unkept);
    const wire = connect(server.url);
    await wire.initialize();
    await server.nth(2);
    await server.stop();
    const id = wire.begin('tools/call', { name: 'x' });
    const again = await serve((asked, res) => sendJson(res, 200, result(asked.body.id, { is: 'back' })), server.port);
    expect(await wire.answerTo(id)).toMatchObject({ result: { is: 'back' } });
    expect(again.asked).toHaveLength(1);
    expect(again.asked[0]?.headers['mcp-session-id']).toBe('session-1');
  });

  test('for 5 s ends the connection', async ({ serve, connect }) => {
    const clock = new FakeClock();
    const server = await serve(unkept);
    const wire = connect(server.url, null, {}, clock);
    await wire.initialize();
    await server.nth(2);
    await server.stop();
    const id = wire.begin('tools/call');
    // Nothing but time can end it: each step gives the tries in between a chance to be made.
    for (let ms = 0; ms < 6_000 && !wire.end; ms += 100) {
      clock.advance(100);
      await new Promise(setImmediate);
    }
    expect(await wire.ended()).toMatchObject({
      notTaken: [id],
      sentence: expect.stringContaining('refuses connections'),
    });
  });
});

describe('a server that refuses', () => {
  test.for([
    [401, 'answered 401: it wants a key or a token; check the headers of its entry'],
    [403, 'answered 403: what its headers say is not allowed to do this'],
    [404, `answered 404: there is no MCP endpoint at its address; ${OLDER}`],
    [405, `answered 405: its address takes no MCP messages; ${OLDER}`],
    [500, 'answered 500: it failed by itself, or what is in front of it did'],
    [503, 'answered 503: it failed by itself, or what is in front of it did'],
    [202, 'accepted the call and did not answer it'],
  ] as const)('with %i is explained in words', async ([status, sentence], { serve, connect }) => {
    const server = await serve((_, res) => res.writeHead(status).end('Bearer hush is no good'));
    const wire = connect(server.url, null, { Authorization: 'Bearer hush' });
    const response = await wire.call('initialize');
    expect(errorOf(response)).toBe(`The server ${sentence}.`);
    expect(JSON.stringify(response)).not.toContain('hush');
    expect(wire.end).toBeNull();
  });

  test('with an error of its own is quoted', async ({ initialized }) => {
    const { wire } = await initialized(({ body }, res) =>
      sendJson(res, 400, { jsonrpc: '2.0', id: body.id, error: { code: -32602, message: 'no such tool' } }),
    );
    expect((await wire.call('tools/call')).error).toEqual({ code: -32602, message: 'no such tool' });
    expect(wire.end).toBeNull();
  });

  test.for([
    [404, 'Not Found'],
    [404, JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } })],
    [400, JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32000, message: 'No valid session ID' } })],
  ] as const)(
    'the session with %i %s has lost it, and did not begin the call',
    async ([status, body], { initialized }) => {
      const { wire } = await initialized((_, res) => {
        res.writeHead(status, { 'content-type': body.startsWith('{') ? 'application/json' : 'text/plain' }).end(body);
      });
      const id = wire.begin('tools/call');
      expect(await wire.ended()).toMatchObject({ sessionGone: true, notTaken: [id] });
    },
  );

  test('one method with 404 has not lost the session', async ({ initialized }) => {
    const { wire } = await initialized(({ body }, res) =>
      sendJson(res, 404, { jsonrpc: '2.0', id: body.id, error: { code: -32601, message: 'Method not found' } }),
    );
    expect((await wire.call('tools/unknown')).error?.code).toBe(-32601);
    expect(wire.end).toBeNull();
  });

  test('the push stream with 404 has lost no session: there may be no such route', async ({ serve, connect }) => {
    const server = await serve((asked, res) => {
      if (asked.method === 'GET') res.writeHead(404).end();
      else if (!handshake(asked, res)) sendJson(res, 200, result(asked.body.id));
    });
    const wire = connect(server.url);
    await wire.initialize();
    await server.nth(2);
    expect(await wire.call('ping')).toMatchObject({ result: {} });
    expect(wire.end).toBeNull();
  });
});

describe('a server that answers wrongly', () => {
  test.for([
    ['a page', 'text/html', '<html></html>', 'answered with text/html, which is not MCP; check its address'],
    ['no type', '', 'hello', 'answered with no content type, which is not MCP; check its address'],
    ['broken JSON', 'application/json', '{"jsonrpc":', 'answered with something that is not an answer to the call'],
    [
      'another id',
      'application/json',
      '{"jsonrpc":"2.0","id":"other","result":{}}',
      'answered with something that is not an answer to the call',
    ],
  ] as const)('with %s is reported', async ([_, type, body, sentence], { initialized }) => {
    const { wire } = await initialized((_asked, res) => {
      res.writeHead(200, type ? { 'content-type': type } : {}).end(body);
    });
    expect(errorOf(await wire.call('tools/call'))).toBe(`The server ${sentence}.`);
    expect(wire.heard.filter(({ message }) => 'id' in message && message.id === 'other')).toEqual([]);
  });

  test('in an array, as the first revision allowed, is understood', async ({ initialized }) => {
    const { wire } = await initialized(({ body }, res) =>
      sendJson(res, 200, [{ jsonrpc: '2.0', method: 'notifications/message', params: {} }, result(body.id)]),
    );
    const id = wire.begin('tools/call');
    expect(await wire.answerTo(id)).toMatchObject({ result: {} });
    expect(wire.heard.at(-2)).toMatchObject({ relatedTo: id, message: { method: 'notifications/message' } });
  });

  test('twice is heard once', async ({ initialized }) => {
    const { wire } = await initialized(({ body }, res) => {
      startEvents(res);
      sendEvent(res, '1', result(body.id, { n: 1 }));
      sendEvent(res, '2', result(body.id, { n: 2 }));
      res.end();
    });
    const id = wire.begin('tools/call');
    expect(await wire.answerTo(id)).toMatchObject({ result: { n: 1 } });
    expect(await wire.call('tools/call')).toMatchObject({ result: { n: 1 } });
    expect(wire.responsesTo(id)).toHaveLength(1);
  });

  test('without end is cut off', async ({ initialized }) => {
    const { wire } = await initialized((_, res) => {
      startEvents(res);
      const piece = 'x'.repeat(1024 * 1024);
      res.write('data: ');
      const more = () => {
        if (!res.destroyed) res.write(piece, more);
      };
      more();
    });
    expect(errorOf(await wire.call('tools/call'))).toBe('The server sent a message of more than 64 MB.');
  });
});

describe('a stream that is cut', () => {
  test('goes on after its last event, no sooner than the server says', async ({ initialized }) => {
    const clock = new FakeClock();
    const seen: number[] = [];
    const { wire, server } = await initialized(({ method, body }, res) => {
      seen.push(clock.now());
      startEvents(res);
      if (method === 'POST') {
        sendEvent(res, 'a-1', '', 3_000);
        sendEvent(res, 'a-2', { jsonrpc: '2.0', method: 'notifications/message', params: { data: body.id } });
        res.end();
      } else {
        sendEvent(res, 'a-3', result(server.asked.findLast(({ body }) => body?.id)?.body.id, { is: 'here' }));
        res.end();
      }
    }, clock);
    const id = wire.begin('tools/call');
    expect(await passTime(clock, wire.answerTo(id))).toMatchObject({ result: { is: 'here' } });
    const get = server.asked.at(-1);
    expect(get?.headers).toMatchObject({ 'last-event-id': 'a-2', 'mcp-session-id': 'session-1' });
    const [sent = 0, resumed = 0] = seen;
    expect(resumed - sent).toBeGreaterThanOrEqual(3_000);
    expect(wire.connection.session.position).toBeNull();
  });

  test('is asked for again when that fails too', async ({ initialized }) => {
    const clock = new FakeClock();
    let gets = 0;
    const { wire, server } = await initialized(({ method, body }, res) => {
      if (method === 'POST') {
        startEvents(res);
        sendEvent(res, 'a-1', '', 1);
        res.socket?.destroySoon();
        return;
      }
      gets += 1;
      if (gets === 1) res.destroy();
      else if (gets === 2) res.writeHead(503).end();
      else {
        startEvents(res);
        if (gets === 4)
          sendEvent(res, 'a-2', result(server.asked.find(({ body }) => body?.method === 'tools/call')?.body.id));
        res.end();
      }
      expect(body).toBeNull();
    }, clock);
    expect(await passTime(clock, wire.call('tools/call'))).toMatchObject({ result: {} });
    expect(gets).toBe(4);
  });

  test('and never comes back is abandoned', async ({ initialized }) => {
    const clock = new FakeClock();
    const { wire } = await initialized(({ method }, res) => {
      if (method === 'GET') {
        res.destroy();
        return;
      }
      startEvents(res);
      sendEvent(res, 'a-1', '', 1);
      res.end();
    }, clock);
    expect(errorOf(await passTime(clock, wire.call('tools/call')))).toBe(
      'The server cut its answer and could not go on; the outcome of the call is unknown.',
    );
  });

  test('without event ids fails at once', async ({ initialized }) => {
    const { wire } = await initialized((_, res) => {
      startEvents(res);
      res.write(': hello\n\n', () => res.destroy());
    });
    expect(errorOf(await wire.call('tools/call'))).toBe(
      'The server ended its answer before it was complete; the outcome of the call is unknown.',
    );
    expect(wire.end).toBeNull();
  });

  test('before its head fails at once, and is not sent again', async ({ initialized }) => {
    const { wire, server } = await initialized((_, res) => res.destroy());
    const before = server.asked.length;
    expect(errorOf(await wire.call('tools/call'))).toBe(
      'The server cut the connection (ECONNRESET); the outcome of the call is unknown.',
    );
    expect(server.asked).toHaveLength(before + 1);
  });

  test('whose session is lost meanwhile says so, and that the call may have begun', async ({ initialized }) => {
    const { wire } = await initialized(({ method, body }, res) => {
      if (method === 'GET' || body.method === 'ping') {
        res.writeHead(404).end();
        return;
      }
      startEvents(res);
      sendEvent(res, 'a-1', '', 1);
      res.end();
    });
    wire.begin('tools/call');
    expect(await wire.ended()).toMatchObject({ sessionGone: true, notTaken: [] });
  });
});

describe('the push stream', () => {
  test('goes on where it was, after an outage and after a restart of ours', async ({ serve, connect }) => {
    let gets = 0;
    const script: Script = (asked, res) => {
      if (asked.method !== 'GET') {
        if (!handshake(asked, res)) sendJson(res, 200, result(asked.body.id));
        return;
      }
      gets += 1;
      startEvents(res);
      sendEvent(res, `p-${gets}`, { jsonrpc: '2.0', method: 'notifications/tools/list_changed' }, 1);
      if (gets === 1) res.end();
    };
    const server = await serve(script);
    const wire = connect(server.url);
    await wire.initialize();
    await wire.until(() => wire.heard.length === 3, 'both notifications');
    const gotten = () =>
      server.asked.filter(({ method }) => method === 'GET').map(({ headers }) => headers['last-event-id']);
    expect(gotten()).toEqual([undefined, 'p-1']);
    const resume = wire.resume();
    wire.connection.release();
    const two = connect(server.url, resume);
    await two.until(() => two.heard.length === 1, 'a notification');
    expect(gotten()).toEqual([undefined, 'p-1', 'p-2']);
    await two.until(() => two.states > 0, 'its place is told');
    expect(two.connection.session.position).toContain('p-3');
  });

  test('tells that the session is lost', async ({ serve, connect }) => {
    let gets = 0;
    const server = await serve((asked, res) => {
      if (asked.method !== 'GET') {
        if (!handshake(asked, res)) res.writeHead(404).end();
        return;
      }
      gets += 1;
      if (gets > 1) res.writeHead(404).end();
      else {
        startEvents(res);
        sendEvent(res, null, '', 1);
        res.end();
      }
    });
    const wire = connect(server.url);
    await wire.initialize();
    expect(await wire.ended()).toMatchObject({ sessionGone: true, notTaken: [] });
  });
});

describe('time', () => {
  test('a cancelled call is dropped after 5 s', async ({ serve, connect }) => {
    const clock = new FakeClock();
    let closed: () => void = () => {};
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const server = await serve((asked, res) => {
      if (!handshake(asked, res)) res.on('close', closed);
    });
    const wire = connect(server.url, null, {}, clock);
    await wire.initialize();
    await server.nth(2);
    const id = wire.begin('tools/call');
    await server.nth(3);
    wire.connection.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } });
    const told = await server.nth(4);
    expect(told.body.params.requestId).toBe(id);
    clock.advance(4_900);
    expect(wire.responsesTo(id)).toEqual([]);
    clock.advance(200);
    expect(errorOf(await wire.answerTo(id))).toBe('The server did not answer the call before it was cancelled.');
    await isClosed;
  });

  test('a call without any response is abandoned after ten minutes', async ({ serve, connect }) => {
    const clock = new FakeClock();
    const server = await serve((asked, res) => {
      if (!handshake(asked, res)) startEvents(res);
    });
    const wire = connect(server.url, null, {}, clock);
    await wire.initialize();
    await server.nth(2);
    const id = wire.begin('tools/call');
    await server.nth(3);
    clock.advance(10 * 60_000);
    expect(errorOf(await wire.answerTo(id))).toBe('The server said nothing for ten minutes.');
  });

  test('a server that accepts and says nothing is not waited for at the end', async ({ connect }) => {
    const silent: Server = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const clock = new FakeClock();
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/mcp`;
    const resume = { sessionId: 'session-1', protocolVersion: '2025-11-25', position: null };
    const wire = connect(url, resume, {}, clock);
    const closing = wire.connection.close();
    clock.advance(3_000);
    await closing;
    silent.close();
  });
});

test('what is sent after initialized does not overtake it', async ({ serve, connect }) => {
  let letGo: () => void = () => {};
  const server = await serve((asked, res) => {
    if (asked.body?.method === 'notifications/initialized') letGo = () => res.writeHead(202).end();
    else if (asked.body?.method === 'initialize') sendJson(res, 200, initializeResult(asked.body.id));
    else if (asked.method === 'GET') res.writeHead(405).end();
    else sendJson(res, 200, result(asked.body.id));
  });
  const wire = connect(server.url);
  await wire.initialize();
  const id = wire.begin('ping');
  await server.nth(1);
  expect(server.asked).toHaveLength(2);
  letGo();
  await wire.answerTo(id);
  expect(server.asked.filter(({ method }) => method === 'POST').map(({ body }) => body.method)).toEqual([
    'initialize',
    'notifications/initialized',
    'ping',
  ]);
});
