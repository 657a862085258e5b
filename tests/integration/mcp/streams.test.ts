import { describe, expect } from 'vitest';
import { type Answer, type Json, McpHttp } from '#tests/support/clients/mcp-http';
import type { Holder, McpHost } from '#tests/support/hosts/mcp-host';
import { scriptedServerTest } from '#tests/support/servers/scripted-tools';

const test = scriptedServerTest
  .extend('connected', ({ host, owner }) => async (version?: string): Promise<McpHttp> => {
    const mcp = new McpHttp(host, owner.key);
    await mcp.initialize(version);
    await mcp.request('tools/list');
    return mcp;
  })
  /** Calls the slow tool and lets the time pass after which its reply turns into a stream. */
  .extend(
    'startSlow',
    ({ clock, server }) =>
      async (mcp: McpHttp, name: string): Promise<NonNullable<Answer['stream']>> => {
        const answer = mcp.request('tools/call', { name: 'slow', arguments: { name } });
        await server.gate.arrived(name);
        clock.advance(50);
        const { stream } = await answer;
        if (!stream) throw new Error('the reply is no stream');
        return stream;
      },
  )
  /** The session that a transport serves. */
  .extend(
    'sessionOf',
    ({ host, owner }) =>
      (mcp: McpHttp): string =>
        host.services.manager.findTransport(mcp.transportId ?? '', owner.client.client_id)?.session_id ?? '',
  );

test.afterEach(async ({ clock, host }) => {
  const stopped = host.stop();
  clock.advance(5_000);
  await stopped;
});

const textOf = (message: Json): string => message.result.content[0].text;

/** Revisions whose clients take an event without data for a broken message. */
const OLDER = ['2025-06-18', '2025-03-26'];
const MEANINGLESS = '{"jsonrpc":"2.0","method":"notifications/primed"}';

