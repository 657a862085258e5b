import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Ending } from '../../../activity/activity-log';
import { EVENT_STREAM } from '../../../http-client/answer-body';
import { isObject, type JsonRpcResponse } from '../../../mcp/json-rpc';
import { endingOf, FAILED, OK } from '../ending';
import { replacedResponses } from './sound-answer';
import type { StatelessCall } from './stateless-call';

const MAX_LOOKED_AT = 1024 * 1024;
/** Answers to list requests are held until they are whole, up to this size. */
const MAX_LIST = 16 * MAX_LOOKED_AT;

export const isEventStream = (answer: IncomingMessage): boolean =>
  answer.headers['content-type']?.startsWith(EVENT_STREAM) ?? false;

/** Passes on the answer to a list request as strict clients take it. Resolves when it is over. */
export async function passList(
  answer: IncomingMessage,
  body: Readable,
  res: ServerResponse,
  call: StatelessCall,
  answered: (response: JsonRpcResponse) => JsonRpcResponse,
): Promise<void> {
  const type = answer.headers['content-type'] ?? '';
  const isStream = isEventStream(answer);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_LIST) break;
    }
  } catch {
    // The same as for one that is too long: it is cut off.
    length = Number.POSITIVE_INFINITY;
  }
  if (length > MAX_LIST) {
    // Cut off, not ended: the client must not mistake a part for the whole.
    call.end(BROKEN_OFF);
    res.destroy();
    return;
  }
  const given = Buffer.concat(chunks);
  const text = given.toString();
  const sound = replacedResponses(text, isStream, answered);
  const status = answer.statusCode ?? 502;
  res.writeHead(status, { ...(type === '' ? {} : { 'Content-Type': type }), 'Cache-Control': 'no-store' });
  res.end(sound === text ? given : sound);
  const ending = isStream && call.recordsContents ? endingOfStream([given], status) : null;
  call.end(ending ?? endingIn([given], !isStream, status), given.length);
}

const BROKEN_OFF: Ending = { outcome: 'error', error: 'The answer of the server broke off.' };

/** Passes an answer through. Resolves when it is over, whichever side ended it. */
export function pipe(answer: IncomingMessage, body: Readable, res: ServerResponse, call: StatelessCall): Promise<void> {
  const status = answer.statusCode ?? 502;
  const type = answer.headers['content-type'];
  const isJson = type?.startsWith('application/json') ?? false;
  const isStream = isEventStream(answer);
  const isLookedAt = isJson || (isStream && call.recordsContents);
  const looked: Buffer[] = [];
  let length = 0;
  body.on('data', (chunk: Buffer) => {
    call.answering();
    length += chunk.length;
    if (isLookedAt && length <= MAX_LOOKED_AT) looked.push(chunk);
  });
  res.writeHead(status, { ...(type === undefined ? {} : { 'Content-Type': type }), 'Cache-Control': 'no-store' });
  res.flushHeaders();
  // If the client was the one that left, the call has ended by now and stays what it is.
  const breakOff = () => {
    call.end(BROKEN_OFF, length);
    res.destroy();
  };
  return new Promise((resolve) => {
    body.once('end', () => {
      const isWhole = length <= MAX_LOOKED_AT;
      const ending = isLookedAt && isStream && isWhole ? endingOfStream(looked, status) : null;
      call.end(ending ?? endingIn(looked, isJson && isWhole, status), length);
    });
    body.once('close', () => {
      // Cut off, not ended: the client must not mistake a part for the whole.
      if (!answer.complete || !body.readableEnded) breakOff();
      resolve();
    });
    body.on('error', breakOff);
    body.pipe(res);
  });
}

/** How a request ended, by what was looked at of the answer. */
function endingIn(looked: readonly Buffer[], isWhole: boolean, status: number): Ending {
  if (status >= 300) return FAILED;
  if (!isWhole) return OK;
  try {
    const answer: unknown = JSON.parse(Buffer.concat(looked).toString() || 'null');
    return isObject(answer) ? endingOf(answer as unknown as JsonRpcResponse) : OK;
  } catch {
    return FAILED;
  }
}

/** The same of a stream; null if it has no answer. */
function endingOfStream(looked: readonly Buffer[], status: number): Ending | null {
  let answer: JsonRpcResponse | null = null;
  replacedResponses(Buffer.concat(looked).toString(), true, (response) => {
    answer = response;
    return response;
  });
  return answer === null || status >= 300 ? null : endingOf(answer);
}
