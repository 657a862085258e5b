import { describe, expect } from 'vitest';
import { WEB } from '#src/shared/contract/web';
import { Api } from '#tests/support/clients/api';
import { sharedHostTest } from '#tests/support/hosts/test-host';

interface Operation {
  summary?: string;
  security?: unknown[];
  responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}

interface OpenApi {
  openapi: string;
  info: { version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

const test = sharedHostTest.extend(
  'document',
  { scope: 'file' },
  async ({ nobody }): Promise<OpenApi> => (await nobody.get('/api/openapi.json')).body,
);

const ROUTES = [
  'GET /api/mcp/calls',
  'GET /api/mcp/calls/patience',
  'POST /api/mcp/calls/{call_id}/cancel',
  'PUT /api/mcp/calls/patience/{client_id}',
  'GET /api/mcp/telemetry',
  'PUT /api/mcp/telemetry/otlp',
  'PUT /api/mcp/telemetry/metrics',
  'POST /api/mcp/telemetry/test',
  'DELETE /api/mcp/sets/{name}',
  'GET /api/mcp/clients/{client_id}/tools',
  'GET /api/mcp/servers/{name}/items',
  'GET /api/mcp/sets',
  'GET /api/mcp/visibility',
  'GET /api/mcp/visibility/advice',
  'PATCH /api/mcp/visibility',
  'PUT /api/mcp/clients/{client_id}/set',
  'PUT /api/mcp/sets/{name}',
  'PUT /api/mcp/visibility/rules',
  'GET /api/mcp/health',
  'GET /api/mcp/sessions',
  'GET /api/mcp/sessions/health',
  'GET /api/mcp/sessions/{session_id}',
  'GET /api/mcp/sessions/{session_id}/events',
  'DELETE /api/mcp/sessions/{session_id}',
  'GET /api/mcp/sessions/{session_id}/token',
  'POST /api/mcp/sessions/{session_id}/reconnect',
  'POST /api/mcp/monitor-token',
  'GET /api/mcp/activity',
  'GET /api/mcp/activity/recording',
  'GET /api/mcp/activity/{activity_id}',
  'GET /api/mcp/activity/failing',
  'GET /api/mcp/activity/failures',
  'GET /api/mcp/alerts',
  'GET /api/mcp/clients',
  'POST /api/mcp/clients',
  'PATCH /api/mcp/clients/{client_id}',
  'DELETE /api/mcp/clients/{client_id}',
  'POST /api/mcp/clients/{client_id}/rotate',
  'DELETE /api/mcp/clients/{client_id}/old-key',
  'POST /api/mcp/key-holders',
  'GET /api/mcp/history',
  'POST /api/mcp/quit',
  'GET /api/mcp/settings',
  'PATCH /api/mcp/settings',
  'GET /api/mcp/notifications',
  'PATCH /api/mcp/notifications',
  'POST /api/mcp/notifications/test',
  'GET /api/mcp/startup',
  'POST /api/mcp/activity/contents',
  'PUT /api/mcp/activity/recording',
  'PUT /api/mcp/startup',
  'GET /api/mcp/updates',
  'PUT /api/mcp/updates',
  'POST /api/mcp/updates/check',
  'GET /api/mcp/privacy',
  'POST /api/mcp/privacy/preview',
  'POST /api/mcp/privacy/delete',
  'POST /api/mcp/bundle',
  'GET /api/mcp/bundle/{bundle_id}',
  'POST /api/mcp/sign-in-link',
  'GET /api/mcp/import',
  'POST /api/mcp/import',
  'GET /api/mcp/servers',
  'GET /api/mcp/servers/{name}',
  'PUT /api/mcp/servers/{name}',
  'DELETE /api/mcp/servers/{name}',
  'POST /api/mcp/servers/{name}/restore',
  'POST /api/mcp/servers/{name}/enable',
  'GET /api/mcp/sessions/names',
  'PATCH /api/mcp/sessions/{session_id}',
  'POST /api/mcp/sessions/{session_id}/offer',
  'DELETE /api/mcp/sessions/{session_id}/offer',
  'DELETE /api/mcp/sessions/{session_id}/sharing',
  'POST /api/mcp/servers/{name}/disable',
  'POST /api/mcp/servers/{name}/trust',
  'POST /api/mcp/servers/{name}/login',
  'POST /api/mcp/servers/{name}/login/cancel',
  'POST /api/mcp/servers/{name}/login/finish',
  'POST /api/mcp/servers/{name}/logout',
  'POST /api/mcp/servers/{name}/restart',
  'POST /api/mcp/servers/{name}/stop',
  'GET /api/mcp/servers/{name}/tools',
  'GET /api/mcp/servers/{name}/changes',
  'POST /api/mcp/servers/{name}/changes/accept',
  'POST /api/mcp/servers/{name}/retry',
  'POST /api/mcp/servers/{name}/test',
  'GET /api/mcp/servers/{name}/stderr',
];

const operations = (document: OpenApi) =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  );

describe('the API document', () => {
  test('is OpenAPI 3.1 of this version and names every route', ({ document }) => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info.version).toBe('0.0.0-test');
    expect(
      operations(document)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...ROUTES].sort());
  });

  test('describes every answer, and every error by the same shape', ({ document }) => {
    for (const { name, operation } of operations(document)) {
      expect(operation.summary, name).toBeTruthy();
      for (const [status, { content }] of Object.entries(operation.responses)) {
        const [answer] = Object.values(content ?? {});
        expect(answer?.schema, `${name} ${status}`).toBeDefined();
        const schema = content?.['application/json']?.schema;
        if (Number(status) >= 400) expect(schema, `${name} ${status}`).toEqual({ $ref: '#/components/schemas/Error' });
      }
    }
  });

  test('refers to nothing that it does not hold', ({ document }) => {
    const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? [];
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) {
      const name = reference.slice('"$ref":"#/components/schemas/'.length, -1);
      expect(document.components.schemas, reference).toHaveProperty(name);
    }
  });

  test('asks for a key everywhere but at health', ({ document }) => {
    for (const { name, operation } of operations(document)) {
      expect(operation.security, name).toEqual(name === 'GET /api/mcp/health' ? [] : undefined);
    }
    expect(document).toMatchObject({
      security: [{ key: [] }],
      components: { securitySchemes: { key: { scheme: 'bearer' } } },
    });
  });

  test('tells the truth: what really is answered has the fields that it requires', async ({
    host,
    holder,
    admin,
    document,
  }) => {
    const { session } = host.newSession(holder);
    const one = `/api/mcp/sessions/${session.session_id}`;
    const token = (await admin.get(`${one}/token`)).body;
    for (const [name, answer] of [
      ['Session', (await admin.get(one)).body],
      ['SessionPage', (await admin.get('/api/mcp/sessions')).body],
      ['SessionsHealth', (await admin.get('/api/mcp/sessions/health')).body],
      ['Timeline', (await admin.get(`${one}/events`)).body],
      ['History', (await admin.get('/api/mcp/history')).body],
      ['IssuedToken', token],
      ['Reconnected', (await admin.post(`${one}/reconnect`, { token: token.reconnect_token })).body],
      ['CreatedClient', (await admin.post('/api/mcp/clients', { name: 'x' })).body],
      ['Client', (await admin.get('/api/mcp/clients')).body.clients[0]],
      ['MonitorToken', (await admin.post('/api/mcp/monitor-token', {})).body],
      ['Server', (await admin.send('PUT', '/api/mcp/servers/one', { command: 'node' })).body],
      ['Servers', (await admin.get('/api/mcp/servers')).body],
      ['Health', (await admin.get('/api/mcp/health')).body],
      ['Error', (await admin.get('/api/mcp/sessions/unknown')).body],
    ] as const) {
      const schema = document.components.schemas[name] as { required: string[]; properties: object };
      expect(Object.keys(answer).sort(), name).toEqual(Object.keys(schema.properties).sort());
      expect([...schema.required].sort(), name).toEqual(Object.keys(schema.properties).sort());
    }
  });
});

describe('the page of the document', () => {
  test('shows every route, without a script and without anything from elsewhere', async ({ host }) => {
    const { status, headers, body: page } = await new Api(host, null).get('/api/docs');
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    for (const route of ROUTES) {
      const [method, path] = route.split(' ');
      expect(page.includes(`<span class="method">${method}</span> <code>${path}</code>`), route).toBe(true);
    }
    expect(page.match(/<script|style=|<style| on\w+="|https?:\/\//gi)).toBeNull();
    expect(page.includes(WEB.monitor)).toBe(true);
    expect(page.match(/undefined|\[object|<tbody><\/tbody>/g)).toBeNull();
  });

  test('has a policy under which its style is the only thing it may load', async ({ host }) => {
    const { headers, body } = await new Api(host, null).get('/api/docs');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self';/);
    const [, style] = /<link rel="stylesheet" href="([^"]+)">/.exec(body) ?? [];
    const css = await new Api(host, null).get(style ?? '');
    expect([css.status, css.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
  });
});
