import { WEB } from '../../../shared/contract/web';
import { HOUR, MINUTE, type Ms } from '../../../shared/model/units';
import type { Random, TokenClock } from '../../platform/ports';
import { randomText } from '../../platform/random-text';
import { hashToken } from '../../sessions/reconnect/reconnect-tokens';

/** Links that are good at the same time; a new one then takes the place of the oldest. */
const MOST_TICKETS = 16;
const TICKET_LIFE: Ms = 10 * MINUTE;
/** A browser stays signed in while it is in use, and is signed out after this long without use. */
const TOKEN_LIFE: Ms = 12 * HOUR;
const TOKEN_PREFIX = 'hfu_';

/** How browsers get admin rights: with a one-time link, exchanged for a token that expires when it is not used. */
export interface BrowserSignIns {
  /** Creates a one-time link, valid for ten minutes. The ticket is in the fragment, which browsers never send. */
  createLink(url: string): string;
  /** Exchanges a ticket for a token; null if the ticket was used before, has expired or never existed. */
  redeem(ticket: string): string | null;
  /** Name of the signed-in browser that holds this token, or null. Every use extends the token's life. */
  holderOf(token: string): string | null;
  /** Revokes a token. */
  signOut(token: string): void;
}

/** Where tokens of browsers are kept, by their SHA-256, hex; no token is ever stored. */
interface SignInTokens {
  insert(tokenHash: string, createdAt: Ms, expiresAt: Ms): void;
  /**
   * Whether the token is known and has not ended. Marks its use and moves its end.
   * @param expiresAt - when a token that is used now ends
   */
  use(tokenHash: string, now: Ms, expiresAt: Ms): boolean;
  remove(tokenHash: string): void;
}

export interface SignInDeps {
  readonly tokens: SignInTokens;
  readonly clock: Pick<TokenClock, 'now'>;
  readonly random: Random;
}

/**
 * Browser sign-in. Tickets and tokens are 256 random bits, and only their SHA-256 is kept. Tickets are kept only in memory,
 * so a link printed by an earlier start is worthless.
 */
export function createSignInLinks({ tokens, clock, random }: SignInDeps): BrowserSignIns {
  const tickets = new Map<string, Ms>();
  const secret = () => randomText(random, 32);
  const forgetOld = () => {
    for (const [hash, expiresAt] of tickets) if (expiresAt <= clock.now()) tickets.delete(hash);
  };
  return {
    createLink(url) {
      forgetOld();
      const [oldest] = tickets.keys();
      if (oldest !== undefined && tickets.size >= MOST_TICKETS) tickets.delete(oldest);
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
      tokens.insert(hashToken(token), now, now + TOKEN_LIFE);
      // Not earlier: if the database cannot be written, the link must stay valid.
      tickets.delete(hash);
      return token;
    },
    holderOf(token) {
      if (!token.startsWith(TOKEN_PREFIX)) return null;
      const now = clock.now();
      const hash = hashToken(token);
      return tokens.use(hash, now, now + TOKEN_LIFE) ? nameOfBrowser(hash) : null;
    },
    signOut: (token) => tokens.remove(hashToken(token)),
  };
}

/** Identifies a signed-in browser in rate limits and in the monitor without revealing its token. */
const nameOfBrowser = (tokenHash: string): string => `browser ${tokenHash.slice(0, 16)}`;
