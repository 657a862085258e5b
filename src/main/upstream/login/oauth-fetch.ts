import type { IncomingMessage } from 'node:http';
import { said } from '../../../shared/messages/said';
import { isLoopbackHost } from '../../../shared/model/loopback';
import { type Ms, SECOND } from '../../../shared/model/units';
import { readText } from '../../http-client/answer-body';
import { networkFailure, RequestFailed } from '../../http-client/failures';
import type { Network } from '../../http-client/network';
import { HttpRequests } from '../../http-client/requests';
import type { Timers } from '../../platform/ports';
import { refusedTokens, tidyTokens } from './token-answer';

/** For connecting, sending and reading together. */
const LIMIT: Ms = 20 * SECOND;
/** In characters: metadata and token answers are small. */
const MAX_BODY = 512 * 1024;

/** The part of `fetch` that the client side of OAuth needs. */
export type OAuthFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** An answer as it came, decoded. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Fetches metadata and tokens, as {@link plainFetch} does.
 * @throws TokenRefused when no tokens are given for what was sent
 */
export function oauthFetch(timers: Timers, network: Network, allowsLoopback: boolean): OAuthFetch {
  const fetch = plainFetch(timers, network, allowsLoopback);
  return async (address, init) => responseOf(new URL(address), await fetch(address, init));
}

/**
 * Fetches over https, or http on this machine; within 20 s; at most 512 KiB. Redirects are not
 * followed but returned: whoever asks decides whether the next address may get what this one got.
 * @param allowsLoopback - false for a server elsewhere, which must not send us to programs on this machine
 * @throws RequestFailed when there is no answer, or when the address is not allowed
 */
export function plainFetch(timers: Timers, network: Network, allowsLoopback: boolean) {
  return async (address: string | URL, init: RequestInit = {}): Promise<PlainAnswer> => {
    const url = allowedAddress(String(address), allowsLoopback);
    const limit = new AbortController();
    const cancelLimit = timers.after(LIMIT, () => limit.abort());
    const requests = new HttpRequests({ url: url.href, headers: {} }, timers, network, 'none');
    try {
      const signal = init.signal ? AbortSignal.any([init.signal, limit.signal]) : limit.signal;
      const body = init.body === undefined || init.body === null ? undefined : String(init.body);
      const headers = Object.fromEntries(new Headers(init.headers));
      const method = init.method === 'POST' ? 'POST' : 'GET';
      const answer = await requests.send({
        method,
        headers,
        body,
        signal,
        silence: LIMIT,
        mayRepeat: method === 'GET',
      });
      return { status: answer.statusCode ?? 0, headers: headersIn(answer), body: await readText(answer, MAX_BODY) };
    } catch (error) {
      if (limit.signal.aborted)
        throw new RequestFailed(
          said('said.server.at', { host: url.host, what: said('said.server.no_answer_at_all') }),
          PASSING,
          { cause: error },
        );
      throw error instanceof RequestFailed ? error : networkFailure(error, url.host, true);
    } finally {
      cancelLimit();
      requests.close();
    }
  };
}

const PASSING = { taken: true, passing: true };
const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** @throws RequestFailed unless it is https, or http on this machine where that is allowed */
export function allowedAddress(text: string, allowsLoopback: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isHere = url !== null && isLoopbackHost(url.hostname);
  const isAllowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && isHere);
  if (url && isAllowed && (allowsLoopback || !isHere) && url.username === '' && url.password === '') return url;
  const notAsked = { taken: false, passing: false } as const;
  if (!url) throw new RequestFailed(said('said.login.no_origin'), notAsked);
  const address = `${url.protocol}//${url.host}`;
  const why = isHere ? said('said.login.here') : said('said.login.open');
  throw new RequestFailed(said('said.login.bad_origin', { address, what: why }), notAsked);
}

const headersIn = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

/**
 * The response of `fetch` with these parts.
 * @throws TokenRefused when it says that no tokens are given for what was sent
 */
export function responseOf(url: URL, { status, headers, body }: PlainAnswer): Response {
  const refusal = refusedTokens(status, body);
  if (refusal) throw refusal;
  const isOdd = status < 200 || status > 599;
  const response = new Response(NO_BODY.has(status) ? null : tidyTokens(body), {
    status: isOdd ? 502 : status,
    headers,
  });
  Object.defineProperty(response, 'url', { value: url.href });
  return response;
}
