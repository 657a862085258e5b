import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Ms } from '../../../shared/model/units';
import { EVENT_STREAM, isJson, readEvents, readText, typeOf } from '../../http-client/answer-body';
import { RequestFailed } from '../../http-client/failures';
import type { Pending } from './answers';
import { Backoff } from './backoff';
import type { BridgeSession, Link } from './bridge-link';
import type { HoldfastLocator } from './holdfast-locator';

/** Delay before a stream is resumed, unless the server sends one. */
const RETRY: Ms = 1_000;

export const UNKNOWN_OUTCOME =
  'Holdfast went away while this call ran, before it could be resumed. Its outcome is unknown.';
const NOT_KEPT = 'The session ended while this call ran. Its outcome is unknown.';

export interface CallDeps {
  readonly locator: HoldfastLocator;
  readonly link: Link;
  /** Aborted when the bridge closes. */
  readonly signal: AbortSignal;
}

/** Reads the whole response to a POST; resumes its stream where it broke, even after a restart of Holdfast. */
export async function readAnswer(
  deps: CallDeps,
  url: string,
  answer: IncomingMessage,
  session: BridgeSession | null,
  pending: Pending,
): Promise<void> {
  if (answer.statusCode !== 200) {
    await pending.refuse(answer);
  } else if (isJson(answer)) {
    pending.deliver(await readText(answer));
  } else if (typeOf(answer) === EVENT_STREAM) {
    const stream = new ResumableStream(deps, pending);
    await stream.read(url, answer);
    if (session !== null) await stream.resume(session);
  }
  pending.fail(UNKNOWN_OUTCOME);
}

/** The stream of one POST, resumed as often as needed (MCP 2025-11-25, transports, resumability and redelivery). */
class ResumableStream {
  private readonly deps: CallDeps;
  private readonly pending: Pending;
  private readonly backoff = new Backoff();
  private lastEventId: string | null = null;
  private retry: Ms = RETRY;
  private wasCut = false;

  constructor(deps: CallDeps, pending: Pending) {
    this.deps = deps;
    this.pending = pending;
  }

  async read(url: string, answer: IncomingMessage): Promise<void> {
    await readEvents(answer, {
      onEvent: ({ id, data }) => {
        if (id !== null) this.lastEventId = id;
        if (data !== '') this.pending.deliver(data);
      },
      onRetry: (retry) => {
        this.retry = retry;
      },
    });
    this.wasCut = !answer.complete;
    if (this.wasCut) this.deps.locator.lost(url);
  }

  /** Resumes the stream until every request is answered or the server can no longer answer the rest. */
  async resume(session: BridgeSession): Promise<void> {
    const { locator, link, signal } = this.deps;
    while (this.pending.isOpen && this.lastEventId !== null && !signal.aborted) {
      // The server ended the stream on purpose: wait for the delay it asked for.
      if (!this.wasCut) await delay(this.retry, undefined, { signal }).catch(() => {});
      const url = await locator.sooner();
      if (url === null) return;
      try {
        const answer = await link.get(url, session, this.lastEventId);
        if (answer.statusCode === 200) {
          this.backoff.reset();
          await this.read(url, answer);
          continue;
        }
        answer.destroy();
        if ((answer.statusCode ?? 0) < 500) {
          this.pending.fail(NOT_KEPT);
          return;
        }
      } catch (error) {
        if (!(error instanceof RequestFailed)) throw error;
      }
      this.wasCut = true;
      await delay(this.backoff.take(), undefined, { signal }).catch(() => {});
    }
  }
}
