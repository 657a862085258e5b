import { createRoute } from '@hono/zod-openapi';
import { type RestApp, type RestDeps, requireAdmin } from './context';
import { reply } from './reply';
import { ADMIN_ONLY, body, FAILURES, json, NOT_FOUND } from './responses';
import * as schemas from './schemas';

const RECORDING = '/api/mcp/activity/recording';

const recordingRoute = createRoute({
  method: 'get',
  path: RECORDING,
  tags: ['Activity'],
  summary: 'Whether contents of messages are recorded, and of what',
  responses: { 200: json(schemas.recording, 'as it is now'), ...FAILURES, ...ADMIN_ONLY },
});

const changeRoute = createRoute({
  method: 'put',
  path: RECORDING,
  tags: ['Activity'],
  summary: 'Switch the recording of contents on or off',
  description:
    'Of everything for some minutes, or of servers until that is switched off. What is not named stays as it is. Secrets are masked before anything is stored; contents are kept for 24 hours at most.',
  request: body(schemas.recordingChange),
  responses: { 200: json(schemas.recording, 'as it is after it'), ...FAILURES, ...ADMIN_ONLY, ...NOT_FOUND },
});

const oneRoute = createRoute({
  method: 'get',
  path: '/api/mcp/activity/{activity_id}',
  tags: ['Activity'],
  summary: 'One message, with what was in it if that was recorded',
  request: { params: schemas.activityId },
  responses: { 200: json(schemas.activityWithContents, 'the message'), ...FAILURES, ...ADMIN_ONLY, ...NOT_FOUND },
});

const contentsRoute = createRoute({
  method: 'post',
  path: '/api/mcp/activity/contents',
  tags: ['Activity'],
  summary: 'What was recorded of some messages',
  request: body(schemas.contentsQuery),
  responses: { 200: json(schemas.contentsList, 'those that have any'), ...FAILURES, ...ADMIN_ONLY },
});

/** Routes for contents of messages: the same as the window's own methods. */
export function addContentsRoutes(app: RestApp, { handlers }: RestDeps): void {
  app.openapi(recordingRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['activity.recording']({}), 200);
  });

  app.openapi(changeRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['activity.set_recording'](c.req.valid('json')), 200);
  });

  app.openapi(contentsRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['activity.contents'](c.req.valid('json')), 200);
  });

  app.openapi(oneRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['activity.get'](c.req.valid('param')), 200);
  });
}
