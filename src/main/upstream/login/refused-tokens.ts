import type { OAuthDiscoveryState } from '@modelcontextprotocol/client';
import { said } from '../../../shared/messages/said';
import { RequestFailed } from '../../http-client/failures';
import type { HttpRequest } from '../../http-client/requests';
import type { AuthorizationServer } from './authorization-server';
import type { Challenge } from './discovery';
import type { LoginRecord } from './login-record';

/** How often in a row a server may ask for more scope; with the first login that makes three. */
const MAX_STEP_UPS = 2;
/** Refreshes in a row whose token the server refused at once. */
const MAX_REFUSED = 2;

export interface RefusedTokensDeps {
  readonly authorization: Pick<AuthorizationServer, 'discover' | 'impossible'>;
  readonly isMachine: boolean;
  data(): LoginRecord;
  canRefresh(): boolean;
  /** Gets new tokens without a person. */
  refresh(): Promise<unknown>;
  /** The refresh in progress; null if there is none. */
  refreshing(): Promise<unknown> | null;
  /** Somebody has to log in; `keeps`: the present token stays good for what it allows. */
  setNeeded(reason: string, scope: string | null, keeps?: boolean): Promise<void>;
  /** Resolves with the next change of the login, or when the signal is aborted. */
  change(signal?: AbortSignal): Promise<void>;
  isClosed(): boolean;
}

/** How to end the wait of a request that was refused, and how to tell that it waits. */
export type RefusedRequest = Pick<HttpRequest, 'signal' | 'onHeld'>;

/** What follows when a server refuses a request with the present token, or without one. */
export class RefusedTokens {
  private readonly deps: RefusedTokensDeps;
  private recovering: { readonly token: string | null; readonly verdict: Promise<boolean> } | null = null;
  private stepUps = 0;
  private refused = 0;

  constructor(deps: RefusedTokensDeps) {
    this.deps = deps;
  }

  /** The server took a request with this token. */
  accepted(): void {
    this.stepUps = 0;
    this.refused = 0;
  }

  /**
   * The server refused a request that carried the present token.
   * @returns whether it is worth sending once more; false when no login can help
   */
  async refuse(challenge: Challenge, token: string | null, request: RefusedRequest): Promise<boolean> {
    // It may take as long as a person does; a token that ends meanwhile is refreshed all the same.
    if (challenge.status === 403) return this.stepUp(challenge, request);
    if (this.recovering?.token === token) return this.recovering.verdict;
    const verdict = this.recover(challenge, token).finally(() => {
      this.recovering = null;
    });
    this.recovering = { token, verdict };
    return verdict;
  }

  private async recover(challenge: Challenge, token: string | null): Promise<boolean> {
    if (token === null && this.deps.isMachine) {
      await this.deps.refresh();
      return true;
    }
    const refreshing = this.deps.refreshing();
    if (refreshing) {
      await refreshing;
      return true;
    }
    let discovery: OAuthDiscoveryState | null;
    try {
      // The authorization server may be another one by now.
      discovery = await this.deps.authorization.discover(challenge);
    } catch (error) {
      if (this.deps.isMachine || (error instanceof RequestFailed && token !== null && error.passing)) {
        return this.refreshAfter(challenge);
      }
      if (!challenge.isBearer && challenge.resourceMetadataUrl === null && token === null) return false;
      await this.deps.setNeeded(this.deps.authorization.impossible(error).message, null);
      return true;
    }
    if (discovery === null) return false;
    if (token !== this.presentToken) return true;
    const issuer = discovery.authorizationServerMetadata?.issuer;
    if (token !== null && this.deps.data().tokens?.issuer === issuer && this.deps.canRefresh())
      return this.refreshAfter(challenge);
    const reason = token === null ? said('said.login.asks') : said('said.login.over');
    await this.deps.setNeeded(reason, challenge.scope);
    return true;
  }

  /** Refreshes a token that the server refuses though it should be good. */
  private async refreshAfter(challenge: Challenge): Promise<boolean> {
    this.refused += 1;
    if (this.refused > MAX_REFUSED) {
      this.refused = 0;
      await this.deps.setNeeded(said('said.login.refuses_all'), challenge.scope);
      return true;
    }
    await this.deps.refresh();
    return true;
  }

  /** The login allows too little: what it allows so far and what is wanted now are asked for together. */
  private async stepUp(challenge: Challenge, request: RefusedRequest): Promise<boolean> {
    const { computeScopeUnion } = await import('@modelcontextprotocol/client');
    const { needed, tokens } = this.deps.data();
    const scope = computeScopeUnion(needed?.scope ?? tokens?.scope, challenge.scope ?? undefined) ?? null;
    const isAskedFor = needed !== null && scope === needed.scope;
    if (!isAskedFor) {
      this.stepUps += 1;
      if (this.stepUps > MAX_STEP_UPS) return false;
      await this.deps.setNeeded(
        challenge.scope === null
          ? said('said.login.allows_more')
          : said('said.login.also_allows', { scope: challenge.scope.slice(0, 200) }),
        scope,
        true,
      );
    }
    if (this.deps.isMachine) await this.deps.refresh();
    else await this.untilLoggedIn(request);
    return !this.deps.isClosed();
  }

  /** Waits for a person. What the present token allows goes on meanwhile. */
  private async untilLoggedIn({ signal, onHeld }: RefusedRequest): Promise<void> {
    const isWaiting = () => this.deps.data().needed !== null && !this.deps.isClosed() && signal?.aborted !== true;
    if (!isWaiting()) return;
    onHeld?.(true);
    while (isWaiting()) await this.deps.change(signal);
    onHeld?.(false);
  }

  private get presentToken(): string | null {
    return this.deps.data().tokens?.access_token ?? null;
  }
}
