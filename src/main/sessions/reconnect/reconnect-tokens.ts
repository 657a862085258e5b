import { createHash } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { ReconnectFailure } from '../../../shared/errors';
import type { SessionPolicy } from '../../../shared/model/policy';
import { type Ms, SECOND } from '../../../shared/model/units';
import type { Random, SessionClock } from '../../platform/ports';
import { randomText } from '../../platform/random-text';
import type { TokenClaims } from '../session-ports';

const TYPE = 'mcp-reconnect+jwt';
const ISSUER = 'holdfast';
const AUDIENCE = 'holdfast:reconnect';
const PURPOSE = 'session_reconnect';
const HANDOVER = 'session_handover';
const MAX_LENGTH = 2_048;

/** The content of a genuine token. */
export interface VerifiedToken {
  readonly session_id: string;
  /** The client that it invites to take the session over; null for a reconnect token. */
  readonly invites: string | null;
  /** 0 for an invitation. */
  readonly generation: number;
  /** SHA-256 of the token, hex. */
  readonly hash: string;
  /** The token has expired, but within the tolerance. */
  readonly expired: boolean;
}

export interface MintedToken {
  readonly token: string;
  readonly claims: TokenClaims;
}

/**
 * Signs and verifies reconnect tokens: JWT (RFC 7519), HS256, explicit type, issuer and audience pinned (RFC 8725 3.1,
 * 3.8, 3.9, 3.11). A token is a handle for a session; it does not authenticate anyone.
 */
export class ReconnectTokens {
  private readonly key: CryptoKey;
  private readonly keyId: string;
  private readonly clock: SessionClock;
  private readonly random: Random;
  private readonly policy: SessionPolicy;

  private constructor(
    key: CryptoKey,
    keyId: string,
    deps: { clock: SessionClock; random: Random; policy: SessionPolicy },
  ) {
    this.key = key;
    this.keyId = keyId;
    this.clock = deps.clock;
    this.random = deps.random;
    this.policy = deps.policy;
  }

  /** @param secret - at least 256 bits; with the same secret, tokens from earlier runs stay valid */
  static async create(secret: Uint8Array, deps: { clock: SessionClock; random: Random; policy: SessionPolicy }) {
    const hmac = { name: 'HMAC', hash: 'SHA-256' };
    // One CryptoKey for the process: importing raw bytes for each signature would cost as much as the signature.
    const key = await crypto.subtle.importKey('raw', Uint8Array.from(secret), hmac, false, ['sign', 'verify']);
    const keyId = createHash('sha256').update('holdfast kid').update(secret).digest('hex').slice(0, 12);
    return new ReconnectTokens(key, keyId, deps);
  }

  /** Signs a new token for a session and generation, valid from now for the policy's `tokenLife`. */
  async mint(sessionId: string, generation: number): Promise<MintedToken> {
    const iat = Math.floor(this.clock.tokens.now() / SECOND);
    const exp = iat + Math.floor(this.policy.tokenLife / SECOND);
    const jti = randomText(this.random, 16);
    const token = await this.sign(sessionId, generation, { jti, iat, exp });
    return { token, claims: { hash: hashToken(token), jti, iat, exp } };
  }

  /** Signs an invitation for one client to take the session over, valid from now for `life`. */
  async mintInvitation(sessionId: string, clientId: string, life: Ms): Promise<MintedToken> {
    const iat = Math.floor(this.clock.tokens.now() / SECOND);
    const claims = { jti: randomText(this.random, 16), iat, exp: iat + Math.floor(life / SECOND) };
    const token = await this.signed({ session_id: sessionId, purpose: HANDOVER, client: clientId }, claims);
    return { token, claims: { hash: hashToken(token), ...claims } };
  }

  /** Recreates the token that was issued with `claims`. HS256 is deterministic, so tokens need not be stored. */
  sign(sessionId: string, generation: number, claims: Pick<TokenClaims, 'jti' | 'iat' | 'exp'>): Promise<string> {
    return this.signed({ session_id: sessionId, purpose: PURPOSE, gen: generation }, claims);
  }

  private signed(content: Record<string, unknown>, claims: Pick<TokenClaims, 'jti' | 'iat' | 'exp'>): Promise<string> {
    return new SignJWT(content)
      .setProtectedHeader({ alg: 'HS256', typ: TYPE, kid: this.keyId })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setJti(claims.jti)
      .setIssuedAt(claims.iat)
      .setExpirationTime(claims.exp)
      .sign(this.key);
  }

  /**
   * The claims of a genuine token, or the code of what is wrong with it.
   * @param tolerance - a token that expired no longer ago than this is returned with `expired` set
   */
  async verify(token: string, tolerance: Ms = 0): Promise<VerifiedToken | ReconnectFailure> {
    if (token.length > MAX_LENGTH || !isCanonical(token)) return 'invalid_token';
    try {
      const { payload } = await jwtVerify(token, this.key, {
        algorithms: ['HS256'],
        typ: TYPE,
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['jti', 'iat', 'exp'],
        // Whether it has expired is judged below, by a time that never goes back.
        currentDate: new Date(0),
      });
      const { session_id, purpose, gen, client, iat, exp } = payload;
      if (iat === undefined || exp === undefined) return 'invalid_token';
      const { tokens } = this.clock;
      const times = { issuedAt: iat * SECOND, expiresAt: exp * SECOND };
      const expired = tokens.hasExpired(times);
      const tolerated = { ...times, expiresAt: times.expiresAt + Math.ceil(tolerance / SECOND) * SECOND };
      if (expired && tokens.hasExpired(tolerated)) return 'token_expired';
      if (purpose !== PURPOSE && purpose !== HANDOVER) return 'invalid_token_purpose';
      const invites = purpose === HANDOVER ? client : null;
      const generation = purpose === HANDOVER ? 0 : gen;
      if (typeof session_id !== 'string' || typeof generation !== 'number') return 'invalid_token';
      if (invites !== null && typeof invites !== 'string') return 'invalid_token';
      return { session_id, invites, generation, hash: hashToken(token), expired };
    } catch (error) {
      if (error instanceof errors.JOSEError) return 'invalid_token';
      throw error;
    }
  }
}

/**
 * Base64url leaves two bits of the signature's last character unused, so four texts decode to the same signature. Only
 * the one that was issued is canonical.
 */
function isCanonical(token: string): boolean {
  const signature = token.slice(token.lastIndexOf('.') + 1);
  return Buffer.from(signature, 'base64url').toString('base64url') === signature;
}

/** SHA-256, hex: the only form in which a token or key is stored. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');
