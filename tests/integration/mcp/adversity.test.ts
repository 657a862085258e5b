import { connect } from 'node:net';
import { describe, expect } from 'vitest';
import type { Store } from '#src/main/store/store';
import { initializeRequest, McpHttp } from '#tests/support/clients/mcp-http';
import { scriptedServerTest } from '#tests/support/servers/scripted-tools';

const test = scriptedServerTest.extend('connected', ({ host, owner }) => async (): Promise<McpHttp> => {
  const mcp = new McpHttp(host, owner.key);
  await mcp.initialize();
  await mcp.request('tools/list');
  return mcp;
});

describe('while the disk is full', () => {
  /** Lets the file grow by nothing more. */
  function fill(store: Store): () => void {
    const { db } = (store as unknown as { opened: { db: import('better-sqlite3').Database } }).opened;
    const pages = db.pragma('page_count', { simple: true }) as number;
    db.pragma(`max_page_count = ${pages}`);
    // What is left of the last pages.
    const { streams } = store;
    streams.open({ stream_id: 'filler', session_id: 's', kind: 'get', request_ids: [], created_at: 0 });
    for (let size = 100_000; size > 1; size = Math.floor(size / 2)) {
      try {
        streams.append('filler', 'x'.repeat(size), 0);
      } catch {
        // Smaller, then.
      }
    }
    return () => void db.pragma('max_page_count = 1073741823');
  }

  test('calls are answered, slow ones without event ids, and what comes after is stored again', async ({
    clock,
    server,
    host,
    connected,
  }) => {
    const mcp = await connected();
    const free = fill(host.services.store);
    expect((await mcp.call('counter')).content[0].text).toBe('1');
    const big = 'x'.repeat(200_000);
    const answer = mcp.request('tools/call', { name: 'slow', arguments: { name: 'a' } });
    await server.gate.arrived('a');
    clock.advance(50);
    const { stream } = await answer;
    server.gate.open('a', big);
    const reply = await stream?.message();
    expect([reply?.id, reply?.message.result.content[0].text]).toEqual([undefined, big]);
    expect(await stream?.next()).toBeNull();
    const pushed = (await mcp.get()).stream;
    await server.announce(big);
    expect((await pushed?.message())?.id).toBeUndefined();
    free();
    await server.announce('stored again');
    expect(await pushed?.message()).toEqual({ id: expect.any(String), message: expect.anything() });
  });

  test('a new session is refused with a sentence, not with a status that ends clients', async ({ host, owner }) => {
    const free = fill(host.services.store);
    const mcp = new McpHttp(host, owner.key);
    const message = { ...initializeRequest('2025-11-25', 'x'.repeat(15_000)), id: 5 };
    // The last pages have room for some more: what is stored of a client is small.
    let refused = await mcp.post(message);
    for (let more = 0; more < 200 && refused.headers.get('mcp-session-id') !== null; more += 1) {
      refused = await mcp.post(message);
    }
    expect([refused.status, refused.headers.get('mcp-session-id')]).toEqual([200, null]);
    expect(refused.json).toMatchObject({ id: 5, error: { data: { code: 'storage_unavailable', retryable: true } } });
    free();
    expect((await mcp.post(message)).headers.get('mcp-session-id')).not.toBeNull();
  });
});

describe('a client', () => {
  test('that stops reading is cut after 4 MiB and gets everything when it comes back', async ({
    server,
    host,
    owner,
    connected,
  }) => {
    const mcp = await connected();
    const socket = connect(host.port, '127.0.0.1');
    socket.write(
      `GET /mcp HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nAuthorization: Bearer ${owner.key}\r\n` +
        `Accept: text/event-stream\r\nMcp-Session-Id: ${mcp.transportId}\r\n\r\n`,
    );
    const firstId = await new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk) => {
        const first = text.length === 0;
        text += chunk.toString();
        // The stream is open: now there is something to read.
        if (first) void server.announce(0);
        const id = /id: (\S+\.1)\n/.exec(text)?.[1];
        if (id === undefined) return;
        socket.removeAllListeners('data');
        socket.pause();
        resolve(id);
      });
    });
    let isCut = false;
    const cut = host.answerClosed('GET').then(() => {
      isCut = true;
    });
    let sent = 0;
    while (!isCut && sent < 1_000) {
      sent += 1;
      await server.announce(`${sent} ${'x'.repeat(100_000)}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await cut;
    // The kernel holds some of it as well.
    expect(sent).toBeLessThan(1_000);
    socket.destroy();
    const { stream } = await mcp.get(firstId);
    for (let n = 1; n <= sent; n += 1) {
      expect((await stream?.message())?.message.params.data.split(' ')[0]).toBe(String(n));
    }
  });

  test.for([
    ['in the middle of a body', '{"jsonrpc":"2.0",'],
    ['before its body', ''],
  ] as const)('that leaves %s does no harm', async ([_, begun], { host, owner, connected }) => {
    const mcp = await connected();
    const socket = connect(host.port, '127.0.0.1');
    const gone = host.answerClosed('POST');
    socket.write(
      `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nAuthorization: Bearer ${owner.key}\r\n` +
        'Accept: */*\r\nContent-Type: application/json\r\n' +
        `Mcp-Session-Id: ${mcp.transportId}\r\nContent-Length: 1000\r\n\r\n${begun}`,
      () => socket.destroy(),
    );
    await gone;
    expect((await mcp.request('ping')).status).toBe(200);
    expect(host.log()).not.toMatch(/"level":(50|60)/);
  });

  test('that leaves before its reply is ready is not waited for', async ({ clock, server, host, owner, connected }) => {
    const mcp = await connected();
    const abort = new AbortController();
    const gone = host.answerClosed('POST');
    const request = { jsonrpc: '2.0', id: 9, method: 'tools/call', params: { name: 'slow', arguments: { name: 'a' } } };
    const call = fetch(host.url, {
      method: 'POST',
      signal: abort.signal,
      body: JSON.stringify(request),
      headers: {
        Authorization: `Bearer ${owner.key}`,
        'Mcp-Session-Id': mcp.transportId ?? '',
        'Content-Type': 'application/json',
        Accept: '*/*',
      },
    });
    await server.gate.arrived('a');
    abort.abort();
    await expect(call).rejects.toThrow();
    await gone;
    clock.advance(50);
    server.gate.open('a');
    expect((await mcp.request('ping')).status).toBe(200);
    expect(host.log()).not.toMatch(/"level":(40|50|60)/);
  });
});
