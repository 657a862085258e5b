import { createRoute } from '@hono/zod-openapi';
import { HoldfastError, RECONNECT_FAILURES } from '../../../shared/errors';
import { SECOND } from '../../../shared/model/units';
import { MONITOR_TOKEN_LIFE } from '../monitor/tokens';
import { callerOf, type RestApp, type RestDeps } from './context';
import { reply } from './reply';
import { body, FAILURES, json, NOT_FOUND } from './responses';
import * as schemas from './schemas';

const TAG = 'Reconnecting';

export const TOKEN_PATH = '/api/mcp/sessions/{session_id}/token';

const tokenRoute = createRoute({
  method: 'get',
  path: TOKEN_PATH,
  tags: [TAG],
  summary: 'Issue a reconnect token',
  description: 'Ends the unused token that was issued before. The token is shown only once.',
  request: { params: schemas.sessionId },
  responses: {
    200: json(schemas.issuedToken, 'the token'),
    ...FAILURES,
    400: json(schemas.errorBody, 'the session is not active'),
    ...NOT_FOUND,
    500: json(schemas.errorBody, 'Holdfast failed; see its log'),
  },
});

const failed = (codes: string) => json(schemas.errorBody, `\`Reconnection failed: <code>\`; code: ${codes}`);

const reconnectRoute = createRoute({
  method: 'post',
  path: '/api/mcp/sessions/{session_id}/reconnect',
  tags: [TAG],
  summary: 'Come back to a session with its reconnect token',
  description:
    'The same key that owns the session must be sent. What the client opens next within two minutes belongs to the ' +
    'session. The token is used up; the next one is in the answer. When an answer was lost, the same token may be sent ' +
    'again within ten seconds.',
  request: { params: schemas.sessionId, ...body(schemas.reconnectBody) },
  responses: {
    200: json(schemas.reconnected, 'the session is active again'),
    ...FAILURES,
    ...failuresByStatus(),
  },
});

const monitorTokenRoute = createRoute({
  method: 'post',
  path: '/api/mcp/monitor-token',
  tags: ['Monitor'],
  summary: 'A short-lived token that opens the monitor WebSocket in place of a key',
  request: body(schemas.monitorTokenBody, false),
  responses: { 200: json(schemas.monitorToken, 'the token'), ...FAILURES, ...NOT_FOUND },
});

/** Routes that issue and use tokens. */
export function addReconnectRoutes(app: RestApp, { services, monitorTokens }: RestDeps): void {
  const { manager } = services;

  app.openapi(tokenRoute, async (c) => {
    const { session_id } = c.req.valid('param');
    return reply(c, await manager.issueReconnectToken(session_id, callerOf(c).principal, 'rest'), 200);
  });

  app.openapi(reconnectRoute, async (c) => {
    const { session_id } = c.req.valid('param');
    const { token } = c.req.valid('json');
    const { principal } = callerOf(c);
    try {
      const { reconnect_count, reconnect_token, expires_in_minutes } = await manager.reconnectSession({
        session_id,
        token,
        principal,
        door: 'rest',
        transport_id: null,
      });
      return reply(
        c,
        {
          success: true as const,
          session_id,
          message: 'Session reconnected' as const,
          reconnect_count,
          reconnect_token,
          expires_in_minutes,
        },
        200,
      );
    } catch (error) {
      throw asFailure(error);
    }
  });

  app.openapi(monitorTokenRoute, async (c) => {
    const { principal, keyHash } = callerOf(c);
    const { session_id } = c.req.valid('json');
    const sessionId = session_id === undefined ? null : manager.get(session_id, principal).session_id;
    const clientId = principal.kind === 'admin' ? null : principal.client.client_id;
    const monitor_token = await monitorTokens.issue({ clientId, sessionId, keyHash });
    return reply(c, { monitor_token, expires_in_seconds: MONITOR_TOKEN_LIFE / SECOND }, 200);
  });
}

/** The error with the detail that a refused reconnect has. A full disk is no answer about the token and stays what it is. */
function asFailure(error: unknown): unknown {
  if (!(error instanceof HoldfastError)) {
    return new HoldfastError('internal_error', 'Reconnection failed: internal_error', { cause: error });
  }
  if (!(error.code in RECONNECT_FAILURES)) return error;
  const { code, retryAfter } = error;
  return new HoldfastError(code, `Reconnection failed: ${code}`, { cause: error, retryAfter });
}

function failuresByStatus() {
  const codes = new Map<number, string[]>();
  for (const [code, { status }] of Object.entries(RECONNECT_FAILURES)) {
    codes.set(status, [...(codes.get(status) ?? []), `\`${code}\``]);
  }
  return Object.fromEntries([...codes].map(([status, list]) => [status, failed(list.join(', '))]));
}
