import { statusSentence } from '../../http-client/failures';

/** Statuses that say nothing about which transport a server speaks. */
const OF_OTHER_THINGS: ReadonlySet<number> = new Set([401, 403, 413, 429]);
const REMEDY = 'check its address, or remove "type": "sse" from its entry if it speaks Streamable HTTP';

/** Describes what came in place of the stream. Completes a sentence whose subject is the server. */
export function noStream(status: number, type: string): string {
  if (status === 200) return `answered with ${type || 'no content type'}, which is not an event stream; ${REMEDY}`;
  if (OF_OTHER_THINGS.has(status) || status >= 500) return statusSentence(status);
  return `answered ${status}: it offers no event stream at its address; ${REMEDY}`;
}

/** Describes how a message was refused, in the same form. */
export const refusedMessage = (status: number): string =>
  OF_OTHER_THINGS.has(status) || status >= 500 ? statusSentence(status) : `answered ${status} to the message`;
