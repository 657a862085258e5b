import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { WEB } from '../../../shared/contract/web';
import { ERRORS, HoldfastError } from '../../../shared/errors';
import { HEALTH_PATH, NAME } from '../probe';
import { refusalOf } from '../refusal';
import { forLog } from '../target';
import { addAdminRoutes } from './admin-routes';
import type { RestApp, RestDeps, RestEnv } from './context';
import { addDocs, DOCS_PATHS } from './docs';
import { addReconnectRoutes, TOKEN_PATH } from './reconnect-routes';
import { reply } from './reply';
import { json } from './responses';
import * as schemas from './schemas';
import { addServerRoutes } from './server-routes';
import { addSessionRoutes } from './session-routes';
import { addUiRoutes } from './ui-routes';

/** Everything under `/api`. The guard, authentication and the limits are the caller's and come before. */
export interface Rest {
  /** Methods that an address takes; empty when there is no such address. */
  methodsOf(path: string): string[];
  /** Whether no key is asked for. */
  isPublic(path: string): boolean;
  /** Answers a request whose body, if it has one, was read into `rawBody`. Never rejects. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
}

const healthRoute = createRoute({
  method: 'get',
  path: HEALTH_PATH,
  tags: ['Health'],
  summary: 'Whether Holdfast is there',
  security: [],
  responses: { 200: json(schemas.health, 'it is') },
});

/** Puts the REST application together. Slow to load, so it is loaded when it is first asked for something. */
export function createRest(deps: RestDeps): Rest {
  const { services, version } = deps;
  const app: RestApp = new OpenAPIHono<RestEnv>({
    strict: false,
    defaultHook: (result) => {
      if (!result.success) throw new HoldfastError('invalid_input', sentenceOf(result.error.issues));
    },
  });
  app.onError((error, c) => {
    const known = asHoldfastError(error);
    const defect = known.code === 'internal_error' ? (known.cause ?? error) : null;
    if (defect !== null) services.log.error({ err: defect, path: forLog(c.req.path) }, 'a request failed');
    const { status, headers, detail } = refusalOf(known);
    return reply(c, { detail }, status as ContentfulStatusCode, headers);
  });
  app.openapi(healthRoute, (c) => {
    const { started_at } = services.info();
    const uptime_ms = Math.max(0, services.clock.now() - started_at);
    return reply(c, { status: 'ok' as const, name: NAME, version, started_at, uptime_ms }, 200);
  });
  addSessionRoutes(app, deps);
  addReconnectRoutes(app, deps);
  addAdminRoutes(app, deps);
  addServerRoutes(app, deps);
  addDocs(app, version);
  addUiRoutes(app, deps);

  const addresses = addressesOf(app);
  const publicPaths = new Set<string>([HEALTH_PATH, WEB.signIn, ...DOCS_PATHS]);
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return {
    methodsOf: (path) => addresses.find(({ pattern }) => pattern.test(path))?.methods ?? [],
    isPublic: (path) => publicPaths.has(path),
    handle: (req, res) => listener(req, res),
  };
}

/** Asking for a token changes something, so it cannot be asked for without its body. */
const NO_HEAD = TOKEN_PATH.replace('{session_id}', ':session_id');

function addressesOf(app: RestApp): { pattern: RegExp; methods: string[] }[] {
  const methods = new Map<string, string[]>();
  for (const { path, method } of app.routes) {
    if (method === 'ALL') continue;
    const known = methods.get(path) ?? [];
    const added = method === 'GET' && path !== NO_HEAD ? ['GET', 'HEAD'] : [method];
    methods.set(path, [...new Set([...known, ...added])]);
  }
  const addresses = [...methods].map(([path, of]) => ({
    pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/:[^/]+/g, '[^/]+')}$`),
    methods: of,
    parameters: path.split(':').length,
  }));
  // A literal address comes before one with a parameter in its place.
  return addresses.sort((a, b) => a.parameters - b.parameters);
}

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
