import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect } from 'vitest';
import type { Json } from '#tests/support/clients/mcp-http';
import { startRawBridge } from './raw-bridge';
import { cliTest, writeEndpoint } from './support';

/** What a scripted Holdfast was sent at `/mcp`. */
interface Seen {
  readonly method: string;
  readonly session: string | undefined;
  readonly lastEventId: string | undefined;
  readonly body: Json;
}

type Answer = (seen: Seen, res: ServerResponse) => void;

/** A Holdfast that breaks off where it is told to; the real one cannot be made to do that at exactly these places. */
class BreakingHoldfast {
  readonly seen: Seen[] = [];
  answer: Answer = () => undefined;
  private sessions = 0;
  private server = createServer((req, res) => void this.serve(req, res));
  private port = 0;

  async start(folder: string): Promise<void> {
    this.server = createServer((req, res) => void this.serve(req, res));
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    writeEndpoint(folder, { url: `http://127.0.0.1:${this.port}`, pid: process.pid });
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  /** What came by POST with this method. */
  posts(method: string): Seen[] {
    return this.seen.filter((seen) => seen.method === 'POST' && seen.body?.method === method);
  }

  private async serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (req.url === '/api/mcp/health') {
      sendJson(res, 200, { name: 'Holdfast' });
      return;
    }
    let text = '';
    for await (const part of req) text += part;
    const { 'mcp-session-id': session, 'last-event-id': last } = req.headers;
    const seen = {
      method: req.method ?? '',
      session: session as string | undefined,
      lastEventId: last as string | undefined,
      body: text === '' ? null : JSON.parse(text),
    };
    this.seen.push(seen);
    if (seen.body?.method === 'initialize') {
      this.sessions += 1;
      res.setHeader('Mcp-Session-Id', `session-${this.sessions}`);
      sendJson(res, 200, { jsonrpc: '2.0', id: seen.body.id, result: { protocolVersion: '2025-11-25' } });
    } else if (seen.body?.method === 'notifications/initialized') res.writeHead(202).end();
    else if (req.method === 'GET' && last === undefined) res.writeHead(405).end();
    else this.answer(seen, res);
  }
}

function sendJson(res: ServerResponse, status: number, body: Json): void {
  res.writeHead(status, { 'Content-Type': 'application/json' });
  res.end(JSON.stringify(body));
}

const result = (id: Json, value: Json = {}) => ({ jsonrpc: '2.0', id, result: value });
const notFound = (res: ServerResponse, id: Json) =>
  sendJson(res, 404, { jsonrpc: '2.0', id, error: { code: -32001, message: 'Session not found' } });

function beginStream(res: ServerResponse, id: string): void {
  res.writeHead(200, { 'Content-Type': 'text/event-stream' });
  res.write(`retry: 50\n\nid: ${id}\ndata: \n\n`);
}

const test = cliTest
  .extend('holdfast', async ({ folder }, { onCleanup }) => {
    const holdfast = new BreakingHoldfast();
    await holdfast.start(folder);
    onCleanup(() => holdfast.stop());
    return holdfast;
  })
  .extend('bridge', async ({ command, folder, holdfast: _ }, { onCleanup }) => {
    const bridge = startRawBridge(command, folder, [], { HOLDFAST_KEY: 'hf_given-by-hand' });
    onCleanup(() => bridge.kill());
    await bridge.initialize();
    return bridge;
  });

/** Bundling may take longer than a test. */
test.beforeAll(({ command }) => void [command], 60_000);

describe('a request is sent once', () => {
  test('when the connection breaks before an answer: it may have been executed', async ({ holdfast, bridge }) => {
    holdfast.answer = (_, res) => res.destroy();
    const { error } = await bridge.request('tools/call', { name: 'pay' });
    expect(error).toMatchObject({ code: -32000, message: expect.stringContaining('outcome is unknown') });
    expect(holdfast.posts('tools/call')).toHaveLength(1);
  });

  test('when the answer breaks off in its middle', async ({ holdfast, bridge }) => {
    holdfast.answer = (_, res) => {
      res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 1000 });
      res.write('{"jsonrpc":');
      res.socket?.end();
    };
    const { error } = await bridge.request('tools/call', { name: 'pay' });
    expect(error.message).toContain('outcome is unknown');
    expect(holdfast.posts('tools/call')).toHaveLength(1);
  });

  test('and once more after a 404, in a new session that begins with the client’s own handshake', async ({
    holdfast,
    bridge,
  }) => {
    holdfast.answer = ({ session, body }, res) => {
      if (session === 'session-1') notFound(res, body.id);
      else sendJson(res, 200, result(body.id, { session }));
    };
    const both = await Promise.all([bridge.request('tools/list'), bridge.request('prompts/list')]).catch(() => null);
    expect(both).not.toBeNull();
    expect(holdfast.posts('tools/list').map(({ session }) => session)).toEqual(['session-1', 'session-2']);
    const [first, second, ...more] = holdfast.posts('initialize');
    expect(more).toEqual([]);
    expect(second?.body).toEqual(first?.body);
    expect(second?.session).toBeUndefined();
    expect(holdfast.posts('notifications/initialized')).toHaveLength(2);
  });

  test('but not forever when every session is refused', async ({ holdfast, bridge }) => {
    holdfast.answer = ({ body }, res) => notFound(res, body.id);
    expect((await bridge.request('tools/list')).error).toMatchObject({ code: -32001 });
    expect(holdfast.posts('tools/list')).toHaveLength(2);
    expect(holdfast.posts('initialize')).toHaveLength(2);
  });
});

