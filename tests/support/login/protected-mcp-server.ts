import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NodeStreamableHTTPServerTransport, toNodeHandler } from '@modelcontextprotocol/node';
import { type AuthInfo, createMcpHandler } from '@modelcontextprotocol/server';
import { MemoryEvents } from '../servers/fixture-server/memory-events.mjs';
import { type Arrival, type Fault, FaultyHttp, send } from './faulty-http';
import type { TokenInspector } from './login-ports';
import { ProtectedTools } from './protected-tools';

type ProtectedEndpoint = 'mcp' | 'metadata';
type AuthorizedRequest = IncomingMessage & { auth?: AuthInfo };

export interface ProtectedServerOptions {
  /** Whose tokens it takes. It names the first in its metadata. */
  readonly authorization: readonly Pick<TokenInspector, 'issuer' | 'inspect'>[];
  /** `sessions`: as MCP 2025-11-25 has it. `stateless`: MCP 2026-07-28 and nothing else. */
  readonly era?: 'sessions' | 'stateless';
  /** Methods that need no token, as some servers have it for `initialize` and `tools/list`. */
  readonly openMethods?: readonly string[];
  /**
   * Where its metadata (RFC 9728) are: only at an address that the challenge names, at the well-known address of its path, at
   * that of its root, or nowhere. The challenge always names an address but for `root`, `path only` and `nowhere`.
   */
  readonly metadataAt?: 'header' | 'path' | 'path only' | 'root' | 'nowhere';
  /** Port to listen on; any that is free when left out. */
  readonly port?: number;
}

/** What the server does; a test changes it at any time. */
interface ProtectedSettings {
  /** Whose tokens it takes. It names the first in its metadata. */
  authorization: readonly Pick<TokenInspector, 'issuer' | 'inspect'>[];
  /** The resource that tokens must be for, and that the metadata name. */
  resource: string;
  /** What every request needs. */
  scope: string;
  /** What calls of single tools need besides. */
  toolScopes: Record<string, string>;
  /** A challenge names the scope that is needed. */
  challengeNamesScope: boolean;
  /** Makes the metadata something else. */
  metadata: (document: Record<string, unknown>) => unknown;
  /** Ends a session whose client comes with another token, with 404. */
  endsSessionsOfOtherTokens: boolean;
}

/** A request for MCP that came. */
interface SeenRequest {
  /** Of JSON-RPC; the one of HTTP for GET and DELETE. */
  readonly method: string;
  /** SHA-256 in hex of the token; null when there was none. */
  readonly token: string | null;
  /** Of the answer. */
  readonly status: number;
  readonly sessionId: string | null;
}

