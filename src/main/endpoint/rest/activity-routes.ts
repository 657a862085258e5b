import { createRoute } from '@hono/zod-openapi';
import type { ActivityPage, ActivityQuery, Failures } from '../../../shared/contract/activity';
import { HoldfastError } from '../../../shared/errors';
import { type ActivityFormat, activityFile, MOST_EXPORTED } from '../../../shared/export/activity-file';
import { exportName, MEDIA_TYPES } from '../../../shared/export/file-names';
import { callerOf, type RestApp, type RestContext, type RestDeps } from './context';
import { replyFile } from './file-reply';
import { reply } from './reply';
import { FAILURES, json } from './responses';
import * as schemas from './schemas';

const file = { schema: schemas.fileText };
const listRoute = createRoute({
  method: 'get',
  path: '/api/mcp/activity',
  tags: ['Activity'],
  summary: 'What was called, and what became of it',
  description: `Newest first. For the next page pass the lowest \`activity_id\` of this one as \`before\`; to follow, pass the highest as \`after\`. A client key sees what its client did, the admin key all. With \`format\` the answer is one file instead of a page, at most ${MOST_EXPORTED.toLocaleString('en')} rows; what is older follows with \`before\`.`,
  request: { query: schemas.activityQuery },
  responses: {
    200: {
      description: 'one page, or with `format` one file',
      content: {
        'application/json': { schema: schemas.activityPage },
        'text/csv': file,
        'application/x-ndjson': file,
      },
    },
    ...FAILURES,
  },
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
export function addActivityRoutes(app: RestApp, { services: { activity, store, clock }, version }: RestDeps): void {
  const readAs = async (c: RestContext, query: ActivityQuery): Promise<ActivityPage> => {
    const { principal } = callerOf(c);
    if (principal.kind === 'admin') return store.activity.page(query);
    const own = principal.client.client_id;
    const isForeign = query.client_id !== undefined && query.client_id !== own;
    return isForeign
      ? { activity: [], has_more: false, last_id: 0 }
      : store.activity.page({ ...query, client_id: own });
  };
  const replyAs = (c: RestContext, format: ActivityFormat, { limit: _, after, ...filter }: ActivityQuery) => {
    if (after !== undefined) throw new HoldfastError('invalid_input', 'A file has no `after`. Use `from` instead.');
    const read = (query: Partial<ActivityQuery>) => readAs(c, { limit: 200, failed: false, ...query });
    const pieces = activityFile({ format, filter, version, read });
    return replyFile(c, pieces, { name: exportName('activity', clock.now(), format), type: MEDIA_TYPES[format] });
  };
  app.openapi(listRoute, async (c) => {
    const { format, ...query } = c.req.valid('query');
    activity.flush();
    if (format === undefined) return reply(c, await readAs(c, query), 200);
    return replyAs(c, format, query);
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
