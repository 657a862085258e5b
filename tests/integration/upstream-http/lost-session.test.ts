import { describe, expect } from 'vitest';
import { type FakeClock as Clock, FakeClock, passTime } from '#tests/support/fake-clock';
import {
  type Asked,
  handshake,
  result,
  type Script,
  type ScriptedServer,
  sendEvent,
  sendJson,
  startEvents,
  type Wire,
  wireTest,
} from '#tests/support/servers/scripted-http';

/** A server whose refusals a test scripts: `forgets` makes it refuse everything in the session. */
const test = wireTest.extend(
  'initialized',
  ({ serve, connect }) =>
    async (script: Script, clock?: Clock): Promise<{ wire: Wire; server: ScriptedServer }> => {
      const server = await serve((asked, res, req) => {
        if (!handshake(asked, res)) script(asked, res, req);
      });
      const wire = connect(server.url, null, {}, clock);
      await wire.initialize();
      await server.nth(2);
      return { wire, server };
    },
);

type Refuse = (asked: Asked, res: Parameters<Script>[1]) => void;

const error = (id: unknown, code: number, message: string) => ({ jsonrpc: '2.0', id, error: { code, message } });
const json =
  (status: number, idOf: (asked: Asked) => unknown, code: number, message: string): Refuse =>
  (asked, res) =>
    sendJson(res, status, error(idOf(asked), code, message));
const text =
  (status: number, body = '', type = 'text/plain'): Refuse =>
  (_, res) =>
    res.writeHead(status, { 'content-type': type }).end(body);
const sse =
  (dataOf: (asked: Asked) => unknown): Refuse =>
  (asked, res) => {
    startEvents(res);
    sendEvent(res, null, dataOf(asked));
    res.end();
  };
const own = ({ body }: Asked) => body.id;
const none = () => null;
const other = () => 'err_8fk2';

const WORDS = [
  'Session not found',
  'Bad Request: No valid session ID provided',
  'Unknown Mcp-Session-Id header',
  'Server not initialized',
  'Received request before initialization was complete',
  'Invalid or expired session',
  'unknown client',
];
const IDS = { own, none, other };

/** Every way to refuse, with every wording. */
const REFUSALS: [string, Refuse][] = [
  ...[404, 410, 400].map((status): [string, Refuse] => [`${status} without a body`, text(status)]),
  ...[404, 410, 400].map((status): [string, Refuse] => [
    `${status} with a page`,
    text(status, '<p>no</p>', 'text/html'),
  ]),
  ['400 with words', text(400, 'No active session')],
  ['200 with words', text(200, 'No active session')],
  ...WORDS.flatMap((words, at) =>
    Object.entries(IDS).flatMap(([whose, idOf]): [string, Refuse][] => {
      const status = [200, 400, 404, 410, 422, 409][at % 6] ?? 200;
      const code = [-32000, -32001, -32002, -32600, -32602][at % 5] ?? -32000;
      return [
        [`${status} and ${code} "${words}" with the id ${whose}`, json(status, idOf, code, words)],
        [`an event with ${code} "${words}" with the id ${whose}`, sse((asked) => error(idOf(asked), code, words))],
      ];
    }),
  ),
  ['an event that is no message', sse(() => ({ error: 'Session not found' }))],
];

describe('a session that the server does not know any more', () => {
  test.for(REFUSALS)('is noticed by %s, and the call was not begun', async ([_, refuse], { initialized }) => {
    const { wire, server } = await initialized(refuse);
    const id = wire.begin('tools/call');
    expect(await wire.ended()).toMatchObject({ sessionGone: true, notTaken: [id] });
    expect(server.asked.slice(3).map(({ body }) => body.method)).toEqual(['tools/call', 'ping']);
    expect(wire.responsesTo(id)).toEqual([]);
  });

  test('is noticed by a server that fails over it; the call may have begun', async ({ initialized }) => {
    const { wire } = await initialized((_, res) => sendJson(res, 500, { error: 'session lookup failed' }));
    wire.begin('tools/call');
    expect(await wire.ended()).toMatchObject({ sessionGone: true, notTaken: [] });
  });

  test('refuses the ping in another way: the call may have begun', async ({ initialized }) => {
    const { wire } = await initialized((asked, res) =>
      asked.body.method === 'ping' ? text(404)(asked, res) : json(200, own, -32000, 'session expired')(asked, res),
    );
    wire.begin('tools/call');
    expect(await wire.ended()).toMatchObject({ sessionGone: true, notTaken: [] });
  });
});

