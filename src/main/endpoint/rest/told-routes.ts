import { createRoute } from '@hono/zod-openapi';
import { type RestApp, type RestDeps, requireAdmin } from './context';
import { reply } from './reply';
import { ADMIN_ONLY, body, FAILURES, json } from './responses';
import * as schemas from './schemas';

const NOTIFICATIONS = '/api/mcp/notifications';
const STARTUP = '/api/mcp/startup';
const UPDATES = '/api/mcp/updates';

const notificationsRoute = createRoute({
  method: 'get',
  path: NOTIFICATIONS,
  tags: ['Settings'],
  summary: 'What the user is notified about, and when not',
  responses: { 200: json(schemas.notifications, 'of a webhook only the host'), ...FAILURES, ...ADMIN_ONLY },
});

const changeNotificationsRoute = createRoute({
  method: 'patch',
  path: NOTIFICATIONS,
  tags: ['Settings'],
  summary: 'Change what the user is notified about',
  description: 'What is left out stays. Either all of it is taken, or nothing.',
  request: body(schemas.notificationChange),
  responses: { 200: json(schemas.notifications, 'after it'), ...FAILURES, ...ADMIN_ONLY },
});

const startupRoute = createRoute({
  method: 'get',
  path: STARTUP,
  tags: ['Settings'],
  summary: 'Whether the system starts Holdfast at login',
  responses: { 200: json(schemas.startup, 'with the reason if it is not possible'), ...FAILURES, ...ADMIN_ONLY },
});

const changeStartupRoute = createRoute({
  method: 'put',
  path: STARTUP,
  tags: ['Settings'],
  summary: 'Switch the start at login on or off',
  request: body(schemas.startupChange),
  responses: { 200: json(schemas.startup, 'after it'), ...FAILURES, ...ADMIN_ONLY },
});

const updatesRoute = createRoute({
  method: 'get',
  path: UPDATES,
  tags: ['Settings'],
  summary: 'Whether Holdfast looks for newer versions, where, and what it found',
  responses: { 200: json(schemas.updates, 'as of the last check'), ...FAILURES, ...ADMIN_ONLY },
});

const changeUpdatesRoute = createRoute({
  method: 'put',
  path: UPDATES,
  tags: ['Settings'],
  summary: 'Switch looking for newer versions on or off',
  description: 'Without an address, the one that is set stays.',
  request: body(schemas.updatesChange),
  responses: { 200: json(schemas.updates, 'after it'), ...FAILURES, ...ADMIN_ONLY },
});

const checkRoute = createRoute({
  method: 'post',
  path: `${UPDATES}/check`,
  tags: ['Settings'],
  summary: 'Look for a newer version now',
  description: 'Takes at most 10 s. A failure is in `checked`.',
  responses: { 200: json(schemas.updates, 'after it'), ...FAILURES, ...ADMIN_ONLY },
});

/** Routes for what Holdfast tells its user and how it is started: the same as the window's own methods. */
export function addToldRoutes(app: RestApp, { handlers }: RestDeps): void {
  app.openapi(notificationsRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['alerts.settings']({}), 200);
  });

  app.openapi(changeNotificationsRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['alerts.change'](c.req.valid('json')), 200);
  });

  app.openapi(startupRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['startup.get']({}), 200);
  });

  app.openapi(changeStartupRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['startup.set'](c.req.valid('json')), 200);
  });

  app.openapi(updatesRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['updates.get']({}), 200);
  });

  app.openapi(changeUpdatesRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['updates.set'](c.req.valid('json')), 200);
  });

  app.openapi(checkRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['updates.check']({}), 200);
  });
}
