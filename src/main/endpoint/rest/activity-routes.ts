import { createRoute } from '@hono/zod-openapi';
import type { ActivityPage, Failures } from '../../../shared/contract/activity';
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

const failuresRoute = createRoute({
  method: 'get',
  path: '/api/mcp/activity/failures',
  tags: ['Activity'],
  summary: 'What failed, by kind',
  description:
    'Failures with the same server, method, name, outcome and error are one group; numbers, ids, paths and times in an error do not count. The largest first. Pass a `group_id` as `group` to the list for its rows. A client key sees what its client did, the admin key all.',
  request: { query: schemas.failuresQuery },
  responses: { 200: json(schemas.failures, 'the groups'), ...FAILURES },
});

/** The routes that read what was called. */
export function addActivityRoutes(app: RestApp, { services: { activity, store } }: RestDeps): void {
  app.openapi(listRoute, async (c) => {
    const { principal } = callerOf(c);
    const query = c.req.valid('query');
    activity.flush();
    if (principal.kind === 'admin') return reply(c, await store.activity.page(query), 200);
    const own = principal.client.client_id;
    const isForeign = query.client_id !== undefined && query.client_id !== own;
    const none: ActivityPage = { activity: [], has_more: false, last_id: 0 };
    return reply(c, isForeign ? none : await store.activity.page({ ...query, client_id: own }), 200);
  });
  app.openapi(failuresRoute, async (c) => {
    const { principal } = callerOf(c);
    const query = c.req.valid('query');
    activity.flush();
    if (principal.kind === 'admin') return reply(c, await store.activity.failures(query), 200);
    const own = principal.client.client_id;
    const isForeign = query.client_id !== undefined && query.client_id !== own;
    const none: Failures = { groups: [], failed: 0, kinds: 0, is_partial: false };
    return reply(c, isForeign ? none : await store.activity.failures({ ...query, client_id: own }), 200);
  });
}
