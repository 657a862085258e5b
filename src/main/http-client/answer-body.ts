import type { IncomingMessage } from 'node:http';
import { createParser } from 'eventsource-parser';
import { said } from '../../shared/messages/said';
import { asMessage, type JsonRpcMessage } from '../mcp/json-rpc';
import { valuesIn } from '../mcp/message-text';
import { decodedBody } from './content-encoding';
import { RequestFailed } from './failures';

/** Longest message or body that is accepted, in characters. */
const MAX_LENGTH = 64 * 1024 * 1024;
const MARK = '\uFEFF';
const JSON_TYPE = 'application/json';
export const EVENT_STREAM = 'text/event-stream';

interface StreamEvent {
  /** Its type, as `event:` says; `message` when it does not say. */
  readonly name: string;
  /** Null when the event has none: the stream cannot be resumed after it. */
  readonly id: string | null;
  readonly data: string;
}

export interface StreamSink {
  /** Called for every chunk received, even if it holds only a comment. */
  onBytes?(): void;
  onEvent(event: StreamEvent): void;
  /** Asked before each event: a promise to wait for first, or null. The stream is not read meanwhile. */
  turn?(): Promise<void> | null;
  /** Called with the reconnection delay the server asks for, in milliseconds. */
  onRetry(delay: number): void;
}

/** Media type of a response in lower case, without parameters; empty when there is none. */
export const typeOf = (answer: IncomingMessage): string =>
  (answer.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

export const isJson = (answer: IncomingMessage): boolean => typeOf(answer) === JSON_TYPE;

/**
 * Reads a whole body, decoded if it was compressed.
 * @throws RequestFailed when the connection is cut or the body, decoded, is longer than `limit` characters
 */
export async function readText(answer: IncomingMessage, limit = MAX_LENGTH): Promise<string> {
  const parts: string[] = [];
  let length = 0;
  for await (const chunk of chunksOf(answer)) {
    length += chunk.length;
    if (length > limit) throw tooLong();
    parts.push(chunk);
  }
  return parts.join('');
}

/**
 * Reads Server-Sent Events until the stream ends. A cut connection counts as an end and does not throw.
 * @throws RequestFailed when an event is too long
 */
export async function readEvents(answer: IncomingMessage, sink: StreamSink): Promise<void> {
  let overflown = false;
  const arrived: StreamEvent[] = [];
  const parser = createParser({
    maxBufferSize: MAX_LENGTH,
    onEvent: ({ id, event, data }) => arrived.push({ id: id ? id : null, name: event || 'message', data }),
    onRetry: (delay) => sink.onRetry(delay),
    onError: (error) => {
      overflown ||= error.type === 'max-buffer-size-exceeded';
    },
  });
  try {
    let isFirst = true;
    for await (const chunk of chunksOf(answer)) {
      sink.onBytes?.();
      // A stream may begin with a byte order mark, which is not part of it (WHATWG HTML, server-sent events, parsing).
      parser.feed(isFirst && chunk.startsWith(MARK) ? chunk.slice(1) : chunk);
      isFirst = false;
      for (const event of arrived.splice(0)) {
        const turn = sink.turn?.();
        if (turn) await turn;
        sink.onEvent(event);
      }
      if (overflown) throw tooLong();
    }
  } catch (error) {
    // A cut stream counts as ended: the caller resumes it to get the rest.
    if (overflown || !(error instanceof RequestFailed) || !error.passing) throw error;
  }
}

/** Parses one message, or an array of them as MCP 2025-03-26 allows. Skips anything that is not a message. */
export function messagesIn(text: string, read = asMessage): JsonRpcMessage[] {
  return valuesIn(text)
    .map((value) => read(value))
    .filter((message) => message !== null);
}

async function* chunksOf(answer: IncomingMessage): AsyncGenerator<string> {
  try {
    const body = await decodedBody(answer);
    body.setEncoding('utf8');
    for await (const chunk of body) yield chunk as string;
  } catch (error) {
    if (error instanceof RequestFailed) throw error;
    throw new RequestFailed(said('said.net.cut'), { taken: true, passing: true }, { cause: error });
  }
}

const tooLong = () => new RequestFailed(said('said.net.too_long'), { taken: true, passing: false });