/** An MCP server over Streamable HTTP that wants a token. */
export interface ProtectedServer {
  readonly url: string;
  readonly settings: ProtectedSettings;
  readonly tools: ProtectedTools;
  /** Every request so far that was answered or refused, by the time of its answer's head. */
  readonly seen: readonly SeenRequest[];
  /** Sessions that are open now, and that were ever opened. */
  readonly sessions: number;
  readonly sessionsOpened: number;
  /** This token, or its SHA-256 in hex, is refused from now on, whatever the authorization server says. */
  revoke(token: string): void;
  /** Forgets every session, as a server that was restarted. */
  endSessions(): void;
  /** Harms the next requests; see `FaultyHttp.fault`. */
  fault(endpoint: ProtectedEndpoint, fault: Fault | null, times?: number): void;
  /** Lets requests go on that the fault `hold` holds. */
  release(): void;
  /** Cuts every connection and listens no more. */
  close(): Promise<void>;
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource';
const AT_HEADER = '/metadata-of-mcp';
const AT = {
  header: AT_HEADER,
  path: `${WELL_KNOWN}/mcp`,
  'path only': `${WELL_KNOWN}/mcp`,
  root: WELL_KNOWN,
  nowhere: null,
};

/** How `SeenRequest` names a token. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Starts a protected MCP server on a loopback port. */
export async function startProtectedServer(options: ProtectedServerOptions): Promise<ProtectedServer> {
  const { era = 'sessions', openMethods = [], metadataAt = 'path' } = options;
  const metadataPath = AT[metadataAt];
  const endpointOf = (path: string): ProtectedEndpoint | null => {
    if (path === '/mcp') return 'mcp';
    return path === metadataPath ? 'metadata' : null;
  };
  const http = await FaultyHttp.start(endpointOf, options.port);
  const url = `${http.origin}/mcp`;
  const tools = new ProtectedTools();
  const settings: ProtectedSettings = {
    authorization: options.authorization,
    resource: url,
    scope: 'mcp:use',
    toolScopes: { admin: 'mcp:admin' },
    challengeNamesScope: true,
    metadata: (document) => document,
    endsSessionsOfOtherTokens: false,
  };
  const seen: SeenRequest[] = [];
  const revoked = new Set<string>();
  const sessions = new Map<
    string,
    { readonly transport: NodeStreamableHTTPServerTransport; readonly token: string | null }
  >();
  let opened = 0;
  const modern = createMcpHandler(() => tools.createServer(), { legacy: 'reject' });
  const serveModern = toNodeHandler(modern);

  http.handle(async (req, res, arrival) => {
    if (arrival.endpoint === 'metadata') return send(res, { status: 200, body: settings.metadata(metadata()) });
    if (arrival.endpoint === null) return send(res, { status: 404 });
    const body = arrival.body === '' ? undefined : JSON.parse(arrival.body);
    const token = arrival.headers.authorization?.match(/^Bearer (.+)$/i)?.[1] ?? null;
    const remember = noting(res, arrival, body, token);
    const refusal = await refuse(body, token);
    if (refusal instanceof Refusal) {
      const headers = { 'www-authenticate': refusal.challenge };
      send(res, { status: refusal.status, headers, body: { error: refusal.error } });
    } else if (era === 'stateless') await serveModern(Object.assign(req, refusal), res, body);
    else await serveSessions(Object.assign(req, refusal), res, body, token);
    remember();
  });

  /** Notes the request when the head of its answer is written, which for a stream is long before its end. */
  function noting(
    res: ServerResponse,
    { method, headers }: Arrival<ProtectedEndpoint>,
    body: { method?: string } | undefined,
    token: string | null,
  ) {
    let isNoted = false;
    const note = () => {
      if (isNoted) return;
      isNoted = true;
      const sessionId = headers['mcp-session-id']?.toString() ?? null;
      seen.push({
        method: body?.method ?? method,
        token: token === null ? null : tokenHash(token),
        status: res.statusCode,
        sessionId,
      });
    };
    const { writeHead } = res;
    res.writeHead = ((...args: Parameters<typeof writeHead>) => {
      const result = writeHead.apply(res, args);
      note();
      return result;
    }) as typeof writeHead;
    return note;
  }

  function metadata(): Record<string, unknown> {
    return {
      resource: settings.resource,
      authorization_servers: settings.authorization.slice(0, 1).map(({ issuer }) => issuer),
      scopes_supported: settings.scope.split(' ').filter(Boolean),
      bearer_methods_supported: ['header'],
    };
  }

  /** Why a request is refused, or what goes with one that is not. */
  async function refuse(body: unknown, token: string | null): Promise<Refusal | { auth?: AuthInfo }> {
    const { method = '', params } = (body ?? {}) as { method?: string; params?: { name?: string } };
    if (token === null) {
      if (openMethods.includes(method)) return {};
      return new Refusal(401, null, challenge({ scope: settings.scope }));
    }
    const facts = revoked.has(tokenHash(token)) ? null : await inspect(token);
    if (!facts?.audience.includes(settings.resource)) {
      return new Refusal(401, 'invalid_token', challenge({ error: 'invalid_token', scope: settings.scope }));
    }
    const needed =
      `${settings.scope} ${(method === 'tools/call' && settings.toolScopes[params?.name ?? '']) || ''}`.trim();
    if (!needed.split(' ').every((scope) => scope === '' || facts.scopes.includes(scope))) {
      return new Refusal(403, 'insufficient_scope', challenge({ error: 'insufficient_scope', scope: needed }));
    }
    const { clientId, scopes, expiresAt, account } = facts;
    return { auth: { token, clientId, scopes: [...scopes], expiresAt, extra: { account } } };
  }

  async function inspect(token: string) {
    for (const server of settings.authorization) {
      const facts = await server.inspect(token);
      if (facts) return facts;
    }
    return null;
  }

  function challenge({ error, scope }: { error?: string; scope: string }): string {
    const isNamed = metadataAt === 'header' || metadataAt === 'path';
    const parts = {
      error,
      scope: settings.challengeNamesScope && scope !== '' ? scope : undefined,
      resource_metadata: isNamed ? `${http.origin}${metadataPath}` : undefined,
    };
    const given = Object.entries(parts).filter(([, value]) => value !== undefined);
    return `Bearer ${given.map(([name, value]) => `${name}="${value}"`).join(', ')}`.trim();
  }

  async function serveSessions(req: AuthorizedRequest, res: ServerResponse, body: unknown, token: string | null) {
    const id = req.headers['mcp-session-id']?.toString();
    if (id === undefined) return (await open(token)).handleRequest(req, res, body);
    const known = sessions.get(id);
    if (known && settings.endsSessionsOfOtherTokens && known.token !== token) sessions.delete(id);
    const session = sessions.get(id);
    if (session) await session.transport.handleRequest(req, res, body);
    else send(res, { status: 404 });
  }

  async function open(token: string | null): Promise<NodeStreamableHTTPServerTransport> {
    const transport: NodeStreamableHTTPServerTransport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: new MemoryEvents(),
      retryInterval: 100,
      onsessioninitialized: (id) => {
        opened += 1;
        sessions.set(id, { transport, token });
      },
      onsessionclosed: (id) => void sessions.delete(id),
    });
    await tools.createServer().connect(transport);
    return transport;
  }

  function endSessions(): void {
    for (const { transport } of sessions.values()) void transport.close();
    sessions.clear();
  }

  return {
    url,
    settings,
    tools,
    seen,
    get sessions() {
      return sessions.size;
    },
    get sessionsOpened() {
      return opened;
    },
    revoke: (token) => void revoked.add(/^[0-9a-f]{64}$/.test(token) ? token : tokenHash(token)),
    endSessions,
    fault: (...plan) => http.fault(...plan),
    release: () => http.release(),
    async close() {
      endSessions();
      await modern.close();
      await http.close();
    },
  };
}

class Refusal {
  readonly status: 401 | 403;
  readonly error: string | null;
  readonly challenge: string;

  constructor(status: 401 | 403, error: string | null, challenge: string) {
    this.status = status;
    this.error = error;
    this.challenge = challenge;
  }
}
