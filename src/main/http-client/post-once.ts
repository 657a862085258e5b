import { said } from '../../shared/messages/said';
import type { Ms } from '../../shared/model/units';
import { within } from '../platform/deadline';
import type { Timers } from '../platform/ports';
import type { Network } from './network';
import { HttpRequests } from './requests';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** How long it may take in all. */
  readonly limit: Ms;
  /** Ends it early. */
  readonly signal: AbortSignal;
  readonly network: Network;
  readonly timers: Timers;
}

/**
 * Posts something to an address of the user's own, once. Redirects are not followed, and of the answer only the status is
 * read. Never rejects.
 * @returns why it was not taken, as the end of a sentence such as `answered 404`; null when it was
 */
export async function postOnce({ url, headers, body, limit, signal, network, timers }: Post): Promise<string | null> {
  const tooLate = new AbortController();
  let requests: HttpRequests | null = null;
  try {
    requests = new HttpRequests({ url, headers }, timers, network, 'none');
    const ending = AbortSignal.any([tooLate.signal, signal]);
    const sent = requests.send({ method: 'POST', headers: {}, body, signal: ending, silence: limit });
    const answer = await within(timers, limit, sent, () => {
      tooLate.abort();
      sent.catch(() => {});
      return new Error(said('said.net.no_reply'));
    });
    answer.destroy();
    const status = answer.statusCode ?? 0;
    return status >= 200 && status < 300 ? null : said('said.status.other', { status });
  } catch (error) {
    return error instanceof Error ? error.message : said('said.server.failed');
  } finally {
    requests?.close();
  }
}
