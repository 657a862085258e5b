import { createRoute } from '@hono/zod-openapi';
import type { ActivityPage, ActivityQuery } from '../../../shared/contract/activity';
import { HoldfastError } from '../../../shared/errors';
import { type ActivityFormat, activityFile, MOST_EXPORTED } from '../../../shared/export/activity-file';
import { exportName, MEDIA_TYPES } from '../../../shared/export/file-names';
import { callerOf, type RestApp, type RestContext, type RestDeps } from './context';
import { replyFile } from './file-reply';
import { reply } from './reply';
import { FAILURES } from './responses';
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

/** The route that reads what was called. */
export function addActivityRoutes(app: RestApp, { services: { activity, store, clock }, version }: RestDeps): void {
  const readAs = async (c: RestContext, query: ActivityQuery): Promise<ActivityPage> => {
    const { principal } = callerOf(c);
    if (principal.kind === 'admin') return store.activity.page(query);
    const own = principal.client.client_id;
    const isForeign = query.client_id !== undefined && query.client_id !== own;
    return isForeign ? { activity: [], has_more: false } : store.activity.page({ ...query, client_id: own });
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
}
