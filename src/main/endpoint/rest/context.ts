import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HoldfastError } from '../../../shared/errors';
import type { Services } from '../../services';
import type { ServerAdmin } from '../../upstream/config/server-admin';
import type { Handlers } from '../../window-api/router';
import type { Authenticator, Caller } from '../auth';
import type { MonitorTokens } from '../monitor/tokens';
import type { BrowserSignIns } from '../web-ui/sign-in';

/** What the routes work with. */
export interface RestDeps {
  readonly services: Services;
  readonly handlers: Handlers;
  readonly serverAdmin: ServerAdmin;
  readonly authenticator: Authenticator;
  readonly monitorTokens: MonitorTokens;
  readonly signIns: BrowserSignIns;
  readonly version: string;
  /** Told when a caller's right ended. */
  readonly onSignOut: (name: string) => void;
}

// Hono requires a type alias here: interfaces have no index signature.
export type RestEnv = { Bindings: HttpBindings };
export type RestApp = OpenAPIHono<RestEnv>;
type RestContext = Context<RestEnv>;

const callers = new WeakMap<IncomingMessage, Caller>();

/** Notes who sent a request before it is handed to the routes. */
export const setCaller = (req: IncomingMessage, caller: Caller): void => void callers.set(req, caller);

/** Who sent the request; authentication ran before the routes, so there always is somebody. */
export function callerOf(c: RestContext): Caller {
  const caller = callers.get(c.env.incoming as IncomingMessage);
  if (!caller) throw new HoldfastError('unauthorized');
  return caller;
}

/** @throws HoldfastError `forbidden` for a client's key */
export function requireAdmin(c: RestContext): void {
  if (callerOf(c).principal.kind !== 'admin') throw new HoldfastError('forbidden');
}
