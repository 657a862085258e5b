import { type AddressInfo, createServer } from 'node:net';
import { describe, expect } from 'vitest';
import { initializeResult, result, wireTest } from '#tests/support/servers/scripted-http';

interface Stingy {
  readonly url: string;
  /** Methods of the messages it read, and how often it cut a connection without reading what came. */
  readonly read: string[];
  cuts: number;
  /** Requests that it still answers on each connection. */
  perConnection: number;
  close(): void;
}

/** Speaks HTTP by hand: it cuts a connection when one request more comes than it is willing to answer there. */
async function startStingy(perConnection: number, options: { reads: boolean } = { reads: false }): Promise<Stingy> {
  const server = createServer((socket) => {
    let answered = 0;
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (data) => {
      text += data;
      const head = text.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (head < 0 || text.length < head + 4 + length) return;
      const body = text.slice(head + 4, head + 4 + length);
      const isPost = text.startsWith('POST');
      text = '';
      const message = isPost && body ? JSON.parse(body) : {};
      if (answered >= stingy.perConnection) {
        stingy.cuts += 1;
        if (options.reads) stingy.read.push(message.method);
        socket.resetAndDestroy();
        return;
      }
      answered += 1;
      if (!isPost) return void socket.write('HTTP/1.1 405 No\r\ncontent-length: 0\r\n\r\n');
      stingy.read.push(message.method);
      if (message.id === undefined) return void socket.write('HTTP/1.1 202 A\r\ncontent-length: 0\r\n\r\n');
      const answer = JSON.stringify(
        message.method === 'initialize' ? initializeResult(message.id) : result(message.id, { is: message.method }),
      );
      const headers = `content-type: application/json\r\nmcp-session-id: k1\r\ncontent-length: ${answer.length}`;
      socket.write(`HTTP/1.1 200 OK\r\n${headers}\r\n\r\n${answer}`);
    });
  });
  const stingy: Stingy = { url: '', read: [], cuts: 0, perConnection, close: () => server.close() };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(stingy, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp` });
}

const test = wireTest.extend('stingy', ({}, { onCleanup }) => async (...args: Parameters<typeof startStingy>) => {
  const server = await startStingy(...args);
  onCleanup(() => server.close());
  return server;
});

describe('a server that cuts a connection just as the next request comes', () => {
  test.for([1, 2])('after %i requests, is not noticed', async (perConnection, { stingy, connect }) => {
    const server = await stingy(perConnection);
    const wire = connect(server.url);
    await wire.initialize();
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await wire.call('tools/list')).toMatchObject({ result: { is: 'tools/list' } });
      expect(await wire.call('tools/call')).toMatchObject({ result: { is: 'tools/call' } });
    }
    expect(server.cuts).toBeGreaterThan(0);
    expect(server.read.filter((method) => method === 'notifications/initialized')).toHaveLength(1);
    expect(server.read.filter((method) => method === 'tools/call')).toHaveLength(3);
  });

  test('gets no call a second time: it may have read the first', async ({ stingy, connect }) => {
    const server = await stingy(9, { reads: true });
    const wire = connect(server.url);
    await wire.initialize();
    expect(await wire.call('tools/call')).toMatchObject({ result: {} });
    server.perConnection = 1;
    const { error } = await wire.call('tools/call');
    expect(error?.message).toBe('The server cut the connection (ECONNRESET); the outcome of the call is unknown.');
    expect(server.read.filter((method) => method === 'tools/call')).toHaveLength(2);
  });
});