describe('a stream that breaks off', () => {
  test('is resumed after a restart, from the last event that came', async ({ folder, holdfast, bridge }) => {
    holdfast.answer = ({ method, body }, res) => {
      if (method === 'POST') {
        beginStream(res, 'stream.1');
        const note = { jsonrpc: '2.0', method: 'notifications/progress', params: { id: body.id } };
        res.write(`id: stream.2\ndata: ${JSON.stringify(note)}\n\n`);
      } else {
        beginStream(res, 'stream.3');
        res.end(`id: stream.4\ndata: ${JSON.stringify(result('r2', { done: true }))}\n\n`);
      }
    };
    const answer = bridge.request('tools/call', { name: 'slow' });
    while (!bridge.lines().some((line) => line.includes('progress')))
      await new Promise((resolve) => setImmediate(resolve));
    await holdfast.stop();
    await bridge.said('Holdfast is gone');
    await holdfast.start(folder);
    expect(await answer).toEqual(result('r2', { done: true }));
    expect(holdfast.posts('tools/call')).toHaveLength(1);
    expect(holdfast.seen.at(-1)).toMatchObject({ method: 'GET', session: 'session-1', lastEventId: 'stream.2' });
  });

  test('is asked for again when the server ended it on purpose, and answered with an error when it is gone', async ({
    holdfast,
    bridge,
  }) => {
    let gets = 0;
    holdfast.answer = ({ method, body }, res) => {
      if (method === 'GET') gets += 1;
      if (method === 'POST' || gets === 1) {
        beginStream(res, `stream.${gets + 1}`);
        res.end();
      } else notFound(res, body?.id ?? null);
    };
    const { error } = await bridge.request('tools/call', { name: 'slow' });
    expect(error.message).toContain('outcome is unknown');
    expect(gets).toBe(2);
  });

  test('without an id is over: nobody can say what became of the call', async ({ holdfast, bridge }) => {
    holdfast.answer = (_, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' });
      res.write(': nothing yet\n\n');
      res.socket?.end();
    };
    expect((await bridge.request('tools/call', { name: 'slow' })).error.message).toContain('outcome is unknown');
    expect(holdfast.seen.filter(({ lastEventId }) => lastEventId !== undefined)).toEqual([]);
  });
});

describe('messages without an answer', () => {
  test('are delivered in their order, after a restart too, and hold up no request', async ({
    folder,
    holdfast,
    bridge,
  }) => {
    holdfast.answer = ({ body }, res) => {
      if (body?.id === undefined) res.writeHead(202).end();
      else sendJson(res, 200, result(body.id));
    };
    await bridge.request('ping');
    await holdfast.stop();
    for (const at of [1, 2, 3]) bridge.send({ method: 'notifications/roots/list_changed', params: { at } });
    expect((await bridge.request('tools/list')).error.message).toContain('Holdfast is not running');
    await holdfast.start(folder);
    const delivered = () => holdfast.posts('notifications/roots/list_changed').map(({ body }) => body.params.at);
    while (delivered().length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(delivered()).toEqual([1, 2, 3]);
  });
});

describe('lines', () => {
  test('go through as they are, both ways', async ({ holdfast, bridge }) => {
    const line = '{ "jsonrpc":"2.0",  "id" : 7, "method":"x/y","params":{"text":"a\u2028b\\u0000","n":1.0}}';
    let body = '';
    holdfast.answer = (seen, res) => {
      body = JSON.stringify(seen.body);
      sendRaw(res, '{"id":7,\r\n "jsonrpc":"2.0", "result":{"n":1}}');
    };
    const sendRaw = (res: ServerResponse, text: string) => {
      res.writeHead(200, { 'Content-Type': 'application/json' });
      res.end(text);
    };
    bridge.sendLine(line);
    expect(await bridge.next()).toEqual({ id: 7, jsonrpc: '2.0', result: { n: 1 } });
    expect(body).toBe(JSON.stringify(JSON.parse(line)));
    expect(bridge.lines().every((text) => typeof JSON.parse(text) === 'object')).toBe(true);
  });

  test('that are no messages get an error and are not sent', async ({ holdfast, bridge }) => {
    for (const line of ['not json', '{"id":1}', '"text"', '[]']) {
      bridge.sendLine(line);
      expect(await bridge.next()).toMatchObject({ id: null, error: { code: -32700 } });
    }
    expect(holdfast.posts('tools/list')).toEqual([]);
  });

  test('that are far too long get an error, and the next one is read', async ({ holdfast, bridge }) => {
    holdfast.answer = ({ body }, res) => sendJson(res, 200, result(body.id));
    bridge.sendLine(`{"jsonrpc":"2.0","id":8,"method":"x","params":{"text":"${'x'.repeat(17 * 1024 * 1024)}"}}`);
    expect(await bridge.next()).toMatchObject({ id: null, error: { code: -32600 } });
    expect((await bridge.request('ping')).result).toEqual({});
  });

  test('of the revisions without sessions get the error on which clients send initialize', async ({
    holdfast,
    bridge,
  }) => {
    bridge.send({ id: 1, method: 'server/discover', params: {} });
    const { error } = await bridge.next();
    expect(error.code).toBe(-32601);
    expect(holdfast.posts('server/discover')).toEqual([]);
  });
});
