import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { z } from 'zod';
import { MCP_REMOTE } from '../paths';
import type { Json } from './mcp-http';

const INFO = { name: 'real-client', version: '1.0.0' };
const CAPABILITIES = { sampling: {}, elicitation: {}, roots: { listChanged: true } };
const ANYTHING = z.looseObject({});

interface RequestOptions {
  readonly onprogress?: (progress: Json) => void;
  readonly signal?: AbortSignal;
}

/** What this client answers when a server asks it something. */
const ANSWERS: Readonly<Record<string, Json>> = {
  'sampling/createMessage': {
    model: 'test-model',
    role: 'assistant',
    stopReason: 'endTurn',
    content: { type: 'text', text: 'sampled' },
  },
  'elicitation/create': { action: 'accept', content: { colour: 'blue', name: 'Ada', check: true } },
  'roots/list': { roots: [{ uri: 'file:///project', name: 'project' }] },
};

/** A stream that a client of the revision without sessions has open. */
interface Subscription {
  /** Resolves when it has ended: `remote` if the other side cut it. */
  readonly closed: Promise<'local' | 'graceful' | 'remote'>;
}

interface Speaker {
  /** Missing in the SDK v1. */
  listen?(what: Json): Promise<Subscription>;
  request(message: { method: string; params: Json }, schema: typeof ANYTHING, options?: Json): Promise<Json>;
  notification(message: { method: string; params?: Json }): Promise<void>;
  close(): Promise<void>;
}

/** A third-party client that can do everything a server may ask of a client. */
export class RealClient {
  /** Requests of servers, as they came. */
  readonly asked: { method: string; params: Json }[] = [];
  private readonly heard: { method: string; params: Json }[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly speaker: Speaker;
  private readonly cleanUp: () => void;

  constructor(speaker: Speaker & Json, cleanUp: () => void) {
    this.speaker = speaker;
    this.cleanUp = cleanUp;
    speaker.fallbackRequestHandler = async ({ method, params }: { method: string; params: Json }) => {
      this.asked.push({ method, params });
      return ANSWERS[method] ?? {};
    };
    speaker.fallbackNotificationHandler = async (message: { method: string; params: Json }) => {
      this.heard.push(message);
      for (const look of this.waiting) look();
    };
  }

  request(method: string, params: Json = {}, options: RequestOptions = {}): Promise<Json> {
    return this.speaker.request({ method, params }, ANYTHING, options);
  }

  call(name: string, args: Json = {}, options: RequestOptions = {}): Promise<Json> {
    return this.request('tools/call', { name, arguments: args }, options);
  }

  /** A tool's first text. */
  async text(name: string, args: Json = {}): Promise<string> {
    return (await this.call(name, args)).content[0].text;
  }

  /** A tool's first text as JSON. */
  async json(name: string, args: Json = {}): Promise<Json> {
    return JSON.parse(await this.text(name, args));
  }

  /** The names in a list, from all of its pages. */
  async names(method: string): Promise<string[]> {
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const { nextCursor, ...result } = await this.request(method, cursor === undefined ? {} : { cursor });
      const [items = []] = Object.values(result).filter(Array.isArray);
      names.push(...items.map((item: Json) => item.uriTemplate ?? item.uri ?? item.name));
      cursor = nextCursor;
    } while (cursor !== undefined);
    return names;
  }

  notify(method: string, params?: Json): Promise<void> {
    return this.speaker.notification({ method, ...(params ? { params } : {}) });
  }

  /** Parameters of the first notification that fits and was not taken before, as soon as there is one. */
  async heardOf(method: string, fits: (params: Json) => boolean = () => true): Promise<Json> {
    for (;;) {
      const at = this.heard.findIndex((one) => one.method === method && fits(one.params));
      const [found] = at < 0 ? [] : this.heard.splice(at, 1);
      if (found) return found.params;
      await new Promise<void>((resolve) => {
        const look = () => {
          this.waiting.delete(look);
          resolve();
        };
        this.waiting.add(look);
      });
    }
  }

  /** Opens a stream for what this names, as only clients of the revision without sessions do. */
  async listen(what: Json): Promise<Subscription> {
    if (!this.speaker.listen) throw new Error('this client has a stream anyway');
    return this.speaker.listen(what);
  }

  /** Forgets notifications that nobody took. */
  forget(): void {
    this.heard.length = 0;
  }

  /** Leaves without ending its session, as a program that is closed does. */
  async vanish(): Promise<void> {
    await this.speaker.close();
    this.cleanUp();
  }
}

export interface RealClientKind {
  readonly title: string;
  /** The name it gives itself. */
  readonly clientName: string;
  /** Whether its next `initialize` from the same process is the same chat; all of these run in the test's process. */
  readonly isOneChat: boolean;
  connect(url: string, key: string): Promise<RealClient>;
}

const authorized = (key: string) => ({ requestInit: { headers: { Authorization: `Bearer ${key}` } } });
const nothing = () => {};

async function sdkV1(url: string, key: string): Promise<RealClient> {
  const client = new ClientV1(INFO, { capabilities: CAPABILITIES });
  const full = new RealClient(client as never, nothing);
  await client.connect(new HttpV1(new URL(url), authorized(key)));
  return full;
}

async function sdkV2(url: string, key: string, mode?: 'auto'): Promise<RealClient> {
  const client = new ClientV2(INFO, {
    capabilities: CAPABILITIES,
    ...(mode ? { versionNegotiation: { mode } } : {}),
  });
  const full = new RealClient(client as never, nothing);
  await client.connect(new HttpV2(new URL(url), authorized(key)));
  return full;
}

async function mcpRemote(url: string, key: string): Promise<RealClient> {
  const config = mkdtempSync(join(tmpdir(), 'holdfast-mcp-remote-'));
  const client = new ClientV1(INFO, { capabilities: CAPABILITIES });
  const full = new RealClient(client as never, () => rmSync(config, { recursive: true, force: true }));
  const header = ['--header', `Authorization: Bearer ${key}`];
  const args = [MCP_REMOTE, url, '--allow-http', '--transport', 'http-only', ...header];
  const env = { PATH: process.env.PATH ?? '', HOME: config, MCP_REMOTE_CONFIG_DIR: config };
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: 'ignore' }));
  return full;
}

export const REAL_CLIENTS: readonly RealClientKind[] = [
  { title: 'SDK v1', clientName: INFO.name, isOneChat: false, connect: sdkV1 },
  { title: 'SDK v2', clientName: INFO.name, isOneChat: false, connect: (url, key) => sdkV2(url, key) },
  {
    title: 'SDK v2 that probes for the newest era',
    clientName: INFO.name,
    isOneChat: false,
    connect: (url, key) => sdkV2(url, key, 'auto'),
  },
  { title: 'mcp-remote', clientName: INFO.name, isOneChat: true, connect: mcpRemote },
];

/** A client of the newest era, for a key of the stateless policy. */
export const statelessClient = (url: string, key: string): Promise<RealClient> => sdkV2(url, key, 'auto');