describe('a reply', () => {
  test('that is ready within 50 ms is plain JSON, even at the last moment', async ({ clock, server, connected }) => {
    const mcp = await connected();
    const answer = mcp.request('tools/call', { name: 'slow', arguments: { name: 'a' } });
    await server.gate.arrived('a');
    clock.advance(49);
    server.gate.open('a');
    const { stream, json, headers } = await answer;
    expect([stream, textOf(json), headers.get('content-type')]).toEqual([null, 'done', 'application/json']);
  });

  test('that is slower is a stream with a retry hint, a priming event and ids, and ends with it', async ({
    server,
    connected,
    startSlow,
  }) => {
    const stream = await startSlow(await connected(), 'a');
    expect(await stream.next()).toEqual({ retry: '2500' });
    const priming = await stream.next();
    expect(priming).toEqual({ id: expect.stringMatching(/^\S+\.1$/), data: '' });
    server.gate.open('a');
    const reply = await stream.message();
    expect(reply?.id).toBe(priming?.id?.replace('.1', '.2'));
    expect(textOf(reply?.message)).toBe('done');
    expect(await stream.next()).toBeNull();
  });

  test.for(OLDER)(
    'begins with an event of another type for a client of %s',
    async (version, { server, connected, startSlow }) => {
      const stream = await startSlow(await connected(version), 'a');
      server.gate.open('a');
      expect(await stream.rest()).toEqual([
        { retry: '2500' },
        { event: 'primed', id: expect.stringMatching(/\.1$/), data: MEANINGLESS },
        { id: expect.stringMatching(/\.2$/), data: expect.stringContaining('done') },
      ]);
    },
  );

  test.for(OLDER)(
    'is delivered to a client of %s that comes back with that event',
    async (version, { server, host, connected, startSlow }) => {
      const mcp = await connected(version);
      const first = await startSlow(mcp, 'a');
      await first.next();
      const last = (await first.next())?.id;
      const gone = host.answerClosed('POST');
      first.cut();
      await gone;
      server.gate.open('a');
      const events = (await (await mcp.get(last)).stream?.rest()) ?? [];
      expect(textOf(JSON.parse(events.at(-1)?.data ?? ''))).toBe('done');
    },
  );

  test('lets the client wait longer, the longer it has waited, where nothing holds it meanwhile', async ({
    clock,
    connected,
    startSlow,
  }) => {
    const stream = await startSlow(await connected(), 'a');
    const told: string[] = [];
    const read = (async () => {
      for (let event = await stream.next(); event; event = await stream.next()) told.push(event.retry ?? '');
    })();
    for (let at = 0; at < 60; at += 5) clock.advance(5_000);
    await expect.poll(() => told.filter((retry) => retry !== '')).toContain('15000');
    stream.cut();
    await read;
    expect(told.filter((retry) => retry !== '')).toEqual(['2500', '5000', '7500', '10000', '12500', '15000']);
  });

  test('is delivered once to a client that comes back, on a stream that then ends', async ({
    server,
    host,
    connected,
    startSlow,
  }) => {
    const mcp = await connected();
    const first = await startSlow(mcp, 'a');
    await first.next();
    const last = (await first.next())?.id ?? '';
    const gone = host.answerClosed('POST');
    first.cut();
    await gone;
    server.gate.open('a');
    const second = await mcp.get(last);
    const events = (await second.stream?.rest()) ?? [];
    expect(events.filter(({ data }) => data).map(({ data }) => textOf(JSON.parse(data ?? '')))).toEqual(['done']);
    const third = await mcp.get(events.at(-1)?.id);
    expect(await third.stream?.rest()).toEqual([{ retry: '2500' }]);
  });

  test('tells a client that comes back where it is first, in case that connection is lost as well', async ({
    server,
    host,
    connected,
    startSlow,
  }) => {
    const mcp = await connected();
    const first = await startSlow(mcp, 'a');
    await first.next();
    const last = (await first.next())?.id ?? '';
    for (let time = 0; time < 2; time += 1) {
      const { stream } = await mcp.get(last);
      expect([await stream?.next(), await stream?.next()]).toEqual([{ retry: '2500' }, { id: last, data: '' }]);
      const gone = host.answerClosed('GET');
      stream?.cut();
      await gone;
    }
    server.gate.open('a');
    expect(textOf((await (await mcp.get(last)).stream?.message())?.message)).toBe('done');
  });

  test('that is still pending is waited for by a client that comes back', async ({ server, connected, startSlow }) => {
    const mcp = await connected();
    const first = await startSlow(mcp, 'a');
    await first.next();
    const last = (await first.next())?.id ?? '';
    const second = await mcp.get(last);
    expect(await first.rest(), 'the connection it left is ended').toEqual([]);
    server.gate.open('a', 'late');
    expect(textOf((await second.stream?.message())?.message)).toBe('late');
    expect(await second.stream?.next()).toBeNull();
  });

  test('of several requests at once comes on the stream of its own request', async ({
    server,
    connected,
    startSlow,
  }) => {
    const mcp = await connected();
    const a = await startSlow(mcp, 'a');
    const b = await startSlow(mcp, 'b');
    server.gate.open('b', 'for b');
    server.gate.open('a', 'for a');
    expect(textOf((await a.message())?.message)).toBe('for a');
    expect(textOf((await b.message())?.message)).toBe('for b');
  });

  test('reaches the right one of two transports of one session that use the same request id', async ({
    server,
    host,
    owner,
    connected,
    sessionOf,
  }) => {
    const mcp = await connected();
    const token = (await mcp.call('session_info')).structuredContent;
    await reconnectByToken(host, owner, token);
    const [one, two] = [await twin(host, owner), await twin(host, owner)];
    expect(sessionOf(one)).toBe(sessionOf(two));
    const request = (name: string) => ({
      jsonrpc: '2.0',
      id: 'same',
      method: 'tools/call',
      params: { name: 'slow', arguments: { name } },
    });
    const answers = [one.post(request('a')), two.post(request('b'))];
    await server.gate.arrived('a');
    await server.gate.arrived('b');
    server.gate.open('b', 'for two');
    server.gate.open('a', 'for one');
    expect((await Promise.all(answers)).map(({ json }) => [json.id, textOf(json)])).toEqual([
      ['same', 'for one'],
      ['same', 'for two'],
    ]);
  });

  /** Comes back by token at another door: the next new transport of the client within two minutes is the session's. */
  async function reconnectByToken(
    host: McpHost,
    owner: Holder,
    { session_id, reconnect_token }: { session_id: string; reconnect_token: string },
  ) {
    await host.services.manager.reconnectSession({
      session_id,
      token: reconnect_token,
      door: 'rest',
      transport_id: null,
      principal: { kind: 'client', client: owner.client },
    });
  }

  async function twin(host: McpHost, owner: Holder): Promise<McpHttp> {
    const mcp = new McpHttp(host, owner.key);
    await mcp.initialize();
    await mcp.request('tools/list');
    return mcp;
  }

  test('to a cancelled request ends its stream and reaches the tool', async ({ server, connected, startSlow }) => {
    const mcp = await connected();
    const stream = await startSlow(mcp, 'a');
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 3, reason: 'enough' } };
    expect((await mcp.post(cancel)).status).toBe(202);
    expect((await stream.message())?.message).toMatchObject({ id: 3, error: { code: -32000 } });
    expect(await stream.next()).toBeNull();
    expect(server.gate.cancelled).toEqual(['a']);
  });

  test('is not cancelled by a client that only disconnects', async ({ server, host, connected, startSlow }) => {
    const mcp = await connected();
    const stream = await startSlow(mcp, 'a');
    await stream.next();
    const last = (await stream.next())?.id ?? '';
    const gone = host.answerClosed('POST');
    stream.cut();
    await gone;
    expect(server.gate.cancelled).toEqual([]);
    server.gate.open('a');
    expect(textOf((await (await mcp.get(last)).stream?.message())?.message)).toBe('done');
  });

  test('comes after the progress of its request, under the token the client chose', async ({ server, connected }) => {
    const mcp = await connected();
    const params = { name: 'steps', arguments: { name: 'a' }, _meta: { progressToken: 'mine' } };
    const answer = mcp.request('tools/call', params);
    await server.gate.arrived('a');
    server.gate.open('a', 'half');
    const stream = (await answer).stream;
    expect((await stream?.message())?.message).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken: 'mine', progress: 1, message: 'half' },
    });
    await server.gate.arrived('a');
    server.gate.open('a', 'done');
    expect(textOf((await stream?.message())?.message)).toBe('1 steps');
  });

  test('comes after what the server asked the client, on the same stream', async ({ host, owner }) => {
    const mcp = new McpHttp(host, owner.key);
    const capabilities = { elicitation: { form: {} } };
    const clientInfo = { name: 'asked', version: '1' };
    const opened = await mcp.post({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities, clientInfo },
    });
    mcp.transportId = opened.headers.get('mcp-session-id');
    const { stream } = await mcp.request('tools/call', { name: 'ask', arguments: {} });
    const question = (await stream?.message())?.message;
    expect(question).toMatchObject({ method: 'elicitation/create', params: { message: 'Which colour?' } });
    const result = { action: 'accept', content: { colour: 'red' } };
    expect((await mcp.post({ jsonrpc: '2.0', id: question.id, result })).status).toBe(202);
    expect(textOf((await stream?.message())?.message)).toBe('accept {"colour":"red"}');
  });
});

