import { setTimeout as delay } from 'node:timers/promises';
import { readEvents } from '../../http-client/answer-body';
import { RequestFailed } from '../../http-client/failures';
import { Backoff } from './backoff';
import type { CallDeps } from './bridge-call';
import type { BridgeSession } from './bridge-link';
import type { Output } from './lines';

const RETRY = 1_000;

export interface PushDeps extends CallDeps {
  readonly output: Output;
  /** Whether this is still the client's current session. */
  isCurrent(session: BridgeSession): boolean;
  /** Called when Holdfast no longer knows the session. */
  ended(session: BridgeSession): void;
}

/** Keeps the session's standalone stream, for unsolicited server messages, open until the session or bridge ends. */
export async function keepStandaloneStream(deps: PushDeps, session: BridgeSession): Promise<void> {
  const { locator, link, output, signal } = deps;
  const backoff = new Backoff();
  let lastEventId: string | null = null;
  let retry = RETRY;
  const pause = (ms: number) => delay(ms, undefined, { signal }).catch(() => {});
  while (deps.isCurrent(session) && !signal.aborted) {
    const url = await locator.sooner();
    if (url === null) return;
    try {
      const answer = await link.get(url, session, lastEventId);
      if (answer.statusCode === 200) {
        backoff.reset();
        await readEvents(answer, {
          onEvent: ({ id, data }) => {
            if (id !== null) lastEventId = id;
            if (data !== '') output.message(data);
          },
          onRetry: (told) => {
            retry = told;
          },
        });
        if (answer.complete) await pause(retry);
        else locator.lost(url);
        continue;
      }
      answer.destroy();
      if (answer.statusCode === 404) {
        deps.ended(session);
        return;
      }
      // Standalone streams are not offered, or the key is refused: the client learns about the key from its calls.
      if (answer.statusCode === 405 || answer.statusCode === 401) return;
      if (answer.statusCode === 400) lastEventId = null;
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
    }
    await pause(backoff.take());
  }
}
