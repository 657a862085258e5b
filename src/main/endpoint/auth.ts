import { createHash, timingSafeEqual } from 'node:crypto';
import { ERRORS, HoldfastError } from '../../shared/errors';
import { SECOND } from '../../shared/model/units';
import { wrongKeyOfDoctor } from '../platform/wrong-key';
import type { ClientRegistry } from '../sessions/clients';
import type { Principal } from '../sessions/reconnect/reconnection';
import { nameOf, type RateLimit } from './rate-limits';
import type { BrowserSignIns } from './web-ui/sign-in';

/** Who sent a request and by what right. */
export interface Caller {
  readonly principal: Principal;
  readonly via: 'client_key' | 'admin_key' | 'ui_token';
  /** Identifies the caller in rate limits and when its access is revoked. Not a secret. */
  readonly name: string;
  /** SHA-256 of the client key in hex; null for other proofs. */
  readonly keyHash: string | null;
}

export interface AuthenticatorDeps {
  readonly clients: ClientRegistry;
  readonly signIns: BrowserSignIns;
  readonly adminKey: string;
  /** Counts requests without a valid key. */
  readonly badKeys: RateLimit;
  /** Is told of every request whose key belongs to nobody, but for those of the doctor. */
  readonly onUnknownKey: () => void;
}

const LONGEST_KEY = 4_096;
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

/**
 * Identifies the caller from a key: a client, the admin, or a signed-in browser. Keys are compared as SHA-256 digests:
 * the admin's in constant time, the others by looking up the digest. Only failures are counted, so somebody guessing
 * keys never locks out a caller with a valid one.
 */
export class Authenticator {
  private readonly adminHash: Buffer;
  private readonly wrongKeyOfDoctor: string;
  private readonly deps: AuthenticatorDeps;

  constructor(deps: AuthenticatorDeps) {
    this.deps = deps;
    this.adminHash = digest(deps.adminKey);
    this.wrongKeyOfDoctor = wrongKeyOfDoctor(deps.adminKey);
  }

  /**
   * The caller identified by an `Authorization` header (RFC 6750 section 2.1).
   * @throws HoldfastError `unauthorized`, or `rate_limited` after too many of those
   */
  async fromHeader(header: string | undefined): Promise<Caller> {
    if (header === undefined) throw await this.refused('missing');
    const key = bearerOf(header);
    if (key === null) throw await this.refused('malformed');
    const caller = this.identify(key);
    if (caller === null) throw await this.refused('unknown', key);
    return caller;
  }

  /** The caller that a key belongs to, or null. */
  identify(key: string): Caller | null {
    if (key.length > LONGEST_KEY) return null;
    const hash = digest(key);
    if (timingSafeEqual(hash, this.adminHash)) {
      return { principal: { kind: 'admin' }, via: 'admin_key', name: 'admin', keyHash: null };
    }
    const browser = this.deps.signIns.holderOf(key);
    if (browser !== null) return { principal: { kind: 'admin' }, via: 'ui_token', name: browser, keyHash: null };
    const client = this.deps.clients.authenticate(key);
    if (client === null) return null;
    const principal: Principal = { kind: 'client', client };
    return { principal, via: 'client_key', name: nameOf(principal), keyHash: hash.toString('hex') };
  }

  /**
   * Counts a request without a valid key and returns the error for it.
   *
   * @param key - that belongs to nobody
   */
  async refused(why: keyof typeof REASONS, key?: string): Promise<HoldfastError> {
    if (why === 'unknown' && key !== this.wrongKeyOfDoctor) this.deps.onUnknownKey();
    const wait = await this.deps.badKeys.take(why === 'missing' ? 'missing' : 'wrong');
    if (wait === null) return new HoldfastError('unauthorized', REASONS[why]);
    const sentence = `Too many requests without a valid key. Wait ${Math.ceil(wait / SECOND)} s. ${REASONS[why]}`;
    return new HoldfastError('rate_limited', sentence, { retryAfter: wait });
  }
}

const REASONS = {
  missing: ERRORS.unauthorized.sentence,
  malformed: 'The Authorization header was not understood. Send "Authorization: Bearer <client key>".',
  unknown:
    'This key is not known here: its client was removed, or it belongs to another Holdfast. Create a key in the Connect view.',
  ticket: 'This sign-in link was used before or is too old. Ask for a new one.',
} as const;

/** The key in an `Authorization` header, or null if the header is not a well-formed Bearer one. */
export const bearerOf = (header: string): string | null => BEARER.exec(header)?.[1] ?? null;

const digest = (key: string): Buffer => createHash('sha256').update(key).digest();
