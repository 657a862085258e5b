import { describe, expect } from 'vitest';
import { isRequest } from '#src/main/mcp/json-rpc';
import { sseTest } from '#tests/support/servers/scripted-sse';
import { SdkSse } from '#tests/support/servers/sdk-sse';

const test = sseTest.extend('server', async ({}, { onCleanup }) => {
  const server = await SdkSse.start();
  onCleanup(() => server.kill());
  return server;
});

const textOf = (response: { result?: unknown }) => (response.result as { content: [{ text: string }] }).content[0].text;

describe('a server made with the SDK, over HTTP+SSE', () => {
  test('is initialized, called, and let go of', async ({ server, connectSse }) => {
    const wire = connectSse(server.url);
    const { result } = await wire.initialize('2025-06-18');
    expect(result).toMatchObject({ protocolVersion: '2025-06-18', serverInfo: { name: 'older' } });
    expect(textOf(await wire.call('tools/call', { name: 'count' }))).toBe('{"n":1}');
    expect(textOf(await wire.call('tools/call', { name: 'count' }))).toBe('{"n":2}');
    expect(wire.connection).toMatchObject({ child: null, session: null, isResumed: false });
    expect(await wire.connection.stderr()).toEqual([]);
    const [transport] = server.transports.values();
    const gone = new Promise<void>((resolve) => {
      if (transport) transport.onclose = resolve;
    });
    await wire.connection.close();
    await gone;
    expect(wire.end).toBeNull();
  });

  test('has a session for each connection', async ({ server, connectSse }) => {
    const [one, two] = [connectSse(server.url), connectSse(server.url)];
    await Promise.all([one.initialize(), two.initialize()]);
    await one.call('tools/call', { name: 'count' });
    expect(textOf(await one.call('tools/call', { name: 'count' }))).toBe('{"n":2}');
    expect(textOf(await two.call('tools/call', { name: 'count' }))).toBe('{"n":1}');
    expect(server.transports.size).toBe(2);
  });

  test('says progress, and asks', async ({ server, connectSse }) => {
    const wire = connectSse(server.url);
    await wire.initialize('2025-06-18', { sampling: {}, elicitation: {} });
    const steps = await wire.call('tools/call', { name: 'steps', _meta: { progressToken: 7 } });
    expect(textOf(steps)).toBe('walked');
    const progress = wire.heard.flatMap(({ message }) =>
      'method' in message && message.method === 'notifications/progress' ? [message.params?.progress] : [],
    );
    expect(progress).toEqual([1, 2, 3]);
    const ask = wire.begin('tools/call', { name: 'ask' });
    for (const [method, result] of [
      ['sampling/createMessage', { model: 'm', role: 'assistant', content: { type: 'text', text: 'yes' } }],
      ['elicitation/create', { action: 'accept', content: { colour: 'blue' } }],
    ] as const) {
      const question = await wire.until(
        () =>
          wire.heard
            .map(({ message }) => message)
            .filter(isRequest)
            .find((one) => one.method === method),
        method,
      );
      wire.connection.send({ jsonrpc: '2.0', id: question.id, result });
    }
    expect(JSON.parse(textOf(await wire.answerTo(ask)))).toEqual({
      model: { type: 'text', text: 'yes' },
      person: { colour: 'blue' },
    });
  });

  test('ends the connection when it is killed', async ({ server, connectSse }) => {
    const wire = connectSse(server.url);
    await wire.initialize();
    const id = wire.begin('tools/call', { name: 'wait' });
    await expect.poll(() => server.held).toBe(1);
    await server.kill();
    expect(await wire.ended()).toMatchObject({ sentence: 'closed its event stream', notTaken: [] });
    expect(wire.responsesTo(id)).toEqual([]);
  });
});
