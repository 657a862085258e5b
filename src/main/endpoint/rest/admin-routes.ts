import { createRoute, z } from '@hono/zod-openapi';
import { HoldfastError } from '../../../shared/errors';
import { callerOf, type RestApp, type RestDeps, requireAdmin } from './context';
import { reply } from './reply';
import { ADMIN_ONLY, body, FAILURES, json, NOT_FOUND } from './responses';
import * as schemas from './schemas';

const CLIENTS = '/api/mcp/clients';

const listRoute = createRoute({
  method: 'get',
  path: CLIENTS,
  tags: ['Clients'],
  summary: 'Clients that may connect',
  responses: {
    200: json(z.object({ clients: z.array(schemas.client) }), 'all clients'),
    ...FAILURES,
    ...ADMIN_ONLY,
  },
});

const createClientRoute = createRoute({
  method: 'post',
  path: CLIENTS,
  tags: ['Clients'],
  summary: 'Create a client',
  description: 'The key is shown only once.',
  request: body(schemas.newClient),
  responses: { 201: json(schemas.createdClient, 'the client and its key'), ...FAILURES, ...ADMIN_ONLY },
});

const changeRoute = createRoute({
  method: 'patch',
  path: `${CLIENTS}/{client_id}`,
  tags: ['Clients'],
  summary: 'Say what a new process of a client gets, and whether it may take sessions over',
  description: 'A client that is still running keeps its session in any case.',
  request: { params: schemas.clientId, ...body(schemas.clientChange) },
  responses: { 200: json(schemas.client, 'the client after it'), ...FAILURES, ...ADMIN_ONLY, ...NOT_FOUND },
});

const rotateRoute = createRoute({
  method: 'post',
  path: `${CLIENTS}/{client_id}/rotate`,
  tags: ['Clients'],
  summary: 'Give a client a new key',
  description:
    'The new key is shown only once. The one from before works for another 15 minutes, or until it is ended. ' +
    'A client has two keys at most: of three, that one ends which nobody has used, or else the oldest.',
  request: { params: schemas.clientId },
  responses: { 200: json(schemas.renewedKey, 'the new key'), ...FAILURES, ...ADMIN_ONLY, ...NOT_FOUND },
});

const endOldKeyRoute = createRoute({
  method: 'delete',
  path: `${CLIENTS}/{client_id}/old-key`,
  tags: ['Clients'],
  summary: 'End the old key of a client now',
  description: 'Connections that were opened with it are cut.',
  request: { params: schemas.clientId },
  responses: { 200: json(schemas.client, 'the client after it'), ...FAILURES, ...ADMIN_ONLY, ...NOT_FOUND },
});

const keyHoldersRoute = createRoute({
  method: 'post',
  path: '/api/mcp/key-holders',
  tags: ['Clients'],
  summary: 'Whose keys these are, and when each was last used',
  description: 'Keys are named by their SHA-256 in hex. Asking does not count as activity of a client.',
  request: body(schemas.keyQuery),
  responses: {
    200: json(z.object({ holders: z.array(schemas.keyHolder) }), 'the keys that work'),
    ...FAILURES,
    ...ADMIN_ONLY,
  },
});

const removeRoute = createRoute({
  method: 'delete',
  path: `${CLIENTS}/{client_id}`,
  tags: ['Clients'],
  summary: 'Take a client its key away and end its sessions',
  request: { params: schemas.clientId },
  responses: { 200: json(schemas.clientId, 'the client that was removed'), ...FAILURES, ...ADMIN_ONLY, ...NOT_FOUND },
});

const historyRoute = createRoute({
  method: 'get',
  path: '/api/mcp/history',
  tags: ['History'],
  summary: 'Reconnects, live sessions, availability and latency over time',
  request: { query: schemas.historyQuery },
  responses: { 200: json(schemas.history, 'the buckets, oldest first'), ...FAILURES, ...ADMIN_ONLY },
});

const alertsRoute = createRoute({
  method: 'get',
  path: '/api/mcp/alerts',
  tags: ['Holdfast'],
  summary: 'What is broken, and what was lately',
  responses: { 200: json(z.object({ alerts: z.array(schemas.alert) }), 'oldest first'), ...FAILURES, ...ADMIN_ONLY },
});

const quitRoute = createRoute({
  method: 'post',
  path: '/api/mcp/quit',
  tags: ['Holdfast'],
  summary: 'Quit Holdfast',
  description: 'Holdfast ends in order. Sessions wait for its next start.',
  responses: {
    202: json(z.object({ pid: z.number() }), 'the process that is about to end'),
    ...FAILURES,
    ...ADMIN_ONLY,
  },
});

const signInLinkRoute = createRoute({
  method: 'post',
  path: '/api/mcp/sign-in-link',
  tags: ['Holdfast'],
  summary: 'Make a link that signs a browser in',
  description: 'The link works once, within ten minutes.',
  responses: { 200: json(z.object({ url: z.string() }), 'the link'), ...FAILURES, ...ADMIN_ONLY },
});

/** Routes that concern everybody and so are for the admin alone: the same as the window's own methods. */
export function addAdminRoutes(app: RestApp, { handlers, services, signIns, quit }: RestDeps): void {
  app.openapi(listRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['clients.list']({}), 200);
  });

  app.openapi(createClientRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['clients.create'](c.req.valid('json')), 201);
  });

  app.openapi(changeRoute, async (c) => {
    requireAdmin(c);
    const { client_id } = c.req.valid('param');
    const { new_process, may_take_over } = c.req.valid('json');
    if (new_process !== undefined) await handlers['clients.set_new_process']({ client_id, new_process });
    if (may_take_over !== undefined) await handlers['clients.set_may_take_over']({ client_id, may_take_over });
    return reply(c, services.clients.get(client_id), 200);
  });

  app.openapi(rotateRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['clients.renew_key'](c.req.valid('param')), 200);
  });

  app.openapi(endOldKeyRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['clients.end_old_key'](c.req.valid('param')), 200);
  });

  app.openapi(keyHoldersRoute, (c) => {
    requireAdmin(c);
    const { key_hashes } = c.req.valid('json');
    return reply(c, { holders: key_hashes.flatMap((hash) => services.clients.holderOf(hash) ?? []) }, 200);
  });

  app.openapi(removeRoute, async (c) => {
    requireAdmin(c);
    const { client_id } = c.req.valid('param');
    await handlers['clients.remove']({ client_id });
    return reply(c, { client_id }, 200);
  });

  app.openapi(historyRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['history.query'](c.req.valid('query')), 200);
  });

  app.openapi(signInLinkRoute, (c) => {
    requireAdmin(c);
    // A browser would stay signed in for ever by links that it makes for itself.
    if (callerOf(c).via === 'ui_token') throw new HoldfastError('forbidden', 'A browser cannot sign in another one.');
    return reply(c, { url: signIns.createLink(services.info().url) }, 200);
  });

  app.openapi(alertsRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['alerts.list']({}), 200);
  });

  app.openapi(quitRoute, (c) => {
    requireAdmin(c);
    // The answer goes first: whoever asked is to know that it was heard.
    c.env.outgoing.once('close', quit);
    return reply(c, { pid: services.info().pid }, 202);
  });
}
