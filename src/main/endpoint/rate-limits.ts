import type { RateLimiterRes } from 'rate-limiter-flexible';
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
import { MINUTE, type Ms, SECOND } from '../../shared/model/units';
import type { Principal, ReconnectLimiter } from '../sessions/reconnect/reconnection';

/** Rate limits, per minute. */
export interface Limits {
  /** Reconnect attempts for one session by one principal. */
  readonly reconnectsPerSession: number;
  /** Reconnect attempts by one principal. */
  readonly reconnectsPerPrincipal: number;
  /** Requests by one principal, not counting MCP traffic. */
  readonly requests: number;
  /** Requests without a known key, from all callers together, since all of them come from this machine. */
  readonly badKeys: number;
}

export const DEFAULT_LIMITS: Limits = {
  reconnectsPerSession: 10,
  reconnectsPerPrincipal: 120,
  requests: 600,
  badKeys: 20,
};

/** Allows a number of attempts per minute for each name. Kept in memory, so a restart resets it. */
export class RateLimit {
  private readonly limiter: InstanceType<typeof RateLimiterMemory>;

  constructor(perMinute: number) {
    this.limiter = new RateLimiterMemory({ points: perMinute, duration: MINUTE / SECOND });
  }

  /** Uses up one of `name`'s attempts. Returns null, or the wait in ms when none are left. */
  async take(name: string): Promise<Ms | null> {
    try {
      await this.limiter.consume(name);
      return null;
    } catch (refused) {
      // When the limit is reached, the library rejects with its state, which is not an Error.
      if (refused instanceof Error) throw refused;
      return (refused as RateLimiterRes).msBeforeNext;
    }
  }
}

/** The name of a principal in rate limits. */
export const nameOf = (principal: Principal): string =>
  principal.kind === 'admin' ? 'admin' : principal.client.client_id;

/**
 * Limits reconnect attempts, whichever way they come in. Attempts on a session are counted separately for each
 * principal, so a stranger who knows the id cannot use up its owner's allowance.
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
