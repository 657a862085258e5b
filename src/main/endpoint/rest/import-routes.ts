import { createRoute } from '@hono/zod-openapi';
import { type RestApp, type RestDeps, requireAdmin } from './context';
import { reply } from './reply';
import { ADMIN_ONLY, body, FAILURES, json } from './responses';
import * as schemas from './schemas';

const IMPORT = '/api/mcp/import';

const previewRoute = createRoute({
  method: 'get',
  path: IMPORT,
  tags: ['Servers'],
  summary: 'The servers of other programs on this machine',
  description: 'Their files are read and not changed. Values of variables and headers are never told.',
  responses: {
    200: json(schemas.importPreview, 'what was found, and what would become of it'),
    ...FAILURES,
    ...ADMIN_ONLY,
  },
});

const importRoute = createRoute({
  method: 'post',
  path: IMPORT,
  tags: ['Servers'],
  summary: 'Take servers of other programs over',
  description: 'All of them or none. A command does not run before it was confirmed.',
  request: body(schemas.importChoice),
  responses: { 200: json(schemas.imported, 'the servers, as they are here'), ...FAILURES, ...ADMIN_ONLY },
});

/** Routes for the servers of other programs: the same as the window's own methods. */
export function addImportRoutes(app: RestApp, { serverAdmin }: RestDeps): void {
  app.openapi(previewRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.importPreview(), 200);
  });

  app.openapi(importRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await serverAdmin.importEntries(c.req.valid('json').ids), 200);
  });
}
