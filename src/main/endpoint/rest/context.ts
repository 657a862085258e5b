import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HoldfastError } from '../../../shared/errors';
import type { Services } from '../../services';
import type { ServerAdmin } from '../../upstream/config/server-admin';
import type { Handlers } from '../../window-api/router';
import type { Authenticator, Caller } from '../auth';
import type { Connections } from '../connections';
import type { MonitorTokens } from '../monitor/tokens';
import type { RateLimit } from '../rate-limits';
import type { BrowserSignIns } from '../web-ui/sign-in';

/** What the routes and what comes before them work with. */
export interface RestDeps {
  readonly services: Services;
  readonly handlers: Handlers;
  readonly serverAdmin: ServerAdmin;
  readonly authenticator: Authenticator;
  readonly connections: Connections;
  /** Requests of each caller. */
  readonly requests: RateLimit;
  readonly monitorTokens: MonitorTokens;
  readonly signIns: BrowserSignIns;
  readonly version: string;
  /** Ends Holdfast, as when its user quits it. */
  readonly quit: () => void;
  /** Told when a caller's right ended. */
  readonly onSignOut: (name: string) => void;
}

// Hono requires type aliases here: interfaces have no index signature.
export type RestEnv = {
  Bindings: { incoming: IncomingMessage; outgoing: ServerResponse };
  /** `caller` is missing where no key is asked for. */
  Variables: { caller?: Caller };
};
export type RestApp = OpenAPIHono<RestEnv>;
export type RestContext = Context<RestEnv>;

/** Not `c.req.path`, which is decoded: an address has one spelling. */
export const sentPath = (c: RestContext): string => c.env.incoming.url?.split('?', 1)[0] ?? '';

/**
 * Who sent the request.
 * @throws HoldfastError `unauthorized` where no key is asked for
 */
export function callerOf(c: RestContext): Caller {
  const caller = c.get('caller');
  if (!caller) throw new HoldfastError('unauthorized');
  return caller;
}

/** @throws HoldfastError `forbidden` for a client's key */
export function requireAdmin(c: RestContext): void {
  if (callerOf(c).principal.kind !== 'admin') throw new HoldfastError('forbidden');
}
