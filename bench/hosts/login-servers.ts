import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveCommands } from './parts/commands';

/*
 * An authorization server and any number of MCP servers, each at `/mcp/N` and the same without a login at `/open/N`, that do as
 * little as they can. A refresh token works once, and a second use voids its login.
 */

interface Grant {
  refresh: string;
  access: string;
  isVoid: boolean;
}

const grants: Grant[] = [];
const codes = new Map<string, string>();
let requests = 0;
let reuses = 0;
const secret = () => randomBytes(16).toString('base64url');

const server = createServer(async (req, res) => {
  let body = '';
  for await (const chunk of req) body += chunk;
  answer(req, res, body);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

function answer(req: IncomingMessage, res: ServerResponse, body: string): void {
  const url = new URL(req.url ?? '/', origin);
  const { pathname } = url;
  if (pathname.startsWith('/.well-known/oauth-protected-resource')) {
    const resource = origin + pathname.slice('/.well-known/oauth-protected-resource'.length);
    json(res, 200, { resource, authorization_servers: [origin] });
  } else if (pathname.startsWith('/.well-known/')) json(res, 200, metadata());
  else if (pathname === '/register') json(res, 201, { ...JSON.parse(body), client_id: secret() });
  else if (pathname === '/authorize') authorize(url, res);
  else if (pathname === '/token') token(new URLSearchParams(body), res);
  else mcp(req, res, pathname, body);
}

const metadata = () => ({
  issuer: origin,
  authorization_endpoint: `${origin}/authorize`,
  token_endpoint: `${origin}/token`,
  registration_endpoint: `${origin}/register`,
  response_types_supported: ['code'],
  code_challenge_methods_supported: ['S256'],
  token_endpoint_auth_methods_supported: ['none'],
});

function authorize({ searchParams: asked }: URL, res: ServerResponse): void {
  const code = secret();
  codes.set(code, asked.get('code_challenge') ?? '');
  const back = new URL(asked.get('redirect_uri') ?? origin);
  back.searchParams.set('code', code);
  back.searchParams.set('state', asked.get('state') ?? '');
  res.writeHead(302, { location: back.href }).end();
}

function token(form: URLSearchParams, res: ServerResponse) {
  if (form.get('grant_type') === 'authorization_code') {
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (codes.get(form.get('code') ?? '') !== challenge) return json(res, 400, { error: 'invalid_grant' });
    const grant = { refresh: secret(), access: secret(), isVoid: false };
    grants.push(grant);
    return tokens(res, grant);
  }
  requests += 1;
  const used = form.get('refresh_token') ?? '';
  const grant = grants.find(({ refresh }) => refresh === used);
  if (!grant || grant.isVoid) {
    reuses += 1;
    return json(res, 400, { error: 'invalid_grant' });
  }
  grant.refresh = secret();
  grant.access = secret();
  tokens(res, grant);
}

const tokens = (res: ServerResponse, { access, refresh }: Grant) =>
  json(res, 200, { access_token: access, refresh_token: refresh, token_type: 'Bearer', expires_in: 3600 });

function mcp(req: IncomingMessage, res: ServerResponse, pathname: string, body: string) {
  const bearer = req.headers.authorization?.slice('Bearer '.length);
  if (pathname.startsWith('/mcp/') && !grants.some(({ access, isVoid }) => !isVoid && access === bearer)) {
    const at = `${origin}/.well-known/oauth-protected-resource${pathname}`;
    res.setHeader('www-authenticate', `Bearer resource_metadata="${at}"`);
    return json(res, 401, { error: 'invalid_token' });
  }
  if (req.method !== 'POST') return res.writeHead(405).end();
  const { id, method } = JSON.parse(body) as { id?: number; method: string };
  if (id === undefined) return res.writeHead(202).end();
  json(res, 200, { jsonrpc: '2.0', id, result: RESULTS[method] ?? {} });
}

const RESULTS: Record<string, object> = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'bench', version: '1' },
  },
  'tools/list': { tools: [{ name: 'echo', inputSchema: { type: 'object' } }] },
  'tools/call': { content: [{ type: 'text', text: 'ok' }] },
};

function json(res: ServerResponse, status: number, value: object): void {
  const text = JSON.stringify(value);
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

serveCommands({
  origin: () => origin,
  /** All access tokens so far are refused from now on. */
  expire() {
    for (const grant of grants) grant.access = secret();
    requests = 0;
  },
  refreshes: () => ({ requests, reuses }),
});
