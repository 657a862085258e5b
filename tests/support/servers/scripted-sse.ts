import type { ServerResponse } from 'node:http';
import { DIRECT } from '#src/main/http-client/network';
import { systemRandom, systemTimers } from '#src/main/platform/node';
import type { Timers } from '#src/main/platform/ports';
import type { Login } from '#src/main/upstream/login/login';
import { SseConnection } from '#src/main/upstream/sse/sse-connection';
import { disposing } from '../fixtures';
import {
  type Asked,
  ConnectionWire,
  initializeResult,
  type ScriptedServer,
  startScripted,
  wireTest,
} from './scripted-http';

/** A connection over the older HTTP+SSE under test. */
export class SseWire extends ConnectionWire<SseConnection> {
  constructor(
    url: string,
    headers: Record<string, string> = {},
    timers: Timers = systemTimers,
    login: Login | null = null,
  ) {
    super(
      new SseConnection(
        { kind: 'http', url, headers, sse: true },
        { timers, random: systemRandom, network: DIRECT, login },
      ),
    );
  }
}

/** A server over the older HTTP+SSE whose every move a test decides. */
export interface ScriptedSse extends ScriptedServer {
  /** The streams that are or were open, oldest first. */
  readonly streams: readonly ServerResponse[];
  /** The messages so far. */
  readonly posted: readonly Asked[];
  /** Writes to the newest stream as it is. */
  write(text: string): void;
  /** Says a message on the newest stream. */
  say(message: unknown): void;
}

export interface SseScript {
  /** Opens a stream in place of what a server does. */
  readonly open?: (res: ServerResponse) => void;
  /** Takes a message in place of what a server does, unless it returns false. */
  readonly post?: (asked: Asked, res: ServerResponse, server: ScriptedSse) => unknown;
}

export const MESSAGES = '/messages?session=1';

/** Opens a stream that begins with this endpoint event. */
export const openStream = (res: ServerResponse, endpoint = MESSAGES, headers: Record<string, string> = {}): void => {
  res.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
  res.write(`event: endpoint\ndata: ${endpoint}\n\n`);
};

/** A server that takes every message with 202 and answers `initialize`; the script changes what it likes. */
export async function startScriptedSse({ open, post }: SseScript = {}, port = 0): Promise<ScriptedSse> {
  const streams: ServerResponse[] = [];
  const write = (text: string) => void streams.at(-1)?.write(text);
  const server = await startScripted((asked, res) => {
    if (asked.method === 'GET') {
      streams.push(res);
      if (open) open(res);
      else openStream(res);
      return;
    }
    if (post && post(asked, res, sse) !== false) return;
    res.writeHead(202).end('Accepted');
    if (asked.body.method === 'initialize') sse.say(initializeResult(asked.body.id, '2024-11-05'));
  }, port);
  const sse: ScriptedSse = {
    ...server,
    streams,
    get posted() {
      return server.asked.filter(({ method }) => method === 'POST');
    },
    write,
    say: (message) => write(`event: message\ndata: ${JSON.stringify(message)}\n\n`),
  };
  return sse;
}

/** Tests of connections over HTTP+SSE: `serveSse` starts a server, `connectSse` connects to one. All end with the test. */
export const sseTest = wireTest
  .extend('serveSse', ({}, { onCleanup }) => disposing(onCleanup, startScriptedSse, (server) => server.stop()))
  .extend('connectSse', ({}, { onCleanup }) =>
    disposing(
      onCleanup,
      (...args: ConstructorParameters<typeof SseWire>) => new SseWire(...args),
      ({ connection }) => connection.release(),
    ),
  );
