import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { TypedResponse } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { sendJson } from '../refusal';
import type { RestContext } from './context';

/**
 * Answers with JSON on Node's own response, as everything else here does: a web `Response` in between costs as much as the
 * rest of a request. Typed like `c.json`, so that a route cannot answer what its definition does not say.
 */
export function reply<T, S extends ContentfulStatusCode>(
  c: RestContext,
  body: T,
  status: S,
  headers?: Record<string, string>,
): Response & TypedResponse<T, S, 'json'> {
  sendJson(c.env.outgoing, status, body, headers);
  return RESPONSE_ALREADY_SENT as Response & TypedResponse<T, S, 'json'>;
}
