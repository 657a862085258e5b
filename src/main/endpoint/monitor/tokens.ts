import { hkdfSync } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { MINUTE, type Ms, SECOND } from '../../../shared/model/units';
import type { SessionClock } from '../../platform/ports';

const TYPE = 'holdfast-monitor+jwt';
const ISSUER = 'holdfast';
const AUDIENCE = 'holdfast:monitor';
const PURPOSE = 'monitor';
/** Long enough to open a connection, which then outlives the token. */
export const MONITOR_TOKEN_LIFE: Ms = 5 * MINUTE;

/** What a monitor token grants. */
export interface MonitorClaims {
  /** The client it was issued to; null for the admin. */
  readonly clientId: string | null;
  /** The only session it gives access to; null for everything that its holder may see. */
  readonly sessionId: string | null;
  /** SHA-256 of the client key that it was issued for, in hex, with which it ends; null for the admin. */
  readonly keyHash: string | null;
}

/**
 * Signs and verifies the short-lived tokens that open the monitor in place of a key: JWT (RFC 7519), HS256, with a type,
 * audience and key of their own (RFC 8725, 3.9, 3.11 and 3.12), so that they cannot be confused with any other token.
 */
export class MonitorTokens {
  private readonly key: CryptoKey;
  private readonly clock: SessionClock;

  private constructor(key: CryptoKey, clock: SessionClock) {
    this.key = key;
    this.clock = clock;
  }

  /** @param secret - the key is derived from it; when it changes, all tokens become invalid */
  static async create(secret: string, clock: SessionClock): Promise<MonitorTokens> {
    const bytes = new Uint8Array(hkdfSync('sha256', secret, '', 'holdfast monitor token', 32));
    const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
      'verify',
    ]);
    return new MonitorTokens(key, clock);
  }

  issue({ clientId, sessionId, keyHash }: MonitorClaims): Promise<string> {
    const iat = Math.floor(this.clock.tokens.now() / SECOND);
    const claims = { purpose: PURPOSE, client_id: clientId, session_id: sessionId, key_hash: keyHash };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: TYPE })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(iat)
      .setExpirationTime(iat + MONITOR_TOKEN_LIFE / SECOND)
      .sign(this.key);
  }

  /** The claims of a genuine token that has not expired; null for anything else. */
  async verify(token: string): Promise<MonitorClaims | null> {
    try {
      const { payload } = await jwtVerify(token, this.key, {
        algorithms: ['HS256'],
        typ: TYPE,
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['iat', 'exp'],
        currentDate: new Date(this.clock.tokens.now()),
      });
      const { purpose, client_id, session_id, key_hash } = payload;
      if (purpose !== PURPOSE || !isIdOrNull(client_id) || !isIdOrNull(session_id) || !isIdOrNull(key_hash))
        return null;
      return { clientId: client_id, sessionId: session_id, keyHash: key_hash };
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }
}

const isIdOrNull = (value: unknown): value is string | null => value === null || typeof value === 'string';
