import { isObject } from '../../mcp/json-rpc';

/** In seconds: ten years. Longer lives say no more, and are no times that a calendar knows. */
const LONGEST_LIFE = 10 * 365 * 24 * 3600;
/** What a header may hold (RFC 6750 section 2.1, with all that servers use in place of it). */
const SENDABLE = /^[\x21-\x7e]+$/;
const TEXTS = ['token_type', 'scope', 'refresh_token', 'id_token'];

/**
 * The text of an answer with tokens (RFC 6749 section 5.1) as strict readers take it; any other text as it is. A refresh token
 * that may be used once is used up by then: what is odd beside the tokens must not lose them. Members that are null, empty or of
 * another type count as left out, and so does a life of less than a second; the type of a token is bearer unless it says
 * otherwise.
 */
export function tidyTokens(text: string): string {
  const answer = parsed(text);
  const token = answer?.access_token;
  if (!answer || typeof token !== 'string') return text;
  const kept = Object.entries(answer).filter(
    ([name, value]) => value !== null && (!TEXTS.includes(name) || (typeof value === 'string' && value !== '')),
  );
  const tidy: Record<string, unknown> = { token_type: 'Bearer', ...Object.fromEntries(kept) };
  const { scope } = answer;
  if (Array.isArray(scope)) tidy.scope = scope.filter((one) => typeof one === 'string').join(' ');
  const life = lifeOf(answer.expires_in);
  if (life >= 1) tidy.expires_in = Math.min(life, LONGEST_LIFE);
  else delete tidy.expires_in;
  // It is better to have none than one that no request can carry.
  if (!SENDABLE.test(token)) delete tidy.access_token;
  return JSON.stringify(tidy);
}

/** In whole seconds; NaN if it is none. Some servers send a number as text. */
const lifeOf = (said: unknown): number =>
  typeof said === 'number' || typeof said === 'string' ? Math.floor(Number(said)) : Number.NaN;

/** Errors of a token request (RFC 6749 section 5.2) that do not pass by asking again. */
const LASTING: ReadonlySet<unknown> = new Set(['invalid_client', 'unauthorized_client', 'invalid_grant']);

/**
 * An authorization server refused a token request for good. It is no error of the SDK: that would ask again, with the same
 * code, and write what the server says about it to the console.
 */
export class TokenRefused extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`the token request was refused (${code})`);
    this.name = 'TokenRefused';
    this.code = code;
  }
}

/** The lasting refusal in an answer with this status and text; null if it is none. */
export function refusedTokens(status: number, text: string): TokenRefused | null {
  const code = status >= 400 && status < 500 ? parsed(text)?.error : undefined;
  return typeof code === 'string' && LASTING.has(code) ? new TokenRefused(code) : null;
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
