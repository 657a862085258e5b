import type { ServerResponse } from 'node:http';
import { ERRORS, HoldfastError } from '../../../shared/errors';
import { type RequestId, RPC, rpcError } from '../../mcp/json-rpc';
import type { Services } from '../../services';
import { sendJson } from '../refusal';
import { Refused } from './http';

/**
 * Answers a failed request with a JSON-RPC error. If a response has already begun, it is ended instead, so the client
 * does not wait forever.
 * @param id - the request's id, if known
 */
export function sendFailure({ log }: Services, res: ServerResponse, error: unknown, id: RequestId | null = null): void {
  if (res.headersSent) {
    log.error({ err: error }, 'an MCP request failed while it was being answered');
    res.end();
    return;
  }
  if (error instanceof Refused) {
    log.debug({ status: error.status, reason: error.message }, 'an MCP request was refused');
    sendJson(res, error.status, rpcError(id, error.code, error.message), error.headers);
    return;
  }
  const known = error instanceof HoldfastError ? error : new HoldfastError('internal_error');
  if (known.code === 'session_not_found') {
    log.debug('an MCP request named an unknown session');
    // Unknown, ended, expired and foreign ids all get this, whatever the method: clients react to it with a new
    // initialize. Only its own client is told where a session went.
    const isUsual = known.message === ERRORS.session_not_found.sentence;
    sendJson(res, 404, rpcError(id, RPC.sessionNotFound, isUsual ? 'Session not found' : known.message));
    return;
  }
  // The message of an expected failure, such as a server that is down, says it all; a stack trace would not help.
  if (known.code === 'internal_error') log.error({ err: error }, 'an MCP request failed');
  else log.warn({ code: known.code, reason: known.message }, 'an MCP request failed');
  const data = { code: known.code, retryable: ERRORS[known.code].retryable };
  // Never 503: clients take it to mean that the server is gone and give up the session.
  sendJson(res, id === null ? 500 : 200, rpcError(id, RPC.internalError, known.message, data));
}
