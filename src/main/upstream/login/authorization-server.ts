import type {
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { said } from '../../../shared/messages/said';
import { type Ms, SECOND } from '../../../shared/model/units';
import { RequestFailed } from '../../http-client/failures';
import type { Random, Timers } from '../../platform/ports';
import { type Challenge, challengeOf, discoverLogin, hostOf } from './discovery';
import { flowSentence } from './flow-failures';
import type { KeptLogin } from './kept-login';
import { LoginImpossible } from './login-failures';
import { LoginFlow } from './login-provider';
import type { LoginSettings } from './login-settings';
import type { OAuthFetch } from './oauth-fetch';
import { type RefreshOutcome, refreshTokens } from './refresh';

/** How long a server may take to say where one logs in. */
const CHALLENGE_LIMIT: Ms = 5 * SECOND;

export interface AuthorizationServerDeps {
  readonly server: string;
  readonly url: string;
  readonly settings: LoginSettings;
  readonly kept: KeptLogin;
  readonly timers: Timers;
  readonly random: Random;
  readonly fetch: OAuthFetch;
  readonly refreshFetch: (id: string, key: string) => OAuthFetch;
  readonly log: { warn(details: object, message: string): void };
  redirectUri(): string;
  /** What to ask for; null to ask for what the server names. */
  scope(): string | null;
  /** Takes tokens that are got by what begins now, unless somebody has logged out since. */
  taker(how: 'login' | 'refresh'): (tokens: StoredOAuthTokens) => Promise<void>;
}

/** The authorization server of one MCP server: where it is, as which client Holdfast speaks to it, and what it refuses. */
export class AuthorizationServer {
  private readonly deps: AuthorizationServerDeps;

  constructor(deps: AuthorizationServerDeps) {
    this.deps = deps;
  }

  get host(): string | null {
    const { discovery } = this.deps.kept.data;
    const issuer = discovery?.authorizationServerMetadata?.issuer ?? discovery?.authorizationServerUrl;
    if (issuer !== undefined) return hostOf(issuer);
    return this.deps.settings.authorizationServer === null ? null : hostOf(this.deps.settings.authorizationServer);
  }

  /** What the server says to somebody who is not logged in; null if it says nothing of a login. */
  async challenge(): Promise<Challenge | null> {
    const { fetch, timers, url } = this.deps;
    const limit = new AbortController();
    const cancelLimit = timers.after(CHALLENGE_LIMIT, () => limit.abort());
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
        signal: limit.signal,
      });
      const challenge = challengeOf(answer.status, answer.headers.get('www-authenticate') ?? undefined);
      return challenge.resourceMetadataUrl === null ? null : challenge;
    } catch {
      // What is wrong with it shows where its login is looked for.
      return null;
    } finally {
      cancelLimit();
    }
  }

  /**
   * Finds where one logs in, and keeps that; null if the server has no login.
   * @throws LoginImpossible, RequestFailed
   */
  async discover(challenge: Challenge | null): Promise<OAuthDiscoveryState | null> {
    const { url, settings, kept } = this.deps;
    const known = kept.data.discovery?.resourceMetadataUrl;
    const asked: Challenge | null =
      challenge ??
      (known === undefined
        ? null
        : { status: 401, isBearer: true, resourceMetadataUrl: known, scope: null, error: null });
    const discovery = await discoverLogin({ url, settings, challenge: asked, fetch: this.deps.fetch });
    if (discovery) await kept.save({ discovery: discovery });
    return discovery;
  }

  flowContext(discovery: OAuthDiscoveryState) {
    const { settings, kept } = this.deps;
    const redirectUri = this.deps.redirectUri();
    const isSame = kept.data.redirect_uri === redirectUri || settings.who === 'machine';
    return {
      settings,
      redirectUri,
      discovery,
      client: isSame ? kept.data.client : null,
      saveClient: (client: StoredOAuthClientInformation) => kept.save({ client: client, redirect_uri: redirectUri }),
      saveTokens: this.deps.taker('login'),
      sign: this.signing,
    };
  }

  /** The client as which tokens of this authorization server are refreshed and revoked; null if it is not known. */
  clientOf(discovery: OAuthDiscoveryState): StoredOAuthClientInformation | null {
    const flow = new LoginFlow({ ...this.flowContext(discovery), client: this.deps.kept.data.client }, '');
    const issuer = discovery.authorizationServerMetadata?.issuer;
    return flow.clientInformation(issuer === undefined ? undefined : { issuer }) ?? null;
  }

  /** What a person is told of a failure. */
  impossible(error: unknown): LoginImpossible {
    if (error instanceof LoginImpossible) return error;
    if (error instanceof RequestFailed)
      return new LoginImpossible(said('said.server.unnamed', { what: error.message }), { cause: error });
    this.deps.log.warn({ err: { name: (error as Error).name }, server: this.deps.server }, 'a login failed');
    return new LoginImpossible(flowSentence(error, this.deps.redirectUri()), { cause: error });
  }

  /** One try to get new tokens without a person. Never rejects. */
  async refreshOnce(): Promise<RefreshOutcome> {
    const { deps } = this;
    const { settings, kept, url } = deps;
    const { data } = kept;
    const take = deps.taker('refresh');
    try {
      const discovery = data.discovery ?? (await this.discover(null));
      if (discovery === null) return { kind: 'over', reason: said('said.login.not_offered') };
      if (settings.who === 'machine') {
        const { auth } = await import('@modelcontextprotocol/client');
        const scope = deps.scope();
        const flow = new LoginFlow(this.flowContext(discovery), '');
        await auth(flow, {
          serverUrl: url,
          fetchFn: deps.fetch,
          ...(scope === null ? {} : { scope }),
          ...(settings.acceptsOtherIssuer ? { skipIssuerMetadataValidation: true } : {}),
        });
        return { kind: 'refreshed' };
      }
      const client = this.clientOf(discovery);
      const { tokens } = data;
      if (!tokens?.refresh_token || !client) return { kind: 'over', reason: said('said.login.not_refreshed') };
      return await refreshTokens({
        tokens,
        discovery,
        client,
        settings,
        url,
        random: deps.random,
        pending: data.refresh,
        fetchFor: deps.refreshFetch,
        savePending: (refresh) => kept.save({ refresh }),
        saveTokens: take,
        sign: this.signing,
      });
    } catch (error) {
      if (error instanceof RequestFailed && error.passing)
        return { kind: 'passing', reason: said('said.server.unnamed', { what: error.message }) };
      return { kind: 'over', reason: this.impossible(error).message };
    }
  }

  private get signing() {
    const { privateKey, clientId, algorithm } = this.deps.settings;
    if (privateKey === null || clientId === null) return null;
    return async (headers: Headers, params: URLSearchParams, url: string | URL, metadata?: unknown) => {
      const { createPrivateKeyJwtAuth } = await import('@modelcontextprotocol/client');
      const sign = createPrivateKeyJwtAuth({ issuer: clientId, subject: clientId, privateKey, alg: algorithm });
      await sign(headers, params, url, metadata as never);
    };
  }
}
