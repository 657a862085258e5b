import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WEB } from '../../shared/contract/web';
import { HoldfastError } from '../../shared/errors';
import { OAUTH_CALLBACK_PATH } from '../../shared/model/oauth-rules';
import { STATUS_CODES } from '../platform/node-http';
import type { Services } from '../services';
import type { ServerAdmin } from '../upstream/config/server-admin';
import type { Authenticator } from './auth';
import { requireJson } from './body';
import type { Connections } from './connections';
import { Guard } from './guard';
import { logFailure } from './log-failure';
import type { McpFront } from './mcp/front';
import { METRICS_PATH, serveMetrics } from './metrics';
import type { MonitorUpgrade } from './monitor/upgrade';
import { serveOAuthCallback } from './oauth-callback';
import { API_HEADERS, MethodNotAllowed, refusalOf, refuseSocket, sendJson, sendRefusal } from './refusal';
import type { Rest } from './rest/app';
import { parseTarget } from './target';
import { isPage, servePage } from './web-ui/pages';

const MCP = '/mcp';
const MCP_METHODS = ['POST', 'GET', 'DELETE'];

export interface RouterDeps {
  readonly services: Services;
  readonly authenticator: Authenticator;
  readonly door: MonitorUpgrade;
  readonly front: Pick<McpFront, 'handle'>;
  readonly connections: Connections;
  readonly serverAdmin: Pick<ServerAdmin, 'finishLogin'>;
  readonly uiFolder: string;
  loadRest(): Promise<Rest>;
}

/** Takes every request: guard first, then to whom it belongs. Whatever goes wrong is answered and logged, never thrown. */
export class RequestRouter {
  private readonly deps: RouterDeps;
  private guard: Guard | null = null;
  private rest: Promise<Rest> | null = null;
  private isClosing = false;

  constructor(deps: RouterDeps) {
    this.deps = deps;
  }

  /** Begins to take requests, which name this port. */
  open(port: number): void {
    this.guard = new Guard(port);
  }

  /** Takes no more requests. */
  close(): void {
    this.isClosing = true;
  }

  /** Answers one request. Never rejects. */
  async request(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      this.check(req);
      const { path, search } = parseTarget(req.url);
      const sent = ((req.url ?? '').split('?')[0] ?? '').replace(/^\/+/, '/');
      // From here on an address has one spelling.
      req.url = path + search;
      if (isOAuthDiscovery(path)) throw new HoldfastError('not_found', NO_OAUTH);
      if (path === MCP || path.startsWith(`${MCP}/`)) await this.toFront(req, res);
      else if (path.startsWith('/api/')) await this.toRest(path, req, res);
      else if (isPage(path)) await servePage(this.deps.uiFolder, sent, req, res);
      else if (path === OAUTH_CALLBACK_PATH) {
        // The address holds a code, which belongs into no log.
        req.url = path;
        await serveOAuthCallback(this.deps.serverAdmin, new URLSearchParams(search), req, res);
      } else if (path === METRICS_PATH) {
        await serveMetrics(this.deps.services, this.deps.authenticator, req, res);
      } else if (path === '/') toPage(req, res);
      else throw new HoldfastError('not_found');
    } catch (error) {
      logFailure(this.deps.services.log, req, error);
      sendRefusal(res, error);
    }
  }

  /** Answers one request to change over to WebSocket. Never rejects. */
  async upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    try {
      this.check(req);
      const { path, search } = parseTarget(req.url);
      if (path !== WEB.monitor) throw new HoldfastError('not_found', `The only WebSocket here is ${WEB.monitor}.`);
      if (req.method !== 'GET') throw new MethodNotAllowed(['GET']);
      if (this.isClosing) throw new HoldfastError('shutting_down');
      await this.deps.door.open(req, socket, head, new URLSearchParams(search));
    } catch (error) {
      logFailure(this.deps.services.log, req, error);
      const refusal = refusalOf(error);
      refuseSocket(socket, refusal, STATUS_CODES[refusal.status] ?? '');
    }
  }

  private check(req: IncomingMessage): void {
    // Without a guard nothing passes.
    if (this.guard === null) throw new HoldfastError('shutting_down');
    this.guard.check(req);
  }

  private async toFront(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (this.isClosing) {
      // To a client of MCP a broken connection is a reason to try again; an answer could end its session.
      req.socket.destroy();
      return;
    }
    if (!MCP_METHODS.includes(req.method ?? '')) throw new MethodNotAllowed(MCP_METHODS);
    requireJson(req);
    const { principal, keyHash } = await this.deps.authenticator.fromHeader(req.headers.authorization);
    this.deps.connections.known(req.socket, keyHash);
    if (principal.kind !== 'client') throw new HoldfastError('unauthorized', NOT_A_CLIENT);
    this.deps.front.handle(req, res, principal.client);
  }

  private async toRest(path: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (this.isClosing) throw new HoldfastError('shutting_down');
    if (path === WEB.monitor) {
      answerPlainMonitorRequest(req, res);
      return;
    }
    this.rest ??= this.deps.loadRest();
    const rest = await this.rest;
    await rest(req, res);
  }
}

/** Clients look here first when they have no key; anything but a 404 would send them into a login that does not exist. */
const isOAuthDiscovery = (path: string): boolean => /^(\/mcp)?\/\.well-known\/(oauth-|openid-)/.test(path);
const NO_OAUTH =
  'Holdfast has no OAuth. Put a client key into the configuration of the client, as header "Authorization: Bearer <key>".';

const NOT_A_CLIENT =
  "MCP needs the key of a client; this one is not a client's. Create a client in the Connect view and use its key.";

function toPage(req: IncomingMessage, res: ServerResponse): void {
  if (req.method !== 'GET' && req.method !== 'HEAD') throw new MethodNotAllowed(['GET', 'HEAD']);
  res.writeHead(302, { ...API_HEADERS, Location: WEB.page, 'Content-Length': 0 }).end();
}

function answerPlainMonitorRequest(req: IncomingMessage, res: ServerResponse): void {
  if (req.method !== 'GET') throw new MethodNotAllowed(['GET']);
  const detail = 'This is a WebSocket address. Open it with a WebSocket client; see /api/docs.';
  sendJson(res, 426, { detail }, { Upgrade: 'websocket', Connection: 'Upgrade' });
}
