import { said } from '../../../shared/messages/said';
import { statusSentence } from '../../http-client/failures';

/** Statuses that say nothing about which transport a server speaks. */
const OF_OTHER_THINGS: ReadonlySet<number> = new Set([401, 403, 413, 429]);

/** Describes what came in place of the stream. Completes a sentence whose subject is the server. */
export function noStream(status: number, type: string): string {
  if (status === 200) return type === '' ? said('said.sse.no_type') : said('said.sse.not_a_stream', { type });
  if (OF_OTHER_THINGS.has(status) || status >= 500) return statusSentence(status);
  return said('said.sse.no_stream', { status });
}

/** Describes how a message was refused, in the same form. */
export const refusedMessage = (status: number): string =>
  OF_OTHER_THINGS.has(status) || status >= 500 ? statusSentence(status) : said('said.status.message', { status });
