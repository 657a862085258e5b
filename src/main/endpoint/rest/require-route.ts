import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { METHOD_NAME_ALL, METHODS } from 'hono/router';
import type { RouterRoute } from 'hono/types';
import { HoldfastError } from '../../../shared/errors';
import { MethodNotAllowed } from '../refusal';
import { type RestApp, type RestContext, type RestEnv, sentPath } from './context';
import { TOKEN_PATH } from './reconnect-routes';

/**
 * Lets requests through to addresses that exist, with a method that they take. Comes first: whoever has no key is told of
 * a wrong address, too.
 * @throws HoldfastError `not_found`, `method_not_allowed`
 */
export const requireRoute =
  (app: RestApp): MiddlewareHandler<RestEnv> =>
  (c, next) => {
    if (!isRightAsFound(app, c)) {
      const methods = methodsOf(app, sentPath(c));
      if (methods.length === 0) throw new HoldfastError('not_found');
      if (!methods.includes(c.req.method)) throw new MethodNotAllowed(methods);
    }
    return next();
  };

const isRoute = ({ method }: RouterRoute): boolean => method !== METHOD_NAME_ALL;

/** Whether Hono found the address that is meant. Says so of nearly every request, without looking for other methods. */
function isRightAsFound(app: RestApp, c: RestContext): boolean {
  const path = sentPath(c);
  const found = matchedRoutes(c).find(isRoute);
  if (!found || c.req.path !== path || c.req.method === 'HEAD') return false;
  return found.path === path || !app.routes.some((route) => route.path === path);
}

/** Asking for a token changes something, so it cannot be asked for without its body. */
const WITHOUT_HEAD = TOKEN_PATH.replace('{session_id}', ':session_id');

/** The methods that an address takes, in the order of an `Allow` header; empty when there is no such address. */
function methodsOf({ router }: RestApp, path: string): string[] {
  const routes = METHODS.flatMap((method) => router.match(method.toUpperCase(), path)[0].map(([[, route]]) => route));
  // A literal address comes before one with a parameter in its place.
  const address = routes.find((route) => route.path === path) ?? routes.find(isRoute);
  const methods = new Set(routes.filter((route) => route.path === address?.path).map(({ method }) => method));
  return [...methods].flatMap((method) =>
    method === 'GET' && address?.path !== WITHOUT_HEAD ? ['GET', 'HEAD'] : [method],
  );
}
