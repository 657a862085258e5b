import { createRoute } from '@hono/zod-openapi';
import { HoldfastError } from '../../../shared/errors';
import { callsOf } from '../../window-api/call-handlers';
import { callerOf, type RestApp, type RestContext, type RestDeps, requireAdmin } from './context';
import { reply } from './reply';
import { ADMIN_ONLY, body, FAILURES, json, NOT_FOUND } from './responses';
import * as schemas from './schemas';

const CALLS = '/api/mcp/calls';

const listRoute = createRoute({
  method: 'get',
  path: CALLS,
  tags: ['Activity'],
  summary: 'What runs now, and which calls became a handle',
  description:
    'Calls that a client waits for, with their time and progress, and calls that outlasted their client and were answered with a handle. A client key sees its own, the admin key all. The handles themselves are told to their clients alone.',
  responses: { 200: json(schemas.calls, 'at this moment'), ...FAILURES },
});

const cancelRoute = createRoute({
  method: 'post',
  path: `${CALLS}/{call_id}/cancel`,
  tags: ['Activity'],
  summary: 'Give a call up',
  description: 'Whoever waits for it gets an error, and its server is told. A client key cancels its own calls.',
  request: { params: schemas.callId },
  responses: { 200: json(schemas.callId, 'the call that was given up'), ...FAILURES, ...NOT_FOUND },
});

const patienceRoute = createRoute({
  method: 'get',
  path: `${CALLS}/patience`,
  tags: ['Activity'],
  summary: 'How long each client waits for the answer to a call',
  responses: { 200: json(schemas.patienceOfAll, 'as far as is known'), ...FAILURES, ...ADMIN_ONLY },
});

const setPatienceRoute = createRoute({
  method: 'put',
  path: `${CALLS}/patience/{client_id}`,
  tags: ['Activity'],
  summary: 'Say how long a client waits',
  request: { params: schemas.clientId, ...body(schemas.newPatience) },
  responses: { 200: json(schemas.patience, 'after it'), ...FAILURES, ...ADMIN_ONLY, ...NOT_FOUND },
});

/** The routes about calls that run now, and about how long clients wait. */
export function addCallsRoutes(app: RestApp, { services, handlers }: RestDeps): void {
  const clientOf = (c: RestContext): string | undefined => {
    const { principal } = callerOf(c);
    return principal.kind === 'admin' ? undefined : principal.client.client_id;
  };
  app.openapi(listRoute, (c) => reply(c, callsOf(services, clientOf(c)), 200));
  app.openapi(cancelRoute, async (c) => {
    const { call_id } = c.req.valid('param');
    const { longCalls } = services;
    const owner = longCalls.inFlight.clientOf(call_id) ?? longCalls.ofCall(call_id)?.client_id;
    const client = clientOf(c);
    // A call of somebody else is answered like one that there is not.
    if (client !== undefined && owner !== client) throw new HoldfastError('call_not_found');
    await handlers['calls.cancel']({ call_id });
    return reply(c, { call_id }, 200);
  });
  app.openapi(patienceRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['calls.patience']({}), 200);
  });
  app.openapi(setPatienceRoute, async (c) => {
    requireAdmin(c);
    const { client_id } = c.req.valid('param');
    return reply(c, await handlers['calls.set_patience']({ client_id, ...c.req.valid('json') }), 200);
  });
}
