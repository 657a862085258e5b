import { timingSafeEqual } from 'node:crypto';
import type { Ms } from '../../../shared/model/units';
import type { TokenClaims, TokenState } from '../session-ports';

/**
 * What a presented token is worth: `rotate` is the one success; `replay` returns the successor again to a client whose
 * answer was lost; `reuse` revokes the family; `mismatch` was superseded and changes nothing; `revoked` was reused before.
 */
export type TokenVerdict = 'rotate' | 'replay' | 'reuse' | 'revoked' | 'mismatch';

/** So many superseded tokens are told from used ones; older ones have ended long ago. */
const MAX_SUPERSEDED = 64;

/** Judges a token whose signature and claims are already verified. Hashes are compared in constant time. */
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

/** The state after a new token was issued without using an old one, which is worth nothing from then on. */
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

/** The state after reuse: nothing that was issued so far is worth anything. */
export const afterReuse = (state: TokenState): TokenState => ({
  ...state,
  current: null,
  previous: null,
  revoked_generation: state.generation,
});

const sameHash = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
