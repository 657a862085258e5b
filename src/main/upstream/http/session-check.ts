import { type Ms, SECOND } from '../../../shared/model/units';
import { EVENT_STREAM, messagesIn, readEvents, readText, typeOf } from '../../http-client/answer-body';
import { asServerMessage, isResponse, type JsonRpcResponse, type RequestId } from '../../mcp/json-rpc';
import type { ConnectionContext } from './connection-context';
import { POST_HEADERS } from './http-call';
import { isSameRefusal, mayBeOfSession, type Refusal, refusalIn, refusalOf, type SessionVerdict } from './refusal';

const IS_THERE: SessionVerdict = { isGone: false, notTaken: false };
/** How long the server may take to answer the ping. */
const PING_LIMIT: Ms = 5 * SECOND;
const MAX_BODY = 64 * 1024;
const FIRST_ID = 10;
const LAST_ID = 99;

/** What it needs from a connection; `ask` sends with whatever names the session. */
type CheckContext = Pick<ConnectionContext, 'ask' | 'pause'>;

type PingOutcome = Refusal | 'answered' | 'unclear';

/**
 * Finds out whether a server still knows the session, when it refused something in a way that may mean it does not. This
 * is the only judge of that: it sends a `ping` in the session, and the session is gone only if that is refused as well.
 * If the outcome is unclear, as with a server in trouble, the session is kept.
 */
export class SessionCheck {
  private readonly context: CheckContext;
  private running: Promise<PingOutcome> | null = null;
  private answered: (response: JsonRpcResponse) => void = () => {};
  /** Integers, since some servers take no other ids. Calls have higher ones. */
  private id = FIRST_ID;

  constructor(context: CheckContext) {
    this.context = context;
  }

  /** Checks the session. Suspicions that arise at the same time share one ping. Never rejects. */
  async about(refusal: Refusal): Promise<SessionVerdict> {
    this.running ??= this.ping().finally(() => {
      this.running = null;
    });
    const outcome = await this.running;
    if (outcome === 'answered' || outcome === 'unclear') return IS_THERE;
    // With 5xx something failed, perhaps after it had begun.
    return { isGone: true, notTaken: refusal.status < 500 && isSameRefusal(refusal, outcome) };
  }

  /** Takes the answer to the ping from another stream. Returns whether it was one. */
  take(response: JsonRpcResponse): boolean {
    if (response.id !== this.id || !this.running) return false;
    this.answered(response);
    return true;
  }

  private async ping(): Promise<PingOutcome> {
    const { context } = this;
    const limit = new AbortController();
    this.id = this.id < LAST_ID ? this.id + 1 : FIRST_ID;
    const answered = new Promise<PingOutcome>((resolve) => {
      this.answered = (response) => resolve(outcomeOf(200, response, '', this.id));
    });
    const late = context.pause(PING_LIMIT, limit.signal).then((): PingOutcome => 'unclear');
    const asked = this.ask(limit.signal).catch((): PingOutcome => 'unclear');
    const outcome = await Promise.race([answered, late, asked]);
    limit.abort();
    return outcome;
  }

  private async ask(signal: AbortSignal): Promise<PingOutcome> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: this.id, method: 'ping' });
    const request = { method: 'POST', headers: POST_HEADERS, body, silence: PING_LIMIT, mayRepeat: true } as const;
    const answer = await this.context.ask(request, signal, null);
    const status = answer.statusCode ?? 0;
    if (status === 202) {
      answer.resume();
      // It took the session; the answer may come on the standalone stream.
      return 'answered';
    }
    const said = { response: null as JsonRpcResponse | null, stray: '' };
    const read = (text: string) => {
      said.response ??=
        messagesIn(text, asServerMessage)
          .filter(isResponse)
          .find(({ id }) => id === this.id) ?? null;
      if (said.response === null) said.stray ||= text;
    };
    if (status === 200 && typeOf(answer) === EVENT_STREAM) {
      const onEvent = ({ data }: { data: string }) => {
        read(data);
        if (said.response !== null) answer.destroy();
      };
      await readEvents(answer, { onRetry: () => {}, onEvent });
    } else read(await readText(answer, MAX_BODY));
    return outcomeOf(status, said.response, said.stray, this.id);
  }
}

/** A server that does not know `ping` knows the session all the same. */
function outcomeOf(status: number, response: JsonRpcResponse | null, stray: string, id: RequestId): PingOutcome {
  if (response && !response.error) return 'answered';
  const refusal = response ? { ...refusalIn(response), status } : refusalOf(status, stray, id);
  if (mayBeOfSession(refusal, stray)) return refusal;
  return response === null && (status === 200 || status >= 500) ? 'unclear' : 'answered';
}
