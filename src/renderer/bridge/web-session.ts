import type { Envelope } from '../../shared/contract/method';
import { WEB } from '../../shared/contract/web';
import { ERRORS, HoldfastError } from '../../shared/errors';
import { t } from '../../shared/messages/language';
import type { Ms } from '../../shared/model/units';
import { answerWithin, USUAL_ANSWER } from './bridge';
import type { WebEnvironment } from './web-environment';

const TOKEN = 'holdfast.token';

/** Shown wherever a browser is not signed in. */
export const SIGN_IN_SENTENCE = t('connection.sign_in');

interface Request {
  readonly method: 'GET' | 'POST';
  readonly body?: unknown;
  readonly token?: string;
  /** Time limit of the answer. */
  readonly within?: Ms;
}

/**
 * The page's sign-in and its HTTP requests. The token is kept in this origin's storage, so that a reload or a second tab
 * needs no new link; a refused token is dropped.
 */
export class WebSession {
  readonly #env: WebEnvironment;
  readonly #refused: () => void;
  #ticket: string | null;
  #signingIn: Promise<string> | null = null;

  /** @param refused - called when the server no longer accepts the token */
  constructor(env: WebEnvironment, refused: () => void) {
    this.#env = env;
    this.#refused = refused;
    this.#ticket = env.takeTicket();
  }

  /** Takes a new ticket: the user opened another link in this page. */
  offer(ticket: string): void {
    this.#ticket = ticket;
  }

  /** Whether there is anything to sign in with. */
  get possible(): boolean {
    return this.#ticket !== null || this.#env.storage.getItem(TOKEN) !== null;
  }

  /**
   * The token; if the page was opened with a ticket, trades that for a token first.
   *
   * @throws HoldfastError `unauthorized` when a new link is needed, `unreachable` when the server did not answer
   */
  async token(): Promise<string> {
    if (this.#ticket !== null) {
      this.#signingIn ??= this.#signIn(this.#ticket).finally(() => {
        this.#signingIn = null;
      });
      return this.#signingIn;
    }
    const token = this.#env.storage.getItem(TOKEN);
    if (token === null) throw new HoldfastError('unauthorized', SIGN_IN_SENTENCE);
    return token;
  }

  /** Drops a token that the server refused. A newer one, from another tab, is kept. */
  drop(token: string): void {
    if (this.#env.storage.getItem(TOKEN) === token) this.#env.storage.removeItem(TOKEN);
    this.#refused();
  }

  /**
   * Sends one signed-in request and returns the JSON of the answer.
   *
   * @throws HoldfastError `unreachable` when no answer came in time; otherwise the server's own error
   */
  async request(path: string, method: Request['method'], body?: unknown, within?: Ms): Promise<unknown> {
    const token = await this.token();
    const { status, json } = await this.#send(path, { method, body, token, within });
    if (status === 401) {
      this.drop(token);
      throw new HoldfastError('unauthorized', SIGN_IN_SENTENCE);
    }
    if (status >= 400 && !isEnvelope(json)) throw asError(status, json);
    return json;
  }

  /** Invokes one method of the contract. */
  async invoke(method: string, input: unknown): Promise<unknown> {
    const json = await this.request(`${WEB.rpc}/${method}`, 'POST', input, answerWithin(method));
    if (!isEnvelope(json)) throw new HoldfastError('internal_error');
    if (json.ok) return json.value;
    throw new HoldfastError(
      Object.hasOwn(ERRORS, json.error.code) ? json.error.code : 'internal_error',
      json.error.message,
    );
  }

  async #signIn(ticket: string): Promise<string> {
    const { status, json } = await this.#send(WEB.signIn, { method: 'POST', body: { ticket } });
    if (status >= 500) throw asError(status, json);
    this.#ticket = null;
    const token = status < 400 ? (json as { token?: unknown } | null)?.token : undefined;
    if (typeof token === 'string') {
      this.#env.storage.setItem(TOKEN, token);
      return token;
    }
    // A used link is no reason to end a sign-in that is still valid.
    const kept = this.#env.storage.getItem(TOKEN);
    if (kept !== null) return kept;
    throw new HoldfastError('unauthorized', t('connection.link_used'));
  }

  async #send(
    path: string,
    { method, body, token, within = USUAL_ANSWER }: Request,
  ): Promise<{ status: number; json: unknown }> {
    const abort = new AbortController();
    const cancel = this.#env.after(within, () => abort.abort());
    try {
      const response = await this.#env.fetch(this.#env.origin + path, {
        method,
        headers: {
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: abort.signal,
        cache: 'no-store',
        credentials: 'omit',
      });
      const text = await response.text();
      return { status: response.status, json: parseJson(text) };
    } catch (cause) {
      throw new HoldfastError('unreachable', undefined, { cause });
    } finally {
      cancel();
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isEnvelope(json: unknown): json is Envelope {
  return typeof json === 'object' && json !== null && 'ok' in json;
}

function asError(status: number, json: unknown): HoldfastError {
  const detail = (json as { detail?: unknown } | null)?.detail;
  const code = status === 429 ? 'rate_limited' : status === 503 ? 'unreachable' : 'internal_error';
  return new HoldfastError(code, typeof detail === 'string' ? detail : undefined);
}
