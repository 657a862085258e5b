import { createRoute } from '@hono/zod-openapi';
import type { ActivityPage, ActivityQuery, Failures } from '../../../shared/contract/activity';
import { HoldfastError } from '../../../shared/errors';
import { type ActivityFormat, activityFile, MOST_EXPORTED } from '../../../shared/export/activity-file';
import { exportName, MEDIA_TYPES } from '../../../shared/export/file-names';
import { harContents } from '../../../shared/export/har';
import { callerOf, type RestApp, type RestContext, type RestDeps, requireAdmin } from './context';
import { replyFile } from './file-reply';
import { reply } from './reply';
import { ADMIN_ONLY, FAILURES, json } from './responses';
import * as schemas from './schemas';
import { MOST_PAGE, USUAL_PAGE } from './schemas';

/** Whether more rows fit than a file holds: CSV and JSON Lines have no place of their own to say it. */
const IS_CUT = 'Holdfast-Is-Cut';

const LONG_PAGE = `A page has at most ${MOST_PAGE} rows: lower \`limit\`, or ask for a file with \`format\`.`;
const file = { schema: schemas.fileText };
const listRoute = createRoute({
  method: 'get',
  path: '/api/mcp/activity',
  tags: ['Activity'],
  summary: 'What was called, and what became of it',
  description: `Newest first. For the next page pass the lowest \`activity_id\` of this one as \`before\`; to follow, pass the highest as \`after\`. A client key sees what its client did, the admin key all. With \`format\` the answer is one file instead of a page, at most \`limit\` rows; what is older follows with \`before\`, and \`${IS_CUT}: true\` says that there is any.`,
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

const failingRoute = createRoute({
  method: 'get',
  path: '/api/mcp/activity/failing',
  tags: ['Activity'],
  summary: 'Calls that fail again and again',
  description:
    'The kind of failures that is worth a sentence: at least five within the last hour, the newest within 15 minutes, and a quarter of the calls of that tool, prompt or resource or more, but not of a server that is known to be down or waits for something. Null if there is none.',
  responses: { 200: json(schemas.failing, 'the kind, or null'), ...FAILURES, ...ADMIN_ONLY },
});

/** The routes that read what was called. */
export function addActivityRoutes(
  app: RestApp,
  { services: { activity, store, clock }, handlers, version }: RestDeps,
): void {
  /** The query as far as its caller may see, null if that is nothing. */
  const seenBy = <Query extends { client_id?: string | undefined }>(c: RestContext, query: Query): Query | null => {
    const { principal } = callerOf(c);
    if (principal.kind === 'admin') return query;
    const own = principal.client.client_id;
    return query.client_id === undefined || query.client_id === own ? { ...query, client_id: own } : null;
  };
  const readAs = async (c: RestContext, query: ActivityQuery): Promise<ActivityPage> => {
    const seen = seenBy(c, query);
    return seen === null ? { activity: [], has_more: false, last_id: 0 } : store.activity.page(seen);
  };
  const replyAs = async (c: RestContext, format: ActivityFormat, asked: Omit<ActivityQuery, 'limit'>, most: number) => {
    const { after, ...filter } = asked;
    if (after !== undefined) throw new HoldfastError('invalid_input', 'A file has no `after`. Use `from` instead.');
    const seen = seenBy(c, filter);
    const isCut = seen !== null && (await store.activity.hasMoreThan(most, seen));
    const read = (query: Partial<ActivityQuery>) => readAs(c, { limit: USUAL_PAGE, failed: false, ...query });
    const isAdmin = callerOf(c).principal.kind === 'admin';
    const contents = async (activity_ids: readonly number[]) =>
      harContents(await handlers['activity.contents']({ activity_ids: [...activity_ids] }));
    const pieces = activityFile({ format, filter, version, most, read, ...(isAdmin && { contents }) });
    return replyFile(c, pieces, {
      name: exportName('activity', clock.now(), format),
      type: MEDIA_TYPES[format],
      headers: { [IS_CUT]: String(isCut) },
    });
  };
  app.openapi(listRoute, async (c) => {
    const { format, limit, ...query } = c.req.valid('query');
    activity.flush();
    if (format !== undefined) return replyAs(c, format, query, limit ?? MOST_EXPORTED);
    if (limit !== undefined && limit > MOST_PAGE) throw new HoldfastError('invalid_input', LONG_PAGE);
    return reply(c, await readAs(c, { ...query, limit: limit ?? USUAL_PAGE }), 200);
  });
  app.openapi(failingRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['activity.failing']({}), 200);
  });
  app.openapi(failuresRoute, async (c) => {
    const seen = seenBy(c, c.req.valid('query'));
    activity.flush();
    const none: Failures = { groups: [], failed: 0, kinds: 0, is_partial: false };
    return reply(c, seen === null ? none : await store.activity.failures(seen), 200);
  });
}