/** What every standalone stream begins with. */
const BEGINNING = [{ retry: '2500' }, { id: expect.stringMatching(/\.0$/), data: '' }];

describe('the standalone stream', () => {
  const announced = (message: Json) => message?.params?.data;

  test('opens with a retry hint and a first id, is kept alive every 15 s and never ends by itself', async ({
    clock,
    connected,
  }) => {
    const mcp = await connected();
    const { stream, status } = await mcp.get();
    expect(status).toBe(200);
    expect([await stream?.next(), await stream?.next()]).toEqual(BEGINNING);
    clock.advance(15_000);
    expect(await stream?.next()).toEqual({ comment: 'keep-alive' });
    clock.advance(30_000);
    expect([await stream?.next(), await stream?.next()]).toEqual([
      { comment: 'keep-alive' },
      { comment: 'keep-alive' },
    ]);
  });

  test('gets what the server sends by itself, the newest of several only', async ({ server, host, connected }) => {
    const mcp = await connected();
    const older = (await mcp.get()).stream;
    const newer = (await mcp.get()).stream;
    await server.announce('one');
    expect(announced((await newer?.message())?.message)).toBe('one');
    const gone = host.answerClosed('GET');
    newer?.cut();
    await gone;
    await server.announce('two');
    expect(announced((await older?.message())?.message)).toBe('two');
  });

  test('begins with what was sent while none was open', async ({ server, connected }) => {
    const mcp = await connected();
    await server.announce('one');
    await server.announce('two');
    const { stream } = await mcp.get();
    await server.announce('three');
    const got = [await stream?.message(), await stream?.message(), await stream?.message()];
    expect(got.map((event) => announced(event?.message))).toEqual(['one', 'two', 'three']);
    expect(new Set(got.map((event) => event?.id)).size).toBe(3);
  });

  test('begins with what was sent before there was a session; until then nothing is stored', async ({
    server,
    host,
    owner,
    sessionOf,
  }) => {
    const mcp = new McpHttp(host, owner.key);
    await mcp.initialize();
    await server.announce('early');
    const { transports, streams } = host.services.store;
    const reserved = transports.get(mcp.transportId ?? '')?.reserved_session_id ?? '';
    expect(streams.waiting(reserved)).toBeNull();
    await mcp.request('tools/list');
    expect(sessionOf(mcp)).toBe(reserved);
    await server.announce('late');
    const { stream } = await mcp.get();
    const got = [await stream?.message(), await stream?.message()];
    expect(got.map((event) => announced(event?.message))).toEqual(['early', 'late']);
  });

  test('goes on after the last event, with what was missed of it and nothing twice', async ({
    server,
    host,
    connected,
  }) => {
    const mcp = await connected();
    const first = (await mcp.get()).stream;
    await server.announce('one');
    const last = (await first?.message())?.id ?? '';
    await server.announce('lost on the way');
    const gone = host.answerClosed('GET');
    first?.cut();
    await gone;
    await server.announce('sent meanwhile');
    const second = (await mcp.get(last)).stream;
    await server.announce('new');
    const got = [await second?.message(), await second?.message(), await second?.message()];
    expect(got.map((event) => announced(event?.message))).toEqual(['lost on the way', 'sent meanwhile', 'new']);
  });

  test('takes over from a connection that only seems to live', async ({ server, connected }) => {
    const mcp = await connected();
    const first = (await mcp.get()).stream;
    await server.announce('one');
    const last = (await first?.message())?.id ?? '';
    const second = (await mcp.get(last)).stream;
    expect(await first?.rest()).toEqual([]);
    await server.announce('two');
    expect(announced((await second?.message())?.message)).toBe('two');
  });

  test.for(OLDER)('begins with an event of another type for a client of %s', async (version, { server, connected }) => {
    const mcp = await connected(version);
    const { stream } = await mcp.get();
    await server.announce('one');
    expect([await stream?.next(), await stream?.next(), await stream?.next()]).toEqual([
      { retry: '2500' },
      { event: 'primed', id: expect.stringMatching(/\.0$/), data: MEANINGLESS },
      { id: expect.stringMatching(/\.1$/), data: expect.stringContaining('one') },
    ]);
  });

  test('of which nothing arrived but its first id loses nothing', async ({ server, connected }) => {
    const mcp = await connected();
    const first = (await mcp.get()).stream;
    await first?.next();
    const id = (await first?.next())?.id;
    // Sent to a connection that no longer delivers, which nobody knows yet.
    await server.announce('one');
    await server.announce('two');
    const second = (await mcp.get(id)).stream;
    const got = [await second?.message(), await second?.message()];
    expect(got.map((event) => announced(event?.message))).toEqual(['one', 'two']);
    await server.announce('three');
    expect(announced((await second?.message())?.message)).toBe('three');
  });

  test('that said nothing is left for the one that continues it', async ({ server, connected }) => {
    const mcp = await connected();
    const first = (await mcp.get()).stream;
    await first?.next();
    const id = (await first?.next())?.id;
    const second = (await mcp.get(id)).stream;
    expect(await first?.rest(), 'the connection it left is ended').toEqual([]);
    await server.announce('one');
    expect(await second?.message()).toMatchObject({ id: id?.replace(/0$/, '1') });
  });

  test('that said nothing loses nothing however often the way back to it is cut', async ({
    server,
    host,
    connected,
  }) => {
    const mcp = await connected();
    const first = (await mcp.get()).stream;
    await first?.next();
    const id = (await first?.next())?.id;
    const gone = host.answerClosed('GET');
    first?.cut();
    await gone;
    await server.announce('one');
    for (let time = 0; time < 2; time += 1) {
      // It gets what waits, of which nothing arrives.
      const again = host.answerClosed('GET');
      (await mcp.get(id)).stream?.cut();
      await again;
    }
    const last = (await mcp.get(id)).stream;
    expect(announced((await last?.message())?.message)).toBe('one');
  });

  test("with the first id of another session's stream is a stream of its own", async ({ server, host, owner }) => {
    const theirs = new McpHttp(host, owner.key);
    await theirs.initialize('2025-11-25', 'other-program');
    await theirs.request('tools/list');
    const other = (await theirs.get()).stream;
    await server.announce('for the other');
    const event = await other?.message();
    const mine = new McpHttp(host, owner.key);
    await mine.initialize();
    await mine.request('tools/list');
    const { stream } = await mine.get(event?.id?.replace(/1$/, '0'));
    await server.announce('for me');
    const got = await stream?.message();
    expect(announced(got?.message)).toBe('for me');
    expect(got?.id?.split('.')[0]).not.toBe(event?.id?.split('.')[0]);
  });

  test('of one session never shows what another session was sent', async ({
    clock,
    server,
    host,
    owner,
    connected,
    sessionOf,
  }) => {
    const mine = await connected();
    const stream = (await mine.get()).stream;
    const other = new McpHttp(host, owner.key);
    await other.initialize('2025-11-25', 'other-program');
    await other.request('tools/list');
    expect(sessionOf(other)).not.toBe(sessionOf(mine));
    await server.announce('for the other');
    const others = (await other.get()).stream;
    const event = await others?.message();
    expect(announced(event?.message)).toBe('for the other');
    const stolen = await mine.get(event?.id);
    expect([stolen.status, stolen.json.error.message]).toEqual([400, expect.stringContaining('Last-Event-ID')]);
    clock.advance(15_000);
    const got = [await stream?.next(), await stream?.next(), await stream?.next()];
    expect(got).toEqual([...BEGINNING, { comment: 'keep-alive' }]);
  });

  test('is cut when a person disconnects the session, and the same id brings it back', async ({
    host,
    connected,
    sessionOf,
  }) => {
    const mcp = await connected();
    const stream = (await mcp.get()).stream;
    host.services.manager.disconnect(sessionOf(mcp), { kind: 'admin' });
    expect(await stream?.rest()).toEqual(BEGINNING);
    expect((await mcp.get()).status).toBe(200);
    const session = host.services.manager.get(sessionOf(mcp), { kind: 'admin' });
    expect(session).toMatchObject({ status: 'active', reconnect_count: 1, last_reconnect_cause: 'resumed' });
  });
});

describe('when Holdfast stops', () => {
  test('running calls get an error, streams end, and nobody waits', async ({
    clock,
    server,
    host,
    connected,
    startSlow,
  }) => {
    const mcp = await connected();
    const slow = await startSlow(mcp, 'a');
    const standalone = (await mcp.get()).stream;
    const quick = mcp.request('tools/call', { name: 'slow', arguments: { name: 'b' } });
    await server.gate.arrived('b');
    await host.stop();
    expect((await slow.message())?.message.error).toMatchObject({
      code: -32000,
      message: expect.stringContaining('stopped'),
    });
    expect((await quick).json.error.message).toContain('outcome is unknown');
    expect(await standalone?.rest()).toEqual([...BEGINNING, { retry: '10000' }]);
    expect(clock.pending, 'timers that are left').toBe(0);
  });
});
