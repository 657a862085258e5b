import type { McpHost } from '../hosts/mcp-host';

/** One event of a stream; comments and retry hints are events without data. */
export interface SseEvent {
  event?: string;
  id?: string;
  data?: string;
  retry?: string;
  comment?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as JSON; null when there is none or it is a stream. */
  readonly json: Json;
  /** The stream, when the answer is one. */
  readonly stream: SseReader | null;
}

/** How a request differs from an ordinary one. A header with null is left out. */
export interface Special {
  readonly headers?: Record<string, string | null>;
  /** Raw body in place of the message. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly method?: string;
  readonly path?: string;
}

export const BOTH = 'application/json, text/event-stream';

/** Speaks to a front as a client does, request by request, with nothing hidden. */
export class McpHttp {
  /** `Mcp-Session-Id`, once there is one. */
  transportId: string | null = null;
  private readonly url: string;
  private readonly key: string;
  private lastId = 0;

  constructor(host: Pick<McpHost, 'url'>, key: string) {
    this.url = host.url;
    this.key = key;
  }

  async initialize(version = '2025-11-25', name = 'test-client'): Promise<Answer> {
    const answer = await this.post({ ...initializeRequest(version, name), id: this.nextId() });
    this.transportId = answer.headers.get('mcp-session-id');
    await this.post({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return answer;
  }

  request(method: string, params: object = {}, special: Special = {}): Promise<Answer> {
    return this.post({ jsonrpc: '2.0', id: this.nextId(), method, params }, special);
  }

  /** Sends a request and returns the whole response, however that is sent. */
  async answerTo(method: string, params: object = {}): Promise<Json> {
    const answer = await this.request(method, params);
    if (!answer.stream) return answer.json;
    const events = await answer.stream.rest();
    return JSON.parse(events.findLast((event) => event.data)?.data ?? 'null');
  }

  /** Sends a request and returns the result; undefined when the answer is an error. */
  async ask(method: string, params: object = {}): Promise<Json> {
    return (await this.answerTo(method, params))?.result;
  }

  /** Calls a tool and returns its result, or the error in place of one. */
  async call(name: string, args: object = {}): Promise<Json> {
    const message = await this.answerTo('tools/call', { name, arguments: args });
    return message.result ?? message.error;
  }

  post(message: unknown, special: Special = {}): Promise<Answer> {
    const headers = { 'Content-Type': 'application/json', Accept: BOTH, ...special.headers };
    return this.send({ method: 'POST', body: JSON.stringify(message), ...special, headers });
  }

  /** Opens a stream; with an event id it goes on after that one. */
  get(lastEventId: string | null = null, special: Special = {}): Promise<Answer> {
    const headers = { Accept: 'text/event-stream', 'Last-Event-ID': lastEventId, ...special.headers };
    return this.send({ method: 'GET', ...special, headers });
  }

  delete(): Promise<Answer> {
    return this.send({ method: 'DELETE' });
  }

  async send(special: Special): Promise<Answer> {
    const headers = new Headers({ Authorization: `Bearer ${this.key}` });
    if (this.transportId) headers.set('Mcp-Session-Id', this.transportId);
    for (const [name, value] of Object.entries(special.headers ?? {})) {
      if (value === null) headers.delete(name);
      else headers.set(name, value);
    }
    const abort = new AbortController();
    const { method, body, path = '' } = special;
    const response = await fetch(`${this.url}${path}`, { method, body, headers, signal: abort.signal });
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    const text = isStream ? '' : await response.text();
    return {
      status: response.status,
      headers: response.headers,
      json: text ? JSON.parse(text) : null,
      stream: isStream ? new SseReader(response, abort) : null,
    };
  }

  private nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }
}

export const initializeRequest = (protocolVersion: string, name = 'test-client') => ({
  jsonrpc: '2.0',
  method: 'initialize',
  params: { protocolVersion, capabilities: {}, clientInfo: { name, version: '1.2.3' } },
});

/** Reads a stream event by event. */
export class SseReader {
  private readonly reader: ReadableStreamDefaultReader<string>;
  private readonly abort: AbortController;
  private buffer = '';
  private readonly ready: SseEvent[] = [];

  constructor(response: Response, abort: AbortController) {
    if (!response.body) throw new Error('the stream has no body');
    this.reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    this.abort = abort;
  }

  /** The next event; null when the stream has ended, or was cut. */
  async next(): Promise<SseEvent | null> {
    for (;;) {
      const event = this.ready.shift();
      if (event) return event;
      const chunk = await this.reader.read().catch(() => ({ done: true, value: undefined }));
      if (chunk.done) return null;
      const blocks = (this.buffer + chunk.value).split('\n\n');
      this.buffer = blocks.pop() ?? '';
      this.ready.push(...blocks.map(parseBlock));
    }
  }

  /** The next message with its id. */
  async message(): Promise<{ id: string | undefined; message: Json } | null> {
    for (let event = await this.next(); event; event = await this.next()) {
      if (event.data && (event.event ?? 'message') === 'message')
        return { id: event.id, message: JSON.parse(event.data) };
    }
    return null;
  }

  /** All events until the stream ends. */
  async rest(): Promise<SseEvent[]> {
    const events: SseEvent[] = [];
    for (let event = await this.next(); event; event = await this.next()) events.push(event);
    return events;
  }

  /** Drops the connection. */
  cut(): void {
    this.abort.abort();
  }
}

function parseBlock(block: string): SseEvent {
  const event: SseEvent = {};
  for (const line of block.split('\n')) {
    if (line.startsWith(':')) event.comment = line.slice(1).trim();
    else {
      const [field = '', ...value] = line.split(': ');
      if (field === 'event' || field === 'id' || field === 'data' || field === 'retry') event[field] = value.join(': ');
      else if (field === 'data:') event.data = '';
    }
  }
  return event;
}
