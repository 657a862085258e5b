import { createRoute } from '@hono/zod-openapi';
import type { ActivityPage } from '../../../shared/contract/activity';
import { callerOf, type RestApp, type RestDeps } from './context';
import { reply } from './reply';
import { FAILURES, json } from './responses';
import * as schemas from './schemas';

const listRoute = createRoute({
  method: 'get',
  path: '/api/mcp/activity',
  tags: ['Activity'],
  summary: 'What was called, and what became of it',
  description:
    'Newest first. For the next page pass the lowest `activity_id` of this one as `before`; to follow, pass the highest as `after`. A client key sees what its client did, the admin key all.',
  request: { query: schemas.activityQuery },
  responses: { 200: json(schemas.activityPage, 'one page'), ...FAILURES },
});

/** The route that reads what was called. */
export function addActivityRoutes(app: RestApp, { services: { activity, store } }: RestDeps): void {
  app.openapi(listRoute, async (c) => {
    const { principal } = callerOf(c);
    const query = c.req.valid('query');
    activity.flush();
    if (principal.kind === 'admin') return reply(c, await store.activity.page(query), 200);
    const own = principal.client.client_id;
    const isForeign = query.client_id !== undefined && query.client_id !== own;
    const none: ActivityPage = { activity: [], has_more: false };
    return reply(c, isForeign ? none : await store.activity.page({ ...query, client_id: own }), 200);
  });
}