describe('a session that is there', () => {
  const REFUSED_ALONE: [string, Refuse, string][] = [
    ...[404, 410, 400].map((status): [string, Refuse, string] => [`${status}`, text(status), `answered ${status}`]),
    ['an error about a session', json(200, own, -32001, 'Session not found'), 'Session not found'],
    ['an error without an id', json(400, none, -32000, 'no session of that day'), 'it says "no session of that day"'],
    ['an error with another id', json(200, other, -32600, 'not initialized'), 'it says "not initialized"'],
  ];

  test.for(REFUSED_ALONE)('survives a call refused with %s', async ([_, refuse, says], { initialized }) => {
    const { wire } = await initialized((asked, res) =>
      asked.body.method === 'tools/call' ? refuse(asked, res) : sendJson(res, 200, result(own(asked))),
    );
    expect((await wire.call('tools/call')).error?.message).toContain(says);
    expect(await wire.call('tools/list')).toMatchObject({ result: {} });
    expect(wire.end).toBeNull();
  });

  test.for([
    ['400', text(400, '{"error":"notifications are not supported"}', 'application/json')],
    ['404', text(404, '<p>no</p>', 'text/html')],
    ['410', text(410)],
    ['500', text(500)],
  ] as [string, Refuse][])('survives a notification refused with %s', async ([_, refuse], { serve, connect }) => {
    const server = await serve((asked, res) => {
      if (asked.method === 'POST' && !('id' in asked.body)) refuse(asked, res);
      else if (!handshake(asked, res)) sendJson(res, 200, result(own(asked)));
    });
    const wire = connect(server.url);
    await wire.initialize();
    expect(await wire.call('tools/call')).toMatchObject({ result: {} });
    wire.connection.send({ jsonrpc: '2.0', method: 'notifications/roots/list_changed' });
    expect(await wire.call('tools/call')).toMatchObject({ result: {} });
    expect(wire.end).toBeNull();
  });

  test('is kept while a server is in trouble, and while the ping is not answered', async ({ initialized }) => {
    const clock = new FakeClock();
    let isSilent = false;
    const { wire } = await initialized((asked, res) => {
      if (asked.body.method !== 'ping') text(404)(asked, res);
      else if (!isSilent) text(503, 'no session here', 'text/html')(asked, res);
    }, clock);
    expect((await wire.call('tools/call')).error?.message).toContain('answered 404');
    isSilent = true;
    expect((await passTime(clock, wire.call('tools/call'))).error?.message).toContain('answered 404');
    expect(wire.end).toBeNull();
  });

  test('does not need a server that knows ping', async ({ initialized }) => {
    const { wire } = await initialized((asked, res) => {
      if (asked.body.method === 'ping') json(404, own, -32601, 'Method not found')(asked, res);
      else json(400, own, -32000, 'no such session')(asked, res);
    });
    expect((await wire.call('tools/call')).error?.message).toBe('no such session');
    expect(wire.end).toBeNull();
  });

  test('is asked about once when many calls are refused together', async ({ initialized }) => {
    const { wire, server } = await initialized((asked, res) =>
      asked.body.method === 'ping' ? sendJson(res, 200, result(own(asked))) : text(400)(asked, res),
    );
    await Promise.all(Array.from({ length: 5 }, () => wire.call('tools/call')));
    const pings = server.asked.filter(({ body }) => body?.method === 'ping');
    expect(pings.length).toBeLessThan(5);
  });
});

describe('initialized', () => {
  test.for([
    ['fails', (res) => res.writeHead(503).end()],
    ['cuts', (res) => res.destroy()],
  ] as [string, (res: Parameters<Script>[1]) => void][])(
    'is said again to a server that %s',
    async ([_, refuse], { serve, connect }) => {
      const clock = new FakeClock();
      let said = 0;
      const server = await serve((asked, res) => {
        if (asked.body?.method === 'notifications/initialized') {
          said += 1;
          if (said < 3) return refuse(res);
        }
        if (!handshake(asked, res)) sendJson(res, 200, result(own(asked)));
      });
      const wire = connect(server.url, null, {}, clock);
      await wire.initialize();
      expect(await passTime(clock, wire.call('tools/list'))).toMatchObject({ result: {} });
      expect(said).toBeGreaterThanOrEqual(3);
    },
  );

  test('is not waited for longer than 2 s', async ({ serve, connect }) => {
    const clock = new FakeClock();
    const server = await serve((asked, res) => {
      if (asked.body?.method === 'notifications/initialized') return;
      if (!handshake(asked, res)) sendJson(res, 200, result(own(asked)));
    });
    const wire = connect(server.url, null, {}, clock);
    await wire.initialize();
    const id = wire.begin('tools/list');
    await server.nth(1);
    clock.advance(2_000);
    expect(await wire.answerTo(id)).toMatchObject({ result: {} });
  });
});

test('a call that was accepted is answered on the standalone stream', async ({ serve, connect }) => {
  let pushed: Parameters<Script>[1] | null = null;
  const server = await serve((asked, res) => {
    if (asked.method === 'GET') {
      pushed = res;
      startEvents(res);
    } else if (asked.body.method !== 'tools/call') handshake(asked, res);
    else {
      res.writeHead(202).end();
      if (pushed) sendEvent(pushed, null, result(own(asked), { is: 'here' }));
    }
  });
  const wire = connect(server.url);
  await wire.initialize();
  await server.nth(2);
  expect(await wire.call('tools/call')).toMatchObject({ result: { is: 'here' } });
});
