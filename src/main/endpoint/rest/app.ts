import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import { matchedRoutes } from 'hono/route';
import { METHOD_NAME_ALL } from 'hono/router';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { WEB } from '../../../shared/contract/web';
import { ERRORS, HoldfastError } from '../../../shared/errors';
import { logFailure } from '../log-failure';
import { HEALTH_PATH, NAME } from '../probe';
import { refusalOf } from '../refusal';
import { addActivityRoutes } from './activity-routes';
import { addAdminRoutes } from './admin-routes';
import { addBundleRoutes } from './bundle-routes';
import { addCallsRoutes } from './calls-routes';
import { addContentsRoutes } from './contents-routes';
import type { RestApp, RestContext, RestDeps, RestEnv } from './context';
import { addDocs, DOCS_PATHS } from './docs';
import { addImportRoutes } from './import-routes';
import { authenticate, limitRate, readBody } from './middleware';
import { addPrivacyRoutes } from './privacy-routes';
import { addReconnectRoutes } from './reconnect-routes';
import { reply } from './reply';
import { requireRoute } from './require-route';
import { json } from './responses';
import * as schemas from './schemas';
import { addServerRoutes } from './server-routes';
import { addSessionRoutes } from './session-routes';
import { addSettingRoutes } from './setting-routes';
import { addTelemetryRoutes } from './telemetry-routes';
import { addToldRoutes } from './told-routes';
import { addUiRoutes } from './ui-routes';
import { addVisibilityRoutes } from './visibility-routes';

/** Answers a request to an address under `/api`, which the guard let through. Never rejects. */
export type Rest = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

const healthRoute = createRoute({
  method: 'get',
  path: HEALTH_PATH,
  tags: ['Health'],
  summary: 'Whether Holdfast is there',
  security: [],
  responses: { 200: json(schemas.health, 'it is') },
});

/** Where no key is asked for. */
const PUBLIC = new Set<string>([HEALTH_PATH, WEB.signIn, ...DOCS_PATHS]);

/** Puts the REST application together. Slow to load, so it is loaded when it is first asked for something. */
export function createRest(deps: RestDeps): Rest {
  const { services, version } = deps;
  const app: RestApp = new OpenAPIHono<RestEnv>({
    defaultHook: (result) => {
      if (!result.success) throw new HoldfastError('invalid_input', sentenceOf(result.error.issues));
    },
  });
  app.onError((error, c) => {
    const known = asHoldfastError(error);
    // What a route refuses is its caller's affair; a refusal before any route is worth a line.
    if (known.code === 'internal_error' || isBeforeRoute(c)) logFailure(services.log, c.env.incoming, known);
    const { status, headers, detail } = refusalOf(known);
    return reply(c, { detail }, status as ContentfulStatusCode, headers);
  });
  app.use(requireRoute(app), authenticate(deps, PUBLIC), limitRate(deps.requests), readBody);
  app.openapi(healthRoute, (c) => {
    const { started_at } = services.info();
    const uptime_ms = Math.max(0, services.clock.now() - started_at);
    return reply(c, { status: 'ok' as const, name: NAME, version, started_at, uptime_ms }, 200);
  });
  addSessionRoutes(app, deps);
  addActivityRoutes(app, deps);
  addContentsRoutes(app, deps);
  addCallsRoutes(app, deps);
  addReconnectRoutes(app, deps);
  addAdminRoutes(app, deps);
  addServerRoutes(app, deps);
  addImportRoutes(app, deps);
  addVisibilityRoutes(app, deps);
  addSettingRoutes(app, deps);
  addToldRoutes(app, deps);
  addTelemetryRoutes(app, deps);
  addPrivacyRoutes(app, deps);
  addBundleRoutes(app, deps);
  addDocs(app, version);
  addUiRoutes(app, deps);

  // What nobody read of a body is dropped by Node itself.
  return getRequestListener(app.fetch, { overrideGlobalObjects: false, autoCleanupIncoming: false });
}

/** Whether middleware is at work, and no route yet. */
const isBeforeRoute = (c: RestContext): boolean => matchedRoutes(c)[c.req.routeIndex]?.method === METHOD_NAME_ALL;

function sentenceOf(issues: readonly { path: PropertyKey[]; message: string }[]): string {
  const [issue] = issues;
  if (!issue) return ERRORS.invalid_input.sentence;
  const where = issue.path.join('.');
  return `${where ? `${where}: ` : ''}${issue.message}. See /api/docs.`;
}

/** What the library itself refuses. That a body is JSON was seen before, so one that it cannot read is one that is missing. */
function asHoldfastError(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const status = error instanceof HTTPException ? error.status : null;
  if (status === 400) return new HoldfastError('invalid_input', 'This address needs a JSON body. See /api/docs.');
  if (status === 415) return new HoldfastError('unsupported_media_type');
  return new HoldfastError('internal_error', undefined, { cause: error });
}
