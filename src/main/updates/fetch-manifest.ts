import { HoldfastError } from '../../shared/errors';
import { said } from '../../shared/messages/said';
import { browserAddress } from '../../shared/model/browser-address';
import { type Ms, SECOND } from '../../shared/model/units';
import { readText } from '../http-client/answer-body';
import { RequestFailed } from '../http-client/failures';
import type { Network } from '../http-client/network';
import { HttpRequests } from '../http-client/requests';
import type { Timers } from '../platform/ports';
import { ManifestRefused } from './manifest';

/** The whole request may take this long. */
const LIMIT: Ms = 10 * SECOND;
const MOST_BYTES = 64 * 1024;
const TOO_LARGE = said('said.update.too_large');

/**
 * Checks an address for manifests: https, or http on this machine.
 * @throws HoldfastError `invalid_input` with a sentence that says what is allowed
 */
export function checkAddress(address: string): string {
  const url = browserAddress(address);
  if (url) return url.href;
  throw new HoldfastError('invalid_input', said('said.update.bad_address'));
}

/**
 * Gets the text at an address. It sends nothing of this machine or its user, and follows no redirect.
 *
 * @param signal - ends it early
 * @throws ManifestRefused when there is no answer within 10 s, or one that cannot be a manifest
 */
export async function fetchManifest(
  address: string,
  { network, timers, signal }: { network: Network; timers: Timers; signal: AbortSignal },
): Promise<string> {
  const ending = new AbortController();
  const end = () => ending.abort();
  const cancel = timers.after(LIMIT, end);
  signal.addEventListener('abort', end);
  let requests: HttpRequests | null = null;
  try {
    requests = new HttpRequests({ url: address, headers: { accept: 'application/json' } }, timers, network, 'none');
    const answer = await requests.send({ method: 'GET', headers: {}, silence: LIMIT, signal: ending.signal });
    const { statusCode = 0, headers } = answer;
    if (statusCode >= 300 && statusCode < 400) {
      throw new ManifestRefused(said('said.update.redirect'));
    }
    if (statusCode !== 200) throw new ManifestRefused(said('said.update.status', { status: statusCode }));
    if (Number(headers['content-length'] ?? 0) > MOST_BYTES) throw new ManifestRefused(TOO_LARGE);
    const text = await readText(answer, MOST_BYTES).catch((error: unknown) => {
      if (ending.signal.aborted) throw error;
      const isTooLong = error instanceof RequestFailed && !answer.errored;
      throw new ManifestRefused(isTooLong ? TOO_LARGE : said('said.update.cut'), { cause: error });
    });
    if (Buffer.byteLength(text) > MOST_BYTES) throw new ManifestRefused(TOO_LARGE);
    return text;
  } catch (error) {
    if (error instanceof ManifestRefused) throw error;
    if (ending.signal.aborted) throw new ManifestRefused(said('said.update.slow'));
    if (error instanceof RequestFailed) throw new ManifestRefused(said('said.update.server', { what: error.message }));
    throw error;
  } finally {
    cancel();
    signal.removeEventListener('abort', end);
    requests?.close();
  }
}
