import { createHash, randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import type { TokenClaims } from '../../../src/main/sessions/session-ports';
import { MINUTE, SECOND } from '../../../src/shared/model/units';

/** Swaps a session's token in the database. */
export type Swap = (sessionId: string, used: TokenClaims | null, next: TokenClaims) => void;

const expected = {
  algorithms: ['HS256'],
  typ: 'mcp-reconnect+jwt',
  issuer: 'holdfast',
  audience: 'holdfast:reconnect',
};
const algorithm = { name: 'HMAC', hash: 'SHA-256' };
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

/**
 * The part of a reconnect that every floor has: jose verifies the token and signs its successor, both are hashed, and the
 * database swaps one for the other. Tokens are of the same form as the product's.
 */
export async function floorReconnect(swap: Swap): Promise<(sessionId: string, generation: number) => Promise<void>> {
  const secret = Uint8Array.from(randomBytes(32));
  const key = await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign', 'verify']);
  const held = new Map<string, { token: string; claims: TokenClaims }>();

  async function mint(session_id: string, gen: number) {
    const iat = Math.floor(Date.now() / SECOND);
    const exp = iat + (15 * MINUTE) / SECOND;
    const jti = randomBytes(16).toString('base64url');
    const token = await new SignJWT({ session_id, purpose: 'session_reconnect', gen })
      .setProtectedHeader({ alg: 'HS256', typ: expected.typ, kid: '0123456789ab' })
      .setIssuer(expected.issuer)
      .setAudience(expected.audience)
      .setJti(jti)
      .setIssuedAt(iat)
      .setExpirationTime(exp)
      .sign(key);
    return { token, claims: { hash: hashOf(token), jti, iat, exp } };
  }

  return async (sessionId, generation) => {
    const presented = held.get(sessionId);
    if (presented) {
      const { payload } = await jwtVerify(presented.token, key, { ...expected, requiredClaims: ['jti', 'iat', 'exp'] });
      if (payload.session_id !== sessionId) throw new Error('the token names another session');
    }
    const next = await mint(sessionId, generation);
    swap(sessionId, presented ? { ...presented.claims, hash: hashOf(presented.token) } : null, next.claims);
    held.set(sessionId, next);
  };
}
