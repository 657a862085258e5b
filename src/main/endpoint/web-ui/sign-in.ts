import { WEB } from '../../../shared/contract/web';
import { HOUR, MINUTE, type Ms } from '../../../shared/model/units';
import { randomText } from '../../platform/random-text';
import type { Services } from '../../services';
import { hashToken } from '../../sessions/reconnect/reconnect-tokens';

const TICKET_LIFE: Ms = 10 * MINUTE;
/** A browser that is used stays signed in; one that is not is signed out after this time. */
const TOKEN_LIFE: Ms = 12 * HOUR;
const TOKEN_PREFIX = 'hfu_';

/** How browsers get the admin's rights: a link that works once, for a token that ends when it is not used. */
export interface BrowserSignIns {
  /** Makes a one-time link, valid for ten minutes. Its ticket is in the fragment, which no browser sends anywhere. */
  createLink(url: string): string;
  /** Trades a ticket for a token; null when it was used before, is too old or never was one. */
  redeem(ticket: string): string | null;
  /** Name of the signed-in browser that holds this token, or null. Using a token moves its end. */
  holderOf(token: string): string | null;
  /** Ends a token. */
  signOut(token: string): void;
}

/**
 * Sign-in of browsers. Tickets and tokens are 256 random bits; of both only the SHA-256 is kept, of tickets in memory alone,
 * so that a link printed by an earlier start is worthless.
 */
export function createSignInLinks({ store, clock, random }: Services): BrowserSignIns {
  const tickets = new Map<string, Ms>();
  const secret = () => randomText(random, 32);
  const forgetOld = () => {
    for (const [hash, expiresAt] of tickets) if (expiresAt <= clock.now()) tickets.delete(hash);
  };
  return {
    createLink(url) {
      forgetOld();
      const ticket = secret();
      tickets.set(hashToken(ticket), clock.now() + TICKET_LIFE);
      return `${url}${WEB.page}#ticket=${ticket}`;
    },
    redeem(ticket) {
      forgetOld();
      const hash = hashToken(ticket);
      if (!tickets.has(hash)) return null;
      const token = `${TOKEN_PREFIX}${secret()}`;
      const now = clock.now();
      store.uiTokens.insert(hashToken(token), now, now + TOKEN_LIFE);
      // Only now: while the database cannot be written, the link stays good.
      tickets.delete(hash);
      return token;
    },
    holderOf(token) {
      if (!token.startsWith(TOKEN_PREFIX)) return null;
      const now = clock.now();
      const hash = hashToken(token);
      return store.uiTokens.use(hash, now, now + TOKEN_LIFE) ? nameOfBrowser(hash) : null;
    },
    signOut: (token) => store.uiTokens.remove(hashToken(token)),
  };
}

/** Names a signed-in browser in limits and in the monitor; says nothing about the token. */
const nameOfBrowser = (tokenHash: string): string => `browser ${tokenHash.slice(0, 16)}`;
