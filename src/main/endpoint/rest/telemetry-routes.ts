import { createRoute } from '@hono/zod-openapi';
import { type RestApp, type RestDeps, requireAdmin } from './context';
import { reply } from './reply';
import { ADMIN_ONLY, body, FAILURES, json } from './responses';
import * as schemas from './schemas';

const TELEMETRY = '/api/mcp/telemetry';

const telemetryRoute = createRoute({
  method: 'get',
  path: TELEMETRY,
  tags: ['Settings'],
  summary: 'What is sent to the user’s own observability, or read from it',
  responses: { 200: json(schemas.telemetry, 'without the values of headers'), ...FAILURES, ...ADMIN_ONLY },
});

const otlpRoute = createRoute({
  method: 'put',
  path: `${TELEMETRY}/otlp`,
  tags: ['Settings'],
  summary: 'Say where spans and metrics are sent, and whether they are',
  description: 'What is left out stays. Headers are replaced as a whole.',
  request: body(schemas.otlpChange),
  responses: { 200: json(schemas.telemetry, 'after it'), ...FAILURES, ...ADMIN_ONLY },
});

const testRoute = createRoute({
  method: 'post',
  path: `${TELEMETRY}/test`,
  tags: ['Settings'],
  summary: 'Ask the receiver of spans whether it takes them',
  description: 'Posts a batch without spans. Takes at most 10 s.',
  responses: { 200: json(schemas.telemetryTest, 'what it said'), ...FAILURES, ...ADMIN_ONLY },
});

const metricsRoute = createRoute({
  method: 'put',
  path: `${TELEMETRY}/metrics`,
  tags: ['Settings'],
  summary: 'Switch /metrics on with a new key, or off',
  request: body(schemas.metricsChange),
  responses: { 200: json(schemas.madeMetricsKey, 'with the key, this once'), ...FAILURES, ...ADMIN_ONLY },
});

/** Routes for telemetry: the same as the window's own methods. */
export function addTelemetryRoutes(app: RestApp, { handlers }: RestDeps): void {
  app.openapi(telemetryRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['telemetry.get']({}), 200);
  });

  app.openapi(otlpRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['telemetry.set_otlp'](c.req.valid('json')), 200);
  });

  app.openapi(testRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['telemetry.test']({}), 200);
  });

  app.openapi(metricsRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['telemetry.set_metrics'](c.req.valid('json')), 200);
  });
}
