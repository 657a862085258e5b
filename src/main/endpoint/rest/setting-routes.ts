import { createRoute } from '@hono/zod-openapi';
import { type RestApp, type RestDeps, requireAdmin } from './context';
import { reply } from './reply';
import { ADMIN_ONLY, body, FAILURES, json } from './responses';
import * as schemas from './schemas';

const SETTINGS = '/api/mcp/settings';

const listRoute = createRoute({
  method: 'get',
  path: SETTINGS,
  tags: ['Settings'],
  summary: 'All settings: value, default and where the value comes from',
  responses: { 200: json(schemas.settings, 'in the order in which they are shown'), ...FAILURES, ...ADMIN_ONLY },
});

const changeRoute = createRoute({
  method: 'patch',
  path: SETTINGS,
  tags: ['Settings'],
  summary: 'Change settings',
  description: 'Values by name; null puts the default back. Either all are taken, or none.',
  request: body(schemas.settingChanges),
  responses: { 200: json(schemas.settings, 'all settings after it'), ...FAILURES, ...ADMIN_ONLY },
});

/** Routes for settings: the same as the window's own methods. */
export function addSettingRoutes(app: RestApp, { handlers }: RestDeps): void {
  app.openapi(listRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['settings.list']({}), 200);
  });

  app.openapi(changeRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['settings.change']({ changes: c.req.valid('json') }), 200);
  });
}
