import type { IncomingMessage } from 'node:http';
import { HoldfastError } from '../../shared/errors';
import { BodyBudget } from './body-budget';

const MAX_BYTES = 4 * 1024 * 1024;
/** What anyone may send without a key: a ticket for a sign-in is far shorter. */
const MAX_BYTES_WITHOUT_KEY = 16 * 1024;
const MAX_DEPTH = 64;

const budget = new BodyBudget();
const utf8 = new TextDecoder('utf-8', { fatal: true });
/** Some clients write a byte order mark before the text. It is no part of it (RFC 8259 section 8.1). */
const MARK = Buffer.from('\uFEFF');

const WRITES = new Set(['POST', 'PUT', 'PATCH']);

/**
 * A body must be JSON and plain: a form or text is what a web page can send without being asked.
 * @throws HoldfastError `unsupported_media_type`
 */
export function requireJson(req: IncomingMessage): void {
  if (!WRITES.has(req.method ?? '')) return;
  const type = req.headers['content-type'];
  if (type === undefined && !hasBody(req)) return;
  if (type?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw new HoldfastError('unsupported_media_type');
  }
  const encoding = req.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new HoldfastError('unsupported_media_type', 'Send the body as it is, without Content-Encoding.');
  }
}

/**
 * Reads a request's body whole.
 * @param hasKey - whether it came with a valid key; without one hardly anything is taken
 * @returns the bytes without a byte order mark, proven to be JSON; null when there is no body
 * @throws HoldfastError `payload_too_large`, `invalid_input`
 */
export async function readJsonBody(req: IncomingMessage, hasKey: boolean): Promise<Buffer | null> {
  const bytes = await readBytes(req, hasKey);
  if (bytes.length === 0) return null;
  const text = textOf(bytes);
  try {
    JSON.parse(text);
  } catch {
    throw notJson();
  }
  return bytes.subarray(0, MARK.length).equals(MARK) ? bytes.subarray(MARK.length) : bytes;
}

/**
 * Like {@link readJsonBody}, for a reader that finds out itself whether it is JSON, of a request with a valid key.
 * @returns the text without a byte order mark; empty when there is no body
 * @throws HoldfastError `payload_too_large`, `invalid_input`
 */
export const readBodyText = async (req: IncomingMessage): Promise<string> => textOf(await readBytes(req, true));

/** Says that a body is not JSON. The text itself is not repeated, it may hold a token. */
export const notJson = () => new HoldfastError('invalid_input', 'The body is not valid JSON.');

/** Whether the request announces a body. */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** The bytes of the body; none when there is none. */
async function readBytes(req: IncomingMessage, hasKey: boolean): Promise<Buffer> {
  if (!hasBody(req)) return Buffer.alloc(0);
  const most = hasKey ? MAX_BYTES : MAX_BYTES_WITHOUT_KEY;
  const announced = Number(req.headers['content-length'] ?? most);
  if (announced > most) throw new HoldfastError('payload_too_large');
  const release = await budget.room(req, announced);
  return await bytesOf(req, most).finally(release);
}

// Not `for await`: leaving such a loop destroys the socket, and the answer with it.
function bytesOf(req: IncomingMessage, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const cut = () => reject(new HoldfastError('invalid_input', 'The connection ended in the middle of the body.'));
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      // The rest is taken and dropped: a client that is cut off while it sends never reads the answer.
      if (size <= most) chunks.push(chunk);
      else {
        chunks.length = 0;
        reject(new HoldfastError('payload_too_large'));
      }
    });
    req.once('error', cut);
    req.once('close', cut);
    req.once('end', () => {
      req.off('close', cut);
      resolve(Buffer.concat(chunks));
    });
  });
}

/** @throws HoldfastError `invalid_input` when it is no UTF-8, or nested too deep for what parses it later */
function textOf(bytes: Buffer): string {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new HoldfastError('invalid_input', 'The body is not UTF-8 text. Send JSON in UTF-8.');
  }
  if (depthOf(text) > MAX_DEPTH) {
    throw new HoldfastError('invalid_input', `The body is nested more than ${MAX_DEPTH} levels deep. Send it flatter.`);
  }
  return text;
}

/** How deep brackets are nested outside of strings, counted before anything is parsed. Stops at the first too deep one. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length && deepest <= MAX_DEPTH; i += 1) {
    const char = text.charCodeAt(i);
    if (char === 0x22) i = afterString(text, i);
    else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (char === 0x7d || char === 0x5d) depth -= 1;
  }
  return deepest;
}

/** The place of the quote that ends the string which begins here. */
function afterString(text: string, start: number): number {
  let end = start + 1;
  for (; end < text.length && text.charCodeAt(end) !== 0x22; end += 1) if (text.charCodeAt(end) === 0x5c) end += 1;
  return end;
}
