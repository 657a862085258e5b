import type { IncomingMessage, ServerResponse } from 'node:http';
import { HoldfastError } from '../../../shared/errors';
import { RPC } from '../../mcp/json-rpc';
import { isArrayText, valuesIn } from '../../mcp/message-text';
import { notJson, readBodyText } from '../body';

const JSON_TYPE = 'application/json';
export const EVENT_STREAM = 'text/event-stream';

/**
 * A request refused by the rules of the transport. Has the HTTP status, the JSON-RPC code and a message that says what
 * to do instead.
 */
export class Refused extends Error {
  readonly status: number;
  readonly code: number;
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, code: number = RPC.serverError, headers: Record<string, string> = {}) {
    super(message);
    this.name = 'Refused';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** The body of a POST. */
export interface Body {
  readonly text: string;
  /** What it holds: one value, or the elements of the array that it is. */
  readonly values: readonly unknown[];
  readonly isArray: boolean;
}

/**
 * Reads a JSON body.
 * @throws Refused when the body is missing, not JSON, too deep or too large
 */
export async function readBody(req: IncomingMessage): Promise<Body> {
  try {
    const text = await readBodyText(req);
    if (text === '') throw new HoldfastError('invalid_input', 'the body is empty. Send a JSON-RPC message.');
    const [values, isArray] = [valuesIn(text), isArrayText(text)];
    if (values.length === 0 && !isEmptyArray(text)) throw notJson();
    return { text, values, isArray };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    if (error.code === 'payload_too_large') throw new Refused(413, error.message);
    throw new Refused(400, `Parse error: ${error.message}`, RPC.parseError);
  }
}

const isEmptyArray = (text: string): boolean => /^\s*\[\s*\]\s*$/.test(text);

/**
 * Whether the `Accept` header allows a media type (RFC 9110 section 12.5.1). Without the header, every type is allowed.
 */
export function accepts(req: IncomingMessage, type: string): boolean {
  const header = req.headers.accept;
  if (header === undefined) return true;
  const group = `${type.split('/')[0]}/*`;
  const quality = new Map(header.split(',').map(rangeQuality));
  const best = quality.get(type) ?? quality.get(group) ?? quality.get('*/*');
  return best !== undefined && best > 0;
}

/** Whether both response types are allowed, as MCP requires for every POST. */
export const acceptsBoth = (req: IncomingMessage): boolean => accepts(req, JSON_TYPE) && accepts(req, EVENT_STREAM);

/** Answers without a body. Does nothing if a response has already begun. */
export function sendStatus(res: ServerResponse, status: number): void {
  if (res.headersSent || res.destroyed) return;
  res.writeHead(status, { 'Content-Length': 0 });
  res.end();
}

function rangeQuality(range: string): [string, number] {
  const [type = '', ...params] = range.split(';').map((part) => part.trim().toLowerCase());
  const q = params.find((param) => param.startsWith('q='));
  const value = q === undefined ? 1 : Number(q.slice(2));
  return [type, Number.isNaN(value) ? 0 : value];
}
