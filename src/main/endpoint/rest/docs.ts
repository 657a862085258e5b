import { API_HEADERS } from '../refusal';
import type { RestApp } from './context';
import { DOCS_CSS, renderDocs } from './docs-page';
import { reply } from './reply';

const DOCUMENT = '/api/openapi.json';
const PAGE = '/api/docs';
const STYLE = '/api/docs/style.css';
/** Public: they say what Holdfast can do, not what it knows, and a browser has no key to send. */
export const DOCS_PATHS = [DOCUMENT, PAGE, STYLE];

const DESCRIPTION = `Send \`Authorization: Bearer <key>\` with every request: a client key (made in the Connect view, or with the
admin key at \`/api/mcp/clients\`), or the admin key in \`endpoint.json\` in the data folder. A client key sees the sessions of
its own client; somebody else's session looks like an unknown one. Times are milliseconds since the Unix epoch, UTC.
Every error is \`{"detail": "what was wrong and what to do"}\`.

Live changes come over the WebSocket \`/api/mcp/ws/sessions\`: authenticate with the same header, with the subprotocols
\`holdfast\` and \`holdfast.<key>\`, or with a first message \`{"type":"auth","key":"<key>"}\` within two seconds. It sends
\`hello\`, \`snapshot\`, \`health_update\` (every 5 s), \`session_created\`, \`session_updated\`, \`session_disconnected\`,
\`session_reconnected\` and \`notice\`, each with \`epoch\` and \`seq\`; \`?since=<epoch>:<seq>\` sends what was missed,
\`?session_id=\` watches one session, \`?health=changes\` shortens the health updates. With the admin key,
\`?events=batched\` sends \`events\` with what happened in one moment, in place of a message for each. It takes \`since\`, \`snapshot\`,
\`reconnect\` and \`ping\`. Close codes: 1001 stopping, 1013 too slow, 4401 no valid key, 4404 no such session.`;

/** The API's document (OpenAPI 3.1) and its page, both made from the schemas that check requests. */
export function addDocs(app: RestApp, version: string): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description: 'client key or admin key',
  });
  const makeDocument = () =>
    app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: 'Holdfast', version, description: DESCRIPTION },
      servers: [{ url: '/' }],
      security: [{ key: [] }],
    });
  app.get(DOCUMENT, (c) => reply(c, makeDocument(), 200));
  app.get(STYLE, (c) => c.body(DOCS_CSS, 200, { ...API_HEADERS, 'Content-Type': 'text/css; charset=utf-8' }));
  app.get(PAGE, (c) =>
    c.html(renderDocs(makeDocument(), STYLE), 200, {
      ...API_HEADERS,
      'Content-Security-Policy': "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    }),
  );
}
