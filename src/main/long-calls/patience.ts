import type { Client } from '../../shared/contract/client';
import { ownValue } from '../../shared/model/own-value';
import { LEAST_PATIENCE_SECONDS, MOST_PATIENCE_SECONDS } from '../../shared/model/patience-limits';
import { MINUTE, type Ms, SECOND } from '../../shared/model/units';

/** How long a client waits for an answer, and how that is known. */
export interface Patience {
  readonly limit: Ms;
  /** Its timer starts anew with each sign of progress, if it asked for progress. */
  readonly isRenewed: boolean;
  readonly from: 'set' | 'learned' | 'program' | 'usual';
}

/** Which program a client is, as far as that was said when it got its key. */
export type KindOfClient = Pick<Client, 'type'> & Partial<Pick<Client, 'type_name'>>;

/** What is kept of one client. */
export interface KeptPatience {
  /** What the user said; null for nothing. */
  readonly set_ms: Ms | null;
  /** What the client showed by giving up; null until it did so steadily. */
  readonly learned_ms: Ms | null;
  /** After how long it last gave up without saying why; null if it did not. */
  readonly last_ms: Ms | null;
}

/** Nothing is known of the client. */
export const NO_PATIENCE: KeptPatience = { set_ms: null, learned_ms: null, last_ms: null };

/** A client that gave up. */
export interface GivenUp {
  /** After how long, counted from the call. */
  readonly after: Ms;
  /** It said that its time was over, which no person does. */
  readonly isTimeout: boolean;
  /** It gave another call up while this one ran. Whoever stops a chat stops all calls in it, at one moment. */
  readonly isAlong: boolean;
}

/** The shortest and the longest time that may be set. */
export const LEAST_PATIENCE: Ms = LEAST_PATIENCE_SECONDS * SECOND;
export const MOST_PATIENCE: Ms = MOST_PATIENCE_SECONDS * SECOND;

/** The default of both SDKs for TypeScript, which most programs keep. */
const USUAL: Ms = MINUTE;
/** Programs that differ from it, as `npm run clients:check -- --limits` saw them (docs/clients.md). */
const PROGRAMS: Readonly<Partial<Record<string, Pick<Patience, 'limit' | 'isRenewed'>>>> = {
  // Without an answer or progress for this long, it takes a server over HTTP for dead.
  'claude-code': { limit: 5 * MINUTE, isRenewed: true },
  codex: { limit: 5 * MINUTE, isRenewed: false },
  gemini: { limit: 10 * MINUTE, isRenewed: false },
  opencode: { limit: MINUTE, isRenewed: true },
};

/** Times closer to each other than this are one limit: a person who cancels is not that regular. */
const STEADY: Ms = SECOND;
const STEADY_PART = 0.02;
/** Whoever gives up sooner, without a word, did not run out of time. */
const LEAST_STEADY: Ms = 4 * SECOND;
/** Whoever waits longer than that beyond a limit does not have it. */
const LONGER: Ms = 5 * SECOND;
const LONGER_PART = 0.2;

/**
 * How long this client waits, by what is known best: what was set, what it showed, what its program does. What was set or shown
 * counts from the call: a client that gave up in spite of signs of life has a limit in all.
 */
export function patienceOf(client: KindOfClient, kept: KeptPatience): Patience {
  if (kept.set_ms !== null) return { limit: kept.set_ms, isRenewed: false, from: 'set' };
  if (kept.learned_ms !== null) return { limit: kept.learned_ms, isRenewed: false, from: 'learned' };
  return defaultPatience(client);
}

/** How long a client waits of which only the program is known. */
export function defaultPatience({ type, type_name }: KindOfClient): Patience & { readonly from: 'program' | 'usual' } {
  const program = ownValue(PROGRAMS, type_name ?? type);
  return program ? { ...program, from: 'program' } : { limit: USUAL, isRenewed: false, from: 'usual' };
}

/** When to answer, so that the answer is there before the client gives up. */
export const answerWithin = (limit: Ms): Ms => limit - Math.min(5 * SECOND, Math.max(SECOND / 2, limit / 10));

/**
 * What is known of a client after it gave up. One word about a timeout is enough. Without it, the client must have given up
 * twice after the same time, one call after the other.
 * @returns null if that taught nothing
 */
export function learn(kept: KeptPatience, { after, isTimeout, isAlong }: GivenUp): KeptPatience | null {
  if (after < (isTimeout ? SECOND : LEAST_STEADY) || after > MOST_PATIENCE) return null;
  if (isTimeout) return { ...kept, learned_ms: after };
  if (isAlong) return unlearn(kept, after);
  const { last_ms } = kept;
  const isSteady = last_ms !== null && Math.abs(last_ms - after) <= Math.max(STEADY, after * STEADY_PART);
  if (isSteady) return { ...kept, last_ms: after, learned_ms: Math.min(last_ms, after) };
  return { ...(unlearn(kept, after) ?? kept), last_ms: after };
}

/**
 * What is known of a client that waited so long for an answer.
 * @returns null if that taught nothing
 */
export function unlearn(kept: KeptPatience, waited: Ms): KeptPatience | null {
  const { learned_ms } = kept;
  const isLonger = learned_ms !== null && waited > learned_ms + Math.max(LONGER, learned_ms * LONGER_PART);
  return isLonger ? { ...kept, learned_ms: null, last_ms: null } : null;
}

/** Whether the reason that a client gives says that its time was over, such as `Request timed out` of the SDKs. */
export const saysTimeout = (reason: unknown): boolean =>
  typeof reason === 'string' && /time(?:d)?[ -]?out/i.test(reason.slice(0, 500));
