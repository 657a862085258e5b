import { Agent, type IncomingMessage, request } from 'node:http';
import { BOTH, initializeRequest, type Json } from './mcp-http';

/** After this much silence a connection is taken for dead. Longer than any answer in these tests takes. */
const SILENCE_MS = 1_000;
/** The same, while servers start. */
const START_SILENCE_MS = 10_000;
/** No call may take longer, whatever happens to its connections. */
const LIMIT_MS = 20_000;

export interface ResilientOptions {
  /** Where connections go. */
  readonly port: number;
  /** Port of the endpoint, for the `Host` header. */
  readonly endpoint: number;
  readonly path: string;
  readonly key: string;
  readonly name: string;
}

/** What became of a call. */
export interface Outcome {
  /** Its response; null when the connection broke before the client knew how to come back for it. */
  readonly response: Json | null;
  /** What belonged to the call and came before it. */
  readonly related: readonly Json[];
  /** In words, when there is no response. */
  readonly why: string;
}

/** Something that must never happen. */
export class Violation extends Error {}

interface Got {
  readonly status: number;
  readonly transportId: string | null;
  readonly json: Json | null;
}

/**
 * A client that does everything the protocol allows to survive bad connections, and nothing more: it comes back with
 * `Last-Event-ID` and its old `Mcp-Session-Id`, and never sends a call twice.
 */
export class ResilientClient {
  transportId: string | null = null;
  /** Whether its servers run, so that an answer is not long in coming. */
  isReady = false;
  /** What came on its standalone stream, in order. */
  readonly pushed: Json[] = [];
  private readonly options: ResilientOptions;
  private readonly agent = new Agent({ keepAlive: true });
  private readonly pushPosition = new Position();
  private lastId = 0;
  private isClosed = false;
  private listening: Promise<void> = Promise.resolve();
  private cutPush: () => void = () => {};
  private onPushed: () => void = () => {};

  constructor(options: ResilientOptions) {
    this.options = options;
  }

  /** Tries until it is answered: an `initialize` whose answer was lost leaves nothing behind. */
  async initialize(): Promise<void> {
    await this.insist(async () => {
      this.transportId = null;
      const { status, transportId, json } = await this.post({
        ...initializeRequest('2025-11-25', this.options.name),
        id: this.nextId(),
      });
      if (status === 408) throw new Error('only a part of it arrived');
      if (status !== 200 || !json?.result) throw new Violation(`initialize was answered ${status}`);
      this.transportId = transportId;
    });
    await this.insist(() => this.post({ jsonrpc: '2.0', method: 'notifications/initialized' }));
  }

