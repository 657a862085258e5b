import { createRoute } from '@hono/zod-openapi';
import { type RestApp, type RestDeps, requireAdmin } from './context';
import { reply } from './reply';
import { ADMIN_ONLY, body, FAILURES, json } from './responses';
import * as schemas from './schemas';

const PRIVACY = '/api/mcp/privacy';

const keptRoute = createRoute({
  method: 'get',
  path: PRIVACY,
  tags: ['Privacy'],
  summary: 'What is kept, for how long, and how much it is',
  description: 'Measuring reads the whole database: a large one takes seconds.',
  responses: { 200: json(schemas.keptData, 'by area'), ...FAILURES, ...ADMIN_ONLY },
});

const previewRoute = createRoute({
  method: 'post',
  path: `${PRIVACY}/preview`,
  tags: ['Privacy'],
  summary: 'Count what a deletion would take',
  request: body(schemas.deletion),
  responses: { 200: json(schemas.deletionCounts, 'rows; nothing was deleted'), ...FAILURES, ...ADMIN_ONLY },
});

const deleteRoute = createRoute({
  method: 'post',
  path: `${PRIVACY}/delete`,
  tags: ['Privacy'],
  summary: 'Delete what is kept, for good',
  description:
    'Answers when it is done. Sessions that have not ended stay. Backups keep a copy until newer ones replace them.',
  request: body(schemas.deletion),
  responses: { 200: json(schemas.deletionCounts, 'rows that were deleted'), ...FAILURES, ...ADMIN_ONLY },
});

/** Routes for what is kept: the same as the window's own methods. */
export function addPrivacyRoutes(app: RestApp, { handlers }: RestDeps): void {
  app.openapi(keptRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['privacy.kept']({}), 200);
  });

  app.openapi(previewRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['privacy.preview'](c.req.valid('json')), 200);
  });

  app.openapi(deleteRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['privacy.delete'](c.req.valid('json')), 200);
  });
}
