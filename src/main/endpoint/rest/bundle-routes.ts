import { createRoute } from '@hono/zod-openapi';
import { exportName, MEDIA_TYPES } from '../../../shared/export/file-names';
import { type RestApp, type RestDeps, requireAdmin } from './context';
import { replyFile } from './file-reply';
import { reply } from './reply';
import { ADMIN_ONLY, body, FAILURES, json, NOT_FOUND } from './responses';
import * as schemas from './schemas';

const BUNDLE = '/api/mcp/bundle';

const prepareRoute = createRoute({
  method: 'post',
  path: BUNDLE,
  tags: ['Holdfast'],
  summary: 'Put a diagnosis bundle together',
  description:
    'In memory: nothing is written. Secrets are left out. It is kept for ten minutes, or until the next one.',
  request: body(schemas.newBundle),
  responses: { 200: json(schemas.preparedBundle, 'what is in it'), ...FAILURES, ...ADMIN_ONLY, ...NOT_FOUND },
});

const readRoute = createRoute({
  method: 'get',
  path: `${BUNDLE}/{bundle_id}`,
  tags: ['Holdfast'],
  summary: 'Download a diagnosis bundle',
  request: { params: schemas.bundleId },
  responses: {
    200: { description: 'a zip archive', content: { [MEDIA_TYPES.zip]: { schema: schemas.fileText } } },
    ...FAILURES,
    ...ADMIN_ONLY,
    ...NOT_FOUND,
  },
});

/** Routes of diagnosis bundles. */
export function addBundleRoutes(app: RestApp, { handlers, services: { clock } }: RestDeps): void {
  app.openapi(prepareRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['bundle.prepare'](c.req.valid('json')), 200);
  });

  app.openapi(readRoute, async (c) => {
    requireAdmin(c);
    const { zip } = await handlers['bundle.read'](c.req.valid('param'));
    const pieces = (async function* () {
      yield Buffer.from(zip, 'base64');
    })();
    return replyFile(c, pieces, { name: exportName('bundle', clock.now(), 'zip'), type: MEDIA_TYPES.zip });
  });
}