  /** Opens the standalone stream and keeps it open. Resolves when the first event is there. */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.listening = (async () => {
        while (!this.isClosed) {
          await this.get(
            this.pushPosition,
            (message) => this.take(message),
            resolve,
            (cut) => {
              this.cutPush = cut;
            },
          ).catch((error) => {
            if (error instanceof Violation) throw error;
          });
        }
      })();
      this.listening.catch(reject);
    });
  }

  /** Calls a tool. Rejects with a {@link Violation} when something happens that must not. */
  async call(name: string, args: object = {}): Promise<Outcome> {
    const id = this.nextId();
    const params = { name, arguments: args, _meta: { progressToken: `token ${id}` } };
    const position = new Position();
    const related: Json[] = [];
    const responses: Json[] = [];
    const take = (message: Json) => {
      if (message.method === undefined && message.id !== id) throw new Violation(`an answer to ${message.id} in ${id}`);
      if (responses.length > 0) throw new Violation(`something came after the answer to ${id}`);
      (message.method === undefined ? responses : related).push(message);
    };
    const deadline = Date.now() + LIMIT_MS;
    let why = 'the answer was cut off before its first event';
    try {
      const { status, json } = await this.post({ jsonrpc: '2.0', id, method: 'tools/call', params }, position, take);
      if (status === 408) throw new Error('only a part of the call arrived');
      if (status !== 200) throw new Violation(`a call was answered ${status}`);
      if (json) take(json);
    } catch (error) {
      if (error instanceof Violation) throw error;
      why = String(error);
    }
    while (responses.length === 0 && position.id !== null) {
      if (Date.now() > deadline) throw new Violation(`call ${id} (${name}) had no answer within ${LIMIT_MS} ms`);
      await this.get(position, take).catch((error) => {
        if (error instanceof Violation) throw error;
      });
    }
    return { response: responses[0] ?? null, related, why };
  }

  /** Resolves when something came on the standalone stream, or after the limit. */
  async nextPushed(limit: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limit);
      this.onPushed = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.cutPush();
    this.agent.destroy();
    await this.listening;
  }

  private take(message: Json): void {
    this.pushed.push(message);
    this.onPushed();
  }

  private async insist(work: () => Promise<unknown>): Promise<void> {
    const deadline = Date.now() + LIMIT_MS;
    for (;;) {
      try {
        await work();
        return;
      } catch (error) {
        if (error instanceof Violation || Date.now() > deadline) throw error;
      }
    }
  }

  /** Reads one stream from a position on, until it ends or its connection is lost, of which the latter rejects. */
  private async get(
    position: Position,
    take: (message: Json) => void,
    began: (() => void) | null = null,
    cuttable?: (cut: () => void) => void,
  ): Promise<void> {
    const headers = { Accept: 'text/event-stream', ...(position.id === null ? {} : { 'Last-Event-ID': position.id }) };
    const { status } = await this.send('GET', headers, null, position, take, began, cuttable);
    if (status !== 200) throw new Violation(`a stream was refused with ${status} after ${position.id}`);
  }

  private post(message: object, position = new Position(), take: (message: Json) => void = () => {}): Promise<Got> {
    return this.send('POST', { 'Content-Type': 'application/json', Accept: BOTH }, message, position, take);
  }

  private send(
    method: string,
    headers: Record<string, string>,
    body: object | null,
    position: Position,
    take: (message: Json) => void,
    began: (() => void) | null = null,
    cuttable: (cut: () => void) => void = () => {},
  ): Promise<Got> {
    const { port, path, key, endpoint } = this.options;
    return new Promise((resolve, reject) => {
      const req = request({
        host: '127.0.0.1',
        port,
        path,
        method,
        agent: this.agent,
        headers: {
          ...headers,
          Host: `127.0.0.1:${endpoint}`,
          Authorization: `Bearer ${key}`,
          ...(this.transportId ? { 'Mcp-Session-Id': this.transportId, 'MCP-Protocol-Version': '2025-11-25' } : {}),
        },
      });
      const fail = (error: Error) => {
        clearTimeout(silence);
        req.destroy();
        reject(error);
      };
      const patience = this.isReady ? SILENCE_MS : START_SILENCE_MS;
      const silence = setTimeout(() => fail(new Error('nothing came')), patience);
      cuttable(() => fail(new Error('cut')));
      req.on('error', fail);
      req.on('response', (res) => {
        // A standalone stream that has begun is silent for as long as nobody says anything.
        const alive = () => {
          if (began === null) silence.refresh();
          else if (position.id !== null) {
            clearTimeout(silence);
            began();
          }
        };
        read(res, position, take, alive).then((json) => {
          clearTimeout(silence);
          const id = res.headers['mcp-session-id'];
          resolve({ status: res.statusCode ?? 0, transportId: typeof id === 'string' ? id : null, json });
        }, fail);
      });
      req.end(body === null ? undefined : JSON.stringify(body));
    });
  }

  private nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }
}

/** Where a client is in a stream. */
class Position {
  id: string | null = null;

  /** Takes the id of an event. Within one stream positions only grow, except that the current one may be repeated. */
  move(id: string, isEmpty: boolean): void {
    const [stream, place] = split(id);
    const [before, last] = split(this.id ?? '');
    const isNew = place > last || (isEmpty && place === last);
    if (stream === before && !isNew) throw new Violation(`event ${id} came after ${this.id}`);
    this.id = id;
  }
}

const split = (id: string): [string, number] => {
  const dot = id.lastIndexOf('.');
  return [id.slice(0, dot), Number(id.slice(dot + 1))];
};

/** Reads an answer to its end: events are handed over one by one, JSON is returned. Rejects when it is cut off. */
function read(
  res: IncomingMessage,
  position: Position,
  take: (message: Json) => void,
  alive: () => void,
): Promise<Json | null> {
  const isStream = res.headers['content-type']?.startsWith('text/event-stream') ?? false;
  let text = '';
  res.setEncoding('utf8');
  return new Promise((resolve, reject) => {
    res.on('data', (chunk: string) => {
      text += chunk;
      if (!isStream) return;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      try {
        for (const block of blocks) event(block, position, take);
      } catch (error) {
        reject(error);
      }
      alive();
    });
    res.on('error', reject);
    res.on('aborted', () => reject(new Error('cut off')));
    res.on('end', () => {
      if (!res.complete) reject(new Error('cut off'));
      else resolve(isStream || text === '' ? null : JSON.parse(text));
    });
  });
}

function event(block: string, position: Position, take: (message: Json) => void): void {
  const fields = new Map(
    block.split('\n').map((line) => [line.split(': ')[0] ?? '', line.slice(line.indexOf(': ') + 2)]),
  );
  const id = fields.get('id');
  const data = fields.get('data');
  if (id !== undefined) position.move(id, !data);
  if (data) take(JSON.parse(data));
}
