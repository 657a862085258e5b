import type { IncomingMessage } from 'node:http';
import { createParser } from 'eventsource-parser';
import { asMessage, type JsonRpcMessage, valuesIn } from '../mcp/json-rpc';
import { RequestFailed } from './failures';

/** A message or an answer may be so long, in characters. */
const MAX_LENGTH = 32 * 1024 * 1024;
const JSON_TYPE = 'application/json';
export const EVENT_STREAM = 'text/event-stream';

interface StreamEvent {
  /** Null when it has none: nothing can be resumed after it. */
  readonly id: string | null;
  readonly data: string;
}

export interface StreamSink {
  /** Something came, if only a comment. */
  onBytes?(): void;
  onEvent(event: StreamEvent): void;
  /** How long the server wants a client to wait before it comes back. */
  onRetry(delay: number): void;
}

/** Media type of an answer, without its parameters. */
export const typeOf = (answer: IncomingMessage): string =>
  (answer.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

export const isJson = (answer: IncomingMessage): boolean => typeOf(answer) === JSON_TYPE;

/**
 * Reads a whole body.
 * @throws RequestFailed when it is cut or too long
 */
export async function readText(answer: IncomingMessage, limit = MAX_LENGTH): Promise<string> {
  answer.setEncoding('utf8');
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
 * Reads Server-Sent Events until the stream ends, whoever ended it.
 * @throws RequestFailed when an event is too long
 */
export async function readEvents(answer: IncomingMessage, sink: StreamSink): Promise<void> {
  let overflown = false;
  const parser = createParser({
    maxBufferSize: MAX_LENGTH,
    onEvent: ({ id, data }) => sink.onEvent({ id: id ? id : null, data }),
    onRetry: (delay) => sink.onRetry(delay),
    onError: (error) => {
      overflown ||= error.type === 'max-buffer-size-exceeded';
    },
  });
  answer.setEncoding('utf8');
  try {
    for await (const chunk of chunksOf(answer)) {
      sink.onBytes?.();
      parser.feed(chunk);
      if (overflown) throw tooLong();
    }
  } catch (error) {
    // A stream that is cut is one that ended: what was to come is asked for anew.
    if (overflown || !(error instanceof RequestFailed)) throw error;
  }
}

/** The messages in a text: one, or an array of them as revision 2025-03-26 allows. What is none is left out. */
export function messagesIn(text: string, read = asMessage): JsonRpcMessage[] {
  return valuesIn(text)
    .map((value) => read(value))
    .filter((message) => message !== null);
}

async function* chunksOf(answer: IncomingMessage): AsyncGenerator<string> {
  try {
    for await (const chunk of answer) yield chunk as string;
  } catch (error) {
    throw new RequestFailed('cut the connection', { taken: true, passing: true }, { cause: error });
  }
}

const tooLong = () => new RequestFailed('sent a message of more than 32 MB', { taken: true, passing: false });
