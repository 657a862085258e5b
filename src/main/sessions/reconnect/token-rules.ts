import { timingSafeEqual } from 'node:crypto';
import type { Ms } from '../../../shared/model/units';
import type { TokenClaims, TokenState } from '../session-ports';

/**
 * How a presented token is treated. `rotate` is the only success. `replay` returns the successor again to a client that
 * never got the response. `reuse` revokes every token issued so far. `mismatch` is not the current token, for example
 * because it was superseded, and changes nothing. `revoked` was issued before an earlier reuse.
 */
export type TokenVerdict = 'rotate' | 'replay' | 'reuse' | 'revoked' | 'mismatch';

/** How many superseded tokens are remembered, to tell them from used ones. Older ones have long expired. */
const MAX_SUPERSEDED = 64;

/**
 * Judges a token whose signature and claims are already verified. Hashes are compared in constant time.
 * @param retryGrace - how long after a rotation the consumed token may be presented again
 */
export function judgeToken(
  state: TokenState,
  presented: { generation: number; hash: string },
  now: Ms,
  retryGrace: Ms,
): TokenVerdict {
  const { generation, hash } = presented;
  if (generation <= state.revoked_generation) return 'revoked';
  if (generation === state.generation)
    return state.current && sameHash(state.current.hash, hash) ? 'rotate' : 'mismatch';
  if (generation > state.used_generation || state.superseded.includes(generation)) return 'mismatch';
  const { previous } = state;
  const isPrevious = generation === state.generation - 1 && previous !== null && sameHash(previous.hash, hash);
  return isPrevious && now - previous.rotated_at <= retryGrace ? 'replay' : 'reuse';
}

/** The state after a new token was issued without consuming the old one, which becomes invalid. */
export const afterIssue = (state: TokenState, claims: TokenClaims): TokenState => ({
  ...state,
  generation: state.generation + 1,
  current: claims,
  previous: null,
  superseded: state.current ? [...state.superseded, state.generation].slice(-MAX_SUPERSEDED) : state.superseded,
});

/** The state after the current token was consumed and `claims` became its successor. */
export const afterRotation = (state: TokenState, claims: TokenClaims, now: Ms): TokenState => ({
  ...state,
  generation: state.generation + 1,
  current: claims,
  previous: state.current && { hash: state.current.hash, rotated_at: now },
  used_generation: state.generation,
});

/** The state after another client took the session over, which gets the token `claims`: all others are revoked. */
export const afterTakeOver = (state: TokenState, claims: TokenClaims | null): TokenState => ({
  ...afterReuse(state),
  generation: state.generation + (claims ? 1 : 0),
  current: claims,
});

/** The state after reuse: every token issued so far is revoked. */
export const afterReuse = (state: TokenState): TokenState => ({
  ...state,
  current: null,
  previous: null,
  revoked_generation: state.generation,
});

/** Whether two hashes are the same, in constant time. */
export const sameHash = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
