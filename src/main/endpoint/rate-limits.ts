import type { RateLimiterRes } from 'rate-limiter-flexible';
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
import { MINUTE, type Ms, SECOND } from '../../shared/model/units';
import type { Principal, ReconnectLimiter } from '../sessions/reconnect/reconnection';

/** How much is let through a minute. */
export interface Limits {
  /** Reconnect tries for one session by one principal. */
  readonly reconnectsPerSession: number;
  /** Reconnect tries of one principal. */
  readonly reconnectsPerPrincipal: number;
  /** Requests of one principal, MCP traffic aside. */
  readonly requests: number;
  /** Requests without a key that is known, of everybody together: they all come from this machine. */
  readonly badKeys: number;
}

export const DEFAULT_LIMITS: Limits = {
  reconnectsPerSession: 10,
  reconnectsPerPrincipal: 120,
  requests: 600,
  badKeys: 20,
};

/** A number of tries a minute for each name. Kept in memory: a new start begins with full allowances. */
export class RateLimit {
  private readonly limiter: InstanceType<typeof RateLimiterMemory>;

  constructor(perMinute: number) {
    this.limiter = new RateLimiterMemory({ points: perMinute, duration: MINUTE / SECOND });
  }

  /** Takes one try of `name`; the wait in ms when there is none left. */
  async take(name: string): Promise<Ms | null> {
    try {
      await this.limiter.consume(name);
      return null;
    } catch (refused) {
      // What the library rejects with is no error but the state of the limit.
      if (refused instanceof Error) throw refused;
      return (refused as RateLimiterRes).msBeforeNext;
    }
  }
}

/** Names a principal in limits. */
export const nameOf = (principal: Principal): string =>
  principal.kind === 'admin' ? 'admin' : principal.client.client_id;

/**
 * Bounds reconnect tries, through whatever door they come. A session's allowance is counted for each principal apart, so
 * that a stranger who knows the id cannot use up its owner's.
 */
export function createReconnectLimiter(limits: Limits = DEFAULT_LIMITS): ReconnectLimiter {
  const ofPrincipal = new RateLimit(limits.reconnectsPerPrincipal);
  const ofSession = new RateLimit(limits.reconnectsPerSession);
  return {
    async take(sessionId, principal) {
      const name = nameOf(principal);
      return (await ofPrincipal.take(name)) ?? (await ofSession.take(`${name} ${sessionId}`));
    },
  };
}
