import type { MiddlewareHandler } from 'hono';
import { HoldfastError } from '../../../shared/errors';
import { readJsonBody, requireJson } from '../body';
import type { RateLimit } from '../rate-limits';
import { type RestDeps, type RestEnv, sentPath } from './context';

type Middleware = MiddlewareHandler<RestEnv>;

/**
 * Finds out who sent a request.
 * @param publicPaths - where no key is asked for
 * @throws HoldfastError `unauthorized`, or `rate_limited` when there were too many of those
 */
export const authenticate =
  (
    { authenticator, connections }: Pick<RestDeps, 'authenticator' | 'connections'>,
    publicPaths: ReadonlySet<string>,
  ): Middleware =>
  async (c, next) => {
    if (!publicPaths.has(sentPath(c))) {
      const { incoming } = c.env;
      const caller = await authenticator.fromHeader(incoming.headers.authorization);
      c.set('caller', caller);
      connections.known(incoming.socket, caller.keyHash);
    }
    return next();
  };

/**
 * Bounds the requests of each caller.
 * @throws HoldfastError `rate_limited`
 */
export const limitRate =
  (requests: RateLimit): Middleware =>
  async (c, next) => {
    const caller = c.get('caller');
    const wait = caller ? await requests.take(caller.name) : null;
    if (wait !== null) throw new HoldfastError('rate_limited', undefined, { retryAfter: wait });
    return next();
  };

/**
 * Reads the body, which must be JSON and not too large.
 * @throws HoldfastError `unsupported_media_type`, `payload_too_large`, `invalid_input`
 */
export const readBody: Middleware = async (c, next) => {
  const { incoming } = c.env;
  requireJson(incoming);
  const rawBody = await readJsonBody(incoming, c.get('caller') !== undefined);
  // Where the adapter looks for a body that was read before it.
  if (rawBody !== null) Object.assign(incoming, { rawBody });
  return next();
};
