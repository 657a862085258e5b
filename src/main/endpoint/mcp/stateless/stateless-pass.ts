import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestFailed } from '../../../http-client/failures';
import { isObject, isRequestId, type Params, RPC, rpcError } from '../../../mcp/json-rpc';
import type { Services } from '../../../services';
import { StatelessServer } from '../../../upstream/http/stateless-server';
import type { HttpTarget } from '../../../upstream/upstream-ports';
import { sendJson } from '../../refusal';
import type { StatelessCall } from './stateless-call';

const MAX_LOOKED_AT = 1024 * 1024;
const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities';

interface Known {
  readonly target: HttpTarget;
  readonly server: StatelessServer;
}

/**
 * Servers that speak the stateless revision themselves. Requests to them pass through with their MCP headers as they
 * are, and so do answers and streams.
 */
export class StatelessPass {
  private readonly services: Services;
  private readonly known = new Map<string, Known>();

  constructor(services: Services) {
    this.services = services;
  }

  /**
   * The server of this name if it speaks the revision. Null if it needs a session or cannot be reached; in the latter
   * case, opening the session reports the cause.
   */
  async serverOf(name: string): Promise<StatelessServer | null> {
    const target = this.services.servers.httpTargetOf(name);
    const known = this.known.get(name);
    if (known && known.target !== target) {
      known.server.close();
      this.known.delete(name);
    }
    if (!target) return null;
    try {
      const server = this.known.get(name)?.server ?? new StatelessServer(target, this.services.timers);
      this.known.set(name, { target, server });
      return (await server.speaks()) ? server : null;
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this.services.log.debug({ err: error, server: name }, 'a server could not be asked which revisions it speaks');
      return null;
    }
  }

  /** Passes one request through. When the client disconnects, the request to the server is aborted. */
  async serve(
    server: StatelessServer,
    req: IncomingMessage,
    res: ServerResponse,
    body: unknown,
    call: StatelessCall,
  ): Promise<void> {
    const abort = new AbortController();
    res.once('close', () => abort.abort());
    if (isServable(req, body)) call.begin();
    let answer: IncomingMessage;
    try {
      answer = await server.forward(JSON.stringify(body), headersOf(req), abort.signal);
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      const id = isObject(body) && isRequestId(body.id) ? body.id : null;
      sendJson(res, 200, rpcError(id, RPC.serverError, `The server ${error.message}.`));
      call.end(false);
      return;
    }
    await pipe(answer, res, call);
  }

  close(): void {
    for (const { server } of this.known.values()) server.close();
    this.known.clear();
  }
}

/** Whether the request looks valid, and so is worth a session. What is really served is for the server to decide. */
function isServable(req: IncomingMessage, body: unknown): boolean {
  if (!isObject(body) || typeof body.method !== 'string' || !isObject(body.params)) return false;
  const meta = isObject(body.params._meta) ? (body.params._meta as Params) : {};
  const { headers } = req;
  return (
    meta[VERSION_KEY] !== undefined &&
    meta[VERSION_KEY] === headers['mcp-protocol-version'] &&
    isObject(meta[CAPABILITIES_KEY]) &&
    body.method === headers['mcp-method']
  );
}

/** The MCP headers. All others, above all the key, are between the client and Holdfast. */
function headersOf(req: IncomingMessage): Record<string, string> {
  const own = Object.entries(req.headers).filter(([name]) => name.startsWith('mcp-') && name !== 'mcp-session-id');
  return Object.fromEntries(own.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
}

/** Passes an answer through. Resolves when it is over, whichever side ended it. */
function pipe(answer: IncomingMessage, res: ServerResponse, call: StatelessCall): Promise<void> {
  const status = answer.statusCode ?? 502;
  const type = answer.headers['content-type'];
  const isJson = type?.startsWith('application/json') ?? false;
  const looked: Buffer[] = [];
  let length = 0;
  if (isJson) {
    answer.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_LOOKED_AT) looked.push(chunk);
    });
  }
  res.writeHead(status, { ...(type === undefined ? {} : { 'Content-Type': type }), 'Cache-Control': 'no-store' });
  res.flushHeaders();
  return new Promise((resolve) => {
    answer.once('end', () => call.end(status < 300 && !(isJson && length <= MAX_LOOKED_AT && hasFailed(looked))));
    answer.once('close', () => {
      // Cut off, not ended: the client must not mistake a part for the whole.
      if (!answer.complete) res.destroy();
      resolve();
    });
    answer.on('error', () => res.destroy());
    answer.pipe(res);
  });
}

function hasFailed(context: readonly Buffer[]): boolean {
  try {
    const answer: unknown = JSON.parse(Buffer.concat(context).toString() || 'null');
    return (
      isObject(answer) && (answer.error !== undefined || (isObject(answer.result) && answer.result.isError === true))
    );
  } catch {
    return true;
  }
}
