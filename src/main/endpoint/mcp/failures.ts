import type { ServerResponse } from 'node:http';
import { ERRORS, HoldfastError } from '../../../shared/errors';
import { type RequestId, RPC, rpcError } from '../../mcp/json-rpc';
import type { Services } from '../../services';
import { sendJson } from '../refusal';
import { Refused } from './http';

/**
 * Answers a request that failed, as a JSON-RPC error. An answer that was begun already is ended, so that nobody waits.
 * @param id - the id of the request, where it is known
 */
export function sendFailure({ log }: Services, res: ServerResponse, error: unknown, id: RequestId | null = null): void {
  if (res.headersSent) {
    log.error({ err: error }, 'an MCP request failed while it was answered');
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
    log.debug('an MCP request named a session that is not known');
    // Unknown, ended, expired and foreign ids get the same, on every method: it is what clients start anew on.
    sendJson(res, 404, rpcError(id, RPC.sessionNotFound, 'Session not found'));
    return;
  }
  // What is expected to fail, as a server that is down, says all in its sentence; where it came from helps nobody.
  if (known.code === 'internal_error') log.error({ err: error }, 'an MCP request failed');
  else log.warn({ code: known.code, reason: known.message }, 'an MCP request failed');
  const data = { code: known.code, retryable: ERRORS[known.code].retryable };
  // Never 503: clients take it for a server that is gone and give up the session with it.
  sendJson(res, id === null ? 500 : 200, rpcError(id, RPC.internalError, known.message, data));
}
