import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { type EventStore, StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isRequest } from '#src/main/mcp/json-rpc';
import { Wire } from '#tests/support/servers/scripted-http';

/** A server as people write them: the SDK's transport, one a session, with an event store. */
let server: Server;
let url: string;
let wires: Wire[];
let transports: Map<string, StreamableHTTPServerTransport>;
let mcpServers: McpServer[];
let release: () => void;

const wire = (...args: ConstructorParameters<typeof Wire> extends [string, ...infer R] ? R : never): Wire => {
  const made = new Wire(url, ...args);
  wires.push(made);
  return made;
};

beforeEach(async () => {
  wires = [];
  transports = new Map();
  mcpServers = [];
  server = createServer(async (req, res) => {
    const id = req.headers['mcp-session-id'];
    const known = typeof id === 'string' ? transports.get(id) : undefined;
    if (known) return known.handleRequest(req, res);
    if (id !== undefined) return void res.writeHead(404).end();
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: new MemoryEvents(),
      retryInterval: 50,
      onsessioninitialized: (sessionId) => void transports.set(sessionId, transport),
      onsessionclosed: (sessionId) => void transports.delete(sessionId),
    });
    await makeServer().connect(transport);
    await transport.handleRequest(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
});

afterEach(async () => {
  await Promise.all(wires.map(({ connection }) => connection.close()));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function makeServer(): McpServer {
  const mcp = new McpServer({ name: 'people', version: '1' }, { capabilities: { logging: {} } });
  mcpServers.push(mcp);
  const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
  mcp.registerTool('fast', {}, () => text('fast'));
  mcp.registerTool('steps', {}, async ({ sendNotification, _meta }) => {
    for (const progress of [1, 2, 3]) {
      const progressToken = _meta?.progressToken ?? 0;
      await sendNotification({ method: 'notifications/progress', params: { progressToken, progress } });
    }
    return text('walked');
  });
  mcp.registerTool('cut', {}, async ({ closeSSEStream, sendNotification }) => {
    await sendNotification({ method: 'notifications/message', params: { level: 'info', data: 'before' } });
    closeSSEStream?.();
    await sendNotification({ method: 'notifications/message', params: { level: 'info', data: 'meanwhile' } });
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return text('after the cut');
  });
  mcp.registerTool('ask', {}, async ({ sendRequest }) => {
    const { z } = await import('zod');
    const answer = await sendRequest({ method: 'roots/list' }, z.object({ roots: z.array(z.unknown()) }));
    return text(`${answer.roots.length} roots`);
  });
  return mcp;
}

class MemoryEvents implements EventStore {
  private readonly events: { id: string; streamId: string; message: JSONRPCMessage }[] = [];

  async storeEvent(streamId: string, message: JSONRPCMessage): Promise<string> {
    const id = `${streamId}~${this.events.length}`;
    this.events.push({ id, streamId, message });
    return id;
  }

  async getStreamIdForEventId(eventId: string): Promise<string | undefined> {
    return this.events.find(({ id }) => id === eventId)?.streamId;
  }

  async replayEventsAfter(
    lastId: string,
    { send }: { send: (id: string, message: JSONRPCMessage) => Promise<void> },
  ): Promise<string> {
    const from = this.events.findIndex(({ id }) => id === lastId);
    const streamId = this.events[from]?.streamId ?? '';
    for (const event of this.events.slice(from + 1)) {
      if (event.streamId === streamId && 'jsonrpc' in event.message) await send(event.id, event.message);
    }
    return streamId;
  }
}

const textOf = (response: { result?: unknown }) => (response.result as { content: [{ text: string }] }).content[0].text;
const logsIn = ({ heard }: Wire) =>
  heard.flatMap(({ message }) =>
    'method' in message && message.method === 'notifications/message' ? [message.params?.data] : [],
  );

describe('a server made with the SDK', () => {
  test('is initialized, called, and its session ended on close', async () => {
    const one = wire();
    const { result } = await one.initialize();
    expect(result).toMatchObject({ protocolVersion: '2025-11-25', serverInfo: { name: 'people' } });
    expect(textOf(await one.call('tools/call', { name: 'fast' }))).toBe('fast');
    expect(one.connection.sessionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(one.connection.protocolVersion).toBe('2025-11-25');
    expect(transports.size).toBe(1);
    await one.connection.close();
    expect(transports.size).toBe(0);
    expect(one.end).toBeNull();
  });

  test('leaves its session to the next start when it is only let go of', async () => {
    const one = wire();
    await one.initialize();
    await one.call('ping');
    const resume = one.resume();
    one.connection.release();
    const two = wire(resume);
    expect(textOf(await two.call('tools/call', { name: 'fast' }))).toBe('fast');
    expect(transports.size).toBe(1);
  });

  test('says which call a notification and a request belong to', async () => {
    const one = wire();
    await one.initialize('2025-11-25', { roots: {} });
    const steps = one.begin('tools/call', { name: 'steps', _meta: { progressToken: 'p' } });
    const ask = one.begin('tools/call', { name: 'ask' });
    const question = await one.until(() => one.heard.find(({ message }) => isRequest(message)), 'a question');
    expect(question.relatedTo).toBe(ask);
    if (isRequest(question.message)) {
      one.connection.send({ jsonrpc: '2.0', id: question.message.id, result: { roots: [] } });
    }
    expect(textOf(await one.answerTo(ask))).toBe('0 roots');
    expect(textOf(await one.answerTo(steps))).toBe('walked');
    const progress = one.heard.filter(
      ({ message }) => 'method' in message && message.method === 'notifications/progress',
    );
    expect(progress.map(({ relatedTo }) => relatedTo)).toEqual([steps, steps, steps]);
  });

  test('is heard on its push stream, which belongs to no call', async () => {
    const one = wire();
    await one.initialize();
    await one.call('ping');
    // Its first event tells that the stream stands.
    for (let n = 0; one.heard.every(({ message }) => !('method' in message)); n += 1) {
      mcpServers[0]?.sendToolListChanged();
      await one.call('ping', { n });
    }
    const { relatedTo, message } = one.heard.find(({ message }) => 'method' in message) ?? {};
    expect(message).toMatchObject({ method: 'notifications/tools/list_changed' });
    expect(relatedTo).toBeNull();
    expect(one.connection.session.position).toContain('_GET_stream');
  });

  test('gives the answer to a call whose stream it cut', async () => {
    const one = wire();
    await one.initialize();
    const id = one.begin('tools/call', { name: 'cut' });
    await one.until(() => logsIn(one).includes('meanwhile'), 'what was said while the stream was cut');
    release();
    expect(textOf(await one.answerTo(id))).toBe('after the cut');
    expect(logsIn(one)).toEqual(['before', 'meanwhile']);
    expect(one.responsesTo(id)).toHaveLength(1);
  });

  test('gives the answer to a call made before the next start', async () => {
    const one = wire();
    await one.initialize();
    const id = one.begin('tools/call', { name: 'cut' });
    await one.until(() => logsIn(one).includes('meanwhile'), 'the call runs');
    const resume = one.resume();
    one.connection.release();
    const two = wire(resume);
    expect(two.connection.mayAnswer(id)).toBe(true);
    release();
    expect(textOf(await two.answerTo(id))).toBe('after the cut');
    await two.until(() => !two.connection.session.position?.includes(id), 'nothing is left to resume');
  });

  test('tells apart that it does not know the session any more', async () => {
    const one = wire();
    await one.initialize();
    await one.call('ping');
    for (const transport of transports.values()) await transport.close();
    transports.clear();
    const id = one.begin('tools/call', { name: 'fast' });
    expect(await one.ended()).toMatchObject({ sessionGone: true, sentence: 'does not know the session any more' });
    // Either the call was refused, or the push stream met it first.
    expect([[], [id]]).toContainEqual(one.end?.notTaken);
    expect(one.responsesTo(id)).toEqual([]);
  });
});
