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
  tags: [TAG],
  method: 'delete' as const,
  path: ONE,
  summary: 'Remove a server',
  description:
    'With `log_out=true` it is logged out of first. That takes at most five seconds and cannot fail the removal.',
  request: { ...named, query: schemas.serverRemoval },
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

const restartRoute = createRoute({
  ...shared,
  method: 'post' as const,
  path: `${ONE}/restart`,
  summary: 'Restart a server',
  description:
    'Ends what runs of it and starts it anew, for all sessions; calls in progress get an error. A server that is down is tried again now. What nobody uses stays stopped.',
  responses: { 200: after('the server'), ...REFUSALS, ...CONFLICT('its command was not confirmed') },
});

const stopRoute = createRoute({
  ...shared,
  method: 'post' as const,
  path: `${ONE}/stop`,
  summary: 'Stop a server until it is used',
  description:
    'Ends what runs of it, within seconds. Sessions stay; calls in progress get an error. What is used next starts it again. To keep it from starting, disable it. With `instance_id`, only that instance of it is ended; a missing one is not an error.',
  request: { ...named, query: schemas.serverStop },
  responses: { 200: after('the server'), ...REFUSALS, ...CONFLICT('its command was not confirmed') },
});

const toolsRoute = createRoute({
  ...shared,
  method: 'get' as const,
  path: `${ONE}/tools`,
  summary: 'The tools that a server listed last',
  description: 'As they were when a client last listed them at /mcp, also after a restart of Holdfast. Starts nothing.',
  responses: { 200: json(schemas.listedTools, 'its tools'), ...REFUSALS },
});

const changesRoute = createRoute({
  ...shared,
  method: 'get' as const,
  path: `${ONE}/changes`,
  summary: 'What tools of a server say of themselves that they did not say when they were used',
  description: 'Only tools that were called through Holdfast, and the version of the server. Starts nothing.',
  responses: { 200: json(schemas.toolChanges, 'its changes'), ...REFUSALS },
});

const acceptRoute = createRoute({
  tags: [TAG],
  method: 'post' as const,
  path: `${ONE}/changes/accept`,
  summary: 'Take changes of a server for all right',
  description: 'A tool that is held back is listed and called again.',
  request: { ...named, ...body(schemas.acceptedChange) },
  responses: { 200: after('the server'), ...REFUSALS },
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

const LOGIN_REFUSALS = { ...REFUSALS, ...CONFLICT('nobody can log in to it right now') };

const loginRoute = createRoute({
  ...shared,
  method: 'post' as const,
  path: `${ONE}/login`,
  summary: 'Begin a login',
  description:
    'Open `url` in a browser. The login can be finished for ten minutes. With `how` "device" it is finished by entering `code` there, in a browser anywhere, where the authorization server offers that.',
  request: { ...named, query: schemas.loginQuery },
  responses: { 200: json(schemas.loginBegun, 'where to log in'), ...LOGIN_REFUSALS },
});

const finishLoginRoute = createRoute({
  tags: [TAG],
  method: 'post' as const,
  path: `${ONE}/login/finish`,
  summary: 'Finish a login by hand',
  description: 'For a browser on another machine: send the address at which it ended, whole.',
  request: { ...named, ...body(schemas.loginAddress) },
  responses: { 200: after('the server'), ...LOGIN_REFUSALS },
});

const cancelLoginRoute = createRoute({
  ...shared,
  method: 'post' as const,
  path: `${ONE}/login/cancel`,
  summary: 'End a login that was begun',
  responses: { 200: after('the server'), ...LOGIN_REFUSALS },
});

const logoutRoute = createRoute({
  ...shared,
  method: 'post' as const,
  path: `${ONE}/logout`,
  summary: 'Log out: tokens are revoked where that is offered, and forgotten',
  responses: { 200: after('the server'), ...LOGIN_REFUSALS },
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
    const logOut = c.req.valid('query').log_out;
    return reply(c, await serverAdmin.remove(c.req.valid('param').name, { logOut }), 200);
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

  app.openapi(restartRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.restart(c.req.valid('param').name), 200);
  });

  app.openapi(stopRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.stop(c.req.valid('param').name, c.req.valid('query').instance_id), 200);
  });

  app.openapi(toolsRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.tools(c.req.valid('param').name), 200);
  });

  app.openapi(changesRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.changes(c.req.valid('param').name), 200);
  });

  app.openapi(acceptRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.acceptChanges(c.req.valid('param').name, c.req.valid('json').tool), 200);
  });

  app.openapi(testRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.test(c.req.valid('param').name), 200);
  });

  app.openapi(loginRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.logIn(c.req.valid('param').name, c.req.valid('query').how), 200);
  });

  app.openapi(finishLoginRoute, async (c) => {
    requireAdmin(c);
    const { name } = await serverAdmin.get(c.req.valid('param').name);
    const { address } = c.req.valid('json');
    return reply(c, await serverAdmin.finishLogin(new URL(address).searchParams, name), 200);
  });

  app.openapi(cancelLoginRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.cancelLogin(c.req.valid('param').name), 200);
  });

  app.openapi(logoutRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.logOut(c.req.valid('param').name), 200);
  });

  app.openapi(outputRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.stderr(c.req.valid('param').name), 200);
  });
}
