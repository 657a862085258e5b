import { type Ms, SECOND } from '../../../shared/model/units';

/** A token is refreshed after this part of its life. */
const REFRESH_AT = 0.8;
/** A token with less than this left, or than a tenth of its life, is refreshed before it is used. */
const LEAST_LEFT: Ms = 5 * SECOND;

/** However short its life, a token is not refreshed ahead sooner than this after it was issued. */
const LEAST_BETWEEN: Ms = 10 * SECOND;

/** When a token was issued, and when it ends; null where nobody said it. */
export interface TokenLife {
  readonly issued_at: Ms | null;
  readonly expires_at: Ms | null;
}

/** How long until the token is to be refreshed; 0 if it is due; null if nobody knows how long it lives. */
export function untilRefresh({ issued_at, expires_at }: TokenLife, now: Ms): Ms | null {
  if (issued_at === null || expires_at === null) return null;
  return Math.max(0, issued_at + Math.max(LEAST_BETWEEN, (expires_at - issued_at) * REFRESH_AT) - now);
}

/** Whether a request with the token might come too late. */
export function isAtItsEnd({ issued_at, expires_at }: TokenLife, now: Ms): boolean {
  if (issued_at === null || expires_at === null) return false;
  return expires_at - now < Math.min(LEAST_LEFT, (expires_at - issued_at) / 10);
}

/** When a token ends that was issued now; null if that was not said, or not in a way that makes sense. */
export const endOf = (expiresIn: number | undefined, now: Ms): Ms | null =>
  expiresIn !== undefined && Number.isFinite(expiresIn) && expiresIn > 0 ? now + Math.round(expiresIn * SECOND) : null;
