import { createRoute } from '@hono/zod-openapi';
import { type RestApp, type RestDeps, requireAdmin } from './context';
import { reply } from './reply';
import { ADMIN_ONLY, body, CONFLICT, FAILURES, json, NOT_FOUND } from './responses';
import * as schemas from './schemas';

const TAG = 'Servers';
const SERVERS = '/api/mcp/servers';
const ONE = `${SERVERS}/{name}`;
const REFUSALS = { ...FAILURES, ...ADMIN_ONLY, ...NOT_FOUND };
const named = { params: schemas.serverName };
const shared = { tags: [TAG], request: named };
const after = (what: string) => json(schemas.server, what);

const listRoute = createRoute({
  method: 'get',
  path: SERVERS,
  tags: [TAG],
  summary: 'All servers of servers.json, and how they are',
  description: 'Values of environments and headers are never told.',
  responses: { 200: json(schemas.servers, 'all servers'), ...FAILURES, ...ADMIN_ONLY },
});

const getRoute = createRoute({
  ...shared,
  method: 'get' as const,
  path: ONE,
  summary: 'One server',
  responses: { 200: after('the server'), ...REFUSALS },
});

const putRoute = createRoute({
  tags: [TAG],
  method: 'put' as const,
  path: ONE,
  summary: 'Add a server, or change it',
  description:
    'Values of `env` and `headers` are kept as secrets: null keeps the one that is stored under the name, a name left out is ' +
    'removed. A new command does not run before it was confirmed.',
  request: { params: schemas.newServerName, ...body(schemas.serverInput) },
  responses: { 200: after('the server'), ...FAILURES, ...ADMIN_ONLY },
});

const deleteRoute = createRoute({
  ...shared,
  method: 'delete' as const,
  path: ONE,
  summary: 'Remove a server',
  responses: { 200: json(schemas.serverRemoved, 'what puts it back'), ...REFUSALS },
});

const restoreRoute = createRoute({
  tags: [TAG],
  method: 'post' as const,
  path: `${ONE}/restore`,
  summary: 'Put a removed server back',
  request: { ...named, ...body(schemas.serverUndo) },
  responses: { 200: after('the server'), ...REFUSALS, ...CONFLICT('there is one of that name by now') },
});

const enableRoute = createRoute({
  ...shared,
  method: 'post' as const,
  path: `${ONE}/enable`,
  summary: 'Enable a server',
  responses: { 200: after('the server'), ...REFUSALS },
});

const disableRoute = createRoute({
  ...shared,
  method: 'post' as const,
  path: `${ONE}/disable`,
  summary: 'Disable a server: its processes end',
  responses: { 200: after('the server'), ...REFUSALS },
});

const trustRoute = createRoute({
  tags: [TAG],
  method: 'post' as const,
  path: `${ONE}/trust`,
  summary: 'Confirm the command or the address of a server',
  description:
    'Look at `command`, `args`, `cwd`, `env_names` and `env_values`, or at `url`, `header_values` and `oauth`, and send the `fingerprint` that came with them.',
  request: { ...named, ...body(schemas.serverTrust) },
  responses: { 200: after('the server'), ...REFUSALS, ...CONFLICT('the command is another one by now') },
});

const retryRoute = createRoute({
  ...shared,
  method: 'post' as const,
  path: `${ONE}/retry`,
  summary: 'Try to start a server now',
  responses: { 200: after('the server'), ...REFUSALS, ...CONFLICT('its command was not confirmed') },
});

const testRoute = createRoute({
  ...shared,
  method: 'post' as const,
  path: `${ONE}/test`,
  summary: 'Start a server apart from all sessions and ask what it offers',
  description: 'Takes at most 30 seconds. A server that cannot be started is told by `ok` and `error`.',
  responses: {
    200: json(schemas.serverTest, 'what it said'),
    ...REFUSALS,
    ...CONFLICT('its command was not confirmed'),
  },
});

const outputRoute = createRoute({
  ...shared,
  method: 'get' as const,
  path: `${ONE}/stderr`,
  summary: 'Newest error output of a server',
  responses: { 200: json(schemas.serverOutput, 'the lines'), ...REFUSALS },
});

/** Routes of the servers behind Holdfast. They start programs, so they are for the admin alone. */
export function addServerRoutes(app: RestApp, { serverAdmin }: RestDeps): void {
  app.openapi(listRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.list(), 200);
  });

  app.openapi(getRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.get(c.req.valid('param').name), 200);
  });

  app.openapi(putRoute, async (c) => {
    requireAdmin(c);
    const { name } = c.req.valid('param');
    const { servers } = await serverAdmin.list();
    const replaces = servers.some((server) => server.name === name) ? name : undefined;
    return reply(c, await serverAdmin.save({ ...c.req.valid('json'), name }, { confirmed: false, replaces }), 200);
  });

  app.openapi(deleteRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.remove(c.req.valid('param').name), 200);
  });

  app.openapi(restoreRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.undoRemove(c.req.valid('json').undo_id, c.req.valid('param').name), 200);
  });

  app.openapi(enableRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.setEnabled(c.req.valid('param').name, true), 200);
  });

  app.openapi(disableRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.setEnabled(c.req.valid('param').name, false), 200);
  });

  app.openapi(trustRoute, async (c) => {
    requireAdmin(c);
    const { fingerprint } = c.req.valid('json');
    return reply(c, await serverAdmin.trust(c.req.valid('param').name, fingerprint), 200);
  });

  app.openapi(retryRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.retry(c.req.valid('param').name), 200);
  });

  app.openapi(testRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.test(c.req.valid('param').name), 200);
  });

  app.openapi(outputRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.stderr(c.req.valid('param').name), 200);
  });
}
