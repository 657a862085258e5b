import type { IncomingMessage } from 'node:http';
import { isJson, readText } from '../../http-client/answer-body';
import { isObject, type RequestId, RPC } from '../../mcp/json-rpc';
import { answeredBy } from './envelope';
import type { Output } from './lines';

/** The unanswered requests of one input line. Each is answered at most once. */
export class Pending {
  private readonly waiting: Set<RequestId>;
  private readonly output: Output;

  constructor(ids: readonly RequestId[], output: Output) {
    this.waiting = new Set(ids);
    this.output = output;
  }

  get isOpen(): boolean {
    return this.waiting.size > 0;
  }

  /** Passes a message on to the client. If it is a response, its request no longer waits. */
  deliver(text: string): void {
    for (const id of answeredBy(text)) if (id !== null) this.waiting.delete(id);
    this.output.message(text);
  }

  /** Drops a request that the client no longer waits for. */
  forget(id: RequestId): void {
    this.waiting.delete(id);
  }

  /** Answers the remaining requests with an error. */
  fail(message: string, code: number = RPC.serverError): void {
    for (const id of this.waiting) this.output.error(id, code, message);
    this.waiting.clear();
  }

  /** Answers the remaining requests with an HTTP error: its JSON-RPC error if the body has one, or else its detail. */
  async refuse(answer: IncomingMessage): Promise<void> {
    const { code, message } = await refusalOf(answer);
    this.fail(message, code);
  }
}

const KEY_REFUSED =
  'Holdfast does not take the key of this bridge: its client was removed, or HOLDFAST_KEY is wrong. ' +
  'For a new key delete its file in "bridge-keys" in the data folder and start the client again.';

async function refusalOf(answer: IncomingMessage): Promise<{ code: number; message: string }> {
  if (answer.statusCode === 401) {
    answer.resume();
    return { code: RPC.serverError, message: KEY_REFUSED };
  }
  const fallback = { code: RPC.serverError, message: `Holdfast answered with HTTP status ${answer.statusCode}.` };
  if (!isJson(answer)) {
    answer.destroy();
    return fallback;
  }
  let body: unknown;
  try {
    body = JSON.parse(await readText(answer));
  } catch {
    return fallback;
  }
  if (!isObject(body)) return fallback;
  if (isObject(body.error) && typeof body.error.code === 'number' && typeof body.error.message === 'string') {
    return { code: body.error.code, message: body.error.message };
  }
  return typeof body.detail === 'string' ? { ...fallback, message: body.detail } : fallback;
}
