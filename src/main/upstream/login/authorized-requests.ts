import type { IncomingMessage } from 'node:http';
import type { Ms } from '../../../shared/model/units';
import type { HttpRequest, HttpRequests } from '../../http-client/requests';
import { within } from '../../platform/deadline';
import type { Timers } from '../../platform/ports';
import { challengeOf, isOfLogin } from './discovery';
import { HOLD_LIMIT, type Login } from './login';
import { LoginNeeded } from './login-failures';

/** How often one request is sent again with another token. */
const MAX_TRIES = 5;

/** Requests to a server that carry its login, if it has one. A request that meets a dead login waits for a new one. */
export class AuthorizedRequests {
  private readonly requests: HttpRequests;
  private readonly login: Login | null;
  private readonly timers: Timers;
  /** An optional request was refused, and the token renewed for it. */
  private hasRenewed = false;

  /** @param login - null for a server whose entry has an `Authorization` header of its own */
  constructor(requests: HttpRequests, login: Login | null, timers: Timers) {
    this.requests = requests;
    this.login = login;
    this.timers = timers;
  }

  /**
   * Sends a request like {@link HttpRequests.send}. If the server refuses it for want of a login, it is sent again after
   * the token was refreshed or somebody has logged in; it was not taken before.
   * @throws LoginNeeded when that takes longer than five minutes, or the signal is aborted meanwhile
   * @throws RequestFailed when there is no response
   */
  async send(request: HttpRequest): Promise<IncomingMessage> {
    const { login } = this;
    if (!login) return this.requests.send(request);
    for (let tries = 0; ; tries += 1) {
      const token = request.mayWait === false ? login.presentToken : await this.tokenFor(request, login);
      const headers = token === null ? request.headers : { ...request.headers, authorization: `Bearer ${token}` };
      const answer = await this.requests.send({ ...request, headers });
      const challenge = challengeOf(answer.statusCode ?? 0, answer.headers['www-authenticate']);
      if (!isOfLogin(challenge)) {
        if (request.isOptional) this.hasRenewed = false;
        else if (token !== null) login.accepted();
        return answer;
      }
      if (request.mayWait === false || tries === MAX_TRIES) return answer;
      if (request.isOptional) {
        if (token === null || this.hasRenewed || !(await login.renew(token))) return answer;
        this.hasRenewed = true;
        answer.destroy();
        continue;
      }
      const late = () => new LoginNeeded(login.waitSentence);
      const verdict = within(this.timers, HOLD_LIMIT, login.refuse(challenge, token, request), late);
      const mayTryAgain = await verdict.catch((error: unknown) => {
        answer.destroy();
        throw error;
      });
      if (!mayTryAgain) return answer;
      answer.destroy();
      if (request.signal?.aborted) throw late();
    }
  }

  private async tokenFor({ onHeld, signal }: HttpRequest, login: Login): Promise<string | null> {
    if (!login.isBlocked) return login.token(signal);
    onHeld?.(true);
    try {
      return await login.token(signal);
    } finally {
      onHeld?.(false);
    }
  }

  /** See {@link HttpRequests.renew}. */
  renew(waking: Ms): void {
    this.requests.renew(waking);
  }

  close(): void {
    this.requests.close();
  }
}
